// Codes and dense ids of one catalogue epoch, as far as they were asked for. Dense ids never change within an epoch, so
// what is known stays true; a code that was unknown is asked for again. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/types.hpp"

namespace earmark::client {

struct WarehouseInfo {
  std::string code, name;
  std::uint32_t priority = 0;
};

class Catalogue {
 public:
  explicit Catalogue(std::uint64_t epoch) : epoch_(epoch) {}

  std::uint64_t epoch() const { return epoch_; }
  // Forgets everything: another epoch has begun.
  void begin(std::uint64_t epoch);

  // 0: unknown, or not asked for yet.
  engine::SkuId sku(std::string_view code) const;
  engine::WarehouseId warehouse(std::string_view code) const;
  // As the server knows it, or "#7" for an id that nobody asked for.
  std::string code(engine::SkuId id) const;
  std::string code(engine::WarehouseId id) const;
  std::string description(engine::SkuId id) const;  // "" if there is none, or nobody asked for it
  bool knows(engine::SkuId id) const { return codes_.contains(id.value); }
  bool knows(engine::WarehouseId id) const { return id.value != 0 && id.value <= warehouses_.size(); }
  std::span<const WarehouseInfo> warehouses() const { return warehouses_; }  // dense id 1 first

  void learn(std::string_view code, engine::SkuId id);
  void learn(std::vector<WarehouseInfo> warehouses);
  void describe(engine::SkuId id, std::string_view description);

 private:
  std::uint64_t epoch_ = 0;
  std::map<std::string, engine::SkuId, std::less<>> skus_;
  std::unordered_map<std::uint32_t, std::string> codes_, descriptions_;
  std::vector<WarehouseInfo> warehouses_;
};

}  // namespace earmark::client
