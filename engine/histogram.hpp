// Log-linear histogram of durations in nanoseconds: 64 buckets for each power of two, so a quantile is at most 1.6 % too
// high; the largest value is exact. Fixed memory, 30 KiB. Not thread-safe: one for each thread, merged at the end.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace earmark::engine {

class Histogram {
 public:
  void add(std::uint64_t value) noexcept {
    ++counts_[bucket_of(value)];
    ++count_;
    max_ = std::max(max_, value);
  }
  void merge(const Histogram& other) noexcept {
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) counts_[bucket] += other.counts_[bucket];
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
  }
  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t max() const noexcept { return max_; }

  // The smallest bucket limit that at least `share` (0 .. 1) of the values do not exceed; 0 when there are none.
  std::uint64_t quantile(double share) const noexcept {
    const auto wanted = std::max(1.0, share * static_cast<double>(count_));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
      seen += counts_[bucket];
      if (static_cast<double>(seen) >= wanted) return std::min(largest_in(bucket), max_);
    }
    return max_;
  }

  // Values below 128 have buckets of their own (exponent 0). Above, a value is shifted right until it lies in 64 .. 127;
  // the shift is the exponent, and each exponent has 64 buckets: bucket = exponent * 64 + shifted value.
  static std::size_t bucket_of(std::uint64_t value) noexcept {
    const int exponent = std::max(0, static_cast<int>(std::bit_width(value)) - sub_bits - 1);
    return static_cast<std::size_t>(exponent) * sub_buckets + static_cast<std::size_t>(value >> exponent);
  }
  static std::uint64_t largest_in(std::size_t bucket) noexcept {
    if (bucket < 2 * sub_buckets) return bucket;
    const std::size_t exponent = bucket / sub_buckets - 1;
    const std::uint64_t shifted = bucket - exponent * sub_buckets;
    return ((shifted + 1) << exponent) - 1;
  }

 private:
  static constexpr std::size_t sub_buckets = 64;
  static constexpr int sub_bits = 6;

  std::array<std::uint64_t, sub_buckets*(64 - sub_bits + 1)> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace earmark::engine
