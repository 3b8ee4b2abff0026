#include "engine/confirm_plan.hpp"

#include <algorithm>

namespace earmark::engine {

void name_held_lines(const BlockStore& blocks, const OrderState& hold, std::vector<OrderLine>& lines) {
  lines.clear();
  for (const OrderLineState& line : hold.lines()) {
    WireQuantity held = line.waiting;
    for_each_allocation(blocks, line, [&](const Allocation& allocation) { held += allocation.reserved; });
    if (held != 0) lines.push_back({held, line.sku, line.line, line.pinned, 0, 0});
  }
}

void ConfirmPlan::decide(const PlaceOrder& order, std::uint64_t content, const OrderState& hold, SharedState& shared,
                         const CatalogueView& catalogue, WriteSet& writes, OrderDraft& draft) {
  match(order, hold, shared);
  for (HeldCell& cell : cells_) cell.gated = CellWord{writes.read(shared.cell(cell.sku, cell.warehouse))}.gate();
  give_back(shared, writes, false);
  ask(order);
  PlaceOrder asked = order;
  asked.lines = asked_;
  decide_order(asked, content, shared, catalogue, true, writes, draft);
  if (!asked_.empty()) draft.blocked_line = line_of_[std::min(draft.blocked_line, asked_.size() - 1)];
  give_back(shared, writes, true);
  merge(order, shared, catalogue, writes, draft);
  for (const LineDecision& line : lines_) {  // what was held is pinned no longer
    if (line.backordered != 0) gate_for_waiter(line, shared, catalogue, writes);
  }
  draft.decision.returned = returned_;
}

// Which line takes what of the hold.
void ConfirmPlan::match(const PlaceOrder& order, const OrderState& hold, SharedState& shared) {
  cells_.clear();
  cell_of_.clear();
  parts_.clear();
  open_.clear();
  std::unordered_map<std::uint32_t, std::size_t> by_number;
  for (std::size_t index = 0; index < order.lines.size(); ++index) {
    by_number[order.lines[index].line.value] = index;
    open_.push_back(static_cast<Quantity>(order.lines[index].quantity));
  }
  for (const OrderLineState& held : hold.lines()) {
    const auto found = by_number.find(held.line.value);
    const bool wanted = found != by_number.end() && order.lines[found->second].sku == held.sku;
    for_each_allocation(shared.blocks, held, [&](const Allocation& allocation) {
      if (allocation.reserved == 0) return;  // all of it was lost
      const auto [cell, is_new] = cell_of_.try_emplace(shared.cell_index(held.sku, allocation.warehouse).value, cells_.size());
      if (is_new) cells_.push_back({held.sku, allocation.warehouse, {}, false});
      Units& units = cells_[cell->second].units;
      units.held += allocation.reserved;
      if (!wanted) return;
      const WarehouseId pinned = order.lines[found->second].pinned;
      Quantity& open = open_[found->second];
      const Quantity used = pinned.value == 0 || pinned == allocation.warehouse ? std::min(open, allocation.reserved) : 0;
      if (used == 0) return;
      units.used += used;
      open -= used;
      parts_.push_back({found->second, allocation.warehouse, used});
    });
  }
}

// Before the decision: what the order uses, and all of cells for which nobody waits. After it, the rest.
void ConfirmPlan::give_back(SharedState& shared, WriteSet& writes, bool rest) {
  for (const HeldCell& held : cells_) {
    const Quantity first = held.gated ? held.units.used : held.units.held;
    const Quantity units = rest ? held.units.held - first : first;
    if (units == 0) continue;
    Atomic<std::uint64_t>& cell = shared.cell(held.sku, held.warehouse);
    const CellWord word{writes.read(cell)};
    writes.write(cell, word.bits, word.plus(units, word.gate()).bits);
  }
}

// The parts that the hold has, each pinned to its warehouse; behind them what is wanted more.
void ConfirmPlan::ask(const PlaceOrder& order) {
  asked_.clear();
  line_of_.clear();
  const auto add = [&](std::size_t index, Quantity units, WarehouseId pinned) {
    OrderLine line = order.lines[index];
    line.quantity = units;
    line.pinned = pinned;
    asked_.push_back(line);
    line_of_.push_back(index);
  };
  for (const Part& part : parts_) add(part.line_index, part.units, part.warehouse);
  for (std::size_t index = 0; index < order.lines.size(); ++index) {
    if (open_[index] != 0) add(index, open_[index], order.lines[index].pinned);
  }
}

void ConfirmPlan::add_take(std::size_t line, WarehouseId warehouse, Quantity units) {
  for (Take& take : takes_[line]) {
    if (take.warehouse != warehouse) continue;
    take.quantity += units;
    return;
  }
  takes_[line].push_back({units, 0, warehouse, 0});
}

// Each line whole again: one take for each warehouse, shipments numbered in the order of the lines.
void ConfirmPlan::merge(const PlaceOrder& order, SharedState& shared, const CatalogueView& catalogue, WriteSet& writes, OrderDraft& draft) {
  takes_.resize(std::max(takes_.size(), order.lines.size()));
  for (std::size_t index = 0; index < order.lines.size(); ++index) takes_[index].clear();
  lines_.clear();
  not_whole_.assign(order.lines.size(), false);
  for (const OrderLine& line : order.lines) {
    lines_.push_back({line.line, line.sku, static_cast<Quantity>(line.quantity), 0, 0, 0, {}, 0, 0, line.pinned});
  }
  std::size_t next = 0;
  for (std::size_t index = 0; index < draft.lines.size(); ++index) {
    const LineDecision& part = draft.lines[index];
    const std::size_t line = line_of_[index];
    lines_[line].backordered += part.backordered;
    if (part.taken == 0 && takes_whole_line(order.lines[line].policy.or_else(order.policy))) not_whole_[line] = true;
    if (part.taken != 0) add_take(line, part.warehouse, part.taken);
    for (std::size_t more = 0; more < part.more_takes; ++more, ++next) {
      add_take(line, draft.takes[next].warehouse, draft.takes[next].quantity);
    }
  }
  for (std::size_t line = 0; line < order.lines.size(); ++line) {
    if (!not_whole_[line]) continue;
    take_back(line, waits(order.lines[line].policy.or_else(order.policy)) && catalogue.backorderable(order.lines[line].sku), shared, writes);
  }
  name_cut_lines(draft);
  count_backwards(order, shared, writes);
  number_shipments(draft);
  returned_.clear();
  for (const HeldCell& held : cells_) {
    const CellWord word{writes.read(shared.cell(held.sku, held.warehouse))};
    returned_.push_back({held.sku, held.warehouse, 0, held.units.held, word.free()});
  }
  draft.lines.assign(lines_.begin(), lines_.end());
  draft.takes.assign(more_takes_.begin(), more_takes_.end());
  draft.decision.lines = draft.lines;
  draft.decision.takes = draft.takes;
  const bool took_any = std::any_of(lines_.begin(), lines_.end(), [](const LineDecision& line) { return line.taken != 0; });
  if (draft.decision.status == OrderStatus::split && !took_any) draft.decision.status = OrderStatus::backordered;
  if (draft.decision.status == OrderStatus::reduced && !took_any) draft.decision.status = OrderStatus::cancelled;
  draft.line_policies.clear();
  if (std::any_of(order.lines.begin(), order.lines.end(), [](const OrderLine& line) { return line.policy.own(); })) {
    for (const OrderLine& line : order.lines) draft.line_policies.push_back(line.policy);
  }
  draft.decision.line_policies = draft.line_policies;
}

// What was found of the parts, said of the lines.
void ConfirmPlan::name_cut_lines(OrderDraft& draft) {
  auto& cut = draft.not_backorderable;
  for (std::uint32_t& line : cut) line = static_cast<std::uint32_t>(line_of_[line]);
  std::sort(cut.begin(), cut.end());
  cut.erase(std::unique(cut.begin(), cut.end()), cut.end());
  draft.decision.not_backorderable = cut;
}

// A line that takes all or nothing, and whose rest is not there: what the hold has for it goes back, too.
void ConfirmPlan::take_back(std::size_t line, bool waits, SharedState& shared, WriteSet& writes) {
  for (const Take& take : takes_[line]) {
    Atomic<std::uint64_t>& cell = shared.cell(lines_[line].sku, take.warehouse);
    const CellWord word{writes.read(cell)};
    writes.write(cell, word.bits, word.plus(take.quantity, word.gate()).bits);
    if (waits) lines_[line].backordered += take.quantity;
  }
  takes_[line].clear();
}

// What each take leaves available, from what each cell has at the end.
void ConfirmPlan::count_backwards(const PlaceOrder& order, SharedState& shared, const WriteSet& writes) {
  std::unordered_map<std::uint64_t, Quantity> available;
  for (std::size_t index = order.lines.size(); index-- > 0;) {
    for (auto take = takes_[index].rbegin(); take != takes_[index].rend(); ++take) {
      const CellIndex cell = shared.cell_index(order.lines[index].sku, take->warehouse);
      Quantity& after = available.try_emplace(cell.value, CellWord{writes.read(shared.cells[cell.value])}.free()).first->second;
      take->available_after = after;
      after += take->quantity;
    }
  }
}

void ConfirmPlan::number_shipments(OrderDraft& draft) {
  draft.shipments.clear();
  more_takes_.clear();
  for (std::size_t index = 0; index < lines_.size(); ++index) {
    for (std::size_t number = 0; number < takes_[index].size(); ++number) {
      Take& take = takes_[index][number];
      const auto found = std::find(draft.shipments.begin(), draft.shipments.end(), take.warehouse);
      take.shipment = static_cast<std::uint16_t>(found - draft.shipments.begin() + 1);
      if (found == draft.shipments.end()) draft.shipments.push_back(take.warehouse);
      LineDecision& line = lines_[index];
      if (number == 0) {
        line.taken = take.quantity;
        line.available_after = take.available_after;
        line.warehouse = take.warehouse;
        line.shipment = take.shipment;
      } else {
        more_takes_.push_back(take);
        ++line.more_takes;
      }
    }
  }
}

}  // namespace earmark::engine
