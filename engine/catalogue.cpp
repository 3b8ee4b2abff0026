#include "engine/catalogue.hpp"

#include <algorithm>

#include "engine/check.hpp"

namespace earmark::engine {

SkuId Catalogue::find_sku(std::string_view code) const {
  const auto found = skus_by_code_.find(code);
  return found == skus_by_code_.end() ? SkuId{} : found->second;
}

WarehouseId Catalogue::find_warehouse(std::string_view code) const {
  const auto found = warehouses_by_code_.find(code);
  return found == warehouses_by_code_.end() ? WarehouseId{} : found->second;
}

void Catalogue::put_warehouse(WarehouseId id, std::string_view code, std::string_view name, std::uint32_t priority) {
  EARMARK_CHECK(id.value >= 1 && id.value <= warehouses_.size() + 1);
  if (id.value == warehouses_.size() + 1) {
    warehouses_.push_back({std::string(code), {}, 0});
    warehouses_by_code_.emplace(warehouses_.back().code, id);
  }
  WarehouseInfo& info = warehouses_[id.value - 1];
  EARMARK_CHECK(info.code == code);
  info.name = name;
  info.priority = priority;
}

void Catalogue::put_product(SkuId id, std::string_view code, std::string_view description, bool backorderable) {
  EARMARK_CHECK(id.value >= 1 && id.value <= products_.size() + 1);
  if (id.value == products_.size() + 1) {
    products_.push_back({std::string(code), {}, true});
    skus_by_code_.emplace(products_.back().code, id);
  }
  ProductInfo& info = products_[id.value - 1];
  EARMARK_CHECK(info.code == code);
  info.description = description;
  without_backorders_ += (backorderable ? 0U : 1U) - (info.backorderable ? 0U : 1U);
  info.backorderable = backorderable;
}

const CatalogueView* Catalogue::make_view(std::span<const LoadedWarehouse> changed, std::uint32_t sku_count) {
  struct Ranked {
    std::uint32_t priority;
    std::string_view code;
    WarehouseId id;
  };
  std::vector<Ranked> ranked;
  for (std::uint16_t id = 1; id <= warehouse_count(); ++id) {
    const WarehouseInfo& info = warehouse(WarehouseId{id});
    ranked.push_back({info.priority, info.code, WarehouseId{id}});
  }
  for (const LoadedWarehouse& entry : changed) {
    if (entry.id.value > ranked.size()) ranked.push_back({entry.priority, entry.code, entry.id});
    ranked[entry.id.value - 1U].priority = entry.priority;
  }
  std::sort(ranked.begin(), ranked.end(), [](const Ranked& left, const Ranked& right) {
    return left.priority != right.priority ? left.priority < right.priority : left.code < right.code;
  });
  auto view = std::make_unique<CatalogueView>();
  view->sku_count = sku_count;
  view->warehouse_count = static_cast<std::uint16_t>(ranked.size());
  for (const Ranked& entry : ranked) view->by_priority.push_back(entry.id);
  view->all = this;
  views_.push_back(std::move(view));
  return views_.back().get();
}

}  // namespace earmark::engine
