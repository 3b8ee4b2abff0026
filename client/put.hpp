// Commands in codes: looks up what the catalogue does not know and appends the request. A code that the server does not
// know either is sent as "unknown", and the server says which error that is.
#pragma once

#include <cstdint>

#include "client/client.hpp"
#include "client/request.hpp"

namespace earmark::client {

// They carry client.time().
Outcome<void> put(Client& client, std::uint64_t correlation, const Order& order);
Outcome<void> put(Client& client, std::uint64_t correlation, const Receipt& receipt);
Outcome<void> put(Client& client, std::uint64_t correlation, const Cancel& cancel);
Outcome<void> put(Client& client, std::uint64_t correlation, const Amend& amend);
Outcome<void> put(Client& client, std::uint64_t correlation, const Ship& ship);
Outcome<void> put(Client& client, std::uint64_t correlation, const ShipmentMove& move);
Outcome<void> put(Client& client, std::uint64_t correlation, const StockChange& change);
Outcome<void> put(Client& client, std::uint64_t correlation, const ShipTransfer& ship);
Outcome<void> put(Client& client, std::uint64_t correlation, const ReceiveTransfer& receive);
Outcome<void> put(Client& client, std::uint64_t correlation, const PlacePurchase& place);
Outcome<void> put(Client& client, std::uint64_t correlation, const MovePurchase& move);
Outcome<void> put(Client& client, std::uint64_t correlation, const SetRules& set);
Outcome<void> put(Client& client, std::uint64_t correlation, const ReceivePurchase& receive);
Outcome<void> put(Client& client, std::uint64_t correlation, const Hold& hold);
Outcome<void> put(Client& client, std::uint64_t correlation, const Extend& extend);
Outcome<void> put(Client& client, std::uint64_t correlation, const Confirm& confirm);
Outcome<void> put(Client& client, std::uint64_t correlation, const Release& release);

}  // namespace earmark::client
