// What decisions about purchase orders, rules and transfers change in the book. After its commit, or in replay.
#include "engine/book.hpp"

namespace earmark::engine {
namespace {

// A timer that is due when it should be: none at 0.
void run_at(Timers& timers, Timers::Handle& timer, TimeUs& at, TimeUs due, TimerKind kind, Lsn subject) {
  if (timer != 0 && at == due) return;
  if (timer != 0) timers.remove(std::exchange(timer, 0U));
  at = due;
  if (due.value != 0) timer = timers.add({due, kind, subject.value});
}

}  // namespace

void Book::set_purchase_timers(SharedState& shared, Lsn lsn) {
  OpenPurchase& purchase = *purchases.open_one(lsn);
  run_at(timers, purchase.overdue, purchase.overdue_at, purchase.first_expected(), TimerKind::purchase_overdue, lsn);
  TimeUs closes_at = purchase.cut_off == 0 ? TimeUs{} : purchase.closes;
  const bool gathers = purchase.automatic && purchase.state == PurchaseState::suggested;
  run_at(timers, purchase.cut_off, closes_at, gathers ? purchase.closes : TimeUs{}, TimerKind::purchase_cut_off, lsn);
  shared.next_due_us.store(timers.next_due().value, std::memory_order_relaxed);
}

void Book::set_transfer_timer(SharedState& shared, Lsn lsn) {
  OpenTransfer& transfer = *transfers.open_one(lsn);
  run_at(timers, transfer.overdue, transfer.overdue_at, transfer.expected, TimerKind::transfer_overdue, lsn);
  shared.next_due_us.store(timers.next_due().value, std::memory_order_relaxed);
}

void Book::add_purchase(SharedState& shared, const Stamp& stamp, const PurchaseDecision& decision, BlockRef known) {
  purchases.add(shared, stamp.lsn, OpenPurchase(stamp, decision, known));
  set_purchase_timers(shared, stamp.lsn);
}

// Nobody looks at a SKU without dated supply until somebody was told a date: what others can expect by then is told now.
void Book::promise(const Stamp& stamp, const OrderDecision& decision) {
  for (const ExpectedUnits& each : decision.expected) {
    const SkuId sku = decision.lines[each.line_index].sku;
    if (!promises.some_told(sku)) touched.dates.insert(sku);
  }
  promises.decided(stamp, decision);
}

// It ends. A rule that waits for it may order again, whichever line was the last.
void Book::end_purchase(SharedState& shared, OpenPurchase& purchase) {
  touched.add_rows(purchase.lines);
  TimeUs closes_at = purchase.closes;
  run_at(timers, purchase.overdue, purchase.overdue_at, {}, TimerKind::purchase_overdue, {});
  run_at(timers, purchase.cut_off, closes_at, {}, TimerKind::purchase_cut_off, {});
  shared.next_due_us.store(timers.next_due().value, std::memory_order_relaxed);
}

void Book::apply_purchase_step(SharedState& shared, const PurchaseStepDecision& decision) {
  OpenPurchase& purchase = *purchases.open_one(decision.purchase_lsn);
  if (decision.step == PurchaseStep::cancel && is_unapproved(purchase.state)) rules.suggestion_cancelled(decision.purchase_lsn);
  if (!is_open(decision.state)) end_purchase(shared, purchase);
  purchases.step(shared, decision);
  if (is_open(decision.state)) set_purchase_timers(shared, decision.purchase_lsn);
}

void Book::apply_purchase_receipt(SharedState& shared, const Stamp& stamp, const PurchaseReceiptDecision& decision) {
  OpenPurchase& purchase = *purchases.open_one(decision.purchase_lsn);
  for (const PurchaseArrivedRow& row : decision.rows) {
    CellStock& cell = stock[shared.cell_index(row.sku, row.warehouse).value];
    cell.on_hand += row.quantity + row.damaged;
    cell.unavailable += row.damaged;
    vendors.arrived(decision.vendor, purchase.line(row.line)->promised, stamp.time);
  }
  if (!is_open(decision.state)) end_purchase(shared, purchase);
  purchases.receive(shared, decision);
  if (is_open(decision.state)) set_purchase_timers(shared, decision.purchase_lsn);
}

void Book::apply_overdue(SharedState& shared, const OverdueDecision& decision) {
  if (decision.transfer) {
    transfers.delay(decision);
    set_transfer_timer(shared, decision.lsn);
  } else {
    purchases.delay(decision);
    set_purchase_timers(shared, decision.lsn);
  }
}

void Book::apply_reorder(SharedState& shared, const Stamp& stamp, const ReorderDecision& decision, BlockRef known) {
  const Lsn purchase = decision.purchase_lsn.value != 0 ? decision.purchase_lsn : stamp.lsn;
  if (decision.quantity != 0) {
    if (decision.purchase_lsn.value == 0) purchases.add(shared, purchase, OpenPurchase(stamp, decision, known));
    purchases.suggest(shared, purchase, decision);
    set_purchase_timers(shared, purchase);
  }
  rules.done(decision, purchase);
}

void Book::touch_everything() {
  for (const auto& [key, rule] : rules.all()) touched.positions.insert(SkuId{key.first});
  supply.for_each_sku([&](SkuId sku) { touched.dates.insert(sku); });
  promises.for_each_sku_told([&](SkuId sku) { touched.dates.insert(sku); });
}

void Book::apply_rules(SharedState& shared, const RulesDecision& decision) {
  std::vector<VendorId> ids;
  for (const VendorSet& vendor : decision.vendors) ids.push_back(vendors.list(vendor));
  const auto named = [&](std::uint32_t position) { return position == 0 ? VendorId{} : ids[position - 1]; };
  for (const SourceSet& source : decision.sources) vendors.set_source(source.sku, {named(source.vendor), source.lead_days});
  for (const RuleSet& rule : decision.rules) rules.set(rule, named(rule.vendor));
  shared.next_due_us.store(timers.next_due().value, std::memory_order_relaxed);
}

}  // namespace earmark::engine
