// As contradiction_test.cpp, for records of holds and of shipments: the offline state and the state store, which share no code,
// refuse the same ones, wherever the store finds what is contradicted.
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
using engine::HoldEnd;
using engine::LineNumber;
using engine::Lsn;
using engine::Quantity;
using engine::ShipmentStep;
using engine::Take;

constexpr engine::SkuId nail{1}, screw{2};
constexpr engine::WarehouseId a{1}, b{2};
constexpr LineNumber one{1};

// Behind the small history and LSN 11, the hold H of the one nail in B until 500: nothing is available in B; of screws O3-1 has 2
// reserved in A, and 1 is available there.
struct Contradiction {
  const char* name;
  const char* expected;
  void (*add)(test::Records& records);
  const char* in_store = nullptr;  // where it says it otherwise
};

void hold(test::Records& records, const char* id, const engine::LineDecision& line) {
  engine::HoldDecision decision;
  decision.id = id;
  decision.deadline = engine::TimeUs{500};
  decision.lines = {&line, 1};
  records.add(decision);
}

void extend(test::Records& records, const char* id, std::int64_t deadline) {
  records.add(engine::HoldExtendDecision{"X", id, 1, engine::TimeUs{deadline}, false, ""});
}

void end(test::Records& records, const char* id, std::span<const engine::ReleasedLine> lines, std::span<const Take> released) {
  records.add(engine::HoldEndDecision{"X", id, 1, HoldEnd::released, false, lines, released, ""});
}

void confirm(test::Records& records, const char* id, std::span<const engine::ReceivedRow> returned) {
  const engine::LineDecision line{one, screw, 1, 1, 0, 0, {}, 0, 0, {}};
  engine::OrderDecision decision;
  decision.id = "O9";
  decision.hold = id;
  decision.lines = {&line, 1};
  decision.returned = returned;
  records.add(decision);
}

void move(test::Records& records, const char* order, std::uint16_t shipment, ShipmentStep step, const engine::MovedLine& line) {
  engine::ShipmentDecision decision;
  decision.command_id = "M";
  decision.order_id = order;
  decision.shipment = shipment;
  decision.warehouse = a;
  decision.step = step;
  decision.rest_shipment = line.rest == 0 ? 0 : 2;
  decision.lines = {&line, line.quantity == 0 ? 0U : 1U};
  records.add(decision);
}

constexpr engine::ReleasedLine of_the_nail{one, nail, 1};

const Contradiction contradictions[] = {
    {"a hold whose id is that of an open one", "its id is known",
     [](test::Records& records) { hold(records, "H", {one, screw, 1, 0, 1, 0, a, 1, 0, {}}); }},
    {"a line of a hold waits", "a line of a hold waits", [](test::Records& records) { hold(records, "I", {one, screw, 1, 1, 0, 0, {}, 0, 0, {}}); }},
    {"a hold takes what is held", "takes more than is available",
     [](test::Records& records) { hold(records, "I", {one, nail, 1, 0, 1, 0, b, 1, 0, {}}); }},
    {"a hold leaves another quantity", "it leaves 7", [](test::Records& records) { hold(records, "I", {one, screw, 1, 0, 1, 7, a, 1, 0, {}}); }},
    {"a hold is extended that there is not", "extends what is not there", [](test::Records& records) { extend(records, "I", 600); }},
    {"a hold is extended to an earlier time", "extends what is not there", [](test::Records& records) { extend(records, "H", 499); }},
    {"a hold ends that there is not", "ends a hold that is not open", [](test::Records& records) { end(records, "I", {}, {}); }},
    {"a hold ends twice", "ends a hold that is not open",
     [](test::Records& records) {
       const Take take{1, 1, b, 1};
       end(records, "H", {&of_the_nail, 1}, {&take, 1});
       records.add(engine::HoldEndDecision{"", "H", 0, HoldEnd::expired, false, {&of_the_nail, 1}, {&take, 1}, ""});
     }},
    {"a hold ends with other lines", "releases other lines than are held", [](test::Records& records) { end(records, "H", {}, {}); }},
    {"a hold releases more than it holds", "releases more than is reserved",
     [](test::Records& records) {
       const Take take{2, 2, b, 1};
       end(records, "H", {&of_the_nail, 1}, {&take, 1});
     },
     "releases other units than are held"},
    {"a hold releases where it holds nothing", "releases more than is reserved",
     [](test::Records& records) {
       const Take take{1, 1, a, 1};
       end(records, "H", {&of_the_nail, 1}, {&take, 1});
     },
     "releases other units than are held"},
    {"a hold ends and keeps its units", "it leaves units held",
     [](test::Records& records) {
       const engine::ReleasedLine nothing{one, nail, 0};
       end(records, "H", {&nothing, 1}, {});
     },
     "releases other units than are held"},
    {"a hold's end leaves another quantity", "it leaves 9",
     [](test::Records& records) {
       const Take take{1, 9, b, 1};
       end(records, "H", {&of_the_nail, 1}, {&take, 1});
     }},
    {"a hold is confirmed that there is not", "confirms a hold that is not open", [](test::Records& records) { confirm(records, "I", {}); }},
    {"a confirm gives back more than is held", "gives back other units than are held",
     [](test::Records& records) {
       const engine::ReceivedRow row{nail, b, 0, 2, 2};
       confirm(records, "H", {&row, 1});
     }},
    {"a confirm gives back where nothing is held", "gives back other units than are held",
     [](test::Records& records) {
       const engine::ReceivedRow row{nail, a, 0, 1, 1};
       confirm(records, "H", {&row, 1});
     }},
    {"a confirm leaves units held", "it leaves units held", [](test::Records& records) { confirm(records, "H", {}); }},
    {"a confirm leaves another quantity", "it leaves 9",
     [](test::Records& records) {
       const engine::ReceivedRow row{nail, b, 0, 1, 9};
       confirm(records, "H", {&row, 1});
     }},
    {"a step of a shipment that is not there", "of a shipment that is not there",
     [](test::Records& records) { move(records, "O3", 2, ShipmentStep::track, {one, screw, 0, 0, 0}); }},
    {"a step of a shipment without number", "of a shipment that is not there",
     [](test::Records& records) { move(records, "O3", 0, ShipmentStep::track, {one, screw, 0, 0, 0}); }},
    {"a pick of an order that there is not", "moves units of an order that is not open",
     [](test::Records& records) { move(records, "O8", 1, ShipmentStep::pick, {one, screw, 1, 1, 0}); }, "of a shipment that is not there"},
    {"a pick of a line that is not there", "moves a line that is not",
     [](test::Records& records) { move(records, "O3", 1, ShipmentStep::pick, {LineNumber{2}, screw, 1, 1, 0}); }},
    {"a pick of another SKU", "moves a line that is not", [](test::Records& records) { move(records, "O3", 1, ShipmentStep::pick, {one, nail, 1, 1, 0}); }},
    {"a pick of more than is reserved", "it moves more than is",
     [](test::Records& records) { move(records, "O3", 1, ShipmentStep::pick, {one, screw, 1, 1, 2}); }},
    {"a pick leaves another quantity", "it leaves 9", [](test::Records& records) { move(records, "O3", 1, ShipmentStep::pick, {one, screw, 2, 9, 0}); }},
    {"more comes back than has shipped", "more comes back than has shipped",
     [](test::Records& records) { move(records, "O3", 1, ShipmentStep::give_back, {one, screw, 1, 2, 0}); }},
    {"an order becomes due that was", "an order has become due that was",
     [](test::Records& records) { records.add(engine::AmendDecision{"", "O3", 0, {}, false, {}, {}}); }},
    {"an order becomes due that there is not", "an order has become due that was",
     [](test::Records& records) { records.add(engine::AmendDecision{"", "O8", 0, {}, false, {}, {}}); }},
};

