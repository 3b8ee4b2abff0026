#include "storage/inspection.hpp"

#include <string>
#include <utility>

namespace earmark::storage {

Outcome<Inspection> inspect(const std::filesystem::path& directory, CheckDepth depth, StateNeed need) {
  OpenOptions options;
  options.read_only = true;
  options.check = need == StateNeed::where_there ? CheckDepth::pages : depth;  // else the first look may be the only one
  Inspection inspection;
  auto journal = open_lmdb_journal(directory, options, &inspection.check);
  if (!journal) return Unexpected{journal.error()};
  const engine::Lsn oldest = (*journal)->oldest();
  if (oldest.value > 1 || need == StateNeed::where_there) {
    const DirectoryIdentity identity = (*journal)->identity();
    journal->reset();
    StateOptions state_options;
    state_options.read_only = true;
    state_options.journal_oldest = oldest;
    state_options.check = depth;
    auto state = open_lmdb_state(directory, identity, state_options, &inspection.state_check);
    if (!state) return Unexpected{state.error()};
    inspection.state = std::move(state->store);
    if (inspection.state == nullptr && oldest.value > 1) {
      return Unexpected{Failure{FailureKind::damaged, "the journal in " + directory.string() + " begins at LSN " +
                                                          std::to_string(oldest.value) +
                                                          " and there is no state beside it; restore a backup"}};
    }
    options.check = depth;
    journal = open_lmdb_journal(directory, options, &inspection.check);
    if (!journal) return Unexpected{journal.error()};
  }
  inspection.journal = std::move(*journal);
  if (inspection.state != nullptr && inspection.state->summary().applied > inspection.journal->last()) {
    return Unexpected{Failure{FailureKind::damaged, "the state in " + directory.string() + " is ahead of its journal: it holds "
                              "everything up to LSN " + std::to_string(inspection.state->summary().applied.value) +
                              ", the journal ends at LSN " + std::to_string(inspection.journal->last().value) +
                              "; keep a copy of the directory, then restore a backup"}};
  }
  return inspection;
}

}  // namespace earmark::storage
