// What the steps of a cause that have not begun keep from being used: the units that they bring, and those SKUs of which no unit is usable before their first step.
// Worked out once for each cause, not at each of its commits. Used by the settler alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/types.hpp"

namespace earmark::engine {

struct ServeStep;
struct SharedState;

class LaterRows {
 public:
  void begin(const SharedState& shared, std::span<const ServeStep> steps);

  // Units of the cell that steps from `step` on bring.
  std::uint64_t units_of(CellIndex cell, std::size_t step) const noexcept;
  // No unit of the SKU is usable while `step` is the next one to begin.
  bool not_yet(SkuId sku, std::size_t step) const noexcept;

 private:
  struct Row {
    std::uint64_t cell;
    std::size_t step;
    std::uint64_t units;  // of this step and all later ones
  };
  struct InTurn {
    SkuId sku;
    std::size_t first_step;
  };

  std::size_t home(std::uint64_t cell) const noexcept { return (cell * 0x9E37'79B9'7F4A'7C15ULL >> 32) & (heads_.size() - 1); }
  // The cell's first row, or where its head would stand.
  std::size_t find(std::uint64_t cell) const noexcept {
    std::size_t slot = home(cell);
    while (heads_[slot] != 0 && rows_[heads_[slot] - 1].cell != cell) slot = (slot + 1) & (heads_.size() - 1);
    return slot;
  }

  std::vector<Row> rows_;             // by cell, then step
  std::vector<std::uint32_t> heads_;  // 1 + the position of a cell's first row; a power of two, at most half of them taken
  std::vector<InTurn> in_turn_;   // by SKU
};

}  // namespace earmark::engine
