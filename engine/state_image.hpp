// The state as values: what the state store keeps and recovery gives back to the engine. Plain structs; texts and rows are
// views whose owner outlives the call that gets them. Everything here is true at one LSN.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "engine/command.hpp"
#include "engine/decision.hpp"
#include "engine/digest.hpp"
#include "engine/shipment_image.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

struct CellImage {
  SkuId sku{};
  WarehouseId warehouse{};
  Quantity on_hand = 0, held = 0, unavailable = 0;
  Quantity level = 0;                  // engine/level.hpp
  std::uint32_t opening_plus_one = 0;  // 0: opening stock was never loaded
  Lsn lsn{};                           // the last command that touched the cell
};

// A command id that is known: a repeat of it is recognised.
struct KnownImage {
  IdSpace space{};
  Identity identity;
  std::uint64_t content = 0;
  Lsn lsn{};     // of the decision
  Lsn closed{};  // an order's: of the record that closed it; 0: it is open, or no order
  HoldEnd ended = HoldEnd::open;  // a hold's that is not open
};

// Units of one line in one warehouse that travel in one shipment.
struct AllocationImage {
  Quantity reserved = 0;
  Quantity shipped = 0;
  WarehouseId warehouse{};
  std::uint16_t shipment = 0;  // ORDER-n
};
static_assert(sizeof(AllocationImage) == 12);

struct LineImage {
  LineNumber line{};
  SkuId sku{};
  Quantity quantity = 0;
  Quantity waiting = 0;           // cancelled = quantity - waiting - reserved - shipped
  WarehouseId pinned{};
  std::uint16_t allocations = 0;  // how many of OrderImage::allocations are this line's
};
static_assert(sizeof(LineImage) == 20);

// What waits of a raised line, in an entry of its own (engine/entries.hpp); part of LineImage::waiting.
struct RaiseImage {
  Lsn sequence{};  // of the amend
  std::uint32_t line_index = 0;
  Quantity waiting = 0;
};
static_assert(sizeof(RaiseImage) == 16);

// They stand side by side, oldest first, not aligned.
template <class Visitor>
void for_each_raise(std::span<const std::byte> bytes, Visitor&& visit) {
  for (; bytes.size() >= sizeof(RaiseImage); bytes = bytes.subspan(sizeof(RaiseImage))) {
    RaiseImage raise;
    std::memcpy(&raise, bytes.data(), sizeof raise);
    visit(raise);
  }
}

// When a line's last unit was promised first, and what was told last (DatesDecision). 0: nothing.
struct PromiseImage {
  TimeUs first{}, told{};
  std::uint32_t line_index = 0;
  std::uint32_t settled = 0;  // of the state store alone: figures judge the line by `first` no more (storage/state_batch_figures.cpp)
};
static_assert(sizeof(PromiseImage) == 24);

struct OrderImage {
  Lsn lsn{};      // of the decision
  TimeUs time{};  // of the decision
  std::string_view id;
  std::uint64_t content = 0;
  OrderStatus status{};  // as decided
  Policy policy{};
  Priority priority{};
  Sourcing sourcing{};
  WarehouseId preferred{};
  std::uint16_t next_shipment = 1;
  TimeUs placed_at{}, need_by{}, reserve_not_before{}, cancel_after{};
  OrderTexts texts;
  std::span<const LineImage> lines;
  std::span<const AllocationImage> allocations;  // in line order; within a line in the order of their making
  std::span<const LinePolicy> line_policies{};   // by line; empty: no line has its own
  std::span<const std::byte> shipments;          // engine/shipment_image.hpp; empty: nothing is known of them
  bool not_due = false;                          // its reserve_not_before has not come
  std::uint8_t patience = 0;                     // engine/patience.hpp: of a ship_complete order
  std::span<const std::uint8_t> line_patience{}; // of line_complete lines, by line; empty: 0 all
  bool has_skipped = false;
  std::span<const std::byte> raises{};           // RaiseImage after RaiseImage
  std::span<const PromiseImage> promises{};      // of lines that were ever promised, by line_index

  LinePolicy own_policy(std::size_t line) const noexcept { return line_policies.empty() ? LinePolicy{} : line_policies[line]; }
  std::uint8_t patience_of_line(std::size_t line) const noexcept { return line_patience.empty() ? std::uint8_t{0} : line_patience[line]; }
};

// An open hold.
struct HoldImage {
  Lsn lsn{};      // of the decision
  TimeUs time{};  // of the decision
  TimeUs deadline{};
  std::string_view id, customer;
  std::uint64_t content = 0;
  std::span<const LineImage> lines;              // `waiting`: units that stock changes took from it
  std::span<const AllocationImage> allocations;  // nothing shipped
};

// Units of one SKU in a transfer, over all of its rows.
struct TransferLine {
  SkuId sku{};
  Quantity shipped = 0;
  std::uint64_t received = 0;  // damaged ones included, over `shipped` where more arrived

  Quantity in_transit() const noexcept { return received >= shipped ? 0 : shipped - static_cast<Quantity>(received); }
};
static_assert(sizeof(TransferLine) == 16);

// An open transfer.
struct TransferImage {
  Lsn lsn{};      // of the decision
  TimeUs time{};  // of the decision
  TimeUs expected{};  // as it was said, or later where that is over (OverdueDecision)
  std::string_view id;
  std::uint64_t content = 0;
  WarehouseId source{}, destination{};
  std::span<const TransferLine> lines;  // in the order in which their SKUs were first named
};

// An open purchase order.
struct PurchaseImage {
  Lsn lsn{};      // of the decision
  TimeUs time{};  // of the decision
  std::string_view id;
  std::uint64_t content = 0;
  std::string_view vendor, reference, notes;
  PurchaseState state = PurchaseState::draft;
  TimeUs closes{};         // as ReorderDecision's
  bool automatic = false;  // a rule's in mode auto_po
  std::span<const PurchaseLineState> lines;
};

// A vendor, and how late what it promised has come.
struct VendorImage {
  std::string_view code, name;
  std::int32_t lead_days = -1;
  std::int16_t cut_off = -1;
  bool listed = false;         // by a SetRules; else it has only delivered
  std::uint64_t arrivals = 0;  // rows of receipts of lines with a promise
  std::int64_t late_us = 0;    // sum of how late they were
};
struct SourceImage {
  SkuId sku{};
  std::string_view vendor;
  std::int32_t lead_days = -1;
};
// A rule, its vendor by code beside it.
struct RuleImage {
  RuleSet rule;             // `vendor` 0, or not
  std::string_view vendor;  // empty: by choice
  bool triggered = false;   // it has, and its position is not above its point since
  Lsn purchase{};           // the last purchase order that it made or added to; 0: none, or a suggestion that was cancelled
};

// Orders that left memory when they were closed and kept on disk. Called by whoever settles, one call at a time.
class Archive {
 public:
  virtual ~Archive() = default;
  // The closed order decided at `lsn`. False: not there. The views in `image` hold until the next call.
  virtual bool find(Lsn lsn, OrderImage& image) = 0;
  // The newest order with this id, among those whose ids were forgotten. 0: none.
  virtual Lsn newest(Identity identity) = 0;
};

}  // namespace earmark::engine
