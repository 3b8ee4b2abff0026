#include "client/commands/lines.hpp"

namespace earmark::client {

void Lines::begin(std::uint64_t number, bool overlaps) {
  number_ = number;
  overlaps_ = overlaps;
  is_under_way_ = false;
}

Outcome<void> Lines::put_under_way(const Globals& globals, const Put& put) {
  auto time = time_of(globals);
  if (!time) return Unexpected{time.error()};
  if (!client_) {
    auto opened = open(globals);
    if (!opened) return Unexpected{opened.error()};
    client_.emplace(std::move(*opened));
  }
  client_->use_time(*time);
  const std::uint64_t correlation = client_->connection().next_correlation();
  if (auto done = put(*client_, correlation); !done) return done;
  under_way_.push_back({number_, correlation, globals, put});
  is_under_way_ = true;
  // A lost connection is told of the first line that nobody answered.
  return client_->connection().flush() ? Outcome<void>{} : settle();
}

Outcome<void> Lines::settle(std::size_t left) {
  while (under_way_.size() > left) {
    const Entry entry = std::move(under_way_.front());
    under_way_.pop_front();
    if (auto told = finish_(entry.number, answer(entry)); !told) return told;
  }
  return {};
}

Outcome<void> Lines::answer(const Entry& entry) {
  auto message = client_->connection().receive(entry.correlation);
  if (!message) return Unexpected{message.error()};
  if (const auto refusal = client_->refusal(*message)) {
    const engine::ErrorCode code = refusal->failure.code;
    if (code != engine::ErrorCode::stale_catalogue && code != engine::ErrorCode::overloaded) return Unexpected{refusal->failure};
    // Nothing happened: once more, as often as a command of its own is repeated.
    client_->use_time(*time_of(entry.globals));
    if (code == engine::ErrorCode::stale_catalogue) {
      if (auto done = client_->renew_catalogue(); !done) return done;
    }
    message = client_->ask([&](std::uint64_t correlation) { return entry.put(*client_, correlation); });
    if (!message) return Unexpected{message.error()};
  }
  return print_answer(*client_, *message, entry.globals);
}

}  // namespace earmark::client
