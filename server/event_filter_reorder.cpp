// What of reorder rules, overdue supply and told dates passes a filter. Parts: each vendor, source and rule that is set; what a rule triggers;
// each overdue line, nobody's all of them; each line whose date has moved, its customer's.
#include "server/event_filter.hpp"

namespace earmark::server {

using schema::EventKind;

void EventSieve::keep_vendors(std::span<const engine::VendorSet> vendors) {
  places_.assign(vendors.size(), 0);
  for (const engine::SourceSet& source : sources_) places_[source.vendor - 1] = 1;
  for (const engine::RuleSet& rule : rules_) {
    if (rule.vendor != 0) places_[rule.vendor - 1] = 1;
  }
  vendors_.clear();
  for (std::size_t index = 0; index < vendors.size(); ++index) {
    if (places_[index] == 0) continue;
    vendors_.push_back(vendors[index]);
    places_[index] = static_cast<std::uint32_t>(vendors_.size());
  }
  for (engine::SourceSet& source : sources_) source.vendor = places_[source.vendor - 1];
  for (engine::RuleSet& rule : rules_) {
    if (rule.vendor != 0) rule.vendor = places_[rule.vendor - 1];
  }
}

// A record without anything, of a command that changed nothing, is a part of its own.
Passes EventSieve::sift(const EventFilter& filter, const engine::RulesDecision& set, schema::Decision& left) {
  if (!filter.any_customer() || !filter.kind(EventKind::rules_set)) return Passes::nothing;
  if (filter.any_place()) return Passes::whole;
  sources_.clear(), rules_.clear();
  for (const engine::SourceSet& source : set.sources) {
    if (filter.place(source.sku, {})) sources_.push_back(source);
  }
  for (const engine::RuleSet& rule : set.rules) {
    if (filter.place(rule.sku, rule.warehouse)) rules_.push_back(rule);
  }
  if (sources_.empty() && rules_.empty()) return Passes::nothing;
  keep_vendors(set.vendors);
  if (sources_.size() == set.sources.size() && rules_.size() == set.rules.size() && vendors_.size() == set.vendors.size()) return Passes::whole;
  engine::RulesDecision& kept = left.emplace<engine::RulesDecision>(set);
  kept.vendors = vendors_;
  kept.sources = sources_;
  kept.rules = rules_;
  return Passes::some;
}

Passes EventSieve::sift(const EventFilter& filter, const engine::ReorderDecision& reorder, schema::Decision&) {
  const bool by_kind = reorder.cleared ? filter.kind(EventKind::reorder_cleared)
                                       : filter.kind(EventKind::reorder_triggered) || (reorder.quantity != 0 && filter.kind(EventKind::purchase_suggested));
  return filter.any_customer() && by_kind && filter.place(reorder.sku, reorder.warehouse) ? Passes::whole : Passes::nothing;
}

Passes EventSieve::sift(const EventFilter& filter, const engine::OverdueDecision& overdue, schema::Decision& left) {
  if (!filter.any_customer() || !filter.kind(overdue.transfer ? EventKind::transfer_overdue : EventKind::purchase_overdue)) return Passes::nothing;
  overdue_.clear();
  for (const engine::OverdueLine& line : overdue.lines) {
    if (filter.place(line.sku, line.warehouse)) overdue_.push_back(line);
  }
  if (overdue_.empty()) return Passes::nothing;
  if (overdue_.size() == overdue.lines.size()) return Passes::whole;
  left.emplace<engine::OverdueDecision>(overdue).lines = overdue_;
  return Passes::some;
}

Passes EventSieve::sift(const EventFilter& filter, const engine::DatesDecision& moved, schema::Decision& left) {
  moved_dates_.clear();
  for (const engine::MovedDate& line : moved.lines) {
    const EventKind kind = line.before.value == 0 ? EventKind::date_assigned : EventKind::date_changed;
    if (filter.kind(kind) && filter.place(line.sku, {}) && filter.customer(moved.customers[line.order])) moved_dates_.push_back(line);
  }
  if (moved_dates_.empty()) return Passes::nothing;
  if (moved_dates_.size() == moved.lines.size()) return Passes::whole;
  name_orders(moved_dates_, moved.orders, moved.customers);
  engine::DatesDecision& kept = left.emplace<engine::DatesDecision>(moved);
  kept.lines = moved_dates_;
  kept.orders = orders_;
  kept.customers = customers_;
  return Passes::some;
}

}  // namespace earmark::server
