// Answers other than events, as values: the server appends them as frames, the client decodes frames to them
// (schema/ask.hpp). Text and rows are views; their owner outlives the call. Pure; any thread.
// A larger answer becomes several frames, flag_more_parts on all but the last: rows in order, one vector after the
// other; scalars in every part. The reader puts each vector together again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/errors.hpp"
#include "engine/decision.hpp"
#include "engine/state_image.hpp"
#include "engine/types.hpp"
#include "schema/frame.hpp"
#include "schema/report.hpp"

namespace earmark::schema {

struct ErrorAnswer {
  engine::Error error;
  std::string_view message;  // empty: the code's usual advice is sent
  engine::Lsn as_of{};
  std::uint32_t retry_after_ms = 0;
};

struct HelloAnswer {
  std::uint16_t version = protocol_version;
  std::string_view server;
  std::uint64_t epoch = 0;
  engine::Lsn durable{}, oldest_known{};
  std::uint32_t max_frame = max_frame_bytes, credit = 0, max_lines = 0, fast_path_cells = 0, max_skus = 0;
  std::uint16_t max_warehouses = 0;
  std::uint32_t sku_count = 0;
  std::uint16_t warehouse_count = 0;
  std::uint64_t features = 0;
};

struct ResolveAnswer {
  std::uint64_t epoch = 0;
  engine::Lsn as_of{};
  std::uint32_t sku_count = 0;
  std::span<const engine::SkuId> sku_ids;
  std::span<const engine::WarehouseId> warehouse_ids;
  std::span<const std::string_view> sku_codes, warehouse_codes;
  std::span<const std::uint32_t> warehouse_priorities;
  std::span<const std::string_view> warehouse_names;
  std::span<const std::string_view> sku_descriptions{};  // parallel to sku_codes; empty: not asked for
};

struct CheckAnswer {
  engine::Lsn lsn{};
  std::uint16_t warehouses = 0;                // columns
  std::span<const engine::Quantity> available; // row-major, a row for each SKU asked for
  std::span<const engine::Quantity> now{};     // with wanted quantities, for each SKU: what of it is there
  std::span<const engine::ExpectedUnits> expected{};  // with dates, of the rest; line_index: of the row
  std::span<const engine::ExpectedUnits> fallbacks{};  // of what has no date: if it were ordered now
};

// Row structs have the layouts of schema/read.fbs (asserted there): they are copied whole.
struct StockLevel {
  engine::Lsn lsn{};
  engine::SkuId sku{};
  engine::WarehouseId warehouse{};
  std::uint16_t unused = 0;
  engine::Quantity on_hand = 0, reserved = 0, held = 0, unavailable = 0, available = 0;
  engine::Quantity incoming = 0;  // in transit to it
};
struct SkuLevel {
  std::uint64_t backordered = 0, incoming = 0;
  engine::SkuId sku{};
  std::uint32_t unused = 0;
};
struct StockAnswer {
  engine::Lsn lsn{};
  std::span<const StockLevel> levels;
  std::span<const SkuLevel> skus;
  engine::SkuId next_after{};
};

struct OrderLineView {
  std::uint64_t quantity_ahead = 0;
  engine::LineNumber line{};
  engine::SkuId sku{};
  engine::Quantity quantity = 0, backordered = 0, cancelled = 0;
  std::uint32_t position = 0;
  engine::WarehouseId pinned{};
  std::uint16_t allocations = 0;  // how many of OrderView::allocations belong to this line
  engine::LinePolicy policy{};
  std::uint8_t patience = 0;      // engine/patience.hpp, of the line or its ship_complete order
  std::uint16_t unused = 0;
};
struct Allocation {
  engine::Quantity reserved = 0, shipped = 0;
  engine::WarehouseId warehouse{};
  std::uint16_t shipment = 0;
};
struct ShipmentRow {
  engine::TimeUs expected{};
  std::uint32_t revision = 1;
  std::uint16_t number = 0;
  engine::WarehouseId warehouse{};
  engine::ShipmentState step{};
  std::uint8_t unused = 0;
  std::uint16_t unused_too = 0;
  std::uint32_t unused_three = 0;
};
struct OrderView {
  engine::Lsn as_of{};
  std::string_view id;
  engine::Lsn lsn{};       // of the decision
  engine::TimeUs time{};   // of the decision
  engine::OrderStatus status{};
  engine::Policy policy{};
  engine::Priority priority{100};
  engine::Sourcing sourcing{};
  engine::WarehouseId preferred{};
  std::string_view customer, channel, ship_to, contact, reference, notes;
  std::span<const OrderLineView> lines;
  std::span<const Allocation> allocations;
  engine::TimeUs placed_at{}, need_by{}, reserve_not_before{}, cancel_after{};  // 0: not given
  std::span<const ShipmentRow> shipments{};
  std::span<const std::string_view> carriers{}, trackings{};  // parallel to `shipments`
  std::span<const engine::Quantity> returned{};           // parallel to `allocations`, or empty: none
  std::span<const engine::ExpectedUnits> expected{};      // of what waits, by line
  std::span<const engine::ExpectedUnits> fallbacks{};     // of what has no date, by line: if it were ordered now
  std::span<const engine::PromiseImage> promises{};       // of lines that were ever promised, by line
};

struct WaitingLine {
  engine::Lsn order_lsn{};
  std::uint64_t quantity_ahead = 0;
  engine::TimeUs since{};
  engine::SkuId sku{};
  engine::LineNumber line{};
  engine::Quantity quantity = 0;
  std::uint32_t position = 0;
  std::uint32_t order = 0;  // position in BackordersAnswer::orders and ::customers
  engine::WarehouseId pinned{};
  engine::Priority priority{};
  std::uint8_t unused = 0;
};
struct BackordersAnswer {
  engine::Lsn as_of{};
  std::span<const WaitingLine> lines;
  std::span<const std::string_view> orders, customers;
  std::span<const std::int64_t> expected{};  // parallel to `lines`: microseconds since 1970 UTC, of the last unit; 0: at no known date
};

struct OpenHold {
  engine::Lsn lsn{};         // of the decision
  engine::TimeUs deadline{};
  engine::TimeUs since{};    // time of the decision
  std::uint64_t units = 0;
  std::uint32_t lines = 0;
  std::uint32_t hold = 0;    // position in HoldsAnswer::holds and ::customers
};
struct HoldsAnswer {
  engine::Lsn as_of{};
  std::span<const OpenHold> open;
  std::span<const std::string_view> holds, customers;
};

struct OpenTransfer {
  engine::Lsn lsn{};  // of the decision
  engine::TimeUs expected{};
  engine::TimeUs since{};   // time of the decision
  std::uint32_t lines = 0;  // how many of TransfersAnswer::lines belong to it
  engine::WarehouseId source{}, destination{};
};
struct OpenPurchase {
  engine::Lsn lsn{};  // of the decision
  engine::TimeUs since{};   // time of the decision
  engine::TimeUs closes{};  // of a suggestion: no rule adds lines from then on; 0: always
  std::uint32_t lines = 0;  // how many of PurchasesAnswer::lines belong to it
  engine::PurchaseState state{};
  std::uint8_t automatic = 0;  // 1: approved when it closes
  std::uint16_t unused_too = 0;
};
struct PurchasesAnswer {
  engine::Lsn as_of{};
  std::span<const OpenPurchase> open;
  std::span<const std::string_view> purchases, vendors, references, notes;  // parallel
  std::span<const engine::PurchaseLineState> lines;
  std::span<const std::string_view> peg_orders{};  // ids, one for each of `lines` with a peg_order; empty: known no longer
};

struct VendorView {
  std::uint64_t arrivals = 0;            // rows of receipts that had a promise
  std::int64_t typical_lateness_us = 0;  // by which overdue supply of it is expected later than now
  std::int32_t lead_days = -1;           // -1: not known
  std::int16_t cut_off = -1;             // minute of the day (UTC); -1: none
  std::uint16_t unused = 0;
};
struct RuleView {
  std::int64_t position = 0;       // now
  engine::TimeUs snoozed_until{};
  engine::Lsn purchase_lsn{};      // of the purchase order that it made or added to last; 0: none that is open
  engine::SkuId sku{};
  std::uint32_t vendor = 0;        // 1-based position in RulesAnswer::vendor_codes; 0: by choice
  engine::Quantity point = 0, quantity = 0, minimum = 0, multiple = 0, maximum = 0;
  std::int32_t lead_days = -1;
  engine::WarehouseId warehouse{};
  engine::RuleKind kind = engine::RuleKind::reorder_point;
  engine::RuleMode mode = engine::RuleMode::off;
  std::uint8_t pooled = 0;
  std::uint8_t triggered = 0;      // 1: it has, and its position has not been above its point since
  std::uint16_t unused = 0;
};
struct RulesAnswer {
  engine::Lsn as_of{};
  std::span<const std::string_view> vendor_codes, vendor_names;  // parallel to `vendors`
  std::span<const VendorView> vendors;
  std::span<const engine::SourceSet> sources;    // by SKU
  std::span<const RuleView> rules;               // by SKU and warehouse
  std::span<const std::string_view> purchases;   // ids, parallel to `rules`; empty: none that is open
};

struct TransfersAnswer {
  engine::Lsn as_of{};
  std::span<const OpenTransfer> open;
  std::span<const std::string_view> transfers;  // parallel
  std::span<const engine::TransferLine> lines;
};

struct SubscribeAnswer {
  engine::Lsn from{}, durable{}, oldest_kept{};
};

// Everything up to `lsn` has been sent, or does not pass the subscription's filters.
struct StreamPosition {
  engine::Lsn lsn{};
};

struct DigestAnswer {
  engine::Lsn lsn{};
  std::string_view digest;
};

struct StatsAnswer {
  std::span<const std::string_view> names;
  std::span<const std::uint64_t> values;
};

// Each appends one or more whole frames. Texts are at most 512 bytes. About 200 ns for a small answer.
void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const ErrorAnswer& answer);
void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const HelloAnswer& answer);
void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const ResolveAnswer& answer);
void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const CheckAnswer& answer);
void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const StockAnswer& answer);
void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const OrderView& answer);
void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const BackordersAnswer& answer);
void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const HoldsAnswer& answer);
void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const TransfersAnswer& answer);
void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const PurchasesAnswer& answer);
void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const RulesAnswer& answer);
void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const ReportAnswer& answer);
void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const SubscribeAnswer& answer);
void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const StreamPosition& answer);
void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const DigestAnswer& answer);
void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const StatsAnswer& answer);

// The pieces of one journal record as frames: an answer (flag_duplicate as told) or a pushed event. With `more` the
// last piece too carries flag_more_parts, because fills follow. Two copies of memory a piece, no FlatBuffers work.
void append_event_frames(std::vector<std::byte>& out, std::uint64_t correlation, std::span<const std::byte> record,
                         bool duplicate, bool more);

}  // namespace earmark::schema
