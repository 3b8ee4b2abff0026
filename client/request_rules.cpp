// Requests about vendors and reorder rules, as request.cpp has the rest.
#include <algorithm>
#include <map>

#include "client/request.hpp"
#include "client/request_parts.hpp"
#include "engine/command.hpp"

namespace earmark::client {
namespace {

constexpr std::size_t most_sent_rules = engine::max_rule_rows + 1;  // where the server says `too_many_lines`

// The vendors of a command, those that its rows name behind those that it says something of.
class Vendors {
 public:
  explicit Vendors(const std::vector<Vendor>& set) {
    for (std::size_t index = 0; index < std::min(set.size(), most_sent_rules); ++index) {
      const Vendor& vendor = set[index];
      entries.push_back({sent_id(vendor.code), vendor.name, vendor.lead_days.value_or(-1), vendor.cut_off.value_or(-1), false});
      places_.try_emplace(entries.back().code, static_cast<std::uint32_t>(entries.size()));
    }
  }
  // From 1; 0 of an empty code.
  std::uint32_t place(std::string_view code) {
    code = sent_id(code);
    if (code.empty()) return 0;
    const auto [found, added] = places_.try_emplace(code, static_cast<std::uint32_t>(entries.size() + 1));
    if (added) entries.push_back({code, {}, -1, -1, true});
    return found->second;
  }

  std::vector<engine::VendorEntry> entries;

 private:
  std::map<std::string_view, std::uint32_t> places_;
};

}  // namespace

void append(std::vector<std::byte>& out, std::uint64_t correlation, const SetRules& set, const Catalogue& catalogue, schema::RequestEncoder& encoder,
            engine::TimeUs time) {
  Vendors vendors(set.vendors);
  std::vector<engine::SourceRow> sources;
  std::vector<engine::RuleRow> rules;
  std::vector<engine::SnoozeRow> snoozes;
  for (std::size_t index = 0; index < std::min(set.sources.size(), most_sent_rules); ++index) {
    const Source& source = set.sources[index];
    sources.push_back({catalogue.sku(source.sku), vendors.place(source.vendor), source.lead_days.value_or(-1)});
  }
  for (std::size_t index = 0; index < std::min(set.rules.size(), most_sent_rules); ++index) {
    const ReorderRule& rule = set.rules[index];
    engine::RuleRow row;
    row.point = rule.point, row.quantity = rule.quantity;
    row.minimum = rule.minimum, row.multiple = rule.multiple, row.maximum = rule.maximum;
    row.sku = catalogue.sku(rule.sku), row.warehouse = catalogue.warehouse(rule.warehouse);
    row.vendor = vendors.place(rule.vendor);
    row.lead_days = rule.lead_days.value_or(-1);
    row.kind = rule.kind, row.mode = rule.mode, row.pooled = rule.pooled ? 1 : 0;
    rules.push_back(row);
  }
  for (std::size_t index = 0; index < std::min(set.snoozes.size(), most_sent_rules); ++index) {
    const SnoozedRule& snooze = set.snoozes[index];
    snoozes.push_back({engine::TimeUs{snooze.until_us}, catalogue.sku(snooze.sku), catalogue.warehouse(snooze.warehouse), 0});
  }
  encoder.set_rules(out, correlation, {{vendors.entries, sources, rules, snoozes}, catalogue.epoch(), time});
}

Outcome<void> check(const SetRules& set) {
  for (const Vendor& vendor : set.vendors) {
    if (vendor.name.size() <= engine::max_text_bytes) continue;
    return usage("vendor " + vendor.code + ": the name has more than " + std::to_string(engine::max_text_bytes) + " bytes; make it shorter");
  }
  // On the wire -1 says that nothing is known.
  const auto bad = [](const auto& days) { return days && *days < 0; };
  const char* wrong = nullptr;
  for (const Vendor& vendor : set.vendors) {
    if (bad(vendor.lead_days)) wrong = "a lead time is 0 days or more; leave it out where it is not known";
    if (bad(vendor.cut_off)) wrong = "a cut-off is a minute of the day, 0 to 1439; leave it out where there is none";
  }
  if (std::ranges::any_of(set.sources, bad, &Source::lead_days) || std::ranges::any_of(set.rules, bad, &ReorderRule::lead_days)) {
    wrong = "a lead time is 0 days or more; leave it out where it is not known";
  }
  return wrong == nullptr ? Outcome<void>{} : usage(wrong);
}

}  // namespace earmark::client
