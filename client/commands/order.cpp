// earmark order FILE|- and earmark order --id X SKU:QTY...
#include <fmt/format.h>
#include <unistd.h>

#include <deque>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "client/commands/lines.hpp"
#include "client/commands/send.hpp"
#include "client/describe.hpp"
#include "client/items.hpp"
#include "client/order_file.hpp"
#include "client/progress.hpp"
#include "client/put.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
ONE ORDER
  earmark order --id ID [--customer NAME] SKU:QUANTITY[@WAREHOUSE][/POLICY]...
  Lines are numbered 1, 2, 3 as they stand. @WAREHOUSE pins a line to that warehouse, /POLICY gives it a policy of its
  own: ship_partial, line_complete, fill_and_cancel or fill_or_kill (this line whole now, or cancelled whole); not in
  orders with ship_complete or fill_or_kill, which speak for all lines. Sending the same order again is safe: the first
  decision comes back, marked as made for an earlier sending.

ORDERS FROM A FILE (- is standard input)
  earmark order FILE
  CSV with a header, a row per line; adjacent rows with one order id are one order:
    order,customer,line,sku,quantity[,warehouse][,policy][,priority][,line_policy]
         [,need_by][,cancel_after][,reserve_not_before]
  `line` may be empty (1, 2, 3 ...); the order's own columns are those of its first row. .gz is read as it is.
  JSON lines (files named .json or .jsonl, or --format json), an order per line:
    {"order":"A-1","customer":"C","policy":"ship_partial","priority":100,
     "lines":[{"line":1,"sku":"BEAM-LVL","quantity":20,"warehouse":"MAIN","policy":"line_complete"}]}
  Also: channel, ship_to, contact, reference, notes, preferred, sourcing, need_by, cancel_after, reserve_not_before. Orders
  are sent one after the other; with --pipeline N up to N are under way, and orders that compete for stock may be decided in another sequence.
  Refused orders are named on stderr, the others go on; the exit code is then 1.

POLICIES, when stock is short
  ship_partial     take what is there, the rest waits (default)
  line_complete    a line takes all or waits whole
  ship_complete    the order takes all or waits whole
  fill_or_kill     all now, or refused and nothing taken
  fill_and_cancel  take what is there, cancel the rest
  Nothing waits for SKUs that were loaded with backorderable=false: what is not there of them is cancelled.

TIMES in UTC, as "2026-03-01 08:30:00" or 2026-03-01, or from now on as +90s, +30m, +12h, +7d
  --need-by       kept with the order and shown; it changes nobody's place
  --cancel-after  when it has come, what has not shipped is cancelled and serves who waits

EXAMPLES
  earmark order --id ORD-1007 --customer "Hartmann Roofing" BEAM-LVL-45x240-6M:20 HANGER:40
  earmark order --id ORD-1015 --policy fill_or_kill DOOR-FIRE:6
  earmark order --id ORD-1017 --need-by 2026-03-01 --cancel-after +7d BEAM-LVL-45x240-6M:200
  earmark order --id ORD-1016 BEAM-LVL-45x240-6M:20/line_complete NAILS-90:40/fill_and_cancel
  earmark order morning-orders.csv --json > decisions.jsonl
  shop-export | earmark order - --format json --pipeline 64)";

struct OrderOptions {
  Order order;
  std::vector<std::string> items;
  std::string policy = "ship_partial", sourcing = "server_default", format, need_by, cancel_after, reserve_not_before;
  std::uint64_t priority = 100, pipeline = 1;
};

// One order, from the command line.
Outcome<void> place_one(const Globals& globals, OrderOptions options) {
  options.order.priority = static_cast<std::uint8_t>(options.priority);
  options.order.policy = *engine::policy_named(options.policy);
  options.order.sourcing = *engine::sourcing_named(options.sourcing);
  for (const auto& [text, time_us] : {std::pair{&options.need_by, &options.order.need_by_us}, {&options.cancel_after, &options.order.cancel_after_us},
                                      {&options.reserve_not_before, &options.order.reserve_not_before_us}}) {
    if (text->empty()) continue;
    const auto moment = parse_moment(*text, now_us());
    if (!moment) return Unexpected{moment.error()};
    *time_us = *moment;
  }
  for (const std::string& text : options.items) {
    auto item = parse_order_item(text);
    if (!item) return Unexpected{item.error()};
    const auto line = static_cast<std::uint32_t>(options.order.lines.size() + 1);
    options.order.lines.push_back({line, item->sku, item->quantity, item->warehouse, item->policy});
  }
  return send(globals, options.order);
}

// Orders of a file: some under way, answers printed in the order of the file.
class OrderStream {
 public:
  OrderStream(Client& client, OrderReader& reader, const Globals& globals, std::size_t pipeline)
      : client_(client), reader_(reader), globals_(globals), pipeline_(pipeline) {}

  Outcome<void> run() {
    // On a terminal the decisions themselves show how far it is.
    Progress progress("orders", 0, isatty(STDOUT_FILENO) == 0);
    while (true) {
      if (auto done = send(); !done) return done;
      if (under_way_.empty()) break;
      auto message = client_.connection().receive();
      if (!message) return Unexpected{message.error()};
      answers_.emplace(message->correlation, std::move(*message));
      if (auto done = print_answered(); !done) return done;
      progress.done(count_);
    }
    if (refused_ == 0) return {};
    return refused(fmt::format("{} of {}, see above; the others are decided", with_separators(refused_),
                               counted(count_, "order")));
  }

