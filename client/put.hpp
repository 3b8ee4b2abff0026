// Commands in codes: looks up what the catalogue does not know and appends the request. A code that the server does not
// know either is sent as "unknown", and the server says which error that is.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "client/client.hpp"
#include "client/request.hpp"

namespace earmark::client {

// `time` is that of the command, for servers whose clock follows the commands.
Outcome<void> put(Client& client, std::uint64_t correlation, const Order& order, engine::TimeUs time = {});
Outcome<void> put(Client& client, std::uint64_t correlation, const Receipt& receipt, engine::TimeUs time = {});
Outcome<void> put(Client& client, std::uint64_t correlation, const Cancel& cancel, engine::TimeUs time = {});
Outcome<void> put(Client& client, std::uint64_t correlation, const Ship& ship, engine::TimeUs time = {});

std::optional<engine::Policy> policy_named(std::string_view name);
std::optional<engine::Sourcing> sourcing_named(std::string_view name);

}  // namespace earmark::client
