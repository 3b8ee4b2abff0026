// Who would get what is to come, by the rules of dates (docs/RULES.md, "Dates of what waits"): the queue in its order over what is there and then over
// the supply in the order of its dates, pegged units first for the line that they are pegged to. Of one SKU. Pure; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/values_purchases.hpp"

namespace earmark::client {

// What is open of one line of a purchase order, or in transit.
struct Supply {
  std::uint64_t lsn = 0;         // of its purchase order or transfer
  std::uint32_t index = 0;       // among its lines
  std::string warehouse{};
  std::uint64_t units = 0;
  std::int64_t expected_us = 0;  // 0: not known, so that it comes last
  std::string peg_order{};       // empty: for nobody first
  std::uint32_t peg_line = 0;
};
// Units of a supply that a waiting line would get.
struct Share {
  std::size_t waiting = 0;  // position in the queue
  std::uint32_t units = 0;
  bool pegged = false;
};

// Parallel to `supply`. `available` by warehouse: what somebody who may take it takes first.
std::vector<std::vector<Share>> shares_of(const std::vector<Supply>& supply, const std::vector<Backorder>& queue, std::map<std::string, std::uint64_t> available);

}  // namespace earmark::client
