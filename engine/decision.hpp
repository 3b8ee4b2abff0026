// What was decided, as plain values: the content of one journal record each. Everything that replay needs is here, so
// that nothing is ever decided twice (E6). Text and rows are views; their owner outlives the call that gets them.
// Layouts of the row structs are those of schema/event.fbs (asserted there): rows are copied whole, never field by field.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/command.hpp"
#include "engine/decision_inbound.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

// Where a record stands: number, time, and for fills the LSN of the command that caused them.
struct Stamp {
  Lsn lsn{};
  TimeUs time{};
  Lsn cause{};  // 0: a cause itself
};

// One line of an order as decided. The first take is in the line itself; `more_takes` further ones stand in
// OrderDecision::takes, in line order. Cancelled = quantity - backordered - everything taken.
struct LineDecision {
  LineNumber line{};
  SkuId sku{};
  Quantity quantity = 0;
  Quantity backordered = 0;
  Quantity taken = 0;             // from `warehouse`; 0: nothing reserved
  Quantity available_after = 0;   // of that cell, after this take
  WarehouseId warehouse{};
  std::uint16_t shipment = 0;     // ORDER-n that the take joins
  std::uint16_t more_takes = 0;
  WarehouseId pinned{};
};
static_assert(sizeof(LineDecision) == 32);

// Units of one line moved in one cell; what the movement is, its record says (reserved, released, shipped).
struct Take {
  Quantity quantity = 0;
  Quantity available_after = 0;
  WarehouseId warehouse{};
  std::uint16_t shipment = 0;
};
static_assert(sizeof(Take) == 12);

// Place of a line that waits, as it was at the decision.
struct LineWait {
  std::uint64_t quantity_ahead = 0;  // units that earlier waiters of this SKU still want
  std::uint32_t position = 0;        // 1: next to be served
  std::uint32_t line_index = 0;      // position in `lines`
};
static_assert(sizeof(LineWait) == 16);

// Units of a line that waits, and when they can be expected (engine/pegging.hpp).
struct ExpectedUnits {
  TimeUs date{};
  Quantity quantity = 0;
  std::uint32_t line_index = 0;  // position in `lines`
};
static_assert(sizeof(ExpectedUnits) == 16);

struct ReceivedRow {
  SkuId sku{};
  WarehouseId warehouse{};
  std::uint16_t unused = 0;
  Quantity quantity = 0;
  Quantity available_after = 0;  // with this and all earlier rows of the record, before its fills
};
static_assert(sizeof(ReceivedRow) == 16);

// A waiter for all or nothing who was passed over: a later order took a unit that it could have used. It counts once for each later
// order, for the earliest such waiter.
struct Skip {
  Lsn order_lsn{};    // 0: nobody was
  LineNumber line{};  // of a line_complete line; 0 of a ship_complete order
  std::string_view order{};

  bool operator==(const Skip&) const noexcept = default;
};

struct OrderDecision {
  std::string_view id;
  std::uint64_t content = 0;  // hash of the command's decoded content, to tell a repeat from another order
  OrderStatus status = OrderStatus::reserved;
  Policy policy = Policy::ship_partial;
  Priority priority{100};
  Sourcing sourcing = Sourcing::server_default;  // that decided; server_default in journals of 0.1: priority
  WarehouseId preferred{};
  TimeUs placed_at{}, need_by{}, reserve_not_before{}, cancel_after{};
  OrderTexts texts;
  std::span<const LineDecision> lines;
  std::span<const Take> takes;
  std::span<const LineWait> waits;
  bool fills_follow = false;
  // Not empty: it confirms this hold, which is ended by it: all units of the hold go back (`returned`: a row for each of its
  // cells, available_after that of the whole record), then the order takes its own.
  // `reacquired`: the hold had expired before, and nothing of it was left.
  std::string_view hold{};
  bool reacquired = false;
  std::span<const ReceivedRow> returned{};
  std::span<const LinePolicy> line_policies{};  // by line; empty: no line has its own
  // Positions in `lines`, ascending: what is cancelled of them would wait by its policy, but nothing waits for their SKU.
  std::span<const std::uint32_t> not_backorderable{};
  bool not_due = false;  // nothing is taken before reserve_not_before; an AmendDecision without a command says that it has come
  Skip skipped{};
  std::span<const ExpectedUnits> expected{};  // of what waits, by line, in the order of their dates; what is not named: at no known date
  std::span<const ExpectedUnits> fallbacks{};  // of what is not named there, by line: when it could come if it were ordered now

  LinePolicy own_policy(std::size_t line) const noexcept { return line_policies.empty() ? LinePolicy{} : line_policies[line]; }
};

