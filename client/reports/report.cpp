#include "client/reports/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "client/describe.hpp"
#include "engine/check.hpp"

namespace earmark::client::reports {
namespace {

using enum ReportColumn;

const char* const vendor_meaning =
    "Units by when they arrived, against the first promise for their line. On time % is of what was promised and has come, or never came. Late is 0 for units on time. "
    "Overdue is open, and what is promised now is over.";
const std::vector<Share> vendor_shares = {{"ON TIME %", {units_on_time}, {units_on_time, units_late, never_came}}};

const std::vector<Kind> all_kinds = {
    {ReportKind::backorders_by_product, "Backorders by product", "What waits of each SKU, the most first",
     "Units that orders wait for, by SKU. Oldest is the decision of the order that has waited for longest.", Days::none, {}},
    {ReportKind::backorders_by_customer, "Backorders by customer", "What each customer waits for, the most first",
     "Units that orders wait for, by customer. Oldest is the decision of the order that has waited for longest.", Days::none, {}},
    {ReportKind::backorders_by_warehouse, "Backorders by warehouse", "What waits for each warehouse: pinned there, else preferred",
     "Units that orders wait for, by the warehouse where the line is pinned, else by the one that its order prefers, else by none.", Days::none, {}},
    {ReportKind::backorders_by_vendor, "Backorders by vendor", "What waits for each vendor: whom the reorder rule names, else the nearest source",
     "Units that orders wait for, by the vendor that the SKU's reorder rule names, else by the one of its sources with the shortest lead time, else by none.", Days::none, {}},
    {ReportKind::backorder_age, "Age of backorders", "How long what waits has waited: 0-2, 3-7, 8-14, 15-30, 31-60, 61-90, >90 days",
     "Units that orders wait for, by whole days since the order was decided, or since it became due.", Days::none, {}},
    {ReportKind::fulfilment_time, "Fulfilment time", "Order to reserved, order to shipped, backorder to filled: mean, p50, p90, p99",
     "How long it took, by the day on which it was done. Percentiles are at most 1.6 % too high; count, mean and longest are exact.", Days::rows, {}},
    {ReportKind::fill_rate, "Fill rate", "First-time fill rates of orders, lines and units",
     "What orders had reserved at once, by the day of the decision.", Days::rows,
     {{"ORDERS %", {orders_filled}, {orders}}, {"LINES %", {lines_filled}, {lines}}, {"UNITS %", {units_filled}, {units}}}},
    {ReportKind::on_time, "On time, in full", "Orders that were shipped whole by the day they were needed",
     "Orders with a date, by the day by which they are needed; those without by the day on which they were closed.", Days::rows,
     {{"OTIF %", {on_time}, {on_time, late, short_of_units, overdue}}, {"UNDATED IN FULL %", {undated_whole}, {undated_whole, undated_short}}}},
    {ReportKind::stock_outs, "Stock-outs", "How long nothing of a SKU was available in any warehouse",
     "Since something of the SKU was available for the first time.", Days::none, {{"OUT %", {out_us}, {watched_us}}}},
    {ReportKind::holds, "Holds", "What became of checkout holds: confirmed, released, expired",
     "By the day on which the hold was made. Units are those that it held at first.", Days::rows,
     {{"CONFIRMED %", {holds_confirmed}, {holds_confirmed, holds_released, holds_expired}},
      {"UNITS CONFIRMED %", {units_confirmed}, {units_confirmed, units_released, units_expired}}}},
    {ReportKind::splits, "Splits", "How orders were decided, and how many left in several shipments",
     "Decisions by their day; orders that have shipped by the day on which they were closed.", Days::rows,
     {{"SPLIT %", {split}, {reserved, split, backordered, reduced}}, {"IN PARTS %", {shipped_in_parts}, {shipped}}}},
    {ReportKind::vendor_delay, "Delay of vendors", "What each vendor brought against what he had promised first, the worst first", vendor_meaning, Days::counted, vendor_shares},
    {ReportKind::vendor_delay_by_sku, "Delay of vendors by SKU", "The same for each SKU of each vendor", vendor_meaning, Days::counted, vendor_shares},
    {ReportKind::promise_accuracy, "Accuracy of promises", "When waiting lines were filled against the date they had been told first",
     "Lines by the day on which nothing of them waited any more. Late and off are times between that and the first date, late being 0 where it was kept.", Days::rows,
     {{"KEPT %", {kept}, {promised}}, {"EARLY %", {early}, {promised}}}},
};

// Not as whole numbers: a hostile server's would overflow.
double sum_of(const Report& report, Row row, const std::vector<ReportColumn>& columns) {
  double sum = 0;
  for (const ReportColumn column : columns) sum += static_cast<double>(report.number(row, column));
  return sum;
}

std::string measure_text(std::int64_t measure) {
  switch (static_cast<schema::ReportMeasure>(measure)) {
    case schema::ReportMeasure::order_to_reserved: return "order to reserved whole";
    case schema::ReportMeasure::order_to_shipped: return "order to shipped";
    case schema::ReportMeasure::backorder_to_filled: return "backorder to filled";
    default: return "-";
  }
}

// Numbers of a hostile server, too.
std::string plain_number(std::int64_t number) {
  return number < 0 ? "-" + with_separators(std::uint64_t{0} - static_cast<std::uint64_t>(number)) : with_separators(static_cast<std::uint64_t>(number));
}

std::string sku_code(std::int64_t id, const Catalogue& catalogue) { return catalogue.code(engine::SkuId{static_cast<std::uint32_t>(id)}); }
std::string warehouse_code(std::int64_t id, const Catalogue& catalogue) {
  return id == 0 ? std::string() : catalogue.code(engine::WarehouseId{static_cast<std::uint16_t>(id)});
}
std::string text_at(const Report& report, std::int64_t position) {
  const auto at = static_cast<std::size_t>(position);
  return at < report.texts.size() ? report.texts[at] : std::string();
}

}  // namespace

std::int64_t Report::number(Row row, ReportColumn column) const {
  const auto found = std::find(columns.begin(), columns.end(), column);
  return found == columns.end() ? 0 : row[static_cast<std::size_t>(found - columns.begin())];
}

Report report_of(const schema::ReportAnswer& answer) {
  Report report{answer.kind, answer.as_of.value, answer.counted_from.value, answer.left_out, answer.time.value,
                {answer.columns.begin(), answer.columns.end()}, {answer.rows.begin(), answer.rows.end()},
                {answer.totals.begin(), answer.totals.end()}, {}};
  report.texts.assign(answer.texts.begin(), answer.texts.end());
  return report;
}

std::span<const Kind> kinds() { return all_kinds; }

const Kind& kind_of(ReportKind kind) {
  const auto found = std::find_if(all_kinds.begin(), all_kinds.end(), [&](const Kind& each) { return each.kind == kind; });
  EARMARK_CHECK(found != all_kinds.end());
  return *found;
}

std::optional<ReportKind> kind_named(std::string_view name) {
  std::string schema_name(name);
  std::replace(schema_name.begin(), schema_name.end(), '-', '_');
  return schema::report_named(schema_name);
}

std::string command_name(ReportKind kind) {
  std::string words(schema::name(kind));
  std::replace(words.begin(), words.end(), '_', '-');
  return words;
}

bool is_duration(ReportColumn column) {
  return (column >= mean_us && column <= max_us) || column == out_us || column == watched_us || (column >= late_mean_us && column <= late_max_us) ||
         column == off_mean_us || column == off_p90_us;
}
bool is_moment(ReportColumn column) { return column == oldest_us || column == out_since_us || column == first_us; }
bool is_label(ReportColumn column) { return column < quantity || column == lead_days; }

std::string heading(ReportColumn column) {
  switch (column) {
    case days_from: return "DAYS";
    case out_us: return "OUT FOR";
    case out_since_us: return "OUT SINCE";
    case first_us: return "FIRST STOCKED";
    case watched_us: return "WATCHED FOR";
    case units_on_time: return "ON TIME";
    case units_late: return "LATE";
    case units_undated: return "UNDATED";
    case units_overdue: return "OVERDUE";
    case vendor_name: return "NAME";
    default: break;
  }
  std::string words(schema::name(column));
  if (words.ends_with("_us")) words.resize(words.size() - 3);
  for (char& letter : words) letter = letter == '_' ? ' ' : letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  return words;
}

std::string day_text(std::int64_t day) {
  constexpr std::int64_t last = 2'932'896;  // 9999-12-31
  if (day == 0) return "1970-01-01";
  if (day < 0 || day > last) return "day " + std::to_string(day);
  return time_text(engine::TimeUs{day * day_us}).substr(0, 10);
}

std::string duration_text(std::int64_t micros) {
  const auto value = static_cast<double>(micros);
  if (micros == 0) return "0";
  if (value < 1e3) return fmt::format("{} us", micros);
  if (value < 1e6) return fmt::format("{:.3g} ms", value / 1e3);
  if (value < 60e6) return fmt::format("{:.3g} s", value / 1e6);
  if (value < 3'600e6) return fmt::format("{:.1f} min", value / 60e6);
  if (value < 48 * 3'600e6) return fmt::format("{:.1f} h", value / 3'600e6);
  return fmt::format("{:.1f} days", value / 86'400e6);
}

std::string cell_text(const Report& report, Row row, std::size_t column, const Catalogue& catalogue, bool total) {
  const ReportColumn of = report.columns[column];
  const std::int64_t number = row[column];
  if (of == measure) return measure_text(number);
  if (total && (is_label(of) || (is_moment(of) && of != oldest_us))) return {};
  switch (of) {
    case sku: return sku_code(number, catalogue);
    case warehouse: return number == 0 ? "-" : warehouse_code(number, catalogue);
    case customer:
    case vendor:
    case vendor_name: return text_at(report, number).empty() ? "-" : text_at(report, number);
    case lead_days: return number < 0 ? "-" : plain_number(number);
    case day: return day_text(number);
    case days_from: {
      const std::int64_t to = report.number(row, days_to);
      if (number < 0) return "not due";
      return to < 0 ? ">" + std::to_string(number - 1) : fmt::format("{}-{}", number, to);
    }
    default: break;
  }
  if (is_moment(of)) return time_text(engine::TimeUs{number});
  return is_duration(of) ? duration_text(number) : plain_number(number);
}

Json cell_json(const Report& report, Row row, std::size_t column, const Catalogue& catalogue) {
  const std::int64_t number = row[column];
  switch (report.columns[column]) {
    case sku: return sku_code(number, catalogue);
    case warehouse: return warehouse_code(number, catalogue);
    case customer:
    case vendor:
    case vendor_name: return text_at(report, number);
    case day: return day_text(number);
    case measure: return std::string(schema::name(static_cast<schema::ReportMeasure>(number)));
    default: return number;
  }
}

std::optional<double> share_of(const Report& report, Row row, const Share& share) {
  const double whole = sum_of(report, row, share.whole);
  if (whole <= 0) return std::nullopt;
  return 100.0 * sum_of(report, row, share.part) / whole;
}

// Never rounded up to the whole, nor down to nothing.
std::string share_text(const Report& report, Row row, const Share& share) {
  const auto percent = share_of(report, row, share);
  if (!percent) return "-";
  const double told = *percent < 100 && *percent > 99.95 ? 99.9 : *percent > 0 && *percent < 0.05 ? 0.1 : *percent;
  return fmt::format("{:.1f} %", told);
}

}  // namespace earmark::client::reports
