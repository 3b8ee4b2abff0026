// What the arrival of a transfer does, worked out on the book without changing anything. Called by the settler alone; what the
// commit adds are the figures of cells.
#pragma once

#include <span>
#include <vector>

#include "engine/book.hpp"
#include "engine/command.hpp"
#include "engine/decision.hpp"
#include "engine/errors.hpp"
#include "engine/serve_plan.hpp"
#include "engine/shared_state.hpp"

namespace earmark::engine {

struct ArrivalPlan {
  Error error;
  bool closes = false;
  std::vector<ArrivedRow> rows;
  std::vector<MissingUnits> missing;
};

// Judges the command by R8 from its rows on; the transfer is open.
ArrivalPlan plan_arrival(const ReceiveTransfer& receive, const OpenTransfer& transfer, const CatalogueView& catalogue,
                         const SharedState& shared, const Book& book);

// The SKUs to serve after it, row by row as a receipt's. Recovery makes the same steps.
std::vector<ServeStep> steps_of_arrival(std::span<const ArrivedRow> rows, WarehouseId destination);

}  // namespace earmark::engine
