// Purchase orders in a batch (storage/state_batch.hpp): as transfers, each is a value of its own until it is written.
#include <algorithm>

#include "engine/limits.hpp"
#include "storage/purchase_record.hpp"
#include "storage/state_batch.hpp"

namespace earmark::storage {

using engine::IdSpace;
using engine::Lsn;
using engine::PurchaseLineState;
using engine::PurchaseState;
using engine::PurchaseStep;

namespace {

bool has_open(const std::vector<PurchaseLineState>& lines) {
  return std::any_of(lines.begin(), lines.end(), [](const PurchaseLineState& line) { return line.open() != 0; });
}

bool has_arrived(const std::vector<PurchaseLineState>& lines) {
  return std::any_of(lines.begin(), lines.end(), [](const PurchaseLineState& line) { return line.received != 0; });
}

// What a step makes of an open purchase order, whose lines are as it leaves them; none: it may not be taken.
std::optional<PurchaseState> after(PurchaseStep step, PurchaseState from, const std::vector<PurchaseLineState>& lines) {
  const bool arrived = has_arrived(lines);
  switch (step) {
    case PurchaseStep::approve:
      if (engine::is_unapproved(from)) return PurchaseState::approved;
      break;
    case PurchaseStep::adopt:
      if (from == PurchaseState::suggested) return PurchaseState::draft;
      break;
    case PurchaseStep::send:
      if (from == PurchaseState::approved) return PurchaseState::sent;
      break;
    case PurchaseStep::acknowledge:
      if (engine::is_unapproved(from)) break;
      if (!has_open(lines)) return arrived ? PurchaseState::received : PurchaseState::closed;
      return from == PurchaseState::partly_received ? from : PurchaseState::acknowledged;
    case PurchaseStep::close:
      if (!engine::is_unapproved(from)) return PurchaseState::closed;
      break;
    case PurchaseStep::cancel:
      if (!arrived) return PurchaseState::cancelled;
  }
  return std::nullopt;
}

}  // namespace

// The open purchase order placed at `lsn`; nullptr: there is none.
StateBatch::Purchase* StateBatch::open_purchase(Lsn lsn) {
  auto found = purchases_.find(lsn);
  if (found == purchases_.end()) {
    const auto stored = source_->purchase(lsn);
    engine::PurchaseImage image;
    if (stored.empty() || !read_purchase_record(lsn, stored, image)) return nullptr;
    found = purchases_.emplace(lsn, Purchase{true, image.state, std::string(image.id), std::string(image.vendor), std::string(image.reference),
                                             std::string(image.notes), image.content, image.time, {image.lines.begin(), image.lines.end()},
                                             image.closes, image.automatic}).first;
  }
  return found->second.open() ? &found->second : nullptr;
}

// The same if it has this id.
StateBatch::Purchase* StateBatch::find_purchase(Lsn lsn, std::string_view id) {
  Purchase* purchase = open_purchase(lsn);
  return purchase != nullptr && purchase->id == id ? purchase : nullptr;
}

PurchaseLineState* StateBatch::Purchase::line(engine::LineNumber number) {
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const PurchaseLineState& each) { return each.line == number; });
  return found == lines.end() ? nullptr : &*found;
}

void StateBatch::Purchase::add(const engine::PurchasedLine& placed, engine::TimeUs expected) {
  lines.push_back({placed.promised, placed.promised, expected, 0, {}, placed.line, placed.sku, placed.quantity, {}, placed.warehouse, 0, 0});
}

// When a line of what is incoming from now on is expected: as it is promised, or as the record estimates where that is over.
bool StateBatch::estimate(PurchaseLineState& line, std::span<const engine::TimeUs> estimates, std::size_t index) {
  line.expected = line.promised;
  if (estimates.empty() || estimates[index].value == 0) return true;
  if (line.promised.value == 0 || line.promised > time_) return refuse("it estimates when a line comes that is not late");
  line.expected = estimates[index];
  return true;
}

// The line of the order waits, and may be served from there.
bool StateBatch::peg(Purchase& purchase, const engine::PurchasePeg& peg, std::string_view order_id) {
  PurchaseLineState& line = purchase.lines[peg.index];
  Order* order = find(peg.order_lsn);
  std::size_t index = 0;
  const engine::LineImage* of = order == nullptr ? nullptr : line_of(*order, peg.order_line, index);
  if (of == nullptr || order->identity != engine::identify(IdSpace::order, order_id) || of->sku != line.sku || of->waiting == 0 ||
      (of->pinned.value != 0 && of->pinned != line.warehouse) || line.peg_order.value != 0) {
    return refuse("it pegs a line to what cannot wait for it");
  }
  line.peg_order = peg.order_lsn;
  line.peg_line = peg.order_line;
  return true;
}

