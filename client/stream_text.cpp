#include "client/stream_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "client/dates_text.hpp"
#include "client/describe.hpp"
#include "client/split.hpp"
#include "client/stream_told.hpp"
#include "client/table.hpp"
#include "engine/level.hpp"

namespace earmark::client {
namespace {

// "10 MAIN, 2 WEST (now out of stock)".
template <class Note>
std::string places(std::span<const engine::Take> takes, const Catalogue& catalogue, Note note) {
  std::string text;
  for (const engine::Take& take : takes.first(std::min(takes.size(), most_shown_places))) {
    text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", with_separators(take.quantity),
                        on_one_line(catalogue.code(take.warehouse)), note(take));
  }
  if (takes.size() > most_shown_places) {
    std::uint64_t units = 0;
    for (const engine::Take& take : takes.subspan(most_shown_places)) units += take.quantity;
    text += fmt::format(" and {} in {} more warehouses", with_separators(units), takes.size() - most_shown_places);
  }
  return text;
}

const char* out_of_stock(const engine::Take& take) {
  return take.quantity != 0 && take.available_after == 0 ? " (now out of stock)" : "";
}
const char* back_in_stock(const engine::Take& take) {
  return engine::was_empty(take.quantity, take.available_after) ? " (back in stock)" : "";
}
const char* nothing_more(const engine::Take&) { return ""; }

void add(std::string& text, const std::string& more) {
  if (!text.empty()) text += "; ";
  text += more;
}

Tone tone_of(engine::OrderStatus status) {
  switch (status) {
    case engine::OrderStatus::reserved: return Tone::good;
    case engine::OrderStatus::split:
    case engine::OrderStatus::backordered:
    case engine::OrderStatus::reduced: return Tone::waits;
    case engine::OrderStatus::refused:
    case engine::OrderStatus::cancelled: return Tone::bad;
  }
  return Tone::plain;
}

class Teller : public InboundTeller {
 public:
  Teller(const schema::Event& event, const Catalogue& catalogue) : InboundTeller(catalogue), event_(event) {}

  using InboundTeller::operator();

  Told operator()(const engine::VoidDecision& decision) const {
    const bool forgets = decision.oldest_known.value != 0;
    return {"bookkeeping", Tone::faint,
            forgets ? fmt::format("ids of commands before {} are forgotten", decision.oldest_known.value) : "", {}, 0, {}};
  }

  Told operator()(const engine::OrderDecision& order) const {
    Told told{name(order.status), tone_of(order.status), "", {}, order.lines.size()};
    std::uint64_t units = 0;
    each_line(order, [&](const LineSplit& split) {
      units += split.line.quantity;
      if (told.rows.size() < most_shown_rows) told.rows.push_back(line_row(split, order.status));
    });
    told.of = "order " + on_one_line(order.id) + of_customer(order.texts.customer);
    if (!order.hold.empty()) told.of += (order.reacquired ? ", reacquired, hold " : ", confirms hold ") + on_one_line(order.hold);
    if (order.not_due) told.of += ", not before " + time_text(order.reserve_not_before);
    if (!order.lines.empty()) told.of += fmt::format(", {} in {}", counted(units, "unit"), counted(order.lines.size(), "line"));
    return told;
  }

  Told operator()(const engine::ReceiptDecision& receipt) const {
    std::uint64_t units = 0;
    for (const engine::ReceivedRow& row : receipt.rows) units += row.quantity;
    Told told{"received", Tone::good, "receipt " + on_one_line(receipt.id), {}, receipt.rows.size(), "row"};
    if (receipt.rows.size() > 1) told.of += fmt::format(", {} in {} rows", counted(units, "unit"), with_separators(receipt.rows.size()));
    add_stock(told, receipt.rows);
    return told;
  }

  Told operator()(const engine::FillDecision& fill) const {
    Told told{"filled", Tone::good, "", {}, 0, {}};
    told.of = fmt::format("order {} line {}{}: {} {} {}, {}", on_one_line(fill.order_id), fill.line.value,
                          of_customer(fill.customer.value_or("")), sku(fill.sku), places(fill.takes, catalogue_, out_of_stock),
                          fill.pegged ? "pegged to it" : "from the queue",
                          fill.still_waiting == 0 ? std::string("nothing left to wait for")
                                                  : with_separators(fill.still_waiting) + " still waiting");
    if (event_.stamp.cause.value != 0) told.of += fmt::format(" (by {})", event_.stamp.cause.value);
    return told;
  }

