#include "loadtest/report.hpp"

#include <fmt/format.h>

#include "client/describe.hpp"
#include "client/table.hpp"
#include "loadtest/situation_report.hpp"

namespace earmark::loadtest {
namespace {

using client::with_separators;

std::uint64_t whole(double number) { return static_cast<std::uint64_t>(number + 0.5); }

std::vector<std::string> latency_cells(const engine::Histogram& latency) {
  std::vector<std::string> cells;
  for (const auto& [_, place] : quantiles) cells.push_back(fmt::format("{:.0f}", microseconds(latency.quantile(place))));
  cells.push_back(fmt::format("{:.0f}", microseconds(latency.max())));
  return cells;
}

void add_row(client::Table& table, std::vector<std::string> cells, const engine::Histogram& latency) {
  for (std::string& cell : latency_cells(latency)) cells.push_back(std::move(cell));
  table.add(std::move(cells));
}

client::Table table_with(std::vector<client::Column> columns) {
  for (const auto& [label, place] : quantiles) columns.push_back({place == 0.5 ? "p50 us" : label, client::Align::right});
  columns.push_back({"max", client::Align::right});
  return client::Table(std::move(columns));
}

std::string latency_table(const RunReport& report) {
  client::Table table = table_with({{""}, {"per second", client::Align::right}, {"answered", client::Align::right}});
  for (std::size_t index = 0; index < request_kinds; ++index) {
    const auto kind = static_cast<RequestKind>(index);
    const std::uint64_t answered = report.tally.answered[index];
    if (report.tally.of(kind).count() == 0) continue;
    add_row(table, {std::string(plural(kind)), with_separators(static_cast<std::uint64_t>(report.per_second(answered))), with_separators(answered)},
            report.tally.of(kind));
  }
  return table.empty() ? "nothing was answered\n" : table.text();
}

std::string open_loop_lines(const RunReport& report) {
  const Tally& tally = report.tally;
  if (!report.options.is_open_loop()) return {};
  std::string text = fmt::format(
      "offered  {} ({}/s); at the end {} still in the client, {} sent but not answered\n"
      "waited   in the client before sending: p50 {:.0f} us, p99 {:.0f}, max {:.0f}; it is part of the latency\n",
      client::counted(tally.offered, "request"), with_separators(whole(report.per_second(tally.offered))), with_separators(tally.unsent),
      with_separators(tally.unanswered), microseconds(tally.waited.quantile(0.5)), microseconds(tally.waited.quantile(0.99)),
      microseconds(tally.waited.max()));
  if (report.options.replay) text += "replay   " + replay_text(report.options.replay) + "\n";
  if (tally.steps.empty() || !tally.acts.empty()) return text;
  client::Table table = table_with({{"rate", client::Align::right}, {"offered", client::Align::right}, {"answered", client::Align::right}});
  for (std::size_t index = 0; index < tally.steps.size(); ++index) {
    const StepTally& step = tally.steps[index];
    add_row(table, {with_separators(whole(report.options.rates[index])), with_separators(step.offered), with_separators(step.answered)}, step.latency);
  }
  return text + "\n" + table.text();
}

std::string status_line(const Tally& tally) {
  std::uint64_t decided = 0;
  for (const std::uint64_t count : tally.statuses) decided += count;
  if (decided == 0) return {};
  std::string line = "orders";
  for (std::size_t index = 0; index < tally.statuses.size(); ++index) {
    if (tally.statuses[index] == 0) continue;
    line += fmt::format("  {} {:.1f} %", engine::name(static_cast<engine::OrderStatus>(index)), 100 * share(tally.statuses[index], decided));
  }
  line += fmt::format("; {:.1f} % of the lines short\n", 100 * share(tally.short_lines, tally.lines));
  if (tally.fills != 0) {
    line += fmt::format("fills    {} of waiting lines, {}\n", with_separators(tally.fills), client::counted(tally.filled_units, "unit"));
  }
  return line;
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
  text += "verdict  " + verdict_summary(report) + "\n";
  std::string rules;
  for (std::size_t index = 0; index < rule_count; ++index) {
    const auto rule = static_cast<Rule>(index);
    const std::uint64_t broken = verdict.broken(rule);
    rules += fmt::format("{}{}: {}", index == 0 ? "" : "; ", name(rule), broken == 0 ? "yes" : "broken " + client::counted(broken, "time"));
  }
  if (!verdict.vacuous() || verdict.failed()) text += "         " + rules + "\n";
  if (verdict.foreign_lsns != 0) {
    text += fmt::format("         {} not from this run; {} after them could not be judged\n", client::counted(verdict.foreign_lsns, "LSN"),
                        client::counted(verdict.unexplained, "surprise"));
  }
  for (const std::string& example : verdict.examples) text += "         " + example + "\n";
  return text;
}

}  // namespace

std::string loop_name(const Options& options) {
  if (options.replay) return "open, replay";
  if (options.sweep) return fmt::format("sweep, {}", name(options.arrivals));
  if (options.is_open_loop()) return fmt::format("open, {}", name(options.arrivals));
  return options.waves ? "closed, waves" : "closed";
}

std::string case_line(const RunReport& report) {
  const Options& options = report.options;
  const WorkloadShape& shape = options.shape;
  std::string what = "orders";
  if (options.operation == Operation::check) what = fmt::format("stock checks of {} SKUs", options.check_skus);
  if (options.operation == Operation::mixed) {
    what = fmt::format("requests ({:.0f} % stock checks of {} SKUs)", options.check_share * 100, options.check_skus);
  }
  if (options.operation == Operation::mix) what = fmt::format("requests ({})", describe(options.mix));
  std::string loop = options.waves ? "closed loop in waves" : "closed loop";
  if (options.sweep) {
    loop = fmt::format("open loop at rising rates ({})", name(options.arrivals));
  } else if (options.replay) {
    loop = "open loop at the times of a file, " + speed_text(options.replay.compress);
  } else if (options.is_open_loop()) {
    loop = fmt::format("open loop at {}", with_separators(whole(options.rates.front())));
    for (std::size_t index = 1; index < options.rates.size(); ++index) loop += ", " + with_separators(whole(options.rates[index]));
    loop += fmt::format(" a second ({})", name(options.arrivals));
  }
  if (options.replay) {
    return fmt::format("{} x {} {}, {}, {} x {}, {}", client::counted(options.connections, "connection"), options.pipeline, what, loop,
                       client::counted(shape.skus, "SKU"), client::counted(shape.warehouses, "warehouse"), client::counted(options.threads, "thread"));
  }
  const std::string lines = shape.has_fixed_lines() ? fmt::format("{} of 1-{} units", client::counted(shape.lines, "line"), shape.quantity_max)
                                                    : std::string("lines and units as of a real shop");
  return fmt::format("{} x {} {}, {}, {}, {} x {}, {}, {}", client::counted(options.connections, "connection"), options.pipeline, what, loop,
                     name(shape.distribution), client::counted(shape.skus, "SKU"), client::counted(shape.warehouses, "warehouse"), lines,
                     client::counted(options.threads, "thread"));
}

std::string verdict_summary(const RunReport& report) {
  const Verdict& verdict = *report.verdict;
  std::string text = fmt::format("{}: {}, {}, {} in {} and {} checked in {:.1f} s", verdict.word(),
                                 client::counted(verdict.decisions, "decision"), client::counted(verdict.lines, "line"),
                                 client::counted(verdict.takes, "take"), client::counted(verdict.cells, "cell"),
                                 client::counted(verdict.observations, "observed cell"), report.verdict_seconds);
  if (report.verdict_seconds >= 0.05) {
    text += fmt::format(" ({} decisions/s)", with_separators(whole(static_cast<double>(verdict.decisions) / report.verdict_seconds)));
  }
  if (verdict.holds != 0) text += fmt::format("\n         with {}, of which {} ended", client::counted(verdict.holds, "hold"), with_separators(verdict.holds_ended));
  const std::uint64_t others = verdict.fills + verdict.receipts + verdict.cancels + verdict.shipments + verdict.views + verdict.repeats;
  if (others == 0) return text;
  return text + fmt::format("\n         with {}, {}, {}, {}, {} and {}", client::counted(verdict.fills, "fill"),
                            client::counted(verdict.receipts, "receipt"), client::counted(verdict.cancels, "cancel"),
                            client::counted(verdict.shipments, "shipment"), client::counted(verdict.views, "view"),
                            client::counted(verdict.repeats, "repeated command"));
}

std::string table_of(const RunReport& report) {
  return case_line(report) + "\n\n" + latency_table(report) + "\n" + open_loop_lines(report) + situation_lines(report) + closing_lines(report);
}

std::string closing_lines(const RunReport& report) {
  const Options& options = report.options;
  std::string text = status_line(report.tally) + error_line(report.tally);
  const std::string server = report.server_pid ? fmt::format("{:.2f}", report.cores.server) : "(unknown)";
  text += fmt::format("cores    server {}, client {:.2f}, others {:.2f} of {}\n", server, report.cores.client, report.other_cores(), machine_cores());
  text += fmt::format("run      {:.1f} s after {:.1f} s of warm-up, seed {}, orders {}-*, {}\n", report.measured_seconds,
                      options.warmup_seconds, options.seed, options.id_prefix,
                      report.loaded_now ? "catalogue loaded for this run" : "catalogue and stock as they were there");
  if (report.history_full) text += "         ended early: half of the free memory is full of history; --no-verdict runs on\n";
  if (report.interrupted) text += "         ended early: interrupted\n";
  return text + verdict_lines(report);
}

}  // namespace earmark::loadtest
