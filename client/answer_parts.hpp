// Puts frames together to whole answers. Pure: bytes in, messages out; the socket is somewhere else.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <unordered_map>

#include "client/message.hpp"

namespace earmark::client {

class AnswerParts {
 public:
  static constexpr std::size_t max_unfinished_bytes = std::size_t{256} << 20;

  // Takes what was read from the socket, any number of bytes. False if the bytes are no frames of this protocol, or if
  // answers that are not whole yet hold more than max_unfinished_bytes.
  bool add(std::span<const std::byte> bytes);
  // The oldest whole answer, or the one to this request, if it is there.
  std::optional<Message> take();
  std::optional<Message> take(std::uint64_t correlation);

 private:
  bool add_frame(const schema::Frame& frame);

  std::vector<std::byte> input_;  // bytes of a frame that is not whole yet
  std::unordered_map<std::uint64_t, Message> unfinished_;
  std::size_t unfinished_bytes_ = 0;
  std::deque<Message> whole_;
};

}  // namespace earmark::client
