// The check of a journal on disk: in a child process, because damaged pages make LMDB crash and bad sectors are signals.
// The child checks the pages (lmdb_pages.hpp), then every group: checksums, chain, LSNs without a gap, versions; it
// leaves its finding in shared memory. A child that dies by a signal means damage, at the offset it was last reading.
// The server at start, earmark-journal and the tests all use this.
#pragma once

#include <cstdint>
#include <filesystem>

#include "storage/group.hpp"
#include "storage/journal.hpp"

namespace earmark::storage {

// A file beside the data, written when an append fails and removed by the next that succeeds: LMDB then leaves one of
// its two metas as a mixture of two commits, which at any other time would be damage.
inline std::filesystem::path failed_append_mark(const std::filesystem::path& journal_directory) {
  return journal_directory / "append-failed";
}

enum class CheckDepth : std::uint8_t {
  pages,     // pages, group headers and their chain: enough for LMDB to be safe
  contents,  // all that, and every byte of every record
};

struct JournalCheck {
  DirectoryIdentity identity;
  std::uint64_t chain_seed = 0;  // the previous chain of group 1: the catalogue epoch, unless the directory was restored
  std::uint64_t groups = 0, file_bytes = 0, used_bytes = 0, free_pages = 0, page_bytes = 0;
  std::uint64_t records = 0, record_bytes = 0;
  engine::Lsn oldest{1};  // first kept LSN
  ChainLink tail;  // what the next group follows
};

// `beside_writer`: another process may be appending; the newest commit is pinned while its pages are walked.
// Failures: damaged, bad_version, cannot_open.
Outcome<JournalCheck> check_journal(const std::filesystem::path& journal_directory, CheckDepth depth, bool beside_writer);

}  // namespace earmark::storage
