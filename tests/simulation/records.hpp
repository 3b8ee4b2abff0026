// Records of a journal, decoded one by one. One thread.
#pragma once

#include <functional>
#include <span>

#include "schema/event.hpp"
#include "storage/journal.hpp"

namespace earmark::simulation {

// Calls use(event, its bytes) for each record from `from` to `to`, until it gives false. Throws Broken where one is missing or
// does not decode.
void read_records(const storage::Journal& journal, engine::Lsn from, engine::Lsn to,
                  const std::function<bool(const schema::Event&, std::span<const std::byte>)>& use);

}  // namespace earmark::simulation
