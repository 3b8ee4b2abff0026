// What a command about a purchase order does, worked out on the book without changing anything. Called by the settler alone; what the
// commit adds to a receipt are the figures of cells.
#pragma once

#include <span>
#include <vector>

#include "engine/book.hpp"
#include "engine/command.hpp"
#include "engine/decision.hpp"
#include "engine/errors.hpp"
#include "engine/serve_plan.hpp"
#include "engine/shared_state.hpp"

namespace earmark::engine {

// A new one, judged by R8 behind its id: what its record says. `orders`: those that pegs may name, by position (0: no such order).
// Pegs name orders that must be in memory under their ids.
struct PurchasePlan {
  Error error;
  std::vector<PurchasedLine> lines;
  std::vector<PurchasePeg> pegs;
  std::vector<BlockRef> pegged_orders;  // parallel
  std::vector<TimeUs> estimates;        // empty: all as promised
};
PurchasePlan plan_purchase(const PlacePurchase& place, const CatalogueView& catalogue, const SharedState& shared, const Book& book, TimeUs now,
                           std::span<const BlockRef> orders);

struct PurchaseStepPlan {
  Error error;
  PurchaseState state{};
  std::vector<PurchaseChange> changes;
  std::vector<TimeUs> estimates;  // as PurchasePlan's
};
PurchaseStepPlan plan_purchase_step(const MovePurchase& move, const OpenPurchase& purchase, const SharedState& shared, const Book& book, TimeUs now);

struct PurchaseReceiptPlan {
  Error error;
  PurchaseState state{};
  std::vector<PurchaseArrivedRow> rows;
};
PurchaseReceiptPlan plan_purchase_receipt(const ReceivePurchase& receive, const OpenPurchase& purchase, const SharedState& shared, const Book& book);

// The SKUs to serve after it, row by row as a receipt's. Recovery makes the same steps.
std::vector<ServeStep> steps_of_purchase_receipt(const SharedState& shared, const Book& book, std::span<const PurchaseArrivedRow> rows,
                                                 const OpenPurchase& purchase);

}  // namespace earmark::engine
