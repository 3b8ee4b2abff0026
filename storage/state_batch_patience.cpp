// How often those who wait for all or nothing were passed over, and who has turned strict, folded into the state.
#include <algorithm>
#include <set>
#include <utility>

#include "engine/patience.hpp"
#include "storage/order_record.hpp"
#include "storage/state_batch.hpp"

namespace earmark::storage {

bool StateBatch::count_skip(const engine::Skip& skipped) {
  if (skipped.order_lsn.value == 0) return true;
  Order* order = find(skipped.order_lsn);
  std::size_t index = 0;
  const bool whole = order != nullptr && OrderParts(order->record).policy == engine::Policy::ship_complete;
  if (order == nullptr || (!whole && line_of(*order, skipped.line, index) == nullptr)) return refuse("it passes over an order that is not there");
  OrderParts parts(order->record);
  const std::uint8_t skips = parts.patience(index);
  if (skips == engine::strict_patience) return refuse("it passes over somebody who is strict");
  parts.set_patience(index, std::min<std::uint8_t>(engine::most_skips, static_cast<std::uint8_t>(skips + 1)));
  return true;
}

// Who is whole has forgotten everything.
void StateBatch::settle_patience(Order& order, std::size_t line_index) {
  OrderParts parts(order.record);
  const auto waits = [](const engine::LineImage& line) { return line.waiting != 0; };
  const bool still = parts.policy == engine::Policy::ship_complete ? std::any_of(parts.lines.begin(), parts.lines.end(), waits) : waits(parts.lines[line_index]);
  if (!still) parts.set_patience(line_index, 0);
}

bool StateBatch::fold(const engine::Stamp&, const engine::StrictDecision& decision) {
  Order* order = find(decision.order_lsn);
  std::size_t index = 0;
  const bool whole = order != nullptr && OrderParts(order->record).policy == engine::Policy::ship_complete;
  if (order == nullptr || (!whole && line_of(*order, decision.line, index) == nullptr)) return refuse("it is of an order that is not there");
  OrderParts(order->record).set_patience(index, engine::strict_patience);
  std::set<std::pair<engine::Lsn, std::uint16_t>> changed;
  for (std::size_t row = 0; row < decision.lost.size(); ++row) {
    const engine::LostUnits& lost = decision.lost[row];
    if (!lose(lost)) return false;
    engine::CellImage& to = cell(lost.sku, lost.warehouse);
    to.level += lost.quantity;
    to.lsn = lsn_;
    if (engine::available_of(to.level) > to.on_hand) return refuse("it frees more than is on hand");
    if (!agrees(to, decision.freed[row].available_after)) return false;
    changed.insert({lost.order_lsn, lost.shipment});
  }
  for (const auto& [loser, number] : changed) ++shipment_of(*find(loser), number).revision;
  return true;
}

}  // namespace earmark::storage
