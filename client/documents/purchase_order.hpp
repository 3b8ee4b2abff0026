// Purchase order: what a vendor is to bring, where to and when, and what of it has arrived.
#pragma once

#include "client/documents/document.hpp"
#include "client/values_purchases.hpp"

namespace earmark::client::documents {

struct PurchaseOrderLine {
  std::uint32_t line = 0;
  std::string sku, description, warehouse, warehouse_name;
  std::uint64_t ordered = 0, received = 0, open = 0;
  std::int64_t promised_us = 0, first_promised_us = 0;  // 0: not said
};
struct PurchaseOrder {
  std::string id, vendor, reference, notes;
  engine::PurchaseState state{};
  std::uint64_t lsn = 0, as_of = 0, ordered = 0, received = 0, open = 0;
  std::int64_t time_us = 0, issued_us = 0;
  std::vector<PurchaseOrderLine> lines;  // as they were placed
};

PurchaseOrder purchase_order(const OpenPurchase& purchase, std::uint64_t as_of, const Issue& issue);
Page page_of(const PurchaseOrder& order);
Json json_of(const PurchaseOrder& order);

}  // namespace earmark::client::documents
