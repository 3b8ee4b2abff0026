// Backups and restored directories without a server: what is copied, what is refused, and that nothing half made stays.
#include "storage/backup.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include "storage/identity.hpp"
#include "storage/lmdb_state.hpp"
#include "storage/partial_directory.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/random_history.hpp"
#include "tests/storage/story.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using earmark::engine::Lsn;

namespace fs = std::filesystem;

const CopyProgress quiet;

// A data directory with a journal of so many groups; its records.
test::Records make_directory(const fs::path& directory, std::size_t groups, std::uint32_t seed) {
  const auto journal = test::open_small(directory).value();
  return test::fill_journal(*journal, groups, seed);
}

std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

StateOptions reading() {
  StateOptions options;
  options.read_only = true;
  return options;
}

// A data directory with a journal and a state that has folded the first `folded` records, but not a command whose fills end
// behind them; the journal's last LSN.
Lsn make_with_state(const fs::path& directory, std::uint64_t folded) {
  const auto journal = test::open_small(directory).value();
  test::RandomHistory history(61, 3);
  history.grow(400);
  history.append_to(*journal, 20);
  const auto state = open_lmdb_state(directory, journal->identity(), test::small_state()).value();
  for (Lsn before, after{1}; before < after && after.value < folded;) {
    before = state.store->summary().applied;
    const auto step = state.store->fold(*journal, Lsn{folded}, 50);
    REQUIRE(step.has_value());
    after = state.store->summary().applied;
  }
  REQUIRE(state.store->summary().applied.value > folded / 2);
  return journal->last();
}

// What the state in `directory` holds, if it belongs to the journal there.
StateSummary state_in(const fs::path& directory) {
  const auto identity = test::open_small(directory).value()->identity();
  const auto state = open_lmdb_state(directory, identity, reading());
  REQUIRE(state.has_value());
  REQUIRE(state->store != nullptr);
  return state->store->summary();
}

void flip_bits_in_the_middle(const fs::path& file) {
  auto bytes = test::read_file(file);
  for (std::size_t at = bytes.size() / 2; at < bytes.size() / 2 + 4096; ++at) bytes[at] ^= std::byte{0x10};
  test::write_file(file, bytes);
}

