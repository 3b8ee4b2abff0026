// SKUs that decisions have changed, and that are to be looked at again before the next command: their reorder rules, and what was told of their
// waiting lines. Every record says what it changes, so the records' SKUs are noted as they are written (Bundle); what a record leaves unsaid (the
// lines of an order whose priority changes) the book notes. One too many costs a look. Owned by whoever settles.
#pragma once

#include <set>

#include "engine/decision.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

class Touched {
 public:
  // Positions, and the queue or the supply.
  void add(SkuId sku) {
    positions.insert(sku);
    dates.insert(sku);
  }
  template <class Rows>
  void add_rows(const Rows& rows) {
    for (const auto& row : rows) add(row.sku);
  }

  // An order's own dates are in its decision. Others' move where it takes units, or (Settler::note_who_is_behind) stands before somebody.
  void note(const OrderDecision& decision) {
    for (const LineDecision& line : decision.lines) {
      positions.insert(line.sku);
      if (line.taken != 0) dates.insert(line.sku);
    }
    add_rows(decision.returned);
  }
  void note(const ReceiptDecision& decision) { add_rows(decision.rows); }
  void note(const FillDecision& decision) { add(decision.sku); }
  void note(const CancelDecision& decision) { add_rows(decision.lines); }
  void note(const AmendDecision& decision) {
    add_rows(decision.lines);
    add_rows(decision.raised);
  }
  void note(const ShipDecision&) {}
  void note(const LoadDecision& decision) { add_rows(decision.stock); }
  void note(const VoidDecision&) {}
  void note(const StockChangeDecision& decision) {
    add_rows(decision.rows);
    add_rows(decision.lost);
  }
  void note(const HoldDecision& decision) { add_rows(decision.lines); }
  void note(const HoldExtendDecision&) {}
  void note(const HoldEndDecision& decision) { add_rows(decision.lines); }
  void note(const ShipmentDecision& decision) { add_rows(decision.lines); }
  void note(const TransferShipDecision& decision) { add_rows(decision.rows); }
  void note(const TransferReceiptDecision& decision) {
    add_rows(decision.rows);
    add_rows(decision.missing);
  }
  void note(const PurchaseDecision& decision) { add_rows(decision.lines); }
  void note(const PurchaseStepDecision& decision) { add_rows(decision.changes); }
  void note(const PurchaseReceiptDecision& decision) { add_rows(decision.rows); }
  void note(const StrictDecision& decision) { add_rows(decision.lost); }
  void note(const RulesDecision& decision) {
    for (const RuleSet& rule : decision.rules) positions.insert(rule.sku);
  }
  void note(const ReorderDecision& decision) { add(decision.sku); }
  void note(const OverdueDecision& decision) { add_rows(decision.lines); }
  void note(const DatesDecision&) {}

  std::set<SkuId> positions, dates;
};

}  // namespace earmark::engine
