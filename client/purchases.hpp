// What an open purchase order comes to, and which of its lines an arrival belongs to. Pure; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "client/failure.hpp"
#include "client/values_purchases.hpp"

namespace earmark::client {

struct PurchaseFigures {
  std::uint64_t ordered = 0, received = 0, open = 0;
  std::int64_t next_arrival_us = 0;  // the earliest at which something open is expected; 0: nothing is promised
};
PurchaseFigures figures_of(const OpenPurchase& purchase);

// Something of the line should have been there by now. A draft or a suggestion is not awaited.
bool is_overdue(const OpenPurchase& purchase, const OpenPurchaseLine& line, std::int64_t now_us);

// Rows of a delivery that says SKUs and warehouses as rows of the purchase order: of its lines of that SKU and warehouse that are open the
// first ones are filled up first, and what is left is the last one's. A failure is `unknown_line`: there is none.
Outcome<std::vector<PurchaseArrival>> arrivals_of(const OpenPurchase& purchase, const std::vector<ReceiptRow>& rows);

}  // namespace earmark::client
