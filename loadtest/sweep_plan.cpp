#include "loadtest/sweep_plan.hpp"

#include <algorithm>
#include <cmath>

namespace earmark::loadtest {
namespace {

constexpr double first_share = 0.1, climb = 1.5;
constexpr double lowest_share = 0.005;  // of the estimate: below it the search ends
constexpr double highest_rate = 1e7;
constexpr std::uint64_t few = 10;       // requests that are under way at any moment, whatever the rate

double with_three_digits(double rate) noexcept {
  const double power = std::pow(10, std::floor(std::log10(rate)) - 2);
  return std::round(rate / power) * power;
}

}  // namespace

std::string_view name(Following following) noexcept {
  switch (following) {
    case Following::followed: return "followed";
    case Following::left_behind: return "left behind";
    case Following::backlog_grows: return "backlog grows";
    case Following::too_slow: return "p99 over the limit";
  }
  return "unknown";
}

Following judge_step(const StepFigures& figures, std::uint64_t p99_limit_ns) noexcept {
  const std::uint64_t thousandth = figures.offered / 1'000;
  if (figures.offered == 0 || figures.offered - std::min(figures.offered, figures.answered) > thousandth) return Following::left_behind;
  // A backlog is a time to wait: what comes and goes by a small part of the limit is no trend.
  const double tenth_of_limit = static_cast<double>(p99_limit_ns) / 10 / static_cast<double>(std::max<std::uint64_t>(1, figures.length_ns));
  const auto noise = static_cast<std::uint64_t>(static_cast<double>(figures.offered) * tenth_of_limit);
  if (figures.backlog_after > figures.backlog_before + std::max({thousandth, noise, few})) return Following::backlog_grows;
  return figures.p99_ns > p99_limit_ns ? Following::too_slow : Following::followed;
}

bool is_hopeless(const StepFigures& figures) noexcept { return figures.answered < figures.offered - figures.offered / 10; }

std::optional<double> SweepPlan::next() noexcept {
  if (steps_ == most_steps || estimate_ <= 0) return std::nullopt;
  if (!try_again_) {
    const double rate = choose();
    const bool found = followed_ > 0 && not_followed_ > 0 && not_followed_ <= followed_ * precision;
    if (found || rate == followed_ || rate == not_followed_ || rate < estimate_ * lowest_share || rate > highest_rate) return std::nullopt;
    rate_ = rate;
  }
  ++steps_;
  return rate_;
}

double SweepPlan::choose() const noexcept {
  if (followed_ == 0) return with_three_digits(not_followed_ == 0 ? estimate_ * first_share : not_followed_ / 2);
  return with_three_digits(not_followed_ == 0 ? followed_ * climb : std::sqrt(followed_ * not_followed_));
}

void SweepPlan::judged(Following following, bool hopeless) noexcept {
  if (following == Following::followed) {
    followed_ = rate_;
    try_again_ = false;
    return;
  }
  try_again_ = !try_again_ && !hopeless;
  if (!try_again_) not_followed_ = rate_;
}

}  // namespace earmark::loadtest
