// earmark hold, extend, confirm, release, holds
#include <nlohmann/json.hpp>

#include "client/commands/send.hpp"
#include "client/describe.hpp"
#include "client/items.hpp"
#include "client/random_id.hpp"
#include "client/table.hpp"

namespace earmark::client {
namespace {

constexpr std::uint64_t day_s = 86'400;

constexpr const char* hold_notes = R"(
Units are taken at once: all lines whole, or with --partial what is there. Nothing waits. They stay out of everybody's reach
until the deadline, which the answer names; then they go back and serve who waits. Sending the same hold again is safe.

EXAMPLES
  earmark hold CART-881 BEAM-LVL-45x240-6M:20 HANGER:40 --for 900
  earmark hold CART-882 DOOR-FIRE:6@MAIN --partial --customer "Okafor Builders")";

constexpr const char* extend_notes = R"(
The deadline becomes so many seconds from now, never earlier than it was, and never later than 24 hours after the hold was
made; the answer says when it was cut to that.

EXAMPLES
  earmark extend CART-881 --for 900)";

constexpr const char* confirm_notes = R"(
The hold becomes the order ORDER in one step. Without items: the lines as they were held at first. With items, numbered 1, 2, 3 as they
stand (LINE/SKU:QUANTITY names another number): a line takes first what the hold has for its number and SKU; what it wants more is
decided as a new order's, by --policy; what is left of the hold goes back and serves who waits.

A hold that has expired is confirmed only with --reacquire, and then the items must be named: they are decided once, as an
order without a hold.

EXAMPLES
  earmark confirm CART-881 ORD-1031 --customer "Okafor Builders"
  earmark confirm CART-881 ORD-1031 BEAM-LVL-45x240-6M:24 2/HANGER:40 --reacquire)";

constexpr const char* release_notes = R"(
What the hold has goes back and serves who waits in the same step.

EXAMPLES
  earmark release CART-881)";

constexpr const char* holds_notes = R"(
Holds that are open, in the order in which they were made, with the units that they have (of --sku, or of all SKUs).

EXAMPLES
  earmark holds
  earmark holds --sku DOOR-FIRE --json)";

// SKU:QUANTITY[@WAREHOUSE], with a line number of its own before a '/' where there is one.
Outcome<OrderLine> parse_line(const std::string& text, std::size_t position) {
  OrderLine line;
  line.line = static_cast<std::uint32_t>(position);
  std::string rest = text;
  const std::size_t slash = text.find('/');
  if (slash != std::string::npos) {
    const auto number = whole_number(std::string_view(text).substr(0, slash));
    if (number && *number >= 0 && *number <= UINT32_MAX) {
      line.line = static_cast<std::uint32_t>(*number);
      rest = text.substr(slash + 1);
    }
  }
  auto item = parse_order_item(rest);
  if (!item) return Unexpected{item.error()};
  line.sku = item->sku;
  line.quantity = item->quantity;
  line.warehouse = item->warehouse;
  line.policy = item->policy;
  return line;
}

Outcome<void> parse_lines(const std::vector<std::string>& items, std::vector<OrderLine>& lines) {
  for (const std::string& text : items) {
    auto line = parse_line(text, lines.size() + 1);
    if (!line) return Unexpected{line.error()};
    lines.push_back(std::move(*line));
  }
  return {};
}

struct HoldOptions {
  Hold hold;
  std::vector<std::string> items;
  std::string sourcing = "server_default";
  std::uint64_t ttl_s = 900;
};

Outcome<void> hold(const Globals& globals, HoldOptions options) {
  if (auto good = parse_lines(options.items, options.hold.lines); !good) return good;
  options.hold.sourcing = *engine::sourcing_named(options.sourcing);
  options.hold.ttl_us = static_cast<std::int64_t>(options.ttl_s) * 1'000'000;
  if (auto good = check(Request(options.hold)); !good) return good;
  return send(globals, options.hold);
}

struct ExtendOptions {
  Extend extend;
  std::uint64_t ttl_s = 900;
};

Outcome<void> extend(const Globals& globals, ExtendOptions options) {
  if (options.extend.command_id.empty()) options.extend.command_id = random_id("extend");
  options.extend.ttl_us = static_cast<std::int64_t>(options.ttl_s) * 1'000'000;
  return send(globals, options.extend);
}

struct ConfirmOptions {
  Confirm confirm;
  std::vector<std::string> items;
  std::string policy = "ship_partial", sourcing = "server_default";
  std::uint64_t priority = 100;
};

Outcome<void> confirm(const Globals& globals, ConfirmOptions options) {
  Order& order = options.confirm.order;
  order.priority = static_cast<std::uint8_t>(options.priority);
  order.policy = *engine::policy_named(options.policy);
  order.sourcing = *engine::sourcing_named(options.sourcing);
  if (auto good = parse_lines(options.items, order.lines); !good) return good;
  if (auto good = check(order); !good) return good;
  return send(globals, options.confirm);
}

Outcome<void> release(const Globals& globals, Release command) {
  if (command.command_id.empty()) command.command_id = random_id("release");
  return send(globals, command);
}

