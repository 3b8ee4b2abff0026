// earmark po list and show: open purchase orders, and what of them is still to come.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "client/commands/ask.hpp"
#include "client/commands/command.hpp"
#include "client/describe.hpp"
#include "client/items.hpp"
#include "client/purchases.hpp"
#include "client/rules_text.hpp"
#include "client/table.hpp"

namespace earmark::client {
namespace {

constexpr const char* list_notes = R"(
Open purchase orders, drafts and suggestions of reorder rules too, in the order in which they were placed. NEXT ARRIVAL is the earliest date at which something
that is open is expected.

EXAMPLES
  earmark po list
  earmark po list --state suggested
  earmark po list --vendor HOLZ --json)";

constexpr const char* show_notes = R"(
Each line of an open purchase order: ordered, received (damaged units included), open, and when it is promised. FIRST PROMISED is what was said
at first, where that was something else, EXPECTED when it is expected now, where what was promised is over: what is overdue is expected later by what the vendor's
deliveries are late typically. FIRST FOR is the line of an order that gets what arrives before anybody else. A date alone is the beginning of its day.

EXAMPLES
  earmark po show PO-204)";

Json json_of(const OpenPurchase& purchase, std::uint64_t as_of) {
  const PurchaseFigures figures = figures_of(purchase);
  Json json{{"purchase", purchase.purchase}, {"vendor", purchase.vendor}, {"state", name(purchase.state)}, {"lsn", purchase.lsn},
            {"since_us", purchase.since_us}, {"ordered", figures.ordered}, {"received", figures.received}, {"open", figures.open}, {"as_of", as_of}};
  if (!purchase.reference.empty()) json["reference"] = purchase.reference;
  if (!purchase.notes.empty()) json["notes"] = purchase.notes;
  if (figures.next_arrival_us != 0) json["next_arrival_us"] = figures.next_arrival_us;
  if (purchase.closes_us != 0) json["closes_us"] = purchase.closes_us;
  if (purchase.automatic) json["automatic"] = true;
  Json& lines = json["lines"] = Json::array();
  for (const OpenPurchaseLine& line : purchase.lines) {
    lines.push_back({{"line", line.line}, {"sku", line.sku}, {"warehouse", line.warehouse}, {"quantity", line.quantity}, {"received", line.received},
                     {"open", line.open}});
    if (line.promised_us != 0) lines.back()["promised_us"] = line.promised_us;
    if (line.first_promised_us != 0) lines.back()["first_promised_us"] = line.first_promised_us;
    if (line.expected_us != 0) lines.back()["expected_us"] = line.expected_us;
    if (line.pegged) lines.back()["peg_order"] = line.peg_order, lines.back()["peg_line"] = line.peg_line;
  }
  return json;
}

std::string moment(std::int64_t time_us) { return time_text(engine::TimeUs{time_us}); }

std::string table_of(const OpenPurchase& purchase, std::int64_t now) {
  const auto late = [](const OpenPurchaseLine& line) { return line.expected_us != line.promised_us && line.open != 0; };
  const bool some_late = std::ranges::any_of(purchase.lines, late), some_pegged = std::ranges::any_of(purchase.lines, &OpenPurchaseLine::pegged);
  std::vector<Column> columns{{"LINE", Align::right}, {"SKU"}, {"WAREHOUSE"}, {"ORDERED", Align::right}, {"RECEIVED", Align::right}, {"OPEN", Align::right}, {"PROMISED"},
                              {"FIRST PROMISED"}};
  if (some_late) columns.push_back({"EXPECTED"});
  if (some_pegged) columns.push_back({"FIRST FOR"});
  Table table(std::move(columns));
  for (const OpenPurchaseLine& line : purchase.lines) {
    std::vector<std::string> cells{std::to_string(line.line), line.sku, line.warehouse, with_separators(line.quantity), with_separators(line.received),
                                   with_separators(line.open), moment(line.promised_us) + (is_overdue(purchase, line, now) ? " overdue" : ""),
                                   line.first_promised_us == line.promised_us ? "" : moment(line.first_promised_us)};
    if (some_late) cells.push_back(late(line) ? moment(line.expected_us) : "");
    if (some_pegged) cells.push_back(line.pegged ? peg_text(line.peg_order, line.peg_line) : "");
    table.add(std::move(cells));
  }
  return table.text();
}

