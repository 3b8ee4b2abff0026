#include "loadtest/situation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/errors.hpp"
#include "engine/types.hpp"
#include "loadtest/options.hpp"

namespace earmark::loadtest {

std::string_view name(Situation situation) noexcept {
  switch (situation) {
    case Situation::none: return "none";
    case Situation::flash_sale: return "flash-sale";
    case Situation::restock_storm: return "restock-storm";
  }
  return "unknown";
}

std::string_view name(Stream stream) noexcept {
  switch (stream) {
    case Stream::other_orders: return "other orders";
    case Stream::popular_orders: return "popular orders";
    case Stream::receipts: return "receipts";
  }
  return "unknown";
}

std::vector<Act> acts_of(Situation situation, const SituationShape& shape, double rate) {
  const double on_top = rate * (shape.surge - 1);
  switch (situation) {
    case Situation::none: return {};
    case Situation::flash_sale: return {{"before", rate, 0, 0}, {"sale", rate, on_top, 0}, {"after", rate, 0, 0}};
    case Situation::restock_storm: return {{"filling", rate, on_top, 0}, {"calm", rate, 0, 0}, {"storm", rate, 0, shape.receipt_bursts}};
  }
  return {};
}

std::vector<std::uint64_t> burst_times(const Act& act, std::uint32_t receipts, std::uint64_t from_ns, std::uint64_t length_ns) {
  std::vector<std::uint64_t> times;
  for (std::uint64_t burst = 0; burst < act.bursts; ++burst) {
    times.insert(times.end(), receipts, from_ns + length_ns * (2 * burst + 1) / (2 * std::uint64_t{act.bursts}));
  }
  return times;
}

SituationShape default_shape(Situation situation) {
  switch (situation) {
    case Situation::none: return {};
    case Situation::flash_sale: return {10, 1, 0, 0, 0};
    case Situation::restock_storm: return {6, 20, 0, 5, 4};
  }
  return {};
}

std::uint32_t stock_for_half(const SituationShape& shape, double rate, double act_seconds, std::uint32_t quantity_max) {
  const double asked = rate * (shape.surge - 1) * act_seconds * (1 + quantity_max) / 2 / shape.popular_skus;
  return static_cast<std::uint32_t>(std::clamp(asked / 2, 1.0, static_cast<double>(engine::max_quantity)));
}

void StreamTally::add(const StreamTally& other) {
  offered += other.offered;
  answered += other.answered;
  latency.merge(other.latency);
  for (std::size_t index = 0; index < statuses.size(); ++index) statuses[index] += other.statuses[index];
}

void ActTally::add(const ActTally& other) {
  for (std::size_t index = 0; index < streams; ++index) of_stream[index].add(other.of_stream[index]);
  fills += other.fills;
  filled_units += other.filled_units;
}

std::string flags_of(const Options& options) {
  const SituationShape& shape = options.situation_shape;
  std::string text = fmt::format("--rate {:g} --arrivals {} --seconds {:g} --surge {:g} --popular-skus {} --popular-stock {}", options.situation_base_rate,
                                 name(options.arrivals), options.seconds, shape.surge, shape.popular_skus, shape.popular_stock);
  if (options.situation == Situation::restock_storm) text += fmt::format(" --receipt-bursts {} --burst-receipts {}", shape.receipt_bursts, shape.burst_receipts);
  std::string policies;
  for (const auto& [policy, share] : options.policies.entries()) policies += fmt::format("{}{}={:g}", policies.empty() ? "" : ",", engine::name(policy), share);
  return text + " --policies " + policies;
}

}  // namespace earmark::loadtest
