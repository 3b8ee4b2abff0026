#include "tests/system/support/log.hpp"

#include <algorithm>

#include "schema/request.hpp"
#include "storage/lmdb_journal.hpp"
#include "storage/recovery.hpp"

namespace earmark::test {

void each_record(const std::filesystem::path& directory, const std::function<void(const schema::Event&)>& use) {
  storage::OpenOptions options;
  options.read_only = true;
  const auto journal = storage::open_lmdb_journal(directory, options);
  if (!journal) throw std::runtime_error("cannot open the journal: " + journal.error().text);
  const auto report = storage::replay(*journal.value(), use);
  if (!report) throw std::runtime_error("cannot read the journal: " + report.error().text);
}

std::vector<std::string> read_log(const std::filesystem::path& directory) {
  std::vector<std::string> log;
  each_record(directory, [&](const schema::Event& event) { log.push_back(describe(event)); });
  return log;
}

std::uint64_t wire_content(const model::Command& command) {
  return std::visit(
      [](const auto& each) -> std::uint64_t {
        using Kind = std::decay_t<decltype(each)>;
        if constexpr (std::is_same_v<Kind, model::LoadCommand> || std::is_same_v<Kind, model::SetRulesCommand>) return 0;  // they have no id
        else return schema::content_hash(each.view());
      },
      command);
}

model::Command StrongReplay::command_of(const engine::OrderDecision& decision) const {
  model::OrderCommand order{.id = std::string(decision.id), .priority = decision.priority, .policy = decision.policy,
                            .sourcing = decision.sourcing, .preferred = decision.preferred, .placed_at = decision.placed_at,
                            .need_by = decision.need_by, .reserve_not_before = decision.reserve_not_before,
                            .cancel_after = decision.cancel_after, .texts = model::OwnedTexts::of(decision.texts)};
  for (const engine::LineDecision& line : decision.lines) {
    order.lines.push_back({line.quantity, line.sku, line.line, line.pinned, decision.own_policy(order.lines.size()), 0, 0});
  }
  return order;
}

model::Command StrongReplay::command_of(const engine::ReceiptDecision& decision) const {
  model::ReceiptCommand receipt{.id = std::string(decision.id)};
  for (const engine::ReceivedRow& row : decision.rows) receipt.rows.push_back({row.quantity, row.sku, row.warehouse, 0});
  return receipt;
}

// What a row asked for is what it took, what it gave back and what was not there.
model::Command StrongReplay::command_of(const engine::CancelDecision& decision) const {
  model::CancelCommand cancel{.command_id = std::string(decision.command_id), .order_id = std::string(decision.order_id)};
  if (decision.whole) return cancel;
  std::size_t next = 0;
  for (const engine::CancelledLine& line : decision.lines) {
    std::uint64_t quantity = line.waiting + line.excess;
    for (std::uint32_t count = 0; count < line.releases; ++count) quantity += decision.released[next++].quantity;
    cancel.rows.push_back({static_cast<engine::WireQuantity>(quantity), line.line, 0});
  }
  return cancel;
}

// What was asked for is what the line has, in the twin, but for what the record takes from it or adds. Which priority was asked for where
// nothing is open any more, no record says.
model::Command StrongReplay::command_of(const engine::AmendDecision& decision) const {
  model::AmendCommand amend{.command_id = std::string(decision.command_id), .order_id = std::string(decision.order_id)};
  if (decision.lines.empty() && decision.raised.empty()) amend.priority = decision.priority.value_or(engine::Priority{100});
  const model::State& state = twin_.state();
  std::size_t next = 0;
  for (const engine::CancelledLine& row : decision.lines) {
    const model::Order& order = state.orders.at(state.order_ids.at(amend.order_id));
    const auto line = std::ranges::find(order.lines, row.line, &model::Line::number);
    std::uint64_t too_much = row.waiting + row.excess;
    for (std::uint32_t count = 0; count < row.releases; ++count) too_much += decision.released[next++].quantity;
    amend.rows.push_back({static_cast<engine::WireQuantity>(line->quantity - line->cancelled - too_much), row.line, 0});
  }
  for (const engine::RaisedLine& row : decision.raised) {
    const model::Order& order = state.orders.at(state.order_ids.at(amend.order_id));
    const auto line = std::ranges::find(order.lines, row.line, &model::Line::number);
    amend.rows.push_back({engine::WireQuantity{line->quantity} - line->cancelled + row.quantity, row.line, 0});
  }
  return amend;
}

model::Command StrongReplay::command_of(const engine::ShipDecision& decision) const {
  return model::ShipCommand{std::string(decision.command_id), std::string(decision.order_id)};
}

// The record has only what is new or changed: an entry that a stock row names besides is given as it stands.
model::Command StrongReplay::command_of(const engine::LoadDecision& decision) const {
  model::LoadCommand load;
  std::map<engine::WarehouseId, std::uint32_t> warehouses;
  std::map<engine::SkuId, std::uint32_t> products;
  for (const engine::LoadedWarehouse& entry : decision.warehouses) {
    warehouses.emplace(entry.id, static_cast<std::uint32_t>(load.warehouses.size()));
    load.warehouses.push_back({std::string(entry.code), std::string(entry.name), entry.priority});
  }
  for (const engine::LoadedProduct& entry : decision.products) {
    products.emplace(entry.id, static_cast<std::uint32_t>(load.products.size()));
    load.products.push_back({std::string(entry.code), std::string(entry.description), entry.backorderable});
  }
  for (const engine::ReceivedRow& row : decision.stock) {
    if (warehouses.try_emplace(row.warehouse, static_cast<std::uint32_t>(load.warehouses.size())).second) {
      load.warehouses.push_back(twin_.state().warehouses.at(row.warehouse.value - 1U));
    }
    if (products.try_emplace(row.sku, static_cast<std::uint32_t>(load.products.size())).second) {
      load.products.push_back(twin_.state().products.at(row.sku.value - 1U));
    }
    load.stock.push_back({row.quantity, products.at(row.sku), warehouses.at(row.warehouse)});
  }
  return load;
}

// A count expected what was on hand, by the rows before it.
model::Command StrongReplay::command_of(const engine::StockChangeDecision& decision) const {
  model::ChangeCommand change{std::string(decision.id), decision.kind, std::string(decision.reason), {}};
  std::map<model::CellKey, std::int64_t> changed;
  for (const engine::ChangedRow& row : decision.rows) {
    std::int64_t& by_earlier_rows = changed[{row.sku, row.warehouse}];
    const std::int64_t on_hand = twin_.state().cell(row.sku, row.warehouse).on_hand + by_earlier_rows;
    by_earlier_rows += row.on_hand_change;
    const std::int64_t quantity = decision.kind == engine::ChangeKind::count        ? on_hand + row.on_hand_change
                                  : decision.kind == engine::ChangeKind::adjust     ? row.on_hand_change
                                  : decision.kind == engine::ChangeKind::quarantine ? row.unavailable_change
                                                                                    : -row.unavailable_change;
    change.rows.push_back({quantity, decision.kind == engine::ChangeKind::count ? on_hand : 0, row.sku, row.warehouse, 0});
  }
  return change;
}

// Rows that say what came of it: of a pick those that were not found whole, of a return all.
model::Command StrongReplay::command_of(const engine::ShipmentDecision& decision) const {
  model::MoveCommand move{.command_id = std::string(decision.command_id), .order_id = std::string(decision.order_id), .shipment = decision.shipment,
                          .step = decision.step, .carrier = std::string(decision.carrier), .tracking = std::string(decision.tracking),
                          .expected = decision.expected, .to_unavailable = decision.to_unavailable, .reason = std::string(decision.reason)};
  for (const engine::MovedLine& line : decision.lines) {
    if (line.rest != 0 || decision.step == engine::ShipmentStep::give_back) move.rows.push_back({line.quantity, line.line, 0});
  }
  return move;
}

model::Command StrongReplay::command_of(const engine::TransferShipDecision& decision) const {
  model::ShipTransferCommand ship{.id = std::string(decision.id), .source = decision.source, .destination = decision.destination,
                                  .expected = decision.expected, .reason = std::string(decision.reason)};
  for (const engine::TransferredRow& row : decision.rows) ship.rows.push_back({row.quantity, row.sku, 0});
  return ship;
}

// Whether it was told to close shows only where something is missing; without rows or with the same ones in rows is the same.
model::Command StrongReplay::command_of(const engine::TransferReceiptDecision& decision) const {
  model::ReceiveTransferCommand receive{.command_id = std::string(decision.command_id), .transfer_id = std::string(decision.transfer_id),
                                        .close = !decision.missing.empty()};
  for (const engine::ArrivedRow& row : decision.rows) receive.rows.push_back({row.quantity, row.damaged, row.sku, 0});
  return receive;
}

std::string StrongReplay::missing(const schema::Event& event) {
  const std::string logged = describe(event);
  const auto pick = missing_.find(event.stamp.cause);
  if (pick == missing_.end()) return "the twin knows of no such pick: " + logged;
  model::StockChangeAnswer expected = std::move(pick->second);
  missing_.erase(pick);
  for (engine::LostUnits& lost : expected.lost) lost.order_lsn = log_lsns_.at(lost.order_lsn);
  const std::string text = model::describe(engine::Stamp{event.stamp.lsn, {}, event.stamp.cause}, expected.view());
  return text == logged ? "" : "the log has\n  " + logged + "\nthe twin says\n  " + text;
}

std::string StrongReplay::decide(const schema::Event& event, const model::Command& command, std::uint64_t content) {
  const std::string logged = describe(event);
  const auto* order = std::get_if<engine::OrderDecision>(&event.decision);
  if (twin_.must_turn() && (order == nullptr || !model::is_fast(twin_.state(), *order))) return "somebody who was passed over often enough turns strict first: " + logged;
  const model::Answer answer = model::apply(twin_, command, content, event.stamp.time);
  if (!answer.decided() || answer.duplicate) return "the log has\n  " + logged + "\nthe twin says\n  " + model::describe(answer);
  std::string expected;
  std::visit(
      [&](const auto& decision) {
        if constexpr (std::is_same_v<std::decay_t<decltype(decision)>, model::StockChangeAnswer>) {
          model::StockChangeAnswer renumbered = decision;
          for (engine::LostUnits& lost : renumbered.lost) lost.order_lsn = log_lsns_.at(lost.order_lsn);
          expected = model::describe(engine::Stamp{event.stamp.lsn, {}, {}}, renumbered.view());
        } else if constexpr (std::is_same_v<std::decay_t<decltype(decision)>, model::TransferReceiptAnswer>) {
          model::TransferReceiptAnswer renumbered = decision;
          renumbered.transfer_lsn = log_lsns_.at(renumbered.transfer_lsn);
          expected = model::describe(engine::Stamp{event.stamp.lsn, {}, {}}, renumbered.view());
        } else if constexpr (requires { decision.purchase_lsn; }) {
          std::decay_t<decltype(decision)> renumbered = decision;
          renumbered.purchase_lsn = log_lsns_.at(renumbered.purchase_lsn);
          expected = model::describe(engine::Stamp{event.stamp.lsn, {}, {}}, renumbered.view());
        } else if constexpr (std::is_same_v<std::decay_t<decltype(decision)>, model::PurchaseAnswer>) {
          model::PurchaseAnswer renumbered = decision;
          for (engine::PurchasePeg& peg : renumbered.pegs) peg.order_lsn = log_lsn(peg.order_lsn);
          expected = model::describe(engine::Stamp{event.stamp.lsn, {}, {}}, renumbered.view());
        } else if constexpr (std::is_same_v<std::decay_t<decltype(decision)>, model::OrderAnswer>) {
          model::OrderAnswer renumbered = decision;
          renumbered.skipped.order_lsn = log_lsn(renumbered.skipped.order_lsn);
          expected = model::describe(engine::Stamp{event.stamp.lsn, {}, {}}, renumbered.view());
        } else if constexpr (!std::is_same_v<std::decay_t<decltype(decision)>, std::monostate>) {
          expected = model::describe(engine::Stamp{event.stamp.lsn, {}, {}}, decision.view());
        }
      },
      answer.decision);
  if (expected != logged) return "the log has\n  " + logged + "\nthe twin says\n  " + expected;
  log_lsns_[answer.stamp.lsn] = event.stamp.lsn;
  if (answer.missing) missing_[event.stamp.lsn] = *answer.missing;
  if (!outstanding_.empty()) ++interleaved_;
  if (!answer.fills.empty()) outstanding_[event.stamp.lsn].assign(answer.fills.begin(), answer.fills.end());
  return "";
}

std::string StrongReplay::fill(const schema::Event& event, const engine::FillDecision&) {
  const std::string logged = describe(event);
  const auto cause = outstanding_.find(event.stamp.cause);
  if (cause == outstanding_.end()) return "the twin knows of no such fill: " + logged;
  engine::FillDecision expected = cause->second.front().view();
  expected.order_lsn = log_lsns_.at(expected.order_lsn);
  expected.raised_at = log_lsn(expected.raised_at);
  expected.skipped.order_lsn = log_lsn(expected.skipped.order_lsn);
  const std::string text = model::describe(engine::Stamp{event.stamp.lsn, {}, event.stamp.cause}, expected);
  if (text != logged) return "the log has\n  " + logged + "\nthe twin says\n  " + text;
  cause->second.pop_front();
  if (cause->second.empty()) outstanding_.erase(cause);
  ++fills_;
  return "";
}

// What follows by itself: somebody turns strict, supply is late, a date moves.
std::string StrongReplay::turn(const schema::Event& event) {
  const std::string logged = describe(event);
  if (!outstanding_.empty()) return "something follows while fills of LSN " + std::to_string(outstanding_.begin()->first.value) + " are missing: " + logged;
  const bool moves = std::holds_alternative<engine::DatesDecision>(event.decision);
  const std::vector<model::Answer> next = moves ? twin_.follow_at(event.stamp.time) : twin_.run_timers(event.stamp.time, 1);
  if (next.empty()) return "by the twin nothing follows: " + logged;
  const model::Answer& answer = next.front();
  const engine::Stamp stamp{event.stamp.lsn, {}, {}};
  std::string text = model::describe(answer);
  if (const auto* strict = std::get_if<model::StrictAnswer>(&answer.decision)) {
    model::StrictAnswer expected = *strict;
    expected.order_lsn = log_lsn(expected.order_lsn);
    for (engine::LostUnits& lost : expected.lost) lost.order_lsn = log_lsn(lost.order_lsn);
    text = model::describe(stamp, expected.view());
    ++turned_;
  } else if (const auto* late = std::get_if<model::OverdueAnswer>(&answer.decision)) {
    model::OverdueAnswer expected = *late;
    expected.lsn = log_lsn(expected.lsn);
    text = model::describe(stamp, expected.view());
  } else if (const auto* dates = std::get_if<model::DatesAnswer>(&answer.decision)) {
    model::DatesAnswer expected = *dates;
    for (engine::MovedDate& line : expected.lines) line.order_lsn = log_lsn(line.order_lsn);
    text = model::describe(stamp, expected.view());
  }
  if (text != logged) return "the log has\n  " + logged + "\nthe twin says\n  " + text;
  log_lsns_[answer.stamp.lsn] = event.stamp.lsn;
  if (!answer.fills.empty()) outstanding_[event.stamp.lsn].assign(answer.fills.begin(), answer.fills.end());
  return "";
}

// The twin's numbers differ from the log's where fills were interleaved with others; commands stand in the same order.
std::string StrongReplay::forget(const engine::VoidDecision& decision) {
  if (decision.oldest_known.value == 0) return "";  // cells were gated while victims were looked for
  engine::VoidDecision twins{twin_.state().lsn + 1, {}};
  for (const auto& [twin, log] : log_lsns_) {
    if (log <= decision.archived) twins.archived = twin;
    if (log >= decision.oldest_known) {
      twins.oldest_known = std::min(twins.oldest_known, twin);
      if (log > decision.archived) break;
    }
  }
  twin_.forget(twins, {});
  ++forgettings_;
  return "";
}

// Refusals change nothing, so the twin can be asked again and again.
std::string StrongReplay::judge_refusals(engine::Lsn lsn) {
  const auto [begin, end] = refused_.equal_range(lsn);
  for (auto entry = begin; entry != end; ++entry) {
    const Refused& refused = entry->second;
    const model::Answer answer = model::apply(twin_, refused.command, refused.content, {});
    if (answer.decided() || model::describe(answer.error) != model::describe(refused.error)) {
      return "as of LSN " + std::to_string(lsn.value) + " the server refused '" + model::describe(refused.command) + "' with\n  " +
             model::describe(refused.error) + "\nthe twin says\n  " + model::describe(answer);
    }
    ++judged_;
  }
  return "";
}

template <class Decision>
constexpr bool is_about_holds = std::is_same_v<Decision, engine::HoldDecision> || std::is_same_v<Decision, engine::HoldExtendDecision> ||
                                std::is_same_v<Decision, engine::HoldEndDecision>;

template <class Decision>
constexpr bool follows_by_itself = std::is_same_v<Decision, engine::StrictDecision> || std::is_same_v<Decision, engine::OverdueDecision> ||
                                   std::is_same_v<Decision, engine::DatesDecision>;

std::string StrongReplay::apply(const schema::Event& event) {
  std::string problem = std::visit(
      [&](const auto& decision) -> std::string {
        using Kind = std::decay_t<decltype(decision)>;
        if constexpr (std::is_same_v<Kind, engine::VoidDecision>) return forget(decision);
        else if constexpr (std::is_same_v<Kind, engine::FillDecision>) return fill(event, decision);
        else if constexpr (follows_by_itself<Kind>) return turn(event);
        else if constexpr (std::is_same_v<Kind, engine::RulesDecision> || std::is_same_v<Kind, engine::ReorderDecision>) return "a record about rules, which nobody set: " + describe(event);
        else if constexpr (is_about_holds<Kind>) return "a record about a hold, which nobody asked for: " + describe(event);
        else if constexpr (std::is_same_v<Kind, engine::StockChangeDecision>) {
          return event.stamp.cause.value != 0 ? missing(event) : decide(event, command_of(decision), decision.content);
        }
        else if constexpr (std::is_same_v<Kind, engine::LoadDecision>) return decide(event, command_of(decision), 0);
        else return decide(event, command_of(decision), decision.content);
      },
      event.decision);
  return problem.empty() ? judge_refusals(event.stamp.lsn) : problem;
}

std::string StrongReplay::run(const std::filesystem::path& directory) {
  std::string problem = judge_refusals(engine::Lsn{0});
  each_record(directory, [&](const schema::Event& event) {
    if (problem.empty()) problem = apply(event);
  });
  if (problem.empty() && !outstanding_.empty()) problem = "fills of LSN " + std::to_string(outstanding_.begin()->first.value) + " are missing";
  if (problem.empty() && twin_.must_turn()) problem = "the log ends, and somebody who was passed over often enough has not turned strict";
  return problem;
}

}  // namespace earmark::test
