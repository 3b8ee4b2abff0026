// earmark transfer ship, receive, list and show: units on their way from one warehouse to another.
#include <nlohmann/json.hpp>

#include "client/commands/send.hpp"
#include "client/describe.hpp"
#include "client/items.hpp"
#include "client/random_id.hpp"
#include "client/table.hpp"

namespace earmark::client {
namespace {

constexpr const char* ship_notes = R"(
The units must be available in FROM: what is reserved, held or quarantined stays. Are there too few of any SKU, nothing leaves
(not_enough). While they are in transit no warehouse has them and no order can get them; earmark stock shows them as incoming
of TO. DATE is a time in UTC, or from now on (+2d); who waits for the units is told it.

EXAMPLES
  earmark transfer ship MAIN WEST BEAM-LVL:20 HANGER:40 --id TR-81 --expected 2026-03-04 --reason "rebalance"
  earmark transfer ship MAIN WEST BEAM-LVL:20 --expected +2d)";

constexpr const char* receive_notes = R"(
Without items everything that is in transit has arrived whole. SKU:GOOD says what of a SKU arrived, SKU:GOOD/DAMAGED also how much
of it is damaged: on hand there, but set aside (earmark restore or scrap it later). What arrives is available at once, and who
waits is served. More than was in transit is taken, and noted as over; a SKU that the transfer does not have is a receipt.

A transfer is closed when everything has arrived. With --close it is closed in any case: what has not arrived by then is lost, and
noted as short.

EXAMPLES
  earmark transfer receive TR-81
  earmark transfer receive TR-81 BEAM-LVL:18/2 HANGER:40
  earmark transfer receive TR-81 BEAM-LVL:0 --close      nothing more of it will come)";

constexpr const char* list_notes = R"(
Open transfers, in the order in which they were shipped.

EXAMPLES
  earmark transfer list
  earmark transfer list --json)";

constexpr const char* show_notes = R"(
What an open transfer has of each SKU.

EXAMPLES
  earmark transfer show TR-81)";

struct ShipOptions {
  ShipTransfer ship;
  std::vector<std::string> items;
  std::string expected;
};

struct ReceiveOptions {
  ReceiveTransfer receive;
  std::vector<std::string> items;
};

Outcome<void> ship(const Globals& globals, ShipOptions options) {
  if (options.items.empty()) return usage("say what is shipped, e.g. MAIN WEST BEAM-LVL:20");
  for (const std::string& text : options.items) {
    auto item = parse_item(text);
    if (!item || !item->warehouse.empty()) return usage("'" + text + "' is not SKU:QUANTITY, e.g. BEAM-LVL:20");
    options.ship.rows.push_back({item->sku, item->quantity});
  }
  if (!options.expected.empty()) {
    auto expected = parse_moment(options.expected, now_us());
    if (!expected) return Unexpected{expected.error()};
    options.ship.expected_us = *expected;
  }
  if (options.ship.id.empty()) options.ship.id = random_id("transfer");
  return send(globals, options.ship);
}

Outcome<void> receive(const Globals& globals, ReceiveOptions options) {
  for (const std::string& text : options.items) {
    auto item = parse_arrival_item(text);
    if (!item) return Unexpected{item.error()};
    options.receive.rows.push_back({item->sku, item->quantity, item->damaged});
  }
  if (options.receive.command_id.empty()) options.receive.command_id = random_id("arrival");
  return send(globals, options.receive);
}

// A transfer as it stands, its ids looked up.
struct Shown {
  std::string id, source, destination;
  schema::OpenTransfer open;
  std::vector<engine::TransferLine> lines;

  std::uint64_t in_transit() const {
    std::uint64_t units = 0;
    for (const engine::TransferLine& line : lines) units += line.in_transit();
    return units;
  }
};

Outcome<std::vector<Shown>> ask(Client& client, const std::string& id, std::uint64_t& as_of) {
  auto answer = client.ask_for<schema::TransfersAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
    client.connection().encoder().transfers(client.connection().out(), correlation, {std::string_view(id).substr(0, 256)});
    return {};
  });
  if (!answer) return Unexpected{answer.error()};
  as_of = answer->as_of.value;
  std::vector<Shown> all;
  std::vector<engine::SkuId> skus;
  std::size_t next = 0;
  for (std::size_t index = 0; index < answer->open.size(); ++index) {
    const schema::OpenTransfer& open = answer->open[index];
    const auto lines = answer->lines.subspan(next, open.lines);
    next += open.lines;
    all.push_back({std::string(answer->transfers[index]), {}, {}, open, {lines.begin(), lines.end()}});
    for (const engine::TransferLine& line : lines) skus.push_back(line.sku);
  }
  if (auto done = client.learn_warehouses(); !done) return Unexpected{done.error()};
  if (auto done = client.learn_skus(skus); !done) return Unexpected{done.error()};
  for (Shown& shown : all) {
    shown.source = client.catalogue().code(shown.open.source);
    shown.destination = client.catalogue().code(shown.open.destination);
  }
  return all;
}

