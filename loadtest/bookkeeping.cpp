#include "loadtest/bookkeeping.hpp"

#include <algorithm>
#include <variant>

#include "client/progress.hpp"

namespace earmark::loadtest {
namespace {

constexpr std::size_t most_ranges = 10'000;
constexpr std::uint64_t most_lsns = 1'000'000;
constexpr std::chrono::seconds longest_wait{5};

// False: the server does not give them.
bool look(const client::ConnectOptions& server, const LsnRange& range, std::vector<std::uint64_t>& found) {
  client::SubscriberOptions options;
  options.connect = server;
  options.from = range.first;
  auto subscriber = client::Subscriber::open(options);
  while (subscriber && subscriber->position().value < range.last) {
    const std::uint64_t before = subscriber->position().value;
    auto event = subscriber->next(longest_wait);
    if (!event || (!*event && subscriber->position().value == before)) return false;
    if (!*event) continue;
    const schema::Event& seen = (*event)->event();
    if (seen.stamp.lsn.value > range.last) return true;
    if (std::holds_alternative<engine::VoidDecision>(seen.decision)) found.push_back(seen.stamp.lsn.value);
  }
  return subscriber.has_value();
}

}  // namespace

std::vector<std::uint64_t> find_bookkeeping(const client::ConnectOptions& server, std::span<const LsnRange> missing) {
  std::vector<std::uint64_t> found;
  std::uint64_t lsns = 0;
  const std::size_t ranges = std::min(missing.size(), most_ranges);
  client::Progress progress("asking for bookkeeping, ranges of LSNs", ranges);
  for (std::size_t index = 0; index < ranges; ++index) {
    lsns += missing[index].last - missing[index].first + 1;
    if (lsns > most_lsns || !look(server, missing[index], found)) break;
    progress.done(index + 1);
  }
  return found;
}

}  // namespace earmark::loadtest
