#include "client/documents/order_confirmation.hpp"

#include <algorithm>

#include "client/dates_text.hpp"
#include "client/describe.hpp"
#include "client/documents/order_parts.hpp"
#include "client/expected.hpp"
#include "client/split.hpp"

namespace earmark::client::documents {
namespace {

std::string status_text(const OrderConfirmation& confirmation) {
  switch (confirmation.status) {
    case engine::OrderStatus::reserved: return "reserved whole";
    case engine::OrderStatus::split: return "split: a part was reserved, the rest waited";
    case engine::OrderStatus::backordered: return "backordered: all of it waited";
    case engine::OrderStatus::refused: return "refused: not all of it was there, and nothing was taken";
    case engine::OrderStatus::cancelled: return "cancelled: nothing of it was there";
    case engine::OrderStatus::reduced: return "reduced: what was there was reserved, the rest was cancelled";
  }
  return std::string(name(confirmation.status));
}

std::string policy_text(engine::Policy policy) {
  switch (policy) {
    case engine::Policy::ship_partial: return "what is there ships, the rest waits";
    case engine::Policy::line_complete: return "each line ships whole";
    case engine::Policy::ship_complete: return "all of it ships together";
    case engine::Policy::fill_or_kill: return "all of it at once, or nothing";
    case engine::Policy::fill_and_cancel: return "what is there ships, the rest is cancelled";
  }
  return std::string(name(policy));
}

std::string waiting_text(const OrderConfirmation& confirmation) {
  if (confirmation.backorder.empty()) return "nothing waits";
  return counted(confirmation.waiting, "unit") + " in backorder " + confirmation.backorder;
}

}  // namespace

OrderConfirmation order_confirmation(const OrderState& order, const Issue& issue) {
  OrderConfirmation confirmation{head_of("order-confirmation", "Order confirmation", order.id, order, issue), order.status, order.policy, {}, {}, {}, 0, 0, 0};
  bool dated = true;  // all that waits
  for (const OrderStateLine& line : order.lines) {
    const LineParts parts = parts_of(order, line, 0);
    confirmation.lines.push_back({line.line, line.sku, issue.names.of_goods(line.sku), line.quantity, parts.to_follow, parts.shipped, line.backordered,
                                  line.cancelled, line.position, line.quantity_ahead,
                                  date_text(order, line, issue.time_us), line.expected});
    confirmation.ordered += line.quantity;
    confirmation.waiting += line.backordered;
    if (line.backordered == 0) continue;
    const std::int64_t last_us = last_date_us(line.expected, line.backordered);
    dated = dated && last_us != 0;
    confirmation.expected_us = dated ? std::max(confirmation.expected_us, last_us) : 0;
  }
  for (const ShipmentState& each : order.shipments) {
    confirmation.shipments.push_back({each.id, each.warehouse, issue.names.of_warehouse(each.warehouse), each.state, units_in(order, each.number),
                                      each.carrier, each.tracking, each.expected_us});
  }
  if (confirmation.waiting != 0) confirmation.backorder = backorder_id(order.id);
  return confirmation;
}

Page page_of(const OrderConfirmation& confirmation) {
  Page page = page_of(confirmation.head);
  page.facts.push_back({"When decided", status_text(confirmation)});
  page.facts.push_back({"Now", waiting_text(confirmation)});
  page.facts.push_back({"Policy", policy_text(confirmation.policy)});
  PageTable lines{"Lines",
                  {{"Line", Align::right}, {"SKU", Align::left, Look::code}, {"Description", Align::left, Look::under, true}, {"Ordered", Align::right},
                   {"Reserved", Align::right}, {"Shipped", Align::right}, {"Backordered", Align::right}, {"Cancelled", Align::right, Look::plain, true},
                   {"Place in queue", Align::left, Look::plain, true}, {"When", Align::left, Look::plain, true}}, {}, {}};
  for (const ConfirmedLine& line : confirmation.lines) {
    lines.rows.push_back({std::to_string(line.line), line.sku, line.description, units_text(line.quantity), units_text(line.reserved), units_text(line.shipped),
                          units_text(line.backordered), units_if_any(line.cancelled),
                          place_text(line.position, line.quantity_ahead), line.date});
  }
  page.tables.push_back(std::move(lines));
  PageTable shipments{"Shipments",
                      {{"Shipment"}, {"From"}, {"Units", Align::right}, {"State"}, {"Carrier", Align::left, Look::plain, true},
                       {"Tracking number", Align::left, Look::plain, true}, {"Expected delivery"}}, {}, {}};
  for (const ConfirmedShipment& each : confirmation.shipments) {
    shipments.rows.push_back({each.id, warehouse_text(each.warehouse, each.warehouse_name), units_text(each.units), std::string(name(each.state)),
                              each.carrier, each.tracking, each.expected_us == 0 ? "date not known yet" : moment_text(each.expected_us)});
  }
  if (!confirmation.backorder.empty()) {
    shipments.rows.push_back({confirmation.backorder, "-", units_text(confirmation.waiting), "waiting", "", "",
                              confirmation.expected_us == 0 ? "date not known yet" : "goods expected " + day_text(confirmation.expected_us)});
  }
  if (!shipments.rows.empty()) page.tables.push_back(std::move(shipments));
  return page;
}

Json json_of(const OrderConfirmation& confirmation) {
  Json json = json_of(confirmation.head);
  json["status"] = name(confirmation.status);
  json["policy"] = name(confirmation.policy);
  Json& lines = json["lines"] = Json::array();
  for (const ConfirmedLine& line : confirmation.lines) {
    lines.push_back({{"line", line.line}, {"sku", line.sku}, {"description", line.description}, {"quantity", line.quantity}, {"reserved", line.reserved},
                     {"shipped", line.shipped}, {"backordered", line.backordered}, {"cancelled", line.cancelled}});
    if (line.backordered == 0) continue;
    lines.back()["position"] = line.position, lines.back()["quantity_ahead"] = line.quantity_ahead;
    lines.back()["expected"] = dates_json(line.expected);
  }
  Json& shipments = json["shipments"] = Json::array();
  for (const ConfirmedShipment& each : confirmation.shipments) {
    shipments.push_back({{"id", each.id}, {"warehouse", each.warehouse}, {"state", name(each.state)}, {"units", each.units},
                         {"carrier", each.carrier}, {"tracking", each.tracking}});
    if (each.expected_us != 0) shipments.back()["expected_us"] = each.expected_us;
  }
  if (!confirmation.backorder.empty()) json["backorder"] = {{"id", confirmation.backorder}, {"units", confirmation.waiting}};
  if (confirmation.expected_us != 0) json["backorder"]["expected_us"] = confirmation.expected_us;
  return json;
}

}  // namespace earmark::client::documents
