// What happened so far in one schedule, access by access: which access happened before which (vector clocks), which earlier
// ones race with the next one, and a number that is equal for schedules that differ only in the order of accesses that do
// not conflict (a trace). What a thread does next depends on such a trace alone.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "tests/interleaving/fibers.hpp"

namespace earmark::interleaving {

class Trace {
 public:
  using Position = std::uint32_t;  // 1: the first access of the schedule; 0: none

  void clear();

  // Calls visit(position) for earlier conflicting accesses of other threads that did not happen before `access` of `thread`:
  // in another schedule it comes before them.
  template <class Visitor>
  void for_each_race(std::size_t thread, const Access& access, Visitor&& visit) {
    const Word& word = words_[access.address];
    const Clock& seen = threads_[thread].clock;
    if (word.last_write != 0 && word.writer != thread && word.last_write > seen[word.writer]) visit(word.last_write);
    if (!access.write) return;
    for (std::size_t other = 0; other < most_threads; ++other) {
      if (other != thread && word.last_reads[other] > seen[other]) visit(word.last_reads[other]);
    }
  }
  // With the race turned round: what has not to wait for `race` comes before it, then `access` of `thread`. The threads that
  // may be the first there, one bit each.
  std::uint32_t first_without(Position race, std::size_t thread, const Access& access) const;
  void add(std::size_t thread, const Access& access);

  std::uint64_t identity() const noexcept;
  Position length() const noexcept { return static_cast<Position>(events_.size()); }

 private:
  using Clock = std::array<Position, most_threads>;  // by thread: its last access that happened before
  struct Word {
    Position last_write = 0;
    std::size_t writer = 0;
    std::uint64_t writes = 0;
    std::array<Position, most_threads> last_reads{};  // since the last write
    Clock written{}, read{};
  };
  struct Thread {
    Clock clock{};
    std::uint64_t history = 0;
  };
  struct Event {
    std::size_t thread = 0;
    Clock clock{};
  };

  Clock clock_of(std::size_t thread, const Access& access) const;

  std::unordered_map<const void*, Word> words_{};
  std::array<Thread, most_threads> threads_{};
  std::vector<Event> events_;  // position 1 first
};

}  // namespace earmark::interleaving
