// earmark report [NAME] [--by-day] [--from DAY] [--to DAY] [--limit N] [--csv] [--html FILE]
#include <algorithm>

#include "client/commands/command.hpp"
#include "client/describe.hpp"
#include "client/items.hpp"
#include "client/reports/report.hpp"
#include "client/whole_file.hpp"

namespace earmark::client {
namespace {

using reports::Days;
using reports::Report;
using schema::ReportColumn;

constexpr std::uint64_t rows_on_a_screen = 50;

std::string names() {
  std::string text;
  for (const reports::Kind& kind : reports::kinds()) {
    std::string name = reports::command_name(kind.kind);
    name.resize(std::max<std::size_t>(name.size() + 1, 25), ' ');
    text += "  " + name + kind.help + "\n";
  }
  return text;
}

constexpr const char* examples = R"(
A report is made from the state store, which follows the decisions; it holds up no order. It names the decision that it is true
at: no older than everything that was answered before it was asked for, unless the state store does not come so far within --wait
seconds. Reports by day (fulfilment-time, fill-rate, on-time, holds, splits, promise-accuracy) tell the totals of the days from
--from to --to, with --by-day a row for each of them. Those of vendors tell these days together, with --by-day each vendor's days. docs/REPORTS.md says what each figure means, exactly.

EXAMPLES
  earmark report backorders-by-product
  earmark report fill-rate --from 2026-03-01 --to 2026-03-31 --by-day
  earmark report vendor-delay --from 2026-03-01
  earmark report stock-outs --limit 0 --csv > stock-outs.csv
  earmark report fulfilment-time --html fulfilment.html
  earmark report on-time --json)";

struct ReportOptions {
  std::string name, from, to, html;
  bool by_day = false, csv = false;
  std::optional<std::uint64_t> limit, at;
  std::uint64_t wait_s = 5;
};

// The day that this names, in UTC.
Outcome<std::int32_t> day_named(const std::string& text, const char* option) {
  const auto moment = text.size() == 10 ? parse_moment(text, now_us()) : Outcome<std::int64_t>(0);
  if (!moment || (*moment == 0 && text != "1970-01-01")) return usage(std::string(option) + " wants a day in UTC, for example 2026-03-01, not '" + text + "'");
  return static_cast<std::int32_t>(*moment / day_us);
}

Outcome<schema::ReportRequest> request_of(const ReportOptions& options, const reports::Kind& kind, bool is_data) {
  schema::ReportRequest request;
  request.kind = kind.kind;
  request.limit = static_cast<std::uint32_t>(options.limit.value_or(is_data || kind.days == Days::rows ? 0 : rows_on_a_screen));
  request.by_day = options.by_day || (!options.html.empty() && kind.days == Days::rows);
  request.at = engine::Lsn{options.at.value_or(0)};
  request.wait_ms = static_cast<std::uint32_t>(options.wait_s * 1000);
  if (kind.days == Days::none && (options.by_day || !options.from.empty() || !options.to.empty())) {
    return usage(reports::command_name(kind.kind) + " is of now; --by-day, --from and --to are for reports by day");
  }
  if (!options.from.empty()) {
    const auto day = day_named(options.from, "--from");
    if (!day) return Unexpected{day.error()};
    request.first_day = *day;
  }
  if (!options.to.empty()) {
    const auto day = day_named(options.to, "--to");
    if (!day) return Unexpected{day.error()};
    request.last_day = *day;
  }
  if (request.first_day > request.last_day) return usage("--from is after --to; no day lies between them");
  return request;
}

Outcome<Report> ask(Client& client, const schema::ReportRequest& request) {
  auto answer = client.ask_for<schema::ReportAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
    client.connection().encoder().report(client.connection().out(), correlation, request);
    return {};
  });
  if (!answer) return Unexpected{answer.error()};
  if (answer->kind != request.kind || answer->columns.empty()) return unreachable("the server sent another report than the one asked for; its version and this program's do not fit");
  Report report = reports::report_of(*answer);
  std::vector<engine::SkuId> skus;
  const bool has_skus = std::find(report.columns.begin(), report.columns.end(), ReportColumn::sku) != report.columns.end();
  for (std::size_t index = 0; has_skus && index < report.row_count(); ++index) {
    skus.push_back(engine::SkuId{static_cast<std::uint32_t>(report.number(report.row(index), ReportColumn::sku))});
  }
  if (auto done = client.learn_warehouses(); !done) return Unexpected{done.error()};
  if (auto done = client.learn_skus(skus); !done) return Unexpected{done.error()};
  return report;
}

Outcome<void> report(const Globals& globals, const ReportOptions& options) {
  if (options.name.empty()) return print("Reports:\n" + names() + "See 'earmark report --help'.\n");
  const auto named = reports::kind_named(options.name);
  if (!named) return usage("there is no report '" + options.name + "'; 'earmark report' lists them");
  const reports::Kind& kind = reports::kind_of(*named);
  if (globals.json && options.csv) return usage("--json and --csv are two forms of the same; give one of them");
  if (options.html == "-" && (globals.json || options.csv)) return usage("--html - wants the standard output for itself; name a file for the page");
  const auto request = request_of(options, kind, globals.json || options.csv);
  if (!request) return Unexpected{request.error()};
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  const auto made = ask(*client, *request);
  if (!made) return Unexpected{made.error()};
  const Catalogue& catalogue = client->catalogue();
  if (options.html == "-") return print(reports::report_html(*made, catalogue));
  if (!options.html.empty()) {
    if (auto done = write_whole_file(options.html, reports::report_html(*made, catalogue)); !done) return done;
  }
  const bool rows = kind.days != Days::rows || options.by_day;
  if (globals.json) return print(reports::report_json(*made, catalogue, rows));
  if (options.csv) return print(reports::report_csv(*made, catalogue, rows));
  if (options.html.empty()) return print(reports::report_text(*made, catalogue, rows));
  return print(std::string(kind.title) + ", true at decision " + std::to_string(made->as_of) + ", is in " + options.html + ".\n");
}

}  // namespace

Run add_report(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<ReportOptions>();
  options.text("name", chosen->name, "NAME", "Which report; none: list them")
      .flag("--by-day", chosen->by_day, "A row for each day")
      .text("--from", chosen->from, "DAY", "The first day that counts, in UTC")
      .text("--to", chosen->to, "DAY", "The last one")
      .number("--limit", chosen->limit, 0, schema::most_report_rows, "N", "Rows at most, of days the latest; 0: all. Without it 50 on a screen")
      .number("--at", chosen->at, 1, ~std::uint64_t{0} >> 1, "LSN", "Only if the state store stands at this decision: reports of one moment")
      .number("--wait", chosen->wait_s, 0, 60, "SECONDS", "How long the state store may take to come to what was answered before")
      .flag("--csv", chosen->csv, "Comma-separated, for spreadsheets")
      .text("--html", chosen->html, "FILE", "Write a page with charts; -: to standard output")
      .notes("\nNAME is one of\n" + names() + examples);
  return [&globals, chosen] { return report(globals, *chosen); };
}

}  // namespace earmark::client
