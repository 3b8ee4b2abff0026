// What clients ask for, as plain values. Text and rows are views into the frame that carried them; whoever keeps a
// command longer than its frame keeps a copy of the frame with it. Nothing here has been checked against state.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/types.hpp"

namespace earmark::engine {

// Sent in place of an optional warehouse whose code is unknown, because 0 there means "not given".
inline constexpr WarehouseId no_such_warehouse{0xFFFF};

struct OrderLine {
  WireQuantity quantity = 0;
  SkuId sku{};              // 0: the client knows no such code
  LineNumber line{};
  WarehouseId pinned{};     // 0: any warehouse; a code that the client could not resolve is `no_such_warehouse`
  LinePolicy policy{};
  std::uint8_t unused = 0;
  std::uint32_t unused_too = 0;
};
static_assert(sizeof(OrderLine) == 24);

// Optional times are 0 when not given.
struct OrderTexts {
  std::string_view customer, channel, ship_to, contact, reference, notes;
};

struct PlaceOrder {
  std::string_view id;
  Priority priority{100};
  Policy policy = Policy::ship_partial;
  Sourcing sourcing = Sourcing::server_default;
  WarehouseId preferred{};  // as OrderLine::pinned
  TimeUs placed_at{}, need_by{}, reserve_not_before{}, cancel_after{};
  OrderTexts texts;
  std::span<const OrderLine> lines;
};

struct CancelRow {
  WireQuantity quantity = 0;
  LineNumber line{};
  std::uint32_t unused = 0;
};
static_assert(sizeof(CancelRow) == 16);

struct CancelOrder {
  std::string_view command_id;
  std::string_view order_id;
  std::span<const CancelRow> rows;  // empty: the whole order
};

// Either a new priority, or new quantities: of each line named, the units that are wanted in all (shipped ones included), fewer
// than now.
struct AmendOrder {
  std::string_view command_id;
  std::string_view order_id;
  std::optional<Priority> priority;
  std::span<const CancelRow> rows;
};

struct StockRow {  // one row of a receipt, or of opening stock
  WireQuantity quantity = 0;
  SkuId sku{};
  WarehouseId warehouse{};
  std::uint16_t unused = 0;
};
static_assert(sizeof(StockRow) == 16);

struct ReceiveStock {
  std::string_view id;
  std::span<const StockRow> rows;
};

struct ShipOrder {  // pick, pack and ship everything the order has reserved now
  std::string_view command_id;
  std::string_view order_id;
};

// A step of one shipment. Rows: of a pick the units found of a line (0, too), of a return the units that came back.
struct MoveShipment {
  std::string_view command_id;
  std::string_view order_id;
  std::uint16_t shipment = 0;  // ORDER-n
  ShipmentStep step = ShipmentStep::pick;
  std::uint32_t revision = 0;  // pick: of the list that was picked; 0: the present one
  std::span<const CancelRow> rows;
  std::string_view carrier, tracking;
  TimeUs expected{};           // delivery; 0: not given
  bool to_unavailable = false; // return
  std::string_view reason;     // return
};

// One cell of a stock change. The same cell in two rows: the rows take effect one after the other.
struct ChangeRow {
  WireQuantity quantity = 0;  // count: what was counted; adjust: units that came (or went, negative); else: units
  WireQuantity expected = 0;  // count: the on hand that the counter started from
  SkuId sku{};
  WarehouseId warehouse{};
  std::uint16_t unused = 0;
};
static_assert(sizeof(ChangeRow) == 24);

struct ChangeStock {
  std::string_view id;
  ChangeKind kind = ChangeKind::count;
  std::string_view reason;
  std::span<const ChangeRow> rows;
};

struct TransferRow {
  WireQuantity quantity = 0;
  SkuId sku{};
  std::uint32_t unused = 0;
};
static_assert(sizeof(TransferRow) == 16);

// Available units leave one warehouse for another. Two rows of a SKU take effect one after the other.
struct ShipTransfer {
  std::string_view id;
  WarehouseId source{}, destination{};
  TimeUs expected{};  // arrival; 0: not said
  std::string_view reason;
  std::span<const TransferRow> rows;
};

// What arrived of a SKU; 0: nothing of it.
struct ArrivalRow {
  WireQuantity quantity = 0;  // good units
  WireQuantity damaged = 0;   // unavailable from the start
  SkuId sku{};
  std::uint32_t unused = 0;
};
static_assert(sizeof(ArrivalRow) == 24);

struct ReceiveTransfer {
  std::string_view command_id;
  std::string_view transfer_id;
  bool close = false;               // nothing more will arrive
  std::span<const ArrivalRow> rows;  // empty: everything in transit, whole
};

// Units of a SKU that a vendor is to bring to a warehouse.
struct PurchaseLine {
  WireQuantity quantity = 0;
  TimeUs promised{};        // arrival; 0: not said
  LineNumber line{};
  SkuId sku{};
  WarehouseId warehouse{};
  std::uint16_t unused = 0;
  std::uint32_t unused_too = 0;
};
static_assert(sizeof(PurchaseLine) == 32);

// What arrives of `line` is for one line of an order first.
struct PegRow {
  LineNumber line{};        // of the purchase order
  LineNumber order_line{};
  std::uint32_t order = 0;  // position in PlacePurchase::peg_orders
};
static_assert(sizeof(PegRow) == 12);

struct PlacePurchase {
  std::string_view id;
  std::string_view vendor, reference, notes;
  PurchaseState state = PurchaseState::draft;  // or approved, or sent
  std::span<const PurchaseLine> lines;
  std::span<const PegRow> pegs{};                     // one for each line at most
  std::span<const std::string_view> peg_orders{};     // ids
};

// A line as the vendor acknowledges it.
struct PurchaseRow {
  WireQuantity quantity = 0;  // ordered from now on; -1: as it is
  TimeUs promised{};          // 0: as it is
  LineNumber line{};
  std::uint32_t unused = 0;
};
static_assert(sizeof(PurchaseRow) == 24);

struct MovePurchase {
  std::string_view command_id;
  std::string_view purchase_id;
  PurchaseStep step = PurchaseStep::approve;
  std::string_view reference;          // acknowledge: the vendor's own; empty: as it is
  std::span<const PurchaseRow> rows;   // acknowledge
};

// What arrived of a line; 0: nothing of it.
struct PurchaseArrival {
  WireQuantity quantity = 0;  // good units
  WireQuantity damaged = 0;   // unavailable from the start
  LineNumber line{};
  std::uint32_t unused = 0;
};
static_assert(sizeof(PurchaseArrival) == 24);

// A receipt that names its purchase order.
struct ReceivePurchase {
  std::string_view id;
  std::string_view purchase_id;
  bool accept_over = false;  // also more than a tenth above what was ordered
  std::span<const PurchaseArrival> rows;  // empty: everything that is open, whole
};

// Units for a checkout, promised until a deadline. Taken at once or not at all; nothing waits.
struct PlaceHold {
  std::string_view id;
  std::string_view customer;
  bool partial = false;  // take what is there; else all lines whole, or nothing
  std::int64_t ttl_us = 0;
  WarehouseId preferred{};  // as OrderLine::pinned
  Sourcing sourcing = Sourcing::server_default;
  std::span<const OrderLine> lines;
};

struct ExtendHold {
  std::string_view command_id;
  std::string_view hold_id;
  std::int64_t ttl_us = 0;  // from now on
};

struct ReleaseHold {
  std::string_view command_id;
  std::string_view hold_id;
};

// The hold becomes an order, whose id is the command's.
struct ConfirmHold {
  std::string_view hold_id;
  bool reacquire = false;  // if the hold has expired: decide the order as any other one
  PlaceOrder order;        // without lines: what is held
};

struct WarehouseEntry {
  std::string_view code, name;
  std::uint32_t priority = 0;  // lower first, ties by code
};

struct ProductEntry {
  std::string_view code, description;
  std::optional<bool> backorderable{};  // whether orders may wait for it; none: as it is, of a new product true
};

// Rows name SKUs and warehouses by position (0-based) in this very command.
struct OpeningStockEntry {
  WireQuantity on_hand = 0;
  std::uint32_t product = 0;
  std::uint32_t warehouse = 0;
};

// A vendor: who sells. `only_named`: rows of the same command name it; it must be known, and nothing of it changes.
struct VendorEntry {
  std::string_view code, name;
  std::int32_t lead_days = -1;  // from order to arrival; -1: not known
  std::int16_t cut_off = -1;    // minute of the day (UTC) up to which lines to it are gathered in one purchase order; -1: none
  bool only_named = false;
};

// A vendor from whom a SKU can be bought.
struct SourceRow {
  SkuId sku{};
  std::uint32_t vendor = 0;     // 1-based position in SetRules::vendors
  std::int32_t lead_days = -1;  // of this SKU; -1: the vendor's
};
static_assert(sizeof(SourceRow) == 12);

// The reorder rule of (sku, warehouse), in place of the one that was there. Mode off: there is none.
struct RuleRow {
  WireQuantity point = 0;      // reorder_point, min_max: orders when the position is at it or below; lot_for_lot: 0
  WireQuantity quantity = 0;   // reorder_point: ordered, as often as needed; min_max: up to which is ordered; lot_for_lot: 0
  WireQuantity minimum = 0;    // of one order; so for the next two; 0: not given
  WireQuantity multiple = 0;
  WireQuantity maximum = 0;
  SkuId sku{};
  std::uint32_t vendor = 0;    // 1-based position in SetRules::vendors; 0: the SKU's source with the shortest lead time
  std::int32_t lead_days = -1; // -1: the source's
  WarehouseId warehouse{};     // to which is ordered
  RuleKind kind = RuleKind::reorder_point;
  RuleMode mode = RuleMode::suggest;
  std::uint8_t pooled = 0;     // 1: the position is that of all warehouses together
  std::uint8_t unused = 0;
  std::uint16_t unused_too = 0;
  std::uint32_t unused_three = 0;
};
static_assert(sizeof(RuleRow) == 64);

// The rule does nothing until then. 0: it does.
struct SnoozeRow {
  TimeUs until{};
  SkuId sku{};
  WarehouseId warehouse{};
  std::uint16_t unused = 0;
};
static_assert(sizeof(SnoozeRow) == 16);

// Vendors, who sells what, and reorder rules. Idempotent, as a load: what stands already changes nothing.
struct SetRules {
  std::span<const VendorEntry> vendors;
  std::span<const SourceRow> sources;
  std::span<const RuleRow> rules;
  std::span<const SnoozeRow> snoozes;
};

struct LoadCatalogue {
  std::span<const WarehouseEntry> warehouses;
  std::span<const ProductEntry> products;
  std::span<const OpeningStockEntry> stock;
};

}  // namespace earmark::engine
