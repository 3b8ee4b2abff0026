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

OrderStatus status_of(Policy policy, std::uint64_t missing, bool took_any, bool waits_any) noexcept {
  if (missing == 0) return OrderStatus::reserved;
  if (policy == Policy::fill_or_kill) return OrderStatus::refused;
  if (waits_any) return took_any ? OrderStatus::split : OrderStatus::backordered;
  return took_any ? OrderStatus::reduced : OrderStatus::cancelled;
}

// Policies that a line may have: those that speak of one line, where the order's do, too.
bool goes_with(LinePolicy own, Policy of_order) noexcept {
  if (!own.known() || own == LinePolicy::of(Policy::ship_complete)) return false;
  return of_order != Policy::ship_complete && of_order != Policy::fill_or_kill;
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
  bool has_own_policies() const noexcept { return has_own_policies_; }

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
  bool has_own_policies_ = false;
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
    const CellWord after = word.minus(units, word.gate());
    writes_.write(cell, word.bits, after.bits);
    add_take(draft_, line, warehouse, units, after.free());
    open -= units;
  }
  return for_settler_ || open == 0 || !waits(asked.policy.or_else(order_.policy));
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
    if (asked.policy.own()) has_own_policies_ = true;
    if (open == 0) continue;
    const Policy policy = asked.policy.or_else(order_.policy);
    if (takes_whole_line(policy)) {
      back_to(before);
      line = untaken(asked);
      open = line.quantity;
    }
    missing_ += open;
    if (!waits(policy)) continue;
    // A receiving thread never comes here, so it never looks this up.
    if (order_.policy == Policy::ship_complete || catalogue_.backorderable(asked.sku)) line.backordered = open;
    else draft_.not_backorderable.push_back(static_cast<std::uint32_t>(draft_.lines.size() - 1));
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

// Of a ship_complete order that is short: its lines without the units that are not there of SKUs that orders may not wait for.
// Pinned lines have theirs first. Returns how many are cut off.
std::uint64_t reduce(const PlaceOrder& order, SharedState& shared, const CatalogueView& catalogue, const WriteSet& writes, OrderDraft& draft) {
  draft.reduced.assign(order.lines.begin(), order.lines.end());
  std::unordered_map<std::uint64_t, Quantity> left;  // by cell
  std::uint64_t cut = 0;
  for (const bool pinned : {true, false}) {
    for (std::size_t index = 0; index < draft.reduced.size(); ++index) {
      OrderLine& line = draft.reduced[index];
      if ((line.pinned.value != 0) != pinned || catalogue.backorderable(line.sku)) continue;
      auto open = static_cast<Quantity>(line.quantity);
      for (const WarehouseId warehouse : pinned ? std::span(&line.pinned, 1) : std::span(catalogue.by_priority)) {
        Atomic<std::uint64_t>& cell = shared.cell(line.sku, warehouse);
        Quantity& there = left.try_emplace(shared.cell_index(line.sku, warehouse).value, CellWord{writes.read(cell)}.free()).first->second;
        const Quantity units = std::min(open, there);
        there -= units;
        open -= units;
      }
      line.quantity -= open;
      cut += open;
      if (open != 0) draft.not_backorderable.push_back(static_cast<std::uint32_t>(index));
    }
  }
  std::sort(draft.not_backorderable.begin(), draft.not_backorderable.end());
  return cut;
}

void clear(OrderDraft& draft) {
  draft.lines.clear();
  draft.takes.clear();
  draft.waits.clear();
  draft.shipments.clear();
  draft.set_aside.clear();
  draft.line_policies.clear();
}

// By the settler. The order without what it is cut by is decided as any other of its policy. Returns what is missing or was cut.
std::uint64_t decide_whole_order(const PlaceOrder& order, SharedState& shared, const CatalogueView& catalogue, WriteSet& writes,
                                 Decider& decider, OrderDraft& draft) {
  decider.take_nothing();
  const std::uint64_t cut = catalogue.all_backorderable() ? 0 : reduce(order, shared, catalogue, writes, draft);
  if (cut == 0) {
    decider.take_all_set_aside();
    return decider.missing();
  }
  PlaceOrder reduced = order;
  reduced.lines = draft.reduced;
  clear(draft);
  draft.sources.begin(reduced, shared, catalogue, true, writes);
  Decider again(reduced, shared, catalogue, true, writes, draft);
  again.take_lines();
  if (again.missing() != 0) again.take_all_set_aside();
  for (std::size_t index = 0; index < draft.lines.size(); ++index) draft.lines[index].quantity = static_cast<Quantity>(order.lines[index].quantity);
  return cut + again.missing();
}

