// An explanation as JSON objects: the schema's field names, what is zero or empty left out where the schema's own objects do so.
#include <nlohmann/json.hpp>

#include "client/dates_text.hpp"
#include "client/explanation.hpp"
#include "client/split.hpp"

namespace earmark::client {
namespace {

const char* word(StepKind kind) {
  constexpr const char* words[] = {"filled",   "lost", "taken_over",   "cancelled", "cancelled_by_time", "cut",   "raised",
                                   "priority", "due",  "nothing_open", "shipped",   "moved",             "strict", "passed_over",
                                   "dated",    "pegged"};
  return words[static_cast<std::size_t>(kind)];
}

void add_text(Json& to, const char* field, const std::string& text) {
  if (!text.empty()) to[field] = text;
}
template <class Number>
void add_number(Json& to, const char* field, Number number) {
  if (number != 0) to[field] = number;
}

void add_skip(Json& to, const ExplainedSkip& skip) {
  if (skip.lsn == 0) return;
  to["skipped"] = skip.order;
  to["skipped_lsn"] = skip.lsn;
  add_number(to, "skipped_line", skip.line);
}

// What was there before is known of what was taken; of lost units a record tells no level.
Json units_json(const std::vector<ExplainedUnits>& units, bool taken, bool level = true) {
  Json all = Json::array();
  for (const ExplainedUnits& each : units) {
    Json one{{"warehouse", each.warehouse}, {"quantity", each.quantity}, {"shipment", each.shipment}};
    if (taken) one["available_before"] = each.available_before;
    if (level) one["available_after"] = each.available_after;
    all.push_back(std::move(one));
  }
  return all;
}

Json order_json(const Explanation& told) {
  const OrderState& now = told.now;
  Json json{{"explain", "order"}, {"id", now.id}, {"lsn", now.lsn}, {"time_us", now.time_us}, {"as_of", now.as_of},
            {"status", name(now.status)}, {"policy", name(now.policy)}};
  add_text(json, "customer", now.customer);
  add_number(json, "reserve_not_before", now.reserve_not_before_us);
  if (told.trimmed) json["trimmed"] = true;
  if (!told.decision) return json;
  const ExplainedDecision& decision = *told.decision;
  json["priority"] = decision.priority.value;
  json["sourcing"] = name(decision.sourcing);
  add_text(json, "preferred", decision.preferred);
  add_text(json, "hold", decision.hold);
  if (!decision.hold.empty()) json["reacquired"] = decision.reacquired;
  if (decision.not_due) json["not_due"] = true;
  add_skip(json, decision.skipped);
  return json;
}

Json line_json(const ExplainedLine& line) {
  Json json{{"explain", "line"}, {"line", line.line}, {"sku", line.sku}, {"quantity", line.quantity}, {"policy", name(line.policy)},
            {"backordered", line.backordered}, {"cancelled", line.cancelled}, {"takes", units_json(line.takes, true)}};
  add_text(json, "pinned", line.pinned);
  if (line.not_backorderable) json["not_backorderable"] = true;
  if (line.nothing_more) json["nothing_more"] = true;
  if (line.position != 0) json["position"] = line.position, json["quantity_ahead"] = line.quantity_ahead;
  if (line.backordered != 0) json["expected"] = dates_json(line.expected);
  add_number(json, "fallback_us", line.fallback_us);
  return json;
}

void add_move(Json& json, const ExplainedStep& step) {
  json["step"] = name(step.step);
  json["shipment"] = step.shipment;
  json["revision"] = step.revision;
  add_number(json, "rest", step.rest);
  add_number(json, "rest_shipment", step.rest_shipment);
  add_text(json, "carrier", step.carrier);
  add_text(json, "tracking", step.tracking);
  add_number(json, "expected_us", step.expected_us);
  if (step.to_unavailable) json["to_unavailable"] = true;
}

void add_cause(Json& json, const Explanation& told, std::uint64_t lsn) {
  if (lsn == 0) return;
  json["cause_lsn"] = lsn;
  const auto cause = told.causes.find(lsn);
  if (cause == told.causes.end()) return;
  json["cause"] = cause->second.event;
  add_text(json, "cause_id", cause->second.id);
  json["cause_text"] = cause->second.what;
}

Json step_json(const Explanation& told, std::uint64_t lsn, std::int64_t time_us, const ExplainedStep& step) {
  Json json{{"explain", "step"}, {"lsn", lsn}, {"time_us", time_us}, {"event", step.event}, {"what", word(step.kind)}};
  add_number(json, "line", step.line);
  add_text(json, "sku", step.sku);
  add_number(json, "quantity", step.quantity);
  add_text(json, "command_id", step.command_id);
  add_text(json, "reason", step.reason);
  add_text(json, "by", step.by);
  const bool loses = step.kind == StepKind::lost || step.kind == StepKind::taken_over;
  if (!step.units.empty()) json["takes"] = units_json(step.units, step.kind == StepKind::filled, !loses);
  add_cause(json, told, step.cause_lsn);
  add_skip(json, step.skipped);
  switch (step.kind) {
    case StepKind::filled:
      json["still_waiting"] = step.waiting;
      if (step.out_of_turn) json["pegged"] = true;
      break;
    case StepKind::dated: json["before_us"] = step.before_us, json["date_us"] = step.date_us; break;
    case StepKind::pegged: json["purchase"] = step.purchase, json["purchase_line"] = step.purchase_line; break;
    case StepKind::cancelled:
    case StepKind::cancelled_by_time:
    case StepKind::cut: json["waiting"] = step.waiting, json["excess"] = step.excess; break;
    case StepKind::raised: json["cancelled"] = step.cancelled; break;
    case StepKind::priority: json["priority"] = step.priority; break;
    case StepKind::strict: json["waited"] = step.waited; break;
    case StepKind::moved: add_move(json, step); break;
    default: break;
  }
  return json;
}

Json now_json(const OrderStateLine& line) {
  Json json{{"explain", "now"}, {"line", line.line}, {"sku", line.sku}, {"quantity", line.quantity},
            {"backordered", line.backordered}, {"cancelled", line.cancelled}};
  if (line.position != 0) json["position"] = line.position, json["quantity_ahead"] = line.quantity_ahead;
  if (line.backordered != 0) json["expected"] = dates_json(line.expected);
  add_number(json, "fallback_us", line.fallback_us);
  add_number(json, "first_us", line.first_promised_us);
  add_number(json, "told_us", line.told_us);
  if (line.set_aside) json["strict"] = true;
  else add_number(json, "skips", line.skips);
  Json& allocations = json["allocations"] = Json::array();
  for (const PlacedUnits& units : line.units) {
    allocations.push_back({{"warehouse", units.warehouse}, {"reserved", units.reserved}, {"shipped", units.shipped}, {"shipment", units.shipment}});
    add_number(allocations.back(), "returned", units.returned);
  }
  return json;
}

}  // namespace

std::vector<Json> explanation_json(const Explanation& told) {
  std::vector<Json> all{order_json(told)};
  if (told.decision) {
    for (const ExplainedLine& line : told.decision->lines) all.push_back(line_json(line));
  }
  for (const auto& [lsn, event] : told.since) {
    for (const ExplainedStep& step : event.steps) all.push_back(step_json(told, lsn, event.time_us, step));
  }
  for (const OrderStateLine& line : told.now.lines) all.push_back(now_json(line));
  return all;
}

}  // namespace earmark::client
