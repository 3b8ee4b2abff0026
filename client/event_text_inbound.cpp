#include "client/event_text_inbound.hpp"

#include <fmt/format.h>

#include <iterator>
#include <set>

#include "client/describe.hpp"
#include "client/rules_text.hpp"
#include "client/table.hpp"

namespace earmark::client {
namespace {

// 0: as promised.
std::string estimate_text(engine::TimeUs expected) { return expected.value == 0 ? "" : time_text(expected); }

}  // namespace

std::string InboundText::operator()(const engine::TransferShipDecision& ship) const {
  Table rows({{"SKU"}, {"UNITS", Align::right}, {"AVAILABLE THEN", Align::right}});
  for (const engine::TransferredRow& row : ship.rows) {
    rows.add({catalogue_.code(row.sku), with_separators(row.quantity), with_separators(row.available_after)});
  }
  return fmt::format("Transfer {} has left {} for {}{}{} ({})\n{}", on_one_line(ship.id), on_one_line(catalogue_.code(ship.source)),
                     on_one_line(catalogue_.code(ship.destination)), ship.reason.empty() ? "" : ", " + on_one_line(ship.reason),
                     ship.expected.value == 0 ? "" : ", expected " + time_text(ship.expected), decision_, rows.text());
}

std::string InboundText::operator()(const engine::TransferReceiptDecision& receipt) const {
  std::string text = fmt::format("Transfer {} from {} has arrived in {}, {} ({})\n", on_one_line(receipt.transfer_id),
                                 on_one_line(catalogue_.code(receipt.source)), on_one_line(catalogue_.code(receipt.destination)),
                                 receipt.closed ? "and is closed" : "more is in transit", decision_);
  if (!receipt.rows.empty()) {
    Table rows({{"SKU"}, {"GOOD", Align::right}, {"DAMAGED", Align::right}, {"OVER", Align::right}, {"AVAILABLE THEN", Align::right}});
    for (const engine::ArrivedRow& row : receipt.rows) {
      rows.add({catalogue_.code(row.sku), with_separators(row.quantity), amount(row.damaged), amount(row.over), with_separators(row.available_after)});
    }
    text += rows.text();
  }
  if (receipt.missing.empty()) return text;
  Table missing({{"SKU"}, {"SHORT", Align::right}});
  for (const engine::MissingUnits& each : receipt.missing) missing.add({catalogue_.code(each.sku), with_separators(each.quantity)});
  return text + "Lost on the way; no warehouse has these units:\n" + missing.text();
}

std::string InboundText::operator()(const engine::PurchaseDecision& place) const {
  std::vector<Column> columns{{"LINE", Align::right}, {"SKU"}, {"WAREHOUSE"}, {"ORDERED", Align::right}, {"PROMISED"}};
  if (!place.estimates.empty()) columns.push_back({"EXPECTED"});
  if (!place.pegs.empty()) columns.push_back({"FIRST FOR"});
  Table lines(std::move(columns));
  std::size_t next_peg = 0;
  for (std::size_t index = 0; index < place.lines.size(); ++index) {
    const engine::PurchasedLine& line = place.lines[index];
    std::vector<std::string> cells{number_text(line.line), catalogue_.code(line.sku), catalogue_.code(line.warehouse), with_separators(line.quantity),
                                   time_text(line.promised)};
    if (!place.estimates.empty()) cells.push_back(estimate_text(place.estimates[index]));
    if (!place.pegs.empty()) {
      const bool pegged = next_peg < place.pegs.size() && place.pegs[next_peg].index == index;
      cells.push_back(pegged ? peg_text(place.peg_orders[place.pegs[next_peg].order], place.pegs[next_peg].order_line.value) : "");
      next_peg += pegged ? 1 : 0;
    }
    lines.add(std::move(cells));
  }
  std::string text = fmt::format("Purchase order {} from vendor {}: {} ({})\n", on_one_line(place.id), on_one_line(place.vendor),
                                 in_words(name(place.state)), decision_);
  if (!place.reference.empty()) text += fmt::format("Vendor's reference: {}\n", on_one_line(place.reference));
  if (!place.notes.empty()) text += fmt::format("Notes: {}\n", on_one_line(place.notes));
  return text + lines.text();
}

std::string InboundText::operator()(const engine::PurchaseStepDecision& move) const {
  constexpr std::string_view words[] = {"moved", "approved", "sent", "acknowledged", "closed", "cancelled", "adopted"};
  const auto step = static_cast<std::size_t>(move.step);
  const std::string_view done = step < std::size(words) ? words[step] : words[0];
  const std::string state = in_words(name(move.state));
  std::string text = fmt::format("Purchase order {} from vendor {} is {}{} ({})\n", on_one_line(move.purchase_id), on_one_line(move.vendor), done,
                                 state == done ? "" : ", " + state, decision_);
  if (move.command_id.empty()) text += "Its cut-off has come: no rule adds lines to it any more.\n";
  if (!move.reference.empty()) text += fmt::format("Vendor's reference: {}\n", on_one_line(move.reference));
  if (move.changes.empty()) return text;
  std::vector<Column> columns{{"LINE", Align::right}, {"SKU"}, {"WAREHOUSE"}, {"ORDERED", Align::right}, {"PROMISED"}, {"INCOMING", Align::right}};
  if (!move.estimates.empty()) columns.push_back({"EXPECTED"});
  Table changes(std::move(columns));
  for (std::size_t index = 0; index < move.changes.size(); ++index) {
    const engine::PurchaseChange& change = move.changes[index];
    std::vector<std::string> cells{number_text(change.line), catalogue_.code(change.sku), catalogue_.code(change.warehouse), with_separators(change.quantity),
                                   time_text(change.promised), with_sign(change.incoming_change)};
    if (!move.estimates.empty()) cells.push_back(estimate_text(move.estimates[index]));
    changes.add(std::move(cells));
  }
  return text + changes.text();
}

std::string InboundText::operator()(const engine::PurchaseReceiptDecision& receipt) const {
  Table rows({{"LINE", Align::right}, {"SKU"}, {"WAREHOUSE"}, {"GOOD", Align::right}, {"DAMAGED", Align::right}, {"OVER", Align::right},
              {"AVAILABLE THEN", Align::right}});
  for (const engine::PurchaseArrivedRow& row : receipt.rows) {
    rows.add({number_text(row.line), catalogue_.code(row.sku), catalogue_.code(row.warehouse), with_separators(row.quantity), amount(row.damaged),
              amount(row.over), with_separators(row.available_after)});
  }
  return fmt::format("Receipt {} of purchase order {} from vendor {}, which is {} ({})\n{}", on_one_line(receipt.id),
                     on_one_line(receipt.purchase_id), on_one_line(receipt.vendor), in_words(name(receipt.state)), decision_, rows.text());
}

std::string InboundText::operator()(const engine::RulesDecision& set) const {
  std::set<std::uint32_t> named;  // by rows, where nothing else is said of them
  for (const engine::SourceSet& source : set.sources) named.insert(source.vendor);
  for (const engine::RuleSet& rule : set.rules) named.insert(rule.vendor);
  const auto code = [&](std::uint32_t place) { return place == 0 ? std::string("by lead time") : std::string(set.vendors[place - 1].code); };
  Table vendors({{"VENDOR"}, {"NAME"}, {"LEAD TIME"}, {"CUT-OFF"}});
  for (std::uint32_t place = 1; place <= set.vendors.size(); ++place) {
    const engine::VendorSet& vendor = set.vendors[place - 1];
    if (!named.contains(place)) vendors.add({std::string(vendor.code), std::string(vendor.name), days_text(vendor.lead_days), cut_off_text(vendor.cut_off)});
  }
  Table sources({{"SKU"}, {"VENDOR"}, {"LEAD TIME"}});
  for (const engine::SourceSet& source : set.sources) sources.add({catalogue_.code(source.sku), code(source.vendor), days_text(source.lead_days)});
  Table rules({{"SKU"}, {"WAREHOUSE"}, {"RULE"}, {"MODE"}, {"VENDOR"}, {"SNOOZED UNTIL"}});
  for (const engine::RuleSet& rule : set.rules) {
    const bool off = rule.mode == engine::RuleMode::off;
    rules.add({catalogue_.code(rule.sku), catalogue_.code(rule.warehouse), off ? "" : rule_text(rule), std::string(name(rule.mode)),
               off ? "" : code(rule.vendor), rule.snoozed_until.value == 0 ? "" : time_text(rule.snoozed_until)});
  }
  const bool nothing = set.vendors.empty() && set.sources.empty() && set.rules.empty();
  std::string text = fmt::format("{} ({})\n", nothing ? "Everything stood like this already" : "Set", decision_);
  for (const Table* table : {&vendors, &sources, &rules}) text += table->empty() ? "" : table->text();
  return text;
}

std::string InboundText::operator()(const engine::ReorderDecision& reorder) const {
  const std::string rule = on_one_line(catalogue_.code(reorder.sku)) + " for " + on_one_line(catalogue_.code(reorder.warehouse));
  const std::string why = position_text(reorder);
  if (reorder.cleared) return fmt::format("The position of {} is above the point of its rule again ({})\n{}\n", rule, decision_, why);
  if (reorder.quantity == 0) return fmt::format("Reorder {} ({})\n{}\n", rule, decision_, why);
  const std::string purchase = on_one_line(reorder.purchase) + " from vendor " + on_one_line(reorder.vendor);
  std::string text = reorder.purchase_lsn.value == 0
                         ? fmt::format("Purchase order {} raised: {} ({})\n", purchase, in_words(name(reorder.state)), decision_)
                         : fmt::format("Added to purchase order {}: {} ({})\n", purchase, with_separators(reorder.quantity), decision_);
  text += fmt::format("Line {}: {} {}", reorder.line.value, with_separators(reorder.line_quantity), rule);
  if (reorder.promised.value != 0) text += ", promised " + time_text(reorder.promised);
  if (reorder.closes.value != 0) text += "\nIt takes lines until " + time_text(reorder.closes);
  return text + "\n" + why + "\n";
}

std::string InboundText::operator()(const engine::OverdueDecision& overdue) const {
  std::vector<Column> columns{{"SKU"}, {"WAREHOUSE"}, {overdue.transfer ? "IN TRANSIT" : "OPEN", Align::right}, {overdue.transfer ? "WAS EXPECTED" : "PROMISED"}};
  if (!overdue.transfer) columns.insert(columns.begin(), {"LINE", Align::right});
  Table lines(std::move(columns));
  for (const engine::OverdueLine& line : overdue.lines) {
    std::vector<std::string> cells{catalogue_.code(line.sku), catalogue_.code(line.warehouse), with_separators(line.open), time_text(line.promised)};
    if (!overdue.transfer) cells.insert(cells.begin(), number_text(line.line));
    lines.add(std::move(cells));
  }
  return fmt::format("{} is overdue, and expected {} now ({})\n{}", supply_text(overdue), time_text(overdue.expected), decision_, lines.text());
}

std::string InboundText::operator()(const engine::DatesDecision& dates) const {
  Table lines({{"ORDER"}, {"LINE", Align::right}, {"SKU"}, {"WAITS", Align::right}, {"TOLD BEFORE"}, {"EXPECTED NOW"}, {"CUSTOMER"}});
  for (const engine::MovedDate& line : dates.lines) {
    lines.add({std::string(dates.orders[line.order]), number_text(line.line), catalogue_.code(line.sku), with_separators(line.waiting),
               told_day(line.before), told_day(line.date), std::string(dates.customers[line.order])});
  }
  return fmt::format("New dates for {} that wait{} ({})\n{}", counted(dates.lines.size(), "line"), dates.lines.size() == 1 ? "s" : "", decision_, lines.text());
}

}  // namespace earmark::client
