// Vendors, sources and reorder rules in a batch (storage/state_batch.hpp): each that is touched is a value of its own until it is written.
#include <algorithm>

#include "engine/limits.hpp"
#include "storage/state_batch.hpp"

namespace earmark::storage {

using engine::IdSpace;
using engine::Lsn;
using engine::PurchaseState;
using engine::RuleMode;

namespace {

constexpr std::string_view id_of_a_rule = "reorder-";

bool is_suggestion_or_its_draft(PurchaseState state, std::string_view id) {
  return state == PurchaseState::suggested || (state == PurchaseState::draft && id.starts_with(id_of_a_rule));
}

// Below what a rule lets its position be: it triggers.
bool is_below(const engine::RuleSet& rule, std::int64_t position) {
  return rule.kind == engine::RuleKind::lot_for_lot ? position < 0 : position <= std::int64_t{rule.point};
}

bool differ_in_snooze_alone(const StateBatch::Rule& rule, const engine::RuleSet& set, std::string_view vendor) {
  const engine::RuleSet& was = rule.set;
  return rule.vendor == vendor && was.point == set.point && was.quantity == set.quantity && was.minimum == set.minimum && was.multiple == set.multiple &&
         was.maximum == set.maximum && was.lead_days == set.lead_days && was.kind == set.kind && was.mode == set.mode && was.pooled == set.pooled;
}

}  // namespace

StateBatch::Vendor& StateBatch::vendor(std::string_view code) {
  const auto found = vendors_.find(code);
  if (found != vendors_.end()) return found->second;
  Vendor& vendor = vendors_[std::string(code)];
  engine::VendorImage image;
  if (source_->vendor(code, image)) {
    vendor = {std::string(image.name), image.lead_days, image.cut_off, image.listed, image.arrivals, image.late_us};
  }
  return vendor;
}

void StateBatch::count_lateness(std::string_view code, engine::TimeUs promised) {
  if (promised.value == 0) return;
  Vendor& of = vendor(code);
  ++of.arrivals;
  of.late_us += std::max<std::int64_t>(0, time_.value - promised.value);
}

// The rule of the cell; nullptr: there is none.
StateBatch::Rule* StateBatch::find_rule(std::uint64_t key) {
  auto found = rules_.find(key);
  if (found == rules_.end()) {
    engine::RuleImage image;
    if (!source_->rule(key, image)) return nullptr;
    found = rules_.emplace(key, Rule{true, image.rule, std::string(image.vendor), image.triggered, image.purchase}).first;
  }
  return found->second.is_set() ? &found->second : nullptr;
}

bool StateBatch::fold(const engine::Stamp&, const engine::RulesDecision& decision) {
  for (const engine::VendorSet& set : decision.vendors) {
    if (set.code.empty() || set.code.size() > engine::max_vendor_bytes) return refuse("it lists a vendor whose code is empty or too long");
    Vendor& listed = vendor(set.code);
    listed = {std::string(set.name), set.lead_days, set.cut_off, true, listed.arrivals, listed.late_us};
  }
  for (const engine::SourceSet& set : decision.sources) {
    if (set.vendor == 0 || set.vendor > decision.vendors.size()) return refuse("it names a vendor that it does not list");
    sources_[{set.sku, std::string(decision.vendors[set.vendor - 1].code)}] = set.lead_days;
  }
  for (const engine::RuleSet& set : decision.rules) {
    if (set.vendor > decision.vendors.size()) return refuse("it names a vendor that it does not list");
    set_rule(set, set.vendor == 0 ? std::string_view{} : decision.vendors[set.vendor - 1].code);
  }
  return true;
}

void StateBatch::set_rule(const engine::RuleSet& set, std::string_view vendor) {
  const std::uint64_t key = cell_key(set.sku, set.warehouse);
  Rule* rule = find_rule(key);
  if (set.mode == RuleMode::off) {
    if (rule != nullptr) rule->set.mode = RuleMode::off;
  } else if (rule != nullptr && differ_in_snooze_alone(*rule, set, vendor)) {
    rule->set.snoozed_until = set.snoozed_until;
  } else {
    const auto there = rules_.find(key);
    const bool stored = there != rules_.end() && there->second.stored;
    rules_[key] = {stored, set, std::string(vendor), false, {}};
  }
}

// Who cancels a suggestion, or its draft, makes the rules of its lines wait.
void StateBatch::suggestion_cancelled(Lsn lsn, const Purchase& purchase) {
  if (!is_suggestion_or_its_draft(purchase.state, purchase.id)) return;
  for (const engine::PurchaseLineState& line : purchase.lines) {
    Rule* rule = find_rule(cell_key(line.sku, line.warehouse));
    if (rule == nullptr || rule->purchase != lsn) continue;
    rule->triggered = true;
    rule->purchase = {};
  }
}

bool StateBatch::fold(const engine::Stamp& stamp, const engine::ReorderDecision& decision) {
  Rule* rule = find_rule(cell_key(decision.sku, decision.warehouse));
  if (rule == nullptr || rule->set.mode != decision.mode || (rule->set.pooled != 0) != decision.pooled || rule->set.point != decision.point) {
    return refuse("it is of a rule that is not set");
  }
  if (decision.cleared) {
    if (!rule->triggered || decision.quantity != 0) return refuse("it clears a rule that does not wait");
    rule->triggered = false;
    return true;
  }
  if (rule->triggered && (rule->purchase.value == 0 || open_purchase(rule->purchase) != nullptr)) return refuse("it triggers a rule that waits");
  if (decision.quantity != 0 && decision.mode == RuleMode::alert) return refuse("it orders by a rule that only tells");
  if (decision.quantity != 0 && !(decision.purchase_lsn.value == 0 ? make_purchase(stamp, decision) : add_to_purchase(decision))) return false;
  rule->triggered = is_below(rule->set, decision.position() + decision.quantity);
  rule->purchase = decision.quantity == 0 ? Lsn{} : decision.purchase_lsn.value == 0 ? stamp.lsn : decision.purchase_lsn;
  return true;
}

bool StateBatch::make_purchase(const engine::Stamp& stamp, const engine::ReorderDecision& decision) {
  const bool automatic = decision.mode == RuleMode::auto_po;
  if (decision.purchase != std::string(id_of_a_rule) + std::to_string(stamp.lsn.value)) return refuse("it makes a purchase order with another id than its own");
  if (decision.state != PurchaseState::suggested && !(automatic && decision.state == PurchaseState::approved)) {
    return refuse("it places a purchase order that is further on already");
  }
  if (decision.vendor.empty() || decision.vendor.size() > engine::max_vendor_bytes) return refuse("its vendor's code is empty or too long");
  if (decision.line_quantity != decision.quantity || decision.line.value != 1) return refuse("its first line is another one");
  know(IdSpace::purchase, engine::identify(IdSpace::purchase, decision.purchase), 0, {});
  Purchase& purchase = purchases_[stamp.lsn];
  purchase = {false, decision.state, std::string(decision.purchase), std::string(decision.vendor), {}, {}, 0, stamp.time, {}, decision.closes, automatic};
  purchase.add({decision.promised, decision.line, decision.sku, decision.quantity, decision.warehouse, 0}, decision.promised);
  return true;
}

bool StateBatch::add_to_purchase(const engine::ReorderDecision& decision) {
  Purchase* purchase = find_purchase(decision.purchase_lsn, decision.purchase);
  if (purchase == nullptr || purchase->state != PurchaseState::suggested || purchase->automatic != (decision.mode == RuleMode::auto_po) ||
      purchase->vendor != decision.vendor) {
    return refuse("it adds to a purchase order that takes nothing of it");
  }
  engine::PurchaseLineState* line = purchase->line(decision.line);
  if (line != nullptr) {
    if (line->sku != decision.sku || line->warehouse != decision.warehouse) return refuse("it raises another line of the purchase order");
    if (std::uint64_t{line->quantity} + decision.quantity != decision.line_quantity) return refuse("it leaves another quantity ordered than there was");
    if (decision.promised < line->promised) return refuse("it promises a line earlier than it was");
    line->quantity = decision.line_quantity;
    line->promised = line->first_promised = line->expected = decision.promised;
    return true;
  }
  engine::LineNumber highest{};
  for (const engine::PurchaseLineState& each : purchase->lines) highest = std::max(highest, each.line);
  if (decision.line.value != highest.value + 1 || decision.line_quantity != decision.quantity || purchase->lines.size() >= engine::max_lines) {
    return refuse("its new line is another one");
  }
  purchase->add({decision.promised, decision.line, decision.sku, decision.quantity, decision.warehouse, 0}, decision.promised);
  return true;
}

}  // namespace earmark::storage
