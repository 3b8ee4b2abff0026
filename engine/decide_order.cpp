#include "engine/decide_order.hpp"

#include <algorithm>
#include <unordered_set>

namespace earmark::engine {
namespace {

bool warehouse_exists(WarehouseId optional, const CatalogueView& catalogue) noexcept {
  return optional.value == 0 || catalogue.knows(optional);
}

// Finds repeated line numbers; pairwise for the usual short order, with a set for long ones.
class LineNumbers {
 public:
  explicit LineNumbers(std::span<const OrderLine> lines) : lines_(lines) {}

  bool repeated(std::size_t index) {
    if (lines_.size() > 32) return !seen_.insert(lines_[index].line.value).second;
    return std::any_of(lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(index),
                       [&](const OrderLine& earlier) { return earlier.line == lines_[index].line; });
  }

 private:
  std::span<const OrderLine> lines_;
  std::unordered_set<std::uint32_t> seen_;
};

std::uint16_t shipment_from(OrderDraft& draft, WarehouseId warehouse) {
  const auto found = std::find(draft.shipments.begin(), draft.shipments.end(), warehouse);
  const auto number = found - draft.shipments.begin() + 1;
  if (found == draft.shipments.end()) draft.shipments.push_back(warehouse);
  return static_cast<std::uint16_t>(number);
}

void add_take(OrderDraft& draft, LineDecision& line, WarehouseId warehouse, Quantity units, Quantity available_after) {
  const std::uint16_t shipment = shipment_from(draft, warehouse);
  if (line.taken == 0) {
    line.taken = units;
    line.available_after = available_after;
    line.warehouse = warehouse;
    line.shipment = shipment;
  } else {
    draft.takes.push_back({units, available_after, warehouse, shipment});
    ++line.more_takes;
  }
}

OrderStatus status_of(Policy policy, std::uint64_t missing, bool took_any) noexcept {
  if (missing == 0) return OrderStatus::reserved;
  if (policy == Policy::fill_and_cancel) return took_any ? OrderStatus::reduced : OrderStatus::cancelled;
  if (policy == Policy::fill_or_kill) return OrderStatus::refused;
  return took_any ? OrderStatus::split : OrderStatus::backordered;
}

LineDecision untaken(const OrderLine& asked) noexcept {
  return {asked.line, asked.sku, static_cast<Quantity>(asked.quantity), 0, 0, 0, {}, 0, 0, asked.pinned};
}

// One order being decided. What it takes can be taken back to a mark.
class Decider {
 public:
  Decider(const PlaceOrder& order, SharedState& shared, const CatalogueView& catalogue, bool for_settler, WriteSet& writes, OrderDraft& draft)
      : order_(order), shared_(shared), catalogue_(catalogue), for_settler_(for_settler), writes_(writes), draft_(draft), start_(mark()) {}

  // False: only the settler can go on.
  bool take_lines();
  void take_all_set_aside();
  void take_nothing();
  std::uint64_t missing() const noexcept { return missing_; }

 private:
  struct Mark {
    std::size_t writes, takes, shipments;
  };
  Mark mark() const noexcept { return {writes_.mark(), draft_.takes.size(), draft_.shipments.size()}; }
  void back_to(const Mark& mark) {
    writes_.roll_back(mark.writes);
    draft_.takes.resize(mark.takes);
    draft_.shipments.resize(mark.shipments);
  }
  bool take(const OrderLine& asked, LineDecision& line, std::span<const WarehouseId> warehouses, Quantity& open);

