// What journal and state refuse to do although nothing is damaged: changes through an opening for reading, groups beyond any size,
// a second opening in one process, places that are taken; and a state of an unknown version.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>

#include "storage/crc32c.hpp"
#include "storage/state_rows.hpp"
#include "tests/storage/history.hpp"
#include "tests/storage/open_state.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;

namespace fs = std::filesystem;

TEST_CASE("refused: what is open for reading is not changed", "[storage][lmdb][state]") {
  const test::TemporaryDirectory directory;
  const test::Records records = test::small_history();
  {
    const auto journal = test::open_small(directory.path()).value();
    REQUIRE(records.append(*journal, 0, 7).has_value());
    const auto state = open_lmdb_state(directory.path(), journal->identity(), test::small_state()).value();
    REQUIRE(state.store->fold(*journal, Lsn{3}, 100).has_value());
  }
  OpenOptions options;
  options.read_only = true;
  const auto journal = open_lmdb_journal(directory.path(), options).value();
  const auto append = records.append(*journal, 7, 8);
  REQUIRE_FALSE(append.has_value());
  CHECK(append.error().kind == FailureKind::write_failed);
  CHECK_THAT(append.error().text, Catch::EndsWith("is open for reading only"));
  CHECK_FALSE(journal->trim_now(Lsn{3}, 10).has_value());
  CHECK(journal->last() == Lsn{7});
  StateOptions reading;
  reading.read_only = true;
  const auto opened = open_lmdb_state(directory.path(), journal->identity(), reading).value();
  for (const auto& refused : {opened.store->fold(*journal, test::to_the_end, 100).error(), opened.store->keep_decisions(*journal, Lsn{3}).error()}) {
    CHECK(refused.kind == FailureKind::write_failed);
    CHECK_THAT(refused.text, Catch::EndsWith("is open for reading only"));
  }
  CHECK(opened.store->summary().applied == Lsn{3});
}

TEST_CASE("refused: a group beyond any size, and whatever comes after it", "[storage][lmdb]") {
  const test::TemporaryDirectory directory;
  const auto journal = test::open_small(directory.path()).value();
  const auto refused = journal->append({Lsn{1}, Lsn{1}, {}, (std::size_t{1} << 31) + 8});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == FailureKind::write_failed);
  CHECK_THAT(refused.error().text, Catch::Contains("2147483656 bytes is too large"));
  test::Records records;
  records.add_order();
  CHECK_FALSE(records.append(*journal, 0, 1).has_value());
}

TEST_CASE("refused: a store that is open in this process already", "[storage][lmdb]") {
  const test::TemporaryDirectory directory;
  const auto journal = test::open_small(directory.path()).value();
  OpenOptions options;
  options.read_only = true;
  const auto second = open_lmdb_journal(directory.path(), options);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().kind == FailureKind::in_use);
  CHECK_THAT(second.error().text, Catch::Contains("already open in this process"));
}

TEST_CASE("refused: an opening that is not wanted any more when the lock is held", "[storage][lmdb]") {
  const test::TemporaryDirectory directory;
  OpenOptions options;
  options.when_locked = [] { return false; };
  const auto journal = open_lmdb_journal(directory.path(), options);
  REQUIRE_FALSE(journal.has_value());
  CHECK(journal.error().kind == FailureKind::cannot_open);
  CHECK_FALSE(fs::exists(directory.path() / "journal"));
}

TEST_CASE("refused: a place that something else has", "[storage][lmdb][state]") {
  const test::TemporaryDirectory parent;
  const auto directory = parent.path() / "data";
  { REQUIRE(test::open_small(directory).has_value()); }
  const auto identity = test::open_small(directory).value()->identity();
  // Nothing there to move aside, nothing to adopt.
  const auto moved = move_state_aside(directory);
  REQUIRE_FALSE(moved.has_value());
  CHECK(moved.error().kind == FailureKind::cannot_open);
  CHECK_THAT(moved.error().text, Catch::Contains("cannot move ") && Catch::Contains("state.damaged-1"));
  CHECK_FALSE(adopt_state(directory, 5).has_value());
  // A file where the unfinished state is made.
  fs::create_directory(directory / "state.new");
  test::write_file(directory / "state.new" / "data.mdb", std::vector<std::byte>(8192, std::byte{1}));
  CHECK(open_lmdb_state(directory, identity, test::small_state()).has_value());  // of an interrupted creation: begun anew
  REQUIRE(move_state_aside(directory).value() == directory / "state.damaged-1");
  test::write_file(directory / "data.mdb", {std::byte{1}});
  CHECK_FALSE(open_lmdb_state(directory / "data.mdb", identity, test::small_state()).has_value());
}

TEST_CASE("refused: a state of an unknown version names both versions", "[storage][state]") {
  const test::TemporaryDirectory directory;
  { test::open_state(directory.path()); }
  const auto file = directory.path() / "state" / "data.mdb";
  auto bytes = test::read_file(file);
  const std::string_view name = "identity";
  const auto words = std::as_bytes(std::span(name));
  std::size_t changed = 0;
  // The value follows its name: u32 version, u32 checksum, u64 epoch.
  for (auto rest = std::ranges::search(bytes, words); !rest.empty(); rest = std::ranges::search(rest.end(), bytes.end(), words.begin(), words.end())) {
    IdentityRow row;
    std::memcpy(&row, &*rest.end(), sizeof row);
    row.version = 77;
    row.crc32c = 0;
    row.crc32c = crc32c(std::as_bytes(std::span(&row, 1)));
    std::memcpy(&*rest.end(), &row, sizeof row);
    ++changed;
  }
  REQUIRE(changed > 0);
  test::write_file(file, bytes);
  const auto opened = open_lmdb_state(directory.path(), test::state_identity, test::small_state());
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().kind == FailureKind::bad_version);
  CHECK_THAT(opened.error().text, Catch::Contains("format version 77"));
}

}  // namespace
