// Purchase orders: what vendors are to bring, the steps that it takes, and what of it arrived, short, over or damaged.
#include "tests/model/twin.hpp"

#include <algorithm>

namespace earmark::model {

using engine::ErrorCode;
using engine::IdSpace;
using engine::PurchaseState;
using engine::PurchaseStep;
using engine::Quantity;
using engine::TimeUs;

Answer Twin::place_purchase(const engine::PlacePurchase& command, std::uint64_t content, TimeUs now) {
  if (command.id.starts_with("reorder-")) return error({.code = ErrorCode::bad_id});  // the rules'
  return once(IdSpace::purchase, command.id, content, ErrorCode::duplicate_purchase, [&] {
    if (const auto fault = refusal(state_, command); fault.code != ErrorCode::none) return error(fault);
    Answer answer;
    answer.stamp = next_stamp(now, {});
    PurchaseAnswer decision{.id = std::string(command.id), .vendor = std::string(command.vendor), .reference = std::string(command.reference),
                            .notes = std::string(command.notes), .content = content, .state = command.state};
    Purchase& purchase = state_.purchases[answer.stamp.lsn];
    purchase = {.id = decision.id, .vendor = decision.vendor, .lsn = answer.stamp.lsn, .state = command.state, .reference = decision.reference};
    for (const engine::PurchaseLine& line : command.lines) {
      const auto units = static_cast<Quantity>(line.quantity);
      purchase.lines.push_back({line.line, line.sku, line.warehouse, units, line.promised, line.promised, 0, line.promised});
      decision.lines.push_back({.promised = line.promised, .line = line.line, .sku = line.sku, .quantity = units, .warehouse = line.warehouse});
      if (!purchase.is_draft()) state_.ordered[{line.sku, line.warehouse}] += units;
    }
    if (!purchase.is_draft()) decision.estimates = estimates(purchase, decision.lines);
    peg(command, purchase, decision);
    answer.decision = std::move(decision);
    return answer;
  });
}

Answer Twin::move_purchase(const engine::MovePurchase& command, std::uint64_t content, TimeUs now) {
  return once(IdSpace::purchase_command, command.command_id, content, ErrorCode::duplicate_purchase_command, [&] {
    if (const auto fault = refusal(state_, command); fault.code != ErrorCode::none) return error(fault);
    Answer answer;
    answer.stamp = next_stamp(now, {});
    Purchase& purchase = state_.purchases.at(state_.purchase(command.purchase_id)->lsn);
    PurchaseStepAnswer decision{.command_id = std::string(command.command_id), .purchase_id = purchase.id, .vendor = purchase.vendor,
                                .purchase_lsn = purchase.lsn, .content = content, .step = command.step};
    switch (command.step) {
      case PurchaseStep::adopt: purchase.state = PurchaseState::draft; break;
      case PurchaseStep::approve: approve(purchase, decision); break;
      case PurchaseStep::send: purchase.state = PurchaseState::sent; break;
      case PurchaseStep::acknowledge: acknowledge(purchase, command, decision); break;
      case PurchaseStep::close:
      case PurchaseStep::cancel:
        if (purchase.is_draft() && purchase.by_a_rule()) suggestion_cancelled(purchase);
        tell_open_lines(purchase, false, decision);
        purchase.state = command.step == PurchaseStep::close ? PurchaseState::closed : PurchaseState::cancelled;
        break;
    }
    take_effect(purchase, decision);
    answer.decision = std::move(decision);
    return answer;
  });
}

void Twin::approve(Purchase& purchase, PurchaseStepAnswer& decision) {
  tell_open_lines(purchase, true, decision);
  decision.estimates = estimates(purchase, decision.changes);
  purchase.state = PurchaseState::approved;
}

void Twin::take_effect(const Purchase& purchase, PurchaseStepAnswer& decision) {
  decision.state = purchase.state;
  for (const engine::PurchaseChange& change : decision.changes) state_.ordered[{change.sku, change.warehouse}] += change.incoming_change;
  note_end(purchase);
}

// Lines come to be expected, or are not expected any more; a draft's never were.
void Twin::tell_open_lines(const Purchase& purchase, bool come, PurchaseStepAnswer& decision) {
  for (const PurchaseLine& line : purchase.lines) {
    const auto open = static_cast<std::int32_t>(line.open());
    if (open == 0) continue;
    const std::int32_t change = come ? open : purchase.is_draft() ? 0 : -open;
    decision.changes.push_back({.promised = line.promised, .line = line.number, .sku = line.sku, .quantity = line.ordered,
                                .incoming_change = change, .warehouse = line.warehouse});
  }
}

void Twin::acknowledge(Purchase& purchase, const engine::MovePurchase& command, PurchaseStepAnswer& decision) {
  decision.reference = command.reference;
  if (!command.reference.empty()) purchase.reference = command.reference;
  for (const engine::PurchaseRow& row : command.rows) {
    PurchaseLine& line = *std::ranges::find(purchase.lines, row.line, &PurchaseLine::number);
    const std::uint64_t before = line.open();
    if (row.quantity != -1) line.ordered = static_cast<Quantity>(row.quantity);
    if (row.promised.value != 0) line.promised = row.promised;
    if (line.first_promised.value == 0) line.first_promised = line.promised;
    const auto change = static_cast<std::int64_t>(line.open()) - static_cast<std::int64_t>(before);
    decision.changes.push_back({.promised = line.promised, .line = line.number, .sku = line.sku, .quantity = line.ordered,
                                .incoming_change = static_cast<std::int32_t>(change), .warehouse = line.warehouse});
  }
  decision.estimates = estimates(purchase, decision.changes);
  if (purchase.state != PurchaseState::partly_received) purchase.state = PurchaseState::acknowledged;
  if (!purchase.anything_open()) purchase.state = purchase.anything_received() ? PurchaseState::received : PurchaseState::closed;
}

// The id of one that is closed is known within the horizon alone.
void Twin::note_end(const Purchase& purchase) {
  if (purchase.is_closed() && purchase.lsn < state_.oldest_known) state_.known.erase({IdSpace::purchase, purchase.id});
}

Answer Twin::receive_purchase(const engine::ReceivePurchase& command, std::uint64_t content, TimeUs now) {
  return once(IdSpace::receipt, command.id, content, ErrorCode::duplicate_receipt, [&] {
    if (const auto fault = refusal(state_, command); fault.code != ErrorCode::none) return error(fault);
    Answer answer;
    answer.stamp = next_stamp(now, {});
    Purchase& purchase = state_.purchases.at(state_.purchase(command.purchase_id)->lsn);
    PurchaseReceiptAnswer decision{.id = std::string(command.id), .purchase_id = purchase.id, .vendor = purchase.vendor,
                                   .purchase_lsn = purchase.lsn, .content = content};
    for (const engine::PurchaseArrival& row : rows_that_arrive(command, purchase)) {
      const auto good = static_cast<Quantity>(row.quantity), damaged = static_cast<Quantity>(row.damaged);
      PurchaseLine& line = *std::ranges::find(purchase.lines, row.line, &PurchaseLine::number);
      const std::uint64_t came = std::uint64_t{good} + damaged, expected = std::min(came, line.open());
      line.received += came;
      Cell& cell = state_.cells[{line.sku, line.warehouse}];
      cell.on_hand += static_cast<Quantity>(came);
      cell.unavailable += damaged;
      cell.delivered += came;
      state_.ordered[{line.sku, line.warehouse}] -= static_cast<std::int64_t>(expected);
      decision.rows.push_back({.line = line.number, .sku = line.sku, .quantity = good, .damaged = damaged,
                               .over = static_cast<Quantity>(came - expected), .available_after = cell.available(), .warehouse = line.warehouse});
    }
    purchase.state = purchase.anything_open() ? PurchaseState::partly_received : PurchaseState::received;
    decision.state = purchase.state;
    note_end(purchase);
    note_lateness(purchase, decision.rows);
    serve_delivery(purchase, decision.rows, answer);
    decision.fills_follow = mark_last(answer);
    answer.decision = std::move(decision);
    return answer;
  });
}

// As an arrival of a transfer, but for the rows' own warehouses.
void Twin::serve_delivery(const Purchase& purchase, const std::vector<engine::PurchaseArrivedRow>& rows, Answer& answer) {
  Withheld withheld;
  const auto brought = [](const engine::PurchaseArrivedRow& row) { return std::min(row.quantity, row.available_after); };
  for (const engine::PurchaseArrivedRow& row : rows) withheld[{row.sku, row.warehouse}] += brought(row);
  for (std::uint32_t index = 0; index < rows.size(); ++index) {
    const engine::PurchaseArrivedRow& row = rows[index];
    if (brought(row) == 0) continue;
    withheld[{row.sku, row.warehouse}] -= brought(row);
    serve_pegged(purchase, row, index, withheld, answer);
    fill(row.sku, index, withheld, answer);
  }
}

}  // namespace earmark::model
