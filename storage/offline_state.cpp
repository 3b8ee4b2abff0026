#include "storage/offline_state.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace earmark::storage {

using engine::IdSpace;
using engine::Lsn;

bool OfflineState::apply(const schema::Event& event) {
  if (!problem_.empty()) return false;
  if (event.stamp.lsn != last_ + 1) return refuse("LSN " + std::to_string(event.stamp.lsn.value) + " does not follow");
  last_ = event.stamp.lsn;
  return std::visit([&](const auto& decision) { return fold(event.stamp, decision); }, event.decision);
}

bool OfflineState::refuse(const std::string& what) {
  problem_ = "record LSN " + std::to_string(last_.value) + " contradicts the records before it: " + what;
  return false;
}

void OfflineState::know(IdSpace space, std::string_view id, std::uint64_t content, Lsn lsn) {
  const engine::Identity identity = engine::identify(space, id);
  const IdKey key{space, {identity.low, identity.high}};
  known_[key] = {content, lsn, {}, {}};
  ids_[lsn] = key;
}

bool OfflineState::agrees(const CellKey& key, std::uint64_t available_after) {
  if (cells_[key].available() == available_after) return true;
  return refuse("it leaves " + std::to_string(available_after) + " of SKU " + std::to_string(key.first.value) +
                " in warehouse " + std::to_string(key.second.value) + ", the fold " +
                std::to_string(cells_[key].available()));
}

bool OfflineState::take(Line& line, const engine::Take& take) {
  const CellKey key{line.sku, take.warehouse};
  if (cells_[key].available() < take.quantity) return refuse("it takes more than is available");
  cells_[key].level -= take.quantity;
  line.allocations[{take.warehouse, take.shipment}].reserved += take.quantity;
  return agrees(key, take.available_after);
}

bool OfflineState::release(Line& line, const engine::Take& take) {
  const CellKey key{line.sku, take.warehouse};
  Allocation& allocation = line.allocations[{take.warehouse, take.shipment}];
  if (allocation.reserved < take.quantity) return refuse("it releases more than is reserved");
  allocation.reserved -= take.quantity;
  cells_[key].level += take.quantity;
  return agrees(key, take.available_after);
}

engine::Quantity OfflineState::Line::own_waiting() const noexcept {
  engine::Quantity own = waiting;
  for (const auto& [amend, units] : raised) own -= units;
  return own;
}

void OfflineState::Line::cut(engine::Quantity units) {
  waiting -= units;
  while (units != 0 && !raised.empty()) {
    const auto newest = std::prev(raised.end());
    const engine::Quantity gone = std::min(units, newest->second);
    newest->second -= gone;
    units -= gone;
    if (newest->second == 0) raised.erase(newest);
  }
  if (waiting == 0) told = {};
}

bool OfflineState::ship(Line& line, const engine::Take& take) {
  const CellKey key{line.sku, take.warehouse};
  Allocation& allocation = line.allocations[{take.warehouse, take.shipment}];
  if (allocation.reserved < take.quantity || cells_[key].on_hand < take.quantity) {
    return refuse("it ships more than is reserved");
  }
  allocation.reserved -= take.quantity;
  allocation.shipped += take.quantity;
  cells_[key].on_hand -= take.quantity;
  return agrees(key, take.available_after);
}

bool OfflineState::receive(std::span<const engine::ReceivedRow> rows) {
  for (const engine::ReceivedRow& row : rows) {
    Cell& cell = cells_[{row.sku, row.warehouse}];
    cell.on_hand += row.quantity;
    cell.level += row.quantity;
    if (cell.on_hand > engine::max_quantity) return refuse("a cell passes the largest quantity");
    if (!agrees({row.sku, row.warehouse}, row.available_after)) return false;
  }
  return true;
}

OfflineState::Line* OfflineState::line_of(Order& order, engine::LineNumber number) {
  const auto found = std::find_if(order.lines.begin(), order.lines.end(),
                                  [&](const Line& line) { return line.number == number; });
  return found == order.lines.end() ? nullptr : &*found;
}

const OfflineState::Order* OfflineState::order(Lsn lsn) const {
  const auto found = orders_.find(lsn);
  return found == orders_.end() ? nullptr : &found->second;
}

Lsn OfflineState::open_order(std::string_view id) const {
  const engine::Identity identity = engine::identify(IdSpace::order, id);
  const auto known = known_.find({IdSpace::order, {identity.low, identity.high}});
  if (known == known_.end() || !orders_.contains(known->second.lsn)) return {};
  return known->second.lsn;
}

