// What only the settler knows and changes: physical stock, the catalogue's dictionary, and who waits. Reserved units
// are derived: on hand - unavailable - held - free (the cell's word), so no counter can disagree with another.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/catalogue.hpp"
#include "engine/decision.hpp"
#include "engine/lazy_array.hpp"
#include "engine/promises.hpp"
#include "engine/purchases.hpp"
#include "engine/rules.hpp"
#include "engine/shared_state.hpp"
#include "engine/supply.hpp"
#include "engine/timers.hpp"
#include "engine/touched.hpp"
#include "engine/transfers.hpp"
#include "engine/vendors.hpp"
#include "engine/waiting_queue.hpp"

namespace earmark::engine {

struct OrderState;
struct OrderLineState;

// How a line under this policy (its own, or its order's) waits.
constexpr Takes takes_of(Policy policy) noexcept {
  return policy == Policy::ship_complete ? Takes::blocked : policy == Policy::line_complete ? Takes::whole : Takes::any;
}

Takes takes_of(const OrderState& order, const OrderLineState& line) noexcept;

struct CellStock {
  Quantity on_hand = 0;
  Quantity held = 0;
  Quantity unavailable = 0;
  std::uint32_t opening_plus_one = 0;  // 0: opening stock was never loaded
};

// A hold that has not ended. Its units and texts lie in a block like an order's; what the exactly-once table names are 32 bytes
// of their own, which stay when it ends.
struct OpenHold {
  BlockRef block = 0;
  BlockRef known = 0;
  TimeUs deadline{};
  Timers::Handle timer = 0;
};

// An order with timers, which go when they have nothing to do any more. 0: does not run.
struct TimedOrder {
  BlockRef block = 0;
  Timers::Handle cancel = 0, due = 0, strict = 0;
};

// A waiting line by which somebody who waits for all or nothing is passed over. order 0: nobody is.
struct PassedOver {
  BlockRef order = 0;
  QueuePlace place{};

  void consider(const Waiter* waiter) noexcept {
    if (waiter != nullptr && (order == 0 || waiter->place < place)) *this = {waiter->order, waiter->place};
  }
};

struct Book {
  explicit Book(const SharedState& shared)
      : stock(shared.cells.size()),
        queues(shared.capacity.waiting_lines),
        sku_queues(std::size_t{shared.capacity.skus} + 1),
        cell_queues(shared.cells.size()) {}

  // The queue that a line of `sku` waits in: its SKU's, or that of the cell it is pinned to.
  WaitingQueues::Root& queue_of(const SharedState& shared, SkuId sku, WarehouseId pinned) noexcept {
    return pinned.value == 0 ? sku_queues[sku.value] : cell_queues[shared.cell_index(sku, pinned).value];
  }
  // Somebody waits who could use units of this cell.
  bool waited_for(const SharedState& shared, SkuId sku, WarehouseId warehouse) const noexcept {
    return sku_queues[sku.value] != 0 || cell_queues[shared.cell_index(sku, warehouse).value] != 0;
  }
  // A count found less there than is picked (engine/level.hpp: the same, said by the cell).
  bool overdrawn(CellIndex cell) const noexcept {
    const auto found = picked.find(cell.value);
    return found != picked.end() && found->second > on_shelf(cell);
  }
  // Units there that could leave.
  Quantity on_shelf(CellIndex cell) const noexcept { return stock[cell.value].on_hand - stock[cell.value].unavailable; }
  // Everybody who waits for `sku` before `place`, wherever pinned.
  Ahead ahead_of(const SharedState& shared, std::uint16_t warehouses, SkuId sku, QueuePlace place) const noexcept {
    Ahead sum = queues.ahead_of(sku_queues[sku.value], place);
    for (std::uint16_t id = 1; id <= warehouses; ++id) {
      const Ahead pinned = queues.ahead_of(cell_queues[shared.cell_index(sku, WarehouseId{id}).value], place);
      sum.lines += pinned.lines;
      sum.units += pinned.units;
    }
    return sum;
  }

