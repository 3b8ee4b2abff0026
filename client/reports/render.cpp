// Reports as tables, CSV and JSON lines.
#include <nlohmann/json.hpp>

#include "client/describe.hpp"
#include "client/refusal.hpp"
#include "client/reports/report.hpp"
#include "client/table.hpp"

namespace earmark::client::reports {
namespace {

// Columns that a table shows: not the upper end of an age, which stands with the lower, nor a day that no row has.
std::vector<std::size_t> shown_columns(const Report& report, bool rows) {
  std::vector<std::size_t> shown;
  for (std::size_t column = 0; column < report.columns.size(); ++column) {
    const ReportColumn of = report.columns[column];
    if (of == ReportColumn::days_to || (!rows && of == ReportColumn::day)) continue;
    shown.push_back(column);
  }
  return shown;
}

std::string field(const Json& value) {
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char letter : text) quoted += letter == '"' ? "\"\"" : std::string(1, letter);
  return quoted + '"';
}

std::string true_at(const Report& report) {
  std::string text = "True at decision " + std::to_string(report.as_of) + ", " + time_text(engine::TimeUs{report.time_us}) + ".";
  if (report.left_out != 0) text += " " + counted(report.left_out, "more row") + " left out; --limit 0 shows all.";
  if (report.counted_from > 1) text += " Counted from decision " + std::to_string(report.counted_from) + " on.";
  return text + "\n";
}

}  // namespace

std::string report_text(const Report& report, const Catalogue& catalogue, bool rows) {
  const Kind& kind = kind_of(report.kind);
  const std::vector<std::size_t> shown = shown_columns(report, rows);
  std::vector<Column> columns;
  for (const std::size_t column : shown) {
    const ReportColumn of = report.columns[column];
    columns.push_back({heading(of), is_label(of) || is_moment(of) ? Align::left : Align::right});
  }
  for (const Share& share : kind.shares) columns.push_back({share.heading, Align::right});
  Table table(columns);
  const auto add = [&](Row row, bool total) {
    std::vector<std::string> cells;
    for (const std::size_t column : shown) cells.push_back(cell_text(report, row, column, catalogue, total));
    for (const Share& share : kind.shares) cells.push_back(share_text(report, row, share));
    const bool has_label = is_label(report.columns[shown.front()]) && report.columns[shown.front()] != ReportColumn::measure;
    if (total && rows && has_label) cells.front() = "total";
    table.add(std::move(cells));
  };
  for (std::size_t index = 0; rows && index < report.row_count(); ++index) add(report.row(index), false);
  for (std::size_t index = 0; index < report.total_count(); ++index) add(report.total(index), true);
  return table.text() + true_at(report);
}

std::string report_csv(const Report& report, const Catalogue& catalogue, bool rows) {
  std::string csv;
  for (std::size_t column = 0; column < report.columns.size(); ++column) {
    csv += (column == 0 ? "" : ",") + std::string(schema::name(report.columns[column]));
  }
  csv += "\r\n";
  for (std::size_t index = 0; index < (rows ? report.row_count() : report.total_count()); ++index) {
    const Row row = rows ? report.row(index) : report.total(index);
    for (std::size_t column = 0; column < report.columns.size(); ++column) {
      const bool is_unsaid = !rows && is_label(report.columns[column]) && report.columns[column] != ReportColumn::measure;
      csv += (column == 0 ? "" : ",") + (is_unsaid ? std::string() : field(cell_json(report, row, column, catalogue)));
    }
    csv += "\r\n";
  }
  return csv;
}

std::string report_json(const Report& report, const Catalogue& catalogue, bool rows) {
  std::string lines;
  const auto add = [&](Row row, bool total) {
    Json object{{"report", schema::name(report.kind)}, {"as_of", report.as_of}, {"time_us", report.time_us}};
    if (report.counted_from > 1) object["counted_from"] = report.counted_from;
    for (std::size_t column = 0; column < report.columns.size(); ++column) {
      const ReportColumn of = report.columns[column];
      if (total && is_label(of) && of != ReportColumn::measure) continue;
      object[std::string(schema::name(of))] = cell_json(report, row, column, catalogue);
    }
    if (total) {
      object["total"] = true;
      object["left_out"] = report.left_out;
    }
    lines += json_line(object) + "\n";
  };
  for (std::size_t index = 0; rows && index < report.row_count(); ++index) add(report.row(index), false);
  for (std::size_t index = 0; index < report.total_count(); ++index) add(report.total(index), true);
  return lines;
}

}  // namespace earmark::client::reports
