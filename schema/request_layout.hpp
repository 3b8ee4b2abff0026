// Row structs of commands are those of order.fbs, purchase.fbs and rule.fbs, byte for byte. For schema/*.cpp only.
#pragma once

#include "engine/command.hpp"
#include "schema/catalogue_generated.h"
#include "schema/layout.hpp"
#include "schema/order_generated.h"
#include "schema/purchase_generated.h"
#include "schema/rule_generated.h"

namespace earmark::schema {

EARMARK_SAME_SIZE(wire::OrderLine, engine::OrderLine);
EARMARK_SAME_FIELD(wire::OrderLine, engine::OrderLine, quantity);
EARMARK_SAME_FIELD(wire::OrderLine, engine::OrderLine, sku);
EARMARK_SAME_FIELD(wire::OrderLine, engine::OrderLine, line);
EARMARK_SAME_FIELD(wire::OrderLine, engine::OrderLine, pinned);
EARMARK_SAME_FIELD(wire::OrderLine, engine::OrderLine, policy);

EARMARK_SAME_SIZE(wire::CancelRow, engine::CancelRow);
EARMARK_SAME_FIELD(wire::CancelRow, engine::CancelRow, quantity);
EARMARK_SAME_FIELD(wire::CancelRow, engine::CancelRow, line);

EARMARK_SAME_SIZE(wire::StockRow, engine::StockRow);
EARMARK_SAME_FIELD(wire::StockRow, engine::StockRow, quantity);
EARMARK_SAME_FIELD(wire::StockRow, engine::StockRow, sku);
EARMARK_SAME_FIELD(wire::StockRow, engine::StockRow, warehouse);

EARMARK_SAME_SIZE(wire::ChangeRow, engine::ChangeRow);
EARMARK_SAME_FIELD(wire::ChangeRow, engine::ChangeRow, quantity);
EARMARK_SAME_FIELD(wire::ChangeRow, engine::ChangeRow, expected);
EARMARK_SAME_FIELD(wire::ChangeRow, engine::ChangeRow, sku);
EARMARK_SAME_FIELD(wire::ChangeRow, engine::ChangeRow, warehouse);

EARMARK_SAME_SIZE(wire::TransferRow, engine::TransferRow);
EARMARK_SAME_FIELD(wire::TransferRow, engine::TransferRow, quantity);
EARMARK_SAME_FIELD(wire::TransferRow, engine::TransferRow, sku);

EARMARK_SAME_SIZE(wire::ArrivalRow, engine::ArrivalRow);
EARMARK_SAME_FIELD(wire::ArrivalRow, engine::ArrivalRow, quantity);
EARMARK_SAME_FIELD(wire::ArrivalRow, engine::ArrivalRow, damaged);
EARMARK_SAME_FIELD(wire::ArrivalRow, engine::ArrivalRow, sku);

EARMARK_SAME_SIZE(wire::OpeningStock, engine::OpeningStockEntry);
EARMARK_SAME_FIELD(wire::OpeningStock, engine::OpeningStockEntry, on_hand);
EARMARK_SAME_FIELD(wire::OpeningStock, engine::OpeningStockEntry, product);
EARMARK_SAME_FIELD(wire::OpeningStock, engine::OpeningStockEntry, warehouse);

EARMARK_SAME_SIZE(wire::PurchaseLine, engine::PurchaseLine);
EARMARK_SAME_FIELD(wire::PurchaseLine, engine::PurchaseLine, quantity);
static_assert(place_in<wire::PurchaseLine>("promised_us").offset == offsetof(engine::PurchaseLine, promised));
EARMARK_SAME_FIELD(wire::PurchaseLine, engine::PurchaseLine, line);
EARMARK_SAME_FIELD(wire::PurchaseLine, engine::PurchaseLine, sku);
EARMARK_SAME_FIELD(wire::PurchaseLine, engine::PurchaseLine, warehouse);

EARMARK_SAME_SIZE(wire::PurchaseRow, engine::PurchaseRow);
EARMARK_SAME_FIELD(wire::PurchaseRow, engine::PurchaseRow, quantity);
static_assert(place_in<wire::PurchaseRow>("promised_us").offset == offsetof(engine::PurchaseRow, promised));
EARMARK_SAME_FIELD(wire::PurchaseRow, engine::PurchaseRow, line);

EARMARK_SAME_SIZE(wire::PurchaseArrival, engine::PurchaseArrival);
EARMARK_SAME_FIELD(wire::PurchaseArrival, engine::PurchaseArrival, quantity);
EARMARK_SAME_FIELD(wire::PurchaseArrival, engine::PurchaseArrival, damaged);
EARMARK_SAME_FIELD(wire::PurchaseArrival, engine::PurchaseArrival, line);

EARMARK_SAME_SIZE(wire::PegRow, engine::PegRow);
EARMARK_SAME_FIELD(wire::PegRow, engine::PegRow, line);
EARMARK_SAME_FIELD(wire::PegRow, engine::PegRow, order_line);
EARMARK_SAME_FIELD(wire::PegRow, engine::PegRow, order);

EARMARK_SAME_SIZE(wire::SourceRow, engine::SourceRow);
EARMARK_SAME_FIELD(wire::SourceRow, engine::SourceRow, sku);
EARMARK_SAME_FIELD(wire::SourceRow, engine::SourceRow, vendor);
EARMARK_SAME_FIELD(wire::SourceRow, engine::SourceRow, lead_days);

EARMARK_SAME_SIZE(wire::RuleRow, engine::RuleRow);
EARMARK_SAME_FIELD(wire::RuleRow, engine::RuleRow, point);
EARMARK_SAME_FIELD(wire::RuleRow, engine::RuleRow, quantity);
EARMARK_SAME_FIELD(wire::RuleRow, engine::RuleRow, minimum);
EARMARK_SAME_FIELD(wire::RuleRow, engine::RuleRow, multiple);
EARMARK_SAME_FIELD(wire::RuleRow, engine::RuleRow, maximum);
EARMARK_SAME_FIELD(wire::RuleRow, engine::RuleRow, sku);
EARMARK_SAME_FIELD(wire::RuleRow, engine::RuleRow, vendor);
EARMARK_SAME_FIELD(wire::RuleRow, engine::RuleRow, lead_days);
EARMARK_SAME_FIELD(wire::RuleRow, engine::RuleRow, warehouse);
EARMARK_SAME_FIELD(wire::RuleRow, engine::RuleRow, kind);
EARMARK_SAME_FIELD(wire::RuleRow, engine::RuleRow, mode);
EARMARK_SAME_FIELD(wire::RuleRow, engine::RuleRow, pooled);

EARMARK_SAME_SIZE(wire::SnoozeRow, engine::SnoozeRow);
static_assert(place_in<wire::SnoozeRow>("until_us").offset == offsetof(engine::SnoozeRow, until));
EARMARK_SAME_FIELD(wire::SnoozeRow, engine::SnoozeRow, sku);
EARMARK_SAME_FIELD(wire::SnoozeRow, engine::SnoozeRow, warehouse);

}  // namespace earmark::schema
