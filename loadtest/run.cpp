#include "loadtest/run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <thread>
#include <vector>

#include "client/describe.hpp"
#include "client/progress.hpp"
#include "loadtest/benchmark_catalogue.hpp"
#include "loadtest/load_thread.hpp"

namespace earmark::loadtest {
namespace {

using client::Outcome;

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t drain_seconds = 10;
// Of one recorded movement, with its share of what judging needs.
constexpr std::uint64_t bytes_per_movement = sizeof(Movement) + 16;
constexpr std::uint64_t most_reserved_bytes = 1ULL << 30;

std::uint64_t nanoseconds(double seconds) { return static_cast<std::uint64_t>(seconds * static_cast<double>(second_ns)); }

double seconds_between(std::uint64_t from, std::uint64_t to) {
  return static_cast<double>(to - from) / static_cast<double>(second_ns);
}

bool is_local(const std::string& host) { return host.starts_with("127.") || host == "localhost" || host == "::1"; }

std::optional<int> find_server(const Options& options) {
  if (options.server_pid) return options.server_pid;
  if (!is_local(options.server.host)) return std::nullopt;
  return listening_process(static_cast<std::uint16_t>(std::stoi(options.server.port)));
}

class Load {
 public:
  Load(const Options& options, const BenchmarkCatalogue& catalogue) : options_(options) {
    const std::uint64_t limit = available_memory() / 2 / bytes_per_movement / options.threads;
    for (std::uint32_t number = 0; number < options.threads; ++number) {
      threads_.emplace_back(options, catalogue, number, limit);
    }
    if (options.verdict) reserve(std::min(limit, expected_movements()));
  }

  Outcome<void> connect() {
    for (std::uint32_t number = 0; number < options_.threads; ++number) {
      const std::uint32_t one_more = number < options_.connections % options_.threads ? 1 : 0;
      const std::uint32_t share = options_.connections / options_.threads + one_more;
      if (auto done = threads_[number].connect(share); !done) return done;
    }
    return {};
  }

  Outcome<void> drive(RunReport& report) {
    RunTimes times;
    const std::uint64_t start = monotonic_ns();
    times.measure_from = start + nanoseconds(options_.warmup_seconds);
    const std::uint64_t planned_end = times.measure_from + nanoseconds(options_.seconds);
    times.end = planned_end;
    times.give_up = planned_end + drain_seconds * second_ns;
    std::deque<std::thread> running;
    for (LoadThread& thread : threads_) running.emplace_back([&] { thread.run(times); });
    watch("warming up", times.measure_from, times);
    const CpuReading before = CpuReading::take(report.server_pid);
    const std::uint64_t measured_from = monotonic_ns();
    watch("measuring", planned_end, times);
    const CpuReading after = CpuReading::take(report.server_pid);
    const double watched = seconds_between(measured_from, monotonic_ns());
    for (std::thread& thread : running) thread.join();
    if (isatty(STDERR_FILENO) == 1) std::fputs("\r\x1b[K", stderr);

    report.cores = {(after.server - before.server) / watched, (after.client - before.client) / watched,
                    (after.machine - before.machine) / watched};
    report.history_full = times.end < planned_end;
    if (times.end > times.measure_from) report.measured_seconds = seconds_between(times.measure_from, times.end);
    for (LoadThread& thread : threads_) {
      if (!thread.fault().empty()) return client::unreachable(thread.fault());
      report.tally.add(thread.tally());
      report.delivery.add(thread.delivery());
    }
    return {};
  }

  Verdict judge(const Delivery& delivery, const StockSnapshot& before, const StockSnapshot& after) {
    std::vector<const History*> histories;
    for (LoadThread& thread : threads_) histories.push_back(&thread.history());
    return check(histories, delivery, before, after);
  }

 private:
  // Memory that the machine has not used yet can take a second for each GiB: before the run, not in it.
  void reserve(std::uint64_t movements) {
    client::Progress progress("taking memory for the history, movements", movements * threads_.size());
    std::uint64_t done = 0;
    for (LoadThread& thread : threads_) {
      for (std::uint64_t part = 0; part < movements; part += History::page_elements, done += History::page_elements) {
        thread.history().reserve(std::min(movements, part + History::page_elements));
        progress.done(done);
      }
    }
  }

  // A guess that is too high costs a moment before the run, one that is too low a few page faults in it.
  std::uint64_t expected_movements() const {
    if (options_.operation == Operation::check) return 0;
    const double orders_per_second = std::min(3e6, 15e3 * options_.connections * options_.pipeline);
    const double movements = orders_per_second * (options_.seconds + options_.warmup_seconds) * options_.shape.lines;
    return std::min(static_cast<std::uint64_t>(movements), most_reserved_bytes / sizeof(Movement)) / options_.threads;
  }

  // Waits until then, with a line about it on a terminal. Returns early when the threads were told to end.
  void watch(const char* what, std::uint64_t until, const RunTimes& times) {
    const bool visible = isatty(STDERR_FILENO) == 1;
    constexpr std::uint64_t pause = second_ns / 4;
    std::uint64_t seen = answered();
    for (std::uint64_t now = monotonic_ns(), last = now; now < until && now < times.end; last = now) {
      std::this_thread::sleep_for(std::chrono::nanoseconds(std::min(pause, until - now)));
      now = monotonic_ns();
      const std::uint64_t count = answered();
      if (visible && now > last) {
        const double rate = static_cast<double>(count - seen) / seconds_between(last, now);
        const double left = until > now ? seconds_between(now, until) : 0;
        fmt::print(stderr, "\r\x1b[K{}: {} answers, {}/s, {:.1f} s left", what, client::with_separators(count),
                   client::with_separators(static_cast<std::uint64_t>(rate)), left);
        std::fflush(stderr);
      }
      seen = count;
    }
  }
  std::uint64_t answered() const {
    std::uint64_t sum = 0;
    for (const LoadThread& thread : threads_) sum += thread.progress();
    return sum;
  }

  const Options& options_;
  std::deque<LoadThread> threads_;
};

}  // namespace

Outcome<RunReport> run(const Options& options) {
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

  Load load(options, *catalogue);
  if (auto done = load.connect(); !done) return Unexpected{done.error()};
  StockSnapshot before;
  if (options.verdict) {
    auto snapshot = read_stock(*client, *catalogue);
    if (!snapshot) return Unexpected{snapshot.error()};
    before = std::move(*snapshot);
  }
  if (auto done = load.drive(report); !done) return Unexpected{done.error()};
  if (!options.verdict) return report;
  const auto after = read_stock(*client, *catalogue);
  if (!after) return Unexpected{after.error()};
  const std::uint64_t judging = monotonic_ns();
  report.verdict = load.judge(report.delivery, before, *after);
  report.verdict_seconds = seconds_between(judging, monotonic_ns());
  return report;
}

int exit_status(const RunReport& report) noexcept {
  if (!report.verdict) return exit_ok;
  return report.verdict->passed() ? exit_ok : exit_failed;
}

}  // namespace earmark::loadtest
