// earmark po list and show: open purchase orders, and what of them is still to come.
#include <nlohmann/json.hpp>

#include "client/commands/ask.hpp"
#include "client/commands/command.hpp"
#include "client/describe.hpp"
#include "client/items.hpp"
#include "client/purchases.hpp"
#include "client/table.hpp"

namespace earmark::client {
namespace {

constexpr const char* list_notes = R"(
Open purchase orders, drafts too, in the order in which they were placed. NEXT ARRIVAL is the earliest date that is promised for what is open.

EXAMPLES
  earmark po list
  earmark po list --vendor HOLZ --json)";

constexpr const char* show_notes = R"(
Each line of an open purchase order: ordered, received (damaged units included), open, and when it is promised. FIRST PROMISED is what was said
at first, where that was something else. Overdue is what is open of an approved purchase order after its moment has come; a date alone is its beginning.

EXAMPLES
  earmark po show PO-204)";

Json json_of(const OpenPurchase& purchase, std::uint64_t as_of) {
  const PurchaseFigures figures = figures_of(purchase);
  Json json{{"purchase", purchase.purchase}, {"vendor", purchase.vendor}, {"state", name(purchase.state)}, {"lsn", purchase.lsn},
            {"since_us", purchase.since_us}, {"ordered", figures.ordered}, {"received", figures.received}, {"open", figures.open}, {"as_of", as_of}};
  if (!purchase.reference.empty()) json["reference"] = purchase.reference;
  if (!purchase.notes.empty()) json["notes"] = purchase.notes;
  if (figures.next_arrival_us != 0) json["next_arrival_us"] = figures.next_arrival_us;
  Json& lines = json["lines"] = Json::array();
  for (const OpenPurchaseLine& line : purchase.lines) {
    lines.push_back({{"line", line.line}, {"sku", line.sku}, {"warehouse", line.warehouse}, {"quantity", line.quantity}, {"received", line.received},
                     {"open", line.open}});
    if (line.promised_us != 0) lines.back()["promised_us"] = line.promised_us;
    if (line.first_promised_us != 0) lines.back()["first_promised_us"] = line.first_promised_us;
  }
  return json;
}

std::string moment(std::int64_t time_us) { return time_text(engine::TimeUs{time_us}); }

std::string table_of(const OpenPurchase& purchase, std::int64_t now) {
  Table table({{"LINE", Align::right}, {"SKU"}, {"WAREHOUSE"}, {"ORDERED", Align::right}, {"RECEIVED", Align::right}, {"OPEN", Align::right}, {"PROMISED"},
               {"FIRST PROMISED"}});
  for (const OpenPurchaseLine& line : purchase.lines) {
    table.add({std::to_string(line.line), line.sku, line.warehouse, with_separators(line.quantity), with_separators(line.received), with_separators(line.open),
               moment(line.promised_us) + (is_overdue(purchase, line, now) ? " overdue" : ""),
               line.first_promised_us == line.promised_us ? "" : moment(line.first_promised_us)});
  }
  return table.text();
}

Outcome<void> list(const Globals& globals, const std::string& vendor) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  const auto answer = ask<PurchasesAnswer>(*client, PurchasesQuestion{{}, vendor});
  if (!answer) return Unexpected{answer.error()};
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
  if (answer->purchases.empty()) return print("No purchase order" + (vendor.empty() ? "" : " from vendor " + on_one_line(vendor)) + " is open.\n");
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
  return print(text + table_of(purchase, now) + counted(figures_of(purchase).open, "unit") + " open, true at decision " + std::to_string(answer->as_of) + ".\n");
}

}  // namespace

Run add_po_list(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<std::string>();
  options.text("--vendor", *chosen, "VENDOR", "Only this vendor's").notes(list_notes);
  return [&globals, chosen] { return list(globals, *chosen); };
}

Run add_po_show(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<std::string>();
  options.needed("purchase", *chosen, "PURCHASE", "Id of the purchase order").notes(show_notes);
  return [&globals, chosen] { return show(globals, *chosen); };
}

}  // namespace earmark::client
