#include "client/catalogue_files.hpp"

#include <algorithm>
#include <unordered_map>

#include "client/csv.hpp"
#include "client/items.hpp"
#include "client/named_columns.hpp"
#include "engine/limits.hpp"

namespace earmark::client {
namespace {

constexpr std::size_t entries_of_a_load = 2'000;  // products and rows; well under the server's limit

bool good_code(const std::string& code) { return !code.empty() && code.size() <= engine::max_id_bytes; }

class Reader {
 public:
  Outcome<void> read_warehouses(const std::filesystem::path& path) {
    auto table = NamedColumns::open(path, {"warehouse", "priority"}, {"name"});
    if (!table) return Unexpected{table.error()};
    while (true) {
      auto more = table->next();
      if (!more) return Unexpected{more.error()};
      if (!*more) return {};
      const auto priority = whole_number((*table)[1]);
      if (!good_code((*table)[0])) return table->bad("a warehouse's code has 1 to 64 bytes");
      if (!priority || *priority < 0 || *priority > UINT32_MAX) {
        return table->bad("'" + (*table)[1] + "' is not a priority; write a whole number, lower is first");
      }
      if (auto added = add({(*table)[0], (*table)[2], static_cast<std::uint32_t>(*priority)}); !added) {
        return table->bad("warehouse '" + (*table)[0] + "' stands twice");
      }
    }
  }

  bool add(const WarehouseInfo& warehouse) {
    const auto place = static_cast<std::uint32_t>(files_.warehouses.size());
    if (!warehouse_places_.try_emplace(warehouse.code, place).second) return false;
    files_.warehouses.push_back(warehouse);
    return true;
  }

  Outcome<void> read_products(const std::filesystem::path& path) {
    auto table = NamedColumns::open(path, {"sku"}, {"description", "backorderable"});
    if (!table) return Unexpected{table.error()};
    while (true) {
      auto more = table->next();
      if (!more) return Unexpected{more.error()};
      if (!*more) return {};
      if (!good_code((*table)[0])) return table->bad("a SKU has 1 to 64 bytes");
      if ((*table)[1].size() > engine::max_text_bytes) return table->bad("the description has more than 512 bytes");
      const auto place = static_cast<std::uint32_t>(files_.products.size());
      if (!product_places_.try_emplace((*table)[0], place).second) {
        return table->bad("SKU '" + (*table)[0] + "' stands twice");
      }
      const std::string& flag = (*table)[2];
      if (!flag.empty() && flag != "true" && flag != "false") return table->bad("'" + flag + "' is not true or false; write whether orders may wait for the SKU");
      files_.products.push_back({(*table)[0], (*table)[1], false, flag.empty() ? std::nullopt : std::optional(flag == "true")});
    }
  }

  Outcome<void> read_stock(const std::filesystem::path& path) {
    auto table = NamedColumns::open(path, {"sku", "warehouse", "on_hand"}, {});
    if (!table) return Unexpected{table.error()};
    while (true) {
      auto more = table->next();
      if (!more) return Unexpected{more.error()};
      if (!*more) break;
      if (!good_code((*table)[0])) return table->bad("a SKU has 1 to 64 bytes");
      const auto on_hand = whole_number((*table)[2]);
      if (!on_hand) return table->bad("'" + (*table)[2] + "' is not a quantity; write a whole number");
      const auto warehouse = warehouse_places_.find((*table)[1]);
      if (warehouse == warehouse_places_.end()) {
        return table->bad("there is no warehouse '" + (*table)[1] + "'; add it to warehouses.csv");
      }
      const auto next = static_cast<std::uint32_t>(files_.products.size());
      const auto [product, added] = product_places_.try_emplace((*table)[0], next);
      if (added) files_.products.push_back({(*table)[0], "", true, {}});
      files_.products[product->second].in_stock_file = true;
      files_.stock.push_back({product->second, warehouse->second, *on_hand});
    }
    std::stable_sort(files_.stock.begin(), files_.stock.end(),
                     [](const OpeningInput& left, const OpeningInput& right) { return left.product < right.product; });
    return {};
  }

  CatalogueFiles take() { return std::move(files_); }