struct ReceiptDecision {
  std::string_view id;
  std::uint64_t content = 0;
  bool fills_follow = false;
  std::span<const ReceivedRow> rows;
};

// One line served by one receipt row, or by one cancel or load, over all warehouses that it took from.
struct FillDecision {
  std::string_view order_id;
  Lsn order_lsn{};
  LineNumber line{};
  SkuId sku{};
  // 0-based row of the cause that served it (receipt, load), or line/row that gave back; of an amend, raised lines count on behind
  // those that gave back
  std::uint32_t row = 0;
  Quantity still_waiting = 0;
  bool last = false;            // no further fill of this cause follows
  std::span<const Take> takes;
  std::optional<std::string_view> customer{};  // of the order, so that an event stands for itself; none: journals of 0.1
  Lsn raised_at{};              // the entry served: of the AmendDecision that raised the line; 0: the line's own
  Skip skipped{};
  bool pegged = false;          // out of turn: the line of the purchase order is pegged to it
};

// One row of a cancel: what it took from the waiting part, gave back of the reserved part, and could not find.
struct CancelledLine {
  LineNumber line{};
  SkuId sku{};
  Quantity waiting = 0;
  std::uint32_t releases = 0;   // how many of CancelDecision::released belong to this row
  std::uint64_t excess = 0;
};
static_assert(sizeof(CancelledLine) == 24);

struct CancelDecision {
  std::string_view command_id;  // empty: the order's cancel_after has come (content 0)
  std::string_view order_id;
  std::uint64_t content = 0;
  bool whole = false;
  bool fills_follow = false;
  std::span<const CancelledLine> lines;
  std::span<const Take> released;
  std::optional<std::string_view> customer{};  // as in FillDecision
};

// A line that was raised. What may wait of it joins the queue as an entry of its own, with the amend's LSN as its sequence, and is
// served in its turn by the fills behind the record. `cancelled`: what could neither be had nor wait.
struct RaisedLine {
  LineNumber line{};
  SkuId sku{};
  Quantity quantity = 0;   // by which the line was raised
  Quantity cancelled = 0;  // of these
};
static_assert(sizeof(RaisedLine) == 16);

struct AmendDecision {
  std::string_view command_id;       // empty: the order's reserve_not_before has come (content 0, nothing else changes)
  std::string_view order_id;
  std::uint64_t content = 0;
  std::optional<Priority> priority;  // the order's from now on
  bool fills_follow = false;
  std::span<const CancelledLine> lines;  // one for each quantity that was lowered or stayed
  std::span<const Take> released;
  std::optional<std::string_view> customer{};  // as in FillDecision
  std::span<const RaisedLine> raised{};
};

struct ShippedLine {
  LineNumber line{};
  SkuId sku{};
  std::uint32_t ships = 0;      // how many of ShipDecision::shipped belong to this line
};
static_assert(sizeof(ShippedLine) == 12);

struct ShipDecision {
  std::string_view command_id;
  std::string_view order_id;
  std::uint64_t content = 0;
  std::span<const ShippedLine> lines;
  std::span<const Take> shipped;
  std::optional<std::string_view> customer{};  // as in FillDecision
};

// One row of a stock change, as it took effect after the rows before it.
struct ChangedRow {
  SkuId sku{};
  WarehouseId warehouse{};
  std::uint16_t unused = 0;
  std::int32_t on_hand_change = 0;
  std::int32_t unavailable_change = 0;
  Quantity available_after = 0;  // with this and all earlier rows of the record, before its fills
};
static_assert(sizeof(ChangedRow) == 20);

// Reserved or held units that a line lost to a row. An order's wait again, at the place that the line always had; a hold's are
// gone from it.
struct LostUnits {
  Lsn order_lsn{};          // of the order or hold
  std::uint32_t order = 0;  // position in StockChangeDecision::orders
  LineNumber line{};
  Quantity quantity = 0;
  std::uint32_t row = 0;    // 0-based
  WarehouseId warehouse{};
  std::uint16_t shipment = 0;
  SkuId sku{};
};
static_assert(sizeof(LostUnits) == 32);

// What became available by a row = its on_hand_change - unavailable_change + units lost to it.
struct StockChangeDecision {
  std::string_view id;
  std::uint64_t content = 0;
  ChangeKind kind = ChangeKind::count;
  std::string_view reason;
  bool fills_follow = false;
  std::span<const ChangedRow> rows;
  std::span<const LostUnits> lost;                // by row, within one the newest hold first, then last in the queue first
  std::span<const std::string_view> orders;       // ids of those that lost, orders and holds
  std::span<const std::string_view> customers;    // theirs, parallel
  std::span<const std::uint32_t> of_holds{};      // positions in `lost`, ascending: what holds lost
  std::span<const std::uint32_t> overdrawn{};     // positions in `rows`, ascending: those that leave their cell overdrawn (engine/level.hpp)

