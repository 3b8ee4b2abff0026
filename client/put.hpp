// Commands in codes: looks up what the catalogue does not know and appends the request. A code that the server does not
// know either is sent as "unknown", and the server says which error that is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/client.hpp"
#include "engine/command.hpp"

namespace earmark::client {

struct OrderInputLine {
  std::uint32_t line = 0;
  std::string sku;
  std::int64_t quantity = 0;
  std::string warehouse;  // pinned there; empty: any
};

struct OrderInput {
  std::string id, customer, channel, ship_to, contact, reference, notes;
  engine::Policy policy = engine::Policy::ship_partial;
  engine::Sourcing sourcing = engine::Sourcing::server_default;
  std::uint8_t priority = 100;
  std::string preferred;  // warehouse tried first; empty: none
  std::vector<OrderInputLine> lines;
};

struct ReceiptInputRow {
  std::string sku, warehouse;
  std::int64_t quantity = 0;
};
struct ReceiptInput {
  std::string id;
  std::vector<ReceiptInputRow> rows;
};

struct CancelInput {
  std::string command_id, order;
  std::vector<engine::CancelRow> rows;  // empty: the whole order
};

struct ShipInput {
  std::string command_id, order;
};

// `time` is that of the command, for servers whose clock follows the commands.
Outcome<void> put(Client& client, std::uint64_t correlation, const OrderInput& order, engine::TimeUs time = {});
Outcome<void> put(Client& client, std::uint64_t correlation, const ReceiptInput& receipt, engine::TimeUs time = {});
Outcome<void> put(Client& client, std::uint64_t correlation, const CancelInput& cancel, engine::TimeUs time = {});
Outcome<void> put(Client& client, std::uint64_t correlation, const ShipInput& ship, engine::TimeUs time = {});

// Texts that no server accepts are told here, before anything is sent: "order A: customer has more than 512 bytes".
Outcome<void> check_texts(const OrderInput& order);

std::optional<engine::Policy> policy_named(std::string_view name);
std::optional<engine::Sourcing> sourcing_named(std::string_view name);

}  // namespace earmark::client
