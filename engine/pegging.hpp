// When what waits for a SKU can be expected: its queue, in its order, over what is there and what is to come, in the order in which that is
// expected (semantics 9). Nothing is kept of it: it follows from the queue and the supply, and is worked out for whoever asks.
//
// What a line of a purchase order brings for a pegged line is that line's, as far as it waits; everybody takes the rest of what he waits for, in
// queue order, from what is there (warehouses by priority) and then from the supply by date what his pin allows, also who waits for all or nothing: of
// him only the last date counts, and none if all of him is not covered. Owned by whoever settles.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "engine/book.hpp"
#include "engine/decision.hpp"

namespace earmark::engine {

inline constexpr std::size_t max_dates = 8;                 // of one line; what is later has the last one's
inline constexpr std::uint64_t max_pegged_ahead = 10'000;   // of a SKU with pinned waiters: behind so many nothing is said

// Units of a line that waits, and when they can be expected.
struct Dated {
  TimeUs date{};
  Quantity units = 0;
};

class Pegging {
 public:
  // `free(warehouse)`: what is available of the SKU.
  template <class Free>
  Pegging(const SharedState& shared, const Book& book, SkuId sku, std::span<const WarehouseId> by_priority, TimeUs now, Free&& free) {
    for (const WarehouseId warehouse : by_priority) add({now, {}, 0}, {warehouse, free(warehouse), {}, {}});
    add_supply(shared, book, book.supply.of(sku), now);
  }

  // Nothing is there, or to come.
  bool empty() const noexcept { return sources_.empty() && pegged_.empty(); }
  // Units of somebody ahead, or of the line that is asked for, beside those that are pegged for it. `pinned` 0: any warehouse. What is not covered
  // is not in `out`.
  void take(std::uint64_t units, WarehouseId pinned, std::vector<Dated>* out = nullptr);
  // What is pegged for the entry at this place, by date.
  std::span<const Dated> pegged_at(QueuePlace place) const;
  Quantity units_pegged_at(QueuePlace place) const;
  std::uint64_t units_pegged_before(QueuePlace place) const;

 private:
  struct Source {
    SupplyPlace place;
    SupplyUnits left;
  };
  void add(SupplyPlace place, SupplyUnits units);
  void add_supply(const SharedState& shared, const Book& book, const Supply::Lines& lines, TimeUs now);
  Quantity peg(const SharedState& shared, const Book& book, const SupplyPlace& place, const SupplyUnits& units);

  std::vector<Source> sources_;  // in the order in which they are taken
  std::size_t first_ = 0;        // sources before it are used up
  std::map<QueuePlace, std::vector<Dated>> pegged_;  // by entry
};

// What is expected of an entry that waits, or of a line that would.
struct WaitingPart {
  Quantity units = 0;
  WarehouseId pinned{};
  bool whole = false;   // all or nothing
  TimeUs not_before{};  // its order takes nothing before; 0: it may now
  std::span<const Dated> pegged{};  // of the units; the rest is taken
};
// Adds them to `out`, as of the line `line_index`.
void expect(Pegging& pegging, const WaitingPart& part, std::uint32_t line_index, std::vector<ExpectedUnits>& out);

// Takes what everybody who waits before `place` will take. False: it is too far back to say.
bool take_ahead(Pegging& pegging, const SharedState& shared, const Book& book, SkuId sku, QueuePlace place, bool pinned);

}  // namespace earmark::engine
