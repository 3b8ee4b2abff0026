#include "loadtest/report.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "client/describe.hpp"
#include "client/table.hpp"

namespace earmark::loadtest {
namespace {

using client::with_separators;
using nlohmann::json;

constexpr std::array<std::pair<const char*, double>, 4> quantiles = {{{"p50", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}, {"p99.99", 0.9999}}};

double microseconds(std::uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1000; }

double share(std::uint64_t part, std::uint64_t whole) { return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole); }

double other_cores(const RunReport& report) { return std::max(0.0, report.cores.machine - report.cores.server - report.cores.client); }

std::string case_line(const Options& options) {
  const WorkloadShape& shape = options.shape;
  std::string what = "orders";
  if (options.operation == Operation::check) what = fmt::format("stock checks of {} SKUs", options.check_skus);
  if (options.operation == Operation::mixed) {
    what = fmt::format("requests ({:.0f} % stock checks of {} SKUs)", options.check_share * 100, options.check_skus);
  }
  return fmt::format("{} x {} {}, closed loop{}, {}, {} x {}, {} of 1-{} units, {}\n",
                     client::counted(options.connections, "connection"), options.pipeline, what,
                     options.waves ? " in waves" : "", name(shape.distribution), client::counted(shape.skus, "SKU"),
                     client::counted(shape.warehouses, "warehouse"), client::counted(shape.lines, "line"), shape.quantity_max,
                     client::counted(options.threads, "thread"));
}

void add_row(client::Table& table, const RunReport& report, const char* what, const engine::Histogram& latency) {
  if (latency.count() == 0) return;
  const auto rate = static_cast<std::uint64_t>(report.per_second(latency.count()));
  std::vector<std::string> cells = {what, with_separators(rate), with_separators(latency.count())};
  for (const auto& [_, place] : quantiles) cells.push_back(fmt::format("{:.0f}", microseconds(latency.quantile(place))));
  cells.push_back(fmt::format("{:.0f}", microseconds(latency.max())));
  table.add(std::move(cells));
}

std::string latency_table(const RunReport& report) {
  using client::Align;
  client::Table table({
      {""},
      {"per second", Align::right},
      {"answered", Align::right},
      {"p50 us", Align::right},
      {"p99", Align::right},
      {"p99.9", Align::right},
      {"p99.99", Align::right},
      {"max", Align::right},
  });
  add_row(table, report, "orders", report.tally.order_latency);
  add_row(table, report, "checks", report.tally.check_latency);
  return table.empty() ? "nothing was answered\n" : table.text();
}

std::string status_line(const Tally& tally) {
  if (tally.order_latency.count() == 0) return {};
  std::string line = "orders";
  for (std::size_t index = 0; index < tally.statuses.size(); ++index) {
    if (tally.statuses[index] == 0) continue;
    line += fmt::format("  {} {:.1f} %", engine::name(static_cast<engine::OrderStatus>(index)),
                        100 * share(tally.statuses[index], tally.order_latency.count()));
  }
  return line + fmt::format("; {:.1f} % of the lines short\n", 100 * share(tally.short_lines, tally.lines));
}

std::string error_line(const Tally& tally) {
  std::string line;
  for (const auto& [code, count] : tally.errors) line += fmt::format("  {} {}", engine::name(code), with_separators(count));
  return line.empty() ? line : "errors" + line + "\n";
}

std::string verdict_lines(const RunReport& report) {
  if (!report.verdict) return "verdict  none: --no-verdict\n";
  const Verdict& verdict = *report.verdict;
  std::string text;
  if (verdict.decisions != 0) {
    text += fmt::format("LSN      {} to {}\n", with_separators(verdict.first_lsn), with_separators(verdict.last_lsn));
  }
  text += fmt::format("verdict  {}: {}, {}, {} in {} and {} checked in {:.1f} s\n", verdict.word(),
                      client::counted(verdict.decisions, "decision"), client::counted(verdict.lines, "line"),
                      client::counted(verdict.takes, "take"), client::counted(verdict.cells, "cell"),
                      client::counted(verdict.observations, "observed cell"), report.verdict_seconds);
  if (verdict.foreign_lsns != 0) {
    text += fmt::format("         {} not from this run; {} after them could not be judged\n", client::counted(verdict.foreign_lsns, "LSN"),
                        client::counted(verdict.unexplained, "surprise"));
  }
  for (const std::string& example : verdict.examples) text += "         " + example + "\n";
  return text;
}

json latency_json(const RunReport& report, const engine::Histogram& latency) {
  json object = {{"answered", latency.count()},
                 {"per_second", report.per_second(latency.count())},
                 {"max_us", microseconds(latency.max())}};
  for (const auto& [label, place] : quantiles) object[std::string(label) + "_us"] = microseconds(latency.quantile(place));
  return object;
}

json case_json(const Options& options) {
  const WorkloadShape& shape = options.shape;
  json object = {
      {"server", options.server.text()},
      {"loop", options.waves ? "closed, waves" : "closed"},
      {"connections", options.connections},
      {"pipeline", options.pipeline},
      {"threads", options.threads},
      {"seconds", options.seconds},
      {"warmup_seconds", options.warmup_seconds},
      {"operation", name(options.operation)},
      {"distribution", name(shape.distribution)},
      {"skus", shape.skus},
      {"warehouses", shape.warehouses},
      {"lines", shape.lines},
      {"quantity_max", shape.quantity_max},
      {"seed", options.seed},
      {"id_prefix", options.id_prefix},
  };
  if (options.operation != Operation::order) object["check_skus"] = options.check_skus;
  if (options.operation == Operation::mixed) object["check_share"] = options.check_share;
  return object;
}

json verdict_json(const RunReport& report) {
  if (!report.verdict) return {{"result", "none"}};
  const Verdict& verdict = *report.verdict;
  json violations = json::object();
  for (std::size_t index = 0; index < violation_count; ++index) {
    if (verdict.violations[index] != 0) violations[std::string(name(static_cast<Violation>(index)))] = verdict.violations[index];
  }
  return {
      {"result", verdict.word()},
      {"decisions", verdict.decisions},
      {"lines", verdict.lines},
      {"takes", verdict.takes},
      {"cells", verdict.cells},
      {"observations", verdict.observations},
      {"foreign_lsns", verdict.foreign_lsns},
      {"unexplained", verdict.unexplained},
      {"violations", violations},
      {"examples", verdict.examples},
      {"seconds", report.verdict_seconds},
  };
}

}  // namespace

