// The check of a state store on disk, in a child process like that of the journal (lmdb_check.hpp): all its pages, so that
// LMDB may be let near them, and on demand the checksum of every value. What values mean to each other is seen when they
// are read or folded. An older commit may pass for the newest where a meta page is damaged: that is harmless, the journal
// has what is missing, and who opens the store asks whether it has.
#pragma once

#include <cstdint>
#include <filesystem>

#include "storage/check_child.hpp"
#include "storage/lmdb_check.hpp"

namespace earmark::storage {

struct StateCheck {
  std::uint64_t file_bytes = 0, used_bytes = 0, free_pages = 0, page_bytes = 0, values = 0;
};

// CheckDepth::pages: the pages alone. `beside_writer`: the newest commit is pinned while it is walked.
// Failures: damaged, cannot_open.
Outcome<StateCheck> check_state(const std::filesystem::path& state_directory, CheckDepth depth, bool beside_writer);
// The same, going on beside the caller, who has the directory's lock.
Outcome<BegunCheck<StateCheck>> begin_state_check(const std::filesystem::path& state_directory, CheckDepth depth, bool beside_writer);

}  // namespace earmark::storage
