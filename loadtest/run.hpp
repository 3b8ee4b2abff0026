// One run from beginning to end: catalogue, stock before, load, stock after, verdict.
#pragma once

#include <optional>
#include <string>

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
  Tally tally;
  Delivery delivery;
  std::optional<int> server_pid;
  CpuReading cores;  // busy during the measurement
  std::optional<Verdict> verdict;
  double verdict_seconds = 0;  // what judging took

  std::uint64_t requests() const noexcept { return tally.order_latency.count() + tally.check_latency.count(); }
  double per_second(std::uint64_t count) const noexcept { return measured_seconds > 0 ? static_cast<double>(count) / measured_seconds : 0; }
};

client::Outcome<RunReport> run(const Options& options);

// With what the program ends: 1 if the verdict failed, or if nothing was checked that should have been.
int exit_status(const RunReport& report) noexcept;

}  // namespace earmark::loadtest
