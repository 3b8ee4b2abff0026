#include "client/answer_parts.hpp"

#include <algorithm>

namespace earmark::client {

using schema::Split;
using schema::SplitStatus;

namespace {

// Counted for a body of a message that is not whole, beside its bytes.
constexpr std::size_t bytes_around_body = 128;

}  // namespace

bool AnswerParts::add(std::span<const std::byte> bytes) {
  input_.insert(input_.end(), bytes.begin(), bytes.end());
  std::span<const std::byte> rest = input_;
  bool good = true;
  while (good) {
    const Split split = schema::split(rest);
    if (split.status == SplitStatus::need_more) break;
    good = split.status == SplitStatus::frame && add_frame(split.frame);
    rest = rest.subspan(split.consumed);
  }
  input_.erase(input_.begin(), input_.end() - static_cast<std::ptrdiff_t>(rest.size()));
  return good;
}

bool AnswerParts::add_frame(const schema::Frame& frame) {
  const auto [place, is_first] = unfinished_.try_emplace(frame.header.correlation);
  Message& message = place->second;
  if (is_first) {
    message.correlation = frame.header.correlation;
    message.kind = frame.header.kind;
    message.duplicate = (frame.header.flags & schema::flag_duplicate) != 0;
  } else if (message.kind != frame.header.kind) {
    return false;
  }
  message.bodies.emplace_back(frame.body.begin(), frame.body.end());
  unfinished_bytes_ += frame.body.size() + bytes_around_body;
  if ((frame.header.flags & schema::flag_more_parts) != 0) return unfinished_bytes_ <= max_unfinished_bytes;
  for (const auto& body : message.bodies) unfinished_bytes_ -= body.size() + bytes_around_body;
  whole_.push_back(std::move(message));
  unfinished_.erase(place);
  return true;
}

std::optional<Message> AnswerParts::take() {
  if (whole_.empty()) return std::nullopt;
  Message message = std::move(whole_.front());
  whole_.pop_front();
  return message;
}

std::optional<Message> AnswerParts::take(std::uint64_t correlation) {
  const auto found = std::find_if(whole_.begin(), whole_.end(),
                                  [&](const Message& message) { return message.correlation == correlation; });
  if (found == whole_.end()) return std::nullopt;
  Message message = std::move(*found);
  whole_.erase(found);
  return message;
}

}  // namespace earmark::client
