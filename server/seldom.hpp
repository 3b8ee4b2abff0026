// A count that is told seldom: at once when it first rises, then at most once in an interval. What comes meanwhile is
// told with the next line. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace earmark::server {

class Seldom {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Seldom(Clock::duration interval) noexcept : interval_(interval) {}

  // How much `count` has risen since it was last told; 0: nothing is to be said now.
  std::uint64_t due(std::uint64_t count, Clock::time_point now) noexcept {
    if (count == told_ || (last_ && now - *last_ < interval_)) return 0;
    last_ = now;
    const std::uint64_t risen = count - told_;
    told_ = count;
    return risen;
  }

 private:
  Clock::duration interval_;
  std::optional<Clock::time_point> last_;
  std::uint64_t told_ = 0;
};

}  // namespace earmark::server
