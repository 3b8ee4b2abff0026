#include "engine/durable_view.hpp"

#include <algorithm>

namespace earmark::engine {

DurableView::DurableView(const Capacity& capacity)
    : warehouses_(capacity.warehouses),
      cells_((std::size_t{capacity.skus} + 1) * capacity.warehouses),
      backordered_(std::size_t{capacity.skus} + 1) {}

void DurableView::begin_group() noexcept {
  // Every counter is stored with release after this and loaded with acquire: a snapshot reader that has seen one
  // counter of the group sees the odd version.
  version_.store(version_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void DurableView::end_group(Lsn last) noexcept {
  // Release, as the counters: who sees it sees the group's odd version, or the even one after it.
  lsn_.store(last.value, std::memory_order_release);
  version_.store(version_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

void DurableView::set(SkuId sku, WarehouseId warehouse, Lsn lsn, Quantity available_after, const Change& change) noexcept {
  const std::size_t at = index(sku, warehouse);
  Cell& cell = cells_[at];
  cell.lsn_and_busy.store(lsn.value << 1 | 1, std::memory_order_relaxed);
  // Release: pairs with the acquire in counters(); who sees a new counter sees the busy bit or a later LSN.
  const std::int64_t came = change.on_hand - change.unavailable - change.held - change.reserved;
  const std::int64_t level = signed_level(cell.level.load(std::memory_order_relaxed)) + came;
  cell.level.store(level < 0 ? static_cast<Quantity>(level) : available_after, std::memory_order_release);
  const auto on_hand = static_cast<std::int64_t>(cell.on_hand.load(std::memory_order_relaxed)) + change.on_hand;
  cell.on_hand.store(static_cast<Quantity>(on_hand), std::memory_order_release);
  if (change.unavailable != 0) {
    const auto unavailable = static_cast<std::int64_t>(cell.unavailable.load(std::memory_order_relaxed)) + change.unavailable;
    cell.unavailable.store(static_cast<Quantity>(unavailable), std::memory_order_release);
  }
  const auto held = static_cast<std::int64_t>(cell.held.load(std::memory_order_relaxed)) + change.held;
  cell.held.store(static_cast<Quantity>(held), std::memory_order_release);
  if (change.incoming != 0) add_incoming(sku, warehouse, change.incoming);
  cell.lsn_and_busy.store(lsn.value << 1, std::memory_order_release);
}

void DurableView::restore(const CellImage& image) noexcept {
  Cell& cell = cells_[index(image.sku, image.warehouse)];
  cell.level.store(image.level, std::memory_order_relaxed);
  cell.on_hand.store(image.on_hand, std::memory_order_relaxed);
  cell.held.store(image.held, std::memory_order_relaxed);
  cell.unavailable.store(image.unavailable, std::memory_order_relaxed);
  cell.lsn_and_busy.store(image.lsn.value << 1, std::memory_order_release);
}

CellCounters DurableView::counters(SkuId sku, WarehouseId warehouse) const noexcept {
  const Cell& cell = cells_[index(sku, warehouse)];
  for (;;) {  // retried only while this very cell is being written
    const std::uint64_t before = cell.lsn_and_busy.load(std::memory_order_acquire);
    if ((before & 1) != 0) continue;
    CellCounters counters;
    const Quantity level = cell.level.load(std::memory_order_acquire);
    counters.on_hand = cell.on_hand.load(std::memory_order_acquire);
    counters.held = cell.held.load(std::memory_order_acquire);
    counters.unavailable = cell.unavailable.load(std::memory_order_acquire);
    counters.incoming = cell.incoming.load(std::memory_order_acquire);
    if (cell.lsn_and_busy.load(std::memory_order_relaxed) != before) continue;
    counters.lsn = Lsn{before >> 1};
    counters.available = available_of(level);
    counters.reserved = counters.on_hand - counters.held - counters.unavailable - level;
    return counters;
  }
}

void DurableView::add_backordered(SkuId sku, std::int64_t change) noexcept {
  const auto now = static_cast<std::int64_t>(backordered_[sku.value].load(std::memory_order_relaxed)) + change;
  backordered_[sku.value].store(static_cast<std::uint64_t>(now), std::memory_order_release);
}

// Alone it needs no mark that the cell is being written: no other counter belongs to the change.
void DurableView::add_incoming(SkuId sku, WarehouseId warehouse, std::int64_t change) noexcept {
  Atomic<Quantity>& incoming = cells_[index(sku, warehouse)].incoming;
  incoming.store(static_cast<Quantity>(incoming.load(std::memory_order_relaxed) + change), std::memory_order_release);
}

void DurableView::apply(const Stamp& stamp, const OrderDecision& decision) noexcept {
  for (const ReceivedRow& row : decision.returned) {
    set(row.sku, row.warehouse, stamp.lsn, row.available_after, {.held = -static_cast<std::int64_t>(row.quantity)});
  }
  std::size_t next = 0;
  for (const LineDecision& line : decision.lines) {
    if (line.taken != 0) set(line.sku, line.warehouse, stamp.lsn, line.available_after, {});
    for (std::size_t more = 0; more < line.more_takes; ++more) {
      const Take& take = decision.takes[next++];
      set(line.sku, take.warehouse, stamp.lsn, take.available_after, {});
    }
    if (line.backordered != 0) add_backordered(line.sku, line.backordered);
  }
}

void DurableView::apply(const Stamp& stamp, const ReceiptDecision& decision) noexcept {
  for (const ReceivedRow& row : decision.rows) set(row.sku, row.warehouse, stamp.lsn, row.available_after, {.on_hand = row.quantity});
}

void DurableView::apply(const Stamp& stamp, const FillDecision& decision) noexcept {
  std::int64_t filled = 0;
  for (const Take& take : decision.takes) {
    set(decision.sku, take.warehouse, stamp.lsn, take.available_after, {});
    filled += take.quantity;
  }
  add_backordered(decision.sku, -filled);
}

void DurableView::apply(const Stamp& stamp, const CancelDecision& decision) noexcept {
  take_back(stamp.lsn, decision.lines, decision.released);
}

void DurableView::apply(const Stamp& stamp, const AmendDecision& decision) noexcept {
  take_back(stamp.lsn, decision.lines, decision.released);
  for (const RaisedLine& line : decision.raised) add_backordered(line.sku, std::int64_t{line.quantity} - line.cancelled);
}

void DurableView::take_back(Lsn lsn, std::span<const CancelledLine> lines, std::span<const Take> released) noexcept {
  std::size_t next = 0;
  for (const CancelledLine& line : lines) {
    if (line.waiting != 0) add_backordered(line.sku, -static_cast<std::int64_t>(line.waiting));
    for (std::uint32_t count = 0; count < line.releases; ++count) {
      const Take& take = released[next++];
      set(line.sku, take.warehouse, lsn, take.available_after, {});
    }
  }
}

void DurableView::apply(const Stamp& stamp, const ShipDecision& decision) noexcept {
  std::size_t next = 0;
  for (const ShippedLine& line : decision.lines) {
    for (std::uint32_t count = 0; count < line.ships; ++count) {
      const Take& take = decision.shipped[next++];
      const std::int64_t units = -static_cast<std::int64_t>(take.quantity);
      set(line.sku, take.warehouse, stamp.lsn, take.available_after, {.on_hand = units, .reserved = units});
    }
  }
}

void DurableView::apply(const Stamp& stamp, const HoldDecision& decision) noexcept {
  std::size_t next = 0;
  for (const LineDecision& line : decision.lines) {
    if (line.taken != 0) set(line.sku, line.warehouse, stamp.lsn, line.available_after, {.held = line.taken});
    for (std::size_t more = 0; more < line.more_takes; ++more) {
      const Take& take = decision.takes[next++];
      set(line.sku, take.warehouse, stamp.lsn, take.available_after, {.held = take.quantity});
    }
  }
}

void DurableView::apply(const Stamp& stamp, const HoldEndDecision& decision) noexcept {
  std::size_t next = 0;
  for (const ReleasedLine& line : decision.lines) {
    for (std::uint32_t count = 0; count < line.count; ++count) {
      const Take& take = decision.released[next++];
      set(line.sku, take.warehouse, stamp.lsn, take.available_after, {.held = -static_cast<std::int64_t>(take.quantity)});
    }
  }
}

void DurableView::apply(const Stamp& stamp, const ShipmentDecision& decision) noexcept {
  const bool ships = decision.step == ShipmentStep::ship;
  if (!ships && decision.step != ShipmentStep::give_back) return;
  for (const MovedLine& line : decision.lines) {
    const auto units = static_cast<std::int64_t>(line.quantity);
    set(line.sku, decision.warehouse, stamp.lsn, line.available_after,
        ships ? Change{.on_hand = -units, .reserved = -units} : Change{.on_hand = units, .unavailable = decision.to_unavailable ? units : 0});
  }
}

void DurableView::apply(const Stamp& stamp, const TransferShipDecision& decision) noexcept {
  for (const TransferredRow& row : decision.rows) {
    set(row.sku, decision.source, stamp.lsn, row.available_after, {.on_hand = -static_cast<std::int64_t>(row.quantity)});
    add_incoming(row.sku, decision.destination, row.quantity);
  }
}

void DurableView::apply(const Stamp&, const PurchaseDecision& decision) noexcept {
  if (!is_incoming(decision.state)) return;
  for (const PurchasedLine& line : decision.lines) add_incoming(line.sku, line.warehouse, line.quantity);
}

void DurableView::apply(const Stamp&, const ReorderDecision& decision) noexcept {
  if (decision.quantity != 0 && is_incoming(decision.state)) add_incoming(decision.sku, decision.warehouse, decision.quantity);
}

void DurableView::apply(const Stamp&, const PurchaseStepDecision& decision) noexcept {
  for (const PurchaseChange& change : decision.changes) add_incoming(change.sku, change.warehouse, change.incoming_change);
}

void DurableView::apply(const Stamp& stamp, const PurchaseReceiptDecision& decision) noexcept {
  for (const PurchaseArrivedRow& row : decision.rows) {
    const std::int64_t units = std::int64_t{row.quantity} + row.damaged;
    set(row.sku, row.warehouse, stamp.lsn, row.available_after, {.on_hand = units, .unavailable = row.damaged, .incoming = row.over - units});
  }
}

void DurableView::apply(const Stamp& stamp, const TransferReceiptDecision& decision) noexcept {
  for (const ArrivedRow& row : decision.rows) {
    const std::int64_t units = std::int64_t{row.quantity} + row.damaged;
    set(row.sku, decision.destination, stamp.lsn, row.available_after, {.on_hand = units, .unavailable = row.damaged, .incoming = row.over - units});
  }
  for (const MissingUnits& missing : decision.missing) {
    add_incoming(missing.sku, decision.destination, -static_cast<std::int64_t>(missing.quantity));
  }
}

void DurableView::apply(const Stamp& stamp, const LoadDecision& decision) noexcept {
  std::uint32_t skus = sku_count();
  std::uint16_t warehouses = warehouse_count();
  for (const LoadedProduct& entry : decision.products) skus = std::max(skus, entry.id.value);
  for (const LoadedWarehouse& entry : decision.warehouses) warehouses = std::max(warehouses, entry.id.value);
  for (const ReceivedRow& row : decision.stock) set(row.sku, row.warehouse, stamp.lsn, row.available_after, {.on_hand = row.quantity});
  sku_count_.store(skus, std::memory_order_release);
  warehouse_count_.store(warehouses, std::memory_order_release);
}

void DurableView::apply(const Stamp& stamp, const StockChangeDecision& decision) noexcept {
  std::size_t next = 0;
  for (std::size_t index = 0; index < decision.rows.size(); ++index) {
    const ChangedRow& row = decision.rows[index];
    std::int64_t held = 0, reserved = 0;
    for (; next < decision.lost.size() && decision.lost[next].row == index; ++next) {
      (decision.of_hold(next) ? held : reserved) += decision.lost[next].quantity;
    }
    if (reserved != 0) add_backordered(row.sku, reserved);
    set(row.sku, row.warehouse, stamp.lsn, row.available_after,
        {.on_hand = row.on_hand_change, .unavailable = row.unavailable_change, .held = -held, .reserved = -reserved});
  }
}

void DurableView::apply(const Stamp& stamp, const StrictDecision& decision) noexcept {
  for (const ReceivedRow& row : decision.freed) {
    add_backordered(row.sku, row.quantity);
    set(row.sku, row.warehouse, stamp.lsn, row.available_after, {.reserved = -std::int64_t{row.quantity}});
  }
}

}  // namespace earmark::engine