Outcome<void> holds(const Globals& globals, const std::string& only) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  engine::SkuId sku{};
  if (!only.empty()) {
    auto known = known_sku(*client, only);
    if (!known) return Unexpected{known.error()};
    sku = *known;
  }
  auto answer = client->ask_for<schema::HoldsAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
    client->connection().encoder().holds(client->connection().out(), correlation, {client->catalogue().epoch(), sku});
    return {};
  });
  if (!answer) return Unexpected{answer.error()};
  Table table({{"HOLD"}, {"CUSTOMER"}, {"UNITS", Align::right}, {"UNTIL"}, {"SINCE"}});
  std::uint64_t units = 0;
  for (const schema::OpenHold& open : answer->open) {
    const std::string id(answer->holds[open.hold]), customer(answer->customers[open.hold]);
    units += open.units;
    if (globals.json) {
      const Json json{{"hold", id}, {"customer", customer}, {"units", open.units}, {"lines", open.lines}, {"lsn", open.lsn.value},
                      {"deadline_us", open.deadline.value}, {"since_us", open.since.value}, {"as_of", answer->as_of.value}};
      if (auto done = print_json(json); !done) return done;
    } else {
      table.add({id, customer, with_separators(open.units), time_text(open.deadline), time_text(open.since)});
    }
  }
  if (globals.json) return {};
  if (answer->open.empty()) return print("Nothing is held.\n");
  return print(table.text() + counted(answer->open.size(), "hold") + " with " + counted(units, "unit") + ", true at decision " +
               std::to_string(answer->as_of.value) + ".\n");
}

}  // namespace

Run add_hold(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<HoldOptions>();
  options.needed("hold", chosen->hold.id, "HOLD", "Id of the hold, up to 64 bytes")
      .texts("items", chosen->items, "ITEM", "Lines (SKU:QUANTITY[@WAREHOUSE])")
      .number("--for", chosen->ttl_s, 1, day_s, "SECONDS", "How long")
      .flag("--partial", chosen->hold.partial, "Take what is there")
      .text("--customer", chosen->hold.customer, "NAME", "Whose checkout it is")
      .text("--prefer", chosen->hold.preferred, "WAREHOUSE", "Warehouse to try first")
      .choice("--sourcing", chosen->sourcing, {"server_default", "priority", "single_source", "fewest_splits", "highest_stock"},
              "RULE", "Rule that chooses warehouses")
      .notes(hold_notes);
  return [&globals, chosen] { return hold(globals, *chosen); };
}

Run add_extend(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<ExtendOptions>();
  options.needed("hold", chosen->extend.hold, "HOLD", "Id of the hold")
      .number("--for", chosen->ttl_s, 1, day_s, "SECONDS", "How long from now")
      .text("--id", chosen->extend.command_id, "ID", "Id of this command; without it a random one")
      .notes(extend_notes);
  return [&globals, chosen] { return extend(globals, *chosen); };
}

Run add_confirm(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<ConfirmOptions>();
  Order& order = chosen->confirm.order;
  options.needed("hold", chosen->confirm.hold, "HOLD", "Id of the hold")
      .needed("order", order.id, "ORDER", "Id of the order that it becomes")
      .texts("items", chosen->items, "ITEM", "Lines ([LINE/]SKU:QUANTITY[@WAREHOUSE]); none: as held")
      .flag("--reacquire", chosen->confirm.reacquire, "If the hold has expired, decide the items anew")
      .text("--customer", order.customer, "NAME", "Who orders")
      .choice("--policy", chosen->policy, {"ship_partial", "line_complete", "ship_complete", "fill_or_kill", "fill_and_cancel"},
              "POLICY", "What happens when stock is short")
      .number("--priority", chosen->priority, 0, 255, "N", "0 to 255, higher is served first")
      .text("--prefer", order.preferred, "WAREHOUSE", "Warehouse to try first")
      .choice("--sourcing", chosen->sourcing, {"server_default", "priority", "single_source", "fewest_splits", "highest_stock"},
              "RULE", "Rule that chooses warehouses")
      .text("--channel", order.channel, "TEXT", "Where the order comes from")
      .text("--ship-to", order.ship_to, "TEXT", "Address to deliver to")
      .text("--contact", order.contact, "TEXT", "Whom to call")
      .text("--reference", order.reference, "TEXT", "The customer's own reference, e.g. the job site")
      .text("--notes", order.notes, "TEXT", "Shown on documents")
      .notes(confirm_notes);
  return [&globals, chosen] { return confirm(globals, *chosen); };
}

Run add_release(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<Release>();
  options.needed("hold", chosen->hold, "HOLD", "Id of the hold")
      .text("--id", chosen->command_id, "ID", "Id of this command; without it a random one")
      .notes(release_notes);
  return [&globals, chosen] { return release(globals, *chosen); };
}

Run add_holds(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<std::string>();
  options.text("--sku", *chosen, "SKU", "Only holds of this SKU").notes(holds_notes);
  return [&globals, chosen] { return holds(globals, *chosen); };
}

}  // namespace earmark::client
