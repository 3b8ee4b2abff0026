#include "client/event_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "client/dates_text.hpp"
#include "client/describe.hpp"
#include "client/event_text_inbound.hpp"
#include "client/split.hpp"
#include "client/table.hpp"

namespace earmark::client {
namespace {

// "10 MAIN, 2 WEST", or "-".
std::string places(std::span<const engine::Take> takes, const Catalogue& catalogue) {
  std::string text;
  for (const engine::Take& take : takes) {
    if (!text.empty()) text += ", ";
    text += with_separators(take.quantity) + " " + catalogue.code(take.warehouse);
  }
  return text.empty() ? "-" : text;
}

std::string queue_place(std::uint32_t position, std::uint64_t quantity_ahead) {
  if (position == 0) return "";
  return ordinal(position) + (quantity_ahead == 0 ? ", nobody ahead" : ", behind " + counted(quantity_ahead, "unit"));
}

// Lines about a fill, gathered in a table by whoever shows several; here for one.
std::string fill_text(const engine::FillDecision& fill, const Catalogue& catalogue) {
  return fmt::format("order {} line {}: {} of {} {}{}", on_one_line(fill.order_id), fill.line.value, places(fill.takes, catalogue),
                     on_one_line(catalogue.code(fill.sku)), fill.pegged ? "that are pegged to it" : "from the queue",
                     fill.still_waiting == 0 ? ", nothing left to wait for"
                                             : ", " + with_separators(fill.still_waiting) + " still waiting");
}

class ToText : public InboundText {
 public:
  ToText(const schema::Event& event, const Catalogue& catalogue, bool duplicate)
      : InboundText(catalogue, fmt::format("decision {}{}", event.stamp.lsn.value, duplicate ? ", made for an earlier sending" : "")) {}

  using InboundText::operator();

  std::string operator()(const engine::VoidDecision&) const { return decision_ + ": bookkeeping\n"; }

  std::string operator()(const engine::OrderDecision& order) const {
    bool some_cancelled = false, some_wait = false;
    each_line(order, [&](const LineSplit& split) {
      some_cancelled = some_cancelled || (may_cancel(order) && split.cancelled != 0);
      some_wait = some_wait || split.line.backordered != 0;
    });
    std::vector<Column> columns{{"LINE", Align::right}, {"SKU"}, {"ORDERED", Align::right}, {"SHIPS NOW"},
                                {"WAITS", Align::right}};
    if (some_cancelled) columns.push_back({"CANCELLED", Align::right});
    columns.push_back({"PLACE IN QUEUE"});
    if (some_wait) columns.push_back({"EXPECTED"});
    Table table(std::move(columns));
    std::uint64_t waiting = 0;
    each_line(order, [&](const LineSplit& split) {
      std::vector<std::string> cells{number_text(split.line.line), catalogue_.code(split.line.sku),
                                     with_separators(split.line.quantity), places(split.takes, catalogue_),
                                     amount(split.line.backordered)};
      if (some_cancelled) cells.push_back(amount(split.cancelled) + (split.not_backorderable ? " (no backorders)" : ""));
      cells.push_back(split.wait == nullptr ? "" : queue_place(split.wait->position, split.wait->quantity_ahead));
      if (some_wait) cells.push_back(dates_text(split.expected, split.line.backordered, split.fallback_us));
      table.add(std::move(cells));
      waiting += split.line.backordered;
    });
    std::string text = fmt::format("Order {}{}: {} ({})\n", on_one_line(order.id), customer(order.texts.customer),
                                   name(order.status), decision_);
    if (!order.hold.empty()) {
      text += order.reacquired ? fmt::format("Hold {} had expired; the order was decided as one without a hold.\n", on_one_line(order.hold))
                               : fmt::format("Confirms hold {}.\n", on_one_line(order.hold));
    }
    if (order.not_due) text += fmt::format("Takes nothing before {}.\n", time_text(order.reserve_not_before));
    text += table.text();
    for (const Shipment& shipment : shipments_of(order)) {
      text += fmt::format("Shipment {} from {}: {}\n", on_one_line(shipment_id(order.id, shipment.number)),
                          on_one_line(catalogue_.code(shipment.warehouse)), counted(shipment.units, "unit"));
    }
    if (waiting != 0) {
      text += fmt::format("Backorder {}: {}\n", on_one_line(backorder_id(order.id)), counted(waiting, "unit"));
    }
    return text;
  }

