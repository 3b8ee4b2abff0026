// Row structs of answers are those of read.fbs, byte for byte. For schema/*.cpp only.
#pragma once

#include "schema/answer.hpp"
#include "schema/layout.hpp"
#include "schema/event_layout.hpp"
#include "schema/purchase_generated.h"
#include "schema/read_generated.h"

namespace earmark::schema {

EARMARK_SAME_SIZE(wire::StockLevel, StockLevel);
EARMARK_SAME_FIELD(wire::StockLevel, StockLevel, lsn);
EARMARK_SAME_FIELD(wire::StockLevel, StockLevel, sku);
EARMARK_SAME_FIELD(wire::StockLevel, StockLevel, warehouse);
EARMARK_SAME_FIELD(wire::StockLevel, StockLevel, on_hand);
EARMARK_SAME_FIELD(wire::StockLevel, StockLevel, reserved);
EARMARK_SAME_FIELD(wire::StockLevel, StockLevel, held);
EARMARK_SAME_FIELD(wire::StockLevel, StockLevel, unavailable);
EARMARK_SAME_FIELD(wire::StockLevel, StockLevel, available);
EARMARK_SAME_FIELD(wire::StockLevel, StockLevel, incoming);

EARMARK_SAME_SIZE(wire::SkuLevel, SkuLevel);
EARMARK_SAME_FIELD(wire::SkuLevel, SkuLevel, backordered);
EARMARK_SAME_FIELD(wire::SkuLevel, SkuLevel, incoming);
EARMARK_SAME_FIELD(wire::SkuLevel, SkuLevel, sku);

EARMARK_SAME_SIZE(wire::OrderLineView, OrderLineView);
EARMARK_SAME_FIELD(wire::OrderLineView, OrderLineView, quantity_ahead);
EARMARK_SAME_FIELD(wire::OrderLineView, OrderLineView, line);
EARMARK_SAME_FIELD(wire::OrderLineView, OrderLineView, sku);
EARMARK_SAME_FIELD(wire::OrderLineView, OrderLineView, quantity);
EARMARK_SAME_FIELD(wire::OrderLineView, OrderLineView, backordered);
EARMARK_SAME_FIELD(wire::OrderLineView, OrderLineView, cancelled);
EARMARK_SAME_FIELD(wire::OrderLineView, OrderLineView, position);
EARMARK_SAME_FIELD(wire::OrderLineView, OrderLineView, pinned);
EARMARK_SAME_FIELD(wire::OrderLineView, OrderLineView, allocations);
EARMARK_SAME_FIELD(wire::OrderLineView, OrderLineView, policy);

EARMARK_SAME_SIZE(wire::ShipmentRow, ShipmentRow);
EARMARK_SAME_FIELD(wire::ShipmentRow, ShipmentRow, revision);
EARMARK_SAME_FIELD(wire::ShipmentRow, ShipmentRow, number);
EARMARK_SAME_FIELD(wire::ShipmentRow, ShipmentRow, warehouse);
EARMARK_SAME_FIELD(wire::ShipmentRow, ShipmentRow, step);

EARMARK_SAME_SIZE(wire::Allocation, Allocation);
EARMARK_SAME_FIELD(wire::Allocation, Allocation, reserved);
EARMARK_SAME_FIELD(wire::Allocation, Allocation, shipped);
EARMARK_SAME_FIELD(wire::Allocation, Allocation, warehouse);
EARMARK_SAME_FIELD(wire::Allocation, Allocation, shipment);

EARMARK_SAME_SIZE(wire::WaitingLine, WaitingLine);
EARMARK_SAME_FIELD(wire::WaitingLine, WaitingLine, order_lsn);
EARMARK_SAME_FIELD(wire::WaitingLine, WaitingLine, quantity_ahead);
static_assert(place_in<wire::WaitingLine>("since_us").offset == offsetof(WaitingLine, since));
EARMARK_SAME_FIELD(wire::WaitingLine, WaitingLine, sku);
EARMARK_SAME_FIELD(wire::WaitingLine, WaitingLine, line);
EARMARK_SAME_FIELD(wire::WaitingLine, WaitingLine, quantity);
EARMARK_SAME_FIELD(wire::WaitingLine, WaitingLine, position);
EARMARK_SAME_FIELD(wire::WaitingLine, WaitingLine, order);
EARMARK_SAME_FIELD(wire::WaitingLine, WaitingLine, pinned);
EARMARK_SAME_FIELD(wire::WaitingLine, WaitingLine, priority);

EARMARK_SAME_SIZE(wire::OpenHold, OpenHold);
EARMARK_SAME_FIELD(wire::OpenHold, OpenHold, lsn);
static_assert(place_in<wire::OpenHold>("deadline_us").offset == offsetof(OpenHold, deadline));
static_assert(place_in<wire::OpenHold>("since_us").offset == offsetof(OpenHold, since));
EARMARK_SAME_FIELD(wire::OpenHold, OpenHold, units);
EARMARK_SAME_FIELD(wire::OpenHold, OpenHold, lines);
EARMARK_SAME_FIELD(wire::OpenHold, OpenHold, hold);

EARMARK_SAME_SIZE(wire::OpenTransfer, OpenTransfer);
EARMARK_SAME_FIELD(wire::OpenTransfer, OpenTransfer, lsn);
static_assert(place_in<wire::OpenTransfer>("expected_us").offset == offsetof(OpenTransfer, expected));
static_assert(place_in<wire::OpenTransfer>("since_us").offset == offsetof(OpenTransfer, since));
EARMARK_SAME_FIELD(wire::OpenTransfer, OpenTransfer, lines);
EARMARK_SAME_FIELD(wire::OpenTransfer, OpenTransfer, source);
EARMARK_SAME_FIELD(wire::OpenTransfer, OpenTransfer, destination);

EARMARK_SAME_SIZE(wire::TransferLine, engine::TransferLine);
EARMARK_SAME_FIELD(wire::TransferLine, engine::TransferLine, sku);
EARMARK_SAME_FIELD(wire::TransferLine, engine::TransferLine, shipped);
EARMARK_SAME_FIELD(wire::TransferLine, engine::TransferLine, received);

EARMARK_SAME_SIZE(wire::OpenPurchase, OpenPurchase);
EARMARK_SAME_FIELD(wire::OpenPurchase, OpenPurchase, lsn);
static_assert(place_in<wire::OpenPurchase>("since_us").offset == offsetof(OpenPurchase, since));
EARMARK_SAME_FIELD(wire::OpenPurchase, OpenPurchase, lines);
EARMARK_SAME_FIELD(wire::OpenPurchase, OpenPurchase, state);

EARMARK_SAME_SIZE(wire::OpenPurchaseLine, engine::PurchaseLineState);
static_assert(place_in<wire::OpenPurchaseLine>("promised_us").offset == offsetof(engine::PurchaseLineState, promised));
static_assert(place_in<wire::OpenPurchaseLine>("first_promised_us").offset == offsetof(engine::PurchaseLineState, first_promised));
EARMARK_SAME_FIELD(wire::OpenPurchaseLine, engine::PurchaseLineState, received);
EARMARK_SAME_FIELD(wire::OpenPurchaseLine, engine::PurchaseLineState, line);
EARMARK_SAME_FIELD(wire::OpenPurchaseLine, engine::PurchaseLineState, sku);
EARMARK_SAME_FIELD(wire::OpenPurchaseLine, engine::PurchaseLineState, quantity);
EARMARK_SAME_FIELD(wire::OpenPurchaseLine, engine::PurchaseLineState, warehouse);

}  // namespace earmark::schema
