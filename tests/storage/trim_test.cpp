// Journals that are trimmed: what stays is whole, what went is named, the file stays as large as what is kept.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>

#include "storage/lmdb_environment.hpp"
#include "storage/memory_journal.hpp"
#include "storage/retained.hpp"
#include "tests/storage/story.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;

// One group of `count` records, some of them wide.
void append_group(Journal& journal, std::size_t count, std::size_t text_bytes = 0) {
  test::Records records(journal.last() + 1);
  for (std::size_t index = 0; index < count; ++index) records.add_wide_order(text_bytes);
  REQUIRE(records.append(journal, 0, count).has_value());
}

void check_trimmed(const Outcome<std::vector<std::byte>>& read, Lsn oldest) {
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().kind == FailureKind::trimmed);
  CHECK_THAT(read.error().text, Catch::Contains("oldest kept LSN is " + std::to_string(oldest.value)));
}

// What both journals do alike.
void check_trimming(Journal& journal) {
  for (int group = 0; group < 10; ++group) append_group(journal, 10);
  const auto everything = test::read_all(journal, Lsn{41}).value();
  CHECK(journal.trim_now(Lsn{1}, 100).value() == 0);
  CHECK(journal.trim_now(Lsn{20}, 100).value() == 1);  // the second group holds LSN 20
  CHECK(journal.oldest() == Lsn{11});
  CHECK(journal.trim_now(Lsn{41}, 2).value() == 2);
  CHECK(journal.oldest() == Lsn{31});
  CHECK(journal.trim_now(Lsn{41}, 100).value() == 1);
  CHECK(journal.trim_now(Lsn{41}, 100).value() == 0);
  CHECK(journal.oldest() == Lsn{41});
  CHECK(test::read_all(journal, Lsn{41}).value() == everything);
  check_trimmed(test::read_all(journal, Lsn{40}), Lsn{41});
  check_trimmed(test::read_all(journal, Lsn{1}), Lsn{41});
  CHECK(journal.trim_now(Lsn{100'000}, 100).value() == 5);  // the newest stays
  CHECK(journal.oldest() == Lsn{91});
  CHECK(journal.last() == Lsn{100});
  append_group(journal, 1);
  CHECK(test::read_all(journal, Lsn{91}).has_value());
}

TEST_CASE("trim: whole groups go, and what is asked for below them is named", "[storage][trim]") {
  SECTION("in memory") {
    MemoryJournal journal({1, 9, 0, 10, 2});
    check_trimming(journal);
    CHECK(journal.restart()->oldest() == Lsn{91});
  }
  SECTION("on disk") {
    const test::TemporaryDirectory directory;
    check_trimming(*test::open_small(directory.path()).value());
    const auto journal = test::open_small(directory.path());
    REQUIRE(journal.has_value());
    CHECK((*journal)->oldest() == Lsn{91});
    CHECK((*journal)->last() == Lsn{101});
    check_trimmed(test::read_all(**journal, Lsn{90}), Lsn{91});
    append_group(**journal, 3);
    CHECK(test::read_all(**journal, Lsn{91}).has_value());
  }
}

TEST_CASE("trim: appends let a few groups go, in the same transaction", "[storage][trim]") {
  const test::TemporaryDirectory directory;
  const bool memory = GENERATE(false, true);
  MemoryJournal in_memory({1, 9, 0, 10, 2});
  std::unique_ptr<Journal> on_disk = memory ? nullptr : test::open_small(directory.path()).value();
  Journal& journal = memory ? in_memory : *on_disk;
  for (std::size_t group = 0; group < 101; ++group) append_group(journal, 1);
  journal.retain_from(Lsn{80});
  journal.retain_from(Lsn{50});  // never back
  CHECK(journal.oldest() == Lsn{1});
  std::vector<std::uint64_t> oldest;
  for (std::size_t group = 0; group < 40; ++group) {
    append_group(journal, 1);
    REQUIRE(journal.oldest().value <= (oldest.empty() ? 1 : oldest.back()) + groups_per_trim);
    oldest.push_back(journal.oldest().value);
  }
  CHECK(std::is_sorted(oldest.begin(), oldest.end()));
  CHECK(oldest.back() == 80);
}

TEST_CASE("trim: a reader that is overtaken is told, one that is behind by nothing goes on", "[storage][trim]") {
  const test::TemporaryDirectory directory;
  const auto journal = test::open_small(directory.path()).value();
  for (int group = 0; group < 6; ++group) append_group(*journal, 4);
  std::vector<std::uint64_t> buffer(max_record_bytes / 8);
  const auto out = std::as_writable_bytes(std::span(buffer));
  Lsn first, last;
  const auto within = journal->reader(), at_end = journal->reader();
  REQUIRE(within->read(out, Lsn{6}, first, last).value() > 0);   // in the second group
  REQUIRE(at_end->read(out, Lsn{8}, first, last).value() > 0);   // has read it whole
  REQUIRE(journal->trim_now(Lsn{9}, 100).value() == 2);
  const auto overtaken = within->read(out, Lsn{20}, first, last);
  REQUIRE_FALSE(overtaken.has_value());
  CHECK(overtaken.error().kind == FailureKind::trimmed);
  CHECK_THAT(overtaken.error().text, Catch::Contains("LSN 7 ") && Catch::Contains("LSN is 9"));
  REQUIRE(at_end->read(out, Lsn{9}, first, last).value() > 0);
  CHECK(first == Lsn{9});
  CHECK(last == Lsn{9});
}

TEST_CASE("trim: reopened again and again, the chain and the beginning hold", "[storage][trim]") {
  const test::TemporaryDirectory directory;
  std::uint64_t oldest = 1;
  for (int round = 0; round < 12; ++round) {
    auto journal = test::open_small(directory.path());
    if (!journal) FAIL(journal.error().text);
    REQUIRE((*journal)->oldest().value == oldest);
    for (int group = 0; group < 7; ++group) append_group(**journal, 1 + static_cast<std::size_t>(group * round % 5), group % 3 == 0 ? 500 : 0);
    if (round % 3 == 0) REQUIRE((*journal)->trim_now(Lsn{(*journal)->last().value - 5}, 100).has_value());
    if (round % 3 == 1) (*journal)->retain_from(Lsn{(*journal)->last().value - 8});
    oldest = (*journal)->oldest().value;
    REQUIRE(test::read_all(**journal, Lsn{oldest}).has_value());
  }
  CHECK(oldest > 100);
}

TEST_CASE("trim: under steady appends the file stays as large as what is kept", "[storage][trim]") {
  const test::TemporaryDirectory directory;
  const auto journal = test::open_small(directory.path()).value();
  const auto file = directory.path() / "journal" / "data.mdb";
  std::size_t bytes = 0, kept_bytes = 0;
  std::uintmax_t early = 0;
  for (int group = 0; group < 1200; ++group) {
    const std::size_t count = 1 + static_cast<std::size_t>(group * 7 % 40);
    append_group(*journal, count, 500);
    bytes += count * 800;
    journal->retain_from(Lsn{journal->last().value > 1000 ? journal->last().value - 1000 : 1});
    kept_bytes = 1000 * 800;
    if (group == 400) early = std::filesystem::file_size(file);
  }
  REQUIRE(bytes > 10 * kept_bytes);
  CHECK(journal->last().value - journal->oldest().value < 1200);
  CHECK(std::filesystem::file_size(file) < 4 * kept_bytes);
  CHECK(std::filesystem::file_size(file) <= early + early / 2);
}

// Pages of the file that are free, as LMDB keeps account of them.
std::size_t free_pages(const std::filesystem::path& journal) {
  const auto environment = LmdbEnvironment::open(journal, true, 0);
  REQUIRE(environment.has_value());
  const ReadTransaction transaction(**environment);
  Cursor cursor(transaction.handle(), 0);
  MDB_val key{}, value{};
  std::size_t pages = 0;
  for (int error = cursor.get(key, value, MDB_FIRST); error == 0; error = cursor.get(key, value, MDB_NEXT)) {
    std::size_t freed = 0;
    std::memcpy(&freed, value.mv_data, sizeof freed);
    pages += freed;
  }
  return pages;
}

TEST_CASE("trim: no more becomes free than the next groups have room for, however much may go", "[storage][trim]") {
  const test::TemporaryDirectory directory;
  constexpr std::size_t page = 4096;
  Lsn asked{};
  {
    const auto journal = test::open_small(directory.path()).value();
    for (int group = 0; group < 400; ++group) append_group(*journal, 60, page);
    asked = journal->last();
    journal->retain_from(asked);
    for (int group = 0; group < 60; ++group) append_group(*journal, 1 + static_cast<std::size_t>(group % 7), 1000);
    CHECK(journal->oldest() > Lsn{60});
    CHECK(journal->oldest() < asked);
  }
  CHECK(free_pages(directory.path() / "journal") < 4096 + 64 * 8 + 16 * 60);
  {
    const auto journal = test::open_small(directory.path()).value();
    const auto file = std::filesystem::file_size(directory.path() / "journal" / "data.mdb");
    for (int group = 0; group < 300; ++group) append_group(*journal, 60, page);
    journal->retain_from(asked);
    for (int group = 0; group < 600; ++group) append_group(*journal, 60, page), journal->retain_from(journal->last());
    CHECK(journal->oldest() > asked);  // what may go goes as others take its place
    CHECK(std::filesystem::file_size(directory.path() / "journal" / "data.mdb") < 2 * file + 400 * 60 * page);
  }
}

TEST_CASE("trim: a flipped bit in the note of where the journal begins is refused", "[storage][trim][damage]") {
  const test::TemporaryDirectory directory;
  {
    const auto journal = test::open_small(directory.path()).value();
    for (int group = 0; group < 10; ++group) append_group(*journal, 3);
    REQUIRE(journal->trim_now(Lsn{20}, 100).value() > 0);
  }
  const auto data = directory.path() / "journal" / "data.mdb";
  const auto whole = test::read_file(data);
  const std::string name = "retained";
  const auto wanted = std::as_bytes(std::span(name));
  std::size_t flipped = 0;
  for (auto at = std::search(whole.begin(), whole.end(), wanted.begin(), wanted.end()); at != whole.end();
       at = std::search(at + 1, whole.end(), wanted.begin(), wanted.end())) {
    for (std::size_t byte = 0; byte < retained_bytes; byte += 3) {
      auto file = whole;
      file[static_cast<std::size_t>(at - whole.begin()) + name.size() + byte] ^= std::byte{4};
      test::write_file(data, file);
      const auto journal = test::open_small(directory.path());
      if (journal) continue;  // a page that is no more used
      CHECK(journal.error().kind == FailureKind::damaged);
      ++flipped;
    }
  }
  CHECK(flipped >= retained_bytes / 3);
  test::write_file(data, whole);
  CHECK(test::open_small(directory.path()).has_value());
}

}  // namespace
