#include "client/documents/order_parts.hpp"

#include "client/dates_text.hpp"
#include "client/describe.hpp"
#include "client/documents/document.hpp"
#include "client/expected.hpp"

namespace earmark::client::documents {
namespace {

std::string shipment_name(const OrderState& order, std::uint16_t number) { return order.id + "-" + std::to_string(number); }

// For who asked for another.
std::string which_exist(const OrderState& order) {
  std::string names;
  for (const ShipmentState& shipment : order.shipments) names += (names.empty() ? "" : ", ") + on_one_line(shipment.id);
  return names.empty() ? "it has none" : "it has " + names;
}

}  // namespace

bool has_shipped(const ShipmentState& shipment) {
  return shipment.state == engine::ShipmentState::shipped || shipment.state == engine::ShipmentState::delivered;
}

LineParts parts_of(const OrderState& order, const OrderStateLine& line, std::uint16_t shipment) {
  LineParts parts;
  for (const PlacedUnits& units : line.units) {
    if (units.shipment == shipment) {
      parts.here += std::uint64_t{units.reserved} + units.shipped;
      parts.returned += units.returned;
      continue;
    }
    parts.shipped += units.shipped;
    parts.to_follow += units.reserved;
    if (units.reserved != 0) parts.followers += (parts.followers.empty() ? "" : ", ") + shipment_name(order, units.shipment);
  }
  return parts;
}

std::uint64_t units_in(const OrderState& order, std::uint16_t shipment) {
  std::uint64_t units = 0;
  for (const OrderStateLine& line : order.lines) units += parts_of(order, line, shipment).here;
  return units;
}

Outcome<const ShipmentState*> shipment_of(const OrderState& order, std::uint16_t number) {
  for (const ShipmentState& shipment : order.shipments) {
    if (shipment.number != number) continue;
    if (units_in(order, number) != 0) return &shipment;
    return refused("shipment_empty: there is nothing in shipment " + on_one_line(shipment.id) + "; what the order has elsewhere: earmark show " +
                       on_one_line(order.id), engine::ErrorCode::shipment_empty);
  }
  return refused("unknown_shipment: order " + on_one_line(order.id) + " has no shipment " + std::to_string(number) + "; " + which_exist(order),
                 engine::ErrorCode::unknown_shipment);
}

std::string backorder_reason(const OrderState& order, const OrderStateLine& line, std::int64_t now_us) {
  if (order.reserve_not_before_us > now_us) return "nothing is taken before " + moment_text(order.reserve_not_before_us);
  if (order.policy == engine::Policy::ship_complete) return "waits until the whole order is there";
  if (line.policy.value_or(order.policy) == engine::Policy::line_complete) return "waits until the whole line is there";
  return line.pinned.empty() ? "out of stock" : "out of stock in " + line.pinned;
}

std::string date_text(const OrderState& order, const OrderStateLine& line, std::int64_t now_us) {
  if (line.backordered == 0) return "";
  if (!line.expected.empty()) {
    const std::vector<UnitsOnDay> days = by_day(line.expected);
    const std::uint64_t dated = dated_units(line.expected);
    if (days.size() == 1 && dated >= line.backordered) return "expected " + days.front().day;
    std::string text;
    for (const auto& [day, units] : days) text += (text.empty() ? "" : ", ") + with_separators(units) + (text.empty() ? " expected " : " on ") + day;
    return dated >= line.backordered ? text : text + ", " + with_separators(line.backordered - dated) + " not known yet";
  }
  if (order.reserve_not_before_us > now_us) return "not before " + moment_text(order.reserve_not_before_us);
  return line.fallback_us == 0 ? "date not known yet" : "date not known yet; about " + day_text(line.fallback_us) + " if ordered now";
}

std::string place_text(std::uint32_t position, std::uint64_t quantity_ahead) {
  if (position == 0) return {};
  return ordinal(position) + (quantity_ahead == 0 ? "" : ", behind " + counted(quantity_ahead, "unit"));
}

}  // namespace earmark::client::documents
