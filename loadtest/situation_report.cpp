#include "loadtest/situation_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "client/describe.hpp"
#include "client/table.hpp"
#include "loadtest/html_charts.hpp"
#include "loadtest/html_parts.hpp"
#include "loadtest/report.hpp"

namespace earmark::loadtest {
namespace {

using client::with_separators;

double act_seconds(const RunReport& report) { return report.tally.acts.empty() ? 0 : report.options.seconds / static_cast<double>(report.tally.acts.size()); }

const ActTally* find_act(const RunReport& report, std::string_view wanted) {
  const std::vector<Act> acts = report.options.acts();
  for (std::size_t index = 0; index < std::min(acts.size(), report.tally.acts.size()); ++index) {
    if (acts[index].name == wanted) return &report.tally.acts[index];
  }
  return nullptr;
}

double p_us(const ActTally& act, double place) { return microseconds(act.of(Stream::other_orders).latency.quantile(place)); }

std::string statuses_text(const StreamTally& stream) {
  std::uint64_t decided = 0;
  for (const std::uint64_t count : stream.statuses) decided += count;
  std::string text;
  for (std::size_t index = 0; index < stream.statuses.size(); ++index) {
    if (stream.statuses[index] == 0) continue;
    text += fmt::format("{}{} {:.1f} %", text.empty() ? "" : ", ", engine::name(static_cast<engine::OrderStatus>(index)), 100 * share(stream.statuses[index], decided));
  }
  return text;
}

constexpr std::array<double, 4> places = {0.5, 0.9, 0.99, 0.999};

// A row for each stream of each act that there was something of. `latency` writes one.
std::vector<std::vector<std::string>> act_rows(const RunReport& report, auto latency) {
  std::vector<std::vector<std::string>> rows;
  const std::vector<Act> acts = report.options.acts();
  for (std::size_t index = 0; index < report.tally.acts.size(); ++index) {
    for (std::size_t stream = 0; stream < streams; ++stream) {
      const StreamTally& tally = report.tally.acts[index].of_stream[stream];
      if (tally.offered == 0) continue;
      std::vector<std::string> cells{std::string(acts[index].name), std::string(name(static_cast<Stream>(stream))), with_separators(tally.offered),
                                     with_separators(tally.answered)};
      for (const double place : places) cells.push_back(latency(tally.latency.quantile(place)));
      cells.push_back(latency(tally.latency.max()));
      cells.push_back(statuses_text(tally));
      rows.push_back(std::move(cells));
    }
  }
  return rows;
}

std::string flash_sale_sentence(const RunReport& report) {
  const ActTally *before = find_act(report, "before"), *sale = find_act(report, "sale"), *after = find_act(report, "after");
  if (before == nullptr || sale == nullptr || after == nullptr) return {};
  const double sold_out = static_cast<double>(report.tally.sold_out_ns) / 1e9 - act_seconds(report);
  std::string text = report.tally.sold_out_ns == ~std::uint64_t{0} ? std::string("Never sold out: lower --popular-stock.")
                                                                   : fmt::format("Sold out {:.2f} s into a sale of {:g} s.", sold_out, act_seconds(report));
  return text + fmt::format(" p99 of other orders: {:.0f} us before, {:.0f} in the sale, {:.0f} after; of the sale's own {:.0f}.", p_us(*before, 0.99),
                            p_us(*sale, 0.99), p_us(*after, 0.99), microseconds(sale->of(Stream::popular_orders).latency.quantile(0.99)));
}

std::string storm_sentence(const RunReport& report) {
  const ActTally *filling = find_act(report, "filling"), *calm = find_act(report, "calm"), *storm = find_act(report, "storm");
  if (filling == nullptr || calm == nullptr || storm == nullptr) return {};
  const double seconds = std::max(1e-9, act_seconds(report));
  return fmt::format("{} of waiting lines in the storm ({}/s, {}), by {}. p99 of other orders: {:.0f} us with the storm, {:.0f} without; p99.9: {:.0f} with, {:.0f} without.",
                     client::counted(storm->fills, "fill"), with_separators(static_cast<std::uint64_t>(static_cast<double>(storm->fills) / seconds)),
                     client::counted(storm->filled_units, "unit"), client::counted(storm->of(Stream::receipts).answered, "receipt"), p_us(*storm, 0.99),
                     p_us(*calm, 0.99), p_us(*storm, 0.999), p_us(*calm, 0.999));
}

nlohmann::json stream_json(const StreamTally& stream) {
  nlohmann::json object = {{"offered", stream.offered}, {"answered", stream.answered}}, statuses = nlohmann::json::object();
  for (const auto& [label, place] : quantiles) object[std::string(label) + "_us"] = microseconds(stream.latency.quantile(place));
  object["max_us"] = microseconds(stream.latency.max());
  for (std::size_t index = 0; index < stream.statuses.size(); ++index) {
    if (stream.statuses[index] != 0) statuses[std::string(engine::name(static_cast<engine::OrderStatus>(index)))] = stream.statuses[index];
  }
  if (!statuses.empty()) object["statuses"] = std::move(statuses);
  return object;
}

}  // namespace

std::string situation_sentence(const RunReport& report) {
  switch (report.options.situation) {
    case Situation::none: return {};
    case Situation::flash_sale: return flash_sale_sentence(report);
    case Situation::restock_storm: return storm_sentence(report);
  }
  return {};
}

std::string situation_lines(const RunReport& report) {
  if (report.options.situation == Situation::none) return {};
  using client::Align;
  client::Table table({{"act"}, {""}, {"offered", Align::right}, {"answered", Align::right}, {"p50 us", Align::right}, {"p90", Align::right}, {"p99", Align::right},
                       {"p99.9", Align::right}, {"max", Align::right}, {""}});
  for (auto& cells : act_rows(report, [](std::uint64_t latency) { return fmt::format("{:.0f}", microseconds(latency)); })) table.add(std::move(cells));
  return fmt::format("\n{}: {}\n{}{}\n\n", name(report.options.situation), flags_of(report.options), table.text(), situation_sentence(report));
}

std::string situation_part(const RunReport& report) {
  if (report.options.situation == Situation::none) return {};
  return fmt::format("<h2>{}</h2>\n<p>{}</p>\n<p>Made of {}</p>\n", name(report.options.situation), escape_html(situation_sentence(report)),
                     escape_html(flags_of(report.options))) +
         html_table({"Act", "", "offered", "answered", "p50", "p90", "p99", "p99.9", "max", ""}, act_rows(report, latency_text), false);
}

std::string situation_json(const RunReport& report) {
  const Options& options = report.options;
  const std::vector<Act> acts = options.acts();
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t index = 0; index < report.tally.acts.size(); ++index) {
    const ActTally& tally = report.tally.acts[index];
    nlohmann::json act = {{"name", acts[index].name}, {"seconds", act_seconds(report)}, {"fills", tally.fills}, {"filled_units", tally.filled_units}};
    for (const auto& [key, stream] : {std::pair{"other_orders", Stream::other_orders}, {"popular_orders", Stream::popular_orders}, {"receipts", Stream::receipts}}) {
      if (tally.of(stream).offered != 0) act[key] = stream_json(tally.of(stream));
    }
    list.push_back(std::move(act));
  }
  const bool sold_out = report.tally.sold_out_ns != ~std::uint64_t{0};
  const nlohmann::json sold_out_at = sold_out ? nlohmann::json(static_cast<double>(report.tally.sold_out_ns) / 1e9) : nlohmann::json();
  return nlohmann::json{{"name", name(options.situation)}, {"flags", flags_of(options)}, {"sentence", situation_sentence(report)},
                        {"first_short_seconds", sold_out_at}, {"acts", std::move(list)}}
      .dump();
}

std::vector<client::charts::Marker> act_markers(const RunReport& report) {
  std::vector<client::charts::Marker> markers;
  const std::vector<Act> acts = report.options.acts();
  for (std::size_t index = 1; index < acts.size(); ++index) markers.push_back({static_cast<double>(index) * act_seconds(report), std::string(acts[index].name)});
  return markers;
}

}  // namespace earmark::loadtest
