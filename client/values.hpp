// What a channel says to the server and hears from it, in codes (of SKUs and warehouses), never in dense ids. Plain values
// that own their text; any thread. Quantities of requests may be any number: which are good is the server's business.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/types.hpp"

namespace earmark::client {

// ---- Commands: they change something. The id is the caller's, new for each intent, and the same for each repeat.

struct OrderLine {
  std::uint32_t line = 0;  // the channel's own number, once in an order
  std::string sku{};
  std::int64_t quantity = 0;
  std::string warehouse{};  // pinned there; empty: any
  std::optional<engine::Policy> policy{};  // its own: ship_partial, line_complete, fill_and_cancel or fill_or_kill; none: the order's
};
struct Order {
  std::string id{}, customer{}, channel{}, ship_to{}, contact{}, reference{}, notes{};
  engine::Policy policy = engine::Policy::ship_partial;
  engine::Sourcing sourcing = engine::Sourcing::server_default;
  std::uint8_t priority = 100;  // higher is served first
  std::string preferred{};        // warehouse tried first; empty: none
  std::vector<OrderLine> lines{};
  // Microseconds since 1970 UTC, 0: none. need_by is kept and shown; before reserve_not_before the order waits and takes nothing;
  // at cancel_after what is neither picked nor shipped is cancelled.
  std::int64_t need_by_us = 0, cancel_after_us = 0, reserve_not_before_us = 0;
};

struct ReceiptRow {
  std::string sku{}, warehouse{};
  std::int64_t quantity = 0;
};
struct Receipt {
  std::string id{};
  std::vector<ReceiptRow> rows{};
};

struct CancelRow {
  std::uint32_t line = 0;
  std::int64_t quantity = 0;
};
struct Cancel {
  std::string command_id{}, order{};
  std::vector<CancelRow> rows{};  // empty: the whole order
};

struct Ship {
  std::string command_id{}, order{};
};

// A step of one shipment, ORDER-n. Rows: of a pick the units found of a line (a line without a row was found whole), of a return the
// units that came back (no rows: everything).
struct ShipmentMove {
  std::string command_id{}, order{};
  std::uint16_t shipment = 0;
  engine::ShipmentStep step = engine::ShipmentStep::pick;
  std::uint32_t revision = 0;  // pick: of the list that was picked; 0: the present one
  std::vector<CancelRow> rows{};
  std::string carrier{}, tracking{};  // ship, track
  std::int64_t expected_us = 0;       // expected delivery; 0: not given
  bool to_unavailable = false;        // return: not available again
  std::string reason{};               // return
};

// Either a new priority, or of each line named the quantity that is wanted in all, less than now.
struct Amend {
  std::string command_id{}, order{};
  std::optional<std::uint8_t> priority{};
  std::vector<CancelRow> rows{};
};
// Units for a checkout until a deadline: all, or (partial) what is there.
struct Hold {
  std::string id{}, customer{};
  bool partial = false;
  std::int64_t ttl_us = 0;  // from 1 millisecond to 24 hours
  engine::Sourcing sourcing = engine::Sourcing::server_default;
  std::string preferred{};
  std::vector<OrderLine> lines{};
};
struct Extend {
  std::string command_id{}, hold{};
  std::int64_t ttl_us = 0;  // from now on
};
// The hold becomes the order, whose id is the command's. Without lines: what is held.
struct Confirm {
  std::string hold{};
  bool reacquire = false;  // if it has expired: decide the order, whose lines must be named, as any other
  Order order{};
};
struct Release {
  std::string command_id{}, hold{};
};

// One cell. The same one in two rows: the rows take effect one after the other.
struct StockChangeRow {
  std::string sku{}, warehouse{};
  std::int64_t quantity = 0;  // count: what was counted; adjust: found (+) or gone (-); else: units
  std::int64_t expected = 0;  // count: the on hand that the counter started from
};
struct StockChange {
  std::string id{};
  engine::ChangeKind kind = engine::ChangeKind::count;
  std::string reason{};
  std::vector<StockChangeRow> rows{};
};

// Available units leave one warehouse for another; they are in transit until they are received.
struct TransferRow {
  std::string sku{};
  std::int64_t quantity = 0;
};
struct ShipTransfer {
  std::string id{}, source{}, destination{};
  std::int64_t expected_us = 0;  // arrival; 0: not said
  std::string reason{};
  std::vector<TransferRow> rows{};
};
struct ArrivalRow {
  std::string sku{};
  std::int64_t quantity = 0;  // good units, 0 too
  std::int64_t damaged = 0;   // units that are unavailable from the start
};
struct ReceiveTransfer {
  std::string command_id{}, transfer{};
  std::vector<ArrivalRow> rows{};  // empty: everything in transit, whole
  bool close = false;              // nothing more will arrive
};

// ---- Questions: they change nothing and need no id.

struct CheckQuestion {
  std::vector<std::string> skus{};     // at most 15,000
  std::vector<std::uint32_t> wanted{};  // units, parallel to skus; empty: not asked
  bool dates = false;  // with wanted: also when what is not there could be expected
};
struct StockQuestion {
  std::vector<std::string> skus{};  // empty: all, page by page; at most 15,000
  std::string warehouse{};          // only this one; empty: all
  bool snapshot = false;          // all rows at one moment, at most 1,024
  std::uint32_t after = 0;        // the next page: StockAnswer::next_after of the one before
};
struct ShowQuestion {
  std::string order{};
};
struct HoldsQuestion {
  std::string sku{};  // empty: all
};
struct TransfersQuestion {
  std::string transfer{};  // empty: all open ones
};
struct BackordersQuestion {
  std::string sku{}, customer{};  // empty: of all
};

// ---- Answers to commands

struct Decided {
  std::uint64_t lsn = 0;     // number of the decision; the log's order is the order of decisions
  std::int64_t time_us = 0;  // since 1970 UTC
  bool duplicate = false;    // made for an earlier sending of the same command
};
// Units of one line in one warehouse.
struct Taken {
  std::string warehouse{};
  std::uint32_t quantity = 0;
  std::uint32_t available_after = 0;  // what that warehouse had left
  std::uint16_t shipment = 0;         // ORDER-n
};
// A waiting line that was served by a receipt, a cancel or new stock.
struct Fill {
  std::uint64_t lsn = 0;
  std::string order{};
  std::uint32_t line = 0;
  std::string sku{};
  std::uint32_t still_waiting = 0;
  std::vector<Taken> taken{};
  bool pegged = false;  // out of turn: the line of the purchase order is for it first
};

// Units that wait, and when they can be expected (since 1970 UTC). A line has its own by date; of what waits and is in none no date is known.
struct ExpectedUnits {
  std::int64_t date_us = 0;
  std::uint32_t quantity = 0;
};

struct OrderAnswerLine {
  std::uint32_t line = 0;
  std::string sku{};
  std::uint32_t quantity = 0, backordered = 0, cancelled = 0;
  std::vector<Taken> reserved{};
  std::uint32_t position = 0;        // of the waiting part in the SKU's queue, 1 is next; 0: nothing waits, or not told
  std::uint64_t quantity_ahead = 0;  // units that earlier waiters still want
  std::optional<engine::Policy> policy{};  // its own, if it has one
  bool not_backorderable = false;    // some is cancelled because nothing waits for its SKU
  std::vector<ExpectedUnits> expected{};  // of what waits, as known at the decision
  std::int64_t fallback_us = 0;  // when what has no date could come if it were ordered now; 0: no rule would order it, or all has dates
};
// What leaves one warehouse for the order.
struct ShipmentAnswer {
  std::string id{}, warehouse{};  // ORDER-1
  std::uint64_t units = 0;
};
struct OrderAnswer : Decided {
  std::string id{};
  engine::OrderStatus status{};
  std::vector<OrderAnswerLine> lines{};
  std::vector<ShipmentAnswer> shipments{};
  std::string backorder{};  // ORDER-B1; empty: nothing waits
  std::string hold{};       // that it confirms
  bool reacquired = false;  // that hold had expired
  bool not_due = false;     // it takes nothing before its reserve_not_before
  std::vector<Fill> filled{};  // by units that it gave back
};

struct HoldAnswerLine {
  std::uint32_t line = 0;
  std::string sku{};
  std::uint32_t quantity = 0;
  std::vector<Taken> held{};
};
struct HoldAnswer : Decided {
  std::string id{};
  engine::OrderStatus status{};  // reserved: whole; reduced: a part; refused, cancelled: nothing is held
  std::int64_t deadline_us = 0;  // since 1970 UTC
  std::vector<HoldAnswerLine> lines{};
};
struct ExtendAnswer : Decided {
  std::string command_id{}, hold{};
  std::int64_t deadline_us = 0;
  bool cut = false;  // a later one was asked for than a hold may have
};
struct ReleaseAnswerLine {
  std::uint32_t line = 0;
  std::string sku{};
  std::vector<Taken> released{};
};
struct ReleaseAnswer : Decided {
  std::string command_id{}, hold{};
  std::vector<ReleaseAnswerLine> lines{};
  std::vector<Fill> filled{};
};

struct ReceiptAnswerRow {
  std::string sku{}, warehouse{};
  std::uint32_t quantity = 0, available_after = 0;  // before the fills
};
struct ReceiptAnswer : Decided {
  std::string id{};
  std::vector<ReceiptAnswerRow> rows{};
  std::vector<Fill> filled{};  // in the order in which they happened
};

struct CancelAnswerLine {
  std::uint32_t line = 0;
  std::string sku{};
  std::uint32_t waiting = 0;     // units that left the queue
  std::uint64_t excess = 0;      // asked for, but not there
  std::vector<Taken> released{};   // units that went back
};
struct CancelAnswer : Decided {
  std::string command_id{}, order{};
  std::vector<CancelAnswerLine> lines{};
  std::vector<Fill> filled{};
};

struct RaisedAnswerLine {
  std::uint32_t line = 0;
  std::string sku{};
  std::uint32_t quantity = 0;   // by which the line was raised; what of it was there is in `filled`, the rest waits
  std::uint32_t cancelled = 0;  // of these, what could neither be had nor wait
};
struct AmendAnswer : Decided {
  std::string command_id{}, order{};
  std::optional<std::uint8_t> priority{};  // the order's from now on; none: it stays, or nothing of the order is open any more
  std::vector<CancelAnswerLine> lines{};   // what each lowered line gave up
  std::vector<Fill> filled{};
  std::vector<RaisedAnswerLine> raised{};
};

struct ShipAnswerLine {
  std::uint32_t line = 0;
  std::string sku{};
  std::vector<Taken> shipped{};
};
struct ShipAnswer : Decided {
  std::string command_id{}, order{};
  std::vector<ShipAnswerLine> lines{};
};

struct StockChangeAnswerRow {
  std::string sku{}, warehouse{};
  std::int32_t on_hand_change = 0, unavailable_change = 0;
  std::uint32_t available_after = 0;  // before the fills
  bool overdrawn = false;             // fewer units are there from now on than are picked
};
// Reserved or held units that a line lost. An order's wait again at its old place; a hold's are gone from it.
struct LostUnits {
  std::string order{}, customer{};  // of_hold: the hold's id
  std::uint32_t line = 0;
  std::string sku{}, warehouse{};
  std::uint32_t quantity = 0;
  std::uint16_t shipment = 0;
  bool of_hold = false;
};
struct StockChangeAnswer : Decided {
  std::string id{};
  engine::ChangeKind kind{};
  std::string reason{};
  std::vector<StockChangeAnswerRow> rows{};
  std::vector<LostUnits> lost{};
  std::vector<Fill> filled{};
};

struct ShipmentMoveLine {
  std::uint32_t line = 0;
  std::string sku{};
  std::uint32_t quantity = 0;
  std::uint32_t rest = 0;  // pick: not found
};
struct ShipmentMoveAnswer : Decided {
  std::string command_id{}, order{}, warehouse{};
  std::uint16_t shipment = 0;
  engine::ShipmentStep step{};
  std::uint32_t revision = 1;       // of the pick list from now on
  std::uint16_t rest_shipment = 0;  // where what a pick did not find is reserved; 0: all was found
  std::string carrier{}, tracking{};
  std::int64_t expected_us = 0;
  bool to_unavailable = false;
  std::vector<ShipmentMoveLine> lines{};
  std::vector<StockChangeAnswerRow> missing{};  // what a pick did not find is off the on hand
  std::vector<LostUnits> lost{};                // and who lost it
  std::vector<Fill> filled{};
};

struct ShipTransferAnswerRow {
  std::string sku{};
  std::uint32_t quantity = 0, available_after = 0;  // at the source
};
struct ShipTransferAnswer : Decided {
  std::string id{}, source{}, destination{};
  std::int64_t expected_us = 0;
  std::string reason{};
  std::vector<ShipTransferAnswerRow> rows{};
};
struct ReceiveTransferAnswerRow {
  std::string sku{};
  std::uint32_t quantity = 0, damaged = 0;
  std::uint32_t over = 0;             // how many of both are more than was in transit
  std::uint32_t available_after = 0;  // at the destination, before the fills
};
struct MissingUnits {
  std::string sku{};
  std::uint32_t quantity = 0;
};
struct ReceiveTransferAnswer : Decided {
  std::string command_id{}, transfer{}, source{}, destination{};
  bool closed = false;
  std::vector<ReceiveTransferAnswerRow> rows{};
  std::vector<MissingUnits> missing{};  // of a transfer that is closed: what did not arrive
  std::vector<Fill> filled{};
};

// ---- Answers to questions

struct CheckRow {
  std::string sku{};
  bool known = false;                    // false: no such SKU, all zero
  std::vector<std::uint32_t> available{};  // parallel to CheckAnswer::warehouses
  std::uint64_t total = 0;
  std::uint32_t now = 0;                 // with wanted quantities: what an order of these lines would get now
  std::vector<ExpectedUnits> expected{};   // with dates: of what `now` lacks, if an order of priority 100 came now
  std::int64_t fallback_us = 0;            // as OrderAnswerLine's
};
struct CheckAnswer {
  std::uint64_t lsn = 0;  // every row is true at some durable decision no older than this one
  std::vector<std::string> warehouses{};
  std::vector<CheckRow> rows{};  // parallel to the question
};

struct StockRow {
  std::string sku{}, warehouse{};
  std::uint32_t on_hand = 0, reserved = 0, held = 0, unavailable = 0, available = 0;
  std::uint64_t lsn = 0;  // the last decision that touched it
  std::uint32_t incoming = 0;  // in transit to it, and open in approved purchase orders
};
struct SkuDemand {
  std::string sku{};
  std::uint64_t backordered = 0, incoming = 0;
};
struct StockAnswer {
  std::uint64_t lsn = 0;
  std::vector<StockRow> rows{};
  std::vector<SkuDemand> skus{};
  std::uint32_t next_after = 0;  // not 0: there are more pages
};

struct PlacedUnits {
  std::string warehouse{};
  std::uint32_t reserved = 0, shipped = 0;
  std::uint16_t shipment = 0;
  std::uint32_t returned = 0;  // of the shipped ones
};
// A shipment as it stands.
struct ShipmentState {
  std::string id{}, warehouse{};  // ORDER-1
  std::uint16_t number = 0;
  engine::ShipmentState state{};
  std::uint32_t revision = 1;     // of its pick list
  std::string carrier{}, tracking{};
  std::int64_t expected_us = 0;   // expected delivery; 0: not told
};
struct OrderStateLine {
  std::uint32_t line = 0;
  std::string sku{};
  std::uint32_t quantity = 0, backordered = 0, cancelled = 0;
  std::vector<PlacedUnits> units{};
  std::uint32_t position = 0;
  std::uint64_t quantity_ahead = 0;
  std::optional<engine::Policy> policy{};  // its own, if it has one
  std::string pinned{};                    // taken from this warehouse alone; empty: any
  std::uint8_t skips = 0;   // of a line that waits for all or nothing, by itself or with its order: later orders that were served past it
  bool set_aside = false;   // it was passed over often enough: what it has reserved is gathered, and cannot be picked until it is whole
  std::vector<ExpectedUnits> expected{};  // of what waits, as known now
  std::int64_t fallback_us = 0;           // as OrderAnswerLine's
  std::int64_t first_promised_us = 0;     // when its last unit was promised first; 0: never
  std::int64_t told_us = 0;               // the date that it was told last; 0: none
};
// An order as it stands.
struct OrderState {
  std::uint64_t as_of = 0;  // the decision at which this is true
  std::uint64_t lsn = 0;    // of its own decision
  std::int64_t time_us = 0;
  engine::OrderStatus status{};  // at its decision
  engine::Policy policy{};
  std::uint8_t priority = 100;
  std::string id{}, customer{}, channel{}, ship_to{}, contact{}, reference{}, notes{};
  std::vector<OrderStateLine> lines{};
  std::int64_t need_by_us = 0, cancel_after_us = 0, reserve_not_before_us = 0;  // since 1970 UTC, 0: none
  std::vector<ShipmentState> shipments{};
  std::int64_t placed_at_us = 0;  // as its channel says; 0: it says nothing
};

struct Backorder {
  std::string sku{}, order{}, customer{};
  std::uint32_t line = 0, quantity = 0, position = 0;
  std::uint64_t quantity_ahead = 0, order_lsn = 0;
  std::int64_t since_us = 0;
  std::uint8_t priority = 0;
  std::int64_t expected_us = 0;  // when its last unit can be expected, as known now; 0: no date is known, of some at least
  std::string pinned{};          // taken from this warehouse alone; empty: any
};
struct BackordersAnswer {
  std::uint64_t as_of = 0;
  std::vector<Backorder> lines{};  // in the order in which they will be served
};

struct OpenHold {
  std::string hold{}, customer{};
  std::uint64_t lsn = 0, units = 0;  // units: of the SKU asked for, or of all
  std::uint32_t lines = 0;
  std::int64_t deadline_us = 0, since_us = 0;
};
struct HoldsAnswer {
  std::uint64_t as_of = 0;
  std::vector<OpenHold> holds{};  // in the order in which they were made
};

struct OpenTransferLine {
  std::string sku{};
  std::uint32_t shipped = 0;
  std::uint64_t received = 0;     // damaged ones included
  std::uint32_t in_transit = 0;
};
struct OpenTransfer {
  std::string transfer{}, source{}, destination{};
  std::uint64_t lsn = 0;
  std::int64_t expected_us = 0, since_us = 0;  // expected: 0: not said
  std::vector<OpenTransferLine> lines{};
};
struct TransfersAnswer {
  std::uint64_t as_of = 0;
  std::vector<OpenTransfer> transfers{};  // in the order in which they were shipped
};

}  // namespace earmark::client
