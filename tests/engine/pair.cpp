#include "tests/engine/pair.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

namespace earmark::test {

Pair::Pair(const model::CatalogueLimits& limits) : harness(small_capacity(limits)), limits_(limits), twin_(limits) {
  harness.engine().settler().use_archive(kept);
}

void Pair::compare() {
  CHECK(harness.engine().broken_invariant() == "");
  CHECK(harness.engine().digest() == twin_.digest());
  const engine::TimeUs now = std::max(engine::TimeUs{time_}, twin_.state().time);
  twin_.run_timers(now);  // a question lets happen what is due
  twin_.turn_strict();
  const model::Questions questions = model::all_questions(twin_.state());
  CHECK(harness.ask(questions, now) == model::answers(twin_.state(), questions, now));
}

// What is due by then happens first, by itself.
model::Answer Pair::apply(const model::Command& command, engine::TimeUs now) {
  time_ = now.value;
  const std::uint64_t content = model::content_of(command);
  twin_.run_timers(now);
  const model::Answer answer = model::apply(twin_, command, content, now);
  CHECK(harness.apply(command, content, now) == model::describe(answer));
  twin_.turn_strict();
  compare();
  return answer;
}

model::Answer Pair::say(std::string_view event) {
  const engine::TimeUs now = model::take_time(event, engine::TimeUs{time_});
  return apply(model::parse(event, codes_), now);
}

void Pair::archive(const std::string& order) {
  const engine::Identity identity = engine::identify(engine::IdSpace::order, order);
  kept.keep(harness.engine(), identity);
  const std::vector<engine::Identity> identities{identity};
  harness.submit(std::make_unique<engine::Message>(engine::ArchiveOrders{identities, last()}, engine::TimeUs{++time_}));
}

void Pair::forget(engine::Lsn oldest) {
  std::map<engine::Lsn, engine::Identity> known;
  for (const auto& [key, each] : twin_.state().known) {
    if (each.first.stamp.lsn < oldest) known[each.first.stamp.lsn] = engine::identify(key.first, key.second);
  }
  std::vector<engine::Identity> identities;
  for (const auto& [lsn, identity] : known) identities.push_back(identity);
  twin_.forget({oldest, {}}, engine::TimeUs{++time_});
  harness.submit(std::make_unique<engine::Message>(engine::ForgetIds{oldest, {}, identities}, engine::TimeUs{time_}));
  compare();
}

void Pair::restart_anywhere() const {
  const std::size_t records = harness.records();
  for (std::size_t cut = 1; cut <= records; ++cut) {
    if (!harness.can_end_after(cut)) continue;
    Harness again(small_capacity(limits_));
    harness.replay_into(again.engine(), cut);
    const std::size_t finished = again.settle_unfinished();
    INFO("cut after record " << cut);
    CHECK(again.engine().broken_invariant() == "");
    for (std::size_t index = 0; index < finished; ++index) CHECK(again.record(index) == harness.record(cut + index));
    if (cut == records) CHECK(again.engine().digest() == twin_.digest());
  }
}

}  // namespace earmark::test
