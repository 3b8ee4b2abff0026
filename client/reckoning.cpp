#include "client/reckoning.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

namespace earmark::client {
namespace {

std::vector<std::size_t> in_supply_order(const std::vector<Supply>& supply) {
  std::vector<std::size_t> places(supply.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::ranges::sort(places, {}, [&](std::size_t place) {
    const Supply& each = supply[place];
    return std::tuple(each.expected_us == 0 ? std::numeric_limits<std::int64_t>::max() : each.expected_us, each.lsn, each.index);
  });
  return places;
}

bool may_take(const Backorder& waiting, const std::string& warehouse) { return waiting.pinned.empty() || waiting.pinned == warehouse; }

}  // namespace

std::vector<std::vector<Share>> shares_of(const std::vector<Supply>& supply, const std::vector<Backorder>& queue, std::map<std::string, std::uint64_t> available) {
  std::vector<std::vector<Share>> shares(supply.size());
  std::vector<std::uint64_t> left, needs;
  for (const Supply& each : supply) left.push_back(each.units);
  for (const Backorder& each : queue) needs.push_back(each.quantity);
  const auto give = [&](std::size_t from, std::size_t to, bool pegged) {
    const std::uint64_t units = std::min(left[from], needs[to]);
    if (units == 0) return;
    left[from] -= units, needs[to] -= units;
    shares[from].push_back({to, static_cast<std::uint32_t>(units), pegged});
  };
  const std::vector<std::size_t> order = in_supply_order(supply);
  for (const std::size_t from : order) {
    for (std::size_t to = 0; !supply[from].peg_order.empty() && to < queue.size(); ++to) {
      if (queue[to].order == supply[from].peg_order && queue[to].line == supply[from].peg_line) give(from, to, true);
    }
  }
  for (std::size_t to = 0; to < queue.size(); ++to) {
    for (auto& [warehouse, units] : available) {
      if (!may_take(queue[to], warehouse)) continue;
      const std::uint64_t taken = std::min(units, needs[to]);
      units -= taken, needs[to] -= taken;
    }
    for (const std::size_t from : order) {
      if (may_take(queue[to], supply[from].warehouse)) give(from, to, false);
    }
  }
  return shares;
}

}  // namespace earmark::client
