// Every call to LMDB and to the system fails once, one after the other, while a store is made, opened, changed, read and copied.
// Whatever fails is told or does no harm, and afterwards everything that was said to be durable is there.
#include <catch2/catch.hpp>

#include <cerrno>
#include <functional>
#include <iostream>

#include "storage/backup.hpp"
#include "tests/storage/lmdb_faults.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/random_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;
using test::Calls;

namespace fs = std::filesystem;

constexpr std::size_t history_records = 120, journaled = 90;

const test::RandomHistory& history() {
  static const test::RandomHistory all = [] {
    test::RandomHistory made(7, 8);
    made.grow(history_records);
    return made;
  }();
  return all;
}

// A data directory: its journal holds the first records of the history, its state half of them.
void prepare(const fs::path& directory) {
  const auto journal = test::open_small(directory).value();
  for (std::size_t from = 0; from < journaled; from += 10) REQUIRE(history().records().append(*journal, from, from + 10).has_value());
  const auto opened = open_lmdb_state(directory, journal->identity(), test::small_state()).value();
  REQUIRE(opened.store->fold(*journal, Lsn{journaled / 2}, 1000).has_value());
}

// What a step has done before it ended, for who looks afterwards.
struct Promised {
  Lsn durable{};  // appends up to here were said to be on disk
};
using Step = std::function<Outcome<void>(const fs::path& parent, Promised& promised)>;

void must_be_whole(const fs::path& directory, Lsn durable) {
  if (durable.value == 0 && !fs::exists(directory)) return;
  const auto opened = test::open_small(directory);
  if (!opened) FAIL(opened.error().text);
  const Journal& journal = **opened;
  REQUIRE(journal.last() >= durable);
  REQUIRE(journal.last() <= Lsn{history().records().size()});
  const auto expected = history().records().bytes();
  const auto bytes = test::read_all(journal, journal.oldest());
  if (!bytes) FAIL(bytes.error().text);
  if (journal.oldest() == Lsn{1}) REQUIRE(std::equal(bytes->begin(), bytes->end(), expected.begin()));
  const auto state = open_lmdb_state(directory, journal.identity(), test::small_state());
  if (!state) FAIL(state.error().text);
  if (journal.oldest() > state->store->summary().applied + 1) return;  // made by no server: trimmed without a state
  const auto folded = state->store->fold(journal, test::to_the_end, 1000);
  if (!folded) FAIL(folded.error().text);
  const Lsn applied = state->store->summary().applied;
  if (applied.value != 0) REQUIRE(test::digest_of(*state->store) == history().digest_at(applied).value());
}

// Whether the step may succeed although a call failed.
enum class Told { always, perhaps, never };

std::size_t fail_each(Calls calls, int error, Told told, bool prepared, const Step& step) {
  const test::TemporaryDirectory start;
  if (prepared) prepare(start.path() / "data");
  for (std::uint64_t number = 1;; ++number) {
    const test::TemporaryDirectory parent;
    if (prepared) fs::copy(start.path() / "data", parent.path() / "data", fs::copy_options::recursive);
    Promised promised;
    Outcome<void> done;
    bool happened = false;
    std::string function;
    {
      const test::CallFault fault(calls, number, error);
      done = step(parent.path(), promised);
      happened = fault.happened();
      function = fault.function();
    }
    INFO("call " << number << ", " << function << " fails with " << error << ": " << (done ? "" : done.error().text));
    if (!happened) {
      REQUIRE(done.has_value());
      return number - 1;
    }
    if (told == Told::always) CHECK_FALSE(done.has_value());
    if (told == Told::never) CHECK(done.has_value());
    if (!done) CHECK(done.error().text.size() > 20);
    must_be_whole(parent.path() / "data", promised.durable);
  }
}

Outcome<void> append(Journal& journal, std::size_t records, Promised& promised) {
  const std::size_t from = journal.last().value;
  auto done = history().records().append(journal, from, from + records);
  if (done) {
    promised.durable = journal.last();
  } else {
    CHECK_FALSE(history().records().append(journal, from, from + records).has_value());  // the failed one is not followed by another
    CHECK_FALSE(journal.trim_now(journal.last(), 1).has_value());
  }
  return done;
}

