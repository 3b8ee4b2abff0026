// earmark watch [--from LSN] [--to LSN] [--kind K]... [--sku S]... [--warehouse W]... [--customer C]... [--count N]
// Goes on by itself when the server has gone or cut it. Ctrl-C is a clean end; a second one ends at once.
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "client/commands/command.hpp"
#include "client/stream_text.hpp"
#include "client/subscriber.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
Prints events as they become durable, in the order of their numbers (LSN), none left out. Without --from only what comes
from now on; --from 1 begins with the first. Filters may be repeated: several values mean any of them, different filters
must all hold, and only those parts of an event that pass are shown. When the server stops or the connection is lost it
connects again and goes on where it was. Ctrl-C ends.

EXAMPLES
  earmark watch
  earmark watch --from 1 --json > history.jsonl
  earmark watch --from 500 --to 520
  earmark watch --kind out_of_stock --kind back_in_stock
  earmark watch --customer "Okafor Builders" --kind shipped
  earmark watch --sku BEAM-LVL --warehouse MAIN --from 1)";

struct WatchOptions {
  std::uint64_t from = 0, to = 0, count = 0;
  std::vector<std::string> kinds, skus, warehouses, customers;
};

volatile std::sig_atomic_t stopped = 0;

// From now on the first SIGINT or SIGTERM asks to stop, the second ends the program.
void listen_for_stop() {
  struct sigaction action{};
  action.sa_handler = [](int) { stopped = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

bool colours_wanted() {
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr &&
         (terminal == nullptr || std::string_view(terminal) != "dumb");
}

std::string all_kinds() {
  std::string all;
  for (const schema::EventKind kind : schema::every_event_kind) all += (all.empty() ? "" : ", ") + std::string(schema::name(kind));
  return all;
}

Outcome<std::vector<schema::EventKind>> kinds_of(const std::vector<std::string>& names) {
  std::vector<schema::EventKind> kinds;
  for (const std::string& name : names) {
    const auto kind = schema::event_kind(name);
    if (!kind) return usage("there is no kind of event '" + name + "'; the kinds are " + all_kinds());
    kinds.push_back(*kind);
  }
  return kinds;
}

Outcome<SubscriberOptions> subscriber_options(const Globals& globals, const WatchOptions& options) {
  auto server = Address::parse(globals.server);
  if (!server) return Unexpected{server.error()};
  auto kinds = kinds_of(options.kinds);
  if (!kinds) return Unexpected{kinds.error()};
  if (options.to != 0 && options.to < options.from) return usage("--to is below --from, so there is nothing between them");
  for (const auto* values : {&options.kinds, &options.skus, &options.warehouses, &options.customers}) {
    if (values->size() > schema::max_filter_values) return usage("a filter takes at most 256 values");
  }
  SubscriberOptions subscriber;
  subscriber.connect = {*server, globals.token, "earmark " EARMARK_VERSION, std::chrono::seconds(globals.time_limit_s)};
  subscriber.from = options.from;
  subscriber.filter = {std::move(*kinds), options.skus, options.warehouses, options.customers};
  return subscriber;
}

class Watch {
 public:
  Watch(const Globals& globals, const WatchOptions& options) : globals_(globals), options_(options), text_(colours_wanted()) {}

  Outcome<void> run() {
    auto chosen = subscriber_options(globals_, options_);
    if (!chosen) return Unexpected{chosen.error()};
    listen_for_stop();
    auto subscriber = Subscriber::open(std::move(*chosen));
    if (!subscriber) return stopped != 0 ? Outcome<void>{} : Outcome<void>{Unexpected{subscriber.error()}};
    Outcome<void> outcome;
    while (outcome && stopped == 0 && !done(*subscriber)) outcome = step(*subscriber);
    if (stopped == 0) return outcome;
    std::fflush(stdout);
    std::fprintf(stderr, "earmark: stopped; --from %llu goes on\n", static_cast<unsigned long long>(subscriber->position().value + 1));
    return {};
  }

 private:
  bool done(const Subscriber& subscriber) const {
    return (options_.count != 0 && printed_ == options_.count) || (options_.to != 0 && subscriber.position().value >= options_.to);
  }

  // What is there already is printed without flushing each line; then it waits.
  Outcome<void> step(Subscriber& subscriber) {
    auto event = subscriber.next(std::chrono::milliseconds(0));
    if (event && !*event) {
      if (auto flushed = print(""); !flushed) return flushed;
      if (done(subscriber)) return {};
      event = subscriber.next(std::chrono::milliseconds(500));
    }
    if (!event) return Subscriber::may_resume(event.error()) ? go_on(subscriber, event.error()) : Outcome<void>{Unexpected{event.error()}};
    if (!*event || (options_.to != 0 && (*event)->event().stamp.lsn.value > options_.to)) return {};
    ++printed_;
    const schema::Event& what = (*event)->event();
    const std::string line = globals_.json ? json_line(event_json(what, subscriber.catalogue(), false)) + "\n"
                                           : text_.text(what, subscriber.catalogue());
    if (std::fwrite(line.data(), 1, line.size(), stdout) == line.size()) return {};
    return usage("cannot write to standard output; is the disk full?");
  }

  Outcome<void> go_on(Subscriber& subscriber, const Failure& why) {
    if (auto flushed = print(""); !flushed) return flushed;
    const std::string reason = why.text.substr(0, why.text.find(';'));
    std::fprintf(stderr, "earmark: %s; connecting again to go on from %llu\n", reason.c_str(),
                 static_cast<unsigned long long>(subscriber.position().value + 1));
    for (ReconnectDelay delay; stopped == 0;) {
      ::poll(nullptr, 0, static_cast<int>(delay.next().count()));  // a signal ends it
      if (stopped != 0) break;
      const auto resumed = subscriber.resume();
      if (resumed) {
        std::fprintf(stderr, "earmark: connected again\n");
        return {};
      }
      if (!Subscriber::may_resume(resumed.error())) return resumed;
    }
    return {};
  }

  const Globals& globals_;
  const WatchOptions& options_;
  StreamText text_;
  std::uint64_t printed_ = 0;
};

}  // namespace

Run add_watch(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<WatchOptions>();
  options.number("--from", chosen->from, 0, UINT64_MAX, "LSN", "Number of the first event to print; 0: only new ones")
      .number("--to", chosen->to, 0, UINT64_MAX, "LSN", "Leave after the event with this number; 0: never")
      .texts("--kind", chosen->kinds, "KIND", "Only parts of this kind: " + all_kinds())
      .texts("--sku", chosen->skus, "SKU", "Only parts about this SKU")
      .texts("--warehouse", chosen->warehouses, "WAREHOUSE", "Only parts in this warehouse")
      .texts("--customer", chosen->customers, "CUSTOMER", "Only orders of this customer, and what becomes of them")
      .number("--count", chosen->count, 0, UINT64_MAX, "N", "Leave after so many events; 0: never")
      .notes(notes);
  return [&globals, chosen] { return Watch(globals, *chosen).run(); };
}

}  // namespace earmark::client
