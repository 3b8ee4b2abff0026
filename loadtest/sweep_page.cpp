// The page of a sweep: latency by offered rate with the knee in it, what was answered, where each rate's percentiles lie.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "client/describe.hpp"
#include "loadtest/html_charts.hpp"
#include "loadtest/html_parts.hpp"
#include "loadtest/report.hpp"
#include "loadtest/sweep.hpp"
#include "loadtest/sweep_charts.hpp"

namespace earmark::loadtest {
namespace {

using client::with_separators;

std::string tiles(const SweepReport& sweep) {
  std::string out = "<div class=\"tiles\">";
  const SweepStep* knee = sweep.step_at(sweep.knee);
  out += html_tile(knee == nullptr ? "none" : whole(knee->rate), "requests per second at the knee");
  if (knee != nullptr) {
    out += html_tile(latency_text(knee->latency.quantile(0.5)), "p50 there") + html_tile(latency_text(knee->latency.quantile(0.99)), "p99 there") +
           html_tile(latency_text(knee->latency.quantile(0.999)), "p99.9 there");
  }
  return out + html_tile(whole(sweep.closed_rate), "answers per second in a closed loop") + "</div>\n";
}

std::string steps_part(const SweepReport& sweep) {
  std::vector<std::string> head{"Offered per second", "answered per second", "left", "backlog"};
  for (const auto& [label, _] : quantiles) head.emplace_back(label);
  head.insert(head.end(), {"max", ""});
  std::vector<std::vector<std::string>> rows;
  for (const SweepStep* step : sweep.curve()) {
    const std::uint64_t answered = step->figures.answered, offered = step->figures.offered;
    std::vector<std::string> cells{whole(step->rate), whole(step->seconds > 0 ? static_cast<double>(answered) / step->seconds : 0),
                                   with_separators(offered - std::min(offered, answered)), with_separators(step->figures.backlog_after)};
    for (const auto& [_, place] : quantiles) cells.push_back(latency_text(step->latency.quantile(place)));
    cells.push_back(latency_text(step->latency.max()));
    cells.emplace_back(step->rate == sweep.knee ? "the knee" : name(step->following));
    rows.push_back(std::move(cells));
  }
  return fmt::format("<h2>Rates</h2>\n<p>{}</p>\n<p>Left: not answered {:g} ms after the end of the step. Backlog: the least that was due and not answered at any "
                     "moment of the step's last quarter. Of a rate that was tried twice the second time stands here.</p>\n",
                     escape_html(knee_sentence(sweep)), sweep.whole.options.p99_limit_ms) +
         html_table(head, rows, true);
}

}  // namespace

std::string html_of(const SweepReport& sweep, const std::string& machine, const std::string& when) {
  std::string body = tiles(sweep);
  if (!sweep.steps.empty()) {
    body += "<div class=\"charts\">\n" + sweep_latency_chart(sweep).svg() + sweep_answers_chart(sweep).svg() + sweep_percentile_chart(sweep).svg() + "</div>\n";
  }
  body += steps_part(sweep) + verdict_part(sweep.whole) + conditions(sweep.whole, machine);
  return page_with(sweep.whole, when, body, "the intended sending of a request to its whole answer");
}

client::Outcome<void> write_html(const SweepReport& sweep) { return write_page(sweep.whole.options.html, html_of(sweep, machine_text(), time_text())); }

}  // namespace earmark::loadtest
