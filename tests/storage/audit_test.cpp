// The fairness audit: histories that the twin decided have nobody overtaken in them; each planted overtaking is named with all about it; what
// is legal is counted by its reason and not named.
#include <catch2/catch.hpp>

#include <functional>
#include <iostream>
#include <optional>

#include "tests/storage/audit_log.hpp"
#include "tests/storage/random_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using namespace earmark::storage::test;
using engine::Lsn;
using engine::Policy;

std::uint64_t passed(const AuditReport& report, Passing reason) { return report.passed[static_cast<std::size_t>(reason)]; }

// "5: W/1 waits for 5 door, X/1 takes 2 in A: takes anything", as found.
std::vector<std::string> told(const AuditReport& report) {
  constexpr const char* why[] = {"takes anything", "all was there", "not counted", "counted for another"};
  const auto name = [](const AuditLine& line) { return line.order + "/" + std::to_string(line.line.value); };
  std::vector<std::string> all;
  for (const OvertakenWaiter& each : report.overtaken) {
    all.push_back(std::to_string(each.lsn.value) + ": " + name(each.who) + " waits for " + std::to_string(each.waiting) + " " + each.sku + ", " + (each.by_hold ? "hold " : "") +
                  name(each.by) + " takes " + std::to_string(each.taken) + " in " + each.warehouse + ": " + why[static_cast<int>(each.why)]);
  }
  return all;
}

TEST_CASE("audit: nobody is overtaken in what the twin decided, and skips are as the records tell", "[storage][audit]") {
  AuditReport sum;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    RandomHistory history(seed, 3);
    history.grow(1500);
    const AuditReport report = audit_of(history.records());
    CHECK(told(report) == std::vector<std::string>());
    std::uint64_t fills = 0, skips = 0, strict = 0;
    schema::EventDecoder decoder;
    for (std::size_t index = 0; index < history.records().size(); ++index) {
      std::size_t consumed = 0;
      const auto event = decoder.decode(history.records().record(index), consumed);
      const auto* fill = std::get_if<engine::FillDecision>(&event->decision);
      const auto* order = std::get_if<engine::OrderDecision>(&event->decision);
      if (fill != nullptr) ++fills;
      if ((fill != nullptr && fill->skipped.order_lsn.value != 0) || (order != nullptr && order->skipped.order_lsn.value != 0)) ++skips;
      if (std::holds_alternative<engine::StrictDecision>(event->decision)) ++strict;
    }
    CHECK(report.fills == fills);
    CHECK(report.skips.size() == skips);
    CHECK(report.strict.size() == strict);
    CHECK(passed(report, Passing::skip_counted) == skips);
    CHECK(report.to == Lsn{history.records().size()});
    sum.takes += report.takes;
    sum.unopposed += report.unopposed;
    sum.causes += report.causes;
    sum.holds += report.holds;
    for (std::size_t reason = 0; reason < passings; ++reason) sum.passed[reason] += report.passed[reason];
  }
  std::cout << "audit: 20 histories, " << sum.takes << " takes, " << sum.causes << " causes; passed by right:";
  for (const std::uint64_t count : sum.passed) std::cout << " " << count;
  std::cout << "\n";
  CHECK(sum.unopposed > 0);
  CHECK(sum.unopposed < sum.takes);
  CHECK(sum.holds > 0);
  for (const Passing reason : {Passing::lower_priority, Passing::pinned_elsewhere, Passing::not_due, Passing::skip_counted, Passing::counted_before, Passing::own_order,
                               Passing::by_hold, Passing::held_units}) {
    CAPTURE(static_cast<int>(reason));
    CHECK(passed(sum, reason) > 0);
  }
}

