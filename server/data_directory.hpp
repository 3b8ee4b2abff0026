// A server's data directory, opened for serving: the journal, and the state store that belongs to it, not far behind.
//   DIR/journal   what was decided
//   DIR/state     what it amounts to; made again from the journal when it is missing or damaged, as long as that is whole
#pragma once

#include <filesystem>
#include <memory>

#include "server/recovery.hpp"
#include "storage/lmdb_journal.hpp"

namespace earmark::server {

struct DataDirectory {
  std::filesystem::path path;
  std::unique_ptr<storage::Journal> journal;
  std::unique_ptr<storage::StateStore> state;
};

// Failures are those of the journal; damaged also when the state is, or is missing, and the journal has been trimmed.
storage::Outcome<DataDirectory> open_data_directory(const std::filesystem::path& directory, const storage::OpenOptions& options,
                                                    const CatchingUp& tell);

// For a state store in which damage was found after it was opened: moves it aside and makes it again. Fails as above.
storage::Outcome<void> make_state_again(DataDirectory& directory, const storage::Failure& why, const CatchingUp& tell);
// The same while serving, before the end of the process: the next start makes it again. False: the journal is not whole.
bool leave_state_to_next_start(const std::filesystem::path& directory, const storage::Journal& journal);

}  // namespace earmark::server
