// A data directory opened for reading, also beside a running server: the journal, and the state store where it is needed.
// The state is opened between two looks at the journal, so the journal that is handed out has what comes behind it.
#pragma once

#include <filesystem>
#include <memory>

#include "storage/lmdb_journal.hpp"
#include "storage/lmdb_state.hpp"

namespace earmark::storage {

struct Inspection {
  std::unique_ptr<Journal> journal;
  JournalCheck check;
  std::unique_ptr<StateStore> state;  // null: not there, or not needed
  StateCheck state_check;

  bool trimmed() const { return journal->oldest().value > 1; }
};

enum class StateNeed : std::uint8_t {
  where_trimmed,  // of a journal that is whole nobody looks at the state
  where_there,
};

// Failures as those of opening either; damaged where a trimmed journal has no state.
Outcome<Inspection> inspect(const std::filesystem::path& directory, CheckDepth depth, StateNeed need);

}  // namespace earmark::storage
