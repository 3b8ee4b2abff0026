#include "loadtest/peers/peer_run.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "loadtest/machine.hpp"

namespace earmark::loadtest::peers {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::uint64_t monotonic_ns() noexcept {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

std::uint64_t nanoseconds(double seconds) { return static_cast<std::uint64_t>(seconds * 1e9); }

// Of /proc/PID/stat: the parent, own ticks, ticks of children that were waited for.
struct ProcessTimes {
  int parent = 0;
  double own = 0, ended_children = 0;
};

ProcessTimes times_of(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string line, skipped;
  ProcessTimes times;
  if (!std::getline(file, line)) return times;
  std::istringstream fields(line.substr(line.rfind(')') + 1));  // the name before it may hold anything
  fields >> skipped >> times.parent;
  for (int field = 5; field <= 13; ++field) fields >> skipped;
  double user = 0, system = 0, children_user = 0, children_system = 0;
  fields >> user >> system >> children_user >> children_system;
  times.own = user + system;
  times.ended_children = children_user + children_system;
  return times;
}

json latency_json(const engine::Histogram& latency, double seconds) {
  const auto us = [&](double share) { return static_cast<double>(latency.quantile(share)) / 1000; };
  return {{"answered", latency.count()},
          {"per_second", static_cast<double>(latency.count()) / seconds},
          {"p50_us", us(0.5)},
          {"p99_us", us(0.99)},
          {"p99.9_us", us(0.999)},
          {"max_us", static_cast<double>(latency.max()) / 1000}};
}

}  // namespace

double family_cpu_seconds(int pid) {
  const ProcessTimes parent = times_of(std::to_string(pid));
  double ticks = parent.own + parent.ended_children;
  std::error_code fault;
  for (fs::directory_iterator process("/proc", fault), end; !fault && process != end; process.increment(fault)) {
    const std::string name = process->path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const ProcessTimes child = times_of(name);
    if (child.parent == pid) ticks += child.own;
  }
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// Seeded as earmark-load's first thread is.
PeerRun::PeerRun(const PeerOptions& options)
    : options_(options), ledger_(options.shape, options.short_share), generator_(options.shape, Random(options.seed).next()) {}

PeerRun::Cpu PeerRun::cpu() const { return {family_cpu_seconds(options_.server_pid), own_cpu_seconds(), machine_cpu_seconds()}; }

void PeerRun::begin() {
  now_ = monotonic_ns();
  measure_from_ = now_ + nanoseconds(options_.warmup_seconds);
  end_ = measure_from_ + nanoseconds(options_.seconds);
}

void PeerRun::read_clock() {
  now_ = monotonic_ns();
  if (!measuring_ && !measured_ && now_ >= measure_from_) {
    measuring_ = true;
    before_ = cpu();
    measured_from_ = now_;
  }
  if (measuring_ && now_ >= end_) {
    measuring_ = false;
    measured_ = true;
    after_ = cpu();
    measured_until_ = now_;
  }
}

Request PeerRun::next_order() {
  Request request;
  request.sent_ns = now_;
  request.number = ++last_number_;
  request.preferred = generator_.order(request.lines);
  ledger_.sent();
  return request;
}

void PeerRun::next_check(std::span<std::uint32_t> skus) {
  generator_.check(skus);
  ledger_.sent();
}

void PeerRun::order_answered(const Request& request, std::uint32_t short_lines) {
  ledger_.order_answered();
  if (!measuring_) return;
  order_latency_.add(now_ - request.sent_ns);
  lines_ += order_lines;
  short_lines_ += short_lines;
}

void PeerRun::check_answered(std::uint64_t sent_ns) {
  ledger_.answered();
  if (measuring_) check_latency_.add(now_ - sent_ns);
}

std::string PeerRun::report(const std::string& server, const std::string& durability) const {
  const double seconds = std::max(1e-9, static_cast<double>(measured_until_ - measured_from_) / 1e9);
  const double server_cores = (after_.server - before_.server) / seconds;
  const double client_cores = (after_.client - before_.client) / seconds;
  const double machine_cores = (after_.machine - before_.machine) / seconds;
  json violations = json::object();
  for (const auto& [kind, count] : ledger_.violations()) violations[kind] = count;
  json object = {
      {"server_version", server},
      {"durability", durability},
      {"measured_seconds", seconds},
      {"operations_per_second", static_cast<double>(order_latency_.count() + check_latency_.count()) / seconds},
      {"lines", lines_},
      {"short_lines", short_lines_},
      {"short_line_share", lines_ == 0 ? 0 : static_cast<double>(short_lines_) / static_cast<double>(lines_)},
      {"sent", ledger_.sent_count()},
      {"answered", ledger_.answered_count()},
      {"cores", {{"server", server_cores}, {"client", client_cores}, {"others", std::max(0.0, machine_cores - server_cores - client_cores)}}},
      {"verdict",
       {{"result", ledger_.passed() ? "passed" : ledger_.vacuous() ? "vacuous"
                                                                   : "failed"},
        {"decisions", ledger_.orders()},
        {"lines", ledger_.lines()},
        {"violations", violations},
        {"examples", ledger_.examples()}}},
  };
  if (order_latency_.count() != 0) object["orders"] = latency_json(order_latency_, seconds);
  if (check_latency_.count() != 0) object["checks"] = latency_json(check_latency_, seconds);
  return object.dump();
}

}  // namespace earmark::loadtest::peers
