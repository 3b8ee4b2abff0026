// Damage in the state store: opening refuses it, or reading does, or what is read is the truth at some LSN. Never a signal:
// all but the check of the pages runs in this very process, which would die.
#include <catch2/catch.hpp>

#include <algorithm>
#include <iostream>

#include "storage/state_rows.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/random_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;

struct Sample {
  test::RandomHistory history{61, 6, true};
  std::unique_ptr<MemoryJournal> journal = std::make_unique<MemoryJournal>(test::state_identity);
  std::vector<std::byte> file;
  std::vector<std::pair<engine::Identity, Lsn>> newest;  // as the store said it when it was whole
};

// Folded in several steps, with decisions kept, and not quite to the journal's end.
void make(Sample& sample) {
  const test::TemporaryDirectory directory;
  sample.history.grow(1500);
  sample.history.append_to(*sample.journal, 20);
  {
    const auto state = test::open_state(directory.path());
    for (const std::uint64_t until : {400U, 800U, 1200U}) {
      REQUIRE(state->fold(*sample.journal, Lsn{until}, 5000).has_value());
      REQUIRE(state->keep_decisions(*sample.journal, state->summary().oldest_known).has_value());
    }
    REQUIRE(state->fold(*sample.journal, Lsn{1400}, 5000).has_value());
    for (std::uint64_t lsn = 1; lsn <= 1400; ++lsn) {
      engine::OrderImage image;
      if (!state->find(Lsn{lsn}, image).value()) continue;
      const engine::Identity identity = engine::identify(engine::IdSpace::order, image.id);
      sample.newest.emplace_back(identity, state->newest(identity).value());
    }
  }
  sample.file = test::read_file(directory.path() / "state" / "data.mdb");
}

struct Counts {
  std::size_t refused = 0, found_in_reading = 0, harmless = 0;
};

bool damaged(const Failure& failure) { return failure.kind == FailureKind::damaged || failure.kind == FailureKind::bad_version; }

// Everything that can be asked. True: all answers were the truth; false: one said that the store is damaged.
bool ask(const Sample& sample, StateStore& state) {
  const Lsn applied = state.summary().applied;
  test::StateDigest digest;
  if (const auto read = state.read(digest); !read) {
    REQUIRE(damaged(read.error()));
    return false;
  }
  REQUIRE(digest.finish() == *sample.history.digest_at(applied));
  for (const auto& [identity, lsn] : sample.newest) {
    engine::OrderImage image;
    const auto newest = state.newest(identity);
    const auto found = newest ? state.find(*newest, image) : Outcome<bool>(Unexpected{newest.error()});
    if (!found) {
      REQUIRE(damaged(found.error()));
      return false;
    }
    if (applied < Lsn{1400}) continue;  // an older commit, which has not got all of them
    REQUIRE(*newest == lsn);
    REQUIRE(*found);
    REQUIRE(engine::identify(engine::IdSpace::order, image.id) == identity);
  }
  for (std::uint64_t lsn = 1; lsn < 1400; ++lsn) {
    if (const auto decision = state.decision(Lsn{lsn}); !decision) {
      REQUIRE(damaged(decision.error()));
      return false;
    }
  }
  return true;
}

void try_file(const Sample& sample, const std::vector<std::byte>& file, const std::string& what, Counts& counts) {
  INFO(what);
  const test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path() / "state");
  test::write_file(directory.path() / "state" / "data.mdb", file);
  auto opened = open_lmdb_state(directory.path(), test::state_identity, test::small_state());
  if (!opened) {
    REQUIRE(damaged(opened.error()));
    ++counts.refused;
    return;
  }
  if (!ask(sample, *opened->store)) {
    ++counts.found_in_reading;
    return;
  }
  const auto folded = opened->store->fold(*sample.journal, test::to_the_end, 5000);
  if (!folded) {
    REQUIRE(damaged(folded.error()));
    ++counts.found_in_reading;
    return;
  }
  REQUIRE(test::digest_of(*opened->store) == *sample.history.digest_at(opened->store->summary().applied));
  ++counts.harmless;
}

void say(const std::string& what, const Counts& counts) {
  std::cout << "state damage: " << what << ": " << counts.refused << " refused, " << counts.found_in_reading
            << " found in reading, " << counts.harmless << " harmless" << std::endl;
}