void OfflineState::close_if_done(Lsn lsn) {
  const auto order = orders_.find(lsn);
  if (order == orders_.end()) return;
  for (const Line& line : order->second.lines) {
    if (line.waiting > 0) return;
    for (const auto& [place, allocation] : line.allocations) {
      if (allocation.reserved > 0) return;
    }
  }
  const IdKey key{IdSpace::order, {order->second.identity.low, order->second.identity.high}};
  known_[key].closed = last_;
  if (lsn < oldest_known_) closed_known_[last_] = key;
  orders_.erase(order);
}

// The rule of forgetting, word for word: engine/decision.hpp.
void OfflineState::forget(Lsn oldest_known, Lsn archived) {
  while (!closed_known_.empty() && closed_known_.begin()->first <= archived) {
    known_.erase(closed_known_.begin()->second);
    closed_known_.erase(closed_known_.begin());
  }
  while (!ids_.empty() && ids_.begin()->first < oldest_known) {
    const auto [lsn, key] = *ids_.begin();
    ids_.erase(ids_.begin());
    if (orders_.contains(lsn) || holds_.contains(lsn) || transfers_.contains(lsn) || purchases_.contains(lsn)) continue;  // known for as long as it is open
    const Lsn closed = known_.at(key).closed;
    if (key.first == IdSpace::order && closed > archived) closed_known_[closed] = key;
    else known_.erase(key);
  }
  oldest_known_ = oldest_known;
  archived_ = archived;
}

bool OfflineState::fold(const engine::Stamp&, const engine::VoidDecision& decision) {
  if (decision.oldest_known.value == 0) return true;
  if (decision.oldest_known < oldest_known_ || decision.archived < archived_) return refuse("it knows ids again that were forgotten");
  forget(decision.oldest_known, decision.archived);
  return true;
}

bool OfflineState::decided_line(Line& line, const engine::LineDecision& decided, std::span<const engine::Take> more) {
  line = {decided.line, decided.sku, decided.quantity, decided.backordered, decided.pinned, {}, 0, {}};
  std::uint64_t taken = decided.taken;
  if (decided.taken > 0 && !take(line, {decided.taken, decided.available_after, decided.warehouse, decided.shipment})) return false;
  for (const engine::Take& each : more) {
    if (!take(line, each)) return false;
    taken += each.quantity;
  }
  return taken + decided.backordered <= decided.quantity || refuse("a line gets more than was ordered");
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::OrderDecision& decision) {
  know(IdSpace::order, decision.id, decision.content, stamp.lsn);
  if (!confirm(decision)) return false;
  Order& order = orders_[stamp.lsn];
  order = {engine::identify(IdSpace::order, decision.id), decision.status, decision.policy, decision.priority,
           decision.preferred, {}, 1, {}, decision.not_due, 0, decision.skipped.order_lsn.value != 0};
  std::size_t next_take = 0;
  for (const engine::LineDecision& decided : decision.lines) {
    if (!decided_line(order.lines.emplace_back(), decided, decision.takes.subspan(next_take, decided.more_takes))) return false;
    order.lines.back().policy = decision.own_policy(order.lines.size() - 1);
    next_take += decided.more_takes;
    for (const auto& [place, units] : order.lines.back().allocations) {
      order.next_shipment = std::max(order.next_shipment, static_cast<std::uint16_t>(place.second + 1));
    }
  }
  for (std::size_t index = 0; index < order.lines.size(); ++index) {
    std::uint64_t dated = 0;
    engine::TimeUs last{};
    for (const engine::ExpectedUnits& each : decision.expected) {
      if (each.line_index != index) continue;
      dated += each.quantity;
      last = std::max(last, each.date);
    }
    if (dated != 0 && dated == order.lines[index].waiting && last > stamp.time) order.lines[index].first = order.lines[index].told = last;
  }
  for (const engine::ReceivedRow& row : decision.returned) {
    if (!agrees({row.sku, row.warehouse}, row.available_after)) return false;
  }
  close_if_done(stamp.lsn);
  return count_skip(decision.skipped);
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::ReceiptDecision& decision) {
  know(IdSpace::receipt, decision.id, decision.content, stamp.lsn);
  return receive(decision.rows);
}

