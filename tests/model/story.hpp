// The language of the scenario tables: events and answers as one line of text each, with codes instead of dense ids.
//   load LON=1 BHM=2 | X Y=no | X:12@LON Y:5@BHM    warehouses with priorities | SKUs (no: not backorderable; =backorderable) | opening stock
//   order A X:15 7/Y:3@BHM policy=fill_or_kill priority=200 prefer=BHM sourcing=single_source customer=Smith cancel=700
//                                                   [line number/]SKU:quantity[@pinned warehouse][!policy of the line]
//   count K1 X:9/12@LON (counted/expected)   adjust K2 X:-3@LON   quarantine K3 X:2@LON   restore K4 X:2@LON   scrap K5 X:2@LON
//   hold H 500 partial X:3 Y:2      extend E1 H 900      confirm A H reacquire X:2 policy=...      release E2 H
//                                                   ttl in milliseconds; a confirm without lines is of what was held at first
//   receive R1 X:5@LON X:3@BHM      cancel C1 A      cancel C1 A 1:3 2:4      ship S1 A      ("-" is an empty id)
//   amend M1 A priority=200         amend M1 A 1:3 2:4
//   pick P1 A 1 rev=2 1:3 2:0     pack P2 A 1     ship P3 A 1 carrier=UPS tracking=T1 expected=700     deliver P4 A 1     put_back P5 A 1
//   transfer T LON BHM X:5 Y:2 expected=700     arrive U T     arrive U T X:3/1 Y:0 close     (X:good/damaged)
//   purchase P ACME sent X:9@LON 7/Y:3@BHM=700 ref=R     step S P acknowledge 1:8 7:3=900 ref=R      ([line/]SKU:quantity@warehouse[=promised])
//   purchase P ACME sent X:9@LON=700>A/2                            (line 1 is for line 2 of order A first)
//   delivery R P      delivery R P 1:7/1 7:0 over                                             (line:good/damaged; over: more is accepted)
//   track P6 A 1 carrier=UPS     return P7 A 1 unavailable 1:2     (command id, order, number of the shipment)
//   rules ACME=5/1020 BOLT | X:ACME=3 Y:BOLT | X@LON:suggest:5+10,min=12,mult=6,max=24,of=ACME,lead=2,pooled Y@LON:off | X@BHM=700
//                                                   vendors (lead days/cut-off minute; only named) | SKU:vendor[=lead days] | rules | snoozed until
//                                                   5+10: reorder_point; 5..20: min_max; lot: lot_for_lot
//   at 700 ship ...                 takes place 700 milliseconds after 1970, and others after it not before; 5d+700: five days later
// Answers: what was due by then stands before "||"; takes are quantity@warehouse#shipment, fills follow after "|" with the row that served them:
//   split: 1 X 12@LON#1 waits 3 place 1 behind 0; 7 Y 3@BHM#2 cancels 2 not backorderable     received | A/1 X 3@LON#1 waits 0 row 0
//   backordered: 1 X waits 5 place 1 behind 0, 3 by 700, 2 by 900         (when what waits can be expected)
//   cancelled: 1 X waiting 3 released 12@LON#1 excess 2 | B/1 ...     shipped: 1 X 12@LON#1; 7 Y nothing
//   amended: priority 200     amended: 1 X waiting 3 released 2@LON#1 | B/1 ...     amended: nothing     amended: 1 X raised 5 cancelled 2
//   changed: X@LON -3, +2 unavailable, makes 0; lost hold H/1 1@LON#1 row 0; lost A/1 3@LON#1 row 0 | A/1 X 3@BHM#2 waits 0 row 0
//   held until 700 reserved: 1 X 3@LON#1      extended until 900 cut      confirmed H reserved: 1 X 3@LON#1
//   released H: 1 X 3@LON#1; 2 Y nothing | B/1 ...      expired H: ...
//   picked A-1 rev 1: 1 X 3; 2 Y 0 rest 2 in #2 ; missing X@LON -2, makes 0; lost A/2 2@LON#2 row 0 | B/1 ...
//   reserved: 1 X 3@LON#1; skips A/1     ... | B/1 X 3@LON#1 waits 0 row 0 skips A   (who waits for all or nothing and is passed over: a line, an order)
//   received || strict A/1; lost B/1 3@LON#2 | A/1 X 3@LON#1 waits 2 row 0 || strict C waited   (who turns strict behind it, each with fills)
//   left LON for BHM: X 5, leaves 3     arrived in BHM closed: X 3, 1 damaged, 2 over, makes 3; short Y 2 | A/1 ...
//   sent to ACME: 1 X 9@LON; 7 Y 3@BHM by 700      acknowledged R: 1 X 8@LON, -1 incoming
//   sent to ACME: 1 X 9@LON by 50 expected 1d+100 for A/2         (a promise that is over; a peg)
//   partly_received: 1 X 7@LON, 1 damaged, 2 over, makes 7 | A/1 X 7@LON#1 waits 2 row 0 pegged | B/1 ...
//   overdue P of ACME until 1d+100: 1 X 9@LON by 50 || overdue transfer T until 1d+100: X 5@BHM by 50
//   ... || dates of X: A/1 waits 3 none now 700; B/1 waits 2 700 now 900; C/1 waits 1 900 now none
//   set 1 vendors 2 sources 1 rules
//   reserved: 1 X 7@LON#1 || X@LON at 5: suggests 10 of ACME, reorder-7 line 1 makes 10 by 5d, closes 61200000 || Y@LON at 3: alert || X@BHM at 9: cleared
//   cut-off of reorder-7: approved: 1 X 10@LON by 5d, +10 incoming || received
//   loaded 2 warehouses 2 products 2 stock       unknown_sku row 2       again split: ...  (the repeat of a command)
#pragma once

