// What the subcommands about shipments share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "client/commands/command.hpp"
#include "client/values.hpp"

namespace earmark::client {

struct NamedShipment {
  std::string order;
  std::uint16_t number = 0;
};
// ORDER-n, split at its last dash; or the order as it is, with a number of its own.
Outcome<NamedShipment> shipment_named(const std::string& text, std::optional<std::uint64_t> number);
// Microseconds since 1970; 0 of an empty text.
Outcome<std::int64_t> expected_time(const std::string& text);
void add_tracking(Options& options, ShipmentMove& move, std::string& expected);
Outcome<void> move_shipment(const Globals& globals, ShipmentMove move);

}  // namespace earmark::client
