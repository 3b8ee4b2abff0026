// A start from the state store: values become state. What was decided since is replayed behind it (engine/restore.cpp).
// Most of a start's time is waiting for memory: every order's slot of the id table and every line's queue lie elsewhere. So slots are fetched ahead, and
// waiters are gathered by their SKUs (engine/gathered_waiters.hpp).
#include <algorithm>

#include "engine/engine.hpp"
#include "engine/entries.hpp"
#include "engine/patience.hpp"

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
  const BlockRef block = restore_order(order);
  const KnownCommand& known = shared_.blocks.at<OrderState>(block)->known;
  restore_id({known.lsn(), {}, {}}, IdSpace::order, known.identity, known.content, block);
  book_.count_picked(shared_, block);
  start_waiting(block);
  book_.restore_patience(shared_, block);
  book_.set_timers(shared_, block);
  for (const LineImage& line : order.lines) {
    if (line.waiting != 0) view_.add_backordered(line.sku, line.waiting);
  }
}

BlockRef Engine::restore_order(const OrderImage& order) {
  const BlockRef block = restore_blocks_.allocate(OrderState::bytes_for(order), BlockCache::For::accepted);
  EARMARK_CHECK(block != 0);
  EARMARK_CHECK(build_order(restore_blocks_, block, order, identify(IdSpace::order, order.id)));
  book_.promises.restore(order.lsn, order.promises, [&](std::uint32_t index) { return order.lines[index].sku; });
  return block;
}

void Engine::restore_built(std::span<const BlockRef> orders) {
  constexpr std::size_t ids_ahead = 16, orders_ahead = 32, line_bytes = 64;
  // What the other thread has just written is in its cache.
  const auto fetch = [&](std::size_t index) {
    const auto* block = shared_.blocks.at<std::byte>(orders[index]);
    for (std::size_t byte = 0; byte < 3 * line_bytes; byte += line_bytes) __builtin_prefetch(block + byte, 1);
  };
  const auto known_of = [&](std::size_t index) -> const KnownCommand& { return shared_.blocks.at<OrderState>(orders[index])->known; };
  if (!gathered_) gathered_.emplace(book_.catalogue.sku_count());
  for (std::size_t index = 0; index < std::min(orders_ahead, orders.size()); ++index) fetch(index);
  for (std::size_t index = 0; index < std::min(ids_ahead, orders.size()); ++index) shared_.ids.prefetch(known_of(index).identity);
  for (std::size_t index = 0; index < orders.size(); ++index) {
    if (index + orders_ahead < orders.size()) fetch(index + orders_ahead);
    if (index + ids_ahead < orders.size()) shared_.ids.prefetch(known_of(index + ids_ahead).identity);
    const BlockRef block = orders[index];
    const KnownCommand& known = known_of(index);
    restore_id({known.lsn(), {}, {}}, IdSpace::order, known.identity, known.content, block);
    book_.count_picked(shared_, block);
    start_waiting_gathered(block);
    book_.restore_patience(shared_, block);
    book_.set_timers(shared_, block);
  }
}

// As start_waiting(), but that those of a SKU's queue stand there only when they are all gathered.
void Engine::start_waiting_gathered(BlockRef block) {
  const auto& order = *shared_.blocks.at<OrderState>(block);
  for (std::size_t index = 0; index < order.lines().size(); ++index) {
    const OrderLineState& line = order.lines()[index];
    if (line.waiting == 0) continue;
    const Takes takes = takes_of(order, line);
    book_.has_whole_takers = book_.has_whole_takers || takes != Takes::any;
    if (order.policy == Policy::ship_complete) book_.most_lines_at_once = std::max<std::size_t>(book_.most_lines_at_once, order.line_count);
    for_each_entry(shared_.blocks, order, index, [&](QueuePlace place, Quantity units) {
      const Waiter waiter{place, block, units, takes};
      if (line.pinned.value == 0) return gathered_->add(line.sku, waiter, [&](SkuId sku, std::span<const Waiter> all) { insert_gathered(sku, all); });
      book_.queues.insert(book_.queue_of(shared_, line.sku, line.pinned), waiter);
      view_.add_backordered(line.sku, units);
    });
  }
  if (takes_all(order) && !order.not_due) whole_orders_.push_back(block);
}

void Engine::insert_gathered(SkuId sku, std::span<const Waiter> all) noexcept {
  std::int64_t units = 0;
  for (const Waiter& waiter : all) units += waiter.quantity;
  book_.queues.insert(book_.sku_queues[sku.value], all);
  view_.add_backordered(sku, units);
}

void Engine::restore_built_finished() {
  if (gathered_) gathered_->finish([&](SkuId sku, std::span<const Waiter> all) { insert_gathered(sku, all); });
  gathered_.reset();
}

void Engine::restore_base(const KnownImage& known) {
  const BlockRef block = restore_id({known.lsn, {}, {}}, known.space, known.identity, known.content, 0);
  shared_.blocks.at<KnownCommand>(block)->set(known.lsn, known.space, known.space == IdSpace::order);
  shared_.blocks.at<KnownCommand>(block)->end(known.ended);
}

void Engine::restore_base(const HoldImage& hold) {
  const BlockRef block = restore_blocks_.allocate(bytes_for_hold(hold), BlockCache::For::accepted);
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
