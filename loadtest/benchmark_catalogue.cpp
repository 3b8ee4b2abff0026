#include "loadtest/benchmark_catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "client/describe.hpp"
#include "client/progress.hpp"
#include "engine/limits.hpp"

namespace earmark::loadtest {
namespace {

using client::Outcome;

constexpr std::uint32_t resolve_at_once = 2'000;

std::string warehouse_name(std::uint16_t index) { return fmt::format("earmark-load {}", warehouse_code(index)); }

Unexpected<client::Failure> another_catalogue(const std::string& what) {
  return client::usage("the server does not hold this benchmark's catalogue: " + what +
                       "; start earmarkd with an empty --data directory for load tests");
}

// The first `count` SKUs; 0 where the server knows no such code.
Outcome<std::vector<engine::SkuId>> resolve_skus(client::Client& client, std::uint32_t count) {
  std::vector<engine::SkuId> ids;
  client::Progress progress("looking up SKUs", count);
  while (ids.size() < count) {
    const auto first = static_cast<std::uint32_t>(ids.size());
    std::vector<std::string> codes;
    for (std::uint32_t index = first; index < std::min(count, first + resolve_at_once); ++index) codes.push_back(sku_code(index));
    const std::vector<std::string_view> views(codes.begin(), codes.end());
    schema::ResolveRequest question;
    question.sku_codes = views;
    const auto answer = client.ask_for<schema::ResolveAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
      client.connection().encoder().resolve(client.connection().out(), correlation, question);
      return {};
    });
    if (!answer) return Unexpected{answer.error()};
    if (answer->sku_ids.size() != codes.size()) return client::unreachable("the server answered another question than the one asked");
    ids.insert(ids.end(), answer->sku_ids.begin(), answer->sku_ids.end());
    progress.done(ids.size());
  }
  return ids;
}

class Loader {
 public:
  Loader(client::Client& client, const Options& options)
      : client_(client), options_(options), without_stock_(skus_without_stock(options.shape, options.short_share)) {
    for (const std::uint32_t popular : popular_skus(options.shape)) without_stock_[popular] = true;  // they get theirs before each run
    for (std::uint16_t index = 0; index < options.shape.warehouses; ++index) {
      texts_.push_back({warehouse_code(index), warehouse_name(index)});
    }
    for (std::uint16_t index = 0; index < options.shape.warehouses; ++index) {
      warehouses_.push_back({texts_[index][0], texts_[index][1], index + 1U});
    }
  }

  // SKUs from `first` on, as many at once as one load may have.
  Outcome<void> load_from(std::uint32_t first) {
    // A load that needs several frames names the warehouses, and a product that is cut, once more in each.
    const std::size_t rows = engine::max_load_rows - 2 * (warehouses_.size() + 1);
    const auto chunk = static_cast<std::uint32_t>(rows / (1 + warehouses_.size()));
    client::Progress progress("loading SKUs", options_.shape.skus);
    for (std::uint32_t next = first; next < options_.shape.skus; next += chunk) {
      progress.done(next);
      if (auto done = load(next, std::min(next + chunk, options_.shape.skus)); !done) return done;
    }
    return {};
  }

 private:
  Outcome<void> load(std::uint32_t begin, std::uint32_t end) {
    std::vector<std::string> codes;
    std::vector<engine::OpeningStockEntry> stock;
    for (std::uint32_t index = begin; index < end; ++index) {
      codes.push_back(sku_code(index));
      for (std::uint32_t warehouse = 0; warehouse < warehouses_.size(); ++warehouse) {
        if (options_.stock != 0 && !without_stock_[index]) stock.push_back({options_.stock, index - begin, warehouse});
      }
    }
    std::vector<engine::ProductEntry> products;
    for (const std::string& code : codes) products.push_back({code, {}});
    const schema::LoadRequest request{{warehouses_, products, stock}};
    const auto answer = client_.ask([&](std::uint64_t correlation) -> Outcome<void> {
      client_.connection().encoder().load(client_.connection().out(), correlation, request);
      return {};
    });
    if (!answer) return Unexpected{answer.error()};
    return {};
  }

  client::Client& client_;
  const Options& options_;
  std::vector<bool> without_stock_;
  std::vector<std::array<std::string, 2>> texts_;  // code and name
  std::vector<engine::WarehouseEntry> warehouses_;
};