  std::string operator()(const engine::ReceiptDecision& receipt) const {
    Table table({{"SKU"}, {"WAREHOUSE"}, {"RECEIVED", Align::right}, {"AVAILABLE THEN", Align::right}});
    for (const engine::ReceivedRow& row : receipt.rows) {
      table.add({catalogue_.code(row.sku), catalogue_.code(row.warehouse), with_separators(row.quantity),
                 with_separators(row.available_after)});
    }
    return fmt::format("Receipt {} ({}){}\n{}", on_one_line(receipt.id), decision_,
                       receipt.fills_follow ? "" : "; nobody was waiting for it", table.text());
  }

  std::string operator()(const engine::FillDecision& fill) const {
    return "Filled " + fill_text(fill, catalogue_) + " (" + decision_ + ")\n";
  }

  std::string operator()(const engine::CancelDecision& cancel) const {
    if (cancel.command_id.empty()) {
      return fmt::format("The time of order {}{} has come: what had not shipped is cancelled ({})\n{}", on_one_line(cancel.order_id),
                         customer(cancel.customer.value_or("")), decision_, taken_back(cancel.lines, cancel.released));
    }
    return fmt::format("Cancelled {} order {}{} ({})\n{}", cancel.whole ? "the whole" : "parts of", on_one_line(cancel.order_id),
                       customer(cancel.customer.value_or("")), decision_, taken_back(cancel.lines, cancel.released));
  }

  std::string operator()(const engine::AmendDecision& amend) const {
    const std::string order = on_one_line(amend.order_id) + customer(amend.customer.value_or(""));
    if (amend.command_id.empty()) return fmt::format("Order {} is due from now on: it takes what is there ({})\n", order, decision_);
    if (amend.priority) return fmt::format("Order {} has priority {} from now on ({})\n", order, amend.priority->value, decision_);
    if (amend.lines.empty() && amend.raised.empty()) return fmt::format("Nothing of order {} is open any more, so nothing was changed ({})\n", order, decision_);
    const std::string lowered = amend.lines.empty() ? "" : taken_back(amend.lines, amend.released);
    const std::string_view what = amend.raised.empty() ? "Lowered" : amend.lines.empty() ? "Raised" : "Changed";
    return fmt::format("{} quantities of order {} ({})\n{}{}", what, order, decision_, lowered, raised(amend.raised));
  }

  // What of it is there follows as fills; the rest waits.
  std::string raised(std::span<const engine::RaisedLine> lines) const {
    if (lines.empty()) return "";
    Table table({{"LINE", Align::right}, {"SKU"}, {"RAISED BY", Align::right}, {"CANCELLED", Align::right}});
    for (const engine::RaisedLine& line : lines) {
      table.add({std::to_string(line.line.value), catalogue_.code(line.sku), with_separators(line.quantity), with_separators(line.cancelled)});
    }
    return table.text();
  }

  std::string operator()(const engine::ShipDecision& ship) const {
    if (ship.shipped.empty()) {
      return fmt::format("Nothing of order {} was reserved, so nothing was shipped ({})\n", on_one_line(ship.order_id), decision_);
    }
    Table table({{"LINE", Align::right}, {"SKU"}, {"SHIPPED"}});
    std::size_t next = 0;
    for (const engine::ShippedLine& line : ship.lines) {
      table.add({number_text(line.line), catalogue_.code(line.sku), places(ship.shipped.subspan(next, line.ships), catalogue_)});
      next += line.ships;
    }
    return fmt::format("Shipped order {}{} ({})\n{}", on_one_line(ship.order_id), customer(ship.customer.value_or("")), decision_,
                       table.text());
  }

  std::string operator()(const engine::HoldDecision& hold) const {
    Table table({{"LINE", Align::right}, {"SKU"}, {"WANTED", Align::right}, {"HELD"}, {"NOT THERE", Align::right}});
    each_line(like_an_order(hold), [&](const LineSplit& split) {
      table.add({number_text(split.line.line), catalogue_.code(split.line.sku), with_separators(split.line.quantity),
                 places(split.takes, catalogue_), amount(split.cancelled)});
    });
    const bool nothing = hold.status == engine::OrderStatus::refused || hold.status == engine::OrderStatus::cancelled;
    const std::string until = nothing ? "nothing is held" : "until " + time_text(hold.deadline);
    return fmt::format("Hold {}{}: {}, {} ({})\n{}", on_one_line(hold.id), customer(hold.customer), hold_word(hold.status), until, decision_,
                       table.text());
  }