void OfflineState::learn(std::span<const engine::LoadedProduct> products) {
  for (const engine::LoadedProduct& each : products) {
    if (each.backorderable) not_backorderable_.erase(each.id);
    else not_backorderable_.insert(each.id);
  }
}

bool OfflineState::fold(const engine::Stamp&, const engine::LoadDecision& decision) {
  learn(decision.products);
  return receive(decision.stock);
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::FillDecision& decision) {
  const auto order = orders_.find(decision.order_lsn);
  Line* line = order == orders_.end() ? nullptr : line_of(order->second, decision.line);
  if (line == nullptr || line->sku != decision.sku) return refuse("it fills a line that does not wait");
  std::uint64_t filled = 0;
  for (const engine::Take& each : decision.takes) {
    if (!take(*line, each)) return false;
    std::uint16_t& next = order->second.next_shipment;
    if (each.shipment < next) ++order->second.shipments[each.shipment].revision;  // it joins one that is there
    next = std::max(next, static_cast<std::uint16_t>(each.shipment + 1));
    filled += each.quantity;
  }
  if (filled + decision.still_waiting != line->waiting) return refuse("it leaves another quantity waiting than was");
  if (decision.raised_at.value != 0) {
    const auto entry = line->raised.find(decision.raised_at);
    if (entry == line->raised.end() || entry->second < filled) return refuse("it fills an entry that does not wait");
    entry->second -= static_cast<engine::Quantity>(filled);
    if (entry->second == 0) line->raised.erase(entry);
  } else if (line->own_waiting() < filled) {
    return refuse("it fills more than waits in the line's own entry");
  }
  if (decision.pegged) {
    std::uint64_t& left = pegged_[{decision.order_lsn, decision.line}];
    if (stamp.cause != receipt_ || left < filled) return refuse("it fills a line out of turn with what is not pegged to it");
    left -= filled;
  }
  line->waiting = decision.still_waiting;
  if (line->waiting == 0) line->told = {};
  settle_patience(order->second, *line);
  if (decision.skipped.order_lsn.value != 0) order->second.has_skipped = true;
  return count_skip(decision.skipped);
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::CancelDecision& decision) {
  if (!decision.command_id.empty()) know(IdSpace::cancel, decision.command_id, decision.content, stamp.lsn);
  const Lsn lsn = open_order(decision.order_id);
  if (!take_back(lsn, decision.lines, decision.released)) return false;
  settle_patience(lsn);
  close_if_done(lsn);
  return true;
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::AmendDecision& decision) {
  const Lsn lsn = open_order(decision.order_id);
  if (decision.command_id.empty()) {
    if (lsn.value == 0 || !orders_.at(lsn).not_due) return refuse("it says that an order has become due that was");
    orders_.at(lsn).not_due = false;
    return true;
  }
  know(IdSpace::amend, decision.command_id, decision.content, stamp.lsn);
  if (!take_back(lsn, decision.lines, decision.released) || !raise(lsn, decision.raised)) return false;
  settle_patience(lsn);
  if (decision.priority && lsn.value == 0) return refuse("it changes the priority of an order that is not open");
  if (decision.priority) orders_.at(lsn).priority = *decision.priority;
  close_if_done(lsn);
  return true;
}

bool OfflineState::take_back(Lsn lsn, std::span<const engine::CancelledLine> rows, std::span<const engine::Take> released) {
  std::size_t next = 0;
  for (const engine::CancelledLine& row : rows) {
    if (row.waiting == 0 && row.releases == 0) continue;
    Line* line = lsn.value == 0 ? nullptr : line_of(orders_.at(lsn), row.line);
    if (line == nullptr || line->waiting < row.waiting) return refuse("it cancels what is not there");
    line->cut(row.waiting);
    for (std::uint32_t release_index = 0; release_index < row.releases; ++release_index, ++next) {
      if (!release(*line, released[next])) return false;
    }
  }
  std::set<std::uint16_t> changed;
  for (const engine::Take& each : released) changed.insert(each.shipment);
  for (const std::uint16_t number : changed) ++orders_.at(lsn).shipments[number].revision;
  return true;
}