// The fill at `index` and the one behind it, which is another order's: as if they had been decided the other way round. Null: they do not allow it.
std::optional<Records> swapped(const Records& records, std::size_t index) {
  schema::EventDecoder first_decoder, second_decoder;
  std::size_t consumed = 0;
  const auto one = first_decoder.decode(records.record(index), consumed), other = second_decoder.decode(records.record(index + 1), consumed);
  const auto* first = std::get_if<engine::FillDecision>(&one->decision);
  const auto* second = std::get_if<engine::FillDecision>(&other->decision);
  if (first == nullptr || second == nullptr || one->stamp.cause != other->stamp.cause || first->row != second->row || first->sku != second->sku) return {};
  if (first->pegged || second->pegged) return {};  // in no turn
  if (first->order_lsn == second->order_lsn || first->takes.size() != 1 || second->takes.size() != 1 || first->takes[0].warehouse != second->takes[0].warehouse) return {};
  engine::Take earlier[] = {second->takes[0]}, later[] = {first->takes[0]};
  earlier[0].available_after = first->takes[0].available_after + first->takes[0].quantity - second->takes[0].quantity;
  later[0].available_after = second->takes[0].available_after;
  engine::FillDecision now_first = *second, now_second = *first;
  now_first.takes = earlier, now_first.last = false;
  now_second.takes = later, now_second.last = second->last;
  Records edited = first_of(records, index);
  edited.add(now_first, one->stamp.cause, one->stamp.time);
  edited.add(now_second, one->stamp.cause, one->stamp.time);
  return edited;
}

TEST_CASE("audit: two fills of a recorded history the other way round are an overtaking, wherever they stand", "[storage][audit]") {
  std::size_t planted = 0;
  for (std::uint64_t seed = 101; seed <= 120; ++seed) {
    RandomHistory history(seed, 3);
    history.grow(800);
    std::size_t of_seed = 0;
    for (std::size_t index = 0; index + 1 < history.records().size() && of_seed < 8; ++index) {
      const auto edited = swapped(history.records(), index);
      if (!edited) continue;
      CAPTURE(seed, index + 1);
      const AuditReport report = audit_of(*edited);
      REQUIRE(report.overtaken.size() >= 1);
      CHECK(report.overtaken[0].lsn == Lsn{index + 1});
      ++of_seed, ++planted;
    }
  }
  std::cout << "audit: " << planted << " pairs of fills the other way round, each found\n";
  CHECK(planted > 50);
}

const Terms line_complete{Policy::line_complete}, ship_complete{Policy::ship_complete};
Terms skipping(const std::string& whom) { return {Policy::ship_partial, 100, false, whom, {}}; }

struct Case {
  const char* name;
  std::function<void(AuditLog&)> story;
  std::vector<std::string> overtaken;
};

