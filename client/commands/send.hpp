// A command of the command line that is one message, and what it prints of the answer.
#pragma once

#include "client/commands/command.hpp"
#include "client/put.hpp"

namespace earmark::client {

template <class Command>
Outcome<void> send(Client& client, const Globals& globals, const Command& command) {
  if (auto good = check(Request(command)); !good) return good;
  auto message = client.ask([&](std::uint64_t correlation) { return put(client, correlation, command); });
  if (!message) return Unexpected{message.error()};
  return print_answer(client, *message, globals);
}

template <class Command>
Outcome<void> send(const Globals& globals, const Command& command) {
  if (auto good = check(Request(command)); !good) return good;
  return send_message(globals, [command](Client& client, std::uint64_t correlation) { return put(client, correlation, command); });
}

}  // namespace earmark::client