  bool of_hold(std::size_t lost_index) const noexcept { return std::binary_search(of_holds.begin(), of_holds.end(), lost_index); }
  bool overdraws(std::size_t row) const noexcept { return std::binary_search(overdrawn.begin(), overdrawn.end(), row); }
};

// A waiter for all or nothing has been passed over often enough, or waited long enough: from now on it takes whatever is there, in its turn,
// and keeps it until it is whole. What strict waiters behind it had gathered, as far as it needs it, is theirs no longer and is
// served in queue order; they wait for it again at their places.
struct StrictDecision {
  std::string_view order_id;
  Lsn order_lsn{};
  LineNumber line{};     // of a line_complete line; 0 of a ship_complete order
  bool waited = false;   // max_wait is over; else max_skips are reached
  bool fills_follow = false;
  std::span<const ReceivedRow> freed;            // parallel to `lost`; available_after with this and all earlier rows, before the fills
  std::span<const LostUnits> lost;               // row: its own position
  std::span<const std::string_view> orders;      // ids of those that lost
  std::span<const std::string_view> customers;   // theirs, parallel
  std::string_view customer;                     // of the order that turned strict
};

// As an order, but nothing of it waits: reserved (whole), reduced (in part), refused or cancelled (nothing is held).
struct HoldDecision {
  std::string_view id;
  std::uint64_t content = 0;
  OrderStatus status = OrderStatus::reserved;
  bool partial = false;
  TimeUs deadline{};
  std::string_view customer;
  std::span<const LineDecision> lines;
  std::span<const Take> takes;
};

struct HoldExtendDecision {
  std::string_view command_id;
  std::string_view hold_id;
  std::uint64_t content = 0;
  TimeUs deadline{};
  bool cut = false;  // asked for a later one than a hold may have
  std::string_view customer;
};

struct ReleasedLine {
  LineNumber line{};
  SkuId sku{};
  std::uint32_t count = 0;  // how many of HoldEndDecision::released belong to this line
};
static_assert(sizeof(ReleasedLine) == 12);

// A hold was released, or its deadline has come (no command then, and content 0). Everything that it held goes back.
struct HoldEndDecision {
  std::string_view command_id;
  std::string_view hold_id;
  std::uint64_t content = 0;
  HoldEnd how = HoldEnd::released;
  bool fills_follow = false;
  std::span<const ReleasedLine> lines;
  std::span<const Take> released;
  std::string_view customer;
};

// One line of a shipment that a step moved.
struct MovedLine {
  LineNumber line{};
  SkuId sku{};
  Quantity quantity = 0;         // of a pick: found
  Quantity available_after = 0;  // of the cell, with this line and all earlier ones of the record
  Quantity rest = 0;             // pick: not found; in `rest_shipment` from now on
};
static_assert(sizeof(MovedLine) == 20);

// A step of a shipment. A short pick (rest_shipment not 0) is followed at once by the stock change of what was missing.
struct ShipmentDecision {
  std::string_view command_id;
  std::string_view order_id;
  std::uint64_t content = 0;
  std::uint16_t shipment = 0;
  WarehouseId warehouse{};
  ShipmentStep step = ShipmentStep::pick;
  std::uint32_t revision = 1;  // of the pick list from now on
  std::uint16_t rest_shipment = 0;
  std::string_view carrier, tracking;
  TimeUs expected{};
  bool to_unavailable = false;
  std::string_view reason;
  bool fills_follow = false;   // further records of the command follow
  std::span<const MovedLine> lines;
  std::string_view customer;
};

// What a load changed: only new or changed entries, with the dense ids that they got.
struct LoadedWarehouse {
  WarehouseId id{};
  std::uint32_t priority = 0;
  std::string_view code, name;
};

struct LoadedProduct {
  SkuId id{};
  std::string_view code, description;
  bool backorderable = true;
};

struct LoadDecision {
  bool fills_follow = false;
  std::span<const LoadedWarehouse> warehouses;
  std::span<const LoadedProduct> products;
  std::span<const ReceivedRow> stock;
};

// Bookkeeping: no stock moves. With `oldest_known` not 0, ids of commands with an LSN below it are forgotten and may be used
// anew, but for those of orders that are open or closed after `archived`. Neither ever falls.
struct VoidDecision {
  Lsn oldest_known{};
  Lsn archived{};
};

}  // namespace earmark::engine
