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

  // The dates of an order as decided: a line all of whose waiting units have one was told the last, if that is to come.
  void decided(const Stamp& stamp, const OrderDecision& decision);
  void tell(Lsn order, std::uint32_t line_index, SkuId sku, TimeUs date);
  // Nothing of the line waits any more.
  void line_is_whole(Lsn order, std::uint32_t line_index, SkuId sku);
  // As they were kept, but for what only figures ask for. `sku_of(line_index)`.
  template <class SkuOf>
  void restore(Lsn order, std::span<const PromiseImage> promises, SkuOf&& sku_of) {
    if (promises.empty()) return;
    std::vector<PromiseImage>& kept = orders_[order];
    kept.assign(promises.begin(), promises.end());
    for (PromiseImage& each : kept) {
      each.settled = 0;
      count(sku_of(each.line_index), {}, each.told);
    }
  }
  bool any_told() const noexcept { return !told_.empty(); }
  // A line of the SKU was told a date that holds.
  bool some_told(SkuId sku) const { return told_.contains(sku); }
  template <class Visitor>
  void for_each_sku_told(Visitor&& visit) const {
    for (const auto& [sku, lines] : told_) visit(sku);
  }
  void forget(Lsn order) { orders_.erase(order); }

 private:
  void count(SkuId sku, TimeUs before, TimeUs told);

  std::unordered_map<Lsn, std::vector<PromiseImage>> orders_;  // by line_index
  std::unordered_map<SkuId, std::size_t> told_;                // lines of the SKU whose told date is not 0
};

}  // namespace earmark::engine
