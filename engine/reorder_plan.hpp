// What a reorder rule does at an instant (semantics 10), worked out without changing anything. Called by the settler alone; what the commit adds
// are the figures of cells, which others change.
#pragma once

#include <string>

#include "engine/book.hpp"
#include "engine/decision.hpp"
#include "engine/shared_state.hpp"

namespace earmark::engine {

// What is there, what is to come, and what waits.
struct Position {
  std::int64_t available = 0, incoming = 0;
  std::uint64_t waiting = 0;

  std::int64_t value() const noexcept { return available + incoming - static_cast<std::int64_t>(waiting); }
};

// `level(cell)`: what the cell has left to promise, below 0 where it is overdrawn (engine/level.hpp).
template <class Level>
Position position_of(const SharedState& shared, const Book& book, const CatalogueView& catalogue, const RuleSet& rule, Level&& level) {
  Position position;
  const auto add = [&](WarehouseId warehouse) {
    const CellIndex cell = shared.cell_index(rule.sku, warehouse);
    position.available += level(cell);
    position.incoming += std::int64_t{book.purchases.open_units(cell)} + book.transfers.in_transit(cell);
    position.waiting += book.queues.all(book.cell_queues[cell.value]).units;
  };
  if (rule.pooled != 0) {
    for (const WarehouseId warehouse : catalogue.by_priority) add(warehouse);
  } else {
    add(rule.warehouse);
  }
  const bool anybody = rule.pooled != 0 || (!catalogue.by_priority.empty() && catalogue.by_priority.front() == rule.warehouse);
  if (anybody) position.waiting += book.queues.all(book.sku_queues[rule.sku.value]).units;
  return position;
}

// The position at which it triggers, and below.
constexpr std::int64_t line_of(const RuleSet& rule) noexcept { return rule.kind == RuleKind::lot_for_lot ? -1 : std::int64_t{rule.point}; }

bool is_active(const Rule& rule, TimeUs now) noexcept;
// It has something to record.
bool would_act(const Book& book, const Rule& rule, const Position& position, TimeUs now) noexcept;

struct ReorderPlan {
  ReorderDecision decision;  // its purchase order's id may be `new_id`
  std::string new_id;        // not empty: it makes one
};
// For a rule that would act. `next`: the record's LSN; `is_taken(id)`: a purchase order has or had this id.
template <class IsTaken>
void name_new_one(ReorderPlan& plan, Lsn next, IsTaken&& is_taken) {
  plan.new_id = std::string(suggestion_prefix) + std::to_string(next.value);
  const std::size_t length = plan.new_id.size();
  for (int copy = 2; is_taken(plan.new_id); ++copy) plan.new_id = plan.new_id.substr(0, length) + "-" + std::to_string(copy);
  plan.decision.purchase = plan.new_id;
}
ReorderPlan plan_reorder(const SharedState& shared, const Book& book, const Rule& rule, const Position& position, TimeUs now);

// When an order could come that the rule for what is pinned there (0: anywhere) would make now. 0: none would, or nobody knows.
TimeUs fallback_date(const Book& book, const CatalogueView& catalogue, SkuId sku, WarehouseId pinned, TimeUs now);

}  // namespace earmark::engine
