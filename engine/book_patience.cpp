// What the book knows of those who wait for all or nothing: how often each was passed over, who has turned strict and is not whole.
#include <utility>

#include "engine/book.hpp"
#include "engine/entries.hpp"
#include "engine/order_state.hpp"
#include "engine/patience.hpp"

namespace earmark::engine {
namespace {

// As it stands in `impatient`.
std::pair<Lsn, std::uint16_t> key_of(const OrderState& order, std::size_t line_index) noexcept {
  return {order.known.lsn(), order.policy == Policy::ship_complete ? std::uint16_t{0} : static_cast<std::uint16_t>(line_index)};
}

// The lines of him who waits by this one.
template <class Visitor>
void for_each_line_of_waiter(OrderState& order, std::size_t line_index, Visitor&& visit) {
  if (order.policy != Policy::ship_complete) return visit(line_index);
  for (std::size_t index = 0; index < order.lines().size(); ++index) visit(index);
}

}  // namespace

PassedOver Book::passed_over(const SharedState& shared, const OrderDecision& decision, Lsn lsn) const {
  PassedOver best;
  if (!has_whole_takers) return best;  // nobody who could be: no queue need be looked at
  const QueuePlace place = QueuePlace::of(decision.priority, lsn, 0);
  const auto consider_first_of = [&](WaitingQueues::Root root) {
    const Waiter* waiter = queues.first_skippable(root);
    if (waiter != nullptr && waiter->place < place) best.consider(waiter);
  };
  const auto took = [&](SkuId sku, WarehouseId warehouse) {
    consider_first_of(sku_queues[sku.value]);
    consider_first_of(cell_queues[shared.cell_index(sku, warehouse).value]);
  };
  std::size_t next = 0;
  for (const LineDecision& line : decision.lines) {
    if (line.taken != 0) took(line.sku, line.warehouse);
    for (std::size_t more = 0; more < line.more_takes; ++more) took(line.sku, decision.takes[next++].warehouse);
  }
  return best;
}

void Book::count_skip(SharedState& shared, BlockRef block, std::size_t line_index, BlockRef by) {
  shared.blocks.at<OrderState>(by)->has_skipped = true;  // of an order that did by its own decision it says so already
  auto* order = shared.blocks.at<OrderState>(block);
  std::uint8_t& skips = patience_of(*order, order->lines()[line_index]);
  if (skips < most_skips) ++skips;
  note_impatient(shared, block, line_index);
}

void Book::note_impatient(SharedState& shared, BlockRef block, std::size_t line_index) {
  const auto* order = shared.blocks.at<OrderState>(block);
  const OrderLineState& line = order->lines()[line_index];
  if (patience_of(*order, line) >= shared.capacity.max_skips && can_turn_strict(*order, line)) impatient.emplace(key_of(*order, line_index), block);
}

void Book::list_strict(SharedState& shared, BlockRef block, std::size_t line_index, bool on) {
  const auto* order = shared.blocks.at<OrderState>(block);
  const std::uint32_t sku = order->lines()[line_index].sku.value;
  const QueuePlace place = own_place(*order, line_index);
  if (on) {
    strict_lines[sku].emplace(place, block);
    return;
  }
  const auto found = strict_lines.find(sku);
  if (found == strict_lines.end()) return;
  found->second.erase(place);
  if (found->second.empty()) strict_lines.erase(found);
}

Book::Patience Book::turn_strict(SharedState& shared, BlockRef block, std::size_t line_index) {
  auto* order = shared.blocks.at<OrderState>(block);
  std::uint8_t& patience = patience_of(*order, order->lines()[line_index]);
  const Patience before{std::exchange(patience, strict_patience), std::exchange(order->parked_line, OrderState::no_line)};
  impatient.erase(key_of(*order, line_index));
  for_each_line_of_waiter(*order, line_index, [&](std::size_t index) {
    const OrderLineState& line = order->lines()[index];
    touched.add(line.sku);
    list_strict(shared, block, index, true);
    for_each_entry(shared.blocks, *order, index, [&](QueuePlace place, Quantity) {
      queues.set_takes(queue_of(shared, line.sku, line.pinned), place, Takes::any);
    });
  });
  return before;
}

void Book::turn_back(SharedState& shared, BlockRef block, std::size_t line_index, Patience before) {
  auto* order = shared.blocks.at<OrderState>(block);
  patience_of(*order, order->lines()[line_index]) = before.skips;
  for_each_line_of_waiter(*order, line_index, [&](std::size_t index) {
    const OrderLineState& line = order->lines()[index];
    list_strict(shared, block, index, false);
    for_each_entry(shared.blocks, *order, index, [&](QueuePlace place, Quantity) {
      queues.set_takes(queue_of(shared, line.sku, line.pinned), place, takes_of(*order, line));
    });
  });
  if (before.parked_line != OrderState::no_line && takes_all(*order)) park(shared, *order, before.parked_line);
  order->parked_line = before.parked_line;
  note_impatient(shared, block, line_index);
}

void Book::settle_patience(SharedState& shared, BlockRef block, std::size_t line_index) {
  auto* order = shared.blocks.at<OrderState>(block);
  OrderLineState& line = order->lines()[line_index];
  if (line.waiting == 0 && !promises.empty()) promises.line_is_whole(order->known.lsn(), static_cast<std::uint32_t>(line_index), line.sku);
  if (!waits_whole(*order, line)) return;
  if (waiter_waits(*order, line)) return;
  if (const std::uint8_t patience = std::exchange(patience_of(*order, line), std::uint8_t{0}); patience == strict_patience) {
    for_each_line_of_waiter(*order, line_index, [&](std::size_t index) { list_strict(shared, block, index, false); });
  } else if (patience != 0) {
    impatient.erase(key_of(*order, line_index));
  }
  if (shared.capacity.max_wait_us != 0) set_timers(shared, block);
}

void Book::restore_patience(SharedState& shared, BlockRef block) {
  auto* order = shared.blocks.at<OrderState>(block);
  for (std::size_t index = 0; index < order->lines().size(); ++index) {
    const OrderLineState& line = order->lines()[index];
    if (!waits_whole(*order, line)) continue;
    if (is_strict(*order, line)) list_strict(shared, block, index, true);
    else note_impatient(shared, block, index);
  }
}

}  // namespace earmark::engine