  // What committed decisions change in the book and in orders. The settler calls these after its commit, recovery for
  // each record; cells are not touched here.
  void apply_load(const SharedState& shared, std::span<const LoadedWarehouse> warehouses,
                  std::span<const LoadedProduct> products, std::span<const ReceivedRow> rows);
  void apply_receipt(const SharedState& shared, std::span<const ReceivedRow> rows);
  void apply_cancel(SharedState& shared, BlockCache& blocks, BlockRef order, std::span<const CancelledLine> lines, std::span<const Take> released);
  // Raised lines (entries.hpp): more is ordered, and what of it may wait stands in the queue behind everybody of its priority.
  // False: no memory, or no room in the queues, and nothing has changed. And the way back, while nothing of it has been served.
  bool raise(SharedState& shared, BlockCache& blocks, BlockRef order, Lsn sequence, std::span<const RaisedLine> raised, BlockCache::For purpose);
  void raise_not(SharedState& shared, BlockCache& blocks, BlockRef order, Lsn sequence, std::span<const RaisedLine> raised);
  void apply_ship(SharedState& shared, BlockRef order);
  // Steps of shipments (book_shipments.cpp). What a short pick did not find moves first: true if it joins a shipment that is there,
  // none if there is no memory. `rest_joined` is what it said.
  std::optional<bool> move_rest(SharedState& shared, BlockCache& blocks, BlockRef order, const ShipmentDecision& move);
  void move_rest_back(SharedState& shared, BlockRef order, const ShipmentDecision& move, bool joined);
  void apply_step(SharedState& shared, BlockCache& blocks, BlockRef order, const ShipmentDecision& move, bool rest_joined);
  // Both of them, of a short pick. `was_stepped`: a step of the shipment was recorded before.
  void undo_pick(SharedState& shared, BlockCache& blocks, BlockRef order, const ShipmentDecision& move, bool rest_joined, bool was_stepped);
  void close_shipments(SharedState& shared, OrderState& order, std::span<const std::uint16_t> but);
  void unpick(std::uint64_t cell, Quantity units);
  // Of an order that comes from the state store.
  void count_picked(const SharedState& shared, BlockRef order);
  // One record took units from shipments: their pick lists are others, once for each.
  void pick_lists_changed(SharedState& shared, BlockCache& blocks, BlockRef order, std::span<const Take> released);
  void pick_lists_changed(SharedState& shared, BlockCache& blocks, std::vector<std::pair<BlockRef, std::uint16_t>> all);
  // What waits of the order moves to its new place and keeps its sequence.
  void change_priority(SharedState& shared, BlockRef order, Priority priority);
  // `blocked_line`: of a ship_complete order that waits, else not looked at; OrderState::no_line: park() follows.
  void start_waiting(SharedState& shared, BlockRef order, std::size_t blocked_line);
  // Lets this line, of a SKU of which there is too little, stand for a ship_complete order that waits: serving another SKU need
  // not look at the order.
  void park(const SharedState& shared, OrderState& order, std::size_t blocked_line);

  // All that is left may be there now: the order stands where serving looks first (cancel_steps(), due_steps()).
  void park_first_waiting(const SharedState& shared, OrderState& order);
  void apply_changed_rows(const SharedState& shared, std::span<const ChangedRow> rows);
  // Reserved units of a line wait again, at its old place; and the way back.
  void lose(SharedState& shared, BlockRef order, std::size_t line_index, const LostUnits& lost);
  void lose_not(SharedState& shared, BlockRef order, std::size_t line_index, const LostUnits& lost);
  // Held units of a line are gone, and the hold goes on with less: `waiting` of a hold's line counts what it lost.
  void lose_held(SharedState& shared, BlockRef hold, std::size_t line_index, const LostUnits& lost);
  // Takes start_waiting() back; nothing of the order has been served.
  void stop_waiting(SharedState& shared, BlockRef order);
  // `block`: see build_hold().
  void start_hold(SharedState& shared, BlockRef block, BlockRef known, TimeUs deadline);
  void move_deadline(SharedState& shared, Lsn hold, TimeUs deadline);
  // Gives the hold's block back.
  void end_hold(SharedState& shared, BlockCache& blocks, Lsn hold, HoldEnd how);

