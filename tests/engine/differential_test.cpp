// The engine against the naive twin: the same random commands, the same answers, the same digest; and the engine that
// is restored from the records is the same again. A history that fails is made small and printed.
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <thread>

#include "tests/engine/harness.hpp"
#include "tests/engine/shrink.hpp"
#include "tests/model/random_commands.hpp"

using namespace earmark;

namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t all_seeds = 40;  // it is ten times slower
#else
constexpr std::uint64_t all_seeds = 100;  // ./check nightly sets 400: a million commands
#endif

// Seeds are shared out to two threads. The first one that fails is made small, in the thread that found it.
class Seeds {
 public:
  Seeds(std::uint64_t first, std::uint64_t count, std::uint64_t commands) : next_(first), end_(first + count), commands_(commands) {}

  void work() {
    for (std::uint64_t seed = next_++; seed < end_; seed = next_++) {
      test::Tally tally;
      // Of every four seeds one has orders that leave memory and ids that are forgotten.
      const test::Steps history = test::draw_history(seed, commands_, seed % 4 == 0);
      const auto wrong = test::compare(history, model::RandomCommands::limits(seed), 50, tally);
      const std::scoped_lock lock(mutex_);
      tally_.add(tally);
      if (!wrong) continue;
      end_ = 0;
      std::cout << "seed " << seed << ": " << wrong->text << std::endl;  // also if the engine aborts while it is made small
      if (failure_.empty()) failure_ = test::explain(seed, history, *wrong);
    }
  }
  const std::string& failure() const { return failure_; }
  const test::Tally& tally() const { return tally_; }

 private:
  std::atomic<std::uint64_t> next_, end_;
  const std::uint64_t commands_;
  std::mutex mutex_;
  test::Tally tally_;
  std::string failure_;
};

}  // namespace

TEST_CASE("engine: gives the twin's answers to random commands", "[engine][model]") {
  const std::uint64_t seeds = number_from("EARMARK_SEEDS", all_seeds);
  const std::uint64_t first_seed = number_from("EARMARK_SEED", 1);
  const std::uint64_t commands = number_from("EARMARK_COMMANDS", 2500);
  Seeds work(first_seed, seeds, commands);
  std::thread other([&] { work.work(); });
  work.work();
  other.join();
  if (!work.failure().empty()) FAIL(work.failure());
  const test::Tally& tally = work.tally();
  std::cout << "differential: seeds " << first_seed << ".." << first_seed + seeds - 1 << ", " << tally.commands << " commands, "
            << tally.decided << " decided, " << tally.records << " records compared, " << tally.fast << " orders on the fast path, "
            << tally.archived << " orders out of memory, " << tally.forgotten << " ids forgotten, "
            << tally.expired << " holds expired, " << tally.cancelled << " orders cancelled at their time and " << tally.beside_picked
            << " but for picked units, " << tally.skips << " skips, " << tally.turned_strict << " waiters turned strict, " << tally.taken_over << " units taken over, "
            << tally.triggered << " reorder rules triggered, " << tally.cleared << " cleared, " << tally.cut_off
            << " suggestions approved at their cut-off, " << tally.answers << " answers about what waits, " << tally.dates << " of them with dates\n";
  REQUIRE(tally.commands == seeds * commands);
  REQUIRE(tally.fast > 0);
  REQUIRE(tally.expired > 0);
  REQUIRE(tally.dates > 0);
  REQUIRE(tally.triggered > 0);
  REQUIRE(tally.cancelled > 0);
  REQUIRE(tally.turned_strict > 0);
  if (seeds * commands >= 100'000) REQUIRE((tally.beside_picked > 0 && tally.taken_over > 0 && tally.cleared > 0 && tally.cut_off > 0));
}

TEST_CASE("restore: finishes the fills that a crash cut off, wherever a commit can end (I3)", "[engine][recovery]") {
  const std::uint64_t seeds = number_from("EARMARK_SEEDS", 8), first_seed = number_from("EARMARK_SEED", 1);
  std::size_t cuts = 0, finished = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + seeds; ++seed) {
    model::RandomCommands random(seed, true);
    const engine::Capacity capacity = test::small_capacity(model::RandomCommands::limits(seed));
    test::Harness harness(capacity);
    for (std::uint64_t step = 0; step < 400; ++step) {
      const model::Command command = random.next();
      harness.apply(command, model::content_of(command), engine::TimeUs{1 + static_cast<std::int64_t>(step) * model::RandomCommands::step_us});
    }
    for (std::size_t cut = 1; cut <= harness.records(); ++cut) {
      if (!harness.can_end_after(cut)) continue;
      test::Harness after_crash(capacity);
      INFO("seed " << seed << ", cut after record " << cut);
      harness.replay_into(after_crash.engine(), cut);
      ++cuts;
      finished += after_crash.settle_unfinished();
      REQUIRE(after_crash.engine().broken_invariant() == "");
    }
  }
  std::cout << "restore: " << cuts << " cuts, " << finished << " fills finished after them\n";
  REQUIRE(finished > 0);
}
