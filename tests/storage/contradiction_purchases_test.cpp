// As contradiction_test.cpp, for records of purchase orders: the offline state and the state store, which share no code, refuse the same
// ones, whether the store finds what is contradicted in the same fold or in its tables.
#include <catch2/catch.hpp>

#include "storage/offline_state.hpp"
#include "storage/recovery.hpp"
#include "tests/storage/contradiction.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/purchase_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::LineNumber;
using engine::Lsn;
using engine::PurchaseState;
using engine::PurchaseStep;
using engine::TimeUs;

constexpr engine::SkuId nail{1}, screw{2};
constexpr engine::WarehouseId a{1}, b{2};

// Behind the first records of the small history of purchase orders. Behind 6: P1 (LSN 3) is acknowledged, 10 nails promised at 600 and 5 screws at 700
// are open. Behind 9: 5 nails are open and 6 screws have arrived of 5; P2 (LSN 9) is sent, 8 nails are open. Behind 12: P3 is a draft of 2 screws.
struct Contradiction {
  const char* name;
  std::size_t behind;
  const char* expected;
  void (*add)(test::Records& records);
  const char* in_store = nullptr;  // where it says it otherwise
};

void move(test::Records& records, const char* id, std::uint64_t lsn, PurchaseStep step, PurchaseState state, std::initializer_list<engine::PurchaseChange> changes) {
  records.add(engine::PurchaseStepDecision{"X", id, Lsn{lsn}, 2, "V", step, state, "", std::span(changes.begin(), changes.size())});
}

void receive(test::Records& records, const char* id, std::uint64_t lsn, PurchaseState state, const engine::PurchaseArrivedRow& row) {
  records.add(engine::PurchaseReceiptDecision{"Y", id, Lsn{lsn}, 3, "V", state, false, {&row, 1}});
}

engine::PurchaseChange nails(engine::Quantity quantity, std::int32_t incoming, std::int64_t promised = 600) {
  return {TimeUs{promised}, LineNumber{10}, nail, quantity, incoming, a, 0, 0};
}

engine::PurchaseArrivedRow arrived(engine::Quantity quantity, engine::Quantity over, engine::Quantity available) {
  return {LineNumber{10}, nail, quantity, 0, over, available, a, 0};
}

constexpr const char* open_lines_in_store = "it does not tell the lines of which something is open";

