// What becomes of an order: a pure function of the order, the catalogue and the cells (rules R1, R2 and the policies).
// Receiving threads and the settler use the same code; a receiving thread stops with Verdict::settler where somebody waits or
// would have to wait.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "engine/coverage.hpp"
#include "engine/decision.hpp"
#include "engine/errors.hpp"
#include "engine/shared_state.hpp"
#include "engine/sourcing.hpp"
#include "engine/write_set.hpp"

namespace earmark::engine {

enum class Verdict : std::uint8_t {
  decided,  // `decision` is complete but for waits; the cells' new words are in the write set
  settler,  // only the settler can decide it; nothing was written
};

// Room for one decision, used again and again by one thread.
struct OrderDraft {
  OrderDecision decision;
  std::vector<LineDecision> lines;
  std::vector<Take> takes;
  std::vector<LineWait> waits;
  std::vector<ExpectedUnits> fallbacks;
  std::vector<ExpectedUnits> expected;
  std::vector<LinePolicy> line_policies;         // empty: no line has its own
  std::vector<std::uint32_t> not_backorderable;  // see OrderDecision
  std::vector<OrderLine> reduced;                // of a ship_complete order: its lines without what is cancelled because of that
  std::vector<WarehouseId> shipments;  // shipment n+1 leaves from shipments[n]
  SourceChooser sources;
  Coverage coverage;
  std::unordered_map<std::uint64_t, Quantity> set_aside;  // cell -> units that pinned lines of a ship_complete order need
  std::size_t blocked_line = 0;  // of a ship_complete order that waits: a line of a SKU of which there is too little
};

// R8 for what an order itself says, after its id was found to be new: empty_order, too_many_lines, an unknown preferred
// warehouse, then line by line. Error::code none: valid. `own_policies`: lines may have policies of their own.
Error validate_order(const PlaceOrder& order, const CatalogueView& catalogue, bool own_policies = true);

// Whether a line under this policy (its own, or its order's) takes all of its units or none.
constexpr bool takes_whole_line(Policy policy) noexcept { return policy == Policy::line_complete || policy == Policy::fill_or_kill; }

// Sets the gates of the cells for which the line waits.
void gate_for_waiter(const LineDecision& line, SharedState& shared, const CatalogueView& catalogue, WriteSet& writes);

// Decides a valid order. `for_settler`: takes from gated cells too, and sets the gates of cells for which it will wait.
Verdict decide_order(const PlaceOrder& order, std::uint64_t content, SharedState& shared, const CatalogueView& catalogue,
                     bool for_settler, WriteSet& writes, OrderDraft& draft);
// One whose reserve_not_before is to come, by the settler: it takes nothing, and what may wait of it waits.
void decide_not_due(const PlaceOrder& order, std::uint64_t content, SharedState& shared, const CatalogueView& catalogue, WriteSet& writes,
                    OrderDraft& draft);

}  // namespace earmark::engine
