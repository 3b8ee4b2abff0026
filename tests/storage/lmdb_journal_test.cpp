#include "storage/lmdb_journal.hpp"

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "storage/directory_lock.hpp"
#include "tests/storage/story.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using earmark::engine::Lsn;

TEST_CASE("lmdb journal: a new directory is empty, private and has an identity", "[storage][lmdb]") {
  const test::TemporaryDirectory parent;
  const auto directory = parent.path() / "deep" / "data";
  std::uint64_t epoch = 0;
  {
    const auto journal = test::open_small(directory);
    REQUIRE(journal.has_value());
    CHECK((*journal)->last() == Lsn{0});
    CHECK((*journal)->oldest() == Lsn{1});
    epoch = (*journal)->identity().catalogue_epoch;
    CHECK(epoch != 0);
    CHECK((*journal)->identity().format_version == 1);
    CHECK((*journal)->identity().max_skus == 1000);
    struct stat status = {};
    REQUIRE(::stat(directory.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);
  }
  const auto again = test::open_small(directory);
  REQUIRE(again.has_value());
  CHECK((*again)->identity().catalogue_epoch == epoch);
  const test::TemporaryDirectory other;
  CHECK(test::open_small(other.path()).value()->identity().catalogue_epoch != epoch);
}

TEST_CASE("lmdb journal: gives back what was appended, before and after reopening", "[storage][lmdb]") {
  const test::TemporaryDirectory directory;
  std::vector<std::byte> expected;
  std::size_t count = 0;
  {
    const auto journal = test::open_small(directory.path()).value();
    const test::Records records = test::fill_journal(*journal, 150, 11);
    expected = records.bytes();
    count = records.size();
    CHECK(test::read_all(*journal).value() == expected);
  }
  const auto journal = test::open_small(directory.path()).value();
  CHECK(journal->last() == Lsn{count});
  CHECK(test::read_all(*journal).value() == expected);
  CHECK(test::read_all(*journal, Lsn{1}, 4096).value() == expected);  // groups read in several pieces
  for (std::size_t from = 1; from <= count; from += 13) {
    const auto tail = test::read_all(*journal, Lsn{from}, 2048).value();
    REQUIRE(std::equal(tail.rbegin(), tail.rend(), expected.rbegin()));
  }
  test::Records more(journal->last() + 1);
  more.add_order();
  REQUIRE(more.append(*journal, 0, 1).has_value());
  CHECK(journal->last() == Lsn{count + 1});
}

TEST_CASE("lmdb journal: a reader at the end gets nothing, then what comes", "[storage][lmdb]") {
  const test::TemporaryDirectory directory;
  const auto journal = test::open_small(directory.path()).value();
  test::Records records;
  for (int i = 0; i < 4; ++i) records.add_order();
  const auto reader = journal->reader();
  std::vector<std::uint64_t> buffer(max_record_bytes / 8);
  const auto out = std::as_writable_bytes(std::span(buffer));
  Lsn first, last;
  CHECK(reader->read(out, Lsn{100}, first, last).value() == 0);
  REQUIRE(records.append(*journal, 0, 2).has_value());
  CHECK(reader->read(out, Lsn{1}, first, last).value() == records.record(0).size());
  CHECK(last == Lsn{1});
  CHECK(reader->read(out, Lsn{100}, first, last).value() == records.record(1).size());
  CHECK(first == Lsn{2});
  CHECK(last == Lsn{2});
  CHECK(reader->read(out, Lsn{100}, first, last).value() == 0);
  REQUIRE(records.append(*journal, 2, 4).has_value());
  CHECK(reader->read(out, Lsn{100}, first, last).value() == records.record(2).size() + records.record(3).size());
  CHECK(first == Lsn{3});
  CHECK(last == Lsn{4});
}

TEST_CASE("lmdb journal: a record of several pieces and a large group", "[storage][lmdb]") {
  const test::TemporaryDirectory directory;
  std::vector<engine::LineDecision> lines(4096);
  for (std::uint32_t index = 0; index < lines.size(); ++index) {
    lines[index].line = engine::LineNumber{index + 1};
    lines[index].sku = engine::SkuId{1};
    lines[index].quantity = lines[index].backordered = 1;
  }
  engine::OrderDecision order;
  order.id = "large";
  order.lines = lines;
  test::Records records;
  for (int i = 0; i < 40; ++i) records.add(order);
  REQUIRE(records.record(0).size() > 65'536);
  {
    const auto journal = test::open_small(directory.path()).value();
    REQUIRE(records.append(*journal, 0, 40).has_value());
  }
  const auto journal = test::open_small(directory.path()).value();
  CHECK(test::read_all(*journal).value() == records.bytes());
}

TEST_CASE("lmdb journal: a second opener is told who has the directory", "[storage][lmdb]") {
  const test::TemporaryDirectory directory;
  {
    const auto journal = test::open_small(directory.path()).value();
    const auto second = test::open_small(directory.path());
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().kind == FailureKind::in_use);
    CHECK_THAT(second.error().text, Catch::Contains(directory.path().string()) &&
                                        Catch::Contains("process " + std::to_string(::getpid())));
  }
  CHECK(test::open_small(directory.path()).has_value());
}

TEST_CASE("lmdb journal: an interrupted creation is begun anew", "[storage][lmdb]") {
  const test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path() / "journal.new");
  std::ofstream(directory.path() / "journal.new" / "data.mdb") << "half";
  const auto journal = test::open_small(directory.path());
  REQUIRE(journal.has_value());
  CHECK((*journal)->last() == Lsn{0});
  CHECK_FALSE(std::filesystem::exists(directory.path() / "journal.new"));
}