  std::string operator()(const engine::HoldExtendDecision& extend) const {
    return fmt::format("Hold {}{} lasts until {}{} ({})\n", on_one_line(extend.hold_id), customer(extend.customer),
                       time_text(extend.deadline), extend.cut ? ", 24 hours after it was made and no longer" : "", decision_);
  }

  std::string operator()(const engine::HoldEndDecision& end) const {
    Table table({{"LINE", Align::right}, {"SKU"}, {"GIVEN BACK"}});
    std::size_t next = 0;
    for (const engine::ReleasedLine& line : end.lines) {
      table.add({number_text(line.line), catalogue_.code(line.sku), places(end.released.subspan(next, line.count), catalogue_)});
      next += line.count;
    }
    return fmt::format("Hold {}{} {} ({})\n{}", on_one_line(end.hold_id), customer(end.customer),
                       end.how == engine::HoldEnd::expired ? "has expired" : "is released", decision_, table.text());
  }

  std::string operator()(const engine::ShipmentDecision& move) const {
    constexpr std::string_view words[] = {"moved", "picked", "packed", "shipped", "delivered", "put back", "tracked", "returned"};
    const auto step = static_cast<std::size_t>(move.step);
    std::string text = fmt::format("Shipment {}{} from {}: {}", on_one_line(shipment_id(move.order_id, move.shipment)), customer(move.customer),
                                   on_one_line(catalogue_.code(move.warehouse)), step < std::size(words) ? words[step] : words[0]);
    if (move.to_unavailable) text += ", not available again";
    if (!move.reason.empty()) text += ", " + on_one_line(move.reason);
    text += fmt::format(", pick list {} ({})\n", move.revision, decision_);
    if (!move.carrier.empty()) text += fmt::format("Carrier: {}\n", on_one_line(move.carrier));
    if (!move.tracking.empty()) text += fmt::format("Tracking number: {}\n", on_one_line(move.tracking));
    if (move.expected.value != 0) text += fmt::format("Expected delivery: {}\n", time_text(move.expected));
    if (move.lines.empty()) return text;
    std::vector<Column> columns{{"LINE", Align::right}, {"SKU"}, {"UNITS", Align::right}};
    if (move.rest_shipment != 0) columns.push_back({"NOT FOUND", Align::right});
    Table table(std::move(columns));
    for (const engine::MovedLine& line : move.lines) {
      std::vector<std::string> cells{number_text(line.line), catalogue_.code(line.sku), with_separators(line.quantity)};
      if (move.rest_shipment != 0) cells.push_back(amount(line.rest));
      table.add(std::move(cells));
    }
    text += table.text();
    if (move.rest_shipment != 0) {
      text += fmt::format("What was not found is off the on hand; what of it is still reserved for the order is in shipment {}.\n",
                          on_one_line(shipment_id(move.order_id, move.rest_shipment)));
    }
    return text;
  }

  std::string operator()(const engine::StrictDecision& strict) const {
    std::string text = fmt::format("{} of order {}{} has {}: from now on units are set aside for it until it is whole ({})\n",
                                   strict.line.value == 0 ? "All" : "Line " + std::to_string(strict.line.value), on_one_line(strict.order_id),
                                   customer(strict.customer), strict.waited ? "waited long enough" : "been passed over often enough", decision_);
    if (strict.lost.empty()) return text;
    Table lost({{"ORDER"}, {"LINE", Align::right}, {"SKU"}, {"LOSES"}, {"CUSTOMER"}});
    for (const engine::LostUnits& each : strict.lost) {
      lost.add({std::string(strict.orders[each.order]), number_text(each.line), catalogue_.code(each.sku),
                with_separators(each.quantity) + " " + catalogue_.code(each.warehouse), std::string(strict.customers[each.order])});
    }
    return text + "Units that were set aside for later ones, who wait for them again:\n" + lost.text();
  }

  std::string operator()(const engine::LoadDecision& load) const {
    return fmt::format("Loaded {}, {}, {} ({})\n", counted(load.warehouses.size(), "warehouse"),
                       counted(load.products.size(), "product"), counted(load.stock.size(), "row") + " of stock", decision_);
  }

