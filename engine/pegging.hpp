// When what waits for a SKU can be expected: its queue, in its order, over what is there and what is to come, in the order in which that is
// expected (semantics 9). Nothing is kept of it: it follows from the queue and the supply, and is worked out for whoever asks.
//
// Everybody takes, in queue order, from what is there (warehouses by priority) and then from the supply by date what his pin allows, also who
// waits for all or nothing: of him only the last date counts, and none if all of him is not covered. Supply that is overdue is
// expected a day from now, whoever brings it, and has its place among what is promised for that time. Owned by whoever settles.
#pragma once

#include <span>
#include <vector>

#include "engine/book.hpp"
#include "engine/decision.hpp"

namespace earmark::engine {

inline constexpr std::int64_t overdue_us = 86'400'000'000;  // expected so long from now, if it should be there already
inline constexpr std::size_t max_dates = 8;                 // of one line; what is later has the last one's
inline constexpr std::uint64_t max_pegged_ahead = 10'000;   // of a SKU with pinned waiters: behind so many nothing is said

class Pegging {
 public:
  // `free(warehouse)`: what is available of the SKU.
  template <class Free>
  Pegging(const Book& book, SkuId sku, std::span<const WarehouseId> by_priority, TimeUs now, Free&& free) : now_(now) {
    for (const WarehouseId warehouse : by_priority) add({now, {}, 0}, {warehouse, free(warehouse)});
    add_supply(book.supply.of(sku));
  }

  // Units of somebody ahead, or of the line that is asked for. `pinned` 0: any warehouse. What is not covered is not in `out`.
  struct Dated {
    TimeUs date{};
    Quantity units = 0;
  };
  void take(std::uint64_t units, WarehouseId pinned, std::vector<Dated>* out = nullptr);

 private:
  struct Source {
    SupplyPlace place;
    SupplyUnits left;
  };
  void add(SupplyPlace place, SupplyUnits units);
  void add_supply(const Supply::Lines& lines);

  TimeUs now_{};
  std::vector<Source> sources_;  // in the order in which they are taken
  std::size_t first_ = 0;        // sources before it are used up
};

// What is expected of a line that waits.
struct WaitingPart {
  Quantity units = 0;
  WarehouseId pinned{};
  bool whole = false;   // all or nothing
  TimeUs not_before{};  // its order takes nothing before; 0: it may now
};
// Adds them to `out`, as of the line `line_index`.
void expect(Pegging& pegging, const WaitingPart& part, std::uint32_t line_index, std::vector<ExpectedUnits>& out);

// Takes what everybody who waits before `place` will take. False: it is too far back to say.
bool take_ahead(Pegging& pegging, const SharedState& shared, const Book& book, SkuId sku, QueuePlace place, bool pinned);

}  // namespace earmark::engine
