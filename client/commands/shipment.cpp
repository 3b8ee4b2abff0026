// earmark pick, pack, deliver, put-back, track and return: steps of one shipment. Shipping one: client/commands/ship.cpp.
#include "client/commands/send.hpp"
#include "client/commands/shipment.hpp"
#include "client/describe.hpp"
#include "client/items.hpp"
#include "client/random_id.hpp"

namespace earmark::client {
namespace {

using engine::ShipmentStep;

constexpr const char* pick_notes = R"(
SHIPMENT is ORDER-n, as orders and shows name it, or ORDER with --shipment n. All of it was found, or LINE:FOUND says what was
found of a line; lines without one were found whole.

The pick list of a shipment has a revision, which goes up when a fill joins it or something is taken from it. Give the one on
the list that was picked: if it is another by now, the pick is refused as superseded; print the list again. Without --revision
the present one counts as picked.

What is not found comes off the on hand: available units first, then reserved ones that are not picked, of whoever would be
served last; those wait again at their old place. What of it is still the order's is in another shipment from now on.

EXAMPLES
  earmark pick ORD-1007-1 --revision 1
  earmark pick ORD-1007-1 --revision 2 1:20 2:0
  earmark pick ORD-1007 --shipment 1 --id PICK-88)";

constexpr const char* pack_notes = R"(
A picked shipment is packed.

EXAMPLES
  earmark pack ORD-1007-1)";

constexpr const char* deliver_notes = R"(
A shipped one was delivered; also of an order that was closed long ago.

EXAMPLES
  earmark deliver ORD-1007-1)";

constexpr const char* put_back_notes = R"(
A picked or packed shipment is open again, and its units reserved but not picked: they can be cancelled. Its pick list has a new
revision.

EXAMPLES
  earmark put-back ORD-1007-1)";

constexpr const char* track_notes = R"(
What the carrier says, at any time; what is not given stays as it is.

EXAMPLES
  earmark track ORD-1007-1 --carrier UPS --tracking 1Z999
  earmark track ORD-1007-1 --expected "2026-03-04 12:00:00")";

constexpr const char* return_notes = R"(
Units of a shipped or delivered shipment came back: all of it, or LINE:QUANTITY. They are on hand and available again, and
who waits is served; or with --unavailable set aside (earmark restore or scrap them later).

EXAMPLES
  earmark return ORD-1007-1
  earmark return ORD-1007-1 1:2 --unavailable --reason "wet bags")";

struct StepOptions {
  std::string name;
  std::optional<std::uint64_t> shipment, revision;
  std::vector<std::string> rows;
  std::string expected;
  ShipmentMove move;
};

Outcome<void> step(const Globals& globals, StepOptions options) {
  const auto named = shipment_named(options.name, options.shipment);
  if (!named) return Unexpected{named.error()};
  options.move.order = named->order;
  options.move.shipment = named->number;
  if (options.revision) options.move.revision = static_cast<std::uint32_t>(*options.revision);
  for (const std::string& text : options.rows) {
    auto row = parse_line_item(text);
    if (!row) return Unexpected{row.error()};
    options.move.rows.push_back({row->line, row->quantity});
  }
  const auto expected = expected_time(options.expected);
  if (!expected) return Unexpected{expected.error()};
  options.move.expected_us = *expected;
  return move_shipment(globals, std::move(options.move));
}

Run add(Options& options, const Globals& globals, ShipmentStep which, const char* notes) {
  auto chosen = std::make_shared<StepOptions>();
  chosen->move.step = which;
  options.needed("shipment", chosen->name, "SHIPMENT", "ORDER-n, or the order with --shipment n")
      .number("--shipment", chosen->shipment, 1, 65'535, "N", "Number of the shipment, where ORDER alone was given")
      .text("--id", chosen->move.command_id, "ID", "Id of this command; without it a random one")
      .notes(notes);
  if (which == ShipmentStep::pick) {
    options.texts("rows", chosen->rows, "LINE:FOUND", "Units found of a line; others were found whole")
        .number("--revision", chosen->revision, 1, 4'294'967'295, "N", "Revision of the list that was picked");
  } else if (which == ShipmentStep::give_back) {
    options.texts("rows", chosen->rows, "LINE:QUANTITY", "Units that came back; none: everything")
        .flag("--unavailable", chosen->move.to_unavailable, "Not available again: damaged, or to be looked at")
        .text("--reason", chosen->move.reason, "TEXT", "Why; stands in the record");
  } else if (which == ShipmentStep::track) {
    add_tracking(options, chosen->move, chosen->expected);
  }
  return [&globals, chosen] { return step(globals, *chosen); };
}

}  // namespace

Outcome<NamedShipment> shipment_named(const std::string& text, std::optional<std::uint64_t> number) {
  if (number) return NamedShipment{text, static_cast<std::uint16_t>(*number)};
  const std::size_t dash = text.rfind('-');
  const auto behind = dash == std::string::npos || dash == 0 ? std::nullopt : whole_number(text.substr(dash + 1));
  if (!behind || *behind < 1 || *behind > 65'535) {
    return usage("'" + text + "' is not a shipment; give ORDER-n, e.g. ORD-1007-1, or the order with --shipment n");
  }
  return NamedShipment{text.substr(0, dash), static_cast<std::uint16_t>(*behind)};
}

Outcome<std::int64_t> expected_time(const std::string& text) {
  if (text.empty()) return std::int64_t{0};
  return parse_moment(text, now_us());
}

void add_tracking(Options& options, ShipmentMove& move, std::string& expected) {
  options.text("--carrier", move.carrier, "TEXT", "Who carries it")
      .text("--tracking", move.tracking, "TEXT", "The carrier's number for it")
      .text("--expected", expected, "TIME", "When it should be delivered");
}

Outcome<void> move_shipment(const Globals& globals, ShipmentMove move) {
  if (move.command_id.empty()) move.command_id = random_id(name(move.step));
  return send(globals, move);
}

Run add_pick(Options& options, const Globals& globals) { return add(options, globals, ShipmentStep::pick, pick_notes); }
Run add_pack(Options& options, const Globals& globals) { return add(options, globals, ShipmentStep::pack, pack_notes); }
Run add_deliver(Options& options, const Globals& globals) { return add(options, globals, ShipmentStep::deliver, deliver_notes); }
Run add_put_back(Options& options, const Globals& globals) { return add(options, globals, ShipmentStep::put_back, put_back_notes); }
Run add_track(Options& options, const Globals& globals) { return add(options, globals, ShipmentStep::track, track_notes); }
Run add_return(Options& options, const Globals& globals) { return add(options, globals, ShipmentStep::give_back, return_notes); }

}  // namespace earmark::client
