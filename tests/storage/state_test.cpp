#include <catch2/catch.hpp>

#include <algorithm>

#include "storage/offline_state.hpp"
#include "storage/recovery.hpp"
#include "tests/storage/history.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/random_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::IdSpace;
using engine::identify;
using engine::Lsn;

struct Seen final : StateVisitor {
  std::vector<std::string> codes;
  std::vector<engine::CellImage> cells;
  std::vector<Lsn> open;
  std::vector<engine::KnownImage> ids;

  void catalogue(const engine::LoadDecision& part) override {
    for (const auto& each : part.warehouses) codes.push_back(std::string(each.code) + "/" + std::string(each.name) + "/" + std::to_string(each.priority));
    for (const auto& each : part.products) codes.push_back(std::string(each.code) + "/" + std::string(each.description));
  }
  void cell(const engine::CellImage& cell) override { cells.push_back(cell); }
  void open_order(const engine::OrderImage& order) override { open.push_back(order.lsn); }
  void known(const engine::KnownImage& known) override { ids.push_back(known); }
};

TEST_CASE("state: a small history by hand", "[storage][state]") {
  const test::TemporaryDirectory directory;
  const auto journal = test::journal_of(test::small_history(), 10);
  const auto state = test::open_state(directory.path());
  const auto folded = state->fold(*journal, test::to_the_end, 1000);
  REQUIRE(folded.has_value());
  CHECK(folded->from == Lsn{1});
  CHECK(folded->applied == Lsn{10});
  CHECK(folded->records == 10);
  REQUIRE(folded->closed.size() == 2);
  CHECK(folded->closed[0].identity == identify(IdSpace::order, "O2"));
  CHECK(folded->closed[0].closed == Lsn{3});
  CHECK(folded->closed[1].identity == identify(IdSpace::order, "O1"));
  CHECK(folded->closed[1].closed == Lsn{7});
  const StateSummary summary = state->summary();
  CHECK(summary.applied == Lsn{10});
  CHECK(summary.last_time.value == 10'000);
  CHECK(summary.oldest_known == Lsn{1});
  CHECK(summary.known_commands == 6);
  CHECK(summary.open_orders == 1);
  CHECK(summary.closed_orders == 2);
  CHECK(summary.complete);

  Seen seen;
  REQUIRE(state->read(seen).has_value());
  CHECK(seen.codes == std::vector<std::string>{"A/Alpha/1", "B/Beta/2", "nail/a nail", "screw/"});
  REQUIRE(seen.cells.size() == 4);  // nail A, nail B, screw A, screw B
  CHECK(seen.cells[0].on_hand == 0);
  CHECK(seen.cells[0].opening_plus_one == 6);
  CHECK(seen.cells[0].lsn == Lsn{7});
  CHECK(seen.cells[2].on_hand == 3);
  CHECK(seen.cells[2].level == 1);
  CHECK(seen.cells[2].lsn == Lsn{9});
  CHECK(seen.cells[3].opening_plus_one == 0);
  CHECK(seen.open == std::vector<Lsn>{Lsn{8}});
  REQUIRE(seen.ids.size() == 5);  // all but O3
  CHECK(seen.ids[0].lsn == Lsn{2});
  CHECK(seen.ids[0].closed == Lsn{7});
  CHECK(seen.ids[0].content == 101);
  CHECK(seen.ids[2].space == IdSpace::receipt);
  CHECK(seen.ids[2].closed == Lsn{});
}

TEST_CASE("state: orders are found, open and closed", "[storage][state]") {
  const test::TemporaryDirectory directory;
  const auto state = test::open_state(directory.path());
  REQUIRE(state->fold(*test::journal_of(test::small_history(), 10), test::to_the_end, 4).has_value());  // before the ship
  engine::OrderImage image;
  CHECK(state->newest(identify(IdSpace::order, "O1")).value() == Lsn{2});
  CHECK(state->newest(identify(IdSpace::order, "O9")).value() == Lsn{});
  CHECK_FALSE(state->find(Lsn{4}, image).value());
  REQUIRE(state->find(Lsn{2}, image).value());
  CHECK(image.id == "O1");
  CHECK(image.status == engine::OrderStatus::split);
  CHECK(image.time.value == 2000);
  CHECK(image.next_shipment == 3);
  REQUIRE(image.lines.size() == 2);
  CHECK(image.lines[1].waiting == 0);
  CHECK(image.lines[0].allocations == 2);
  REQUIRE(image.lines[1].allocations == 2);  // one of the decision, and the fill from B
  CHECK(image.allocations[2].reserved == 2);
  CHECK(image.allocations[3].warehouse == engine::WarehouseId{2});
  REQUIRE(state->fold(*test::journal_of(test::small_history(), 10), test::to_the_end, 1000).has_value());
  REQUIRE(state->find(Lsn{2}, image).value());
  CHECK(image.allocations[2].shipped == 2);
  CHECK(image.allocations[2].reserved == 0);
}

TEST_CASE("state: texts, times and large orders survive", "[storage][state]") {
  const test::TemporaryDirectory directory;
  std::vector<engine::LineDecision> lines(4096);
  for (std::uint32_t index = 0; index < lines.size(); ++index) {
    lines[index].line = engine::LineNumber{index + 1};
    lines[index].sku = engine::SkuId{1};
    lines[index].quantity = lines[index].backordered = 1;
  }
  engine::OrderDecision order;
  order.id = std::string_view("0123456789012345678901234567890123456789012345678901234567890123");
  order.lines = lines;
  order.texts = {"customer", "", "ship to", "", "reference", "notes"};
  order.need_by = engine::TimeUs{77};
  order.cancel_after = engine::TimeUs{-5};
  order.sourcing = engine::Sourcing::fewest_splits;
  test::Records records;
  records.add(order);
  const auto state = test::open_state(directory.path());
  REQUIRE(state->fold(*test::journal_of(records, 1), test::to_the_end, 1000).has_value());
  engine::OrderImage image;
  REQUIRE(state->find(Lsn{1}, image).value());
  CHECK(image.id == order.id);
  CHECK(image.texts.customer == "customer");
  CHECK(image.texts.channel.empty());
  CHECK(image.texts.ship_to == "ship to");
  CHECK(image.texts.notes == "notes");
  CHECK(image.need_by.value == 77);
  CHECK(image.cancel_after.value == -5);
  CHECK(image.placed_at.value == 0);
  CHECK(image.sourcing == engine::Sourcing::fewest_splits);
  CHECK(image.lines.size() == 4096);
  CHECK(image.lines[4095].waiting == 1);
  CHECK(image.next_shipment == 1);
}

TEST_CASE("state: a fold never stands between a command and its last fill", "[storage][state]") {
  const auto records = test::small_history();  // LSN 4 is a receipt, 5 and 6 its fills
  const auto until = GENERATE(1U, 2U, 3U, 4U, 5U, 6U, 7U, 10U);
  const test::TemporaryDirectory directory;
  const auto journal = test::journal_of(records, 10);
  const auto state = test::open_state(directory.path());
  const std::uint64_t expected = until == 4 || until == 5 ? 3 : until;
  const auto folded = state->fold(*journal, Lsn{until}, 1000);
  REQUIRE(folded.has_value());
  CHECK(folded->applied == Lsn{expected});
  CHECK(folded->records == expected);
  CHECK(state->summary().complete == (until == 10));
  if (expected == 3) {
    const auto nothing = state->fold(*journal, Lsn{until}, 1000);
    REQUIRE(nothing.has_value());
    CHECK(nothing->applied < nothing->from);
  }
  // A batch that is full in the middle of a command goes on to the command's end.
  const test::TemporaryDirectory other;
  const auto second = test::open_state(other.path());
  CHECK(second->fold(*journal, test::to_the_end, until).value().applied == Lsn{until == 4 || until == 5 ? 6U : until});

  // A journal that ends there: the state has all that it may have, and counts as complete.
  const test::TemporaryDirectory third;
  const auto cut = test::open_state(third.path());
  CHECK(cut->fold(*test::journal_of(records, until), test::to_the_end, 1000).value().applied == Lsn{expected});
  CHECK(cut->summary().complete);
}

TEST_CASE("state: follows random histories step by step, reopened after each", "[storage][state]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 13));
  const std::size_t voids = seed % 3 == 0 ? 0 : seed % 3 == 1 ? 4 : 25;
  CAPTURE(seed, voids);
  model::Random random(seed * 77);
  test::RandomHistory history(seed, voids, seed % 2 == 0);
  const test::TemporaryDirectory directory;
  auto journal = std::make_unique<MemoryJournal>(test::state_identity);
  OfflineState offline;
  std::size_t closed = 0, steps = 0;
  while (history.records().size() < 1500) {
    history.grow(history.records().size() + random.between(1, 120));
    history.append_to(*journal, 30);
    const auto state = test::open_state(directory.path());
    const std::size_t most = random.chance(50) ? random.between(1, 40) : 1000;
    while (state->summary().applied < journal->last()) {
      const auto folded = state->fold(*journal, test::to_the_end, most);
      if (!folded) FAIL(folded.error().text);
      REQUIRE(folded->applied >= folded->from);
      closed += folded->closed.size();
      ++steps;
      const Lsn applied = folded->applied;
      REQUIRE(replay(*journal, [&](const schema::Event& event) { offline.apply(event); }, {folded->from, applied}).has_value());
      REQUIRE(offline.problem().empty());
      const auto& expected = history.digest_at(applied);
      REQUIRE(expected.has_value());
      REQUIRE(offline.digest() == *expected);
      REQUIRE(test::digest_of(*state) == *expected);
    }
    const StateSummary summary = state->summary();
    REQUIRE(summary.closed_orders == closed);
    REQUIRE(summary.oldest_known == history.last_void().oldest_known);
    REQUIRE(summary.archived == history.last_void().archived);
  }
  CHECK(steps > 12);
  CHECK(closed > 0);
}

TEST_CASE("state: what a random history left is found by LSN and id", "[storage][state]") {
  const std::uint64_t seed = GENERATE(21U, 22U);
  test::RandomHistory history(seed, 5);
  history.grow(3000);
  const test::TemporaryDirectory directory;
  MemoryJournal journal(test::state_identity);
  history.append_to(journal, 50);
  const auto state = test::open_state(directory.path());
  while (state->summary().applied < journal.last()) REQUIRE(state->fold(journal, test::to_the_end, 500).has_value());
  const model::State& twin = history.twin().state();
  REQUIRE(twin.orders.size() == state->summary().open_orders + state->summary().closed_orders);
  for (const auto& [lsn, order] : twin.orders) {
    engine::OrderImage image;
    REQUIRE(state->find(lsn, image).value());
    REQUIRE(image.id == order.id);
    REQUIRE(image.lines.size() == order.lines.size());
    for (std::size_t index = 0; index < order.lines.size(); ++index) REQUIRE(image.lines[index].waiting == order.lines[index].waiting);
  }
  for (const auto& [id, lsn] : twin.order_ids) REQUIRE(state->newest(identify(IdSpace::order, id)).value() == lsn);

  // Known ids: exactly the twin's, whatever the range.
  std::map<Lsn, std::pair<IdSpace, std::string>> expected;
  for (const auto& [key, known] : twin.known) expected.emplace(known.first.stamp.lsn, key);
  const auto known = state->known_ids(Lsn{1}, test::to_the_end, ~std::size_t{0}).value();
  REQUIRE(known.size() == expected.size());
  auto next = expected.begin();
  for (const engine::KnownImage& each : known) {
    REQUIRE(each.lsn == next->first);
    REQUIRE(each.identity == identify(next->second.first, next->second.second));
    REQUIRE(each.space == next->second.first);
    const Lsn twin_closed = each.space == IdSpace::order ? twin.orders.at(each.lsn).closed : Lsn{};
    REQUIRE(each.closed == twin_closed);
    ++next;
  }
  model::Random random(seed);
  for (int round = 0; round < 100; ++round) {
    const Lsn from{random.between(1, 3000)}, before{random.between(from.value, 3100)};
    const std::size_t most = random.between(1, 400);
    const auto part = state->known_ids(from, before, most).value();
    const auto first = expected.lower_bound(from), last = expected.lower_bound(before);
    REQUIRE(part.size() == std::min<std::size_t>(most, static_cast<std::size_t>(std::distance(first, last))));
    auto at = first;
    for (const engine::KnownImage& each : part) REQUIRE(each.lsn == (at++)->first);
  }
  const auto closed_known = state->closed_known().value();
  for (const ClosedOrder& each : closed_known) {
    const auto lsn = state->newest(each.identity).value();
    CHECK(lsn < state->summary().oldest_known);
    CHECK(twin.orders.at(lsn).closed == each.closed);
  }
}

TEST_CASE("state: the horizon is counted in commands", "[storage][state]") {
  const test::TemporaryDirectory directory;
  const auto state = test::open_state(directory.path());
  REQUIRE(state->fold(*test::journal_of(test::small_history(), 10), test::to_the_end, 1000).has_value());
  // Commands: 2, 3, 4, 7, 8, 9.
  const std::uint64_t expected[] = {9, 8, 7, 4, 3, 2, 0, 0};
  for (std::uint64_t newer = 0; newer < std::size(expected); ++newer) CHECK(state->horizon(newer).value() == Lsn{expected[newer]});
}

TEST_CASE("state: an id that was forgotten names the newer order", "[storage][state]") {
  test::Records records;
  const engine::ReceivedRow rows[] = {{engine::SkuId{1}, engine::WarehouseId{1}, 0, 9, 9}};
  records.add(engine::ReceiptDecision{"R1", 1, false, rows});
  engine::LineDecision line{engine::LineNumber{1}, engine::SkuId{1}, 1, 0, 1, 8, engine::WarehouseId{1}, 1, 0, {}};
  engine::OrderDecision order;
  order.id = "X";
  order.lines = {&line, 1};
  const Lsn first = records.add(order);
  const engine::ShippedLine shipped{engine::LineNumber{1}, engine::SkuId{1}, 1};
  engine::Take take{1, 8, engine::WarehouseId{1}, 1};
  const Lsn closing = records.add(engine::ShipDecision{"S1", "X", 2, {&shipped, 1}, {&take, 1}});
  records.add(engine::VoidDecision{Lsn{3}, Lsn{1}});  // not yet: it was closed after `archived`
  const std::size_t before = records.size();
  records.add(engine::VoidDecision{Lsn{3}, closing});
  line.available_after = take.available_after = 7;
  const Lsn second = records.add(order);
  const std::size_t reused = records.size();
  records.add(engine::ShipDecision{"S2", "X", 3, {&shipped, 1}, {&take, 1}});

  const test::TemporaryDirectory directory;
  const auto state = test::open_state(directory.path());
  const auto journal = test::journal_of(records, records.size());
  const engine::Identity x = identify(IdSpace::order, "X");
  REQUIRE(state->fold(*journal, Lsn{before}, 1000).has_value());
  REQUIRE(state->closed_known().value().size() == 1);
  CHECK(state->closed_known().value()[0].closed == closing);
  REQUIRE(state->known_ids(Lsn{1}, Lsn{3}, 10).value().size() == 1);
  CHECK(state->known_ids(Lsn{1}, Lsn{3}, 10).value()[0].lsn == first);
  REQUIRE(state->fold(*journal, Lsn{reused}, 1000).has_value());
  CHECK(state->closed_known().value().empty());
  CHECK(state->newest(x).value() == second);
  REQUIRE(state->fold(*journal, test::to_the_end, 1000).has_value());
  engine::OrderImage image;
  REQUIRE(state->find(first, image).value());
  CHECK(image.allocations[0].shipped == 1);
  REQUIRE(state->find(second, image).value());
  CHECK(image.allocations[0].shipped == 1);
}

namespace {

// The record of `lsn` and those of its fills.
std::vector<std::byte> with_fills(const Journal& journal, Lsn lsn, std::vector<std::uint64_t>& buffer) {
  std::vector<std::byte> all;
  schema::EventDecoder decoder;
  const auto reader = journal.reader();
  REQUIRE(reader->seek(lsn).has_value());
  for (bool more = true; more;) {
    Lsn first, last;
    const auto bytes = reader->read(std::as_writable_bytes(std::span(buffer)), journal.last(), first, last).value();
    for (auto rest = std::as_bytes(std::span(buffer)).first(bytes); !rest.empty() && more;) {
      std::size_t consumed = 0;
      const schema::Event event = *decoder.decode(rest, consumed);
      if (schema::cause_of(event) == lsn) {
        all.insert(all.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(consumed));
        more = schema::more_follow(event);
      }
      rest = rest.subspan(consumed);
    }
  }
  return all;
}

}  // namespace

TEST_CASE("state: decisions of open orders outlive the journal, with their fills", "[storage][state]") {
  test::RandomHistory history(31, 6);
  const auto lines = [](engine::WireQuantity units) {
    return std::vector<engine::OrderLine>{{.quantity = units, .sku = engine::SkuId{1}, .line = engine::LineNumber{1}}};
  };
  history.decide(model::LoadCommand{{{"W1", "", 1}}, {{"SKU-1", ""}}, {{5, 0, 0}}});
  history.decide(model::HoldCommand{.id = "held", .ttl_us = 86'400'000'000, .lines = lines(3)});
  history.decide(model::OrderCommand{.id = "waits", .texts = {}, .lines = lines(4)});
  history.decide(model::ConfirmCommand{.hold_id = "held", .order = {.id = "confirmed", .texts = {}, .lines = lines(1)}});  // serves who waits
  REQUIRE(history.records().size() == 5);
  history.grow(1200);
  MemoryJournal journal(test::state_identity);
  history.append_to(journal, 20);
  const test::TemporaryDirectory directory;
  auto state = test::open_state(directory.path());
  std::vector<std::uint64_t> buffer(max_record_bytes / 8);
  std::size_t caused = 0;
  for (const std::uint64_t until : {300U, 600U, 900U, 1200U}) {
    REQUIRE(state->fold(journal, Lsn{until}, 5000).has_value());
    const Lsn oldest = std::min(state->summary().oldest_known, state->summary().applied + 1);
    REQUIRE(state->keep_decisions(journal, oldest).has_value());
    state.reset();
    state = test::open_state(directory.path());
    std::size_t kept = 0;
    for (std::uint64_t lsn = 1; lsn < oldest.value; ++lsn) {
      const auto record = state->decision(Lsn{lsn}).value();
      const bool known = !state->known_ids(Lsn{lsn}, Lsn{lsn + 1}, 1).value().empty();
      REQUIRE(record.empty() == !known);
      if (!known) continue;
      ++kept;
      INFO("I5: a repeat is told the decision as first made, with all its fills");
      REQUIRE(record == with_fills(journal, Lsn{lsn}, buffer));
      std::size_t consumed = 0;
      caused += schema::fills_follow(schema::EventDecoder().decode_trusted(record, consumed).decision) ? 1U : 0U;
    }
    CHECK(kept > 0);
  }
  CHECK(caused > 0);
}

TEST_CASE("state: a record that contradicts the state is refused and nothing is written", "[storage][state]") {
  test::Records records;
  const engine::ReceivedRow rows[] = {{engine::SkuId{1}, engine::WarehouseId{1}, 0, 2, 2}};
  records.add(engine::ReceiptDecision{"R1", 1, false, rows});
  engine::LineDecision line{engine::LineNumber{1}, engine::SkuId{1}, 3, 0, 3, 0, engine::WarehouseId{1}, 1, 0, {}};
  const engine::CancelledLine row{engine::LineNumber{1}, engine::SkuId{1}, 1, 0, 0};
  const engine::ShippedLine shipped{engine::LineNumber{1}, engine::SkuId{1}, 1};
  const engine::Take take{1, 2, engine::WarehouseId{1}, 1};
  engine::OrderDecision order;
  order.id = "O1";
  order.lines = {&line, 1};
  std::string expected;
  SECTION("more taken than is there") { records.add(order), expected = "takes more than is available"; }
  SECTION("another quantity left than it says") {
    line.quantity = line.taken = 1;
    line.available_after = 7;
    records.add(order), expected = "it leaves 7";
  }
  SECTION("a fill of nobody") {
    records.add(engine::FillDecision{"O9", Lsn{1}, engine::LineNumber{1}, engine::SkuId{1}, 0, 0, true, {}}, Lsn{1});
    expected = "does not wait";
  }
  SECTION("a cancel of nothing") {
    records.add(engine::CancelDecision{"C1", "O9", 1, false, false, {&row, 1}, {}}), expected = "cancels what is not there";
  }
  SECTION("a ship of nothing") {
    records.add(engine::ShipDecision{"S1", "O9", 1, {&shipped, 1}, {&take, 1}}), expected = "ships what is not there";
  }
  SECTION("a second order with a known id") {
    line.quantity = line.taken = 1;
    line.available_after = 1;
    records.add(order);
    records.add(order), expected = "its id is known";
  }
  SECTION("an older horizon") {
    records.add(engine::VoidDecision{Lsn{2}, Lsn{1}});
    records.add(engine::VoidDecision{Lsn{1}, Lsn{1}}), expected = "knows ids again";
  }
  const test::TemporaryDirectory directory;
  const auto state = test::open_state(directory.path());
  const auto folded = state->fold(*test::journal_of(records, records.size()), test::to_the_end, 1000);
  REQUIRE_FALSE(folded.has_value());
  CHECK(folded.error().kind == FailureKind::damaged);
  CHECK_THAT(folded.error().text, Catch::Contains("LSN " + std::to_string(records.size())) && Catch::Contains(expected));
  CHECK(state->summary().applied == Lsn{0});
  CHECK(state->fold(*test::journal_of(records, 1), test::to_the_end, 1000).value().applied == Lsn{1});
}

}  // namespace
