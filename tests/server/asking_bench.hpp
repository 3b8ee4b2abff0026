// A bench that asks one thing after the other: frames in, what they say out.
#pragma once

#include <deque>
#include <vector>

#include "schema/event.hpp"
#include "tests/server/bench.hpp"

namespace earmark::server::test {

class AskingBench : public Bench {
 public:
  // All answers to what `put` puts.
  template <class Put>
  std::vector<Answer> ask(Put put) {
    std::vector<std::byte> bytes;
    put(bytes);
    worker_.receive(session_, bytes, now_);
    until_durable();
    std::vector<Answer> found = answers(session_);
    REQUIRE_FALSE(found.empty());
    return found;
  }
  // The answer to a question, valid until the next one.
  template <class Value, class Put>
  Value view(Put put) {
    kept_ = ask(put);
    const std::span<const std::byte> parts[] = {kept_.at(0).body};
    return std::get<Value>(*decoder_.decode(kept_.at(0).kind, parts));
  }
  // Valid as long as the bench: an answer may be a temporary.
  template <class Value>
  Value event(const Answer& answer) {
    REQUIRE(answer.kind == schema::MessageKind::event);
    bodies_.push_back(answer.body);
    const std::span<const std::byte> bodies[] = {bodies_.back()};
    std::size_t consumed = 0;
    return std::get<Value>(events_.decode_bodies(bodies, consumed)->decision);
  }

 private:
  std::vector<Answer> kept_;
  std::deque<std::vector<std::byte>> bodies_;  // of events
  schema::EventDecoder events_;
};

}  // namespace earmark::server::test
