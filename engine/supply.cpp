#include "engine/supply.hpp"

namespace earmark::engine {

void Supply::set(SkuId sku, SupplyPlace place, SupplyUnits units) {
  if (place.date.value == 0) return;
  if (units.units != 0) {
    lines_[sku.value][place] = units;
    return;
  }
  const auto found = lines_.find(sku.value);
  if (found == lines_.end()) return;
  found->second.erase(place);
  if (found->second.empty()) lines_.erase(found);
}

const Supply::Lines& Supply::of(SkuId sku) const noexcept {
  static const Lines none;
  const auto found = lines_.find(sku.value);
  return found == lines_.end() ? none : found->second;
}

}  // namespace earmark::engine
