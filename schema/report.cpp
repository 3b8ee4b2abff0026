#include "schema/report.hpp"

#include "schema/report_generated.h"

namespace earmark::schema {
namespace {

// The largest numbers agree, and so does what lies between where the schema's names are compared (tests/schema/report_test.cpp).
static_assert(static_cast<int>(wire::ReportKind::MAX) == static_cast<int>(ReportKind::backorders_by_vendor));
static_assert(static_cast<int>(wire::ReportColumn::MAX) == static_cast<int>(ReportColumn::lead_days));
static_assert(static_cast<int>(wire::ReportMeasure::MAX) == static_cast<int>(ReportMeasure::backorder_to_filled));

constexpr ReportKind reports[] = {
    ReportKind::backorders_by_product, ReportKind::backorders_by_customer, ReportKind::backorders_by_warehouse, ReportKind::backorders_by_vendor,
    ReportKind::backorder_age,         ReportKind::fulfilment_time,        ReportKind::fill_rate,               ReportKind::on_time,
    ReportKind::stock_outs,            ReportKind::holds,                  ReportKind::splits,                  ReportKind::vendor_delay,
    ReportKind::vendor_delay_by_sku,   ReportKind::promise_accuracy};

}  // namespace

std::string_view name(ReportKind kind) noexcept {
  return kind == ReportKind::none ? std::string_view{} : wire::EnumNameReportKind(static_cast<wire::ReportKind>(kind));
}
std::string_view name(ReportColumn column) noexcept {
  return column == ReportColumn::none ? std::string_view{} : wire::EnumNameReportColumn(static_cast<wire::ReportColumn>(column));
}
std::string_view name(ReportMeasure measure) noexcept {
  return measure == ReportMeasure::none ? std::string_view{} : wire::EnumNameReportMeasure(static_cast<wire::ReportMeasure>(measure));
}

std::span<const ReportKind> every_report() noexcept { return reports; }

std::optional<ReportKind> report_named(std::string_view wanted) noexcept {
  for (const ReportKind kind : reports) {
    if (name(kind) == wanted) return kind;
  }
  return std::nullopt;
}

}  // namespace earmark::schema
