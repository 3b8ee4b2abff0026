#include "client/documents/backorder_confirmation.hpp"

#include "client/dates_text.hpp"
#include "client/describe.hpp"
#include "client/documents/order_parts.hpp"
#include "client/split.hpp"

namespace earmark::client::documents {

Outcome<BackorderConfirmation> backorder_confirmation(const OrderState& order, const Issue& issue) {
  BackorderConfirmation confirmation{head_of("backorder-confirmation", "Backorder confirmation", backorder_id(order.id), order, issue), {}, 0};
  for (const OrderStateLine& line : order.lines) {
    if (line.backordered == 0) continue;
    confirmation.lines.push_back({line.line, line.sku, issue.names.of_goods(line.sku), line.quantity, line.backordered, line.quantity_ahead, line.position,
                                  backorder_reason(order, line, issue.time_us), date_text(order, line, issue.time_us), line.expected, line.first_promised_us});
    confirmation.units += line.backordered;
  }
  if (!confirmation.lines.empty()) return confirmation;
  const std::string id = on_one_line(order.id);
  return refused("nothing of order " + id + " waits, so there is no backorder to confirm; see earmark document order-confirmation " + id);
}

Page page_of(const BackorderConfirmation& confirmation) {
  Page page = page_of(confirmation.head);
  page.facts.insert(page.facts.begin(), {"Waiting", counted(confirmation.units, "unit") + " in " + counted(confirmation.lines.size(), "line")});
  PageTable lines{"",
                  {{"Line", Align::right}, {"SKU", Align::left, Look::code}, {"Description", Align::left, Look::under, true}, {"Ordered", Align::right},
                   {"Waiting", Align::right, Look::strong}, {"Place in queue"}, {"Why"}, {"Promised first", Align::left, Look::plain, true}, {"When"}}, {},
                  "Goods that come in go to whoever waits longest at the same priority. Every part of an order that ships has a delivery note of its own. "
                  "Dates are what is known at this printing; they move with the deliveries that we wait for."};
  for (const WaitingPart& line : confirmation.lines) {
    lines.rows.push_back({std::to_string(line.line), line.sku, line.description, units_text(line.ordered), units_text(line.waiting),
                          place_text(line.position, line.quantity_ahead), line.reason, line.first_promised_us == 0 ? "" : day_text(line.first_promised_us), line.date});
  }
  page.tables.push_back(std::move(lines));
  return page;
}

Json json_of(const BackorderConfirmation& confirmation) {
  Json json = json_of(confirmation.head);
  json["backordered"] = confirmation.units;
  Json& lines = json["lines"] = Json::array();
  for (const WaitingPart& line : confirmation.lines) {
    lines.push_back({{"line", line.line}, {"sku", line.sku}, {"description", line.description}, {"quantity", line.ordered}, {"backordered", line.waiting},
                     {"position", line.position}, {"quantity_ahead", line.quantity_ahead}, {"reason", line.reason},
                     {"expected", dates_json(line.expected)}});
    if (line.first_promised_us != 0) lines.back()["first_us"] = line.first_promised_us;
  }
  return json;
}

}  // namespace earmark::client::documents
