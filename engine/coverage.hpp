// Whether an order that takes all or nothing could have all of it now. Units that its pinned lines need are set aside first,
// then the other lines share what is left; so the answer depends neither on the order of lines nor on that of warehouses, and
// fewer units never turn no into yes. Used for one order at a time; memory is kept for the next.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "engine/catalogue.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

class Coverage {
 public:
  void clear() noexcept { wanted_.clear(); }
  void add(SkuId sku, WarehouseId pinned, Quantity units, std::size_t line_index) {
    wanted_.push_back({sku, pinned, static_cast<std::uint32_t>(line_index), units});
  }

  // A line of a SKU of which there is too little: usable(sku, warehouse) gives the units that may be used. None: all is there.
  template <class Usable>
  std::optional<std::size_t> blocked_line(const CatalogueView& catalogue, Usable usable) {
    std::sort(wanted_.begin(), wanted_.end(), [](const Wanted& one, const Wanted& other) {
      return std::tie(one.sku, one.pinned, one.line_index) < std::tie(other.sku, other.pinned, other.line_index);
    });
    for (std::size_t first = 0; first < wanted_.size();) {
      const SkuId sku = wanted_[first].sku;
      std::uint64_t there = 0, wanted = 0;
      for (const WarehouseId warehouse : catalogue.by_priority) there += usable(sku, warehouse);
      std::size_t next = first;
      while (next < wanted_.size() && wanted_[next].sku == sku) {
        const WarehouseId pinned = wanted_[next].pinned;
        const std::size_t run = next;
        std::uint64_t of_run = 0;
        for (; next < wanted_.size() && wanted_[next].sku == sku && wanted_[next].pinned == pinned; ++next) of_run += wanted_[next].units;
        if (pinned.value != 0 && of_run > usable(sku, pinned)) return wanted_[run].line_index;
        wanted += of_run;
      }
      if (wanted > there) return wanted_[first].line_index;
      first = next;
    }
    return std::nullopt;
  }

 private:
  struct Wanted {
    SkuId sku{};
    WarehouseId pinned{};
    std::uint32_t line_index = 0;
    Quantity units = 0;
  };
  std::vector<Wanted> wanted_;
};

}  // namespace earmark::engine