std::string table_of(const RunReport& report) {
  const Options& options = report.options;
  std::string text = case_line(options) + "\n" + latency_table(report) + "\n" + status_line(report.tally) + error_line(report.tally);
  const std::string server = report.server_pid ? fmt::format("{:.2f}", report.cores.server) : "(unknown)";
  text += fmt::format("cores    server {}, client {:.2f}, others {:.2f}\n", server, report.cores.client, other_cores(report));
  text += fmt::format("run      {:.1f} s after {:.1f} s of warm-up, seed {}, orders {}-*, {}\n", report.measured_seconds,
                      options.warmup_seconds, options.seed, options.id_prefix,
                      report.loaded_now ? "catalogue loaded for this run" : "catalogue and stock as they were there");
  if (report.history_full) text += "         ended early: half of the free memory is full of history; --no-verdict runs on\n";
  return text + verdict_lines(report);
}

std::string json_of(const RunReport& report) {
  json statuses = json::object(), errors = json::object();
  for (std::size_t index = 0; index < report.tally.statuses.size(); ++index) {
    statuses[std::string(engine::name(static_cast<engine::OrderStatus>(index)))] = report.tally.statuses[index];
  }
  for (const auto& [code, count] : report.tally.errors) errors[std::string(engine::name(code))] = count;
  json object = {
      {"program", program_name()},
      {"server_version", report.server},
      {"case", case_json(report.options)},
      {"catalogue_loaded", report.loaded_now},
      {"measured_seconds", report.measured_seconds},
      {"history_full", report.history_full},
      {"operations_per_second", report.per_second(report.requests())},
      {"statuses", statuses},
      {"lines", report.tally.lines},
      {"short_lines", report.tally.short_lines},
      {"short_line_share", share(report.tally.short_lines, report.tally.lines)},
      {"errors", errors},
      {"sent", report.delivery.sent},
      {"answered", report.delivery.answered},
      {"verdict", verdict_json(report)},
  };
  const json server_cores = report.server_pid ? json(report.cores.server) : json();
  object["cores"] = {{"server", server_cores}, {"client", report.cores.client}, {"others", other_cores(report)}};
  if (report.tally.order_latency.count() != 0) object["orders"] = latency_json(report, report.tally.order_latency);
  if (report.tally.check_latency.count() != 0) object["checks"] = latency_json(report, report.tally.check_latency);
  if (report.verdict && report.verdict->decisions != 0) {
    object["lsn"] = {{"first", report.verdict->first_lsn}, {"last", report.verdict->last_lsn}};
  }
  return object.dump();
}

}  // namespace earmark::loadtest
