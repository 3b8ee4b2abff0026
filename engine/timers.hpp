// What falls due when: a hierarchical timer wheel. Pure: the time comes as an argument. Owned by whoever settles.
//   level n   64 slots of 64^n microseconds; a timer lies at the level of the highest digit (base 64) in which its time
//             differs from the wheel's, in the slot of that digit. So of two levels the lower one is due first, and of two
//             slots of a level the one with the lower number; a slot of level 0 is one microsecond.
// The wheel's time moves only to the beginning of the first slot that is not empty; what lies there goes to lower levels, at
// most once for each level. Timers that fall due come in the order of (due, kind, subject). Adding and removing costs O(1); a
// timer needs its node of 40 bytes, which is used again.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <tuple>
#include <vector>

#include "engine/types.hpp"

namespace earmark::engine {

enum class TimerKind : std::uint8_t { hold = 1, cancel_order = 2, order_due = 3, turn_strict = 4, purchase_cut_off = 5, purchase_overdue = 6, transfer_overdue = 7, rule_wakes = 8 };

struct Timer {
  TimeUs due{};
  TimerKind kind{};
  std::uint64_t subject = 0;  // what it is about, by its kind: the LSN of the hold or the order

  friend bool operator<(const Timer& left, const Timer& right) noexcept {
    return std::tie(left.due, left.kind, left.subject) < std::tie(right.due, right.kind, right.subject);
  }
};

class Timers {
 public:
  using Handle = std::uint32_t;  // of a timer that is running
  static constexpr TimeUs never{std::numeric_limits<std::int64_t>::max()};

  Timers();

  Handle add(const Timer& timer);
  void remove(Handle handle) noexcept;
  // The first timer that is due at `now`, which stays until it is removed; nullptr: none is due.
  const Timer* first_due(TimeUs now);
  // No timer is due before it: the first one's time, or an earlier one where the first of a slot was removed. `never`: none runs.
  TimeUs next_due() const noexcept;
  std::size_t size() const noexcept { return running_; }

 private:
  static constexpr unsigned digit_bits = 6;
  static constexpr std::uint32_t slots = 1U << digit_bits, levels = 11;  // of 66 bits 63 are used
  static constexpr std::uint32_t due_slot = slots * levels;            // the list of what has been found due

  struct Node {
    Timer timer;
    Handle before = 0, after = 0;  // 0: none; of a free node `after` is the next free one
    std::uint32_t slot = 0;
  };
  struct List {
    Handle first = 0, last = 0;
    TimeUs earliest = never;  // of all that were added since it was empty
  };

  void link(Handle handle, std::uint32_t slot) noexcept;
  void place(Handle handle);
  std::uint32_t first_slot() const noexcept;
  void empty_slot(std::uint32_t slot);

  std::vector<Node> nodes_;  // node 0 is not used
  Handle free_ = 0;
  std::array<List, slots * levels + 1> lists_;
  std::array<std::uint64_t, levels> filled_{};  // bit n: slot n of the level is not empty
  std::int64_t time_ = 0;
  std::size_t running_ = 0;
  std::vector<Handle> sorted_;
};

}  // namespace earmark::engine