Outcome<void> make_journal(const fs::path& parent, Promised& promised) {
  const auto journal = test::open_small(parent / "data");
  if (!journal) return Unexpected{journal.error()};
  for (const std::size_t records : {1U, 7U}) {
    if (auto done = append(**journal, records, promised); !done) return done;
  }
  return {};
}

// Opens a journal, appends, and reads all of it.
Outcome<void> go_on(const fs::path& parent, Promised& promised) {
  promised.durable = Lsn{journaled};
  const auto journal = test::open_small(parent / "data");
  if (!journal) return Unexpected{journal.error()};
  if (auto done = append(**journal, 5, promised); !done) return done;
  if (const auto bytes = test::read_all(**journal); !bytes) return Unexpected{bytes.error()};
  return {};
}

Outcome<void> trim(const fs::path& parent, Promised& promised) {
  promised.durable = Lsn{journaled};
  const auto journal = test::open_small(parent / "data");
  if (!journal) return Unexpected{journal.error()};
  (*journal)->retain_from(Lsn{25});
  for (int appends = 0; appends < 12; ++appends) {
    if (auto done = append(**journal, 1, promised); !done) return done;
  }
  if (const auto gone = (*journal)->trim_now(Lsn{40}, 100); !gone) return Unexpected{gone.error()};
  return {};
}

Outcome<void> look_beside_a_writer(const fs::path& parent, Promised& promised) {
  promised.durable = Lsn{journaled};
  OpenOptions options;
  options.read_only = true;
  const auto journal = open_lmdb_journal(parent / "data", options);
  if (!journal) return Unexpected{journal.error()};
  StateOptions reading;
  reading.read_only = true;
  const auto state = open_lmdb_state(parent / "data", (*journal)->identity(), reading);
  if (!state) return Unexpected{state.error()};
  return {};
}

// A journal without faults for what is done to the state: in memory, so that its calls do not count.
const MemoryJournal& journal_in_memory(std::uint64_t epoch) {
  static std::unique_ptr<MemoryJournal> journal;
  static std::uint64_t of = 0;
  if (journal == nullptr || of != epoch) {
    DirectoryIdentity identity = test::state_identity;
    identity.catalogue_epoch = of = epoch;
    journal = std::make_unique<MemoryJournal>(identity);
    EARMARK_CHECK(history().records().append(*journal, 0, journaled).has_value());
  }
  return *journal;
}

Outcome<void> make_state(const fs::path& parent, Promised&) {
  const fs::path directory = parent / "state only";
  fs::create_directory(directory);
  const MemoryJournal& journal = journal_in_memory(9);
  const auto opened = open_lmdb_state(directory, journal.identity(), test::small_state());
  if (!opened) return Unexpected{opened.error()};
  if (const auto folded = opened->store->fold(journal, Lsn{60}, 1000); !folded) return Unexpected{folded.error()};
  return {};
}

Outcome<void> fold_on(const fs::path& parent, Promised& promised) {
  promised.durable = Lsn{journaled};
  const auto journal = test::open_small(parent / "data");
  if (!journal) return Unexpected{journal.error()};
  const auto opened = open_lmdb_state(parent / "data", (*journal)->identity(), test::small_state());
  if (!opened) return Unexpected{opened.error()};
  StateStore& state = *opened->store;
  if (auto shared = state.share_disk(); !shared) return shared;
  if (auto kept = state.keep_decisions(**journal, Lsn{20}); !kept) return kept;
  const auto folded = state.fold(**journal, test::to_the_end, 25);
  if (!folded) {
    if (folded.error().kind == FailureKind::write_failed) CHECK_FALSE(state.fold(**journal, test::to_the_end, 25).has_value());
    return Unexpected{folded.error()};
  }
  if (auto kept = state.keep_decisions(**journal, Lsn{60}); !kept) return kept;
  return {};
}

// What a store may be asked. It is opened once: a question that fails leaves it as it was.
struct Asked {
  Lsn order{}, kept{};  // of an order, and of one whose decision was kept
  engine::Identity identity;
};
using Question = Outcome<void> (*)(StateStore& state, const Asked& asked);

