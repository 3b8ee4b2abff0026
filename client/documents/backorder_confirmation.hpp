// Backorder confirmation: what of an order waits, in which place, and when it can be expected as it is known now.
#pragma once

#include "client/documents/document.hpp"
#include "client/failure.hpp"

namespace earmark::client::documents {

struct WaitingPart {
  std::uint32_t line = 0;
  std::string sku, description;
  std::uint64_t ordered = 0, waiting = 0, quantity_ahead = 0;
  std::uint32_t position = 0;  // 1 is served next
  std::string reason, date;
  std::vector<ExpectedUnits> expected;
  std::int64_t first_promised_us = 0;  // 0: never
};
struct BackorderConfirmation {
  Head head;  // its id is the backorder's
  std::vector<WaitingPart> lines;
  std::uint64_t units = 0;
};

// Refused where nothing waits.
Outcome<BackorderConfirmation> backorder_confirmation(const OrderState& order, const Issue& issue);
Page page_of(const BackorderConfirmation& confirmation);
Json json_of(const BackorderConfirmation& confirmation);

}  // namespace earmark::client::documents
