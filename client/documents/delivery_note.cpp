#include "client/documents/delivery_note.hpp"

#include "client/describe.hpp"
#include "client/documents/order_parts.hpp"

namespace earmark::client::documents {
namespace {

std::string clock_of(std::int64_t time_us) { return time_text(engine::TimeUs{time_us}).substr(11, 8) + "Z"; }

Json line_json(const DespatchLine& line) {
  Json item{{"SellersItemIdentification", {{"ID", line.sku}}}};
  if (!line.description.empty()) item["Description"] = line.description;
  Json json{{"ID", line.line}, {"DeliveredQuantity", line.delivered}, {"BackorderQuantity", line.backorder}, {"OutstandingQuantity", line.outstanding},
            {"OrderLineReference", {{"LineID", line.line}}}, {"Item", std::move(item)}};
  if (line.backorder != 0) json["BackorderReason"] = line.backorder_reason;
  if (line.outstanding != 0) json["OutstandingReason"] = line.outstanding_reason;
  return json;
}

}  // namespace

Outcome<DeliveryNote> delivery_note(const OrderState& order, std::uint16_t number, const Issue& issue) {
  const auto shipment = shipment_of(order, number);
  if (!shipment) return Unexpected{shipment.error()};
  const ShipmentState& is = **shipment;
  DeliveryNote note{head_of("delivery-note", "Delivery note", is.id, order, issue), is.warehouse, issue.names.of_warehouse(is.warehouse), is.carrier,
                    is.tracking, is.state, is.expected_us, {}, units_in(order, number)};
  for (const OrderStateLine& line : order.lines) {
    const LineParts parts = parts_of(order, line, number);
    if (parts.here + line.backordered + parts.to_follow == 0) continue;
    note.lines.push_back({line.line, line.sku, issue.names.of_goods(line.sku), line.quantity, parts.here, line.backordered, parts.to_follow, parts.returned,
                          line.backordered == 0 ? "" : backorder_reason(order, line, issue.time_us),
                          parts.to_follow == 0 ? "" : "follows in " + parts.followers});
  }
  return note;
}

Page page_of(const DeliveryNote& note) {
  Page page = page_of(note.head);
  page.id_barcode = true;
  if (note.state < engine::ShipmentState::shipped) page.warnings.push_back("Not shipped yet: the shipment is " + std::string(name(note.state)) + ".");
  page.parties.insert(page.parties.begin(), {"From", warehouse_text(note.warehouse, note.warehouse_name)});
  page.facts.insert(page.facts.begin(), {{"Delivered", counted(note.units, "unit")},
                                         {"State", std::string(name(note.state))},
                                         {"Carrier", note.carrier},
                                         {"Tracking number", note.tracking},
                                         {"Expected delivery", moment_text(note.expected_us)}});
  PageTable lines{"",
                  {{"Line", Align::right}, {"SKU", Align::left, Look::code}, {"Description", Align::left, Look::under, true}, {"Ordered", Align::right},
                   {"Delivered", Align::right, Look::strong}, {"Backorder", Align::right}, {"Outstanding", Align::right},
                   {"Came back", Align::right, Look::plain, true}, {"Reason", Align::left, Look::plain, true}}, {}, {}};
  for (const DespatchLine& line : note.lines) {
    const std::string between = line.backorder_reason.empty() || line.outstanding_reason.empty() ? "" : "; ";
    lines.rows.push_back({std::to_string(line.line), line.sku, line.description, units_text(line.ordered), units_text(line.delivered),
                          units_text(line.backorder), units_text(line.outstanding), units_if_any(line.returned),
                          line.backorder_reason + between + line.outstanding_reason});
  }
  page.tables.push_back(std::move(lines));
  page.signatures = {"Received in good order by", "Date and time"};
  return page;
}

Json json_of(const DeliveryNote& note) {
  Json json = json_of(note.head);
  json["warehouse"] = note.warehouse;
  json["warehouse_name"] = note.warehouse_name;
  json["state"] = name(note.state);
  json["carrier"] = note.carrier;
  json["tracking"] = note.tracking;
  if (note.expected_us != 0) json["expected_us"] = note.expected_us;
  json["units"] = note.units;
  const Head& head = note.head;
  Json delivery{{"DeliveryAddress", {{"AddressLine", head.ship_to}}}};
  if (!note.tracking.empty()) delivery["TrackingID"] = note.tracking;
  if (note.expected_us != 0) delivery["EstimatedDeliveryPeriod"] = {{"EndDate", day_text(note.expected_us)}, {"EndTime", clock_of(note.expected_us)}};
  Json shipment{{"ID", head.id}, {"Delivery", std::move(delivery)}};
  if (!note.carrier.empty()) shipment["ShipmentStage"] = {{"CarrierParty", {{"PartyName", note.carrier}}}};
  Json& advice = json["DespatchAdvice"] = {{"UBLVersionID", "2.1"}, {"ID", head.id}, {"IssueDate", day_text(head.issued_us)}, {"IssueTime", clock_of(head.issued_us)},
                                           {"Note", head.notes},
                                           {"OrderReference", {{"ID", head.order}, {"CustomerReference", head.reference}, {"IssueDate", day_text(head.time_us)}}},
                                           {"DeliveryCustomerParty", {{"PartyName", head.customer}, {"DeliveryContact", {{"Name", head.contact}}}}},
                                           {"Shipment", std::move(shipment)}};
  Json& lines = advice["DespatchLine"] = Json::array();
  for (const DespatchLine& line : note.lines) lines.push_back(line_json(line));
  return json;
}

}  // namespace earmark::client::documents
