#include "tests/interleaving/trace.hpp"

#include <algorithm>

namespace earmark::interleaving {
namespace {

std::uint64_t mix(std::uint64_t value) noexcept {
  value = (value ^ (value >> 30)) * 0xBF58'476D'1CE4'E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D0'49BB'1331'11EBULL;
  return value ^ (value >> 31);
}

template <class Clock>
void join(Clock& clock, const Clock& other) noexcept {
  for (std::size_t index = 0; index < clock.size(); ++index) clock[index] = std::max(clock[index], other[index]);
}

}  // namespace

void Trace::clear() {
  for (auto& [address, word] : words_) word = Word{};  // addresses come again: nothing is allocated anew
  threads_ = {};
  events_.clear();
}

Trace::Clock Trace::clock_of(std::size_t thread, const Access& access) const {
  Clock clock = threads_[thread].clock;
  const auto word = words_.find(access.address);
  if (word != words_.end()) {
    join(clock, word->second.written);
    if (access.write) join(clock, word->second.read);
  }
  clock[thread] = length() + 1;
  return clock;
}

std::uint32_t Trace::first_without(Position race, std::size_t thread, const Access& access) const {
  const std::size_t racing = events_[race - 1].thread;
  Clock first{};  // by thread: its first event that does not come after `race`
  std::uint32_t initial = 0;
  const auto consider = [&](Position position, std::size_t of, const Clock& clock) {
    if (first[of] != 0) return;
    first[of] = position;
    for (std::size_t other = 0; other < most_threads; ++other) {
      if (other != of && first[other] != 0 && clock[other] >= first[other]) return;  // it has to wait for that one
    }
    initial |= 1U << of;
  };
  for (Position position = race + 1; position <= length(); ++position) {
    const Event& event = events_[position - 1];
    if (event.clock[racing] < race) consider(position, event.thread, event.clock);
  }
  consider(length() + 1, thread, clock_of(thread, access));
  return initial;
}

void Trace::add(std::size_t thread, const Access& access) {
  Thread& self = threads_[thread];
  self.clock = clock_of(thread, access);
  Word& word = words_[access.address];
  events_.push_back({thread, self.clock});
  // Which write was seen says all: the order of accesses that conflict follows from it.
  self.history = mix(self.history + mix(reinterpret_cast<std::uintptr_t>(access.address) * 4 + (access.write ? 2 : 1)) + word.writes);
  if (access.write) {
    word.last_write = length();
    word.writer = thread;
    ++word.writes;
    word.written = self.clock;
    word.read = {};
    word.last_reads = {};
  } else {
    word.last_reads[thread] = length();
    join(word.read, self.clock);
  }
}

std::uint64_t Trace::identity() const noexcept {
  std::uint64_t sum = 0;
  for (std::size_t index = 0; index < most_threads; ++index) sum += mix(threads_[index].history + index * 0x9E37'79B9'7F4A'7C15ULL);
  return sum;
}

}  // namespace earmark::interleaving
