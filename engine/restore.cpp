// Replay: decisions become state again, record by record. Shares the small steps (building an order, changing the
// book) with the live path, decides nothing.
#include <algorithm>
#include <utility>

#include "engine/cancel_steps.hpp"
#include "engine/engine.hpp"
#include "engine/entries.hpp"
#include "engine/patience.hpp"
#include "engine/shipment_plan.hpp"
#include "engine/shipments.hpp"

namespace earmark::engine {

BlockRef Engine::restore_id(const Stamp& stamp, IdSpace space, Identity identity, std::uint64_t content, BlockRef block) {
  const CommandIds::Place place = shared_.ids.find(no_writes_, identity);
  EARMARK_CHECK(place.known == 0 && place.slot != nullptr);
  if (block == 0) {
    block = restore_blocks_.allocate(sizeof(KnownCommand), BlockCache::For::accepted);
    EARMARK_CHECK(block != 0);
    auto* known = shared_.blocks.at<KnownCommand>(block);
    known->identity = identity;
    known->content = content;
    known->set(stamp.lsn, space);
  }
  place.slot->store(CommandIds::word_after(place.seen, identity, block), std::memory_order_release);
  return block;
}

void Engine::start_waiting(BlockRef block) {
  book_.start_waiting(shared_, block, OrderState::no_line);
  const auto* order = shared_.blocks.at<OrderState>(block);
  if (takes_all(*order) && !order->not_due) whole_orders_.push_back(block);
}

void Engine::count_skip(const Skip& skipped, BlockRef by) {
  if (skipped.order_lsn.value == 0) return;
  const BlockRef block = order_block(skipped.order);
  auto* order = shared_.blocks.at<OrderState>(block);
  EARMARK_CHECK(order->known.lsn() == skipped.order_lsn);
  book_.count_skip(shared_, block, line_of(*order, skipped.line), by);
}

// Of a ship_complete order any line speaks for it.
std::size_t Engine::line_of(OrderState& order, LineNumber line) {
  return order.policy == Policy::ship_complete ? 0 : static_cast<std::size_t>(&order.line(line) - order.lines().data());
}

BlockRef Engine::order_block(std::string_view id) {
  const BlockRef block = shared_.ids.find(no_writes_, identify(IdSpace::order, id)).known;
  EARMARK_CHECK(block != 0);
  return block;
}

void Engine::add_to_cell(SkuId sku, WarehouseId warehouse, std::int64_t change) {
  Atomic<std::uint64_t>& cell = shared_.cell(sku, warehouse);
  const CellWord word{cell.load(std::memory_order_relaxed)};
  const std::int64_t level = signed_level(word.level()) + change;  // below 0: overdrawn
  EARMARK_CHECK(level >= -std::int64_t{max_quantity} && level <= max_quantity);
  cell.store(word.with_level(static_cast<Quantity>(level), false).bits, std::memory_order_relaxed);
}

void Engine::restore(const Stamp& stamp, const OrderDecision& decision) {
  restored(stamp);
  const BlockRef block = restore_blocks_.allocate(OrderState::bytes_for(decision), BlockCache::For::accepted);
  EARMARK_CHECK(block != 0);
  const Identity identity = identify(IdSpace::order, decision.id);
  EARMARK_CHECK(build_order(restore_blocks_, block, decision, identity, stamp));
  restore_id(stamp, IdSpace::order, identity, decision.content, block);
  Cause cause{stamp.lsn, stamp.time, {}, {}, 0, false};
  if (!decision.hold.empty() && !decision.reacquired) {
    const Lsn hold = hold_lsn(decision.hold);
    cause.steps = hold_end_steps(shared_.blocks, *shared_.blocks.at<OrderState>(book_.holds.at(hold).block), &decision);
    for (const ReceivedRow& row : decision.returned) add_to_cell(row.sku, row.warehouse, row.quantity);
    end_hold(hold, HoldEnd::confirmed);
  }
  count_skip(decision.skipped, block);
  std::size_t next = 0;
  for (const LineDecision& line : decision.lines) {
    if (line.taken != 0) add_to_cell(line.sku, line.warehouse, -static_cast<std::int64_t>(line.taken));
    for (std::size_t more = 0; more < line.more_takes; ++more, ++next) {
      add_to_cell(line.sku, decision.takes[next].warehouse, -static_cast<std::int64_t>(decision.takes[next].quantity));
    }
  }
  start_waiting(block);
  book_.set_timers(shared_, block);
  book_.promise(stamp, decision);
  if (decision.fills_follow) open_cause_ = std::move(cause);
  view_.apply(stamp, decision);
}

void Engine::restore(const Stamp& stamp, const ReceiptDecision& decision) {
  restored(stamp);
  restore_id(stamp, IdSpace::receipt, identify(IdSpace::receipt, decision.id), decision.content, 0);
  Cause cause{stamp.lsn, stamp.time, {}, {}, 0, false};
  for (const ReceivedRow& row : decision.rows) add_to_cell(row.sku, row.warehouse, row.quantity);
  cause.steps = steps_of(decision.rows);
  book_.apply_receipt(shared_, decision.rows);
  if (decision.fills_follow) open_cause_ = std::move(cause);
  view_.apply(stamp, decision);
}

void Engine::restore(const Stamp& stamp, const LoadDecision& decision) {
  restored(stamp);
  Cause cause{stamp.lsn, stamp.time, {}, {}, 0, false};
  for (const ReceivedRow& row : decision.stock) add_to_cell(row.sku, row.warehouse, row.quantity);
  cause.steps = steps_of(decision.stock);
  book_.apply_load(shared_, decision.warehouses, decision.products, decision.stock);
  const CatalogueView* view = book_.catalogue.make_view({}, book_.catalogue.sku_count());
  shared_.catalogue.store(reinterpret_cast<std::uint64_t>(view), std::memory_order_release);
  if (decision.fills_follow) open_cause_ = std::move(cause);
  view_.apply(stamp, decision);
}

void Engine::restore(const Stamp& stamp, const FillDecision& decision) {
  restored(stamp);
  const BlockRef block = order_block(decision.order_id);
  auto* order = shared_.blocks.at<OrderState>(block);
  OrderLineState& line = order->line(decision.line);
  count_skip(decision.skipped, block);
  Quantity units = 0;
  for (const Take& take : decision.takes) {
    add_to_cell(decision.sku, take.warehouse, -static_cast<std::int64_t>(take.quantity));
    EARMARK_CHECK(allocate(restore_blocks_, line, take.warehouse, take.shipment, take.quantity));
    if (take.shipment < order->next_shipment) raise_revision(restore_blocks_, *order, take.shipment);
    order->next_shipment = std::max(order->next_shipment, static_cast<std::uint16_t>(take.shipment + 1));
    units += take.quantity;
  }
  const auto index = static_cast<std::size_t>(&line - order->lines().data());
  const QueuePlace place = decision.raised_at.value == 0 ? own_place(*order, index) : QueuePlace::of(order->priority, decision.raised_at, index);
  book_.queues.reduce(book_.queue_of(shared_, line.sku, line.pinned), place, units);
  stop_waiting_at(restore_blocks_, *order, place, units);
  EARMARK_CHECK(line.waiting == decision.still_waiting);
  book_.settle_patience(shared_, block, index);
  view_.apply(stamp, decision);
  if (!open_cause_ || open_cause_->lsn != stamp.cause) return;
  while (open_cause_->next_step < open_cause_->steps.size() && open_cause_->steps[open_cause_->next_step].row != decision.row) {
    ++open_cause_->next_step;
  }
  open_cause_->begun = true;
  if (decision.last) open_cause_.reset();
}

void Engine::restore(const Stamp& stamp, const CancelDecision& decision) {
  restored(stamp);
  const bool by_time = decision.command_id.empty();
  if (!by_time) restore_id(stamp, IdSpace::cancel, identify(IdSpace::cancel, decision.command_id), decision.content, 0);
  take_back(stamp, decision.order_id, decision.lines, decision.released, {}, decision.fills_follow);
  view_.apply(stamp, decision);
}

void Engine::restore(const Stamp& stamp, const AmendDecision& decision) {
  restored(stamp);
  if (decision.command_id.empty()) return restore_due(stamp, decision);
  restore_id(stamp, IdSpace::amend, identify(IdSpace::amend, decision.command_id), decision.content, 0);
  take_back(stamp, decision.order_id, decision.lines, decision.released, decision.raised, decision.fills_follow);
  if (decision.priority) book_.change_priority(shared_, order_block(decision.order_id), *decision.priority);
  view_.apply(stamp, decision);
}

void Engine::restore_due(const Stamp& stamp, const AmendDecision& decision) {
  const BlockRef block = order_block(decision.order_id);
  const auto* order = shared_.blocks.at<OrderState>(block);
  book_.set_due(shared_, block, true);
  book_.set_timers(shared_, block);
  if (order->policy == Policy::ship_complete) whole_orders_.push_back(block);
  if (decision.fills_follow) open_cause_ = Cause{stamp.lsn, stamp.time, {}, due_steps(*order), 0, false};
}

void Engine::restore(const Stamp& stamp, const StrictDecision& decision) {
  restored(stamp);
  const BlockRef block = order_block(decision.order_id);
  auto* order = shared_.blocks.at<OrderState>(block);
  const std::size_t line = line_of(*order, decision.line);
  book_.turn_strict(shared_, block, line);
  std::vector<std::pair<BlockRef, std::uint16_t>> lists;
  for (const LostUnits& units : decision.lost) {
    const BlockRef victim = order_block(decision.orders[units.order]);
    auto* loser = shared_.blocks.at<OrderState>(victim);
    book_.lose(shared_, victim, static_cast<std::size_t>(&loser->line(units.line) - loser->lines().data()), units);
    add_to_cell(units.sku, units.warehouse, units.quantity);
    lists.emplace_back(victim, units.shipment);
  }
  book_.pick_lists_changed(shared_, restore_blocks_, std::move(lists));
  book_.set_timers(shared_, block);
  if (decision.fills_follow) open_cause_ = Cause{stamp.lsn, stamp.time, {}, strict_steps(*order, line, decision.lost), 0, false};
  view_.apply(stamp, decision);
}

void Engine::take_back(const Stamp& stamp, std::string_view order_id, std::span<const CancelledLine> lines, std::span<const Take> released,
                       std::span<const RaisedLine> raised, bool fills_follow) {
  std::size_t next = 0;
  for (const CancelledLine& line : lines) {
    for (std::uint32_t count = 0; count < line.releases; ++count, ++next) add_to_cell(line.sku, released[next].warehouse, released[next].quantity);
  }
  // One that found nothing may be of an order that has left memory.
  const bool found = std::any_of(lines.begin(), lines.end(), [](const CancelledLine& line) { return line.waiting != 0 || line.releases != 0; });
  if (!found && raised.empty()) return;
  const BlockRef block = order_block(order_id);
  EARMARK_CHECK(book_.raise(shared_, restore_blocks_, block, stamp.lsn, raised, BlockCache::For::accepted));
  book_.apply_cancel(shared_, restore_blocks_, block, lines, released);
  const auto* order = shared_.blocks.at<OrderState>(block);
  const auto waiting = [&](std::size_t index) { return order->lines()[index].waiting; };
  if (!raised.empty() && order->policy == Policy::ship_complete) whole_orders_.push_back(block);
  if (!fills_follow) return;
  open_cause_ = Cause{stamp.lsn, stamp.time, {}, cancel_steps(*order, lines, released, waiting), 0, false};
  add_raise_steps(*order, raised, lines.size(), open_cause_->steps);
}

void Engine::restore(const Stamp& stamp, const ShipDecision& decision) {
  restored(stamp);
  restore_id(stamp, IdSpace::ship, identify(IdSpace::ship, decision.command_id), decision.content, 0);
  if (!decision.shipped.empty()) book_.apply_ship(shared_, order_block(decision.order_id));
  view_.apply(stamp, decision);
}

void Engine::restore(const Stamp& stamp, const ShipmentDecision& decision) {
  restored(stamp);
  restore_id(stamp, IdSpace::shipment, identify(IdSpace::shipment, decision.command_id), decision.content, 0);
  const bool to_available = decision.step == ShipmentStep::give_back && !decision.to_unavailable;
  for (const MovedLine& line : decision.lines) {
    if (to_available) add_to_cell(line.sku, decision.warehouse, line.quantity);
  }
  settler_.restore(stamp, decision, restore_blocks_);
  // Of a short pick, the stock change behind it says what is to be served.
  if (to_available && decision.fills_follow) {
    open_cause_ = Cause{stamp.lsn, stamp.time, {}, steps_of_return(decision.lines, decision.warehouse), 0, false};
  }
  view_.apply(stamp, decision);
}

void Engine::restore(const Stamp& stamp, const VoidDecision& decision) {
  restored(stamp);
  if (decision.oldest_known.value != 0) shared_.oldest_known.store(decision.oldest_known.value, std::memory_order_relaxed);
  view_.apply(stamp, decision);
}

void Engine::restore_finished() {
  const CatalogueView& catalogue = SharedState::catalogue_of(shared_.catalogue.load(std::memory_order_acquire));
  for (std::uint32_t id = 1; id <= catalogue.sku_count; ++id) {
    const bool anywhere = book_.sku_queues[id] != 0;
    for (const WarehouseId warehouse : catalogue.by_priority) {
      const CellIndex index = shared_.cell_index(SkuId{id}, warehouse);
      if (!anywhere && book_.cell_queues[index.value] == 0) continue;
      const CellWord word{shared_.cells[index.value].load(std::memory_order_relaxed)};
      shared_.cells[index.value].store(word.gated(true).bits, std::memory_order_relaxed);
    }
  }
  std::erase_if(whole_orders_, [&](BlockRef block) {
    const auto* order = shared_.blocks.at<OrderState>(block);
    return !takes_all(*order) || !waits_at_all(*order);
  });
  find_pegged_orders();
  book_.touch_everything();  // what a crash may have cut off between a decision and what follows from it
  settler_.continue_after_recovery(std::exchange(open_cause_, std::nullopt), whole_orders_, last_record_);
  whole_orders_.clear();
  shared_.commit_word.start_at(restored_);
  shared_.window.advance(restored_);
  view_.start_at(restored_);
}

}  // namespace earmark::engine
