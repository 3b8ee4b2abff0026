// Situations of a shop in which allocation is hard, as three acts of one open loop: what comes on top changes from act to
// act, orders of other SKUs go on at --rate all the while, so that what they feel can be compared.
//   flash-sale     before; sale: orders of a few popular SKUs until long after these are sold out; after
//   restock-storm  filling: orders of popular SKUs without stock queue up; calm; storm: large receipts for them in bursts
// Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/histogram.hpp"

namespace earmark::loadtest {

struct Options;

enum class Situation : std::uint8_t { none,
                                      flash_sale,
                                      restock_storm };
// "flash-sale", "restock-storm"
std::string_view name(Situation situation) noexcept;

// Whose latencies are told apart.
enum class Stream : std::uint8_t { other_orders,    // of SKUs that are not popular
                                   popular_orders,  // their first line asks for a popular SKU
                                   receipts };      // of popular SKUs
inline constexpr std::size_t streams = 3;
std::string_view name(Stream stream) noexcept;

// The numbers that a situation is made of; each has a flag.
struct SituationShape {
  double surge = 0;                  // all orders of the act with most of them, in times of --rate
  std::uint32_t popular_skus = 0;
  std::uint32_t popular_stock = 0;   // units of each popular SKU when the run begins, all warehouses together
  std::uint32_t receipt_bursts = 0;  // of the storm, evenly apart
  std::uint32_t burst_receipts = 0;  // at once, in each
};

struct Act {
  std::string_view name;
  double other_rate = 0, popular_rate = 0;  // orders a second
  std::uint32_t bursts = 0;                 // of receipts

  double rate() const noexcept { return other_rate + popular_rate; }
  double popular_share() const noexcept { return popular_rate / rate(); }
};

// Three acts of equal length; none without a situation. `rate`: of orders of other SKUs.
std::vector<Act> acts_of(Situation situation, const SituationShape& shape, double rate);
// When the receipts of all bursts of an act are meant to be sent that lasts so long, one entry for each receipt: in the middle of each part.
std::vector<std::uint64_t> burst_times(const Act& act, std::uint32_t receipts, std::uint64_t from_ns, std::uint64_t length_ns);

// What the situation sets where its user did not; `rate`: requests a second.
SituationShape default_shape(Situation situation);
inline constexpr double situation_rate = 2'000, situation_seconds = 9;
// Half of what the surge is expected to ask of each popular SKU.
std::uint32_t stock_for_half(const SituationShape& shape, double rate, double act_seconds, std::uint32_t quantity_max);

// What one thread, or all together, counted of an act.
struct StreamTally {
  std::uint64_t offered = 0, answered = 0;
  engine::Histogram latency;
  std::array<std::uint64_t, 6> statuses{};  // by engine::OrderStatus

  void add(const StreamTally& other);
};
struct ActTally {
  std::array<StreamTally, streams> of_stream;
  std::uint64_t fills = 0, filled_units = 0;  // caused by receipts meant to be sent in it

  StreamTally& of(Stream stream) noexcept { return of_stream[static_cast<std::size_t>(stream)]; }
  const StreamTally& of(Stream stream) const noexcept { return of_stream[static_cast<std::size_t>(stream)]; }
  void add(const ActTally& other);
};

// The flags that make this run, as they could be given: "--rate 2000 --surge 10 ...".
std::string flags_of(const Options& options);

}  // namespace earmark::loadtest
