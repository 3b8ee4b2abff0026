#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "client/rules_text.hpp"
#include "client/stream_text.hpp"
#include "client/stream_told.hpp"
#include "engine/level.hpp"

namespace earmark::client {
namespace {

std::string of_purchase(std::string_view id, std::string_view vendor, engine::PurchaseState state) {
  return fmt::format("purchase order {} from {}, {}", on_one_line(id), on_one_line(vendor), in_words(name(state)));
}
std::string_view word_of(engine::PurchaseStep step) {
  constexpr std::string_view words[] = {"moved", "approved", "sent", "confirmed", "closed", "cancelled", "adopted"};
  return static_cast<std::size_t>(step) < std::size(words) ? words[static_cast<std::size_t>(step)] : words[0];
}

// "2 vendors, 1 rule", of what there is.
std::string counts_text(const engine::RulesDecision& set) {
  std::string text;
  const std::pair<std::size_t, std::string_view> counts[] = {{set.vendors.size(), "vendor"}, {set.sources.size(), "source"}, {set.rules.size(), "rule"}};
  for (const auto& [count, noun] : counts) {
    if (count != 0) text += (text.empty() ? "" : ", ") + counted(count, noun);
  }
  return text.empty() ? "no vendor, source or rule, because all stood like this already" : text;
}

}  // namespace

// What came of a transfer or a purchase order.
template <class Arrived>
std::string InboundTeller::arrived(const Arrived& row, engine::WarehouseId into) const {
  std::string what = fmt::format("{} into {}, {} available then{}", with_separators(row.quantity), on_one_line(catalogue_.code(into)),
                                 with_separators(row.available_after), engine::was_empty(row.quantity, row.available_after) ? " (back in stock)" : "");
  if (row.damaged != 0) what += fmt::format(", {} damaged", with_separators(row.damaged));
  if (row.over != 0) what += fmt::format(", {} over", with_separators(row.over));
  return what;
}
// What a line of a purchase order is to bring.
template <class Line>
std::string InboundTeller::ordered(const Line& line, std::span<const engine::TimeUs> estimates, std::size_t index) const {
  std::string what = fmt::format("{} for {}", with_separators(line.quantity), on_one_line(catalogue_.code(line.warehouse)));
  if (line.promised.value != 0) what += ", promised " + time_text(line.promised);
  if (!estimates.empty() && estimates[index].value != 0) what += ", expected " + time_text(estimates[index]);
  return what;
}

Told InboundTeller::operator()(const engine::TransferShipDecision& ship) const {
  Told told{"in transit", Tone::plain, "transfer " + on_one_line(ship.id) + " to " + on_one_line(catalogue_.code(ship.destination)), {},
            ship.rows.size(), "row"};
  if (!ship.reason.empty()) told.of += ", " + on_one_line(ship.reason);
  if (ship.expected.value != 0) told.of += ", expected " + time_text(ship.expected);
  for (const engine::TransferredRow& row : ship.rows.first(std::min(ship.rows.size(), most_shown_rows))) {
    told.rows.push_back({"", sku(row.sku), fmt::format("{} from {}, {} available then{}", with_separators(row.quantity),
                                                       on_one_line(catalogue_.code(ship.source)), with_separators(row.available_after),
                                                       row.available_after == 0 ? " (now out of stock)" : "")});
  }
  return told;
}

Told InboundTeller::operator()(const engine::TransferReceiptDecision& receipt) const {
  Told told{"arrived", receipt.missing.empty() ? Tone::good : Tone::bad,
            "transfer " + on_one_line(receipt.transfer_id) + (receipt.closed ? ", closed" : ", more in transit"), {},
            receipt.rows.size() + receipt.missing.size(), "row"};
  for (const engine::ArrivedRow& row : receipt.rows.first(std::min(receipt.rows.size(), most_shown_rows))) {
    told.rows.push_back({"", sku(row.sku), arrived(row, receipt.destination)});
  }
  for (const engine::MissingUnits& each : receipt.missing.first(std::min(receipt.missing.size(), most_shown_rows - told.rows.size()))) {
    told.rows.push_back({"", sku(each.sku), with_separators(each.quantity) + " short"});
  }
  return told;
}

Told InboundTeller::operator()(const engine::PurchaseDecision& place) const {
  Told told{"ordered", Tone::plain, of_purchase(place.id, place.vendor, place.state), {}, place.lines.size()};
  for (std::size_t index = 0; index < std::min(place.lines.size(), most_shown_rows); ++index) {
    const engine::PurchasedLine& line = place.lines[index];
    told.rows.push_back({line_text(line.line), sku(line.sku), ordered(line, place.estimates, index)});
  }
  for (const engine::PurchasePeg& peg : place.pegs) {
    if (peg.index < told.rows.size()) told.rows[peg.index].what += ", first for " + peg_text(place.peg_orders[peg.order], peg.order_line.value);
  }
  return told;
}

Told InboundTeller::operator()(const engine::PurchaseStepDecision& move) const {
  Told told{word_of(move.step), move.step == engine::PurchaseStep::cancel ? Tone::bad : Tone::plain,
            of_purchase(move.purchase_id, move.vendor, move.state), {}, move.changes.size()};
  if (move.command_id.empty()) told.of += ", whose cut-off has come";
  if (!move.reference.empty()) told.of += ", reference " + on_one_line(move.reference);
  for (std::size_t index = 0; index < std::min(move.changes.size(), most_shown_rows); ++index) {
    const engine::PurchaseChange& change = move.changes[index];
    const std::int64_t more = change.incoming_change;
    std::string what = ordered(change, move.estimates, index);
    if (more != 0) what += fmt::format(", {} {} incoming", with_separators(static_cast<std::uint64_t>(more > 0 ? more : -more)), more > 0 ? "more" : "fewer");
    told.rows.push_back({line_text(change.line), sku(change.sku), what});
  }
  return told;
}

Told InboundTeller::operator()(const engine::PurchaseReceiptDecision& receipt) const {
  Told told{"arrived", Tone::good, "receipt " + on_one_line(receipt.id) + " of " + of_purchase(receipt.purchase_id, receipt.vendor, receipt.state), {},
            receipt.rows.size(), "row"};
  for (const engine::PurchaseArrivedRow& row : receipt.rows.first(std::min(receipt.rows.size(), most_shown_rows))) {
    told.rows.push_back({line_text(row.line), sku(row.sku), arrived(row, row.warehouse)});
  }
  return told;
}

Told InboundTeller::operator()(const engine::RulesDecision& set) const {
  Told told{"set", Tone::plain, counts_text(set), {}, set.rules.size(), "rule"};
  for (const engine::RuleSet& rule : set.rules.first(std::min(set.rules.size(), most_shown_rows))) {
    std::string what = fmt::format("for {}: {}", on_one_line(catalogue_.code(rule.warehouse)), name(rule.mode));
    if (rule.mode != engine::RuleMode::off) what += ", " + rule_text(rule);
    if (rule.snoozed_until.value != 0) what += ", snoozed until " + time_text(rule.snoozed_until);
    told.rows.push_back({"", sku(rule.sku), what});
  }
  return told;
}

Told InboundTeller::operator()(const engine::ReorderDecision& reorder) const {
  const std::string rule = sku(reorder.sku) + " for " + on_one_line(catalogue_.code(reorder.warehouse));
  const std::string why = ", " + position_text(reorder);
  if (reorder.cleared) return {"cleared", Tone::good, rule + why, {}, 0, {}};
  if (reorder.quantity == 0) return {"reorder", Tone::waits, rule + why, {}, 0, {}};
  std::string of = fmt::format("{} {}, line {} of {}", with_separators(reorder.quantity), rule, reorder.line.value,
                               of_purchase(reorder.purchase, reorder.vendor, reorder.state));
  if (reorder.purchase_lsn.value == 0) of += ", which is new";
  else if (reorder.line_quantity != reorder.quantity) of += fmt::format(", {} in all", with_separators(reorder.line_quantity));
  if (reorder.promised.value != 0) of += ", promised " + time_text(reorder.promised);
  if (reorder.closes.value != 0) of += ", takes lines until " + time_text(reorder.closes);
  return {reorder.state == engine::PurchaseState::suggested ? "suggested" : "reordered", Tone::waits, of + why, {}, 0, {}};
}

Told InboundTeller::operator()(const engine::OverdueDecision& overdue) const {
  Told told{"overdue", Tone::bad, "", {}, overdue.lines.size()};
  told.of = overdue.transfer ? "transfer " + on_one_line(overdue.id) : "purchase order " + on_one_line(overdue.id) + " from " + on_one_line(overdue.vendor);
  told.of += ", expected " + time_text(overdue.expected) + " now";
  for (const engine::OverdueLine& line : overdue.lines.first(std::min(overdue.lines.size(), most_shown_rows))) {
    told.rows.push_back({overdue.transfer ? "" : line_text(line.line), sku(line.sku),
                         fmt::format("{} for {}, {} {}", with_separators(line.open), on_one_line(catalogue_.code(line.warehouse)),
                                     overdue.transfer ? "was expected" : "promised", time_text(line.promised))});
  }
  return told;
}

Told InboundTeller::operator()(const engine::DatesDecision& dates) const {
  const bool worse = std::ranges::any_of(dates.lines, [](const engine::MovedDate& line) { return line.date.value == 0 || (line.before.value != 0 && line.before < line.date); });
  Told told{"dates", worse ? Tone::bad : Tone::good, counted(dates.lines.size(), "line") + " with a new date", {}, dates.lines.size()};
  for (const engine::MovedDate& line : dates.lines.first(std::min(dates.lines.size(), most_shown_rows))) {
    std::string what = line.date.value == 0 ? "no date any more" : "expected " + told_day(line.date);
    if (line.before.value != 0) what += ", told before: " + told_day(line.before);
    told.rows.push_back({line_text(line.line), sku(line.sku),
                         fmt::format("of order {}{}: {} wait, {}", on_one_line(dates.orders[line.order]), of_customer(dates.customers[line.order]),
                                     with_separators(line.waiting), what)});
  }
  return told;
}

}  // namespace earmark::client
