// What orders were told of their waiting lines: when the last unit of a line was promised first, and what was told last (semantics 9). Kept for
// orders that are in memory and were ever promised something. Owned by whoever settles.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "engine/decision.hpp"
#include "engine/state_image.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

class Promises {
 public:
  bool empty() const noexcept { return orders_.empty(); }
  std::span<const PromiseImage> of(Lsn order) const;
  TimeUs told(Lsn order, std::uint32_t line_index) const;

  // The dates of an order as decided: a line all of whose waiting units have one was told the last.
  void decided(Lsn order, const OrderDecision& decision);
  void tell(Lsn order, std::uint32_t line_index, TimeUs date);
  // Nothing of the line waits any more.
  void line_is_whole(Lsn order, std::uint32_t line_index);
  void restore(Lsn order, std::span<const PromiseImage> promises);
  void forget(Lsn order) { orders_.erase(order); }

 private:
  std::unordered_map<Lsn, std::vector<PromiseImage>> orders_;  // by line_index
};

}  // namespace earmark::engine