const Case planted[] = {
    {"a fill of the second before the first", [](AuditLog& log) {
       log.order("W", {{door, 5}}), log.order("X", {{door, 5}}), log.receive(door, {{a, 5}}, true), log.fill("X", 1, {{a, 5}}, true);
     }, {"5: W/1 waits for 5 door, X/1 takes 5 in A: takes anything"}},
    {"a newcomer takes what is there, and the waiter goes without", [](AuditLog& log) {
       log.order("W", {{door, 5}}), log.receive(door, {{b, 4}}, false), log.order("N", {{nail, 1}, {door, 3, {{b, 3}}}});
     }, {"4: W/1 waits for 5 door, N/2 takes 3 in B: takes anything"}},
    {"a hold is later than everybody who waits", [](AuditLog& log) {
       log.order("W", {{door, 5}}), log.receive(door, {{a, 4}}, false), log.hold("H", {{door, 1, {{a, 1}}}});
     }, {"4: W/1 waits for 5 door, hold H/1 takes 1 in A: takes anything"}},
    {"a pinned waiter is passed in his own warehouse", [](AuditLog& log) {
       log.order("W", {{door, 1, {}, a}}), log.order("X", {{door, 2}}), log.receive(door, {{a, 1}, {b, 1}}, true), log.fill("X", 1, {{a, 1}, {b, 1}}, true, 1);
     }, {"5: W/1 waits for 1 door, X/1 takes 1 in A: takes anything"}},
    {"a lower priority is served first, though it was decided first", [](AuditLog& log) {
       log.order("X", {{door, 2}}, {Policy::ship_partial, 50, false, {}, {}}), log.order("W", {{door, 2}}), log.receive(door, {{a, 2}}, true), log.fill("X", 1, {{a, 2}}, true);
     }, {"5: W/1 waits for 2 door, X/1 takes 2 in A: takes anything"}},
    {"as many are named as the units would have reached", [](AuditLog& log) {
       log.order("V", {{door, 2}}), log.order("W", {{door, 2, {}, a}}), log.order("U", {{door, 2}}), log.order("X", {{door, 3}});
       log.receive(door, {{a, 3}}, true), log.fill("X", 1, {{a, 3}}, true);
     }, {"7: V/1 waits for 2 door, X/1 takes 3 in A: takes anything", "7: W/1 waits for 2 door, X/1 takes 3 in A: takes anything"}},
    {"all was there for a line that takes all or nothing", [](AuditLog& log) {
       log.order("L", {{door, 3}}, line_complete), log.order("X", {{door, 2}}), log.receive(door, {{a, 2}, {b, 1}}, true), log.fill("X", 1, {{a, 2}}, true, 1, "L/1");
     }, {"5: L/1 waits for 3 door, X/1 takes 2 in A: all was there"}},
    {"all was there for an order that waits as a whole", [](AuditLog& log) {
       log.receive(nail, {{b, 1}}, false), log.order("C", {{nail, 1}, {door, 2}}, ship_complete), log.order("X", {{door, 2}});
       log.receive(door, {{a, 2}}, true), log.fill("X", 1, {{a, 2}}, true, 0, "C");
     }, {"6: C/2 waits for 2 door, X/1 takes 2 in A: all was there"}},
    {"a skip that is not counted", [](AuditLog& log) {
       log.order("L", {{door, 9}}, line_complete), log.receive(door, {{a, 2}}, false);
       log.order("M", {{door, 1, {{a, 1}}}}, skipping("L/1")), log.order("N", {{door, 1, {{a, 1}}}});
     }, {"5: L/1 waits for 9 door, N/1 takes 1 in A: not counted"}},
    {"a skip that is counted for another", [](AuditLog& log) {
       log.order("L", {{door, 9}}, line_complete), log.order("M", {{door, 8}}, line_complete), log.receive(door, {{a, 1}}, false);
       log.order("N", {{door, 1, {{a, 1}}}}, skipping("M/1"));
     }, {"5: L/1 waits for 9 door, N/1 takes 1 in A: counted for another"}},
    {"who has turned strict takes whatever is there", [](AuditLog& log) {
       log.order("L", {{door, 9}}, line_complete), log.order("X", {{door, 2}}), log.strict("L", 1), log.receive(door, {{a, 2}}, true), log.fill("X", 1, {{a, 2}}, true);
     }, {"6: L/1 waits for 9 door, X/1 takes 2 in A: takes anything"}},
    {"a confirmed hold covers no more than it had", [](AuditLog& log) {
       log.receive(door, {{a, 3}}, false), log.hold("H", {{door, 2, {{a, 2}}}}), log.order("W", {{door, 1, {}, a}}), log.order("C", {{door, 3, {{a, 3}}}}, {Policy::ship_partial, 100, false, {}, "H"});
     }, {"5: W/1 waits for 1 door, C/1 takes 1 in A: takes anything"}},
};

TEST_CASE("audit: each planted overtaking is named, with who, by whom, where and why", "[storage][audit]") {
  for (const Case& each : planted) {
    CAPTURE(each.name);
    AuditLog log;
    each.story(log);
    CHECK(told(log.audit()) == each.overtaken);
    // Not by an audit of the records behind it, nor of another SKU.
    const Lsn last{log.records().size()};
    CHECK(told(log.audit(last)) == each.overtaken);
    log.order("later", {{door, 1}});
    CHECK(told(log.audit(last + 1)).empty());
    CHECK(told(log.audit(Lsn{1}, "door")) == each.overtaken);
    CHECK(told(log.audit(Lsn{1}, "nail")).empty());
  }
}