TEST_CASE("backup: the same records, the same epoch, private, nothing else", "[storage][backup]") {
  const test::TemporaryDirectory parent;
  const test::Records records = make_directory(parent.path() / "data", 120, 5);
  const auto report = back_up(parent.path() / "data", parent.path() / "copy", quiet);
  REQUIRE(report.has_value());
  CHECK(report->check.tail.last == Lsn{records.size()});
  CHECK(report->state == CopiedState::none);
  CHECK(names_in(parent.path()) == std::vector<std::string>{"copy", "data"});
  CHECK(names_in(parent.path() / "copy") == std::vector<std::string>{"journal"});
  CHECK(names_in(parent.path() / "copy" / "journal") == std::vector<std::string>{"data.mdb"});
  struct stat status = {};
  REQUIRE(::stat((parent.path() / "copy").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  const auto epoch = test::open_small(parent.path() / "data").value()->identity().catalogue_epoch;
  const auto journal = test::open_small(parent.path() / "copy").value();
  CHECK(journal->identity().catalogue_epoch == epoch);
  CHECK(test::read_all(*journal).value() == records.bytes());
}

TEST_CASE("restore: the same records under a new epoch, goes on, and can be restored again", "[storage][backup]") {
  const test::TemporaryDirectory parent;
  const std::size_t groups = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{90});
  const test::Records records = make_directory(parent.path() / "data", groups, 6);
  const auto first = test::open_small(parent.path() / "data").value()->identity();
  fs::create_directory(parent.path() / "restored");  // an empty directory may be there
  const auto report = restore(parent.path() / "data", parent.path() / "restored", quiet);
  REQUIRE(report.has_value());
  CHECK(report->check.identity.catalogue_epoch != first.catalogue_epoch);
  CHECK(report->check.chain_seed == first.catalogue_epoch);
  {
    const auto journal = test::open_small(parent.path() / "restored").value();
    CHECK(journal->identity().catalogue_epoch == report->check.identity.catalogue_epoch);
    CHECK(journal->identity().created_us == first.created_us);
    CHECK(test::read_all(*journal).value() == records.bytes());
    test::Records more(journal->last() + 1);
    more.add_order();
    more.add_order();
    REQUIRE(more.append(*journal, 0, 1).has_value());
    REQUIRE(more.append(*journal, 1, 2).has_value());
  }
  const auto again = restore(parent.path() / "restored", parent.path() / "again", quiet);
  REQUIRE(again.has_value());
  CHECK(again->check.tail.last == Lsn{records.size() + 2});
  CHECK(again->check.chain_seed == first.catalogue_epoch);
  CHECK(test::open_small(parent.path() / "again").value()->last() == Lsn{records.size() + 2});
}

TEST_CASE("restore: a journal larger than one transaction of the copy", "[storage][backup]") {
  const test::TemporaryDirectory parent;
  std::vector<std::byte> expected;
  {
    const auto journal = test::open_small(parent.path() / "data").value();
    test::Records records;
    for (int i = 0; i < 1500; ++i) records.add_wide_order(50'000);
    for (std::size_t from = 0; from < records.size(); from += 50) REQUIRE(records.append(*journal, from, from + 50).has_value());
    expected = records.bytes();
  }
  REQUIRE(expected.size() > (std::size_t{64} << 20));
  std::uint64_t most = 0, total = 0;
  const auto report = restore(parent.path() / "data", parent.path() / "restored", [&](std::string_view step, std::uint64_t done, std::uint64_t all) {
    if (step == "copying the journal") most = std::max(most, done), total = all;
    return true;
  });
  REQUIRE(report.has_value());
  CHECK(total > expected.size());
  CHECK(most <= total + (std::uint64_t{1} << 20));
  CHECK(test::read_all(*test::open_small(parent.path() / "restored").value()).value() == expected);
}

TEST_CASE("backup and restore: the state is copied before the journal, and belongs to it", "[storage][backup]") {
  const test::TemporaryDirectory parent;
  const Lsn last = make_with_state(parent.path() / "data", 200);
  const std::string digest = [&] {
    const auto identity = test::open_small(parent.path() / "data").value()->identity();
    return test::digest_of(*open_lmdb_state(parent.path() / "data", identity, reading()).value().store);
  }();
  std::vector<std::string> steps;
  const CopyProgress noting = [&](std::string_view step, std::uint64_t, std::uint64_t) {
    if (steps.empty() || steps.back() != step) steps.emplace_back(step);
    return true;
  };
  const auto report = back_up(parent.path() / "data", parent.path() / "copy", noting);
  REQUIRE(report.has_value());
  CHECK(report->state == CopiedState::copied);
  CHECK(report->check.tail.last == last);
  CHECK(steps == std::vector<std::string>{"copying the state", "looking at the journal", "copying the journal", "checking the copy",
                                          "checking the copy of the state"});
  CHECK(names_in(parent.path() / "copy") == std::vector<std::string>{"journal", "state"});
  const auto applied = state_in(parent.path() / "data").applied;
  CHECK(state_in(parent.path() / "copy").applied == applied);
  const auto restored = restore(parent.path() / "copy", parent.path() / "restored", quiet);
  REQUIRE(restored.has_value());
  CHECK(restored->state == CopiedState::copied);
  CHECK(state_in(parent.path() / "restored").applied == applied);  // of the new epoch
  const auto identity = test::open_small(parent.path() / "restored").value()->identity();
  CHECK(test::digest_of(*open_lmdb_state(parent.path() / "restored", identity, reading()).value().store) == digest);
}

TEST_CASE("backup: a state that the journal no longer follows is copied again, three times at most", "[storage][backup]") {
  const test::TemporaryDirectory parent;
  make_with_state(parent.path() / "data", 50);
  const int refusals = GENERATE(0, 1, 2, 3);
  int asked = 0;
  const auto report = back_up(parent.path() / "data", parent.path() / "copy", quiet,
                              [&](const fs::path& directory, const Journal& journal, const DirectoryIdentity& identity) -> Outcome<bool> {
                                CHECK(state_fits_journal(directory, journal, identity).value());
                                return ++asked > refusals;
                              });
  CHECK(report.has_value() == (refusals < 3));
  CHECK(asked == std::min(refusals + 1, 3));
  CHECK(fs::exists(parent.path() / "copy") == (refusals < 3));
  CHECK_FALSE(fs::exists(parent.path() / "copy.partial"));
  if (!report) CHECK_THAT(report.error().text, Catch::Contains("trimmed faster"));
}

TEST_CASE("backup: a state from before its journal was trimmed further does not fit, though it goes on far enough", "[storage][backup]") {
  const test::TemporaryDirectory parent;
  const fs::path data = parent.path() / "data", older = parent.path() / "older";
  make_with_state(data, 200);
  fs::create_directory(older);
  fs::copy(data / "state", older / "state");
  const auto journal = test::open_small(data).value();
  {
    const auto state = open_lmdb_state(data, journal->identity(), test::small_state()).value();
    const Lsn applied = state.store->summary().applied;
    REQUIRE(state.store->keep_decisions(*journal, applied).has_value());
    REQUIRE(journal->trim_now(applied, 1000).has_value());
    REQUIRE(journal->oldest().value > 1);
  }
  CHECK(state_fits_journal(data, *journal, journal->identity()).value());
  CHECK_FALSE(state_fits_journal(older, *journal, journal->identity()).value());
}

TEST_CASE("backup and restore: a damaged state is left out as long as the journal is whole", "[storage][backup]") {
  const test::TemporaryDirectory parent;
  const fs::path data = parent.path() / "data";
  const Lsn last = make_with_state(data, 200);
  const auto file = data / "state" / "data.mdb";
  auto bytes = test::read_file(file);
  const std::string damage = GENERATE("metas", "identity", "cut off");
  INFO(damage);
  if (damage == "metas") {
    std::fill_n(bytes.begin(), 8192, std::byte{0x5a});
  } else if (damage == "cut off") {
    bytes.resize(bytes.size() / 2);
  } else {
    const std::string_view name = "identity";
    const auto words = std::as_bytes(std::span(name));
    for (auto rest = std::ranges::search(bytes, words); !rest.empty(); rest = std::ranges::search(rest.end(), bytes.end(), words.begin(), words.end())) {
      rest.end()[9] ^= std::byte{1};  // in the epoch
    }
  }
  test::write_file(file, bytes);
  const bool by_backup = GENERATE(true, false);
  const auto report = by_backup ? back_up(data, parent.path() / "copy", quiet) : restore(data, parent.path() / "copy", quiet);
  if (!report) FAIL(report.error().text);
  CHECK(report->state == CopiedState::left_out);
  CHECK_THAT(report->why_left_out, Catch::Contains("state"));
  CHECK(report->check.tail.last == last);
  CHECK(names_in(parent.path() / "copy") == std::vector<std::string>{"journal"});
}

TEST_CASE("backup and restore: a trimmed journal with its state", "[storage][backup][trim]") {
  const test::TemporaryDirectory parent;
  const fs::path data = parent.path() / "data";
  const Lsn last = make_with_state(data, 300);
  Lsn oldest;
  {
    const auto journal = test::open_small(data).value();
    const bool all_but_one = GENERATE(false, true);
    {
      const auto state = open_lmdb_state(data, journal->identity(), test::small_state()).value();
      REQUIRE(state.store->keep_decisions(*journal, all_but_one ? last : Lsn{250}).has_value());
    }
    REQUIRE(journal->trim_now(all_but_one ? last : Lsn{250}, 1000).value() > 0);
    oldest = journal->oldest();
    REQUIRE(oldest > Lsn{1});
  }
  const auto expected = test::read_all(*test::open_small(data).value(), oldest).value();
  if (oldest.value > state_in(data).applied.value + 1) {  // made by no server: what is between them is lost
    const auto report = back_up(data, parent.path() / "copy", quiet);
    REQUIRE_FALSE(report.has_value());
    CHECK_THAT(report.error().text, Catch::Contains("trimmed faster"));
    const auto restored = restore(data, parent.path() / "copy", quiet);
    REQUIRE_FALSE(restored.has_value());
    CHECK(restored.error().kind == FailureKind::damaged);
    CHECK(names_in(parent.path()) == std::vector<std::string>{"data"});
    return;
  }
  REQUIRE(back_up(data, parent.path() / "copy", quiet).has_value());
  REQUIRE(restore(parent.path() / "copy", parent.path() / "restored", quiet).has_value());
  {
    const auto journal = test::open_small(parent.path() / "restored").value();
    CHECK(journal->oldest() == oldest);
    CHECK(journal->last() == last);
    CHECK(test::read_all(*journal, oldest).value() == expected);
    test::Records more(journal->last() + 1);
    more.add_order();
    REQUIRE(more.append(*journal, 0, 1).has_value());
  }
  CHECK(state_in(parent.path() / "restored").applied == state_in(data).applied);
  REQUIRE(restore(parent.path() / "restored", parent.path() / "again", quiet).has_value());

  // Without its state a trimmed journal is not enough.
  auto bytes = test::read_file(data / "state" / "data.mdb");
  std::fill_n(bytes.begin(), 8192, std::byte{0x5a});
  test::write_file(data / "state" / "data.mdb", bytes);
  const auto refused = back_up(data, parent.path() / "other", quiet);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == FailureKind::damaged);
  fs::remove_all(data / "state");
  const auto without = back_up(data, parent.path() / "other", quiet);
  REQUIRE_FALSE(without.has_value());
  CHECK(without.error().kind == FailureKind::damaged);
  CHECK_FALSE(fs::exists(parent.path() / "other"));
}

TEST_CASE("backup and restore: damage is refused, and nothing is left", "[storage][backup]") {
  const test::TemporaryDirectory parent;
  make_directory(parent.path() / "data", 60, 9);
  flip_bits_in_the_middle(parent.path() / "data" / "journal" / "data.mdb");
  const bool by_backup = GENERATE(true, false);
  const auto report = by_backup ? back_up(parent.path() / "data", parent.path() / "copy", quiet)
                                : restore(parent.path() / "data", parent.path() / "copy", quiet);
  REQUIRE_FALSE(report.has_value());
  INFO(report.error().text);
  CHECK(report.error().kind == FailureKind::damaged);
  CHECK(names_in(parent.path()) == std::vector<std::string>{"data"});
}

TEST_CASE("backup: a damaged record, which the pages do not show, is found in the copy", "[storage][backup]") {
  const test::TemporaryDirectory parent;
  {
    const auto journal = test::open_small(parent.path() / "data").value();
    test::Records records;
    records.add_wide_order(20'000);
    REQUIRE(records.append(*journal, 0, 1).has_value());
  }
  const auto file = parent.path() / "data" / "journal" / "data.mdb";
  auto bytes = test::read_file(file);
  const std::vector<std::byte> notes(64, std::byte{'n'});
  const auto found = std::ranges::search(bytes, notes);
  REQUIRE_FALSE(found.empty());
  *found.begin() = std::byte{'m'};
  test::write_file(file, bytes);
  REQUIRE(check_journal(parent.path() / "data" / "journal", CheckDepth::pages, false).has_value());
  const auto report = back_up(parent.path() / "data", parent.path() / "copy", quiet);
  REQUIRE_FALSE(report.has_value());
  CHECK(report.error().kind == FailureKind::damaged);
  // The place is that of the original.
  CHECK_THAT(report.error().text, Catch::Contains((parent.path() / "data" / "journal").string()) && Catch::Contains("file offset"));
  CHECK(names_in(parent.path()) == std::vector<std::string>{"data"});
}

TEST_CASE("backup: targets that cannot be used, and what a killed one left", "[storage][backup]") {
  const test::TemporaryDirectory parent;
  make_directory(parent.path() / "data", 5, 10);
  fs::create_directory(parent.path() / "full");
  test::write_file(parent.path() / "full" / "file", {std::byte{1}});
  CHECK_FALSE(check_copy_target(parent.path() / "full").has_value());
  CHECK_FALSE(back_up(parent.path() / "data", parent.path() / "full", quiet).has_value());
  CHECK_FALSE(restore(parent.path() / "data", parent.path() / "data", quiet).has_value());
  CHECK_FALSE(check_copy_target(parent.path() / "full" / "file").has_value());
  CHECK_FALSE(check_copy_target("/proc").has_value());
  CHECK(names_in(parent.path() / "full") == std::vector<std::string>{"file"});
  CHECK_FALSE(back_up(parent.path() / "nowhere", parent.path() / "copy", quiet).has_value());

  fs::create_directories(parent.path() / "copy.partial" / "journal");
  test::write_file(parent.path() / "copy.partial" / "journal" / "data.mdb", {std::byte{1}});
  fs::create_directory(parent.path() / "copy");
  // Names may end with a slash.
  REQUIRE(back_up(parent.path() / "data", parent.path() / "copy" / "", quiet).has_value());
  CHECK(names_in(parent.path()) == std::vector<std::string>{"copy", "data", "full"});
  CHECK(test::open_small(parent.path() / "copy").has_value());
}

TEST_CASE("backup: two to the same place, and one that is told to stop", "[storage][backup]") {
  const test::TemporaryDirectory parent;
  make_directory(parent.path() / "data", 5, 11);
  {
    auto other = PartialDirectory::make(parent.path() / "copy");
    REQUIRE(other.has_value());
    const auto report = back_up(parent.path() / "data", parent.path() / "copy", quiet);
    REQUIRE_FALSE(report.has_value());
    CHECK(report.error().kind == FailureKind::in_use);
  }
  const std::string last_step = GENERATE("looking at the journal", "copying the journal", "checking the copy");
  const auto stopped = back_up(parent.path() / "data", parent.path() / "copy",
                               [&](std::string_view step, std::uint64_t, std::uint64_t) { return step != last_step; });
  REQUIRE_FALSE(stopped.has_value());
  CHECK_THAT(stopped.error().text, Catch::Contains("interrupted"));
  CHECK(names_in(parent.path()) == std::vector<std::string>{"data"});
}

TEST_CASE("restore: not out of a directory that a server has", "[storage][backup]") {
  const test::TemporaryDirectory parent;
  make_directory(parent.path() / "data", 5, 12);
  const int lock = ::open((parent.path() / "data" / "lock").c_str(), O_RDWR);
  REQUIRE(lock >= 0);
  struct flock whole = {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  REQUIRE(::fcntl(lock, F_OFD_SETLK, &whole) == 0);
  const auto report = restore(parent.path() / "data", parent.path() / "restored", quiet);
  ::close(lock);
  REQUIRE_FALSE(report.has_value());
  CHECK(report.error().kind == FailureKind::in_use);
  CHECK(names_in(parent.path()) == std::vector<std::string>{"data"});
}

TEST_CASE("chain seed: its bytes, and a flipped bit in a restored journal", "[storage][backup]") {
  std::uint64_t seed = 0;
  auto bytes = write_chain_seed(0x1122334455667788);
  CHECK(read_chain_seed(bytes, seed));
  CHECK(seed == 0x1122334455667788);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto flipped = bytes;
    flipped[bit / 8] ^= std::byte{1} << (bit % 8);
    CHECK_FALSE(read_chain_seed(flipped, seed));
  }
  CHECK_FALSE(read_chain_seed(std::span(bytes).first(15), seed));

  const test::TemporaryDirectory parent;
  make_directory(parent.path() / "data", 4, 13);
  REQUIRE(restore(parent.path() / "data", parent.path() / "restored", quiet).has_value());
  const auto file = parent.path() / "restored" / "journal" / "data.mdb";
  auto content = test::read_file(file);
  const std::string_view name = "chain_seed";
  const auto words = std::as_bytes(std::span(name));
  int places = 0;
  for (auto rest = std::ranges::search(content, words); !rest.empty(); rest = std::ranges::search(rest.end(), content.end(), words.begin(), words.end())) {
    *rest.end() ^= std::byte{1};  // the value follows its name
    ++places;
  }
  REQUIRE(places > 0);
  test::write_file(file, content);
  const auto damaged = check_journal(parent.path() / "restored" / "journal", CheckDepth::pages, false);
  REQUIRE_FALSE(damaged.has_value());
  CHECK(damaged.error().kind == FailureKind::damaged);
  CHECK_THAT(damaged.error().text, Catch::Contains("chain's seed"));
}

}  // namespace
