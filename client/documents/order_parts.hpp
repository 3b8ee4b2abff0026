// Where the units of an order's lines are, seen from one of its shipments. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "client/failure.hpp"
#include "client/values.hpp"

namespace earmark::client::documents {

// Of one line: ordered = here + shipped + to_follow + backordered + cancelled.
struct LineParts {
  std::uint64_t here = 0;       // in the shipment that is looked from
  std::uint64_t shipped = 0;    // has left in others
  std::uint64_t to_follow = 0;  // is reserved in others that have not left
  std::uint64_t returned = 0;   // of `here`: came back
  std::string followers{};      // those others: "A-2, A-3"
};
// `shipment` 0: from none; everything is in others.
LineParts parts_of(const OrderState& order, const OrderStateLine& line, std::uint16_t shipment);

std::uint64_t units_in(const OrderState& order, std::uint16_t shipment);
// The shipment with this number; else what there is instead. A shipment with nothing in it is refused, too.
Outcome<const ShipmentState*> shipment_of(const OrderState& order, std::uint16_t number);

// Whether it has left.
bool has_shipped(const ShipmentState& shipment);

// Why what of a line waits is not there: "out of stock", "waits until the whole order is there"...
std::string backorder_reason(const OrderState& order, const OrderStateLine& line, std::int64_t now_us);
// When what of a line waits can be expected, as far as anybody knows: "expected 2026-12-01", "5 expected 2026-12-01, 3 on 2026-12-08,
// 2 not known yet"; "" where nothing waits.
std::string date_text(const OrderState& order, const OrderStateLine& line, std::int64_t now_us);
// "2nd, behind 14 units".
std::string place_text(std::uint32_t position, std::uint64_t quantity_ahead);

}  // namespace earmark::client::documents