const Contradiction contradictions[] = {
    {"a step of one that there is not", 6, "a step of a purchase order that is not open", [](test::Records& records) { move(records, "P1", 5, PurchaseStep::close, PurchaseState::closed, {}); }},
    {"a step of another's LSN", 6, "a step of a purchase order that is not open", [](test::Records& records) { move(records, "P2", 3, PurchaseStep::close, PurchaseState::closed, {}); }},
    {"a step of a received one", 10, "a step of a purchase order that is not open", [](test::Records& records) { move(records, "P1", 3, PurchaseStep::close, PurchaseState::closed, {}); }},
    {"approved twice", 4, "its step does not lead to that state",
     [](test::Records& records) {
       move(records, "P1", 3, PurchaseStep::approve, PurchaseState::approved, {nails(10, 0, 500), {TimeUs{}, LineNumber{20}, screw, 6, 0, b, 0, 0}});
     }, "it says of other units that they are incoming"},
    {"a draft is sent", 3, "its step does not lead to that state", [](test::Records& records) { move(records, "P1", 3, PurchaseStep::send, PurchaseState::sent, {}); }},
    {"sent, and is approved", 4, "its step does not lead to that state", [](test::Records& records) { move(records, "P1", 3, PurchaseStep::send, PurchaseState::approved, {}); }},
    {"a draft is closed", 12, "its step does not lead to that state",
     [](test::Records& records) { move(records, "P3", 12, PurchaseStep::close, PurchaseState::closed, {{TimeUs{}, LineNumber{1}, screw, 2, 0, a, 0, 0}}); }},
    {"cancelled after something has arrived", 9, "its step does not lead to that state",
     [](test::Records& records) { move(records, "P1", 3, PurchaseStep::cancel, PurchaseState::cancelled, {nails(10, -5)}); }},
    {"closed without a line that is open", 6, "it leaves other units incoming than it says",
     [](test::Records& records) { move(records, "P1", 3, PurchaseStep::close, PurchaseState::closed, {nails(10, -10)}); }, open_lines_in_store},
    {"closed with less than is open", 9, "it says of other units that they are incoming",
     [](test::Records& records) { move(records, "P1", 3, PurchaseStep::close, PurchaseState::closed, {nails(10, -4)}); }},
    {"closing changes a date", 9, "it changes what is ordered without an acknowledgement",
     [](test::Records& records) { move(records, "P1", 3, PurchaseStep::close, PurchaseState::closed, {nails(10, -5, 601)}); }, open_lines_in_store},
    {"closing tells a line twice", 9, "it changes a line twice",
     [](test::Records& records) { move(records, "P1", 3, PurchaseStep::close, PurchaseState::closed, {nails(10, -5), nails(10, 0)}); },
     "it changes lines of which nothing is open"},
    {"acknowledged with a line that is not there", 6, "it changes a line that the purchase order does not have",
     [](test::Records& records) { move(records, "P1", 3, PurchaseStep::acknowledge, PurchaseState::acknowledged, {{TimeUs{}, LineNumber{11}, nail, 9, -1, a, 0, 0}}); }},
    {"acknowledged in another warehouse", 6, "it changes a line of another SKU or warehouse",
     [](test::Records& records) { move(records, "P1", 3, PurchaseStep::acknowledge, PurchaseState::acknowledged, {{TimeUs{}, LineNumber{10}, nail, 9, -1, b, 0, 0}}); },
     "it changes a line that the purchase order does not have"},
    {"acknowledged with less than has arrived", 9, "it leaves fewer units ordered than have arrived",
     [](test::Records& records) { move(records, "P1", 3, PurchaseStep::acknowledge, PurchaseState::received, {nails(4, -5)}); }},
    {"acknowledged without what it changes", 6, "it says of other units that they are incoming",
     [](test::Records& records) { move(records, "P1", 3, PurchaseStep::acknowledge, PurchaseState::acknowledged, {nails(9, 0)}); }},
    {"acknowledged with all that has arrived, and stays open", 9, "its step does not lead to that state",
     [](test::Records& records) { move(records, "P1", 3, PurchaseStep::acknowledge, PurchaseState::partly_received, {nails(5, -5)}); }},
    {"a receipt of one that is not open", 10, "it receives a purchase order that is not open",
     [](test::Records& records) { receive(records, "P1", 3, PurchaseState::received, arrived(1, 1, 10)); }, "it receives a purchase order that is not incoming"},
    {"a receipt of a draft", 3, "it receives a draft", [](test::Records& records) { receive(records, "P1", 3, PurchaseState::partly_received, arrived(1, 0, 1)); },
     "it receives a purchase order that is not incoming"},
    {"a receipt of a line that is not there", 6, "it receives a line that the purchase order does not have",
     [](test::Records& records) { receive(records, "P1", 3, PurchaseState::partly_received, {LineNumber{11}, nail, 1, 0, 0, 1, a, 0}); }},
    {"a receipt of another SKU", 6, "it receives a line of another SKU or warehouse",
     [](test::Records& records) { receive(records, "P1", 3, PurchaseState::partly_received, {LineNumber{10}, screw, 1, 0, 0, 1, a, 0}); },
     "it receives a line that the purchase order does not have"},
    {"over that is open", 6, "it says of other units that they are over", [](test::Records& records) { receive(records, "P1", 3, PurchaseState::partly_received, arrived(2, 1, 2)); }},
    {"a receipt leaves another quantity", 6, "it leaves 2 of SKU 1 in warehouse 1",
     [](test::Records& records) { receive(records, "P1", 3, PurchaseState::partly_received, arrived(3, 0, 2)); }},
    {"a receipt past the largest quantity", 9, "a cell passes the largest quantity",
     [](test::Records& records) { receive(records, "P1", 3, PurchaseState::received, arrived(engine::max_quantity, engine::max_quantity - 5, engine::max_quantity)); }},
    {"received while something is open", 6, "it closes the purchase order too early or too late",
     [](test::Records& records) { receive(records, "P1", 3, PurchaseState::received, arrived(3, 0, 3)); }},
    {"nothing is open, and it stays open", 9, "it closes the purchase order too early or too late",
     [](test::Records& records) { receive(records, "P1", 3, PurchaseState::partly_received, arrived(5, 0, 9)); }},
};

}  // namespace

TEST_CASE("contradiction: records of purchase orders are refused by the offline state and by the store", "[storage][state][digest][purchases]") {
  const test::Records history = test::purchase_history();
  for (const Contradiction& contradiction : contradictions) {
    INFO(contradiction.name);
    test::Records wrong(Lsn{contradiction.behind + 1});
    contradiction.add(wrong);
    const auto journal = std::make_unique<MemoryJournal>(test::state_identity);
    REQUIRE(history.append(*journal, 0, contradiction.behind).has_value());
    REQUIRE(wrong.append(*journal, 0, 1).has_value());
    test::require_refused(*journal, Lsn{contradiction.behind}, Lsn{contradiction.behind + 1}, contradiction.expected, contradiction.in_store);
  }
}
