#include "storage/figures.hpp"

#include <algorithm>
#include <cstring>

#include "engine/histogram.hpp"

namespace earmark::storage {
namespace {

struct BucketRow {
  std::uint32_t bucket = 0, unused = 0;
  std::uint64_t count = 0;
};
static_assert(sizeof(BucketRow) == 16);

template <class Value>
void put(std::vector<std::byte>& out, const Value& value) {
  const std::size_t at = out.size();
  out.resize(at + sizeof value);
  std::memcpy(out.data() + at, &value, sizeof value);
}

template <class Value>
bool take(std::span<const std::byte>& bytes, Value& value) {
  if (bytes.size() < sizeof value) return false;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes = bytes.subspan(sizeof value);
  return true;
}

}  // namespace

void Durations::add_sum(std::uint64_t low, std::uint64_t high) noexcept {
  sum_low_ += low;
  sum_high_ += high + (sum_low_ < low ? 1 : 0);
}

void Durations::add(std::int64_t micros) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(micros, 0));
  ++buckets_[static_cast<std::uint32_t>(engine::Histogram::bucket_of(value))];
  ++count_;
  add_sum(value, 0);
  max_ = std::max(max_, value);
}

void Durations::merge(const Durations& other) {
  for (const auto& [bucket, count] : other.buckets_) buckets_[bucket] += count;
  count_ += other.count_;
  add_sum(other.sum_low_, other.sum_high_);
  max_ = std::max(max_, other.max_);
}

// Long division: the sum's 128 bits by a number that is at most their quotient's bound, so the result fits.
std::uint64_t Durations::mean() const noexcept {
  if (count_ == 0) return 0;
  std::uint64_t rest = sum_high_ % count_, mean = 0;
  for (int bit = 63; bit >= 0; --bit) {
    const bool carry = (rest >> 63) != 0;
    rest = rest << 1 | (sum_low_ >> bit & 1);
    if (!carry && rest < count_) continue;
    rest -= count_;
    mean |= std::uint64_t{1} << bit;
  }
  return mean;
}

std::uint64_t Durations::quantile(std::uint64_t percent) const noexcept {
  const std::uint64_t wanted = std::max<std::uint64_t>(count_ / 100 * percent + (count_ % 100 * percent + 99) / 100, 1);
  std::uint64_t seen = 0;
  for (const auto& [bucket, count] : buckets_) {
    seen += count;
    if (seen >= wanted) return std::min(engine::Histogram::largest_in(bucket), max_);
  }
  return max_;
}

void Durations::write(std::vector<std::byte>& out) const {
  put(out, std::uint64_t{buckets_.size()});
  put(out, sum_low_);
  put(out, sum_high_);
  put(out, max_);
  for (const auto& [bucket, count] : buckets_) put(out, BucketRow{bucket, 0, count});
}

bool Durations::read(std::span<const std::byte>& bytes) {
  std::uint64_t buckets = 0;
  *this = {};
  if (!take(bytes, buckets) || !take(bytes, sum_low_) || !take(bytes, sum_high_) || !take(bytes, max_)) return false;
  for (; buckets != 0; --buckets) {
    BucketRow row;
    if (!take(bytes, row)) return false;
    buckets_[row.bucket] = row.count;
    count_ += row.count;
  }
  return true;
}

void DayFigures::merge(const DayFigures& other) {
  for (std::size_t index = 0; index < counts.size(); ++index) counts[index] += other.counts[index];
  for (std::size_t index = 0; index < durations.size(); ++index) durations[index].merge(other.durations[index]);
}

std::vector<std::byte> DayFigures::write() const {
  std::vector<std::byte> out;
  put(out, std::uint32_t{0});
  put(out, static_cast<std::uint32_t>(counts.size()));
  for (const std::uint64_t count : counts) put(out, count);
  for (const Durations& each : durations) each.write(out);
  return out;
}

bool DayFigures::read(std::span<const std::byte> bytes) {
  std::uint32_t checksum = 0, stored = 0;
  if (!take(bytes, checksum) || !take(bytes, stored) || stored > counts.size()) return false;
  counts = {};
  for (std::uint32_t index = 0; index < stored; ++index) {
    if (!take(bytes, counts[index])) return false;
  }
  return std::all_of(durations.begin(), durations.end(), [&](Durations& each) { return each.read(bytes); }) && bytes.empty();
}

void AvailabilityRow::settle(engine::TimeUs now) noexcept {
  if (available != 0) {
    if (state == never) first = now.value, state = in_stock;
    if (state == out) back_since = now.value, state = back;
    return;
  }
  if (state == back && back_since != now.value) {
    out_us += static_cast<std::uint64_t>(back_since - out_since);
    times_out += back_since > out_since ? 1 : 0;
    state = in_stock;
  }
  if (state == in_stock) out_since = now.value;
  if (state != never) state = out;
}

std::uint64_t AvailabilityRow::out_until(engine::TimeUs now) const noexcept {
  if (state == back) return out_us + static_cast<std::uint64_t>(back_since - out_since);
  return out_us + (state == out ? static_cast<std::uint64_t>(std::max<std::int64_t>(now.value - out_since, 0)) : 0);
}

std::uint64_t AvailabilityRow::times_out_so_far() const noexcept {
  return times_out + (state == out || (state == back && back_since > out_since) ? 1 : 0);
}

}  // namespace earmark::storage
