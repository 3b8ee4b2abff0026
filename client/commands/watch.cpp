// earmark watch [--from LSN] [--count N]
#include <nlohmann/json.hpp>

#include "client/commands/command.hpp"
#include "client/event_text.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
Prints every decision as it becomes durable, in the order of their numbers, none left out. Without --from only what
comes from now on; --from 1 begins with the first decision. After a break go on with --from LAST+1.

EXAMPLES
  earmark watch
  earmark watch --from 1 --json > history.jsonl
  earmark watch --from 500 --count 20)";

struct WatchOptions {
  std::uint64_t from = 0, count = 0;
};

Outcome<void> watch(const Globals& globals, const WatchOptions& options) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  if (auto done = client->learn_warehouses(); !done) return done;
  auto answer = client->ask([&](std::uint64_t correlation) -> Outcome<void> {
    client->connection().encoder().subscribe(client->connection().out(), correlation, {engine::Lsn{options.from}});
    return {};
  });
  if (!answer) return Unexpected{answer.error()};
  client->connection().wait_for_ever();
  for (std::uint64_t printed = 0; options.count == 0 || printed < options.count;) {
    auto message = client->connection().receive(answer->correlation);
    if (!message) return Unexpected{message.error()};
    if (const auto refusal = client->refusal(*message)) return Unexpected{refusal->failure};
    auto done = client->each_event(*message, [&](const schema::Event& event) -> Outcome<void> {
      ++printed;
      if (globals.json) return print_json(event_json(event, client->catalogue(), false));
      return print(event_summary(event, client->catalogue()) + "\n");
    });
    if (!done) return done;
  }
  return {};
}

}  // namespace

Run add_watch(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<WatchOptions>();
  options.number("--from", chosen->from, 0, UINT64_MAX, "LSN", "Number of the first decision to print; 0: only new ones")
      .number("--count", chosen->count, 0, UINT64_MAX, "N", "Leave after so many; 0: never")
      .notes(notes);
  return [&globals, chosen] { return watch(globals, *chosen); };
}

}  // namespace earmark::client
