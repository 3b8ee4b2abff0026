// SplitMix64: a small, fast generator whose whole state is its seed, so that a run can be repeated from the seed it
// printed. Not thread-safe: one for each thread.
#pragma once

#include <cstdint>

namespace earmark::loadtest {

class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t next() noexcept {
    std::uint64_t bits = (state_ += 0x9E3779B97F4A7C15ULL);
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9ULL;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBULL;
    return bits ^ (bits >> 31);
  }
  // 0 .. bound - 1, by multiplication instead of division; the bias is below bound / 2^32.
  std::uint32_t below(std::uint32_t bound) noexcept {
    return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
  }
  // 0 <= unit < 1
  double unit() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  // Random(state()) goes on as this one will: what was drawn from here on can be drawn again.
  std::uint64_t state() const noexcept { return state_; }

 private:
  std::uint64_t state_;
};

}  // namespace earmark::loadtest
