#include <nlohmann/json.hpp>

#include "loadtest/report.hpp"
#include "loadtest/situation_report.hpp"

namespace earmark::loadtest {
namespace {

using nlohmann::json;

void put_quantiles(json& object, const engine::Histogram& latency) {
  for (const auto& [label, place] : quantiles) object[std::string(label) + "_us"] = microseconds(latency.quantile(place));
  object["max_us"] = microseconds(latency.max());
}

json latency_json(const RunReport& report, RequestKind kind) {
  const std::uint64_t answered = report.tally.answered[static_cast<std::size_t>(kind)];
  json object = {{"answered", answered}, {"per_second", report.per_second(answered)}};
  put_quantiles(object, report.tally.of(kind));
  return object;
}

template <class Value>
json shares_json(const Shares<Value>& shares, auto name_of) {
  json object = json::object();
  for (const auto& [value, share] : shares.entries()) object[std::string(name_of(value))] = share;
  return object;
}

json case_json(const Options& options) {
  const WorkloadShape& shape = options.shape;
  json object = {
      {"server", options.server.text()},
      {"loop", loop_name(options)},
      {"connections", options.connections},
      {"pipeline", options.pipeline},
      {"threads", options.threads},
      {"seconds", options.seconds},
      {"warmup_seconds", options.warmup_seconds},
      {"operation", name(options.operation)},
      {"distribution", name(shape.distribution)},
      {"skus", shape.skus},
      {"warehouses", shape.warehouses},
      {"lines", shape.lines},
      {"quantity_max", shape.quantity_max},
      {"seed", options.seed},
      {"id_prefix", options.id_prefix},
      {"mix", shares_json(options.mix, [](RequestKind kind) { return plural(kind); })},
      {"policies", shares_json(options.policies, [](engine::Policy policy) { return engine::name(policy); })},
      {"priorities", shares_json(options.priorities, [](engine::Priority priority) { return std::to_string(priority.value); })},
      {"repeat_share", options.repeat_share},
      {"restock", options.restock},
      {"short_share", options.short_share},
      {"stock", options.stock},
  };
  if (options.operation != Operation::order) object["check_skus"] = options.check_skus;
  if (options.operation == Operation::mixed) object["check_share"] = options.check_share;
  if (options.orders != 0) object["orders"] = options.orders;
  if (options.replay) {
    const ReplayOrders& orders = *options.replay.orders;
    object["replay"] = {{"file", options.replay.path}, {"compress", options.replay.compress}, {"orders", orders.size()}, {"lines", orders.line_count()},
                        {"skus", orders.skus()}, {"first", orders.first_time()}, {"last", orders.last_time()}, {"rows_left_out", orders.rows_left_out()}};
  }
  if (!options.rates.empty()) object["rates"] = options.rates;
  return object;
}

json open_loop_json(const RunReport& report) {
  const Tally& tally = report.tally;
  json object = {{"offered", tally.offered},
                 {"offered_per_second", report.per_second(tally.offered)},
                 {"sent", tally.offered - tally.unsent},
                 {"answered", tally.requests()},
                 {"backlog_unsent", tally.unsent},
                 {"backlog_unanswered", tally.unanswered}};
  put_quantiles(object["waited"], tally.waited);
  json steps = json::array();
  for (std::size_t index = 0; index < tally.steps.size(); ++index) {
    json step = {{"rate", report.options.rates[index]}, {"offered", tally.steps[index].offered}, {"answered", tally.steps[index].answered}};
    put_quantiles(step, tally.steps[index].latency);
    steps.push_back(std::move(step));
  }
  if (!steps.empty()) object["steps"] = std::move(steps);
  return object;
}

json verdict_json(const RunReport& report) {
  if (!report.verdict) return {{"result", "none"}};
  const Verdict& verdict = *report.verdict;
  json violations = json::object(), rules = json::object();
  for (std::size_t index = 0; index < violation_count; ++index) {
    if (verdict.violations[index] != 0) violations[std::string(name(static_cast<Violation>(index)))] = verdict.violations[index];
  }
  for (std::size_t index = 0; index < rule_count; ++index) {
    rules[std::string(name(static_cast<Rule>(index)))] = verdict.broken(static_cast<Rule>(index)) == 0;
  }
  return {
      {"result", verdict.word()},
      {"decisions", verdict.decisions},
      {"lines", verdict.lines},
      {"takes", verdict.takes},
      {"cells", verdict.cells},
      {"observations", verdict.observations},
      {"fills", verdict.fills},
      {"receipts", verdict.receipts},
      {"cancels", verdict.cancels},
      {"shipments", verdict.shipments},
      {"views", verdict.views},
      {"repeats", verdict.repeats},
      {"holds", verdict.holds},
      {"holds_ended", verdict.holds_ended},
      {"foreign_lsns", verdict.foreign_lsns},
      {"unexplained", verdict.unexplained},
      {"rules", rules},
      {"violations", violations},
      {"examples", verdict.examples},
      {"seconds", report.verdict_seconds},
  };
}

}  // namespace

std::string json_of(const RunReport& report) {
  json statuses = json::object(), errors = json::object();
  for (std::size_t index = 0; index < report.tally.statuses.size(); ++index) {
    statuses[std::string(engine::name(static_cast<engine::OrderStatus>(index)))] = report.tally.statuses[index];
  }
  for (const auto& [code, count] : report.tally.errors) errors[std::string(engine::name(code))] = count;
  json object = {
      {"program", program_name()},
      {"server_version", report.server},
      {"case", case_json(report.options)},
      {"catalogue_loaded", report.loaded_now},
      {"measured_seconds", report.measured_seconds},
      {"history_full", report.history_full},
      {"interrupted", report.interrupted},
      {"operations_per_second", report.per_second(report.requests())},
      {"statuses", statuses},
      {"lines", report.tally.lines},
      {"short_lines", report.tally.short_lines},
      {"short_line_share", share(report.tally.short_lines, report.tally.lines)},
      {"fills", report.tally.fills},
      {"filled_units", report.tally.filled_units},
      {"errors", errors},
      {"sent", report.delivery.sent},
      {"answered", report.delivery.answered},
      {"verdict", verdict_json(report)},
  };
  const json server_cores = report.server_pid ? json(report.cores.server) : json();
  object["cores"] = {{"server", server_cores}, {"client", report.cores.client}, {"others", report.other_cores()}};
  for (std::size_t index = 0; index < request_kinds; ++index) {
    const auto kind = static_cast<RequestKind>(index);
    if (report.tally.of(kind).count() != 0) object[std::string(plural(kind))] = latency_json(report, kind);
  }
  if (report.options.situation != Situation::none) object["situation"] = json::parse(situation_json(report));
  if (report.options.is_open_loop()) object["open_loop"] = open_loop_json(report);
  if (report.verdict && report.verdict->decisions != 0) {
    object["lsn"] = {{"first", report.verdict->first_lsn}, {"last", report.verdict->last_lsn}};
  }
  return object.dump();
}

}  // namespace earmark::loadtest