  // Transfers (transfers.cpp). `known`: what the exactly-once table names.
  void start_transfer(SharedState& shared, const Stamp& stamp, const TransferShipDecision& decision, BlockRef known);
  void apply_arrival(SharedState& shared, const TransferReceiptDecision& decision);
  void set_transfer_timer(SharedState& shared, Lsn lsn);
  // Purchase orders and rules (book_inbound.cpp).
  void add_purchase(SharedState& shared, const Stamp& stamp, const PurchaseDecision& decision, BlockRef known);
  void apply_purchase_step(SharedState& shared, const PurchaseStepDecision& decision);
  void apply_purchase_receipt(SharedState& shared, const Stamp& stamp, const PurchaseReceiptDecision& decision);
  void apply_overdue(SharedState& shared, const OverdueDecision& decision);
  // `known`: of a purchase order that the record makes.
  void apply_reorder(SharedState& shared, const Stamp& stamp, const ReorderDecision& decision, BlockRef known);
  void apply_rules(SharedState& shared, const RulesDecision& decision);
  // Every SKU that has a rule, supply with a date, or a line that was told one.
  void touch_everything();
  // After each change of what of the purchase order is open, or when it is expected, or whether it is a suggestion.
  void set_purchase_timers(SharedState& shared, Lsn lsn);
  void end_purchase(SharedState& shared, OpenPurchase& purchase);
  // What an order as decided is told of its lines that wait.
  void promise(const Stamp& stamp, const OrderDecision& decision);

  // Who waits for all or nothing (book_patience.cpp). The earliest waiter who can be skipped and could use units that the order takes by its
  // decision. Of fills: ServePlan::passed_over_by().
  PassedOver passed_over(const SharedState& shared, const OrderDecision& decision, Lsn lsn) const;
  // The order `by` passes over this waiter, who may have had enough of it.
  void count_skip(SharedState& shared, BlockRef order, std::size_t line_index, BlockRef by);
  // From now on he takes whatever is there. What is returned takes that back.
  struct Patience { std::uint8_t skips = 0; std::uint16_t parked_line = 0; };
  Patience turn_strict(SharedState& shared, BlockRef order, std::size_t line_index);
  void turn_back(SharedState& shared, BlockRef order, std::size_t line_index, Patience before);
  // After less of the line waits: who is whole has forgotten everything, also the date that he was told last.
  void settle_patience(SharedState& shared, BlockRef order, std::size_t line_index);
  // Of an order that comes from the state store.
  void restore_patience(SharedState& shared, BlockRef order);
  void note_impatient(SharedState& shared, BlockRef order, std::size_t line_index);
  void list_strict(SharedState& shared, BlockRef order, std::size_t line_index, bool on);

  // After each change of what of the order can be cancelled, or of whether it is due: a timer runs as long as it has something to
  // do, also with units that were put back.
  void set_timers(SharedState& shared, BlockRef order);
  // Its reserve_not_before has come: what waits of it takes what is there from now on; and the way back.
  void set_due(SharedState& shared, BlockRef order, bool due);

  LazyArray<CellStock> stock;  // by cell
  Catalogue catalogue;
  WaitingQueues queues;
  LazyArray<WaitingQueues::Root> sku_queues;   // by SKU
  LazyArray<WaitingQueues::Root> cell_queues;  // by cell: lines pinned to it
  std::size_t most_lines_at_once = 1;          // of any order that has waited to be filled whole
  bool has_whole_takers = false;               // somebody has waited who takes all or nothing
  std::unordered_map<std::uint64_t, Quantity> picked;  // by cell: reserved units that are picked
  std::map<Lsn, OpenHold> holds;
  Timers timers;
  Supply supply;  // of the next two
  Transfers transfers{supply};
  Purchases purchases{supply};
  Vendors vendors;
  Rules rules{timers};
  Promises promises;
  Touched touched;
  std::map<Lsn, BlockRef> pegged_orders;       // in memory, for a line of which something was ordered
  std::map<std::pair<Lsn, std::uint16_t>, BlockRef> impatient;  // by line (an order as a whole: 0): skipped often enough, not yet strict
  std::map<std::uint32_t, std::map<QueuePlace, BlockRef>> strict_lines;  // by SKU: of those who are strict and not whole
  std::map<Lsn, TimedOrder> timed_orders;      // with times that have something to do
};

// Picked units that one command ships: of a cell that is overdrawn only what is there can leave.
class Leaving {
 public:
  explicit Leaving(const Book& book) noexcept : book_(book) {}

  // With what it was asked of the cell before.
  bool can(CellIndex cell, Quantity units) { return !book_.overdrawn(cell) || (units_[cell.value] += units) <= book_.on_shelf(cell); }

 private:
  const Book& book_;
  std::unordered_map<std::uint64_t, std::uint64_t> units_;  // by cell
};

}  // namespace earmark::engine
