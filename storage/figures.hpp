// What the fold counts for reports (storage/report.hpp), because no state as such tells it: by day what became of orders and
// holds, and how long they took; by SKU for how long nothing was available;
// by day, vendor and SKU what arrived and how late. Days are those of UTC; every figure says which day
// it belongs to. Plain values and their bytes; pure, any thread.
//   days          key day since 1970-01-01 + 2^31
//     0  u32 crc32c, u16 how many counts, u16 how many kinds of durations (0: three)      as state_rows.hpp says
//     8  the counts, u64 each
//        for each kind of durations: u64 buckets, u64 sum's low and high half, u64 largest, the buckets: u32 bucket, u32 0, u64 durations
//   deliveries    key day as above, SKU, both big-endian (12 bytes), vendor; the value as a day's
//   availability  key SKU      AvailabilityRow: SKUs of which there has been something once
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/types.hpp"

namespace earmark::storage {

// Stored by their numbers: new ones go to the end.
enum class DayCount : std::uint8_t {
  // Of the day of the decision, in the order of engine::OrderStatus.
  reserved, split, backordered, refused, cancelled, reduced,
  not_due,  // among them: those that ask for nothing yet
  // The others: asked for, and had from the decision itself.
  orders, orders_filled, lines, lines_filled, units, units_filled,
  // Of the day on which an order was closed of which something has shipped.
  shipped, shipped_in_parts,  // the latter in several shipments
  whole, short_of_units,      // among those without a need_by: all that was ordered has shipped, or less
  // Of the day of the order's need_by, when such an order is closed.
  on_time, late, due_short,
  // Of the day on which the hold was made. Units are those that it held at first.
  holds, holds_refused, holds_confirmed, holds_released, holds_expired,
  units_held, units_confirmed, units_released, units_expired,
  // Of the day on which a fill left nothing of a line waiting: by what the line had been promised at first.
  promises_kept, promises_early, promises_late,  // early ones are kept, too: by a day or more
  unpromised,
};
inline constexpr std::size_t day_counts = static_cast<std::size_t>(DayCount::unpromised) + 1;

// Of the day on which it ended. Of promises: by how much the fill came later than its date (0: kept), and how far from it, early or late.
enum class DurationKind : std::uint8_t { order_to_reserved, order_to_shipped, backorder_to_filled, promise_late, promise_off };
inline constexpr std::size_t duration_kinds = 5;

// Of the day of the receipt, and of the line's first promise; damaged units and those over count as received.
enum class DeliveryCount : std::uint8_t {
  receipts, receipts_undated,                // lines of receipts; the latter: nothing had been promised
  units_on_time, units_late, units_undated,
  never_came,                                // of the day on which they were given up, their first promise being over
};
inline constexpr std::size_t delivery_counts = static_cast<std::size_t>(DeliveryCount::never_came) + 1;
enum class DeliveryDuration : std::uint8_t { late };  // of each unit that had a promise; on time: 0
inline constexpr std::size_t delivery_durations = 1;

// Durations in microseconds: number, sum and largest are exact, a quantile is the upper end of its bucket (engine/histogram.hpp:
// at most 1.6 % too high). A sum of 128 bits holds whatever clock a server ran on.
class Durations {
 public:
  void add(std::int64_t micros, std::uint64_t times = 1);
  void merge(const Durations& other);
  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t max() const noexcept { return max_; }
  std::uint64_t mean() const noexcept;  // rounded down; 0 when there are none
  // The nearest rank: the smallest bucket's end that `percent` of the durations do not exceed.
  std::uint64_t quantile(std::uint64_t percent) const noexcept;

  void write(std::vector<std::byte>& out) const;
  bool read(std::span<const std::byte>& bytes);  // takes them off

 private:
  void add_sum(std::uint64_t low, std::uint64_t high) noexcept;

  std::map<std::uint32_t, std::uint64_t> buckets_;
  std::uint64_t count_ = 0, sum_low_ = 0, sum_high_ = 0, max_ = 0;
};

// With room for the checksum, which is not filled in; a multiple of 8 bytes.
std::vector<std::byte> figure_bytes(std::span<const std::uint64_t> counts, std::span<const Durations> durations);
// What was written with fewer counts or kinds has none of the others. False: it is not figures. The checksum is not looked at.
bool read_figures(std::span<const std::byte> bytes, std::span<std::uint64_t> counts, std::span<Durations> durations);

template <class Count, std::size_t count_kinds, class Duration, std::size_t kinds>
struct Figures {
  std::array<std::uint64_t, count_kinds> counts{};
  std::array<Durations, kinds> durations;

  std::uint64_t& operator[](Count count) noexcept { return counts[static_cast<std::size_t>(count)]; }
  std::uint64_t operator[](Count count) const noexcept { return counts[static_cast<std::size_t>(count)]; }
  Durations& operator[](Duration kind) noexcept { return durations[static_cast<std::size_t>(kind)]; }
  const Durations& operator[](Duration kind) const noexcept { return durations[static_cast<std::size_t>(kind)]; }
  void merge(const Figures& other) {
    for (std::size_t index = 0; index < count_kinds; ++index) counts[index] += other.counts[index];
    for (std::size_t index = 0; index < kinds; ++index) durations[index].merge(other.durations[index]);
  }
  std::vector<std::byte> write() const { return figure_bytes(counts, durations); }
  bool read(std::span<const std::byte> bytes) { return read_figures(bytes, counts, durations); }
};
using DayFigures = Figures<DayCount, day_counts, DurationKind, duration_kinds>;
using DeliveryFigures = Figures<DeliveryCount, delivery_counts, DeliveryDuration, delivery_durations>;

inline constexpr std::int64_t day_us = 86'400'000'000;
// Days since 1970-01-01; those before it are negative.
constexpr std::int32_t day_of(engine::TimeUs time) noexcept {
  return static_cast<std::int32_t>(time.value / day_us - (time.value % day_us < 0 ? 1 : 0));
}
constexpr std::uint64_t day_key(std::int32_t day) noexcept { return static_cast<std::uint64_t>(std::int64_t{day} + (std::int64_t{1} << 31)); }
constexpr std::int32_t day_of_key(std::uint64_t key) noexcept { return static_cast<std::int32_t>(static_cast<std::int64_t>(key) - (std::int64_t{1} << 31)); }

// What deliveries are counted by.
struct DeliveryKey {
  std::int32_t day = 0;
  engine::SkuId sku{};
  std::string vendor;

  auto operator<=>(const DeliveryKey&) const = default;
  std::vector<std::byte> bytes() const;                   // sorts by day
  static DeliveryKey of(std::span<const std::byte> bytes);  // of at least 12
};

// A SKU over all warehouses. A time in which there was something that ended at the very moment at which it began is none: what a
// receipt brings and its fills take was not available.
struct AvailabilityRow {
  enum State : std::uint32_t {
    never,     // nothing was there yet
    in_stock,
    out,       // since `out_since`
    back       // in stock since `back_since`, after having been out since `out_since`, which is not in the sums yet
  };
  std::uint32_t crc32c = 0;
  std::uint32_t state = never;
  std::uint64_t available = 0;
  std::int64_t first = 0;  // when something was there at first
  std::int64_t out_since = 0, back_since = 0;
  std::uint64_t out_us = 0, times_out = 0;  // of those that are over

  // `available` is now what it is.
  void settle(engine::TimeUs now) noexcept;
  std::uint64_t out_until(engine::TimeUs now) const noexcept;
  std::uint64_t times_out_so_far() const noexcept;
};
static_assert(sizeof(AvailabilityRow) == 56);

}  // namespace earmark::storage
