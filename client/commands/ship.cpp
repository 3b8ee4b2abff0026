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

Outcome<void> ship(const Globals& globals, Ship input) {
  if (input.command_id.empty()) input.command_id = random_id("ship");
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  auto message = client->ask([&](std::uint64_t correlation) { return put(*client, correlation, input); });
  if (!message) return Unexpected{message.error()};
  return print_answer(*client, *message, globals);
}

}  // namespace

Run add_ship(Options& options, const Globals& globals) {
  auto input = std::make_shared<Ship>();
  options.needed("order", input->order, "ORDER", "Id of the order")
      .text("--id", input->command_id, "ID", "Id of this command; without it a random one")
      .notes(notes);
  return [&globals, input] { return ship(globals, *input); };
}

}  // namespace earmark::client
