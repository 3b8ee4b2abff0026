// Which units of a cause are usable while it serves who waits: rows of a receipt and the like one after the other (R4), what a cancel or the end
// of a hold gave back SKU by SKU (R5), and of a SKU of which lines lost units nothing before its turn. The fairness audit asks it whether all
// that somebody waits for was there. Where a record does not tell how far the serving is, units count as not there yet: so the audit may
// miss something in such a moment, and never says what is not so. One thread.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "storage/offline_state.hpp"

namespace earmark::storage {

class AuditCause {
 public:
  // A record before it is applied. True: it brings units to who waits, or lets somebody take, so that fills may follow.
  bool begin(const schema::Event& event, const OfflineState& before);
  // A fill, before its units are taken; and after.
  void reach(const engine::Stamp& stamp, const engine::FillDecision& fill);
  void served(const engine::FillDecision& fill);
  // Of what is available in a cell, what is usable now.
  std::uint64_t usable(const OfflineState& state, engine::SkuId sku, engine::WarehouseId warehouse) const;

 private:
  struct Row {
    std::uint32_t row = 0;
    OfflineState::CellKey cell{};
    std::uint64_t units = 0;
  };

  void start(const engine::Stamp& stamp) { *this = AuditCause(), lsn_ = stamp.cause.value != 0 ? stamp.cause : stamp.lsn; }
  void hide(std::uint32_t row, engine::SkuId sku, engine::WarehouseId warehouse, std::int64_t came, std::uint64_t available_after);
  void read(const engine::OrderDecision& order, const OfflineState& before);
  void read(std::span<const engine::ReceivedRow> rows);
  void read(const engine::TransferReceiptDecision& receipt);
  void read(const engine::PurchaseReceiptDecision& receipt);
  void read(const engine::ShipmentDecision& step);
  void read(const engine::StockChangeDecision& change);
  void read(const engine::StrictDecision& strict, const OfflineState& before);
  void read(const engine::HoldEndDecision& end);
  void read(std::span<const engine::CancelledLine> lines, std::span<const engine::Take> released, const OfflineState::Order* order);
  // Units that come free are served by SKU, in the order of the first row that gives some.
  void hide_by_sku(const std::vector<Row>& rows);

  engine::Lsn lsn_{};  // 0: nothing is being served
  std::vector<Row> rows_;       // not usable yet, in the order of their turns
  std::size_t next_ = 0;
  std::map<OfflineState::CellKey, std::uint64_t> hidden_;
  std::set<engine::SkuId> in_turn_;  // nothing of them is usable before the first fill of them
  std::set<std::uint32_t> smaller_;  // rows that also serve, before all else, what waits to be whole and has become smaller
  std::uint32_t raised_from_ = UINT32_MAX;  // rows from here on serve what was raised, last of all
};

}  // namespace earmark::storage
