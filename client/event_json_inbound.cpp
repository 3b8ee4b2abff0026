#include "client/event_json_inbound.hpp"

#include <nlohmann/json.hpp>

namespace earmark::client {

void InboundJson::add_text(const char* field, std::string_view text) {
  if (!text.empty()) out_[field] = text;
}

void InboundJson::add_time(const char* field, engine::TimeUs time) {
  if (time.value != 0) out_[field] = time.value;
}

void InboundJson::add_warehouse(Json& to, const char* field, engine::WarehouseId id) const {
  if (id.value != 0) to[field] = catalogue_.code(id);
}

template <class Line>
Json InboundJson::purchased(const Line& line, std::span<const engine::TimeUs> estimates, std::size_t index) const {
  Json json{{"line", line.line.value}, {"sku", catalogue_.code(line.sku)}, {"warehouse", catalogue_.code(line.warehouse)}, {"quantity", line.quantity}};
  if (line.promised.value != 0) json["promised_us"] = line.promised.value;
  if (!estimates.empty() && estimates[index].value != 0) json["expected_us"] = estimates[index].value;
  return json;
}

Json InboundJson::rule(const engine::RuleSet& rule, std::string_view vendor) const {
  Json json{{"sku", catalogue_.code(rule.sku)}, {"warehouse", catalogue_.code(rule.warehouse)}, {"kind", name(rule.kind)}, {"mode", name(rule.mode)},
            {"point", rule.point}, {"quantity", rule.quantity}, {"pooled", rule.pooled != 0}};
  const std::pair<const char*, engine::Quantity> limits[] = {{"minimum", rule.minimum}, {"multiple", rule.multiple}, {"maximum", rule.maximum}};
  for (const auto& [field, units] : limits) {
    if (units != 0) json[field] = units;
  }
  if (!vendor.empty()) json["vendor"] = vendor;
  if (rule.lead_days >= 0) json["lead_days"] = rule.lead_days;
  if (rule.snoozed_until.value != 0) json["snoozed_until_us"] = rule.snoozed_until.value;
  return json;
}

void InboundJson::operator()(const engine::TransferShipDecision& ship) {
  out_["event"] = "TransferShipped";
  out_["id"] = ship.id;
  add_warehouse(out_, "source", ship.source), add_warehouse(out_, "destination", ship.destination);
  add_time("expected_us", ship.expected);
  add_text("reason", ship.reason);
  Json& rows = out_["rows"] = Json::array();
  for (const engine::TransferredRow& row : ship.rows) {
    rows.push_back({{"sku", catalogue_.code(row.sku)}, {"quantity", row.quantity}, {"available_after", row.available_after}});
  }
}

void InboundJson::operator()(const engine::TransferReceiptDecision& receipt) {
  out_["event"] = "TransferReceived";
  out_["command_id"] = receipt.command_id;
  out_["transfer"] = receipt.transfer_id;
  out_["transfer_lsn"] = receipt.transfer_lsn.value;
  add_warehouse(out_, "source", receipt.source), add_warehouse(out_, "destination", receipt.destination);
  out_["closed"] = receipt.closed;
  out_["fills_follow"] = receipt.fills_follow;
  Json& rows = out_["rows"] = Json::array();
  for (const engine::ArrivedRow& row : receipt.rows) {
    rows.push_back({{"sku", catalogue_.code(row.sku)}, {"quantity", row.quantity}, {"damaged", row.damaged}, {"over", row.over},
                    {"available_after", row.available_after}});
  }
  Json& missing = out_["missing"] = Json::array();
  for (const engine::MissingUnits& each : receipt.missing) missing.push_back({{"sku", catalogue_.code(each.sku)}, {"quantity", each.quantity}});
}

void InboundJson::operator()(const engine::PurchaseDecision& place) {
  out_["event"] = "PurchasePlaced";
  out_["id"] = place.id;
  out_["vendor"] = place.vendor;
  add_text("reference", place.reference), add_text("notes", place.notes);
  out_["state"] = name(place.state);
  Json& lines = out_["lines"] = Json::array();
  for (const engine::PurchasedLine& line : place.lines) lines.push_back(purchased(line, place.estimates, lines.size()));
  for (const engine::PurchasePeg& peg : place.pegs) {
    lines[peg.index]["peg_order"] = place.peg_orders[peg.order];
    lines[peg.index]["peg_order_lsn"] = peg.order_lsn.value;
    lines[peg.index]["peg_line"] = peg.order_line.value;
  }
}

void InboundJson::operator()(const engine::PurchaseStepDecision& move) {
  out_["event"] = "PurchaseMoved";
  if (move.command_id.empty()) out_["by_time"] = true;
  else out_["command_id"] = move.command_id;
  out_["purchase"] = move.purchase_id;
  out_["purchase_lsn"] = move.purchase_lsn.value;
  out_["vendor"] = move.vendor;
  out_["step"] = name(move.step);
  out_["state"] = name(move.state);
  add_text("reference", move.reference);
  Json& changes = out_["changes"] = Json::array();
  for (const engine::PurchaseChange& change : move.changes) {
    changes.push_back(purchased(change, move.estimates, changes.size()));
    changes.back()["incoming_change"] = change.incoming_change;
  }
}

void InboundJson::operator()(const engine::PurchaseReceiptDecision& receipt) {
  out_["event"] = "PurchaseReceived";
  out_["id"] = receipt.id;
  out_["purchase"] = receipt.purchase_id;
  out_["purchase_lsn"] = receipt.purchase_lsn.value;
  out_["vendor"] = receipt.vendor;
  out_["state"] = name(receipt.state);
  out_["fills_follow"] = receipt.fills_follow;
  Json& rows = out_["rows"] = Json::array();
  for (const engine::PurchaseArrivedRow& row : receipt.rows) {
    rows.push_back({{"line", row.line.value}, {"sku", catalogue_.code(row.sku)}, {"warehouse", catalogue_.code(row.warehouse)},
                    {"quantity", row.quantity}, {"damaged", row.damaged}, {"over", row.over}, {"available_after", row.available_after}});
  }
}

void InboundJson::operator()(const engine::RulesDecision& set) {
  out_["event"] = "RulesSet";
  Json& vendors = out_["vendors"] = Json::array();
  for (const engine::VendorSet& vendor : set.vendors) {
    vendors.push_back({{"vendor", vendor.code}, {"name", vendor.name}});
    if (vendor.lead_days >= 0) vendors.back()["lead_days"] = vendor.lead_days;
    if (vendor.cut_off >= 0) vendors.back()["cut_off"] = vendor.cut_off;
  }
  const auto code = [&](std::uint32_t place) { return place == 0 ? std::string_view() : set.vendors[place - 1].code; };
  Json& sources = out_["sources"] = Json::array();
  for (const engine::SourceSet& source : set.sources) {
    sources.push_back({{"sku", catalogue_.code(source.sku)}, {"vendor", code(source.vendor)}});
    if (source.lead_days >= 0) sources.back()["lead_days"] = source.lead_days;
  }
  Json& rules = out_["rules"] = Json::array();
  for (const engine::RuleSet& each : set.rules) rules.push_back(rule(each, code(each.vendor)));
}

void InboundJson::operator()(const engine::ReorderDecision& reorder) {
  out_["event"] = "ReorderTriggered";
  out_["sku"] = catalogue_.code(reorder.sku);
  add_warehouse(out_, "warehouse", reorder.warehouse);
  out_["mode"] = name(reorder.mode);
  out_["pooled"] = reorder.pooled;
  out_["cleared"] = reorder.cleared;
  out_["point"] = reorder.point;
  out_["position"] = reorder.position();
  out_["available"] = reorder.available, out_["incoming"] = reorder.incoming, out_["waiting"] = reorder.waiting;
  out_["quantity"] = reorder.quantity;
  if (reorder.quantity == 0) return;
  out_["vendor"] = reorder.vendor;
  out_["purchase"] = reorder.purchase;
  if (reorder.purchase_lsn.value != 0) out_["purchase_lsn"] = reorder.purchase_lsn.value;
  out_["line"] = reorder.line.value;
  out_["line_quantity"] = reorder.line_quantity;
  add_time("promised_us", reorder.promised);
  out_["state"] = name(reorder.state);
  add_time("closes_us", reorder.closes);
}

void InboundJson::operator()(const engine::OverdueDecision& overdue) {
  out_["event"] = "SupplyOverdue";
  out_[overdue.transfer ? "transfer" : "purchase"] = overdue.id;
  out_["decided_at"] = overdue.lsn.value;
  add_text("vendor", overdue.vendor);
  out_["expected_us"] = overdue.expected.value;
  Json& lines = out_["lines"] = Json::array();
  for (const engine::OverdueLine& line : overdue.lines) {
    lines.push_back({{"sku", catalogue_.code(line.sku)}, {"warehouse", catalogue_.code(line.warehouse)}, {"open", line.open}, {"promised_us", line.promised.value}});
    if (!overdue.transfer) lines.back()["line"] = line.line.value;
  }
}

void InboundJson::operator()(const engine::DatesDecision& dates) {
  out_["event"] = "DatesMoved";
  Json& lines = out_["lines"] = Json::array();
  for (const engine::MovedDate& line : dates.lines) {
    Json entry{{"order", dates.orders[line.order]}, {"order_lsn", line.order_lsn.value}, {"line", line.line.value}, {"sku", catalogue_.code(line.sku)},
               {"waiting", line.waiting}, {"before_us", line.before.value}, {"date_us", line.date.value}};
    if (!dates.customers[line.order].empty()) entry["customer"] = dates.customers[line.order];
    lines.push_back(std::move(entry));
  }
}

}  // namespace earmark::client