  Told operator()(const engine::CancelDecision& cancel) const {
    Told told{"cancelled", Tone::bad, "", {}, cancel.lines.size()};
    told.of = fmt::format("{} order {}{}", cancel.whole ? "the whole" : "parts of", on_one_line(cancel.order_id),
                          of_customer(cancel.customer.value_or("")));
    if (cancel.command_id.empty()) told.of += ", whose time has come";
    taken_back(told, cancel.lines, cancel.released);
    return told;
  }

  Told operator()(const engine::AmendDecision& amend) const {
    Told told{"amended", Tone::plain, "", {}, amend.lines.size()};
    told.of = fmt::format("order {}{}", on_one_line(amend.order_id), of_customer(amend.customer.value_or("")));
    if (amend.command_id.empty()) told.of += ", which is due from now on";
    else if (amend.priority) told.of += fmt::format(", priority {} from now on", amend.priority->value);
    else if (amend.lines.empty() && amend.raised.empty()) told.of += ", nothing, because nothing of it is open";
    for (const engine::RaisedLine& line : amend.raised) {
      told.of += fmt::format(", line {} raised by {} {}", line.line.value, with_separators(line.quantity), sku(line.sku));
      if (line.cancelled != 0) told.of += fmt::format(" ({} cancelled)", with_separators(line.cancelled));
    }
    taken_back(told, amend.lines, amend.released);
    return told;
  }

  Told operator()(const engine::ShipDecision& ship) const {
    Told told{"shipped", ship.shipped.empty() ? Tone::waits : Tone::good, "", {}, ship.lines.size()};
    std::uint64_t units = 0;
    for (const engine::Take& take : ship.shipped) units += take.quantity;
    told.of = fmt::format("order {}{}, {}", on_one_line(ship.order_id), of_customer(ship.customer.value_or("")),
                          ship.shipped.empty() ? "nothing, because nothing was reserved" : counted(units, "unit"));
    std::size_t next = 0;
    for (const engine::ShippedLine& line : ship.lines.first(std::min(ship.lines.size(), most_shown_rows))) {
      const auto takes = ship.shipped.subspan(next, line.ships);
      next += line.ships;
      told.rows.push_back({line_text(line.line), sku(line.sku), takes.empty() ? "nothing" : places(takes, catalogue_, nothing_more)});
    }
    if (ship.shipped.empty()) told.rows.clear(), told.all_rows = 0;
    return told;
  }

  Told operator()(const engine::HoldDecision& hold) const {
    const bool nothing = hold.status == engine::OrderStatus::refused || hold.status == engine::OrderStatus::cancelled;
    Told told{nothing ? "not held" : "held", nothing ? Tone::bad : Tone::good, "", {}, hold.lines.size()};
    each_line(like_an_order(hold), [&](const LineSplit& split) {
      if (told.rows.size() == most_shown_rows) return;
      std::string what;
      if (!split.takes.empty()) add(what, places(split.takes, catalogue_, out_of_stock));
      if (split.cancelled != 0) add(what, with_separators(split.cancelled) + " not there");
      told.rows.push_back({line_text(split.line.line), sku(split.line.sku), what});
    });
    told.of = "hold " + on_one_line(hold.id) + of_customer(hold.customer);
    if (!nothing) told.of += ", until " + time_text(hold.deadline);
    return told;
  }

  Told operator()(const engine::HoldExtendDecision& extend) const {
    return {"extended", Tone::plain,
            fmt::format("hold {}{}, until {}", on_one_line(extend.hold_id), of_customer(extend.customer), time_text(extend.deadline)), {}, 0, {}};
  }

  Told operator()(const engine::HoldEndDecision& end) const {
    Told told{name(end.how), Tone::plain, "hold " + on_one_line(end.hold_id) + of_customer(end.customer), {}, end.lines.size()};
    std::size_t next = 0;
    for (const engine::ReleasedLine& line : end.lines.first(std::min(end.lines.size(), most_shown_rows))) {
      const auto takes = end.released.subspan(next, line.count);
      next += line.count;
      told.rows.push_back({line_text(line.line), sku(line.sku),
                           takes.empty() ? "nothing" : "given back: " + places(takes, catalogue_, back_in_stock)});
    }
    return told;
  }

