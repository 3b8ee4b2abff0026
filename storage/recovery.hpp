// Replay: the records of a journal in LSN order, decoded and verified, one call each. Nothing is decided here.
// One thread; the journal may grow meanwhile. About 3 million order records of three lines a second.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "schema/event.hpp"
#include "storage/journal.hpp"

namespace earmark::storage {

struct ReplayRange {
  engine::Lsn from{1};
  engine::Lsn to{};  // 0: the journal's last
};

struct RecoveryReport {
  std::uint64_t records = 0, bytes = 0;
  engine::Lsn first{}, last{};      // of what was read; 0: nothing
  engine::TimeUs last_time{};       // the latest
  // Commands in the range whose last fill is not there: recovery finishes them before anything new is decided.
  std::vector<engine::Lsn> open_causes;
};

// `apply` may keep nothing of the event beyond its call. Failures: damaged (checksums, an event that does not decode,
// an LSN out of order), trimmed.
Outcome<RecoveryReport> replay(const Journal& journal, const std::function<void(const schema::Event&)>& apply,
                               ReplayRange range = {});

}  // namespace earmark::storage
