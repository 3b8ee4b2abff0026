// The search of a sweep, without a server: servers here are functions from a rate to what a step of it shows.
#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>
#include <vector>

#include "loadtest/sweep.hpp"
#include "loadtest/sweep_charts.hpp"

namespace {

using namespace earmark;
using namespace earmark::loadtest;

constexpr std::uint64_t limit_ns = 10'000'000;

// Rates in the order in which they were offered, to a server that follows up to `capacity`.
std::vector<double> offered_to(SweepPlan& plan, double capacity, bool hopeless) {
  std::vector<double> rates;
  while (const auto rate = plan.next()) {
    rates.push_back(*rate);
    plan.judged(*rate <= capacity ? Following::followed : Following::too_slow, hopeless);
    REQUIRE(rates.size() <= SweepPlan::most_steps);
  }
  return rates;
}

TEST_CASE("sweep: the knee is found within four percent, wherever the closed loop's estimate lies", "[loadtest]") {
  const double estimate = GENERATE(100'000.0, 250'000.0, 1'000.0), share = GENERATE(0.06, 0.3, 0.71, 0.99, 1.3, 2.4);
  const double capacity = estimate * share;
  CAPTURE(estimate, share);
  SweepPlan plan(estimate);
  const auto rates = offered_to(plan, capacity, true);
  CHECK(rates.front() == estimate / 10);
  CHECK(plan.followed() <= capacity);
  CHECK(plan.not_followed() > capacity);
  CHECK(plan.not_followed() / plan.followed() <= 1.06);  // the precision, and three digits
}

TEST_CASE("sweep: it climbs by half each time before it narrows", "[loadtest]") {
  SweepPlan plan(100'000);
  const auto rates = offered_to(plan, 40'000, true);
  REQUIRE(rates.size() > 6);
  CHECK(std::vector<double>(rates.begin(), rates.begin() + 6) == std::vector<double>{10'000, 15'000, 22'500, 33'800, 50'700, 41'400});
  for (std::size_t index = 6; index < rates.size(); ++index) CHECK((rates[index] > 33'800 && rates[index] < 41'400));
}

TEST_CASE("sweep: one failure alone does not count, a hopeless one does", "[loadtest]") {
  SweepPlan plan(100'000);
  CHECK(plan.next() == 10'000.0);
  plan.judged(Following::too_slow, false);
  CHECK(plan.not_followed() == 0);
  CHECK(plan.next() == 10'000.0);
  plan.judged(Following::followed, false);
  CHECK(plan.followed() == 10'000);
  CHECK(plan.next() == 15'000.0);
  plan.judged(Following::backlog_grows, false);
  CHECK(plan.next() == 15'000.0);
  plan.judged(Following::left_behind, false);
  CHECK(plan.not_followed() == 15'000);
  CHECK(plan.next() == 12'200.0);
  plan.judged(Following::left_behind, true);
  CHECK(plan.not_followed() == 12'200);
  CHECK(plan.next() == 11'000.0);
}

TEST_CASE("sweep: where nothing is followed the search ends", "[loadtest]") {
  SweepPlan plan(100'000);
  const auto rates = offered_to(plan, 0, true);
  CHECK(rates.size() == 5);
  CHECK(rates.back() == 625);
  CHECK(plan.followed() == 0);
  CHECK(plan.not_followed() == 625);
  SweepPlan none(0);
  CHECK_FALSE(none.next().has_value());
}

TEST_CASE("sweep: where everything is followed it ends at the most steps, without an upper end", "[loadtest]") {
  SweepPlan plan(10);
  CHECK(offered_to(plan, 1e9, true).size() == SweepPlan::most_steps);
  CHECK(plan.not_followed() == 0);
}

TEST_CASE("sweep: what counts as following", "[loadtest]") {
  const auto [figures, following] = GENERATE(table<StepFigures, Following>({
      {{10'000, 10'000, 5, 5, 900'000}, Following::followed},
      {{10'000, 9'990, 5, 15, limit_ns}, Following::followed},  // at all limits
      {{10'000, 9'989, 5, 5, 900'000}, Following::left_behind},
      {{0, 0, 0, 0, 0}, Following::left_behind},
      {{100'000, 100'000, 50, 151, 900'000}, Following::backlog_grows},
      {{100'000, 100'000, 50, 150, 900'000}, Following::followed},
      {{100'000, 100'000, 900, 0, 900'000}, Following::followed},  // it shrinks
      {{1'000, 1'000, 0, 11, 900'000}, Following::backlog_grows},
      {{10'000, 10'000, 50, 150, 900'000, 100'000'000}, Following::followed},  // 1 ms of 100 ms: a tenth of the limit
      {{10'000, 10'000, 50, 151, 900'000, 100'000'000}, Following::backlog_grows},
      {{1'000, 1'000, 0, 10, 900'000}, Following::followed},  // a few are always under way
      {{10'000, 10'000, 5, 5, limit_ns + 1}, Following::too_slow},
  }));
  CAPTURE(figures.offered, figures.answered, figures.backlog_after, figures.p99_ns);
  CHECK(judge_step(figures, limit_ns) == following);
}

TEST_CASE("sweep: hopeless is what leaves more than a tenth behind", "[loadtest]") {
  CHECK(is_hopeless({1'000, 899, 0, 0, 0}));
  CHECK_FALSE(is_hopeless({1'000, 900, 0, 0, 0}));
}

// Offered 1,000 for a second each, at the rates given; latencies of 1 ms for each 1,000 of the rate.
SweepReport sweep_of(const std::vector<std::pair<double, Following>>& steps, double knee, double not_followed) {
  SweepReport sweep;
  sweep.whole.options.sweep = true;
  sweep.whole.options.p99_limit_ms = 10;
  sweep.whole.options.server = {"127.0.0.1", "7"};
  sweep.whole.measured_seconds = 1;
  sweep.whole.verdict.emplace();
  sweep.closed_rate = 9'000;
  for (const auto& [rate, following] : steps) {
    SweepStep step;
    step.rate = rate;
    step.seconds = 1;
    step.figures = {1'000, following == Following::left_behind ? 900U : 1'000U, 1, 2, 0};
    for (int count = 0; count < 1'000; ++count) step.latency.add(static_cast<std::uint64_t>(rate) * 1'000);
    step.following = following;
    sweep.steps.push_back(step);
  }
  sweep.knee = knee;
  sweep.not_followed = not_followed;
  return sweep;
}

TEST_CASE("sweep report: the knee is marked, and said in a sentence", "[loadtest]") {
  const SweepReport sweep = sweep_of(
      {{1'000, Following::followed}, {8'000, Following::left_behind}, {8'000, Following::left_behind}, {4'000, Following::too_slow}, {4'000, Following::followed}},
      4'000, 8'000);
  CHECK_THAT(knee_sentence(sweep), Catch::StartsWith("4,000 requests a second is the highest rate that the server followed") &&
                                       Catch::Contains("p99 within 10 ms") && Catch::Contains("At 8,000 it did not: left behind") &&
                                       Catch::Contains("The closed loop reached 9,000 a second"));
  const std::string text = table_of(sweep);
  CHECK_THAT(text, Catch::Contains("<- the knee") && Catch::Contains("p99 over the limit") && Catch::Contains("backlog"));
  CHECK(text.find("<- the knee") == text.rfind("<- the knee"));  // of two tries the one that decided
  const auto curve = sweep.curve();
  REQUIRE(curve.size() == 3);
  CHECK(curve[1] == &sweep.steps[4]);

  const auto object = nlohmann::json::parse(json_of(sweep));
  CHECK(object["sweep"]["knee"] == 4'000);
  CHECK(object["sweep"]["not_followed"] == 8'000);
  REQUIRE(object["sweep"]["steps"].size() == 5);
  CHECK(object["sweep"]["steps"][1]["left"] == 100);
  CHECK(object["sweep"]["steps"][1]["verdict"] == "left behind");
  CHECK(object["sweep"]["steps"][3]["decided"] == false);
  CHECK(object["verdict"]["result"] == "vacuous");
  CHECK_FALSE(object.contains("open_loop"));
}

TEST_CASE("sweep report: no knee, no end, no steps are said so", "[loadtest]") {
  CHECK_THAT(knee_sentence(sweep_of({{1'000, Following::too_slow}}, 0, 1'000)), Catch::StartsWith("No rate was followed") && Catch::Contains("not even 1,000 requests a second: p99 over the limit, p50"));
  CHECK_THAT(knee_sentence(sweep_of({{1'000, Following::followed}}, 1'000, 0)), Catch::Contains("ended before a rate was too high"));
  CHECK_THAT(knee_sentence(sweep_of({}, 0, 0)), Catch::StartsWith("No rate was tried"));
  CHECK(nlohmann::json::parse(json_of(sweep_of({}, 0, 0)))["sweep"]["knee"].is_null());
}

TEST_CASE("sweep report: who else may have drawn the line is named", "[loadtest]") {
  SweepReport sweep = sweep_of({{1'000, Following::followed}}, 1'000, 0);
  sweep.whole.server_pid = 1;
  CHECK_THAT(knee_sentence(sweep), !Catch::Contains("Other programs") && !Catch::Contains("load tester"));
  sweep.steps[0].cores = {0.5, 0.3, 1.3, 0};
  CHECK_THAT(knee_sentence(sweep), Catch::Contains("Other programs kept 0.50 cores busy"));
  sweep.steps[0].cores = {0.5, 0.95, 1.5, 0};
  CHECK_THAT(knee_sentence(sweep), !Catch::Contains("Other programs") && Catch::Contains("try more --threads"));
}

TEST_CASE("sweep page: latency by rate with the knee, logarithmic, each rate once", "[loadtest]") {
  const SweepReport sweep = sweep_of({{1'000, Following::followed}, {5'000, Following::too_slow}, {5'000, Following::too_slow}, {4'000, Following::followed},
                                      {9'000, Following::left_behind}},
                                     4'000, 5'000);
  const Chart chart = sweep_latency_chart(sweep);
  CHECK(chart.y.scale == Axis::Scale::logarithmic);
  REQUIRE(chart.series.size() == 4);  // p99.9, p99, p50, the limit
  REQUIRE(chart.series[1].points.size() == 3);  // 9,000 lies too far beyond the knee
  CHECK(chart.series[1].points[1].x == 4'000);
  CHECK(chart.series[1].points[1].y == Approx(4'000).epsilon(0.02));
  REQUIRE(chart.markers.size() == 1);
  CHECK(chart.markers[0].x == 4'000);
  CHECK(sweep_answers_chart(sweep).series[0].points.size() == 3);
  CHECK(sweep_percentile_chart(sweep).series.size() == 3);
  const std::string page = html_of(sweep, "machine", "today");
  CHECK_THAT(page, Catch::Contains("knee 4k") && Catch::Contains("the knee") && Catch::Contains("4,000 requests a second is the highest"));
  CHECK(page.find("nan") == std::string::npos);
  CHECK_THAT(html_of(sweep_of({}, 0, 0), "machine", "today"), Catch::Contains("No rate was tried"));
}

}  // namespace
