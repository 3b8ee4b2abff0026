// Vendors, reorder rules and what they order in the offline fold.
#include "storage/offline_state.hpp"

namespace earmark::storage {

using engine::IdSpace;
using engine::PurchaseState;

namespace {

// As it would be set anew, the snooze aside.
bool same_order(engine::RuleSet one, engine::RuleSet other) {
  const auto told = [](const engine::RuleSet& rule) {
    return std::vector<std::int64_t>{rule.point, rule.quantity, rule.minimum, rule.multiple, rule.maximum, rule.lead_days, rule.pooled,
                                     static_cast<int>(rule.kind), static_cast<int>(rule.mode)};
  };
  return told(one) == told(other);
}

}  // namespace

void OfflineState::Purchase::add(engine::TimeUs promised, engine::LineNumber number, engine::SkuId sku, engine::WarehouseId warehouse,
                                 engine::Quantity quantity) {
  by_number[number] = lines.size();
  engine::PurchaseLineState& line = lines.emplace_back();
  line.promised = line.first_promised = line.expected = promised;
  line.line = number;
  line.sku = sku;
  line.warehouse = warehouse;
  line.quantity = quantity;
}

bool OfflineState::Purchase::is_a_rules_draft() const noexcept {
  return state == PurchaseState::suggested || (state == PurchaseState::draft && id.substr(0, 8) == "reorder-");
}

void OfflineState::let_rules_wait(engine::Lsn purchase) {
  for (auto& [cell, rule] : rules_) {
    if (rule.purchase != purchase) continue;
    rule.waits = true;
    rule.purchase = {};
  }
}

bool OfflineState::fold(const engine::Stamp&, const engine::RulesDecision& decision) {
  std::vector<std::string> codes{""};
  for (const engine::VendorSet& each : decision.vendors) {
    if (each.code.empty()) return refuse("it lists a vendor whose code is empty or too long");
    Vendor& vendor = vendors_[codes.emplace_back(each.code)];
    vendor.name = each.name;
    vendor.lead_days = each.lead_days;
    vendor.cut_off = each.cut_off;
    vendor.listed = true;
  }
  for (const engine::SourceSet& each : decision.sources) {
    if (each.vendor == 0 || each.vendor >= codes.size()) return refuse("it names a vendor that it does not list");
    sources_[{each.sku, codes[each.vendor]}] = each.lead_days;
  }
  for (const engine::RuleSet& each : decision.rules) {
    if (each.vendor >= codes.size()) return refuse("it names a vendor that it does not list");
    const CellKey key{each.sku, each.warehouse};
    const auto found = rules_.find(key);
    const bool goes_on = found != rules_.end() && found->second.vendor == codes[each.vendor] && same_order(found->second.set, each);
    if (each.mode == engine::RuleMode::off) rules_.erase(key);
    else if (goes_on) found->second.set.snoozed_until = each.snoozed_until;
    else rules_[key] = {each, codes[each.vendor], false, {}};
  }
  return true;
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::ReorderDecision& decision) {
  const auto found = rules_.find({decision.sku, decision.warehouse});
  if (found == rules_.end() || found->second.set.mode != decision.mode || found->second.set.point != decision.point ||
      (found->second.set.pooled == 1) != decision.pooled) {
    return refuse("it is of a rule that is not set");
  }
  Rule& rule = found->second;
  if (decision.cleared) {
    if (!rule.waits || decision.quantity > 0) return refuse("it clears a rule that does not wait");
    rule.waits = false;
    return true;
  }
  const bool its_order_is_over = rule.purchase.value > 0 && !purchases_.contains(rule.purchase);
  if (rule.waits && !its_order_is_over) return refuse("it triggers a rule that waits");
  rule.purchase = {};
  if (decision.quantity > 0) {
    if (!order_by_rule(stamp, decision)) return false;
    rule.purchase = decision.purchase_lsn.value > 0 ? decision.purchase_lsn : stamp.lsn;
  }
  const std::int64_t then = decision.available + decision.incoming - static_cast<std::int64_t>(decision.waiting) + decision.quantity;
  rule.waits = rule.set.kind == engine::RuleKind::lot_for_lot ? then < 0 : then <= static_cast<std::int64_t>(rule.set.point);
  return true;
}

bool OfflineState::order_by_rule(const engine::Stamp& stamp, const engine::ReorderDecision& decision) {
  const bool automatic = decision.mode == engine::RuleMode::auto_po;
  if (decision.mode == engine::RuleMode::alert) return refuse("it orders by a rule that only tells");
  if (decision.purchase_lsn.value == 0) {
    if (decision.purchase != "reorder-" + std::to_string(stamp.lsn.value)) return refuse("it makes a purchase order with another id than its own");
    const bool ordered = automatic && decision.state == PurchaseState::approved;
    if (!ordered && decision.state != PurchaseState::suggested) return refuse("it places a purchase order that is further on already");
    if (decision.vendor.empty()) return refuse("its vendor's code is empty or too long");
    know(IdSpace::purchase, decision.purchase, 0, stamp.lsn);
    purchases_[stamp.lsn] = {engine::identify(IdSpace::purchase, decision.purchase), decision.state, {}, {}, std::string(decision.purchase),
                             std::string(decision.vendor), decision.closes, automatic};
  }
  const auto open = purchases_.find(decision.purchase_lsn.value == 0 ? stamp.lsn : decision.purchase_lsn);
  if (open == purchases_.end() || open->second.id != decision.purchase || open->second.vendor != decision.vendor || open->second.automatic != automatic ||
      (decision.purchase_lsn.value != 0 && open->second.state != PurchaseState::suggested)) {
    return refuse("it adds to a purchase order that takes nothing of it");
  }
  Purchase& purchase = open->second;
  const auto there = purchase.by_number.find(decision.line);
  if (there == purchase.by_number.end()) {
    const std::uint32_t next = purchase.by_number.empty() ? 1 : purchase.by_number.rbegin()->first.value + 1;
    if (decision.line.value != next || decision.line_quantity != decision.quantity) {
      return refuse(next == 1 ? "its first line is another one" : "its new line is another one");
    }
    purchase.add(decision.promised, decision.line, decision.sku, decision.warehouse, decision.quantity);
    return true;
  }
  engine::PurchaseLineState& line = purchase.lines[there->second];
  if (line.sku != decision.sku || line.warehouse != decision.warehouse) return refuse("it raises another line of the purchase order");
  if (decision.line_quantity - decision.quantity != line.quantity) return refuse("it leaves another quantity ordered than there was");
  if (line.promised > decision.promised) return refuse("it promises a line earlier than it was");
  line.quantity = decision.line_quantity;
  line.promised = line.first_promised = line.expected = decision.promised;
  return true;
}

void OfflineState::tell_rules(StateVisitor& visitor) const {
  for (const auto& [code, vendor] : vendors_) visitor.vendor({code, vendor.name, vendor.lead_days, vendor.cut_off, vendor.listed, vendor.arrivals, vendor.late_us});
  for (const auto& [source, lead_days] : sources_) visitor.source({source.first, source.second, lead_days});
  for (const auto& [lsn, each] : purchases_) {
    engine::PurchaseImage image;
    image.lsn = lsn;
    image.id = each.id;
    image.vendor = each.vendor;
    image.state = each.state;
    image.closes = each.closes;
    image.automatic = each.automatic;
    image.lines = each.lines;
    visitor.open_purchase(image);
  }
  for (const auto& [cell, rule] : rules_) visitor.rule({rule.set, rule.vendor, rule.waits, rule.purchase});
}

}  // namespace earmark::storage
