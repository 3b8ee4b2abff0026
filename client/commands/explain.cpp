// earmark explain ORDER: `show`, then the journal from its decision to where that is true.
#include <nlohmann/json.hpp>
#include <set>

#include "client/commands/ask.hpp"
#include "client/commands/command.hpp"
#include "client/explanation.hpp"
#include "client/progress.hpp"
#include "client/subscriber.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
Tells of each line what was available when it was decided, what was taken and what waits, behind whom, and by which rule; whom the order
passed over; then what has happened to it, each with its cause: fills, losses, cancels, amends, shipments; and what it waits for now. It
reads the journal from the order's decision on; where that is no longer kept (--retain of earmarkd), what the order itself shows is told.

With --json one object a line: "explain" is order, line (as decided), step (what happened since) or now.

EXAMPLES
  earmark explain ORD-1007
  earmark explain ORD-1007 --json
  earmark explain ORD-1007 --json | jq 'select(.what == "filled") | {quantity, cause_text}')";

// Reads what the filter lets pass from the order's decision to where `show` was true.
class Reading {
 public:
  Reading(const Globals& globals, const OrderState& now, Explainer& explainer) : globals_(globals), now_(now), explainer_(explainer) {}

  Outcome<void> read(StreamFilter filter, const char* what) {
    auto server = Address::parse(globals_.server);
    if (!server) return Unexpected{server.error()};
    SubscriberOptions options;
    options.connect = {*server, globals_.token, "earmark " EARMARK_VERSION, std::chrono::seconds(globals_.time_limit_s)};
    options.from = now_.lsn;
    options.filter = std::move(filter);
    auto subscriber = Subscriber::open(std::move(options));
    if (!subscriber) return Unexpected{subscriber.error()};
    Progress progress(what, now_.as_of + 1 - now_.lsn);
    return follow(*subscriber, progress);
  }

 private:
  Outcome<void> follow(Subscriber& subscriber, Progress& progress) {
    std::uint64_t at = subscriber.position().value;
    while (at < now_.as_of) {
      auto event = subscriber.next(std::chrono::seconds(globals_.time_limit_s));
      if (!event) return Unexpected{event.error()};
      if (*event) explainer_.see((*event)->event(), subscriber.catalogue());
      else if (subscriber.position().value == at) return unreachable("the server sends no more of its journal; try again, or with a larger --time-limit");
      at = subscriber.position().value;
      progress.done(at + 1 - now_.lsn);
    }
    return {};
  }

  const Globals& globals_;
  const OrderState& now_;
  Explainer& explainer_;
};

Outcome<void> read_journal(const Globals& globals, const OrderState& now, Explainer& explainer) {
  std::set<std::string> skus;
  for (const OrderStateLine& line : now.lines) skus.insert(line.sku);
  Reading reading(globals, now, explainer);
  if (skus.size() > schema::max_filter_values) return reading.read({}, "decisions");
  StreamFilter of_skus;
  of_skus.skus.assign(skus.begin(), skus.end());
  if (auto done = reading.read(std::move(of_skus), "decisions"); !done) return done;
  // Parts that have no SKU do not pass a filter of SKUs: a new priority, becoming due, who turns strict, tracking.
  StreamFilter of_kinds;
  of_kinds.kinds = {schema::EventKind::amended, schema::EventKind::turned_strict, schema::EventKind::allocation_lost, schema::EventKind::tracking};
  explainer.begin_second_round();
  return reading.read(std::move(of_kinds), "decisions, once more");
}

Outcome<void> explain(const Globals& globals, const std::string& order) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  auto state = ask<OrderState>(*client, ShowQuestion{order});
  if (!state) return Unexpected{state.error()};
  Explainer explainer(*state);
  if (auto done = read_journal(globals, *state, explainer); !done) {
    if (done.error().code != engine::ErrorCode::trimmed) return done;
    explainer.set_trimmed();
  }
  const Explanation told = std::move(explainer).take();
  if (!globals.json) return print(explanation_text(told));
  for (const Json& each : explanation_json(told)) {
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
