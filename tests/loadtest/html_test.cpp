// The page of a run: well-formed, self-contained, true to the figures.
#include <catch2/catch.hpp>

#include <regex>
#include <string>
#include <vector>

#include "loadtest/html_charts.hpp"
#include "loadtest/html_page.hpp"

namespace {

using namespace earmark;
using namespace earmark::loadtest;

// What is wrong with this text as XML; empty: nothing. Elements, attributes in quotes, the entities that XML has.
std::string xml_fault(std::string text) {
  if (text.starts_with("<!DOCTYPE html>\n")) text.erase(0, text.find('\n') + 1);
  std::vector<std::string> open;
  static const std::regex tag_form(R"(^<(/?)([a-zA-Z][a-zA-Z0-9-]*)((\s+[a-zA-Z][a-zA-Z0-9:-]*="[^"<]*")*)\s*(/?)>)");
  static const std::regex bad_entity("&(?!(amp|lt|gt|quot|apos|#[0-9]+);)");
  if (std::regex_search(text, bad_entity)) return "an & that begins no entity";
  for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos;) {
    std::smatch found;
    const std::string rest = text.substr(at, 100'000);
    const std::string tag = rest.substr(0, rest.find('>') + 1);
    if (!std::regex_search(tag, found, tag_form)) return "no tag: " + tag.substr(0, 80);
    at += tag.size();
    if (found[1].length() != 0) {
      if (open.empty() || open.back() != found[2]) return "closes what is not open: " + tag;
      open.pop_back();
    } else if (found[5].length() == 0) {
      open.push_back(found[2]);
    }
  }
  return open.empty() ? "" : "never closed: " + open.back();
}

RunReport report_of(bool open_loop, std::size_t answers) {
  RunReport report;
  report.options.seed = 7;
  report.options.id_prefix = "a<b&\"c\"";
  report.options.server = {"127.0.0.1", "7"};
  report.server = "earmarkd & <friends>";
  report.server_pid = 1;
  report.measured_seconds = 4;
  report.slice_seconds = 0.5;
  report.slices.resize(9);
  for (std::size_t index = 0; index < answers; ++index) {
    const std::uint64_t latency = 1'000 + (index * 7'919) % 90'000'000;
    report.tally.latency[index % request_kinds].add(latency);
    ++report.tally.answered[index % request_kinds];
    report.slices[index % 9].add(latency);
  }
  if (open_loop) {
    report.options.rates = {100, 200, 400};
    report.tally.steps.resize(3);
    for (StepTally& step : report.tally.steps) step.latency.add(5'000'000);
    report.tally.offered = answers + 5;
    report.tally.unsent = 5;
  }
  for (int reading = 0; reading < 6; ++reading) report.cpu.push_back({0.3 * reading, 0.2 * reading, 0.7 * reading, 0.8 * reading});
  report.verdict.emplace();
  report.verdict->decisions = answers;
  return report;
}

TEST_CASE("html: the page is well-formed, whatever the run", "[loadtest]") {
  const bool open_loop = GENERATE(false, true);
  const std::size_t answers = GENERATE(0U, 1U, 2U, 50'000U);
  CAPTURE(open_loop, answers);
  RunReport report = report_of(open_loop, answers);
  SECTION("judged") {}
  SECTION("not judged") { report.verdict.reset(); }
  SECTION("failed") {
    report.verdict->violations[static_cast<std::size_t>(Violation::oversold)] = 2;
    report.verdict->examples.push_back("oversold: <3 & more>");
  }
  SECTION("nothing over time") { report.slices.clear(), report.cpu.clear(), report.slice_seconds = 0; }
  SECTION("too short to measure") { report.measured_seconds = 0; }
  const std::string page = html_of(report, "a <machine>", "today");
  CHECK(xml_fault(page) == "");
  CHECK(page.find("nan") == std::string::npos);
  CHECK(page.find("inf\"") == std::string::npos);
  CHECK(page.size() < 300 * 1024);
}

TEST_CASE("html: the checker of these tests finds what is not well-formed", "[loadtest]") {
  CHECK(xml_fault("<p>a<br/>&amp;</p>") == "");
  for (const char* text : {"<p>", "<p></b>", "<p a=b></p>", "<p>a & b</p>", "<p><b></p></b>", "a < b", "</p>", "<p a=\"<\"></p>"}) {
    CAPTURE(text);
    CHECK(xml_fault(text) != "");
  }
}

TEST_CASE("html: nothing is loaded from anywhere", "[loadtest]") {
  const std::string page = html_of(report_of(true, 1'000), "machine", "today");
  for (const char* word : {"src=", "href=", "url(", "@import", "<script", "https:"}) CHECK(page.find(word) == std::string::npos);
  const std::regex address("http://(?!www\\.w3\\.org/)");  // names of XML name spaces apart
  CHECK_FALSE(std::regex_search(page, address));
}

TEST_CASE("html: the verdict and the figures stand on the page", "[loadtest]") {
  RunReport report = report_of(false, 6'000);
  std::string page = html_of(report, "machine", "today");
  CHECK_THAT(page, Catch::Contains("verdict: passed") && Catch::Contains("1,500") && Catch::Contains("prefers-color-scheme: dark"));
  report.verdict->violations[static_cast<std::size_t>(Violation::overtaken)] = 3;
  report.verdict->examples.push_back("overtaken: by a <test>");
  page = html_of(report, "machine", "today");
  CHECK_THAT(page, Catch::Contains("verdict: failed") && Catch::Contains("broken 3 times") && Catch::Contains("by a &lt;test&gt;"));
}

TEST_CASE("html: charts show rates, latencies and cores as measured", "[loadtest]") {
  const RunReport report = report_of(false, 9'000);
  const Chart rate = rate_chart(report);
  REQUIRE(rate.series.size() == 1);
  CHECK(rate.series[0].points.size() == 8);  // the ninth slice is after the end
  CHECK(rate.series[0].points[0].y == Approx(2'000));
  const Chart cpu = cpu_chart(report);
  REQUIRE(cpu.series.size() == 4);
  CHECK(cpu.series[0].points[0].y == Approx(0.3 / 0.8));
  const Chart distribution = distribution_chart(report);
  double sum = 0;
  for (const Point& bar : distribution.series[0].points) sum += bar.y;
  CHECK(sum == Approx(1));
  CHECK(percentile_chart(report).series.size() == request_kinds);
  CHECK(charts_of(report).size() == 5);
  CHECK(charts_of(report_of(true, 9'000)).size() == 6);
}

TEST_CASE("html: numbers on axes are short, with their units", "[loadtest]") {
  CHECK(count_label(0) == "0");
  CHECK(count_label(1'500) == "1.5k");
  CHECK(count_label(2'000'000) == "2M");
  CHECK(microseconds_label(250) == "250 \u00b5s");
  CHECK(microseconds_label(1'500) == "1.5 ms");
  CHECK(microseconds_label(2e6) == "2 s");
  CHECK(escape_html("<a & \"b\"\n>") == "&lt;a &amp; &quot;b&quot; &gt;");
}

}  // namespace
