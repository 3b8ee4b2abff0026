// The times that records carry. Whoever settles decides by the time, so his records must carry the one that he decided by: no record
// before it, of whatever thread, has a later one (the journal raises what would fall, and a reader of the log would see another decision).
// Receiving threads decide nothing by it but what they leave to the settler, so they give way: while somebody settles, their time stands still.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "engine/atomic.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

class DecisionTimes {
 public:
  explicit DecisionTimes(std::size_t committers) : received_(committers) {}

  // The owning thread, before a commit that decides nothing by the time: the one that its records carry, at most `now`.
  TimeUs receive(CommitterId me, TimeUs now) noexcept {
    // Seq_cst, as all four are: either settle() sees this time, or the load below sees that somebody settles, and at what time at least.
    Atomic<std::int64_t>& latest = received_[me.value].time_us;
    if (latest.load(std::memory_order_relaxed) < now.value) latest.store(now.value, std::memory_order_seq_cst);
    return TimeUs{std::min(now.value, settling_us_.load(std::memory_order_seq_cst))};
  }

  // Whoever settles, before each decision: its time, `at_least` (not earlier than his last) and not before that of any record that has a smaller LSN.
  TimeUs settle(TimeUs at_least) noexcept {
    settling_us_.store(at_least.value, std::memory_order_seq_cst);
    for (const Received& thread : received_) at_least.value = std::max(at_least.value, thread.time_us.load(std::memory_order_seq_cst));
    settling_us_.store(at_least.value, std::memory_order_relaxed);  // who sees the lower one gives way further than he had to
    return at_least;
  }
  // Before the role is let go.
  void rest() noexcept { settling_us_.store(nobody, std::memory_order_relaxed); }  // seen late: the same

 private:
  static constexpr std::int64_t nobody = std::numeric_limits<std::int64_t>::max();
  struct alignas(64) Received {
    Atomic<std::int64_t> time_us{0};  // never falls
  };

  alignas(64) Atomic<std::int64_t> settling_us_{nobody};
  std::vector<Received> received_;
};

}  // namespace earmark::engine
