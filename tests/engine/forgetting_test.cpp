// Ids that are forgotten, and memory that is used again: the exactly-once table against a map over many generations of
// ids, and blocks that come back only when nobody can be looking at them.
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "engine/command_ids.hpp"
#include "engine/retired_blocks.hpp"
#include "tests/model/random_commands.hpp"

using namespace earmark;
using namespace earmark::engine;

namespace {

struct Table {
  Table() : blocks(512ULL << 20), cache(blocks), ids(256, blocks), writes(128) {}

  void apply() {
    for (const WordWrite& write : writes.entries()) {
      std::uint64_t before = write.before;
      REQUIRE(write.word->compare_exchange_strong(before, write.after));
    }
    writes.clear();
  }
  void add(Identity identity) {
    const CommandIds::Place place = ids.find(writes, identity);
    REQUIRE(place.known == 0);
    REQUIRE(place.slot != nullptr);
    const BlockRef block = cache.allocate(sizeof(KnownCommand));
    blocks.at<KnownCommand>(block)->identity = identity;
    writes.write(*place.slot, place.seen, CommandIds::word_after(place.seen, identity, block));
  }
  void forget(Identity identity) {
    const CommandIds::Place place = ids.find(writes, identity);
    REQUIRE(place.known != 0);
    ids.forget(writes, place);
  }

  BlockStore blocks;
  BlockCache cache;
  CommandIds ids;
  WriteSet writes;
};

Identity numbered(std::uint64_t number) { return identify(IdSpace::order, "order-" + std::to_string(number)); }

}  // namespace

TEST_CASE("command ids: forgetting finds and loses exactly what a set does, for many generations (I5)", "[engine][ids]") {
  const std::uint64_t seed = GENERATE(1ULL, 2ULL, 3ULL);
  const std::size_t most = GENERATE(16u, 128u, 230u);  // of 256 slots: far from full, half, nearly full
  INFO("seed " << seed << ", " << most << " ids at one time");
  model::Random random(seed);
  Table table;
  std::set<std::uint64_t> known;
  std::uint64_t next = 0;
  table.writes.clear();
  for (int step = 0; step < 20'000; ++step) {
    const std::size_t count = random.between(1, 4);
    if (known.size() + count <= most) {
      for (std::size_t index = 0; index < count; ++index) {  // a batch, one commit
        table.add(numbered(next));
        known.insert(next++);
      }
    } else {
      for (std::size_t index = 0; index < count; ++index) {
        auto victim = known.lower_bound(random.below(next));
        if (victim == known.end()) victim = known.begin();
        table.forget(numbered(*victim));
        known.erase(victim);
      }
    }
    table.apply();
    const std::uint64_t probe = random.below(next);
    REQUIRE((table.ids.find(table.writes, numbered(probe)).known != 0) == known.contains(probe));
    if (step % 500 != 0) continue;
    std::size_t listed = 0;
    table.ids.for_each([&](BlockRef) { ++listed; });
    REQUIRE(listed == known.size());
    for (const std::uint64_t number : known) REQUIRE(table.ids.find(table.writes, numbered(number)).known != 0);
  }
}

TEST_CASE("command ids: after many generations there are still empty slots, so look-ups stay short", "[engine][ids]") {
  Table table;
  table.writes.clear();
  std::uint64_t next = 0;
  for (; next < 100; ++next) table.add(numbered(next));
  table.apply();
  for (std::uint64_t oldest = 0; oldest < 200'000; ++oldest) {  // the oldest goes, a new one comes
    table.forget(numbered(oldest));
    table.apply();
    table.add(numbered(next++));
    table.apply();
  }
  for (std::uint64_t number = next - 100; number < next; ++number) table.forget(numbered(number)), table.apply();
  // All are gone. Had every full group stayed marked, a new id would find only slots that were left behind.
  std::size_t empty = 0;
  for (std::uint64_t number = 0; number < 1000; ++number) {
    empty += table.ids.find(table.writes, numbered(next + number)).seen >> 8 == 0 ? 1U : 0U;
  }
  CHECK(empty > 900);
}

TEST_CASE("command ids: a batch finds its own id behind slots that were left behind (I5)", "[engine][ids]") {
  Table table;
  table.writes.clear();
  std::uint64_t next = 0;
  for (; next < 240; ++next) table.add(numbered(next)), table.apply();
  for (std::uint64_t number = 0; number < 60; ++number) table.forget(numbered(number)), table.apply();
  for (int index = 0; index < 40; ++index) table.add(numbered(next++));  // not applied yet
  for (std::uint64_t number = next - 40; number < next; ++number) {
    REQUIRE(table.ids.find(table.writes, numbered(number)).known != 0);
  }
}

TEST_CASE("blocks: one that is retired comes back only when nobody is looking any more (E7)", "[engine][memory]") {
  BlockStore store(512ULL << 20);
  BlockCache settler(store), other(store);
  Readers readers(2);
  RetiredBlocks retired(store, readers);
  const BlockRef block = settler.allocate(200);
  {
    const Readers::Looking looking(readers, CommitterId{1});
    retired.retire(block, 200);
    retired.collect();
    retired.collect();
    REQUIRE(store.bytes_given_back() == 0);
    {
      const Readers::Looking later(readers, CommitterId{0});  // began after the block was out of reach
      retired.collect();
      REQUIRE(store.bytes_given_back() == 0);
    }
  }
  const Readers::Looking later(readers, CommitterId{1});
  retired.collect();
  REQUIRE(store.bytes_given_back() == 208);
  REQUIRE(other.allocate(201) == block);  // whoever needs one of that size
  REQUIRE(other.allocate(201) != block);
}
