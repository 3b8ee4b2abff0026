// Copies of LMDB environments: one hot, beside a writer; one quiet, of a journal that gets another catalogue epoch.
// Both work in a child process (storage/child_work.hpp) and sync the file; the names in `to` are the caller's to sync. One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "storage/journal.hpp"
#include "storage/lmdb_check.hpp"

namespace earmark::storage {

// Called now and then with the bytes that the copy has so far. False: stop.
using CopyTick = std::function<bool(std::uint64_t bytes)>;

enum class CopyForm : std::uint8_t {
  compact,  // without free pages, as LMDB's commit 1
  as_it_is  // page by page, commit numbers too: the state's summary names the commit that wrote it
};

// The newest commit of the environment in `from` into the new directory `to`. A writer may go on; for so long the pages that
// it frees are not used again. Failures: cannot_open, damaged, write_failed.
Outcome<void> copy_environment(const std::filesystem::path& from, const std::filesystem::path& to, CopyForm form, const CopyTick& tick);

// The journal in `from` (checked, with `check` as the result, and written by nobody) into the new directory `to`: group by
// group, bytes unchanged, with `epoch` as catalogue epoch and the chain's seed kept. Failures: cannot_open, write_failed.
Outcome<void> copy_with_epoch(const std::filesystem::path& from, const std::filesystem::path& to, const JournalCheck& check,
                              std::uint64_t epoch, const CopyTick& tick);

}  // namespace earmark::storage
