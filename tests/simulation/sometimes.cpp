#include "tests/simulation/sometimes.hpp"

namespace earmark::simulation {
namespace {

constexpr std::string_view names[] = {
    "crash between gather and append",
    "crash between append and show",
    "crash between show and release",
    "crash with fills outstanding",
    "crash while recovering",
    "crash while a worker waits for the disk",
    "restart with everything durable",
    "group lost",
    "group there although its append failed",
    "torn group",
    "fold failed",
    "decided and lost again",
    "unknown then found durable",
    "unknown then found lost",
    "duplicate across a restart",
    "duplicate while the first is under way",
    "another content for an id",
    "no room in the ring",
    "settler stalled",
    "back pressure of unsent answers",
    "socket full",
    "order archived",
    "order read back",
    "ids forgotten",
    "id used anew",
    "state store made again",
    "start from the state store",
    "journal trimmed",
    "repeat told by the state store",
    "subscriber cut and resumed",
    "subscriber below the oldest kept",
    "slow subscriber cut",
    "peer half open",
    "connection reset",
    "frame split",
    "clock stepped back",
    "clock stepped forward",
    "record time raised",
    "answer by another worker",
    "fills in several commits",
    "decided between a cause and its fills",
    "check while the disk is behind",
    "snapshot between show and release",
    "digest asked and answered",
    "call given up by the channel",
    "message in parts not finished",
    "shrinkage took held units",
    "cell overdrawn",
    "shrinkage took reserved units",
    "victim was served from another warehouse",
    "arrival served who waits",
    "arrival closed a transfer short",
    "vendor changed lines of a purchase order",
    "purchase order ended by its vendor",
    "purchase order closed short",
    "purchase order cancelled",
    "purchase order changed beyond the horizon",
    "purchase orders listed",
    "delivery brought a part",
    "delivery brought the rest",
    "delivery brought too much",
    "delivery brought damaged units",
    "delivery served who waits",
    "order told dates",
    "dates told of what waits",
    "dates told by a check",
    "hold confirmed",
    "hold expired",
    "hold expired while the server was down",
    "expiry served who waits",
    "expired hold reacquired",
    "order cancelled at its time",
    "order became due",
    "order became due and took",
    "time of an order came while the server was down",
    "waiter was skipped by an order",
    "waiter was skipped by a fill",
    "waiter turned strict by skips",
    "waiter turned strict by time",
    "waiter turned strict by recovery",
    "strict waiter gathered",
    "strict waiter got the rest",
    "strict waiter took over",
    "supply was late",
    "date that was told moved",
    "rule alerted",
    "rule suggested",
    "rule joined a suggestion",
    "rule raised its line",
    "rule ordered",
    "rule cleared",
    "rule looked at by recovery",
    "suggestion approved at its cut-off",
};
static_assert(std::size(names) == static_cast<std::size_t>(Met::count_of_them));

}  // namespace

std::string_view name(Met what) noexcept { return names[static_cast<std::size_t>(what)]; }

std::string Sometimes::never() const {
  std::string text;
  for (std::size_t index = 0; index < counts_.size(); ++index) {
    // Once in a thousand seeds or less; logs of real servers have it all the time, and the strong replay replays them.
    if (index == static_cast<std::size_t>(Met::decided_between_a_cause_and_its_fills)) continue;
    if (counts_[index] == 0) text += (text.empty() ? "" : "; ") + std::string(names[index]);
  }
  return text;
}

std::string Sometimes::table() const {
  std::string text;
  for (std::size_t index = 0; index < counts_.size(); ++index) {
    text += "  " + std::to_string(counts_[index]) + "  " + std::string(names[index]) + "\n";
  }
  return text;
}

}  // namespace earmark::simulation