TEST_CASE("state damage: one flipped bit anywhere is refused, found in reading, or changes nothing", "[storage][state][damage]") {
  Sample sample;
  make(sample);
  Counts counts, structure;
  model::Random random(62);
  auto file = sample.file;
  const auto flip = [&](std::size_t bit, Counts& into) {
    file[bit / 8] ^= std::byte{1} << (bit % 8);
    try_file(sample, file, "bit " + std::to_string(bit), into);
    file[bit / 8] ^= std::byte{1} << (bit % 8);
  };
  for (int round = 0; round < 400; ++round) flip(random.below(file.size() * 8), counts);
  say("400 flipped bits, seed 62", counts);
  CHECK(counts.refused > 0);
  CHECK(counts.found_in_reading > 0);
  for (int round = 0; round < 100; ++round) flip((random.below(2) * 4096 + random.below(152)) * 8 + random.below(8), structure);
  for (int round = 0; round < 200; ++round) flip((random.below(file.size() / 4096) * 4096 + random.below(48)) * 8 + random.below(8), structure);
  say("300 flipped bits in LMDB's structure", structure);
  CHECK(structure.refused > 0);
}

TEST_CASE("state damage: a key changed in its place is not taken for a row that is not there", "[storage][state][damage]") {
  Sample sample;
  make(sample);
  Counts counts;
  for (std::size_t index = 0; index < sample.newest.size(); index += 25) {
    const auto key = identity_key(sample.newest[index].first);
    auto file = sample.file;
    const std::span<const std::byte> words(key);
    for (auto rest = std::ranges::search(file, words); !rest.empty(); rest = std::ranges::search(rest.end(), file.end(), words.begin(), words.end())) {
      rest.end()[-1] ^= std::byte{1};
    }
    try_file(sample, file, "the key of order " + std::to_string(sample.newest[index].second.value), counts);
  }
  say("keys changed by one", counts);
  CHECK(counts.harmless == 0);
  CHECK(counts.found_in_reading > 0);
}

TEST_CASE("state damage: files that are cut, zeroed or missing", "[storage][state][damage]") {
  Sample sample;
  make(sample);
  Counts counts;
  model::Random random(63);
  for (int round = 0; round < 40; ++round) {
    auto file = sample.file;
    file.resize(random.below(file.size()));
    try_file(sample, file, "cut to " + std::to_string(file.size()), counts);
    file = sample.file;
    const std::size_t page = random.below(file.size() / 4096);
    std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(page * 4096), 4096, std::byte{});
    try_file(sample, file, "zeroed page " + std::to_string(page), counts);
  }
  try_file(sample, {}, "an empty file", counts);
  say("80 files cut or with a zeroed page", counts);
  CHECK(counts.refused > 0);

  const test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path() / "state");
  test::write_file(directory.path() / "state" / "other", {});
  const auto missing = open_lmdb_state(directory.path(), test::state_identity, test::small_state());
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().kind == FailureKind::damaged);
  CHECK_THAT(missing.error().text, Catch::Contains("data.mdb"));
}

TEST_CASE("state damage: a deep check finds every value that is not what was written", "[storage][state][damage]") {
  const test::TemporaryDirectory directory;
  test::RandomHistory history(64, 5);
  history.grow(600);
  MemoryJournal journal(test::state_identity);
  history.append_to(journal, 20);
  {
    const auto state = test::open_state(directory.path());
    REQUIRE(state->fold(journal, test::to_the_end, 5000).has_value());
  }
  const auto path = directory.path() / "state";
  const auto whole = check_state(path, CheckDepth::contents, false);
  REQUIRE(whole.has_value());
  CHECK(whole->values > 300);
  auto file = test::read_file(path / "data.mdb");
  std::size_t found = 0, flips = 0;
  model::Random random(65);
  for (int round = 0; round < 100; ++round) {
    const std::size_t at = random.below(file.size());
    file[at] ^= std::byte{16};
    test::write_file(path / "data.mdb", file);
    if (!check_state(path, CheckDepth::contents, false)) ++found;
    const bool pages = check_state(path, CheckDepth::pages, false).has_value();
    if (pages) ++flips;
    file[at] ^= std::byte{16};
  }
  CHECK(found > 100 - flips);  // more than the pages alone show
}

TEST_CASE("state damage: a store that lacks what its journal no longer has is refused", "[storage][state][damage]") {
  const test::TemporaryDirectory directory;
  test::RandomHistory history(66, 5);
  history.grow(600);
  MemoryJournal journal(test::state_identity);
  history.append_to(journal, 20);
  {
    const auto state = test::open_state(directory.path());
    REQUIRE(state->fold(journal, Lsn{300}, 5000).has_value());
  }
  StateOptions options = test::small_state();
  options.journal_oldest = Lsn{200};
  const auto without = open_lmdb_state(directory.path(), test::state_identity, options);
  REQUIRE_FALSE(without.has_value());
  CHECK(without.error().kind == FailureKind::damaged);
  CHECK_THAT(without.error().text, Catch::Contains("begins at LSN 200"));
  REQUIRE(test::open_state(directory.path())->keep_decisions(journal, Lsn{200}).has_value());
  CHECK(open_lmdb_state(directory.path(), test::state_identity, options).has_value());
  options.journal_oldest = Lsn{400};
  CHECK_FALSE(open_lmdb_state(directory.path(), test::state_identity, options).has_value());
}

}  // namespace
