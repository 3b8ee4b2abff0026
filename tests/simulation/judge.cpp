// Records, in LSN order, as they become durable.
#include "tests/simulation/judge.hpp"

#include "engine/limits.hpp"
#include "schema/record.hpp"
#include "tests/model/invariants.hpp"
#include "tests/simulation/records.hpp"

namespace earmark::simulation {

using engine::Lsn;

namespace {

std::string number(Lsn lsn) { return std::to_string(lsn.value); }

std::size_t hash_of(std::span<const std::byte> bytes) {
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string text_of(const schema::Event& event) {
  return std::visit(
      [&](const auto& decision) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(decision)>, engine::VoidDecision>) return "void";
        else return model::describe(event.stamp, decision);
      },
      event.decision);
}

}  // namespace

Judge::Judge(Disk& disk, Trace& trace, Sometimes& sometimes, model::CatalogueLimits limits)
    : disk_(disk), journal_(disk), trace_(trace), sometimes_(sometimes), limits_(limits), twin_(limits) {}

void Judge::disk_grew() {
  const Lsn durable = disk_.durable();
  if (durable <= judged_) return;
  read_records(journal_, judged_ + 1, durable, [this](const schema::Event& event, std::span<const std::byte> bytes) {
    take_record(event, bytes);
    return true;
  });
}

void Judge::take_record(const schema::Event& event, std::span<const std::byte> bytes) {
  const Lsn lsn = event.stamp.lsn;
  if (event.stamp.time < time_) throw Broken("E7: time falls at record LSN " + number(lsn));
  time_ = event.stamp.time;
  if (time_ > surroundings_.now && event.stamp.cause.value == 0) sometimes_.met(Met::record_time_raised);
  judged_ = lsn;
  ledger_.apply(event);
  Record record;
  for (auto rest = bytes; !rest.empty();) {
    const schema::Piece piece = schema::piece_at(rest);
    record.hash = record.hash * 31 + hash_of(rest.subspan(schema::piece_header_bytes, piece.stride - schema::piece_header_bytes));
    rest = rest.subspan(piece.stride);
  }
  record.cause = event.stamp.cause;
  record.last_part = lsn;
  trace_.mix(record.hash);
  if (event.stamp.cause.value != 0) {  // a fill, or what a pick did not find
    const bool last = !schema::more_follow(event);
    if (!open_ || open_->lsns.front() != event.stamp.cause) throw Broken("E2: a fill without an open cause, LSN " + number(lsn));
    open_->lsns.push_back(lsn);
    open_->text += "\n  " + text_of(event);
    Record& cause = records_[event.stamp.cause.value - 1];
    ++cause.fills;
    cause.last_part = lsn;
    cause.complete = last;
    records_.push_back(record);
    if (!last) return;
    if (cause.fills > engine::fills_per_commit) sometimes_.met(Met::fills_in_several_commits);
    apply(*std::exchange(open_, std::nullopt));
    for (Entry& entry : std::exchange(behind_open_, {})) apply(std::move(entry));
    return;
  }
  Entry entry = entry_of(event);
  if (entry.command != nullptr) {
    record.name = &decided_.insert_or_assign(entry.name, lsn).first->first;
    if (!ids_.emplace(entry.name.space, entry.name.id).second && entry.name.space != numbered_space) sometimes_.met(Met::id_used_anew);
    if (lsn <= first_asked_.at(entry.name)) throw Broken("E2, real time: LSN " + number(lsn) + " was decided before it was asked for");
  }
  record.complete = !schema::fills_follow(event.decision);
  records_.push_back(record);
  if (open_) {
    sometimes_.met(Met::decided_between_a_cause_and_its_fills);
    if (!record.complete) throw Broken("E2: two causes have fills outstanding, LSN " + number(lsn));
    behind_open_.push_back(std::move(entry));
  } else if (!record.complete) {
    open_ = std::move(entry);
  } else {
    apply(std::move(entry));
  }
}

