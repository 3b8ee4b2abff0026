// Steps of shipments folded into the state, and what is kept of shipments beside their units. Closed orders change by them, too.
#include "engine/limits.hpp"
#include "storage/order_record.hpp"
#include "storage/state_batch.hpp"

namespace earmark::storage {

using engine::ShipmentState;
using engine::ShipmentStep;

std::map<std::uint16_t, StateBatch::Shipment>& StateBatch::shipments_of(Order& order) {
  auto& kept = shipments_[order.lsn];
  if (order.with_shipments) return kept;
  order.with_shipments = true;
  engine::OrderImage image;
  if (!view_order_record(order.lsn, {order.record, order.bytes}, image)) return kept;
  engine::for_each_shipment(image.shipments, [&](const engine::ShipmentImage& each) {
    Shipment& shipment = kept[each.number];
    shipment = {each.state, each.revision, each.expected, std::string(each.carrier), std::string(each.tracking), {}, each.stepped};
    for (const engine::ReturnedUnits& row : each.returned) shipment.returned[row.line_index] = row.units;
  });
  return kept;
}

// One of which nothing was kept is open, or shipped if its units are.
StateBatch::Shipment& StateBatch::shipment_of(Order& order, std::uint16_t number) {
  const auto [found, is_new] = shipments_of(order).try_emplace(number);
  if (is_new) {
    bool shipped = false;
    for (const engine::AllocationImage& each : OrderParts(order.record).allocations) shipped = shipped || (each.shipment == number && each.shipped != 0);
    for (const MoreAllocation* more = order.more; more != nullptr; more = more->next) {
      shipped = shipped || (more->allocation.shipment == number && more->allocation.shipped != 0);
    }
    if (shipped) found->second.state = ShipmentState::shipped;
  }
  return found->second;
}

std::uint16_t StateBatch::next_shipment(const Order& order) const { return *OrderParts(order.record).next_shipment; }

void StateBatch::write_shipments(Order& order, engine::OrderImage& image) {
  shipment_bytes_.clear();
  std::vector<engine::ReturnedUnits> rows;
  for (const auto& [number, shipment] : shipments_[order.lsn]) {
    rows.clear();
    for (const auto& [line, units] : shipment.returned) rows.push_back({line, units});
    engine::append_shipment(shipment_bytes_, {number, shipment.state, shipment.revision, shipment.expected, shipment.carrier,
                                              shipment.tracking, rows, shipment.stepped});
  }
  image.shipments = shipment_bytes_;
}

bool StateBatch::move_line(Order& order, const engine::ShipmentDecision& decision, const engine::MovedLine& moved) {
  std::size_t index = 0;
  const engine::LineImage* line = line_of(order, moved.line, index);
  engine::AllocationImage* from = line == nullptr ? nullptr : allocation(order, index, decision.warehouse, decision.shipment);
  if (from == nullptr || line->sku != moved.sku) return refuse("it moves a line that is not in the shipment");
  engine::CellImage& stock = cell(moved.sku, decision.warehouse);
  if (decision.step == ShipmentStep::give_back) {
    engine::Quantity& returned = shipment_of(order, decision.shipment).returned[static_cast<std::uint32_t>(index)];
    if (std::uint64_t{returned} + moved.quantity > from->shipped) return refuse("more comes back than has shipped");
    if (std::uint64_t{stock.on_hand} + moved.quantity > engine::max_quantity) return refuse("a cell passes the largest quantity");
    returned += moved.quantity;
    stock.on_hand += moved.quantity;
    (decision.to_unavailable ? stock.unavailable : stock.level) += moved.quantity;
    stock.lsn = lsn_;
    return agrees(stock, moved.available_after);
  }
  const bool is_out = decision.step == ShipmentStep::deliver;
  if (std::uint64_t{moved.quantity} + moved.rest > (is_out ? from->shipped : from->reserved)) return refuse("it moves more than is in the shipment");
  if (decision.step == ShipmentStep::ship) {
    if (stock.on_hand < std::uint64_t{stock.unavailable} + moved.quantity) return refuse("it ships more than is on hand");
    from->reserved -= moved.quantity;
    from->shipped += moved.quantity;
    stock.on_hand -= moved.quantity;
    stock.lsn = lsn_;
  }
  if (moved.rest != 0) {
    from->reserved -= moved.rest;
    reserve(order, index, {moved.rest, 0, decision.warehouse, decision.rest_shipment});
  }
  return agrees(stock, moved.available_after);
}

bool StateBatch::fold(const engine::Stamp&, const engine::ShipmentDecision& decision) {
  if (decision.command_id.size() > engine::max_id_bytes) return refuse("its id is too long");
  know(engine::IdSpace::shipment, engine::identify(engine::IdSpace::shipment, decision.command_id), decision.content, {});
  Order* order = find_by_id(decision.order_id);
  if (order == nullptr || decision.shipment == 0 || decision.shipment >= next_shipment(*order)) return refuse("it is of a shipment that is not there");
  const bool was_open = is_open_now(*order);
  bool found = false;
  for (const engine::MovedLine& moved : decision.lines) {
    if (!move_line(*order, decision, moved)) return false;
    found = found || moved.quantity != 0;
  }
  Shipment& shipment = shipment_of(*order, decision.shipment);
  shipment.state = engine::state_after(shipment.state, decision.step, found);
  shipment.revision = decision.revision;
  shipment.stepped = true;
  if (!decision.carrier.empty()) shipment.carrier = decision.carrier;
  if (!decision.tracking.empty()) shipment.tracking = decision.tracking;
  if (decision.expected.value != 0) shipment.expected = decision.expected;
  if (decision.rest_shipment != 0) {
    std::uint16_t& next = *OrderParts(order->record).next_shipment;
    if (decision.rest_shipment < next) ++shipment_of(*order, decision.rest_shipment).revision;
    else next = static_cast<std::uint16_t>(decision.rest_shipment + 1);
  }
  if (was_open) close_if_done(*order, decision.step == ShipmentStep::ship);
  return true;
}

}  // namespace earmark::storage
