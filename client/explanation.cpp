#include "client/explanation.hpp"

#include <algorithm>

#include "client/ids_in_event.hpp"
#include "client/split.hpp"

namespace earmark::client {
namespace {

ExplainedUnits units_of(const engine::Take& take, const Catalogue& catalogue, bool taken) {
  const std::uint64_t before = taken ? std::uint64_t{take.available_after} + take.quantity : take.available_after;
  return {catalogue.code(take.warehouse), take.quantity, before, take.available_after, take.shipment};
}

std::vector<ExplainedUnits> all_units(std::span<const engine::Take> takes, const Catalogue& catalogue, bool taken) {
  std::vector<ExplainedUnits> all;
  for (const engine::Take& take : takes) all.push_back(units_of(take, catalogue, taken));
  return all;
}

std::uint32_t sum(const std::vector<ExplainedUnits>& units) {
  std::uint32_t total = 0;
  for (const ExplainedUnits& each : units) total += each.quantity;
  return total;
}

ExplainedSkip skip_of(const engine::Skip& skip) { return {std::string(skip.order), skip.order_lsn.value, skip.line.value}; }

// Of a line that takes what is there and would be the first to be served: had there been more, it would have taken it.
bool took_everything(const engine::OrderDecision& order, const LineSplit& split) {
  return split.policy.or_else(order.policy) == engine::Policy::ship_partial && !order.not_due && split.line.backordered != 0 &&
         split.wait != nullptr && split.wait->position == 1 && split.wait->quantity_ahead == 0;
}

ExplainedDecision decision_of(const engine::OrderDecision& order, const Catalogue& catalogue) {
  ExplainedDecision told;
  told.sourcing = order.sourcing;
  if (order.preferred.value != 0) told.preferred = catalogue.code(order.preferred);
  told.hold = order.hold;
  told.priority = order.priority;
  told.reacquired = order.reacquired, told.not_due = order.not_due;
  told.skipped = skip_of(order.skipped);
  each_line(order, [&](const LineSplit& split) {
    ExplainedLine line;
    line.line = split.line.line.value, line.quantity = split.line.quantity;
    line.backordered = split.line.backordered, line.cancelled = split.cancelled;
    line.sku = catalogue.code(split.line.sku);
    if (split.line.pinned.value != 0) line.pinned = catalogue.code(split.line.pinned);
    line.policy = split.policy.or_else(order.policy);
    line.not_backorderable = split.not_backorderable;
    line.nothing_more = took_everything(order, split);
    if (split.wait != nullptr) line.position = split.wait->position, line.quantity_ahead = split.wait->quantity_ahead;
    line.takes = all_units(split.takes, catalogue, true);
    line.expected = split.expected;
    line.fallback_us = split.fallback_us;
    told.lines.push_back(std::move(line));
  });
  return told;
}

std::string change_word(engine::ChangeKind kind) {
  if (kind == engine::ChangeKind::adjust) return "adjustment";
  return kind == engine::ChangeKind::short_pick ? "short pick" : std::string(name(kind));
}

// The name of a change that the engine makes for a short pick is that of no command.
std::string change_text(const engine::StockChangeDecision& change) {
  std::string text = change_word(change.kind);
  if (!change.id.empty()) text += " " + std::string(change.id);
  return text;
}

// What a record does to one order.
class ToSteps {
 public:
  ToSteps(const OrderState& order, const schema::Event& event, const Catalogue& catalogue)
      : order_(order), event_(event), catalogue_(catalogue) {}

  std::vector<ExplainedStep> steps;

  template <class Other>
  void operator()(const Other&) {}

  void operator()(const engine::OrderDecision& other) {
    if (event_.stamp.lsn.value != order_.lsn) passed_over(other.skipped, "order " + std::string(other.id));
  }

