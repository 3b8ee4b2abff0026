#include "loadtest/verdict_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "client/client.hpp"
#include "client/describe.hpp"
#include "client/table.hpp"
#include "loadtest/own_server.hpp"
#include "loadtest/report.hpp"

namespace earmark::loadtest {
namespace {

using client::Outcome;
using client::with_separators;

constexpr std::array<std::uint32_t, 3> io_threads = {1, 2, 4};
constexpr std::size_t most_repeats = 5;

// A counter of another name would look like one that never moved.
Outcome<void> read_counter(const schema::StatsAnswer& stats, std::string_view name, std::uint64_t& value) {
  const auto found = std::find(stats.names.begin(), stats.names.end(), name);
  if (found == stats.names.end() || stats.values.size() != stats.names.size()) {
    return client::refused(fmt::format("the server has no counter {}; its version and this program's do not fit", name));
  }
  value = stats.values[static_cast<std::size_t>(found - stats.names.begin())];
  return {};
}

Outcome<void> read_counters(const client::Address& server, VerdictRun& run) {
  client::ConnectOptions how;
  how.server = server;
  how.client_name = program_name();
  auto client = client::Client::connect(how);
  if (!client) return Unexpected{client.error()};
  const auto stats = client->ask_for<schema::StatsAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
    client->connection().encoder().stats(client->connection().out(), correlation);
    return {};
  });
  if (!stats) return Unexpected{stats.error()};
  const std::array<std::pair<std::string_view, std::uint64_t*>, 4> wanted = {
      {{"orders_short", &run.shorts}, {"fills", &run.fills}, {"helps", &run.helps}, {"commits_lost", &run.lost_commits}}};
  for (const auto& [name, value] : wanted) {
    if (auto done = read_counter(*stats, name, *value); !done) return done;
  }
  return {};
}

Outcome<VerdictRun> run_one(Options options, std::uint32_t threads) {
  auto server = OwnServer::start({"--io-threads", std::to_string(threads), "--max-skus", std::to_string(options.shape.skus), "--max-warehouses",
                                  std::to_string(options.shape.warehouses)});
  if (!server) return Unexpected{server.error()};
  options.server = server->address();
  options.server_pid = server->pid();
  auto report = run(options);
  if (!report) return Unexpected{report.error()};
  VerdictRun one;
  one.io_threads = threads;
  one.report = std::move(*report);
  one.word = one.report.verdict->word();
  if (auto done = read_counters(server->address(), one); !done) return Unexpected{done.error()};
  one.clean_stop = server->stop();
  return one;
}

struct Sums {
  std::uint64_t helps = 0, lost_commits = 0;
};
Sums sums_of_many_threads(std::span<const VerdictRun> runs) noexcept {
  Sums sums;
  for (const VerdictRun& run : runs) {
    if (run.io_threads < 2) continue;
    sums.helps += run.helps;
    sums.lost_commits += run.lost_commits;
  }
  return sums;
}

}  // namespace

std::string_view word_of(std::span<const VerdictRun> runs) noexcept {
  if (std::any_of(runs.begin(), runs.end(), [](const VerdictRun& run) { return run.word == "failed" || !run.clean_stop; })) return "failed";
  const Sums sums = sums_of_many_threads(runs);
  const bool each = std::all_of(runs.begin(), runs.end(), [](const VerdictRun& run) { return run.word == "passed" && run.shorts != 0 && run.fills != 0; });
  return !runs.empty() && each && sums.helps != 0 && sums.lost_commits != 0 ? "passed" : "vacuous";
}

Outcome<std::vector<VerdictRun>> run_verdict(const Options& options) {
  std::vector<VerdictRun> runs;
  for (std::size_t number = 0; number < io_threads.size() + most_repeats; ++number) {
    if (number >= io_threads.size() && word_of(runs) != "vacuous") break;
    if (interrupted.load(std::memory_order_relaxed)) return client::refused("interrupted; no verdict");
    auto one = run_one(options, number < io_threads.size() ? io_threads[number] : io_threads.back());
    if (!one) return Unexpected{one.error()};
    runs.push_back(std::move(*one));
  }
  return runs;
}

std::string table_of(std::span<const VerdictRun> runs) {
  using client::Align;
  client::Table table({{"I/O threads", Align::right}, {"decisions", Align::right}, {"lines short", Align::right}, {"shorts", Align::right},
                       {"fills", Align::right}, {"helps", Align::right}, {"lost commits", Align::right}, {"verdict"}});
  std::string examples;
  for (const VerdictRun& run : runs) {
    table.add({std::to_string(run.io_threads), with_separators(run.report.verdict->decisions),
               fmt::format("{:.1f} %", 100 * share(run.report.tally.short_lines, run.report.tally.lines)), with_separators(run.shorts),
               with_separators(run.fills), with_separators(run.helps), with_separators(run.lost_commits),
               std::string(run.clean_stop ? run.word : "the server did not end cleanly")});
    for (const std::string& example : run.report.verdict->examples) examples += "         " + example + "\n";
  }
  const Sums sums = sums_of_many_threads(runs);
  std::string text = runs.empty() ? std::string() : case_line(runs.front().report) + "\n\n";
  text += table.text() + fmt::format("\nverdict  {}: shorts and fills in each run wanted, {} and {} with 2 and 4 I/O threads\n", word_of(runs),
                                     client::counted(sums.helps, "help"), client::counted(sums.lost_commits, "lost commit"));
  return text + examples;
}

std::string json_of(std::span<const VerdictRun> runs) {
  nlohmann::json list = nlohmann::json::array();
  for (const VerdictRun& run : runs) {
    list.push_back({{"io_threads", run.io_threads},
                    {"shorts", run.shorts},
                    {"fills", run.fills},
                    {"helps", run.helps},
                    {"lost_commits", run.lost_commits},
                    {"clean_stop", run.clean_stop},
                    {"run", nlohmann::json::parse(json_of(run.report))}});
  }
  return nlohmann::json{{"program", program_name()}, {"verdict", word_of(runs)}, {"runs", list}}.dump();
}

int exit_status(std::span<const VerdictRun> runs) noexcept { return word_of(runs) == "passed" ? exit_ok : exit_failed; }

}  // namespace earmark::loadtest