template <class Answer>
Outcome<void> told(const Outcome<Answer>& answer) {
  if (!answer) return Unexpected{answer.error()};
  return {};
}

const struct {
  const char* name;
  Question ask;
} questions[] = {
    {"read", [](StateStore& state, const Asked&) -> Outcome<void> { test::StateDigest digest; return state.read(digest); }},
    {"find", [](StateStore& state, const Asked& asked) { engine::OrderImage image; return told(state.find(asked.order, image)); }},
    {"newest", [](StateStore& state, const Asked& asked) { return told(state.newest(asked.identity)); }},
    {"known ids", [](StateStore& state, const Asked&) { return told(state.known_ids(Lsn{1}, Lsn{journaled}, 50)); }},
    {"closed known", [](StateStore& state, const Asked&) { return told(state.closed_known()); }},
    {"horizon, from the first", [](StateStore& state, const Asked&) { return told(state.horizon(state.summary().known_commands - 3)); }},
    {"horizon, from the last", [](StateStore& state, const Asked&) { return told(state.horizon(2)); }},
    {"decision", [](StateStore& state, const Asked& asked) { return told(state.decision(asked.kept)); }},
};

// Folded further, with decisions kept, and what there is to ask for.
Asked get_ready(StateStore& state, const Journal& journal) {
  REQUIRE(state.fold(journal, Lsn{70}, 1000).has_value());
  REQUIRE(state.keep_decisions(journal, Lsn{60}).has_value());
  Asked asked;
  engine::OrderImage image;
  for (Lsn lsn{1}; lsn.value < 60; lsn = lsn + 1) {
    if (!state.decision(lsn).value().empty()) asked.kept = lsn;
    if (!state.find(lsn, image).value()) continue;
    asked.identity = engine::identify(engine::IdSpace::order, image.id);
    asked.order = lsn;
  }
  REQUIRE(asked.kept.value != 0);
  REQUIRE(state.summary().known_commands >= 6);  // a horizon is looked for from both ends
  return asked;
}

const CopyProgress quiet;

// Nothing half made is left, and what was made is whole.
Outcome<void> judge_copy(const fs::path& parent, Promised& promised, const Outcome<CopyReport>& report) {
  promised.durable = Lsn{journaled};
  if (!report) return Unexpected{report.error()};
  CHECK(report->check.tail.last == Lsn{journaled});
  CHECK(fs::exists(parent / "copy" / "journal" / "data.mdb"));
  return {};
}

Outcome<void> back_up_all(const fs::path& parent, Promised& promised) {
  return judge_copy(parent, promised, back_up(parent / "data", parent / "copy", quiet));
}
Outcome<void> restore_all(const fs::path& parent, Promised& promised) {
  return judge_copy(parent, promised, restore(parent / "data", parent / "copy", quiet));
}

struct Work {
  const char* name;
  bool prepared;
  Step step;
};

const Work works[] = {{"make a journal", false, make_journal},          {"append and read", true, go_on},
                      {"trim", true, trim},                             {"look beside a writer", true, look_beside_a_writer},
                      {"make a state", false, make_state},              {"fold and keep", true, fold_on},
                      {"back up", true, back_up_all},                   {"restore", true, restore_all}};

void say(const char* name, std::size_t calls, const char* what) {
  std::cout << "storage calls that failed: " << calls << ' ' << what << " of \"" << name << "\"\n";
}

TEST_CASE("failing calls: each one to LMDB is told or harmless, and nothing durable is lost", "[storage][faults]") {
  for (const Work& work : works) {
    INFO(work.name);
    const std::size_t calls = fail_each(Calls::lmdb, EIO, Told::perhaps, work.prepared, work.step);
    say(work.name, calls, "to LMDB");
    CHECK(calls >= 10);
  }
}

TEST_CASE("failing calls: pages that LMDB finds damaged while folding", "[storage][faults]") {
  CHECK(fail_each(Calls::lmdb, test::lmdb_corrupted, Told::perhaps, true, fold_on) >= 10);
}

