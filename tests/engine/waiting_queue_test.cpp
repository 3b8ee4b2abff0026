// The queues of waiting lines against sorted maps, and the form of their trees (engine/queue_nodes.hpp).
#include <catch2/catch.hpp>

#include <array>
#include <map>

#include "engine/waiting_queue.hpp"
#include "tests/model/random_commands.hpp"

namespace {

using namespace earmark;
using namespace earmark::engine;
using Queue = std::map<QueuePlace, Waiter>;

QueuePlace place_of(std::uint64_t lsn, std::uint8_t priority = 100) { return QueuePlace::of(Priority{priority}, Lsn{lsn}, lsn % 7); }
Waiter waiter(std::uint64_t lsn, Quantity quantity = 1, Takes takes = Takes::any) { return {place_of(lsn), static_cast<BlockRef>(lsn), quantity, takes}; }

bool same(const Waiter& one, const Waiter& other) {
  return one.place == other.place && one.order == other.order && one.quantity == other.quantity && one.takes == other.takes;
}
// Whoever is found is whom the map has there.
bool same(const Waiter* found, const Queue& expected, Queue::const_iterator at) {
  return found == nullptr ? at == expected.end() : at != expected.end() && same(*found, at->second);
}
bool able(const Waiter& waiter, std::uint64_t units) {
  return waiter.takes == Takes::any ? units != 0 : waiter.takes == Takes::whole && units >= waiter.quantity;
}

struct Form {
  std::size_t leaves = 0, inner = 0, lines = 0, bytes = 0;
};

// Checks what engine/queue_nodes.hpp promises of a node and of all below it.
QueueSums check_node(const QueueNodes& nodes, const QueueNode& node, unsigned height, bool is_top, Form& form) {
  QueueSums sums;
  const std::size_t parts = height == 0 ? node.sums.lines : node.extent, size = nodes.size_of(node);
  REQUIRE(nodes.height(node.block) == height);
  REQUIRE(parts != 0);
  form.bytes += QueueNodes::block_bytes(size);
  ++(height == 0 ? form.leaves : form.inner);
  const auto room = [&](std::size_t of) { return height == 0 ? QueueNodes::waiters_in(of) : QueueNodes::children_in(of); };
  REQUIRE((height == 0 ? node.extent + parts : parts) <= room(size));
  if (!is_top) REQUIRE(size == QueueNodes::largest);
  if (is_top && size != 0) REQUIRE(parts + (height == 0 ? 0 : 1) > room(size - 1));
  if (height == 0) {
    form.lines += parts;
    for (std::size_t index = 0; index < parts; ++index) sums.add(QueueSums::of(nodes.waiters(node)[index]));
    return sums;
  }
  if (is_top) REQUIRE(parts >= 2);
  for (std::size_t index = 0; index < parts; ++index) {
    const QueueNode& child = nodes.children(node)[index];
    REQUIRE(check_node(nodes, child, height - 1, false, form) == child.sums);
    sums.add(child.sums);
    if (index != 0) REQUIRE_FALSE(nodes.can_merge(nodes.children(node)[index - 1], child, height - 1));
  }
  return sums;
}

Form form_of(const WaitingQueues& queues, WaitingQueues::Root root) {
  Form form;
  if (root == 0) return form;
  const QueueNode top = queues.nodes().top(root);
  const unsigned height = queues.nodes().height(root);
  const QueueSums sums = check_node(queues.nodes(), top, height, true, form);
  if (height != 0) REQUIRE(sums == top.sums);
  return form;
}

// One queue and its map.
struct Twin {
  WaitingQueues::Root root = 0;
  Queue expected;
};

void check_all(const WaitingQueues& queues, const Twin& twin) {
  Ahead ahead;
  auto next = twin.expected.begin();
  queues.for_each(twin.root, [&](const Waiter& waiter) {
    REQUIRE(next != twin.expected.end());
    REQUIRE(same(waiter, next->second));
    const Ahead found = queues.ahead_of(twin.root, waiter.place);
    REQUIRE((found.lines == ahead.lines && found.units == ahead.units));
    ++ahead.lines;
    ahead.units += waiter.quantity;
    ++next;
  });
  REQUIRE(next == twin.expected.end());
  const Ahead all = queues.all(twin.root), behind_all = queues.ahead_of(twin.root, QueuePlace::last());
  REQUIRE((all.lines == ahead.lines && all.units == ahead.units));
  REQUIRE((behind_all.lines == ahead.lines && behind_all.units == ahead.units));
  REQUIRE(form_of(queues, twin.root).lines == ahead.lines);
}

void check_at(const WaitingQueues& queues, const Twin& twin, QueuePlace place, std::uint64_t units) {
  const Queue& expected = twin.expected;
  const auto from = [&](Queue::const_iterator at, const auto& fits) {
    while (at != expected.end() && !fits(at->second)) ++at;
    return at;
  };
  const auto is_able = [units](const Waiter& each) { return able(each, units); };
  const auto is_skippable = [](const Waiter& each) { return can_be_skipped(each.takes); };
  const auto behind = expected.upper_bound(place);
  REQUIRE(same(queues.first(twin.root), expected, expected.begin()));
  REQUIRE(same(queues.after(twin.root, place), expected, behind));
  REQUIRE(same(queues.first_able(twin.root, &place, units), expected, from(behind, is_able)));
  REQUIRE(same(queues.first_able(twin.root, nullptr, units), expected, from(expected.begin(), is_able)));
  REQUIRE(same(queues.first_skippable(twin.root), expected, from(expected.begin(), is_skippable)));
}

// Along the whole queue, for fewer and fewer units; now and then he who was found is asked for again.
void check_walks(model::Random& random, const WaitingQueues& queues, const Twin& twin) {
  const Queue& expected = twin.expected;
  WaitingQueues::Walk able_walk, skippable_walk;
  auto able_at = expected.begin(), skippable_at = expected.begin();
  for (std::uint64_t units = random.below(12); able_at != expected.end(); units -= units > 0 && random.below(20) == 0 ? 1U : 0U) {
    while (able_at != expected.end() && !able(able_at->second, units)) ++able_at;
    REQUIRE(same(queues.walk_to_able(twin.root, able_walk, units), expected, able_at));
    if (able_at != expected.end() && random.chance(80)) able_walk.pass(), ++able_at;
  }
  while (skippable_at != expected.end()) {
    while (skippable_at != expected.end() && !can_be_skipped(skippable_at->second.takes)) ++skippable_at;
    REQUIRE(same(queues.walk_to_skippable(twin.root, skippable_walk), expected, skippable_at));
    if (skippable_at != expected.end() && random.chance(80)) skippable_walk.pass(), ++skippable_at;
  }
  REQUIRE(queues.walk_to_able(twin.root, able_walk, 0) == nullptr);
  REQUIRE(queues.walk_to_skippable(twin.root, skippable_walk) == nullptr);
}

Takes any_takes(model::Random& random, std::uint64_t rarely_other) {
  return random.below(rarely_other) != 0 ? Takes::any : static_cast<Takes>(random.below(4));
}

void change_one(model::Random& random, WaitingQueues& queues, Twin& twin, Queue::iterator at) {
  const QueuePlace place = at->first;
  Waiter& known = at->second;
  if (random.chance(25)) return queues.set_takes(twin.root, place, known.takes = any_takes(random, 2));
  if (random.chance(25)) {
    known.quantity += 3;
    return queues.add(twin.root, {place, 0, 3, Takes::later});
  }
  const auto by = random.chance(70) ? known.quantity : static_cast<Quantity>(random.between(1, known.quantity));
  queues.reduce(twin.root, place, by);
  if ((known.quantity -= by) == 0) twin.expected.erase(at);
}

// Many at once, as a receipt does: most of them at the head, most of them with all that they wait for.
void reduce_many(model::Random& random, WaitingQueues& queues, Twin& twin, Queue::iterator at) {
  std::vector<WaitingQueues::Reduction> all;
  const std::uint64_t most = random.chance(50) ? 400 : 30, each = random.chance(50) ? 100 : random.below(100);
  while (at != twin.expected.end() && all.size() < most) {
    const auto next = std::next(at);
    if (random.chance(each)) {
      const auto by = random.chance(80) ? at->second.quantity : static_cast<Quantity>(random.between(1, at->second.quantity));
      all.push_back({at->first, by});
      if ((at->second.quantity -= by) == 0) twin.expected.erase(at);
    }
    at = next;
  }
  queues.reduce(twin.root, all);
}

}  // namespace

