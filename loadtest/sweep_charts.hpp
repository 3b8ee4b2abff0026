// The charts of a sweep. Pure.
#pragma once

#include "loadtest/html_charts.hpp"
#include "loadtest/sweep.hpp"

namespace earmark::loadtest {

Chart sweep_latency_chart(const SweepReport& sweep);     // latency, logarithmic, by offered rate; the knee is marked
Chart sweep_answers_chart(const SweepReport& sweep);     // answered by offered: they part at the knee
Chart sweep_percentile_chart(const SweepReport& sweep);  // of a few rates up to the knee, and the next above it

}  // namespace earmark::loadtest
