#include "loadtest/sweep_charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "loadtest/report.hpp"

namespace earmark::loadtest {
namespace {

constexpr double most_beyond = 1.6;  // of the knee: what lies farther right would press the curve together

double latency_of(const SweepStep& step, double place) { return std::max(1.0, microseconds(step.latency.quantile(place))); }

void mark_knee(Chart& chart, const SweepReport& sweep) {
  if (sweep.knee > 0) chart.markers.push_back({sweep.knee, "knee " + count_label(sweep.knee)});
}

Axis rate_axis(double most) { return {"offered requests/s", 0, most * 1.08, Axis::Scale::linear, count_label}; }

// Without the rates far beyond the knee.
std::vector<const SweepStep*> shown(const SweepReport& sweep) {
  std::vector<const SweepStep*> steps = sweep.curve();
  if (sweep.knee > 0) std::erase_if(steps, [&](const SweepStep* step) { return step->rate > sweep.knee * most_beyond; });
  return steps;
}

// About a quarter, half and three quarters of the knee, the knee, and the first rate beyond it.
std::vector<const SweepStep*> telling_steps(const SweepReport& sweep) {
  const std::vector<const SweepStep*> steps = sweep.curve();
  const double top = sweep.knee > 0 ? sweep.knee : steps.back()->rate;
  std::vector<const SweepStep*> chosen;
  const auto add = [&](const SweepStep* step) {
    if (step != nullptr && std::find(chosen.begin(), chosen.end(), step) == chosen.end()) chosen.push_back(step);
  };
  for (const double part : {0.25, 0.5, 0.75, 1.0}) {
    add(*std::min_element(steps.begin(), steps.end(), [&](const SweepStep* one, const SweepStep* other) {
      return std::abs(one->rate - part * top) < std::abs(other->rate - part * top);
    }));
  }
  add(sweep.step_at(sweep.not_followed));
  return chosen;
}

}  // namespace

Chart sweep_latency_chart(const SweepReport& sweep) {
  Chart chart;
  chart.title = "Latency by offered rate";
  chart.note = "from the intended time; one point for each rate";
  const double limit = std::max(1.0, sweep.whole.options.p99_limit_ms * 1e3);
  double most = 1, low = limit, high = limit;
  for (const auto& [label, place, color] : {std::tuple{"p99.9", 0.999, "r4"}, {"p99", 0.99, "r3"}, {"p50", 0.5, "r1"}}) {
    Series series{label, color, Mark::line, {}, {}};
    for (const SweepStep* step : shown(sweep)) {
      const double value = latency_of(*step, place);
      series.points.push_back({step->rate, value});
      low = std::min(low, value), high = std::max(high, value), most = std::max(most, step->rate);
    }
    chart.series.push_back(std::move(series));
  }
  chart.x = rate_axis(most);
  chart.y = latency_axis(low, high);
  chart.series.push_back({"limit of p99", "muted", Mark::dashed, {{0, limit}, {chart.x.high, limit}}, {}});
  mark_knee(chart, sweep);
  return chart;
}

Chart sweep_answers_chart(const SweepReport& sweep) {
  Chart chart;
  chart.title = "Answered by offered rate";
  chart.note = "the closed loop's rate for comparison";
  Series answered{"answered in time", "s1", Mark::line, {}, {}}, offered{"offered", "muted", Mark::dashed, {{0, 0}}, {}};
  double most = std::max(1.0, sweep.closed_rate), last = 1;
  for (const SweepStep* step : shown(sweep)) {
    const double rate = step->seconds > 0 ? static_cast<double>(step->figures.answered) / step->seconds : 0;
    answered.points.push_back({step->rate, rate});
    offered.points.push_back({step->rate, step->rate});
    most = std::max({most, step->rate, rate});
    last = std::max(last, step->rate);
  }
  chart.x = rate_axis(last);
  chart.y = {"answers/s", 0, most * 1.08, Axis::Scale::linear, count_label};
  chart.series = {std::move(answered), std::move(offered), {"closed loop", "s3", Mark::step, {{0, sweep.closed_rate}}, {}}};
  mark_knee(chart, sweep);
  return chart;
}

Chart sweep_percentile_chart(const SweepReport& sweep) {
  Chart chart;
  chart.title = "Latency by percentile";
  chart.note = "of some rates; each step to the right is ten times rarer";
  chart.x = {"percentile of requests", 0, 0.9999, Axis::Scale::nines, percent_label};
  constexpr std::array<const char*, 5> colors = {"r1", "r2", "r3", "r4", "s2"};
  double low = 1e18, high = 1;
  for (const SweepStep* step : telling_steps(sweep)) {
    if (step->latency.count() == 0) continue;
    const char* const color = step->rate == sweep.not_followed ? colors.back() : colors[std::min(chart.series.size(), colors.size() - 2)];
    const char* const remark = step->rate == sweep.knee ? " (knee)" : step->rate == sweep.not_followed ? " (beyond)" : "";
    Series series{count_label(step->rate) + "/s" + remark, color, Mark::line, percentile_points(step->latency), {}};
    for (const Point& point : series.points) low = std::min(low, point.y), high = std::max(high, point.y);
    chart.series.push_back(std::move(series));
  }
  chart.y = latency_axis(std::min(low, high), high);
  return chart;
}

}  // namespace earmark::loadtest
