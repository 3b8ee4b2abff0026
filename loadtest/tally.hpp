// What one thread, or all of them together, counted while the measurement ran (not in the warm-up).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "engine/errors.hpp"
#include "engine/histogram.hpp"
#include "loadtest/mix.hpp"
#include "loadtest/situation.hpp"

namespace earmark::loadtest {

// One rate of an open loop with several.
struct StepTally {
  std::uint64_t offered = 0, answered = 0;
  engine::Histogram latency;

  void add(const StepTally& other) {
    offered += other.offered;
    answered += other.answered;
    latency.merge(other.latency);
  }
};

struct Tally {
  static constexpr std::uint64_t unknown_backlog = ~std::uint64_t{0};

  // Nanoseconds. Closed loop: of what was answered in the measurement. Open loop: of what was meant to be sent in it,
  // whenever the answer came, and of what was still in the client at the end, with its waiting until then.
  std::array<engine::Histogram, request_kinds> latency;
  std::array<std::uint64_t, request_kinds> answered{};  // in the measurement
  std::array<std::uint64_t, 6> statuses{};              // by engine::OrderStatus
  std::uint64_t lines = 0, short_lines = 0;             // short: something of it waits or was cancelled
  std::uint64_t fills = 0, filled_units = 0;            // lines of waiters that were served
  std::map<engine::ErrorCode, std::uint64_t> errors;
  // Open loop only.
  std::uint64_t offered = 0;      // meant to be sent in the measurement
  std::uint64_t unsent = 0;       // of those still in the client at its end
  std::uint64_t unanswered = 0;   // of those sent, but without answer at its end
  engine::Histogram waited;       // from the intended time to the sending
  std::uint64_t in_time = 0;      // of those meant to be sent in the measurement, answered by its end and the grace after it
  // The least that was due and not answered at any moment of the second, and of the last quarter of the measurement.
  std::uint64_t backlog_before = unknown_backlog, backlog_after = unknown_backlog;
  std::vector<StepTally> steps;
  // Of a situation only.
  std::vector<ActTally> acts;
  std::uint64_t sold_out_ns = ~std::uint64_t{0};  // first answer that had too little of a popular SKU, since the measurement began

  engine::Histogram& of(RequestKind kind) noexcept { return latency[static_cast<std::size_t>(kind)]; }
  const engine::Histogram& of(RequestKind kind) const noexcept { return latency[static_cast<std::size_t>(kind)]; }

  std::uint64_t requests() const noexcept {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : answered) sum += count;
    return sum;
  }
  engine::Histogram all_latency() const {
    engine::Histogram all;
    for (const engine::Histogram& one : latency) all.merge(one);
    return all;
  }

  void add(const Tally& other) {
    for (std::size_t kind = 0; kind < request_kinds; ++kind) {
      latency[kind].merge(other.latency[kind]);
      answered[kind] += other.answered[kind];
    }
    for (std::size_t index = 0; index < statuses.size(); ++index) statuses[index] += other.statuses[index];
    lines += other.lines;
    short_lines += other.short_lines;
    fills += other.fills;
    filled_units += other.filled_units;
    for (const auto& [code, count] : other.errors) errors[code] += count;
    offered += other.offered;
    unsent += other.unsent;
    unanswered += other.unanswered;
    waited.merge(other.waited);
    in_time += other.in_time;
    backlog_before = sum_of_known(backlog_before, other.backlog_before);
    backlog_after = sum_of_known(backlog_after, other.backlog_after);
    steps.resize(std::max(steps.size(), other.steps.size()));
    for (std::size_t index = 0; index < other.steps.size(); ++index) steps[index].add(other.steps[index]);
    acts.resize(std::max(acts.size(), other.acts.size()));
    for (std::size_t index = 0; index < other.acts.size(); ++index) acts[index].add(other.acts[index]);
    sold_out_ns = std::min(sold_out_ns, other.sold_out_ns);
  }

 private:
  static std::uint64_t sum_of_known(std::uint64_t one, std::uint64_t other) noexcept {
    if (one == unknown_backlog || other == unknown_backlog) return std::min(one, other);
    return one + other;
  }
};

}  // namespace earmark::loadtest
