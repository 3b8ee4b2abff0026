// The times that records carry: none an earlier one than a record before it, of whatever thread, and each the one that it was decided by. So whoever reads the
// log works out the same as the server did.
//
// Whoever settles decides by the time, before he commits. Receiving threads decide nothing by it but what they leave to him, so they give way: while somebody settles,
// their time stands still at his, or before. Nothing that is committed before him can then be later than he is: settle() and receive().
// A receiving thread takes its time after it has read the state that it commits on, and not before that of any record up to there: who committed has noted it
// in `recorded_us` before, which that state's reader sees. Notes of commits that were lost are of times that could have been recorded, and do no harm.
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
  explicit DecisionTimes(std::size_t committers) : notes_(committers + 1) {}

  // The owning thread, at each attempt to commit, after it has read the state. `now`: by its clock.
  TimeUs receive(CommitterId me, TimeUs now) noexcept {
    Notes& mine = notes_[me.value];
    // Seq_cst, as the three others are: either settle() sees this time, or the load below sees that somebody settles, and at what time at least.
    note(mine.clock_us, now.value, std::memory_order_seq_cst);
    std::int64_t time = std::min(now.value, settling_us_.load(std::memory_order_seq_cst));
    for (const Notes& each : notes_) time = std::max(time, each.recorded_us.load(std::memory_order_acquire));
    note(mine.recorded_us, time, std::memory_order_relaxed);  // the commit behind it releases
    return TimeUs{time};
  }

  // Whoever settles, before each decision: its time, `at_least` and not earlier than his last.
  TimeUs settle(TimeUs at_least) noexcept {
    at_least.value = std::max(at_least.value, notes_.back().recorded_us.load(std::memory_order_relaxed));
    settling_us_.store(at_least.value, std::memory_order_seq_cst);
    for (const Notes& each : notes_) at_least.value = std::max(at_least.value, each.clock_us.load(std::memory_order_seq_cst));
    settling_us_.store(at_least.value, std::memory_order_relaxed);  // who sees the one before gives way further than he had to
    start_at(at_least);
    return at_least;
  }
  // Before the role is let go.
  void rest() noexcept { settling_us_.store(nobody, std::memory_order_relaxed); }  // seen late: the same
  // Before any thread runs: the last record's time.
  void start_at(TimeUs last) noexcept { note(notes_.back().recorded_us, last.value, std::memory_order_relaxed); }

 private:
  static constexpr std::int64_t nobody = std::numeric_limits<std::int64_t>::max();
  struct alignas(64) Notes {
    Atomic<std::int64_t> clock_us{0};     // what its clock has shown; never falls
    Atomic<std::int64_t> recorded_us{0};  // what its last record carries, or one that it tried to commit
  };

  // By the note's owner alone; a line that others read is written only where it changes.
  static void note(Atomic<std::int64_t>& note_us, std::int64_t time, std::memory_order order) noexcept {
    if (note_us.load(std::memory_order_relaxed) < time) note_us.store(time, order);
  }

  alignas(64) Atomic<std::int64_t> settling_us_{nobody};
  std::vector<Notes> notes_;  // by CommitterId; the last one is whoever settles'
};

}  // namespace earmark::engine
