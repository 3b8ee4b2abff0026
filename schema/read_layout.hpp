// Row structs of answers are those of read.fbs, purchase.fbs and rule.fbs, byte for byte. For schema/*.cpp only.
#pragma once

#include "schema/answer.hpp"
#include "schema/layout.hpp"
#include "schema/event_layout.hpp"
#include "schema/purchase_generated.h"
#include "schema/read_generated.h"
#include "schema/rule_generated.h"

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

EARMARK_SAME_SIZE(wire::Promise, engine::PromiseImage);
static_assert(place_in<wire::Promise>("first_us").offset == offsetof(engine::PromiseImage, first));
static_assert(place_in<wire::Promise>("told_us").offset == offsetof(engine::PromiseImage, told));
EARMARK_SAME_FIELD(wire::Promise, engine::PromiseImage, line_index);

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
static_assert(place_in<wire::OpenPurchase>("closes_us").offset == offsetof(OpenPurchase, closes));
EARMARK_SAME_FIELD(wire::OpenPurchase, OpenPurchase, lines);
EARMARK_SAME_FIELD(wire::OpenPurchase, OpenPurchase, state);
EARMARK_SAME_FIELD(wire::OpenPurchase, OpenPurchase, automatic);

EARMARK_SAME_SIZE(wire::OpenPurchaseLine, engine::PurchaseLineState);
static_assert(place_in<wire::OpenPurchaseLine>("promised_us").offset == offsetof(engine::PurchaseLineState, promised));
static_assert(place_in<wire::OpenPurchaseLine>("first_promised_us").offset == offsetof(engine::PurchaseLineState, first_promised));
static_assert(place_in<wire::OpenPurchaseLine>("expected_us").offset == offsetof(engine::PurchaseLineState, expected));
EARMARK_SAME_FIELD(wire::OpenPurchaseLine, engine::PurchaseLineState, received);
EARMARK_SAME_FIELD(wire::OpenPurchaseLine, engine::PurchaseLineState, peg_order);
EARMARK_SAME_FIELD(wire::OpenPurchaseLine, engine::PurchaseLineState, line);
EARMARK_SAME_FIELD(wire::OpenPurchaseLine, engine::PurchaseLineState, sku);
EARMARK_SAME_FIELD(wire::OpenPurchaseLine, engine::PurchaseLineState, quantity);
EARMARK_SAME_FIELD(wire::OpenPurchaseLine, engine::PurchaseLineState, peg_line);
EARMARK_SAME_FIELD(wire::OpenPurchaseLine, engine::PurchaseLineState, warehouse);

EARMARK_SAME_SIZE(wire::VendorView, VendorView);
EARMARK_SAME_FIELD(wire::VendorView, VendorView, arrivals);
EARMARK_SAME_FIELD(wire::VendorView, VendorView, typical_lateness_us);
EARMARK_SAME_FIELD(wire::VendorView, VendorView, lead_days);
EARMARK_SAME_FIELD(wire::VendorView, VendorView, cut_off);

EARMARK_SAME_SIZE(wire::SourceView, engine::SourceSet);
EARMARK_SAME_FIELD(wire::SourceView, engine::SourceSet, sku);
EARMARK_SAME_FIELD(wire::SourceView, engine::SourceSet, vendor);
EARMARK_SAME_FIELD(wire::SourceView, engine::SourceSet, lead_days);

EARMARK_SAME_SIZE(wire::RuleView, RuleView);
EARMARK_SAME_FIELD(wire::RuleView, RuleView, position);
static_assert(place_in<wire::RuleView>("snoozed_until_us").offset == offsetof(RuleView, snoozed_until));
EARMARK_SAME_FIELD(wire::RuleView, RuleView, purchase_lsn);
EARMARK_SAME_FIELD(wire::RuleView, RuleView, sku);
EARMARK_SAME_FIELD(wire::RuleView, RuleView, vendor);
EARMARK_SAME_FIELD(wire::RuleView, RuleView, point);
EARMARK_SAME_FIELD(wire::RuleView, RuleView, quantity);
EARMARK_SAME_FIELD(wire::RuleView, RuleView, minimum);
EARMARK_SAME_FIELD(wire::RuleView, RuleView, multiple);
EARMARK_SAME_FIELD(wire::RuleView, RuleView, maximum);
EARMARK_SAME_FIELD(wire::RuleView, RuleView, lead_days);
EARMARK_SAME_FIELD(wire::RuleView, RuleView, warehouse);
EARMARK_SAME_FIELD(wire::RuleView, RuleView, kind);
EARMARK_SAME_FIELD(wire::RuleView, RuleView, mode);
EARMARK_SAME_FIELD(wire::RuleView, RuleView, pooled);
EARMARK_SAME_FIELD(wire::RuleView, RuleView, triggered);

}  // namespace earmark::schema
