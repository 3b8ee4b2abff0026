// earmark stock [SKU...] [--warehouse W]
#include <map>
#include <nlohmann/json.hpp>

#include "client/commands/command.hpp"
#include "client/describe.hpp"
#include "client/table.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
Available = on hand - reserved - held - unavailable. Backordered is accepted demand that waits, of the SKU over all
warehouses; incoming is what is in transit to that warehouse, or open in approved purchase orders. Every row is exact and durable; with --snapshot all rows
(at most 1,024) are true at one moment, without it rows of different cells may be a moment apart. "overdrawn by N" stands for available where a count found N fewer
than are picked: what comes makes up for that first.

EXAMPLES
  earmark stock
  earmark stock BEAM-LVL-45x240-6M REBAR-16-6M
  earmark stock --warehouse MAIN --json)";

struct StockOptions {
  std::vector<std::string> skus;
  std::string warehouse;
  bool snapshot = false;
};

// Rows of one page, copied: their codes are looked up with further questions.
struct Page {
  std::vector<schema::StockLevel> levels;
  std::map<engine::SkuId, schema::SkuLevel> skus;
  engine::SkuId next_after{};
};

// Units that are picked and not there.
std::uint64_t overdraft_of(const schema::StockLevel& level) noexcept {
  const std::uint64_t promised = std::uint64_t{level.reserved} + level.held + level.unavailable;
  return promised > level.on_hand ? promised - level.on_hand : 0;
}

Outcome<Page> ask_page(Client& client, std::span<const engine::SkuId> skus, engine::SkuId after,
                       engine::WarehouseId warehouse, bool snapshot) {
  auto answer = client.ask_for<schema::StockAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
    client.connection().encoder().stock(client.connection().out(), correlation,
                                        {client.catalogue().epoch(), skus, after, warehouse, snapshot});
    return {};
  });
  if (!answer) return Unexpected{answer.error()};
  Page page{{answer->levels.begin(), answer->levels.end()}, {}, answer->next_after};
  for (const schema::SkuLevel& level : answer->skus) page.skus[level.sku] = level;
  std::vector<engine::SkuId> ids;
  for (const schema::StockLevel& level : page.levels) ids.push_back(level.sku);
  if (auto done = client.learn_skus(ids); !done) return Unexpected{done.error()};
  return page;
}

Outcome<void> print_json_rows(const Page& page, const Catalogue& catalogue) {
  for (const schema::StockLevel& level : page.levels) {
    const auto sku = page.skus.find(level.sku);
    Json row{{"sku", catalogue.code(level.sku)}, {"warehouse", catalogue.code(level.warehouse)},
             {"on_hand", level.on_hand}, {"reserved", level.reserved}, {"held", level.held},
             {"unavailable", level.unavailable}, {"available", level.available}, {"in_transit", level.incoming},
             {"lsn", level.lsn.value}};
    if (const std::uint64_t units = overdraft_of(level); units != 0) row["overdrawn"] = units;
    if (sku != page.skus.end()) {
      row["backordered"] = sku->second.backordered;
      row["incoming"] = sku->second.incoming;
    }
    if (auto done = print_json(row); !done) return done;
  }
  return {};
}

void add_rows(const Page& page, const Catalogue& catalogue, Table& table) {
  engine::SkuId shown{};
  for (const schema::StockLevel& level : page.levels) {
    const auto sku = page.skus.find(level.sku);
    const bool first = level.sku != shown && sku != page.skus.end();
    shown = level.sku;
    table.add({catalogue.code(level.sku), catalogue.code(level.warehouse), with_separators(level.on_hand),
               with_separators(level.reserved), with_separators(level.held), with_separators(level.unavailable),
               overdraft_of(level) == 0 ? with_separators(level.available) : "overdrawn by " + with_separators(overdraft_of(level)), first ? with_separators(sku->second.backordered) : "",
               with_separators(level.incoming)});
  }
}

Outcome<void> stock(const Globals& globals, const StockOptions& options) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  if (auto done = client->learn_warehouses(); !done) return done;
  engine::WarehouseId warehouse{};
  if (!options.warehouse.empty()) {
    auto known = known_warehouse(*client, options.warehouse);
    if (!known) return Unexpected{known.error()};
    warehouse = *known;
  }
  std::vector<engine::SkuId> skus;
  for (const std::string& code : options.skus) {
    auto known = known_sku(*client, code);
    if (!known) return Unexpected{known.error()};
    skus.push_back(*known);
  }
  Table table({{"SKU"}, {"WAREHOUSE"}, {"ON HAND", Align::right}, {"RESERVED", Align::right}, {"HELD", Align::right},
               {"UNAVAILABLE", Align::right}, {"AVAILABLE", Align::right}, {"BACKORDERED", Align::right},
               {"INCOMING", Align::right}});
  engine::SkuId after{};
  do {
    auto page = ask_page(*client, skus, after, warehouse, options.snapshot);
    if (!page) return Unexpected{page.error()};
    if (page->next_after.value != 0 && page->next_after <= after) {
      return unreachable("the server lists the same page of stock for ever; its version and this program's do not fit");
    }
    after = page->next_after;
    if (!globals.json) {
      add_rows(*page, client->catalogue(), table);
    } else if (auto done = print_json_rows(*page, client->catalogue()); !done) {
      return done;
    }
  } while (after.value != 0);
  if (globals.json) return {};
  return print(table.empty() ? "No stock is known; load some with 'earmark load DIR'.\n" : table.text());
}

}  // namespace

Run add_stock(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<StockOptions>();
  options.texts("skus", chosen->skus, "SKU", "SKUs to show; none: all")
      .text("--warehouse", chosen->warehouse, "WAREHOUSE", "Only this warehouse")
      .flag("--snapshot", chosen->snapshot, "All rows at one moment")
      .notes(notes);
  return [&globals, chosen] { return stock(globals, *chosen); };
}

}  // namespace earmark::client
