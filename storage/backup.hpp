// Backups of a data directory: a consistent copy beside a running server, and a copy of that as a new data directory.
//   back_up   state first (when there is one), then the journal: the state is never ahead of the journal that lies beside it
//   restore   the same records under a new catalogue epoch, so that clients' cached ids become stale_catalogue
// A state that is damaged is left out as long as the journal begins at LSN 1, from which it is made again.
// Both write TARGET.partial, check it with the code that checks a journal at a start, sync it, and give it its name in one
// rename; whatever happens before, TARGET is not there. A TARGET.partial that was left by a killed run is replaced.
// One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "storage/journal.hpp"
#include "storage/lmdb_check.hpp"

namespace earmark::storage {

// How far it is: "copying the journal", bytes done, and bytes in all (an estimate; 0: nothing to count). False: stop.
using CopyProgress = std::function<bool(std::string_view step, std::uint64_t done, std::uint64_t total)>;

// Whether the state in `directory` (a copy, nobody writes to it) goes on where `journal` begins: the journal's oldest LSN is at
// most the state's applied LSN + 1. False: the journal was trimmed between the two copies, both are made again.
// Failures: damaged (also of another epoch, or ahead of the journal), bad_version, cannot_open.
using StateFitsJournal = std::function<Outcome<bool>(const std::filesystem::path& directory, const Journal& journal,
                                                     const DirectoryIdentity& identity)>;
Outcome<bool> state_fits_journal(const std::filesystem::path& directory, const Journal& journal, const DirectoryIdentity& identity);

enum class CopiedState : std::uint8_t { none, copied, left_out };

struct CopyReport {
  JournalCheck check;
  CopiedState state = CopiedState::none;
  std::string why_left_out;
  std::uint64_t file_bytes = 0;  // of all files written
};

// TARGET must not exist, or be an empty directory that is no mount point. Failure: cannot_open.
Outcome<void> check_copy_target(const std::filesystem::path& target);

// Failures: cannot_open (also: interrupted), in_use (another copy to the same place), damaged, bad_version, write_failed.
Outcome<CopyReport> back_up(const std::filesystem::path& directory, const std::filesystem::path& target,
                            const CopyProgress& progress, const StateFitsJournal& state_fits = state_fits_journal);
Outcome<CopyReport> restore(const std::filesystem::path& backup, const std::filesystem::path& target, const CopyProgress& progress);

}  // namespace earmark::storage
