// Purchase orders in the offline fold. Whatever a step is, it changes what is incoming by what was incoming before and what is after it.
#include <set>

#include "storage/offline_state.hpp"

namespace earmark::storage {

using engine::IdSpace;
using engine::PurchaseState;
using engine::PurchaseStep;

std::int64_t OfflineState::Purchase::incoming() const noexcept {
  std::int64_t units = 0;
  for (const engine::PurchaseLineState& line : lines) units += engine::is_incoming(state) ? line.open() : 0;
  return units;
}

bool OfflineState::Purchase::has_open() const noexcept {
  for (const engine::PurchaseLineState& line : lines) {
    if (line.open() > 0) return true;
  }
  return false;
}

bool OfflineState::Purchase::has_arrived() const noexcept {
  for (const engine::PurchaseLineState& line : lines) {
    if (line.received > 0) return true;
  }
  return false;
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::PurchaseDecision& decision) {
  know(IdSpace::purchase, decision.id, decision.content, stamp.lsn);
  Purchase& purchase = purchases_[stamp.lsn];
  purchase = {engine::identify(IdSpace::purchase, decision.id), decision.state, {}, {}, std::string(decision.id), std::string(decision.vendor), {}, false};
  if (decision.state != PurchaseState::draft && decision.state != PurchaseState::approved && decision.state != PurchaseState::sent) {
    return refuse("it places a purchase order that is further on already");
  }
  for (const engine::PurchasedLine& line : decision.lines) {
    if (purchase.by_number.contains(line.line)) return refuse("it has two lines with one number");
    purchase.add(line.promised, line.line, line.sku, line.warehouse, line.quantity);
    if (!decision.estimates.empty() && decision.state == PurchaseState::draft) return refuse("it estimates when a draft comes");
    if (!expect(purchase.lines.back(), decision.estimates, purchase.lines.size() - 1, stamp.time)) return false;
  }
  for (const engine::PurchasePeg& each : decision.pegs) {
    if (!peg(purchase.lines[each.index], each, decision.peg_orders[each.order])) return false;
  }
  return true;
}

// Whether the step may be taken, and leads there; the lines are as it leaves them.
bool OfflineState::leads_to(const Purchase& purchase, PurchaseStep step, PurchaseState to) {
  const PurchaseState from = purchase.state;
  const bool approved = from != PurchaseState::draft && from != PurchaseState::suggested;
  if (step == PurchaseStep::adopt) return from == PurchaseState::suggested && to == PurchaseState::draft;
  if (step == PurchaseStep::approve) return !approved && to == PurchaseState::approved;
  if (step == PurchaseStep::send) return from == PurchaseState::approved && to == PurchaseState::sent;
  if (step == PurchaseStep::cancel) return !purchase.has_arrived() && to == PurchaseState::cancelled;
  if (!approved) return false;
  if (step == PurchaseStep::close) return to == PurchaseState::closed;
  if (purchase.has_open()) return to == (from == PurchaseState::partly_received ? PurchaseState::partly_received : PurchaseState::acknowledged);
  return to == (purchase.has_arrived() ? PurchaseState::received : PurchaseState::closed);
}

bool OfflineState::change(Purchase& purchase, const engine::PurchaseStepDecision& decision, const engine::PurchaseChange& change) {
  const auto found = purchase.by_number.find(change.line);
  if (found == purchase.by_number.end()) return refuse("it changes a line that the purchase order does not have");
  engine::PurchaseLineState& line = purchase.lines[found->second];
  if (line.sku != change.sku || line.warehouse != change.warehouse) return refuse("it changes a line of another SKU or warehouse");
  const std::int64_t before = engine::is_incoming(purchase.state) ? line.open() : 0;
  if (decision.step != PurchaseStep::acknowledge && (line.quantity != change.quantity || line.promised != change.promised)) {
    return refuse("it changes what is ordered without an acknowledgement");
  }
  if (line.quantity != change.quantity && change.quantity < line.received) return refuse("it leaves fewer units ordered than have arrived");
  line.quantity = change.quantity;
  line.promised = change.promised;
  if (line.first_promised.value == 0) line.first_promised = line.promised;
  const std::int64_t after = engine::is_incoming(decision.state) ? line.open() : 0;
  return after - before == change.incoming_change || refuse("it says of other units that they are incoming");
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::PurchaseStepDecision& decision) {
  if (!decision.command_id.empty()) know(IdSpace::purchase_command, decision.command_id, decision.content, stamp.lsn);
  const auto open = purchases_.find(decision.purchase_lsn);
  if (open == purchases_.end() || open->second.identity != engine::identify(IdSpace::purchase, decision.purchase_id)) {
    return refuse("it is a step of a purchase order that is not open");
  }
  Purchase& purchase = open->second;
  if (decision.command_id.empty() && !by_time(purchase, decision.step, stamp.time)) return false;
  const bool expects = decision.step == PurchaseStep::approve || decision.step == PurchaseStep::acknowledge;
  if (!expects && !decision.estimates.empty()) return refuse("it estimates when lines come that it does not change");
  std::int64_t incoming = purchase.incoming();
  std::set<engine::LineNumber> changed;
  for (const engine::PurchaseChange& each : decision.changes) {
    if (!changed.insert(each.line).second) return refuse("it changes a line twice");
    if (!change(purchase, decision, each)) return false;
    engine::PurchaseLineState& line = purchase.lines[purchase.by_number.at(each.line)];
    if (expects && !expect(line, decision.estimates, changed.size() - 1, stamp.time)) return false;
    incoming += each.incoming_change;
  }
  if (!leads_to(purchase, decision.step, decision.state)) return refuse("its step does not lead to that state");
  if (decision.step == PurchaseStep::cancel && purchase.is_a_rules_draft()) let_rules_wait(open->first);
  purchase.state = decision.state;
  if (purchase.incoming() != incoming) return refuse("it leaves other units incoming than it says");
  end_if_done(open);
  return true;
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::PurchaseReceiptDecision& decision) {
  know(IdSpace::receipt, decision.id, decision.content, stamp.lsn);
  const auto open = purchases_.find(decision.purchase_lsn);
  if (open == purchases_.end() || open->second.identity != engine::identify(IdSpace::purchase, decision.purchase_id)) {
    return refuse("it receives a purchase order that is not open");
  }
  Purchase& purchase = open->second;
  if (!engine::is_incoming(purchase.state)) return refuse("it receives a draft");
  receipt_ = stamp.lsn;
  pegged_.clear();
  for (const engine::PurchaseArrivedRow& row : decision.rows) {
    const auto found = purchase.by_number.find(row.line);
    if (found == purchase.by_number.end()) return refuse("it receives a line that the purchase order does not have");
    engine::PurchaseLineState& line = purchase.lines[found->second];
    if (line.sku != row.sku || line.warehouse != row.warehouse) return refuse("it receives a line of another SKU or warehouse");
    const std::uint64_t came = std::uint64_t{row.quantity} + row.damaged, wanted = line.open();
    if (row.over != (came > wanted ? came - wanted : 0)) return refuse("it says of other units that they are over");
    line.received += came;
    if (line.promised.value != 0 && !purchase.vendor.empty()) {
      Vendor& vendor = vendors_[purchase.vendor];
      ++vendor.arrivals;
      if (stamp.time > line.promised) vendor.late_us += stamp.time.value - line.promised.value;
    }
    if (line.peg_order.value != 0) pegged_[{line.peg_order, line.peg_line}] += row.quantity;
    const CellKey key{row.sku, row.warehouse};
    Cell& cell = cells_[key];
    cell.on_hand += came;
    cell.unavailable += row.damaged;
    cell.level += row.quantity;
    if (cell.on_hand > engine::max_quantity) return refuse("a cell passes the largest quantity");
    if (!agrees(key, row.available_after)) return false;
  }
  const bool all_is_there = !purchase.has_open();
  if (decision.state != (all_is_there ? PurchaseState::received : PurchaseState::partly_received)) {
    return refuse("it closes the purchase order too early or too late");
  }
  purchase.state = decision.state;
  end_if_done(open);
  return true;
}

void OfflineState::end_if_done(std::map<engine::Lsn, Purchase>::iterator at) {
  if (engine::is_open(at->second.state)) return;
  const engine::Identity identity = at->second.identity;
  if (at->first < oldest_known_) known_.erase({IdSpace::purchase, {identity.low, identity.high}});  // beyond the horizon the id goes with it
  purchases_.erase(at);
}

void OfflineState::feed_purchases(engine::Digest& digest) const {
  for (const auto& [lsn, purchase] : purchases_) {
    digest.open_purchase(lsn, purchase.identity, purchase.state, static_cast<std::uint32_t>(purchase.lines.size()));
    for (std::uint32_t index = 0; index < purchase.lines.size(); ++index) digest.purchase_line(lsn, index, purchase.lines[index]);
  }
}

}  // namespace earmark::storage
