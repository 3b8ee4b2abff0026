// The small parts of the engine, each against the simplest thing that does the same.
#include <catch2/catch.hpp>
#include <algorithm>
#include <map>
#include <set>

#include "engine/cell_word.hpp"
#include "engine/inbox.hpp"
#include "engine/record_ring.hpp"
#include "engine/shared_state.hpp"
#include "engine/waiting_queue.hpp"
#include "engine/window.hpp"
#include "engine/write_set.hpp"
#include "tests/model/random_commands.hpp"

using namespace earmark;
using namespace earmark::engine;

TEST_CASE("cell word: every write changes the version, and the version wraps (S3)", "[engine][cell]") {
  CellWord word{};
  const CellWord next = word.with_level(max_quantity, true);
  REQUIRE(next.free() == max_quantity);
  REQUIRE(next.gate());
  REQUIRE(next.version() == 1);
  REQUIRE(next.with_level(max_quantity, true).bits != next.bits);
  const CellWord last{0x7FFF'FFFFULL << 32};
  REQUIRE(last.with_level(5, false).version() == 0);
  REQUIRE(last.with_level(5, false).free() == 5);
}

TEST_CASE("waiting queue: order, place and units ahead are those of a sorted map", "[engine][queue]") {
  model::Random random(GENERATE(1ULL, 2ULL, 3ULL));
  WaitingQueues queues(4096);
  WaitingQueues::Root root = 0;
  std::map<QueuePlace, Quantity> expected;
  std::map<QueuePlace, Takes> takes;
  for (int step = 0; step < 4000; ++step) {
    const QueuePlace place = QueuePlace::of(Priority{static_cast<std::uint8_t>(random.below(3))}, Lsn{random.below(60)}, random.below(4));
    const auto found = expected.find(place);
    if (found == expected.end()) {
      const auto quantity = static_cast<Quantity>(random.between(1, 9));
      takes[place] = static_cast<Takes>(random.below(3));
      queues.insert(root, {place, 1, quantity, takes[place]});
      expected.emplace(place, quantity);
    } else if (random.chance(25)) {
      takes[place] = static_cast<Takes>(random.below(3));
      queues.set_takes(root, place, takes[place]);
    } else {
      const auto by = static_cast<Quantity>(random.between(1, found->second));
      queues.reduce(root, place, by);
      if ((found->second -= by) == 0) expected.erase(found);
    }
    const QueuePlace probe = QueuePlace::of(Priority{1}, Lsn{random.below(60)}, random.below(4));
    Ahead ahead;
    for (const auto& [other, quantity] : expected) {
      if (!(other < probe)) break;
      ++ahead.lines;
      ahead.units += quantity;
    }
    const std::uint64_t units = random.below(10);
    const auto able = std::ranges::find_if(expected, [&](const auto& entry) {
      const Quantity needed = takes[entry.first] == Takes::any ? 1 : entry.second;
      return probe < entry.first && takes[entry.first] != Takes::blocked && needed <= units;
    });
    const Waiter* found_able = queues.first_able(root, &probe, units);
    REQUIRE((found_able == nullptr) == (able == expected.end()));
    if (found_able != nullptr) REQUIRE(found_able->place == able->first);
    REQUIRE(queues.ahead_of(root, probe).lines == ahead.lines);
    REQUIRE(queues.ahead_of(root, probe).units == ahead.units);
  }
  std::vector<QueuePlace> listed, sorted;
  queues.for_each(root, [&](const Waiter& waiter) { listed.push_back(waiter.place); });
  for (const auto& entry : expected) sorted.push_back(entry.first);
  REQUIRE(listed == sorted);
}

TEST_CASE("write set: reads through itself, and rolls back to a mark", "[engine][commit]") {
  std::vector<Atomic<std::uint64_t>> words(300);
  WriteSet writes(256);
  writes.clear();
  model::Random random(5);
  std::map<std::size_t, std::uint64_t> expected;
  for (std::size_t index = 0; index < 100; ++index) {
    const std::size_t at = random.below(words.size());
    writes.write(words[at], writes.read(words[at]), index + 1);
    expected[at] = index + 1;
  }
  const std::size_t mark = writes.mark();
  const std::size_t entries = writes.entries().size();
  for (std::size_t index = 0; index < 100; ++index) {
    const std::size_t at = random.below(words.size());
    writes.write(words[at], writes.read(words[at]), 1000 + index);
  }
  writes.roll_back(mark);
  REQUIRE(writes.entries().size() == entries);
  for (std::size_t at = 0; at < words.size(); ++at) {
    REQUIRE(writes.read(words[at]) == (expected.contains(at) ? expected[at] : 0));
    REQUIRE(words[at].load() == 0);
  }
}

TEST_CASE("write set: a few words and many, one commit after the other", "[engine][commit]") {
  std::vector<Atomic<std::uint64_t>> words(20'000);
  WriteSet writes(words.size(), 0xFFFF'FFF0U);  // its stamps begin again, too
  model::Random random(7);
  for (std::uint64_t commit = 1; commit <= 40; ++commit) {
    writes.clear();
    const std::uint64_t most = commit % 3 == 0 ? 20 : random.between(500, 9'000);
    std::map<std::size_t, std::uint64_t> expected, at_mark;
    std::size_t mark = 0;
    const std::uint64_t mark_at = random.below(most);
    for (std::uint64_t count = 0; count < most; ++count) {
      if (count == mark_at) mark = writes.mark(), at_mark = expected;
      const std::size_t at = random.below(words.size());
      REQUIRE(writes.read(words[at]) == (expected.contains(at) ? expected[at] : 0));
      writes.write(words[at], writes.read(words[at]), commit * 100'000 + count);
      expected[at] = commit * 100'000 + count;
    }
    for (const bool rolled_back : {false, true}) {
      if (rolled_back) writes.roll_back(mark), expected = at_mark;
      REQUIRE(writes.entries().size() == expected.size());
      for (std::size_t at = 0; at < words.size(); ++at) {
        const auto found = expected.find(at);
        if (writes.read(words[at]) != (found == expected.end() ? 0 : found->second)) FAIL("word " << at << " of commit " << commit);
      }
    }
  }
}

TEST_CASE("write set: what was written before the stamps begin again is not taken for a write of now", "[engine][commit]") {
  std::vector<Atomic<std::uint64_t>> words(40);
  WriteSet writes(64, 0xFFFF'FFFFU);
  writes.write(words[0], 0, 7);
  writes.roll_back(0);
  for (std::uint64_t commit = 1; commit <= 3; ++commit) {
    writes.clear();
    REQUIRE(writes.entries().empty());
    REQUIRE(writes.read(words[0]) == 0);
    for (std::size_t at = 0; at < words.size(); at += 1 + commit % 2) {
      REQUIRE(writes.read(words[at]) == 0);
      writes.write(words[at], 0, commit);
      REQUIRE(writes.read(words[at]) == commit);
    }
  }
}

TEST_CASE("commit word: a commit fails when anything was committed since its state", "[engine][commit]") {
  CommitWord commit_word(2, 8, 8);
  Atomic<std::uint64_t> word{0};
  const StableState state = commit_word.stable(CommitterId{0});
  const WordWrite first[] = {{&word, 0, 7}};
  const WordWrite second[] = {{&word, 0, 9}};
  REQUIRE(commit_word.commit(CommitterId{0}, state, first, 3));
  REQUIRE_FALSE(commit_word.commit(CommitterId{1}, state, second, 1));
  REQUIRE(word.load() == 7);
  REQUIRE(commit_word.last() == Lsn{3});
  REQUIRE(commit_word.counters(CommitterId{1}).lost.get() == 1);
}

TEST_CASE("window: an older bundle's slot does not match, and room ends at the window (E8)", "[engine][window]") {
  Window window;
  const Lsn first{5};
  window.slot(first).store(Window::word_for(first, {CommitterId{3}, 77}));
  REQUIRE(window.find(first)->committer == CommitterId{3});
  REQUIRE(window.find(first)->offset_units == 77);
  REQUIRE_FALSE(window.find(first + window_lsns));
  REQUIRE(window.has_room(Lsn{window_lsns - 1}));
  REQUIRE_FALSE(window.has_room(Lsn{window_lsns}));
  window.advance(Lsn{1});
  REQUIRE(window.has_room(Lsn{window_lsns}));
}

TEST_CASE("record ring: bundles never wrap, and a full ring offers nothing", "[engine][ring]") {
  RecordRing ring(1024);
  REQUIRE(ring.offer(600).size() == 600);
  const std::uint64_t first = ring.take(600);
  REQUIRE(ring.offer(600).empty());
  REQUIRE(ring.offer(400).size() == 400);
  const std::uint64_t second = ring.take(400);
  REQUIRE(ring.offer(100).empty());
  ring.release(first);
  REQUIRE(ring.offer(500).size() == 500);
  REQUIRE(ring.offered_units() == 0);  // at the beginning again, not across the end
  ring.take(500);
  ring.release(second);
  REQUIRE_FALSE(ring.empty());
}

TEST_CASE("record ring: an empty ring takes whatever fits it, wherever the last bundle ended", "[engine][ring]") {
  RecordRing ring(1024);
  REQUIRE(ring.offer(600).size() == 600);
  ring.release(ring.take(600));
  REQUIRE(ring.offer(900).size() == 900);
  REQUIRE(ring.offered_units() == 0);
  REQUIRE(ring.empty());
  ring.release(ring.take(900));
  REQUIRE(ring.empty());
}

TEST_CASE("inbox: the role is handed over without losing a message", "[engine][settler]") {
  struct Item { Item* next = nullptr; int number = 0; };
  Inbox<Item> inbox;
  Item items[3];
  for (int index = 0; index < 3; ++index) items[index].number = index;
  REQUIRE(inbox.push(&items[0]));
  REQUIRE_FALSE(inbox.push(&items[1]));
  Item* taken = inbox.take();
  REQUIRE(taken->number == 0);
  REQUIRE(taken->next->number == 1);
  REQUIRE_FALSE(inbox.push(&items[2]));
  REQUIRE_FALSE(inbox.release());  // a message has come: the owner must look again
  REQUIRE(inbox.take()->number == 2);
  REQUIRE(inbox.release());
  REQUIRE(inbox.unowned());
}

TEST_CASE("command ids: a new id gets a slot, a known one is found, also beyond its group", "[engine][ids]") {
  BlockStore blocks(512ULL << 20);
  BlockCache cache(blocks);
  CommandIds ids(64, blocks);
  WriteSet none(8);
  std::vector<Identity> known;
  for (int number = 0; number < 48; ++number) {
    const Identity identity = identify(IdSpace::order, "order-" + std::to_string(number));
    const CommandIds::Place place = ids.find(none, identity);
    REQUIRE(place.known == 0);
    REQUIRE(place.slot != nullptr);
    const BlockRef block = cache.allocate(sizeof(KnownCommand));
    blocks.at<KnownCommand>(block)->identity = identity;
    place.slot->store(CommandIds::word_after(place.seen, identity, block));
    known.push_back(identity);
  }
  for (const Identity& identity : known) {
    const CommandIds::Place place = ids.find(none, identity);
    REQUIRE(place.known != 0);
    REQUIRE(blocks.at<KnownCommand>(place.known)->identity == identity);
  }
  REQUIRE(identify(IdSpace::order, "same") != identify(IdSpace::receipt, "same"));
}
