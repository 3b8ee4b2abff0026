// Records that contradict the ones before them: the offline state and the state store, which share no code, refuse the same ones
// in the same words. The store does so whether it finds what is contradicted in the same fold or in its tables, and writes nothing.
#include <catch2/catch.hpp>

#include "engine/check.hpp"
#include "engine/limits.hpp"
#include "storage/offline_state.hpp"
#include "storage/recovery.hpp"
#include "tests/storage/contradiction.hpp"
#include "tests/storage/history.hpp"
#include "tests/storage/open_state.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::LineNumber;
using engine::Lsn;
using engine::Take;

constexpr engine::SkuId nail{1}, screw{2};
constexpr engine::WarehouseId a{1}, b{2};

// Behind the first 8 records of the small history: nail 1 in B; screw none available, 3 on hand in A, all of them reserved for
// O3 (LSN 8, line 1), which waits for 2 more. Behind all 10: O3 has 2 reserved, nothing waits, 1 screw is available in A.
struct Contradiction {
  const char* name;
  std::size_t behind;
  const char* expected;
  void (*add)(test::Records& records);
};

template <std::size_t lines, std::size_t takes>
void order(test::Records& records, const engine::LineDecision (&decided)[lines], const Take (&more)[takes]) {
  engine::OrderDecision decision;
  decision.id = "O9";
  decision.lines = decided;
  decision.takes = std::span(more).first(decided[0].more_takes);
  records.add(decision);
}

void fill(test::Records& records, Lsn lsn, LineNumber line, engine::SkuId sku, engine::Quantity still_waiting, std::span<const Take> takes) {
  records.add(engine::FillDecision{"O3", lsn, line, sku, 0, still_waiting, true, takes}, Lsn{4});
}

void cancel(test::Records& records, const char* id, const engine::CancelledLine& row, std::span<const Take> released) {
  records.add(engine::CancelDecision{"C9", id, 1, false, false, {&row, 1}, released});
}

void ship(test::Records& records, const char* id, LineNumber line, std::span<const Take> shipped) {
  const engine::ShippedLine row{line, screw, static_cast<std::uint32_t>(shipped.size())};
  records.add(engine::ShipDecision{"S9", id, 1, {&row, 1}, shipped});
}

void receive(test::Records& records, const engine::ReceivedRow& row) { records.add(engine::ReceiptDecision{"R9", 1, false, {&row, 1}}); }

void change(test::Records& records, const engine::ChangedRow& row, std::span<const engine::LostUnits> lost) {
  const std::string_view orders[] = {"O3"}, customers[] = {""};
  records.add(engine::StockChangeDecision{"K9", 1, engine::ChangeKind::adjust, "", false, {&row, 1}, lost, orders, customers});
}

void lose(test::Records& records, const engine::LostUnits& lost) {
  change(records, {lost.sku, lost.warehouse, 0, -static_cast<std::int32_t>(lost.quantity), 0, 0}, {&lost, 1});
}

constexpr Take none[] = {{0, 0, a, 1}};

void raise(test::Records& records, const char* id, const engine::RaisedLine& row) {
  records.add(engine::AmendDecision{"M9", id, 1, {}, false, {}, {}, {}, {&row, 1}});
}