constexpr std::size_t behind = 11;

struct History {
  std::unique_ptr<MemoryJournal> journal;
  std::size_t wrong = 0;  // LSN
};

History history_with(const Contradiction& contradiction) {
  const test::Records before = test::small_history();
  test::Records more(Lsn{before.size() + 1});
  hold(more, "H", {one, nail, 1, 0, 1, 0, b, 1, 0, {}});
  contradiction.add(more);
  auto journal = test::journal_of(before, before.size());
  EARMARK_CHECK(before.size() + 1 == behind && more.append(*journal, 0, more.size()).has_value());
  return {std::move(journal), before.size() + more.size()};
}

}  // namespace

TEST_CASE("contradiction: records of holds and shipments are refused by the offline state and by the store", "[storage][state][digest]") {
  for (const Contradiction& contradiction : contradictions) {
    INFO(contradiction.name);
    const History history = history_with(contradiction);
    test::require_refused(*history.journal, Lsn{behind}, Lsn{history.wrong}, contradiction.expected, contradiction.in_store);
  }
}

TEST_CASE("contradiction: holds and steps with ids longer than any that the server takes", "[storage][state]") {
  const std::string id(engine::max_id_bytes + 1, 'x');
  std::string expected = "its id is too long";
  test::Records records;
  SECTION("hold") {
    engine::HoldDecision hold;
    hold.id = id;
    records.add(hold);
    expected = "it is too large";
  }
  SECTION("extend") { records.add(engine::HoldExtendDecision{id, "H", 1, {}, false, ""}); }
  SECTION("release") { records.add(engine::HoldEndDecision{id, "H", 1, HoldEnd::released, false, {}, {}, ""}); }
  SECTION("amend") { records.add(engine::AmendDecision{id, "O1", 1, {}, false, {}, {}}); }
  SECTION("extend of a hold with such an id") {
    records.add(engine::HoldExtendDecision{"X", id, 1, {}, false, ""});
    expected = "extends what is not there";
  }
  SECTION("step") {
    engine::ShipmentDecision move;
    move.command_id = id;
    move.order_id = "O1";
    records.add(move);
  }
  const test::TemporaryDirectory directory;
  const auto state = test::open_state(directory.path());
  const auto folded = state->fold(*test::journal_of(records, records.size()), test::to_the_end, 1000);
  REQUIRE_FALSE(folded.has_value());
  CHECK_THAT(folded.error().text, Catch::Contains("LSN 1") && Catch::Contains(expected));
}
