// Which of the LSNs that a run did not see are the server's bookkeeping (void records), which changes no cell and no order: asked from
// its stream of events after the run. What cannot be had any more (trimmed, another server) stays unexplained.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "client/subscriber.hpp"
#include "loadtest/history.hpp"

namespace earmark::loadtest {

// In rising order. Looks into 10,000 ranges and a million LSNs at most: other clients' orders are not worth more.
std::vector<std::uint64_t> find_bookkeeping(const client::ConnectOptions& server, std::span<const LsnRange> missing);

}  // namespace earmark::loadtest
