// What was decided about stock that is to come: transfers, purchase orders, reorder rules, and dates. The rest, and what holds for all of
// them: engine/decision.hpp.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/types.hpp"

namespace earmark::engine {

// One row of a transfer that left.
struct TransferredRow {
  SkuId sku{};
  Quantity quantity = 0;
  Quantity available_after = 0;  // of the source's cell, with this and all earlier rows
};
static_assert(sizeof(TransferredRow) == 12);

struct TransferShipDecision {
  std::string_view id;
  std::uint64_t content = 0;
  WarehouseId source{}, destination{};
  TimeUs expected{};
  std::string_view reason;
  std::span<const TransferredRow> rows;
};

// One row of an arrival.
struct ArrivedRow {
  SkuId sku{};
  Quantity quantity = 0;
  Quantity damaged = 0;
  Quantity over = 0;             // how many of both are more than was in transit
  Quantity available_after = 0;  // of the destination's cell, with this and all earlier rows, before the fills
};
static_assert(sizeof(ArrivedRow) == 20);

// Units that a closed transfer lost on the way.
struct MissingUnits {
  SkuId sku{};
  Quantity quantity = 0;
};
static_assert(sizeof(MissingUnits) == 8);

struct TransferReceiptDecision {
  std::string_view command_id;
  std::string_view transfer_id;
  Lsn transfer_lsn{};
  std::uint64_t content = 0;
  WarehouseId source{}, destination{};
  bool closed = false;        // by this record
  bool fills_follow = false;
  std::span<const ArrivedRow> rows;
  std::span<const MissingUnits> missing;  // of a transfer that is closed
};

// One line of a purchase order as it was placed.
struct PurchasedLine {
  TimeUs promised{};  // arrival; 0: not said
  LineNumber line{};
  SkuId sku{};
  Quantity quantity = 0;
  WarehouseId warehouse{};
  std::uint16_t unused = 0;
};
static_assert(sizeof(PurchasedLine) == 24);

// A line of a purchase order that is for one line of an order first.
struct PurchasePeg {
  Lsn order_lsn{};
  std::uint32_t index = 0;   // position in PurchaseDecision::lines
  std::uint32_t order = 0;   // position in PurchaseDecision::peg_orders
  LineNumber order_line{};
  std::uint32_t unused = 0;
};
static_assert(sizeof(PurchasePeg) == 24);

struct PurchaseDecision {
  std::string_view id;
  std::uint64_t content = 0;
  std::string_view vendor, reference, notes;
  PurchaseState state = PurchaseState::draft;
  std::span<const PurchasedLine> lines;
  std::span<const PurchasePeg> pegs{};              // by position
  std::span<const std::string_view> peg_orders{};
  // Parallel to `lines`: when they are expected, if what was promised is over (0: as promised). Empty: all as promised.
  std::span<const TimeUs> estimates{};
};

// A line that a step changed. Approving and ending a purchase order change every line of which something is open.
struct PurchaseChange {
  TimeUs promised{};               // from now on
  LineNumber line{};
  SkuId sku{};
  Quantity quantity = 0;           // ordered, from now on
  std::int32_t incoming_change = 0;  // by how much more is incoming to its cell
  WarehouseId warehouse{};
  std::uint16_t unused = 0;
  std::uint32_t unused_too = 0;
};
static_assert(sizeof(PurchaseChange) == 32);

struct PurchaseStepDecision {
  std::string_view command_id;
  std::string_view purchase_id;
  Lsn purchase_lsn{};
  std::uint64_t content = 0;
  std::string_view vendor;
  PurchaseStep step = PurchaseStep::approve;
  PurchaseState state = PurchaseState::draft;  // from now on
  std::string_view reference;                  // acknowledge: empty: as it was
  std::span<const PurchaseChange> changes;
  std::span<const TimeUs> estimates{};         // as PurchaseDecision's, parallel to `changes`
};

// One row of a receipt that names its purchase order.
struct PurchaseArrivedRow {
  LineNumber line{};
  SkuId sku{};
  Quantity quantity = 0;
  Quantity damaged = 0;
  Quantity over = 0;             // how many of both are more than was open
  Quantity available_after = 0;  // of the cell, with this and all earlier rows, before the fills
  WarehouseId warehouse{};
  std::uint16_t unused = 0;
};
static_assert(sizeof(PurchaseArrivedRow) == 28);

struct PurchaseReceiptDecision {
  std::string_view id;  // of the receipt
  std::string_view purchase_id;
  Lsn purchase_lsn{};
  std::uint64_t content = 0;
  std::string_view vendor;
  PurchaseState state = PurchaseState::partly_received;  // received: it is closed by this record
  bool fills_follow = false;
  std::span<const PurchaseArrivedRow> rows;
};

// What should have come by now, and is expected at `expected` instead. Told again whenever that has passed, too.
struct OverdueLine {
  TimeUs promised{};   // of a transfer: as it was expected when it was shipped
  LineNumber line{};   // of a transfer: 0
  SkuId sku{};
  Quantity open = 0;
  WarehouseId warehouse{};
  std::uint16_t unused = 0;
};
static_assert(sizeof(OverdueLine) == 24);

struct OverdueDecision {
  bool transfer = false;       // else a purchase order
  std::string_view id;         // of either
  Lsn lsn{};                   // of its decision
  std::string_view vendor;
  TimeUs expected{};           // from now on, all lines named
  std::span<const OverdueLine> lines;
};

// The date that a line which waits was told last: of its last unit, 0: at no known one.
struct MovedDate {
  TimeUs before{};
  TimeUs date{};            // from now on
  Lsn order_lsn{};
  std::uint32_t order = 0;  // position in DatesDecision::orders
  LineNumber line{};
  SkuId sku{};
  Quantity waiting = 0;
};
static_assert(sizeof(MovedDate) == 40);

struct DatesDecision {
  std::span<const MovedDate> lines;                // in queue order of their first entries, one SKU a record
  std::span<const std::string_view> orders;        // ids
  std::span<const std::string_view> customers;     // theirs, parallel
};

struct VendorSet {
  std::string_view code, name;
  std::int32_t lead_days = -1;
  std::int16_t cut_off = -1;
};

struct SourceSet {
  SkuId sku{};
  std::uint32_t vendor = 0;  // 1-based position in RulesDecision::vendors
  std::int32_t lead_days = -1;
};
static_assert(sizeof(SourceSet) == 12);

// A rule as it is from now on. What it was waiting for is forgotten.
struct RuleSet {
  TimeUs snoozed_until{};
  SkuId sku{};
  std::uint32_t vendor = 0;  // as in SourceSet; 0: by choice
  Quantity point = 0, quantity = 0, minimum = 0, multiple = 0, maximum = 0;
  std::int32_t lead_days = -1;
  WarehouseId warehouse{};
  RuleKind kind = RuleKind::reorder_point;
  RuleMode mode = RuleMode::off;
  std::uint8_t pooled = 0;
  std::uint8_t unused = 0;
  std::uint16_t unused_too = 0;
};
static_assert(sizeof(RuleSet) == 48);

// Vendors that are new or changed, and those that the rows name; sources and rules that are new or changed.
struct RulesDecision {
  std::span<const VendorSet> vendors;
  std::span<const SourceSet> sources;
  std::span<const RuleSet> rules;
};

// The position of a rule came down to its point (or, `cleared`, is above it again, after a trigger that had left it there).
struct ReorderDecision {
  SkuId sku{};
  WarehouseId warehouse{};
  RuleMode mode = RuleMode::alert;
  bool pooled = false, cleared = false;
  Quantity point = 0;
  std::int64_t available = 0;    // less what is overdrawn
  std::int64_t incoming = 0;     // in transit, and open of purchase orders in any state
  std::uint64_t waiting = 0;     // position = available + incoming - waiting
  Quantity quantity = 0;         // suggested or ordered by this record; 0: an alert
  std::string_view vendor;       // so the next ones, if something is
  std::string_view purchase;     // id of the purchase order
  Lsn purchase_lsn{};            // 0: this record makes it
  LineNumber line{};
  Quantity line_quantity = 0;    // of that line from now on
  TimeUs promised{};             // of that line from now on; 0: no lead time is known
  PurchaseState state = PurchaseState::suggested;  // or approved
  TimeUs closes{};               // of a new one: no rule adds lines from then on; auto_po: it is approved then; 0: never

  std::int64_t position() const noexcept { return available + incoming - static_cast<std::int64_t>(waiting); }
};

}  // namespace earmark::engine