// Of a fill out of turn: what came is pegged to its line, and as much.
bool StateBatch::fills_a_peg(const engine::Stamp& stamp, const engine::FillDecision& decision, std::uint64_t units) {
  const auto left = pegged_.find({decision.order_lsn, decision.line});
  if (stamp.cause != pegged_by_ || left == pegged_.end() || left->second < units) return refuse("it fills a line out of turn with what is not pegged to it");
  left->second -= units;
  return true;
}

bool StateBatch::fold(const engine::Stamp& stamp, const engine::PurchaseDecision& decision) {
  if (decision.id.size() > engine::max_id_bytes || decision.vendor.size() > engine::max_vendor_bytes || decision.lines.size() > engine::max_lines) {
    return refuse("it is too large");
  }
  if (decision.state < PurchaseState::draft || decision.state > PurchaseState::sent) return refuse("it places a purchase order that is further on already");
  know(IdSpace::purchase, engine::identify(IdSpace::purchase, decision.id), decision.content, {});
  Purchase& purchase = purchases_[stamp.lsn];
  purchase = {false, decision.state, std::string(decision.id), std::string(decision.vendor), std::string(decision.reference),
              std::string(decision.notes), decision.content, stamp.time, {}, {}, false};
  if (!decision.estimates.empty() && decision.state == PurchaseState::draft) return refuse("it estimates when a draft comes");
  for (std::size_t index = 0; index < decision.lines.size(); ++index) {
    purchase.add(decision.lines[index], {});
    if (!estimate(purchase.lines.back(), decision.estimates, index)) return false;
  }
  return std::all_of(decision.pegs.begin(), decision.pegs.end(),
                     [&](const engine::PurchasePeg& each) { return peg(purchase, each, decision.peg_orders[each.order]); });
}

bool StateBatch::acknowledge(Purchase& purchase, const engine::PurchaseChange& change) {
  PurchaseLineState* line = purchase.line(change.line);
  if (line == nullptr || line->sku != change.sku || line->warehouse != change.warehouse) return refuse("it changes a line that the purchase order does not have");
  if (change.quantity < line->received && change.quantity != line->quantity) return refuse("it leaves fewer units ordered than have arrived");
  const std::int64_t open = line->open();
  const PurchaseLineState before = *line;
  line->quantity = change.quantity;
  line->promised = change.promised;
  figures_.given_up(*source_, time_, purchase.vendor, before, before.open() - std::min(before.open(), line->open()));
  if (line->first_promised.value == 0) line->first_promised = change.promised;
  return std::int64_t{line->open()} - open == change.incoming_change || refuse("it says of other units that they are incoming");
}

// Of a step that names no lines: each of which something is open, in their order, is as it was, and all of what is open begins or ceases to be incoming.
bool StateBatch::tells_open_lines(const Purchase& purchase, const engine::PurchaseStepDecision& decision) {
  auto change = decision.changes.begin();
  for (const PurchaseLineState& line : purchase.lines) {
    if (line.open() == 0) continue;
    if (change == decision.changes.end() || change->line != line.line || change->sku != line.sku || change->warehouse != line.warehouse ||
        change->quantity != line.quantity || change->promised != line.promised) {
      return refuse("it does not tell the lines of which something is open");
    }
    const std::int64_t open = line.open();
    const std::int64_t incoming = decision.step == PurchaseStep::approve ? open : engine::is_incoming(purchase.state) ? -open : 0;
    if (change->incoming_change != incoming) return refuse("it says of other units that they are incoming");
    ++change;
  }
  return change == decision.changes.end() || refuse("it changes lines of which nothing is open");
}

// What is open of it will not come any more.
void StateBatch::give_up(const Purchase& purchase) {
  for (const PurchaseLineState& line : purchase.lines) figures_.given_up(*source_, time_, purchase.vendor, line, line.open());
}

// What is approved, or acknowledged, is expected anew.
bool StateBatch::estimate_changes(Purchase& purchase, const engine::PurchaseStepDecision& decision) {
  if (decision.step != PurchaseStep::approve && decision.step != PurchaseStep::acknowledge) {
    return decision.estimates.empty() || refuse("it estimates when lines come that it does not change");
  }
  for (std::size_t index = 0; index < decision.changes.size(); ++index) {
    if (!estimate(*purchase.line(decision.changes[index].line), decision.estimates, index)) return false;
  }
  return true;
}