  Told operator()(const engine::ShipmentDecision& move) const {
    const bool is_short = move.rest_shipment != 0;
    Told told{moved_word(move.step), is_short ? Tone::bad : Tone::good, "", {}, move.lines.size()};
    told.of = fmt::format("shipment {}{} from {}", on_one_line(shipment_id(move.order_id, move.shipment)), of_customer(move.customer),
                          on_one_line(catalogue_.code(move.warehouse)));
    if (!move.carrier.empty()) told.of += ", by " + on_one_line(move.carrier);
    if (!move.tracking.empty()) told.of += ", tracking number " + on_one_line(move.tracking);
    if (move.expected.value != 0) told.of += ", expected " + time_text(move.expected);
    if (move.step == engine::ShipmentStep::put_back) told.of += fmt::format(", pick list {} from now on", move.revision);
    if (move.to_unavailable) told.of += ", not available again";
    if (!move.reason.empty()) told.of += ", " + on_one_line(move.reason);
    for (const engine::MovedLine& line : move.lines.first(std::min(move.lines.size(), most_shown_rows))) {
      std::string what = with_separators(line.quantity);
      if (line.rest != 0) what += fmt::format(", {} not found, in shipment {} from now on", with_separators(line.rest), move.rest_shipment);
      told.rows.push_back({line_text(line.line), sku(line.sku), what});
    }
    return told;
  }

  Told operator()(const engine::StrictDecision& strict) const {
    Told told{"set aside", strict.lost.empty() ? Tone::plain : Tone::bad,
              strict.order_id.empty() ? "another order" : "order " + on_one_line(strict.order_id) + of_customer(strict.customer), {}, strict.lost.size(), "row"};
    if (strict.line.value != 0) told.of += ", line " + std::to_string(strict.line.value);
    if (!strict.order_id.empty()) told.of += strict.waited ? ", which has waited long enough" : ", which was passed over often enough";
    for (const engine::LostUnits& lost : strict.lost.first(std::min(strict.lost.size(), most_shown_rows))) {
      told.rows.push_back({line_text(lost.line), sku(lost.sku),
                           fmt::format("of order {}{}: {} {} taken over, waiting again", on_one_line(strict.orders[lost.order]),
                                       of_customer(strict.customers[lost.order]), with_separators(lost.quantity), on_one_line(catalogue_.code(lost.warehouse)))});
    }
    return told;
  }

  Told operator()(const engine::LoadDecision& load) const {
    return {"loaded", Tone::plain,
            fmt::format("{}, {}, {} of stock", counted(load.warehouses.size(), "warehouse"), counted(load.products.size(), "product"),
                        counted(load.stock.size(), "row")),
            {}, 0, {}};
  }

  Told operator()(const engine::StockChangeDecision& change) const {
    Told told{word_of(change.kind), change.lost.empty() && change.overdrawn.empty() ? Tone::plain : Tone::bad, "stock change " + on_one_line(change.id), {},
              change.rows.size() + change.lost.size(), "row"};
    if (!change.reason.empty()) told.of += ", " + on_one_line(change.reason);
    for (std::size_t index = 0; index < std::min(change.rows.size(), most_shown_rows); ++index) {
      const engine::ChangedRow& row = change.rows[index];
      std::string what;
      if (row.on_hand_change != 0) add(what, fmt::format("{:+} on hand", row.on_hand_change));
      if (row.unavailable_change != 0) add(what, fmt::format("{:+} unavailable", row.unavailable_change));
      told.rows.push_back({"", sku(row.sku), fmt::format("in {}: {}, {} available then{}", on_one_line(catalogue_.code(row.warehouse)),
                                                         what.empty() ? "nothing changed" : what, with_separators(row.available_after),
                                                         change.overdraws(index) ? ", overdrawn: fewer are there than are picked" : "")});
    }
    for (std::size_t index = 0; index < change.lost.size() && told.rows.size() < most_shown_rows; ++index) {
      const engine::LostUnits& lost = change.lost[index];
      const bool of_hold = change.of_hold(index);
      told.rows.push_back({line_text(lost.line), sku(lost.sku),
                           fmt::format("of {} {}{}: {} {} lost{}", of_hold ? "hold" : "order", on_one_line(change.orders[lost.order]),
                                       of_customer(change.customers[lost.order]), with_separators(lost.quantity),
                                       on_one_line(catalogue_.code(lost.warehouse)), of_hold ? "" : ", waiting again")});
    }
    return told;
  }

 private:
  static std::string_view moved_word(engine::ShipmentStep step) {
    constexpr std::string_view words[] = {"moved", "picked", "packed", "shipped", "delivered", "put back", "tracked", "returned"};
    return static_cast<std::size_t>(step) < std::size(words) ? words[static_cast<std::size_t>(step)] : "moved";
  }
  static std::string_view word_of(engine::ChangeKind kind) {
    constexpr std::string_view words[] = {"counted", "adjusted", "quarantined", "restored", "scrapped", "not found"};
    return static_cast<std::size_t>(kind) < std::size(words) ? words[static_cast<std::size_t>(kind)] : "changed";
  }

