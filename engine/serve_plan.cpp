#include "engine/serve_plan.hpp"

#include <algorithm>
#include <functional>

#include "engine/entries.hpp"
#include "engine/patience.hpp"
#include "engine/shipments.hpp"

namespace earmark::engine {
namespace {

// How many waiters before its turn an order is fetched: about what one access to memory takes.
constexpr std::ptrdiff_t fetched_ahead = 6;

constexpr std::uint64_t line_key(BlockRef order, std::size_t line_index) noexcept { return std::uint64_t{order} << 16 | line_index; }

}  // namespace

void ServePlan::begin(const Cause& cause, const CatalogueView& catalogue, WriteSet& writes, const Cut* cut) {
  cause_ = &cause;
  catalogue_ = &catalogue;
  writes_ = &writes;
  cut_ = cut;
  step_ = cause.next_step;
  begun_ = cause.begun;
  cursors_.clear();
  planned_.clear();
  planned_entries_.clear();
  listed_.clear();
  next_listed_ = 0;
  orders_looked_at_ = 0;
  parkings_.clear();
  shipments_.clear();
  latest_shipment_.clear();
  skippers_.clear();
  fills_.clear();
  takes_.clear();
  set_aside_.clear();
  // Other commits of the same cause have the same later rows.
  if ((step_ == 0 && !begun_) || later_rows_of_ != cause.lsn) later_rows_.begin(shared_, cause.steps);
  later_rows_of_ = cause.lsn;
  if (cut != nullptr) list_cut_order();
}

void ServePlan::list_cut_order() {
  const auto* order = shared_.blocks.at<OrderState>(cut_->order);
  for (std::size_t index = 0; index < cut_->units.size(); ++index) {
    const OrderLineState& line = order->lines()[index];
    if (cut_->units[index] != 0) cursor_of(book_.queue_of(shared_, line.sku, line.pinned)).gone += cut_->units[index];
  }
  list(cut_->order);
}

// For the steps of all SKUs of which the order waits for all or nothing: at each the line that comes first in its queue.
void ServePlan::list(BlockRef block) {
  const auto* order = shared_.blocks.at<OrderState>(block);
  if (order->not_due) return;
  for (std::size_t index = 0; index < order->lines().size(); ++index) {
    if (wanted(block, index) == 0 || engine::takes_of(*order, order->lines()[index]) == Takes::any) continue;
    for_each_entry(shared_.blocks, *order, index, [&](QueuePlace place, Quantity units) {
      listed_[order->lines()[index].sku.value].push_back({place, block, units, Takes::whole});
    });
  }
}

std::vector<ServeStep> steps_of(std::span<const ReceivedRow> rows) {
  std::vector<ServeStep> steps;
  for (std::size_t index = 0; index < rows.size(); ++index) {
    const ReceivedRow& row = rows[index];
    const Quantity units = units_beyond_healing(row.quantity, row.available_after);
    if (row.quantity != 0) steps.push_back({row.sku, static_cast<std::uint32_t>(index), row.warehouse, units, true});
  }
  return steps;
}

bool ServePlan::plan(std::size_t most) {
  for (; step_ < cause_->steps.size(); ++step_, begun_ = false) {
    if (!begun_ && !fills_.empty() && pegged_waits(cause_->steps[step_])) return true;  // its fills come first in a commit, so that they have room
    if (!begun_) begin_step();
    if (!cause_->steps[step_].serves) continue;
    for (Candidate candidate = next_candidate(); candidate.waiter.order != 0; candidate = next_candidate()) {
      if (!fills_.empty() && fills_.size() + fills_of(candidate) > most) return true;
      serve(candidate);
    }
  }
  return false;
}

void ServePlan::begin_step() {
  begun_ = true;
  const ServeStep& step = cause_->steps[step_];
  next_listed_ = 0;
  const auto listed = listed_.find(step.sku.value);
  if (listed != listed_.end()) {
    std::sort(listed->second.begin(), listed->second.end(), [](const Waiter& one, const Waiter& other) { return one.place < other.place; });
  }
  if (pegged_waits(step)) serve_pegged(step);
}

bool ServePlan::pegged_waits(const ServeStep& step) const {
  return step.pegged_order != 0 && step.hidden != 0 && !shared_.blocks.at<OrderState>(step.pegged_order)->not_due &&
         wanted(step.pegged_order, step.pegged_line) != 0;
}

// Of the step's own cell alone: all else is the queue's.
void ServePlan::serve_pegged(const ServeStep& step) {
  const auto* order = shared_.blocks.at<OrderState>(step.pegged_order);
  for_each_entry(shared_.blocks, *order, step.pegged_line, [&](QueuePlace place, Quantity) {
    const bool can = wanted_at(step.pegged_order, place) != 0 && usable(step.sku, step.warehouse) != 0;
    if (can && fills_.size() < fills_per_commit) serve_entry(step.pegged_order, place, true);
  });
}

Quantity ServePlan::usable(SkuId sku, WarehouseId warehouse) const {
  const std::size_t next_step = step_ + (begun_ ? 1 : 0);
  if (later_rows_.not_yet(sku, next_step)) return 0;
  const CellIndex index = shared_.cell_index(sku, warehouse);
  const std::uint64_t free = CellWord{writes_->read(shared_.cells[index.value])}.free();
  std::uint64_t hidden = later_rows_.units_of(index, next_step);
  if (!set_aside_.empty()) {
    const auto found = set_aside_.find(index.value);
    if (found != set_aside_.end()) hidden += found->second;
  }
  // A newcomer may have taken units of a later row where nobody waited: never below zero.
  return static_cast<Quantity>(free - std::min(free, hidden));
}

Quantity ServePlan::wanted(BlockRef block, std::size_t line_index) const {
  const Quantity waiting = shared_.blocks.at<OrderState>(block)->lines()[line_index].waiting;
  const Quantity* planned = planned_.find(line_key(block, line_index));
  const Quantity cut = cut_ != nullptr && cut_->order == block ? cut_->units[line_index] : 0;
  return waiting - cut - (planned == nullptr ? 0 : *planned);
}

Quantity ServePlan::wanted_at(BlockRef block, QueuePlace place) const {
  const auto* order = shared_.blocks.at<OrderState>(block);
  if (order->raises == 0) return wanted(block, place.line_index);
  Quantity units = waiting_at(shared_.blocks, *order, place);
  if (cut_ != nullptr && cut_->order == block) {
    for (const WaitingEntry& gone : cut_of(shared_.blocks, *order, place.line_index, cut_->units[place.line_index])) {
      if (gone.place == place) units -= gone.units;
    }
  }
  const auto planned = planned_entries_.find(place);
  return units - (planned == planned_entries_.end() ? 0 : planned->second);
}

// The first in a queue for whom `there` units might be enough, and who is not done with in this step.
ServePlan::Candidate ServePlan::head_of(WarehouseId pinned, std::uint64_t there) {
  WaitingQueues::Root& queue = book_.queue_of(shared_, cause_->steps[step_].sku, pinned);
  if (queue == 0) return {};
  Cursor& cursor = cursor_of(queue);
  // There may be enough now for those who were passed over in an earlier step of this SKU.
  if (cursor.step != step_ && book_.has_whole_takers) cursor.able = {};
  cursor.step = step_;
  for (;; cursor.able.pass()) {
    const Waiter* waiter = book_.queues.walk_to_able(queue, cursor.able, there);
    if (waiter == nullptr) return {};
    // Orders that wait for one SKU lie scattered among all others.
    if (const Waiter* next = cursor.able.ahead(fetched_ahead); next != nullptr) {
      const auto* order = shared_.blocks.at<std::byte>(next->order);
      __builtin_prefetch(order);
      __builtin_prefetch(order + 64);  // its first line
    }
    if (wanted_at(waiter->order, waiter->place) != 0) return {*waiter, &queue, there};
  }
}

// The earliest by queue place among those for whom what is there might be enough.
ServePlan::Candidate ServePlan::earliest() {
  const SkuId sku = cause_->steps[step_].sku;
  Candidate best;
  std::uint64_t all_there = 0;
  const auto consider = [&](const Candidate& candidate) {
    if (candidate.waiter.order != 0 && (best.waiter.order == 0 || candidate.waiter.place < best.waiter.place)) best = candidate;
  };
  for (const WarehouseId warehouse : catalogue_->by_priority) {
    const Quantity units = usable(sku, warehouse);
    if (units == 0) continue;
    all_there += units;
    consider(head_of(warehouse, units));
  }
  if (all_there == 0) return {};
  consider(head_of(WarehouseId{}, all_there));
  if (listed_.empty()) return best;
  const auto listed = listed_.find(sku.value);
  if (listed != listed_.end() && next_listed_ < listed->second.size()) {
    const Waiter& waiter = listed->second[next_listed_];
    const WarehouseId pinned = shared_.blocks.at<OrderState>(waiter.order)->lines()[waiter.place.line_index].pinned;
    consider({waiter, nullptr, pinned.value != 0 ? usable(sku, pinned) : all_there});
  }
  return best;
}

// The earliest waiter by queue place who can use a unit that is there (R3).
ServePlan::Candidate ServePlan::next_candidate() {
  for (;;) {
    Candidate candidate = earliest();
    if (candidate.waiter.order == 0 || all_there(candidate)) return candidate;
    pass_over(candidate);
  }
}

// Whether the candidate can be served: for those who take all or nothing, whether all is there.
bool ServePlan::all_there(const Candidate& candidate) {
  if (candidate.waiter.takes == Takes::any) return true;
  const Waiter& waiter = candidate.waiter;
  const Quantity units = wanted_at(waiter.order, waiter.place);
  if (units == 0) return false;  // listed, and served meanwhile
  const auto* order = shared_.blocks.at<OrderState>(waiter.order);
  if (!takes_all(*order)) return units <= candidate.there;
  ++orders_looked_at_;
  const std::optional<std::size_t> blocked = blocked_line(waiter.order);
  if (!blocked) return true;
  const OrderLineState& line = order->lines()[*blocked];
  if (waiter.place.line_index != order->parked_line || line.sku != cause_->steps[step_].sku) parkings_.push_back({waiter.order, *blocked});
  if (line.sku != cause_->steps[step_].sku) {  // a later row may bring it
    listed_[line.sku.value].push_back({first_place(shared_.blocks, *order, *blocked), waiter.order, line.waiting, Takes::whole});
  }
  return false;
}

void ServePlan::pass_over(const Candidate& candidate) {
  if (candidate.queue == nullptr) {
    ++next_listed_;
  } else {
    cursor_of(*candidate.queue).able.pass();
  }
}

std::optional<std::size_t> ServePlan::blocked_line(BlockRef block) {
  const auto* order = shared_.blocks.at<OrderState>(block);
  coverage_.clear();
  for (std::size_t index = 0; index < order->lines().size(); ++index) {
    const OrderLineState& line = order->lines()[index];
    if (const Quantity units = wanted(block, index); units != 0) coverage_.add(line.sku, line.pinned, units, index);
  }
  return coverage_.blocked_line(*catalogue_, [this](SkuId sku, WarehouseId warehouse) { return usable(sku, warehouse); });
}

std::size_t ServePlan::fills_of(const Candidate& candidate) const {
  const auto* order = shared_.blocks.at<OrderState>(candidate.waiter.order);
  return takes_all(*order) ? order->line_count : 1;
}

void ServePlan::serve(const Candidate& candidate) {
  const Waiter& waiter = candidate.waiter;
  if (takes_all(*shared_.blocks.at<OrderState>(waiter.order))) {
    serve_order(waiter.order);
  } else {
    serve_entry(waiter.order, waiter.place);
  }
}

// All lines that wait, in their order; what pinned ones need is set aside first (engine/coverage.hpp).
void ServePlan::serve_order(BlockRef block) {
  const auto* order = shared_.blocks.at<OrderState>(block);
  for (std::size_t index = 0; index < order->lines().size(); ++index) {
    const OrderLineState& line = order->lines()[index];
    if (line.pinned.value != 0) set_aside_[shared_.cell_index(line.sku, line.pinned).value] += wanted(block, index);
  }
  for (std::size_t index = 0; index < order->lines().size(); ++index) {
    const OrderLineState& line = order->lines()[index];
    const Quantity units = wanted(block, index);
    if (units == 0) continue;
    if (line.pinned.value != 0) set_aside_[shared_.cell_index(line.sku, line.pinned).value] -= units;
    for_each_entry(shared_.blocks, *order, index, [&](QueuePlace place, Quantity) {
      if (wanted_at(block, place) != 0) serve_entry(block, place);
    });
    EARMARK_CHECK(wanted(block, index) == 0);
  }
}

void ServePlan::serve_entry(BlockRef block, QueuePlace place, bool pegged) {
  const auto* order = shared_.blocks.at<OrderState>(block);
  const std::size_t line_index = place.line_index;
  const OrderLineState& line = order->lines()[line_index];
  PlannedFill fill{block, line_index, place, line.sku, cause_->steps[step_].row, 0, 0, takes_.size(), 0, pegged, {}};
  Quantity open = wanted_at(block, place);
  for (const WarehouseId warehouse : catalogue_->by_priority) {
    if (open == 0) break;
    if (line.pinned.value != 0 && line.pinned != warehouse) continue;
    if (pegged && warehouse != cause_->steps[step_].warehouse) continue;
    const Quantity units = std::min(open, usable(line.sku, warehouse));
    if (units == 0) continue;
    Atomic<std::uint64_t>& cell = shared_.cell(line.sku, warehouse);
    const CellWord word{writes_->read(cell)};
    const CellWord after = word.minus(units, word.gate());
    writes_->write(cell, word.bits, after.bits);
    takes_.push_back({units, after.free(), warehouse, shipment_for(block, line_index, warehouse)});
    open -= units;
    fill.units += units;
  }
  fill.takes = takes_.size() - fill.first_take;
  if (book_.has_whole_takers && !pegged) fill.passed_over = passed_over_by(fill);
  cursor_of(book_.queue_of(shared_, line.sku, line.pinned)).gone += fill.units;
  planned_[line_key(block, line_index)] += fill.units;
  if (order->raises != 0) planned_entries_[place] += fill.units;
  fill.still_waiting = wanted(block, line_index);
  fills_.push_back(fill);
}

// Once for each order; not counted: those who have got everything by this plan, and the order itself.
PassedOver ServePlan::passed_over_by(const PlannedFill& fill) {
  PassedOver best;
  const auto* order = shared_.blocks.at<OrderState>(fill.order);
  if (order->has_skipped || std::find(skippers_.begin(), skippers_.end(), fill.order) != skippers_.end()) return best;
  if (fill.takes != 0) best.consider(first_skipped(book_.sku_queues[fill.sku.value], fill));
  for (const Take& take : takes_of(fill)) best.consider(first_skipped(book_.cell_queues[shared_.cell_index(fill.sku, take.warehouse).value], fill));
  if (best.order != 0) skippers_.push_back(fill.order);
  return best;
}

// The first of the queue whom the fill passes over. For good the plan goes past those alone who want nothing any more: whoever is of the same order may be
// passed over by the next fill.
const Waiter* ServePlan::first_skipped(WaitingQueues::Root& queue, const PlannedFill& fill) {
  if (queue == 0) return nullptr;
  const auto walk_to_wanting = [&](WaitingQueues::Walk& walk) {
    for (;; walk.pass()) {
      const Waiter* waiter = book_.queues.walk_to_skippable(queue, walk);
      if (waiter == nullptr || !(waiter->place < fill.place)) return static_cast<const Waiter*>(nullptr);
      if (wanted_at(waiter->order, waiter->place) != 0) return waiter;
    }
  };
  const Waiter* waiter = walk_to_wanting(cursor_of(queue).skippable);
  if (waiter == nullptr || waiter->order != fill.order) return waiter;
  WaitingQueues::Walk beyond = cursor_of(queue).skippable;
  while (waiter != nullptr && waiter->order == fill.order) {
    beyond.pass();
    waiter = walk_to_wanting(beyond);
  }
  return waiter;
}

// As engine::is_set_aside() will say behind this plan.
bool ServePlan::is_set_aside(BlockRef block, std::size_t line_index) const {
  const auto* order = shared_.blocks.at<OrderState>(block);
  if (!is_strict(*order, order->lines()[line_index])) return false;
  if (order->policy != Policy::ship_complete) return wanted(block, line_index) != 0;
  for (std::size_t index = 0; index < order->lines().size(); ++index) {
    if (wanted(block, index) != 0) return true;
  }
  return false;
}

// Joins the shipment that is open there, also one that this plan has opened; else the order's next number. What is set aside
// and what can be picked never share one.
std::uint16_t ServePlan::shipment_for(BlockRef block, std::size_t line_index, WarehouseId warehouse) {
  const auto* order = shared_.blocks.at<OrderState>(block);
  const bool set_aside = is_set_aside(block, line_index);
  const std::uint32_t* found = latest_shipment_.find(block);
  const std::uint32_t latest = found == nullptr ? 0 : *found;
  std::vector<std::uint16_t> other_kind;
  if (has_strict_line(*order)) {
    for (std::size_t index = 0; index < order->lines().size(); ++index) {
      const bool of_line = is_set_aside(block, index);
      for_each_allocation(shared_.blocks, order->lines()[index], [&](const Allocation& each) {
        const Quantity gone = cut_ != nullptr && cut_->order == block ? cut_->released_of(index, each) : 0;
        if (each.warehouse != warehouse || each.reserved == gone) return;
        if ((of_line && !is_picked(shared_.blocks, *order, each.shipment)) != set_aside) other_kind.push_back(each.shipment);
      });
    }
    for (std::uint32_t at = latest; at != 0; at = shipments_[at - 1].before) {
      const PlannedShipment& planned = shipments_[at - 1];
      if (planned.warehouse == warehouse && is_set_aside(block, planned.line_index) != set_aside) other_kind.push_back(planned.shipment);
    }
  }
  std::uint16_t next = order->next_shipment;
  std::uint16_t shipment = open_shipment(shared_.blocks, *order, warehouse, other_kind);
  bool planned_already = false;
  for (std::uint32_t at = latest; at != 0; at = shipments_[at - 1].before) {
    const PlannedShipment& planned = shipments_[at - 1];
    next = std::max(next, static_cast<std::uint16_t>(planned.shipment + 1));
    if (planned.warehouse != warehouse || std::find(other_kind.begin(), other_kind.end(), planned.shipment) != other_kind.end()) continue;
    planned_already = planned_already || planned.shipment >= shipment;
    shipment = std::max(shipment, planned.shipment);
  }
  if (shipment == 0) shipment = next;
  if (set_aside || !planned_already) {
    shipments_.push_back({warehouse, shipment, static_cast<std::uint16_t>(line_index), latest});
    latest_shipment_[block] = static_cast<std::uint32_t>(shipments_.size());
  }
  return shipment;
}

bool ServePlan::still_waits(const WaitingQueues::Root& queue) const {
  const Cursor* cursor = cursors_.find(reinterpret_cast<std::uintptr_t>(&queue));
  return book_.queues.all(queue).units > (cursor == nullptr ? 0 : cursor->gone);
}

void ServePlan::write_gates(SkuId sku) {
  const bool anywhere = still_waits(book_.sku_queues[sku.value]);
  for (const WarehouseId warehouse : catalogue_->by_priority) {
    const CellIndex index = shared_.cell_index(sku, warehouse);
    const bool gate = anywhere || still_waits(book_.cell_queues[index.value]);
    const CellWord word{writes_->read(shared_.cells[index.value])};
    if (word.gate() != gate) writes_->write(shared_.cells[index.value], word.bits, word.gated(gate).bits);
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
    auto* order = shared_.blocks.at<OrderState>(fill.order);
    OrderLineState& line = order->lines()[fill.line_index];
    stop_waiting_at(blocks, *order, fill.place, fill.units);
    for (const Take& take : takes_of(fill)) {
      // Memory is kept back for this (BlockCache::For::accepted).
      EARMARK_CHECK(allocate(blocks, line, take.warehouse, take.shipment, take.quantity));
      if (take.shipment < order->next_shipment) raise_revision(blocks, *order, take.shipment);
      order->next_shipment = std::max(order->next_shipment, static_cast<std::uint16_t>(take.shipment + 1));
    }
    if (fill.passed_over.order != 0) book_.count_skip(shared_, fill.passed_over.order, fill.passed_over.place.line_index, fill.order);
    book_.settle_patience(shared_, fill.order, fill.line_index);
  }
  leave_queues();
  for (const auto& [block, blocked] : parkings_) {
    auto* order = shared_.blocks.at<OrderState>(block);
    if (order->lines()[blocked].waiting != 0 && takes_all(*order)) book_.park(shared_, *order, blocked);
  }
}

// What the fills serve waits no more. Queue by queue: most of them are of one, from its beginning on.
void ServePlan::leave_queues() {
  served_.clear();
  for (const PlannedFill& fill : fills_) {
    const OrderLineState& line = shared_.blocks.at<OrderState>(fill.order)->lines()[fill.line_index];
    served_.push_back({&book_.queue_of(shared_, line.sku, line.pinned), {fill.place, fill.units}});
  }
  const auto before = [](const Served& one, const Served& other) {
    return one.queue != other.queue ? std::less<>()(one.queue, other.queue) : one.what.place < other.what.place;
  };
  if (!std::is_sorted(served_.begin(), served_.end(), before)) std::sort(served_.begin(), served_.end(), before);
  for (std::size_t index = 0; index < served_.size();) {
    WaitingQueues::Root* queue = served_[index].queue;
    reductions_.clear();
    for (; index < served_.size() && served_[index].queue == queue; ++index) {
      const WaitingQueues::Reduction& what = served_[index].what;
      if (!reductions_.empty() && reductions_.back().place == what.place) {  // by several rows
        reductions_.back().by += what.by;
      } else {
        reductions_.push_back(what);
      }
    }
    book_.queues.reduce(*queue, reductions_);
  }
}

void ServePlan::park(const Cause* cause, const CatalogueView& catalogue, WriteSet& writes, std::span<const BlockRef> orders) {
  static const Cause none;
  begin(cause == nullptr ? none : *cause, catalogue, writes, nullptr);
  for (const BlockRef block : orders) {
    auto* order = shared_.blocks.at<OrderState>(block);
    std::optional<std::size_t> line = blocked_line(block);
    // One that could be served now is served by the open cause: it stands where that looks for it first.
    for (std::size_t step = step_; !line && step < cause_->steps.size(); ++step) {
      for (std::size_t index = 0; !line && index < order->lines().size(); ++index) {
        if (order->lines()[index].waiting != 0 && order->lines()[index].sku == cause_->steps[step].sku) line = index;
      }
    }
    EARMARK_CHECK(line);
    book_.park(shared_, *order, *line);
  }
}

}  // namespace earmark::engine
