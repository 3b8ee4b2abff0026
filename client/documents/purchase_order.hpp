// Purchase order: what a vendor is to bring, where to and when, what of it has arrived, and who waits for it.
#pragma once

#include "client/documents/receiving_slip.hpp"

namespace earmark::client::documents {

struct PurchaseOrderLine {
  std::uint32_t line = 0;
  std::string sku, description, warehouse, warehouse_name;
  std::uint64_t ordered = 0, received = 0, open = 0;
  std::int64_t promised_us = 0, first_promised_us = 0;  // 0: not said
  std::int64_t expected_us = 0;                         // as promised, or later where that is over
  bool pegged = false;
  std::string peg_order;
  std::uint32_t peg_line = 0;
};
struct PurchaseOrder {
  std::string id, vendor, reference, notes;
  engine::PurchaseState state{};
  std::uint64_t lsn = 0, as_of = 0, ordered = 0, received = 0, open = 0;
  std::int64_t time_us = 0, issued_us = 0;
  std::vector<PurchaseOrderLine> lines;  // as they were placed
  std::vector<Benefit> benefits;         // who waits for it, by the queue and the dates as they are known
};

PurchaseOrder purchase_order(const PurchaseView& view, const Issue& issue);
Page page_of(const PurchaseOrder& order);
Json json_of(const PurchaseOrder& order);

}  // namespace earmark::client::documents