struct LegalCase {
  const char* name;
  std::function<void(AuditLog&)> story;
  Passing reason;
  std::size_t skips;
};

const LegalCase legal[] = {
    {"pinned elsewhere", [](AuditLog& log) {
       log.order("W", {{door, 5, {}, b}}), log.order("X", {{door, 5}}), log.receive(door, {{a, 5}}, true), log.fill("X", 1, {{a, 5}}, true);
     }, Passing::pinned_elsewhere, 0},
    {"not due", [](AuditLog& log) {
       log.order("W", {{door, 5}}, {Policy::ship_partial, 100, true, {}, {}}), log.order("X", {{door, 5}}), log.receive(door, {{a, 5}}, true), log.fill("X", 1, {{a, 5}}, true);
     }, Passing::not_due, 0},
    {"lower priority", [](AuditLog& log) {
       log.order("W", {{door, 2}}, {Policy::ship_partial, 50, false, {}, {}}), log.order("X", {{door, 2}}), log.receive(door, {{a, 2}}, true), log.fill("X", 1, {{a, 2}}, true);
     }, Passing::lower_priority, 0},
    {"a skip, counted", [](AuditLog& log) {
       log.order("L", {{door, 9}}, line_complete), log.receive(door, {{a, 2}}, false), log.order("N", {{door, 1, {{a, 1}}}}, skipping("L/1"));
     }, Passing::skip_counted, 1},
    {"a skip of who waits for rows of a receipt that have not come yet", [](AuditLog& log) {
       log.order("L", {{door, 3}}, line_complete), log.order("X", {{door, 2}});
       log.receive(door, {{a, 2}, {b, 2}}, true), log.fill("X", 1, {{a, 2}}, true, 0, "L/1");
     }, Passing::skip_counted, 1},
    {"a skip of an order that lacks its nail", [](AuditLog& log) {
       log.order("C", {{nail, 1}, {door, 2}}, ship_complete), log.order("X", {{door, 2}}), log.receive(door, {{a, 2}}, true), log.fill("X", 1, {{a, 2}}, true, 0, "C");
     }, Passing::skip_counted, 1},
    {"by an order that counted before", [](AuditLog& log) {
       log.order("L", {{door, 9}}, line_complete), log.order("X", {{door, 2}}), log.receive(door, {{a, 1}}, true), log.fill("X", 1, {{a, 1}}, true, 0, "L/1");
       log.receive(door, {{a, 1}}, true), log.fill("X", 1, {{a, 1}}, true);
     }, Passing::counted_before, 1},
    {"by a line of the same order", [](AuditLog& log) {
       log.order("L", {{door, 9}, {door, 1}}, line_complete), log.receive(door, {{a, 1}}, true), log.fill("L", 2, {{a, 1}}, true);
     }, Passing::own_order, 0},
    {"by a hold", [](AuditLog& log) {
       log.order("L", {{door, 9}}, line_complete), log.receive(door, {{a, 1}}, false), log.hold("H", {{door, 1, {{a, 1}}}});
     }, Passing::by_hold, 0},
    {"in a journal that tells no skips", [](AuditLog& log) {
       log.order("L", {{door, 9}}, line_complete), log.receive(door, {{a, 1}}, false), log.order("N", {{door, 1, {{a, 1}}}});
     }, Passing::before_skips, 0},
    {"units that were held", [](AuditLog& log) {
       log.receive(door, {{a, 2}}, false), log.hold("H", {{door, 2, {{a, 2}}}}), log.order("W", {{door, 1, {}, a}}), log.order("C", {{door, 2, {{a, 2}}}}, {Policy::ship_partial, 100, false, {}, "H"});
     }, Passing::held_units, 0},
};

