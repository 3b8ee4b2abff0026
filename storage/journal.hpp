// The journal: every decision, in LSN order, durable before anyone hears of it. This interface knows no database, so
// that a replicated journal can stand behind it. Append is called by one thread at a time (the journal's);
// readers are independent of it and of each other.
//
// A group is the unit of commit: consecutive LSNs, one stored value, all or nothing.
//   group header (storage/group.hpp), then the records (schema/record.hpp) with their checksums filled in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "engine/result.hpp"
#include "engine/types.hpp"

namespace earmark::storage {

enum class FailureKind : std::uint8_t {
  in_use,        // another process has the directory (exit 3)
  damaged,       // contents fail a check (exit 4)
  bad_version,   // written by an unknown format version (exit 4)
  cannot_open,   // permissions, not a directory, wrong file system (exit 2)
  write_failed,  // disk full, write or sync error: what was being appended may be there or not (exit 5)
  trimmed,       // the LSN is older than the oldest kept one
};

struct Failure {
  FailureKind kind{};
  std::string text;  // which record, which file offset, what to do
  engine::Lsn oldest{};  // kind trimmed: where the journal begins now
};

template <class T>
using Outcome = Result<T, Failure>;

// Identity of a data directory, written once when it is created.
struct DirectoryIdentity {
  std::uint32_t format_version = 0;
  std::uint64_t catalogue_epoch = 0;  // random
  std::int64_t created_us = 0;
  std::uint32_t max_skus = 0, max_warehouses = 0;  // of the creating server, for information
  bool on_commands_time = false;  // decisions carry the time of commands, not of the machine
};

// Records of consecutive LSNs, gathered from several places in memory. Each span holds whole records.
struct Group {
  engine::Lsn first{}, last{};
  std::span<const std::span<const std::byte>> chunks;
  std::size_t bytes = 0;  // of all chunks
};

// Reads records in LSN order. Holds no lock and no transaction between calls.
class JournalReader {
 public:
  virtual ~JournalReader() = default;
  // Moves to `lsn`; the next read returns it. Failure: trimmed (so does a read whose records went meanwhile).
  virtual Outcome<void> seek(engine::Lsn lsn) = 0;
  // Copies whole records from the current position to `out` (8-byte aligned), up to and including LSN `until`, as many
  // as fit; returns the bytes, 0 when there is nothing to read yet. `first` and `last` are the LSNs of what was copied.
  // `out` of at least max_record_bytes always makes progress. Checksums are verified. Failure: damaged.
  virtual Outcome<std::size_t> read(std::span<std::byte> out, engine::Lsn until, engine::Lsn& first, engine::Lsn& last) = 0;
};

inline constexpr std::size_t max_record_bytes = 2U << 20;

class Journal {
 public:
  virtual ~Journal() = default;
  // Appends and syncs. When it returns without failure the group is on disk. After a failure no further append is
  // accepted: the outcome of the failed one is unknown until recovery (a failed sync is never retried).
  // `group.first` must be last() + 1. Record checksums are computed here; the chunks themselves are not changed.
  virtual Outcome<void> append(const Group& group) = 0;
  virtual engine::Lsn last() const noexcept = 0;    // last durable LSN, 0 when empty
  virtual engine::Lsn oldest() const noexcept = 0;  // oldest kept LSN, 1 when nothing was trimmed
  // Lets the groups go that end before `oldest`: within following appends, a few in each, with no sync of their own. Any
  // thread. It never goes back, and the newest group always stays. oldest() moves when they are gone for good.
  virtual void retain_from(engine::Lsn oldest) noexcept = 0;
  // The same at once, `most_groups` of them at most, with a sync; gives how many went. By whoever appends.
  virtual Outcome<std::size_t> trim_now(engine::Lsn oldest, std::size_t most_groups) = 0;
  virtual const DirectoryIdentity& identity() const noexcept = 0;
  // Readers may be made and used on any thread, one thread at a time each.
  virtual std::unique_ptr<JournalReader> reader() const = 0;
};

}  // namespace earmark::storage
