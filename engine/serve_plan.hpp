// Who gets the units that came free: the fills of one cause (receipt, load, cancel), planned on the book and the write
// set without changing the book, so that a lost commit costs nothing but the plan. Rules R3-R6: waiters in queue
// order, each from the warehouses it may use in priority order; rows of a receipt one after the other.
//
// Who takes all or nothing is passed over while there is too little. A ship_complete order is parked on one SKU of which there is
// too little and looked at when that SKU is served; found short of another one, it is parked there. Within a plan, orders that
// have moved so, and the order that a cancel has made smaller, are listed beside the queues (`listed_`).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/book.hpp"
#include "engine/coverage.hpp"
#include "engine/decision.hpp"
#include "engine/later_rows.hpp"
#include "engine/outcomes.hpp"
#include "engine/order_state.hpp"
#include "engine/plan_map.hpp"
#include "engine/shared_state.hpp"
#include "engine/write_set.hpp"

namespace earmark::engine {

// One SKU to serve. Units of `hidden` become usable when the step begins: a receipt's row, or what a cancel gave back to a cell.
struct ServeStep {
  SkuId sku{};
  std::uint32_t row = 0;
  WarehouseId warehouse{};
  Quantity hidden = 0;
  bool serves = true;  // false: units only; the SKU is served in a later step
  bool in_turn = false;  // no unit of the SKU is usable before its first step: victims wait for it who came before others
  BlockRef pegged_order = 0;    // of a receipt's row: its units serve this line first, whoever is ahead of it; 0: none
  std::size_t pegged_line = 0;  // its position
};

// A command whose fills are being worked out, over several commits where there are many.
struct Cause {
  Lsn lsn{};
  TimeUs time{};
  ReplyTo reply;
  std::vector<ServeStep> steps;
  std::size_t next_step = 0;
  bool begun = false;  // the present step's units have been made usable
};

// The steps of a cause that ends a hold, as cancel_steps(): each SKU of which units come free, in the order of the first line that
// gives some. `confirmed`: the order that it becomes; what a line takes where the hold had units for it does not come free.
std::vector<ServeStep> hold_end_steps(const BlockStore& blocks, const OrderState& hold, const OrderDecision* confirmed);

// The steps of a receipt or of opening stock, row by row; what heals an overdraft is nobody's. Recovery makes the same steps.
std::vector<ServeStep> steps_of(std::span<const ReceivedRow> rows);

struct PlannedFill {
  BlockRef order = 0;
  std::size_t line_index = 0;
  QueuePlace place{};      // of the entry
  SkuId sku{};
  std::uint32_t row = 0;
  Quantity units = 0;
  Quantity still_waiting = 0;  // of the line
  std::size_t first_take = 0, takes = 0;
  bool pegged = false;
  PassedOver passed_over{};
};

// What the cause itself takes back of an order: waiting units by position of the line, and reserved ones.
struct Cut {
  struct Release {
    std::size_t line_index = 0;
    WarehouseId warehouse{};
    std::uint16_t shipment = 0;
    Quantity units = 0;
  };
  BlockRef order = 0;
  std::vector<Quantity> units;
  std::vector<Release> releases{};  // in the order of the plan

  Quantity released_of(std::size_t line_index, const Allocation& allocation) const noexcept {
    Quantity sum = 0;
    for (const Release& each : releases) {
      if (each.line_index == line_index && each.warehouse == allocation.warehouse && each.shipment == allocation.shipment) sum += each.units;
    }
    return sum;
  }
};

class ServePlan {
 public:
  ServePlan(SharedState& shared, Book& book) : shared_(shared), book_(book) {}

  // Starts anew on `cause` (which is not changed) for one commit.
  void begin(const Cause& cause, const CatalogueView& catalogue, WriteSet& writes, const Cut* cut);
  // Plans up to `most` fills, but an order that is filled whole is not cut in two; true if more would follow.
  bool plan(std::size_t most);
  // Sets or clears the gates of `sku`'s cells by who still waits after this plan.
  void write_gates(SkuId sku);
  void write_gates_of_filled_skus();

  const std::vector<PlannedFill>& fills() const noexcept { return fills_; }
  std::span<const Take> takes_of(const PlannedFill& fill) const noexcept {
    return std::span(takes_).subspan(fill.first_take, fill.takes);
  }
  // Of policy ship_complete, whether all is there.
  std::size_t orders_looked_at() const noexcept { return orders_looked_at_; }
  // Where the cause stands after this plan; to be kept when the commit succeeded.
  std::size_t next_step() const noexcept { return step_; }
  bool begun() const noexcept { return begun_; }

