#include "engine/stock_change.hpp"

#include <algorithm>
#include <unordered_map>

namespace earmark::engine {
namespace {

// A cell as the rows so far leave it. `free` is what is left to promise, below zero if it is overdrawn.
struct Level {
  std::int64_t on_hand = 0, held = 0, unavailable = 0, free = 0, picked = 0;

  // Picked units are not taken.
  std::int64_t reserved() const noexcept { return on_hand - held - unavailable - free - picked; }
};

bool bad_quantity(ChangeKind kind, WireQuantity quantity) noexcept {
  constexpr WireQuantity most = max_quantity;
  if (quantity > most) return true;
  if (kind == ChangeKind::count) return quantity < 0;
  if (kind == ChangeKind::adjust) return quantity == 0 || quantity < -most;
  return quantity < 1;
}

ErrorCode judge(ChangeKind kind, const ChangeRow& row, const Level& level) noexcept {
  std::int64_t there = level.unavailable;  // restore, scrap
  std::int64_t wanted = row.quantity;
  if (kind == ChangeKind::count) {
    if (row.expected != level.on_hand) return ErrorCode::stale_count;
    return ErrorCode::none;
  }
  if (kind == ChangeKind::adjust) {
    there = level.on_hand;
    wanted = -row.quantity;
  } else if (kind == ChangeKind::quarantine || kind == ChangeKind::short_pick) {
    there = level.on_hand - level.unavailable - level.picked;
  }
  return wanted > there ? ErrorCode::not_enough : ErrorCode::none;
}

struct Effect {
  std::int64_t on_hand = 0, unavailable = 0;
  std::int64_t lost_held = 0, lost_reserved = 0;
};

// `gone` units leave what is available, then what is held, then what is reserved, then what is unavailable. What is then still open
// was picked: by so much the cell is overdrawn.
Effect take(std::int64_t gone, const Level& level) noexcept {
  std::int64_t rest = gone;
  const auto take_from = [&rest](std::int64_t there) {
    const std::int64_t units = std::min(rest, there);
    rest -= units;
    return units;
  };
  take_from(std::max<std::int64_t>(level.free, 0));
  const std::int64_t held = take_from(level.held);
  const std::int64_t reserved = take_from(level.reserved());
  return {-gone, -take_from(level.unavailable), held, reserved};
}

Effect effect_of(ChangeKind kind, const ChangeRow& row, const Level& level) noexcept {
  switch (kind) {
    case ChangeKind::count:
    case ChangeKind::adjust: {
      const std::int64_t change = kind == ChangeKind::count ? row.quantity - level.on_hand : row.quantity;
      return change >= 0 ? Effect{change} : take(-change, level);
    }
    case ChangeKind::quarantine: {
      const Effect gone = take(row.quantity, level);
      return {0, row.quantity, gone.lost_held, gone.lost_reserved};
    }
    case ChangeKind::short_pick: return take(row.quantity, level);
    case ChangeKind::restore: return {0, -row.quantity};
    case ChangeKind::scrap: return {-row.quantity, -row.quantity};
  }
  return {};
}

}  // namespace

ChangePlan plan_change(const ChangeStock& change, const CatalogueView& catalogue, SharedState& shared, const Book& book,
                       const WriteSet& writes) {
  ChangePlan plan;
  if (change.rows.empty()) plan.error.code = ErrorCode::empty_change;
  if (change.rows.size() > max_lines) plan.error.code = ErrorCode::too_many_lines;
  if (plan.error.code != ErrorCode::none) return plan;
  std::unordered_map<std::uint64_t, Level> levels;
  std::uint32_t overflow = 0;
  for (std::size_t index = 0; index < change.rows.size(); ++index) {
    const ChangeRow& row = change.rows[index];
    const auto number = static_cast<std::uint32_t>(index + 1);
    const auto at_fault = [&](ErrorCode code) { plan.error = {code, number, {}}; };
    if (!catalogue.knows(row.sku)) at_fault(ErrorCode::unknown_sku);
    else if (!catalogue.knows(row.warehouse)) at_fault(ErrorCode::unknown_warehouse);
    else if (bad_quantity(change.kind, row.quantity)) at_fault(ErrorCode::bad_quantity);
    if (plan.error.code != ErrorCode::none) return plan;
    const CellIndex cell = shared.cell_index(row.sku, row.warehouse);
    const auto [found, first] = levels.try_emplace(cell.value);
    Level& level = found->second;
    if (first) {
      const CellStock& stock = book.stock[cell.value];
      const auto picked = book.picked.find(cell.value);
      level = {stock.on_hand, stock.held, stock.unavailable, signed_level(CellWord{writes.read(shared.cells[cell.value])}.level()),
               picked == book.picked.end() ? 0 : picked->second};
    }
    if (const ErrorCode code = judge(change.kind, row, level); code != ErrorCode::none) {
      at_fault(code);
      return plan;
    }
    const Effect effect = effect_of(change.kind, row, level);
    level.on_hand += effect.on_hand;
    level.unavailable += effect.unavailable;
    level.held -= effect.lost_held;
    level.free += effect.on_hand - effect.unavailable + effect.lost_held + effect.lost_reserved;
    if (level.on_hand > max_quantity && overflow == 0) overflow = number;
    plan.rows.push_back({row.sku, row.warehouse, 0, static_cast<std::int32_t>(effect.on_hand),
                         static_cast<std::int32_t>(effect.unavailable), static_cast<Quantity>(std::max<std::int64_t>(level.free, 0))});
    plan.levels.push_back(static_cast<Quantity>(level.free));
    if (level.free < 0) plan.overdrawn.push_back(static_cast<std::uint32_t>(index));
    plan.lost.push_back({static_cast<Quantity>(effect.lost_held), static_cast<Quantity>(effect.lost_reserved)});
  }
  if (overflow != 0) plan.error = {ErrorCode::quantity_overflow, overflow, {}};
  return plan;
}

std::vector<ServeStep> steps_of(std::span<const ChangedRow> rows, std::span<const LostUnits> lost, std::span<const std::uint32_t> of_holds) {
  std::vector<ServeStep> steps;
  std::size_t next = 0, next_of_hold = 0;
  for (std::uint32_t index = 0; index < rows.size(); ++index) {
    const ChangedRow& row = rows[index];
    bool victims = false;
    for (; next < lost.size() && lost[next].row == index; ++next) {
      const bool of_hold = next_of_hold < of_holds.size() && of_holds[next_of_hold] == next;
      if (of_hold) ++next_of_hold;
      else victims = true;
    }
    const std::int64_t came = std::int64_t{row.on_hand_change} - row.unavailable_change;
    const Quantity units = came <= 0 ? 0 : units_beyond_healing(static_cast<Quantity>(came), row.available_after);
    if (victims) steps.push_back({row.sku, index, row.warehouse, 0, true, true});
    else if (units != 0) steps.push_back({row.sku, index, row.warehouse, units, true, false});
  }
  return steps;
}

}  // namespace earmark::engine