  void operator()(const engine::FillDecision& fill) {
    if (fill.order_lsn.value != order_.lsn) {
      return passed_over(fill.skipped, "a fill of order " + std::string(fill.order_id));
    }
    ExplainedStep& step = add(StepKind::filled, "BackorderFilled", fill.line, fill.sku);
    step.units = all_units(fill.takes, catalogue_, true);
    step.quantity = sum(step.units);
    step.waiting = fill.still_waiting;
    step.skipped = skip_of(fill.skipped);
    step.raised_part = fill.raised_at.value != 0;
    step.out_of_turn = fill.pegged;
    step.cause_lsn = event_.stamp.cause.value;
  }

  void operator()(const engine::CancelDecision& cancel) {
    if (cancel.order_id != order_.id) return;
    const auto kind = cancel.command_id.empty() ? StepKind::cancelled_by_time : StepKind::cancelled;
    taken_back(kind, "OrderCancelled", cancel.command_id, cancel.lines, cancel.released);
    if (cancel.lines.empty()) add(kind, "OrderCancelled", {}, {}).command_id = cancel.command_id;
  }

  void operator()(const engine::AmendDecision& amend) {
    if (amend.order_id != order_.id) return;
    if (amend.command_id.empty()) add(StepKind::due, "OrderAmended", {}, {});
    if (amend.priority) {
      ExplainedStep& step = add(StepKind::priority, "OrderAmended", {}, {});
      step.priority = amend.priority->value, step.command_id = amend.command_id;
    }
    taken_back(StepKind::cut, "OrderAmended", amend.command_id, amend.lines, amend.released);
    for (const engine::RaisedLine& line : amend.raised) {
      ExplainedStep& step = add(StepKind::raised, "OrderAmended", line.line, line.sku);
      step.quantity = line.quantity, step.cancelled = line.cancelled, step.command_id = amend.command_id;
    }
    if (steps.empty()) add(StepKind::nothing_open, "OrderAmended", {}, {}).command_id = amend.command_id;
  }

  void operator()(const engine::ShipDecision& ship) {
    if (ship.order_id != order_.id) return;
    std::size_t next = 0;
    for (const engine::ShippedLine& line : ship.lines) {
      const auto takes = ship.shipped.subspan(next, line.ships);
      next += line.ships;
      if (takes.empty()) continue;
      ExplainedStep& step = add(StepKind::shipped, "OrderShipped", line.line, line.sku);
      step.units = all_units(takes, catalogue_, false);
      step.quantity = sum(step.units);
      step.command_id = ship.command_id;
    }
  }

  void operator()(const engine::ShipmentDecision& move) {
    if (move.order_id != order_.id) return;
    for (const engine::MovedLine& line : move.lines) {
      ExplainedStep& step = add_move(move, line.line, line.sku);
      step.quantity = line.quantity, step.rest = line.rest;
      const engine::Take take{line.quantity, line.available_after, move.warehouse, move.shipment};
      step.units = {units_of(take, catalogue_, false)};
    }
    if (move.lines.empty()) add_move(move, {}, {});
  }

  void operator()(const engine::StockChangeDecision& change) {
    for (std::size_t index = 0; index < change.lost.size(); ++index) {
      if (change.lost[index].order_lsn.value != order_.lsn || change.of_hold(index)) continue;
      ExplainedStep& step = add_lost(StepKind::lost, "StockChanged", change.lost[index]);
      step.by = change_text(change);
      step.command_id = change.id, step.reason = change.reason;
      step.cause_lsn = event_.stamp.cause.value;
    }
  }

  void operator()(const engine::PurchaseDecision& place) {
    for (const engine::PurchasePeg& peg : place.pegs) {
      if (peg.order_lsn.value != order_.lsn) continue;
      const engine::PurchasedLine& line = place.lines[peg.index];
      ExplainedStep& step = add(StepKind::pegged, "PurchasePlaced", peg.order_line, line.sku);
      step.quantity = line.quantity;
      step.purchase = place.id, step.purchase_line = line.line.value;
    }
  }

