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

void gate_for_waiter(const LineDecision& line, SharedState& shared, const CatalogueView& catalogue, WriteSet& writes) {
  const std::span<const WarehouseId> warehouses = line.pinned.value != 0 ? std::span(&line.pinned, 1) : std::span(catalogue.by_priority);
  for (const WarehouseId warehouse : warehouses) {
    Atomic<std::uint64_t>& cell = shared.cell(line.sku, warehouse);
    const CellWord word{writes.read(cell)};
    if (!word.gate()) writes.write(cell, word.bits, word.with(word.free(), true).bits);
  }
}

}  // namespace

Error validate_order(const PlaceOrder& order, const CatalogueView& catalogue) {
  if (order.policy == Policy::line_complete || order.policy == Policy::ship_complete) return {ErrorCode::not_supported, 0, {}};
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
  const std::size_t mark = writes.mark();
  if (draft.sources.begin(order, shared, catalogue, for_settler, writes) == SourceChooser::Begun::settler) return Verdict::settler;
  std::uint64_t missing = 0;
  bool took_any = false;
  std::size_t cells_read = 0;

  for (const OrderLine& asked : order.lines) {
    const auto wanted = static_cast<Quantity>(asked.quantity);
    LineDecision& line = draft.lines.emplace_back(LineDecision{asked.line, asked.sku, wanted, 0, 0, 0, {}, 0, 0, asked.pinned});
    Quantity open = wanted;
    for (const WarehouseId warehouse : draft.sources.of_line(asked, shared, writes)) {
      if (open == 0) break;
      Atomic<std::uint64_t>& cell = shared.cell(asked.sku, warehouse);
      const CellWord word{writes.read(cell)};
      if (!for_settler && (word.gate() || ++cells_read > fast_path_cells)) {
        writes.roll_back(mark);
        return Verdict::settler;
      }
      const Quantity units = std::min(open, word.free());
      if (units == 0) continue;
      writes.write(cell, word.bits, word.with(word.free() - units, word.gate()).bits);
      add_take(draft, line, warehouse, units, word.free() - units);
      open -= units;
      took_any = true;
    }
    missing += open;
    if (order.policy == Policy::ship_partial) line.backordered = open;
    if (open != 0 && order.policy == Policy::ship_partial && !for_settler) {
      writes.roll_back(mark);
      return Verdict::settler;
    }
  }

  if (missing != 0 && order.policy == Policy::fill_or_kill) {  // all now, or nothing taken
    writes.roll_back(mark);
    draft.takes.clear();
    for (LineDecision& line : draft.lines) line = {line.line, line.sku, line.quantity, 0, 0, 0, {}, 0, 0, line.pinned};
  }
  for (const LineDecision& line : draft.lines) {
    if (line.backordered != 0) gate_for_waiter(line, shared, catalogue, writes);
  }
  draft.decision = {order.id, content, status_of(order.policy, missing, took_any), order.policy, order.priority,
                    draft.sources.rule(), order.preferred, order.placed_at, order.need_by, order.reserve_not_before,
                    order.cancel_after, order.texts, draft.lines, draft.takes, draft.waits};
  return Verdict::decided;
}

}  // namespace earmark::engine
