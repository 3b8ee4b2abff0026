#include "loadtest/html_parts.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>

#include <chrono>
#include <cmath>
#include <fstream>

#include "client/charts/style.hpp"
#include "client/describe.hpp"
#include "loadtest/html_charts.hpp"
#include "loadtest/report.hpp"

namespace earmark::loadtest {

using client::with_separators;

std::string whole(double number) { return with_separators(static_cast<std::uint64_t>(number + 0.5)); }

std::string latency_text(std::uint64_t nanoseconds) {
  const double micros = microseconds(nanoseconds);
  return microseconds_label(micros >= 100'000 ? std::round(micros / 1'000) * 1'000 : micros >= 1'000 ? std::round(micros / 10) * 10 : std::round(micros));
}

std::string html_table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows, bool numbers) {
  std::string out = "<div class=\"card\"><table>";
  const auto row = [&](const std::vector<std::string>& cells, const char* tag) {
    out += "<tr>";
    for (std::size_t index = 0; index < cells.size(); ++index) {
      out += fmt::format("<{0}{1}>{2}</{0}>", tag, numbers && index != 0 ? " class=\"number\"" : "", escape_html(cells[index]));
    }
    out += "</tr>\n";
  };
  if (!head.empty()) row(head, "th");
  for (const auto& cells : rows) row(cells, "td");
  return out + "</table></div>\n";
}

std::string html_tile(const std::string& value, std::string_view label) {
  return fmt::format("<div class=\"tile\"><b>{}</b><span>{}</span></div>\n", escape_html(value), label);
}

std::string verdict_part(const RunReport& report) {
  if (!report.verdict) return "<h2>Verdict</h2>\n<p>None: the run was asked not to judge (--no-verdict).</p>\n";
  const Verdict& verdict = *report.verdict;
  std::string out = "<h2>Verdict</h2>\n<div class=\"card\"><table class=\"rules\">";
  for (std::size_t index = 0; index < rule_count; ++index) {
    const std::uint64_t broken = verdict.broken(static_cast<Rule>(index));
    out += fmt::format("<tr><td>{}</td><td class=\"{}\">{}</td></tr>\n", name(static_cast<Rule>(index)), broken == 0 ? "yes" : "no",
                       broken == 0 ? "yes" : "broken " + client::counted(broken, "time"));
  }
  out += "</table></div>\n";
  std::vector<std::string> checked{"decisions", "order lines", "takes", "cells", "observed cells", "fills", "receipts", "cancels", "shipments", "views", "repeats", "holds"};
  std::vector<std::string> counts;
  for (const std::uint64_t count : {verdict.decisions, verdict.lines, verdict.takes, verdict.cells, verdict.observations, verdict.fills, verdict.receipts,
                                    verdict.cancels, verdict.shipments, verdict.views, verdict.repeats, verdict.holds}) {
    counts.push_back(with_separators(count));
  }
  out += fmt::format("<p style=\"margin-top:10px\">Checked, from what the clients saw, in {:.2f} s:</p>\n", report.verdict_seconds) + html_table(checked, {counts}, false);
  for (const std::string& example : verdict.examples) out += "<p class=\"no\">" + escape_html(example) + "</p>\n";
  return out;
}

std::string conditions(const RunReport& report, const std::string& machine) {
  const Options& options = report.options;
  std::vector<std::vector<std::string>> rows = {
      {"Load", case_line(report)},
      {"Mix", describe(options.mix)},
      {"Stock", fmt::format("{} units of each cell that has any; a short share of {:g} asked for; {}", with_separators(options.stock), options.short_share,
                            report.loaded_now ? "catalogue loaded for this run" : "catalogue and stock as they were there")},
      {"Measured", fmt::format("{:.2f} s after {:g} s of warm-up{}", report.measured_seconds, options.warmup_seconds,
                               report.interrupted ? "; interrupted" : report.history_full ? "; ended early, memory full of history" : "")},
      {"Cores busy", fmt::format("server {}, load tester {:.2f}, others {:.2f} of {}", report.server_pid ? fmt::format("{:.2f}", report.cores.server) : "unknown",
                                 report.cores.client, report.other_cores(), machine_cores())},
      {"Server", report.server + " at " + options.server.text()},
      {"Machine", machine},
      {"Repeat with", fmt::format("--seed {}; the orders are {}-*", options.seed, options.id_prefix)},
  };
  if (options.replay) rows.insert(rows.begin() + 1, {"Replay", replay_text(options.replay)});
  return "<h2>Conditions</h2>\n" + html_table({}, rows, false);
}

std::string machine_text() {
  std::ifstream file("/proc/cpuinfo");
  std::string line, model = "unknown processor";
  while (std::getline(file, line)) {
    if (!line.starts_with("model name")) continue;
    model = line.substr(std::min(line.size(), line.find(':') + 2));
    break;
  }
  utsname system{};
  ::uname(&system);
  return fmt::format("{}, {}, Linux {}", model, client::counted(machine_cores(), "core"), system.release);
}

std::string time_text() {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
}

std::string page_with(const RunReport& report, const std::string& when, const std::string& body, std::string_view latencies_from) {
  const std::string_view word = report.verdict ? report.verdict->word() : "none";
  std::string out = "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>earmark-load</title>\n<style>";
  out += client::charts::page_style;
  out += fmt::format("</style>\n</head>\n<body>\n<main>\n<h1>Load test <span class=\"badge {0}\">verdict: {0}</span></h1>\n<p>{1}</p>\n<p>{2}</p>\n", word,
                     escape_html(case_line(report)), escape_html(when));
  return out + body + fmt::format("<footer>{}. All latencies are as a client sees them, from {}.</footer>\n</main>\n</body>\n</html>\n", program_name(), latencies_from);
}

client::Outcome<void> write_page(const std::string& path, const std::string& page) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << page;
  file.close();
  if (!file) return client::usage("cannot write " + path + "; name another file with --html");
  return {};
}

}  // namespace earmark::loadtest
