// A start from the state store: values become state. What was decided since is replayed behind it (engine/restore.cpp).
#include "engine/engine.hpp"

namespace earmark::engine {

void Engine::restore_base(const LoadDecision& part) {
  book_.apply_load(shared_, part.warehouses, part.products, {});
  view_.apply(Stamp{}, LoadDecision{false, part.warehouses, part.products, {}});
}

void Engine::restore_base(const CellImage& cell) {
  const CellIndex index = shared_.cell_index(cell.sku, cell.warehouse);
  book_.stock[index.value] = {cell.on_hand, cell.held, cell.unavailable, cell.opening_plus_one};
  shared_.cells[index.value].store(CellWord{}.with_level(cell.level, false).bits, std::memory_order_relaxed);
  view_.restore(cell);
}

void Engine::restore_base(const OrderImage& order) {
  const BlockRef block = restore_blocks_.allocate(OrderState::bytes_for(order));
  EARMARK_CHECK(block != 0);
  const Identity identity = identify(IdSpace::order, order.id);
  EARMARK_CHECK(build_order(restore_blocks_, block, order, identity));
  restore_id({order.lsn, order.time, {}}, IdSpace::order, identity, order.content, block);
  book_.count_picked(shared_, block);
  start_waiting(block);
  book_.restore_patience(shared_, block);
  book_.set_timers(shared_, block);
  book_.promises.restore(order.lsn, order.promises, [&](std::uint32_t index) { return order.lines[index].sku; });
  for (const LineImage& line : order.lines) {
    if (line.waiting != 0) view_.add_backordered(line.sku, line.waiting);
  }
}

void Engine::restore_base(const KnownImage& known) {
  const BlockRef block = restore_id({known.lsn, {}, {}}, known.space, known.identity, known.content, 0);
  shared_.blocks.at<KnownCommand>(block)->set(known.lsn, known.space, known.space == IdSpace::order);
  shared_.blocks.at<KnownCommand>(block)->end(known.ended);
}

void Engine::restore_base(const HoldImage& hold) {
  const BlockRef block = restore_blocks_.allocate(bytes_for_hold(hold));
  EARMARK_CHECK(block != 0);
  const Identity identity = identify(IdSpace::hold, hold.id);
  EARMARK_CHECK(build_hold(restore_blocks_, block, hold, identity));
  const BlockRef known = restore_id({hold.lsn, hold.time, {}}, IdSpace::hold, identity, hold.content, 0);
  // The cells' images have the held units already.
  book_.holds[hold.lsn] = {block, known, hold.deadline, book_.timers.add({hold.deadline, TimerKind::hold, hold.lsn.value})};
  shared_.next_due_us.store(book_.timers.next_due().value, std::memory_order_relaxed);
}

void Engine::restore_base(const TransferImage& transfer) {
  const BlockRef known = restore_id({transfer.lsn, transfer.time, {}}, IdSpace::transfer, identify(IdSpace::transfer, transfer.id), transfer.content, 0);
  book_.transfers.add(shared_, transfer.lsn, OpenTransfer(transfer, known));
  book_.set_transfer_timer(shared_, transfer.lsn);
  for (const TransferLine& line : transfer.lines) view_.add_incoming(line.sku, transfer.destination, line.in_transit());
}

void Engine::restore_base_finished(Lsn applied, Lsn oldest_known) {
  restored_ = applied;
  const CatalogueView* view = book_.catalogue.make_view({}, book_.catalogue.sku_count());
  shared_.catalogue.store(reinterpret_cast<std::uint64_t>(view), std::memory_order_release);
  shared_.oldest_known.store(oldest_known.value, std::memory_order_relaxed);
}

void Engine::forget(Identity identity) {
  restore_writes_.clear();
  const CommandIds::Place place = shared_.ids.find(restore_writes_, identity);
  if (place.known == 0) return;
  const auto* known = shared_.blocks.at<KnownCommand>(place.known);
  if (known->is_order_in_memory() || known->is_open_hold() || book_.transfers.is_open(*known) || book_.purchases.is_open(*known)) return;
  shared_.ids.forget(restore_writes_, place);
  for (const WordWrite& write : restore_writes_.entries()) write.word->store(write.after, std::memory_order_relaxed);
  restore_blocks_.give_back(place.known, sizeof(KnownCommand));
}

}  // namespace earmark::engine
