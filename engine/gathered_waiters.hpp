// Waiters of many orders on their way into the queues of their SKUs at a start. Orders come as they were decided, each of its lines is of another SKU,
// and in a large queue every insert waits for memory several times. So waiters are gathered by neighbouring SKUs first, and go into the queues by
// thousands, whose ends are in the cache by then. The order within each queue is that in which they came.
// Thread rule: one at a time, as the queues'.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/types.hpp"
#include "engine/waiter.hpp"

namespace earmark::engine {

class GatheredWaiters {
 public:
  // Of SKUs up to this one.
  explicit GatheredWaiters(std::uint32_t skus) noexcept {
    while (skus >> shift_ >= places) ++shift_;
  }

  // `insert(SkuId, const Waiter&)` is called for those of a place that is full.
  template <class Insert>
  void add(SkuId sku, const Waiter& waiter, Insert&& insert) {
    Place& place = places_[std::min<std::size_t>(sku.value >> shift_, places - 1)];
    if (place.waiters == nullptr) place.waiters = std::make_unique_for_overwrite<Gathered[]>(most);
    place.waiters[place.count++] = {waiter, sku};
    if (place.count == most) empty(place, insert);
  }
  // And for all others at the end.
  template <class Insert>
  void finish(Insert&& insert) {
    for (Place& place : places_) empty(place, insert);
  }

 private:
  static constexpr std::size_t places = 256, most = 8192;
  struct Gathered {
    Waiter waiter;
    SkuId sku{};
  };
  struct Place {
    std::unique_ptr<Gathered[]> waiters;
    std::size_t count = 0;
  };

  template <class Insert>
  static void empty(Place& place, Insert& insert) {
    for (std::size_t index = 0; index < place.count; ++index) insert(place.waiters[index].sku, place.waiters[index].waiter);
    place.count = 0;
  }

  unsigned shift_ = 0;
  std::array<Place, places> places_;
};

}  // namespace earmark::engine