  void taken_back(Told& told, std::span<const engine::CancelledLine> lines, std::span<const engine::Take> released) const {
    std::size_t next = 0;
    for (const engine::CancelledLine& line : lines.first(std::min(lines.size(), most_shown_rows))) {
      std::string what;
      if (line.waiting != 0) add(what, with_separators(line.waiting) + " no longer wait");
      if (line.releases != 0) add(what, "given back: " + places(released.subspan(next, line.releases), catalogue_, back_in_stock));
      if (line.excess != 0) add(what, with_separators(line.excess) + " were not there");
      next += line.releases;
      told.rows.push_back({line_text(line.line), sku(line.sku), what.empty() ? "nothing" : what});
    }
  }
  Row line_row(const LineSplit& split, engine::OrderStatus status) const {
    std::string what;
    if (!split.takes.empty()) add(what, "reserved " + places(split.takes, catalogue_, out_of_stock));
    if (split.line.backordered != 0) {
      std::string waits = with_separators(split.line.backordered) + " wait";
      if (split.wait != nullptr) {
        waits += " as " + ordinal(split.wait->position) + " in the queue";
        if (split.wait->quantity_ahead != 0) waits += ", behind " + counted(split.wait->quantity_ahead, "unit");
      }
      add(what, waits + ", " + expectation_text(split.expected, split.line.backordered, split.fallback_us));
    }
    if (split.cancelled != 0) {
      add(what, with_separators(split.cancelled) + (status == engine::OrderStatus::refused ? " refused" : split.not_backorderable ? " cancelled, no backorders" : " cancelled"));
    }
    return {line_text(split.line.line), sku(split.line.sku), what};
  }

  void add_stock(Told& told, std::span<const engine::ReceivedRow> rows) const {
    for (const engine::ReceivedRow& row : rows.first(std::min(rows.size(), most_shown_rows))) {
      told.rows.push_back({"", sku(row.sku), fmt::format("{} into {}, {} available then{}", with_separators(row.quantity),
                                                         on_one_line(catalogue_.code(row.warehouse)), with_separators(row.available_after),
                                                         engine::was_empty(row.quantity, row.available_after) ? " (back in stock)" : "")});
    }
  }

  const schema::Event& event_;
};

std::string coloured(std::string text, Tone tone) {
  constexpr const char* codes[] = {"1", "32", "33", "31", "2"};
  return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<std::size_t>(tone)], text);
}

void pad(std::string& text, std::size_t width) {
  const std::size_t now = display_width(text);
  if (now < width) text.append(width - now, ' ');
}

constexpr std::size_t indent = 39;  // LSN, time and word, and what is between them

// One row stands behind its event, several below it.
void append_rows(std::string& text, const Told& told) {
  std::size_t line_width = 0, sku_width = 0;
  for (const Row& row : told.rows) {
    line_width = std::max(line_width, display_width(row.line));
    sku_width = std::max(sku_width, display_width(row.sku));
  }
  const bool below = told.all_rows > 1;
  for (const Row& row : told.rows) {
    std::string line = below ? std::string(indent, ' ') : std::string(": ");
    if (!row.line.empty()) {
      line += row.line;
      if (below) pad(line, indent + line_width);
      line += below ? "  " : " ";
    }
    const std::size_t at = display_width(line);
    line += row.sku;
    if (below) pad(line, at + sku_width);
    line += (below ? "  " : " ") + row.what;
    text += below ? "\n" + line : line;
  }
  if (told.all_rows > told.rows.size()) {
    text += "\n" + std::string(indent, ' ') + "and " + counted(told.all_rows - told.rows.size(), std::string("more ") + std::string(told.noun));
  }
}

}  // namespace

std::string StreamText::text(const schema::Event& event, const Catalogue& catalogue) {
  const std::string time = time_text(event.stamp.time);  // "2026-01-01 12:00:00.123 UTC"
  const bool dated = time.ends_with(" UTC") && time.size() >= 27;
  std::string text;
  if (dated && event.stamp.time.value / day_us != day_) {
    day_ = event.stamp.time.value / day_us;
    text = time.substr(0, 10) + " UTC\n";
    if (colours_) text = coloured(time.substr(0, 10) + " UTC", Tone::faint) + "\n";
  }
  const Told told = std::visit(Teller(event, catalogue), event.decision);
  std::string word(told.word), number = fmt::format("{:>10}", event.stamp.lsn.value);
  pad(word, 11);
  if (colours_) word = coloured(word, told.tone), number = coloured(number, Tone::faint);
  text += fmt::format("{}  {:<12}  {}  {}", number, dated ? time.substr(11, 12) : time, word, told.of);
  if (event.filtered) text += " (in part)";
  append_rows(text, told);
  return text + "\n";
}

}  // namespace earmark::client
