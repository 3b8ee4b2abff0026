#include "loadtest/popular_stock.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "client/describe.hpp"
#include "engine/limits.hpp"

namespace earmark::loadtest {

using client::Outcome;

Result<std::vector<engine::StockRow>, std::string> missing_popular_stock(const StockSnapshot& now, const BenchmarkCatalogue& catalogue, const Options& options) {
  const std::uint64_t wanted = options.situation_shape.popular_stock;
  std::vector<engine::StockRow> rows;
  for (const std::uint32_t index : popular_skus(options.shape)) {
    const engine::SkuId sku = catalogue.sku(index);
    std::uint64_t there = 0;
    for (std::uint16_t warehouse = 1; warehouse <= now.warehouses; ++warehouse) there += now.available[now.cell(sku.value, warehouse)];
    const std::string code = sku_code(index);
    if (there > wanted) {
      return Unexpected{fmt::format("{} has {} units, and the situation begins with {}", code, client::with_separators(there), client::with_separators(wanted))};
    }
    if (const std::uint64_t waiting = now.backordered[sku.value - 1U]; waiting != 0) {
      return Unexpected{fmt::format("{} of {} wait already", client::counted(waiting, "unit"), code)};
    }
    std::uint64_t missing = wanted - there;
    for (std::uint16_t place = 0; place < catalogue.warehouses() && missing != 0; ++place) {
      const auto left = static_cast<std::uint64_t>(catalogue.warehouses() - place);
      const std::uint64_t units = (missing + left - 1) / left;
      rows.push_back({static_cast<engine::WireQuantity>(units), sku, catalogue.warehouse(place), 0});
      missing -= units;
    }
  }
  return rows;
}

Outcome<void> prepare_popular_stock(client::Client& client, const BenchmarkCatalogue& catalogue, const Options& options) {
  const auto now = read_stock(client, catalogue);
  if (!now) return Unexpected{now.error()};
  const auto rows = missing_popular_stock(*now, catalogue, options);
  if (!rows) return client::usage(rows.error() + "; start earmarkd with an empty --data directory for this situation");
  std::uint32_t receipt = 0;
  for (std::size_t first = 0; first < rows->size(); first += engine::max_lines) {
    const std::string id = fmt::format("{}-opening-{}", options.id_prefix, ++receipt);
    const auto part = std::span(*rows).subspan(first, std::min(engine::max_lines, rows->size() - first));
    const auto answer = client.ask([&](std::uint64_t correlation) -> Outcome<void> {
      client.connection().encoder().receive(client.connection().out(), correlation, {{id, part}, catalogue.epoch(), {}});
      return {};
    });
    if (!answer) return Unexpected{answer.error()};
  }
  return {};
}

}  // namespace earmark::loadtest
