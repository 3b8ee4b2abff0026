// Who sells what, as reports ask for it: vendors' names and lead times, and from whom what waits would be ordered (docs/RULES.md
// "Vendors and reorder rules"). Filled with what the state store has, then asked. Any thread; one belongs to one.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/decision.hpp"
#include "engine/state_image.hpp"

namespace earmark::storage {

class Sellers {
 public:
  void add(std::span<const engine::LoadedWarehouse> warehouses);
  void add(const engine::VendorImage& vendor);
  void add(const engine::SourceImage& source);
  void add(const engine::RuleImage& rule);  // behind the warehouses

  // Empty, and -1: not known.
  std::string_view name(std::string_view vendor) const;
  std::int32_t lead_days(std::string_view vendor) const;
  std::int32_t lead_days(engine::SkuId sku, std::string_view vendor) const;  // of the source, else the vendor's

  // The vendor that the reorder rule of the pinned warehouse names; without a pin the SKU's first rule that names one, by warehouse priority. Else
  // of the SKU's sources the one with the shortest lead time. Empty: nobody.
  std::string_view of(engine::SkuId sku, engine::WarehouseId pinned) const;

 private:
  struct Vendor {
    std::string name;
    std::int32_t lead_days = -1;
  };
  using Rank = std::pair<std::uint32_t, std::string>;  // priority, code
  struct Named {
    Rank rank;
    engine::WarehouseId warehouse{};
    std::string vendor;
  };
  std::string_view nearest_source(engine::SkuId sku) const;

  std::map<std::string, Vendor, std::less<>> vendors_;
  std::map<engine::WarehouseId, Rank> ranks_;
  std::map<engine::SkuId, std::map<std::string, std::int32_t, std::less<>>> sources_;  // lead times
  std::map<engine::SkuId, std::vector<Named>> rules_;                                  // that name a vendor
};

}  // namespace earmark::storage
