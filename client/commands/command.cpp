#include "client/commands/command.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "client/commands/lines.hpp"
#include "client/describe.hpp"
#include "client/event_text.hpp"
#include "client/items.hpp"
#include "client/table.hpp"

namespace earmark::client {

Outcome<Client> open(const Globals& globals) {
  auto server = Address::parse(globals.server);
  if (!server) return Unexpected{server.error()};
  ConnectOptions options;
  options.server = *server;
  options.token = globals.token;
  options.client_name = "earmark " EARMARK_VERSION;
  options.time_limit = std::chrono::seconds(globals.time_limit_s);
  return Client::connect(options);
}

Outcome<engine::TimeUs> time_of(const Globals& globals) {
  const engine::TimeUs time = time_from(globals.time);
  if (time.value != 0 || globals.time.empty()) return time;
  return usage("--time wants a moment in UTC, for example --time \"2026-03-01 08:30:00\", not '" + globals.time + "'");
}

Outcome<BorrowedClient> connect(const Globals& globals) {
  const auto time = time_of(globals);
  if (!time) return Unexpected{time.error()};
  std::optional<Client>* home = nullptr;
  if (globals.lines != nullptr) {
    if (auto done = globals.lines->settle(); !done) return Unexpected{done.error()};
    home = &globals.lines->client();
  }
  const bool is_open = home != nullptr && home->has_value();
  auto client = is_open ? Outcome<Client>(*std::exchange(*home, std::nullopt)) : open(globals);
  if (!client) return Unexpected{client.error()};
  client->use_time(*time);
  return BorrowedClient(std::move(*client), home);
}

Outcome<void> send_message(const Globals& globals, const Put& put) {
  if (globals.lines != nullptr && globals.lines->overlaps()) return globals.lines->put_under_way(globals, put);
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  auto message = client->ask([&](std::uint64_t correlation) { return put(*client, correlation); });
  if (!message) return Unexpected{message.error()};
  return print_answer(*client, *message, globals);
}

void print_failure(const Failure& failure) {
  std::fprintf(stderr, "earmark: %s%s\n", failure.kind == FailureKind::refused ? "refused: " : "", failure.text.c_str());
}

std::int64_t command_time_us(const Globals& globals) {
  const engine::TimeUs time = time_from(globals.time);
  return time.value == 0 ? now_us() : time.value;
}

Outcome<void> print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    return usage("cannot write to standard output; is the disk full?");
  }
  return {};
}

Outcome<void> print_json(const Json& json) { return print(json_line(json) + "\n"); }

Outcome<void> print_answer(Client& client, const Message& message, const Globals& globals) {
  Table fills({{"ORDER"}, {"LINE", Align::right}, {"SKU"}, {"GETS"}, {"STILL WAITS", Align::right}});
  auto done = client.each_event(message, [&](const schema::Event& event) -> Outcome<void> {
    const Catalogue& catalogue = client.catalogue();
    if (globals.json) return print_json(event_json(event, catalogue, message.duplicate));
    const auto* fill = std::get_if<engine::FillDecision>(&event.decision);
    if (fill == nullptr) return print(event_text(event, catalogue, message.duplicate));
    std::string gets;
    for (const engine::Take& take : fill->takes) {
      gets += (gets.empty() ? "" : ", ") + with_separators(take.quantity) + " " + catalogue.code(take.warehouse);
    }
    if (fill->pegged) gets += " (pegged to it)";
    fills.add({std::string(fill->order_id), std::to_string(fill->line.value), catalogue.code(fill->sku), gets,
               fill->still_waiting == 0 ? "-" : with_separators(fill->still_waiting)});
    return {};
  });
  if (!done || fills.empty()) return done;
  return print("Filled from the queue, in this order:\n" + fills.text());
}

Outcome<engine::SkuId> known_sku(Client& client, std::string_view code) {
  if (auto done = client.learn_skus(std::span(&code, 1)); !done) return Unexpected{done.error()};
  const engine::SkuId id = client.catalogue().sku(code);
  if (id.value == 0) {
    return refused("unknown_sku: there is no SKU '" + std::string(code) + "' in the catalogue; load it first",
                   engine::ErrorCode::unknown_sku);
  }
  return id;
}

Outcome<engine::WarehouseId> known_warehouse(Client& client, std::string_view code) {
  if (auto done = client.learn_warehouses(); !done) return Unexpected{done.error()};
  const engine::WarehouseId id = client.catalogue().warehouse(code);
  if (id.value == 0) {
    return refused("unknown_warehouse: there is no warehouse '" + std::string(code) + "' in the catalogue; load it first",
                   engine::ErrorCode::unknown_warehouse);
  }
  return id;
}

}  // namespace earmark::client
