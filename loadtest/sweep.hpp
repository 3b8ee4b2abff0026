// earmark-load --sweep: a closed loop for a first estimate, then an open loop at one rate after the other until the highest
// is known that the server follows (loadtest/sweep_plan.hpp). All on the same connections, with one verdict at the end.
#pragma once

#include <string>
#include <vector>

#include "loadtest/run.hpp"
#include "loadtest/sweep_plan.hpp"

namespace earmark::loadtest {

struct SweepStep {
  double rate = 0, seconds = 0;  // offered a second, and for how long
  StepFigures figures;
  engine::Histogram latency;  // nanoseconds from the intended time, all kinds of requests
  Following following{};
  CpuReading cores;  // busy during the step
};

struct SweepReport {
  RunReport whole;          // of all phases together: answers, statuses, verdict
  double closed_rate = 0;   // answers a second of the closed loop
  std::vector<SweepStep> steps;  // in the order in which they were tried
  double knee = 0;          // the highest rate that was followed; 0: none was
  double not_followed = 0;  // the lowest rate above it that was not; 0: the steps did not get that far

  // The step that decided about this rate: the last one. None if the rate was never tried.
  const SweepStep* step_at(double rate) const noexcept;
  // One step for each rate, the one that decided, in rising order of rates.
  std::vector<const SweepStep*> curve() const;
};

client::Outcome<SweepReport> run_sweep(const Options& options);

std::string table_of(const SweepReport& sweep);
std::string json_of(const SweepReport& sweep);  // one line, without '\n'
// "41,200 requests a second is the highest rate that ...": what was found, in a sentence or two.
std::string knee_sentence(const SweepReport& sweep);

std::string html_of(const SweepReport& sweep, const std::string& machine, const std::string& when);
client::Outcome<void> write_html(const SweepReport& sweep);

}  // namespace earmark::loadtest
