// A journal whose last record contradicts those before: the offline state and the state store, which share no code, refuse it, both at that record, whether the
// store finds what is contradicted in the same fold or in its tables, where it stays as it was.
#pragma once

#include <catch2/catch.hpp>

#include <string>

#include "storage/offline_state.hpp"
#include "storage/recovery.hpp"
#include "tests/storage/open_state.hpp"

namespace earmark::storage::test {

// `good`: up to where the tables are folded first. `in_store`: what the store says instead of `expected`; nullptr: the same.
inline void require_refused(const MemoryJournal& journal, engine::Lsn good, engine::Lsn wrong, const char* expected, const char* in_store = nullptr) {
  const std::string lsn = "record LSN " + std::to_string(wrong.value) + " contradicts";
  OfflineState offline;
  REQUIRE(replay(journal, [&](const schema::Event& event) { offline.apply(event); }).has_value());
  CHECK_THAT(offline.problem(), Catch::Contains(lsn) && Catch::Contains(expected));
  for (const bool in_tables : {false, true}) {
    INFO("found in the tables: " << in_tables);
    const TemporaryDirectory directory;
    const auto state = open_state(directory.path());
    if (in_tables) REQUIRE(state->fold(journal, good, 1000).value().applied == good);
    const engine::Lsn before = state->summary().applied;
    const auto folded = state->fold(journal, to_the_end, 1000);
    REQUIRE_FALSE(folded.has_value());
    CHECK(folded.error().kind == FailureKind::damaged);
    CHECK_THAT(folded.error().text, Catch::Contains(lsn) && Catch::Contains(in_store != nullptr ? in_store : expected));
    CHECK(state->summary().applied == before);
  }
}

}  // namespace earmark::storage::test
