// Letting the journal's oldest groups go, within a transaction of the appender's.
// No more go than the next appends have room for. LMDB takes a group's pages in a row from the free ones that it has read in,
// reads in more until it finds them, and writes what is left of all these with every commit: where many are free, and cut up by
// groups of all sizes, an append takes many times as long as without trimming, and now and then tens of milliseconds.
#pragma once

#include "storage/group.hpp"
#include "storage/lmdb_environment.hpp"

namespace earmark::storage {

struct Trimmed {
  std::size_t groups = 0;
  ChainLink before;  // of the last group that went
};

// How many groups go at most, and how many pages they leave after which no further one goes.
struct TrimLimit {
  std::size_t groups = 0;
  std::size_t pages = 0;
};

// Removes groups that end before `oldest`, within `limit`, and notes where the journal begins now. `oldest` is at
// most the journal's last LSN, so the newest group stays. Zero, or LMDB's error.
int trim_groups(MDB_txn* transaction, MDB_dbi groups, MDB_dbi meta, engine::Lsn oldest, TrimLimit limit, Trimmed& trimmed);

// Says before each append how many pages its trim may leave: so many are kept free, and more where the file grew all the same. Of
// one appender.
class TrimPace {
 public:
  // The pages that are to become free beside the append. Zero, or LMDB's error.
  int wanted(LmdbEnvironment& environment, std::size_t& pages);

 private:
  std::size_t last_page_ = 0;  // of the file, at the append before
  std::size_t free_wanted_ = 0;
  std::size_t appends_ = 0;
};

}  // namespace earmark::storage
