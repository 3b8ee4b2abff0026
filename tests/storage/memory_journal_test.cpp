#include "storage/memory_journal.hpp"

#include <catch2/catch.hpp>

#include <thread>

#include "tests/storage/story.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using earmark::engine::Lsn;

DirectoryIdentity identity() { return {1, 42, 0, 10, 2}; }

TEST_CASE("memory journal: gives back what was appended, from any LSN", "[storage][memory]") {
  MemoryJournal journal(identity());
  CHECK(journal.last() == Lsn{0});
  const test::Records records = test::fill_journal(journal, 20, 7);
  CHECK(journal.last() == Lsn{records.size()});
  CHECK(test::read_all(journal).value() == records.bytes());
  const auto all = records.bytes();
  std::size_t skipped = 0;
  for (std::size_t index = 0; index < records.size(); ++index) {
    const auto tail = test::read_all(journal, Lsn{index + 1}).value();
    REQUIRE(tail.size() == all.size() - skipped);
    skipped += records.record(index).size();
  }
}

TEST_CASE("memory journal: the n-th append fails and so do all after it", "[storage][memory]") {
  const auto point = GENERATE(FailurePoint::before_write, FailurePoint::after_write);
  MemoryJournal journal(identity());
  test::Records records;
  for (int i = 0; i < 5; ++i) records.add_order();
  journal.fail_append(3, point);
  REQUIRE(records.append(journal, 0, 1).has_value());
  REQUIRE(records.append(journal, 1, 2).has_value());
  const auto failed = records.append(journal, 2, 3);
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error().kind == FailureKind::write_failed);
  CHECK_FALSE(records.append(journal, 3, 4).has_value());
  CHECK(journal.appends() == 2);

  const auto after = journal.restart();
  CHECK(after->last() == Lsn{point == FailurePoint::after_write ? 3U : 2U});
  CHECK(records.append(*after, after->last().value, 4).has_value());
  CHECK(after->last() == Lsn{4});
}

TEST_CASE("memory journal: a held append is neither answered nor visible", "[storage][memory]") {
  MemoryJournal journal(identity());
  test::Records records;
  records.add_order();
  journal.hold_syncs();
  bool appended = false;
  std::thread appender([&] { appended = records.append(journal, 0, 1).has_value(); });
  journal.wait_until_held();
  const Lsn while_held = journal.last();
  journal.release_syncs();
  appender.join();
  CHECK(while_held == Lsn{0});
  CHECK(appended);
  CHECK(journal.last() == Lsn{1});
}

TEST_CASE("memory journal: a flipped bit is read as damage", "[storage][memory]") {
  MemoryJournal journal(identity());
  test::Records records;
  records.add_order();
  REQUIRE(records.append(journal, 0, 1).has_value());
  journal.flip_bit(0, (group_header_bytes + 30) * 8);
  const auto read = test::read_all(journal);
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().kind == FailureKind::damaged);
}

}  // namespace
