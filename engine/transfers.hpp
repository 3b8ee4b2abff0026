// Transfers under way: units that have left one warehouse and are not yet in another. They belong to no warehouse meanwhile:
// nobody can reserve them. The settler alone changes this; views of what is incoming: engine/durable_view.hpp.
// Units of (SKU, warehouse) in transit are the sum over its open transfers, at most max_quantity.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/block_store.hpp"
#include "engine/decision.hpp"
#include "engine/state_image.hpp"
#include "engine/supply.hpp"
#include "engine/timers.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

struct Error;
struct KnownCommand;
struct SharedState;

struct OpenTransfer {
  OpenTransfer(const Stamp& stamp, const TransferShipDecision& decision, BlockRef known);
  OpenTransfer(const TransferImage& image, BlockRef known);

  TransferLine* line(SkuId sku) noexcept;
  const TransferLine* line(SkuId sku) const noexcept;

  std::string id;
  WarehouseId source{}, destination{};
  TimeUs time{}, expected{};
  Timers::Handle overdue = 0;
  TimeUs overdue_at{};               // when it is due
  BlockRef known = 0;                // what the exactly-once table names
  std::vector<TransferLine> lines;  // one for each SKU, in the order in which they were first named
};

class Transfers {
 public:
  explicit Transfers(Supply& supply) : supply_(supply) {}

  const std::map<Lsn, OpenTransfer>& open() const noexcept { return open_; }
  const OpenTransfer* find(Lsn lsn) const noexcept;
  bool is_open(const KnownCommand& known) const noexcept;
  Quantity in_transit(CellIndex destination) const noexcept;

  void add(const SharedState& shared, Lsn lsn, OpenTransfer transfer);
  void arrive(const SharedState& shared, const TransferReceiptDecision& decision);
  void delay(const OverdueDecision& decision);
  OpenTransfer* open_one(Lsn lsn) noexcept;

 private:
  void change(const SharedState& shared, SkuId sku, WarehouseId destination, std::int64_t units);
  // What of the line is in transit is what is expected of it.
  void list(Lsn lsn, const OpenTransfer& transfer, const TransferLine& line, Quantity in_transit);

  Supply& supply_;
  std::map<Lsn, OpenTransfer> open_;                       // by decision
  std::unordered_map<std::uint64_t, Quantity> in_transit_;  // by the destination's cell
};

}  // namespace earmark::engine
