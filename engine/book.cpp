#include "engine/book.hpp"

#include <algorithm>
#include <utility>

#include "engine/entries.hpp"
#include "engine/order_state.hpp"
#include "engine/patience.hpp"
#include "engine/shipments.hpp"

namespace earmark::engine {

Takes takes_of(const OrderState& order, const OrderLineState& line) noexcept {
  if (order.not_due) return Takes::later;
  return is_strict(order, line) ? Takes::any : takes_of(line.policy.or_else(order.policy));
}

void Book::apply_load(const SharedState& shared, std::span<const LoadedWarehouse> warehouses,
                      std::span<const LoadedProduct> products, std::span<const ReceivedRow> rows) {
  for (const LoadedWarehouse& entry : warehouses) catalogue.put_warehouse(entry.id, entry.code, entry.name, entry.priority);
  for (const LoadedProduct& entry : products) catalogue.put_product(entry.id, entry.code, entry.description, entry.backorderable);
  for (const ReceivedRow& row : rows) {
    CellStock& cell = stock[shared.cell_index(row.sku, row.warehouse).value];
    cell.on_hand += row.quantity;
    cell.opening_plus_one = row.quantity + 1;
  }
  if (!warehouses.empty()) touch_everything();  // who waits without a pin counts where the first priority is
}

void Book::apply_receipt(const SharedState& shared, std::span<const ReceivedRow> rows) {
  for (const ReceivedRow& row : rows) stock[shared.cell_index(row.sku, row.warehouse).value].on_hand += row.quantity;
}

void Book::apply_cancel(SharedState& shared, BlockCache& blocks, BlockRef block, std::span<const CancelledLine> lines,
                        std::span<const Take> released) {
  auto* order = shared.blocks.at<OrderState>(block);
  std::size_t next = 0;
  bool cut = false;
  for (const CancelledLine& cancelled : lines) {
    OrderLineState& line = order->line(cancelled.line);
    const auto index = static_cast<std::size_t>(&line - order->lines().data());
    if (cancelled.waiting != 0) {
      for (const WaitingEntry& entry : cut_of(shared.blocks, *order, index, cancelled.waiting)) {
        queues.reduce(queue_of(shared, line.sku, line.pinned), entry.place, entry.units);
        stop_waiting_at(blocks, *order, entry.place, entry.units);
      }
      settle_patience(shared, block, index);
      cut = true;
    }
    for (std::uint32_t count = 0; count < cancelled.releases; ++count) {
      const Take& take = released[next++];
      change_allocations(shared.blocks, line, [&](Allocation& allocation) {
        if (allocation.warehouse == take.warehouse && allocation.shipment == take.shipment) allocation.reserved -= take.quantity;
      });
    }
  }
  if (cut) park_first_waiting(shared, *order);
  set_timers(shared, block);
  pick_lists_changed(shared, blocks, block, released);
}

void Book::park_first_waiting(const SharedState& shared, OrderState& order) {
  if (!takes_all(order) || order.not_due) return;
  const auto lines = order.lines();
  const auto waits = std::find_if(lines.begin(), lines.end(), [](const OrderLineState& line) { return line.waiting != 0; });
  if (waits != lines.end()) park(shared, order, static_cast<std::size_t>(waits - lines.begin()));
}

void Book::apply_ship(SharedState& shared, BlockRef block) {
  auto* order = shared.blocks.at<OrderState>(block);
  const std::vector<std::uint16_t> set_aside = set_aside_shipments(shared.blocks, *order);
  close_shipments(shared, *order, set_aside);
  for (OrderLineState& line : order->lines()) {
    change_allocations(shared.blocks, line, [&](Allocation& allocation) {
      if (is_among(set_aside, allocation.shipment)) return;
      stock[shared.cell_index(line.sku, allocation.warehouse).value].on_hand -= allocation.reserved;
      allocation.shipped += allocation.reserved;
      allocation.reserved = 0;
    });
  }
  set_timers(shared, block);
}

void Book::change_priority(SharedState& shared, BlockRef block, Priority priority) {
  auto* order = shared.blocks.at<OrderState>(block);
  const auto list_all = [&](bool on) {
    for (std::size_t index = 0; index < order->lines().size(); ++index) {
      if (is_strict(*order, order->lines()[index])) list_strict(shared, block, index, on);
    }
  };
  list_all(false);
  touched.add_rows(order->lines());
  stop_waiting(shared, block);
  order->priority = priority;
  list_all(true);
  const std::uint16_t parked_line = std::exchange(order->parked_line, OrderState::no_line);
  start_waiting(shared, block, parked_line);
}

void Book::set_timers(SharedState& shared, BlockRef block) {
  const auto* order = shared.blocks.at<OrderState>(block);
  const OrderTimes times = order->times();
  const Lsn lsn = order->known.lsn();
  const bool turns_strict = shared.capacity.max_wait_us != 0 && first_impatient_line(*order) != OrderState::no_line;
  if ((times.cancel_after.value | times.reserve_not_before.value) == 0 && !turns_strict && !timed_orders.contains(lsn)) return;
  const bool open = can_be_cancelled(shared.blocks, *order);
  TimedOrder& timed = timed_orders[lsn];
  timed.block = block;
  const auto set = [&](Timers::Handle& timer, TimerKind kind, TimeUs due, bool runs) {
    if ((timer != 0) == runs) return;
    if (runs) timer = timers.add({due, kind, lsn.value});
    else timers.remove(std::exchange(timer, 0U));
  };
  set(timed.cancel, TimerKind::cancel_order, times.cancel_after, open && times.cancel_after.value != 0);
  set(timed.due, TimerKind::order_due, times.reserve_not_before, open && order->not_due);
  set(timed.strict, TimerKind::turn_strict, std::max(TimeUs{order->time.value + shared.capacity.max_wait_us}, times.reserve_not_before), turns_strict);
  if ((timed.cancel | timed.due | timed.strict) == 0) timed_orders.erase(lsn);
  shared.next_due_us.store(timers.next_due().value, std::memory_order_relaxed);
}

void Book::set_due(SharedState& shared, BlockRef block, bool due) {
  auto* order = shared.blocks.at<OrderState>(block);
  order->not_due = !due;
  touched.add_rows(order->lines());
  order->parked_line = OrderState::no_line;
  for (std::size_t index = 0; index < order->lines().size(); ++index) {
    const OrderLineState& line = order->lines()[index];
    for_each_entry(shared.blocks, *order, index, [&](QueuePlace place, Quantity) {
      queues.set_takes(queue_of(shared, line.sku, line.pinned), place, takes_of(*order, line));
    });
  }
  if (due) park_first_waiting(shared, *order);
}

void Book::stop_waiting(SharedState& shared, BlockRef block) {
  const auto* order = shared.blocks.at<OrderState>(block);
  for (std::size_t index = 0; index < order->lines().size(); ++index) {
    const OrderLineState& line = order->lines()[index];
    for_each_entry(shared.blocks, *order, index, [&](QueuePlace place, Quantity units) {
      queues.reduce(queue_of(shared, line.sku, line.pinned), place, units);
    });
  }
}

bool Book::raise(SharedState& shared, BlockCache& blocks, BlockRef block, Lsn sequence, std::span<const RaisedLine> raised, BlockCache::For purpose) {
  auto& order = *shared.blocks.at<OrderState>(block);
  if (!queues.has_room(raised.size())) return false;
  for (std::size_t row = 0; row < raised.size(); ++row) {
    OrderLineState& line = order.line(raised[row].line);
    const auto index = static_cast<std::size_t>(&line - order.lines().data());
    const Quantity units = raised[row].quantity - raised[row].cancelled;
    if (units != 0 && !add_entry(blocks, order, index, sequence, units, purpose)) {
      raise_not(shared, blocks, block, sequence, raised.first(row));
      return false;
    }
    line.quantity += raised[row].quantity;
    if (units == 0) continue;
    const Takes takes = takes_of(order, line);
    has_whole_takers = has_whole_takers || takes != Takes::any;
    queues.insert(queue_of(shared, line.sku, line.pinned), {QueuePlace::of(order.priority, sequence, index), block, units, takes});
  }
  if (order.policy == Policy::ship_complete) most_lines_at_once = std::max<std::size_t>(most_lines_at_once, order.line_count);
  park_first_waiting(shared, order);
  return true;
}

void Book::raise_not(SharedState& shared, BlockCache& blocks, BlockRef block, Lsn sequence, std::span<const RaisedLine> raised) {
  auto& order = *shared.blocks.at<OrderState>(block);
  for (const RaisedLine& row : raised) {
    OrderLineState& line = order.line(row.line);
    line.quantity -= row.quantity;
    const Quantity units = row.quantity - row.cancelled;
    if (units == 0) continue;
    const QueuePlace place = QueuePlace::of(order.priority, sequence, static_cast<std::size_t>(&line - order.lines().data()));
    queues.reduce(queue_of(shared, line.sku, line.pinned), place, units);
    stop_waiting_at(blocks, order, place, units);
  }
}

void Book::start_waiting(SharedState& shared, BlockRef block, std::size_t blocked_line) {
  auto* order = shared.blocks.at<OrderState>(block);
  const bool whole_order = order->policy == Policy::ship_complete;
  bool waits = false;
  for (std::size_t index = 0; index < order->lines().size(); ++index) {
    const OrderLineState& line = order->lines()[index];
    if (line.waiting == 0) continue;
    waits = true;
    const Takes takes = takes_of(*order, line);
    has_whole_takers = has_whole_takers || takes != Takes::any;
    for_each_entry(shared.blocks, *order, index, [&](QueuePlace place, Quantity units) {
      queues.insert(queue_of(shared, line.sku, line.pinned), {place, block, units, takes});
    });
  }
  if (!whole_order || !waits) return;
  most_lines_at_once = std::max<std::size_t>(most_lines_at_once, order->line_count);
  if (takes_all(*order) && blocked_line != OrderState::no_line && !order->not_due) park(shared, *order, blocked_line);
}

void Book::park(const SharedState& shared, OrderState& order, std::size_t blocked_line) {
  const auto set_takes = [&](std::size_t index, Takes takes) {
    const OrderLineState& line = order.lines()[index];
    if (line.waiting == 0) return;
    queues.set_takes(queue_of(shared, line.sku, line.pinned), first_place(shared.blocks, order, index), takes);
  };
  if (order.parked_line != OrderState::no_line) set_takes(order.parked_line, Takes::blocked);
  order.parked_line = static_cast<std::uint16_t>(blocked_line);
  set_takes(blocked_line, Takes::whole);
}

void Book::apply_changed_rows(const SharedState& shared, std::span<const ChangedRow> rows) {
  for (const ChangedRow& row : rows) {
    CellStock& cell = stock[shared.cell_index(row.sku, row.warehouse).value];
    cell.on_hand = static_cast<Quantity>(std::int64_t{cell.on_hand} + row.on_hand_change);
    cell.unavailable = static_cast<Quantity>(std::int64_t{cell.unavailable} + row.unavailable_change);
  }
}

void Book::lose(SharedState& shared, BlockRef block, std::size_t line_index, const LostUnits& lost) {
  auto* order = shared.blocks.at<OrderState>(block);
  OrderLineState& line = order->lines()[line_index];
  change_allocations(shared.blocks, line, [&](Allocation& allocation) {
    if (allocation.warehouse == lost.warehouse && allocation.shipment == lost.shipment) allocation.reserved -= lost.quantity;
  });
  const bool whole_order = takes_all(*order);
  const bool parked = order->parked_line != OrderState::no_line && order->lines()[order->parked_line].waiting != 0;
  const Takes takes = takes_of(*order, line);
  line.waiting += lost.quantity;
  queues.add(queue_of(shared, line.sku, line.pinned),
             {own_place(*order, line_index), block, lost.quantity, takes});
  has_whole_takers = has_whole_takers || takes != Takes::any;
  if (!whole_order) return;
  // It stands where this change serves, unless it waits for another SKU already.
  most_lines_at_once = std::max<std::size_t>(most_lines_at_once, order->line_count);
  if (!parked) park(shared, *order, line_index);
}

void Book::lose_not(SharedState& shared, BlockRef block, std::size_t line_index, const LostUnits& lost) {
  auto* order = shared.blocks.at<OrderState>(block);
  OrderLineState& line = order->lines()[line_index];
  change_allocations(shared.blocks, line, [&](Allocation& allocation) {
    if (allocation.warehouse == lost.warehouse && allocation.shipment == lost.shipment) allocation.reserved += lost.quantity;
  });
  line.waiting -= lost.quantity;
  queues.reduce(queue_of(shared, line.sku, line.pinned), own_place(*order, line_index), lost.quantity);
}

}  // namespace earmark::engine
