// What the server's threads count. Each value has one writer, the thread that owns it, and any number of readers:
// relaxed stores, no locks, nothing is decided upon them. server/stats.cpp gives them names.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <variant>

#include "engine/counter.hpp"
#include "engine/errors.hpp"
#include "schema/event.hpp"
#include "server/power_histogram.hpp"

namespace earmark::server {

// A value that rises and falls.
class Gauge {
 public:
  void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

inline constexpr std::size_t error_codes = 128;  // codes are below; others are counted as the last

struct WorkerCounters {
  std::array<engine::Counter, error_codes> errors;  // by ErrorCode
  engine::Counter repeats;
  engine::Counter long_orders;   // handed to the settler without asking the desk
  engine::Counter checks;
  DurationHistogram latency;     // of decisions, from the socket read to the moment they were let go
  // As of the last time that the worker did something:
  Gauge pending_answers, blocked_sessions, subscribers, ring_bytes;

  void count(engine::ErrorCode code) noexcept {
    errors[std::min(static_cast<std::size_t>(code), error_codes - 1)].add();
  }
};

struct JournalCounters {
  engine::Counter groups, groups_of_receivers, bytes;
  engine::Counter command_ids;   // taken by records written since the start
  std::array<engine::Counter, std::variant_size_v<schema::Decision>> decisions;  // by kind
  std::array<engine::Counter, 6> orders;  // by OrderStatus
  DurationHistogram append_time;
  SizeHistogram group_lsns;

  void count(const schema::Decision& decision) noexcept;
};

// One id for each command but loads and fills.
bool takes_id(const schema::Decision& decision) noexcept;

}  // namespace earmark::server
