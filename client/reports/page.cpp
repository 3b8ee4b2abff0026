// A report as a page of its own: tiles with the totals, charts, the rows. Nothing in it comes from elsewhere, and every text is inert.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "client/charts/bars.hpp"
#include "client/charts/chart.hpp"
#include "client/charts/style.hpp"
#include "client/describe.hpp"
#include "client/reports/report.hpp"

namespace earmark::client::reports {
namespace {

using namespace client::charts;

constexpr std::size_t most_bars = 20;

std::string day_label(double day) { return std::abs(day) < 1e9 ? day_text(static_cast<std::int64_t>(std::llround(day))) : std::string("-"); }
std::string percent_label(double percent) { return fmt::format("{:g} %", std::round(percent * 10) / 10); }
std::string wait_label(double micros) { return duration_text(static_cast<std::int64_t>(std::min(micros, 9e18))); }

// The next number of the form 1, 2 or 5 times a power of ten.
double round_up(double number) {
  const double power = std::pow(10, std::floor(std::log10(number))), part = number / power;
  return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

Axis days_axis(const Report& report) {
  double first = 0, last = 0;
  for (std::size_t index = 0; index < report.row_count(); ++index) {
    const auto day = static_cast<double>(report.number(report.row(index), ReportColumn::day));
    first = index == 0 ? day : std::min(first, day);
    last = index == 0 ? day : std::max(last, day);
  }
  return {"day (UTC)", first, std::max(last, first + 5), Axis::Scale::linear, day_label};  // a tick is a whole day
}

// A line for each column of counts.
Chart counts_chart(const Report& report, const char* title, const std::vector<ReportColumn>& columns, const char* of = "orders") {
  Chart chart{title, "", days_axis(report), {of, 0, 1, Axis::Scale::linear, count_label}, {}, {}};
  double most = 1;
  for (std::size_t at = 0; at < columns.size(); ++at) {
    std::string name = heading(columns[at]);
    std::transform(name.begin(), name.end(), name.begin(), [](char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; });
    Series series{std::move(name), "s" + std::to_string(at % 6 + 1), Mark::line, {}, {}};
    for (std::size_t index = 0; index < report.row_count(); ++index) {
      const Row row = report.row(index);
      const auto count = static_cast<double>(report.number(row, columns[at]));
      series.points.push_back({static_cast<double>(report.number(row, ReportColumn::day)), count});
      most = std::max(most, count);
    }
    chart.series.push_back(std::move(series));
  }
  chart.y.high = round_up(most);
  return chart;
}

Chart shares_chart(const Report& report, const char* title) {
  Chart chart{title, "", days_axis(report), {"percent", 0, 100, Axis::Scale::linear, percent_label}, {}, {}};
  const std::vector<Share>& shares = kind_of(report.kind).shares;
  for (std::size_t at = 0; at < shares.size(); ++at) {
    Series series{shares[at].heading, "s" + std::to_string(at + 1), Mark::line, {}, {}};
    for (std::size_t index = 0; index < report.row_count(); ++index) {
      const Row row = report.row(index);
      if (const auto share = share_of(report, row, shares[at])) series.points.push_back({static_cast<double>(report.number(row, ReportColumn::day)), *share});
    }
    chart.series.push_back(std::move(series));
  }
  return chart;
}

using Shown = std::vector<std::pair<ReportColumn, const char*>>;  // at most three, the longest first
const Shown percentiles = {{ReportColumn::p99_us, "p99"}, {ReportColumn::p90_us, "p90"}, {ReportColumn::p50_us, "p50"}};

// Durations by day, of one measure or of a report without measures; what was done at once stands at the bottom.
Chart durations_chart(const Report& report, schema::ReportMeasure measure, const char* title, const Shown& shown = percentiles) {
  Chart chart{title, "logarithmic; what took less than a second stands at the bottom", days_axis(report), {"time", 1e6, 1e7, Axis::Scale::logarithmic, wait_label}, {}, {}};
  double most = 1e7;
  int color = 3;
  for (const auto& [column, name] : shown) {
    Series series{name, "r" + std::to_string(color--), Mark::line, {}, {}};
    for (std::size_t index = 0; index < report.row_count(); ++index) {
      const Row row = report.row(index);
      if (report.number(row, ReportColumn::measure) != static_cast<std::int64_t>(measure)) continue;
      const double value = std::max(1e6, static_cast<double>(report.number(row, column)));
      series.points.push_back({static_cast<double>(report.number(row, ReportColumn::day)), value});
      most = std::max(most, value);
    }
    chart.series.push_back(std::move(series));
  }
  chart.y.high = round_up(most);
  return chart;
}

// What a row is of, in one text.
std::string label_of(const Report& report, Row row, const Catalogue& catalogue) {
  std::string label = cell_text(report, row, 0, catalogue) + (report.columns[0] == ReportColumn::days_from && row[0] >= 0 ? " days" : "");
  for (std::size_t column = 1; column < report.columns.size(); ++column) {
    if (report.columns[column] == ReportColumn::sku) label += " " + cell_text(report, row, column, catalogue);
  }
  return label;
}

// The first share of each row.
Bars share_bars(const Report& report, const Catalogue& catalogue, const char* title) {
  Bars bars{title, report.row_count() > most_bars ? fmt::format("the first {}", most_bars) : "", {}, "s3"};
  const Share& share = kind_of(report.kind).shares.front();
  for (std::size_t index = 0; index < std::min(report.row_count(), most_bars); ++index) {
    const Row row = report.row(index);
    bars.bars.push_back({label_of(report, row, catalogue), share_of(report, row, share).value_or(0), share_text(report, row, share)});
  }
  return bars;
}

// The rows of each day added up; durations, which do not add up, are not to be told.
Report days_together(const Report& report) {
  Report days = report;
  const std::size_t width = report.columns.size();
  days.rows.clear();
  for (std::size_t index = 0; index < report.row_count(); ++index) {
    const Row row = report.row(index);
    if (days.rows.empty() || days.rows[days.rows.size() - width] != row[0]) days.rows.insert(days.rows.end(), {row[0]}), days.rows.resize(days.rows.size() + width - 1);
    for (std::size_t column = 1; column < width; ++column) {  // wrapping: a hostile server's numbers
      std::int64_t& sum = days.rows[days.rows.size() - width + column];
      sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) + static_cast<std::uint64_t>(row[column]));
    }
  }
  return days;
}

Bars bars_chart(const Report& report, const Catalogue& catalogue, const char* title, ReportColumn value) {
  Bars bars{title, "", {}, "s1"};
  const auto at = static_cast<std::size_t>(std::find(report.columns.begin(), report.columns.end(), value) - report.columns.begin());
  for (std::size_t index = 0; index < std::min(report.row_count(), most_bars) && at < report.columns.size(); ++index) {
    const Row row = report.row(index);
    bars.bars.push_back({label_of(report, row, catalogue), static_cast<double>(row[at]), cell_text(report, row, at, catalogue)});
  }
  if (report.row_count() > most_bars) bars.note = fmt::format("the first {}", most_bars);
  return bars;
}

std::string vendor_charts(const Report& report, const Catalogue& catalogue) {
  using enum ReportColumn;
  if (report.columns[0] != day) return share_bars(report, catalogue, "On time").svg() + bars_chart(report, catalogue, "Nine units in ten late by at most", late_p90_us).svg();
  const Report days = days_together(report);
  return shares_chart(days, "On time").svg() + counts_chart(days, "Units by the day of their receipt", {units_on_time, units_late, units_undated, never_came}, "units").svg();
}

std::string charts_of(const Report& report, const Catalogue& catalogue) {
  using enum ReportColumn;
  if (report.row_count() == 0) return {};
  switch (report.kind) {
    case ReportKind::fulfilment_time:
      return durations_chart(report, schema::ReportMeasure::order_to_reserved, "Order to reserved whole").svg() +
             durations_chart(report, schema::ReportMeasure::order_to_shipped, "Order to shipped").svg() +
             durations_chart(report, schema::ReportMeasure::backorder_to_filled, "Backorder to filled").svg();
    case ReportKind::fill_rate: return shares_chart(report, "Reserved at once").svg() + counts_chart(report, "Orders", {orders, orders_filled}).svg();
    case ReportKind::on_time: return shares_chart(report, "On time and in full").svg() + counts_chart(report, "Orders by the day they are needed", {ReportColumn::on_time, late, short_of_units, overdue, not_yet}).svg();
    case ReportKind::holds: return shares_chart(report, "Confirmed").svg() + counts_chart(report, "Holds by the day they were made", {ReportColumn::holds, holds_confirmed, holds_released, holds_expired}).svg();
    case ReportKind::splits: return shares_chart(report, "Split").svg() + counts_chart(report, "Decisions", {reserved, split, backordered, refused, cancelled, reduced}).svg();
    case ReportKind::vendor_delay:
    case ReportKind::vendor_delay_by_sku: return vendor_charts(report, catalogue);
    case ReportKind::promise_accuracy:
      return shares_chart(report, "Promises").svg() + counts_chart(report, "Lines by the day they were filled", {kept, late, unpromised}, "lines").svg() +
             durations_chart(report, schema::ReportMeasure::none, "Late by", {{late_max_us, "max"}, {late_p90_us, "p90"}, {late_mean_us, "mean"}}).svg();
    case ReportKind::stock_outs: return bars_chart(report, catalogue, "Out of stock for", out_us).svg();
    default: return bars_chart(report, catalogue, "Units waiting", quantity).svg();
  }
}

std::string tiles_of(const Report& report, const Catalogue& catalogue) {
  const Kind& kind = kind_of(report.kind);
  if (report.total_count() != 1) return {};
  std::string out = "<div class=\"tiles\">";
  const auto tile = [&](const std::string& value, const std::string& label) {
    out += fmt::format("<div class=\"tile\"><b>{}</b><span>{}</span></div>\n", escape_html(value), escape_html(label));
  };
  for (const Share& share : kind.shares) tile(share_text(report, report.total(0), share), share.heading);
  for (std::size_t column = 0; column < report.columns.size(); ++column) {
    const std::string value = cell_text(report, report.total(0), column, catalogue, true);
    if (!value.empty()) tile(value, heading(report.columns[column]));
  }
  return out + "</div>\n";
}

// Totals or rows; of ages the upper end stands with the lower.
std::string table_of(const Report& report, const Catalogue& catalogue, bool totals) {
  const Kind& kind = kind_of(report.kind);
  const auto hides = [&](ReportColumn column) { return column == ReportColumn::days_to || (totals && is_label(column) && column != ReportColumn::measure); };
  std::string out = "<div class=\"card\"><table>\n<tr>";
  const auto cell = [&](const char* tag, bool is_number, const std::string& text) {
    out += fmt::format("<{0}{1}>{2}</{0}>", tag, is_number ? " class=\"number\"" : "", escape_html(text));
  };
  for (const ReportColumn column : report.columns) {
    if (!hides(column)) cell("th", !is_label(column) && !is_moment(column), heading(column));
  }
  for (const Share& share : kind.shares) cell("th", true, share.heading);
  out += "</tr>\n";
  for (std::size_t index = 0; index < (totals ? report.total_count() : report.row_count()); ++index) {
    const Row row = totals ? report.total(index) : report.row(index);
    out += "<tr>";
    for (std::size_t column = 0; column < report.columns.size(); ++column) {
      const ReportColumn of = report.columns[column];
      if (!hides(of)) cell("td", !is_label(of) && !is_moment(of), cell_text(report, row, column, catalogue, totals));
    }
    for (const Share& share : kind.shares) cell("td", true, share_text(report, row, share));
    out += "</tr>\n";
  }
  return out + "</table></div>\n";
}

}  // namespace

