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
      if (from == PurchaseState::draft) return PurchaseState::approved;
      break;
    case PurchaseStep::send:
      if (from == PurchaseState::approved) return PurchaseState::sent;
      break;
    case PurchaseStep::acknowledge:
      if (from == PurchaseState::draft) break;
      if (!has_open(lines)) return arrived ? PurchaseState::received : PurchaseState::closed;
      return from == PurchaseState::partly_received ? from : PurchaseState::acknowledged;
    case PurchaseStep::close:
      if (from != PurchaseState::draft) return PurchaseState::closed;
      break;
    case PurchaseStep::cancel:
      if (!arrived) return PurchaseState::cancelled;
  }
  return std::nullopt;
}

}  // namespace

// The open purchase order placed at `lsn`; nullptr: there is none, or it has another id.
StateBatch::Purchase* StateBatch::find_purchase(Lsn lsn, std::string_view id) {
  auto found = purchases_.find(lsn);
  if (found == purchases_.end()) {
    const auto stored = source_->purchase(lsn);
    engine::PurchaseImage image;
    if (stored.empty() || !read_purchase_record(lsn, stored, image)) return nullptr;
    found = purchases_.emplace(lsn, Purchase{true, image.state, std::string(image.id), std::string(image.vendor), std::string(image.reference),
                                             std::string(image.notes), image.content, image.time, {image.lines.begin(), image.lines.end()}}).first;
  }
  Purchase& purchase = found->second;
  return purchase.open() && purchase.id == id ? &purchase : nullptr;
}

PurchaseLineState* StateBatch::Purchase::line(engine::LineNumber number) {
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const PurchaseLineState& each) { return each.line == number; });
  return found == lines.end() ? nullptr : &*found;
}

bool StateBatch::fold(const engine::Stamp& stamp, const engine::PurchaseDecision& decision) {
  if (decision.id.size() > engine::max_id_bytes || decision.vendor.size() > engine::max_vendor_bytes || decision.lines.size() > engine::max_lines) return refuse("it is too large");
  if (decision.state < PurchaseState::draft || decision.state > PurchaseState::sent) return refuse("it places a purchase order that is further on already");
  know(IdSpace::purchase, engine::identify(IdSpace::purchase, decision.id), decision.content, {});
  Purchase& purchase = purchases_[stamp.lsn];
  purchase = {false, decision.state, std::string(decision.id), std::string(decision.vendor), std::string(decision.reference),
              std::string(decision.notes), decision.content, stamp.time, {}};
  for (const engine::PurchasedLine& line : decision.lines) {
    purchase.lines.push_back({line.promised, line.promised, 0, line.line, line.sku, line.quantity, line.warehouse, 0});
  }
  return true;
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

bool StateBatch::fold(const engine::Stamp&, const engine::PurchaseStepDecision& decision) {
  if (decision.command_id.size() > engine::max_id_bytes) return refuse("its id is too long");
  know(IdSpace::purchase_command, engine::identify(IdSpace::purchase_command, decision.command_id), decision.content, {});
  Purchase* purchase = find_purchase(decision.purchase_lsn, decision.purchase_id);
  if (purchase == nullptr) return refuse("it is a step of a purchase order that is not open");
  if (decision.step == PurchaseStep::acknowledge) {
    for (const engine::PurchaseChange& change : decision.changes) {
      if (!acknowledge(*purchase, change)) return false;
    }
    if (!decision.reference.empty()) purchase->reference = decision.reference;
  } else if (decision.step == PurchaseStep::send) {
    if (!decision.changes.empty()) return refuse("it changes lines of a purchase order that is sent");
  } else if (!tells_open_lines(*purchase, decision)) {
    return false;
  } else if (decision.step != PurchaseStep::approve && engine::is_incoming(purchase->state)) {
    give_up(*purchase);
  }
  if (after(decision.step, purchase->state, purchase->lines) != decision.state) return refuse("its step does not lead to that state");
  purchase->state = decision.state;
  return true;
}

bool StateBatch::fold(const engine::Stamp&, const engine::PurchaseReceiptDecision& decision) {
  if (decision.id.size() > engine::max_id_bytes) return refuse("its id is too long");
  know(IdSpace::receipt, engine::identify(IdSpace::receipt, decision.id), decision.content, {});
  Purchase* purchase = find_purchase(decision.purchase_lsn, decision.purchase_id);
  if (purchase == nullptr || !engine::is_incoming(purchase->state)) return refuse("it receives a purchase order that is not incoming");
  for (const engine::PurchaseArrivedRow& row : decision.rows) {
    PurchaseLineState* line = purchase->line(row.line);
    if (line == nullptr || line->sku != row.sku || line->warehouse != row.warehouse) return refuse("it receives a line that the purchase order does not have");
    const std::uint64_t units = std::uint64_t{row.quantity} + row.damaged;
    if (units - std::min<std::uint64_t>(units, line->open()) != row.over) return refuse("it says of other units that they are over");
    figures_.arrived(*source_, time_, purchase->vendor, *line, units);
    line->received += units;
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
