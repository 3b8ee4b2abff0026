#include "engine/purchases.hpp"

#include <algorithm>

#include "engine/command_ids.hpp"
#include "engine/engine.hpp"
#include "engine/purchase_plan.hpp"

namespace earmark::engine {
namespace {

TimeUs expected_of(TimeUs promised, std::span<const TimeUs> estimates, std::size_t index) noexcept {
  return estimates.empty() || estimates[index].value == 0 ? promised : estimates[index];
}

}  // namespace

OpenPurchase::OpenPurchase(const Stamp& stamp, const PurchaseDecision& decision, BlockRef known_block)
    : id(decision.id), vendor(decision.vendor), reference(decision.reference), notes(decision.notes), state(decision.state), time(stamp.time),
      known(known_block) {
  for (std::size_t index = 0; index < decision.lines.size(); ++index) {
    const PurchasedLine& line = decision.lines[index];
    lines.push_back({line.promised, line.promised, expected_of(line.promised, decision.estimates, index), 0, {}, line.line, line.sku, line.quantity, {}, line.warehouse});
  }
  for (const PurchasePeg& peg : decision.pegs) {
    lines[peg.index].peg_order = peg.order_lsn;
    lines[peg.index].peg_line = peg.order_line;
  }
  number_lines();
}

OpenPurchase::OpenPurchase(const PurchaseImage& image, BlockRef known_block)
    : id(image.id), vendor(image.vendor), reference(image.reference), notes(image.notes), state(image.state), time(image.time), closes(image.closes),
      automatic(image.automatic), known(known_block), lines(image.lines.begin(), image.lines.end()) {
  number_lines();
}

OpenPurchase::OpenPurchase(const Stamp& stamp, const ReorderDecision& decision, BlockRef known_block)
    : id(decision.purchase), vendor(decision.vendor), state(decision.state), time(stamp.time), closes(decision.closes),
      automatic(decision.mode == RuleMode::auto_po), known(known_block) {}

void OpenPurchase::number_lines() {
  for (std::uint32_t index = 0; index < lines.size(); ++index) places_.emplace(lines[index].line.value, index);
}

const PurchaseLineState* OpenPurchase::line(LineNumber number) const noexcept {
  const auto found = places_.find(number.value);
  return found == places_.end() ? nullptr : &lines[found->second];
}

PurchaseLineState& OpenPurchase::at(LineNumber number) {
  const auto found = places_.find(number.value);
  EARMARK_CHECK(found != places_.end());
  return lines[found->second];
}

bool OpenPurchase::has_arrivals() const noexcept {
  return std::any_of(lines.begin(), lines.end(), [](const PurchaseLineState& each) { return each.received != 0; });
}

TimeUs OpenPurchase::first_expected() const noexcept {
  TimeUs first{};
  for (const PurchaseLineState& line : lines) {
    if (line.open() != 0 && line.expected.value != 0 && (first.value == 0 || line.expected < first)) first = line.expected;
  }
  return is_incoming(state) ? first : TimeUs{};
}

const OpenPurchase* Purchases::find(Lsn lsn) const noexcept {
  const auto found = open_.find(lsn);
  return found == open_.end() ? nullptr : &found->second;
}

bool Purchases::is_open(const KnownCommand& known) const noexcept {
  return known.space() == IdSpace::purchase && open_.contains(known.lsn());
}

Quantity Purchases::open_units(CellIndex cell) const noexcept {
  const auto found = open_units_.find(cell.value);
  return found == open_units_.end() ? 0 : found->second;
}

void Purchases::change(const SharedState& shared, const PurchaseLineState& line, std::int64_t units) {
  if (units == 0) return;
  const std::uint64_t cell = shared.cell_index(line.sku, line.warehouse).value;
  const std::int64_t left = std::int64_t{open_units_[cell]} + units;
  EARMARK_CHECK(left >= 0 && left <= max_quantity);
  if (left == 0) open_units_.erase(cell);
  else open_units_[cell] = static_cast<Quantity>(left);
}

void Purchases::list(Lsn lsn, const OpenPurchase& purchase, const PurchaseLineState& line, bool on) {
  const auto index = static_cast<std::uint32_t>(&line - purchase.lines.data());
  supply_.set(line.sku, {line.expected, lsn, index},
              {line.warehouse, on && is_incoming(purchase.state) ? line.open() : 0, line.peg_order, line.peg_line});
}

void Purchases::add(const SharedState& shared, Lsn lsn, OpenPurchase purchase) {
  for (const PurchaseLineState& line : purchase.lines) {
    change(shared, line, line.open());
    list(lsn, purchase, line, true);
  }
  if (purchase.state == PurchaseState::suggested) suggested_.insert(lsn);
  open_.emplace(lsn, std::move(purchase));
}

void Purchases::step(const SharedState& shared, const PurchaseStepDecision& decision) {
  const auto found = open_.find(decision.purchase_lsn);
  EARMARK_CHECK(found != open_.end());
  found->second.state = decision.state;
  suggested_.erase(found->first);
  if (!decision.reference.empty()) found->second.reference = decision.reference;
  if (decision.step == PurchaseStep::acknowledge) {
    for (std::size_t index = 0; index < decision.changes.size(); ++index) {
      const PurchaseChange& change_of = decision.changes[index];
      PurchaseLineState& line = found->second.at(change_of.line);
      const std::int64_t before = line.open();
      list(found->first, found->second, line, false);
      line.quantity = change_of.quantity;
      line.promised = change_of.promised;
      line.expected = expected_of(line.promised, decision.estimates, index);
      if (line.first_promised.value == 0) line.first_promised = change_of.promised;
      change(shared, line, line.open() - before);
      list(found->first, found->second, line, true);
    }
  }
  if (decision.step == PurchaseStep::approve) {
    for (std::size_t index = 0; index < decision.changes.size(); ++index) {  // every line of which something is open
      PurchaseLineState& line = found->second.at(decision.changes[index].line);
      line.expected = expected_of(line.promised, decision.estimates, index);
      list(found->first, found->second, line, true);
    }
  }
  end_if_closed(shared, found);
}

void Purchases::receive(const SharedState& shared, const PurchaseReceiptDecision& decision) {
  const auto found = open_.find(decision.purchase_lsn);
  EARMARK_CHECK(found != open_.end());
  found->second.state = decision.state;
  for (const PurchaseArrivedRow& row : decision.rows) {
    PurchaseLineState& line = found->second.at(row.line);
    const std::int64_t before = line.open();
    line.received += std::uint64_t{row.quantity} + row.damaged;
    change(shared, line, line.open() - before);
    list(found->first, found->second, line, true);
  }
  end_if_closed(shared, found);
}

void Purchases::end_if_closed(const SharedState& shared, std::map<Lsn, OpenPurchase>::iterator purchase) {
  if (engine::is_open(purchase->second.state)) return;
  for (const PurchaseLineState& line : purchase->second.lines) {
    change(shared, line, -std::int64_t{line.open()});
    list(purchase->first, purchase->second, line, false);
  }
  suggested_.erase(purchase->first);
  open_.erase(purchase);
}

OpenPurchase* Purchases::open_one(Lsn lsn) noexcept {
  const auto found = open_.find(lsn);
  return found == open_.end() ? nullptr : &found->second;
}

void Purchases::delay(const OverdueDecision& decision) {
  const auto found = open_.find(decision.lsn);
  EARMARK_CHECK(found != open_.end());
  for (const OverdueLine& late : decision.lines) {
    PurchaseLineState& line = found->second.at(late.line);
    list(found->first, found->second, line, false);
    line.expected = decision.expected;
    list(found->first, found->second, line, true);
  }
}

void Purchases::suggest(const SharedState& shared, Lsn lsn, const ReorderDecision& decision) {
  const auto found = open_.find(lsn);
  EARMARK_CHECK(found != open_.end());
  OpenPurchase& purchase = found->second;
  if (purchase.line(decision.line) == nullptr) {
    purchase.places_.emplace(decision.line.value, static_cast<std::uint32_t>(purchase.lines.size()));
    purchase.lines.push_back({{}, {}, {}, 0, {}, decision.line, decision.sku, 0, {}, decision.warehouse});
  }
  PurchaseLineState& line = purchase.at(decision.line);
  change(shared, line, std::int64_t{decision.line_quantity} - line.quantity);
  line.quantity = decision.line_quantity;
  line.promised = line.first_promised = line.expected = decision.promised;
  list(lsn, purchase, line, true);
}

const OpenPurchase* Purchases::suggestion(std::string_view vendor, bool automatic, TimeUs now, Lsn& lsn) const {
  for (auto each = suggested_.rbegin(); each != suggested_.rend(); ++each) {
    const OpenPurchase& purchase = open_.at(*each);
    if (purchase.vendor != vendor || purchase.automatic != automatic || !purchase.takes_lines(now)) continue;
    lsn = *each;
    return &purchase;
  }
  return nullptr;
}

// ---- replay of their records ----

void Engine::restore(const Stamp& stamp, const PurchaseDecision& decision) {
  restored(stamp);
  const BlockRef known = restore_id(stamp, IdSpace::purchase, identify(IdSpace::purchase, decision.id), decision.content, 0);
  for (const PurchasePeg& peg : decision.pegs) book_.pegged_orders[peg.order_lsn] = order_block(decision.peg_orders[peg.order]);
  book_.add_purchase(shared_, stamp, decision, known);
  view_.apply(stamp, decision);
}

void Engine::forget_ended_purchase(Lsn lsn, PurchaseState state, const Identity& identity) {
  if (!is_open(state) && lsn.value < shared_.oldest_known.load(std::memory_order_relaxed)) forget(identity);
}

void Engine::restore(const Stamp& stamp, const PurchaseStepDecision& decision) {
  restored(stamp);
  const bool by_time = decision.command_id.empty();  // an automatic suggestion's cut-off
  if (!by_time) restore_id(stamp, IdSpace::purchase_command, identify(IdSpace::purchase_command, decision.command_id), decision.content, 0);
  book_.apply_purchase_step(shared_, decision);
  forget_ended_purchase(decision.purchase_lsn, decision.state, identify(IdSpace::purchase, decision.purchase_id));
  view_.apply(stamp, decision);
}

void Engine::restore(const Stamp& stamp, const PurchaseReceiptDecision& decision) {
  restored(stamp);
  restore_id(stamp, IdSpace::receipt, identify(IdSpace::receipt, decision.id), decision.content, 0);
  for (const PurchaseArrivedRow& row : decision.rows) add_to_cell(row.sku, row.warehouse, row.quantity);
  const std::vector<ServeStep> steps = steps_of_purchase_receipt(shared_, book_, decision.rows, *book_.purchases.find(decision.purchase_lsn));
  book_.apply_purchase_receipt(shared_, stamp, decision);
  forget_ended_purchase(decision.purchase_lsn, decision.state, identify(IdSpace::purchase, decision.purchase_id));
  if (decision.fills_follow) open_cause_ = Cause{stamp.lsn, stamp.time, {}, steps, 0, false};
  view_.apply(stamp, decision);
}

void Engine::restore_base(const PurchaseImage& purchase) {
  const BlockRef known = restore_id({purchase.lsn, purchase.time, {}}, IdSpace::purchase, identify(IdSpace::purchase, purchase.id), purchase.content, 0);
  book_.purchases.add(shared_, purchase.lsn, OpenPurchase(purchase, known));
  book_.set_purchase_timers(shared_, purchase.lsn);
  if (!is_incoming(purchase.state)) return;
  for (const PurchaseLineState& line : purchase.lines) view_.add_incoming(line.sku, line.warehouse, line.open());
}

// What is open is what the open purchase orders say, and their ids are known.
std::string Engine::broken_purchases() {
  std::map<std::uint64_t, std::uint64_t> open_units;  // by cell
  for (const auto& [lsn, purchase] : book_.purchases.open()) {
    for (const PurchaseLineState& line : purchase.lines) {
      if (line.open() != 0) open_units[shared_.cell_index(line.sku, line.warehouse).value] += line.open();
    }
    const auto* known = shared_.blocks.at<KnownCommand>(purchase.known);
    if (!is_open(purchase.state)) return "purchase order " + purchase.id + " is over and kept";
    if (known->lsn() != lsn || shared_.ids.find(no_writes_, known->identity).known != purchase.known) {
      return "I5: purchase order " + purchase.id + " is open and its id not known";
    }
  }
  if (book_.purchases.cells_with_open_units() != open_units.size()) return "I9: units are open that no purchase order has";
  for (const auto& [cell, units] : open_units) {
    if (book_.purchases.open_units(CellIndex{cell}) != units) return "I9: what is open of cell " + std::to_string(cell) + " is not what the purchase orders have";
  }
  return {};
}

}  // namespace earmark::engine