// The warehouses say whose catalogue it is.
Outcome<void> judge_warehouses(client::Client& client, const Options& options) {
  if (auto done = client.learn_warehouses(); !done) return done;
  const auto warehouses = client.catalogue().warehouses();
  for (std::size_t index = 0; index < warehouses.size(); ++index) {
    const auto number = static_cast<std::uint16_t>(index);
    if (warehouses[index].code == warehouse_code(number) && warehouses[index].name == warehouse_name(number)) continue;
    return another_catalogue(fmt::format("it has a warehouse {}", client::on_one_line(warehouses[index].code)));
  }
  if (warehouses.size() == options.shape.warehouses) return {};
  return another_catalogue(fmt::format("it has {}, not {}", client::counted(warehouses.size(), "warehouse"), options.shape.warehouses));
}

}  // namespace

std::string sku_code(std::uint32_t index) { return fmt::format("SKU-{:06}", std::uint64_t{index} + 1); }
std::string warehouse_code(std::uint16_t index) { return fmt::format("W{}", index + 1U); }

BenchmarkCatalogue::BenchmarkCatalogue(std::uint64_t epoch, std::vector<engine::SkuId> skus,
                                       std::vector<engine::WarehouseId> warehouses, bool loaded_now)
    : epoch_(epoch), first_sku_(skus.front().value), largest_sku_(*std::max_element(skus.begin(), skus.end())),
      warehouses_(std::move(warehouses)), loaded_now_(loaded_now) {
  bool consecutive = true;
  for (std::uint32_t index = 0; index < skus.size(); ++index) consecutive &= skus[index].value == first_sku_ + index;
  if (!consecutive) skus_ = std::move(skus);
}

Outcome<BenchmarkCatalogue> prepare_catalogue(client::Client& client, const Options& options) {
  const std::uint32_t there = client.connection().hello().sku_count;
  if (there != 0 || client.connection().hello().warehouse_count != 0) {
    if (auto done = judge_warehouses(client, options); !done) return Unexpected{done.error()};
  }
  const bool load_now = there < options.shape.skus;
  if (load_now) {
    if (auto done = Loader(client, options).load_from(there); !done) return Unexpected{done.error()};
    if (auto done = client.learn_warehouses(); !done) return Unexpected{done.error()};
  }
  auto skus = resolve_skus(client, options.shape.skus);
  if (!skus) return Unexpected{skus.error()};
  const auto unknown = std::find(skus->begin(), skus->end(), engine::SkuId{});
  if (unknown != skus->end()) return another_catalogue("it has no SKU " + sku_code(static_cast<std::uint32_t>(unknown - skus->begin())));
  std::vector<engine::WarehouseId> warehouses;
  for (std::uint16_t index = 0; index < options.shape.warehouses; ++index) {
    warehouses.push_back(client.catalogue().warehouse(warehouse_code(index)));
  }
  return BenchmarkCatalogue(client.catalogue().epoch(), std::move(*skus), std::move(warehouses), load_now);
}

Outcome<StockSnapshot> read_stock(client::Client& client, const BenchmarkCatalogue& catalogue) {
  const std::uint32_t largest = catalogue.largest_sku().value;
  StockSnapshot snapshot;
  snapshot.warehouses = catalogue.warehouses();
  snapshot.available.resize(std::size_t{largest} * snapshot.warehouses);
  snapshot.reserved.resize(snapshot.available.size());
  snapshot.held.resize(snapshot.available.size());
  snapshot.backordered.resize(largest);
  client::Progress progress("reading stock of SKUs", largest);
  schema::StockRequest question;
  question.epoch = catalogue.epoch();
  do {
    const auto answer = client.ask_for<schema::StockAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
      client.connection().encoder().stock(client.connection().out(), correlation, question);
      return {};
    });
    if (!answer) return Unexpected{answer.error()};
    for (const schema::StockLevel& level : answer->levels) {
      const auto sku = level.sku.value;
      const auto warehouse = level.warehouse.value;
      if (!snapshot.holds(sku, warehouse)) continue;
      snapshot.available[snapshot.cell(sku, warehouse)] = level.available;
      snapshot.reserved[snapshot.cell(sku, warehouse)] = level.reserved;
      snapshot.held[snapshot.cell(sku, warehouse)] = level.held;
    }
    for (const schema::SkuLevel& level : answer->skus) {
      if (level.sku.value - 1U < largest) snapshot.backordered[level.sku.value - 1U] = level.backordered;
    }
    if (question.after.value == 0) snapshot.first_lsn = answer->lsn.value;
    snapshot.last_lsn = answer->lsn.value;
    question.after = answer->next_after;
    progress.done(question.after.value);
  } while (question.after.value != 0 && question.after.value < largest);
  return snapshot;
}

}  // namespace earmark::loadtest
