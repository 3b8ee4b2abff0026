// Delivery note of a shipment: a UBL 2.1 DespatchAdvice. Of each line what is delivered, what is on backorder, what is outstanding, and why.
#pragma once

#include "client/documents/document.hpp"
#include "client/failure.hpp"

namespace earmark::client::documents {

// Lines with nothing of the three are left out.
struct DespatchLine {
  std::uint32_t line = 0;
  std::string sku, description;
  std::uint64_t ordered = 0, delivered = 0, backorder = 0, outstanding = 0, returned = 0;
  std::string backorder_reason, outstanding_reason;
};
struct DeliveryNote {
  Head head;
  std::string warehouse, warehouse_name, carrier, tracking;
  engine::ShipmentState state{};
  std::int64_t expected_us = 0;
  std::vector<DespatchLine> lines;
  std::uint64_t units = 0;
};

Outcome<DeliveryNote> delivery_note(const OrderState& order, std::uint16_t shipment, const Issue& issue);
Page page_of(const DeliveryNote& note);
// The head as in every document, and under "DespatchAdvice" the advice by UBL's names.
Json json_of(const DeliveryNote& note);

}  // namespace earmark::client::documents
