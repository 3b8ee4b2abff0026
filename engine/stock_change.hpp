// What a stock change does to its cells, worked out without changing anything: the rows one after the other, each on what
// the rows before it left. Pure but for the words that it reads through the write set; called by the settler alone.
// Units that go are taken from the available ones first, then from reservations (their lines become victims:
// engine/victims.hpp), and by counts and adjustments at last from the unavailable ones. Held units are not touched, nor picked ones: what would need them is refused (not_enough).
#pragma once

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

struct ChangePlan {
  Error error;
  std::vector<ChangedRow> rows;
  std::vector<Quantity> lost;  // parallel: reserved units that the row takes

  bool takes_reserved() const noexcept {
    for (const Quantity units : lost) {
      if (units != 0) return true;
    }
    return false;
  }
};

// Judges the command by R8 from empty_change on. Errors rest on the book alone, never on what is available.
ChangePlan plan_change(const ChangeStock& change, const CatalogueView& catalogue, SharedState& shared, const Book& book,
                       const WriteSet& writes);

// The SKUs to serve after a change: a step for each row that made units available or took reserved ones. Of SKUs with victims no
// unit is usable before their turn, so that an order of several SKUs cannot take one past a victim. Recovery makes the same steps.
std::vector<ServeStep> steps_of(std::span<const ChangedRow> rows, std::span<const LostUnits> lost);

}  // namespace earmark::engine
