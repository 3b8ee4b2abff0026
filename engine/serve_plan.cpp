#include "engine/serve_plan.hpp"

#include <algorithm>

namespace earmark::engine {

void ServePlan::begin(const Cause& cause, const CatalogueView& catalogue, WriteSet& writes, const Cut* cut) {
  cause_ = &cause;
  catalogue_ = &catalogue;
  writes_ = &writes;
  cut_ = cut;
  step_ = cause.next_step;
  begun_ = cause.begun;
  hidden_.clear();
  cursors_.clear();
  shipments_.clear();
  fills_.clear();
  takes_.clear();
  for (std::size_t index = step_ + (begun_ ? 1 : 0); index < cause.steps.size(); ++index) {
    const ServeStep& step = cause.steps[index];
    if (step.hidden != 0) hidden_[shared_.cell_index(step.sku, step.warehouse).value] += step.hidden;
  }
  if (cut == nullptr) return;
  const auto* order = shared_.blocks.at<OrderState>(cut->order);
  for (std::size_t index = 0; index < cut->units.size(); ++index) {
    const OrderLineState& line = order->lines()[index];
    if (cut->units[index] != 0) cursors_[&book_.queue_of(shared_, line.sku, line.pinned)].gone += cut->units[index];
  }
}

bool ServePlan::plan(std::size_t most) {
  for (; step_ < cause_->steps.size(); ++step_, begun_ = false) {
    if (!begun_) begin_step();
    for (Candidate candidate = next_candidate(); candidate.waiter != nullptr; candidate = next_candidate()) {
      if (fills_.size() == most) return true;
      serve(candidate);
    }
  }
  return false;
}

void ServePlan::begin_step() {
  begun_ = true;
  const ServeStep& step = cause_->steps[step_];
  if (step.hidden != 0) hidden_[shared_.cell_index(step.sku, step.warehouse).value] -= step.hidden;
}

Quantity ServePlan::usable(WarehouseId warehouse) {
  const SkuId sku = cause_->steps[step_].sku;
  const CellIndex index = shared_.cell_index(sku, warehouse);
  const std::uint64_t free = CellWord{writes_->read(shared_.cells[index.value])}.free();
  const auto hidden = hidden_.find(index.value);
  // A newcomer may have taken units of a later row where nobody waited: never below zero.
  return static_cast<Quantity>(hidden == hidden_.end() ? free : free - std::min(free, hidden->second));
}

// The first in a queue whom neither the plan nor the cut has served whole.
ServePlan::Candidate ServePlan::head_of(WarehouseId pinned) {
  WaitingQueues::Root& queue = book_.queue_of(shared_, cause_->steps[step_].sku, pinned);
  if (queue == 0) return {};
  Cursor& cursor = cursors_[&queue];
  for (;;) {
    const Waiter* waiter = cursor.started ? book_.queues.after(queue, cursor.done) : book_.queues.first(queue);
    if (waiter == nullptr) return {};
    const bool cut = cut_ != nullptr && waiter->order == cut_->order;
    const Quantity wanted = waiter->quantity - cursor.taken - (cut ? cut_->units[waiter->place.line_index] : 0);
    if (wanted != 0) return {waiter, &queue, pinned, wanted};
    cursor.done = waiter->place;
    cursor.started = true;
    cursor.taken = 0;
  }
}

// The earliest waiter by queue place who can use a unit that is there (R3).
ServePlan::Candidate ServePlan::next_candidate() {
  Candidate best;
  bool any_usable = false;
  for (const WarehouseId warehouse : catalogue_->by_priority) {
    if (usable(warehouse) == 0) continue;
    any_usable = true;
    const Candidate pinned = head_of(warehouse);
    if (pinned.waiter != nullptr && (best.waiter == nullptr || pinned.waiter->place < best.waiter->place)) best = pinned;
  }
  if (!any_usable) return {};
  const Candidate anywhere = head_of(WarehouseId{});
  if (anywhere.waiter != nullptr && (best.waiter == nullptr || anywhere.waiter->place < best.waiter->place)) best = anywhere;
  return best;
}

void ServePlan::serve(const Candidate& candidate) {
  const ServeStep& step = cause_->steps[step_];
  PlannedFill fill{*candidate.waiter, candidate.queue, step.sku, step.row, 0, 0, takes_.size(), 0};
  Quantity open = candidate.wanted;
  for (const WarehouseId warehouse : catalogue_->by_priority) {
    if (open == 0) break;
    if (candidate.pinned.value != 0 && candidate.pinned != warehouse) continue;
    const Quantity units = std::min(open, usable(warehouse));
    if (units == 0) continue;
    Atomic<std::uint64_t>& cell = shared_.cell(step.sku, warehouse);
    const CellWord word{writes_->read(cell)};
    writes_->write(cell, word.bits, word.with(word.free() - units, word.gate()).bits);
    takes_.push_back({units, word.free() - units, warehouse, shipment_for(candidate.waiter->order, warehouse)});
    open -= units;
  }
  fill.takes = takes_.size() - fill.first_take;
  fill.units = candidate.wanted - open;
  fill.still_waiting = open;
  Cursor& cursor = cursors_[candidate.queue];
  cursor.gone += fill.units;
  if (open == 0) {
    cursor.done = candidate.waiter->place;
    cursor.started = true;
    cursor.taken = 0;
  } else {
    cursor.taken += fill.units;
  }
  fills_.push_back(fill);
}

// Joins the shipment that is open there, also one that this plan has opened; else the order's next number.
std::uint16_t ServePlan::shipment_for(BlockRef order, WarehouseId warehouse) {
  std::uint16_t next = shared_.blocks.at<OrderState>(order)->next_shipment;
  for (const PlannedShipment& planned : shipments_) {
    if (planned.order != order) continue;
    if (planned.warehouse == warehouse) return planned.shipment;
    next = std::max(next, static_cast<std::uint16_t>(planned.shipment + 1));
  }
  std::uint16_t shipment = open_shipment(shared_.blocks, *shared_.blocks.at<OrderState>(order), warehouse);
  if (shipment == 0) shipment = next;
  shipments_.push_back({order, warehouse, shipment});
  return shipment;
}

bool ServePlan::still_waits(WaitingQueues::Root* queue) {
  const auto cursor = cursors_.find(queue);
  return book_.queues.all(*queue).units > (cursor == cursors_.end() ? 0 : cursor->second.gone);
}

void ServePlan::write_gates(SkuId sku) {
  const bool anywhere = still_waits(&book_.sku_queues[sku.value]);
  for (const WarehouseId warehouse : catalogue_->by_priority) {
    const CellIndex index = shared_.cell_index(sku, warehouse);
    const bool gate = anywhere || still_waits(&book_.cell_queues[index.value]);
    const CellWord word{writes_->read(shared_.cells[index.value])};
    if (word.gate() != gate) writes_->write(shared_.cells[index.value], word.bits, word.with(word.free(), gate).bits);
  }
}

void ServePlan::write_gates_of_filled_skus() {
  SkuId last{};
  for (const PlannedFill& fill : fills_) {
    if (fill.sku != last) write_gates(fill.sku);
    last = fill.sku;
  }
}

void ServePlan::apply(BlockCache& blocks) {
  for (const PlannedFill& fill : fills_) {
    auto* order = shared_.blocks.at<OrderState>(fill.waiter.order);
    OrderLineState& line = order->lines()[fill.waiter.place.line_index];
    line.waiting -= fill.units;
    for (const Take& take : takes_of(fill)) {
      // Memory is kept back for this (BlockCache::For::accepted).
      EARMARK_CHECK(allocate(blocks, line, take.warehouse, take.shipment, take.quantity));
      order->next_shipment = std::max(order->next_shipment, static_cast<std::uint16_t>(take.shipment + 1));
    }
    book_.queues.reduce(*fill.queue, fill.waiter.place, fill.units);
  }
}

}  // namespace earmark::engine
