// Which warehouses a line takes from, and in which order: a pure function of the order, the catalogue and the cells.
// Lines pinned to a warehouse take from it alone, whatever the rule. For all others, ranked: the preferred warehouse,
// then the others by priority number, ties by code.
//   priority        the ranked warehouses (also what server_default means, unless --sourcing says otherwise)
//   single_source   the first ranked warehouse that covers all of these lines whole, else as priority
//   fewest_splits   first the smallest set of warehouses that leaves the fewest units of the order open, of several the
//                   one that comes first when their ranks are compared in order; then the others
//   highest_stock   line by line: the preferred warehouse, then the others by available units, ties ranked
// One object for each thread that decides; begin() reads every cell that the choice rests on through the write set, so
// that the commit proves that all are of one state (S7).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/command.hpp"
#include "engine/shared_state.hpp"
#include "engine/write_set.hpp"

namespace earmark::engine {

// A set is looked for among all of them up to so many lines x sets and 16 warehouses; beyond, one grows: the warehouse that
// covers most of what is open is added, again and again, of the first 64 ranked ones that have anything.
inline constexpr std::uint64_t most_set_lines = 1ULL << 22;

class SourceChooser {
 public:
  enum class Begun : std::uint8_t {
    ready,
    settler,  // a cell that the choice rests on is gated, or they are too many for a receiving thread
  };
  // `order` is valid and outlives the calls of of_line().
  Begun begin(const PlaceOrder& order, SharedState& shared, const CatalogueView& catalogue, bool for_settler, const WriteSet& writes);
  // The order's, or the server's if it names none.
  Sourcing rule() const noexcept { return rule_; }
  // The warehouses that the line takes from, in order, as the cells are now. Until the next call.
  std::span<const WarehouseId> of_line(const OrderLine& line, SharedState& shared, const WriteSet& writes);

 private:
  using Set = std::uint64_t;  // bit n: candidates_[n]

  bool read_cells(const PlaceOrder& order, SharedState& shared, bool for_settler, const WriteSet& writes);
  void choose_single_source(const PlaceOrder& order);
  void choose_fewest_splits(const PlaceOrder& order);
  Set smallest_set(const PlaceOrder& order);
  Set grown_set(const PlaceOrder& order);
  std::uint64_t open_with(const PlaceOrder& order, Set set);
  void move_to_front(Set set);
  std::size_t column_of(WarehouseId warehouse) const noexcept;

  Sourcing rule_ = Sourcing::priority;
  WarehouseId preferred_{}, only_{};  // only_: what single_source found
  WarehouseId pin_{};
  std::vector<WarehouseId> ranked_, by_stock_;
  // Of the choice alone: available units of each SKU of the order, a row of ranked_.size() each; what a trial leaves of them.
  std::vector<SkuId> skus_;
  std::vector<std::uint32_t> row_of_line_;
  std::vector<Quantity> units_, left_;
  std::vector<std::uint16_t> candidates_;  // positions in ranked_ of warehouses that have something
};

}  // namespace earmark::engine
