#include "engine/raise_plan.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "engine/coverage.hpp"
#include "engine/decide_order.hpp"

namespace earmark::engine {

void RaisePlan::begin(BlockRef order) {
  undo();
  order_ = order;
  asked_.clear();
  lines_.clear();
}

void RaisePlan::undo() {
  if (waits_at_.value != 0) book_.raise_not(shared_, blocks_, order_, waits_at_, lines_);
  waits_at_ = {};
}

Error RaisePlan::let_wait(Lsn sequence, bool lowers, const CatalogueView& catalogue, const WriteSet& writes) {
  if (empty()) return {};
  if (const Error fault = decide(lowers, catalogue, writes); fault.code != ErrorCode::none) return fault;
  if (!book_.raise(shared_, blocks_, order_, sequence, lines_, BlockCache::For::new_command)) return {ErrorCode::overloaded, 0, {}};
  waits_at_ = sequence;
  return {};
}

// A ship_complete order holds all or nothing: nothing of it may wait, and all of what is asked must be there.
bool RaisePlan::all_there(const CatalogueView& catalogue, const WriteSet& writes) const {
  const auto* order = shared_.blocks.at<OrderState>(order_);
  const auto waits = [](const OrderLineState& line) { return line.waiting != 0; };
  if (order->not_due || std::any_of(order->lines().begin(), order->lines().end(), waits)) return false;
  Coverage coverage;
  for (const Asked& each : asked_) {
    const OrderLineState& line = order->lines()[each.line_index];
    coverage.add(line.sku, line.pinned, each.units, each.line_index);
  }
  return !coverage.blocked_line(catalogue, [&](SkuId sku, WarehouseId warehouse) { return CellWord{writes.read(shared_.cell(sku, warehouse))}.free(); });
}

// Line by line in their order, as the queue will serve them.
Error RaisePlan::decide(bool lowers, const CatalogueView& catalogue, const WriteSet& writes) {
  const auto* order = shared_.blocks.at<OrderState>(order_);
  for (const Asked& each : asked_) {
    const OrderLineState& line = order->lines()[each.line_index];
    lines_.push_back({line.line, line.sku, each.units, 0});
  }
  if (order->policy == Policy::ship_complete) {
    return !lowers && all_there(catalogue, writes) ? Error{} : Error{ErrorCode::cannot_raise, 0, {}};
  }
  std::vector<std::size_t> in_line_order(asked_.size());
  std::iota(in_line_order.begin(), in_line_order.end(), std::size_t{0});
  std::sort(in_line_order.begin(), in_line_order.end(), [&](std::size_t one, std::size_t other) { return asked_[one].line_index < asked_[other].line_index; });
  std::unordered_map<std::uint64_t, Quantity> taken;  // by cell
  Error fault;
  for (const std::size_t index : in_line_order) {
    const OrderLineState& line = order->lines()[asked_[index].line_index];
    const Policy policy = line.policy.or_else(order->policy);
    Quantity open = asked_[index].units;
    std::vector<std::pair<std::uint64_t, Quantity>> own;
    for (const WarehouseId warehouse : line.pinned.value != 0 ? std::span(&line.pinned, 1) : std::span(catalogue.by_priority)) {
      if (order->not_due) break;
      const std::uint64_t cell = shared_.cell_index(line.sku, warehouse).value;
      Quantity& gone = taken[cell];
      const Quantity units = std::min(open, CellWord{writes.read(shared_.cell(line.sku, warehouse))}.free() - gone);
      gone += units;
      open -= units;
      own.emplace_back(cell, units);
    }
    if (open != 0 && takes_whole_line(policy)) {
      for (const auto& [cell, units] : own) taken[cell] -= units;
      open = asked_[index].units;
    }
    if (waits(policy) && catalogue.backorderable(line.sku)) continue;
    lines_[index].cancelled = open;
    const bool refused = lowers || (open != 0 && order->policy == Policy::fill_or_kill);
    if (refused && (fault.code == ErrorCode::none || asked_[index].row < fault.row)) fault = {ErrorCode::cannot_raise, asked_[index].row, line.line};
  }
  return fault;
}

}  // namespace earmark::engine
