// Opening a state store: new, whole, cut off, of another journal; maps that grow; readers beside the one that folds.
#include <catch2/catch.hpp>
#include <fcntl.h>

#include <thread>

#include "tests/storage/history.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/random_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;

TEST_CASE("state: opening tells new, whole, unfinished, foreign and ahead apart", "[storage][state]") {
  const test::TemporaryDirectory directory;
  const auto journal = test::journal_of(test::small_history(), 10);
  {
    auto opened = open_lmdb_state(directory.path(), test::state_identity, test::small_state()).value();
    CHECK(opened.created);
    CHECK_FALSE(opened.complete);
    REQUIRE(opened.store->fold(*journal, test::to_the_end, 3).has_value());
  }
  {
    auto opened = open_lmdb_state(directory.path(), test::state_identity, test::small_state()).value();  // a rebuild that was cut off
    CHECK_FALSE(opened.created);
    CHECK_FALSE(opened.complete);
    CHECK(opened.store->summary().applied == Lsn{3});
    REQUIRE(opened.store->fold(*journal, test::to_the_end, 100).has_value());
  }
  CHECK(open_lmdb_state(directory.path(), test::state_identity, test::small_state()).value().complete);
  StateOptions behind = test::small_state();
  behind.journal_last = Lsn{9};
  const auto ahead = open_lmdb_state(directory.path(), test::state_identity, behind);
  REQUIRE_FALSE(ahead.has_value());
  CHECK(ahead.error().kind == FailureKind::damaged);
  CHECK_THAT(ahead.error().text, Catch::Contains("ahead") && Catch::Contains("LSN 10") && Catch::Contains("LSN 9"));
  behind.journal_last = Lsn{10};
  CHECK(open_lmdb_state(directory.path(), test::state_identity, behind).has_value());
  DirectoryIdentity other = test::state_identity;
  other.catalogue_epoch = 10;
  const auto foreign = open_lmdb_state(directory.path(), other, test::small_state());
  REQUIRE_FALSE(foreign.has_value());
  CHECK(foreign.error().kind == FailureKind::damaged);
  CHECK_THAT(foreign.error().text, Catch::Contains("epoch"));
  REQUIRE(adopt_state(directory.path(), 10).has_value());
  CHECK(open_lmdb_state(directory.path(), other, test::small_state()).value().store->summary().applied == Lsn{10});
  CHECK_FALSE(open_lmdb_state(directory.path(), test::state_identity, test::small_state()).has_value());

  const auto aside = move_state_aside(directory.path());
  REQUIRE(aside.has_value());
  CHECK(aside->filename() == "state.damaged-1");
  CHECK(open_lmdb_state(directory.path(), test::state_identity, test::small_state()).value().created);
  CHECK(move_state_aside(directory.path()).value().filename() == "state.damaged-2");
  StateOptions reading = test::small_state();
  reading.read_only = true;
  CHECK(open_lmdb_state(directory.path(), test::state_identity, reading).value().store == nullptr);
  CHECK_FALSE(std::filesystem::exists(directory.path() / "state"));
}

TEST_CASE("state: an interrupted creation is begun anew, an empty directory is new", "[storage][state]") {
  const test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path() / "state.new");
  std::filesystem::create_directory(directory.path() / "state");
  test::write_file(directory.path() / "state.new" / "data.mdb", {});
  CHECK(open_lmdb_state(directory.path(), test::state_identity, test::small_state()).value().created);
  CHECK_FALSE(std::filesystem::exists(directory.path() / "state.new"));
}

// How many descriptors of the data file there are in this process through which a write is not on the disk when it returns.
int descriptors_that_gather(const std::filesystem::path& file) {
  int gather = 0;
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    if (std::filesystem::read_symlink(each.path(), ignored) != file) continue;
    const int flags = ::fcntl(std::stoi(each.path().filename().string()), F_GETFL);
    if ((flags & O_ACCMODE) != O_RDONLY && (flags & O_DSYNC) == 0) ++gather;
  }
  return gather;
}

TEST_CASE("state: once the disk is shared, each write is on it before the next begins", "[storage][state]") {
  const test::TemporaryDirectory directory;
  const auto file = std::filesystem::canonical(directory.path()) / "state" / "data.mdb";
  test::RandomHistory history(42, 3);
  history.grow(400);
  MemoryJournal journal(test::state_identity);
  history.append_to(journal, 50);
  const auto state = test::open_state(directory.path());
  REQUIRE(state->fold(journal, Lsn{200}, 10'000).has_value());
  REQUIRE(descriptors_that_gather(file) == 1);
  REQUIRE(state->share_disk().has_value());
  CHECK(descriptors_that_gather(file) == 0);
  REQUIRE(state->fold(journal, test::to_the_end, 10'000).has_value());
  CHECK(test::digest_of(*state) == *history.digest_at(journal.last()));
}

TEST_CASE("state: a full map grows", "[storage][state]") {
  const test::TemporaryDirectory directory;
  test::RandomHistory history(41, 3);
  history.grow(4000);
  MemoryJournal journal(test::state_identity);
  history.append_to(journal, 50);
  StateOptions options;
  options.map_bytes = std::size_t{128} << 10;
  const auto opened = open_lmdb_state(directory.path(), test::state_identity, options).value();
  while (opened.store->summary().applied < journal.last()) REQUIRE(opened.store->fold(journal, test::to_the_end, 1500).has_value());
  CHECK(std::filesystem::file_size(directory.path() / "state" / "data.mdb") > 2 * options.map_bytes);
  CHECK(test::digest_of(*opened.store) == *history.digest_at(journal.last()));
}

TEST_CASE("state: a reader beside the one that folds sees one LSN", "[storage][state]") {
  const test::TemporaryDirectory directory;
  test::RandomHistory history(51, 3);
  history.grow(2500);
  MemoryJournal journal(test::state_identity);
  history.append_to(journal, 50);
  const auto state = test::open_state(directory.path());
  bool folded = true;
  std::thread folding([&] {
    while (folded && state->summary().applied < journal.last()) folded = state->fold(journal, test::to_the_end, 5).has_value();
  });
  std::size_t wrong = 0, reads = 0;
  for (Lsn applied{}; applied < journal.last(); ++reads) {
    test::StateDigest digest;
    if (!state->read(digest)) break;
    applied = digest.summary().applied;
    if (applied.value != 0 && digest.finish() != *history.digest_at(applied)) ++wrong;
  }
  folding.join();
  CHECK(folded);
  CHECK(wrong == 0);
  CHECK(reads > 1);
}

}  // namespace
