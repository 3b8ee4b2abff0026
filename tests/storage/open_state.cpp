#include "tests/storage/open_state.hpp"

#include <algorithm>

#include "engine/check.hpp"
#include "tests/storage/random_history.hpp"

namespace earmark::storage::test {

std::unique_ptr<MemoryJournal> journal_of(const Records& records, std::size_t count) {
  auto journal = std::make_unique<MemoryJournal>(state_identity);
  for (std::size_t from = 0; from < count; from += 3) {
    EARMARK_CHECK(records.append(*journal, from, std::min(from + 3, count)).has_value());
  }
  return journal;
}

StateOptions small_state() {
  StateOptions options;
  options.map_bytes = std::size_t{64} << 20;
  return options;
}

std::unique_ptr<StateStore> open_state(const std::filesystem::path& directory) {
  auto opened = open_lmdb_state(directory, state_identity, small_state());
  EARMARK_CHECK(opened.has_value());
  return std::move(opened->store);
}

void write_directory(const std::filesystem::path& directory, const Records& records, std::uint64_t applied, std::uint64_t oldest) {
  const auto journal = open_small(directory).value();
  for (std::size_t from = 0; from < records.size(); from += 3) {
    EARMARK_CHECK(records.append(*journal, from, std::min(from + 3, records.size())).has_value());
  }
  const auto opened = open_lmdb_state(directory, journal->identity(), small_state());
  EARMARK_CHECK(opened.has_value());
  EARMARK_CHECK(opened->store->fold(*journal, engine::Lsn{applied}, 1'000'000).has_value());
  if (oldest == 0) return;
  EARMARK_CHECK(opened->store->keep_decisions(*journal, engine::Lsn{oldest}).has_value());
  EARMARK_CHECK(journal->trim_now(engine::Lsn{oldest}, 1'000'000).has_value());
}

std::string digest_of(const StateStore& state) {
  StateDigest digest;
  EARMARK_CHECK(state.read(digest).has_value());
  EARMARK_CHECK(digest.summary().open_orders == digest.orders);
  return digest.finish();
}

}  // namespace earmark::storage::test
