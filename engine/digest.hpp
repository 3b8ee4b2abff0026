// The canonical form of the state, and its hash. The live engine, the offline fold of the journal and the tests' twin
// each walk their own data and feed it through these functions; nothing else is shared between them.
//
// Every element is hashed alone (XXH3-128 over a packed little-endian struct that starts with its kind) and the hashes
// are added, so the order in which elements are fed does not matter. Elements, by kind:
//   C cell with anything not zero     Q one waiting entry     I one known command id
//   O open order (something reserved or waiting)   L each of its lines   A each of its allocations
//   S shipment of an open order that a step was taken with, but for shipped ones (journals from before have none)
//   R units of a line of such an order that came back
//   H open hold, with L and A as an order's         E how a hold ended, as long as its id is known
//   T open transfer                                U each of its SKUs
//   V open purchase order                          W each of its lines
//   P a line's own policy                           B a SKU that orders may not wait for
//   N an open order whose reserve_not_before has not come
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/types.hpp"

namespace earmark::engine {

// Name spaces of command ids: an order and a receipt may have the same id.
enum class IdSpace : std::uint8_t { order = 1, receipt = 2, cancel = 3, ship = 4, hold = 5, purchase = 6, stock_change = 7, hold_command = 10, amend = 11, shipment = 12, transfer = 13, transfer_command = 14, purchase_command = 15 };

// A command id as the exactly-once table keeps it: XXH3-128 of the name space byte followed by the id's bytes.
struct Identity {
  std::uint64_t low = 0, high = 0;
  bool operator==(const Identity&) const noexcept = default;
};
Identity identify(IdSpace space, std::string_view id) noexcept;

// One line of an open purchase order, as it is kept, stored and fed.
struct PurchaseLineState {
  TimeUs promised{}, first_promised{};  // arrival; 0: not said
  TimeUs expected{};                    // as promised, or later where that is over; 0: not said
  std::uint64_t received = 0;           // damaged ones included, over `quantity` where more arrived
  Lsn peg_order{};                      // the order for whose line it is first; 0: for nobody
  LineNumber line{};
  SkuId sku{};
  Quantity quantity = 0;                // ordered
  LineNumber peg_line{};
  WarehouseId warehouse{};
  std::uint16_t unused = 0;
  std::uint32_t unused_too = 0;

  Quantity open() const noexcept { return received >= quantity ? 0 : quantity - static_cast<Quantity>(received); }
};
static_assert(sizeof(PurchaseLineState) == 64);

class Digest {
 public:
  void cell(SkuId sku, WarehouseId warehouse, Quantity on_hand, Quantity held, Quantity unavailable, Quantity available);
  // `sequence`: the order's LSN, or that of the amend that raised the line.
  void waiting_line(SkuId sku, Priority priority, Lsn sequence, std::uint32_t line_index, Quantity waiting);
  void known_id(IdSpace space, Identity identity, std::uint64_t content, Lsn lsn);
  void open_order(Lsn lsn, Identity identity, OrderStatus status, Policy policy, Priority priority,
                  WarehouseId preferred, std::uint32_t line_count);
  void order_line(Lsn order_lsn, std::uint32_t line_index, LineNumber line, SkuId sku, Quantity quantity,
                  Quantity waiting, WarehouseId pinned);
  // Of lines that have one.
  void line_policy(Lsn order_lsn, std::uint32_t line_index, LinePolicy policy);
  void not_backorderable(SkuId sku);
  void not_due(Lsn order_lsn);
  // engine/patience.hpp. Of a line_complete line at its position, of a ship_complete order at 0; fed if not 0.
  void patience(Lsn order_lsn, std::uint32_t line_index, std::uint8_t patience);
  void has_skipped(Lsn order_lsn);
  void open_hold(Lsn lsn, Identity identity, TimeUs deadline, std::uint32_t line_count);
  void ended_hold(Lsn lsn, HoldEnd how);
  // Allocations with nothing reserved and nothing shipped are not fed.
  void allocation(Lsn order_lsn, std::uint32_t line_index, WarehouseId warehouse, std::uint16_t shipment,
                  Quantity reserved, Quantity shipped);
  // Fed or not by itself: see above.
  void shipment(Lsn order_lsn, std::uint16_t number, ShipmentState state, std::uint32_t revision, bool stepped);
  void returned(Lsn order_lsn, std::uint16_t shipment, std::uint32_t line_index, Quantity units);
  void open_transfer(Lsn lsn, Identity identity, WarehouseId source, WarehouseId destination, TimeUs expected, std::uint32_t line_count);
  void transfer_line(Lsn transfer_lsn, SkuId sku, Quantity shipped, std::uint64_t received);
  void open_purchase(Lsn lsn, Identity identity, PurchaseState state, std::uint32_t line_count);
  void purchase_line(Lsn purchase_lsn, std::uint32_t line_index, const PurchaseLineState& line);
  // 32 lower-case hexadecimal digits; the LSN is part of the hash.
  std::string finish(Lsn lsn) const;

 private:
  void add(const void* bytes, std::size_t size);
  std::uint64_t low_ = 0, high_ = 0, elements_ = 0;
};

}  // namespace earmark::engine
