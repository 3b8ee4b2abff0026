#include "tests/model/fallbacks.hpp"

namespace earmark::model {

std::optional<std::int32_t> lead_days(const State& state, engine::SkuId sku, engine::WarehouseId pinned) {
  for (const engine::WarehouseId warehouse : pinned.value != 0 ? std::vector{pinned} : state.by_priority()) {
    const auto rule = state.rules.find({sku, warehouse});
    if (rule == state.rules.end() || rule->second.set.mode == engine::RuleMode::alert) continue;
    const std::int32_t days = vendor_of(state, rule->second).lead_days;
    return days == -1 ? std::nullopt : std::optional(days);
  }
  return std::nullopt;
}

std::optional<engine::TimeUs> if_ordered(const State& state, engine::SkuId sku, engine::WarehouseId pinned, engine::TimeUs now) {
  constexpr std::int64_t day_us = 86'400'000'000;
  const auto days = lead_days(state, sku, pinned);
  return days ? std::optional(engine::TimeUs{now.value + *days * day_us}) : std::nullopt;
}

}  // namespace earmark::model
