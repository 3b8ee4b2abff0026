// The catalogue that the load runs on: SKU-000001 ... and warehouses W1 ..., marked by the warehouses' names, so that a
// server with any other catalogue is never loaded with test orders.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/client.hpp"
#include "loadtest/history.hpp"
#include "loadtest/options.hpp"

namespace earmark::loadtest {

struct BenchmarkCatalogue {
  std::uint64_t epoch = 0;
  std::vector<engine::SkuId> skus;  // by index of the workload
  std::vector<engine::WarehouseId> warehouses;
  bool loaded_now = false;          // false: it was there, with the stock that was left
};

std::string sku_code(std::uint32_t index);             // 0: SKU-000001
std::string warehouse_code(std::uint16_t index);       // 0: W1

// Makes sure that the server holds the catalogue: loads what is missing of it, in chunks, with progress on a terminal.
// Refused if the server holds another one, or other warehouses than the workload wants.
client::Outcome<BenchmarkCatalogue> prepare_catalogue(client::Client& client, const Options& options);

// Every cell of the catalogue, page by page. Exact if nothing else goes on.
client::Outcome<StockSnapshot> read_stock(client::Client& client, const BenchmarkCatalogue& catalogue);

}  // namespace earmark::loadtest
