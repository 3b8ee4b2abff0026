// What of the invariants does not hold in a live engine, in words: for tests, the simulation and the explorer, which ask between two
// steps while nothing is under way. An empty text: all hold. Only a bug makes it say anything else, and planted bugs do
// (tests/bugs); so coverage leaves this file out.
#include <map>
#include <unordered_map>
#include <vector>

#include "engine/engine.hpp"
#include "engine/entries.hpp"
#include "engine/level.hpp"
#include "engine/patience.hpp"
#include "engine/reorder_plan.hpp"
#include "engine/shipments.hpp"

namespace earmark::engine {

// I3 for those who take all or nothing; and that a ship_complete order is parked where too little is there.
std::string Engine::unserved_whole_taker() {
  const CatalogueView& catalogue = SharedState::catalogue_of(shared_.catalogue.load(std::memory_order_acquire));
  const auto free = [&](SkuId sku, WarehouseId warehouse) { return CellWord{shared_.cell(sku, warehouse).load(std::memory_order_acquire)}.free(); };
  Coverage coverage;
  std::string broken;
  const auto judge = [&](const OrderState& order) {
    coverage.clear();
    bool waits = false;
    for (std::size_t index = 0; index < order.line_count; ++index) {
      const OrderLineState& line = order.lines()[index];
      if (line.waiting != 0) coverage.add(line.sku, line.pinned, line.waiting, index), waits = true;
    }
    if (waits && !coverage.blocked_line(catalogue, free)) broken = "I3: all is there of what waits of order " + std::string(order.id());
    return waits;
  };
  shared_.ids.for_each([&](BlockRef block) {
    if (!shared_.blocks.at<KnownCommand>(block)->is_order_in_memory()) return;
    const auto& order = *shared_.blocks.at<OrderState>(block);
    if (order.not_due) return;
    for (std::size_t index = 0; index < order.line_count; ++index) {
      const OrderLineState& line = order.lines()[index];
      if (line.policy.or_else(order.policy) != Policy::line_complete || is_strict(order, line)) continue;
      for_each_entry(shared_.blocks, order, index, [&](QueuePlace, Quantity units) {
        coverage.clear();
        coverage.add(line.sku, line.pinned, units, index);
        if (!coverage.blocked_line(catalogue, free)) broken = "I3: all is there of a line of order " + std::string(order.id());
      });
    }
    if (!takes_all(order) || !judge(order)) return;
    coverage.clear();
    for (std::size_t index = 0; index < order.line_count; ++index) {
      const OrderLineState& line = order.lines()[index];
      if (line.waiting != 0 && line.sku == order.lines()[order.parked_line].sku) coverage.add(line.sku, line.pinned, line.waiting, index);
    }
    if (!coverage.blocked_line(catalogue, free)) broken = "parking: order " + std::string(order.id()) + " is parked on a SKU of which there is enough";
  });
  return broken;
}

// Every order with a cancel_after and something to cancel has a timer, so has every one that waits and is not due; and every timer
// is a hold's or such an order's.
std::string Engine::broken_timers() {
  std::string timeless;
  shared_.ids.for_each([&](BlockRef block) {
    if (!shared_.blocks.at<KnownCommand>(block)->is_order_in_memory()) return;
    const auto* order = shared_.blocks.at<OrderState>(block);
    const bool open = can_be_cancelled(shared_.blocks, *order);
    const auto found = book_.timed_orders.find(order->known.lsn());
    const TimedOrder timed = found == book_.timed_orders.end() ? TimedOrder{} : found->second;
    const bool turns_strict = shared_.capacity.max_wait_us != 0 && first_impatient_line(*order) != OrderState::no_line;
    const bool right = (timed.cancel != 0) == (open && order->times().cancel_after.value != 0) && (timed.due != 0) == (open && order->not_due) &&
                       (timed.strict != 0) == turns_strict;
    if (!right) timeless = "the timers of order " + std::string(order->id()) + " are not those that it needs";
  });
  if (!timeless.empty()) return timeless;
  std::size_t running = book_.holds.size();
  for (const auto& [lsn, timed] : book_.timed_orders) {
    const auto* order = shared_.blocks.at<OrderState>(timed.block);
    if (order->known.lsn() != lsn || !can_be_cancelled(shared_.blocks, *order)) return "a timer is left of order " + std::string(order->id());
    const OrderTimes times = order->times();
    running += (timed.cancel != 0 ? 1U : 0U) + (timed.due != 0 ? 1U : 0U) + (timed.strict != 0 ? 1U : 0U);
    if ((timed.cancel != 0 && times.cancel_after < book_.timers.next_due()) || (timed.due != 0 && times.reserve_not_before < book_.timers.next_due())) return "order " + std::string(order->id()) + " is due before any timer";
  }
  for (const auto& [lsn, purchase] : book_.purchases.open()) {
    const bool gathers = purchase.automatic && purchase.state == PurchaseState::suggested;
    const TimeUs first = purchase.first_expected();
    running += (purchase.overdue != 0 ? 1U : 0U) + (purchase.cut_off != 0 ? 1U : 0U);
    if ((purchase.overdue != 0) != (first.value != 0) || (first.value != 0 && purchase.overdue_at != first) || (purchase.cut_off != 0) != gathers) {
      return "the timers of purchase order " + purchase.id + " are not those that it needs";
    }
  }
  for (const auto& [lsn, transfer] : book_.transfers.open()) {
    running += transfer.overdue != 0 ? 1U : 0U;
    if ((transfer.overdue != 0) != (transfer.expected.value != 0)) return "the timer of transfer " + transfer.id + " is not the one that it needs";
  }
  for (const auto& [key, rule] : book_.rules.all()) running += rule.wake != 0 ? 1U : 0U;
  if (book_.timers.size() != running) return "I6: there are not as many timers as open holds, times of orders, supply with dates, cut-offs and snoozes";
  return {};
}

// Nobody has to be looked at, so every rule has done what it does, and each cell of its SKU has the level under which somebody would leave word.
std::string Engine::broken_rules() {
  if (!book_.touched.positions.empty()) return {};
  const CatalogueView& catalogue = SharedState::catalogue_of(shared_.catalogue.load(std::memory_order_acquire));
  const auto level = [&](CellIndex cell) { return signed_level(CellWord{shared_.cells[cell.value].load(std::memory_order_acquire)}.level()); };
  for (const auto& [key, rule] : book_.rules.all()) {
    const std::string name = "the reorder rule of SKU " + std::to_string(key.first) + " in warehouse " + std::to_string(key.second);
    const Position position = position_of(shared_, book_, catalogue, rule.set, level);
    if (rule.set.snoozed_until.value == 0 && would_act(book_, rule, position, last_record_)) return name + " has something to do at " + std::to_string(position.value());
    for (const WarehouseId warehouse : catalogue.by_priority) {
      const CellIndex cell = shared_.cell_index(rule.set.sku, warehouse);
      if (available_of(static_cast<Quantity>(level(cell))) < shared_.reorder_levels[cell.value].load(std::memory_order_acquire)) return name + " has a cell below its level";
    }
  }
  return {};
}

// Who is strict and not whole is listed by each of his SKUs, and nobody else; nobody who is whole remembers anything; and who was skipped
// often enough is about to turn strict.
std::string Engine::broken_patience() {
  std::size_t strict = 0, listed = 0;
  std::string broken;
  shared_.ids.for_each([&](BlockRef block) {
    if (!shared_.blocks.at<KnownCommand>(block)->is_order_in_memory()) return;
    const auto& order = *shared_.blocks.at<OrderState>(block);
    const std::string name = "order " + std::string(order.id());
    for (std::size_t index = 0; index < order.line_count; ++index) {
      const OrderLineState& line = order.lines()[index];
      if (patience_of(order, line) != 0 && (!waiter_waits(order, line) || !waits_whole(order, line))) broken = "skips: " + name + " remembers some and does not wait for all";
      if (can_turn_strict(order, line) && patience_of(order, line) >= shared_.capacity.max_skips) broken = "skips: " + name + " has had enough and is not strict";
      if (!is_strict(order, line)) continue;
      ++strict;
      const auto found = book_.strict_lines.find(line.sku.value);
      const QueuePlace place = QueuePlace::of(order.priority, order.known.lsn(), index);
      if (found == book_.strict_lines.end() || !found->second.contains(place)) broken = "strict: " + name + " is not listed";
    }
  });
  for (const auto& [sku, lines] : book_.strict_lines) listed += lines.size();
  if (broken.empty() && strict != listed) broken = "strict: somebody is listed who is not";
  return broken;
}

// Every held unit is of an open hold, and every open hold is known, not past its deadline, and will end.
std::string Engine::broken_holds() {
  std::map<std::uint64_t, std::uint64_t> held;  // by cell
  for (const auto& [lsn, open] : book_.holds) {
    const auto* hold = shared_.blocks.at<OrderState>(open.block);
    for (const OrderLineState& line : hold->lines()) {
      for_each_allocation(shared_.blocks, line, [&](const Allocation& allocation) {
        held[shared_.cell_index(line.sku, allocation.warehouse).value] += allocation.reserved;
      });
    }
    const std::string name = "hold " + std::string(hold->id());
    if (shared_.ids.find(no_writes_, hold->known.identity).known != open.known) return "I5: " + name + " is open and its id not known";
    if (!shared_.blocks.at<KnownCommand>(open.known)->is_open_hold()) return "I6: " + name + " is open and has ended";
    if (open.deadline < book_.timers.next_due()) return "I6: " + name + " is due before any timer";
  }
  const CatalogueView& catalogue = SharedState::catalogue_of(shared_.catalogue.load(std::memory_order_acquire));
  for (std::uint32_t id = 1; id <= catalogue.sku_count; ++id) {
    for (const WarehouseId warehouse : catalogue.by_priority) {
      const std::uint64_t cell = shared_.cell_index(SkuId{id}, warehouse).value;
      const auto found = held.find(cell);
      if (book_.stock[cell].held != (found == held.end() ? 0 : found->second)) {
        return "I1: SKU " + std::to_string(id) + " in warehouse " + std::to_string(warehouse.value) + ": held is not what the open holds have";
      }
    }
  }
  return {};
}

std::string Engine::broken_invariant() {
  const CatalogueView& catalogue = SharedState::catalogue_of(shared_.catalogue.load(std::memory_order_acquire));
  std::vector<std::uint64_t> reserved(shared_.cells.size());
  std::vector<std::uint64_t> waiting(std::size_t{catalogue.sku_count} + 1);
  std::unordered_map<std::uint64_t, Quantity> picked;
  std::string broken = unserved_whole_taker();
  std::uint64_t without_room = 0;
  shared_.ids.for_each([&](BlockRef block) {
    if (!shared_.blocks.at<KnownCommand>(block)->is_order_in_memory()) return;
    const auto* order = shared_.blocks.at<OrderState>(block);
    for (const OrderLineState& line : order->lines()) {
      std::uint64_t accounted = line.waiting;
      without_room += line.owes_room() ? 1U : 0U;
      for_each_allocation(shared_.blocks, line, [&](const Allocation& allocation) {
        accounted += std::uint64_t{allocation.reserved} + allocation.shipped;
        reserved[shared_.cell_index(line.sku, allocation.warehouse).value] += allocation.reserved;
        if (allocation.reserved == 0) return;
        if (allocation.shipped != 0) broken = "order " + std::string(order->id()) + " has a shipment that has shipped in part";
        if (is_picked(shared_.blocks, *order, allocation.shipment)) picked[shared_.cell_index(line.sku, allocation.warehouse).value] += allocation.reserved;
      });
      waiting[line.sku.value] += line.waiting;
      if (accounted > line.quantity) broken = "I2: order " + std::string(order->id()) + " has more units than it ordered";
    }
  });
  for (std::uint32_t id = 1; id <= catalogue.sku_count; ++id) {
    std::uint64_t queued = book_.queues.all(book_.sku_queues[id]).units;
    for (const WarehouseId warehouse : catalogue.by_priority) {
      const CellIndex index = shared_.cell_index(SkuId{id}, warehouse);
      const CellStock& stock = book_.stock[index.value];
      const CellWord word{shared_.cells[index.value].load(std::memory_order_acquire)};
      const std::string cell = "SKU " + std::to_string(id) + " in warehouse " + std::to_string(warehouse.value);
      queued += book_.queues.all(book_.cell_queues[index.value]).units;
      const std::int64_t level = signed_level(word.level());
      if (level + static_cast<std::int64_t>(reserved[index.value]) + stock.held + stock.unavailable != stock.on_hand) {
        broken = "I1/I2: " + cell + ": free + reserved + held + unavailable is not on hand";
      }
      const auto of_them = picked.find(index.value);
      if (level < 0 && (stock.held != 0 || reserved[index.value] != (of_them == picked.end() ? 0 : of_them->second))) {
        broken = "I1: " + cell + " is overdrawn by more than is picked";
      }
      if (book_.overdrawn(index) != (level < 0)) broken = "I1: " + cell + ": the book and the cell disagree whether it is overdrawn";
      const bool waited_for = book_.waited_for(shared_, SkuId{id}, warehouse);
      const auto could_use = [&](WaitingQueues::Root root) {
        const Waiter* waiter = book_.queues.first_able(root, nullptr, word.free());
        while (waiter != nullptr && waiter->takes != Takes::any) waiter = book_.queues.first_able(root, &waiter->place, word.free());
        return waiter != nullptr;
      };
      if (word.free() != 0 && (could_use(book_.sku_queues[id]) || could_use(book_.cell_queues[index.value]))) {
        broken = "I3: " + cell + " has units that a waiter could use";
      }
      // A cell that was never written (of a new warehouse) is gated when units first come to it.
      if (waited_for != word.gate() && word.version() != 0) broken = "gate: " + cell + (word.gate() ? " is gated for nobody" : " has waiters and no gate");
    }
    if (queued != waiting[id]) broken = "queue: SKU " + std::to_string(id) + ": the queue and the orders disagree";
  }
  if (picked != book_.picked) broken = "picked units: the book and the orders disagree";
  // More of it may be of closed orders that the settler keeps.
  if (without_room * sizeof(MoreAllocations) > shared_.blocks.owed()) broken = "memory: lines that will need some are not owed it";
  if (broken.empty()) broken = broken_holds();
  if (broken.empty()) broken = broken_timers();
  if (broken.empty()) broken = broken_transfers();
  if (broken.empty()) broken = broken_purchases();
  if (broken.empty()) broken = broken_rules();
  if (broken.empty()) broken = broken_patience();
  return broken;
}

}  // namespace earmark::engine
