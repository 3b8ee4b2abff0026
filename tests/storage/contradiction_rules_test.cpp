// As contradiction_purchases_test.cpp, for records of rules, dates, overdue supply and pegs: the offline state and the state store, which share no code,
// refuse the same ones, whether the store finds what is contradicted in the same fold or in its tables.
#include <catch2/catch.hpp>

#include "storage/recovery.hpp"
#include "tests/storage/contradiction.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/rule_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::LineNumber;
using engine::Lsn;
using engine::PurchaseState;
using engine::PurchaseStep;
using engine::RuleMode;
using engine::TimeUs;

constexpr engine::SkuId nail{1}, screw{2};
constexpr engine::WarehouseId a{1}, b{2};

// Behind the first records of the small history of rules (tests/storage/rule_history.hpp).
struct Contradiction {
  const char* name;
  std::size_t behind;
  const char* expected;
  void (*add)(test::Records& records);
};

// Of the rule of nails, as one more trigger behind LSN 4 would be: line 1 of reorder-3 has 20 then.
engine::ReorderDecision nails(engine::Quantity quantity = 10) {
  engine::ReorderDecision decision;
  decision.sku = nail;
  decision.warehouse = a;
  decision.mode = RuleMode::suggest;
  decision.point = 5;
  if (quantity == 0) return decision;
  decision.quantity = quantity;
  decision.vendor = "V";
  decision.purchase = "reorder-3";
  decision.purchase_lsn = Lsn{3};
  decision.line = LineNumber{1};
  decision.line_quantity = 10 + quantity;
  decision.promised = TimeUs{9000 + 2 * test::day};
  return decision;
}

// As a first trigger behind LSN 2 would be.
engine::ReorderDecision first_nails() {
  engine::ReorderDecision decision = nails();
  decision.purchase_lsn = {};
  decision.line_quantity = 10;
  return decision;
}

template <class Change>
void reorder(test::Records& records, engine::ReorderDecision decision, Change change) {
  change(decision);
  records.add(decision);
}

void tell(test::Records& records, const engine::MovedDate& moved, const char* id = "O1") {
  const std::string_view orders[] = {id}, customers[] = {"ann"};
  records.add(engine::DatesDecision{{&moved, 1}, orders, customers});
}

constexpr std::int64_t told = 7000 + test::day;

