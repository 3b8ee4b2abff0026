// earmark ship ORDER
#include "client/commands/command.hpp"
#include "client/put.hpp"
#include "client/random_id.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
Picks, packs and ships everything that the order has reserved now. What waits keeps waiting, in its place.

EXAMPLES
  earmark ship ORD-1007
  earmark ship ORD-1007 --id SHIP-311)";

Outcome<void> ship(const Globals& globals, ShipInput input) {
  if (input.command_id.empty()) input.command_id = random_id("ship");
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  auto message = client->ask([&](std::uint64_t correlation) { return put(*client, correlation, input); });
  if (!message) return Unexpected{message.error()};
  return print_answer(*client, *message, globals);
}

}  // namespace

void add_ship(CLI::App& app, const Globals& globals, Run& run) {
  CLI::App* command = app.add_subcommand("ship", "Ship what an order has reserved");
  auto input = std::make_shared<ShipInput>();
  command->add_option("order", input->order, "Id of the order")->required()->type_name("ORDER");
  command->add_option("--id", input->command_id, "Id of this command; without it a random one")->type_name("ID");
  command->footer(notes);
  command->callback([&globals, &run, input] { run = [&globals, input] { return ship(globals, *input); }; });
}

}  // namespace earmark::client
