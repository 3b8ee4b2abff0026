// Reports in words: tables, CSV, JSON lines and pages. No server.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "client/charts/bars.hpp"
#include "client/reports/report.hpp"

using namespace earmark;
using namespace earmark::client;
using namespace earmark::client::reports;

namespace {

constexpr std::int64_t noon = 1'767'268'800'000'000, hour = 3'600'000'000;  // 2026-01-01 12:00 UTC

Catalogue catalogue() {
  Catalogue known(7);
  known.learn("BEAM", engine::SkuId{1});
  known.learn("NAIL, 3\"", engine::SkuId{2});
  known.learn({{"MAIN", "Main yard", 1}, {"WEST", "", 2}});
  return known;
}

Report by_product() {
  Report report;
  report.kind = ReportKind::backorders_by_product;
  report.as_of = 57, report.time_us = noon, report.left_out = 3;
  report.columns = {ReportColumn::sku, ReportColumn::quantity, ReportColumn::not_due, ReportColumn::lines, ReportColumn::orders, ReportColumn::oldest_us};
  report.rows = {1, 12'000, 0, 3, 2, noon - 5 * hour, 2, 7, 7, 1, 1, 0};
  report.totals = {0, 12'010, 7, 5, 4, noon - 5 * hour};
  return report;
}

Report fill_rate() {
  Report report;
  report.kind = ReportKind::fill_rate;
  report.as_of = 9, report.time_us = noon;
  report.columns = {ReportColumn::day, ReportColumn::orders, ReportColumn::orders_filled, ReportColumn::lines, ReportColumn::lines_filled,
                    ReportColumn::units, ReportColumn::units_filled};
  report.rows = {20'453, 4, 3, 10, 10, 100'000, 99'999, 20'454, 0, 0, 0, 0, 0, 0};
  report.totals = {0, 4, 3, 10, 10, 100'000, 99'999};
  return report;
}

Report times() {
  Report report;
  report.kind = ReportKind::fulfilment_time;
  report.as_of = 9, report.time_us = noon;
  report.columns = {ReportColumn::day, ReportColumn::measure, ReportColumn::count, ReportColumn::mean_us, ReportColumn::p50_us, ReportColumn::p90_us,
                    ReportColumn::p99_us, ReportColumn::max_us};
  report.rows = {20'453, 1, 2, 90'000'000, 0, 180'000'000, 180'000'000, 180'000'000};
  report.totals = {0, 1, 2, 90'000'000, 0, 180'000'000, 180'000'000, 180'000'000, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0};
  return report;
}

Report ages() {
  Report report;
  report.kind = ReportKind::backorder_age;
  report.columns = {ReportColumn::days_from, ReportColumn::days_to, ReportColumn::quantity, ReportColumn::not_due, ReportColumn::lines,
                    ReportColumn::orders, ReportColumn::oldest_us};
  report.rows = {0, 2, 5, 0, 1, 1, noon, 91, -1, 9, 0, 1, 1, noon, -1, -1, 2, 2, 1, 1, 0};
  report.totals = {0, 0, 16, 2, 3, 3, noon};
  return report;
}

constexpr std::int64_t day = 24 * hour;

Report vendors() {
  Report report;
  report.kind = ReportKind::vendor_delay_by_sku;
  report.as_of = 12, report.time_us = noon;
  report.columns = {ReportColumn::vendor,        ReportColumn::vendor_name,      ReportColumn::sku,           ReportColumn::lead_days,  ReportColumn::receipts,
                    ReportColumn::units,         ReportColumn::units_on_time,    ReportColumn::units_late,    ReportColumn::receipts_undated,
                    ReportColumn::units_undated, ReportColumn::never_came,       ReportColumn::units_overdue, ReportColumn::late_mean_us,
                    ReportColumn::late_p90_us,   ReportColumn::late_max_us};
  report.rows = {1, 2, 1, 14, 3, 30, 10, 15, 1, 5, 5, 4, 2 * day, 3 * day, 3 * day, 0, 0, 2, -1, 1, 6, 6, 0, 0, 0, 0, 0, 0, 0, 0};
  report.totals = {0, 0, 0, 0, 4, 36, 16, 15, 1, 5, 5, 4, day, 3 * day, 3 * day};
  report.texts = {"", "HOLZ", "Sawmill & Sons"};
  return report;
}

// Of each day: the vendors' rows, without SKUs.
Report vendor_days() {
  Report report = vendors();
  report.kind = ReportKind::vendor_delay;
  report.columns[0] = ReportColumn::day, report.columns[1] = ReportColumn::vendor, report.columns[2] = ReportColumn::vendor_name;
  report.rows = {20'453, 0, 0, -1, 1, 6, 6, 0, 0, 0, 0, 0, 0, 0, 0, 20'453, 1, 2, 14, 2, 20, 10, 10, 0, 0, 4, 0, day, day, day,
                 20'454, 1, 2, 14, 1, 10, 0, 5, 1, 5, 1, 4, day, day, day};
  return report;
}

Report promises() {
  Report report;
  report.kind = ReportKind::promise_accuracy;
  report.as_of = 12, report.time_us = noon;
  report.columns = {ReportColumn::day,          ReportColumn::promised,    ReportColumn::kept,        ReportColumn::early,       ReportColumn::late,      ReportColumn::unpromised,
                    ReportColumn::late_mean_us, ReportColumn::late_p90_us, ReportColumn::late_max_us, ReportColumn::off_mean_us, ReportColumn::off_p90_us};
  report.rows = {20'453, 4, 3, 1, 1, 2, 6 * hour, day, day, 12 * hour, 2 * day};
  report.totals = {0, 4, 3, 1, 1, 2, 6 * hour, day, day, 12 * hour, 2 * day};
  return report;
}

// What a report could be of each kind, with rows of any numbers.
Report any(ReportKind kind, const std::vector<ReportColumn>& columns, std::int64_t number) {
  Report report;
  report.kind = kind;
  report.columns = columns;
  for (std::size_t at = 0; at < columns.size() * 3; ++at) report.rows.push_back(schema::names_text(columns[at % columns.size()]) ? 0 : number);
  report.totals.assign(columns.size(), number);
  report.texts = {"<script>alert('&\"')</script>\x01\n=1+2"};
  return report;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Every tag that is opened is closed, in order.
bool is_well_formed(const std::string& page) {
  std::vector<std::string> open;
  for (std::size_t at = page.find("<html"); at < page.size(); ++at) {
    if (page[at] != '<') continue;
    const std::size_t end = page.find('>', at);
    if (end == std::string::npos) return false;
    const std::string tag = page.substr(at + 1, end - at - 1), name = tag.substr(0, tag.find_first_of(" \n"));
    if (name == "style") {
      at = page.find("</style>", end);
      if (at == std::string::npos) return false;
      at += 7;
      continue;
    }
    at = end;
    if (tag.ends_with('/')) continue;
    if (tag.front() != '/') {
      open.push_back(name);
      continue;
    }
    if (open.empty() || "/" + open.back() != tag) return false;
    open.pop_back();
  }
  return open.empty();
}

}  // namespace

TEST_CASE("reports: a table shows codes, times and totals, and what was left out", "[client][reports]") {
  const std::string text = report_text(by_product(), catalogue(), true);
  CHECK(has(text, "SKU       QUANTITY  NOT DUE  LINES  ORDERS  OLDEST\n"));
  CHECK(has(text, "BEAM        12,000        0      3       2  2026-01-01 07:00:00.000 UTC\n"));
  CHECK(has(text, "NAIL, 3\"         7        7      1       1  -\n"));
  CHECK(has(text, "total       12,010"));
  CHECK(has(text, "True at decision 57, 2026-01-01 12:00:00.000 UTC. 3 more rows left out; --limit 0 shows all.\n"));
  Report later = by_product();
  later.counted_from = 40;
  CHECK(has(report_text(later, catalogue(), true), "Counted from decision 40 on."));
}

TEST_CASE("reports: shares are told in percent, and never rounded to all or nothing", "[client][reports]") {
  const std::string text = report_text(fill_rate(), catalogue(), true);
  CHECK(has(text, "2025-12-31       4              3     10            10  100,000        99,999    75.0 %  100.0 %   99.9 %\n"));
  CHECK(has(text, "2026-01-01       0              0      0             0        0             0         -        -        -\n"));
  const std::string totals = report_text(fill_rate(), catalogue(), false);
  CHECK_FALSE(has(totals, "DAY"));
  CHECK(has(totals, "     4              3"));
  Report few = fill_rate();
  few.totals = {0, 4000, 1, 10, 0, 1, 1};
  const Kind& kind = kind_of(ReportKind::fill_rate);
  CHECK(share_text(few, few.total(0), kind.shares[0]) == "0.1 %");
  CHECK(share_text(few, few.total(0), kind.shares[1]) == "0.0 %");
  CHECK(share_text(few, few.total(0), kind.shares[2]) == "100.0 %");
}

TEST_CASE("reports: measures and ages in words", "[client][reports]") {
  const std::string text = report_text(times(), catalogue(), false);
  CHECK(has(text, "order to reserved whole      2  1.5 min    0  3.0 min  3.0 min  3.0 min\n"));
  CHECK(has(text, "backorder to filled          0        0    0"));
  const std::string age = report_text(ages(), catalogue(), true);
  CHECK(has(age, "DAYS     QUANTITY"));
  CHECK(has(age, "0-2             5"));
  CHECK(has(age, ">90             9"));
  CHECK(has(age, "not due         2"));
  struct Row {
    std::int64_t micros;
    const char* text;
  };
  for (const Row& row : {Row{0, "0"}, {999, "999 us"}, {1'500, "1.5 ms"}, {2'250'000, "2.25 s"}, {90'000'000, "1.5 min"}, {5 * hour, "5.0 h"}, {60 * hour, "2.5 days"}}) {
    CHECK(duration_text(row.micros) == row.text);
  }
  CHECK(day_text(0) == "1970-01-01");
  CHECK(day_text(20'453) == "2025-12-31");
  CHECK(day_text(-1) == "day -1");
  CHECK(day_text(INT64_MAX) == "day 9223372036854775807");
}

TEST_CASE("reports: CSV has the schema's names, quotes what must be, and adds up", "[client][reports]") {
  CHECK(report_csv(by_product(), catalogue(), true) ==
        "sku,quantity,not_due,lines,orders,oldest_us\r\n"
        "BEAM,12000,0,3,2,1767250800000000\r\n"
        "\"NAIL, 3\"\"\",7,7,1,1,0\r\n");
  CHECK(report_csv(fill_rate(), catalogue(), false) ==
        "day,orders,orders_filled,lines,lines_filled,units,units_filled\r\n,4,3,10,10,100000,99999\r\n");
  CHECK(has(report_csv(times(), catalogue(), false), ",order_to_reserved,2,90000000,0,180000000,180000000,180000000\r\n"));
}

TEST_CASE("reports: JSON is a line for each row, with the schema's names", "[client][reports]") {
  std::istringstream lines(report_json(by_product(), catalogue(), true));
  std::vector<Json> rows;
  for (std::string line; std::getline(lines, line);) rows.push_back(Json::parse(line));
  REQUIRE(rows.size() == 3);
  CHECK(rows[1] == Json{{"report", "backorders_by_product"}, {"as_of", 57}, {"time_us", noon}, {"sku", "NAIL, 3\""}, {"quantity", 7}, {"not_due", 7},
                        {"lines", 1}, {"orders", 1}, {"oldest_us", 0}});
  CHECK(rows[2]["total"] == true);
  CHECK(rows[2]["left_out"] == 3);
  CHECK_FALSE(rows[2].contains("sku"));
  CHECK(has(report_json(times(), catalogue(), false), "\"measure\":\"backorder_to_filled\""));
  CHECK(has(report_json(fill_rate(), catalogue(), true), "\"day\":\"2025-12-31\""));
}

TEST_CASE("reports: a page is well formed, whole in itself, and every text in it is inert", "[client][reports]") {
  const std::string page = report_html(by_product(), catalogue());
  CHECK(is_well_formed(page));
  CHECK(has(page, "<td>NAIL, 3&quot;</td>"));
  CHECK(has(page, "True at decision 57"));
  CHECK(has(page, "3 more rows left out"));
  CHECK(has(page, "default-src 'none'"));
  CHECK_FALSE(has(page, "http-equiv=\"refresh\""));
  CHECK_FALSE(has(page, "<script"));
  CHECK_FALSE(has(page, "src="));
  CHECK(has(report_html(times(), catalogue()), "<h2>In all</h2>"));
  CHECK(has(report_html(fill_rate(), catalogue()), "75.0 %"));
  CHECK(has(report_html(ages(), catalogue()), "0-2 days"));
  // Of any kind, with any numbers a server may send.
  for (const Kind& kind : kinds()) {
    for (const std::int64_t number : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX, INT64_MIN}) {
      for (const auto& columns : {std::vector{ReportColumn::customer, ReportColumn::quantity, ReportColumn::oldest_us},
                                  {ReportColumn::day, ReportColumn::measure, ReportColumn::p50_us, ReportColumn::p99_us}, {ReportColumn{250}, ReportColumn::sku},
                                  {ReportColumn::vendor, ReportColumn::sku, ReportColumn::units_on_time, ReportColumn::late_p90_us},
                                  {ReportColumn::day, ReportColumn::vendor, ReportColumn::units_on_time, ReportColumn::units_late},
                                  {ReportColumn::days_from, ReportColumn::quantity}, {ReportColumn::warehouse, ReportColumn::out_us}}) {
        const Report report = any(kind.kind, columns, number);
        const std::string html = report_html(report, catalogue());
        CHECK(is_well_formed(html));
        CHECK_FALSE(has(html, "<script"));
        CHECK_FALSE(has(html, "\x01"));
        CHECK_FALSE(report_text(report, catalogue(), true).empty());
        CHECK_FALSE(has(report_text(report, catalogue(), true), "\x01"));
        CHECK_FALSE(report_csv(report, catalogue(), true).empty());
        CHECK_FALSE(report_json(report, catalogue(), true).empty());
      }
    }
  }
}

TEST_CASE("reports: bars are as long as their values, and long names end in dots", "[client][reports]") {
  charts::Bars bars{"Units", "", {{"short", 50, "50"}, {std::string(40, 'x') + "\xC3\xA4", 100, "100"}, {"none", 0, "0"}, {"below", -3, "-3"}}, "s1"};
  const std::string svg = bars.svg();
  CHECK(has(svg, "width=\"205.0\""));
  CHECK(has(svg, "width=\"410.0\""));
  CHECK(has(svg, ">" + std::string(23, 'x') + "...<"));
  std::size_t bars_drawn = 0;
  for (std::size_t at = svg.find("<rect"); at != std::string::npos; at = svg.find("<rect", at + 1)) ++bars_drawn;
  CHECK(bars_drawn == 2);
}

TEST_CASE("reports: vendors by SKU, by day and in all, with what was on time", "[client][reports]") {
  const std::string text = report_text(vendors(), catalogue(), true);
  CHECK(has(text, "VENDOR  NAME            SKU       LEAD DAYS  RECEIPTS  UNITS  ON TIME  LATE  RECEIPTS UNDATED  UNDATED  NEVER CAME  OVERDUE  LATE MEAN  LATE P90  LATE MAX  ON TIME %\n"));
  CHECK(has(text, "HOLZ    Sawmill & Sons  BEAM      14                3     30       10    15                 1        5           5        4   2.0 days  3.0 days  3.0 days     33.3 %\n"));
  CHECK(has(text, "-       -               NAIL, 3\"  -                 1      6        6     0                 0        0           0        0          0         0         0    100.0 %\n"));
  CHECK(has(text, "total"));
  CHECK(report_csv(vendors(), catalogue(), true).starts_with(
      "vendor,vendor_name,sku,lead_days,receipts,units,units_on_time,units_late,receipts_undated,units_undated,never_came,units_overdue,late_mean_us,late_p90_us,late_max_us\r\n"
      "HOLZ,Sawmill & Sons,BEAM,14,3,30,10,15,1,5,5,4,172800000000,259200000000,259200000000\r\n"));
  CHECK(has(report_json(vendors(), catalogue(), true), "\"vendor\":\"HOLZ\",\"vendor_name\":\"Sawmill & Sons\""));
  CHECK(has(report_json(vendors(), catalogue(), true), "\"lead_days\":-1,"));
  const std::string page = report_html(vendors(), catalogue());
  CHECK(is_well_formed(page));
  CHECK(has(page, ">HOLZ BEAM<"));
  CHECK(has(page, "<td>Sawmill &amp; Sons</td>"));
  CHECK(has(page, ">33.3 %<"));
  CHECK(has(page, "<h2>In detail</h2>"));
  // By day a line for all vendors together: 16 of 20 units on the first day.
  const std::string days = report_html(vendor_days(), catalogue());
  CHECK(is_well_formed(days));
  CHECK(has(days, "Units by the day of their receipt"));
  CHECK(has(days, "<h2>By day</h2>"));
  CHECK(has(report_text(vendor_days(), catalogue(), true), "2025-12-31  HOLZ    Sawmill & Sons"));
}

TEST_CASE("reports: what waits by vendor, with a chart of its units", "[client][reports]") {
  Report report = by_product();
  report.kind = ReportKind::backorders_by_vendor;
  report.columns[0] = ReportColumn::vendor;
  report.rows[0] = 1, report.rows[6] = 0;
  report.texts = {"", "Sawmill & Sons"};
  const std::string text = report_text(report, catalogue(), true);
  CHECK(has(text, "VENDOR          QUANTITY  NOT DUE  LINES  ORDERS  OLDEST\n"));
  CHECK(has(text, "Sawmill & Sons    12,000        0      3       2  2026-01-01 07:00:00.000 UTC\n"));
  CHECK(has(text, "-                      7        7      1       1  -\n"));
  CHECK(report_csv(report, catalogue(), true).starts_with("vendor,quantity,not_due,lines,orders,oldest_us\r\nSawmill & Sons,12000,"));
  const std::string page = report_html(report, catalogue());
  CHECK(is_well_formed(page));
  CHECK(has(page, "Backorders by vendor"));
  CHECK(has(page, "Units waiting"));
  CHECK(has(page, ">Sawmill &amp; Sons<"));
  CHECK(kind_named("backorders-by-vendor") == ReportKind::backorders_by_vendor);
}

TEST_CASE("reports: promises kept, early and late, and what was late", "[client][reports]") {
  const std::string text = report_text(promises(), catalogue(), true);
  CHECK(has(text, "DAY         PROMISED  KEPT  EARLY  LATE  UNPROMISED  LATE MEAN  LATE P90  LATE MAX  OFF MEAN   OFF P90  KEPT %  EARLY %\n"));
  CHECK(has(text, "2025-12-31         4     3      1     1           2      6.0 h    24.0 h    24.0 h    12.0 h  2.0 days  75.0 %   25.0 %\n"));
  const std::string page = report_html(promises(), catalogue());
  CHECK(is_well_formed(page));
  CHECK(has(page, "Lines by the day they were filled"));
  CHECK(has(page, "Late by"));
  CHECK(has(page, "<h2>By day</h2>"));
}

TEST_CASE("reports: every kind has a name on the command line", "[client][reports]") {
  CHECK(kinds().size() == schema::every_report().size());
  for (const ReportKind kind : schema::every_report()) {
    CHECK(kind_named(command_name(kind)) == kind);
    CHECK(kind_named(schema::name(kind)) == kind);
    CHECK(std::string(kind_of(kind).help).size() > 20);
  }
  CHECK(command_name(ReportKind::backorders_by_product) == "backorders-by-product");
  CHECK_FALSE(kind_named("profit").has_value());
}
