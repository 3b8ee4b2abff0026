// Puts frames together to whole answers. Pure: bytes in, messages out; the socket is somewhere else.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <unordered_map>

#include "client/connection.hpp"

namespace earmark::client {

class AnswerParts {
 public:
  // Takes what was read from the socket, any number of bytes. False if the bytes are no frames of this protocol.
  bool add(std::span<const std::byte> bytes);
  // The oldest whole answer, or the one to this request, if it is there.
  std::optional<Message> take();
  std::optional<Message> take(std::uint64_t correlation);

 private:
  bool add_frame(const schema::Frame& frame);

  std::vector<std::byte> input_;  // bytes of a frame that is not whole yet
  std::unordered_map<std::uint64_t, Message> unfinished_;
  std::deque<Message> whole_;
};

}  // namespace earmark::client
