// Orders: decided, filled, cancelled, amended, shipped.
#include <algorithm>
#include <set>

#include "engine/limits.hpp"
#include "storage/order_record.hpp"
#include "storage/state_batch.hpp"

namespace earmark::storage {

using engine::IdSpace;

bool StateBatch::decided_line(const engine::LineDecision& decided, std::span<const engine::Take> more) {
  engine::LineImage& line = lines_.emplace_back(
      engine::LineImage{decided.line, decided.sku, decided.quantity, decided.backordered, decided.pinned, 0});
  std::uint64_t taken = 0;
  const std::size_t first = allocations_.size();
  const auto take = [&](const engine::Take& each) {
    taken += each.quantity;
    const auto same = std::find_if(allocations_.begin() + static_cast<std::ptrdiff_t>(first), allocations_.end(),
                                   [&](const engine::AllocationImage& made) {
                                     return made.warehouse == each.warehouse && made.shipment == each.shipment;
                                   });
    if (same != allocations_.end()) same->reserved += each.quantity;
    else allocations_.push_back({each.quantity, 0, each.warehouse, each.shipment});
    return take_from_cell(decided.sku, each);
  };
  if (decided.taken != 0 && !take({decided.taken, decided.available_after, decided.warehouse, decided.shipment})) return false;
  for (const engine::Take& each : more) {
    if (!take(each)) return false;
  }
  if (taken + decided.backordered > decided.quantity) return refuse("a line gets more than was ordered");
  line.allocations = static_cast<std::uint16_t>(allocations_.size() - first);
  return true;
}

bool StateBatch::fold(const engine::Stamp& stamp, const engine::OrderDecision& decision) {
  if (decision.id.size() > engine::max_id_bytes || decision.lines.size() > engine::max_lines) return refuse("it is too large");
  const engine::Identity identity = engine::identify(IdSpace::order, decision.id);
  const auto same = [&](std::uint32_t candidate) { return placed_[candidate].identity == identity; };
  if (placed_by_id_.find(identity.low, same) != HashIndex::none) return refuse("its id is known");
  if (!confirm(decision)) return false;
  fetch_cells(decision);
  lines_.clear();
  allocations_.clear();
  std::size_t next = 0;
  for (const engine::LineDecision& decided : decision.lines) {
    if (!decided_line(decided, decision.takes.subspan(next, decided.more_takes))) return false;
    next += decided.more_takes;
  }
  if (!confirmed(decision) || !count_skip(decision.skipped)) return false;
  std::uint16_t last_shipment = 0;
  for (const engine::AllocationImage& made : allocations_) last_shipment = std::max(last_shipment, made.shipment);
  const engine::OrderImage image{stamp.lsn,          stamp.time,         decision.id,
                                 decision.content,   decision.status,    decision.policy,
                                 decision.priority,  decision.sourcing,  decision.preferred,
                                 static_cast<std::uint16_t>(last_shipment + 1),
                                 decision.placed_at, decision.need_by,   decision.reserve_not_before,
                                 decision.cancel_after, decision.texts,  lines_, allocations_, decision.line_policies, {}, decision.not_due,
                                 0, {}, decision.skipped.order_lsn.value != 0, {}, promises_of(decision)};
  const std::size_t bytes = order_record_bytes(image);
  Order order{stamp.lsn, identity, memory_.take(bytes), static_cast<std::uint32_t>(bytes),
              static_cast<std::uint32_t>(ids_.size()), {}, nullptr, false};
  write_order_record(image, {order.record, bytes});
  if (figures_.order_placed(*source_, time_, decision, lines_, allocations_)) *OrderParts(order.record).flags |= order_was_whole;
  if (!is_open(lines_, allocations_)) {
    order.closed = stamp.lsn;
    closed_.push_back({identity, stamp.lsn});
  }
  know(IdSpace::order, identity, decision.content, order.closed);
  placed_by_id_.insert(identity.low, static_cast<std::uint32_t>(placed_.size()));
  placed_.push_back(order);
  return true;
}

bool StateBatch::fold(const engine::Stamp& stamp, const engine::FillDecision& decision) {
  Order* order = find(decision.order_lsn);
  std::size_t index = 0;
  engine::LineImage* line = order == nullptr ? nullptr : line_of(*order, decision.line, index);
  if (line == nullptr || line->sku != decision.sku) return refuse("it fills a line that does not wait");
  std::uint64_t filled = 0;
  for (const engine::Take& each : decision.takes) {
    if (!take_from_cell(decision.sku, each)) return false;
    allocate(*order, index, each);
    filled += each.quantity;
  }
  if (filled + decision.still_waiting != line->waiting) return refuse("it leaves another quantity waiting than was");
  if (decision.pegged && !fills_a_peg(stamp, decision, filled)) return false;
  if (!stop_waiting(*order, index, decision.raised_at, static_cast<engine::Quantity>(filled))) return false;
  settle_patience(*order, index);
  if (decision.still_waiting == 0) count_fill(*order, index);
  settle_promise(*order, index);
  if (decision.skipped.order_lsn.value != 0) *OrderParts(order->record).flags |= order_has_skipped;
  return count_skip(decision.skipped);
}

bool StateBatch::fold(const engine::Stamp&, const engine::CancelDecision& decision) {
  if (decision.command_id.size() > engine::max_id_bytes) return refuse("its id is too long");
  if (!decision.command_id.empty()) know(IdSpace::cancel, engine::identify(IdSpace::cancel, decision.command_id), decision.content, {});
  return take_back(decision.order_id, decision.lines, decision.released, std::nullopt, {});
}

bool StateBatch::fold(const engine::Stamp&, const engine::AmendDecision& decision) {
  if (decision.command_id.size() > engine::max_id_bytes) return refuse("its id is too long");
  if (decision.command_id.empty()) return become_due(decision.order_id);
  know(IdSpace::amend, engine::identify(IdSpace::amend, decision.command_id), decision.content, {});
  return take_back(decision.order_id, decision.lines, decision.released, decision.priority, decision.raised);
}

bool StateBatch::become_due(std::string_view id) {
  Order* order = find_by_id(id);
  if (order == nullptr || (*OrderParts(order->record).flags & order_not_due) == 0) return refuse("it says that an order has become due that was");
  *OrderParts(order->record).flags &= static_cast<std::uint16_t>(~order_not_due);
  return true;
}

// An order that nothing is taken from is not looked up: it may be one of long ago.
bool StateBatch::take_back(std::string_view id, std::span<const engine::CancelledLine> rows, std::span<const engine::Take> released,
                           std::optional<engine::Priority> priority, std::span<const engine::RaisedLine> raised) {
  Order* order = raised.empty() ? nullptr : find_by_id(id);
  if (!raised.empty() && (order == nullptr || !is_open_now(*order))) return refuse("it raises lines of an order that is not open");
  std::size_t next = 0;
  for (const engine::CancelledLine& row : rows) {
    if (row.waiting == 0 && row.releases == 0) continue;
    if (order == nullptr) order = find_by_id(id);
    std::size_t index = 0;
    engine::LineImage* line = order == nullptr ? nullptr : line_of(*order, row.line, index);
    if (line == nullptr || line->waiting < row.waiting) return refuse("it cancels what is not there");
    cut(*order, index, row.waiting);
    for (const engine::Take& release : released.subspan(next, row.releases)) {
      engine::AllocationImage* from = allocation(*order, index, release.warehouse, release.shipment);
      if (from == nullptr || from->reserved < release.quantity) return refuse("it releases more than is reserved");
      from->reserved -= release.quantity;
      engine::CellImage& to = cell(line->sku, release.warehouse);
      to.level += release.quantity;
      to.lsn = lsn_;
      if (engine::available_of(to.level) > to.on_hand) return refuse("it releases more than is on hand");
      if (!agrees(to, release.available_after)) return false;
    }
    next += row.releases;
  }
  if (!raised.empty() && !raise(*order, raised)) return false;
  for (std::size_t index = 0; order != nullptr && index < OrderParts(order->record).lines.size(); ++index) {
    settle_patience(*order, index);
    settle_promise(*order, index);
  }
  if (priority) {
    if (order == nullptr) order = find_by_id(id);
    if (order == nullptr || order->closed.value != 0) return refuse("it changes the priority of an order that is not open");
    *OrderParts(order->record).priority = priority->value;
  }
  std::set<std::uint16_t> changed;
  for (const engine::Take& release : released) changed.insert(release.shipment);
  for (const std::uint16_t number : changed) {
    if (order != nullptr) ++shipment_of(*order, number).revision;
  }
  if (order != nullptr) close_if_done(*order, false);
  return true;
}

bool StateBatch::fold(const engine::Stamp&, const engine::ShipDecision& decision) {
  if (decision.command_id.size() > engine::max_id_bytes) return refuse("its id is too long");
  know(IdSpace::ship, engine::identify(IdSpace::ship, decision.command_id), decision.content, {});
  Order* order = nullptr;
  std::size_t next = 0;
  for (const engine::ShippedLine& row : decision.lines) {
    if (row.ships == 0) continue;
    if (order == nullptr) order = find_by_id(decision.order_id);
    std::size_t index = 0;
    const engine::LineImage* line = order == nullptr ? nullptr : line_of(*order, row.line, index);
    if (line == nullptr) return refuse("it ships what is not there");
    for (const engine::Take& take : decision.shipped.subspan(next, row.ships)) {
      engine::AllocationImage* from = allocation(*order, index, take.warehouse, take.shipment);
      engine::CellImage& stock = cell(line->sku, take.warehouse);
      if (from == nullptr || from->reserved < take.quantity || stock.on_hand < take.quantity) {
        return refuse("it ships more than is reserved");
      }
      if (order->with_shipments || OrderParts(order->record).shipment_bytes != 0) {
        const auto kept = shipments_of(*order).find(take.shipment);
        if (kept != shipments_of(*order).end()) kept->second.state = engine::ShipmentState::shipped;
      }
      from->reserved -= take.quantity;
      from->shipped += take.quantity;
      stock.on_hand -= take.quantity;
      stock.lsn = lsn_;
      if (!agrees(stock, take.available_after)) return false;
    }
    next += row.ships;
  }
  if (order != nullptr) close_if_done(*order, true);
  return true;
}

}  // namespace earmark::storage
