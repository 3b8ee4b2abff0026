#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "client/describe.hpp"
#include "client/table.hpp"
#include "loadtest/report.hpp"
#include "loadtest/sweep.hpp"

namespace earmark::loadtest {
namespace {

using client::with_separators;

constexpr double quiet_cores = 0.15;  // of other programs; more disturbs a measurement
constexpr double whole_core = 0.9;    // of a load thread: it cannot do much more

std::uint64_t whole(double number) { return static_cast<std::uint64_t>(number + 0.5); }
std::string rate_text(double rate) { return with_separators(whole(rate)); }

std::uint64_t left_of(const SweepStep& step) { return step.figures.offered - std::min(step.figures.offered, step.figures.answered); }
double answered_per_second(const SweepStep& step) { return step.seconds > 0 ? static_cast<double>(step.figures.answered) / step.seconds : 0; }

std::string remark_of(const SweepReport& sweep, const SweepStep& step) {
  if (sweep.knee == step.rate && sweep.step_at(step.rate) == &step) return "<- the knee";
  return step.following == Following::followed ? "" : std::string(name(step.following));
}

std::string latency_at(const SweepStep& step) {
  return fmt::format("p50 {:.0f} us, p99 {:.0f} us, p99.9 {:.0f} us", microseconds(step.latency.quantile(0.5)), microseconds(step.latency.quantile(0.99)),
                     microseconds(step.latency.quantile(0.999)));
}

// What else may have drawn the line.
std::string doubts(const SweepReport& sweep) {
  const SweepStep* knee = sweep.step_at(sweep.knee);
  const CpuReading& cores = knee != nullptr ? knee->cores : sweep.whole.cores;
  std::string text;
  const double others = std::max(0.0, cores.machine - cores.server - cores.client);
  if (sweep.whole.server_pid && others > quiet_cores) {
    text += fmt::format(" Other programs kept {:.2f} cores busy meanwhile: the knee of a quiet machine is higher.", others);
  }
  if (knee != nullptr && knee->cores.client > whole_core * sweep.whole.options.threads) {
    text += fmt::format(" The load tester itself was at {:.2f} cores with {}: the limit may be its own; try more --threads.", knee->cores.client,
                        client::counted(sweep.whole.options.threads, "thread"));
  }
  return text;
}

nlohmann::json step_json(const SweepReport& sweep, const SweepStep& step) {
  nlohmann::json object = {{"rate", step.rate},
                           {"seconds", step.seconds},
                           {"offered", step.figures.offered},
                           {"answered", step.figures.answered},
                           {"answered_per_second", answered_per_second(step)},
                           {"left", left_of(step)},
                           {"backlog", step.figures.backlog_after},
                           {"backlog_before", step.figures.backlog_before},
                           {"verdict", name(step.following)},
                           {"followed", step.following == Following::followed},
                           {"decided", sweep.step_at(step.rate) == &step},
                           {"client_cores", step.cores.client}};
  object["server_cores"] = sweep.whole.server_pid ? nlohmann::json(step.cores.server) : nlohmann::json();
  for (const auto& [label, place] : quantiles) object[std::string(label) + "_us"] = microseconds(step.latency.quantile(place));
  object["max_us"] = microseconds(step.latency.max());
  return object;
}

}  // namespace

std::string knee_sentence(const SweepReport& sweep) {
  const double limit = sweep.whole.options.p99_limit_ms;
  const std::string following = fmt::format("(99.9 % answered, no growing backlog, p99 within {:g} ms)", limit);
  const std::string closed = fmt::format(" The closed loop reached {} a second.", rate_text(sweep.closed_rate));
  if (sweep.steps.empty()) return "No rate was tried to its end." + closed;
  const SweepStep* knee = sweep.step_at(sweep.knee);
  if (knee == nullptr) {
    const SweepStep& last = sweep.steps.back();  // the lowest rate
    return fmt::format("No rate was followed {}, not even {} requests a second: {}, {}.", following, rate_text(last.rate), name(last.following), latency_at(last)) +
           closed + doubts(sweep);
  }
  std::string text = fmt::format("{} requests a second is the highest rate that the server followed {}: {}.", rate_text(knee->rate), following, latency_at(*knee));
  const SweepStep* beyond = sweep.step_at(sweep.not_followed);
  text += beyond == nullptr ? " The sweep ended before a rate was too high: the knee is at this rate or above."
                            : fmt::format(" At {} it did not: {}.", rate_text(beyond->rate), name(beyond->following));
  return text + closed + doubts(sweep);
}

std::string table_of(const SweepReport& sweep) {
  using client::Align;
  client::Table table({{"offered/s", Align::right}, {"answered/s", Align::right}, {"p50 us", Align::right}, {"p90", Align::right}, {"p99", Align::right},
                       {"p99.9", Align::right}, {"left", Align::right}, {"backlog", Align::right}, {""}});
  std::vector<const SweepStep*> steps;
  for (const SweepStep& step : sweep.steps) steps.push_back(&step);
  std::stable_sort(steps.begin(), steps.end(), [](const SweepStep* one, const SweepStep* other) { return one->rate < other->rate; });
  for (const SweepStep* step : steps) {
    std::vector<std::string> cells{rate_text(step->rate), rate_text(answered_per_second(*step))};
    for (const double place : {0.5, 0.9, 0.99, 0.999}) cells.push_back(fmt::format("{:.0f}", microseconds(step->latency.quantile(place))));
    cells.insert(cells.end(), {with_separators(left_of(*step)), with_separators(step->figures.backlog_after), remark_of(sweep, *step)});
    table.add(std::move(cells));
  }
  const std::string steps_text = table.empty() ? std::string() : table.text() + "\n";
  return case_line(sweep.whole) + "\n\n" + steps_text + "knee     " + knee_sentence(sweep) + "\n" + closing_lines(sweep.whole);
}

std::string json_of(const SweepReport& sweep) {
  nlohmann::json object = nlohmann::json::parse(json_of(sweep.whole));
  // Of loops that are closed and open and go at many rates there is no latency as a whole.
  for (std::size_t kind = 0; kind < request_kinds; ++kind) object.erase(std::string(plural(static_cast<RequestKind>(kind))));
  for (const char* key : {"open_loop", "operations_per_second"}) object.erase(key);
  nlohmann::json steps = nlohmann::json::array();
  for (const SweepStep& step : sweep.steps) steps.push_back(step_json(sweep, step));
  const auto known = [](double rate) { return rate > 0 ? nlohmann::json(rate) : nlohmann::json(); };
  object["sweep"] = {{"p99_limit_ms", sweep.whole.options.p99_limit_ms},
                     {"closed_loop_per_second", sweep.closed_rate},
                     {"knee", known(sweep.knee)},
                     {"not_followed", known(sweep.not_followed)},
                     {"sentence", knee_sentence(sweep)},
                     {"steps", std::move(steps)}};
  return object.dump();
}

}  // namespace earmark::loadtest
