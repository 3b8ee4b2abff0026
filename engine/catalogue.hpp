// SKUs and warehouses. CatalogueView is what a decision needs, immutable; a new one is published inside the commit of
// the load that changed it, so a decision uses the catalogue of its own instant. Catalogue is the settler's dictionary
// of codes and names. Dense ids start at 1 and are never reused.
// There may be millions of products: each takes 24 bytes and its texts, which lie side by side, and a code is found through 4 bytes for each
// slot of a table of ids.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/decision.hpp"
#include "engine/limits.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

class Catalogue;

struct CatalogueView {
  std::uint32_t sku_count = 0;
  std::uint16_t warehouse_count = 0;
  std::vector<WarehouseId> by_priority;  // lowest priority number first, ties by code
  const Catalogue* all = nullptr;        // what a load may change after this view was made: for the settler alone

  bool knows(SkuId sku) const noexcept { return sku.value - 1U < sku_count; }
  bool knows(WarehouseId warehouse) const noexcept { return warehouse.value != 0 && warehouse.value <= warehouse_count; }
  // Whether orders may wait for it. The settler alone, who changes the flag; a receiving thread leaves him what would wait.
  bool backorderable(SkuId sku) const noexcept;
  bool all_backorderable() const noexcept;
};

struct WarehouseInfo {
  std::string code, name;
  std::uint32_t priority = 0;
};

// A product in words. The views hold until the product changes.
struct ProductInfo {
  std::string_view code, description;
  bool backorderable = true;  // orders may wait for it
};

class Catalogue {
 public:
  SkuId find_sku(std::string_view code) const;              // 0: unknown
  WarehouseId find_warehouse(std::string_view code) const;  // 0: unknown
  ProductInfo product(SkuId sku) const {
    const Product& product = products_[sku.value - 1];
    return {code_of(product), {product.texts + product.code_bytes, product.description_bytes}, product.backorderable};
  }
  bool backorderable(SkuId sku) const { return products_[sku.value - 1].backorderable; }
  const WarehouseInfo& warehouse(WarehouseId id) const { return warehouses_[id.value - 1]; }
  std::uint32_t sku_count() const noexcept { return static_cast<std::uint32_t>(products_.size()); }
  std::uint16_t warehouse_count() const noexcept { return static_cast<std::uint16_t>(warehouses_.size()); }

  // `id` is the next one, or one that exists, whose name, priority, description or flag changes.
  void put_warehouse(WarehouseId id, std::string_view code, std::string_view name, std::uint32_t priority);
  void put_product(SkuId id, std::string_view code, std::string_view description, bool backorderable);

  bool all_backorderable() const noexcept { return without_backorders_ == 0; }

  // The view of the present contents with `changed` warehouses (new ones or new priorities) and `sku_count` SKUs.
  // Kept for as long as the engine lives: readers hold it without counting.
  const CatalogueView* make_view(std::span<const LoadedWarehouse> changed, std::uint32_t sku_count);

 private:
  struct Product {
    char* texts = nullptr;  // code, description
    std::uint32_t description_bytes = 0, room = 0;  // of the description
    std::uint8_t code_bytes = 0;
    bool backorderable = true;
  };
  static_assert(sizeof(Product) == 24 && max_id_bytes <= 0xFF);

  static std::string_view code_of(const Product& product) noexcept { return {product.texts, product.code_bytes}; }
  char* text_memory(std::size_t bytes);
  void set_description(Product& product, std::string_view description);
  std::size_t slot_of(std::string_view code) const noexcept;
  void index_last_product();

  std::deque<Product> products_;
  std::vector<std::unique_ptr<char[]>> texts_;  // chunks, which never move
  char* next_text_ = nullptr;                   // in the last chunk of many
  std::size_t texts_left_ = 0;
  std::vector<std::uint32_t> slots_;            // ids by hash of their code, a power of two of them; 0: free, and so is a third or more
  std::deque<WarehouseInfo> warehouses_;        // deque: the codes below are views into it
  std::unordered_map<std::string_view, WarehouseId> warehouses_by_code_;
  std::uint32_t without_backorders_ = 0;  // SKUs that orders may not wait for
  std::vector<std::unique_ptr<const CatalogueView>> views_;
};

inline bool CatalogueView::backorderable(SkuId sku) const noexcept { return all->backorderable(sku); }
inline bool CatalogueView::all_backorderable() const noexcept { return all->all_backorderable(); }

}  // namespace earmark::engine
