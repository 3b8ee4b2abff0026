// The figures without a server: histogram, what is told seldom, the table of names, the text before recovery is over.
#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "server/metrics.hpp"
#include "server/power_histogram.hpp"
#include "server/seldom.hpp"
#include "server/stats.hpp"
#include "tests/paths.hpp"
#include "tests/server/prometheus_text.hpp"

using namespace earmark;
using namespace earmark::server;

TEST_CASE("power histogram: a value lies in the first bucket whose limit it does not exceed", "[server][figures]") {
  struct Row {
    std::uint64_t value;
    std::size_t bucket;
  };
  const auto row = GENERATE(values<Row>({{0, 0}, {1, 0}, {2, 1}, {3, 2}, {4, 2}, {5, 3}, {8, 3}, {9, 4}, {1024, 10}, {1025, 11},
                                         {(1U << 27), 27}, {(1U << 27) + 1, 28}, {~std::uint64_t{0}, 28}}));
  DurationHistogram histogram;
  histogram.add(row.value);
  const auto read = histogram.read();
  INFO(row.value);
  for (std::size_t bucket = 0; bucket < read.counts.size(); ++bucket) CHECK(read.counts[bucket] == (bucket == row.bucket ? 1 : 0));
  CHECK(read.sum == row.value);
}

TEST_CASE("power histogram: those of several threads are added up", "[server][figures]") {
  SizeHistogram one, other;
  for (std::uint64_t value = 0; value < 100; ++value) one.add(value);
  other.add(64);
  other.add(1'000'000);
  auto both = one.read();
  both += other.read();
  CHECK(both.counts[6] == 32 + 1);  // 33 .. 64
  CHECK(both.counts[17] == 1);
  CHECK(both.sum == 4950 + 64 + 1'000'000);
}

TEST_CASE("seldom: at once at first, then at most once in the interval, and nothing is lost", "[server][figures]") {
  using std::chrono::seconds;
  Seldom seldom(seconds(60));
  const Seldom::Clock::time_point start{seconds(1000)};
  CHECK(seldom.due(0, start) == 0);
  CHECK(seldom.due(3, start + seconds(1)) == 3);
  CHECK(seldom.due(3, start + seconds(2)) == 0);
  CHECK(seldom.due(10, start + seconds(60)) == 0);
  CHECK(seldom.due(12, start + seconds(61)) == 9);
  CHECK(seldom.due(12, start + seconds(600)) == 0);
  CHECK(seldom.due(13, start + seconds(601)) == 1);
}

TEST_CASE("figures: names and help are as Prometheus wants them, each once", "[server][figures]") {
  std::set<std::string_view> names, metrics;
  for (const Figure& figure : figures()) {
    INFO(figure.metric);
    CHECK(names.insert(figure.name).second);
    CHECK(metrics.insert(figure.metric).second);
    CHECK(figure.metric.starts_with("earmark_"));
    CHECK(figure.metric.ends_with("_total") == (figure.kind == FigureKind::counter));
    CHECK(figure.help.ends_with("."));
    CHECK((figure.value != nullptr) != (figure.values != nullptr));
  }
}

TEST_CASE("figures: docs/OPERATING.md has a row for each, as the table has it", "[server][figures][docs]") {
  std::ifstream stream(EARMARK_SOURCE_DIR "/docs/OPERATING.md");
  std::ostringstream page;
  page << stream.rdbuf();
  for (const Figure& figure : figures()) {
    const std::string label = figure.label.empty() ? "" : " (`" + std::string(figure.label) + "`)";
    const std::string row = "| `" + std::string(figure.metric) + "`" + label + " | " +
                            (figure.kind == FigureKind::counter ? "counter" : "gauge") + " | " + std::string(figure.help) + " |\n";
    INFO("the row wanted: " << row);
    CHECK(page.str().find(row) != std::string::npos);
  }
}

TEST_CASE("metrics: while there is no engine yet, those of the process and the phase", "[server][figures]") {
  ServerStatus status("/");
  const Phase phase = GENERATE(Phase::starting, Phase::recovering, Phase::failed);
  status.enter(phase);
  const auto text = test::PrometheusReader::read(metrics_text(status));
  CHECK(text.sum_of("earmark_phase") == 1);
  CHECK(text.at("earmark_phase{phase=\"" + std::string(name(phase)) + "\"}") == 1);
  CHECK(text.at("earmark_resident_memory_bytes") > 1'000'000);
  CHECK(text.at("earmark_disk_free_bytes") > 0);
  CHECK(text.at("earmark_build_info{version=\"" EARMARK_VERSION "\"}") == 1);
  CHECK_FALSE(text.types.contains("earmark_durable_lsn"));
}
