// Letting the journal's oldest groups go, within a transaction of the appender's.
#pragma once

#include "storage/group.hpp"
#include "storage/lmdb_environment.hpp"

namespace earmark::storage {

struct Trimmed {
  std::size_t groups = 0;
  ChainLink before;  // of the last group that went
};

// Removes groups that end before `oldest`, `most` of them at most, and notes where the journal begins now. `oldest` is at
// most the journal's last LSN, so the newest group stays. Zero, or LMDB's error.
int trim_groups(MDB_txn* transaction, MDB_dbi groups, MDB_dbi meta, engine::Lsn oldest, std::size_t most, Trimmed& trimmed);

}  // namespace earmark::storage
