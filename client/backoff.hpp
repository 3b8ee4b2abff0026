// How long to wait before the next try (schema/PROTOCOL.md): 50 ms, then twice as long each time up to 5 s, each with a
// random part of up to a quarter on top, so that many clients do not come back together. Pure: random bits by seed.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace earmark::client {

class Backoff {
 public:
  using Milliseconds = std::chrono::milliseconds;
  static constexpr Milliseconds first{50}, longest{5'000};

  // The wait before try number `tries` (from 0) after a failure; not shorter than `at_least`.
  template <class Random>
  static Milliseconds wait(std::uint32_t tries, Random& random, Milliseconds at_least = Milliseconds(0)) {
    const Milliseconds doubled = first * (1U << std::min(tries, 10U));
    const Milliseconds base = std::max(std::min(doubled, longest), at_least);
    return base + Milliseconds(std::uniform_int_distribution<std::int64_t>(0, base.count() / 4)(random));
  }
};

}  // namespace earmark::client