  void operator()(const engine::DatesDecision& dates) {
    for (const engine::MovedDate& line : dates.lines) {
      if (line.order_lsn.value != order_.lsn) continue;
      ExplainedStep& step = add(StepKind::dated, "DatesMoved", line.line, line.sku);
      step.quantity = line.waiting;
      step.before_us = line.before.value, step.date_us = line.date.value;
    }
  }

  void operator()(const engine::StrictDecision& strict) {
    if (strict.order_lsn.value == order_.lsn) {
      ExplainedStep& step = add(StepKind::strict, "TurnedStrict", strict.line, {});
      step.waited = strict.waited;
    }
    for (const engine::LostUnits& lost : strict.lost) {
      if (lost.order_lsn.value != order_.lsn) continue;
      ExplainedStep& step = add_lost(StepKind::taken_over, "TurnedStrict", lost);
      step.by = strict.order_id.empty() ? "another order" : "order " + std::string(strict.order_id);
    }
  }

 private:
  ExplainedStep& add(StepKind kind, const char* event, engine::LineNumber line, engine::SkuId sku) {
    ExplainedStep step;
    step.kind = kind, step.event = event, step.line = line.value;
    if (sku.value != 0) step.sku = catalogue_.code(sku);
    return steps.emplace_back(std::move(step));
  }
  void passed_over(const engine::Skip& skip, std::string by) {
    if (skip.order_lsn.value != order_.lsn) return;
    ExplainedStep& step = add(StepKind::passed_over, std::holds_alternative<engine::FillDecision>(event_.decision) ? "BackorderFilled" : "OrderDecided",
                              skip.line, {});
    step.by = std::move(by);
  }
  void taken_back(StepKind kind, const char* event, std::string_view command, std::span<const engine::CancelledLine> lines,
                  std::span<const engine::Take> released) {
    std::size_t next = 0;
    for (const engine::CancelledLine& line : lines) {
      ExplainedStep& step = add(kind, event, line.line, line.sku);
      step.units = all_units(released.subspan(next, line.releases), catalogue_, false);
      next += line.releases;
      step.waiting = line.waiting, step.excess = line.excess;
      step.quantity = line.waiting + sum(step.units);
      step.command_id = command;
    }
  }
  ExplainedStep& add_move(const engine::ShipmentDecision& move, engine::LineNumber line, engine::SkuId sku) {
    ExplainedStep& step = add(StepKind::moved, "ShipmentMoved", line, sku);
    step.step = move.step, step.shipment = move.shipment, step.rest_shipment = move.rest_shipment, step.revision = move.revision;
    step.carrier = move.carrier, step.tracking = move.tracking, step.expected_us = move.expected.value;
    step.to_unavailable = move.to_unavailable, step.reason = move.reason, step.command_id = move.command_id;
    return step;
  }
  ExplainedStep& add_lost(StepKind kind, const char* event, const engine::LostUnits& lost) {
    ExplainedStep& step = add(kind, event, lost.line, lost.sku);
    step.quantity = lost.quantity;
    step.units = {{catalogue_.code(lost.warehouse), lost.quantity, 0, 0, lost.shipment}};
    return step;
  }

  const OrderState& order_;
  const schema::Event& event_;
  const Catalogue& catalogue_;
};

std::string text_of(std::string_view text) { return std::string(text); }

// Who gave what a fill got, or moved a date.
struct ToCause {
  const std::string& own;  // id of the order that is explained

  std::string of_order(std::string_view id) const { return id == own ? "this order" : "order " + text_of(id); }

