// Vendors and reorder rules: a rule triggers when its position is at its point or below, by as much as its figures say, from the vendor that it has or
// that is the fastest; what it orders is gathered in one suggestion. Not judged: that a rule triggers in time, and what is promised.
#include "loadtest/dump_judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace earmark::loadtest {
namespace {

constexpr std::int64_t most_open = 2'147'483'647, most_lines = 4'096, minute_us = 60'000'000, minutes_of_a_day = 1'440;

// But for what is snoozed.
bool same_rule(const DumpReorderRule& rule, const DumpRule& set) {
  const auto told = [](const DumpRule& each) {
    return std::tuple(each.point, each.quantity, each.minimum, each.multiple, each.maximum, each.lead_days, each.pooled);
  };
  return rule.vendor == set.vendor && rule.kind == set.kind && rule.mode == set.mode && told(rule.set) == told(set);
}

}  // namespace

void DumpJudge::rules(const DumpRecord& record) {
  ++verdict_.rules;
  for (const DumpRule& each : record.vendors) state_.vendors[std::string(each.vendor)] = {each.lead_days, each.cut_off};
  const auto known = [&](std::string_view vendor) { return state_.vendors.find(vendor) != state_.vendors.end(); };
  for (const DumpRule& each : record.sources) {
    if (each.sku == no_code || !known(each.vendor)) {
      violate(Promise::decisions, [&] { return fmt::format("a source has no SKU, or vendor \"{}\", whom nobody has listed", each.vendor); });
      continue;
    }
    state_.sellers[each.sku][std::string(each.vendor)] = each.lead_days;
  }
  for (const DumpRule& each : record.rules) {
    if (each.sku == no_code || each.warehouse == no_code || (!each.vendor.empty() && !known(each.vendor))) {
      violate(Promise::decisions, [&] { return fmt::format("a rule has no SKU or warehouse, or vendor \"{}\", whom nobody has listed", each.vendor); });
      continue;
    }
    set_rule(each);
  }
}

// One that differs in its snooze alone goes on with what it waits for.
void DumpJudge::set_rule(const DumpRule& set) {
  const std::pair key{set.sku, set.warehouse};
  const auto found = state_.rules.find(key);
  if (set.mode == "off") {
    state_.rules.erase(key);
  } else if (found != state_.rules.end() && same_rule(found->second, set)) {
    found->second.set.snoozed_until_us = set.snoozed_until_us;
  } else {
    DumpReorderRule& rule = state_.rules[key] = {set, std::string(set.vendor), std::string(set.kind), std::string(set.mode), false, 0};
    rule.set.vendor = rule.set.kind = rule.set.mode = {};  // views of the line
  }
}

void DumpJudge::base_rule(const DumpRecord& record) {
  DumpRule rule = record.rule;
  rule.sku = record.self.sku;
  rule.warehouse = record.self.warehouse;
  rule.vendor = record.vendor;
  rule.kind = record.kind;
  rule.quantity = record.self.quantity;
  if (record.part == "vendor") state_.vendors[std::string(record.vendor)] = {rule.lead_days, rule.cut_off};
  if (rule.sku == no_code) return;
  if (record.part == "source") state_.sellers[rule.sku][std::string(record.vendor)] = rule.lead_days;
  if (record.part != "rule" || rule.warehouse == no_code) return;
  set_rule(rule);
  DumpReorderRule& set = state_.rules[{rule.sku, rule.warehouse}];
  set.waits = rule.triggered;
  set.purchase = record.purchase_lsn;
}

std::int64_t DumpJudge::lead_days(std::uint32_t sku, const std::string& vendor) const {
  const auto of_sku = state_.sellers.find(sku);
  if (of_sku != state_.sellers.end()) {
    const auto source = of_sku->second.find(vendor);
    if (source != of_sku->second.end() && source->second >= 0) return source->second;
  }
  const auto found = state_.vendors.find(vendor);
  return found == state_.vendors.end() ? -1 : found->second.lead_days;
}

// Its own; else who sells the SKU the fastest, whose time is known before others, then by code. Empty: nobody.
std::string DumpJudge::vendor_of(std::uint32_t sku, const DumpReorderRule& rule) const {
  const auto of_sku = state_.sellers.find(sku);
  if (!rule.vendor.empty() || of_sku == state_.sellers.end()) return rule.vendor;
  std::tuple<bool, std::int64_t, std::string> best{true, 0, ""};
  for (const auto& [vendor, days] : of_sku->second) {
    const std::int64_t lead = lead_days(sku, vendor);
    const std::tuple candidate{lead < 0, lead, vendor};
    if (std::get<2>(best).empty() || candidate < best) best = candidate;
  }
  return std::get<2>(best);
}

