// Loads: new SKUs and warehouses, changed names and priorities, opening stock once per pair. Idempotent: what stands
// already changes nothing. Stock that comes where somebody waits fills the waiters, like a receipt.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "engine/settler.hpp"

namespace earmark::engine {
namespace {

// What a load would change, worked out before anything is.
struct LoadPlan {
  std::vector<LoadedWarehouse> warehouses;
  std::vector<LoadedProduct> products;
  std::vector<ReceivedRow> stock;
  std::vector<WarehouseId> warehouse_ids;  // by position in the command
  std::vector<SkuId> product_ids;
  std::uint32_t sku_count = 0;
  Error error;
};

bool bad_code(std::string_view code, std::unordered_set<std::string_view>& seen) {
  return code.empty() || code.size() > max_id_bytes || !seen.insert(code).second;
}

void plan_warehouses(std::span<const WarehouseEntry> entries, const Catalogue& catalogue, std::uint16_t limit, LoadPlan& plan) {
  std::unordered_set<std::string_view> seen;
  std::uint32_t next = catalogue.warehouse_count() + 1U;
  for (std::size_t index = 0; index < entries.size(); ++index) {
    const WarehouseEntry& entry = entries[index];
    const auto row = static_cast<std::uint32_t>(index + 1);
    if (bad_code(entry.code, seen)) { plan.error = {ErrorCode::bad_code, row, {}}; return; }
    WarehouseId id = catalogue.find_warehouse(entry.code);
    if (id.value == 0 && next > limit) { plan.error = {ErrorCode::catalogue_full, row, {}}; return; }
    const bool is_new = id.value == 0;
    if (is_new) id = WarehouseId{static_cast<std::uint16_t>(next++)};
    plan.warehouse_ids.push_back(id);
    const std::string_view name = is_new || !entry.name.empty() ? entry.name : std::string_view(catalogue.warehouse(id).name);
    if (!is_new && catalogue.warehouse(id).priority == entry.priority && catalogue.warehouse(id).name == name) continue;
    plan.warehouses.push_back({id, entry.priority, entry.code, name});
  }
}

void plan_products(std::span<const ProductEntry> entries, const Catalogue& catalogue, std::uint32_t limit, LoadPlan& plan) {
  std::unordered_set<std::string_view> seen;
  plan.sku_count = catalogue.sku_count();
  for (std::size_t index = 0; index < entries.size(); ++index) {
    const ProductEntry& entry = entries[index];
    const auto row = static_cast<std::uint32_t>(index + 1);
    if (bad_code(entry.code, seen)) { plan.error = {ErrorCode::bad_code, row, {}}; return; }
    SkuId id = catalogue.find_sku(entry.code);
    if (id.value == 0 && plan.sku_count >= limit) { plan.error = {ErrorCode::catalogue_full, row, {}}; return; }
    const bool is_new = id.value == 0;
    if (is_new) id = SkuId{++plan.sku_count};
    plan.product_ids.push_back(id);
    const ProductInfo known = is_new ? ProductInfo{} : catalogue.product(id);
    const std::string_view description = is_new || !entry.description.empty() ? entry.description : known.description;
    const bool backorderable = entry.backorderable.value_or(is_new || known.backorderable);
    if (!is_new && known.description == description && known.backorderable == backorderable) continue;
    plan.products.push_back({id, entry.code, description, backorderable});
  }
}

void plan_stock(std::span<const OpeningStockEntry> entries, const SharedState& shared, const Book& book, LoadPlan& plan) {
  std::unordered_map<std::uint64_t, Quantity> opened;  // by this load
  for (std::size_t index = 0; index < entries.size(); ++index) {
    const OpeningStockEntry& entry = entries[index];
    const auto at_fault = [&](ErrorCode code) { plan.error = {code, static_cast<std::uint32_t>(index + 1), {}}; };
    if (entry.product >= plan.product_ids.size()) return at_fault(ErrorCode::unknown_sku);
    if (entry.warehouse >= plan.warehouse_ids.size()) return at_fault(ErrorCode::unknown_warehouse);
    if (entry.on_hand < 0 || entry.on_hand > max_quantity) return at_fault(ErrorCode::bad_quantity);
    const SkuId sku = plan.product_ids[entry.product];
    const WarehouseId warehouse = plan.warehouse_ids[entry.warehouse];
    const auto units = static_cast<Quantity>(entry.on_hand);
    const CellIndex cell = shared.cell_index(sku, warehouse);
    const CellStock& stock = book.stock[cell.value];
    const auto [earlier, is_first] = opened.try_emplace(cell.value, units);
    if (!is_first || stock.opening_plus_one != 0) {
      const Quantity before = is_first ? stock.opening_plus_one - 1 : earlier->second;
      if (before != units) return at_fault(ErrorCode::already_loaded);
      continue;
    }
    plan.stock.push_back({sku, warehouse, 0, units, 0});
  }
  for (const ReceivedRow& row : plan.stock) {
    const std::uint64_t on_hand = book.stock[shared.cell_index(row.sku, row.warehouse).value].on_hand;
    if (on_hand + row.quantity > max_quantity) plan.error = {ErrorCode::quantity_overflow, 0, {}};
  }
}

LoadPlan plan_load(const LoadCatalogue& load, const SharedState& shared, const Book& book) {
  LoadPlan plan;
  if (load.products.size() + load.stock.size() > max_load_rows) {
    plan.error.code = ErrorCode::too_many_lines;
    return plan;
  }
  plan_warehouses(load.warehouses, book.catalogue, shared.capacity.warehouses, plan);
  if (plan.error.code == ErrorCode::none) plan_products(load.products, book.catalogue, shared.capacity.skus, plan);
  if (plan.error.code == ErrorCode::none) plan_stock(load.stock, shared, book, plan);
  return plan;
}

std::size_t record_bytes(const LoadPlan& plan) noexcept {
  std::size_t bytes = 1024 + plan.stock.size() * sizeof(ReceivedRow);
  for (const LoadedWarehouse& entry : plan.warehouses) bytes += 64 + entry.code.size() + entry.name.size();
  for (const LoadedProduct& entry : plan.products) bytes += 64 + entry.code.size() + entry.description.size();
  return bytes * 9 / 8;
}

}  // namespace

bool Settler::settle(const LoadCatalogue& load, const Message& message, Committer& committer) {
  LoadPlan loaded = plan_load(load, shared_, book_);
  if (loaded.error.code != ErrorCode::none) {
    committer.outcomes().refused(message.reply, shared_.commit_word.stable(CommitWord::settler_descriptor).lsn(), loaded.error);
    return true;
  }
  const bool new_view = !loaded.warehouses.empty() || loaded.sku_count != book_.catalogue.sku_count();
  const CatalogueView* view =
      new_view ? book_.catalogue.make_view(loaded.warehouses, loaded.sku_count) : &catalogue();
  Cause cause{{}, message.time, message.reply, {}, 0, false};
  bool more = false;
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1 + most_fills(), record_bytes(loaded) + fill_bytes(),
      [&](StableState, Bundle& bundle, std::size_t lost) {
        if (new_view) {
          const std::uint64_t seen = writes_.read(shared_.catalogue);
          writes_.write(shared_.catalogue, seen, reinterpret_cast<std::uint64_t>(view));
        }
        for (ReceivedRow& row : loaded.stock) {
          Atomic<std::uint64_t>& cell = shared_.cell(row.sku, row.warehouse);
          const CellWord word{writes_.read(cell)};
          const CellWord after = word.plus(row.quantity, book_.waited_for(shared_, row.sku, row.warehouse));
          row.available_after = after.free();
          if (row.quantity != 0) writes_.write(cell, word.bits, after.bits);
        }
        cause.lsn = bundle.next();
        cause.steps = steps_of(loaded.stock);
        plan_.begin(cause, *view, writes_, nullptr);
        more = plan_.plan(fills_after(lost));
        plan_.write_gates_of_filled_skus();
        const bool fills = !plan_.fills().empty();
        bundle.add(message.time, {}, LoadDecision{fills, loaded.warehouses, loaded.products, loaded.stock}, message.reply, fills);
        cause_ = cause;
        add_fills(bundle, more);
      });
  if (committed.attempt != Attempt::committed) {
    cause_.reset();
    return false;
  }
  book_.apply_load(shared_, loaded.warehouses, loaded.products, loaded.stock);
  fills_committed(more, committer);
  committer.announce(committed.first);
  return true;
}

}  // namespace earmark::engine
