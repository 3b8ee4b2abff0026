// Who gets what of a delivery: a table that several documents have. Each part of an order carries what every document about an order does: whose it is, its
// notes for the contractor, its number and time.
#pragma once

#include "client/documents/document.hpp"

namespace earmark::client::documents {

struct Benefit {
  std::uint32_t delivered_line = 0;  // of the purchase order; 0: of a receipt without one
  std::string sku, warehouse;
  std::uint64_t units = 0;
  std::string order, customer, reference, notes;
  std::uint32_t line = 0;
  std::uint64_t lsn = 0;     // of the order's decision
  std::int64_t time_us = 0;  // and when that was
  bool pegged = false;       // before anybody else
};

PageTable table_of(const std::vector<Benefit>& benefits, std::string heading, std::string remark);
Json json_of(const std::vector<Benefit>& benefits);

}  // namespace earmark::client::documents
