// Receiving slip. Before a delivery: what of a purchase order is expected, with room to write on, and who gets it by the queue and the dates as they are known.
// After it: what came, and who got it.
#pragma once

#include "client/documents/benefits.hpp"
#include "client/failure.hpp"
#include "client/values_rules.hpp"

namespace earmark::client::documents {

struct SlipLine {
  std::uint32_t line = 0;  // of the purchase order; 0: there is none
  std::string sku, description, warehouse, warehouse_name;
  std::optional<std::uint64_t> expected;  // open before the delivery; none: not known
  std::uint64_t received = 0;             // before: of the line until now; after: good units of this delivery
  std::uint64_t damaged = 0, over = 0;
  std::int64_t expected_us = 0;           // before: 0: no date
};
struct ReceivingSlip {
  bool arrived = false;
  std::string id, purchase, vendor, reference, notes;  // id: of the receipt; before: of the purchase order
  engine::PurchaseState state{};
  std::uint64_t lsn = 0, as_of = 0;  // of the receipt's or the purchase order's decision; what it is true at
  std::int64_t time_us = 0, issued_us = 0;
  std::vector<SlipLine> lines;
  std::vector<Benefit> benefits;
};

// An open purchase order, and who would get what of it.
struct PurchaseView {
  OpenPurchase purchase;
  std::uint64_t as_of = 0;
  std::vector<Benefit> benefits;
};
// A receipt, what was open of its lines before (by line; empty: not known), and who got it.
struct ReceiptView {
  FindAnswer receipt;
  std::map<std::uint32_t, std::uint64_t> expected;
  std::vector<Benefit> benefits;
};

// Refused for a draft or a suggestion.
Outcome<ReceivingSlip> receiving_slip(const PurchaseView& view, const Issue& issue);
Outcome<ReceivingSlip> slip_of_receipt(const ReceiptView& view, const Issue& issue);
Page page_of(const ReceivingSlip& slip);
Json json_of(const ReceivingSlip& slip);

}  // namespace earmark::client::documents
