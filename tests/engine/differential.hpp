// One history for the engine and for the naive twin: commands, and between them what the compactor does (closed orders out of
// memory, ids forgotten). After every step the answer, the records (decoded from their bytes: kind, LSN, cause, last,
// available_after and all else but the time) and now and then the digests must be the same. One thread for each history.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "tests/model/commands.hpp"
#include "tests/model/state.hpp"

namespace earmark::test {

struct ArchiveStep {  // so many closed orders, the oldest ones, leave memory
  std::uint64_t most = 0;
};
struct ForgetStep {  // ids in this share of the remembered LSNs are forgotten
  std::uint64_t percent = 0;
};
struct Step {
  std::variant<model::Command, ArchiveStep, ForgetStep> what;
  std::uint64_t number = 0;  // in the history as it was drawn
  engine::TimeUs time{};
};
using Steps = std::vector<Step>;

// The history of a seed. The same seed gives the same history everywhere.
Steps draw_history(std::uint64_t seed, std::uint64_t commands, bool with_housekeeping);
// One line for each step, with its number.
std::string describe(const Steps& steps);

struct Disagreement {
  std::size_t index = 0;  // of the step
  std::string text;       // which promise, the step, what both say
};

struct Tally {
  std::uint64_t commands = 0, decided = 0, records = 0, fast = 0, archived = 0, forgotten = 0, read_back = 0, expired = 0;
  std::uint64_t cancelled = 0, beside_picked = 0;  // orders at their time, and those of which picked units stayed
  std::uint64_t skips = 0, turned_strict = 0, taken_over = 0;
  std::uint64_t triggered = 0, cleared = 0, cut_off = 0;  // reorder rules, and suggestions that were approved at their cut-off
  std::uint64_t answers = 0, dates = 0;  // to questions about what waits, and those of them that tell a date
  void add(const Tally& other);
};

// Changes answers of the engine: a planted fault, to test the tests. Made anew for each run of a history.
using Meddler = std::function<void(const model::Command& command, std::string& answer)>;

// Runs the history; of `limits` how soon who waits for all or nothing turns strict. `digest_every` so many steps the digests and the engine's own invariants are compared, and at the end.
std::optional<Disagreement> compare(std::span<const Step> history, const model::CatalogueLimits& limits, std::uint64_t digest_every, Tally& tally,
                                    Meddler meddler = {});

}  // namespace earmark::test
