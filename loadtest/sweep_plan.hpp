// Which rate a sweep offers next, and what counts as following it. Pure: judgements in, rates out.
//   climb   from a tenth of the first estimate upwards, by half each time, until a rate is not followed
//   narrow  between the highest rate that was followed and the lowest that was not, halving their ratio each time
// A rate that is not followed is tried once more before it counts, so that one hesitation of the machine does not decide;
// one of which more than a tenth was left behind is not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace earmark::loadtest {

// What one step of a sweep showed.
struct StepFigures {
  std::uint64_t offered = 0;
  std::uint64_t answered = 0;  // by the end of the step and the limit of p99 after it
  // The least that was due and not answered, in the step's second and in its last quarter.
  std::uint64_t backlog_before = 0, backlog_after = 0;
  std::uint64_t p99_ns = 0;  // from the intended time
  std::uint64_t length_ns = 1'000'000'000;
};

enum class Following : std::uint8_t { followed,
                                      left_behind,    // less than 99.9 % were answered
                                      backlog_grows,  // by more than 0.1 % of what was offered, than is offered in a tenth of the limit, and than a few
                                      too_slow };     // p99 above its limit
// "followed", "left behind", "backlog grows", "p99 over the limit"
std::string_view name(Following following) noexcept;

Following judge_step(const StepFigures& figures, std::uint64_t p99_limit_ns) noexcept;
// So far from following that a second try would say the same.
bool is_hopeless(const StepFigures& figures) noexcept;

class SweepPlan {
 public:
  static constexpr std::size_t most_steps = 16;
  static constexpr double precision = 1.04;  // ratio of the two rates that the knee lies between

  // `estimate`: requests a second that a closed loop reached.
  explicit SweepPlan(double estimate) noexcept : estimate_(estimate) {}

  // The next rate, of three digits; none when the knee is known, or cannot be found with the steps that there are.
  std::optional<double> next() noexcept;
  // How the rate was followed that next() gave last.
  void judged(Following following, bool hopeless) noexcept;

  // The highest rate that was followed: the knee; 0: none was.
  double followed() const noexcept { return followed_; }
  // The lowest that was not; 0: all were.
  double not_followed() const noexcept { return not_followed_; }

 private:
  double choose() const noexcept;

  double estimate_;
  double rate_ = 0, followed_ = 0, not_followed_ = 0;
  std::size_t steps_ = 0;
  bool try_again_ = false;
};

}  // namespace earmark::loadtest
