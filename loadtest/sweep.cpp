#include "loadtest/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "client/describe.hpp"
#include "loadtest/load.hpp"

namespace earmark::loadtest {
namespace {

using client::Outcome;

constexpr double closed_shares = 2;   // of --seconds, a step being one
constexpr double lead_in_share = 0.1;  // of a step: offered at its rate already, but not counted

// One phase into the whole: counts add up, cores are the mean over time.
void add_phase(RunReport& whole, const RunReport& phase) {
  const double before = whole.measured_seconds, now = phase.measured_seconds, all = std::max(1e-9, before + now);
  whole.cores.server = (whole.cores.server * before + phase.cores.server * now) / all;
  whole.cores.client = (whole.cores.client * before + phase.cores.client * now) / all;
  whole.cores.machine = (whole.cores.machine * before + phase.cores.machine * now) / all;
  whole.measured_seconds += phase.measured_seconds;
  whole.history_full |= phase.history_full;
  whole.interrupted |= phase.interrupted;
  whole.tally.add(phase.tally);
  whole.delivery = phase.delivery;
}

SweepStep step_of(double rate, const RunReport& phase, std::uint64_t p99_limit_ns) {
  SweepStep step;
  step.rate = rate;
  step.seconds = phase.measured_seconds;
  step.latency = phase.tally.all_latency();
  step.cores = phase.cores;
  const auto known = [](std::uint64_t backlog) { return backlog == Tally::unknown_backlog ? 0 : backlog; };
  step.figures = {phase.tally.offered, phase.tally.in_time, known(phase.tally.backlog_before), known(phase.tally.backlog_after),
                  step.latency.quantile(0.99), static_cast<std::uint64_t>(phase.measured_seconds * 1e9)};
  step.following = judge_step(step.figures, p99_limit_ns);
  return step;
}

class Sweeper {
 public:
  Sweeper(Load& load, SweepReport& sweep, RunReport& whole)
      : load_(load), sweep_(sweep), whole_(whole), options_(whole.options), share_(options_.seconds / (closed_shares + SweepPlan::most_steps)) {}

  Outcome<void> drive() {
    if (auto done = closed_loop(); !done) return done;
    SweepPlan plan(sweep_.closed_rate);
    while (may_go_on()) {
      const auto rate = plan.next();
      if (!rate) break;
      if (auto done = step(*rate); !done) return done;
      if (whole_.interrupted || whole_.history_full) {  // a step that was cut short says nothing
        sweep_.steps.pop_back();
        break;
      }
      const SweepStep& last = sweep_.steps.back();
      plan.judged(last.following, is_hopeless(last.figures));
    }
    sweep_.knee = plan.followed();
    sweep_.not_followed = plan.not_followed();
    return {};
  }

 private:
  // What was sent and not answered within the drain will not be: a further step would only wait for it again.
  bool may_go_on() const { return !whole_.interrupted && !whole_.history_full && whole_.delivery.answered >= whole_.delivery.sent; }

  Outcome<void> phase(const LoadPhase& phase, RunReport& report) {
    report.server_pid = whole_.server_pid;
    if (auto done = load_.drive(phase, report); !done) return done;
    add_phase(whole_, report);
    return {};
  }

  Outcome<void> closed_loop() {
    RunReport report;
    if (auto done = phase({"closed loop", options_.warmup_seconds, closed_shares * share_, {}, 0}, report); !done) return done;
    sweep_.closed_rate = report.per_second(report.requests());
    if (report.requests() == 0 && !whole_.interrupted) return client::refused("the server answered nothing in the closed loop that a sweep begins with");
    return {};
  }

  Outcome<void> step(double rate) {
    const double seconds = share_ * (1 - lead_in_share);
    RunReport report;
    LoadPhase asked;
    asked.name = fmt::format("step {} at {}/s", sweep_.steps.size() + 1, client::with_separators(static_cast<std::uint64_t>(rate)));
    asked.warmup_seconds = share_ * lead_in_share;
    asked.seconds = seconds;
    asked.rates = {rate};
    asked.grace_seconds = options_.p99_limit_ms / 1e3;
    if (auto done = phase(asked, report); !done) return done;
    sweep_.steps.push_back(step_of(rate, report, static_cast<std::uint64_t>(options_.p99_limit_ms * 1e6)));
    return {};
  }

  Load& load_;
  SweepReport& sweep_;
  RunReport& whole_;
  const Options& options_;
  const double share_;  // seconds of one step
};

}  // namespace

const SweepStep* SweepReport::step_at(double rate) const noexcept {
  const auto found = std::find_if(steps.rbegin(), steps.rend(), [&](const SweepStep& step) { return step.rate == rate; });
  return found == steps.rend() ? nullptr : &*found;
}

std::vector<const SweepStep*> SweepReport::curve() const {
  std::vector<const SweepStep*> chosen;
  for (const SweepStep& step : steps) {
    if (step_at(step.rate) == &step) chosen.push_back(&step);
  }
  std::sort(chosen.begin(), chosen.end(), [](const SweepStep* one, const SweepStep* other) { return one->rate < other->rate; });
  return chosen;
}

Outcome<SweepReport> run_sweep(const Options& options) {
  SweepReport sweep;
  auto whole = run_phases(options, [&](Load& load, RunReport& report) { return Sweeper(load, sweep, report).drive(); });
  if (!whole) return Unexpected{whole.error()};
  sweep.whole = std::move(*whole);
  return sweep;
}

}  // namespace earmark::loadtest
