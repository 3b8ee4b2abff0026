#include "loadtest/html_page.hpp"

#include <fmt/format.h>

#include <vector>

#include "client/describe.hpp"
#include "loadtest/html_charts.hpp"
#include "loadtest/html_parts.hpp"
#include "loadtest/report.hpp"
#include "loadtest/situation_report.hpp"

namespace earmark::loadtest {
namespace {

using client::with_separators;

void add_latencies(std::vector<std::string>& cells, const engine::Histogram& latency) {
  for (const auto& [_, place] : quantiles) cells.push_back(latency_text(latency.quantile(place)));
  cells.push_back(latency_text(latency.max()));
}
void add_latency_heads(std::vector<std::string>& cells) {
  for (const auto& [label, _] : quantiles) cells.emplace_back(label);
  cells.emplace_back("max");
}

std::string tiles(const RunReport& report) {
  const engine::Histogram latency = report.tally.all_latency();
  std::string out = "<div class=\"tiles\">";
  const auto tile = [&](const std::string& value, const char* label) { out += html_tile(value, label); };
  tile(whole(report.per_second(report.requests())), "answers per second");
  tile(latency_text(latency.quantile(0.5)), "latency p50");
  tile(latency_text(latency.quantile(0.99)), "latency p99");
  tile(latency_text(latency.quantile(0.999)), "latency p99.9");
  if (report.tally.lines != 0) tile(fmt::format("{:.1f} %", 100 * share(report.tally.short_lines, report.tally.lines)), "of order lines short");
  if (report.server_pid) tile(fmt::format("{:.2f}", report.cores.server), "cores busy with the server");
  if (report.options.is_open_loop()) tile(whole(static_cast<double>(report.tally.unsent + report.tally.unanswered)), "requests left at the end");
  return out + "</div>\n";
}

std::string requests_table(const RunReport& report) {
  std::vector<std::string> head{"Requests", "per second", "answered"};
  add_latency_heads(head);
  std::vector<std::vector<std::string>> rows;
  for (std::size_t index = 0; index < request_kinds; ++index) {
    if (report.tally.latency[index].count() == 0) continue;
    std::vector<std::string> cells{std::string(plural(static_cast<RequestKind>(index))), whole(report.per_second(report.tally.answered[index])),
                                   with_separators(report.tally.answered[index])};
    add_latencies(cells, report.tally.latency[index]);
    rows.push_back(std::move(cells));
  }
  return "<h2>Requests</h2>\n" + html_table(head, rows, true);
}

std::string open_loop_part(const RunReport& report) {
  if (!report.options.is_open_loop()) return {};
  const Tally& tally = report.tally;
  std::string out = fmt::format(
      "<h2>Open loop</h2>\n<p>Offered {} requests ({} a second), sent {}, answered {} in the measurement. At its end {} waited in the client and {} were "
      "sent but not answered. Latency counts from the time at which a request was meant to be sent; what was never sent counts with its waiting "
      "until the end.</p>\n",
      with_separators(tally.offered), whole(report.per_second(tally.offered)), with_separators(tally.offered - tally.unsent),
      with_separators(report.requests()), with_separators(tally.unsent), with_separators(tally.unanswered));
  if (tally.steps.empty() || !tally.acts.empty()) return out;
  std::vector<std::string> head{"Offered per second", "offered", "answered"};
  add_latency_heads(head);
  std::vector<std::vector<std::string>> rows;
  for (std::size_t index = 0; index < tally.steps.size(); ++index) {
    const StepTally& step = tally.steps[index];
    std::vector<std::string> cells{whole(report.options.rates[index]), with_separators(step.offered), with_separators(step.answered)};
    add_latencies(cells, step.latency);
    rows.push_back(std::move(cells));
  }
  return out + html_table(head, rows, true);
}

}  // namespace

std::string html_of(const RunReport& report, const std::string& machine, const std::string& when) {
  std::string body = tiles(report) + "<div class=\"charts\">\n";
  for (const Chart& chart : charts_of(report)) body += chart.svg();
  body += "</div>\n" + requests_table(report) + open_loop_part(report) + situation_part(report) + verdict_part(report) + conditions(report, machine);
  return page_with(report, when, body, report.options.is_open_loop() ? "the intended sending of a request to its whole answer" : "sending a request to its whole answer");
}

client::Outcome<void> write_html(const RunReport& report) {
  return write_page(report.options.html, html_of(report, machine_text(), time_text()));
}

}  // namespace earmark::loadtest
