// Ship without picks: everything the order has reserved now is picked, packed and shipped in one step (R7). On hand
// falls, available does not change; waiting parts keep waiting. Of a cell that is overdrawn only what is there can ship. What is set aside for
// somebody who is not whole stays (engine/patience.hpp).
#include "engine/patience.hpp"
#include "engine/settler.hpp"

namespace earmark::engine {

Error Settler::judge_ship(const OrderState& order) const {
  const std::vector<std::uint16_t> set_aside = set_aside_shipments(shared_.blocks, order);
  Leaving leaving(book_);
  Error error;
  for (std::size_t index = 0; index < order.lines().size(); ++index) {
    const OrderLineState& line = order.lines()[index];
    for_each_allocation(shared_.blocks, line, [&](const Allocation& allocation) {
      if (is_among(set_aside, allocation.shipment)) return;
      const CellIndex cell = shared_.cell_index(line.sku, allocation.warehouse);
      if (error.code != ErrorCode::none || allocation.reserved == 0 || leaving.can(cell, allocation.reserved)) return;
      error = {ErrorCode::overdrawn, static_cast<std::uint32_t>(index + 1), line.line};
    });
  }
  return error;
}

bool Settler::settle(const ShipOrder& ship, const Message& message, Committer& committer) {
  Judged judged;
  BlockRef block = 0;
  std::vector<ShippedLine> lines;
  std::vector<Take> shipped;
  const Lsn asked_at = shared_.commit_word.stable(CommitWord::settler_descriptor).lsn();
  const OrderState* order = find_order(ship.order_id, block, committer);
  const std::size_t line_count = order == nullptr ? 0 : order->line_count;
  const BlockRef known = committer.blocks().allocate(sizeof(KnownCommand));
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1,
      2048 + line_count * (sizeof(ShippedLine) + sizeof(Take) * shared_.capacity.warehouses) * 9 / 8,
      [&](StableState, Bundle& bundle, std::size_t) {
        judged = judge_id(IdSpace::ship, ship.command_id, message.content, ErrorCode::duplicate_ship);
        if (judged.error.code != ErrorCode::none || judged.original.value != 0) return;
        if (order == nullptr) judged.error.code = ErrorCode::unknown_order;
        else judged.error = judge_ship(*order);
        if (judged.error.code == ErrorCode::none && (known == 0 || judged.place.slot == nullptr)) judged.error.code = ErrorCode::overloaded;
        if (judged.error.code != ErrorCode::none) return;
        lines.clear();
        shipped.clear();
        const std::vector<std::uint16_t> set_aside = set_aside_shipments(shared_.blocks, *order);
        for (const OrderLineState& line : order->lines()) {
          ShippedLine& result = lines.emplace_back(ShippedLine{line.line, line.sku, 0});
          for_each_allocation(shared_.blocks, line, [&](const Allocation& allocation) {
            if (allocation.reserved == 0 || is_among(set_aside, allocation.shipment)) return;
            const CellWord word{writes_.read(shared_.cell(line.sku, allocation.warehouse))};
            shipped.push_back({allocation.reserved, word.free(), allocation.warehouse, allocation.shipment});
            ++result.ships;
          });
        }
        write_id(judged, known, IdSpace::ship, message.content, bundle.next());
        bundle.add(message.time, {}, ShipDecision{ship.command_id, ship.order_id, message.content, lines, shipped, order->texts().customer},
                   message.reply);
      });
  if (committed.attempt != Attempt::committed) {
    if (known != 0) committer.blocks().give_back(known, sizeof(KnownCommand));
    if (committed.attempt == Attempt::no_room) return false;
    answer(judged, order == nullptr ? asked_at : committed.last, message.reply, committer);
    return true;
  }
  book_.apply_ship(shared_, block);
  committer.announce(committed.first);
  return true;
}

}  // namespace earmark::engine
