// The timer wheel against std::multimap: the same timers fall due in the same order, at any distance in time.
#include "engine/timers.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "tests/model/random_commands.hpp"

using namespace earmark;
using engine::TimeUs;
using engine::Timer;
using engine::TimerKind;
using engine::Timers;

namespace {

Timer timer(std::int64_t due, std::uint64_t subject) { return {TimeUs{due}, TimerKind::hold, subject}; }

// A wheel and what it must do: all timers, by due and subject.
class Both {
 public:
  void add(std::int64_t due) {
    const std::uint64_t subject = ++subjects_;
    expected_[{due, subject}] = wheel_.add(timer(due, subject));
  }
  void remove(std::uint64_t nth) {
    if (expected_.empty()) return;
    auto entry = expected_.begin();
    std::advance(entry, static_cast<std::ptrdiff_t>(nth % expected_.size()));
    wheel_.remove(entry->second);
    expected_.erase(entry);
  }
  // Everything that is due at `now`, in order.
  void run(std::int64_t now) {
    while (const Timer* due = wheel_.first_due(TimeUs{now})) {
      REQUIRE_FALSE(expected_.empty());
      REQUIRE(due->due.value == expected_.begin()->first.first);
      REQUIRE(due->subject == expected_.begin()->first.second);
      wheel_.remove(expected_.begin()->second);
      expected_.erase(expected_.begin());
    }
    REQUIRE((expected_.empty() || expected_.begin()->first.first > now));
  }
  void check() {
    REQUIRE(wheel_.size() == expected_.size());
    if (expected_.empty()) REQUIRE(wheel_.next_due() == Timers::never);
    else REQUIRE(wheel_.next_due().value <= expected_.begin()->first.first);
  }
  std::int64_t first() const { return expected_.empty() ? 0 : expected_.begin()->first.first; }
  TimeUs next_due() const { return wheel_.next_due(); }

 private:
  Timers wheel_;
  std::map<std::pair<std::int64_t, std::uint64_t>, Timers::Handle> expected_;
  std::uint64_t subjects_ = 0;
};

}  // namespace

TEST_CASE("timers: fall due in the order of time and subject, as a sorted list says", "[engine][timers]") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    model::Random random(seed);
    Both both;
    // From the wheel's beginning, from today, and over its far end.
    std::int64_t now = seed % 3 == 0 ? 0 : seed % 3 == 1 ? 1'790'000'000'000'000 : 9'000'000'000'000'000'000;
    for (int step = 0; step < 4000; ++step) {
      const std::uint64_t kind = random.below(10);
      const auto far = static_cast<std::int64_t>(random.below(std::uint64_t{1} << random.below(38)));
      if (kind < 6) both.add(now + (random.chance(30) ? static_cast<std::int64_t>(random.below(4)) * 1000 : far));
      else if (kind < 8) both.remove(random.next());
      else if (kind < 9) both.run(now += far / 4);
      else both.run(now = std::max(now, both.first()));  // exactly when the first one is due
      if (random.chance(2)) both.add(now - static_cast<std::int64_t>(random.below(5000)));  // overdue when it comes
      both.check();
    }
    both.run(std::numeric_limits<std::int64_t>::max() - 1);
    both.check();
  }
}

TEST_CASE("timers: are not due a microsecond early, and due on the microsecond", "[engine][timers]") {
  for (const std::int64_t due : {1LL, 63LL, 64LL, 65LL, 4095LL, 4096LL, 262'144LL, 1'790'000'000'000'000LL, 86'400'000'000LL}) {
    Timers wheel;
    wheel.add(timer(due, 7));
    CHECK(wheel.next_due().value == due);
    CHECK(wheel.first_due(TimeUs{due - 1}) == nullptr);
    REQUIRE(wheel.first_due(TimeUs{due}) != nullptr);
    CHECK(wheel.first_due(TimeUs{due})->subject == 7);
  }
}

TEST_CASE("timers: a timer that is due stays until it is removed, and one that comes meanwhile finds its place", "[engine][timers]") {
  Timers wheel;
  const Timers::Handle third = wheel.add(timer(100, 3));
  const Timers::Handle fifth = wheel.add(timer(100, 5));
  REQUIRE(wheel.first_due(TimeUs{200})->subject == 3);
  REQUIRE(wheel.first_due(TimeUs{200})->subject == 3);
  wheel.remove(third);
  const Timers::Handle fourth = wheel.add(timer(100, 4)), earlier = wheel.add(timer(40, 9)), later = wheel.add(timer(150, 1));
  REQUIRE(wheel.first_due(TimeUs{200})->subject == 9);
  wheel.remove(earlier);
  REQUIRE(wheel.first_due(TimeUs{200})->subject == 4);
  wheel.remove(fourth);
  REQUIRE(wheel.first_due(TimeUs{200})->subject == 5);
  wheel.remove(fifth);
  REQUIRE(wheel.first_due(TimeUs{200})->subject == 1);
  wheel.remove(later);
  CHECK(wheel.first_due(TimeUs{200}) == nullptr);
  CHECK(wheel.next_due() == Timers::never);
}

TEST_CASE("timers: many that are due in one microsecond come by their subjects, whatever order they were added in", "[engine][timers]") {
  Timers wheel;
  std::map<std::uint64_t, Timers::Handle> handles;
  for (std::uint64_t index = 0; index < 50'000; ++index) {
    const std::uint64_t subject = index * 48'271 % 50'021;
    handles[subject] = wheel.add(timer(1'000'000, subject));
  }
  for (const auto& [subject, handle] : handles) {
    const Timer* due = wheel.first_due(TimeUs{1'000'000});
    REQUIRE((due != nullptr && due->subject == subject));
    wheel.remove(handle);
  }
  CHECK(wheel.size() == 0);
}