TEST_CASE("waiting queue: who come one behind the other leave full nodes", "[engine][queue]") {
  WaitingQueues queues(200'000);
  WaitingQueues::Root root = 0;
  for (std::uint64_t lsn = 1; lsn <= 100'000; ++lsn) queues.insert(root, waiter(lsn));
  const Form form = form_of(queues, root);
  CHECK(form.leaves == (100'000 + 20) / 21);
  CHECK(form.bytes < 27 * 100'000);
  // Priorities that are mixed, each in its order: the same but for one node where one ends.
  WaitingQueues::Root mixed = 0;
  for (std::uint64_t lsn = 1; lsn <= 90'000; ++lsn) {
    queues.insert(mixed, {place_of(lsn, static_cast<std::uint8_t>(lsn % 3)), 1, 1, Takes::any});
  }
  CHECK(form_of(queues, mixed).bytes < 27 * 90'000);
}

TEST_CASE("waiting queue: short queues take no more than they need", "[engine][queue]") {
  // Bytes of a queue of so many: one block that doubles, then a node above two or more leaves.
  const std::map<std::uint64_t, std::size_t> bytes_of = {{1, 32}, {2, 64}, {3, 128}, {5, 128}, {6, 256}, {10, 256}, {11, 512}, {21, 512}, {22, 1'152}, {63, 1'792}, {315, 8'192}};
  for (const auto& [lines, bytes] : bytes_of) {
    CAPTURE(lines);
    WaitingQueues queues(1'000);
    WaitingQueues::Root root = 0;
    for (std::uint64_t lsn = 1; lsn <= lines; ++lsn) queues.insert(root, waiter(lsn));
    CHECK(form_of(queues, root).bytes == bytes);
    CHECK(queues.all(root).lines == lines);
  }
}

TEST_CASE("waiting queue: nodes are split and become one at their borders", "[engine][queue]") {
  WaitingQueues queues(10'000);
  WaitingQueues::Root root = 0;
  const auto leaves = [&] { return form_of(queues, root).leaves; };
  const auto reduce = [&](std::uint64_t lsn) { queues.reduce(root, place_of(lsn), 1); };
  for (std::uint64_t lsn = 10; lsn <= 210; lsn += 10) queues.insert(root, waiter(lsn));
  REQUIRE(leaves() == 1);
  SECTION("behind all others") {
    queues.insert(root, waiter(220));  // 21, 1
    REQUIRE(leaves() == 2);
    for (std::uint64_t lsn = 10; lsn < 60; lsn += 10) reduce(lsn);
    REQUIRE(leaves() == 2);  // 16, 1
    reduce(100);
    REQUIRE(leaves() == 1);
    REQUIRE(queues.all(root).lines == 16);
    REQUIRE(queues.ahead_of(root, place_of(220)).lines == 15);
  }
  SECTION("before all others") {
    queues.insert(root, waiter(9));  // 1, 21
    REQUIRE(leaves() == 2);
    REQUIRE(queues.first(root)->place == place_of(9));
    for (std::uint64_t lsn = 8; lsn >= 1; --lsn) queues.insert(root, waiter(lsn));
    REQUIRE(leaves() == 2);
    for (std::uint64_t lsn = 1; lsn <= 9; ++lsn) reduce(lsn);  // the last of a leaf
    REQUIRE(leaves() == 1);
    REQUIRE(queues.first(root)->place == place_of(10));
  }
  SECTION("between") {
    for (std::uint64_t lsn = 51; lsn <= 59; ++lsn) queues.insert(root, waiter(lsn));
    REQUIRE(leaves() == 2);
    REQUIRE(queues.ahead_of(root, place_of(59)).lines == 13);
    REQUIRE(queues.after(root, place_of(59))->place == place_of(60));
  }
  SECTION("everybody leaves from the head, and comes back") {
    for (int round = 0; round < 3; ++round) {
      for (std::uint64_t lsn = 220; lsn <= 50'000; lsn += 10) queues.insert(root, waiter(lsn));
      REQUIRE(leaves() == 239);
      while (queues.all(root).lines > 21) queues.reduce(root, queues.first(root)->place, 1);
      while (const Waiter* last = queues.first(root)) queues.reduce(root, last->place, 1);
      REQUIRE(root == 0);
      for (std::uint64_t lsn = 10; lsn <= 210; lsn += 10) queues.insert(root, waiter(lsn));
    }
  }
}

TEST_CASE("waiting queue: one who came before the first of a node is found when that has become one with its neighbour", "[engine][queue]") {
  WaitingQueues queues(1'000);
  WaitingQueues::Root root = 0;
  const auto reduce = [&](std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t lsn = first; lsn <= last; ++lsn) queues.reduce(root, place_of(lsn), 1);
  };
  for (std::uint64_t lsn = 1; lsn <= 630; ++lsn) queues.insert(root, waiter(lsn));
  REQUIRE(form_of(queues, root).inner == 3);  // two of 15 leaves, and the topmost one
  reduce(316, 336);                           // the first leaf of the second: what is there now begins at 337
  queues.insert(root, waiter(320));
  reduce(22, 315);
  reduce(400, 630);
  REQUIRE(form_of(queues, root).inner == 1);
  REQUIRE(queues.first_able(root, nullptr, 1)->place == place_of(1));
  REQUIRE(queues.ahead_of(root, place_of(320)).lines == 21);
  REQUIRE(queues.ahead_of(root, place_of(321)).lines == 22);
  reduce(320, 320);
}

// Each size of block is used by as many as can be, one after the other; and none that is free becomes one of another size.
TEST_CASE("waiting queue: there is room for as many as said, however they are spread", "[engine][queue]") {
  constexpr std::size_t most = 6'600;
  WaitingQueues queues(most);
  for (const std::uint64_t lines : {1U, 2U, 3U, 6U, 11U, 22U}) {
    std::vector<WaitingQueues::Root> roots(most / lines);
    for (std::uint64_t lsn = 1; lsn <= lines; ++lsn) {
      for (WaitingQueues::Root& root : roots) queues.insert(root, waiter(lsn));
    }
    REQUIRE_FALSE(queues.has_room(1));
    for (WaitingQueues::Root& root : roots) {
      for (std::uint64_t lsn = 1; lsn <= lines; ++lsn) queues.reduce(root, place_of(lsn), 1);
      REQUIRE(root == 0);
    }
  }
  // Leaves as empty as they may be: 16 and 1 by turns.
  std::vector<WaitingQueues::Root> roots;
  std::size_t waiting = 0, leaves = 0;
  while (queues.has_room(210)) {
    WaitingQueues::Root& root = roots.emplace_back();
    for (std::uint64_t lsn = 1; lsn <= 210; ++lsn) queues.insert(root, waiter(lsn));
    for (std::uint64_t lsn = 1; lsn <= 210; ++lsn) {
      const std::uint64_t leaf = (lsn - 1) / 21, slot = (lsn - 1) % 21;
      if (slot >= (leaf % 2 == 0 ? 16 : 1)) queues.reduce(root, place_of(lsn), 1);
    }
    waiting += queues.all(root).lines;
    leaves += form_of(queues, root).leaves;
  }
  CHECK(waiting / leaves < 9);
  REQUIRE(queues.has_room(most - waiting));
  WaitingQueues::Root rest = 0;
  for (std::uint64_t lsn = 1; lsn <= most - waiting; ++lsn) queues.insert(rest, waiter(lsn));
  CHECK(queues.nodes().bytes_taken() < 260 * most);
}

TEST_CASE("waiting queue: many at once stand where one by one they would", "[engine][queue]") {
  const std::uint64_t seed = GENERATE(range(1U, 9U));
  CAPTURE(seed);
  model::Random random(seed);
  WaitingQueues queues(20'000);
  Twin twin;
  const std::uint64_t most = std::array{2U, 5U, 20U, 60U, 500U}[seed % 5];
  std::uint64_t lsn = 0;
  for (int round = 0; round < 1'500 && twin.expected.size() < 8'000; ++round) {
    Queue run;
    // Behind all, or between those who are there already, and of priorities before and behind them.
    const bool behind_all = random.chance(60);
    std::uint64_t ordered = behind_all ? lsn : random.below(lsn + 1);
    for (std::uint64_t count = random.between(1, most); count != 0; --count) {
      ordered += random.between(1, 4);
      const QueuePlace place = place_of(ordered, random.chance(behind_all ? 95 : 70) ? 100 : static_cast<std::uint8_t>(random.between(98, 102)));
      if (!twin.expected.contains(place)) run.emplace(place, Waiter{place, static_cast<BlockRef>(ordered), static_cast<Quantity>(random.between(1, 9)), any_takes(random, 9)});
    }
    if (behind_all) lsn = ordered;
    std::vector<Waiter> all;
    for (const auto& [place, one] : run) all.push_back(one);
    queues.insert(twin.root, all);
    twin.expected.merge(run);
    if (random.below(100) == 0) check_all(queues, twin);
    if (twin.expected.size() > 100 && random.chance(2)) reduce_many(random, queues, twin, twin.expected.begin());
  }
  check_all(queues, twin);
  check_walks(random, queues, twin);
  REQUIRE(queues.has_room(20'000 - twin.expected.size()));
  REQUIRE_FALSE(queues.has_room(20'001 - twin.expected.size()));
}

TEST_CASE("waiting queue: many queues do as sorted maps do, to the last place", "[engine][queue]") {
  const std::uint64_t seed = GENERATE(range(1U, 9U));
  CAPTURE(seed);
  model::Random random(seed);
  // Few long queues to many short ones; of some nearly everybody takes whatever is there.
  const std::uint64_t count = std::array{1U, 2U, 5U, 20U, 60U, 200U, 700U, 1500U}[seed - 1], rarely_other = seed % 2 == 0 ? 3 : 200;
  constexpr std::size_t capacity = 3'000;
  WaitingQueues queues(capacity);
  std::vector<Twin> twins(count);
  std::size_t waiting = 0;
  std::uint64_t lsn = 0;
  bool was_full = false;
  for (std::size_t phase = 0; phase < 12; ++phase) {
    const std::uint64_t grows = std::array{90U, 55U, 20U, 50U, 95U, 5U}[phase % 6], at_head = std::array{0U, 90U, 30U}[phase % 3];
    for (int step = 0; step < 2'500; ++step) {
      Twin& twin = twins[random.below(count)];
      REQUIRE(queues.has_room(capacity - waiting));
      REQUIRE_FALSE(queues.has_room(capacity - waiting + 1));
      waiting -= twin.expected.size();
      if (random.chance(grows)) {
        was_full = was_full || !queues.has_room(1);
        const std::uint64_t ordered = random.chance(70) ? ++lsn : 1 + random.below(lsn + 1);
        const QueuePlace place = place_of(ordered, random.chance(80) ? 100 : static_cast<std::uint8_t>(random.below(5)));
        const Waiter one{place, static_cast<BlockRef>(ordered), static_cast<Quantity>(random.between(1, 9)), any_takes(random, rarely_other)};
        const auto known = twin.expected.find(place);
        if (known != twin.expected.end()) {
          queues.add(twin.root, one);
          known->second.quantity += one.quantity;
        } else if (queues.has_room(1)) {
          if (random.chance(90)) queues.insert(twin.root, one);
          else queues.add(twin.root, one);
          twin.expected.emplace(place, one);
        }
      } else if (!twin.expected.empty()) {
        const auto behind = twin.expected.lower_bound(place_of(random.below(lsn + 1)));
        const auto at = random.chance(at_head) || behind == twin.expected.end() ? twin.expected.begin() : behind;
        if (phase > 4 && step % 100 < 3) {  // so many at once that the queues are full before only
          reduce_many(random, queues, twin, at);
          check_all(queues, twin);
        } else {
          change_one(random, queues, twin, at);
        }
      }
      waiting += twin.expected.size();
      check_at(queues, twin, place_of(random.below(lsn + 2)), random.below(10));
      if (step % 25 == 0) check_walks(random, queues, twin);
    }
    for (const Twin& twin : twins) check_all(queues, twin);
  }
  CHECK(was_full);
  for (Twin& twin : twins) {
    for (const auto& [place, known] : twin.expected) queues.reduce(twin.root, place, known.quantity);
    REQUIRE(twin.root == 0);
  }
  REQUIRE(queues.has_room(capacity));
  REQUIRE_FALSE(queues.has_room(capacity + 1));
}
