#include "engine/catalogue.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "engine/check.hpp"

namespace earmark::engine {
namespace {

constexpr std::size_t text_chunk_bytes = 64 * 1024, least_slots = 64;

}  // namespace

SkuId Catalogue::find_sku(std::string_view code) const { return slots_.empty() ? SkuId{} : SkuId{slots_[slot_of(code)]}; }

// Where the code's id is, or would go.
std::size_t Catalogue::slot_of(std::string_view code) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = std::hash<std::string_view>{}(code) & mask;
  while (slots_[slot] != 0 && code_of(products_[slots_[slot] - 1]) != code) slot = (slot + 1) & mask;
  return slot;
}

void Catalogue::index_last_product() {
  if (products_.size() * 3 > slots_.size() * 2) {
    slots_.assign(std::max(least_slots, slots_.size() * 2), 0);
    for (std::uint32_t id = 1; id < products_.size(); ++id) slots_[slot_of(code_of(products_[id - 1]))] = id;
  }
  slots_[slot_of(code_of(products_.back()))] = static_cast<std::uint32_t>(products_.size());
}

char* Catalogue::text_memory(std::size_t bytes) {
  if (bytes > text_chunk_bytes / 8) return texts_.emplace_back(std::make_unique<char[]>(bytes)).get();
  if (bytes > texts_left_) {
    next_text_ = texts_.emplace_back(std::make_unique<char[]>(text_chunk_bytes)).get();
    texts_left_ = text_chunk_bytes;
  }
  texts_left_ -= bytes;
  return std::exchange(next_text_, next_text_ + bytes);
}

// A longer one than there is room for moves behind all others, with room to grow: what it leaves behind is less than what it takes then. May be a
// view of the old one.
void Catalogue::set_description(Product& product, std::string_view description) {
  if (description.size() > product.room) {
    const auto room = static_cast<std::uint32_t>(std::max<std::size_t>(description.size(), 2 * std::size_t{product.room}));
    char* texts = text_memory(std::size_t{product.code_bytes} + room);
    std::memcpy(texts, product.texts, product.code_bytes);
    product.texts = texts;
    product.room = room;
  }
  if (!description.empty()) std::memmove(product.texts + product.code_bytes, description.data(), description.size());
  product.description_bytes = static_cast<std::uint32_t>(description.size());
}

WarehouseId Catalogue::find_warehouse(std::string_view code) const {
  const auto found = warehouses_by_code_.find(code);
  return found == warehouses_by_code_.end() ? WarehouseId{} : found->second;
}

void Catalogue::put_warehouse(WarehouseId id, std::string_view code, std::string_view name, std::uint32_t priority) {
  EARMARK_CHECK(id.value >= 1 && id.value <= warehouses_.size() + 1);
  if (id.value == warehouses_.size() + 1) {
    warehouses_.push_back({std::string(code), {}, 0});
    warehouses_by_code_.emplace(warehouses_.back().code, id);
  }
  WarehouseInfo& info = warehouses_[id.value - 1];
  EARMARK_CHECK(info.code == code);
  info.name = name;
  info.priority = priority;
}

void Catalogue::put_product(SkuId id, std::string_view code, std::string_view description, bool backorderable) {
  EARMARK_CHECK(id.value >= 1 && id.value <= products_.size() + 1);
  EARMARK_CHECK(code.size() <= max_id_bytes && description.size() <= ~std::uint32_t{0} / 2);
  if (id.value == products_.size() + 1) {
    Product& made = products_.emplace_back();
    made.texts = text_memory(code.size() + description.size());
    if (!code.empty()) std::memcpy(made.texts, code.data(), code.size());
    made.code_bytes = static_cast<std::uint8_t>(code.size());
    made.room = static_cast<std::uint32_t>(description.size());
    index_last_product();
  }
  Product& product = products_[id.value - 1];
  EARMARK_CHECK(code_of(product) == code);
  set_description(product, description);
  without_backorders_ += (backorderable ? 0U : 1U) - (product.backorderable ? 0U : 1U);
  product.backorderable = backorderable;
}

const CatalogueView* Catalogue::make_view(std::span<const LoadedWarehouse> changed, std::uint32_t sku_count) {
  struct Ranked {
    std::uint32_t priority;
    std::string_view code;
    WarehouseId id;
  };
  std::vector<Ranked> ranked;
  for (std::uint16_t id = 1; id <= warehouse_count(); ++id) {
    const WarehouseInfo& info = warehouse(WarehouseId{id});
    ranked.push_back({info.priority, info.code, WarehouseId{id}});
  }
  for (const LoadedWarehouse& entry : changed) {
    if (entry.id.value > ranked.size()) ranked.push_back({entry.priority, entry.code, entry.id});
    ranked[entry.id.value - 1U].priority = entry.priority;
  }
  std::sort(ranked.begin(), ranked.end(), [](const Ranked& left, const Ranked& right) {
    return left.priority != right.priority ? left.priority < right.priority : left.code < right.code;
  });
  auto view = std::make_unique<CatalogueView>();
  view->sku_count = sku_count;
  view->warehouse_count = static_cast<std::uint16_t>(ranked.size());
  for (const Ranked& entry : ranked) view->by_priority.push_back(entry.id);
  view->all = this;
  views_.push_back(std::move(view));
  return views_.back().get();
}

}  // namespace earmark::engine
