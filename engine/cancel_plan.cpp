#include "engine/cancel_plan.hpp"

#include <algorithm>

#include "engine/shipments.hpp"

namespace earmark::engine {
namespace {

void plan_target(const CancelTarget& target, const BlockStore& blocks, const OrderState& order, const CatalogueView& catalogue, CancelPlan& plan) {
  const OrderLineState& line = order.lines()[target.line_index];
  const bool whole = target.wanted == all_units;
  CancelledLine result{line.line, line.sku, 0, 0, 0};
  std::uint64_t open = target.wanted;
  Quantity& cut = plan.cut.units[target.line_index];
  result.waiting = static_cast<Quantity>(std::min<std::uint64_t>(open, line.waiting - cut));
  cut += result.waiting;
  open -= result.waiting;
  if (result.waiting != 0) plan.cut_skus.push_back(line.sku);
  bool picked = false;
  for (auto warehouse = catalogue.by_priority.rbegin(); warehouse != catalogue.by_priority.rend() && open != 0; ++warehouse) {
    for_each_allocation(blocks, line, [&](const Allocation& allocation) {
      if (allocation.warehouse != *warehouse || allocation.reserved == 0 || open == 0) return;
      if (is_picked(blocks, order, allocation.shipment)) {
        picked = true;
        return;
      }
      const Quantity there = whole ? allocation.reserved : allocation.reserved - plan.cut.released_of(target.line_index, allocation);
      const auto units = static_cast<Quantity>(std::min<std::uint64_t>(open, there));
      if (units == 0) return;
      plan.cut.releases.push_back({target.line_index, allocation.warehouse, allocation.shipment, units});
      ++result.releases;
      open -= units;
    });
  }
  if (picked && open != 0 && plan.needs_picked == CancelPlan::none) plan.needs_picked = plan.lines.size();
  result.excess = whole ? 0 : open;
  plan.lines.push_back(result);
}

}  // namespace

CancelPlan plan_cancel(const BlockStore& blocks, BlockRef block, std::span<const CancelTarget> targets, const CatalogueView& catalogue) {
  CancelPlan plan;
  const auto* order = blocks.at<OrderState>(block);
  plan.cut = {block, std::vector<Quantity>(order->lines().size())};
  for (const CancelTarget& target : targets) plan_target(target, blocks, *order, catalogue, plan);
  return plan;
}

void write_releases(CancelPlan& plan, SharedState& shared, WriteSet& writes) {
  const auto* order = shared.blocks.at<OrderState>(plan.cut.order);
  plan.released.clear();
  for (const Cut::Release& release : plan.cut.releases) {
    Atomic<std::uint64_t>& cell = shared.cell(order->lines()[release.line_index].sku, release.warehouse);
    const CellWord word{writes.read(cell)};
    const CellWord after = word.plus(release.units, word.gate());
    writes.write(cell, word.bits, after.bits);
    plan.released.push_back({release.units, after.free(), release.warehouse, release.shipment});
  }
}

}  // namespace earmark::engine
