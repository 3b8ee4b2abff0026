// Shipments of an order as bytes: what the state store keeps behind an order's record, and how an order that left memory comes
// back. One shipment after the other, each a multiple of 8 bytes, all integers little-endian:
//   0  u16 number, u8 state, u8 1 if a step of it was recorded, u32 revision
//   8  i64 expected delivery, 0: none
//  16  u16 bytes of the carrier, u16 bytes of the tracking number, u32 rows
//  24  rows: u32 position of the line, u32 units that came back; carrier, tracking number; zero bytes up to a multiple of 8
// Only shipments of which something is known beside their units stand there: others are open, or shipped, at revision 1.
// Pure; any thread. Bytes that are read need not be aligned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/types.hpp"

namespace earmark::engine {

struct ReturnedUnits {
  std::uint32_t line_index = 0;
  Quantity units = 0;
};

struct ShipmentImage {
  std::uint16_t number = 0;  // ORDER-n
  ShipmentState state = ShipmentState::open;
  std::uint32_t revision = 1;
  TimeUs expected{};
  std::string_view carrier, tracking;
  std::span<const ReturnedUnits> returned;
  bool stepped = false;  // a step of it was recorded
};

// Where a step leaves a shipment. `found`: a pick found something; else it is open, and empty.
ShipmentState state_after(ShipmentState before, ShipmentStep step, bool found) noexcept;

// Appends it to `out`.
void append_shipment(std::vector<std::byte>& out, const ShipmentImage& shipment);

// Takes the first one off `bytes`; its texts are views, its rows are put into `rows`. False: they are not those of a shipment.
bool take_shipment(std::span<const std::byte>& bytes, ShipmentImage& shipment, std::vector<ReturnedUnits>& rows);

// Each of them. False: the bytes are not shipments, and some may not have been visited.
template <class Visitor>
bool for_each_shipment(std::span<const std::byte> bytes, Visitor&& visit) {
  std::vector<ReturnedUnits> rows;
  while (!bytes.empty()) {
    ShipmentImage shipment;
    if (!take_shipment(bytes, shipment, rows)) return false;
    visit(shipment);
  }
  return true;
}

}  // namespace earmark::engine