void DumpJudge::let_rules_wait(std::uint64_t purchase) {
  for (auto& [cell, rule] : state_.rules) {
    if (rule.purchase != purchase) continue;
    rule.waits = true;
    rule.purchase = 0;
  }
}

void DumpJudge::reorder(const DumpRecord& record) {
  ++verdict_.reorders;
  const DumpRow& self = record.self;
  const auto found = state_.rules.find({self.sku, self.warehouse});
  if (self.sku == no_code || self.warehouse == no_code || found == state_.rules.end() || found->second.mode != record.rule.mode ||
      found->second.set.pooled != record.rule.pooled || found->second.set.point != record.rule.point) {
    violate(Promise::decisions, [&] { return std::string("is of a reorder rule that is not set"); });
    return;
  }
  DumpReorderRule& rule = found->second;
  if (!state_.sku(self.sku).is_uncertain && judge_trigger(record, rule)) {
    const std::int64_t room = most_open - state_.cell(self.sku, self.warehouse).on_order;
    const std::int64_t right = record.cleared || rule.mode == "alert" ? 0 : rule.quantity_at(record.position, room);
    if (self.quantity != right) {
      violate(Promise::decisions, [&] {
        return fmt::format("orders {} of {} at a position of {}, instead of {}", self.quantity, cell_name(self.sku, self.warehouse), record.position, right);
      });
    }
  }
  if (record.cleared) {
    rule.waits = false;
    return;
  }
  if (self.quantity > 0) reorder_line(record, rule);
  rule.waits = rule.is_below(record.position + self.quantity);
  rule.purchase = self.quantity == 0 ? 0 : record.purchase_lsn == 0 ? record.lsn : record.purchase_lsn;
}

// The position is what the records leave, and the rule has something to say about it.
bool DumpJudge::judge_trigger(const DumpRecord& record, const DumpReorderRule& rule) {
  const DumpRow& self = record.self;
  const DumpPosition right = state_.position(self.sku, self.warehouse, record.rule.pooled);
  if (self.available != right.available || record.incoming != right.incoming || self.waiting != right.waiting || record.position != right.units()) {
    violate(Promise::conservation, [&] {
      return fmt::format("tells {} available, {} incoming and {} waiting of {}, a position of {}; the records leave {}, {} and {}", self.available, record.incoming,
                         self.waiting, cell_name(self.sku, self.warehouse), record.position, right.available, right.incoming, right.waiting);
    });
    return false;
  }
  const bool below = rule.is_below(record.position), its_order_is_open = rule.purchase != 0 && state_.purchase(rule.purchase) != nullptr;
  const bool may = record.cleared ? !below && rule.waits : below && (!rule.waits || (rule.purchase != 0 && !its_order_is_open));
  if (!may || time_us_ < rule.set.snoozed_until_us) {
    violate(Promise::decisions, [&] {
      return fmt::format("{} the rule of {} at a position of {}, {}", record.cleared ? "clears" : "triggers", cell_name(self.sku, self.warehouse), record.position,
                         may ? "which is snoozed" : rule.waits ? "which waits" : "which is not at its point");
    });
  }
  return may;
}

// The newest suggestion of the vendor to which rules of this mode may add lines; 0: there is none.
std::uint64_t DumpJudge::newest_suggestion(const std::string& vendor, bool automatic) {
  for (auto lsn = state_.suggestions.rbegin(); lsn != state_.suggestions.rend(); ++lsn) {
    const DumpPurchase* purchase = state_.purchase(*lsn);
    const bool takes_lines = purchase != nullptr && purchase->vendor == vendor && purchase->automatic == automatic &&
                             static_cast<std::int64_t>(purchase->lines.size()) < most_lines && (purchase->closes_us == 0 || time_us_ < purchase->closes_us);
    if (takes_lines) return *lsn;
  }
  return 0;
}

// Where a line of the rule's stands in a suggestion of the vendor already; 0: nowhere.
std::uint64_t DumpJudge::own_suggestion(const DumpRow& of, const DumpReorderRule& rule, const std::string& vendor) {
  const DumpPurchase* purchase = state_.purchase(rule.purchase);
  const bool can = purchase != nullptr && purchase->state == "suggested" && purchase->vendor == vendor && purchase->automatic == (rule.mode == "auto-po");
  const auto is_own = [&](const auto& line) { return line.second.sku == of.sku && line.second.warehouse == of.warehouse; };
  return can && std::any_of(purchase->lines.begin(), purchase->lines.end(), is_own) ? rule.purchase : 0;
}

