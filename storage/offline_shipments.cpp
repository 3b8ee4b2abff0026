// Steps of shipments in the fold of the journal. Of closed orders only what they do to cells is followed.
#include <algorithm>

#include "storage/offline_state.hpp"

namespace earmark::storage {

using engine::ShipmentState;
using engine::ShipmentStep;

// One of which nothing is kept is open, or shipped if its units are: a state store keeps no more of such a one.
OfflineState::Shipment& OfflineState::shipment_of(Order& order, std::uint16_t number) {
  const auto [found, is_new] = order.shipments.try_emplace(number);
  if (!is_new) return found->second;
  for (const Line& line : order.lines) {
    for (const auto& [place, units] : line.allocations) {
      if (place.second == number && units.shipped != 0) found->second.state = ShipmentState::shipped;
    }
  }
  return found->second;
}

bool OfflineState::move_line(Order* order, const engine::ShipmentDecision& decision, const engine::MovedLine& moved) {
  const CellKey key{moved.sku, decision.warehouse};
  Cell& cell = cells_[key];
  if (order != nullptr) {
    Line* line = line_of(*order, moved.line);
    if (line == nullptr || line->sku != moved.sku) return refuse("it moves a line that is not there");
    const auto index = static_cast<std::uint32_t>(line - order->lines.data());
    Allocation& from = line->allocations[{decision.warehouse, decision.shipment}];
    if (decision.step == ShipmentStep::give_back) {
      engine::Quantity& returned = shipment_of(*order, decision.shipment).returned[index];
      returned += moved.quantity;
      if (returned > from.shipped) return refuse("more comes back than has shipped");
    } else if (decision.step != ShipmentStep::deliver) {
      if (std::uint64_t{moved.quantity} + moved.rest > from.reserved) return refuse("it moves more than is reserved in the shipment");
      from.reserved -= moved.rest;
      if (moved.rest != 0) line->allocations[{decision.warehouse, decision.rest_shipment}].reserved += moved.rest;
      if (decision.step == ShipmentStep::ship) {
        from.reserved -= moved.quantity;
        from.shipped += moved.quantity;
      }
    }
  } else if (decision.step != ShipmentStep::give_back && decision.step != ShipmentStep::deliver) {
    return refuse("it moves units of an order that is not open");
  }
  if (decision.step == ShipmentStep::ship) {
    if (cell.on_hand < cell.unavailable + moved.quantity) return refuse("it ships more than is on hand");
    cell.on_hand -= moved.quantity;
  }
  if (decision.step == ShipmentStep::give_back) {
    cell.on_hand += moved.quantity;
    if (decision.to_unavailable) cell.unavailable += moved.quantity;
    else cell.level += moved.quantity;
    if (cell.on_hand > engine::max_quantity) return refuse("a cell passes the largest quantity");
  }
  return agrees(key, moved.available_after);
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::ShipmentDecision& decision) {
  know(engine::IdSpace::shipment, decision.command_id, decision.content, stamp.lsn);
  const engine::Lsn lsn = open_order(decision.order_id);
  Order* order = lsn.value == 0 ? nullptr : &orders_.at(lsn);
  bool found = false;
  for (const engine::MovedLine& moved : decision.lines) {
    if (!move_line(order, decision, moved)) return false;
    found = found || moved.quantity != 0;
  }
  if (order == nullptr) return true;
  if (decision.shipment == 0 || decision.shipment >= order->next_shipment) return refuse("it is of a shipment that is not there");
  Shipment& shipment = shipment_of(*order, decision.shipment);
  shipment.revision = decision.revision;
  shipment.stepped = true;
  if (decision.step == ShipmentStep::pick) shipment.state = found ? ShipmentState::picked : ShipmentState::open;
  if (decision.step == ShipmentStep::pack) shipment.state = ShipmentState::packed;
  if (decision.step == ShipmentStep::ship) shipment.state = ShipmentState::shipped;
  if (decision.step == ShipmentStep::deliver) shipment.state = ShipmentState::delivered;
  if (decision.step == ShipmentStep::put_back) shipment.state = ShipmentState::open;
  if (decision.rest_shipment != 0) {
    if (decision.rest_shipment < order->next_shipment) ++order->shipments[decision.rest_shipment].revision;
    else order->next_shipment = static_cast<std::uint16_t>(decision.rest_shipment + 1);
  }
  close_if_done(lsn);
  return true;
}

}  // namespace earmark::storage
