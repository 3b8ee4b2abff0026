// earmark explain ORDER: `show`, then the journal from its decision to where that is true.
#include <nlohmann/json.hpp>

#include "client/commands/journal.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
Tells of each line what was available when it was decided, what was taken and what waits, behind whom, and by which rule; whom the order
passed over; then what has happened to it, each with its cause: fills, losses, cancels, amends, shipments, other dates, pegs; and what it waits for now. It
reads the journal from the order's decision on; where that is no longer kept (--retain of earmarkd), what the order itself shows is told.

With --json one object a line: "explain" is order, line (as decided), step (what happened since) or now.

EXAMPLES
  earmark explain ORD-1007
  earmark explain ORD-1007 --json
  earmark explain ORD-1007 --json | jq 'select(.what == "filled") | {quantity, cause_text}')";

Outcome<void> explain(const Globals& globals, const std::string& order) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  const auto told = explain(globals, *client, order);
  if (!told) return Unexpected{told.error()};
  if (!globals.json) return print(explanation_text(*told));
  for (const Json& each : explanation_json(*told)) {
    if (auto done = print_json(each); !done) return done;
  }
  return {};
}

}  // namespace

Run add_explain(Options& options, const Globals& globals) {
  auto order = std::make_shared<std::string>();
  options.needed("order", *order, "ORDER", "Id of the order").notes(notes);
  return [&globals, order] { return explain(globals, *order); };
}

}  // namespace earmark::client
