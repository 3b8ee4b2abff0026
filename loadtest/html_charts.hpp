// The charts of one run. Pure.
#pragma once

#include <string>
#include <vector>

#include "client/charts/chart.hpp"
#include "loadtest/run.hpp"

namespace earmark::loadtest {

using client::charts::Axis, client::charts::Chart, client::charts::Mark, client::charts::Point, client::charts::Series;
using client::charts::count_label, client::charts::escape_html, client::charts::microseconds_label;

// For charts of other reports, too.
std::string percent_label(double share);
Axis latency_axis(double low_us, double high_us);
// Share of the answers and what they took at most, in microseconds; as far as so many answers can tell.
std::vector<Point> percentile_points(const engine::Histogram& latency);

Chart rate_chart(const RunReport& report);
Chart latency_over_time_chart(const RunReport& report);
Chart distribution_chart(const RunReport& report);  // how many answers took how long
Chart percentile_chart(const RunReport& report);    // by kind of request
Chart cpu_chart(const RunReport& report);
Chart step_chart(const RunReport& report);          // latency by offered rate; for runs with several

// Those that the run has something for.
std::vector<Chart> charts_of(const RunReport& report);

}  // namespace earmark::loadtest
