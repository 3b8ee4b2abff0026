#include "loadtest/html_charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "loadtest/report.hpp"
#include "loadtest/situation_report.hpp"

namespace earmark::loadtest {
namespace {

constexpr std::size_t samples = 2'000;  // of a distribution
constexpr int bins_per_decade = 20;
constexpr std::array<const char*, request_kinds> kind_colors = {"s1", "s2", "s3", "s4", "s5", "s6", "r1", "r3", "r4"};

std::string seconds_label(double seconds) { return fmt::format("{:g}", std::round(seconds * 100) / 100); }
std::string cores_label(double cores) { return fmt::format("{:g}", std::round(cores * 100) / 100); }

// The next number of the form 1, 2 or 5 times a power of ten, downwards and upwards.
double round_down(double number) {
  const double power = std::pow(10, std::floor(std::log10(number)));
  const double part = number / power;
  return power * (part >= 5 ? 5 : part >= 2 ? 2 : 1);
}
double round_up(double number) {
  const double power = std::pow(10, std::floor(std::log10(number)));
  const double part = number / power;
  return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

Axis time_axis(const RunReport& report) { return {"seconds of the measurement", 0, std::max(report.measured_seconds, 0.001), Axis::Scale::linear, seconds_label}; }

// Slices that lie whole within the measurement; of a very short one, what there is.
std::size_t whole_slices(const RunReport& report) {
  if (report.slice_seconds <= 0) return 0;
  const auto whole = static_cast<std::size_t>(report.measured_seconds / report.slice_seconds + 1e-6);
  return std::min(std::max<std::size_t>(whole, 1), report.slices.size());
}
double middle_of(const RunReport& report, std::size_t slice) {
  return std::min((static_cast<double>(slice) + 0.5) * report.slice_seconds, report.measured_seconds);
}

std::string slice_note(const RunReport& report) { return fmt::format("each point covers {:g} s", std::round(report.slice_seconds * 1'000) / 1'000); }

}  // namespace

std::string percent_label(double share) { return fmt::format("{:g} %", std::round(share * 1e6) / 1e4); }

Axis latency_axis(double low_us, double high_us) {
  const double low = round_down(std::max(low_us, 1.0));
  return {"latency (logarithmic)", low, std::max(round_up(std::max(high_us, 1.0)), low * 10), Axis::Scale::logarithmic, microseconds_label};
}

std::vector<Point> percentile_points(const engine::Histogram& latency) {
  std::vector<Point> points;
  for (double nines = 0.05; nines <= 4.000'1; nines += 0.05) {
    const double share = 1 - std::pow(10, -nines);
    // What so few requests cannot tell is left out.
    if ((1 - share) * static_cast<double>(latency.count()) < 0.999'9 && !points.empty()) break;
    points.push_back({share, std::max(1.0, microseconds(latency.quantile(share)))});
  }
  return points;
}

Chart rate_chart(const RunReport& report) {
  Chart chart;
  chart.title = "Answers per second";
  chart.note = slice_note(report);
  chart.x = time_axis(report);
  Series answered{"answered", "s1", Mark::area, {}, {}};
  double most = 1;
  const double length = std::min(report.slice_seconds, std::max(report.measured_seconds, 1e-9));
  for (std::size_t slice = 0; slice < whole_slices(report); ++slice) {
    const double rate = static_cast<double>(report.slices[slice].count()) / length;
    answered.points.push_back({middle_of(report, slice), rate});
    most = std::max(most, rate);
  }
  chart.series.push_back(std::move(answered));
  if (!report.options.rates.empty()) {
    Series offered{"offered", "muted", Mark::dashed, {}, {}};
    const double step = report.measured_seconds / static_cast<double>(report.options.rates.size());
    for (std::size_t index = 0; index < report.options.rates.size(); ++index) {
      const double rate = report.options.rates[index];
      offered.points.push_back({static_cast<double>(index) * step, rate});
      offered.points.push_back({static_cast<double>(index + 1) * step, rate});
      most = std::max(most, rate);
    }
    chart.series.push_back(std::move(offered));
  }
  chart.y = {"answers/s", 0, most * 1.08, Axis::Scale::linear, count_label};
  chart.markers = act_markers(report);
  return chart;
}

Chart latency_over_time_chart(const RunReport& report) {
  Chart chart;
  chart.title = "Latency over time";
  chart.note = slice_note(report);
  chart.x = time_axis(report);
  constexpr std::array<std::pair<const char*, double>, 4> shown = {{{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"max", 1}}};
  double low = 1e18, high = 1;
  for (std::size_t index = 0; index < shown.size(); ++index) {
    Series series{shown[index].first, "r" + std::to_string(index + 1), Mark::line, {}, {}};
    for (std::size_t slice = 0; slice < whole_slices(report); ++slice) {
      const engine::Histogram& latency = report.slices[slice];
      if (latency.count() == 0) continue;
      const double value = microseconds(latency.quantile(shown[index].second));
      series.points.push_back({middle_of(report, slice), value});
      low = std::min(low, value), high = std::max(high, value);
    }
    chart.series.push_back(std::move(series));
  }
  std::reverse(chart.series.begin(), chart.series.end());  // the legend in the order of the lines
  chart.markers = act_markers(report);
  chart.y = latency_axis(std::min(low, high), high);
  return chart;
}

Chart distribution_chart(const RunReport& report) {
  Chart chart;
  chart.title = "How long answers took";
  chart.note = "share of all requests in each step of the axis";
  const engine::Histogram latency = report.tally.all_latency();
  std::vector<double> values;
  for (std::size_t sample = 0; sample < samples; ++sample) {
    values.push_back(std::max(1.0, microseconds(latency.quantile((static_cast<double>(sample) + 0.5) / samples))));
  }
  chart.x = latency_axis(values.front(), microseconds(latency.max()));
  chart.x.label = "latency (logarithmic)";
  Series bars{"requests", "s1", Mark::bars, {}, {}};
  double most = 0;
  const double ratio = std::pow(10, 1.0 / bins_per_decade);
  for (double edge = chart.x.low; edge < chart.x.high * 1.000'001; edge *= ratio) {
    const auto from = std::lower_bound(values.begin(), values.end(), edge), to = std::lower_bound(values.begin(), values.end(), edge * ratio);
    bars.points.push_back({edge, static_cast<double>(to - from) / samples});
    most = std::max(most, bars.points.back().y);
  }
  chart.series.push_back(std::move(bars));
  // Room for the markers' labels above the bars.
  chart.y = {"share of requests", 0, std::max(most * 1.4, 0.01), Axis::Scale::linear, percent_label};
  for (const auto& [label, place] : {std::pair{"p50", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}}) {
    const double value = std::max(1.0, microseconds(latency.quantile(place)));
    const double digits = value >= 100'000 ? 1'000 : value >= 10'000 ? 100 : value >= 1'000 ? 10 : 1;
    chart.markers.push_back({value, fmt::format("{} {}", label, microseconds_label(std::round(value / digits) * digits))});
  }
  return chart;
}

Chart percentile_chart(const RunReport& report) {
  Chart chart;
  chart.title = "Latency by percentile";
  chart.note = "each step to the right is ten times rarer";
  chart.x = {"percentile of requests", 0, 0.9999, Axis::Scale::nines, percent_label};
  double low = 1e18, high = 1;
  for (std::size_t index = 0; index < request_kinds; ++index) {
    const engine::Histogram& latency = report.tally.latency[index];
    if (latency.count() == 0) continue;
    Series series{std::string(plural(static_cast<RequestKind>(index))), kind_colors[index], Mark::line, percentile_points(latency), {}};
    for (const Point& point : series.points) low = std::min(low, point.y), high = std::max(high, point.y);
    chart.series.push_back(std::move(series));
  }
  chart.y = latency_axis(std::min(low, high), high);
  return chart;
}

Chart cpu_chart(const RunReport& report) {
  Chart chart;
  chart.title = "Processor time";
  chart.note = fmt::format("cores busy, of {}", machine_cores());
  chart.x = time_axis(report);
  std::array<Series, 3> bands = {Series{"server", "s1", Mark::band, {}, {}}, Series{"load tester", "s2", Mark::band, {}, {}},
                                 Series{"others", "muted", Mark::band, {}, {}}};
  const double most = machine_cores();
  for (std::size_t index = 1; index < report.cpu.size(); ++index) {
    const CpuReading &before = report.cpu[index - 1], &after = report.cpu[index];
    const double length = after.at - before.at;
    if (length < 0.02) continue;  // the kernel counts in hundredths of a second
    const double server = (after.server - before.server) / length, client = (after.client - before.client) / length;
    const double others = std::max(0.0, (after.machine - before.machine) / length - server - client);
    const double from = before.at - report.cpu.front().at, to = after.at - report.cpu.front().at;
    double height = 0;
    for (const auto& [band, cores] : {std::pair{&bands[0], server}, {&bands[1], client}, {&bands[2], others}}) {
      for (const double x : {from, to}) {
        band->base.push_back({x, std::min(height, most)});
        band->points.push_back({x, std::min(height + cores, most)});
      }
      height += cores;
    }
  }
  for (Series& band : bands) chart.series.push_back(std::move(band));
  chart.y = {"cores", 0, most * 1.05, Axis::Scale::linear, cores_label};
  chart.series.push_back({"all cores", "muted", Mark::step, {{0, most}}, {}});
  return chart;
}

Chart step_chart(const RunReport& report) {
  Chart chart;
  chart.title = "Latency by offered rate";
  chart.note = "one point for each rate of --rate-steps";
  double least = 1e18, most = 1, low = 1e18, high = 1;
  constexpr std::array<std::pair<const char*, double>, 3> shown = {{{"p99.9", 0.999}, {"p99", 0.99}, {"p50", 0.5}}};
  for (std::size_t index = 0; index < shown.size(); ++index) {
    Series series{shown[index].first, "r" + std::to_string(3 - index), Mark::line, {}, {}};
    for (std::size_t step = 0; step < report.tally.steps.size(); ++step) {
      const engine::Histogram& latency = report.tally.steps[step].latency;
      if (latency.count() == 0) continue;
      const double value = std::max(1.0, microseconds(latency.quantile(shown[index].second))), rate = report.options.rates[step];
      series.points.push_back({rate, value});
      low = std::min(low, value), high = std::max(high, value);
      least = std::min(least, rate), most = std::max(most, rate);
    }
    std::sort(series.points.begin(), series.points.end(), [](const Point& one, const Point& other) { return one.x < other.x; });
    chart.series.push_back(std::move(series));
  }
  chart.x = {"offered requests/s", 0, most * 1.05, Axis::Scale::linear, count_label};
  chart.y = latency_axis(std::min(low, high), high);
  return chart;
}

std::vector<Chart> charts_of(const RunReport& report) {
  std::vector<Chart> charts;
  if (report.tally.all_latency().count() != 0) {
    if (!report.slices.empty()) {
      charts.push_back(rate_chart(report));
      charts.push_back(latency_over_time_chart(report));
    }
    charts.push_back(distribution_chart(report));
    charts.push_back(percentile_chart(report));
  }
  if (report.tally.steps.size() > 1 && report.tally.acts.empty()) charts.push_back(step_chart(report));
  if (report.cpu.size() > 1) charts.push_back(cpu_chart(report));
  return charts;
}

}  // namespace earmark::loadtest
