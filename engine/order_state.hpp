// An order in memory: one block. Built by whoever decides it, before the commit that makes it reachable through the
// exactly-once table; from then on only the settler changes it.
// What is known of its shipments beside their units lies in blocks of their own (engine/shipments.hpp), and so does what waits of
// raised quantities (engine/entries.hpp).
//   OrderState | lines | texts: u8 id length, id, u8 which texts are there (bit 6: times), each u16 length + bytes, times |
//   up to a multiple of 4, an allocation for each line that has room for its first one
// A line has that room unless all of it waits when the order is built: what is served then comes into blocks of their own, which are owed
// (BlockStore::owe) from then on. So who waits takes less, and who does not is in one block.
// Per line (I2): quantity = waiting + cancelled + sum of (reserved + shipped); cancelled is derived.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "engine/block_store.hpp"
#include "engine/command.hpp"
#include "engine/command_ids.hpp"
#include "engine/decision.hpp"
#include "engine/state_image.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

// Units of one line in one warehouse that travel in one shipment.
struct Allocation {
  Quantity reserved = 0;
  Quantity shipped = 0;
  WarehouseId warehouse{};
  std::uint16_t shipment = 0;  // ORDER-n; 0: this allocation is not used
};
static_assert(sizeof(Allocation) == 12);

// Further allocations of a line, in chained blocks of two.
struct MoreAllocations {
  Allocation two[2];
  BlockRef next = 0;
  std::uint32_t unused = 0;
};
static_assert(sizeof(MoreAllocations) == 32);

// Lies in its order's block and is never copied: `first_at` counts from here.
struct OrderLineState {
  LineNumber line{};
  SkuId sku{};
  Quantity quantity = 0;
  Quantity waiting = 0;        // in all of its entries (engine/entries.hpp); of a hold: units that stock changes took from it
  BlockRef more = 0;
  WarehouseId pinned{};
  LinePolicy policy{};
  std::uint8_t patience = 0;   // of a line_complete line that waits: engine/patience.hpp
  std::uint16_t first_at = 0;  // where the room for its first allocation is, in units of 4 bytes from the line's beginning; 0: it has none
  std::uint16_t unused = 0;

  Allocation* first() noexcept { return first_at == 0 ? nullptr : reinterpret_cast<Allocation*>(reinterpret_cast<std::uint32_t*>(this) + first_at); }
  const Allocation* first() const noexcept { return const_cast<OrderLineState*>(this)->first(); }
  // Its first allocation will take a block that is not there yet.
  bool owes_room() const noexcept { return first_at == 0 && more == 0; }
};
static_assert(sizeof(OrderLineState) == 28);

// 0: not given.
struct OrderTimes {
  TimeUs placed_at{}, need_by{}, reserve_not_before{}, cancel_after{};
};

struct OrderState {
  KnownCommand known;
  TimeUs time{};
  OrderStatus status{};  // as decided
  Policy policy{};
  Priority priority{};
  Sourcing sourcing{};
  WarehouseId preferred{};
  std::uint16_t line_count = 0;
  std::uint16_t next_shipment = 1;
  std::uint16_t tail_bytes = 0;         // behind the lines
  std::uint16_t parked_line = no_line;  // of a ship_complete order that waits: the line that stands for it in its queue
  bool not_due : 1 = false;      // its reserve_not_before has not come: it waits, and takes nothing
  bool has_skipped : 1 = false;  // it has passed over somebody, which counts once
  std::uint8_t patience = 0;  // of a ship_complete order that waits: engine/patience.hpp
  BlockRef shipments = 0;  // a chain of ShipmentEntry
  BlockRef raises = 0;     // a chain of RaiseEntry
  static constexpr std::uint16_t no_line = 0xFFFF;

  std::span<OrderLineState> lines() noexcept { return {reinterpret_cast<OrderLineState*>(this + 1), line_count}; }
  std::span<const OrderLineState> lines() const noexcept {
    return {reinterpret_cast<const OrderLineState*>(this + 1), line_count};
  }
  OrderLineState& line(LineNumber number) noexcept;  // which must be one of the order's
  std::size_t line_index(LineNumber number) const noexcept;  // the same
  std::string_view id() const noexcept;
  OrderTexts texts() const noexcept;
  OrderTimes times() const noexcept;
  std::size_t bytes() const noexcept { return sizeof(OrderState) + line_count * sizeof(OrderLineState) + tail_bytes; }
  static std::size_t bytes_for(const OrderDecision& decision) noexcept;
  static std::size_t bytes_for(const OrderImage& image) noexcept;
};
static_assert(sizeof(OrderState) == 64);

// Builds the order that `decision` describes in `block` (bytes_for() bytes). `stamp` gives its number and time.
// Returns false when `blocks` has no room for the further allocations.
bool build_order(BlockCache& blocks, BlockRef block, const OrderDecision& decision, Identity identity, Stamp stamp) noexcept;
// The same from the state store's value.
bool build_order(BlockCache& blocks, BlockRef block, const OrderImage& image, Identity identity) noexcept;

// The same for a hold: reserved in its allocations is what is held.
std::size_t bytes_for_hold(const HoldDecision& decision) noexcept;
bool build_hold(BlockCache& blocks, BlockRef block, const HoldDecision& decision, Identity identity, Stamp stamp) noexcept;
std::size_t bytes_for_hold(const HoldImage& image) noexcept;
bool build_hold(BlockCache& blocks, BlockRef block, const HoldImage& image, Identity identity) noexcept;

// Every allocation of a line, in the order of its making.
template <class Blocks, class Visitor>
void for_each_allocation(Blocks& blocks, const OrderLineState& line, Visitor&& visit) {
  if (const Allocation* first = line.first(); first != nullptr) {
    if (first->shipment == 0) return;
    visit(*first);
  }
  for (BlockRef ref = line.more; ref != 0;) {
    const auto* more = blocks.template at<MoreAllocations>(ref);
    for (const Allocation& allocation : more->two) {
      if (allocation.shipment != 0) visit(allocation);
    }
    ref = more->next;
  }
}
template <class Visitor>
void change_allocations(BlockStore& blocks, OrderLineState& line, Visitor&& visit) {
  for_each_allocation(blocks, line, [&](const Allocation& allocation) { visit(const_cast<Allocation&>(allocation)); });
}

// Adds units to the line's allocation in (warehouse, shipment), which is made if there is none. False: no memory.
bool allocate(BlockCache& blocks, OrderLineState& line, WarehouseId warehouse, std::uint16_t shipment, Quantity units) noexcept;

// Gives back what build_order() and allocate() made beside the block itself. For orders that nobody can reach.
void release_allocations(BlockCache& blocks, OrderState& order) noexcept;

// The shipment that further units of the order from `warehouse` join: the latest one there but for `excluded`, unless it is no
// longer open (one that a cancel has emptied is still open); else 0.
std::uint16_t open_shipment(const BlockStore& blocks, const OrderState& order, WarehouseId warehouse, std::span<const std::uint16_t> excluded) noexcept;

// Something reserved or waiting.
bool is_open(const BlockStore& blocks, const OrderState& order) noexcept;

}  // namespace earmark::engine
