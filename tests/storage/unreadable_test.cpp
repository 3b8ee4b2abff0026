// Records that were damaged before their checksums were made, and journals that lack what they say they have: replay and the state
// store name the record and what is wrong, and the store keeps what it had.
#include <catch2/catch.hpp>

#include <set>

#include "engine/check.hpp"
#include "schema/record.hpp"
#include "storage/recovery.hpp"
#include "tests/storage/history.hpp"
#include "tests/storage/open_state.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;

// The small history up to its order O1 (LSN 2), and that record with one byte changed, as the third group would hold it.
std::unique_ptr<MemoryJournal> journal_with_changed_byte(const test::Records& records, std::size_t at, std::byte bits) {
  auto journal = std::make_unique<MemoryJournal>(test::state_identity);
  EARMARK_CHECK(records.append(*journal, 0, 1).has_value());
  std::vector<std::uint64_t> words(records.record(1).size() / 8);
  const auto bytes = std::as_writable_bytes(std::span(words));
  std::ranges::copy(records.record(1), bytes.begin());
  bytes[schema::piece_header_bytes + at] ^= bits;
  const std::span<const std::byte> chunk = bytes;
  EARMARK_CHECK(journal->append({Lsn{2}, Lsn{2}, {&chunk, 1}, bytes.size()}).has_value());
  return journal;
}

TEST_CASE("unreadable: a record with a changed byte is read as one of its kind, or said not to be one", "[storage][recovery]") {
  const test::Records records = test::small_history();
  const std::size_t body = schema::piece_at(records.record(1)).body.size();
  std::set<std::string> faults;
  std::size_t read = 0, folded = 0;
  const test::TemporaryDirectory directory;
  const auto state = test::open_state(directory.path());
  REQUIRE(state->fold(*test::journal_of(records, 1), test::to_the_end, 1000).has_value());
  for (std::size_t at = 0; at < body; ++at) {
    for (const unsigned bits : {0x01U, 0x10U, 0x80U, 0xffU}) {
      INFO("byte " << at << " ^ " << bits);
      const auto journal = journal_with_changed_byte(records, at, std::byte{static_cast<std::uint8_t>(bits)});
      const auto report = replay(*journal, [](const schema::Event&) {});
      if (report) {
        ++read;
        continue;
      }
      REQUIRE(report.error().kind == FailureKind::damaged);
      REQUIRE_THAT(report.error().text, Catch::Contains("record LSN 2 of the journal: it"));
      const std::string text = report.error().text.substr(std::string("record LSN 2 of the journal: ").size());
      faults.insert(text.substr(0, text.find(' ', 7)));
      const auto step = state->fold(*journal, test::to_the_end, 1000);
      REQUIRE_FALSE(step.has_value());
      REQUIRE(step.error().kind == FailureKind::damaged);
      REQUIRE_THAT(step.error().text, Catch::Contains("record LSN 2 of the journal: it "));
      REQUIRE(state->summary().applied == Lsn{1});
      ++folded;
    }
  }
  CHECK(read > 0);
  CHECK(folded > 0);
  CHECK(faults.size() >= 3);  // no event, another LSN, an unknown kind
}

// A journal that names more records than it has.
class BoastfulJournal final : public Journal {
 public:
  BoastfulJournal(Journal& journal, Lsn last) : journal_(journal), last_(last) {}
  Outcome<void> append(const Group& group) override { return journal_.append(group); }
  Lsn last() const noexcept override { return last_; }
  Lsn oldest() const noexcept override { return journal_.oldest(); }
  void retain_from(Lsn oldest) noexcept override { journal_.retain_from(oldest); }
  Outcome<std::size_t> trim_now(Lsn oldest, std::size_t most) override { return journal_.trim_now(oldest, most); }
  const DirectoryIdentity& identity() const noexcept override { return journal_.identity(); }
  std::unique_ptr<JournalReader> reader() const override { return journal_.reader(); }

 private:
  Journal& journal_;
  Lsn last_;
};

TEST_CASE("unreadable: records that are not there are missed, not waited for", "[storage][recovery]") {
  const test::Records records = test::small_history();
  const auto short_journal = test::journal_of(records, 8);
  const BoastfulJournal journal(*short_journal, Lsn{10});
  const auto report = replay(journal, [](const schema::Event&) {});
  REQUIRE_FALSE(report.has_value());
  CHECK(report.error().kind == FailureKind::damaged);
  CHECK_THAT(report.error().text, Catch::Contains("LSN 9") && Catch::Contains("it is missing"));
  const test::TemporaryDirectory directory;
  const auto state = test::open_state(directory.path());
  const auto folded = state->fold(journal, test::to_the_end, 1000);
  REQUIRE_FALSE(folded.has_value());
  CHECK_THAT(folded.error().text, Catch::Contains("LSN 9") && Catch::Contains("it is missing"));

  // Decisions that shall outlive a journal which has not got them: of the open order O3.
  REQUIRE(state->fold(*test::journal_of(records, 10), test::to_the_end, 1000).has_value());
  const auto empty = test::journal_of(records, 6);
  const BoastfulJournal other(*empty, Lsn{10});
  const auto kept = state->keep_decisions(other, Lsn{10});
  REQUIRE_FALSE(kept.has_value());
  CHECK(kept.error().kind == FailureKind::damaged);
  CHECK_THAT(kept.error().text, Catch::Contains("LSN 8 of the journal, or one that it caused, is missing"));
  CHECK(state->decision(Lsn{8}).value().empty());
  REQUIRE(state->keep_decisions(*test::journal_of(records, 10), Lsn{10}).has_value());
  CHECK_FALSE(state->decision(Lsn{8}).value().empty());
}

TEST_CASE("unreadable: what a state needs was trimmed", "[storage][state]") {
  const test::Records records = test::small_history();
  const auto journal = test::journal_of(records, 10);
  const test::TemporaryDirectory directory;
  const auto state = test::open_state(directory.path());
  REQUIRE(journal->trim_now(Lsn{8}, 1).value() == 1);
  const auto folded = state->fold(*journal, test::to_the_end, 1000);
  REQUIRE_FALSE(folded.has_value());
  CHECK(folded.error().kind == FailureKind::trimmed);

  const test::TemporaryDirectory second;
  const auto whole = test::open_state(second.path());
  const auto all = test::journal_of(records, 10);
  REQUIRE(whole->fold(*all, Lsn{3}, 1000).has_value());  // O1 is open
  REQUIRE(all->trim_now(Lsn{4}, 1).value() == 1);
  const auto kept = whole->keep_decisions(*all, Lsn{3});
  REQUIRE_FALSE(kept.has_value());
  CHECK(kept.error().kind == FailureKind::trimmed);
}

}  // namespace
