#include "loadtest/schedule.hpp"

#include <algorithm>
#include <cmath>

#include "engine/check.hpp"

namespace earmark::loadtest {

std::string_view name(Arrivals arrivals) noexcept { return arrivals == Arrivals::constant ? "constant" : "poisson"; }

Schedule::Schedule(std::vector<RateStep> steps, std::uint64_t end_ns, Arrivals arrivals, std::uint32_t thread, std::uint32_t threads,
                   std::uint64_t seed)
    : steps_(std::move(steps)), end_(end_ns), arrivals_(arrivals), thread_(thread), threads_(threads), random_(seed) {
  EARMARK_CHECK(!steps_.empty() && std::all_of(steps_.begin(), steps_.end(), [](const RateStep& step) { return step.per_second > 0; }));
  begin_step();
}

Schedule::Schedule(std::vector<std::uint64_t> times, std::uint64_t end_ns)
    : times_(std::move(times)), end_(end_ns), arrivals_(Arrivals::constant), thread_(0), threads_(1), random_(0) {
  EARMARK_CHECK(std::is_sorted(times_.begin(), times_.end()));
  place_by_times();
}

void Schedule::place_by_times() noexcept {
  next_ = place_in_times_ < times_.size() && times_[place_in_times_] < end_ ? times_[place_in_times_] : never;
}

// Threads of an even stream take turns.
void Schedule::begin_step() noexcept {
  count_ = 0;
  offset_ = arrivals_ == Arrivals::constant ? interval() * thread_ / threads_ : -std::log1p(-random_.unit()) * interval();
  place();
}

void Schedule::place() noexcept {
  const double longest = static_cast<double>(end_ - std::min(end_, steps_[step_].from_ns));
  next_ = offset_ < longest ? steps_[step_].from_ns + static_cast<std::uint64_t>(offset_) : never;
  if (next_ < step_end(step_)) return;
  if (step_ + 1 == steps_.size()) {
    next_ = never;
    return;
  }
  ++step_;
  begin_step();
}

// By multiplication, so that the times of a long run do not drift.
void Schedule::advance() noexcept {
  if (next_ == never) return;
  if (steps_.empty()) {
    ++place_in_times_;
    return place_by_times();
  }
  if (arrivals_ == Arrivals::constant) {
    offset_ = interval() * (++count_ + thread_ / threads_);
  } else {
    offset_ -= std::log1p(-random_.unit()) * interval();
  }
  place();
}

std::uint64_t Schedule::due(std::uint64_t now_ns) const noexcept {
  if (next_ > now_ns) return 0;
  if (steps_.empty()) return static_cast<std::uint64_t>(std::upper_bound(times_.begin(), times_.end(), now_ns) - times_.begin()) - place_in_times_;
  return 1 + static_cast<std::uint64_t>(static_cast<double>(now_ns - next_) / interval());
}

void Schedule::end_at(std::uint64_t end_ns) noexcept {
  end_ = std::min(end_, end_ns);
  if (next_ >= end_) next_ = never;
}

std::uint64_t Schedule::left() const noexcept {
  if (next_ == never) return 0;
  if (steps_.empty()) return static_cast<std::uint64_t>(std::lower_bound(times_.begin(), times_.end(), end_) - times_.begin()) - place_in_times_;
  double count = std::ceil(static_cast<double>(std::min(step_end(step_), end_) - next_) / interval());
  for (std::size_t step = step_ + 1; step < steps_.size() && steps_[step].from_ns < end_; ++step) {
    const double first = arrivals_ == Arrivals::constant ? 1e9 * thread_ / steps_[step].per_second : 0;
    const double length = static_cast<double>(std::min(step_end(step), end_) - steps_[step].from_ns) - first;
    count += std::max(0.0, std::ceil(length * steps_[step].per_second / (1e9 * threads_)));
  }
  return static_cast<std::uint64_t>(count);
}

}  // namespace earmark::loadtest
