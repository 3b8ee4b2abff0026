// earmark cancel ORDER [LINE:QTY...]
#include "client/commands/send.hpp"
#include "client/items.hpp"
#include "client/random_id.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
Without LINE:QUANTITY the whole order is cancelled. Units that wait leave the queue first, then reserved ones go back,
from the warehouse that comes last in priority; what was shipped stays shipped. What goes back serves the queue in the same step.
Cancelling what is gone already changes nothing.

To repeat a cancel after a lost connection, give it an --id and use the same one again.

EXAMPLES
  earmark cancel ORD-1007
  earmark cancel ORD-1007 1:5 2:10 --id CANCEL-88)";

struct CancelOptions {
  Cancel cancel;
  std::vector<std::string> rows;
};

Outcome<void> cancel(const Globals& globals, CancelOptions options) {
  for (const std::string& text : options.rows) {
    auto row = parse_line_item(text);
    if (!row) return Unexpected{row.error()};
    options.cancel.rows.push_back({row->line, row->quantity});
  }
  if (options.cancel.command_id.empty()) options.cancel.command_id = random_id("cancel");
  return send(globals, options.cancel);
}

}  // namespace

Run add_cancel(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<CancelOptions>();
  options.needed("order", chosen->cancel.order, "ORDER", "Id of the order")
      .texts("rows", chosen->rows, "LINE:QUANTITY", "Quantities to cancel; none: everything")
      .text("--id", chosen->cancel.command_id, "ID", "Id of this command; without it a random one")
      .notes(notes);
  return [&globals, chosen] { return cancel(globals, *chosen); };
}

}  // namespace earmark::client
