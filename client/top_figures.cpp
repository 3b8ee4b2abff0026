#include "client/top_figures.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>
#include <tuple>

#include "client/purchases.hpp"

namespace earmark::client {
namespace {

constexpr std::string_view latency_prefix = "answer_latency_us_";
constexpr std::size_t most_listed = 10;
constexpr std::uint64_t beyond_all = 1ULL << 28;  // stands for "more": over the last limit

std::uint64_t value_of(const Stats& stats, std::string_view name) {
  const auto found = stats.find(name);
  return found == stats.end() ? 0 : found->second;
}

// Of all whose names begin so.
std::uint64_t sum_of(const Stats& stats, std::string_view prefix) {
  std::uint64_t sum = 0;
  for (auto entry = stats.lower_bound(prefix); entry != stats.end() && entry->first.starts_with(prefix); ++entry) sum += entry->second;
  return sum;
}

// Decisions by the microseconds within which they were answered.
std::map<std::uint64_t, std::uint64_t> latency_of(const Stats& stats) {
  std::map<std::uint64_t, std::uint64_t> counts;
  for (auto entry = stats.lower_bound(latency_prefix); entry != stats.end() && entry->first.starts_with(latency_prefix); ++entry) {
    const std::string_view limit = std::string_view(entry->first).substr(latency_prefix.size());
    std::uint64_t within = beyond_all;
    std::from_chars(limit.data(), limit.data() + limit.size(), within);
    counts[within] += entry->second;
  }
  return counts;
}

// The least limit within which so many of 100 lie.
std::optional<std::uint64_t> within(const std::map<std::uint64_t, std::uint64_t>& counts, std::uint64_t percent) {
  std::uint64_t all = 0, below = 0;
  for (const auto& [limit, count] : counts) all += count;
  for (const auto& [limit, count] : counts) {
    below += count;
    if (all != 0 && below * 100 >= all * percent) return limit;
  }
  return std::nullopt;
}

void largest_first(std::vector<Waiting>& all) {
  std::ranges::sort(all, [](const Waiting& left, const Waiting& right) { return std::tie(right.units, left.name) < std::tie(left.units, right.name); });
}

std::vector<Waiting> values_of(std::map<std::string, Waiting>& by_name) {
  std::vector<Waiting> all;
  for (auto& [name, waiting] : by_name) all.push_back(std::move(waiting));
  largest_first(all);
  return all;
}

void add(std::map<std::string, Waiting>& by_name, const std::string& name, const std::string& customer, const Backorder& line) {
  Waiting& waiting = by_name.try_emplace(name, Waiting{name, customer, 0, 0, line.since_us}).first->second;
  waiting.units += line.quantity;
  ++waiting.lines;
  waiting.since_us = std::min(waiting.since_us, line.since_us);
}

Json json_of(const std::vector<Waiting>& all, const char* name) {
  Json list = Json::array();
  for (std::size_t index = 0; index < std::min(all.size(), most_listed); ++index) {
    const Waiting& each = all[index];
    list.push_back({{name, each.name}, {"backordered", each.units}, {"lines", each.lines}, {"since_us", each.since_us}});
    if (!each.customer.empty()) list.back()["customer"] = each.customer;
  }
  return list;
}

}  // namespace

WaitingUnits waiting_of(const BackordersAnswer& answer) {
  WaitingUnits waiting;
  waiting.as_of = answer.as_of;
  std::map<std::string, Waiting> skus, orders;
  for (const Backorder& line : answer.lines) {
    add(skus, line.sku, "", line);
    add(orders, line.order, line.customer, line);
    waiting.units += line.quantity;
    ++waiting.lines;
  }
  waiting.skus = values_of(skus);
  waiting.orders = values_of(orders);
  return waiting;
}

Purchasing purchasing_of(const PurchasesAnswer& answer, std::int64_t now_us) {
  Purchasing purchasing;
  for (const OpenPurchase& purchase : answer.purchases) {
    const bool suggested = purchase.state == engine::PurchaseState::suggested;
    purchasing.suggestions += suggested ? 1U : 0U;
    purchasing.suggested_units += suggested ? figures_of(purchase).open : 0;
    purchasing.overdue += std::ranges::any_of(purchase.lines, [&](const OpenPurchaseLine& line) { return is_overdue(purchase, line, now_us); }) ? 1U : 0U;
  }
  return purchasing;
}

TopFigures figures_of(const Stats* before, const Stats& now, double seconds) {
  TopFigures figures;
  figures.decided = value_of(now, "decided_lsn");
  figures.durable_lag = value_of(now, "durable_lag_lsns");
  figures.window = value_of(now, "window_lsns");
  figures.connections = value_of(now, "connections");
  figures.blocked = value_of(now, "sessions_blocked");
  figures.subscribers = value_of(now, "subscribers");
  // Counters begin at 0 when the server does.
  if (before == nullptr || seconds <= 0 || value_of(now, "commits") < value_of(*before, "commits")) return figures;
  const auto rate = [&](std::uint64_t then, std::uint64_t since) { return since < then ? 0 : static_cast<double>(since - then) / seconds; };
  figures.orders = rate(value_of(*before, "decisions_order"), value_of(now, "decisions_order"));
  figures.fills = rate(value_of(*before, "fills"), value_of(now, "fills"));
  figures.checks = rate(value_of(*before, "checks"), value_of(now, "checks"));
  figures.errors = rate(sum_of(*before, "errors_"), sum_of(now, "errors_"));
  auto latency = latency_of(now);
  for (const auto& [limit, count] : latency_of(*before)) latency[limit] -= std::min(latency[limit], count);
  figures.p50_us = within(latency, 50);
  figures.p99_us = within(latency, 99);
  return figures;
}

Json json_of(const TopFigures& figures) {
  Json json{{"server", figures.server}, {"time_us", figures.now_us}, {"decided_lsn", figures.decided}, {"durable_lag_lsns", figures.durable_lag},
            {"window_lsns", figures.window}, {"connections", figures.connections}, {"sessions_blocked", figures.blocked}, {"subscribers", figures.subscribers},
            {"as_of", figures.waiting.as_of}, {"backordered", figures.waiting.units}, {"lines", figures.waiting.lines},
            {"suggestions", figures.purchasing.suggestions},
            {"suggested_units", figures.purchasing.suggested_units}, {"overdue_purchases", figures.purchasing.overdue}, {"shortages", json_of(figures.waiting.skus, "sku")}, {"backorders", json_of(figures.waiting.orders, "order")}};
  const std::pair<const char*, std::optional<double>> rates[] = {{"orders_per_second", figures.orders}, {"fills_per_second", figures.fills},
                                                                 {"checks_per_second", figures.checks}, {"errors_per_second", figures.errors}};
  for (const auto& [name, rate] : rates) {
    if (rate) json[name] = *rate;
  }
  if (figures.p50_us) json["latency_p50_us"] = *figures.p50_us;
  if (figures.p99_us) json["latency_p99_us"] = *figures.p99_us;
  return json;
}

}  // namespace earmark::client
