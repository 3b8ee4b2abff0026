// Stock changes folded into the state: cells by their rows, the lines that lost units, which wait again, and holds, which have less.
#include <algorithm>
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

bool StateBatch::lose_held(const engine::LostUnits& lost, std::string_view id) {
  Hold* hold = find_hold(id);
  if (hold == nullptr || hold->lsn != lost.order_lsn) return refuse("it takes units of a line that is not there");
  auto from = hold->allocations.begin();
  for (engine::LineImage& line : hold->lines) {
    const auto end = from + line.allocations;
    if (line.line == lost.line && line.sku == lost.sku) {
      const auto found = std::find_if(from, end, [&](const auto& each) { return each.warehouse == lost.warehouse && each.shipment == lost.shipment; });
      if (found == end || found->reserved < lost.quantity) return refuse("it takes more than is held");
      found->reserved -= lost.quantity;
      line.waiting += lost.quantity;
      cell(lost.sku, lost.warehouse).held -= lost.quantity;
      return true;
    }
    from = end;
  }
  return refuse("it takes units of a line that is not there");
}

bool StateBatch::fold(const engine::Stamp&, const engine::StockChangeDecision& decision) {
  if (decision.id.size() > engine::max_id_bytes) return refuse("its id is too long");
  const bool of_a_pick = decision.kind == engine::ChangeKind::short_pick;
  if (!of_a_pick) know(engine::IdSpace::stock_change, engine::identify(engine::IdSpace::stock_change, decision.id), decision.content, {});
  std::set<std::pair<engine::Lsn, std::uint16_t>> changed;
  for (std::size_t index = 0; index < decision.lost.size(); ++index) {
    if (!decision.of_hold(index)) changed.insert({decision.lost[index].order_lsn, decision.lost[index].shipment});
  }
  std::size_t next = 0;
  for (std::size_t index = 0; index < decision.rows.size(); ++index) {
    const engine::ChangedRow& row = decision.rows[index];
    std::int64_t lost = 0;
    for (; next < decision.lost.size() && decision.lost[next].row == index; ++next) {
      const engine::LostUnits& units = decision.lost[next];
      if (!(decision.of_hold(next) ? lose_held(units, decision.orders[units.order]) : lose(units))) return false;
      lost += units.quantity;
    }
    engine::CellImage& of = cell(row.sku, row.warehouse);
    const std::int64_t on_hand = std::int64_t{of.on_hand} + row.on_hand_change;
    const std::int64_t unavailable = std::int64_t{of.unavailable} + row.unavailable_change;
    const std::int64_t level = engine::signed_level(of.level) + row.on_hand_change - row.unavailable_change + lost;
    if (on_hand < 0 || on_hand > engine::max_quantity || unavailable < 0 || level + unavailable + of.held > on_hand ||
        (level < 0) != decision.overdraws(index) || (level < 0 && of.held != 0)) {
      return refuse("it takes more than is there");
    }
    of.on_hand = static_cast<engine::Quantity>(on_hand);
    of.unavailable = static_cast<engine::Quantity>(unavailable);
    of.level = static_cast<engine::Quantity>(level);
    of.lsn = lsn_;
    if (!agrees(of, row.available_after)) return false;
  }
  for (const auto& [order, number] : changed) ++shipment_of(*find(order), number).revision;
  return true;
}

}  // namespace earmark::storage
