#include "client/documents/packing_slip.hpp"

#include "client/dates_text.hpp"
#include "client/describe.hpp"
#include "client/documents/order_parts.hpp"

namespace earmark::client::documents {

Outcome<PackingSlip> packing_slip(const OrderState& order, std::uint16_t number, const Issue& issue) {
  const auto shipment = shipment_of(order, number);
  if (!shipment) return Unexpected{shipment.error()};
  const ShipmentState& is = **shipment;
  PackingSlip slip{head_of("packing-slip", "Packing slip", is.id, order, issue), is.warehouse, issue.names.of_warehouse(is.warehouse), is.carrier,
                   is.tracking, is.state, is.expected_us, {}, units_in(order, number)};
  for (const OrderStateLine& line : order.lines) {
    const LineParts parts = parts_of(order, line, number);
    slip.lines.push_back({line.line, line.sku, issue.names.of_goods(line.sku), line.quantity, parts.here, parts.shipped, parts.to_follow, line.backordered,
                          line.cancelled, date_text(order, line, issue.time_us), line.expected});
  }
  return slip;
}

Page page_of(const PackingSlip& slip) {
  Page page = page_of(slip.head);
  page.id_barcode = true;
  page.parties.insert(page.parties.begin(), {"From", warehouse_text(slip.warehouse, slip.warehouse_name)});
  page.facts.insert(page.facts.begin(), {{"In this package", counted(slip.units, "unit")},
                                         {"State", std::string(name(slip.state))},
                                         {"Carrier", slip.carrier},
                                         {"Tracking number", slip.tracking},
                                         {"Expected delivery", moment_text(slip.expected_us)}});
  PageTable lines{"",
                  {{"Line", Align::right}, {"SKU", Align::left, Look::code}, {"Description", Align::left, Look::under, true}, {"Ordered", Align::right},
                   {"In this package", Align::right, Look::strong}, {"Shipped separately", Align::right}, {"To follow", Align::right},
                   {"Backordered", Align::right}, {"Cancelled", Align::right, Look::plain, true}, {"When", Align::left, Look::plain, true}}, {}, {}};
  for (const PackedLine& line : slip.lines) {
    lines.rows.push_back({std::to_string(line.line), line.sku, line.description, units_text(line.ordered), units_text(line.in_package),
                          units_text(line.shipped_separately), units_text(line.to_follow), units_text(line.backordered), units_if_any(line.cancelled), line.date});
  }
  page.tables.push_back(std::move(lines));
  return page;
}

Json json_of(const PackingSlip& slip) {
  Json json = json_of(slip.head);
  json["warehouse"] = slip.warehouse;
  json["warehouse_name"] = slip.warehouse_name;
  json["state"] = name(slip.state);
  json["carrier"] = slip.carrier;
  json["tracking"] = slip.tracking;
  if (slip.expected_us != 0) json["expected_us"] = slip.expected_us;
  json["units"] = slip.units;
  Json& lines = json["lines"] = Json::array();
  for (const PackedLine& line : slip.lines) {
    lines.push_back({{"line", line.line}, {"sku", line.sku}, {"description", line.description}, {"quantity", line.ordered}, {"in_package", line.in_package},
                     {"shipped_separately", line.shipped_separately}, {"to_follow", line.to_follow}, {"backordered", line.backordered},
                     {"cancelled", line.cancelled}});
    if (line.backordered != 0) lines.back()["expected"] = dates_json(line.expected);
  }
  return json;
}

}  // namespace earmark::client::documents
