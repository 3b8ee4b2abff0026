// What one thread, or all of them together, counted while the measurement ran (not in the warm-up).
#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "engine/errors.hpp"
#include "engine/histogram.hpp"

namespace earmark::loadtest {

struct Tally {
  engine::Histogram order_latency, check_latency;    // nanoseconds; their counts are the answered requests
  std::array<std::uint64_t, 6> statuses{};   // by engine::OrderStatus
  std::uint64_t lines = 0, short_lines = 0;  // short: something of it waits
  std::map<engine::ErrorCode, std::uint64_t> errors;

  void add(const Tally& other) {
    order_latency.merge(other.order_latency);
    check_latency.merge(other.check_latency);
    for (std::size_t index = 0; index < statuses.size(); ++index) statuses[index] += other.statuses[index];
    lines += other.lines;
    short_lines += other.short_lines;
    for (const auto& [code, count] : other.errors) errors[code] += count;
  }
};

}  // namespace earmark::loadtest