  // After the commit: the planned fills become part of the book and the orders.
  void apply(BlockCache& blocks);

  // After recovery: parks a ship_complete order that waits, as the queues of `cause` (nullptr: none is open) need it.
  void park(const Cause* cause, const CatalogueView& catalogue, WriteSet& writes, std::span<const BlockRef> orders);

 private:
  // How far a plan has come in a queue, which lies still meanwhile.
  struct Cursor {
    WaitingQueues::Walk able;       // in its step everybody before is served, cut, looked at in vain, or needs more than is there, which only falls
    WaitingQueues::Walk skippable;  // whoever can be skipped before wants nothing any more
    std::uint64_t gone = 0;         // units planned or cut from this queue
    std::size_t step = 0;           // of `able`
  };
  struct Candidate {
    Waiter waiter;            // order 0: none
    WaitingQueues::Root* queue = nullptr;  // nullptr: it is listed
    std::uint64_t there = 0;  // units that it may use
  };

  Candidate head_of(WarehouseId pinned, std::uint64_t there);
  Candidate earliest();
  Candidate next_candidate();
  bool all_there(const Candidate& candidate);
  void pass_over(const Candidate& candidate);
  std::size_t fills_of(const Candidate& candidate) const;
  void serve(const Candidate& candidate);
  void serve_order(BlockRef order);
  void serve_entry(BlockRef order, QueuePlace place, bool pegged = false);
  void serve_pegged(const ServeStep& step);
  bool pegged_waits(const ServeStep& step) const;
  std::optional<std::size_t> blocked_line(BlockRef order);
  // Units that the line still wants behind the plan and the cut.
  Quantity wanted(BlockRef order, std::size_t line_index) const;
  // The same of one of its entries (engine/entries.hpp).
  Quantity wanted_at(BlockRef order, QueuePlace place) const;
  Quantity usable(SkuId sku, WarehouseId warehouse) const;
  void begin_step();
  void list_cut_order();
  void list(BlockRef order);
  std::uint16_t shipment_for(BlockRef order, std::size_t line_index, WarehouseId warehouse);
  void leave_queues();
  PassedOver passed_over_by(const PlannedFill& fill);
  const Waiter* first_skipped(WaitingQueues::Root& queue, const PlannedFill& fill);
  bool is_set_aside(BlockRef order, std::size_t line_index) const;
  Cursor& cursor_of(WaitingQueues::Root& queue) { return cursors_[reinterpret_cast<std::uintptr_t>(&queue)]; }
  bool still_waits(const WaitingQueues::Root& queue) const;

  SharedState& shared_;
  Book& book_;
  const Cause* cause_ = nullptr;
  const CatalogueView* catalogue_ = nullptr;
  WriteSet* writes_ = nullptr;
  const Cut* cut_ = nullptr;
  std::size_t step_ = 0;
  bool begun_ = false;
  LaterRows later_rows_;
  Lsn later_rows_of_{};                                      // the cause
  std::unordered_map<std::uint64_t, std::uint64_t> set_aside_;  // cell -> units that pinned lines of the order that is being served need
  PlanMap<Cursor> cursors_;                                  // by the root's address
  PlanMap<Quantity> planned_;                                // line (order << 16 | index) -> units of this plan
  std::map<QueuePlace, Quantity> planned_entries_;           // of orders with raised lines that wait: the same by entry
  std::unordered_map<std::uint32_t, std::vector<Waiter>> listed_;  // by SKU
  std::size_t orders_looked_at_ = 0;
  std::size_t next_listed_ = 0;                              // of the present step's SKU
  std::vector<std::pair<BlockRef, std::size_t>> parkings_;   // orders that were found short, and of which line
  Coverage coverage_;
  struct PlannedShipment { WarehouseId warehouse; std::uint16_t shipment; std::uint16_t line_index; std::uint32_t before; };
  std::vector<PlannedShipment> shipments_;                   // of one order from the latest to `before` it: 1 + its position, 0: it is the first
  PlanMap<std::uint32_t> latest_shipment_;                   // by order: 1 + its position
  std::vector<BlockRef> skippers_;                           // orders that pass over somebody by this plan
  std::vector<PlannedFill> fills_;
  std::vector<Take> takes_;
  struct Served { WaitingQueues::Root* queue; WaitingQueues::Reduction what; };
  std::vector<Served> served_;                               // by the fills, in the order of the queues
  std::vector<WaitingQueues::Reduction> reductions_;         // of one of them
};

}  // namespace earmark::engine
