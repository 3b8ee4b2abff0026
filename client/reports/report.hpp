// A report as a client shows it: the server's numbers (schema/report.fbs) with the words for them. What a column's number is in
// words, and which shares are told beside the numbers, stands here once for tables, CSV, JSON and pages. Plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/catalogue.hpp"
#include "client/event_json.hpp"
#include "schema/report.hpp"

namespace earmark::client::reports {

using schema::ReportColumn;
using schema::ReportKind;
using Row = std::span<const std::int64_t>;

struct Report {
  ReportKind kind{};
  std::uint64_t as_of = 0, counted_from = 1, left_out = 0;
  std::int64_t time_us = 0;
  std::vector<ReportColumn> columns{};
  std::vector<std::int64_t> rows{}, totals{};
  std::vector<std::string> texts{};

  std::size_t row_count() const { return columns.empty() ? 0 : rows.size() / columns.size(); }
  std::size_t total_count() const { return columns.empty() ? 0 : totals.size() / columns.size(); }
  Row row(std::size_t index) const { return Row(rows).subspan(index * columns.size(), columns.size()); }
  Row total(std::size_t index) const { return Row(totals).subspan(index * columns.size(), columns.size()); }
  // 0 if the report has no such column.
  std::int64_t number(Row row, ReportColumn column) const;
};

Report report_of(const schema::ReportAnswer& answer);

// A share that people ask for: the sum of some columns of the sum of others, in percent.
struct Share {
  const char* heading;
  std::vector<ReportColumn> part, whole;
};
// Which days a report is of.
enum class Days : std::uint8_t { none,     // it is of now
                                 rows,     // rows are days, and may be left out
                                 counted };  // rows are of other things, of some days together or each day apart

// What there is to say of a kind of report beside its numbers.
struct Kind {
  ReportKind kind;
  const char* title;
  const char* help;     // one line
  const char* meaning;  // a sentence or two on the page
  Days days;
  std::vector<Share> shares;
};
std::span<const Kind> kinds();
const Kind& kind_of(ReportKind kind);
// By the schema's name, with '-' or '_'.
std::optional<ReportKind> kind_named(std::string_view name);
std::string command_name(ReportKind kind);  // backorders-by-product

bool is_duration(ReportColumn column);
bool is_moment(ReportColumn column);
// What the row is of: not a number to add up.
bool is_label(ReportColumn column);
std::string heading(ReportColumn column);                     // OLDEST
// For people; empty for what a total does not say.
std::string cell_text(const Report& report, Row row, std::size_t column, const Catalogue& catalogue, bool total = false);
// As data: codes, dates and whole numbers.
Json cell_json(const Report& report, Row row, std::size_t column, const Catalogue& catalogue);
// "94.2 %", or "-" of nothing.
std::string share_text(const Report& report, Row row, const Share& share);
std::optional<double> share_of(const Report& report, Row row, const Share& share);

std::string day_text(std::int64_t day);        // 2026-03-01
std::string duration_text(std::int64_t micros);  // 3.2 h

// The whole report; `rows`: with its rows, else the totals alone.
std::string report_text(const Report& report, const Catalogue& catalogue, bool rows);
// RFC 4180: the rows, or the totals if it is without; never both, so that a column adds up.
std::string report_csv(const Report& report, const Catalogue& catalogue, bool rows);
// One object a line; totals say so.
std::string report_json(const Report& report, const Catalogue& catalogue, bool rows);
// A page of its own, with charts.
std::string report_html(const Report& report, const Catalogue& catalogue);

}  // namespace earmark::client::reports
