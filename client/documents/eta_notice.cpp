#include "client/documents/eta_notice.hpp"

#include "client/dates_text.hpp"
#include "client/describe.hpp"
#include "client/documents/order_parts.hpp"
#include "client/rules_text.hpp"

namespace earmark::client::documents {
namespace {

// What was told of it last, and why.
void add_move(MovedLine& line, const Explanation& told) {
  for (const auto& [lsn, event] : told.since) {
    for (const ExplainedStep& step : event.steps) {
      if (step.kind != StepKind::dated || step.line != line.line) continue;
      line.before_us = step.before_us, line.moved_us = event.time_us;
      const auto cause = told.causes.find(step.cause_lsn);
      line.reason = step.cause_lsn == 0 || cause == told.causes.end() ? "" : cause->second.what;
    }
  }
}

std::string before_text(const MovedLine& line) {
  if (line.moved_us == 0) return "";
  return told_day(line.before_us);
}

}  // namespace

Outcome<EtaNotice> eta_notice(const Explanation& told, const Issue& issue) {
  const OrderState& order = told.now;
  EtaNotice notice{head_of("eta-notice", "Notice of other dates", order.id, order, issue), {}};
  for (const OrderStateLine& each : order.lines) {
    if (each.backordered == 0) continue;
    MovedLine line{each.line, each.sku, issue.names.of_goods(each.sku), each.quantity, each.backordered, each.first_promised_us, 0, each.told_us, 0, each.expected,
                   date_text(order, each, issue.time_us), ""};
    add_move(line, told);
    notice.lines.push_back(std::move(line));
  }
  if (!notice.lines.empty()) return notice;
  const std::string id = on_one_line(order.id);
  return refused("nothing of order " + id + " waits, so there is no date to tell; see earmark document order-confirmation " + id);
}

Page page_of(const EtaNotice& notice) {
  Page page = page_of(notice.head);
  PageTable lines{"",
                  {{"Line", Align::right}, {"SKU", Align::left, Look::code}, {"Description", Align::left, Look::under, true}, {"Ordered", Align::right},
                   {"Waiting", Align::right}, {"Promised first"}, {"Told before", Align::left, Look::plain, true}, {"Now", Align::left, Look::strong},
                   {"Told", Align::left, Look::plain, true}, {"Because of", Align::left, Look::plain, true}},
                  {},
                  "Dates are of the last unit of what waits, as they are known at this printing."};
  for (const MovedLine& line : notice.lines) {
    lines.rows.push_back({std::to_string(line.line), line.sku, line.description, units_text(line.ordered), units_text(line.waiting), told_day(line.first_us),
                          before_text(line), line.date, moment_text(line.moved_us), line.reason});
  }
  page.tables.push_back(std::move(lines));
  return page;
}

Json json_of(const EtaNotice& notice) {
  Json json = json_of(notice.head);
  Json& lines = json["lines"] = Json::array();
  for (const MovedLine& line : notice.lines) {
    Json one{{"line", line.line}, {"sku", line.sku}, {"description", line.description}, {"quantity", line.ordered}, {"backordered", line.waiting},
             {"first_us", line.first_us}, {"told_us", line.told_us}, {"expected", dates_json(line.expected)}};
    if (line.moved_us != 0) one["before_us"] = line.before_us, one["moved_us"] = line.moved_us;
    if (!line.reason.empty()) one["reason"] = line.reason;
    lines.push_back(std::move(one));
  }
  return json;
}

}  // namespace earmark::client::documents
