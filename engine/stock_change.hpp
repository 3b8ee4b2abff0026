// What a stock change does to its cells, worked out without changing anything: the rows one after the other, each on what
// the rows before it left. Pure but for the words that it reads through the write set; called by the settler alone.
// Units that go are taken from the available ones first, then from holds, then from reservations (engine/victims.hpp: whose), and
// by counts and adjustments at last from the unavailable ones. Picked ones stay picked: a count or adjustment that needs them leaves the
// cell overdrawn (engine/level.hpp), any other change that does is refused (not_enough).
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "engine/book.hpp"
#include "engine/command.hpp"
#include "engine/decision.hpp"
#include "engine/errors.hpp"
#include "engine/serve_plan.hpp"
#include "engine/shared_state.hpp"
#include "engine/write_set.hpp"

namespace earmark::engine {

// Promised units that a row takes.
struct RowLoss {
  Quantity held = 0, reserved = 0;

  bool any() const noexcept { return (held | reserved) != 0; }
  friend bool operator==(const RowLoss&, const RowLoss&) = default;
};

struct ChangePlan {
  Error error;
  std::vector<ChangedRow> rows;
  std::vector<RowLoss> lost;  // parallel; so
  std::vector<Quantity> levels;
  std::vector<std::uint32_t> overdrawn;  // positions of rows that leave their cell so

  bool takes_promised() const noexcept { return std::any_of(lost.begin(), lost.end(), [](const RowLoss& loss) { return loss.any(); }); }
};

// Judges the command by R8 from empty_change on. Errors rest on the book alone, never on what is available.
ChangePlan plan_change(const ChangeStock& change, const CatalogueView& catalogue, SharedState& shared, const Book& book,
                       const WriteSet& writes);

// The SKUs to serve after a change: a step for each row that made units available or took reserved ones. Of SKUs with victims no
// unit is usable before their turn, so that an order of several SKUs cannot take one past a victim. Recovery makes the same steps.
// What holds lost (`of_holds`: positions in `lost`) makes nobody wait.
std::vector<ServeStep> steps_of(std::span<const ChangedRow> rows, std::span<const LostUnits> lost, std::span<const std::uint32_t> of_holds);

}  // namespace earmark::engine