Asking Judge::name_of(const schema::Decision& decision) const {
  if (const auto* order = std::get_if<engine::OrderDecision>(&decision)) return {engine::IdSpace::order, std::string(order->id), order->content};
  if (const auto* receipt = std::get_if<engine::ReceiptDecision>(&decision)) {
    return {engine::IdSpace::receipt, std::string(receipt->id), receipt->content};
  }
  if (const auto* cancel = std::get_if<engine::CancelDecision>(&decision)) {
    return {engine::IdSpace::cancel, std::string(cancel->command_id), cancel->content};
  }
  if (const auto* amend = std::get_if<engine::AmendDecision>(&decision)) {
    return {engine::IdSpace::amend, std::string(amend->command_id), amend->content};
  }
  if (const auto* ship = std::get_if<engine::ShipDecision>(&decision)) return {engine::IdSpace::ship, std::string(ship->command_id), ship->content};
  if (const auto* change = std::get_if<engine::StockChangeDecision>(&decision)) {
    return {engine::IdSpace::stock_change, std::string(change->id), change->content};
  }
  if (const auto* hold = std::get_if<engine::HoldDecision>(&decision)) return {engine::IdSpace::hold, std::string(hold->id), hold->content};
  if (const auto* extend = std::get_if<engine::HoldExtendDecision>(&decision)) {
    return {engine::IdSpace::hold_command, std::string(extend->command_id), extend->content};
  }
  if (const auto* move = std::get_if<engine::ShipmentDecision>(&decision)) {
    return {engine::IdSpace::shipment, std::string(move->command_id), move->content};
  }
  if (const auto* ship = std::get_if<engine::TransferShipDecision>(&decision)) return {engine::IdSpace::transfer, std::string(ship->id), ship->content};
  if (const auto* receipt = std::get_if<engine::TransferReceiptDecision>(&decision)) {
    return {engine::IdSpace::transfer_command, std::string(receipt->command_id), receipt->content};
  }
  if (const auto* place = std::get_if<engine::PurchaseDecision>(&decision)) return {engine::IdSpace::purchase, std::string(place->id), place->content};
  if (const auto* step = std::get_if<engine::PurchaseStepDecision>(&decision)) {
    return {engine::IdSpace::purchase_command, std::string(step->command_id), step->content};
  }
  if (const auto* receipt = std::get_if<engine::PurchaseReceiptDecision>(&decision)) {
    return {engine::IdSpace::receipt, std::string(receipt->id), receipt->content};
  }
  if (const auto* end = std::get_if<engine::HoldEndDecision>(&decision)) {
    return {engine::IdSpace::hold_command, std::string(end->command_id), end->content};
  }
  // A load gives one warehouse a name with its number, rules one vendor; one that does not is the last one once more.
  if (const auto* rules = std::get_if<engine::RulesDecision>(&decision)) {
    for (const engine::VendorSet& entry : rules->vendors) {
      if (is_numbered(entry.name)) return {numbered_space, std::string(entry.name), 0};
    }
    for (const auto& [code, vendor] : twin_.state().vendors) {
      if (is_numbered(vendor.name)) return {numbered_space, vendor.name, 0};
    }
    return {numbered_space, "", 0};
  }
  for (const engine::LoadedWarehouse& entry : std::get<engine::LoadDecision>(decision).warehouses) {
    if (is_numbered(entry.name)) return {numbered_space, std::string(entry.name), 0};
  }
  for (const model::Warehouse& warehouse : twin_.state().warehouses) {
    if (is_numbered(warehouse.name)) return {numbered_space, warehouse.name, 0};
  }
  return {numbered_space, "", 0};
}

namespace {

// A hold that expires, an order that is cancelled or becomes due, supply that is late.
bool is_by_time(const schema::Decision& decision) {
  if (const auto* end = std::get_if<engine::HoldEndDecision>(&decision)) return end->how == engine::HoldEnd::expired;
  if (const auto* cancel = std::get_if<engine::CancelDecision>(&decision)) return cancel->command_id.empty();
  if (const auto* step = std::get_if<engine::PurchaseStepDecision>(&decision)) return step->command_id.empty();
  if (std::holds_alternative<engine::OverdueDecision>(decision)) return true;
  const auto* amend = std::get_if<engine::AmendDecision>(&decision);
  return amend != nullptr && amend->command_id.empty();
}

}  // namespace

