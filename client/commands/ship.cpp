// earmark ship ORDER | earmark ship ORDER --shipment N
#include "client/commands/send.hpp"
#include "client/commands/shipment.hpp"
#include "client/random_id.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
Picks, packs and ships everything that the order has reserved now, whatever has been picked of it. What waits keeps waiting, in its
place. With --shipment one packed shipment ships, with what the carrier says of it.

EXAMPLES
  earmark ship ORD-1007
  earmark ship ORD-1007 --id SHIP-311
  earmark ship ORD-1007 --shipment 1 --carrier UPS --tracking 1Z999 --expected "2026-03-04 12:00:00")";

struct ShipOptions {
  Ship whole;
  std::optional<std::uint64_t> shipment;
  ShipmentMove one;
  std::string expected;
};

Outcome<void> ship(const Globals& globals, Ship input) {
  if (input.command_id.empty()) input.command_id = random_id("ship");
  return send(globals, input);
}

Outcome<void> ship(const Globals& globals, ShipOptions options) {
  const bool tracked = !options.one.carrier.empty() || !options.one.tracking.empty() || !options.expected.empty();
  if (!options.shipment && tracked) return usage("--carrier, --tracking and --expected are of one shipment; name it with --shipment");
  if (!options.shipment) return ship(globals, options.whole);
  const auto expected = expected_time(options.expected);
  if (!expected) return Unexpected{expected.error()};
  options.one.step = engine::ShipmentStep::ship;
  options.one.command_id = options.whole.command_id;
  options.one.order = options.whole.order;
  options.one.shipment = static_cast<std::uint16_t>(*options.shipment);
  options.one.expected_us = *expected;
  return move_shipment(globals, options.one);
}

}  // namespace

Run add_ship(Options& options, const Globals& globals) {
  auto input = std::make_shared<ShipOptions>();
  options.needed("order", input->whole.order, "ORDER", "Id of the order")
      .number("--shipment", input->shipment, 1, 65'535, "N", "Only this shipment, which is packed")
      .text("--id", input->whole.command_id, "ID", "Id of this command; without it a random one")
      .notes(notes);
  add_tracking(options, input->one, input->expected);
  return [&globals, input] { return ship(globals, *input); };
}

}  // namespace earmark::client
