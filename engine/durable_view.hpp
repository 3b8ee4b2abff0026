// What readers may see: the state up to the last LSN that is on disk (I7). Written by the journal's thread alone, after
// each sync and before that commit's answers leave; read by any thread without waiting for it.
//   check     one load for each cell, wait-free
//   stock     the counters of a cell, consistent among themselves: a sequence lock, readers may retry
//   snapshot  many cells at one LSN: version() is even and unchanged between two calls
#pragma once

#include <cstdint>
#include <optional>

#include "engine/atomic.hpp"
#include "engine/decision.hpp"
#include "engine/lazy_array.hpp"
#include "engine/level.hpp"
#include "engine/limits.hpp"
#include "engine/state_image.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

struct CellCounters {
  Lsn lsn{};
  Quantity on_hand = 0, reserved = 0, held = 0, unavailable = 0, available = 0;
  Quantity incoming = 0;  // in transit to it, and ordered for it
};

class DurableView {
 public:
  explicit DurableView(const Capacity& capacity);

  // Writer: one group of decisions at a time.
  void begin_group() noexcept;
  // It will be applied soon.
  void prefetch(const OrderDecision& decision) const noexcept {
    for (const LineDecision& line : decision.lines) {
      if (line.taken != 0) __builtin_prefetch(&cells_[index(line.sku, line.warehouse)], 1);
    }
  }
  void apply(const Stamp& stamp, const OrderDecision& decision) noexcept;
  void apply(const Stamp& stamp, const ReceiptDecision& decision) noexcept;
  void apply(const Stamp& stamp, const FillDecision& decision) noexcept;
  void apply(const Stamp& stamp, const CancelDecision& decision) noexcept;
  void apply(const Stamp& stamp, const ShipDecision& decision) noexcept;
  void apply(const Stamp& stamp, const AmendDecision& decision) noexcept;
  void apply(const Stamp& stamp, const LoadDecision& decision) noexcept;
  void apply(const Stamp&, const VoidDecision&) noexcept {}
  void apply(const Stamp& stamp, const StockChangeDecision& decision) noexcept;
  void apply(const Stamp& stamp, const HoldDecision& decision) noexcept;
  void apply(const Stamp&, const HoldExtendDecision&) noexcept {}
  void apply(const Stamp& stamp, const HoldEndDecision& decision) noexcept;
  void apply(const Stamp& stamp, const ShipmentDecision& decision) noexcept;
  void apply(const Stamp& stamp, const TransferShipDecision& decision) noexcept;
  void apply(const Stamp& stamp, const TransferReceiptDecision& decision) noexcept;
  void apply(const Stamp& stamp, const PurchaseDecision& decision) noexcept;
  void apply(const Stamp& stamp, const PurchaseStepDecision& decision) noexcept;
  void apply(const Stamp& stamp, const PurchaseReceiptDecision& decision) noexcept;
  void apply(const Stamp& stamp, const StrictDecision& decision) noexcept;
  void apply(const Stamp&, const RulesDecision&) noexcept {}
  void apply(const Stamp& stamp, const ReorderDecision& decision) noexcept;
  void apply(const Stamp&, const OverdueDecision&) noexcept {}
  void apply(const Stamp&, const DatesDecision&) noexcept {}
  void end_group(Lsn last) noexcept;
  // Recovery from the state store.
  void restore(const CellImage& cell) noexcept;
  void start_at(Lsn lsn) noexcept { lsn_.store(lsn.value, std::memory_order_release); }
  void add_backordered(SkuId sku, std::int64_t change) noexcept;
  void add_incoming(SkuId sku, WarehouseId warehouse, std::int64_t change) noexcept;

  // Readers. Ids beyond the catalogue read as zeros.
  Quantity available(SkuId sku, WarehouseId warehouse) const noexcept {
    return available_of(cells_[index(sku, warehouse)].level.load(std::memory_order_acquire));
  }
  CellCounters counters(SkuId sku, WarehouseId warehouse) const noexcept;
  std::uint64_t backordered(SkuId sku) const noexcept { return backordered_[sku.value].load(std::memory_order_acquire); }
  std::uint32_t sku_count() const noexcept { return sku_count_.load(std::memory_order_acquire); }
  std::uint16_t warehouse_count() const noexcept { return warehouse_count_.load(std::memory_order_acquire); }
  // The last LSN of the last group: what all counters together are true at, between groups. It is on disk, and may be ahead
  // of what the window says is durable by that one group.
  Lsn lsn() const noexcept { return Lsn{lsn_.load(std::memory_order_acquire)}; }
  // Even: no group is being applied.
  std::uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }

 private:
  struct Cell {
    Atomic<std::uint64_t> lsn_and_busy{0};  // lsn << 1 | being written
    Atomic<Quantity> level{0}, on_hand{0}, held{0}, unavailable{0}, incoming{0};
  };

  void take_back(Lsn lsn, std::span<const CancelledLine> lines, std::span<const Take> released) noexcept;
  std::size_t index(SkuId sku, WarehouseId warehouse) const noexcept {
    return std::size_t{sku.value} * warehouses_ + warehouse.value - 1U;
  }
  // What a record changes of a cell beside what it leaves available.
  struct Change {
    std::int64_t on_hand = 0, unavailable = 0, held = 0, reserved = 0, incoming = 0;
  };
  // Of a cell that is overdrawn, before or now, the changes say how much. (What a record reserves or gives back of reservations,
  // which it does where nothing is overdrawn, need not be said.)
  void set(SkuId sku, WarehouseId warehouse, Lsn lsn, Quantity available_after, const Change& change) noexcept;

  std::uint16_t warehouses_;
  LazyArray<Cell> cells_;
  LazyArray<Atomic<std::uint64_t>> backordered_;
  Atomic<std::uint32_t> sku_count_{0};
  Atomic<std::uint16_t> warehouse_count_{0};
  Atomic<std::uint64_t> lsn_{0}, version_{0};
};

}  // namespace earmark::engine
