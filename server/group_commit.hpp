// Group commit, step by step: what was committed in LSN order becomes durable in one group, then visible, and only then may its
// answers go. The journal's thread takes the steps one after the other; a simulation lets others act, and crashes, between them.
//   gather (window -> chunks) -> append (Journal, synced) -> show (durable view) -> release (durable LSN)
// Invariant (E4): the durable LSN never passes what append() has returned for. No thread, no clock; one caller at a time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/engine.hpp"
#include "schema/event.hpp"
#include "server/counters.hpp"
#include "storage/journal.hpp"

namespace earmark::server {

class GroupCommit {
 public:
  // `last_time`: the latest of the journal's records.
  GroupCommit(engine::Engine& engine, storage::Journal& journal, engine::TimeUs last_time);

  // Takes bundle after bundle off the window, as far as LSNs are without a gap. False: nothing was committed.
  bool gather();
  // Makes the group durable. After a failure nothing further may be called: memory is ahead of the disk.
  storage::Outcome<void> append();
  // Brings the durable view up to the group.
  void show();
  // From here on answers may go.
  void release();

  // Something behind the last group is committed.
  bool more_is_committed() const noexcept;
  JournalCounters& counters() noexcept { return counters_; }
  const JournalCounters& counters() const noexcept { return counters_; }

 private:
  void show(const schema::Event& event);
  void check_times(std::span<const std::byte> records, std::uint32_t count);

  engine::Engine& engine_;
  storage::Journal& journal_;
  engine::Lsn next_;
  engine::TimeUs last_time_;
  std::vector<std::span<const std::byte>> chunks_;
  std::size_t group_bytes_ = 0;
  engine::Lsn group_first_{}, group_last_{};
  // Records are decoded so far before they are shown that the cells which they change have come to the cache.
  struct Ahead {
    schema::EventDecoder decoder;
    schema::Event event;
  };
  std::array<Ahead, 8> ahead_;
  JournalCounters counters_;
};

}  // namespace earmark::server
