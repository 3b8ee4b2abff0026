// earmark digest
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "client/commands/command.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
Stops admission, waits until everything is durable, and hashes the server's whole state: cells, queues, open orders and
known ids. `earmark-journal digest DIR` computes the same from the journal alone.

EXAMPLES
  earmark digest
  earmark digest --json)";

Outcome<void> digest(const Globals& globals) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  auto answer = client->ask_for<schema::DigestAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
    client->connection().encoder().digest(client->connection().out(), correlation);
    return {};
  });
  if (!answer) return Unexpected{answer.error()};
  if (globals.json) return print_json({{"lsn", answer->lsn.value}, {"digest", answer->digest}});
  return print(fmt::format("{}  at decision {}\n", answer->digest, answer->lsn.value));
}

}  // namespace

Run add_digest(Options& options, const Globals& globals) {
  options.notes(notes);
  return [&globals] { return digest(globals); };
}

}  // namespace earmark::client
