#include "loadtest/run.hpp"

#include "loadtest/benchmark_catalogue.hpp"
#include "loadtest/load.hpp"
#include "loadtest/popular_stock.hpp"

namespace earmark::loadtest {
namespace {

using client::Outcome;

bool is_local(const std::string& host) { return host.starts_with("127.") || host == "localhost" || host == "::1"; }

std::optional<int> find_server(const Options& options) {
  if (options.server_pid) return options.server_pid;
  if (!is_local(options.server.host)) return std::nullopt;
  return listening_process(static_cast<std::uint16_t>(std::stoi(options.server.port)));
}

}  // namespace

std::atomic<bool> interrupted{false};

Outcome<RunReport> run(const Options& options) {
  return run_phases(options, [](Load& load, RunReport& report) { return load.drive(report); });
}

Outcome<RunReport> run_phases(const Options& options, const std::function<Outcome<void>(Load&, RunReport&)>& drive) {
  RunReport report;
  report.options = options;
  client::ConnectOptions how;
  how.server = options.server;
  how.client_name = program_name();
  auto client = client::Client::connect(how);
  if (!client) return Unexpected{client.error()};
  report.server = client->connection().hello().server;
  report.server_pid = find_server(options);
  const auto catalogue = prepare_catalogue(*client, options);
  if (!catalogue) return Unexpected{catalogue.error()};
  report.loaded_now = catalogue->loaded_now();
  if (options.situation != Situation::none) {
    if (auto done = prepare_popular_stock(*client, *catalogue, options); !done) return Unexpected{done.error()};
  }

  Load load(options, *catalogue);
  if (auto done = load.connect(); !done) return Unexpected{done.error()};
  StockSnapshot before;
  if (options.verdict) {
    auto snapshot = read_stock(*client, *catalogue);
    if (!snapshot) return Unexpected{snapshot.error()};
    before = std::move(*snapshot);
  }
  if (auto done = drive(load, report); !done) return Unexpected{done.error()};
  if (!options.verdict) return report;
  const auto after = read_stock(*client, *catalogue);
  if (!after) return Unexpected{after.error()};
  const std::uint64_t judging = monotonic_ns();
  report.verdict = load.judge(how, report.delivery, before, *after);
  report.verdict_seconds = static_cast<double>(monotonic_ns() - judging) / 1e9;
  return report;
}

int exit_status(const RunReport& report) noexcept {
  if (!report.verdict) return exit_ok;
  return report.verdict->passed() ? exit_ok : exit_failed;
}

}  // namespace earmark::loadtest