struct ListOptions {
  std::string vendor, state;
};

Outcome<void> list(const Globals& globals, const ListOptions& options) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  auto answer = ask<PurchasesAnswer>(*client, PurchasesQuestion{{}, options.vendor});
  if (!answer) return Unexpected{answer.error()};
  if (!options.state.empty()) std::erase_if(answer->purchases, [&](const OpenPurchase& purchase) { return name(purchase.state) != options.state; });
  Table table({{"ID"}, {"VENDOR"}, {"STATE"}, {"LINES", Align::right}, {"ORDERED", Align::right}, {"RECEIVED", Align::right}, {"OPEN", Align::right},
               {"NEXT ARRIVAL"}});
  std::uint64_t units = 0;
  for (const OpenPurchase& purchase : answer->purchases) {
    const PurchaseFigures figures = figures_of(purchase);
    units += figures.open;
    if (globals.json) {
      if (auto done = print_json(json_of(purchase, answer->as_of)); !done) return done;
    } else {
      table.add({purchase.purchase, purchase.vendor, in_words(name(purchase.state)), with_separators(purchase.lines.size()), with_separators(figures.ordered),
                 with_separators(figures.received), with_separators(figures.open), moment(figures.next_arrival_us)});
    }
  }
  if (globals.json) return {};
  if (answer->purchases.empty()) return print("No purchase order" + (options.vendor.empty() ? "" : " from vendor " + on_one_line(options.vendor)) + " is " +
                                                (options.state.empty() ? "open" : in_words(options.state)) + ".\n");
  return print(table.text() + counted(answer->purchases.size(), "purchase order") + " with " + counted(units, "unit") + " open, true at decision " +
               std::to_string(answer->as_of) + ".\n");
}

Outcome<void> show(const Globals& globals, const std::string& id) {
  if (id.empty()) return usage("name a purchase order; earmark po list shows the open ones");
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  const auto answer = ask<PurchasesAnswer>(*client, PurchasesQuestion{id, {}});
  if (!answer) return Unexpected{answer.error()};
  if (answer->purchases.size() != 1) return not_understood();
  const OpenPurchase& purchase = answer->purchases.front();
  if (globals.json) return print_json(json_of(purchase, answer->as_of));
  std::string text = "Purchase order " + on_one_line(purchase.purchase) + " from vendor " + on_one_line(purchase.vendor) + ": " +
                     in_words(name(purchase.state)) + ", placed " + moment(purchase.since_us) + " (decision " + std::to_string(purchase.lsn) + ")\n";
  if (!purchase.reference.empty()) text += "Vendor's reference: " + on_one_line(purchase.reference) + "\n";
  if (!purchase.notes.empty()) text += "Notes: " + on_one_line(purchase.notes) + "\n";
  const std::int64_t now = client->time().value != 0 ? client->time().value : now_us();
  if (purchase.closes_us != 0) text += std::string(purchase.automatic ? "Approved at " : "Takes lines of rules until ") + moment(purchase.closes_us) + "\n";
  return print(text + table_of(purchase, now) + counted(figures_of(purchase).open, "unit") + " open, true at decision " + std::to_string(answer->as_of) + ".\n");
}

}  // namespace

Run add_po_list(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<ListOptions>();
  options.text("--vendor", chosen->vendor, "VENDOR", "Only this vendor's")
      .choice("--state", chosen->state, {"suggested", "draft", "approved", "sent", "acknowledged", "partly_received"}, "STATE",
              "Only those in this state: suggested, draft, approved, sent, acknowledged, partly_received")
      .notes(list_notes);
  return [&globals, chosen] { return list(globals, *chosen); };
}

Run add_po_show(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<std::string>();
  options.needed("purchase", *chosen, "PURCHASE", "Id of the purchase order").notes(show_notes);
  return [&globals, chosen] { return show(globals, *chosen); };
}

}  // namespace earmark::client