const Contradiction contradictions[] = {
    {"an amend raises a line of an order that there is not", 10, "it raises",
     [](test::Records& records) { raise(records, "O8", {LineNumber{1}, screw, 1, 0}); }},
    {"an amend raises a line that there is not", 10, "it raises a line", [](test::Records& records) { raise(records, "O3", {LineNumber{7}, screw, 1, 0}); }},
    {"an amend raises a line of another SKU", 10, "it raises a line", [](test::Records& records) { raise(records, "O3", {LineNumber{1}, nail, 1, 0}); }},
    {"an amend raises a line past all bounds", 10, "past the largest quantity",
     [](test::Records& records) { raise(records, "O3", {LineNumber{1}, screw, engine::max_quantity, 0}); }},
    {"a fill of an entry that does not wait", 8, "fills an entry that does not wait",
     [](test::Records& records) { records.add(engine::FillDecision{"O3", Lsn{8}, LineNumber{1}, screw, 0, 2, true, {}, {}, Lsn{5}}, Lsn{4}); }},
    {"an order takes what is not there", 10, "takes more than is available",
     [](test::Records& records) { order(records, {{LineNumber{1}, nail, 1, 0, 1, 0, a, 1, 0, {}}}, none); }},
    {"its further take takes what is not there", 10, "takes more than is available",
     [](test::Records& records) { order(records, {{LineNumber{1}, nail, 5, 0, 1, 0, b, 1, 1, {}}}, {{1, 0, b, 2}}); }},
    {"an order leaves another quantity", 10, "it leaves 7",
     [](test::Records& records) { order(records, {{LineNumber{1}, nail, 1, 0, 1, 7, b, 1, 0, {}}}, none); }},
    {"a line gets more than was ordered", 10, "gets more than was ordered",
     [](test::Records& records) { order(records, {{LineNumber{1}, nail, 1, 1, 1, 0, b, 1, 0, {}}}, none); }},
    {"a receipt passes the largest quantity", 10, "passes the largest quantity",
     [](test::Records& records) { receive(records, {nail, b, 0, engine::max_quantity, engine::max_quantity}); }},
    {"a receipt leaves another quantity", 10, "it leaves 9", [](test::Records& records) { receive(records, {nail, b, 0, 1, 9}); }},
    {"a load leaves another quantity", 10, "it leaves 9",
     [](test::Records& records) {
       const engine::ReceivedRow row{nail, b, 0, 1, 9};
       records.add(engine::LoadDecision{false, {}, {}, {&row, 1}});
     }},
    {"a stock change takes what is not there", 10, "takes more than is there",
     [](test::Records& records) { change(records, {nail, b, 0, -2, 0, 0}, {}); }},
    {"a stock change takes unavailable units that are not there", 10, "takes more than is there",
     [](test::Records& records) { change(records, {nail, b, 0, -1, -1, 1}, {}); }},
    {"a stock change takes what is reserved, and nobody loses it", 8, "takes more than is there",
     [](test::Records& records) { change(records, {screw, a, 0, 0, 1, 0}, {}); }},
    {"a stock change passes the largest quantity", 10, "takes more than is there",
     [](test::Records& records) { change(records, {nail, b, 0, 2'147'483'647, 0, 1}, {}); }},
    {"a stock change leaves another quantity", 10, "it leaves 9", [](test::Records& records) { change(records, {nail, b, 0, 1, 0, 9}, {}); }},
    {"units are lost of an order that is not there", 8, "a line that is not there",
     [](test::Records& records) { lose(records, {Lsn{7}, 0, LineNumber{1}, 1, 0, a, 1, screw}); }},
    {"units are lost of a line that is not there", 8, "a line that is not there",
     [](test::Records& records) { lose(records, {Lsn{8}, 0, LineNumber{2}, 1, 0, a, 1, screw}); }},
    {"units are lost of another SKU", 8, "a line that is not there",
     [](test::Records& records) { lose(records, {Lsn{8}, 0, LineNumber{1}, 1, 0, a, 1, nail}); }},
    {"more units are lost than are reserved", 8, "takes more than is reserved",
     [](test::Records& records) { lose(records, {Lsn{8}, 0, LineNumber{1}, 4, 0, a, 1, screw}); }},
    {"units are lost of a shipment that is not there", 8, "takes more than is reserved",
     [](test::Records& records) { lose(records, {Lsn{8}, 0, LineNumber{1}, 1, 0, a, 2, screw}); }},
    {"a fill of a line that is not there", 8, "does not wait",
     [](test::Records& records) { fill(records, Lsn{8}, LineNumber{2}, screw, 2, {}); }},
    {"a fill of an order that is not there", 8, "does not wait",
     [](test::Records& records) { fill(records, Lsn{7}, LineNumber{1}, screw, 2, {}); }},
    {"a fill of another SKU", 8, "does not wait", [](test::Records& records) { fill(records, Lsn{8}, LineNumber{1}, nail, 2, {}); }},
    {"a fill takes what is not there", 8, "takes more than is available",
     [](test::Records& records) {
       const Take take{1, 0, a, 1};
       fill(records, Lsn{8}, LineNumber{1}, screw, 1, {&take, 1});
     }},
    {"a fill leaves another quantity waiting", 8, "another quantity waiting",
     [](test::Records& records) { fill(records, Lsn{8}, LineNumber{1}, screw, 1, {}); }},
    {"a fill leaves another quantity", 10, "it leaves 7",
     [](test::Records& records) {
       const Take take{1, 7, a, 1};
       fill(records, Lsn{8}, LineNumber{1}, screw, 0, {&take, 1});
     }},
    {"a cancel of a line that is not there", 8, "cancels what is not there",
     [](test::Records& records) { cancel(records, "O3", {LineNumber{2}, screw, 1, 0, 0}, {}); }},
    {"a cancel of an order that is closed", 8, "cancels what is not there",
     [](test::Records& records) { cancel(records, "O1", {LineNumber{20}, screw, 1, 0, 0}, {}); }},
    {"a cancel of more than waits", 8, "cancels what is not there",
     [](test::Records& records) { cancel(records, "O3", {LineNumber{1}, screw, 3, 0, 0}, {}); }},
    {"a cancel releases more than is reserved", 8, "releases more than is reserved",
     [](test::Records& records) {
       const Take take{4, 4, a, 1};
       cancel(records, "O3", {LineNumber{1}, screw, 0, 1, 0}, {&take, 1});
     }},
    {"a cancel releases where nothing is reserved", 8, "releases more than is reserved",
     [](test::Records& records) {
       const Take take{1, 1, b, 1};
       cancel(records, "O3", {LineNumber{1}, screw, 0, 1, 0}, {&take, 1});
     }},
    {"a cancel leaves another quantity", 8, "it leaves 5",
     [](test::Records& records) {
       const Take take{1, 5, a, 1};
       cancel(records, "O3", {LineNumber{1}, screw, 0, 1, 0}, {&take, 1});
     }},
    {"a ship of a line that is not there", 8, "ships what is not there",
     [](test::Records& records) {
       const Take take{1, 0, a, 1};
       ship(records, "O3", LineNumber{2}, {&take, 1});
     }},
    {"a ship of more than is reserved", 8, "ships more than is reserved",
     [](test::Records& records) {
       const Take take{4, 0, a, 1};
       ship(records, "O3", LineNumber{1}, {&take, 1});
     }},
    {"a ship of another shipment", 8, "ships more than is reserved",
     [](test::Records& records) {
       const Take take{1, 0, a, 2};
       ship(records, "O3", LineNumber{1}, {&take, 1});
     }},
    {"a ship leaves another quantity", 8, "it leaves 3",
     [](test::Records& records) {
       const Take take{1, 3, a, 1};
       ship(records, "O3", LineNumber{1}, {&take, 1});
     }},
};

std::unique_ptr<MemoryJournal> journal_with(const Contradiction& contradiction) {
  const test::Records before = test::small_history();
  test::Records bad(Lsn{contradiction.behind + 1});
  contradiction.add(bad);
  auto journal = test::journal_of(before, contradiction.behind);
  EARMARK_CHECK(bad.append(*journal, 0, 1).has_value());
  return journal;
}

TEST_CASE("contradiction: each is refused by the offline state and by the store, in the same words", "[storage][state][digest]") {
  for (const Contradiction& contradiction : contradictions) {
    INFO(contradiction.name);
    test::require_refused(*journal_with(contradiction), Lsn{contradiction.behind}, Lsn{contradiction.behind + 1}, contradiction.expected);
  }
}

// LSN 10 + 1: a hold of 1 nail in B, decided behind the small history.
void hold(test::Records& records) {
  const engine::LineDecision line{LineNumber{1}, nail, 1, 0, 1, 0, b, 1, 0, {}};
  records.add(engine::HoldDecision{"H9", 1, engine::OrderStatus::reserved, false, engine::TimeUs{1'000'000'000}, "", {&line, 1}, {}});
}

void lose_held(test::Records& records, const engine::LostUnits& lost, const char* id = "H9") {
  const engine::ChangedRow row{lost.sku, lost.warehouse, 0, -1, 0, 0};
  const std::string_view ids[] = {id}, customers[] = {""};
  constexpr std::uint32_t first[] = {0};
  records.add(engine::StockChangeDecision{"K9", 1, engine::ChangeKind::adjust, "", false, {&row, 1}, {&lost, 1}, ids, customers, first});
}

void end_hold(test::Records& records, std::span<const Take> released) {
  const engine::ReleasedLine line{LineNumber{1}, nail, static_cast<std::uint32_t>(released.size())};
  records.add(engine::HoldEndDecision{"E9", "H9", 1, engine::HoldEnd::released, false, {&line, 1}, released, ""});
}

void confirm(test::Records& records, std::span<const engine::ReceivedRow> returned) {
  const engine::LineDecision line{LineNumber{1}, nail, 1, 1, 0, 0, {}, 0, 0, {}};
  engine::OrderDecision order;
  order.id = "O9";
  order.status = engine::OrderStatus::backordered;
  order.lines = {&line, 1};
  order.hold = "H9";
  order.returned = returned;
  records.add(order);
}

constexpr engine::LostUnits all_of_it{Lsn{11}, 0, LineNumber{1}, 1, 0, b, 1, nail};
constexpr Take one_nail{1, 1, b, 1};
constexpr engine::ReceivedRow one_returned{nail, b, 0, 1, 1};

// Of a hold; the last record is the contradiction.
const Contradiction of_holds[] = {
    {"more is lost than is held", 11, "takes more than is held",
     [](test::Records& records) { lose_held(records, {Lsn{11}, 0, LineNumber{1}, 2, 0, b, 1, nail}); }},
    {"units are lost of a hold that is not there", 11, "a line that is not there",
     [](test::Records& records) { lose_held(records, {Lsn{8}, 0, LineNumber{1}, 1, 0, b, 1, nail}, "H8"); }},
    {"units are lost of a hold's line that is not there", 11, "a line that is not there",
     [](test::Records& records) { lose_held(records, {Lsn{11}, 0, LineNumber{2}, 1, 0, b, 1, nail}); }},
    {"held units are lost where they are not held", 11, "takes more than is held",
     [](test::Records& records) { lose_held(records, {Lsn{11}, 0, LineNumber{1}, 1, 0, a, 1, nail}); }},
    {"held units are lost twice", 12, "takes more than is held",
     [](test::Records& records) { lose_held(records, all_of_it), lose_held(records, all_of_it); }},
    {"a hold gives back what it has lost", 12, "more than is reserved|other units than are held",
     [](test::Records& records) { lose_held(records, all_of_it), end_hold(records, {&one_nail, 1}); }},
    {"a confirm gives back what its hold has lost", 12, "other units than are held",
     [](test::Records& records) { lose_held(records, all_of_it), confirm(records, {&one_returned, 1}); }},
};

TEST_CASE("contradiction: what a hold loses it has, and does not give back", "[storage][state][digest]") {
  for (const Contradiction& contradiction : of_holds) {
    INFO(contradiction.name);
    test::Records records = test::small_history();
    hold(records);
    contradiction.add(records);
    REQUIRE(records.size() == contradiction.behind + 1);
    const auto journal = test::journal_of(records, records.size());
    const std::string lsn = "record LSN " + std::to_string(contradiction.behind + 1) + " contradicts";
    const auto said = [&](const std::string& problem) {  // each fold has a word of its own for one of them
      const std::string expected = contradiction.expected;
      const std::size_t bar = expected.find('|');
      const bool told = problem.find(expected.substr(0, bar)) != std::string::npos ||
                        (bar != std::string::npos && problem.find(expected.substr(bar + 1)) != std::string::npos);
      return told && problem.find(lsn) != std::string::npos;
    };
    OfflineState offline;
    REQUIRE(replay(*journal, [&](const schema::Event& event) { offline.apply(event); }).has_value());
    INFO(offline.problem());
    CHECK(said(offline.problem()));
    for (const bool in_tables : {false, true}) {
      const test::TemporaryDirectory directory;
      const auto state = test::open_state(directory.path());
      if (in_tables) REQUIRE(state->fold(*journal, Lsn{contradiction.behind}, 1000).value().applied == Lsn{contradiction.behind});
      const auto folded = state->fold(*journal, test::to_the_end, 1000);
      REQUIRE_FALSE(folded.has_value());
      INFO(folded.error().text);
      CHECK(said(folded.error().text));
    }
  }
}

TEST_CASE("contradiction: after one nothing more is applied, and a gap is one", "[storage][digest]") {
  const auto journal = journal_with(contradictions[0]);
  OfflineState offline;
  bool applied = true;
  REQUIRE(replay(*journal, [&](const schema::Event& event) { applied = offline.apply(event); }).has_value());
  CHECK_FALSE(applied);
  OfflineState begun_late;
  REQUIRE(replay(*journal, [&](const schema::Event& event) { applied = begun_late.apply(event); }, {Lsn{2}, Lsn{3}}).has_value());
  CHECK_FALSE(applied);
  CHECK_THAT(begun_late.problem(), Catch::Contains("LSN 2 does not follow"));
}

TEST_CASE("contradiction: ids and orders larger than any that the server takes", "[storage][state]") {
  const std::string id(engine::max_id_bytes + 1, 'x');
  const std::vector<engine::LineDecision> lines(engine::max_lines + 1, {LineNumber{1}, nail, 1, 1, 0, 0, {}, 0, 0, {}});
  const engine::CancelledLine row{LineNumber{1}, nail, 1, 0, 0};
  std::string expected = "its id is too long";
  test::Records records;
  SECTION("receipt") { records.add(engine::ReceiptDecision{id, 1, false, {}}); }
  SECTION("cancel") { records.add(engine::CancelDecision{id, "O1", 1, false, false, {}, {}}); }
  SECTION("ship") { records.add(engine::ShipDecision{id, "O1", 1, {}, {}}); }
  SECTION("a cancel of an order with such an id") {
    records.add(engine::CancelDecision{"C1", id, 1, false, false, {&row, 1}, {}});
    expected = "cancels what is not there";
  }
  SECTION("order, its id") {
    engine::OrderDecision order;
    order.id = id;
    records.add(order);
    expected = "it is too large";
  }
  SECTION("order, its lines") {
    engine::OrderDecision order;
    order.id = "O1";
    order.lines = lines;
    records.add(order);
    expected = "it is too large";
  }
  const test::TemporaryDirectory directory;
  const auto state = test::open_state(directory.path());
  const auto folded = state->fold(*test::journal_of(records, records.size()), test::to_the_end, 1000);
  REQUIRE_FALSE(folded.has_value());
  CHECK_THAT(folded.error().text, Catch::Contains("LSN 1") && Catch::Contains(expected));
}

}  // namespace