std::string report_html(const Report& report, const Catalogue& catalogue) {
  const Kind& kind = kind_of(report.kind);
  std::string out = "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n";
  out += fmt::format("<title>{}</title>\n<style>", escape_html(kind.title));
  out += page_style;
  out += fmt::format("</style>\n</head>\n<body>\n<main>\n<h1>{}</h1>\n<p>{}</p>\n<p>True at decision {}, {}.{}</p>\n", escape_html(kind.title), escape_html(kind.meaning),
                     report.as_of, escape_html(time_text(engine::TimeUs{report.time_us})),
                     report.counted_from > 1 ? " Counted from decision " + std::to_string(report.counted_from) + " on." : "");
  out += tiles_of(report, catalogue);
  out += "<div class=\"charts\">\n" + charts_of(report, catalogue) + "</div>\n";
  if (report.total_count() > 1) out += "<h2>In all</h2>\n" + table_of(report, catalogue, true);
  if (report.row_count() != 0) out += std::string("<h2>") + (report.columns[0] == ReportColumn::day ? "By day" : "In detail") + "</h2>\n" + table_of(report, catalogue, false);
  if (report.left_out != 0) out += "<p>" + counted(report.left_out, "more row") + " left out.</p>\n";
  return out + "<footer>earmark report " + command_name(report.kind) + "</footer>\n</main>\n</body>\n</html>\n";
}

}  // namespace earmark::client::reports
