#include "client/commands/journal.hpp"

#include <set>

#include "client/commands/ask.hpp"
#include "client/progress.hpp"

namespace earmark::client {
namespace {

// Reads what concerns the order from its decision to where `show` was true.
Outcome<void> read_for(const Globals& globals, const OrderState& now, Explainer& explainer) {
  const auto read = [&](StreamFilter filter, const char* what) {
    return read_journal(globals, {now.lsn, now.as_of, std::move(filter), what},
                        [&](const schema::Event& event, const Catalogue& catalogue) { explainer.see(event, catalogue); });
  };
  std::set<std::string> skus;
  for (const OrderStateLine& line : now.lines) skus.insert(line.sku);
  if (skus.size() > schema::max_filter_values) return read({}, "decisions");
  StreamFilter of_skus;
  of_skus.skus.assign(skus.begin(), skus.end());
  if (auto done = read(std::move(of_skus), "decisions"); !done) return done;
  // Parts that have no SKU do not pass a filter of SKUs: a new priority, becoming due, who turns strict, tracking.
  StreamFilter of_kinds;
  of_kinds.kinds = {schema::EventKind::amended, schema::EventKind::turned_strict, schema::EventKind::allocation_lost, schema::EventKind::tracking};
  explainer.begin_second_round();
  return read(std::move(of_kinds), "decisions, once more");
}

}  // namespace

Outcome<void> read_journal(const Globals& globals, JournalPart part, const std::function<void(const schema::Event&, const Catalogue&)>& use) {
  auto server = Address::parse(globals.server);
  if (!server) return Unexpected{server.error()};
  SubscriberOptions options;
  options.connect = {*server, globals.token, "earmark " EARMARK_VERSION, std::chrono::seconds(globals.time_limit_s)};
  options.from = part.from;
  options.filter = std::move(part.filter);
  auto subscriber = Subscriber::open(std::move(options));
  if (!subscriber) return Unexpected{subscriber.error()};
  Progress progress(part.what, part.to + 1 - part.from);
  std::uint64_t at = subscriber->position().value;
  while (at < part.to) {
    auto event = subscriber->next(std::chrono::seconds(globals.time_limit_s));
    if (!event) return Unexpected{event.error()};
    if (*event) use((*event)->event(), subscriber->catalogue());
    else if (subscriber->position().value == at) return unreachable("the server sends no more of its journal; try again, or with a larger --time-limit");
    at = subscriber->position().value;
    progress.done(at + 1 - part.from);
  }
  return {};
}

Outcome<Explanation> explain(const Globals& globals, Client& client, const std::string& order) {
  auto state = ask<OrderState>(client, ShowQuestion{order});
  if (!state) return Unexpected{state.error()};
  Explainer explainer(*state);
  if (auto done = read_for(globals, *state, explainer); !done) {
    if (done.error().code != engine::ErrorCode::trimmed) return Unexpected{done.error()};
    explainer.set_trimmed();
  }
  return std::move(explainer).take();
}

}  // namespace earmark::client
