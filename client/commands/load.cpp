// earmark load DIR
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "client/catalogue_files.hpp"
#include "client/commands/command.hpp"
#include "client/csv.hpp"
#include "client/describe.hpp"
#include "client/progress.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
FILES (UTF-8 CSV with a header, each may be .gz; at least one has to be there)
  warehouses.csv  warehouse,priority[,name]     the lower priority number is tried first, ties by code
  products.csv    sku[,description][,backorderable]   backorderable: true (default) or false, a SKU that nothing waits for: what
                                                is not there of it is cancelled; further columns are not used yet
  stock.csv       sku,warehouse,on_hand         opening stock; SKUs that are not in products.csv are added

Loading again changes nothing that stands already; new SKUs, warehouses and stock are added, names, priorities and
backorderable are changed; where the column is empty it stays as it is, and what waits already goes on waiting. Opening stock
is set once for each SKU and warehouse: another figure is refused (already_loaded).

EXAMPLES
  earmark load examples/building-materials
  earmark load /var/lib/erp/export --json)";

Outcome<void> load(const Globals& globals, const std::string& directory) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  if (auto done = client->learn_warehouses(); !done) return done;
  auto files = read_catalogue(directory, client->catalogue().warehouses());
  if (!files) return Unexpected{files.error()};
  Progress progress("loading", files->products.size() + files->stock.size());
  auto totals = send_catalogue(*client, *files, [&](std::uint64_t count) { progress.done(count); });
  if (!totals) return Unexpected{totals.error()};
  if (globals.json) {
    return print_json({{"lsn", totals->last.value}, {"warehouses", totals->warehouses}, {"products", totals->products},
                       {"stock", totals->stock_rows}, {"units", totals->units}, {"fills", totals->fills}});
  }
  std::string text = fmt::format("Read {}, {}, {} of stock.\n", counted(files->warehouses.size(), "warehouse"),
                                 counted(files->products.size(), "product"), counted(files->stock.size(), "row"));
  text += fmt::format("New or changed: {}, {}, {} of stock with {} (decision {}).\n", counted(totals->warehouses, "warehouse"),
                      counted(totals->products, "product"), counted(totals->stock_rows, "row"),
                      counted(totals->units, "unit"), totals->last.value);
  if (totals->fills != 0) text += fmt::format("Filled {} that waited for it.\n", counted(totals->fills, "backorder"));
  if (find_table(directory, "vendors.csv")) text += "vendors.csv was not used: purchase orders name vendors by code, and this version keeps no list of them.\n";
  if (find_table(directory, "rules.csv")) text += "rules.csv was not used: this version knows no reorder rules.\n";
  return print(text);
}

}  // namespace

Run add_load(Options& options, const Globals& globals) {
  auto directory = std::make_shared<std::string>();
  options.needed("directory", *directory, "DIR", "Directory with the files").notes(notes);
  return [&globals, directory] { return load(globals, *directory); };
}

}  // namespace earmark::client
