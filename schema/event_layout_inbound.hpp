// Row structs of decisions about what is inbound (engine/decision_inbound.hpp) are those of event_inbound.fbs, byte for byte.
// For schema/*.cpp only.
#pragma once

#include "engine/decision_inbound.hpp"
#include "schema/event_inbound_generated.h"
#include "schema/layout.hpp"

namespace earmark::schema {

EARMARK_SAME_SIZE(wire::TransferredRow, engine::TransferredRow);
EARMARK_SAME_FIELD(wire::TransferredRow, engine::TransferredRow, sku);
EARMARK_SAME_FIELD(wire::TransferredRow, engine::TransferredRow, quantity);
EARMARK_SAME_FIELD(wire::TransferredRow, engine::TransferredRow, available_after);

EARMARK_SAME_SIZE(wire::ArrivedRow, engine::ArrivedRow);
EARMARK_SAME_FIELD(wire::ArrivedRow, engine::ArrivedRow, sku);
EARMARK_SAME_FIELD(wire::ArrivedRow, engine::ArrivedRow, quantity);
EARMARK_SAME_FIELD(wire::ArrivedRow, engine::ArrivedRow, damaged);
EARMARK_SAME_FIELD(wire::ArrivedRow, engine::ArrivedRow, over);
EARMARK_SAME_FIELD(wire::ArrivedRow, engine::ArrivedRow, available_after);

EARMARK_SAME_SIZE(wire::MissingUnits, engine::MissingUnits);
EARMARK_SAME_FIELD(wire::MissingUnits, engine::MissingUnits, sku);
EARMARK_SAME_FIELD(wire::MissingUnits, engine::MissingUnits, quantity);

EARMARK_SAME_SIZE(wire::PurchasedLine, engine::PurchasedLine);
static_assert(place_in<wire::PurchasedLine>("promised_us").offset == offsetof(engine::PurchasedLine, promised));
EARMARK_SAME_FIELD(wire::PurchasedLine, engine::PurchasedLine, line);
EARMARK_SAME_FIELD(wire::PurchasedLine, engine::PurchasedLine, sku);
EARMARK_SAME_FIELD(wire::PurchasedLine, engine::PurchasedLine, quantity);
EARMARK_SAME_FIELD(wire::PurchasedLine, engine::PurchasedLine, warehouse);

EARMARK_SAME_SIZE(wire::PurchaseChange, engine::PurchaseChange);
static_assert(place_in<wire::PurchaseChange>("promised_us").offset == offsetof(engine::PurchaseChange, promised));
EARMARK_SAME_FIELD(wire::PurchaseChange, engine::PurchaseChange, line);
EARMARK_SAME_FIELD(wire::PurchaseChange, engine::PurchaseChange, sku);
EARMARK_SAME_FIELD(wire::PurchaseChange, engine::PurchaseChange, quantity);
EARMARK_SAME_FIELD(wire::PurchaseChange, engine::PurchaseChange, incoming_change);
EARMARK_SAME_FIELD(wire::PurchaseChange, engine::PurchaseChange, warehouse);

EARMARK_SAME_SIZE(wire::PurchaseArrivedRow, engine::PurchaseArrivedRow);
EARMARK_SAME_FIELD(wire::PurchaseArrivedRow, engine::PurchaseArrivedRow, line);
EARMARK_SAME_FIELD(wire::PurchaseArrivedRow, engine::PurchaseArrivedRow, sku);
EARMARK_SAME_FIELD(wire::PurchaseArrivedRow, engine::PurchaseArrivedRow, quantity);
EARMARK_SAME_FIELD(wire::PurchaseArrivedRow, engine::PurchaseArrivedRow, damaged);
EARMARK_SAME_FIELD(wire::PurchaseArrivedRow, engine::PurchaseArrivedRow, over);
EARMARK_SAME_FIELD(wire::PurchaseArrivedRow, engine::PurchaseArrivedRow, available_after);
EARMARK_SAME_FIELD(wire::PurchaseArrivedRow, engine::PurchaseArrivedRow, warehouse);

EARMARK_SAME_SIZE(wire::PurchasePeg, engine::PurchasePeg);
EARMARK_SAME_FIELD(wire::PurchasePeg, engine::PurchasePeg, order_lsn);
EARMARK_SAME_FIELD(wire::PurchasePeg, engine::PurchasePeg, index);
EARMARK_SAME_FIELD(wire::PurchasePeg, engine::PurchasePeg, order);
EARMARK_SAME_FIELD(wire::PurchasePeg, engine::PurchasePeg, order_line);

EARMARK_SAME_SIZE(wire::SourceSet, engine::SourceSet);
EARMARK_SAME_FIELD(wire::SourceSet, engine::SourceSet, sku);
EARMARK_SAME_FIELD(wire::SourceSet, engine::SourceSet, vendor);
EARMARK_SAME_FIELD(wire::SourceSet, engine::SourceSet, lead_days);

EARMARK_SAME_SIZE(wire::RuleSet, engine::RuleSet);
static_assert(place_in<wire::RuleSet>("snoozed_until_us").offset == offsetof(engine::RuleSet, snoozed_until));
EARMARK_SAME_FIELD(wire::RuleSet, engine::RuleSet, sku);
EARMARK_SAME_FIELD(wire::RuleSet, engine::RuleSet, vendor);
EARMARK_SAME_FIELD(wire::RuleSet, engine::RuleSet, point);
EARMARK_SAME_FIELD(wire::RuleSet, engine::RuleSet, quantity);
EARMARK_SAME_FIELD(wire::RuleSet, engine::RuleSet, minimum);
EARMARK_SAME_FIELD(wire::RuleSet, engine::RuleSet, multiple);
EARMARK_SAME_FIELD(wire::RuleSet, engine::RuleSet, maximum);
EARMARK_SAME_FIELD(wire::RuleSet, engine::RuleSet, lead_days);
EARMARK_SAME_FIELD(wire::RuleSet, engine::RuleSet, warehouse);
EARMARK_SAME_FIELD(wire::RuleSet, engine::RuleSet, kind);
EARMARK_SAME_FIELD(wire::RuleSet, engine::RuleSet, mode);
EARMARK_SAME_FIELD(wire::RuleSet, engine::RuleSet, pooled);

EARMARK_SAME_SIZE(wire::OverdueLine, engine::OverdueLine);
static_assert(place_in<wire::OverdueLine>("promised_us").offset == offsetof(engine::OverdueLine, promised));
EARMARK_SAME_FIELD(wire::OverdueLine, engine::OverdueLine, line);
EARMARK_SAME_FIELD(wire::OverdueLine, engine::OverdueLine, sku);
EARMARK_SAME_FIELD(wire::OverdueLine, engine::OverdueLine, open);
EARMARK_SAME_FIELD(wire::OverdueLine, engine::OverdueLine, warehouse);

EARMARK_SAME_SIZE(wire::MovedDate, engine::MovedDate);
static_assert(place_in<wire::MovedDate>("before_us").offset == offsetof(engine::MovedDate, before));
static_assert(place_in<wire::MovedDate>("date_us").offset == offsetof(engine::MovedDate, date));
EARMARK_SAME_FIELD(wire::MovedDate, engine::MovedDate, order_lsn);
EARMARK_SAME_FIELD(wire::MovedDate, engine::MovedDate, order);
EARMARK_SAME_FIELD(wire::MovedDate, engine::MovedDate, line);
EARMARK_SAME_FIELD(wire::MovedDate, engine::MovedDate, sku);
EARMARK_SAME_FIELD(wire::MovedDate, engine::MovedDate, waiting);

}  // namespace earmark::schema
