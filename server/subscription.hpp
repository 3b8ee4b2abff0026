// Where one subscriber stands in the stream of events. Owned by its session's worker.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "server/event_filter.hpp"

namespace earmark::server {

struct Subscription {
  std::uint64_t correlation = 0;
  engine::Lsn next{};                    // not looked at yet
  engine::Lsn told{};                    // the peer knows that everything up to here was sent or filtered out
  std::unique_ptr<EventFilter> filter;   // none: everything passes
  std::uint64_t taken_before = 0;        // Session::taken when it was last looked at
  std::optional<std::int64_t> stuck_since_us;  // monotonic; since then something waits and the peer takes nothing
};

}  // namespace earmark::server
