// Order confirmation: what of each line is reserved, has shipped, waits or was cancelled; the split into shipments and backorder.
#pragma once

#include "client/documents/document.hpp"
#include "client/failure.hpp"

namespace earmark::client::documents {

struct ConfirmedLine {
  std::uint32_t line = 0;
  std::string sku, description;
  std::uint64_t quantity = 0, reserved = 0, shipped = 0, backordered = 0, cancelled = 0;
  std::uint32_t position = 0;        // of what waits, 1 is served next
  std::uint64_t quantity_ahead = 0;
  std::string date;
  std::vector<ExpectedUnits> expected;  // of what waits
};
struct ConfirmedShipment {
  std::string id, warehouse, warehouse_name;
  engine::ShipmentState state{};
  std::uint64_t units = 0;
  std::string carrier, tracking;
  std::int64_t expected_us = 0;  // expected delivery; 0: not known yet
};
struct OrderConfirmation {
  Head head;
  engine::OrderStatus status{};  // at the decision
  engine::Policy policy{};
  std::vector<ConfirmedLine> lines;
  std::vector<ConfirmedShipment> shipments;
  std::string backorder;  // ORDER-B1; empty: nothing waits
  std::uint64_t ordered = 0, waiting = 0;
  std::int64_t expected_us = 0;  // when the last of what waits can be; 0: not known yet
};

OrderConfirmation order_confirmation(const OrderState& order, const Issue& issue);
Page page_of(const OrderConfirmation& confirmation);
Json json_of(const OrderConfirmation& confirmation);

}  // namespace earmark::client::documents
