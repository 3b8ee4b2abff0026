#include "client/documents/purchase_order.hpp"

#include "client/describe.hpp"
#include "client/purchases.hpp"
#include "client/rules_text.hpp"

namespace earmark::client::documents {

PurchaseOrder purchase_order(const PurchaseView& view, const Issue& issue) {
  const OpenPurchase& purchase = view.purchase;
  const PurchaseFigures figures = figures_of(purchase);
  PurchaseOrder order{purchase.purchase, purchase.vendor, purchase.reference, purchase.notes, purchase.state, purchase.lsn, view.as_of,
                      figures.ordered, figures.received, figures.open, purchase.since_us, issue.time_us, {}, view.benefits};
  for (const OpenPurchaseLine& line : purchase.lines) {
    order.lines.push_back({line.line, line.sku, issue.names.of_goods(line.sku), line.warehouse, issue.names.of_warehouse(line.warehouse), line.quantity,
                           line.received, line.open, line.promised_us, line.first_promised_us, line.expected_us, line.pegged, line.peg_order, line.peg_line});
  }
  return order;
}

namespace {

// The one place that everything goes to; "" where lines differ.
std::string deliver_to(const PurchaseOrder& order) {
  for (const PurchaseOrderLine& line : order.lines) {
    if (line.warehouse != order.lines.front().warehouse) return {};
  }
  return order.lines.empty() ? "" : warehouse_text(order.lines.front().warehouse, order.lines.front().warehouse_name);
}

}  // namespace

Page page_of(const PurchaseOrder& order) {
  Page page;
  page.title = "Purchase order";
  page.id = order.id;
  page.id_barcode = true;
  if (order.state == engine::PurchaseState::suggested) page.warnings.emplace_back("This is a reorder rule's suggestion. It is not approved, and nothing is ordered by it.");
  if (order.state == engine::PurchaseState::draft) page.warnings.emplace_back("This is a draft. It is not approved, and nothing is ordered by it.");
  const std::string one_place = deliver_to(order);
  page.parties = {{"Vendor", order.vendor}, {"Deliver to", one_place}};
  page.facts = {{"Placed", moment_text(order.time_us) + ", number " + std::to_string(order.lsn)},
                {"State", in_words(name(order.state))},
                {"Vendor's reference", order.reference},
                {"Ordered", counted(order.ordered, "unit")},
                {"Received", order.received == 0 ? "" : counted(order.received, "unit")},
                {"Open", order.received == 0 ? "" : counted(order.open, "unit")}};
  page.notes = order.notes;
  PageTable lines{"",
                  {{"Line", Align::right}, {"SKU", Align::left, Look::code}, {"Description", Align::left, Look::under, true}, {"Barcode", Align::left, Look::barcode},
                   {"Deliver to", Align::left, Look::plain, true}, {"Ordered", Align::right, Look::strong}, {"Received", Align::right, Look::plain, true},
                   {"Open", Align::right, Look::plain, true}, {"Promised", Align::left}, {"Expected", Align::left, Look::plain, true}, {"First for", Align::left, Look::plain, true}}, {}, {}};
  for (const PurchaseOrderLine& line : order.lines) {
    lines.rows.push_back({std::to_string(line.line), line.sku, line.description, line.sku,
                          one_place.empty() ? warehouse_text(line.warehouse, line.warehouse_name) : "", units_text(line.ordered), units_if_any(line.received),
                          order.received == 0 ? "" : units_if_any(line.open), line.promised_us == 0 ? "date not known yet" : moment_text(line.promised_us),
                          line.open == 0 || line.expected_us == line.promised_us ? "" : moment_text(line.expected_us),
                          line.pegged ? peg_text(line.peg_order, line.peg_line) : ""});
  }
  page.tables.push_back(std::move(lines));
  if (!order.benefits.empty()) page.tables.push_back(table_of(order.benefits, "Who waits for it", "By the queue and the dates as they are known now."));
  page.signatures = {"Ordered by", "Date"};
  page.footer = "Purchase order " + order.id + ". True at decision " + std::to_string(order.as_of) + ", printed " + moment_text(order.issued_us) + ".";
  return page;
}

Json json_of(const PurchaseOrder& order) {
  Json json{{"document", "purchase-order"}, {"id", order.id}, {"purchase", order.id}, {"vendor", order.vendor}, {"reference", order.reference},
            {"notes", order.notes}, {"state", name(order.state)}, {"lsn", order.lsn}, {"time_us", order.time_us}, {"as_of", order.as_of},
            {"issued_us", order.issued_us}, {"ordered", order.ordered}, {"received", order.received}, {"open", order.open}, {"benefits", json_of(order.benefits)}};
  Json& lines = json["lines"] = Json::array();
  for (const PurchaseOrderLine& line : order.lines) {
    lines.push_back({{"line", line.line}, {"sku", line.sku}, {"description", line.description}, {"warehouse", line.warehouse},
                     {"warehouse_name", line.warehouse_name}, {"quantity", line.ordered}, {"received", line.received}, {"open", line.open}});
    if (line.promised_us != 0) lines.back()["promised_us"] = line.promised_us;
    if (line.first_promised_us != 0) lines.back()["first_promised_us"] = line.first_promised_us;
    if (line.expected_us != 0) lines.back()["expected_us"] = line.expected_us;
    if (line.pegged) lines.back()["peg_order"] = line.peg_order, lines.back()["peg_line"] = line.peg_line;
  }
  return json;
}

}  // namespace earmark::client::documents
