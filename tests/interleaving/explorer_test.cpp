// The explorer itself: the reduction loses no trace, a bound of many preemptions finds the same ones, and known faults are found.
#include <catch2/catch.hpp>
#include <array>
#include <set>

#include "engine/atomic.hpp"
#include "tests/interleaving/explorer.hpp"
#include "tests/model/random_commands.hpp"

using namespace earmark;
using namespace earmark::interleaving;

namespace {

// Threads with a few random accesses to few words each; what a thread reads decides what it does next.
class RandomProgram final : public Explored {
 public:
  RandomProgram(std::uint64_t seed, std::size_t threads) : seed_(seed), threads_(threads) {}

  std::size_t threads() const override { return threads_; }
  void reset() override {
    for (auto& word : words_) word.store(0);
    seen_ = {};
  }
  void run(std::size_t thread) override {
    model::Random random(seed_ * 8 + thread);
    const std::size_t accesses = threads_ == 2 ? 6 : 4;
    for (std::size_t step = 0; step < accesses; ++step) {
      engine::Atomic<std::uint64_t>& word = words_[(random.below(words_.size()) + seen_[thread]) % words_.size()];
      std::uint64_t expected = random.below(3);
      switch (random.below(4)) {
        case 0: seen_[thread] = seen_[thread] * 7 + word.load(); break;
        case 1: word.store(random.below(3)); break;
        case 2: seen_[thread] = seen_[thread] * 7 + (word.compare_exchange_strong(expected, 2) ? 1 : 2 + expected); break;
        default: seen_[thread] = seen_[thread] * 7 + word.fetch_add(1); break;
      }
    }
  }
  std::string judge() override {
    std::vector<std::uint64_t> result(seen_.begin(), seen_.end());
    for (auto& word : words_) result.push_back(word.load());
    results.insert(std::move(result));
    return "";
  }

  std::set<std::vector<std::uint64_t>> results;

 private:
  std::uint64_t seed_;
  std::size_t threads_;
  std::array<engine::Atomic<std::uint64_t>, 3> words_;
  std::array<std::uint64_t, most_threads> seen_{};
};

// A counter that is read, then written: two threads lose an update when one comes between.
class LostUpdate final : public Explored {
 public:
  std::size_t threads() const override { return 2; }
  void reset() override { counter_.store(0); }
  void run(std::size_t) override { counter_.store(counter_.load() + 1); }
  std::string judge() override { return counter_.load() == 2 ? "" : "an update is lost"; }

 private:
  engine::Atomic<std::uint64_t> counter_{0};
};

}  // namespace

TEST_CASE("explorer: the reduction loses no trace and runs none twice", "[interleaving][explorer]") {
  const std::size_t threads = GENERATE(2UL, 3UL);
  std::uint64_t traces = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO(threads << " threads, seed " << seed);
    RandomProgram reduced(seed, threads), full(seed, threads);
    Explorer reducing(reduced), enumerating(full);
    const Report every = reducing.explore({});
    const Report bounded = enumerating.explore({.preemptions = 1000});
    REQUIRE(every.complete);
    REQUIRE(bounded.complete);
    REQUIRE(every.traces == bounded.traces);
    REQUIRE(every.schedules == every.traces);
    REQUIRE(reduced.results == full.results);
    traces += every.traces;
  }
  REQUIRE(traces > 1000);
}

TEST_CASE("explorer: finds a lost update, and repeats the schedule that shows it", "[interleaving][explorer]") {
  const int preemptions = GENERATE(as<int>{}, Effort::every_schedule, 1);
  LostUpdate program;
  Explorer explorer(program);
  const Report report = explorer.explore({.preemptions = preemptions});
  REQUIRE(report.violation == "an update is lost");
  REQUIRE(explorer.repeat(report.schedule).violation == "an update is lost");
  REQUIRE(explorer.repeat("0x2 1x2").violation.empty());
  REQUIRE(explorer.explore({.preemptions = 0}).violation.empty());
}
