#include "client/reply_rules.hpp"

namespace earmark::client {
namespace {

template <class Number>
std::optional<Number> if_known(Number number) {
  return number < 0 ? std::nullopt : std::optional(number);
}

// Their codes by 1-based position; "" at 0, and where there is none.
using VendorCodes = std::vector<std::string>;
std::string code_at(const VendorCodes& vendors, std::uint32_t place) { return place == 0 || place > vendors.size() ? std::string() : vendors[place - 1]; }

std::vector<Source> sources_of(std::span<const engine::SourceSet> from, const VendorCodes& vendors, Codes& codes) {
  std::vector<Source> sources;
  for (const engine::SourceSet& source : from) sources.push_back({codes(source.sku), code_at(vendors, source.vendor), if_known(source.lead_days)});
  return sources;
}

// A rule as a record or an answer has it.
template <class Rule>
ReorderRule rule_of(const Rule& rule, const VendorCodes& vendors, Codes& codes) {
  return {codes(rule.sku), codes(rule.warehouse), rule.kind, rule.mode, rule.point, rule.quantity, rule.minimum, rule.multiple, rule.maximum,
          code_at(vendors, rule.vendor), if_known(rule.lead_days), rule.pooled != 0};
}

}  // namespace

SetRulesAnswer answer_of(const engine::RulesDecision& set, Codes& codes) {
  SetRulesAnswer answer;
  VendorCodes vendors;
  for (const engine::VendorSet& vendor : set.vendors) {
    answer.vendors.push_back({std::string(vendor.code), std::string(vendor.name), if_known(vendor.lead_days), if_known(vendor.cut_off)});
    vendors.emplace_back(vendor.code);
  }
  answer.sources = sources_of(set.sources, vendors, codes);
  for (const engine::RuleSet& rule : set.rules) answer.rules.push_back({rule_of(rule, vendors, codes), rule.snoozed_until.value});
  return answer;
}

std::optional<RulesAnswer> answer_of(const schema::RulesAnswer& from, Codes& codes) {
  const std::size_t count = from.vendors.size();
  if (from.vendor_codes.size() != count || from.vendor_names.size() != count || from.purchases.size() != from.rules.size()) return std::nullopt;
  RulesAnswer answer;
  answer.as_of = from.as_of.value;
  for (std::size_t index = 0; index < count; ++index) {
    const schema::VendorView& vendor = from.vendors[index];
    answer.vendors.push_back({{std::string(from.vendor_codes[index]), std::string(from.vendor_names[index]), if_known(vendor.lead_days), if_known(vendor.cut_off)},
                              vendor.arrivals, vendor.typical_lateness_us});
  }
  const VendorCodes vendors(from.vendor_codes.begin(), from.vendor_codes.end());
  answer.sources = sources_of(from.sources, vendors, codes);
  for (std::size_t index = 0; index < from.rules.size(); ++index) {
    const schema::RuleView& rule = from.rules[index];
    answer.rules.push_back({rule_of(rule, vendors, codes), rule.position, rule.snoozed_until.value, rule.triggered != 0, std::string(from.purchases[index]),
                            rule.purchase_lsn.value});
  }
  return answer;
}

bool answers(const engine::RulesDecision&, const Request& request) { return std::holds_alternative<SetRules>(request); }

}  // namespace earmark::client