void delay(test::Records& records, const engine::OverdueLine& line, const char* id = "P1", std::uint64_t lsn = 7) {
  records.add(engine::OverdueDecision{false, id, Lsn{lsn}, "X", TimeUs{60'000 + 5 * test::day}, {&line, 1}});
}

void delay_transfer(test::Records& records, std::initializer_list<engine::OverdueLine> lines, const char* id = "T1") {
  records.add(engine::OverdueDecision{true, id, Lsn{18}, "", TimeUs{60'000 + 5 * test::day}, std::span(lines.begin(), lines.size())});
}

void move(test::Records& records, const char* command, const char* id, std::uint64_t lsn, PurchaseStep step, PurchaseState state,
          std::initializer_list<engine::PurchaseChange> changes, std::initializer_list<TimeUs> estimates = {}) {
  records.add(engine::PurchaseStepDecision{command, id, Lsn{lsn}, 0, "V", step, state, "", std::span(changes.begin(), changes.size()),
                                           std::span(estimates.begin(), estimates.size())});
}

void place(test::Records& records, PurchaseState state, const engine::PurchasePeg& peg, const char* id, std::initializer_list<TimeUs> estimates,
           engine::PurchasedLine line = {TimeUs{500}, LineNumber{1}, nail, 2, a, 0}) {
  const std::string_view orders[] = {id};
  records.add(engine::PurchaseDecision{"P9", 1, "X", "", "", state, {&line, 1}, {&peg, 1}, orders, std::span(estimates.begin(), estimates.size())});
}

void fill_pegged(test::Records& records, engine::Quantity units, std::uint64_t cause, engine::Quantity left) {
  const engine::Take takes[] = {{units, left, a, 1}};
  engine::FillDecision fill{"O1", Lsn{5}, LineNumber{1}, nail, 0, 12 - units, true, takes};
  fill.pegged = true;
  records.add(fill, Lsn{cause});
}

void receive(test::Records& records, const engine::PurchaseArrivedRow& row) {
  records.add(engine::PurchaseReceiptDecision{"R9", "P1", Lsn{7}, 3, "X", PurchaseState::partly_received, true, {&row, 1}});
}

const engine::PurchaseChange nails_of_3{TimeUs{6000 + 2 * test::day}, LineNumber{1}, nail, 20, 20, a, 0, 0};
const engine::PurchaseChange screws_of_4{TimeUs{4000 + 3 * test::day}, LineNumber{1}, screw, 8, 8, b, 0, 0};
const engine::OverdueLine late_nails{TimeUs{500}, LineNumber{10}, nail, 12, a, 0}, late_screws{TimeUs{9000}, LineNumber{20}, screw, 3, a, 0};
const engine::OverdueLine in_transit{TimeUs{100}, LineNumber{}, nail, 5, b, 0};
constexpr engine::PurchasePeg to_nails{Lsn{5}, 0, 0, LineNumber{1}, 0};

const Contradiction rule_contradictions[] = {
    {"a trigger of no rule", 4, "it is of a rule that is not set", [](auto& records) { reorder(records, nails(), [](auto& each) { each.warehouse = b; }); }},
    {"a trigger of a rule in another mode", 4, "it is of a rule that is not set", [](auto& records) { reorder(records, nails(), [](auto& each) { each.mode = RuleMode::auto_po; }); }},
    {"a trigger at another point", 4, "it is of a rule that is not set", [](auto& records) { reorder(records, nails(), [](auto& each) { each.point = 6; }); }},
    {"a trigger of all warehouses", 4, "it is of a rule that is not set", [](auto& records) { reorder(records, nails(), [](auto& each) { each.pooled = true; }); }},
    {"cleared, and did not wait", 4, "it clears a rule that does not wait", [](auto& records) { reorder(records, nails(0), [](auto& each) { each.cleared = true; }); }},
    {"a trigger of one that waits", 13, "it triggers a rule that waits", [](auto& records) { reorder(records, nails(0), [](auto&) {}); }},
    {"a new one under another's id", 2, "it makes a purchase order with another id than its own", [](auto& records) { reorder(records, first_nails(), [](auto& each) { each.purchase = "reorder-4"; }); }},
    {"a new one that is approved, in mode suggest", 2, "it places a purchase order that is further on already",
     [](auto& records) { reorder(records, first_nails(), [](auto& each) { each.state = PurchaseState::approved; }); }},
    {"a new one whose line is the second", 2, "its first line is another one", [](auto& records) { reorder(records, first_nails(), [](auto& each) { each.line = LineNumber{2}; }); }},
    {"more of one that is not open", 13, "it adds to a purchase order that takes nothing of it",
     [](auto& records) {
       const engine::VendorSet vendors[] = {{"V", "Vendor", 2, -1}};
       const engine::RuleSet anew{{}, nail, 1, 5, 11, 0, 0, 0, -1, a, engine::RuleKind::reorder_point, RuleMode::suggest, 0, 0, 0};
       records.add(engine::RulesDecision{vendors, {}, {&anew, 1}});
       reorder(records, nails(), [](auto&) {});
     }},
    {"more of one that is a draft", 12, "it adds to a purchase order that takes nothing of it", [](auto& records) { reorder(records, nails(), [](auto& each) { each.line_quantity = 30; }); }},
    {"more of another vendor's", 4, "it adds to a purchase order that takes nothing of it", [](auto& records) { reorder(records, nails(), [](auto& each) { each.vendor = "W"; }); }},
    {"more of one that is approved at its cut-off", 4, "it adds to a purchase order that takes nothing of it",
     [](auto& records) {
       reorder(records, nails(), [](auto& each) {
         each.vendor = "W", each.purchase = "reorder-4", each.purchase_lsn = Lsn{4}, each.line = LineNumber{2}, each.line_quantity = 10;
       });
     }},
    {"more of another id", 4, "it adds to a purchase order that takes nothing of it", [](auto& records) { reorder(records, nails(), [](auto& each) { each.purchase = "reorder-4"; }); }},
    {"it leaves another quantity", 4, "it leaves another quantity ordered than there was", [](auto& records) { reorder(records, nails(), [](auto& each) { each.line_quantity = 21; }); }},
    {"it promises earlier", 4, "it promises a line earlier than it was", [](auto& records) { reorder(records, nails(), [](auto& each) { each.promised = TimeUs{3000}; }); }},
    {"a new line that is not the next", 4, "its new line is another one", [](auto& records) { reorder(records, nails(), [](auto& each) { each.line = LineNumber{3}, each.line_quantity = 10; }); }},
    {"it raises a line of another SKU", 4, "it raises another line of the purchase order",
     [](auto& records) {
       const engine::VendorSet vendors[] = {{"V", "Vendor", 2, -1}};
       const engine::RuleSet of_screws{{}, screw, 1, 5, 10, 0, 0, 0, -1, a, engine::RuleKind::reorder_point, RuleMode::suggest, 0, 0, 0};
       records.add(engine::RulesDecision{vendors, {}, {&of_screws, 1}});
       reorder(records, nails(), [](auto& each) { each.sku = screw; });
     }},
    {"a suggestion is sent", 4, "its step does not lead to that state", [](auto& records) { move(records, "X", "reorder-3", 3, PurchaseStep::send, PurchaseState::sent, {}); }},
    {"an adopted one is adopted", 12, "its step does not lead to that state", [](auto& records) { move(records, "X", "reorder-3", 3, PurchaseStep::adopt, PurchaseState::draft, {}); }},
    {"approved without a command before its cut-off", 8, "whose cut-off has not come",
     [](auto& records) { move(records, "", "reorder-4", 4, PurchaseStep::approve, PurchaseState::approved, {screws_of_4}); }},
    {"approved without a command, and suggested only", 8, "whose cut-off has not come",
     [](auto& records) { move(records, "", "reorder-3", 3, PurchaseStep::approve, PurchaseState::approved, {nails_of_3}); }},
};

const Contradiction date_contradictions[] = {
    {"told a date that it was not told", 8, "it says that a line was told another date than it was",
     [](auto& records) { tell(records, {TimeUs{told - 1}, TimeUs{told + 5}, Lsn{5}, 0, LineNumber{1}, nail, 12}); }},
    {"told a date for the first time, twice", 8, "it says that a line was told another date than it was",
     [](auto& records) { tell(records, {TimeUs{}, TimeUs{told + 5}, Lsn{5}, 0, LineNumber{1}, nail, 12}); }},
    {"a date of more than waits", 8, "it tells a date of units that do not wait",
     [](auto& records) { tell(records, {TimeUs{told}, TimeUs{told + 5}, Lsn{5}, 0, LineNumber{1}, nail, 13}); }},
    {"a date of another line", 8, "it tells a date of units that do not wait",
     [](auto& records) { tell(records, {TimeUs{told}, TimeUs{told + 5}, Lsn{5}, 0, LineNumber{2}, nail, 12}); }},
    {"a date of another SKU", 8, "it tells a date of units that do not wait",
     [](auto& records) { tell(records, {TimeUs{told}, TimeUs{told + 5}, Lsn{5}, 0, LineNumber{1}, screw, 12}); }},
    {"a date of another order", 8, "it tells a date of units that do not wait",
     [](auto& records) { tell(records, {TimeUs{told}, TimeUs{told + 5}, Lsn{5}, 0, LineNumber{1}, nail, 12}, "O2"); }},
    {"a date of an order that there is not", 8, "it tells a date of units that do not wait",
     [](auto& records) { tell(records, {TimeUs{told}, TimeUs{told + 5}, Lsn{6}, 0, LineNumber{1}, nail, 12}); }},
    {"overdue, and is expected later", 9, "it says that a line is overdue that is not", [](auto& records) { delay(records, late_screws); }},
    {"overdue with another promise", 8, "it says that a line is overdue that is not",
     [](auto& records) { delay(records, {TimeUs{8999}, LineNumber{20}, screw, 3, a, 0}); }},
    {"overdue with more than is open", 8, "it says that a line is overdue that is not",
     [](auto& records) { delay(records, {TimeUs{9000}, LineNumber{20}, screw, 4, a, 0}); }},
    {"overdue of a line that there is not", 8, "it says that a line is overdue that is not",
     [](auto& records) { delay(records, {TimeUs{9000}, LineNumber{21}, screw, 3, a, 0}); }},
    {"overdue of a suggestion", 8, "it is of a purchase order that is not incoming",
     [](auto& records) { delay(records, {TimeUs{6000 + 2 * test::day}, LineNumber{1}, nail, 20, a, 0}, "reorder-3", 3); }},
    {"overdue of one that there is not", 8, "it is of a purchase order that is not incoming", [](auto& records) { delay(records, late_screws, "P1", 6); }},
    {"overdue of another's LSN", 8, "it is of a purchase order that is not incoming", [](auto& records) { delay(records, late_screws, "P2"); }},
    {"nothing is overdue", 8, "nothing is overdue by it", [](auto& records) { records.add(engine::OverdueDecision{false, "P1", Lsn{7}, "X", TimeUs{1}, {}}); }},
    {"a transfer that is expected later", 19, "it says that a transfer is overdue that is not",
     [](auto& records) { delay_transfer(records, {{TimeUs{19'000 + test::day}, LineNumber{}, nail, 5, b, 0}}); }},
    {"a transfer of which less is in transit", 18, "it does not tell what is in transit", [](auto& records) { delay_transfer(records, {{TimeUs{100}, LineNumber{}, nail, 4, b, 0}}); }},
    {"a transfer that was expected otherwise", 18, "it does not tell what is in transit", [](auto& records) { delay_transfer(records, {{TimeUs{99}, LineNumber{}, nail, 5, b, 0}}); }},
    {"a transfer with a SKU too many", 18, "it does not tell what is in transit", [](auto& records) { delay_transfer(records, {in_transit, {TimeUs{100}, LineNumber{}, screw, 1, b, 0}}); }},
    {"another transfer", 18, "it is of a transfer that is not open", [](auto& records) { delay_transfer(records, {in_transit}, "T2"); }},
    {"pegged to another order", 8, "it pegs a line to what cannot wait for it", [](auto& records) { place(records, PurchaseState::sent, to_nails, "O2", {}); }},
    {"pegged to a line that there is not", 8, "it pegs a line to what cannot wait for it",
     [](auto& records) { place(records, PurchaseState::sent, {Lsn{5}, 0, 0, LineNumber{2}, 0}, "O1", {}); }},
    {"pegged to another SKU", 8, "it pegs a line to what cannot wait for it",
     [](auto& records) { place(records, PurchaseState::sent, to_nails, "O1", {}, {TimeUs{500}, LineNumber{1}, screw, 2, a, 0}); }},
    {"pegged to what has all", 16, "it pegs a line to what cannot wait for it", [](auto& records) { place(records, PurchaseState::sent, to_nails, "O1", {}); }},
    {"an estimate of what is not late", 8, "it estimates when a line comes that is not late",
     [](auto& records) {
       place(records, PurchaseState::sent, to_nails, "O1", {TimeUs{60'000 + 2 * test::day}}, {TimeUs{60'000 + test::day}, LineNumber{1}, nail, 2, a, 0});
     }},
    {"an estimate of a draft", 8, "it estimates when a draft comes", [](auto& records) { place(records, PurchaseState::draft, to_nails, "O1", {TimeUs{60'000}}); }},
    {"an estimate of what is closed", 8, "it estimates when lines come that it does not change",
     [](auto& records) {
       move(records, "X", "P1", 7, PurchaseStep::close, PurchaseState::closed,
            {{TimeUs{500}, LineNumber{10}, nail, 12, -12, a, 0, 0}, {TimeUs{9000}, LineNumber{20}, screw, 3, -3, a, 0, 0}}, {TimeUs{60'000}, TimeUs{}});
     }},
    {"out of turn by another receipt", 8, "it fills a line out of turn with what is not pegged to it",
     [](auto& records) {
       const engine::ReceivedRow rows[] = {{nail, a, 0, 4, 4}};
       records.add(engine::ReceiptDecision{"R9", 3, true, rows});
       fill_pegged(records, 4, 9, 0);
     }},
    {"out of turn by a line that is not pegged", 8, "it fills a line out of turn with what is not pegged to it",
     [](auto& records) {
       receive(records, {LineNumber{20}, screw, 3, 0, 0, 3, a, 0});
       const engine::ReceivedRow rows[] = {{nail, a, 0, 4, 4}};
       records.add(engine::ReceiptDecision{"R8", 3, false, rows});
       fill_pegged(records, 4, 9, 0);
     }},
    {"out of turn by more than came", 8, "it fills a line out of turn with what is not pegged to it",
     [](auto& records) {
       const engine::ReceivedRow rows[] = {{nail, a, 0, 4, 4}};
       records.add(engine::ReceiptDecision{"R8", 3, false, rows});
       receive(records, {LineNumber{10}, nail, 4, 0, 0, 8, a, 0});
       fill_pegged(records, 5, 10, 3);
     }},
};

void require_refused(const Contradiction& contradiction) {
  INFO(contradiction.name);
  const test::Records history = test::rule_history();
  test::Records wrong(Lsn{contradiction.behind + 1});
  contradiction.add(wrong);
  const auto journal = std::make_unique<MemoryJournal>(test::state_identity);
  REQUIRE(history.append(*journal, 0, contradiction.behind).has_value());
  REQUIRE(wrong.append(*journal, 0, wrong.size()).has_value());
  test::require_refused(*journal, Lsn{contradiction.behind}, Lsn{contradiction.behind + wrong.size()}, contradiction.expected);
}

}  // namespace

TEST_CASE("contradiction: records of reorder rules are refused by the offline state and by the store", "[storage][state][digest][rules]") {
  for (const Contradiction& contradiction : rule_contradictions) require_refused(contradiction);
}

TEST_CASE("contradiction: records of dates, overdue supply and pegs are refused by the offline state and by the store", "[storage][state][digest][rules]") {
  for (const Contradiction& contradiction : date_contradictions) require_refused(contradiction);
}
