// How often those who wait for all or nothing were passed over, and who has turned strict, in the fold of the journal.
#include <algorithm>
#include <set>
#include <utility>

#include "engine/patience.hpp"
#include "storage/offline_state.hpp"

namespace earmark::storage {

std::uint8_t* OfflineState::patience_of(engine::Lsn lsn, engine::LineNumber number) {
  const auto order = orders_.find(lsn);
  if (order == orders_.end()) return nullptr;
  if (order->second.policy == engine::Policy::ship_complete) return &order->second.patience;
  Line* line = line_of(order->second, number);
  return line == nullptr || line->policy.or_else(order->second.policy) != engine::Policy::line_complete ? nullptr : &line->patience;
}

bool OfflineState::count_skip(const engine::Skip& skipped) {
  if (skipped.order_lsn.value == 0) return true;
  std::uint8_t* patience = patience_of(skipped.order_lsn, skipped.line);
  if (patience == nullptr || *patience == engine::strict_patience) return refuse("it passes over somebody who does not wait for all or nothing");
  if (*patience != engine::most_skips) ++*patience;
  return true;
}

void OfflineState::settle_patience(Order& order, Line& line) {
  if (line.waiting == 0) line.patience = 0;
  if (std::all_of(order.lines.begin(), order.lines.end(), [](const Line& each) { return each.waiting == 0; })) order.patience = 0;
}

void OfflineState::settle_patience(engine::Lsn lsn) {
  const auto order = orders_.find(lsn);
  if (order == orders_.end()) return;
  for (Line& line : order->second.lines) settle_patience(order->second, line);
}

bool OfflineState::fold(const engine::Stamp&, const engine::StrictDecision& decision) {
  std::uint8_t* patience = patience_of(decision.order_lsn, decision.line);
  if (patience == nullptr || *patience == engine::strict_patience) return refuse("somebody turns strict who does not wait for all or nothing");
  *patience = engine::strict_patience;
  std::set<std::pair<engine::Lsn, std::uint16_t>> changed;
  for (std::size_t row = 0; row < decision.lost.size(); ++row) {
    const engine::LostUnits& lost = decision.lost[row];
    if (!lose(lost, false) || !agrees({lost.sku, lost.warehouse}, decision.freed[row].available_after)) return false;
    changed.insert({lost.order_lsn, lost.shipment});
  }
  for (const auto& [order, number] : changed) ++orders_.at(order).shipments[number].revision;
  return true;
}

}  // namespace earmark::storage
