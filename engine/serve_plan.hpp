// Who gets the units that came free: the fills of one cause (receipt, load, cancel), planned on the book and the write
// set without changing the book, so that a lost commit costs nothing but the plan. Rules R3-R6: waiters in queue
// order, each from the warehouses it may use in priority order; rows of a receipt one after the other.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "engine/book.hpp"
#include "engine/decision.hpp"
#include "engine/outcomes.hpp"
#include "engine/order_state.hpp"
#include "engine/shared_state.hpp"
#include "engine/write_set.hpp"

namespace earmark::engine {

// One SKU to serve. Units of `hidden` become usable when the step begins (a receipt's row; nothing for a cancel).
struct ServeStep {
  SkuId sku{};
  std::uint32_t row = 0;
  WarehouseId warehouse{};
  Quantity hidden = 0;
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

struct PlannedFill {
  Waiter waiter;                    // as it stands in the queue
  WaitingQueues::Root* queue = nullptr;
  SkuId sku{};
  std::uint32_t row = 0;
  Quantity units = 0;
  Quantity still_waiting = 0;
  std::size_t first_take = 0, takes = 0;
};

// Waiting units that the cause itself takes out of the queue (a cancelled order's), by position of the line.
struct Cut {
  BlockRef order = 0;
  std::vector<Quantity> units;
};

class ServePlan {
 public:
  ServePlan(SharedState& shared, Book& book) : shared_(shared), book_(book) {}

  // Starts anew on `cause` (which is not changed) for one commit.
  void begin(const Cause& cause, const CatalogueView& catalogue, WriteSet& writes, const Cut* cut);
  // Plans up to `most` fills; true if more would follow.
  bool plan(std::size_t most);
  // Sets or clears the gates of `sku`'s cells by who still waits after this plan.
  void write_gates(SkuId sku);
  void write_gates_of_filled_skus();

  const std::vector<PlannedFill>& fills() const noexcept { return fills_; }
  std::span<const Take> takes_of(const PlannedFill& fill) const noexcept {
    return std::span(takes_).subspan(fill.first_take, fill.takes);
  }
  // Where the cause stands after this plan; to be kept when the commit succeeded.
  std::size_t next_step() const noexcept { return step_; }
  bool begun() const noexcept { return begun_; }

  // After the commit: the planned fills become part of the book and the orders.
  void apply(BlockCache& blocks);

 private:
  struct Cursor {
    QueuePlace done;          // everybody up to here is served or cut
    bool started = false;
    Quantity taken = 0;       // of the first one after `done`
    std::uint64_t gone = 0;   // units planned or cut from this queue
  };
  struct Candidate {
    const Waiter* waiter = nullptr;
    WaitingQueues::Root* queue = nullptr;
    WarehouseId pinned{};
    Quantity wanted = 0;
  };

  Candidate head_of(WarehouseId pinned);
  Candidate next_candidate();
  void serve(const Candidate& candidate);
  Quantity usable(WarehouseId warehouse);
  void begin_step();
  std::uint16_t shipment_for(BlockRef order, WarehouseId warehouse);
  bool still_waits(WaitingQueues::Root* queue);

  SharedState& shared_;
  Book& book_;
  const Cause* cause_ = nullptr;
  const CatalogueView* catalogue_ = nullptr;
  WriteSet* writes_ = nullptr;
  const Cut* cut_ = nullptr;
  std::size_t step_ = 0;
  bool begun_ = false;
  std::unordered_map<std::uint64_t, std::uint64_t> hidden_;  // cell -> units of rows that have not come yet
  std::unordered_map<WaitingQueues::Root*, Cursor> cursors_;
  struct PlannedShipment { BlockRef order; WarehouseId warehouse; std::uint16_t shipment; };
  std::vector<PlannedShipment> shipments_;
  std::vector<PlannedFill> fills_;
  std::vector<Take> takes_;
};

}  // namespace earmark::engine
