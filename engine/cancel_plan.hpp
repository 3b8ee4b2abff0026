// What a cancel, or an amend that lowers quantities, takes from an order; worked out without changing it.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/order_state.hpp"
#include "engine/serve_plan.hpp"

namespace earmark::engine {

// Units to take from one line, by its position; all_units: all there are. `row`: that asks for them, 1-based; 0: none does.
struct CancelTarget {
  std::size_t line_index = 0;
  std::uint64_t wanted = 0;
  std::uint32_t row = 0;
};
inline constexpr std::uint64_t all_units = ~std::uint64_t{0};

struct CancelPlan {
  std::vector<CancelledLine> lines;  // one for each target
  std::vector<Take> released;        // the cut's releases as units given back, once write_releases() was called
  Cut cut;                           // releases in the order of `lines`
  std::vector<SkuId> cut_skus;
  std::size_t needs_picked = none;   // the first target that wants units which are picked
  static constexpr std::size_t none = ~std::size_t{0};
};

// Picked units are left alone. R6: for each target from the waiting part first, then what is reserved, from the warehouse last in priority first.
CancelPlan plan_cancel(const BlockStore& blocks, BlockRef order, std::span<const CancelTarget> targets, const CatalogueView& catalogue);
// Gives the released units back to their cells, as part of the commit being built.
void write_releases(CancelPlan& plan, SharedState& shared, WriteSet& writes);

}  // namespace earmark::engine