bool OfflineState::raise(Lsn lsn, std::span<const engine::RaisedLine> rows) {
  for (const engine::RaisedLine& row : rows) {
    Line* line = lsn.value == 0 ? nullptr : line_of(orders_.at(lsn), row.line);
    if (line == nullptr || line->sku != row.sku || row.cancelled > row.quantity) return refuse("it raises a line that is not open");
    if (std::uint64_t{line->quantity} + row.quantity > engine::max_quantity) return refuse("it raises a line past the largest quantity");
    line->quantity += row.quantity;
    if (row.quantity == row.cancelled) continue;
    line->waiting += row.quantity - row.cancelled;
    line->raised[last_] = row.quantity - row.cancelled;
  }
  return true;
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::ShipDecision& decision) {
  know(IdSpace::ship, decision.command_id, decision.content, stamp.lsn);
  const Lsn lsn = open_order(decision.order_id);
  std::size_t next = 0;
  for (const engine::ShippedLine& row : decision.lines) {
    if (row.ships == 0) continue;
    Line* line = lsn.value == 0 ? nullptr : line_of(orders_.at(lsn), row.line);
    if (line == nullptr) return refuse("it ships what is not there");
    for (std::uint32_t ship_index = 0; ship_index < row.ships; ++ship_index, ++next) {
      if (!ship(*line, decision.shipped[next])) return false;
      orders_.at(lsn).shipments[decision.shipped[next].shipment].state = engine::ShipmentState::shipped;
    }
  }
  close_if_done(lsn);
  return true;
}

std::string OfflineState::digest() const {
  engine::Digest digest;
  for (const engine::SkuId sku : not_backorderable_) digest.not_backorderable(sku);
  for (const auto& [key, cell] : cells_) {
    digest.cell(key.first, key.second, static_cast<engine::Quantity>(cell.on_hand), static_cast<engine::Quantity>(cell.held),
                static_cast<engine::Quantity>(cell.unavailable), static_cast<engine::Quantity>(cell.available()));
  }
  for (const auto& [key, known] : known_) {
    digest.known_id(key.first, {key.second.first, key.second.second}, known.content, known.lsn);
    if (known.ended != engine::HoldEnd::open) digest.ended_hold(known.lsn, known.ended);
  }
  for (const auto& [lsn, hold] : holds_) {
    digest.open_hold(lsn, hold.identity, hold.deadline, static_cast<std::uint32_t>(hold.lines.size()));
    for (std::uint32_t index = 0; index < hold.lines.size(); ++index) {
      const Line& line = hold.lines[index];
      digest.order_line(lsn, index, line.number, line.sku, line.quantity, line.waiting, line.pinned);
      for (const auto& [place, allocation] : line.allocations) {
        digest.allocation(lsn, index, place.first, place.second, static_cast<engine::Quantity>(allocation.reserved), 0);
      }
    }
  }
  for (const auto& [lsn, transfer] : transfers_) {
    digest.open_transfer(lsn, transfer.identity, transfer.source, transfer.destination, transfer.expected,
                         static_cast<std::uint32_t>(transfer.skus.size()));
    for (const auto& [sku, units] : transfer.skus) {
      digest.transfer_line(lsn, sku, static_cast<engine::Quantity>(units.shipped), units.received);
    }
  }
  feed_purchases(digest);
  for (const auto& [lsn, order] : orders_) {
    if (order.not_due) digest.not_due(lsn);
    if (order.has_skipped) digest.has_skipped(lsn);
    digest.patience(lsn, 0, order.patience);
    digest.open_order(lsn, order.identity, order.status, order.policy, order.priority, order.preferred,
                      static_cast<std::uint32_t>(order.lines.size()));
    for (const auto& [number, shipment] : order.shipments) {
      digest.shipment(lsn, number, shipment.state, shipment.revision, shipment.stepped);
      for (const auto& [line, units] : shipment.returned) digest.returned(lsn, number, line, units);
    }
    for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
      const Line& line = order.lines[index];
      digest.order_line(lsn, index, line.number, line.sku, line.quantity, line.waiting, line.pinned);
      digest.line_policy(lsn, index, line.policy);
      digest.patience(lsn, index, line.patience);
      if (line.own_waiting() > 0) digest.waiting_line(line.sku, order.priority, lsn, index, line.own_waiting());
      for (const auto& [amend, units] : line.raised) digest.waiting_line(line.sku, order.priority, amend, index, units);
      for (const auto& [place, allocation] : line.allocations) {
        digest.allocation(lsn, index, place.first, place.second, static_cast<engine::Quantity>(allocation.reserved),
                          static_cast<engine::Quantity>(allocation.shipped));
      }
    }
  }
  return digest.finish(last_);
}

}  // namespace earmark::storage