TEST_CASE("audit: what is legal is counted by its reason, and no other", "[storage][audit]") {
  for (const LegalCase& each : legal) {
    CAPTURE(each.name);
    AuditLog log;
    each.story(log);
    const AuditReport report = log.audit();
    CHECK(told(report).empty());
    CHECK(report.skips.size() == each.skips);
    for (std::size_t reason = 0; reason < passings; ++reason) {
      CAPTURE(reason);
      const bool also_counted = each.reason == Passing::counted_before && reason == static_cast<std::size_t>(Passing::skip_counted);
      CHECK(report.passed[reason] == (reason == static_cast<std::size_t>(each.reason) || also_counted ? 1 : 0));
    }
  }
}

// W waits for doors ahead of X, whose two come by a purchase order of his own, in A.
TEST_CASE("audit: units that came for a line pass who stands ahead, and only as many", "[storage][audit]") {
  AuditLog log;
  log.order("W", {{door, 5}});
  const Lsn owner = log.order("X", {{door, 3}});
  Records records = first_of(log.records(), log.records().size());
  const engine::PurchasedLine lines[] = {{engine::TimeUs{}, engine::LineNumber{1}, door, 4, a, 0}};
  const engine::PurchasePeg pegs[] = {{owner, 0, 0, engine::LineNumber{1}, 0}};
  const std::string_view orders[] = {"X"};
  const Lsn placed = records.add(engine::PurchaseDecision{"P", 1, "V", "", "", engine::PurchaseState::sent, lines, pegs, orders, {}});
  const engine::PurchaseArrivedRow rows[] = {{engine::LineNumber{1}, door, 2, 0, 0, 2, a, 0}};
  const Lsn cause = records.add(engine::PurchaseReceiptDecision{"R", "P", placed, 1, "V", engine::PurchaseState::partly_received, true, rows});
  const engine::Take takes[] = {{2, 0, a, 1}};
  engine::FillDecision fill{"X", owner, engine::LineNumber{1}, door, 0, 1, true, takes};
  Records out_of_turn = first_of(records, records.size());
  out_of_turn.add(fill, cause);
  CHECK(told(audit_of(out_of_turn)) == std::vector<std::string>{"6: W/1 waits for 5 door, X/1 takes 2 in A: takes anything"});
  fill.pegged = true;
  records.add(fill, cause);
  const AuditReport report = audit_of(records);
  CHECK(told(report).empty());
  CHECK(report.fills == 1);
  CHECK(passed(report, Passing::pegged) == 1);
  CHECK(audit_of(records, Lsn{1}, "nail").fills == 0);
}

TEST_CASE("audit: skips and who turns strict are listed with who, by whom, at which LSN, of which SKU", "[storage][audit]") {
  AuditLog log;
  log.order("C", {{nail, 4}, {door, 9}}, ship_complete);
  log.receive(door, {{a, 1}}, false);
  const Lsn by = log.order("N", {{door, 1, {{a, 1}}}}, skipping("C"));
  const Lsn strict = log.strict("C", 0);
  const AuditReport report = log.audit();
  REQUIRE(report.skips.size() == 1);
  CHECK(report.skips[0].lsn == by);
  CHECK(report.skips[0].who == AuditLine{"C", {}});
  CHECK(report.skips[0].by == AuditLine{"N", engine::LineNumber{1}});
  CHECK(report.skips[0].sku == "door");
  REQUIRE(report.strict.size() == 1);
  CHECK(report.strict[0].lsn == strict);
  CHECK(report.strict[0].who == AuditLine{"C", {}});
  CHECK_FALSE(report.strict[0].waited);
  CHECK(log.audit(Lsn{1}, "nail").skips.empty());
  CHECK(log.audit(Lsn{1}, "nail").strict.size() == 1);
  CHECK(log.audit(by + 1).skips.empty());
}

}  // namespace