Json json_of(const Shown& shown, const Catalogue& catalogue, std::uint64_t as_of) {
  Json json{{"transfer", shown.id}, {"source", shown.source}, {"destination", shown.destination}, {"lsn", shown.open.lsn.value},
            {"since_us", shown.open.since.value}, {"in_transit", shown.in_transit()}, {"as_of", as_of}};
  if (shown.open.expected.value != 0) json["expected_us"] = shown.open.expected.value;
  Json& lines = json["lines"] = Json::array();
  for (const engine::TransferLine& line : shown.lines) {
    lines.push_back({{"sku", catalogue.code(line.sku)}, {"shipped", line.shipped}, {"received", line.received}, {"in_transit", line.in_transit()}});
  }
  return json;
}

std::string expected_text(const Shown& shown) { return shown.open.expected.value == 0 ? "-" : time_text(shown.open.expected); }

Outcome<void> list(const Globals& globals) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  std::uint64_t as_of = 0, units = 0;
  const auto all = ask(*client, {}, as_of);
  if (!all) return Unexpected{all.error()};
  Table table({{"TRANSFER"}, {"FROM"}, {"TO"}, {"SKUS", Align::right}, {"IN TRANSIT", Align::right}, {"EXPECTED"}, {"SINCE"}});
  for (const Shown& shown : *all) {
    units += shown.in_transit();
    if (globals.json) {
      if (auto done = print_json(json_of(shown, client->catalogue(), as_of)); !done) return done;
    } else {
      table.add({shown.id, shown.source, shown.destination, with_separators(shown.lines.size()), with_separators(shown.in_transit()),
                 expected_text(shown), time_text(shown.open.since)});
    }
  }
  if (globals.json) return {};
  if (all->empty()) return print("Nothing is in transit.\n");
  return print(table.text() + counted(all->size(), "transfer") + " with " + counted(units, "unit") + " in transit, true at decision " +
               std::to_string(as_of) + ".\n");
}

Outcome<void> show(const Globals& globals, const std::string& id) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  std::uint64_t as_of = 0;
  const auto all = ask(*client, id, as_of);
  if (!all) return Unexpected{all.error()};
  if (all->empty()) return usage("name a transfer; earmark transfer list shows the open ones");
  const Shown& shown = all->front();
  if (globals.json) return print_json(json_of(shown, client->catalogue(), as_of));
  Table table({{"SKU"}, {"SHIPPED", Align::right}, {"RECEIVED", Align::right}, {"IN TRANSIT", Align::right}});
  for (const engine::TransferLine& line : shown.lines) {
    table.add({client->catalogue().code(line.sku), with_separators(line.shipped), with_separators(line.received), with_separators(line.in_transit())});
  }
  return print("Transfer " + on_one_line(shown.id) + " from " + on_one_line(shown.source) + " to " + on_one_line(shown.destination) +
               ", shipped " + time_text(shown.open.since) + " (decision " + std::to_string(shown.open.lsn.value) + "), expected " +
               expected_text(shown) + "\n" + table.text() + "True at decision " + std::to_string(as_of) + ".\n");
}

}  // namespace

Run add_transfer_ship(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<ShipOptions>();
  options.needed("from", chosen->ship.source, "FROM", "Warehouse that the units leave")
      .needed("to", chosen->ship.destination, "TO", "Warehouse that they go to")
      .texts("items", chosen->items, "SKU:QUANTITY", "What leaves")
      .text("--id", chosen->ship.id, "ID", "Id of the transfer; without it a random one")
      .text("--expected", chosen->expected, "DATE", "When it should arrive, in UTC")
      .text("--reason", chosen->ship.reason, "TEXT", "Why; stands in the record")
      .notes(ship_notes);
  return [&globals, chosen] { return ship(globals, *chosen); };
}

Run add_transfer_receive(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<ReceiveOptions>();
  options.needed("transfer", chosen->receive.transfer, "TRANSFER", "Id of the transfer")
      .texts("items", chosen->items, "SKU:GOOD[/DAMAGED]", "What arrived; none: everything in transit, whole")
      .flag("--close", chosen->receive.close, "Nothing more will arrive")
      .text("--id", chosen->receive.command_id, "ID", "Id of this command; without it a random one")
      .notes(receive_notes);
  return [&globals, chosen] { return receive(globals, *chosen); };
}

Run add_transfer_list(Options& options, const Globals& globals) {
  options.notes(list_notes);
  return [&globals] { return list(globals); };
}

Run add_transfer_show(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<std::string>();
  options.needed("transfer", *chosen, "TRANSFER", "Id of the transfer").notes(show_notes);
  return [&globals, chosen] { return show(globals, *chosen); };
}

}  // namespace earmark::client
