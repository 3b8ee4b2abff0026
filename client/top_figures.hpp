// What `earmark top` shows, worked out from two answers to stats and one to backorders. Pure; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "client/event_json.hpp"
#include "client/values_purchases.hpp"

namespace earmark::client {

using Stats = std::map<std::string, std::uint64_t, std::less<>>;

// All that waits for one SKU, or for one order.
struct Waiting {
  std::string name, customer;  // SKU, or order and whose
  std::uint64_t units = 0, lines = 0;
  std::int64_t since_us = 0;  // the oldest
};
// Largest first, ties by name.
struct WaitingUnits {
  std::uint64_t as_of = 0, units = 0, lines = 0;
  std::vector<Waiting> skus, orders;
};
WaitingUnits waiting_of(const BackordersAnswer& answer);

// What a buyer has to look at.
struct Purchasing {
  std::uint64_t suggestions = 0, suggested_units = 0;  // of reorder rules, open
  std::uint64_t overdue = 0;                           // purchase orders of which something should have come by now
};
Purchasing purchasing_of(const PurchasesAnswer& answer, std::int64_t now_us);

struct TopFigures {
  std::string server;
  std::int64_t now_us = 0;
  std::uint64_t decided = 0, durable_lag = 0, window = 0, connections = 0, blocked = 0, subscribers = 0;
  // For each second since the figures before; none without those, or when the server began anew in between.
  std::optional<double> orders, fills, checks, errors;
  // Half, and 99 of 100, decisions in between were answered within so many microseconds; none without decisions.
  std::optional<std::uint64_t> p50_us, p99_us;
  WaitingUnits waiting;
  Purchasing purchasing;
};
TopFigures figures_of(const Stats* before, const Stats& now, double seconds);

// The ten largest of each list.
Json json_of(const TopFigures& figures);

}  // namespace earmark::client
