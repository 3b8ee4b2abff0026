// Stock changes folded into the state: cells by their rows, and the lines that lost units, which wait again.
#include <set>

#include "engine/limits.hpp"
#include "storage/order_record.hpp"
#include "storage/state_batch.hpp"

namespace earmark::storage {

bool StateBatch::lose(const engine::LostUnits& lost) {
  Order* order = find(lost.order_lsn);
  std::size_t index = 0;
  engine::LineImage* line = order == nullptr ? nullptr : line_of(*order, lost.line, index);
  if (line == nullptr || line->sku != lost.sku) return refuse("it takes units of a line that is not there");
  engine::AllocationImage* from = allocation(*order, index, lost.warehouse, lost.shipment);
  if (from == nullptr || from->reserved < lost.quantity) return refuse("it takes more than is reserved");
  from->reserved -= lost.quantity;
  line->waiting += lost.quantity;
  return true;
}

bool StateBatch::fold(const engine::Stamp&, const engine::StockChangeDecision& decision) {
  if (decision.id.size() > engine::max_id_bytes) return refuse("its id is too long");
  const bool of_a_pick = decision.kind == engine::ChangeKind::short_pick;
  if (!of_a_pick) know(engine::IdSpace::stock_change, engine::identify(engine::IdSpace::stock_change, decision.id), decision.content, {});
  std::set<std::pair<engine::Lsn, std::uint16_t>> changed;
  for (const engine::LostUnits& lost : decision.lost) changed.insert({lost.order_lsn, lost.shipment});
  std::size_t next = 0;
  for (std::size_t index = 0; index < decision.rows.size(); ++index) {
    const engine::ChangedRow& row = decision.rows[index];
    std::int64_t lost = 0;
    for (; next < decision.lost.size() && decision.lost[next].row == index; ++next) {
      if (!lose(decision.lost[next])) return false;
      lost += decision.lost[next].quantity;
    }
    engine::CellImage& of = cell(row.sku, row.warehouse);
    const std::int64_t on_hand = std::int64_t{of.on_hand} + row.on_hand_change;
    const std::int64_t unavailable = std::int64_t{of.unavailable} + row.unavailable_change;
    const std::int64_t available = std::int64_t{of.available} + row.on_hand_change - row.unavailable_change + lost;
    if (on_hand < 0 || on_hand > engine::max_quantity || unavailable < 0 || available < 0 ||
        available + unavailable + of.held > on_hand) {
      return refuse("it takes more than is there");
    }
    of.on_hand = static_cast<engine::Quantity>(on_hand);
    of.unavailable = static_cast<engine::Quantity>(unavailable);
    of.available = static_cast<engine::Quantity>(available);
    of.lsn = lsn_;
    if (!agrees(of, row.available_after)) return false;
  }
  for (const auto& [order, number] : changed) ++shipment_of(*find(order), number).revision;
  return true;
}

}  // namespace earmark::storage
