// Packing slip of a shipment: for every line of its order what is in this package, what left in others, what follows and what waits.
#pragma once

#include "client/documents/document.hpp"
#include "client/failure.hpp"

namespace earmark::client::documents {

// ordered = in_package + shipped_separately + to_follow + backordered + cancelled
struct PackedLine {
  std::uint32_t line = 0;
  std::string sku, description;
  std::uint64_t ordered = 0, in_package = 0, shipped_separately = 0, to_follow = 0, backordered = 0, cancelled = 0;
  std::string date;  // of what waits
  std::vector<ExpectedUnits> expected;
};
struct PackingSlip {
  Head head;
  std::string warehouse, warehouse_name, carrier, tracking;
  engine::ShipmentState state{};
  std::int64_t expected_us = 0;
  std::vector<PackedLine> lines;
  std::uint64_t units = 0;
};

Outcome<PackingSlip> packing_slip(const OrderState& order, std::uint16_t shipment, const Issue& issue);
Page page_of(const PackingSlip& slip);
Json json_of(const PackingSlip& slip);

}  // namespace earmark::client::documents
