// What is known of an order's shipments beside their units: how far each has come, the revision of its pick list, what the carrier
// says, what came back. A chain of blocks at the order, one for each shipment of which there is something to know; plain orders
// have none. A shipment without a block is open at revision 1, or, if its units have shipped (`ship` of a whole order), shipped.
// A shipment's units are reserved ones until it ships, then shipped ones, never both. Those of a picked or packed shipment are
// the order's picked units.
// The settler alone, and recovery. Blocks are taken from what is kept back for what was accepted, so that they cannot fail.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/block_store.hpp"
#include "engine/order_state.hpp"
#include "engine/shipment_image.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

struct ShipmentEntry {
  TimeUs expected{};
  std::uint32_t revision = 1;
  BlockRef texts = 0;     // u16 bytes of the carrier, u16 bytes of the tracking number, both; 0: none
  BlockRef returned = 0;  // blocks of ReturnedRows
  BlockRef next = 0;
  std::uint16_t number = 0;
  ShipmentState state = ShipmentState::open;
  bool stepped = false;   // a step of it was recorded
  std::uint32_t unused_too = 0;
};
static_assert(sizeof(ShipmentEntry) == 32);

struct ReturnedRows {
  ReturnedUnits rows[3];  // units 0: not used
  BlockRef next = 0;
  std::uint32_t unused = 0;
};
static_assert(sizeof(ReturnedRows) == 32);

// nullptr: nothing is kept of it.
const ShipmentEntry* find_shipment(const BlockStore& blocks, const OrderState& order, std::uint16_t number) noexcept;
// The same, made as it stands if there is none.
ShipmentEntry& keep_shipment(BlockCache& blocks, OrderState& order, std::uint16_t number) noexcept;

ShipmentState state_of(const BlockStore& blocks, const OrderState& order, std::uint16_t number) noexcept;
std::uint32_t revision_of(const BlockStore& blocks, const OrderState& order, std::uint16_t number) noexcept;
// Its reserved units are picked.
inline bool is_picked(const BlockStore& blocks, const OrderState& order, std::uint16_t number) noexcept {
  if (order.shipments == 0) return false;
  const ShipmentEntry* entry = find_shipment(blocks, order, number);
  return entry != nullptr && (entry->state == ShipmentState::picked || entry->state == ShipmentState::packed);
}
// Something of it waits, or is reserved and not picked.
bool can_be_cancelled(const BlockStore& blocks, const OrderState& order) noexcept;
Quantity returned_of(const BlockStore& blocks, const OrderState& order, std::uint16_t number, std::uint32_t line_index) noexcept;

// The pick list is another one: what was printed before cannot be confirmed any more.
inline void raise_revision(BlockCache& blocks, OrderState& order, std::uint16_t number) noexcept { ++keep_shipment(blocks, order, number).revision; }
void add_returned(BlockCache& blocks, ShipmentEntry& entry, std::uint32_t line_index, Quantity units) noexcept;
// What is empty stays as it was.
void set_tracking(BlockCache& blocks, ShipmentEntry& entry, std::string_view carrier, std::string_view tracking, TimeUs expected) noexcept;

std::string_view carrier_of(const BlockStore& blocks, const ShipmentEntry& entry) noexcept;
std::string_view tracking_of(const BlockStore& blocks, const ShipmentEntry& entry) noexcept;

// `rows` is scratch that the view's rows lie in.
ShipmentImage image_of(const BlockStore& blocks, const ShipmentEntry& entry, std::vector<ReturnedUnits>& rows);
void build_shipment(BlockCache& blocks, OrderState& order, const ShipmentImage& image) noexcept;
void release_shipments(BlockCache& blocks, OrderState& order) noexcept;

template <class Visitor>
void for_each_shipment(const BlockStore& blocks, const OrderState& order, Visitor&& visit) {
  for (BlockRef ref = order.shipments; ref != 0;) {
    const auto* entry = blocks.at<ShipmentEntry>(ref);
    visit(*entry);
    ref = entry->next;
  }
}

}  // namespace earmark::engine
