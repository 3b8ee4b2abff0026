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

constexpr std::uint16_t kinds_of_old = 3;  // in states of version 2, which do not say

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

void Durations::add(std::int64_t micros, std::uint64_t times) {
  if (times == 0) return;
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(micros, 0));
  buckets_[static_cast<std::uint32_t>(engine::Histogram::bucket_of(value))] += times;
  count_ += times;
  // The product by halves: of 128 bits.
  constexpr std::uint64_t half = 0xFFFF'FFFF;
  const std::uint64_t middle[] = {(value >> 32) * (times & half), (value & half) * (times >> 32)};
  add_sum((value & half) * (times & half), (value >> 32) * (times >> 32));
  for (const std::uint64_t each : middle) add_sum(each << 32, each >> 32);
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

std::vector<std::byte> figure_bytes(std::span<const std::uint64_t> counts, std::span<const Durations> durations) {
  std::vector<std::byte> out;
  put(out, std::uint32_t{0});
  put(out, static_cast<std::uint16_t>(counts.size()));
  put(out, static_cast<std::uint16_t>(durations.size()));
  for (const std::uint64_t count : counts) put(out, count);
  for (const Durations& each : durations) each.write(out);
  return out;
}

bool read_figures(std::span<const std::byte> bytes, std::span<std::uint64_t> counts, std::span<Durations> durations) {
  std::uint32_t checksum = 0;
  std::uint16_t stored = 0, kinds = 0;
  if (!take(bytes, checksum) || !take(bytes, stored) || !take(bytes, kinds)) return false;
  if (kinds == 0) kinds = kinds_of_old;
  if (stored > counts.size() || kinds > durations.size()) return false;
  std::fill(counts.begin(), counts.end(), 0);
  std::fill(durations.begin(), durations.end(), Durations{});
  for (std::uint64_t& each : counts.first(stored)) {
    if (!take(bytes, each)) return false;
  }
  durations = durations.first(kinds);
  return std::all_of(durations.begin(), durations.end(), [&](Durations& each) { return each.read(bytes); }) && bytes.empty();
}

std::vector<std::byte> DeliveryKey::bytes() const {
  std::vector<std::byte> out;
  put(out, __builtin_bswap64(day_key(day)));
  put(out, __builtin_bswap32(sku.value));
  const auto text = std::as_bytes(std::span(vendor));
  out.insert(out.end(), text.begin(), text.end());
  return out;
}

DeliveryKey DeliveryKey::of(std::span<const std::byte> bytes) {
  std::uint64_t day = 0;
  std::uint32_t sku = 0;
  take(bytes, day);
  take(bytes, sku);
  return {day_of_key(__builtin_bswap64(day)), engine::SkuId{__builtin_bswap32(sku)}, std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())};
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
