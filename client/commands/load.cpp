// earmark load DIR
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "client/catalogue_files.hpp"
#include "client/commands/ask.hpp"
#include "client/commands/command.hpp"
#include "client/describe.hpp"
#include "client/progress.hpp"
#include "client/rule_files.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
FILES (UTF-8 CSV with a header, each may be .gz; at least one of the first three has to be there)
  warehouses.csv  warehouse,priority[,name]     the lower priority number is tried first, ties by code
  products.csv    sku[,description][,backorderable][,vendor,lead_days][,reorder_point,reorder_qty]   backorderable: true (default)
                                                or false, a SKU that nothing waits for: what is not there of it is cancelled
  stock.csv       sku,warehouse,on_hand         opening stock; SKUs that are not in products.csv are added
  vendors.csv     vendor[,name][,lead_days][,cut_off]   cut_off: HH:MM in UTC, or none
  sources.csv     sku,vendor[,lead_days]        who else sells a SKU
  rules.csv       sku,warehouse,kind[,point,quantity][,minimum,multiple,maximum][,vendor][,lead_days][,mode][,pooled]
                                                kind: reorder_point, min_max, lot_for_lot; mode: off, alert, suggest (default),
                                                auto-po; pooled: true or false (default). See earmark rule set --help

Of products.csv, vendor and lead_days make a source; reorder_point and reorder_qty a pooled rule in mode suggest (alert, where
nobody sells the SKU) that orders to the first warehouse by priority, for SKUs that have no rule yet. Empty cells: none.

Loading again changes nothing that stands already; new SKUs, warehouses and stock are added, names, priorities and
backorderable are changed; where the column is empty it stays as it is, and what waits already goes on waiting. Opening stock
is set once for each SKU and warehouse: another figure is refused (already_loaded). Vendors, sources and rules.csv are changed to
what the files say; what reorder_point says of a SKU that has another rule already is left alone, and counted.

EXAMPLES
  earmark load examples/building-materials
  earmark load examples/building-materials --no-rules
  earmark load /var/lib/erp/export --json)";

struct LoadOptions {
  std::string directory;
  bool no_rules = false;
};

// By priority, ties by code.
std::string first_warehouse(const Catalogue& catalogue) {
  const auto& all = catalogue.warehouses();
  const auto first = std::ranges::min_element(all, {}, [](const WarehouseInfo& each) { return std::tuple(each.priority, each.code); });
  return first == all.end() ? std::string() : first->code;
}

Outcome<RuleTotals> load_rules(Client& client, const RuleFiles& files) {
  if (files.empty()) return RuleTotals{};
  if (auto done = client.learn_warehouses(); !done) return Unexpected{done.error()};
  const auto standing = ask<RulesAnswer>(client, RulesQuestion{});
  if (!standing) return Unexpected{standing.error()};
  const RulePlan plan = plan_of(files, *standing, first_warehouse(client.catalogue()));
  Progress progress("setting rules", plan.vendors.size() + plan.sources.size() + plan.rules.size());
  return send_rules(client, plan, [&](std::uint64_t count) { progress.done(count); });
}

std::string rules_text(const RuleTotals& rules) {
  std::string text = fmt::format("Purchasing: {}, {}, {} new or changed", counted(rules.vendors, "vendor"), counted(rules.sources, "source"),
                                 counted(rules.rules, "reorder rule"));
  text += rules.last.value == 0 ? ".\n" : fmt::format(" (decision {}).\n", rules.last.value);
  if (rules.left == 0) return text;
  return text + fmt::format("Left alone: {} with another reorder rule than products.csv says; earmark rule set or rules.csv changes it.\n", counted(rules.left, "SKU"));
}

Outcome<void> load(const Globals& globals, const LoadOptions& options) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  if (auto done = client->learn_warehouses(); !done) return done;
  auto files = read_catalogue(options.directory, client->catalogue().warehouses());
  if (!files) return Unexpected{files.error()};
  auto rule_files = options.no_rules ? Outcome<RuleFiles>(RuleFiles{}) : read_rule_files(options.directory);
  if (!rule_files) return Unexpected{rule_files.error()};
  Progress progress("loading", files->products.size() + files->stock.size());
  auto totals = send_catalogue(*client, *files, [&](std::uint64_t count) { progress.done(count); });
  if (!totals) return Unexpected{totals.error()};
  const auto rules = load_rules(*client, *rule_files);
  if (!rules) return Unexpected{rules.error()};
  if (globals.json) {
    return print_json({{"lsn", std::max(totals->last, rules->last).value}, {"warehouses", totals->warehouses}, {"products", totals->products},
                       {"stock", totals->stock_rows}, {"units", totals->units}, {"fills", totals->fills}, {"vendors", rules->vendors},
                       {"sources", rules->sources}, {"rules", rules->rules}, {"rules_left", rules->left}});
  }
  std::string text = fmt::format("Read {}, {}, {} of stock.\n", counted(files->warehouses.size(), "warehouse"),
                                 counted(files->products.size(), "product"), counted(files->stock.size(), "row"));
  text += fmt::format("New or changed: {}, {}, {} of stock with {} (decision {}).\n", counted(totals->warehouses, "warehouse"),
                      counted(totals->products, "product"), counted(totals->stock_rows, "row"),
                      counted(totals->units, "unit"), totals->last.value);
  if (totals->fills != 0) text += fmt::format("Filled {} that waited for it.\n", counted(totals->fills, "backorder"));
  if (!rule_files->empty()) text += rules_text(*rules);
  return print(text);
}

}  // namespace

Run add_load(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<LoadOptions>();
  options.needed("directory", chosen->directory, "DIR", "Directory with the files")
      .flag("--no-rules", chosen->no_rules, "Leave vendors, sources and reorder rules alone")
      .notes(notes);
  return [&globals, chosen] { return load(globals, *chosen); };
}

}  // namespace earmark::client
