// earmark amend ORDER --priority N | earmark amend ORDER LINE:QTY...
#include "client/commands/send.hpp"
#include "client/items.hpp"
#include "client/random_id.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
Give either a new priority or quantities. A new priority moves what waits of the order: behind those who have it already and were
decided before, ahead of those who were decided later. What is reserved stays reserved.

LINE:QUANTITY is what is wanted of the line in all, shipped units included. Less than now: what is given up is taken from the part that
waits, what was raised last first, then from what is reserved, as in a cancel. More than now: the additional units stand behind
everybody who waits; what of them is there is reserved at once, the rest waits. Where the order's policy or the SKU lets nothing wait the
rest is cancelled; orders with fill_or_kill or ship_complete are raised only by what is there, all of it. Of an order of which nothing is
open nothing can be raised.

To repeat an amend after a lost connection, give it an --id and use the same one again.

EXAMPLES
  earmark amend ORD-1007 --priority 200
  earmark amend ORD-1007 1:5 2:10 --id AMEND-88
  earmark amend ORD-1007 3:40)";

struct AmendOptions {
  Amend amend;
  std::optional<std::uint64_t> priority;
  std::vector<std::string> rows;
};

Outcome<void> amend(const Globals& globals, AmendOptions options) {
  for (const std::string& text : options.rows) {
    auto row = parse_line_item(text);
    if (!row) return Unexpected{row.error()};
    options.amend.rows.push_back({row->line, row->quantity});
  }
  if (options.priority) options.amend.priority = static_cast<std::uint8_t>(*options.priority);
  if (options.amend.priority.has_value() != options.amend.rows.empty()) {
    return usage("give either --priority or quantities as LINE:QUANTITY, for example: earmark amend ORD-1007 --priority 200");
  }
  if (options.amend.command_id.empty()) options.amend.command_id = random_id("amend");
  return send(globals, options.amend);
}

}  // namespace

Run add_amend(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<AmendOptions>();
  options.needed("order", chosen->amend.order, "ORDER", "Id of the order")
      .texts("rows", chosen->rows, "LINE:QUANTITY", "Lines and what is wanted of them in all from now on")
      .number("--priority", chosen->priority, 0, 255, "N", "New priority, 0 to 255, higher is served first")
      .text("--id", chosen->amend.command_id, "ID", "Id of this command; without it a random one")
      .notes(notes);
  return [&globals, chosen] { return amend(globals, *chosen); };
}

}  // namespace earmark::client
