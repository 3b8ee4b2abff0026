// The time that decisions carry. On wall time: when their bytes were read from the socket. On the time of commands
// (--clock commands, for replays and tests): the latest that a command carried, of whatever connection; a command without a time
// takes place at it. Any thread.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "engine/types.hpp"

namespace earmark::server {

class DecisionClock {
 public:
  // Before any command; `last` is the time of the last decision.
  void run_on_commands(engine::TimeUs last) noexcept {
    latest_.store(last.value, std::memory_order_relaxed);
    on_commands_ = true;
  }

  engine::TimeUs time_of(engine::TimeUs carried, engine::TimeUs now) noexcept {
    if (!on_commands_) return now;
    // Relaxed: the number alone is shared; in which order records may carry such times is engine/decision_times.hpp's.
    std::int64_t latest = latest_.load(std::memory_order_relaxed);
    while (latest < carried.value && !latest_.compare_exchange_weak(latest, carried.value, std::memory_order_relaxed)) continue;
    return engine::TimeUs{std::max(latest, carried.value)};
  }

 private:
  bool on_commands_ = false;
  std::atomic<std::int64_t> latest_{0};
};

}  // namespace earmark::server
