// Whom what waits would be ordered from, and what is known of vendors, as reports ask for it.
#include "storage/sellers.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace earmark;
using storage::Sellers;
using engine::SkuId;
using engine::WarehouseId;

constexpr WarehouseId north{1}, south{2}, east{3};

// South is the first one, then east, by its code, then north.
Sellers three_warehouses() {
  Sellers sellers;
  const engine::LoadedWarehouse warehouses[] = {{north, 5, "N", ""}, {south, 2, "S", ""}, {east, 5, "E", ""}};
  sellers.add(warehouses);
  return sellers;
}

engine::RuleImage rule(SkuId sku, WarehouseId warehouse, std::string_view vendor) {
  engine::RuleImage image;
  image.rule.sku = sku;
  image.rule.warehouse = warehouse;
  image.vendor = vendor;
  return image;
}

TEST_CASE("figures: the vendor is whom the reorder rule names, of the pinned warehouse, else of the first one by priority", "[storage][figures]") {
  constexpr SkuId beam{7}, nail{8};
  Sellers sellers = three_warehouses();
  CHECK(sellers.of(beam, {}).empty());
  sellers.add(rule(beam, north, "NORTHERN"));
  CHECK(sellers.of(beam, {}) == "NORTHERN");
  sellers.add(rule(beam, east, "EASTERN"));
  CHECK(sellers.of(beam, {}) == "EASTERN");
  sellers.add(rule(beam, south, ""));  // it orders by choice
  CHECK(sellers.of(beam, {}) == "EASTERN");
  CHECK(sellers.of(beam, north) == "NORTHERN");
  CHECK(sellers.of(beam, south).empty());
  sellers.add(engine::SourceImage{beam, "MILL", 3});
  CHECK(sellers.of(beam, south) == "MILL");
  CHECK(sellers.of(beam, {}) == "EASTERN");
  CHECK(sellers.of(nail, {}).empty());
}

TEST_CASE("figures: without a rule that names one the vendor is the source with the shortest lead time", "[storage][figures]") {
  constexpr SkuId beam{7};
  Sellers sellers = three_warehouses();
  sellers.add(engine::VendorImage{"B", "Beam & Co.", 4});
  sellers.add(engine::VendorImage{"C", "", 2});
  sellers.add(engine::VendorImage{"D", "", -1});
  sellers.add(engine::SourceImage{beam, "D", -1});
  CHECK(sellers.of(beam, {}) == "D");  // not known when, but nobody else
  sellers.add(engine::SourceImage{beam, "B", -1});
  CHECK(sellers.of(beam, {}) == "B");
  sellers.add(engine::SourceImage{beam, "C", 4});  // longer than it takes him else: as long as B, and behind it by code
  CHECK(sellers.of(beam, north) == "B");
  sellers.add(engine::SourceImage{beam, "C", 3});
  CHECK(sellers.of(beam, north) == "C");
  CHECK(sellers.name("B") == "Beam & Co.");
  CHECK(sellers.name("X").empty());
  CHECK(sellers.lead_days("C") == 2);
  CHECK(sellers.lead_days(beam, "C") == 3);
  CHECK(sellers.lead_days(beam, "B") == 4);
  CHECK(sellers.lead_days(SkuId{8}, "C") == 2);
  CHECK(sellers.lead_days("X") == -1);
}

}  // namespace
