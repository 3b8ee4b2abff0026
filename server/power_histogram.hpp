// A histogram that one thread fills and any thread reads: buckets up to 1, 2, 4, 8 ... and one for what is larger.
// For figures that are looked at from outside while the server runs; engine/histogram.hpp is finer, for one thread.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "engine/counter.hpp"

namespace earmark::server {

// What a reader takes: counts of each bucket alone, not yet summed up.
template <std::size_t limits>
struct PowerCounts {
  std::array<std::uint64_t, limits + 1> counts{};  // counts[n]: values over 2^(n-1) up to 2^n; the last: all others
  std::uint64_t sum = 0;

  PowerCounts& operator+=(const PowerCounts& other) noexcept {
    for (std::size_t bucket = 0; bucket < counts.size(); ++bucket) counts[bucket] += other.counts[bucket];
    sum += other.sum;
    return *this;
  }
};

template <std::size_t limits>
class PowerHistogram {
 public:
  using Counts = PowerCounts<limits>;

  void add(std::uint64_t value) noexcept {
    const auto bucket = static_cast<std::size_t>(value == 0 ? 0 : std::bit_width(value - 1));
    counts_[bucket < limits ? bucket : limits].add();
    sum_.add(value);
  }
  // Each count is exact, but they are not read at one instant.
  Counts read() const noexcept {
    Counts read;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) read.counts[bucket] = counts_[bucket].get();
    read.sum = sum_.get();
    return read;
  }

 private:
  std::array<engine::Counter, limits + 1> counts_;
  engine::Counter sum_;
};

using DurationHistogram = PowerHistogram<28>;  // microseconds: to 2^27, 134 seconds
using SizeHistogram = PowerHistogram<17>;      // to 65,536, the window

}  // namespace earmark::server
