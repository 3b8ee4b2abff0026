// The engine against the naive twin: the same random commands, the same answers, the same digest; and the engine that
// is restored from the records is the same again.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>

#include "tests/engine/harness.hpp"
#include "tests/model/random_commands.hpp"

using namespace earmark;

namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("engine: gives the twin's answers to random commands", "[engine][model]") {
  const std::uint64_t seeds = number_from("EARMARK_SEEDS", 40);
  const std::uint64_t first_seed = number_from("EARMARK_SEED", 1);
  const std::uint64_t commands = number_from("EARMARK_COMMANDS", 2500);
  std::uint64_t fast = 0, decided = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + seeds; ++seed) {
    model::RandomCommands random(seed);
    model::Twin twin(model::RandomCommands::limits());
    test::Harness harness(test::small_capacity());
    for (std::uint64_t step = 0; step < commands; ++step) {
      const model::Command command = random.next();
      const std::uint64_t content = model::content_of(command);
      const engine::TimeUs now{static_cast<std::int64_t>(1'000'000 + step)};
      const model::Answer expected = model::apply(twin, command, content, now);
      const std::string answer = harness.apply(command, content, now);
      if (answer != model::describe(expected) || harness.last_was_repeat() != expected.duplicate) {
        FAIL("E2, I1-I5: the engine and the twin disagree; repeat with EARMARK_SEED=" << seed << " EARMARK_SEEDS=1, step " << step
             << "\ncommand: " << model::describe(command) << "\ntwin:\n" << model::describe(expected) << "\nengine:\n" << answer);
      }
      decided += expected.decided() ? 1U : 0U;
      if (step % 16 == 0) {
        const std::string broken = harness.engine().broken_invariant();
        if (!broken.empty()) FAIL("seed " << seed << ", step " << step << ": " << broken);
      }
    }
    fast += harness.desk().fast_orders.get();
    INFO("E6: the engine's digest, the twin's, and that of the engine restored from the records are equal; seed " << seed);
    REQUIRE(harness.engine().broken_invariant() == "");
    REQUIRE(harness.engine().digest() == twin.digest());
    engine::Engine restored(test::small_capacity(), 1);
    harness.replay_into(restored, harness.records());
    REQUIRE(restored.broken_invariant() == "");
    REQUIRE(restored.digest() == harness.engine().digest());
  }
  std::cout << "differential: seeds " << first_seed << ".." << first_seed + seeds - 1 << ", " << commands << " commands each, "
            << decided << " decided, " << fast << " orders on the fast path\n";
  REQUIRE(fast > 0);
}

TEST_CASE("restore: finishes the fills that a crash cut off, at every record of the log (I3)", "[engine][recovery]") {
  const std::uint64_t seed = number_from("EARMARK_SEED", 7);
  model::RandomCommands random(seed);
  test::Harness harness(test::small_capacity());
  for (std::uint64_t step = 0; step < 400; ++step) {
    const model::Command command = random.next();
    harness.apply(command, model::content_of(command), engine::TimeUs{static_cast<std::int64_t>(step + 1)});
  }
  std::size_t finished = 0;
  for (std::size_t cut = 1; cut <= harness.records(); ++cut) {
    test::Harness after_crash(test::small_capacity());
    harness.replay_into(after_crash.engine(), cut);
    finished += after_crash.settle_unfinished();
    INFO("seed " << seed << ", cut after record " << cut);
    REQUIRE(after_crash.engine().broken_invariant() == "");
  }
  std::cout << "restore: " << harness.records() << " cuts, " << finished << " fills finished after them\n";
  REQUIRE(finished > 0);
}