  std::string operator()(const engine::StockChangeDecision& change) const {
    Table rows({{"SKU"}, {"WAREHOUSE"}, {"ON HAND", Align::right}, {"UNAVAILABLE", Align::right}, {"AVAILABLE THEN", Align::right}});
    for (std::size_t index = 0; index < change.rows.size(); ++index) {
      const engine::ChangedRow& row = change.rows[index];
      rows.add({catalogue_.code(row.sku), catalogue_.code(row.warehouse), with_sign(row.on_hand_change), with_sign(row.unavailable_change),
                with_separators(row.available_after) + (change.overdraws(index) ? " overdrawn" : "")});
    }
    std::string text = fmt::format("Stock change {}, {}{} ({})\n{}", on_one_line(change.id), name(change.kind),
                                   change.reason.empty() ? "" : ", " + on_one_line(change.reason), decision_, rows.text());
    if (!change.overdrawn.empty()) text += "Overdrawn: fewer units are there than are picked. Nothing is promised from there until receipts or counts have made up for it.\n";
    if (!change.of_holds.empty()) text += "Held units that are gone; these holds have less:\n" + losses(change, true);
    if (change.lost.size() > change.of_holds.size()) {
      text += "Reserved units that are gone; these lines wait again, at their old place:\n" + losses(change, false);
    }
    return text;
  }

 private:
  std::string losses(const engine::StockChangeDecision& change, bool of_holds) const {
    Table lost({{of_holds ? "HOLD" : "ORDER"}, {"LINE", Align::right}, {"SKU"}, {"LOSES"}, {"CUSTOMER"}});
    for (std::size_t index = 0; index < change.lost.size(); ++index) {
      const engine::LostUnits& each = change.lost[index];
      if (change.of_hold(index) != of_holds) continue;
      lost.add({std::string(change.orders[each.order]), number_text(each.line), catalogue_.code(each.sku),
                with_separators(each.quantity) + " " + catalogue_.code(each.warehouse), std::string(change.customers[each.order])});
    }
    return lost.text();
  }