void DumpJudge::reorder_line(const DumpRecord& record, const DumpReorderRule& rule) {
  const DumpRow& self = record.self;
  const std::string vendor(record.vendor);
  const bool automatic = rule.mode == "auto-po";
  const std::uint64_t stands_in = own_suggestion(self, rule, vendor), takes_lines = stands_in != 0 ? stands_in : newest_suggestion(vendor, automatic);
  if (vendor.empty() || vendor != vendor_of(self.sku, rule)) {
    violate(Promise::decisions, [&] { return fmt::format("orders {} of vendor \"{}\", instead of \"{}\"", cell_name(self.sku, self.warehouse), vendor, vendor_of(self.sku, rule)); });
  }
  if (record.purchase_lsn == 0) {
    once(DumpIdSpace::purchase, record.purchase, "purchase order");
    judge_new_purchase(record, rule, takes_lines);
    state_.add_purchase(record.lsn, {vendor, std::string(record.state), {}, std::string(record.purchase), record.closes_us, automatic});
    if (record.state == "suggested") state_.suggestions.insert(record.lsn);
  }
  const std::uint64_t lsn = record.purchase_lsn == 0 ? record.lsn : record.purchase_lsn;
  DumpPurchase* purchase = state_.purchase(lsn);
  if (purchase == nullptr || purchase->id != record.purchase || purchase->vendor != vendor || purchase->automatic != automatic || purchase->state != record.state) {
    violate(Promise::decisions, [&] { return fmt::format("adds to purchase order \"{}\" of vendor \"{}\", which takes nothing of it", record.purchase, vendor); });
    return;
  }
  DumpPurchaseLine* line = purchase->line(self.line);
  std::int64_t highest = 0;
  for (const auto& [number, each] : purchase->lines) highest = std::max(highest, number);
  const bool own = line != nullptr && line->sku == self.sku && line->warehouse == self.warehouse;
  // Its own line takes more for as long as it is suggested; a new one goes to the newest suggestion. Within a cut-off's moment both may be right.
  const bool right_place = own ? stands_in == lsn : stands_in == 0 && line == nullptr && self.line == highest + 1 && (record.purchase_lsn == 0 || takes_lines == 0 || takes_lines == lsn);
  if (!right_place || record.line_quantity != self.quantity + (own ? line->quantity : 0)) {
    violate(Promise::decisions, [&] {
      return fmt::format("leaves {} ordered of {} in line {} of purchase order \"{}\", which {}", record.line_quantity, cell_name(self.sku, self.warehouse), self.line,
                         record.purchase, own ? fmt::format("had {}", line->quantity) : "is not the next one");
    });
  }
  if (!own && line != nullptr) return;
  if (!own) line = &purchase->lines.emplace_back(self.line, DumpPurchaseLine{self.sku, self.warehouse, 0, 0, 0}).second;
  state_.cell(self.sku, self.warehouse).on_order += record.line_quantity - line->quantity;
  line->quantity = record.line_quantity;
  line->promised_us = line->expected_us = self.promised_us;
}

// No suggestion took its line; what is ordered at once is approved, and what has a cut-off closes at it.
void DumpJudge::judge_new_purchase(const DumpRecord& record, const DumpReorderRule& rule, std::uint64_t takes_lines) {
  const auto vendor = state_.vendors.find(record.vendor);
  const std::int64_t cut_off = vendor == state_.vendors.end() ? -1 : vendor->second.cut_off;
  const bool at_once = rule.mode == "auto-po" && cut_off < 0;
  const bool gathers = at_once ? record.closes_us == 0 : cut_off < 0 ? record.closes_us == 0
                       : record.closes_us % minute_us == 0 && record.closes_us / minute_us % minutes_of_a_day == cut_off;
  const bool has_another = !at_once && takes_lines != 0;
  const bool right = record.purchase == "reorder-" + std::to_string(record.lsn) && record.state == (at_once ? "approved" : "suggested") && gathers;
  if (right && !has_another) return;
  violate(Promise::decisions, [&] {
    return fmt::format("makes purchase order \"{}\", {}, of vendor \"{}\", that closes at {}{}", record.purchase, record.state, record.vendor, record.closes_us,
                       has_another ? fmt::format(", though that of LSN {} takes lines", takes_lines) : "");
  });
}

}  // namespace earmark::loadtest
