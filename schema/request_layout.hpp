// Row structs of commands are those of order.fbs, byte for byte. For schema/*.cpp only.
#pragma once

#include "engine/command.hpp"
#include "schema/catalogue_generated.h"
#include "schema/layout.hpp"
#include "schema/order_generated.h"

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

}  // namespace earmark::schema
