// The state store in LMDB: DIR/state, an environment of its own beside the journal's, so that folding never waits for an
// append nor an append for folding. What is in it: storage/state_rows.hpp. One fold is one transaction and one sync, in the
// default sync mode, never another. A new store is made under the name state.new and renamed when it is durable.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "storage/lmdb_state_check.hpp"
#include "storage/state_store.hpp"

namespace earmark::storage {

struct StateOptions {
  bool read_only = false;      // beside a running server: nothing is created
  engine::Lsn journal_last{};  // of the journal it belongs to; a store that is ahead of it is damaged. 0: not looked at
  std::size_t map_bytes = 0;   // 0: as large as the file system; it grows when it is full
  engine::Lsn journal_oldest{1};  // of the journal; a store that lacks what was trimmed there is damaged
  CheckDepth check = CheckDepth::pages;
  BegunCheck<StateCheck>* begun = nullptr;  // its check, where it has begun: that counts, not another one
  // It begins at LSN 1 and can make the state again; if not, a store of an older version is taken over, and begins to count where it stands.
  bool journal_whole = true;
};

struct OpenedState {
  std::unique_ptr<StateStore> store;  // null: read only, and there is none
  bool created = false;               // it is new and empty
  bool complete = false;              // false: it was being built when the last process ended; fold on from `applied`
};

// Checks the pages of DIR/state in a child process, then opens it for the journal with `identity`; makes it when it is missing or empty. The caller has the directory's lock.
// Failures: damaged (or of another catalogue epoch, or ahead of the journal) and bad_version: the journal can make it
// again as long as it begins at LSN 1, move it aside first; cannot_open, in_use: nothing is said about its contents.
Outcome<OpenedState> open_lmdb_state(const std::filesystem::path& directory, const DirectoryIdentity& identity,
                                     const StateOptions& options, StateCheck* check = nullptr);

// Renames DIR/state to DIR/state.damaged-N, N being the first that is free, and makes that durable; the new path.
Outcome<std::filesystem::path> move_state_aside(const std::filesystem::path& directory);

// Lets DIR/state belong to a journal with another catalogue epoch: of a directory that is being restored. Nobody has it open.
Outcome<void> adopt_state(const std::filesystem::path& directory, std::uint64_t catalogue_epoch);

}  // namespace earmark::storage
