// The stock that the log's records amount to, at every LSN: folded from what each record says of itself, to judge it (I1, I2 in
// every prefix of the log) and what checks and stock answers say (I7, I8). One thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "schema/event.hpp"
#include "storage/journal.hpp"

namespace earmark::simulation {

struct CellAt {
  engine::Lsn lsn{};  // from here on
  engine::Quantity on_hand = 0, reserved = 0, unavailable = 0, held = 0;
  bool overdrawn = false;  // a stock change said so, and nothing has made up for it
  std::int64_t level() const noexcept { return std::int64_t{on_hand} - reserved - unavailable - held; }
  engine::Quantity available() const noexcept { return level() < 0 ? 0 : static_cast<engine::Quantity>(level()); }
};

class Ledger {
 public:
  // Throws Broken where a record does not fit what came before it.
  void apply(const schema::Event& event);

  // True if the cell had this much available at some LSN from `from` on.
  bool had_available(engine::SkuId sku, engine::WarehouseId warehouse, engine::Quantity available, engine::Lsn from) const;
  // The cell as of `lsn`.
  CellAt at(engine::SkuId sku, engine::WarehouseId warehouse, engine::Lsn lsn) const;
  // The cell's state that began at `lsn`, if it was still so at `from` or later; null if there is none.
  const CellAt* since(engine::SkuId sku, engine::WarehouseId warehouse, engine::Lsn lsn, engine::Lsn from) const;
  std::uint64_t backordered(engine::SkuId sku, engine::Lsn lsn) const;

 private:
  static constexpr std::size_t most_skus = 16, most_warehouses = 8;
  using History = std::vector<CellAt>;

  void fold(const engine::VoidDecision&) {}
  void fold(const engine::OrderDecision& order);
  void fold(const engine::ReceiptDecision& receipt);
  void fold(const engine::FillDecision& fill);
  void fold(const engine::CancelDecision& cancel) { take_back(cancel.lines, cancel.released); }
  void fold(const engine::AmendDecision& amend);
  void take_back(std::span<const engine::CancelledLine> lines, std::span<const engine::Take> released);
  void fold(const engine::ShipDecision& ship);
  void fold(const engine::LoadDecision& load);
  void fold(const engine::StockChangeDecision& change);
  void fold(const engine::StrictDecision& strict);
  void fold(const engine::HoldDecision& hold);
  void fold(const engine::HoldExtendDecision&) {}
  void fold(const engine::HoldEndDecision& end);
  void fold(const engine::ShipmentDecision& move);
  void fold(const engine::TransferShipDecision& ship);
  void fold(const engine::TransferReceiptDecision& receipt);
  void fold(const engine::PurchaseDecision&) {}  // nothing is there yet
  void fold(const engine::PurchaseStepDecision&) {}
  void fold(const engine::PurchaseReceiptDecision& receipt);
  void fold(const engine::RulesDecision&) {}
  void fold(const engine::ReorderDecision&) {}
  void fold(const engine::OverdueDecision&) {}
  void fold(const engine::DatesDecision&) {}
  void hold(engine::SkuId sku, const engine::Take& take);
  void give_back(engine::SkuId sku, engine::WarehouseId warehouse, engine::Quantity units);

  CellAt& cell(engine::SkuId sku, engine::WarehouseId warehouse);
  const History& history(engine::SkuId sku, engine::WarehouseId warehouse) const {
    return cells_.at(sku.value * most_warehouses + warehouse.value);
  }
  void take(engine::SkuId sku, const engine::Take& take);
  void receive(const engine::ReceivedRow& row);
  void wait(engine::SkuId sku, std::int64_t change);
  void agree(CellAt& cell, engine::Quantity available_after) const;

  engine::Lsn lsn_{};  // of the record that is being applied
  std::array<History, most_skus * most_warehouses> cells_;
  std::array<std::vector<std::pair<engine::Lsn, std::uint64_t>>, most_skus> waiting_;
};

}  // namespace earmark::simulation
