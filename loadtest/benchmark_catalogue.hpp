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

// Dense ids by index of the workload. A server that holds nothing else gave out consecutive ids, and then no table is
// looked up: in a catalogue of 100,000 SKUs each look-up is a cache miss, a third of this program's own time.
class BenchmarkCatalogue {
 public:
  BenchmarkCatalogue() = default;
  BenchmarkCatalogue(std::uint64_t epoch, std::vector<engine::SkuId> skus, std::vector<engine::WarehouseId> warehouses, bool loaded_now);

  std::uint64_t epoch() const noexcept { return epoch_; }
  engine::SkuId sku(std::uint32_t index) const noexcept {
    return skus_.empty() ? engine::SkuId{first_sku_ + index} : skus_[index];
  }
  engine::SkuId largest_sku() const noexcept { return largest_sku_; }
  engine::WarehouseId warehouse(std::uint16_t index) const noexcept { return warehouses_[index]; }
  std::uint16_t warehouses() const noexcept { return static_cast<std::uint16_t>(warehouses_.size()); }
  // False: it was there, with the stock that was left.
  bool loaded_now() const noexcept { return loaded_now_; }

 private:
  std::uint64_t epoch_ = 0;
  std::uint32_t first_sku_ = 0;      // with consecutive ids
  std::vector<engine::SkuId> skus_;  // with any others
  engine::SkuId largest_sku_{};
  std::vector<engine::WarehouseId> warehouses_;
  bool loaded_now_ = false;
};

std::string sku_code(std::uint32_t index);        // 0: SKU-000001
std::string warehouse_code(std::uint16_t index);  // 0: W1

// Makes sure that the server holds the catalogue: loads what is missing of it, in chunks, with progress on a terminal.
// Refused if the server holds another one, or other warehouses than the workload wants.
client::Outcome<BenchmarkCatalogue> prepare_catalogue(client::Client& client, const Options& options);

// Every cell of the catalogue, page by page. Exact if nothing else goes on.
client::Outcome<StockSnapshot> read_stock(client::Client& client, const BenchmarkCatalogue& catalogue);

}  // namespace earmark::loadtest