  std::string taken_back(std::span<const engine::CancelledLine> lines, std::span<const engine::Take> released) const {
    Table table({{"LINE", Align::right}, {"SKU"}, {"NO LONGER WAITS", Align::right}, {"GIVEN BACK"}, {"NOT FOUND", Align::right}});
    std::size_t next = 0;
    for (const engine::CancelledLine& line : lines) {
      table.add({number_text(line.line), catalogue_.code(line.sku), amount(line.waiting),
                 places(released.subspan(next, line.releases), catalogue_), amount(line.excess)});
      next += line.releases;
    }
    return table.text();
  }
  static std::string_view hold_word(engine::OrderStatus status) {
    return status == engine::OrderStatus::reserved ? "whole" : status == engine::OrderStatus::reduced ? "in part" : name(status);
  }
  static std::string customer(std::string_view text) { return text.empty() ? "" : " of " + on_one_line(text); }
};

// What of a line is reserved, or shipped, and where.
std::string line_state(std::span<const schema::Allocation> allocations, const Catalogue& catalogue, bool shipped) {
  std::string text;
  for (const schema::Allocation& part : allocations) {
    const engine::Quantity quantity = shipped ? part.shipped : part.reserved;
    if (quantity == 0) continue;
    if (!text.empty()) text += ", ";
    text += with_separators(quantity) + " " + catalogue.code(part.warehouse);
  }
  return text.empty() ? "-" : text;
}

// Of what waits for all or nothing: how often it was passed over, or that units are set aside for it.
std::string patience_text(const schema::OrderView& view) {
  std::string text;
  for (const schema::OrderLineView& line : view.lines) {
    const bool whole_order = view.policy == engine::Policy::ship_complete;
    if (line.patience == 0 || (!whole_order && line.backordered == 0)) continue;
    const std::string who = whole_order ? "It" : "Line " + std::to_string(line.line.value);
    text += line.patience == 255 ? who + " gathers units from now on; they are set aside until it is whole.\n"
                                 : fmt::format("{} has been passed over by {}.\n", who, counted(line.patience, "later order"));
    if (whole_order) break;
  }
  return text;
}

}  // namespace

std::string event_text(const schema::Event& event, const Catalogue& catalogue, bool duplicate) {
  return std::visit(ToText(event, catalogue, duplicate), event.decision);
}

std::string order_view_text(const schema::OrderView& view, const Catalogue& catalogue) {
  const bool some_wait = std::ranges::any_of(view.lines, [](const schema::OrderLineView& line) { return line.backordered != 0; });
  const auto was_told = [](const engine::PromiseImage& promise) { return promise.told.value != 0; };
  const bool some_promised = !view.promises.empty(), some_told = std::ranges::any_of(view.promises, was_told);
  std::vector<Column> columns{{"LINE", Align::right}, {"SKU"}, {"ORDERED", Align::right}, {"RESERVED"}, {"SHIPPED"},
                              {"WAITS", Align::right}, {"CANCELLED", Align::right}, {"PLACE IN QUEUE"}};
  if (some_promised) columns.push_back({"PROMISED FIRST"});
  if (some_told) columns.push_back({"TOLD LAST"});
  if (some_wait) columns.push_back({"EXPECTED"});
  Table table(std::move(columns));
  std::size_t next = 0;
  for (std::size_t index = 0; index < view.lines.size(); ++index) {
    const schema::OrderLineView& line = view.lines[index];
    const auto parts = view.allocations.subspan(next, line.allocations);
    next += line.allocations;
    std::vector<std::string> cells{number_text(line.line), catalogue.code(line.sku), with_separators(line.quantity),
                                   line_state(parts, catalogue, false), line_state(parts, catalogue, true),
                                   amount(line.backordered), amount(line.cancelled), queue_place(line.position, line.quantity_ahead)};
    const ToldDates promise = promise_of(view.promises, index);
    if (some_promised) cells.push_back(promise.first_us == 0 ? "" : day_text(promise.first_us));
    if (some_told) cells.push_back(promise.told_us == 0 ? "" : day_text(promise.told_us));
    if (some_wait) cells.push_back(dates_text(expected_of(view.expected, index), line.backordered, fallback_of(view.fallbacks, index)));
    table.add(std::move(cells));
  }
  const std::string patience = patience_text(view);
  std::string own;  // policies of lines
  for (const schema::OrderLineView& line : view.lines) {
    if (line.policy.own()) own += fmt::format("{}line {} {}", own.empty() ? "" : ", ", line.line.value, name(line.policy.or_else({})));
  }
  std::string text = fmt::format("Order {}{}: {} when it was decided ({}, decision {}), policy {}, priority {}\n", on_one_line(view.id),
                                 view.customer.empty() ? "" : " of " + on_one_line(view.customer), name(view.status),
                                 time_text(view.time), view.lsn.value, name(view.policy), view.priority.value);
  const std::pair<const char*, std::string_view> texts[] = {{"Channel", view.channel}, {"Ship to", view.ship_to},
                                                            {"Contact", view.contact}, {"Reference", view.reference},
                                                            {"Notes", view.notes}};
  for (const auto& [label, words] : texts) {
    if (!words.empty()) text += fmt::format("{}: {}\n", label, on_one_line(words));
  }
  if (view.reserve_not_before.value != 0) text += fmt::format("Takes nothing before {}\n", time_text(view.reserve_not_before));
  if (view.need_by.value != 0) text += fmt::format("Needed by {}\n", time_text(view.need_by));
  if (view.cancel_after.value != 0) text += fmt::format("Cancelled at {} as far as it has not shipped\n", time_text(view.cancel_after));
  if (!own.empty()) text += "Policies of lines: " + own + "\n";
  text += table.text() + patience;
  for (std::size_t index = 0; index < view.shipments.size(); ++index) {
    const schema::ShipmentRow& row = view.shipments[index];
    text += fmt::format("Shipment {} from {}: {}, pick list {}", on_one_line(shipment_id(view.id, row.number)),
                        on_one_line(catalogue.code(row.warehouse)), name(row.step), row.revision);
    if (!view.carriers[index].empty()) text += ", by " + on_one_line(view.carriers[index]);
    if (!view.trackings[index].empty()) text += ", tracking number " + on_one_line(view.trackings[index]);
    if (row.expected.value != 0) text += ", expected " + time_text(row.expected);
    std::uint64_t returned = 0;
    for (std::size_t at = 0; at < view.returned.size(); ++at) returned += view.allocations[at].shipment == row.number ? view.returned[at] : 0;
    if (returned != 0) text += ", " + counted(returned, "unit") + " came back";
    text += "\n";
  }
  return text + fmt::format("True at decision {}.\n", view.as_of.value);
}

}  // namespace earmark::client