Judge::Entry Judge::entry_of(const schema::Event& event) {
  Entry entry;
  entry.lsns = {event.stamp.lsn};
  entry.time = event.stamp.time;
  entry.text = text_of(event);
  if (const auto* bookkeeping = std::get_if<engine::VoidDecision>(&event.decision)) {
    entry.bookkeeping = *bookkeeping;
    if (bookkeeping->oldest_known.value != 0) sometimes_.met(Met::ids_forgotten);
    return entry;
  }
  if (const auto* strict = std::get_if<engine::StrictDecision>(&event.decision)) {
    entry.turn = strict->waited;
    if (surroundings_.recovering) sometimes_.met(Met::waiter_turned_strict_by_recovery);
    return entry;
  }
  entry.by_time = is_by_time(event.decision);
  if (entry.by_time) {
    const bool expires = std::holds_alternative<engine::HoldEndDecision>(event.decision);
    const bool late = std::holds_alternative<engine::OverdueDecision>(event.decision);
    const bool cut_off = std::holds_alternative<engine::PurchaseStepDecision>(event.decision);
    if (cut_off) sometimes_.met(Met::suggestion_approved_at_its_cut_off);
    if (surroundings_.recovering && !late && !cut_off) sometimes_.met(expires ? Met::hold_expired_while_the_server_was_down : Met::time_of_an_order_came_while_the_server_was_down);
    if (late) sometimes_.met(Met::supply_was_late);
    return entry;
  }
  const auto* reorder = std::get_if<engine::ReorderDecision>(&event.decision);
  entry.follows = reorder != nullptr || std::holds_alternative<engine::DatesDecision>(event.decision);
  if (reorder != nullptr) {
    entry.rule = {reorder->sku, reorder->warehouse};
    note_rule(*reorder);
  } else if (entry.follows) {
    sometimes_.met(Met::date_that_was_told_moved);
  }
  if (entry.follows) return entry;
  entry.name = name_of(event.decision);
  const auto found = commands_.find(entry.name);
  if (found == commands_.end()) throw Broken("E2: a decision that nobody asked for: " + entry.text);
  entry.command = found->second;
  return entry;
}

void Judge::apply(model::Twin& twin, const Entry& entry, model::Answer& answer) {
  twin.number(entry.lsns);
  if (entry.bookkeeping) {
    twin.forget(*entry.bookkeeping, entry.time);
    return;
  }
  if (entry.by_time || entry.turn) {
    const std::vector<model::Answer> due = twin.run_timers(entry.time, 1);
    if (due.empty()) throw Broken("I6: a time has come, and none is due: " + entry.text);
    answer = due.front();
    return;
  }
  if (entry.rule) {
    std::optional<model::Answer> said = twin.look_at_rule(entry.rule->first, entry.rule->second, entry.time);
    if (!said) throw Broken("rules: one that has nothing to say: " + entry.text);
    answer = std::move(*said);
    return;
  }
  if (entry.follows) {
    std::vector<model::Answer> told = twin.follow_at(entry.time);
    if (told.empty()) throw Broken("E2: the log tells what does not follow: " + entry.text);
    answer = std::move(told.front());
    return;
  }
  answer = model::apply(twin, *entry.command, entry.name.content, entry.time);
}

void Judge::apply(Entry entry) {
  model::Answer answer;
  check_times(entry);
  const bool others_turn = twin_.must_turn() && !entry.turn && !entry.follows;
  apply(twin_, entry, answer);
  if (!entry.bookkeeping) {
    if (others_turn) check_nobody_turns_first(entry, answer);
    if (answer.duplicate) throw Broken("I5, exactly once: decided again: " + entry.text);
    const std::string twin = model::describe(answer);
    if (twin != entry.text) throw Broken("E2: the log and the twin disagree\nlog:  " + entry.text + "\ntwin: " + twin);
    note_victims(answer);
    note_arrival(answer);
    note_purchase(answer);
    note_times(entry, answer);
    note_patience(entry, answer);
    const std::uint64_t lsn = entry.lsns.front().value;
    std::string broken = model::check_no_overtaking(twin_.state(), answer);
    if (broken.empty() && lsn % 32 == 0) broken = model::check_invariants(twin_.state(), answer);
    if (!broken.empty()) throw Broken(broken + "\nafter " + entry.text);
  }
  entry.text.clear();
  log_.push_back(std::move(entry));
}

void Judge::note_rule(const engine::ReorderDecision& reorder) {
  if (surroundings_.recovering) sometimes_.met(Met::rule_looked_at_by_recovery);
  if (reorder.cleared) return sometimes_.met(Met::rule_cleared);
  if (reorder.quantity == 0) return sometimes_.met(Met::rule_alerted);
  if (reorder.purchase_lsn.value == 0) return sometimes_.met(reorder.state == engine::PurchaseState::approved ? Met::rule_ordered : Met::rule_suggested);
  sometimes_.met(reorder.quantity == reorder.line_quantity ? Met::rule_joined_a_suggestion : Met::rule_raised_its_line);
}