  const PlaceOrder& order_;
  SharedState& shared_;
  const CatalogueView& catalogue_;
  bool for_settler_;
  WriteSet& writes_;
  OrderDraft& draft_;
  Mark start_;
  std::uint64_t missing_ = 0;
  std::size_t cells_read_ = 0;
};

bool Decider::take(const OrderLine& asked, LineDecision& line, std::span<const WarehouseId> warehouses, Quantity& open) {
  for (const WarehouseId warehouse : warehouses) {
    if (open == 0) break;
    Atomic<std::uint64_t>& cell = shared_.cell(asked.sku, warehouse);
    const CellWord word{writes_.read(cell)};
    if (!for_settler_ && (word.gate() || ++cells_read_ > fast_path_cells)) return false;
    Quantity there = word.free();
    if (!draft_.set_aside.empty()) {
      const auto others = draft_.set_aside.find(shared_.cell_index(asked.sku, warehouse).value);
      if (others != draft_.set_aside.end()) there -= others->second;
    }
    const Quantity units = std::min(open, there);
    if (units == 0) continue;
    writes_.write(cell, word.bits, word.with(word.free() - units, word.gate()).bits);
    add_take(draft_, line, warehouse, units, word.free() - units);
    open -= units;
  }
  return for_settler_ || open == 0 || !waits(order_.policy);
}

// R1: lines in the order given, each from its warehouses.
bool Decider::take_lines() {
  for (const OrderLine& asked : order_.lines) {
    const Mark before = mark();
    LineDecision& line = draft_.lines.emplace_back(untaken(asked));
    Quantity open = line.quantity;
    if (!take(asked, line, draft_.sources.of_line(asked, shared_, writes_), open)) {
      back_to(start_);
      return false;
    }
    if (open != 0 && order_.policy == Policy::line_complete) {
      back_to(before);
      line = untaken(asked);
      open = line.quantity;
    }
    if (waits(order_.policy)) line.backordered = open;
    missing_ += open;
  }
  return true;
}

void Decider::take_nothing() {
  back_to(start_);
  for (std::size_t index = 0; index < draft_.lines.size(); ++index) draft_.lines[index] = untaken(order_.lines[index]);
}

// An order that takes all or nothing takes what its sourcing rule gives; where that leaves something open, all is there perhaps
// if its pinned lines are thought of first. By the settler alone: such an order waits otherwise.
void Decider::take_all_set_aside() {
  take_nothing();
  draft_.coverage.clear();
  for (std::size_t index = 0; index < order_.lines.size(); ++index) {
    const OrderLine& line = order_.lines[index];
    draft_.coverage.add(line.sku, line.pinned, static_cast<Quantity>(line.quantity), index);
  }
  const auto blocked = draft_.coverage.blocked_line(catalogue_, [&](SkuId sku, WarehouseId warehouse) {
    return CellWord{writes_.read(shared_.cell(sku, warehouse))}.free();
  });
  if (blocked) {
    draft_.blocked_line = *blocked;
    for (LineDecision& line : draft_.lines) line.backordered = line.quantity;
    return;
  }
  const auto set_aside_of = [&](const OrderLine& line) -> Quantity& {
    return draft_.set_aside[shared_.cell_index(line.sku, line.pinned).value];
  };
  for (const OrderLine& line : order_.lines) {
    if (line.pinned.value != 0) set_aside_of(line) += static_cast<Quantity>(line.quantity);
  }
  for (std::size_t index = 0; index < order_.lines.size(); ++index) {
    const OrderLine& line = order_.lines[index];
    Quantity open = static_cast<Quantity>(line.quantity);
    if (line.pinned.value != 0) set_aside_of(line) -= open;
    take(line, draft_.lines[index], line.pinned.value != 0 ? std::span(&line.pinned, 1) : std::span(catalogue_.by_priority), open);
    EARMARK_CHECK(open == 0);
  }
  draft_.set_aside.clear();
  missing_ = 0;
}

}  // namespace

void gate_for_waiter(const LineDecision& line, SharedState& shared, const CatalogueView& catalogue, WriteSet& writes) {
  const std::span<const WarehouseId> warehouses = line.pinned.value != 0 ? std::span(&line.pinned, 1) : std::span(catalogue.by_priority);
  for (const WarehouseId warehouse : warehouses) {
    Atomic<std::uint64_t>& cell = shared.cell(line.sku, warehouse);
    const CellWord word{writes.read(cell)};
    if (!word.gate()) writes.write(cell, word.bits, word.with(word.free(), true).bits);
  }
}

Error validate_order(const PlaceOrder& order, const CatalogueView& catalogue) {
  if (order.lines.empty()) return {ErrorCode::empty_order, 0, {}};
  if (order.lines.size() > max_lines) return {ErrorCode::too_many_lines, 0, {}};
  if (!warehouse_exists(order.preferred, catalogue)) return {ErrorCode::unknown_warehouse, 0, {}};
  LineNumbers numbers(order.lines);
  for (std::size_t index = 0; index < order.lines.size(); ++index) {
    const OrderLine& line = order.lines[index];
    const auto at_fault = [&](ErrorCode code) { return Error{code, static_cast<std::uint32_t>(index + 1), line.line}; };
    if (numbers.repeated(index)) return at_fault(ErrorCode::duplicate_line);
    if (!catalogue.knows(line.sku)) return at_fault(ErrorCode::unknown_sku);
    if (!warehouse_exists(line.pinned, catalogue)) return at_fault(ErrorCode::unknown_warehouse);
    if (line.quantity < 1 || line.quantity > max_quantity) return at_fault(ErrorCode::bad_quantity);
  }
  return {};
}

Verdict decide_order(const PlaceOrder& order, std::uint64_t content, SharedState& shared, const CatalogueView& catalogue,
                     bool for_settler, WriteSet& writes, OrderDraft& draft) {
  draft.lines.clear();
  draft.takes.clear();
  draft.waits.clear();
  draft.shipments.clear();
  draft.set_aside.clear();
  if (draft.sources.begin(order, shared, catalogue, for_settler, writes) == SourceChooser::Begun::settler) return Verdict::settler;
  Decider decider(order, shared, catalogue, for_settler, writes, draft);
  if (!decider.take_lines()) return Verdict::settler;
  if (decider.missing() != 0 && order.policy == Policy::fill_or_kill) decider.take_nothing();  // all now, or nothing
  if (decider.missing() != 0 && order.policy == Policy::ship_complete) decider.take_all_set_aside();
  bool took_any = false;
  for (const LineDecision& line : draft.lines) {
    took_any = took_any || line.taken != 0;
    if (line.backordered != 0) gate_for_waiter(line, shared, catalogue, writes);
  }
  draft.decision = {order.id, content, status_of(order.policy, decider.missing(), took_any), order.policy, order.priority,
                    draft.sources.rule(), order.preferred, order.placed_at, order.need_by, order.reserve_not_before,
                    order.cancel_after, order.texts, draft.lines, draft.takes, draft.waits};
  return Verdict::decided;
}

}  // namespace earmark::engine
