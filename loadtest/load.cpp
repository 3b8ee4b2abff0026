#include "loadtest/load.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "client/describe.hpp"
#include "client/progress.hpp"
#include "loadtest/bookkeeping.hpp"

namespace earmark::loadtest {
namespace {

using client::Outcome;

constexpr std::uint64_t second_ns = 1'000'000'000;
// Of one recorded movement, with its share of what judging needs.
constexpr std::uint64_t bytes_per_movement = sizeof(Movement) + 16, bytes_per_movement_of_mixes = 2 * sizeof(Movement);
constexpr std::uint64_t most_reserved_bytes = 1ULL << 30;
constexpr double mean_retail_lines = 26;
constexpr std::uint64_t first_slice_ns = second_ns / 10;
constexpr std::size_t most_slices = 240;
constexpr std::size_t most_readings = 480;

std::uint64_t nanoseconds(double seconds) { return static_cast<std::uint64_t>(seconds * static_cast<double>(second_ns)); }

double seconds_between(std::uint64_t from, std::uint64_t to) {
  return to <= from ? 0 : static_cast<double>(to - from) / static_cast<double>(second_ns);
}

bool is_orders_and_checks(const Mix& mix) { return mix.share_of(RequestKind::order) + mix.share_of(RequestKind::check) > 0.999'999; }

// Every second one, so that the others are twice as far apart; the last one stays.
void thin(std::vector<CpuReading>& readings) {
  for (std::size_t index = 1; 2 * index < readings.size(); ++index) readings[index] = readings[2 * index];
  readings.resize((readings.size() + 1) / 2);
}

}  // namespace

Load::Load(const Options& options, const BenchmarkCatalogue& catalogue) : options_(options), visible_(isatty(STDERR_FILENO) == 1) {
  const std::uint64_t bytes = is_orders_and_checks(options.mix) ? bytes_per_movement : bytes_per_movement_of_mixes;
  const std::uint64_t limit = available_memory() / 2 / bytes / options.threads;
  for (std::uint32_t number = 0; number < options.threads; ++number) threads_.emplace_back(options, catalogue, number, limit);
  if (options.verdict) reserve(std::min(limit, expected_movements()));
}

Outcome<void> Load::connect() {
  for (std::uint32_t number = 0; number < options_.threads; ++number) {
    const std::uint32_t one_more = number < options_.connections % options_.threads ? 1 : 0;
    const std::uint32_t share = options_.connections / options_.threads + one_more;
    if (auto done = threads_[number].connect(share); !done) return done;
  }
  return {};
}

Outcome<void> Load::drive(RunReport& report) {
  return drive({"measuring", options_.warmup_seconds, options_.seconds, options_.rates, 0}, report);
}

Outcome<void> Load::drive(const LoadPhase& phase, RunReport& report) {
  RunTimes times;
  times.start = monotonic_ns();
  times.measure_from = times.start + nanoseconds(phase.warmup_seconds);
  const std::uint64_t planned_end = times.measure_from + nanoseconds(phase.seconds);
  times.end = planned_end;
  times.rates = phase.rates;
  times.grace_ns = nanoseconds(phase.grace_seconds);
  std::deque<std::thread> running;
  for (LoadThread& thread : threads_) {
    thread.begin_phase();
    if (!options_.html.empty() && !options_.sweep) thread.timeline().begin(times.measure_from, first_slice_ns, most_slices);
    if (visible_) thread.live().begin(times.start, second_ns, 0);
    running.emplace_back([&] { thread.run(times); });
  }
  watch("warming up", times.measure_from, times, report);
  report.cpu = {CpuReading::take(report.server_pid)};
  watch(phase.name.c_str(), planned_end, times, report);
  report.cpu.push_back(CpuReading::take(report.server_pid));
  for (std::thread& thread : running) thread.join();
  if (visible_) std::fputs("\r\x1b[K", stderr);

  std::uint64_t end = std::min(planned_end, times.end.load(std::memory_order_relaxed));
  if (options_.orders != 0) {
    end = times.measure_from;
    for (const LoadThread& thread : threads_) end = std::max(end, thread.last_answer_ns());
  }
  report.measured_seconds = seconds_between(times.measure_from, end);
  collect(report);
  for (const LoadThread& thread : threads_) {
    if (thread.fault().empty()) continue;
    return client::unreachable(fmt::format("{}; {} had come before, no verdict on them", thread.fault(),
                                           client::counted(report.delivery.answered, "answer")));
  }
  return {};
}

void Load::collect(RunReport& report) const {
  const CpuReading& before = report.cpu.front();
  const CpuReading& after = report.cpu.back();
  const double watched = std::max(1e-9, after.at - before.at);
  report.cores = {(after.server - before.server) / watched, (after.client - before.client) / watched,
                  (after.machine - before.machine) / watched, 0};
  report.delivery = {};  // of all phases so far
  for (const LoadThread& thread : threads_) {
    report.history_full |= thread.is_history_full();
    report.tally.add(thread.tally());
    report.delivery.add(thread.delivery());
    const Timeline& timeline = thread.timeline();
    if (!timeline.enabled()) continue;
    report.slice_seconds = static_cast<double>(timeline.slice_ns()) / static_cast<double>(second_ns);
    if (report.slices.size() < timeline.slices().size()) report.slices.resize(timeline.slices().size());
    for (std::size_t index = 0; index < timeline.slices().size(); ++index) report.slices[index].merge(timeline.slices()[index]);
  }
}

Verdict Load::judge(const client::ConnectOptions& server, const Delivery& delivery, const StockSnapshot& before, const StockSnapshot& after) {
  std::vector<const History*> histories;
  for (LoadThread& thread : threads_) histories.push_back(&thread.history());
  const auto bookkeeping = find_bookkeeping(server, missing_lsns(histories, before.first_lsn, after.last_lsn));
  return check(histories, delivery, before, after, bookkeeping);
}

// Memory that the machine has not used yet can take a second for each GiB: before the run, not in it.
void Load::reserve(std::uint64_t movements) {
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
std::uint64_t Load::expected_movements() const {
  const double share = options_.mix.share_of(RequestKind::order);
  const double lines = options_.shape.has_fixed_lines() ? options_.shape.lines : mean_retail_lines;
  double rate = std::min(3e6, 15e3 * options_.connections * options_.pipeline);
  if (!options_.rates.empty()) rate = std::min(rate, *std::max_element(options_.rates.begin(), options_.rates.end()));
  if (options_.replay) return options_.replay.orders->line_count() / options_.threads + 1;
  double orders = rate * (options_.seconds + options_.warmup_seconds) * share;
  if (options_.orders != 0) orders = std::min(orders, static_cast<double>(options_.orders));
  const double most = static_cast<double>(most_reserved_bytes / sizeof(Movement));
  return static_cast<std::uint64_t>(std::min(orders * lines, most)) / options_.threads;
}

bool Load::all_ended() const {
  return std::all_of(threads_.begin(), threads_.end(), [](const LoadThread& thread) { return thread.has_ended(); });
}

std::uint64_t Load::answered() const {
  std::uint64_t sum = 0;
  for (const LoadThread& thread : threads_) sum += thread.progress();
  return sum;
}

// Waits until then. Returns early when the threads have ended or were told to, or when the user wants it.
void Load::watch(const char* what, std::uint64_t until, RunTimes& times, RunReport& report) {
  const std::uint64_t pause = options_.orders != 0 ? second_ns / 200 : second_ns / 20;
  std::uint64_t reading_every = second_ns / 10, read_at = monotonic_ns() + reading_every;
  std::uint64_t seen = answered(), shown_at = monotonic_ns();
  for (std::uint64_t now = shown_at; now < until && now < times.end.load(std::memory_order_relaxed) && !all_ended();) {
    std::this_thread::sleep_for(std::chrono::nanoseconds(std::min(pause, until - now)));
    now = monotonic_ns();
    if (interrupted.load(std::memory_order_relaxed)) {
      report.interrupted = true;
      times.end_now(now);
    }
    if (!report.cpu.empty() && now >= read_at && now < until) {
      report.cpu.push_back(CpuReading::take(report.server_pid));
      if (report.cpu.size() >= most_readings) thin(report.cpu), reading_every *= 2;
      read_at += reading_every;
    }
    if (!visible_ || now < shown_at + second_ns / 4) continue;
    const std::uint64_t count = answered();
    show(what, static_cast<double>(count - seen) / seconds_between(shown_at, now), seconds_between(now, until), count);
    seen = count;
    shown_at = now;
  }
}

void Load::show(const char* what, double rate, double seconds_left, std::uint64_t count) const {
  engine::Histogram latency;
  for (const LoadThread& thread : threads_) latency.merge(thread.live().last_slice());
  std::string line = fmt::format("{}: {} answers, {}/s", what, client::with_separators(count), client::with_separators(static_cast<std::uint64_t>(rate)));
  if (latency.count() != 0) {
    line += fmt::format(", p50 {} us, p99 {} us", client::with_separators(latency.quantile(0.5) / 1'000),
                        client::with_separators(latency.quantile(0.99) / 1'000));
  }
  // With a number of orders the time is no more than a limit.
  if (options_.orders == 0) line += fmt::format(", {:.1f} s left", seconds_left);
  if (options_.orders != 0) {
    const auto wanted = static_cast<std::uint64_t>(static_cast<double>(options_.orders) / options_.mix.share_of(RequestKind::order));
    line += fmt::format(", about {} left", client::with_separators(wanted - std::min(wanted, count)));
  }
  fmt::print(stderr, "\r\x1b[K{}", line);
  std::fflush(stderr);
}

}  // namespace earmark::loadtest
