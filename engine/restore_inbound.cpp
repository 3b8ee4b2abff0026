// Replay of what reorder rules did, of what is overdue and of what was told, and a start from their images.
#include "engine/engine.hpp"

namespace earmark::engine {

void Engine::restore(const Stamp& stamp, const RulesDecision& decision) {
  restored(stamp);
  shared_.has_rules.store(1, std::memory_order_relaxed);
  book_.apply_rules(shared_, decision);
  view_.apply(stamp, decision);
}

void Engine::restore(const Stamp& stamp, const ReorderDecision& decision) {
  restored(stamp);
  const bool makes = decision.quantity != 0 && decision.purchase_lsn.value == 0;
  const BlockRef known = makes ? restore_id(stamp, IdSpace::purchase, identify(IdSpace::purchase, decision.purchase), 0, 0) : 0;
  book_.apply_reorder(shared_, stamp, decision, known);
  view_.apply(stamp, decision);
}

void Engine::restore(const Stamp& stamp, const OverdueDecision& decision) {
  restored(stamp);
  book_.apply_overdue(shared_, decision);
  view_.apply(stamp, decision);
}

void Engine::restore(const Stamp& stamp, const DatesDecision& decision) {
  restored(stamp);
  for (const MovedDate& line : decision.lines) {
    const auto* order = shared_.blocks.at<OrderState>(order_block(decision.orders[line.order]));
    book_.promises.tell(line.order_lsn, static_cast<std::uint32_t>(order->line_index(line.line)), line.sku, line.date);
  }
  view_.apply(stamp, decision);
}

void Engine::restore_base(const VendorImage& vendor) { book_.vendors.restore(vendor); }

void Engine::restore_base(const SourceImage& source) {
  book_.vendors.set_source(source.sku, {book_.vendors.find(source.vendor), source.lead_days});
}

void Engine::restore_base(const RuleImage& rule) {
  shared_.has_rules.store(1, std::memory_order_relaxed);
  book_.rules.restore(rule, rule.vendor.empty() ? VendorId{} : book_.vendors.find(rule.vendor));
  shared_.next_due_us.store(book_.timers.next_due().value, std::memory_order_relaxed);
}

// Of purchase orders that came from the state store, which names orders by their LSNs.
void Engine::find_pegged_orders() {
  std::map<Lsn, BlockRef> wanted;
  for (const auto& [lsn, purchase] : book_.purchases.open()) {
    for (const PurchaseLineState& line : purchase.lines) {
      if (line.peg_order.value != 0 && !book_.pegged_orders.contains(line.peg_order)) wanted.emplace(line.peg_order, 0);
    }
  }
  if (wanted.empty()) return;
  shared_.ids.for_each([&](BlockRef block) {
    const auto* known = shared_.blocks.at<KnownCommand>(block);
    if (known->is_order_in_memory() && wanted.contains(known->lsn())) book_.pegged_orders.emplace(known->lsn(), block);
  });
}

}  // namespace earmark::engine
