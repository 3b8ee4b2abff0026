// Sourcing rules, by trying everything out.
#include <algorithm>

#include "tests/model/twin.hpp"

namespace earmark::model {

using engine::Quantity;
using engine::Sourcing;
using engine::WarehouseId;

Quantity Twin::available(const Line& line, WarehouseId warehouse, const Promised& promised) const {
  const auto found = promised.find({line.sku, warehouse});
  return state_.cell(line.sku, warehouse).available() - (found == promised.end() ? 0 : found->second);
}

Quantity Twin::try_to_take(const Line& line, const std::vector<WarehouseId>& sources, Promised& promised) const {
  Quantity taken = 0;
  for (const WarehouseId warehouse : sources) {
    const Quantity units = std::min(line.quantity - taken, available(line, warehouse, promised));
    promised[{line.sku, warehouse}] += units;
    taken += units;
  }
  return taken;
}

// Units that each line leaves open when they take one after the other, unpinned lines from `from` alone.
std::vector<Quantity> Twin::open_units(const Order& order, const std::vector<WarehouseId>& from) const {
  Promised promised;
  std::vector<Quantity> open;
  for (const Line& line : order.lines) {
    const std::vector<WarehouseId> pin{line.pinned};
    open.push_back(line.quantity - try_to_take(line, line.pinned.value != 0 ? pin : from, promised));
  }
  return open;
}

std::vector<WarehouseId> Twin::sources(const Order& order) const {
  std::vector<WarehouseId> ranked = state_.sources(Line{}, order.preferred);
  if (order.sourcing == Sourcing::single_source) {
    for (const WarehouseId warehouse : ranked) {
      const std::vector<Quantity> open = open_units(order, {warehouse});
      bool whole = true;
      for (std::size_t index = 0; index < open.size(); ++index) {
        whole = whole && (order.lines[index].pinned.value != 0 || open[index] == 0);
      }
      if (whole) return {warehouse};
    }
  }
  if (order.sourcing == Sourcing::fewest_splits) {
    const std::vector<WarehouseId> set = smallest_set(order, ranked);
    std::ranges::stable_partition(ranked, [&](WarehouseId warehouse) { return std::ranges::find(set, warehouse) != set.end(); });
  }
  return ranked;
}

// Of all sets those that leave the fewest units open, of these the smallest, of these the first by their members' ranks.
std::vector<WarehouseId> Twin::smallest_set(const Order& order, const std::vector<WarehouseId>& ranked) const {
  using Judged = std::tuple<std::uint64_t, std::size_t, std::vector<std::size_t>>;
  std::optional<Judged> best;
  for (std::uint32_t bits = 0; bits < 1U << ranked.size(); ++bits) {
    std::vector<std::size_t> members;
    std::vector<WarehouseId> set;
    for (std::size_t rank = 0; rank < ranked.size(); ++rank) {
      if ((bits >> rank & 1) == 0) continue;
      members.push_back(rank);
      set.push_back(ranked[rank]);
    }
    std::uint64_t open = 0;
    for (const Quantity units : open_units(order, set)) open += units;
    const Judged judged{open, members.size(), members};
    if (!best || judged < *best) best = judged;
  }
  std::vector<WarehouseId> set;
  for (const std::size_t rank : std::get<2>(*best)) set.push_back(ranked[rank]);
  return set;
}

std::vector<WarehouseId> Twin::sources(const Order& order, const Line& line, const std::vector<WarehouseId>& of_order,
                                       const Promised& promised) const {
  if (line.pinned.value != 0) return {line.pinned};
  std::vector<WarehouseId> sources = of_order;
  if (order.sourcing == Sourcing::highest_stock) {
    std::stable_sort(sources.begin() + (order.preferred.value != 0 ? 1 : 0), sources.end(), [&](WarehouseId one, WarehouseId other) {
      return available(line, one, promised) > available(line, other, promised);
    });
  }
  return sources;
}

}  // namespace earmark::model
