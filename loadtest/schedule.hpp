// When the requests of an open loop are meant to be sent, whatever the server does: evenly spaced, or at random times with
// the same mean (Poisson). Pure: the caller knows the time. Not thread-safe: one for each thread of a run, each with its
// share of the rate; together they make one even stream.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "loadtest/random.hpp"

namespace earmark::loadtest {

enum class Arrivals : std::uint8_t { constant,
                                     poisson };
std::string_view name(Arrivals arrivals) noexcept;

// From this time on (nanoseconds of any clock) so many requests a second, all threads together.
struct RateStep {
  std::uint64_t from_ns = 0;
  double per_second = 0;
};

class Schedule {
 public:
  static constexpr std::uint64_t never = ~std::uint64_t{0};

  // `steps` are in order of time, rates above 0. Nothing is due at or after `end_ns`.
  Schedule(std::vector<RateStep> steps, std::uint64_t end_ns, Arrivals arrivals, std::uint32_t thread, std::uint32_t threads, std::uint64_t seed);

  // At these times, in rising order; those at or after `end_ns` do not come.
  Schedule(std::vector<std::uint64_t> times, std::uint64_t end_ns);

  // The intended time of the next request; `never` when there is none.
  std::uint64_t next() const noexcept { return next_; }
  void advance() noexcept;
  // About how many are due by `now_ns` that have not been advanced over.
  std::uint64_t due(std::uint64_t now_ns) const noexcept;
  // The run ends earlier.
  void end_at(std::uint64_t end_ns) noexcept;
  // About how many are left until the end: exact with constant arrivals, the mean with Poisson.
  std::uint64_t left() const noexcept;

 private:
  double interval() const noexcept { return 1e9 * threads_ / steps_[step_].per_second; }
  std::uint64_t step_end(std::size_t step) const noexcept { return step + 1 < steps_.size() ? steps_[step + 1].from_ns : end_; }
  void begin_step() noexcept;
  void place() noexcept;
  void place_by_times() noexcept;

  std::vector<RateStep> steps_;
  std::vector<std::uint64_t> times_;  // instead of steps
  std::size_t place_in_times_ = 0;
  std::uint64_t end_;
  Arrivals arrivals_;
  double thread_, threads_;
  Random random_;
  std::size_t step_ = 0;
  double count_ = 0;   // constant: requests of this step so far
  double offset_ = 0;  // of the next request, from the step's beginning
  std::uint64_t next_ = never;
};

}  // namespace earmark::loadtest