void Judge::note_victims(const model::Answer& answer) {
  const auto* change = answer.missing ? &*answer.missing : std::get_if<model::StockChangeAnswer>(&answer.decision);
  if (change != nullptr && !change->overdrawn.empty()) sometimes_.met(Met::cell_overdrawn);
  if (change == nullptr || change->lost.empty()) return;
  if (!change->of_holds.empty()) sometimes_.met(Met::shrinkage_took_held_units);
  if (change->lost.size() > change->of_holds.size()) sometimes_.met(Met::shrinkage_took_reserved_units);
  for (const engine::LostUnits& lost : change->lost) {
    for (const model::FillAnswer& fill : answer.fills) {
      if (fill.order_lsn == lost.order_lsn && fill.line == lost.line) sometimes_.met(Met::victim_served_from_another_warehouse);
    }
  }
}

void Judge::note_arrival(const model::Answer& answer) {
  const auto* arrival = std::get_if<model::TransferReceiptAnswer>(&answer.decision);
  if (arrival == nullptr) return;
  if (!answer.fills.empty()) sometimes_.met(Met::arrival_served_who_waits);
  if (!arrival->missing.empty()) sometimes_.met(Met::arrival_closed_a_transfer_short);
}

// Whichever thread's clock was read, it was not ahead of all that the machine ever showed.
void Judge::check_times(const Entry& entry) const {
  if (entry.time > latest_now_) throw Broken("E7: a record is of a time that no clock has shown: " + entry.text);
}

void Judge::check_nobody_turns_first(const Entry& entry, const model::Answer& answer) const {
  const auto* order = std::get_if<model::OrderAnswer>(&answer.decision);
  if (order != nullptr && model::is_fast(twin_.state(), order->view())) return;
  throw Broken("patience: somebody was passed over often enough, and before he turns strict the settler decides " + entry.text);
}

void Judge::note_patience(const Entry& entry, const model::Answer& answer) {
  if (const auto* order = std::get_if<model::OrderAnswer>(&answer.decision); order != nullptr && order->skipped.order_lsn.value != 0) sometimes_.met(Met::waiter_skipped_by_an_order);
  for (const model::FillAnswer& fill : answer.fills) {
    if (fill.skipped.order_lsn.value != 0) sometimes_.met(Met::waiter_skipped_by_a_fill);
    if (fill.strict) sometimes_.met(fill.still_waiting != 0 ? Met::strict_waiter_gathered : Met::strict_waiter_got_the_rest);
  }
  if (!entry.turn) return;
  sometimes_.met(*entry.turn ? Met::waiter_turned_strict_by_time : Met::waiter_turned_strict_by_skips);
  if (!answer.as<model::StrictAnswer>().lost.empty()) sometimes_.met(Met::strict_waiter_took_over);
}

void Judge::note_times(const Entry& entry, const model::Answer& answer) {
  if (entry.turn) return;
  if (std::holds_alternative<model::CancelAnswer>(answer.decision) && entry.by_time) return sometimes_.met(Met::order_cancelled_at_its_time);
  if (std::holds_alternative<model::AmendAnswer>(answer.decision) && entry.by_time) {
    return sometimes_.met(answer.fills.empty() ? Met::order_became_due : Met::order_became_due_and_took);
  }
  if (!entry.by_time) {
    const auto* order = std::get_if<model::OrderAnswer>(&answer.decision);
    if (order != nullptr && !order->hold.empty()) sometimes_.met(order->reacquired ? Met::expired_hold_reacquired : Met::hold_confirmed);
    return;
  }
  if (!std::holds_alternative<model::HoldEndAnswer>(answer.decision)) return;
  sometimes_.met(Met::hold_expired);
  if (!answer.fills.empty()) sometimes_.met(Met::expiry_served_who_waits);
}

void Judge::restarted() {
  disk_grew();
  if (disk_.durable() < told_ || disk_.durable() < judged_) {
    throw Broken("I7: LSN " + number(std::max(told_, judged_)) + " was told, and after a restart the log ends at LSN " + number(disk_.durable()));
  }
}

}  // namespace earmark::simulation
