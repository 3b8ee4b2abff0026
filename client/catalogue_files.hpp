// The files of a data directory that make a catalogue: warehouses.csv, products.csv, stock.csv (any may be .gz), and
// their way into the server.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/catalogue.hpp"
#include "client/client.hpp"

namespace earmark::client {

struct ProductInput {
  std::string code, description;
  bool in_stock_file = false;
  std::optional<bool> backorderable{};  // none: not said
};
struct OpeningInput {
  std::uint32_t product = 0, warehouse = 0;  // positions in the vectors
  std::int64_t on_hand = 0;
};

struct CatalogueFiles {
  std::vector<WarehouseInfo> warehouses;
  std::vector<ProductInput> products;
  std::vector<OpeningInput> stock;  // in the order of the products
};

// Reads what is there; at least one file has to be. `known` stands in for a missing warehouses.csv.
Outcome<CatalogueFiles> read_catalogue(const std::filesystem::path& directory, std::span<const WarehouseInfo> known);

// What the server said it changed.
struct LoadTotals {
  std::uint64_t warehouses = 0, products = 0, stock_rows = 0, units = 0, fills = 0;
  engine::Lsn last{};
};

// Sends it as as many loads as it takes, one after the other; `progress(entries sent)` is called after each.
Outcome<LoadTotals> send_catalogue(Client& client, const CatalogueFiles& files,
                                   const std::function<void(std::uint64_t)>& progress);

}  // namespace earmark::client