 private:
  struct UnderWay {
    std::uint64_t correlation = 0;
    Order order;
  };

  Outcome<void> send() {
    while (more_ && under_way_.size() < pipeline_) {
      auto order = reader_.next();
      if (!order) return Unexpected{order.error()};
      more_ = order->has_value();
      if (!more_) break;
      under_way_.push_back({0, std::move(**order)});
      if (auto done = send(under_way_.back()); !done) return done;
    }
    return client_.connection().flush();
  }

  Outcome<void> send(UnderWay& entry) {
    entry.correlation = client_.connection().next_correlation();
    return put(client_, entry.correlation, entry.order);
  }

  Outcome<void> print_answered() {
    while (!under_way_.empty()) {
      const auto found = answers_.find(under_way_.front().correlation);
      if (found == answers_.end()) return {};
      const Message message = std::move(found->second);
      answers_.erase(found);
      const auto refusal = client_.refusal(message);
      if (refusal && refusal->failure.code == engine::ErrorCode::stale_catalogue) {
        if (auto done = client_.renew_catalogue(); !done) return done;
        return send(under_way_.front());  // flushed with the next ones
      }
      if (auto done = refusal ? print_refusal(under_way_.front().order.id, refusal->failure)
                              : print_answer(client_, message, globals_);
          !done) {
        return done;
      }
      ++count_;
      under_way_.pop_front();
    }
    return {};
  }

  Outcome<void> print_refusal(const std::string& id, const Failure& failure) {
    if (failure.code == engine::ErrorCode::none || failure.code == engine::ErrorCode::overloaded) return Unexpected{failure};
    ++refused_;
    std::fprintf(stderr, "earmark: refused: order %s: %s\n", on_one_line(id).c_str(), failure.text.c_str());
    if (!globals_.json) return {};
    return print_json({{"id", id}, {"error", name(failure.code)}, {"message", failure.text}});
  }

  Client& client_;
  OrderReader& reader_;
  const Globals& globals_;
  const std::size_t pipeline_;
  std::deque<UnderWay> under_way_;
  std::unordered_map<std::uint64_t, Message> answers_;
  std::uint64_t count_ = 0, refused_ = 0;
  bool more_ = true;
};

bool names_json(std::string_view path) { return path.ends_with(".json") || path.ends_with(".jsonl"); }

Outcome<void> place_file(const Globals& globals, const OrderOptions& options) {
  const std::string& path = options.items.front();
  if (path == "-" && globals.lines != nullptr && globals.lines->from_input()) return usage("standard input has the lines of earmark run; name a file of orders");
  const bool json = options.format.empty() ? names_json(path) : options.format == "json";
  auto reader = open_orders(path, json ? OrderFormat::json : OrderFormat::csv);
  if (!reader) return Unexpected{reader.error()};
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  return OrderStream(*client, **reader, globals, options.pipeline).run();
}

Outcome<void> place(const Globals& globals, const OrderOptions& options) {
  if (!options.order.id.empty()) return place_one(globals, options);
  if (options.items.size() == 1 && !parse_order_item(options.items.front())) return place_file(globals, options);
  return usage("an order needs an id of its own, so that it can be repeated safely; add --id ID, or name one file of orders");
}

}  // namespace

Run add_order(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<OrderOptions>();
  Order& order = chosen->order;
  options.texts("items", chosen->items, "ITEM", "Lines of one order (SKU:QUANTITY[@WAREHOUSE][/POLICY]), or one FILE, or -")
      .text("--id", order.id, "ID", "Id of the order, up to 64 bytes")
      .text("--customer", order.customer, "NAME", "Who orders")
      .choice("--policy", chosen->policy, {"ship_partial", "line_complete", "ship_complete", "fill_or_kill", "fill_and_cancel"},
              "POLICY", "What happens when stock is short")
      .number("--priority", chosen->priority, 0, 255, "N", "0 to 255, higher is served first")
      .text("--prefer", order.preferred, "WAREHOUSE", "Warehouse to try first")
      .choice("--sourcing", chosen->sourcing, {"server_default", "priority", "single_source", "fewest_splits", "highest_stock"},
              "RULE", "Rule that chooses warehouses")
      .text("--need-by", chosen->need_by, "TIME", "When the customer needs it; kept and shown")
      .text("--cancel-after", chosen->cancel_after, "TIME", "When what is neither picked nor shipped is cancelled")
      .text("--reserve-not-before", chosen->reserve_not_before, "TIME", "Until when the order waits at its place and takes nothing")
      .text("--channel", order.channel, "TEXT", "Where the order comes from")
      .text("--ship-to", order.ship_to, "TEXT", "Address to deliver to")
      .text("--contact", order.contact, "TEXT", "Whom to call")
      .text("--reference", order.reference, "TEXT", "The customer's own reference, e.g. the job site")
      .text("--notes", order.notes, "TEXT", "Shown on documents")
      .choice("--format", chosen->format, {"csv", "json"}, "csv|json", "Of FILE, if its name does not tell")
      .number("--pipeline", chosen->pipeline, 1, 100'000, "N", "Orders of FILE under way at most")
      .notes(notes);
  return [&globals, chosen] { return place(globals, *chosen); };
}

}  // namespace earmark::client
