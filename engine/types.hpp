// The engine's vocabulary: strong types for every id and quantity. Mixing two of them does not compile.
// Quantities are whole numbers of the SKU's base unit, 0 .. 2,147,483,647; sums are 64-bit.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <type_traits>

namespace earmark::engine {

// A number that is not interchangeable with other numbers. `Tag` only makes the type distinct.
template <class Representation, class Tag>
struct Strong {
  Representation value{};

  constexpr Strong() noexcept = default;
  constexpr explicit Strong(Representation number) noexcept : value(number) {}
  constexpr auto operator<=>(const Strong&) const noexcept = default;
};

// Log sequence number: global, dense, first command is 1; 0 means "before everything" or "none".
using Lsn = Strong<std::uint64_t, struct LsnTag>;
// Dense ids, 1 based; 0 means "code unknown" (or "none" where a warehouse is optional).
using SkuId = Strong<std::uint32_t, struct SkuTag>;
using WarehouseId = Strong<std::uint16_t, struct WarehouseTag>;
// A client's line number within its order; not a position.
using LineNumber = Strong<std::uint32_t, struct LineNumberTag>;
// Index of a cell (one SKU in one warehouse).
using CellIndex = Strong<std::uint64_t, struct CellTag>;
// Microseconds since 1970-01-01 UTC.
using TimeUs = Strong<std::int64_t, struct TimeTag>;
// 0 .. 255, higher is served first.
using Priority = Strong<std::uint8_t, struct PriorityTag>;
// Number of a committing thread; it selects a descriptor and a record ring.
using CommitterId = Strong<std::uint8_t, struct CommitterTag>;

constexpr Lsn operator+(Lsn lsn, std::uint64_t count) noexcept { return Lsn{lsn.value + count}; }

using Quantity = std::uint32_t;       // 0 .. max_quantity
using WireQuantity = std::int64_t;    // as received, not yet checked

inline constexpr Quantity max_quantity = 2'147'483'647;

static_assert(sizeof(Lsn) == 8 && std::is_trivially_copyable_v<Lsn>);
static_assert(sizeof(SkuId) == 4 && std::is_trivially_copyable_v<SkuId>);
static_assert(sizeof(WarehouseId) == 2 && std::is_trivially_copyable_v<WarehouseId>);

enum class Policy : std::uint8_t { ship_partial, line_complete, ship_complete, fill_or_kill, fill_and_cancel };
// What a line says of its own: 0: the policy of its order; else a Policy's value + 1.
struct LinePolicy {
  std::uint8_t code = 0;

  static constexpr LinePolicy of(Policy policy) noexcept { return {static_cast<std::uint8_t>(static_cast<std::uint8_t>(policy) + 1)}; }
  constexpr bool own() const noexcept { return code != 0; }
  constexpr bool known() const noexcept { return code <= static_cast<std::uint8_t>(Policy::fill_and_cancel) + 1; }
  constexpr Policy or_else(Policy of_order) const noexcept { return code == 0 ? of_order : static_cast<Policy>(code - 1); }
  bool operator==(const LinePolicy&) const noexcept = default;
};
static_assert(sizeof(LinePolicy) == 1 && std::is_trivially_copyable_v<LinePolicy>);

// Whether what is short under such a policy waits.
constexpr bool waits(Policy policy) noexcept {
  return policy == Policy::ship_partial || policy == Policy::line_complete || policy == Policy::ship_complete;
}

enum class Sourcing : std::uint8_t { server_default, priority, single_source, fewest_splits, highest_stock };
enum class OrderStatus : std::uint8_t { reserved, split, backordered, refused, cancelled, reduced };
// How a stock change changes its cells: see engine/command.hpp, ChangeStock.
// short_pick: what a pick did not find; made by the engine alone.
enum class ChangeKind : std::uint8_t { count, adjust, quarantine, restore, scrap, short_pick };
// What is done with a shipment; give_back: a return.
enum class ShipmentStep : std::uint8_t { pick = 1, pack, ship, deliver, put_back, track, give_back };
// Where a shipment is.
enum class ShipmentState : std::uint8_t { open, picked, packed, shipped, delivered };

// Where a purchase order is. It is open up to partly_received, and incoming from approved on. suggested: by a reorder rule.
enum class PurchaseState : std::uint8_t { draft = 1, approved, sent, acknowledged, partly_received, received, closed, cancelled, suggested };
constexpr bool is_unapproved(PurchaseState state) noexcept { return state == PurchaseState::draft || state == PurchaseState::suggested; }
constexpr bool is_incoming(PurchaseState state) noexcept { return state >= PurchaseState::approved && state <= PurchaseState::partly_received; }
constexpr bool is_open(PurchaseState state) noexcept { return is_unapproved(state) || is_incoming(state); }
// adopt: a suggestion becomes a draft, to which rules add no more.
enum class PurchaseStep : std::uint8_t { approve = 1, send, acknowledge, close, cancel, adopt };

// When a reorder rule orders, and how much (docs/RULES.md).
enum class RuleKind : std::uint8_t { reorder_point = 1, min_max, lot_for_lot };
// What it does then. auto_po: "auto-po".
enum class RuleMode : std::uint8_t { off, alert, suggest, auto_po };

// How a hold ended; `refused`: it never held anything.
enum class HoldEnd : std::uint8_t { open, released, expired, confirmed, refused };

}  // namespace earmark::engine

template <class Representation, class Tag>
struct std::hash<earmark::engine::Strong<Representation, Tag>> {
  std::size_t operator()(earmark::engine::Strong<Representation, Tag> strong) const noexcept {
    return std::hash<Representation>{}(strong.value);
  }
};
