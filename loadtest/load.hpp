// The threads of one run, and the watch over them: a line on a terminal, readings of the processors, the end.
// One thread, apart from those that it starts.
#pragma once

#include <deque>

#include "loadtest/load_thread.hpp"
#include "loadtest/run.hpp"

namespace earmark::loadtest {

// One stretch of load, from the first request to the last answer.
struct LoadPhase {
  std::string name = "measuring";  // for the line on a terminal
  double warmup_seconds = 0, seconds = 0;
  std::vector<double> rates;  // empty: closed loop
  double grace_seconds = 0;   // answers that come so long after the end are still in time
};

class Load {
 public:
  Load(const Options& options, const BenchmarkCatalogue& catalogue);

  client::Outcome<void> connect();
  // Warm-up, measurement, and the answers that are still to come. Writes what was measured into the report.
  client::Outcome<void> drive(RunReport& report);
  // The same for one phase of several, on the same connections; the report's server is known.
  client::Outcome<void> drive(const LoadPhase& phase, RunReport& report);
  Verdict judge(const client::ConnectOptions& server, const Delivery& delivery, const StockSnapshot& before, const StockSnapshot& after);

 private:
  void reserve(std::uint64_t movements);
  std::uint64_t expected_movements() const;
  void watch(const char* what, std::uint64_t until, RunTimes& times, RunReport& report);
  void show(const char* what, double rate, double seconds_left, std::uint64_t count) const;
  void collect(RunReport& report) const;
  bool all_ended() const;
  std::uint64_t answered() const;

  const Options& options_;
  const bool visible_;  // on a terminal
  std::deque<LoadThread> threads_;
};

}  // namespace earmark::loadtest