// Without a command: the cut-off of a suggestion has come that rules in mode auto_po make.
bool StateBatch::cut_off_has_come(const Purchase& purchase, PurchaseStep step) {
  return (step == PurchaseStep::approve && purchase.state == PurchaseState::suggested && purchase.automatic && purchase.closes.value != 0 &&
          purchase.closes <= time_) ||
         refuse("it is a step without a command of a purchase order whose cut-off has not come");
}

bool StateBatch::fold(const engine::Stamp&, const engine::PurchaseStepDecision& decision) {
  if (decision.command_id.size() > engine::max_id_bytes) return refuse("its id is too long");
  if (!decision.command_id.empty()) {
    know(IdSpace::purchase_command, engine::identify(IdSpace::purchase_command, decision.command_id), decision.content, {});
  }
  Purchase* purchase = find_purchase(decision.purchase_lsn, decision.purchase_id);
  if (purchase == nullptr) return refuse("it is a step of a purchase order that is not open");
  if (decision.command_id.empty() && !cut_off_has_come(*purchase, decision.step)) return false;
  const bool changes_nothing = decision.step == PurchaseStep::send || decision.step == PurchaseStep::adopt;
  if (decision.step == PurchaseStep::acknowledge) {
    for (const engine::PurchaseChange& change : decision.changes) {
      if (!acknowledge(*purchase, change)) return false;
    }
    if (!decision.reference.empty()) purchase->reference = decision.reference;
  } else if (changes_nothing) {
    if (!decision.changes.empty()) return refuse("it changes lines of a purchase order that is " + std::string(decision.step == PurchaseStep::send ? "sent" : "adopted"));
  } else if (!tells_open_lines(*purchase, decision)) {
    return false;
  } else if (decision.step != PurchaseStep::approve && engine::is_incoming(purchase->state)) {
    give_up(*purchase);
  }
  if (!estimate_changes(*purchase, decision)) return false;
  if (decision.step == PurchaseStep::cancel) suggestion_cancelled(decision.purchase_lsn, *purchase);
  if (after(decision.step, purchase->state, purchase->lines) != decision.state) return refuse("its step does not lead to that state");
  purchase->state = decision.state;
  return true;
}

bool StateBatch::fold(const engine::Stamp& stamp, const engine::PurchaseReceiptDecision& decision) {
  if (decision.id.size() > engine::max_id_bytes) return refuse("its id is too long");
  know(IdSpace::receipt, engine::identify(IdSpace::receipt, decision.id), decision.content, {});
  Purchase* purchase = find_purchase(decision.purchase_lsn, decision.purchase_id);
  if (purchase == nullptr || !engine::is_incoming(purchase->state)) return refuse("it receives a purchase order that is not incoming");
  pegged_by_ = stamp.lsn;
  pegged_.clear();
  for (const engine::PurchaseArrivedRow& row : decision.rows) {
    PurchaseLineState* line = purchase->line(row.line);
    if (line == nullptr || line->sku != row.sku || line->warehouse != row.warehouse) return refuse("it receives a line that the purchase order does not have");
    const std::uint64_t units = std::uint64_t{row.quantity} + row.damaged;
    if (units - std::min<std::uint64_t>(units, line->open()) != row.over) return refuse("it says of other units that they are over");
    figures_.arrived(*source_, time_, purchase->vendor, *line, units);
    line->received += units;
    count_lateness(purchase->vendor, line->promised);
    if (line->peg_order.value != 0) pegged_[{line->peg_order, line->peg_line}] += row.quantity;
    engine::CellImage& to = cell(row.sku, row.warehouse);
    if (to.on_hand + units > engine::max_quantity) return refuse("a cell passes the largest quantity");
    to.on_hand += static_cast<engine::Quantity>(units);
    to.unavailable += row.damaged;
    to.level += row.quantity;
    to.lsn = lsn_;
    if (!agrees(to, row.available_after)) return false;
  }
  if (decision.state != (has_open(purchase->lines) ? PurchaseState::partly_received : PurchaseState::received)) {
    return refuse("it closes the purchase order too early or too late");
  }
  purchase->state = decision.state;
  return true;
}

}  // namespace earmark::storage
