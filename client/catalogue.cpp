#include "client/catalogue.hpp"

namespace earmark::client {

void Catalogue::begin(std::uint64_t epoch) {
  epoch_ = epoch;
  skus_.clear();
  codes_.clear();
  descriptions_.clear();
  warehouses_.clear();
}

engine::SkuId Catalogue::sku(std::string_view code) const {
  const auto found = skus_.find(code);
  return found == skus_.end() ? engine::SkuId{} : found->second;
}

engine::WarehouseId Catalogue::warehouse(std::string_view code) const {
  for (std::size_t index = 0; index < warehouses_.size(); ++index) {
    if (warehouses_[index].code == code) return engine::WarehouseId{static_cast<std::uint16_t>(index + 1)};
  }
  return {};
}

std::string Catalogue::code(engine::SkuId id) const {
  const auto found = codes_.find(id.value);
  return found == codes_.end() ? "#" + std::to_string(id.value) : found->second;
}

std::string Catalogue::code(engine::WarehouseId id) const {
  return knows(id) ? warehouses_[id.value - 1U].code : "#" + std::to_string(id.value);
}

std::string Catalogue::description(engine::SkuId id) const {
  const auto found = descriptions_.find(id.value);
  return found == descriptions_.end() ? std::string() : found->second;
}

void Catalogue::learn(std::string_view code, engine::SkuId id) {
  if (id.value == 0 || code.empty()) return;
  skus_.insert_or_assign(std::string(code), id);
  codes_.insert_or_assign(id.value, std::string(code));
}

void Catalogue::learn(std::vector<WarehouseInfo> warehouses) { warehouses_ = std::move(warehouses); }

void Catalogue::describe(engine::SkuId id, std::string_view description) { descriptions_.insert_or_assign(id.value, std::string(description)); }

}  // namespace earmark::client
