#include "tests/model/fallbacks.hpp"

namespace earmark::model {

// The twin has no reorder rules yet.
std::optional<std::int32_t> lead_days(const State&, engine::SkuId, engine::WarehouseId) { return std::nullopt; }

std::optional<engine::TimeUs> if_ordered(const State& state, engine::SkuId sku, engine::WarehouseId pinned, engine::TimeUs now) {
  constexpr std::int64_t day_us = 86'400'000'000;
  const auto days = lead_days(state, sku, pinned);
  return days ? std::optional(engine::TimeUs{now.value + *days * day_us}) : std::nullopt;
}

}  // namespace earmark::model