// What has been found out about its lines as one decision. `missing`: units that were not there.
void conclude(const PlaceOrder& order, std::uint64_t content, std::uint64_t missing, bool own_policies, SharedState& shared,
              const CatalogueView& catalogue, WriteSet& writes, OrderDraft& draft) {
  bool took_any = false, waits_any = false;
  for (const LineDecision& line : draft.lines) {
    took_any = took_any || line.taken != 0;
    if (line.backordered == 0) continue;
    waits_any = true;
    gate_for_waiter(line, shared, catalogue, writes);
  }
  draft.decision = {order.id, content, status_of(order.policy, missing, took_any, waits_any), order.policy, order.priority,
                    draft.sources.rule(), order.preferred, order.placed_at, order.need_by, order.reserve_not_before,
                    order.cancel_after, order.texts, draft.lines, draft.takes, draft.waits};
  if (own_policies) {
    for (const OrderLine& line : order.lines) draft.line_policies.push_back(line.policy);
    draft.decision.line_policies = draft.line_policies;
  }
  draft.decision.not_backorderable = draft.not_backorderable;
}

}  // namespace

void gate_for_waiter(const LineDecision& line, SharedState& shared, const CatalogueView& catalogue, WriteSet& writes) {
  const std::span<const WarehouseId> warehouses = line.pinned.value != 0 ? std::span(&line.pinned, 1) : std::span(catalogue.by_priority);
  for (const WarehouseId warehouse : warehouses) {
    Atomic<std::uint64_t>& cell = shared.cell(line.sku, warehouse);
    const CellWord word{writes.read(cell)};
    if (!word.gate()) writes.write(cell, word.bits, word.gated(true).bits);
  }
}

Error validate_order(const PlaceOrder& order, const CatalogueView& catalogue, bool own_policies) {
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
    if (line.policy.own() && !(own_policies && goes_with(line.policy, order.policy))) return at_fault(ErrorCode::bad_policy);
  }
  return {};
}

Verdict decide_order(const PlaceOrder& order, std::uint64_t content, SharedState& shared, const CatalogueView& catalogue,
                     bool for_settler, WriteSet& writes, OrderDraft& draft) {
  clear(draft);
  draft.not_backorderable.clear();
  if (draft.sources.begin(order, shared, catalogue, for_settler, writes) == SourceChooser::Begun::settler) return Verdict::settler;
  Decider decider(order, shared, catalogue, for_settler, writes, draft);
  if (!decider.take_lines()) return Verdict::settler;
  std::uint64_t missing = decider.missing();
  if (missing != 0 && order.policy == Policy::fill_or_kill) decider.take_nothing();  // all now, or nothing
  if (missing != 0 && order.policy == Policy::ship_complete) missing = decide_whole_order(order, shared, catalogue, writes, decider, draft);
  conclude(order, content, missing, decider.has_own_policies(), shared, catalogue, writes, draft);
  return Verdict::decided;
}

void decide_not_due(const PlaceOrder& order, std::uint64_t content, SharedState& shared, const CatalogueView& catalogue, WriteSet& writes,
                    OrderDraft& draft) {
  clear(draft);
  draft.not_backorderable.clear();
  draft.sources.begin(order, shared, catalogue, true, writes);
  std::uint64_t missing = 0;
  bool own_policies = false;
  for (const OrderLine& asked : order.lines) {
    LineDecision& line = draft.lines.emplace_back(untaken(asked));
    missing += line.quantity;
    own_policies = own_policies || asked.policy.own();
    if (catalogue.backorderable(asked.sku)) line.backordered = line.quantity;
    else draft.not_backorderable.push_back(static_cast<std::uint32_t>(draft.lines.size() - 1));
  }
  conclude(order, content, missing, own_policies, shared, catalogue, writes, draft);
  draft.decision.not_due = true;
}

}  // namespace earmark::engine
