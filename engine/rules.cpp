#include "engine/rules.hpp"

#include <cstring>

#include "engine/check.hpp"

namespace earmark::engine {
namespace {

constexpr std::uint64_t subject_of(const Rules::Key& key) noexcept { return std::uint64_t{key.first} << 16 | key.second; }

bool same_but_for_snooze(const Rule& rule, RuleSet set, VendorId vendor) noexcept {
  set.snoozed_until = rule.set.snoozed_until;
  set.vendor = rule.set.vendor;
  return rule.vendor == vendor && std::memcmp(&set, &rule.set, sizeof set) == 0;
}

// A trigger that leaves the position at the point or below: the rule waits from then on.
bool still_below(const ReorderDecision& decision, RuleKind kind) noexcept {
  const std::int64_t after = decision.position() + decision.quantity;
  return kind == RuleKind::lot_for_lot ? after < 0 : after <= decision.point;
}

}  // namespace

const Rule* Rules::find(SkuId sku, WarehouseId warehouse) const {
  const auto found = rules_.find(key_of(sku, warehouse));
  return found == rules_.end() ? nullptr : &found->second;
}

void Rules::set_wake(const Key& key, Rule& rule) {
  if (rule.wake != 0) timers_.remove(std::exchange(rule.wake, 0U));
  if (rule.set.snoozed_until.value != 0) rule.wake = timers_.add({rule.set.snoozed_until, TimerKind::rule_wakes, subject_of(key)});
}

void Rules::set(const RuleSet& set, VendorId vendor) {
  const Key key = key_of(set.sku, set.warehouse);
  const auto found = rules_.find(key);
  if (set.mode == RuleMode::off) {
    if (found == rules_.end()) return;
    if (found->second.wake != 0) timers_.remove(found->second.wake);
    rules_.erase(found);
    return;
  }
  if (found != rules_.end() && same_but_for_snooze(found->second, set, vendor)) {
    found->second.set.snoozed_until = set.snoozed_until;
    return set_wake(key, found->second);
  }
  Rule& rule = rules_[key];
  const Timers::Handle wake = rule.wake;
  rule = {set, vendor, false, {}, wake};
  set_wake(key, rule);
}

void Rules::restore(const RuleImage& image, VendorId vendor) {
  const Key key = key_of(image.rule.sku, image.rule.warehouse);
  Rule& rule = rules_[key] = {image.rule, vendor, image.triggered, image.purchase, 0};
  set_wake(key, rule);
}

void Rules::done(const ReorderDecision& decision, Lsn purchase) {
  const auto found = rules_.find(key_of(decision.sku, decision.warehouse));
  EARMARK_CHECK(found != rules_.end());
  Rule& rule = found->second;
  rule.triggered = !decision.cleared && still_below(decision, rule.set.kind);
  if (!decision.cleared) rule.purchase = decision.quantity == 0 ? Lsn{} : purchase;
}

void Rules::suggestion_cancelled(Lsn purchase) {
  for (auto& [key, rule] : rules_) {
    if (rule.purchase != purchase) continue;
    rule.triggered = true;
    rule.purchase = {};
  }
}

void Rules::woken(SkuId sku, WarehouseId warehouse) {
  const auto found = rules_.find(key_of(sku, warehouse));
  EARMARK_CHECK(found != rules_.end());
  timers_.remove(std::exchange(found->second.wake, 0U));
}

}  // namespace earmark::engine
