// Stock changes in the fold of the journal.
#include <set>

#include "storage/offline_state.hpp"

namespace earmark::storage {

bool OfflineState::lose(const engine::LostUnits& lost, bool of_hold) {
  Line* line = nullptr;
  if (const auto hold = holds_.find(lost.order_lsn); of_hold && hold != holds_.end()) {
    for (Line& each : hold->second.lines) line = each.number == lost.line ? &each : line;
  } else if (const auto order = orders_.find(lost.order_lsn); !of_hold && order != orders_.end()) {
    line = line_of(order->second, lost.line);
  }
  if (line == nullptr || line->sku != lost.sku) return refuse("it takes units of a line that is not there");
  Allocation& allocation = line->allocations[{lost.warehouse, lost.shipment}];
  if (allocation.reserved < lost.quantity) return refuse(of_hold ? "it takes more than is held" : "it takes more than is reserved");
  allocation.reserved -= lost.quantity;
  line->waiting += lost.quantity;
  Cell& cell = cells_[{lost.sku, lost.warehouse}];
  cell.level += lost.quantity;  // until its row takes them
  if (of_hold) cell.held -= lost.quantity;
  return true;
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::StockChangeDecision& decision) {
  if (decision.kind != engine::ChangeKind::short_pick) know(engine::IdSpace::stock_change, decision.id, decision.content, stamp.lsn);
  for (std::size_t index = 0; index < decision.rows.size(); ++index) {
    const engine::ChangedRow& row = decision.rows[index];
    for (std::size_t lost = 0; lost < decision.lost.size(); ++lost) {
      if (decision.lost[lost].row == index && !lose(decision.lost[lost], decision.of_hold(lost))) return false;
    }
    Cell& cell = cells_[{row.sku, row.warehouse}];
    const auto changed = [](std::uint64_t from, std::int64_t by) { return static_cast<std::int64_t>(from) + by; };
    const std::int64_t on_hand = changed(cell.on_hand, row.on_hand_change);
    const std::int64_t unavailable = changed(cell.unavailable, row.unavailable_change);
    const std::int64_t level = cell.level + row.on_hand_change - row.unavailable_change;
    const bool overdrawn = level < 0;
    if (on_hand < 0 || on_hand > engine::max_quantity || unavailable < 0 || level + unavailable + static_cast<std::int64_t>(cell.held) > on_hand ||
        overdrawn != decision.overdraws(index) || (overdrawn && cell.held != 0)) {
      return refuse("it takes more than is there");
    }
    cell = {static_cast<std::uint64_t>(on_hand), level, static_cast<std::uint64_t>(unavailable), cell.held};
    if (!agrees({row.sku, row.warehouse}, row.available_after)) return false;
  }
  std::set<std::pair<engine::Lsn, std::uint16_t>> changed;
  for (std::size_t lost = 0; lost < decision.lost.size(); ++lost) {
    if (!decision.of_hold(lost)) changed.insert({decision.lost[lost].order_lsn, decision.lost[lost].shipment});
  }
  for (const auto& [order, number] : changed) ++orders_.at(order).shipments[number].revision;
  return true;
}

}  // namespace earmark::storage
