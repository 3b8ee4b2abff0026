#include "engine/stock_change.hpp"

#include <algorithm>
#include <unordered_map>

namespace earmark::engine {
namespace {

// A cell as the rows so far leave it.
struct Level {
  std::int64_t on_hand = 0, held = 0, unavailable = 0, available = 0, picked = 0;

  // Picked units are not taken.
  std::int64_t reserved() const noexcept { return on_hand - held - unavailable - available - picked; }
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
    there = level.on_hand - level.held - level.picked;
    wanted = level.on_hand - row.quantity;
  } else if (kind == ChangeKind::adjust) {
    there = level.on_hand - level.held - level.picked;
    wanted = -row.quantity;
  } else if (kind == ChangeKind::quarantine) {
    there = level.on_hand - level.held - level.unavailable - level.picked;
  } else if (kind == ChangeKind::short_pick) {
    there = level.available + level.reserved();
  }
  return wanted > there ? ErrorCode::not_enough : ErrorCode::none;
}

struct Effect {
  std::int64_t on_hand = 0, unavailable = 0;
  std::int64_t lost = 0;
};

// `gone` units leave what is available, then what is reserved, then what is unavailable.
Effect take(std::int64_t gone, const Level& level) noexcept {
  const std::int64_t rest = gone - std::min(gone, level.available);
  const std::int64_t lost = std::min(rest, level.reserved());
  return {-gone, -(rest - lost), lost};
}

Effect effect_of(ChangeKind kind, const ChangeRow& row, const Level& level) noexcept {
  switch (kind) {
    case ChangeKind::count:
    case ChangeKind::adjust: {
      const std::int64_t change = kind == ChangeKind::count ? row.quantity - level.on_hand : row.quantity;
      return change >= 0 ? Effect{change, 0, 0} : take(-change, level);
    }
    case ChangeKind::quarantine: return {0, row.quantity, take(row.quantity, level).lost};
    case ChangeKind::short_pick: return take(row.quantity, level);
    case ChangeKind::restore: return {0, -row.quantity, 0};
    case ChangeKind::scrap: return {-row.quantity, -row.quantity, 0};
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
      level = {stock.on_hand, stock.held, stock.unavailable, CellWord{writes.read(shared.cells[cell.value])}.free(),
               picked == book.picked.end() ? 0 : picked->second};
    }
    if (const ErrorCode code = judge(change.kind, row, level); code != ErrorCode::none) {
      at_fault(code);
      return plan;
    }
    const Effect effect = effect_of(change.kind, row, level);
    level.on_hand += effect.on_hand;
    level.unavailable += effect.unavailable;
    level.available += effect.on_hand - effect.unavailable + effect.lost;
    if (level.on_hand > max_quantity && overflow == 0) overflow = number;
    plan.rows.push_back({row.sku, row.warehouse, 0, static_cast<std::int32_t>(effect.on_hand),
                         static_cast<std::int32_t>(effect.unavailable), static_cast<Quantity>(level.available)});
    plan.lost.push_back(static_cast<Quantity>(effect.lost));
  }
  if (overflow != 0) plan.error = {ErrorCode::quantity_overflow, overflow, {}};
  return plan;
}

std::vector<ServeStep> steps_of(std::span<const ChangedRow> rows, std::span<const LostUnits> lost) {
  std::vector<ServeStep> steps;
  std::size_t next = 0;
  for (std::uint32_t index = 0; index < rows.size(); ++index) {
    const ChangedRow& row = rows[index];
    const std::size_t before = next;
    while (next < lost.size() && lost[next].row == index) ++next;
    const std::int64_t came = std::int64_t{row.on_hand_change} - row.unavailable_change;
    if (next != before) steps.push_back({row.sku, index, row.warehouse, 0, true, true});
    else if (came > 0) steps.push_back({row.sku, index, row.warehouse, static_cast<Quantity>(came), true, false});
  }
  return steps;
}

}  // namespace earmark::engine
