#include "engine/later_rows.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

#include "engine/serve_plan.hpp"

namespace earmark::engine {

void LaterRows::begin(const SharedState& shared, std::span<const ServeStep> steps) {
  rows_.clear();
  in_turn_.clear();
  for (std::size_t index = 0; index < steps.size(); ++index) {
    const ServeStep& step = steps[index];
    if (step.hidden != 0) rows_.push_back({shared.cell_index(step.sku, step.warehouse).value, index, step.hidden});
    if (step.in_turn) in_turn_.push_back({step.sku, 0});
  }
  const auto by_cell = [](const Row& one, const Row& other) { return std::tie(one.cell, one.step) < std::tie(other.cell, other.step); };
  if (!std::is_sorted(rows_.begin(), rows_.end(), by_cell)) std::sort(rows_.begin(), rows_.end(), by_cell);
  for (std::size_t index = rows_.size(); index-- > 1;) {
    if (rows_[index - 1].cell == rows_[index].cell) rows_[index - 1].units += rows_[index].units;
  }
  heads_.assign(std::bit_ceil(2 * rows_.size() + 1), 0);
  for (std::size_t index = 0; index < rows_.size(); ++index) {
    if (index == 0 || rows_[index].cell != rows_[index - 1].cell) heads_[find(rows_[index].cell)] = static_cast<std::uint32_t>(index + 1);
  }
  if (in_turn_.empty()) return;
  const auto same_sku = [](const InTurn& one, const InTurn& other) { return one.sku == other.sku; };
  std::sort(in_turn_.begin(), in_turn_.end(), [](const InTurn& one, const InTurn& other) { return one.sku < other.sku; });
  in_turn_.erase(std::unique(in_turn_.begin(), in_turn_.end(), same_sku), in_turn_.end());
  for (std::size_t index = steps.size(); index-- > 0;) {
    const auto found = std::lower_bound(in_turn_.begin(), in_turn_.end(), steps[index].sku, [](const InTurn& each, SkuId sku) { return each.sku < sku; });
    if (found != in_turn_.end() && found->sku == steps[index].sku) found->first_step = index;
  }
}

std::uint64_t LaterRows::units_of(CellIndex cell, std::size_t step) const noexcept {
  if (rows_.empty()) return 0;
  const std::uint32_t head = heads_[find(cell.value)];
  if (head == 0) return 0;
  auto row = rows_.begin() + (head - 1);
  if (row->step < step) {  // seldom in several rows
    row = std::lower_bound(row, rows_.end(), std::tie(cell.value, step), [](const Row& each, const auto& wanted) { return std::tie(each.cell, each.step) < wanted; });
  }
  return row == rows_.end() || row->cell != cell.value ? 0 : row->units;
}

bool LaterRows::not_yet(SkuId sku, std::size_t step) const noexcept {
  const auto found = std::lower_bound(in_turn_.begin(), in_turn_.end(), sku, [](const InTurn& each, SkuId wanted) { return each.sku < wanted; });
  return found != in_turn_.end() && found->sku == sku && found->first_step >= step;
}

}  // namespace earmark::engine
