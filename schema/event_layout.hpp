// Row structs of decisions are those of event.fbs, byte for byte. For schema/*.cpp only.
#pragma once

#include "engine/decision.hpp"
#include "schema/event_generated.h"
#include "schema/event_layout_inbound.hpp"
#include "schema/layout.hpp"

namespace earmark::schema {

EARMARK_SAME_SIZE(wire::LineDecision, engine::LineDecision);
EARMARK_SAME_FIELD(wire::LineDecision, engine::LineDecision, line);
EARMARK_SAME_FIELD(wire::LineDecision, engine::LineDecision, sku);
EARMARK_SAME_FIELD(wire::LineDecision, engine::LineDecision, quantity);
EARMARK_SAME_FIELD(wire::LineDecision, engine::LineDecision, backordered);
EARMARK_SAME_FIELD(wire::LineDecision, engine::LineDecision, taken);
EARMARK_SAME_FIELD(wire::LineDecision, engine::LineDecision, available_after);
EARMARK_SAME_FIELD(wire::LineDecision, engine::LineDecision, warehouse);
EARMARK_SAME_FIELD(wire::LineDecision, engine::LineDecision, shipment);
EARMARK_SAME_FIELD(wire::LineDecision, engine::LineDecision, more_takes);
EARMARK_SAME_FIELD(wire::LineDecision, engine::LineDecision, pinned);

EARMARK_SAME_SIZE(wire::Take, engine::Take);
EARMARK_SAME_FIELD(wire::Take, engine::Take, quantity);
EARMARK_SAME_FIELD(wire::Take, engine::Take, available_after);
EARMARK_SAME_FIELD(wire::Take, engine::Take, warehouse);
EARMARK_SAME_FIELD(wire::Take, engine::Take, shipment);

EARMARK_SAME_SIZE(wire::ExpectedUnits, engine::ExpectedUnits);
static_assert(place_in<wire::ExpectedUnits>("date_us").offset == offsetof(engine::ExpectedUnits, date));
EARMARK_SAME_FIELD(wire::ExpectedUnits, engine::ExpectedUnits, quantity);
EARMARK_SAME_FIELD(wire::ExpectedUnits, engine::ExpectedUnits, line_index);

EARMARK_SAME_SIZE(wire::LineWait, engine::LineWait);
EARMARK_SAME_FIELD(wire::LineWait, engine::LineWait, quantity_ahead);
EARMARK_SAME_FIELD(wire::LineWait, engine::LineWait, position);
EARMARK_SAME_FIELD(wire::LineWait, engine::LineWait, line_index);

EARMARK_SAME_SIZE(wire::ReceivedRow, engine::ReceivedRow);
EARMARK_SAME_FIELD(wire::ReceivedRow, engine::ReceivedRow, sku);
EARMARK_SAME_FIELD(wire::ReceivedRow, engine::ReceivedRow, warehouse);
EARMARK_SAME_FIELD(wire::ReceivedRow, engine::ReceivedRow, quantity);
EARMARK_SAME_FIELD(wire::ReceivedRow, engine::ReceivedRow, available_after);

EARMARK_SAME_SIZE(wire::CancelledLine, engine::CancelledLine);
EARMARK_SAME_FIELD(wire::CancelledLine, engine::CancelledLine, line);
EARMARK_SAME_FIELD(wire::CancelledLine, engine::CancelledLine, sku);
EARMARK_SAME_FIELD(wire::CancelledLine, engine::CancelledLine, waiting);
EARMARK_SAME_FIELD(wire::CancelledLine, engine::CancelledLine, releases);
EARMARK_SAME_FIELD(wire::CancelledLine, engine::CancelledLine, excess);

EARMARK_SAME_SIZE(wire::RaisedLine, engine::RaisedLine);
EARMARK_SAME_FIELD(wire::RaisedLine, engine::RaisedLine, line);
EARMARK_SAME_FIELD(wire::RaisedLine, engine::RaisedLine, sku);
EARMARK_SAME_FIELD(wire::RaisedLine, engine::RaisedLine, quantity);
EARMARK_SAME_FIELD(wire::RaisedLine, engine::RaisedLine, cancelled);

EARMARK_SAME_SIZE(wire::ShippedLine, engine::ShippedLine);
EARMARK_SAME_FIELD(wire::ShippedLine, engine::ShippedLine, line);
EARMARK_SAME_FIELD(wire::ShippedLine, engine::ShippedLine, sku);
EARMARK_SAME_FIELD(wire::ShippedLine, engine::ShippedLine, ships);

EARMARK_SAME_SIZE(wire::ChangedRow, engine::ChangedRow);
EARMARK_SAME_FIELD(wire::ChangedRow, engine::ChangedRow, sku);
EARMARK_SAME_FIELD(wire::ChangedRow, engine::ChangedRow, warehouse);
EARMARK_SAME_FIELD(wire::ChangedRow, engine::ChangedRow, on_hand_change);
EARMARK_SAME_FIELD(wire::ChangedRow, engine::ChangedRow, unavailable_change);
EARMARK_SAME_FIELD(wire::ChangedRow, engine::ChangedRow, available_after);

EARMARK_SAME_SIZE(wire::LostUnits, engine::LostUnits);
EARMARK_SAME_FIELD(wire::LostUnits, engine::LostUnits, order_lsn);
EARMARK_SAME_FIELD(wire::LostUnits, engine::LostUnits, order);
EARMARK_SAME_FIELD(wire::LostUnits, engine::LostUnits, line);
EARMARK_SAME_FIELD(wire::LostUnits, engine::LostUnits, quantity);
EARMARK_SAME_FIELD(wire::LostUnits, engine::LostUnits, row);
EARMARK_SAME_FIELD(wire::LostUnits, engine::LostUnits, warehouse);
EARMARK_SAME_FIELD(wire::LostUnits, engine::LostUnits, shipment);
EARMARK_SAME_FIELD(wire::LostUnits, engine::LostUnits, sku);

EARMARK_SAME_SIZE(wire::MovedLine, engine::MovedLine);
EARMARK_SAME_FIELD(wire::MovedLine, engine::MovedLine, line);
EARMARK_SAME_FIELD(wire::MovedLine, engine::MovedLine, sku);
EARMARK_SAME_FIELD(wire::MovedLine, engine::MovedLine, quantity);
EARMARK_SAME_FIELD(wire::MovedLine, engine::MovedLine, available_after);
EARMARK_SAME_FIELD(wire::MovedLine, engine::MovedLine, rest);

EARMARK_SAME_SIZE(wire::ReleasedLine, engine::ReleasedLine);
EARMARK_SAME_FIELD(wire::ReleasedLine, engine::ReleasedLine, line);
EARMARK_SAME_FIELD(wire::ReleasedLine, engine::ReleasedLine, sku);
EARMARK_SAME_FIELD(wire::ReleasedLine, engine::ReleasedLine, count);

}  // namespace earmark::schema
