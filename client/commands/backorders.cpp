// earmark backorders [--sku S] [--customer C]
#include <nlohmann/json.hpp>

#include "client/commands/command.hpp"
#include "client/describe.hpp"
#include "client/table.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
Lines that wait, in the order in which they will be served. Place and units ahead count all who wait for the SKU, also
those that --customer leaves out. Expected is when a line's last unit can be, as it is known now; 'earmark show' tells it part by part.

EXAMPLES
  earmark backorders
  earmark backorders --sku BEAM-LVL-45x240-6M
  earmark backorders --customer "Hartmann Roofing" --json)";

struct BackordersOptions {
  std::string sku, customer;
};

// One waiting line, copied: its codes are looked up with further questions.
struct Row {
  schema::WaitingLine line;
  std::string order, customer;
  std::int64_t expected_us = 0;
};

Outcome<void> print_row(const Row& row, const Catalogue& catalogue) {
  const schema::WaitingLine& line = row.line;
  Json json{{"sku", catalogue.code(line.sku)}, {"order", row.order}, {"line", line.line.value},
            {"customer", row.customer}, {"quantity", line.quantity}, {"position", line.position},
            {"quantity_ahead", line.quantity_ahead}, {"priority", line.priority.value},
            {"order_lsn", line.order_lsn.value}, {"since_us", line.since.value}};
  if (line.pinned.value != 0) json["pinned"] = catalogue.code(line.pinned);
  if (row.expected_us != 0) json["expected_us"] = row.expected_us;
  return print_json(json);
}

Outcome<void> backorders(const Globals& globals, const BackordersOptions& options) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  if (auto done = client->learn_warehouses(); !done) return done;
  engine::SkuId sku{};
  if (!options.sku.empty()) {
    auto known = known_sku(*client, options.sku);
    if (!known) return Unexpected{known.error()};
    sku = *known;
  }
  auto answer = client->ask_for<schema::BackordersAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
    client->connection().encoder().backorders(client->connection().out(), correlation,
                                              {client->catalogue().epoch(), sku, options.customer});
    return {};
  });
  if (!answer) return Unexpected{answer.error()};
  const engine::Lsn as_of = answer->as_of;
  std::vector<Row> rows;
  std::vector<engine::SkuId> skus;
  for (std::size_t index = 0; index < answer->lines.size(); ++index) {
    const schema::WaitingLine& line = answer->lines[index];
    rows.push_back({line, std::string(answer->orders[line.order]), std::string(answer->customers[line.order]), answer->expected[index]});
    skus.push_back(line.sku);
  }
  if (auto done = client->learn_skus(skus); !done) return done;
  const Catalogue& catalogue = client->catalogue();
  if (globals.json) {
    for (const Row& row : rows) {
      if (auto done = print_row(row, catalogue); !done) return done;
    }
    return {};
  }
  if (rows.empty()) return print("Nobody waits.\n");
  Table table({{"SKU"}, {"PLACE", Align::right}, {"ORDER"}, {"LINE", Align::right}, {"CUSTOMER"},
               {"WAITS FOR", Align::right}, {"UNITS AHEAD", Align::right}, {"PRIORITY", Align::right}, {"SINCE"}, {"EXPECTED"}});
  std::uint64_t units = 0;
  for (const Row& row : rows) {
    table.add({catalogue.code(row.line.sku), with_separators(row.line.position), row.order,
               std::to_string(row.line.line.value), row.customer, with_separators(row.line.quantity),
               with_separators(row.line.quantity_ahead), std::to_string(row.line.priority.value),
               time_text(row.line.since), row.expected_us == 0 ? "no date" : day_text(row.expected_us)});
    units += row.line.quantity;
  }
  return print(table.text() + counted(rows.size(), "line") + " wait for " + counted(units, "unit") +
               ", true at decision " + std::to_string(as_of.value) + ".\n");
}

}  // namespace

Run add_backorders(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<BackordersOptions>();
  options.text("--sku", chosen->sku, "SKU", "Only this SKU")
      .text("--customer", chosen->customer, "NAME", "Only this customer, by the exact name")
      .notes(notes);
  return [&globals, chosen] { return backorders(globals, *chosen); };
}

}  // namespace earmark::client
