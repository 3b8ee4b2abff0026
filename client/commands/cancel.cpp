// earmark cancel ORDER [LINE:QTY...]
#include "client/commands/command.hpp"
#include "client/items.hpp"
#include "client/put.hpp"
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
  CancelInput cancel;
  std::vector<std::string> rows;
};

Outcome<void> cancel(const Globals& globals, CancelOptions options) {
  for (const std::string& text : options.rows) {
    auto row = parse_line_item(text);
    if (!row) return Unexpected{row.error()};
    options.cancel.rows.push_back({row->quantity, engine::LineNumber{row->line}, 0});
  }
  if (options.cancel.command_id.empty()) options.cancel.command_id = random_id("cancel");
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  auto message = client->ask([&](std::uint64_t correlation) { return put(*client, correlation, options.cancel); });
  if (!message) return Unexpected{message.error()};
  return print_answer(*client, *message, globals);
}

}  // namespace

void add_cancel(CLI::App& app, const Globals& globals, Run& run) {
  CLI::App* command = app.add_subcommand("cancel", "Cancel an order, or quantities of its lines");
  auto options = std::make_shared<CancelOptions>();
  command->add_option("order", options->cancel.order, "Id of the order")->required()->type_name("ORDER");
  command->add_option("rows", options->rows, "Quantities to cancel; none: everything")->type_name("LINE:QUANTITY");
  command->add_option("--id", options->cancel.command_id, "Id of this command; without it a random one")->type_name("ID");
  command->footer(notes);
  command->callback([&globals, &run, options] { run = [&globals, options] { return cancel(globals, *options); }; });
}

}  // namespace earmark::client
