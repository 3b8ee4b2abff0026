// The journal in LMDB: DIR/journal, database "groups" (key: first LSN, value: one group, storage/group.hpp) and
// database "meta" (the directory's identity, written once; where a trimmed journal begins). One transaction is one group and one sync: the default
// sync mode, never another. A journal directory is made under the name journal.new and renamed when it is durable, so
// a DIR/journal that lacks anything is damaged, never half made.
// The file is not made longer ahead of time: posix_fallocate gained nothing, zeros written ahead by another thread made
// the median commit of 200 kB a quarter faster and the slowest in ten two to three times slower.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "storage/journal.hpp"
#include "storage/lmdb_check.hpp"

namespace earmark::storage {

struct OpenOptions {
  bool read_only = false;           // beside a running server: no lock is taken, nothing is created
  CheckDepth check = CheckDepth::contents;
  // Of a directory that is created:
  std::uint32_t max_skus = 0, max_warehouses = 0;
  std::uint64_t catalogue_epoch = 0;  // 0: random
  std::int64_t created_us = 0;        // 0: now
  bool on_commands_time = false;
  std::size_t map_bytes = 0;          // 0: as large as the file system; it grows when it is full
  // Called when the directory's lock is held, before the check begins; false: nothing is opened (cannot_open).
  std::function<bool()> when_locked;
};

// Takes the directory's lock, checks the whole journal in a child process, opens it for appending.
// Failures: in_use, damaged, bad_version, cannot_open. `check`, if given, gets what the check found.
Outcome<std::unique_ptr<Journal>> open_lmdb_journal(const std::filesystem::path& directory, const OpenOptions& options,
                                                    JournalCheck* check = nullptr);

}  // namespace earmark::storage
