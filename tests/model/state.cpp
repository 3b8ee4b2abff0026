#include "tests/model/state.hpp"

#include <algorithm>
#include <tuple>

namespace earmark::model {

bool Order::can_be_cancelled() const {
  return std::ranges::any_of(lines, [&](const Line& line) {
    return line.waiting > 0 || std::ranges::any_of(line.allocations, [&](const Allocation& each) {
      return each.reserved > 0 && !shipments[each.shipment - 1u].picked();
    });
  });
}

bool Order::open() const {
  for (const Line& line : lines) {
    if (line.waiting > 0) return true;
    for (const Allocation& allocation : line.allocations) {
      if (allocation.reserved > 0) return true;
    }
  }
  return false;
}

bool Order::waits() const {
  return std::ranges::any_of(lines, [](const Line& line) { return line.waiting > 0; });
}

bool Order::is_set_aside(const Line& line) const {
  const bool whole_order = policy == engine::Policy::ship_complete;
  return patience_of(line).strict && (whole_order ? waits() : line.waiting > 0);
}

bool Order::has_units(std::uint16_t shipment, bool set_aside) const {
  return std::ranges::any_of(lines, [&](const Line& line) {
    return (is_set_aside(line) && !shipments[shipment - 1u].picked()) == set_aside && std::ranges::any_of(line.allocations, [&](const Allocation& each) {
      return each.shipment == shipment && each.reserved > 0;
    });
  });
}

engine::Quantity Line::waiting_in(engine::Lsn raised_at) const {
  const auto found = raised.find(raised_at);
  if (raised_at.value != 0) return found == raised.end() ? 0 : found->second;
  engine::Quantity rest = waiting;
  for (const auto& [amend, units] : raised) rest -= units;
  return rest;
}

std::vector<engine::Lsn> Line::entries() const {
  std::vector<engine::Lsn> all;
  if (waiting_in({}) > 0) all.emplace_back();
  for (const auto& [amend, units] : raised) all.push_back(amend);
  return all;
}

void Line::stop_waiting(engine::Lsn raised_at, engine::Quantity units) {
  waiting -= units;
  if (raised_at.value != 0 && (raised.at(raised_at) -= units) == 0) raised.erase(raised_at);
  if (waiting == 0) told = {};
}

bool Place::operator<(const Place& other) const {
  return std::tuple(other.priority, sequence(), line_index) < std::tuple(priority, other.sequence(), other.line_index);
}

Cell State::cell(engine::SkuId sku, engine::WarehouseId warehouse) const {
  const auto found = cells.find({sku, warehouse});
  return found == cells.end() ? Cell{} : found->second;
}

engine::Quantity State::picked(engine::SkuId sku, engine::WarehouseId warehouse) const {
  engine::Quantity units = 0;
  for (const auto& [lsn_of_order, order] : orders) {
    for (const Line& line : order.lines) {
      if (line.sku != sku) continue;
      for (const Allocation& each : line.allocations) {
        if (each.warehouse == warehouse && order.shipments[each.shipment - 1u].picked()) units += each.reserved;
      }
    }
  }
  return units;
}

const Hold* State::hold(std::string_view id) const {
  const auto found = known.find({engine::IdSpace::hold, std::string(id)});
  return found == known.end() ? nullptr : &holds.at(found->second.first.stamp.lsn);
}

const Transfer* State::transfer(std::string_view id) const {
  const auto found = known.find({engine::IdSpace::transfer, std::string(id)});
  return found == known.end() ? nullptr : &transfers.at(found->second.first.stamp.lsn);
}

std::vector<engine::SkuId> State::skus_of(const Transfer& transfer) const {
  std::vector<engine::SkuId> skus;
  for (const engine::TransferredRow& row : known.at({engine::IdSpace::transfer, transfer.id}).first.as<TransferShipAnswer>().rows) {
    if (std::ranges::find(skus, row.sku) == skus.end()) skus.push_back(row.sku);
  }
  return skus;
}

std::uint64_t State::in_transit(engine::SkuId sku, engine::WarehouseId destination) const {
  std::uint64_t units = 0;
  for (const auto& [lsn_of_transfer, each] : transfers) {
    const auto found = each.units.find(sku);
    if (each.open && each.destination == destination && found != each.units.end()) units += found->second.left();
  }
  return units;
}

bool Purchase::is_closed() const {
  return state == engine::PurchaseState::received || state == engine::PurchaseState::closed || state == engine::PurchaseState::cancelled;
}

bool Purchase::anything_open() const {
  return std::ranges::any_of(lines, [](const PurchaseLine& line) { return line.open() > 0; });
}

bool Purchase::anything_received() const {
  return std::ranges::any_of(lines, [](const PurchaseLine& line) { return line.received > 0; });
}

engine::TimeUs Purchase::next_expected() const {
  engine::TimeUs first{};
  for (const PurchaseLine& line : lines) {
    if (is_draft() || is_closed() || line.open() == 0 || line.expected.value == 0) continue;
    if (first.value == 0 || line.expected < first) first = line.expected;
  }
  return first;
}

const Purchase* State::purchase(std::string_view id) const {
  const auto found = known.find({engine::IdSpace::purchase, std::string(id)});
  return found == known.end() ? nullptr : &purchases.at(found->second.first.stamp.lsn);
}

std::uint64_t State::open_purchases(const CellKey& cell, bool drafts) const {
  std::uint64_t units = 0;
  for (const auto& [lsn_of_purchase, each] : purchases) {
    if (each.is_closed() || (each.is_draft() && !drafts)) continue;
    for (const PurchaseLine& line : each.lines) {
      if (line.sku == cell.first && line.warehouse == cell.second) units += line.open();
    }
  }
  return units;
}

bool State::waited_for(engine::SkuId sku, engine::WarehouseId warehouse) const {
  const auto queue = queues.find(sku);
  return queue != queues.end() && std::ranges::any_of(queue->second, [&](const Place& place) {
    const engine::WarehouseId pinned = line_at(place).pinned;
    return pinned.value == 0 || pinned == warehouse;
  });
}

std::vector<engine::WarehouseId> State::by_priority() const {
  std::vector<engine::WarehouseId> ids;
  for (std::size_t index = 0; index < warehouses.size(); ++index) {
    ids.emplace_back(static_cast<std::uint16_t>(index + 1));
  }
  std::ranges::sort(ids, [this](engine::WarehouseId left, engine::WarehouseId right) {
    const Warehouse& a = warehouses[left.value - 1u];
    const Warehouse& b = warehouses[right.value - 1u];
    return std::tie(a.priority, a.code) < std::tie(b.priority, b.code);
  });
  return ids;
}

std::vector<engine::WarehouseId> State::sources(const Line& line, engine::WarehouseId first) const {
  if (line.pinned.value != 0) return {line.pinned};
  std::vector<engine::WarehouseId> ids = by_priority();
  std::ranges::stable_partition(ids, [first](engine::WarehouseId id) { return id == first; });
  return ids;
}

std::string State::digest() const {
  engine::Digest digest;
  for (const auto& [key, cell] : cells) digest.cell(key.first, key.second, cell.on_hand, cell.held, cell.unavailable, cell.available());
  for (std::uint32_t id = 1; id <= products.size(); ++id) {
    if (!backorderable(engine::SkuId{id})) digest.not_backorderable(engine::SkuId{id});
  }
  for (const auto& [sku, queue] : queues) {
    for (const Place& place : queue) {
      digest.waiting_line(sku, place.priority, place.sequence(), place.line_index, waiting_at(place));
    }
  }
  for (const auto& [id, entry] : known) {
    digest.known_id(id.first, engine::identify(id.first, id.second), entry.content, entry.first.stamp.lsn);
  }
  for (const auto& [lsn_of_order, order] : orders) {
    if (!order.open()) continue;
    if (order.not_due) digest.not_due(lsn_of_order);
    if (order.has_skipped) digest.has_skipped(lsn_of_order);
    digest.patience(lsn_of_order, 0, order.patience.in_digest());
    digest.open_order(lsn_of_order, engine::identify(engine::IdSpace::order, order.id), order.status, order.policy,
                      order.priority, order.preferred, static_cast<std::uint32_t>(order.lines.size()));
    for (std::uint16_t number = 1; number <= order.shipments.size(); ++number) {
      const Shipment& shipment = order.shipments[number - 1u];
      digest.shipment(lsn_of_order, number, shipment.state, shipment.revision, shipment.stepped);
      for (const auto& [line, units] : shipment.returned) digest.returned(lsn_of_order, number, line, units);
    }
    for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
      const Line& line = order.lines[index];
      digest.order_line(lsn_of_order, index, line.number, line.sku, line.quantity, line.waiting, line.pinned);
      digest.line_policy(lsn_of_order, index, line.own);
      digest.patience(lsn_of_order, index, line.patience.in_digest());
      for (const Allocation& allocation : line.allocations) {
        digest.allocation(lsn_of_order, index, allocation.warehouse, allocation.shipment, allocation.reserved, allocation.shipped);
      }
    }
  }
  for (const auto& [id, entry] : known) {
    if (id.first != engine::IdSpace::hold) continue;
    const Hold& hold = holds.at(entry.first.stamp.lsn);
    if (hold.end != engine::HoldEnd::open) {
      digest.ended_hold(hold.lsn, hold.end);
      continue;
    }
    digest.open_hold(hold.lsn, engine::identify(id.first, hold.id), hold.deadline, static_cast<std::uint32_t>(hold.lines.size()));
    for (std::uint32_t index = 0; index < hold.lines.size(); ++index) {
      const Line& line = hold.lines[index];
      digest.order_line(hold.lsn, index, line.number, line.sku, line.quantity, line.waiting, line.pinned);
      for (const Allocation& each : line.allocations) digest.allocation(hold.lsn, index, each.warehouse, each.shipment, each.reserved, 0);
    }
  }
  for (const auto& [lsn_of_transfer, each] : transfers) {
    if (!each.open) continue;
    digest.open_transfer(lsn_of_transfer, engine::identify(engine::IdSpace::transfer, each.id), each.source, each.destination, each.expected,
                         static_cast<std::uint32_t>(each.units.size()));
    for (const auto& [sku, units] : each.units) {
      digest.transfer_line(lsn_of_transfer, sku, static_cast<engine::Quantity>(units.shipped), units.received);
    }
  }
  for (const auto& [lsn_of_purchase, each] : purchases) {
    if (each.is_closed()) continue;
    digest.open_purchase(lsn_of_purchase, engine::identify(engine::IdSpace::purchase, each.id), each.state, static_cast<std::uint32_t>(each.lines.size()));
    for (std::uint32_t index = 0; index < each.lines.size(); ++index) {
      const PurchaseLine& line = each.lines[index];
      digest.purchase_line(lsn_of_purchase, index, {.promised = line.promised, .first_promised = line.first_promised, .expected = line.expected,
                                                    .received = line.received, .peg_order = line.peg_order, .line = line.number, .sku = line.sku,
                                                    .quantity = line.ordered, .peg_line = line.peg_line, .warehouse = line.warehouse});
    }
  }
  return digest.finish(lsn);
}

}  // namespace earmark::model
