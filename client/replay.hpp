// Runs a replay's events through a server, one at a time or with several under way, and writes their decisions in the
// order of the events. Nothing is decided here.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "client/client.hpp"
#include "client/decision_file.hpp"
#include "client/replay_file.hpp"

namespace earmark::client {

struct ReplayTotals {
  std::map<std::string, std::uint64_t> events;    // by type
  std::map<std::string, std::uint64_t> statuses;  // orders by status
  std::map<std::string, std::uint64_t> errors;    // by error
  std::uint64_t fills = 0, units_filled = 0, units_reserved = 0, units_backordered = 0;
  engine::Lsn last{};
};

struct ReplayOptions {
  std::size_t under_way = 1;  // events at most whose answers are outstanding
};

// Events of one order (or receipt id) stay in sequence whatever `under_way` is. `out` may be null;
// `progress(events done)` is called after each.
Outcome<ReplayTotals> run_replay(Client& client, const std::vector<ReplayEvent>& events, const ReplayOptions& options,
                                 std::ostream* out, const std::function<void(std::uint64_t)>& progress);

// The final state of the SKUs named: stock lines, then queue lines.
Outcome<std::vector<Json>> final_state(Client& client, const std::vector<std::string>& skus);

}  // namespace earmark::client