TEST_CASE("lmdb journal: what cannot be opened says why", "[storage][lmdb]") {
  const test::TemporaryDirectory directory;
  SECTION("a file in the directory's place") {
    std::ofstream(directory.path() / "file") << "x";
    const auto journal = test::open_small(directory.path() / "file");
    REQUIRE_FALSE(journal.has_value());
    CHECK(journal.error().kind == FailureKind::cannot_open);
    CHECK_THAT(journal.error().text, Catch::Contains("file"));
  }
  SECTION("reading where no journal is") {
    OpenOptions options;
    options.read_only = true;
    const auto journal = open_lmdb_journal(directory.path(), options);
    REQUIRE_FALSE(journal.has_value());
    CHECK(journal.error().kind == FailureKind::cannot_open);
    CHECK(std::filesystem::is_empty(directory.path()));
  }
}

TEST_CASE("lmdb journal: a full map grows", "[storage][lmdb]") {
  const test::TemporaryDirectory directory;
  OpenOptions options;
  options.map_bytes = 1U << 20;
  const auto journal = open_lmdb_journal(directory.path(), options).value();
  test::Records records;
  for (int i = 0; i < 20; ++i) {
    for (int record = 0; record < 400; ++record) records.add_wide_order(500);
    REQUIRE(records.append(*journal, records.size() - 400, records.size()).has_value());
  }
  REQUIRE(records.bytes().size() > 4 * options.map_bytes);
  CHECK(test::read_all(*journal).value() == records.bytes());
}

TEST_CASE("lmdb journal: readers on other threads see whole groups while it grows", "[storage][lmdb]") {
  const test::TemporaryDirectory directory;
  OpenOptions options;
  options.map_bytes = 1U << 20;
  const auto journal = open_lmdb_journal(directory.path(), options).value();
  test::Records records;
  for (int i = 0; i < 4000; ++i) records.add_wide_order(static_cast<std::size_t>(i % 500));
  const auto expected = records.bytes();
  std::vector<std::byte> seen[2];
  bool good[2] = {true, true};
  const auto follow = [&](std::size_t index) {
    const auto reader = journal->reader();
    std::vector<std::uint64_t> buffer(max_record_bytes / 8);
    for (Lsn first, last; last.value < 4000;) {
      const auto bytes = reader->read(std::as_writable_bytes(std::span(buffer)), Lsn{4000}, first, last);
      if (!bytes) {
        good[index] = false;
        return;
      }
      const auto records_read = std::as_bytes(std::span(buffer)).first(*bytes);
      seen[index].insert(seen[index].end(), records_read.begin(), records_read.end());
    }
  };
  std::thread one(follow, 0), two(follow, 1);
  bool appended = true;
  for (std::size_t from = 0; from < 4000; from += 100) appended = appended && records.append(*journal, from, from + 100).has_value();
  one.join();
  two.join();
  CHECK(appended);
  for (std::size_t index = 0; index < 2; ++index) {
    CHECK(good[index]);
    CHECK(seen[index].size() == expected.size());
  }
}

// In a child process, because a limit on the size of files holds for the whole process.
TEST_CASE("lmdb journal: after a failed append nothing more is accepted, and what was acknowledged is there (I7)", "[storage][lmdb]") {
  const test::TemporaryDirectory directory;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    auto journal = test::open_small(directory.path()).value();
    test::Records records;
    for (int i = 0; i < 2000; ++i) records.add_wide_order(500);
    bool good = records.append(*journal, 0, 10).has_value();
    const rlimit limit{256 * 1024, RLIM_INFINITY}, none{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto failed = records.append(*journal, 10, 1999);
    good = good && !failed && failed.error().kind == FailureKind::write_failed;
    ::setrlimit(RLIMIT_FSIZE, &none);
    const auto later = records.append(*journal, 10, 11);  // there would be room now
    good = good && !later && later.error().kind == FailureKind::write_failed && journal->last() == Lsn{10};
    journal.reset();
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  const auto journal = test::open_small(directory.path());
  REQUIRE(journal.has_value());
  CHECK((*journal)->last() == Lsn{10});
  test::Records more(Lsn{11});
  more.add_order();
  CHECK(more.append(**journal, 0, 1).has_value());
}

}  // namespace
