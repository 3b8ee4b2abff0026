// What the engine tells its surroundings. Outcomes is implemented once for each committing thread and called by that
// thread alone; Recorder turns decisions into record bytes. The engine knows no wire format and no socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/decision.hpp"
#include "engine/errors.hpp"
#include "engine/order_state.hpp"
#include "engine/purchases.hpp"
#include "engine/transfers.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

// Where an answer goes; the engine carries it and does not look inside.
struct ReplyTo {
  std::uint64_t correlation = 0;
  std::uint32_t session = 0;
  std::uint32_t generation = 0;  // of the session slot; 0: nobody waits for an answer
  std::uint16_t thread = 0;
  std::uint16_t hint = 0;        // of the id filter (OrderDesk), 0: none
  std::uint32_t received_us = 0;  // low bits of the time when the request was read, for figures of latency
};

struct LineView {
  const OrderLineState* line = nullptr;
  Quantity cancelled = 0;
  std::uint32_t allocations = 0;  // how many of OrderView::allocations are this line's
  std::uint64_t position = 0;     // of its first waiting entry in the queue, 1 is next; 0: nothing waits
  std::uint64_t quantity_ahead = 0;
};

struct ShipmentView {
  std::uint16_t number = 0;
  WarehouseId warehouse{};
  ShipmentState state = ShipmentState::open;
  std::uint32_t revision = 1;
  TimeUs expected{};
  std::string_view carrier, tracking;
};

struct OrderView {
  const OrderState* order = nullptr;
  std::span<const LineView> lines;
  std::span<const Allocation> allocations;
  std::span<const Quantity> returned{};       // parallel to `allocations`
  std::span<const ShipmentView> shipments{};  // by number
  std::span<const ExpectedUnits> expected{};  // of what waits, by line
  std::span<const ExpectedUnits> fallbacks{};  // of what has no date, by line: if it were ordered now
  std::span<const PromiseImage> promises{};    // by line_index
};

struct WaitingLineView {
  const OrderState* order = nullptr;
  const OrderLineState* line = nullptr;
  std::uint64_t position = 0;
  std::uint64_t quantity_ahead = 0;
  Quantity quantity = 0;  // in this entry: a raised line may wait in several
  TimeUs expected{};      // its last unit; 0: at no known date
};

struct CheckView {
  std::uint16_t warehouses = 0;              // columns
  std::span<const Quantity> available, now;  // rows of columns; a figure for each row
  std::span<const ExpectedUnits> expected;   // of what `now` lacks; line_index: of the row
  std::span<const ExpectedUnits> fallbacks;  // of what has no date: if it were ordered now
};

struct VendorView {
  std::string_view code, name;
  std::int32_t lead_days = -1;
  std::int16_t cut_off = -1;
  std::uint64_t arrivals = 0;
  std::int64_t typical_lateness_us = 0;
};
struct RuleView {
  RuleSet rule;              // `vendor`: 1-based position in RulesView::vendors; 0: by choice
  std::int64_t position = 0;
  bool triggered = false;
  Lsn purchase_lsn{};
  std::string_view purchase; // id; empty: none that is open
};
struct RulesView {
  std::span<const VendorView> vendors;    // by code
  std::span<const SourceSet> sources;     // by SKU
  std::span<const RuleView> rules;        // by SKU and warehouse
};

struct OpenHoldView {
  const OrderState* hold = nullptr;
  TimeUs deadline{};
  std::uint64_t units = 0;  // of the SKU asked for, or of all
};

struct OpenTransferView {
  Lsn lsn{};  // of the decision
  const OpenTransfer* transfer = nullptr;
};

struct OpenPurchaseView {
  Lsn lsn{};  // of the decision
  const OpenPurchase* purchase = nullptr;
  std::span<const std::string_view> peg_orders{};  // ids, one for each of its lines with a peg_order, in their order; empty: it has left memory
};

struct WarehouseView {
  std::string_view code, name;
  std::uint32_t priority = 0;
};

// Parallel to the question, except all_warehouses (dense id 1 first).
struct ResolvedView {
  std::uint32_t sku_count = 0;
  std::span<const SkuId> sku_ids;
  std::span<const WarehouseId> warehouse_ids;
  std::span<const std::string_view> sku_codes;
  std::span<const std::string_view> warehouse_codes;
  std::span<const WarehouseView> all_warehouses;
  std::span<const std::string_view> sku_descriptions{};  // where they were asked for
};

class Outcomes {
 public:
  virtual ~Outcomes() = default;
  // A commit of this thread succeeded: LSNs first .. last are decided and reachable for the journal. Called before the
  // calls of decided() for them.
  virtual void committed(Lsn first, Lsn last) = 0;
  // One record of that commit, in LSN order. `record` lies still until the ring is released up to `ring_position`,
  // which the last record of a commit carries; 0 on the others.
  // more: further records belong to the same answer (fills follow).
  virtual void decided(const ReplyTo& reply, Lsn lsn, std::span<const std::byte> record, std::uint64_t ring_position,
                       bool more) = 0;
  // The answer is the decision made earlier at `original`; judged at `as_of`.
  virtual void repeated(const ReplyTo& reply, Lsn as_of, Lsn original) = 0;
  // as_of 0: rests on nothing decided, may leave at once.
  virtual void refused(const ReplyTo& reply, Lsn as_of, const Error& error) = 0;
  // Answers to questions, judged at as_of. Views hold during the call only.
  virtual void shown(const ReplyTo& reply, Lsn as_of, const OrderView& view) = 0;
  virtual void listed(const ReplyTo& reply, Lsn as_of, std::span<const WaitingLineView> lines) = 0;
  virtual void resolved(const ReplyTo& reply, Lsn as_of, const ResolvedView& view) = 0;
  virtual void listed_holds(const ReplyTo& reply, Lsn as_of, std::span<const OpenHoldView> holds) = 0;
  virtual void listed_transfers(const ReplyTo& reply, Lsn as_of, std::span<const OpenTransferView> transfers) = 0;
  virtual void checked(const ReplyTo& reply, Lsn as_of, const CheckView& view) = 0;
  virtual void listed_purchases(const ReplyTo& reply, Lsn as_of, std::span<const OpenPurchaseView> purchases) = 0;
  virtual void listed_rules(const ReplyTo& reply, Lsn as_of, const RulesView& view) = 0;
};

class Recorder {
 public:
  virtual ~Recorder() = default;
  // Each writes one record to `out` (8-byte aligned) and returns its bytes, a multiple of 8; 0 if `out` is too small.
  virtual std::size_t record(const Stamp& stamp, const OrderDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const ReceiptDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const FillDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const CancelDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const ShipDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const AmendDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const LoadDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const VoidDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const StockChangeDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const HoldDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const HoldExtendDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const HoldEndDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const ShipmentDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const TransferShipDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const TransferReceiptDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const PurchaseDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const PurchaseStepDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const PurchaseReceiptDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const StrictDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const RulesDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const ReorderDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const OverdueDecision& decision, std::span<std::byte> out) = 0;
  virtual std::size_t record(const Stamp& stamp, const DatesDecision& decision, std::span<std::byte> out) = 0;
};

}  // namespace earmark::engine
