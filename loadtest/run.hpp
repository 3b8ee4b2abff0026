// One run from beginning to end: catalogue, stock before, load, stock after, verdict.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "loadtest/history.hpp"
#include "loadtest/machine.hpp"
#include "loadtest/options.hpp"
#include "loadtest/tally.hpp"

namespace earmark::loadtest {

struct RunReport {
  Options options;
  std::string server;       // as it names itself
  bool loaded_now = false;  // the catalogue was loaded for this run
  double measured_seconds = 0;
  bool history_full = false;  // the run ended early for want of memory
  bool interrupted = false;   // by the user
  Tally tally;
  Delivery delivery;
  std::optional<int> server_pid;
  CpuReading cores;  // busy during the measurement
  std::optional<Verdict> verdict;
  double verdict_seconds = 0;  // what judging took
  // Over time, for pictures: latencies by slice of the measurement, readings of the processors.
  double slice_seconds = 0;
  std::vector<engine::Histogram> slices;
  std::vector<CpuReading> cpu;

  std::uint64_t requests() const noexcept { return tally.requests(); }
  double per_second(std::uint64_t count) const noexcept { return measured_seconds > 0 ? static_cast<double>(count) / measured_seconds : 0; }
  double other_cores() const noexcept { return std::max(0.0, cores.machine - cores.server - cores.client); }
};

// Set by a signal: the run ends as soon as it is seen.
extern std::atomic<bool> interrupted;

class Load;

client::Outcome<RunReport> run(const Options& options);
// The same with a load of the caller's own making, which writes what it measured into the report.
client::Outcome<RunReport> run_phases(const Options& options, const std::function<client::Outcome<void>(Load&, RunReport&)>& drive);

// With what the program ends: 1 if the verdict failed, or if nothing was checked that should have been.
int exit_status(const RunReport& report) noexcept;

}  // namespace earmark::loadtest
