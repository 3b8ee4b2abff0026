// What a batch tells its figures (storage/figure_batch.hpp) beside what the folds of orders and holds tell themselves.
#include <algorithm>
#include <set>

#include "storage/order_record.hpp"
#include "storage/state_batch.hpp"

namespace earmark::storage {

// What the record as a whole changed: within it units go back and are taken again.
void StateBatch::count_availability() {
  for (const CellBefore& each : cells_before_) {
    const engine::CellImage& now = cells_[each.position];
    figures_.available(*source_, now.sku, each.available, engine::available_of(now.level));
  }
  for (const CellBefore& each : cells_before_) figures_.settle(cells_[each.position].sku, time_);
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

// For when the last unit of each line is expected at its decision, of lines all of whose waiting units have a date; 0: not.
// Nothing: that is no line of it.
std::span<const std::byte> StateBatch::first_promises_of(const engine::OrderDecision& decision) {
  first_promises_.assign(decision.expected.empty() ? 0 : decision.lines.size(), {});
  bool any = false;
  for (auto part = decision.expected.begin(); part != decision.expected.end();) {
    const std::uint32_t line = part->line_index;
    std::uint64_t covered = 0;
    engine::TimeUs last{};
    for (; part != decision.expected.end() && part->line_index == line; ++part) covered += part->quantity, last = part->date;
    if (line >= first_promises_.size() || covered != decision.lines[line].backordered) continue;
    first_promises_[line] = last;
    any = true;
  }
  return any ? std::as_bytes(std::span(first_promises_)) : std::span<const std::byte>{};
}

// Of a line of which nothing waits any more. What was promised was promised once.
void StateBatch::count_fill(Order& order, std::size_t line_index) {
  OrderParts parts(order.record);
  const engine::TimeUs promised = parts.promise(line_index);
  parts.forget_promise(line_index);
  const bool whole = (*parts.flags & order_was_whole) == 0 &&
                     std::all_of(parts.lines.begin(), parts.lines.end(), [](const engine::LineImage& line) { return line.waiting == 0; });
  if (whole) *parts.flags |= order_was_whole;
  figures_.line_filled(*source_, time_, totals_of(order), promised, whole);
}

}  // namespace earmark::storage
