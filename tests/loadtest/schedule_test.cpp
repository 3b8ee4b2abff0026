// When an open loop means to send. No clock: times are numbers.
#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

#include "loadtest/schedule.hpp"
#include "loadtest/timeline.hpp"

namespace {

using namespace earmark;
using namespace earmark::loadtest;

constexpr std::uint64_t second = 1'000'000'000;

std::vector<std::uint64_t> times_of(Schedule schedule) {
  std::vector<std::uint64_t> times;
  for (; schedule.next() != Schedule::never; schedule.advance()) times.push_back(schedule.next());
  return times;
}

TEST_CASE("schedule: constant arrivals are evenly spaced and do not drift", "[loadtest]") {
  const Schedule schedule({{5 * second, 3'000}}, 15 * second, Arrivals::constant, 0, 1, 1);
  CHECK(schedule.left() == 30'000);
  const auto times = times_of(schedule);
  REQUIRE(times.size() == 30'000);
  CHECK(times.front() == 5 * second);
  CHECK(times[3] == 5 * second + second / 1'000);
  CHECK(times[29'999] == 5 * second + 29'999 * second / 3'000);
  CHECK(times.back() < 15 * second);
}

TEST_CASE("schedule: the threads' shares make one even stream", "[loadtest]") {
  const std::uint32_t threads = GENERATE(1U, 2U, 3U, 7U);
  std::vector<std::uint64_t> all;
  for (std::uint32_t thread = 0; thread < threads; ++thread) {
    const auto times = times_of(Schedule({{0, 1'000}}, 2 * second, Arrivals::constant, thread, threads, 1));
    all.insert(all.end(), times.begin(), times.end());
  }
  std::sort(all.begin(), all.end());
  REQUIRE(all.size() == 2'000);
  CHECK(all.back() <= 1'999 * second / 1'000);
  for (std::size_t index = 0; index < all.size(); ++index) REQUIRE(all[index] + 1 >= index * second / 1'000);  // to the nanosecond
}

TEST_CASE("schedule: Poisson arrivals have the mean, and gaps that vary as they should", "[loadtest]") {
  const auto seed = GENERATE(1U, 2U, 3U);
  const auto times = times_of(Schedule({{0, 10'000}}, 20 * second, Arrivals::poisson, 0, 1, seed));
  CHECK(times.size() == Approx(200'000).epsilon(0.01));
  CHECK(std::is_sorted(times.begin(), times.end()));
  double sum = 0, squares = 0;
  for (std::size_t index = 1; index < times.size(); ++index) {
    const auto gap = static_cast<double>(times[index] - times[index - 1]);
    sum += gap, squares += gap * gap;
  }
  const double count = static_cast<double>(times.size() - 1), mean = sum / count;
  CHECK(squares / count / (mean * mean) == Approx(2).epsilon(0.03));  // of exponential gaps; 1 of constant ones
}

TEST_CASE("schedule: steps follow each other, each at its rate", "[loadtest]") {
  const auto arrivals = GENERATE(Arrivals::constant, Arrivals::poisson);
  const Schedule schedule({{0, 1'000}, {second, 5'000}, {2 * second, 100}}, 3 * second, arrivals, 0, 1, 4);
  CHECK(schedule.left() == Approx(6'100).epsilon(0.01));
  const auto times = times_of(schedule);
  const auto between = [&](std::uint64_t from, std::uint64_t to) {
    return std::count_if(times.begin(), times.end(), [&](std::uint64_t time) { return time >= from && time < to; });
  };
  const double tolerance = arrivals == Arrivals::constant ? 0 : 0.4;
  CHECK(between(0, second) == Approx(1'000).epsilon(tolerance + 1e-9));
  CHECK(between(second, 2 * second) == Approx(5'000).epsilon(tolerance / 4 + 1e-9));
  CHECK(between(2 * second, 3 * second) == Approx(100).epsilon(tolerance + 1e-9));
}

TEST_CASE("schedule: what is due does not depend on when it is asked for", "[loadtest]") {
  Schedule schedule({{0, 1'000}}, second, Arrivals::constant, 0, 1, 1);
  for (int request = 0; request < 600; ++request) schedule.advance();  // a client that was stuck catches up
  CHECK(schedule.next() == 600 * second / 1'000);
  CHECK(schedule.left() == 400);
  CHECK(schedule.due(600 * second / 1'000 - 1) == 0);
  CHECK(schedule.due(600 * second / 1'000) == 1);
  CHECK(schedule.due(650 * second / 1'000) == 51);
  schedule.end_at(700 * second / 1'000);
  CHECK(schedule.left() == 100);
  schedule.end_at(1);
  CHECK(schedule.next() == Schedule::never);
  CHECK(schedule.left() == 0);
}

TEST_CASE("schedule: times of its maker's own come as they are, until the end", "[loadtest]") {
  Schedule schedule(std::vector<std::uint64_t>{5, 5, 9, 20, 30}, 30);
  CHECK(schedule.left() == 4);
  CHECK(schedule.due(4) == 0);
  CHECK(schedule.due(9) == 3);
  CHECK(times_of(schedule) == std::vector<std::uint64_t>{5, 5, 9, 20});
  schedule.advance();
  schedule.advance();
  CHECK(schedule.next() == 9);
  CHECK(schedule.left() == 2);
  schedule.end_at(20);
  CHECK(schedule.left() == 1);
  schedule.advance();
  CHECK(schedule.next() == Schedule::never);
  CHECK(schedule.left() == 0);
  CHECK(Schedule(std::vector<std::uint64_t>{}, 5).next() == Schedule::never);
}

TEST_CASE("timeline: answers fall into their slices, the last whole one can be read", "[loadtest]") {
  Timeline timeline;
  timeline.begin(1'000, 100, 10);
  timeline.add(900, 1);  // before it begins
  timeline.add(1'000, 5);
  timeline.add(1'099, 7);
  CHECK(timeline.last_slice().count() == 0);
  timeline.add(1'100, 9);
  CHECK(timeline.last_slice().count() == 2);
  timeline.advance(1'350);
  timeline.add(1'360, 11);
  timeline.finish();
  std::vector<std::uint64_t> counts;
  for (const auto& slice : timeline.slices()) counts.push_back(slice.count());
  CHECK(counts == std::vector<std::uint64_t>{2, 1, 0, 1});
}

TEST_CASE("timeline: memory is bounded, nothing is lost", "[loadtest]") {
  Timeline timeline;
  timeline.begin(0, 10, 8);
  for (std::uint64_t now = 0; now < 1'000; ++now) timeline.add(now, now);
  timeline.finish();
  CHECK(timeline.slices().size() <= 8);
  CHECK(timeline.slice_ns() == 160);
  std::uint64_t sum = 0;
  for (const auto& slice : timeline.slices()) sum += slice.count();
  CHECK(sum == 1'000);
  CHECK(timeline.slices().front().count() == 160);
}

}  // namespace
