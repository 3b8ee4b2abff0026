// The journal as the subscribers of one worker read it: chunks of records, and one record as frames, whole or sifted.
// What several subscribers want at the same time is read once. Owned by one thread.
#pragma once

#include <memory>
#include <vector>

#include "server/event_filter.hpp"
#include "storage/journal.hpp"

namespace earmark::server {

class EventStream {
 public:
  explicit EventStream(const storage::Journal& journal);

  struct Chunk {
    std::span<const std::byte> records;
    engine::Lsn first{}, last{};
  };
  // Records from `from` on, to `until` at most: about subscription_read_bytes, or one record that is larger. Holds until
  // the next call. No records: `from` is beyond `until`. Failures: trimmed, damaged.
  storage::Outcome<Chunk> read(engine::Lsn from, engine::Lsn until);

  // Appends the frames of the chunk's first record, if anything of it passes (no filter: all of it does), and drops it
  // from the chunk. True if something was appended.
  bool put_first(Chunk& chunk, const EventFilter* filter, std::uint64_t correlation, std::vector<std::byte>& out);

 private:
  std::unique_ptr<storage::JournalReader> reader_;
  std::vector<std::byte> buffer_, sifted_;
  Chunk chunk_;  // in the buffer
  schema::EventDecoder decoder_;
  schema::EventEncoder encoder_;
  EventSieve sieve_;
};

}  // namespace earmark::server
