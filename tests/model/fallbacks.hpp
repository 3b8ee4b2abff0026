// When what has no date could come if it were ordered now: by the reorder rules, from the state alone.
#pragma once

#include <optional>

#include "tests/model/state.hpp"

namespace earmark::model {

// Of the rule that would order the SKU for a line pinned there (0: not pinned); none: there is no such rule, or its lead time is not known.
std::optional<std::int32_t> lead_days(const State& state, engine::SkuId sku, engine::WarehouseId pinned);
std::optional<engine::TimeUs> if_ordered(const State& state, engine::SkuId sku, engine::WarehouseId pinned, engine::TimeUs now);

}  // namespace earmark::model
