// What a batch tells its figures (storage/figure_batch.hpp) beside what the folds of orders and holds tell themselves.
#include <algorithm>
#include <set>
#include <utility>

#include "storage/order_record.hpp"
#include "storage/state_batch.hpp"

namespace earmark::storage {

// What the record as a whole changed: within it units go back and are taken again.
void StateBatch::count_availability() {
  for (const CellBefore& each : cells_before_) {
    const engine::CellImage& now = cells_[each.position].image;
    figures_.available(*source_, now.sku, each.available, engine::available_of(now.level));
  }
  for (const CellBefore& each : cells_before_) figures_.settle(*source_, cells_[each.position].image.sku, time_);
}

OrderTotals StateBatch::totals_of(const Order& order) const {
  engine::OrderImage image;
  view_order_record(order.lsn, {order.record, order.bytes}, image);
  OrderTotals totals{image.time, image.need_by, image.reserve_not_before, 0, 0, 0};
  std::set<std::uint16_t> shipments;
  const auto count = [&](const engine::AllocationImage& each) {
    totals.shipped += each.shipped;
    if (each.shipped != 0) shipments.insert(each.shipment);
  };
  for (const engine::LineImage& line : image.lines) totals.ordered += line.quantity;
  for (const engine::AllocationImage& each : image.allocations) count(each);
  for (const MoreAllocation* more = order.more; more != nullptr; more = more->next) count(more->allocation);
  totals.shipments_shipped = shipments.size();
  return totals;
}

// The date that the line was told first, by which it is judged once: not any more from now on. 0: it never was, or is no more.
engine::TimeUs StateBatch::settle_first(Order& order, std::size_t line_index) {
  engine::PromiseImage* promise = promise_of(order, line_index);
  return promise == nullptr || std::exchange(promise->settled, 1) != 0 ? engine::TimeUs{} : promise->first;
}

// Of a line of which nothing waits any more.
void StateBatch::count_fill(Order& order, std::size_t line_index) {
  const OrderParts parts(order.record);
  const engine::TimeUs promised = settle_first(order, line_index);
  const bool whole = (*parts.flags & order_was_whole) == 0 &&
                     std::all_of(parts.lines.begin(), parts.lines.end(), [](const engine::LineImage& line) { return line.waiting == 0; });
  if (whole) *parts.flags |= order_was_whole;
  figures_.line_filled(*source_, time_, totals_of(order), promised, whole);
}

}  // namespace earmark::storage
