// SKUs that decisions have changed, and that are to be looked at again before the next command: their reorder rules, and what was told of their
// waiting lines. Every record says what it changes, so the records' SKUs are noted as they are written (Bundle); what a record leaves unsaid (the
// lines of an order whose priority changes) the book notes. One too many costs a look. Owned by whoever settles.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "engine/decision.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

// A set that is mostly filled by one command and then emptied from its smallest on: a vector, sorted when it is first asked for that.
class SkuSet {
 public:
  bool empty() const noexcept { return skus_.empty(); }
  void insert(SkuId sku) {
    if (!falls_) {
      if (skus_.empty() || skus_.back() != sku) skus_.push_back(sku);
      return;
    }
    const auto place = std::lower_bound(skus_.begin(), skus_.end(), sku, std::greater<>());
    if (place == skus_.end() || *place != sku) skus_.insert(place, sku);
  }
  // Of a set that is not empty.
  SkuId smallest() {
    if (!falls_) {
      std::sort(skus_.begin(), skus_.end(), std::greater<>());
      skus_.erase(std::unique(skus_.begin(), skus_.end()), skus_.end());
      falls_ = true;
    }
    return skus_.back();
  }
  void erase_smallest() {
    smallest();
    skus_.pop_back();
    falls_ = !skus_.empty();
  }
  void clear() noexcept {
    skus_.clear();
    falls_ = false;
  }

 private:
  std::vector<SkuId> skus_;
  bool falls_ = false;  // they are sorted, the smallest last, each once
};

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

  SkuSet positions, dates;
};

}  // namespace earmark::engine