  ExplainedCause operator()(const engine::VoidDecision&) const { return {}; }
  ExplainedCause operator()(const engine::FillDecision&) const { return {}; }
  ExplainedCause operator()(const engine::HoldDecision&) const { return {}; }
  ExplainedCause operator()(const engine::HoldExtendDecision&) const { return {}; }
  ExplainedCause operator()(const engine::RulesDecision&) const { return {}; }
  ExplainedCause operator()(const engine::DatesDecision&) const { return {}; }
  ExplainedCause operator()(const engine::TransferShipDecision& ship) const {
    return {"TransferShipped", text_of(ship.id), "transfer " + text_of(ship.id) + ", which left"};
  }
  ExplainedCause operator()(const engine::PurchaseDecision& place) const {
    return {"PurchasePlaced", text_of(place.id), "purchase order " + text_of(place.id) + ", which was placed"};
  }
  ExplainedCause operator()(const engine::PurchaseStepDecision& move) const {
    const std::string purchase = "purchase order " + text_of(move.purchase_id);
    constexpr const char* words[] = {"a step", "the approval", "the sending", "what the vendor says", "the closing", "the cancelling", "the adoption"};
    const auto step = static_cast<std::size_t>(move.step);
    return {"PurchaseMoved", text_of(move.command_id), text_of(step < std::size(words) ? words[step] : words[0]) + " of " + purchase};
  }
  // What is only suggested is no supply.
  ExplainedCause operator()(const engine::ReorderDecision& reorder) const {
    if (reorder.quantity == 0 || reorder.state == engine::PurchaseState::suggested) return {};
    return {"ReorderTriggered", text_of(reorder.purchase), "purchase order " + text_of(reorder.purchase) + " of a reorder rule"};
  }
  ExplainedCause operator()(const engine::OverdueDecision& overdue) const {
    return {"SupplyOverdue", text_of(overdue.id), (overdue.transfer ? "transfer " : "purchase order ") + text_of(overdue.id) + ", which is overdue"};
  }
  ExplainedCause operator()(const engine::ShipDecision&) const { return {}; }
  ExplainedCause operator()(const engine::OrderDecision& order) const {
    const std::string what = of_order(order.id);
    return {"OrderDecided", text_of(order.id), order.hold.empty() ? what : what + ", which confirmed hold " + text_of(order.hold)};
  }
  ExplainedCause operator()(const engine::ReceiptDecision& receipt) const {
    return {"StockReceived", text_of(receipt.id), "receipt " + text_of(receipt.id)};
  }
  ExplainedCause operator()(const engine::CancelDecision& cancel) const {
    if (cancel.command_id.empty()) return {"OrderCancelled", "", "the end of " + of_order(cancel.order_id) + ", whose time had come"};
    return {"OrderCancelled", text_of(cancel.command_id), "cancel " + text_of(cancel.command_id) + " of " + of_order(cancel.order_id)};
  }
  ExplainedCause operator()(const engine::AmendDecision& amend) const {
    if (amend.command_id.empty()) return {"OrderAmended", "", of_order(amend.order_id) + ", which became due"};
    return {"OrderAmended", text_of(amend.command_id), "amend " + text_of(amend.command_id) + " of " + of_order(amend.order_id)};
  }
  ExplainedCause operator()(const engine::LoadDecision&) const { return {"CatalogueLoaded", "", "a load of stock"}; }
  ExplainedCause operator()(const engine::StockChangeDecision& change) const {
    return {"StockChanged", text_of(change.id), change_text(change)};
  }
  ExplainedCause operator()(const engine::HoldEndDecision& end) const {
    return {"HoldEnded", text_of(end.command_id), "hold " + text_of(end.hold_id) + ", which " + (end.how == engine::HoldEnd::expired ? "expired" : "was released")};
  }
  ExplainedCause operator()(const engine::ShipmentDecision& move) const {
    return {"ShipmentMoved", text_of(move.command_id), text_of(name(move.step)) + " " + text_of(move.command_id) + " of shipment " +
                                                        shipment_id(move.order_id, move.shipment)};
  }
  ExplainedCause operator()(const engine::TransferReceiptDecision& receipt) const {
    return {"TransferReceived", text_of(receipt.command_id), "arrival " + text_of(receipt.command_id) + " of transfer " + text_of(receipt.transfer_id)};
  }
  ExplainedCause operator()(const engine::PurchaseReceiptDecision& receipt) const {
    return {"PurchaseReceived", text_of(receipt.id), "receipt " + text_of(receipt.id) + " of purchase order " + text_of(receipt.purchase_id)};
  }
  ExplainedCause operator()(const engine::StrictDecision& strict) const {
    if (strict.order_id.empty()) return {"TurnedStrict", "", "another order, which turned strict"};
    return {"TurnedStrict", text_of(strict.order_id), of_order(strict.order_id) + ", which turned strict"};
  }
};

}  // namespace

void Explainer::keep_cause(const schema::Event& event) {
  const std::uint64_t lsn = event.stamp.lsn.value;
  const bool asked_for = wanted_.contains(lsn);
  if (!asked_for && (second_round_ || !schema::fills_follow(event.decision))) return;
  ExplainedCause cause = std::visit(ToCause{told_.now.id}, event.decision);
  if (cause.event.empty()) return;
  // What turned strict is told by name in the round whose filter lets that pass.
  if (asked_for) told_.causes.insert_or_assign(lsn, std::move(cause));
  else possible_.insert_or_assign(lsn, std::move(cause));
}

// A record of moved dates comes right behind what moved them: a command with its fills, or what a rule did then.
void Explainer::keep_reason(const schema::Event& event) {
  const ExplainedCause cause = std::visit(ToCause{told_.now.id}, event.decision);
  if (cause.event.empty()) return;
  IdsInEvent ids;
  ids.collect(event.decision);
  const std::uint64_t lsn = event.stamp.lsn.value;
  if (!second_round_) {
    for (const engine::SkuId sku : ids.skus) reasons_[sku] = {lsn, cause};
  }
  if (!ids.skus.empty()) return;
  doubtful_up_to_ = lsn;
  for (auto place = told_.since.upper_bound(lsn); second_round_ && place != told_.since.end(); ++place) {
    for (ExplainedStep& step : place->second.steps) {
      if (step.kind == StepKind::dated && step.cause_lsn < lsn) step.cause_lsn = 0;
    }
  }
}

void Explainer::find_reason(engine::SkuId sku, ExplainedStep& step) {
  const auto reason = reasons_.find(sku);
  if (reason == reasons_.end() || reason->second.lsn < doubtful_up_to_) return;
  step.cause_lsn = reason->second.lsn;
  told_.causes.insert_or_assign(reason->second.lsn, reason->second.cause);
}

void Explainer::see(const schema::Event& event, const Catalogue& catalogue) {
  const std::uint64_t lsn = event.stamp.lsn.value;
  if (lsn < told_.now.lsn || lsn > told_.now.as_of) return;
  if (lsn == told_.now.lsn && !second_round_) {
    if (const auto* order = std::get_if<engine::OrderDecision>(&event.decision)) told_.decision = decision_of(*order, catalogue);
  }
  keep_cause(event);
  keep_reason(event);
  ToSteps to(told_.now, event, catalogue);
  std::visit(to, event.decision);
  if (const auto* dates = std::get_if<engine::DatesDecision>(&event.decision); dates != nullptr && !second_round_) {
    for (ExplainedStep& step : to.steps) find_reason(dates->lines.front().sku, step);  // one SKU a record
  }
  for (const ExplainedStep& step : to.steps) {
    if (step.cause_lsn == 0 || step.kind == StepKind::dated) continue;
    wanted_.insert(step.cause_lsn);
    if (const auto cause = possible_.find(step.cause_lsn); cause != possible_.end()) told_.causes.insert(*cause);
  }
  // Its last fill: nobody will ask for the cause any more.
  if (!schema::more_follow(event)) possible_.erase(schema::cause_of(event).value);
  if (to.steps.empty()) return;
  ExplainedEvent& place = told_.since[lsn];
  place.time_us = event.stamp.time.value;
  if (to.steps.size() >= place.steps.size()) place.steps = std::move(to.steps);
}

Explanation Explainer::take() && { return std::move(told_); }

}  // namespace earmark::client
