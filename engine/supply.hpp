// What is to come of each SKU, with a date: units in transit and units ordered, in the order in which they are expected. Purchase orders and
// transfers keep it (engine/purchases.hpp, engine/transfers.hpp); the settler alone changes it. Supply without a date is not here.
#pragma once

#include <compare>
#include <map>
#include <unordered_map>

#include "engine/decision.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

struct SupplyPlace {
  TimeUs date{};            // when it is expected
  Lsn lsn{};                // of the purchase order or transfer
  std::uint32_t index = 0;  // of its line

  auto operator<=>(const SupplyPlace&) const noexcept = default;
};

struct SupplyUnits {
  WarehouseId warehouse{};
  Quantity units = 0;
  Lsn peg_order{};          // for whose line it is first; 0: for nobody
  LineNumber peg_line{};
};

class Supply {
 public:
  using Lines = std::map<SupplyPlace, SupplyUnits>;

  // Units 0 or no date: nothing is expected there (any more).
  void set(SkuId sku, SupplyPlace place, SupplyUnits units);
  const Lines& of(SkuId sku) const noexcept;
  bool empty() const noexcept { return lines_.empty(); }
  template <class Visitor>
  void for_each_sku(Visitor&& visit) const {
    for (const auto& [sku, lines] : lines_) visit(SkuId{sku});
  }

 private:
  std::unordered_map<std::uint32_t, Lines> lines_;  // by SKU
};

}  // namespace earmark::engine
