#include "tests/model/answers.hpp"

#include <sstream>

#include "tests/model/answers_words.hpp"

namespace earmark::model {
namespace {

void write_takes(std::ostream& out, std::span<const engine::Take> takes) {
  for (const engine::Take& take : takes) {
    out << " [" << take.quantity << " in " << number(take.warehouse) << " shipment " << take.shipment << " leaves "
        << take.available_after << "]";
  }
}

void write_lines(std::ostream& out, std::span<const engine::LineDecision> lines, std::span<const engine::Take> takes) {
  for (const engine::LineDecision& line : lines) {
    out << "; line " << number(line.line) << " sku " << number(line.sku) << " pinned " << number(line.pinned) << " wants "
        << line.quantity << " backordered " << line.backordered << " more " << line.more_takes;
    const engine::Take first{line.taken, line.available_after, line.warehouse, line.shipment};
    write_takes(out, {&first, 1});
  }
  out << "; takes";
  write_takes(out, takes);
}

void write_rows(std::ostream& out, std::span<const engine::ReceivedRow> rows) {
  for (const engine::ReceivedRow& row : rows) {
    out << " [sku " << number(row.sku) << " in " << number(row.warehouse) << " +" << row.quantity << " makes "
        << row.available_after << "]";
  }
}

void write_skip(std::ostream& out, const engine::Skip& skipped) {
  if (skipped.order_lsn.value == 0) return;
  out << "; skips '" << skipped.order << "' of " << number(skipped.order_lsn) << " line " << number(skipped.line);
}

void write_taken_back(std::ostream& out, std::span<const engine::CancelledLine> lines, std::span<const engine::Take> released) {
  for (const engine::CancelledLine& line : lines) {
    out << "; line " << number(line.line) << " sku " << number(line.sku) << " waiting " << line.waiting << " releases "
        << line.releases << " excess " << line.excess;
  }
  out << "; released";
  write_takes(out, released);
}

}  // namespace

OwnedTexts OwnedTexts::of(const engine::OrderTexts& texts) {
  return {std::string(texts.customer), std::string(texts.channel),   std::string(texts.ship_to),
          std::string(texts.contact),  std::string(texts.reference), std::string(texts.notes)};
}

engine::OrderTexts OwnedTexts::view() const { return {customer, channel, ship_to, contact, reference, notes}; }

engine::OrderDecision OrderAnswer::view() const {
  return {.id = id, .content = content, .status = status, .policy = policy, .priority = priority, .sourcing = sourcing,
          .preferred = preferred, .placed_at = placed_at, .need_by = need_by, .reserve_not_before = reserve_not_before,
          .cancel_after = cancel_after, .texts = texts.view(), .lines = lines, .takes = takes, .waits = waits,
          .fills_follow = fills_follow, .hold = hold, .reacquired = reacquired, .returned = returned, .line_policies = line_policies,
          .not_backorderable = not_backorderable, .not_due = not_due, .skipped = skipped.view(), .expected = expected,
          .fallbacks = fallbacks};
}

engine::HoldDecision HoldAnswer::view() const {
  return {.id = id, .content = content, .status = status, .partial = partial, .deadline = deadline, .customer = customer,
          .lines = lines, .takes = takes};
}

engine::HoldExtendDecision HoldExtendAnswer::view() const {
  return {.command_id = command_id, .hold_id = hold_id, .content = content, .deadline = deadline, .cut = cut, .customer = customer};
}

engine::HoldEndDecision HoldEndAnswer::view() const {
  return {.command_id = command_id, .hold_id = hold_id, .content = content, .how = how, .fills_follow = fills_follow,
          .lines = lines, .released = released, .customer = customer};
}

engine::FillDecision FillAnswer::view() const {
  return {.order_id = order_id, .order_lsn = order_lsn, .line = line, .sku = sku, .row = row,
          .still_waiting = still_waiting, .last = last, .takes = takes, .customer = {}, .raised_at = raised_at, .skipped = skipped.view(), .pegged = pegged};
}

engine::ReceiptDecision ReceiptAnswer::view() const {
  return {.id = id, .content = content, .fills_follow = fills_follow, .rows = rows};
}

engine::CancelDecision CancelAnswer::view() const {
  return {.command_id = command_id, .order_id = order_id, .content = content, .whole = whole,
          .fills_follow = fills_follow, .lines = lines, .released = released};
}

engine::AmendDecision AmendAnswer::view() const {
  return {command_id, order_id, content, priority, fills_follow, lines, released, {}, raised};
}

engine::ShipDecision ShipAnswer::view() const {
  return {.command_id = command_id, .order_id = order_id, .content = content, .lines = lines, .shipped = shipped};
}

engine::LoadDecision LoadAnswer::view() const {
  return {.fills_follow = fills_follow, .warehouses = warehouses, .products = products, .stock = stock};
}

std::string describe(const engine::Stamp& stamp, const engine::OrderDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " order '" << decision.id << "' content " << decision.content << ' ' << name(decision.status)
                          << ' ' << name(decision.policy) << ' ' << name(decision.sourcing) << " priority "
                          << number(decision.priority) << " preferred " << number(decision.preferred) << " times "
                          << decision.placed_at.value << ' ' << decision.need_by.value << ' '
                          << decision.reserve_not_before.value << ' ' << decision.cancel_after.value;
  const engine::OrderTexts& texts = decision.texts;
  for (const std::string_view text : {texts.customer, texts.channel, texts.ship_to, texts.contact, texts.reference, texts.notes}) {
    out << " '" << text << "'";
  }
  write_lines(out, decision.lines, decision.takes);
  for (const engine::LineWait& wait : decision.waits) {
    out << "; wait index " << wait.line_index << " position " << wait.position << " ahead " << wait.quantity_ahead;
  }
  for (const engine::ExpectedUnits& each : decision.expected) {
    out << "; expects index " << each.line_index << ' ' << each.quantity << " by " << each.date.value;
  }
  for (const engine::ExpectedUnits& each : decision.fallbacks) {
    out << "; ordered now index " << each.line_index << ' ' << each.quantity << " by " << each.date.value;
  }
  for (const engine::LinePolicy policy : decision.line_policies) out << "; own " << +policy.code;
  for (const std::uint32_t index : decision.not_backorderable) out << "; not backorderable " << index;
  if (decision.not_due) out << "; not due";
  if (!decision.hold.empty()) {
    out << "; fills_follow " << decision.fills_follow << " hold '" << decision.hold << "' reacquired " << decision.reacquired << " returned";
    write_rows(out, decision.returned);
  }
  write_skip(out, decision.skipped);
  return out.str();
}

std::string describe(const engine::Stamp& stamp, const engine::ReceiptDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " receipt '" << decision.id << "' content " << decision.content << " fills_follow "
                          << decision.fills_follow;
  write_rows(out, decision.rows);
  return out.str();
}

std::string describe(const engine::Stamp& stamp, const engine::FillDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " fill '" << decision.order_id << "' of " << number(decision.order_lsn) << " line "
                          << number(decision.line) << " sku " << number(decision.sku) << " row " << decision.row
                          << " still_waiting " << decision.still_waiting << " last " << decision.last;
  if (decision.raised_at.value != 0) out << " raised_at " << number(decision.raised_at);
  write_takes(out, decision.takes);
  if (decision.pegged) out << "; pegged";
  write_skip(out, decision.skipped);
  return out.str();
}

std::string describe(const engine::Stamp& stamp, const engine::CancelDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " cancel '" << decision.command_id << "' of '" << decision.order_id << "' content "
                          << decision.content << " whole " << decision.whole << " fills_follow " << decision.fills_follow;
  write_taken_back(out, decision.lines, decision.released);
  return out.str();
}

std::string describe(const engine::Stamp& stamp, const engine::AmendDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " amend '" << decision.command_id << "' of '" << decision.order_id << "' content " << decision.content
                          << " fills_follow " << decision.fills_follow;
  if (decision.priority) out << " priority " << +decision.priority->value;
  write_taken_back(out, decision.lines, decision.released);
  for (const engine::RaisedLine& line : decision.raised) {
    out << "; line " << number(line.line) << " sku " << number(line.sku) << " raised " << line.quantity << " cancelled " << line.cancelled;
  }
  return out.str();
}

std::string describe(const engine::Stamp& stamp, const engine::ShipDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " ship '" << decision.command_id << "' of '" << decision.order_id << "' content "
                          << decision.content;
  for (const engine::ShippedLine& line : decision.lines) {
    out << "; line " << number(line.line) << " sku " << number(line.sku) << " ships " << line.ships;
  }
  out << "; shipped";
  write_takes(out, decision.shipped);
  return out.str();
}

engine::ShipmentDecision ShipmentAnswer::view() const {
  engine::ShipmentDecision decision;
  decision.command_id = command_id;
  decision.order_id = order_id;
  decision.content = content;
  decision.shipment = shipment;
  decision.warehouse = warehouse;
  decision.step = step;
  decision.revision = revision;
  decision.rest_shipment = rest_shipment;
  decision.carrier = carrier;
  decision.tracking = tracking;
  decision.expected = expected;
  decision.to_unavailable = to_unavailable;
  decision.reason = reason;
  decision.fills_follow = fills_follow;
  decision.lines = lines;
  decision.customer = customer;
  return decision;
}

std::string describe(const engine::Stamp& stamp, const engine::ShipmentDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " shipment '" << decision.command_id << "' of '" << decision.order_id << "'-" << decision.shipment << " in "
                          << number(decision.warehouse) << ' ' << name(decision.step) << " content " << decision.content << " revision "
                          << decision.revision << " rest in " << decision.rest_shipment << " '" << decision.carrier << "' '" << decision.tracking
                          << "' " << decision.expected.value << " unavailable " << decision.to_unavailable << " '" << decision.reason << "' of '"
                          << decision.customer << "' fills_follow " << decision.fills_follow;
  for (const engine::MovedLine& line : decision.lines) {
    out << "; line " << number(line.line) << " sku " << number(line.sku) << " x " << line.quantity << " rest " << line.rest << " leaves "
        << line.available_after;
  }
  return out.str();
}

std::string describe(const engine::Stamp& stamp, const engine::LoadDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " load fills_follow " << decision.fills_follow;
  for (const engine::LoadedWarehouse& entry : decision.warehouses) {
    out << "; warehouse " << number(entry.id) << " '" << entry.code << "' '" << entry.name << "' priority " << entry.priority;
  }
  for (const engine::LoadedProduct& entry : decision.products) {
    out << "; sku " << number(entry.id) << " '" << entry.code << "' '" << entry.description << (entry.backorderable ? "'" : "' not backorderable");
  }
  out << "; stock";
  write_rows(out, decision.stock);
  return out.str();
}

engine::StockChangeDecision StockChangeAnswer::view() const {
  return {.id = id, .content = content, .kind = kind, .reason = reason, .fills_follow = fills_follow, .rows = rows, .lost = lost,
          .orders = orders, .customers = customers, .of_holds = of_holds, .overdrawn = overdrawn};
}

std::string describe(const engine::Stamp& stamp, const engine::StockChangeDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " change '" << decision.id << "' content " << decision.content << ' ' << name(decision.kind) << " '"
                          << decision.reason << "' fills_follow " << decision.fills_follow;
  for (const engine::ChangedRow& row : decision.rows) {
    out << " [sku " << number(row.sku) << " in " << number(row.warehouse) << " on hand " << row.on_hand_change << " unavailable "
        << row.unavailable_change << " makes " << row.available_after
        << (decision.overdraws(static_cast<std::size_t>(&row - decision.rows.data())) ? " overdrawn]" : "]");
  }
  for (std::size_t index = 0; index < decision.lost.size(); ++index) {
    const engine::LostUnits& lost = decision.lost[index];
    out << (decision.of_hold(index) ? "; lost by hold '" : "; lost by '") << decision.orders[lost.order] << "' of '" << decision.customers[lost.order] << "' " << number(lost.order_lsn)
        << " line " << number(lost.line) << " sku " << number(lost.sku) << " " << lost.quantity << " in " << number(lost.warehouse)
        << " shipment " << lost.shipment << " row " << lost.row;
  }
  return out.str();
}

std::string describe(const engine::Stamp& stamp, const engine::HoldDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " hold '" << decision.id << "' content " << decision.content << " status " << name(decision.status)
                          << " partial " << decision.partial << " until " << decision.deadline.value << " '" << decision.customer << "'";
  write_lines(out, decision.lines, decision.takes);
  return out.str();
}

std::string describe(const engine::Stamp& stamp, const engine::HoldExtendDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " extend '" << decision.command_id << "' of '" << decision.hold_id << "' content " << decision.content
                          << " until " << decision.deadline.value << " cut " << decision.cut << " '" << decision.customer << "'";
  return out.str();
}

std::string describe(const engine::Stamp& stamp, const engine::HoldEndDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << ' ' << name(decision.how) << " '" << decision.command_id << "' of '" << decision.hold_id << "' content "
                          << decision.content << " fills_follow " << decision.fills_follow << " '" << decision.customer << "'";
  for (const engine::ReleasedLine& line : decision.lines) {
    out << "; line " << number(line.line) << " sku " << number(line.sku) << " count " << line.count;
  }
  out << "; released";
  write_takes(out, decision.released);
  return out.str();
}

engine::TransferShipDecision TransferShipAnswer::view() const {
  return {.id = id, .content = content, .source = source, .destination = destination, .expected = expected, .reason = reason, .rows = rows};
}

engine::TransferReceiptDecision TransferReceiptAnswer::view() const {
  return {.command_id = command_id, .transfer_id = transfer_id, .transfer_lsn = transfer_lsn, .content = content, .source = source,
          .destination = destination, .closed = closed, .fills_follow = fills_follow, .rows = rows, .missing = missing};
}

std::string describe(const engine::Stamp& stamp, const engine::TransferShipDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " transfer '" << decision.id << "' content " << decision.content << " from " << number(decision.source) << " to "
                          << number(decision.destination) << " expected " << decision.expected.value << " '" << decision.reason << "'";
  for (const engine::TransferredRow& row : decision.rows) {
    out << " [sku " << number(row.sku) << " x " << row.quantity << " leaves " << row.available_after << "]";
  }
  return out.str();
}

std::string describe(const engine::Stamp& stamp, const engine::TransferReceiptDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " arrival '" << decision.command_id << "' of '" << decision.transfer_id << "' " << number(decision.transfer_lsn)
                          << " content " << decision.content << " from " << number(decision.source) << " in " << number(decision.destination)
                          << " closed " << decision.closed << " fills_follow " << decision.fills_follow;
  for (const engine::ArrivedRow& row : decision.rows) {
    out << " [sku " << number(row.sku) << " +" << row.quantity << " damaged " << row.damaged << " over " << row.over << " makes "
        << row.available_after << "]";
  }
  for (const engine::MissingUnits& each : decision.missing) out << "; missing sku " << number(each.sku) << " x " << each.quantity;
  return out.str();
}

engine::StrictDecision StrictAnswer::view() const {
  return {.order_id = order_id, .order_lsn = order_lsn, .line = line, .waited = waited, .fills_follow = fills_follow, .freed = freed,
          .lost = lost, .orders = orders, .customers = customers, .customer = customer};
}

std::string describe(const engine::Stamp& stamp, const engine::StrictDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " strict '" << decision.order_id << "' of " << number(decision.order_lsn) << " line " << number(decision.line)
                          << " waited " << decision.waited << " '" << decision.customer << "' fills_follow " << decision.fills_follow;
  write_rows(out, decision.freed);
  for (const engine::LostUnits& lost : decision.lost) {
    out << "; lost by '" << decision.orders[lost.order] << "' of '" << decision.customers[lost.order] << "' " << number(lost.order_lsn)
        << " line " << number(lost.line) << " sku " << number(lost.sku) << " " << lost.quantity << " in " << number(lost.warehouse)
        << " shipment " << lost.shipment << " row " << lost.row;
  }
  return out.str();
}

engine::PurchaseDecision PurchaseAnswer::view() const {
  return {.id = id, .content = content, .vendor = vendor, .reference = reference, .notes = notes, .state = state, .lines = lines,
          .pegs = pegs, .peg_orders = peg_orders, .estimates = estimates};
}

engine::PurchaseStepDecision PurchaseStepAnswer::view() const {
  return {.command_id = command_id, .purchase_id = purchase_id, .purchase_lsn = purchase_lsn, .content = content, .vendor = vendor,
          .step = step, .state = state, .reference = reference, .changes = changes, .estimates = estimates};
}

engine::PurchaseReceiptDecision PurchaseReceiptAnswer::view() const {
  return {.id = id, .purchase_id = purchase_id, .purchase_lsn = purchase_lsn, .content = content, .vendor = vendor, .state = state,
          .fills_follow = fills_follow, .rows = rows};
}

std::string describe(const engine::Stamp& stamp, const engine::PurchaseDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " purchase '" << decision.id << "' content " << decision.content << ' ' << name(decision.state) << " of '"
                          << decision.vendor << "' '" << decision.reference << "' '" << decision.notes << "'";
  for (const engine::PurchasedLine& line : decision.lines) {
    out << "; line " << number(line.line) << " sku " << number(line.sku) << " x " << line.quantity << " to " << number(line.warehouse)
        << " promised " << line.promised.value;
  }
  for (const engine::PurchasePeg& peg : decision.pegs) {
    out << "; peg of " << peg.index << " to '" << decision.peg_orders[peg.order] << "' of " << number(peg.order_lsn) << " line " << number(peg.order_line);
  }
  for (const engine::TimeUs time : decision.estimates) out << "; estimate " << time.value;
  return out.str();
}

std::string describe(const engine::Stamp& stamp, const engine::PurchaseStepDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << ' ' << name(decision.step) << " '" << decision.command_id << "' of purchase '" << decision.purchase_id << "' "
                          << number(decision.purchase_lsn) << " content " << decision.content << " now " << name(decision.state) << " of '"
                          << decision.vendor << "' '" << decision.reference << "'";
  for (const engine::PurchaseChange& line : decision.changes) {
    out << "; line " << number(line.line) << " sku " << number(line.sku) << " x " << line.quantity << " to " << number(line.warehouse)
        << " promised " << line.promised.value << " incoming " << line.incoming_change;
  }
  for (const engine::TimeUs time : decision.estimates) out << "; estimate " << time.value;
  return out.str();
}

std::string describe(const engine::Stamp& stamp, const engine::PurchaseReceiptDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " delivery '" << decision.id << "' of purchase '" << decision.purchase_id << "' " << number(decision.purchase_lsn)
                          << " content " << decision.content << " now " << name(decision.state) << " of '" << decision.vendor
                          << "' fills_follow " << decision.fills_follow;
  for (const engine::PurchaseArrivedRow& row : decision.rows) {
    out << " [line " << number(row.line) << " sku " << number(row.sku) << " in " << number(row.warehouse) << " +" << row.quantity << " damaged "
        << row.damaged << " over " << row.over << " makes " << row.available_after << "]";
  }
  return out.str();
}

std::string describe(const engine::Error& error) {
  std::ostringstream out;
  out << "error " << name(error.code) << " row " << error.row << " line " << number(error.line);
  if (error.revision != 0) out << " revision " << error.revision;
  return out.str();
}

std::string describe(const Answer& answer) {
  if (!answer.decided()) return describe(answer.error) + " as_of " + std::to_string(answer.as_of.value);
  std::string text = answer.duplicate ? "duplicate " : "";
  std::visit([&](const auto& decision) {
    if constexpr (!std::is_same_v<std::decay_t<decltype(decision)>, std::monostate>) {
      text += describe(answer.stamp, decision.view());
    }
  }, answer.decision);
  if (answer.missing) text += "\n  " + describe(answer.missing_stamp, answer.missing->view());
  for (const FillAnswer& fill : answer.fills) text += "\n  " + describe(fill.stamp, fill.view());
  return text;
}

}  // namespace earmark::model