TEST_CASE("failing calls: a question to the state that fails is told, and asked again answered", "[storage][faults]") {
  const test::TemporaryDirectory directory;
  prepare(directory.path() / "data");
  const auto journal = test::open_small(directory.path() / "data").value();
  const auto opened = open_lmdb_state(directory.path() / "data", journal->identity(), test::small_state()).value();
  const Asked asked = get_ready(*opened.store, *journal);
  for (const auto& question : questions) {
    INFO(question.name);
    const FailureKind kinds[] = {FailureKind::cannot_open, FailureKind::damaged};
    for (const int error : {EIO, test::lmdb_corrupted}) {
      std::uint64_t number = 0;
      for (bool happened = true; happened;) {
        const test::CallFault fault(Calls::lmdb, ++number, error);
        const auto answer = question.ask(*opened.store, asked);
        happened = fault.happened();
        INFO("call " << number << ", " << fault.function());
        REQUIRE(answer.has_value() == !happened);
        if (happened) CHECK(answer.error().kind == kinds[error == EIO ? 0 : 1]);
      }
      CHECK(number >= 3);
    }
  }
}

TEST_CASE("failing calls: a value that is read with a changed bit is damage, never an answer", "[storage][faults]") {
  CHECK(fail_each(Calls::lmdb_values, 1, Told::perhaps, true, fold_on) >= 10);
  CHECK(fail_each(Calls::lmdb_values, 1, Told::perhaps, true, go_on) >= 1);
  const test::TemporaryDirectory directory;
  prepare(directory.path() / "data");
  const auto journal = test::open_small(directory.path() / "data").value();
  const auto opened = open_lmdb_state(directory.path() / "data", journal->identity(), test::small_state()).value();
  const Asked asked = get_ready(*opened.store, *journal);
  for (const auto& question : questions) {
    INFO(question.name);
    for (std::uint64_t number = 1, happened = 1; happened != 0; ++number) {
      const test::CallFault fault(Calls::lmdb_values, number, 1);
      const auto answer = question.ask(*opened.store, asked);
      happened = fault.happened() ? 1 : 0;
      INFO("value " << number << ", " << fault.function());
      // A horizon is counted, not read: of its values nothing is looked at but the key.
      if (happened != 0 && std::string_view(question.name).substr(0, 7) != "horizon") {
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().kind == FailureKind::damaged);
      } else {
        REQUIRE(answer.has_value());
      }
    }
  }
}

TEST_CASE("failing calls: each one to the system is told or harmless, and nothing durable is lost", "[storage][faults]") {
  for (const Work& work : works) {
    INFO(work.name);
    const std::size_t calls = fail_each(Calls::system, EIO, Told::perhaps, work.prepared, work.step);
    say(work.name, calls, "to the system");
    CHECK(calls >= 3);
  }
  CHECK(fail_each(Calls::system, EACCES, Told::perhaps, false, make_journal) >= 3);
  CHECK(fail_each(Calls::system, EACCES, Told::perhaps, true, back_up_all) >= 3);
}

TEST_CASE("failing calls: a map that is full grows, and the change is made again", "[storage][faults]") {
  for (const Work& work : {works[1], works[2], works[5]}) {
    INFO(work.name);
    CHECK(fail_each(Calls::lmdb_changes, test::lmdb_map_full, Told::never, work.prepared, work.step) >= 2);
  }
}

TEST_CASE("failing calls: a map that another process made larger is taken over", "[storage][faults]") {
  CHECK(fail_each(Calls::lmdb_begins, test::lmdb_map_resized, Told::perhaps, true, look_beside_a_writer) >= 2);
  CHECK(fail_each(Calls::lmdb_begins, test::lmdb_map_resized, Told::perhaps, true, fold_on) >= 2);
}

TEST_CASE("failing calls: a signal that interrupts one changes nothing", "[storage][faults]") {
  for (const Work& work : {works[0], works[7]}) {
    INFO(work.name);
    fail_each(Calls::interruptible, EINTR, Told::never, work.prepared, work.step);
  }
}

}  // namespace
