// Lets one call that storage makes to LMDB or to the system fail: the n-th, where of calls of the same kind (function, table, what
// is asked) the first two count, since the others are of loops. The linker puts functions of our own in the place of
// the libraries' (--wrap, see tests/CMakeLists.txt), so that every "what if this fails" of storage is one that a test can reach.
// The count goes on in child processes. One fault at a time; the calls of all threads count.
#pragma once

#include <cstdint>
#include <string>

namespace earmark::storage::test {

enum class Calls : std::uint8_t {
  lmdb,           // everything that LMDB may refuse
  lmdb_changes,   // puts, deletes and commits: those that find the map full
  lmdb_begins,    // of transactions: those that find the map grown by another process
  lmdb_values,    // look-ups that find something: they succeed, with a changed bit in the value's middle
  system,         // files, directories, locks, maps, pipes, processes
  interruptible,  // those that a signal may interrupt
};

// From here to its end the `number`-th of `calls` fails with `error` (of LMDB, or errno). A commit that fails has written nothing.
class CallFault {
 public:
  CallFault(Calls calls, std::uint64_t number, int error);
  ~CallFault();
  CallFault(const CallFault&) = delete;
  CallFault& operator=(const CallFault&) = delete;

  bool happened() const noexcept;       // false: there were fewer calls
  std::string function() const;         // the one that failed
};

// LMDB's errors, for those who may not include its header.
extern const int lmdb_map_full, lmdb_map_resized, lmdb_corrupted, lmdb_not_found;

}  // namespace earmark::storage::test
