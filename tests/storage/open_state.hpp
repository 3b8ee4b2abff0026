// How the tests of the state store open one, and a journal in memory for it.
#pragma once

#include <memory>
#include <string>

#include "storage/lmdb_state.hpp"
#include "storage/memory_journal.hpp"
#include "tests/storage/story.hpp"

namespace earmark::storage::test {

inline constexpr DirectoryIdentity state_identity{1, 9, 0, 10, 2};
inline constexpr engine::Lsn to_the_end{~std::uint64_t{0}};

// The first `count` records in groups of three.
std::unique_ptr<MemoryJournal> journal_of(const Records& records, std::size_t count);
// With a small map.
StateOptions small_state();
std::unique_ptr<StateStore> open_state(const std::filesystem::path& directory);
// A data directory with a journal of groups of three, a state that stands at `applied`, and, if `oldest` is not 0, only what comes from there on.
void write_directory(const std::filesystem::path& directory, const Records& records, std::uint64_t applied, std::uint64_t oldest);
// Of everything that the store gives.
std::string digest_of(const StateStore& state);

}  // namespace earmark::storage::test