 private:
  CatalogueFiles files_;
  std::unordered_map<std::string, std::uint32_t> warehouse_places_, product_places_;
};

// One load under construction: every warehouse, a run of products and their rows.
class Batch {
 public:
  explicit Batch(const CatalogueFiles& files) {
    for (const WarehouseInfo& warehouse : files.warehouses) {
      warehouses_.push_back({warehouse.code, warehouse.name, warehouse.priority});
    }
  }

  std::size_t entries() const { return products_.size() + stock_.size(); }
  void add_product(const ProductInput& product) { products_.push_back({product.code, product.description, product.backorderable}); }
  void add_row(const OpeningInput& row) {
    stock_.push_back({row.on_hand, static_cast<std::uint32_t>(products_.size() - 1), row.warehouse});
  }

  Outcome<void> send(Client& client, LoadTotals& totals) {
    auto message = client.ask([&](std::uint64_t correlation) -> Outcome<void> {
      client.connection().encoder().load(client.connection().out(), correlation, {{warehouses_, products_, stock_}, client.time()});
      return {};
    });
    if (!message) return Unexpected{explain(message.error())};
    products_.clear();
    stock_.clear();
    return client.each_event(*message, [&](const schema::Event& event) -> Outcome<void> {
      totals.last = event.stamp.lsn;
      if (const auto* load = std::get_if<engine::LoadDecision>(&event.decision)) {
        totals.warehouses += load->warehouses.size();
        totals.products += load->products.size();
        totals.stock_rows += load->stock.size();
        for (const engine::ReceivedRow& row : load->stock) totals.units += row.quantity;
      } else {
        ++totals.fills;
      }
      return {};
    });
  }

 private:
  // The server counts rows within one load; name what stands there.
  Failure explain(Failure failure) const {
    if (failure.code == engine::ErrorCode::already_loaded) {
      failure.text += " (one of the rows of SKUs " + std::string(products_.front().code) + " to " +
                      std::string(products_.back().code) + ")";
    }
    return failure;
  }

  std::vector<engine::WarehouseEntry> warehouses_;
  std::vector<engine::ProductEntry> products_;
  std::vector<engine::OpeningStockEntry> stock_;
};

}  // namespace

Outcome<CatalogueFiles> read_catalogue(const std::filesystem::path& directory, std::span<const WarehouseInfo> known) {
  const auto warehouses = find_table(directory, "warehouses.csv"), products = find_table(directory, "products.csv"),
             stock = find_table(directory, "stock.csv");
  if (!warehouses && !products && !stock) {
    return usage(directory.string() + ": there is no warehouses.csv, products.csv or stock.csv (or .gz of them) in it");
  }
  Reader reader;
  if (warehouses) {
    if (auto done = reader.read_warehouses(*warehouses); !done) return Unexpected{done.error()};
  }
  for (const WarehouseInfo& warehouse : known) {
    if (!warehouses) reader.add(warehouse);
  }
  if (products) {
    if (auto done = reader.read_products(*products); !done) return Unexpected{done.error()};
  }
  if (stock) {
    if (auto done = reader.read_stock(*stock); !done) return Unexpected{done.error()};
  }
  return reader.take();
}

Outcome<LoadTotals> send_catalogue(Client& client, const CatalogueFiles& files,
                                   const std::function<void(std::uint64_t)>& progress) {
  LoadTotals totals;
  Batch batch(files);
  std::uint64_t sent = 0;
  std::size_t next_row = 0;
  bool any = false;
  const auto send = [&]() -> Outcome<void> {
    sent += batch.entries();
    any = true;
    auto done = batch.send(client, totals);
    progress(sent);
    return done;
  };
  for (std::size_t product = 0; product < files.products.size(); ++product) {
    if (batch.entries() >= entries_of_a_load) {
      if (auto done = send(); !done) return Unexpected{done.error()};
    }
    batch.add_product(files.products[product]);
    for (; next_row < files.stock.size() && files.stock[next_row].product == product; ++next_row) {
      batch.add_row(files.stock[next_row]);
    }
  }
  if (batch.entries() != 0 || !any) {
    if (auto done = send(); !done) return Unexpected{done.error()};
  }
  return totals;
}

}  // namespace earmark::client
