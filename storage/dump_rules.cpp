// Vendors, reorder rules and what they ordered; what is overdue; dates that moved.
#include "engine/errors.hpp"
#include "storage/dump_line.hpp"

namespace earmark::storage {

using Json = DumpLine::Json;

Json shown_vendor(std::string_view code, std::string_view name, std::int32_t lead_days, std::int16_t cut_off) {
  Json shown{{"vendor", code}, {"name", name}};
  if (lead_days >= 0) shown["lead_days"] = lead_days;
  if (cut_off >= 0) shown["cut_off"] = cut_off;
  return shown;
}

Json shown_source(const std::string& sku, std::string_view vendor, std::int32_t lead_days) {
  Json shown{{"sku", sku}, {"vendor", vendor}};
  if (lead_days >= 0) shown["lead_days"] = lead_days;
  return shown;
}

Json shown_rule(const Dump& dump, const engine::RuleSet& rule, std::string_view vendor) {
  Json shown{{"sku", dump.sku(rule.sku)}, {"warehouse", dump.warehouse(rule.warehouse)}, {"kind", engine::name(rule.kind)}, {"mode", engine::name(rule.mode)},
             {"point", rule.point}, {"qty", rule.quantity}};
  if (rule.minimum != 0) shown["minimum"] = rule.minimum;
  if (rule.multiple != 0) shown["multiple"] = rule.multiple;
  if (rule.maximum != 0) shown["maximum"] = rule.maximum;
  if (rule.lead_days >= 0) shown["lead_days"] = rule.lead_days;
  if (rule.pooled != 0) shown["pooled"] = true;
  if (rule.snoozed_until.value != 0) shown["snoozed_until_us"] = rule.snoozed_until.value;
  if (!vendor.empty()) shown["vendor"] = vendor;
  return shown;
}

void DumpLine::write(const engine::RulesDecision& decision) {
  out_["type"] = "rules";
  const auto code_of = [&](std::uint32_t vendor) { return vendor == 0 ? std::string_view{} : decision.vendors[vendor - 1].code; };
  Json vendors = Json::array(), sources = Json::array(), rules = Json::array();
  for (const engine::VendorSet& each : decision.vendors) vendors.push_back(shown_vendor(each.code, each.name, each.lead_days, each.cut_off));
  for (const engine::SourceSet& each : decision.sources) sources.push_back(shown_source(sku(each.sku), code_of(each.vendor), each.lead_days));
  for (const engine::RuleSet& each : decision.rules) rules.push_back(shown_rule(dump_, each, code_of(each.vendor)));
  out_["vendors"] = std::move(vendors);
  out_["sources"] = std::move(sources);
  out_["rules"] = std::move(rules);
}

void DumpLine::write(const engine::ReorderDecision& decision) {
  out_["type"] = "reorder";
  out_["sku"] = sku(decision.sku);
  out_["warehouse"] = warehouse(decision.warehouse);
  out_["mode"] = engine::name(decision.mode);
  if (decision.pooled) out_["pooled"] = true;
  if (decision.cleared) out_["cleared"] = true;
  out_["point"] = decision.point;
  out_["available"] = decision.available;
  out_["incoming"] = decision.incoming;
  out_["waiting"] = decision.waiting;
  out_["position"] = decision.position();
  out_["qty"] = decision.quantity;
  if (decision.quantity == 0) return;
  out_["vendor"] = decision.vendor;
  out_["purchase"] = decision.purchase;
  if (decision.purchase_lsn.value != 0) out_["purchase_lsn"] = decision.purchase_lsn.value;
  out_["line"] = decision.line.value;
  out_["line_qty"] = decision.line_quantity;
  if (decision.promised.value != 0) out_["promised_us"] = decision.promised.value;
  out_["state"] = engine::name(decision.state);
  if (decision.closes.value != 0) out_["closes_us"] = decision.closes.value;
}

void DumpLine::write(const engine::OverdueDecision& decision) {
  out_["type"] = "overdue";
  out_["id"] = decision.id;
  out_[decision.transfer ? "transfer_lsn" : "purchase_lsn"] = decision.lsn.value;
  if (!decision.transfer) out_["vendor"] = decision.vendor;
  out_["expected_us"] = decision.expected.value;
  Json lines = Json::array();
  for (const engine::OverdueLine& line : decision.lines) {
    lines.push_back({{"sku", sku(line.sku)}, {"warehouse", warehouse(line.warehouse)}, {"open", line.open}, {"promised_us", line.promised.value}});
    if (!decision.transfer) lines.back()["line"] = line.line.value;
  }
  out_["lines"] = std::move(lines);
}

void DumpLine::write(const engine::DatesDecision& decision) {
  out_["type"] = "dates";
  Json lines = Json::array();
  for (const engine::MovedDate& line : decision.lines) {
    lines.push_back({{"order", decision.orders[line.order]}, {"order_lsn", line.order_lsn.value}, {"line", line.line.value}, {"sku", sku(line.sku)},
                     {"waiting", line.waiting}});
    if (line.before.value != 0) lines.back()["before_us"] = line.before.value;
    if (line.date.value != 0) lines.back()["date_us"] = line.date.value;
  }
  out_["lines"] = std::move(lines);
}

}  // namespace earmark::storage
