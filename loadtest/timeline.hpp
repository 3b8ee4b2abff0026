// A measurement cut into slices of equal length, for pictures of it over time and for the line on a terminal.
// One writer; the last whole slice may be read by another thread meanwhile, everything else when the writer has ended.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "engine/histogram.hpp"

namespace earmark::loadtest {

class Timeline {
 public:
  // Slices of `slice_ns` from `start_ns` on. At most `most` (an even number) are kept, 30 KiB each: when there are more, each
  // two become one, and slices are twice as long from then on. With `most` 0 only the last whole slice is known.
  void begin(std::uint64_t start_ns, std::uint64_t slice_ns, std::size_t most) {
    start_ns_ = start_ns, slice_ns_ = slice_ns, most_ = most;
    slice_end_ = start_ns + slice_ns;
    enabled_ = true;
  }
  bool enabled() const noexcept { return enabled_; }
  void add(std::uint64_t now_ns, std::uint64_t latency_ns) {
    if (now_ns >= slice_end_) advance(now_ns);
    if (now_ns >= start_ns_) current_.add(latency_ns);
  }
  // Ends the slices that are over.
  void advance(std::uint64_t now_ns) {
    while (enabled_ && now_ns >= slice_end_) {
      if (most_ != 0) keep();
      {
        const std::lock_guard lock(mutex_);
        last_ = current_;
      }
      current_ = {};
      slice_end_ += slice_ns_;
    }
  }
  // The last slice, which was not whole.
  void finish() {
    if (enabled_ && most_ != 0 && current_.count() != 0) slices_.push_back(current_);
  }
  engine::Histogram last_slice() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }
  std::uint64_t slice_ns() const noexcept { return slice_ns_; }
  const std::vector<engine::Histogram>& slices() const noexcept { return slices_; }

 private:
  void keep() {
    slices_.push_back(current_);
    if (slices_.size() < most_) return;
    for (std::size_t index = 0; index < most_ / 2; ++index) {
      if (index != 0) slices_[index] = slices_[2 * index];
      slices_[index].merge(slices_[2 * index + 1]);
    }
    slices_.resize(most_ / 2);
    slice_ns_ *= 2;
  }

  bool enabled_ = false;
  std::uint64_t start_ns_ = 0, slice_ns_ = 0, slice_end_ = ~std::uint64_t{0};
  std::size_t most_ = 0;
  engine::Histogram current_;
  std::vector<engine::Histogram> slices_;
  mutable std::mutex mutex_;
  engine::Histogram last_;
};

}  // namespace earmark::loadtest
