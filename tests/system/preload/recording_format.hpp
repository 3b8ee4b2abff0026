// The entries of a recording: what preload/recorder.cpp writes and support/recording.cpp reads.
#pragma once

#include <cstdint>

#include "tests/system/preload/data_files.hpp"

namespace earmark::preload {

enum class EntryKind : std::uint32_t {
  write_begins = 1, write_ended, sync_begins, sync_ended, through_begins, through_ended,  // `a`: offset, or 1 when it failed
  truncated,   // `a`: the new size
  named,       // a new environment is about to get its name: all of it must be synced
  connected,   // `a`: a client's socket
  told,        // `a`: socket; the bytes are about to be sent on it
  taken,       // `a`: socket, `length`: how many of them it took; no bytes follow
};

struct Entry {
  EntryKind kind{};
  DataFile file{};
  std::uint64_t a = 0, length = 0;  // `length` bytes follow, but for `taken`
};
static_assert(sizeof(Entry) == 24);

}  // namespace earmark::preload