#include <string>
#include <string_view>

#include "tests/model/commands.hpp"

namespace earmark::model {

class Codes {
 public:
  explicit Codes(const State& state) : state_(state) {}
  engine::SkuId sku(std::string_view code) const;              // 0: unknown
  engine::WarehouseId warehouse(std::string_view code) const;  // 0: unknown
  const std::string& name(engine::SkuId sku) const { return state_.products.at(sku.value - 1u).code; }
  const std::string& name(engine::WarehouseId warehouse) const { return state_.warehouses.at(warehouse.value - 1u).code; }

 private:
  const State& state_;
};

// Throws std::invalid_argument for text that is no event: a mistake in a table, not a test result.
Command parse(std::string_view event, const Codes& codes);
// Takes "at 700" off the event and gives that time; an event without one takes place at `otherwise`.
engine::TimeUs take_time(std::string_view& event, engine::TimeUs otherwise);

std::string tell(const engine::OrderDecision& decision, const Codes& codes);
std::string tell(const engine::FillDecision& decision, const Codes& codes);
std::string tell(const engine::ReceiptDecision& decision, const Codes& codes);
std::string tell(const engine::CancelDecision& decision, const Codes& codes);
std::string tell(const engine::ShipDecision& decision, const Codes& codes);
std::string tell(const engine::AmendDecision& decision, const Codes& codes);
std::string tell(const engine::LoadDecision& decision, const Codes& codes);
std::string tell(const engine::StockChangeDecision& decision, const Codes& codes);
std::string tell(const engine::HoldDecision& decision, const Codes& codes);
std::string tell(const engine::HoldExtendDecision& decision, const Codes& codes);
std::string tell(const engine::HoldEndDecision& decision, const Codes& codes);
std::string tell(const engine::ShipmentDecision& decision, const Codes& codes);
std::string tell(const engine::TransferShipDecision& decision, const Codes& codes);
std::string tell(const engine::TransferReceiptDecision& decision, const Codes& codes);
std::string tell(const engine::StrictDecision& decision, const Codes& codes);
std::string tell(const engine::PurchaseDecision& decision, const Codes& codes);
std::string tell(const engine::PurchaseStepDecision& decision, const Codes& codes);
std::string tell(const engine::PurchaseReceiptDecision& decision, const Codes& codes);
std::string tell(const engine::RulesDecision& decision, const Codes& codes);
std::string tell(const engine::ReorderDecision& decision, const Codes& codes);
std::string tell(const engine::OverdueDecision& decision, const Codes& codes);
std::string tell(const engine::DatesDecision& decision, const Codes& codes);
std::string tell(const engine::Error& error);
std::string tell(const Answer& answer, const Codes& codes);

}  // namespace earmark::model
