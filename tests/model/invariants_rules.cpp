#include "tests/model/invariants.hpp"

#include <algorithm>
#include <sstream>

namespace earmark::model {
namespace {

// Cell by cell and waiter by waiter, otherwise than the twin reckons it.
std::int64_t position_of(const State& state, const Rule& rule) {
  std::int64_t units = 0;
  for (const engine::WarehouseId warehouse : state.by_priority()) {
    if (rule.set.pooled == 0 && warehouse != rule.set.warehouse) continue;
    units += state.cell(rule.set.sku, warehouse).level() + static_cast<std::int64_t>(state.in_transit(rule.set.sku, warehouse)) +
             static_cast<std::int64_t>(state.open_purchases({rule.set.sku, warehouse}, true));
  }
  const bool first = rule.set.warehouse == state.by_priority().front();
  for (const auto& [lsn, order] : state.orders) {
    for (const Line& line : order.lines) {
      const bool counts = rule.set.pooled != 0 || (line.pinned.value == 0 ? first : line.pinned == rule.set.warehouse);
      if (line.sku == rule.set.sku && counts) units -= line.waiting;
    }
  }
  return units;
}

}  // namespace

std::string check_rules(const State& state) {
  std::ostringstream out;
  for (const auto& [key, rule] : state.rules) {
    out.str("");
    out << "rules: of sku " << key.first.value << " in warehouse " << key.second.value;
    if (rule.asleep != (rule.set.snoozed_until > state.time)) return out.str() + " sleeps too short or too long";
    if (rule.asleep) continue;
    const auto purchase = state.purchases.find(rule.purchase);
    const bool waits = rule.triggered && (rule.purchase.value == 0 || !purchase->second.is_closed());
    const std::int64_t position = position_of(state, rule);
    if (rule.is_below(position) && !waits) return out.str() + " should have ordered at " + std::to_string(position);
    if (!rule.is_below(position) && rule.triggered) return out.str() + " was not cleared at " + std::to_string(position);
  }
  for (const auto& [lsn, purchase] : state.purchases) {
    if (purchase.state != engine::PurchaseState::suggested) continue;
    if (!purchase.by_a_rule() || purchase.lines.empty()) return "rules: nobody suggests " + purchase.id;
    if (purchase.automatic && (purchase.closes.value == 0 || purchase.closes <= state.time)) return "rules: nobody approved " + purchase.id;
  }
  return "";
}

}  // namespace earmark::model
