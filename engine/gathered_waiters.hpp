// Waiters of many orders on their way into the queues of their SKUs at a start. Orders come as they were decided, each of its lines is of another SKU,
// and in a large queue every insert waits for memory several times. So waiters are gathered by neighbouring SKUs first, and go into the queues by
// thousands, those of each SKU together.
// Thread rule: one at a time, as the queues'.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/types.hpp"
#include "engine/waiter.hpp"

namespace earmark::engine {

class GatheredWaiters {
 public:
  // Of SKUs up to this one.
  explicit GatheredWaiters(std::uint32_t skus) : sorted_(most), sorted_skus_(most) {
    while (skus >> shift_ >= places) ++shift_;
  }

  // `insert(SkuId, std::span<const Waiter>)`, in queue order, is called for those of a place that is full.
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
  static constexpr std::size_t places = 256, most = 8192, buckets = 1024;
  struct Gathered {
    Waiter waiter;
    SkuId sku{};
  };
  struct Place {
    std::unique_ptr<Gathered[]> waiters;
    std::size_t count = 0;
  };

  template <class Insert>
  void empty(Place& place, Insert& insert) {
    sort_by_sku(std::span(place.waiters.get(), place.count));
    for (std::size_t from = 0, to = 0; from < place.count; from = to) {
      while (to < place.count && sorted_skus_[to] == sorted_skus_[from]) ++to;
      const std::span<Waiter> all(&sorted_[from], to - from);
      const auto is_before = [](const Waiter& left, const Waiter& right) { return left.place < right.place; };
      if (!std::is_sorted(all.begin(), all.end(), is_before)) std::sort(all.begin(), all.end(), is_before);
      insert(sorted_skus_[from], std::span<const Waiter>(all));
    }
    place.count = 0;
  }

  // By counting. In a catalogue so large that SKUs share a bucket, those of one SKU may come in several parts.
  void sort_by_sku(std::span<const Gathered> gathered) noexcept {
    std::array<std::uint32_t, buckets + 1> begins{};
    for (const Gathered& each : gathered) ++begins[each.sku.value % buckets + 1];
    for (std::size_t bucket = 1; bucket <= buckets; ++bucket) begins[bucket] += begins[bucket - 1];
    for (const Gathered& each : gathered) {
      const std::uint32_t at = begins[each.sku.value % buckets]++;
      sorted_[at] = each.waiter;
      sorted_skus_[at] = each.sku;
    }
  }

  unsigned shift_ = 0;
  std::array<Place, places> places_;
  std::vector<Waiter> sorted_;
  std::vector<SkuId> sorted_skus_;
};

}  // namespace earmark::engine
