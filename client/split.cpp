#include "client/split.hpp"

#include <map>

namespace earmark::client {

std::vector<Shipment> shipments_of(const engine::OrderDecision& order) {
  std::map<std::uint16_t, Shipment> by_number;
  each_line(order, [&](const LineSplit& split) {
    for (const engine::Take& take : split.takes) {
      Shipment& shipment = by_number[take.shipment];
      shipment.number = take.shipment;
      shipment.warehouse = take.warehouse;
      shipment.units += take.quantity;
    }
  });
  std::vector<Shipment> shipments;
  for (const auto& [number, shipment] : by_number) shipments.push_back(shipment);
  return shipments;
}

engine::OrderDecision like_an_order(const engine::HoldDecision& hold) {
  engine::OrderDecision order;
  order.id = hold.id;
  order.status = hold.status;
  order.lines = hold.lines;
  order.takes = hold.takes;
  return order;
}

std::string shipment_id(std::string_view order, std::uint16_t number) {
  return std::string(order) + "-" + std::to_string(number);
}

std::string backorder_id(std::string_view order) { return std::string(order) + "-B1"; }

}  // namespace earmark::client
