// The words of reports: kinds, columns and measures, as schema/report.fbs has them. Values are part of the wire contract: never
// renumber. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/types.hpp"

namespace earmark::schema {

enum class ReportKind : std::uint8_t {
  none, backorders_by_product, backorders_by_customer, backorders_by_warehouse, backorder_age, fulfilment_time, fill_rate, on_time,
  stock_outs, holds, splits, vendor_delay, vendor_delay_by_sku, promise_accuracy, backorders_by_vendor
};

enum class ReportColumn : std::uint8_t {
  none = 0,
  sku = 1, warehouse = 2, customer = 3, day = 4, days_from = 5, days_to = 6, measure = 7, vendor = 8, vendor_name = 9,
  quantity = 10, not_due = 11, lines = 12, orders = 13, oldest_us = 14,
  count = 20, mean_us = 21, p50_us = 22, p90_us = 23, p99_us = 24, max_us = 25,
  orders_filled = 30, lines_filled = 31, units = 32, units_filled = 33,
  on_time = 40, late = 41, short_of_units = 42, overdue = 43, not_yet = 44, undated_whole = 45, undated_short = 46,
  out_us = 50, times_out = 51, out_since_us = 52, first_us = 53, watched_us = 54, available = 55,
  holds = 60, holds_confirmed = 61, holds_released = 62, holds_expired = 63, holds_open = 64, holds_refused = 65, units_held = 66,
  units_confirmed = 67, units_released = 68, units_expired = 69, units_open = 70,
  reserved = 80, split = 81, backordered = 82, refused = 83, cancelled = 84, reduced = 85, orders_not_due = 86, shipped = 87,
  shipped_in_parts = 88,
  receipts = 90, receipts_undated = 91, units_on_time = 92, units_late = 93, units_undated = 94, never_came = 95, units_overdue = 96,
  late_mean_us = 97, late_p90_us = 98, late_max_us = 99,
  promised = 100, kept = 101, early = 102, unpromised = 103, off_mean_us = 104, off_p90_us = 105,
  lead_days = 110
};

enum class ReportMeasure : std::uint8_t { none, order_to_reserved, order_to_shipped, backorder_to_filled };

inline constexpr std::size_t most_report_rows = 65'536;

// As they stand in the schema, e.g. "fill_rate"; empty for a number that is none.
std::string_view name(ReportKind kind) noexcept;
std::string_view name(ReportColumn column) noexcept;
std::string_view name(ReportMeasure measure) noexcept;
// Its number is a position in the answer's texts.
constexpr bool names_text(ReportColumn column) noexcept {
  return column == ReportColumn::customer || column == ReportColumn::vendor || column == ReportColumn::vendor_name;
}
// Of those that can be asked for.
std::span<const ReportKind> every_report() noexcept;
std::optional<ReportKind> report_named(std::string_view name) noexcept;

struct ReportRequest {
  ReportKind kind{};
  std::uint32_t limit = 0;  // 0: most_report_rows
  bool by_day = false;
  std::int32_t first_day = INT32_MIN, last_day = INT32_MAX;
  engine::Lsn at{};
  std::uint32_t wait_ms = 0;
};

struct ReportAnswer {
  ReportKind kind{};
  engine::Lsn as_of{};
  engine::TimeUs time{};
  engine::Lsn counted_from{1};
  std::uint64_t left_out = 0;
  std::span<const ReportColumn> columns;
  std::span<const std::int64_t> rows, totals;  // as many for each as there are columns
  std::span<const std::string_view> texts;
};

}  // namespace earmark::schema
