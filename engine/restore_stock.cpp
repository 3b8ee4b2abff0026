// Replay of stock changes: rows and victims as they were recorded, and the SKUs that are still to be served.
#include <utility>

#include "engine/engine.hpp"
#include "engine/stock_change.hpp"

namespace earmark::engine {

void Engine::restore(const Stamp& stamp, const StockChangeDecision& decision) {
  restored(stamp);
  if (decision.kind != ChangeKind::short_pick) {  // which is its pick's
    restore_id(stamp, IdSpace::stock_change, identify(IdSpace::stock_change, decision.id), decision.content, 0);
  }
  std::vector<std::pair<BlockRef, std::uint16_t>> lists;
  std::size_t next = 0;
  for (std::size_t index = 0; index < decision.rows.size(); ++index) {
    const ChangedRow& row = decision.rows[index];
    std::int64_t change = std::int64_t{row.on_hand_change} - row.unavailable_change;
    for (; next < decision.lost.size() && decision.lost[next].row == index; ++next) {
      const LostUnits& lost = decision.lost[next];
      const bool of_hold = decision.of_hold(next);
      const BlockRef block = of_hold ? book_.holds.at(lost.order_lsn).block : order_block(decision.orders[lost.order]);
      auto* order = shared_.blocks.at<OrderState>(block);
      const auto line_index = static_cast<std::size_t>(&order->line(lost.line) - order->lines().data());
      change += lost.quantity;
      if (of_hold) {
        book_.lose_held(shared_, block, line_index, lost);
        continue;
      }
      book_.lose(shared_, block, line_index, lost);
      lists.emplace_back(block, lost.shipment);
      if (shared_.capacity.max_wait_us != 0) book_.set_timers(shared_, block);
      if (order->policy == Policy::ship_complete) whole_orders_.push_back(block);
    }
    add_to_cell(row.sku, row.warehouse, change);
  }
  EARMARK_CHECK(next == decision.lost.size());
  book_.apply_changed_rows(shared_, decision.rows);
  book_.pick_lists_changed(shared_, restore_blocks_, std::move(lists));
  const Lsn cause = stamp.cause.value != 0 ? stamp.cause : stamp.lsn;
  if (decision.fills_follow) open_cause_ = Cause{cause, stamp.time, {}, steps_of(decision.rows, decision.lost, decision.of_holds), 0, false};
  view_.apply(stamp, decision);
}

}  // namespace earmark::engine
