// The judge of dumps before one sound dump with reorder rules, dates, overdue supply and pegs, and the same with one planted fault after the other.
#include <catch2/catch.hpp>

#include "tests/loadtest/planted_dump.hpp"

namespace {

using namespace earmark::loadtest;
using namespace earmark::loadtest::test;

// Two warehouses. A rule suggests A of V, who is faster than W, and adds to its line; one of all warehouses orders B of W in threes, at its cut-off.
// P1 is pegged to the second order, comes late and in part; the suggestion is adopted and cancelled, so its rule waits until it is cleared.
Dump day() {
  static const char* const text = R"([
    {"type":"load","lsn":1,"time_us":1,"warehouses":[{"warehouse":"N","priority":1,"name":""},{"warehouse":"S","priority":2,"name":""}],
     "products":[{"sku":"A","description":""},{"sku":"B","description":""}],"fills_follow":false,"stock":[],"available_after":[]},
    {"type":"rules","lsn":2,"time_us":2,"vendors":[{"vendor":"V","name":"Vendor","lead_days":2},{"vendor":"W","name":"","cut_off":960}],
     "sources":[{"sku":"A","vendor":"V"},{"sku":"A","vendor":"W","lead_days":3}],"rules":[
      {"sku":"A","warehouse":"N","kind":"reorder_point","mode":"suggest","point":5,"qty":10},
      {"sku":"B","warehouse":"S","kind":"min_max","mode":"auto-po","point":2,"qty":8,"minimum":1,"multiple":3,"maximum":100,"pooled":true,"vendor":"W"}],"available_after":[]},
    {"type":"reorder","lsn":3,"time_us":2,"sku":"A","warehouse":"N","mode":"suggest","point":5,"available":0,"incoming":0,"waiting":0,"position":0,"qty":10,"vendor":"V",
     "purchase":"reorder-3","line":1,"line_qty":10,"promised_us":172800000002,"state":"suggested","available_after":[]},
    {"type":"reorder","lsn":4,"time_us":2,"sku":"B","warehouse":"S","mode":"auto-po","pooled":true,"point":2,"available":0,"incoming":0,"waiting":0,"position":0,"qty":9,
     "vendor":"W","purchase":"reorder-4","line":1,"line_qty":9,"state":"suggested","closes_us":57600000000,"available_after":[]},
    {"type":"order","lsn":5,"time_us":3,"id":"o1","status":"backordered","lines":[{"line":1,"sku":"A","qty":12,"reserved":{},"backordered":12}],"available_after":[]},
    {"type":"reorder","lsn":6,"time_us":3,"sku":"A","warehouse":"N","mode":"suggest","point":5,"available":0,"incoming":10,"waiting":12,"position":-2,"qty":10,"vendor":"V",
     "purchase":"reorder-3","purchase_lsn":3,"line":1,"line_qty":20,"promised_us":172800000003,"state":"suggested","available_after":[]},
    {"type":"order","lsn":7,"time_us":4,"id":"o2","status":"backordered","lines":[{"line":1,"sku":"A","qty":4,"reserved":{},"backordered":4}],"available_after":[]},
    {"type":"reorder","lsn":8,"time_us":4,"sku":"A","warehouse":"N","mode":"suggest","point":5,"available":0,"incoming":20,"waiting":16,"position":4,"qty":10,"vendor":"V",
     "purchase":"reorder-3","purchase_lsn":3,"line":1,"line_qty":30,"promised_us":172800000004,"state":"suggested","available_after":[]},
    {"type":"purchase","lsn":9,"time_us":9,"id":"p1","vendor":"X","state":"sent","lines":[
      {"line":1,"sku":"A","warehouse":"N","qty":6,"promised_us":5,"expected_us":86400000009,"peg":{"order":"o2","lsn":7,"line":1}}],"available_after":[]},
    {"type":"dates","lsn":10,"time_us":9,"lines":[{"order":"o2","order_lsn":7,"line":1,"sku":"A","waiting":4,"date_us":86400000009}],"available_after":[]},
    {"type":"overdue","lsn":11,"time_us":86400000010,"id":"p1","purchase_lsn":9,"vendor":"X","expected_us":172800000010,"lines":[
      {"line":1,"sku":"A","warehouse":"N","open":6,"promised_us":5}],"available_after":[]},
    {"type":"purchase_receipt","lsn":12,"time_us":86400000011,"id":"r1","purchase":"p1","purchase_lsn":9,"vendor":"X","state":"partly_received","fills_follow":true,"rows":[
      {"line":1,"sku":"A","warehouse":"N","qty":5,"damaged":0,"over":0}],"available_after":[{"sku":"A","warehouse":"N","available":5}]},
    {"type":"fill","lsn":13,"time_us":86400000011,"cause_lsn":12,"order":"o2","line":1,"sku":"A","taken":{"N":4},"still_waiting":0,"pegged":true,"last":false,
     "available_after":[{"sku":"A","warehouse":"N","available":1}]},
    {"type":"fill","lsn":14,"time_us":86400000011,"cause_lsn":12,"order":"o1","line":1,"sku":"A","taken":{"N":1},"still_waiting":11,"last":true,
     "available_after":[{"sku":"A","warehouse":"N","available":0}]},
    {"type":"purchase_step","lsn":15,"time_us":86400000012,"id":"reorder-3","command_id":"a1","purchase_lsn":3,"vendor":"V","step":"adopt","state":"draft","changes":[],"available_after":[]},
    {"type":"purchase_step","lsn":16,"time_us":86400000013,"id":"reorder-3","command_id":"x1","purchase_lsn":3,"vendor":"V","step":"cancel","state":"cancelled","changes":[
      {"line":1,"sku":"A","warehouse":"N","qty":30,"incoming_change":0,"promised_us":172800000004}],"available_after":[]},
    {"type":"receipt","lsn":17,"time_us":86400000014,"id":"r2","fills_follow":true,"rows":[{"sku":"A","warehouse":"N","qty":30}],
     "available_after":[{"sku":"A","warehouse":"N","available":30}]},
    {"type":"fill","lsn":18,"time_us":86400000014,"cause_lsn":17,"order":"o1","line":1,"sku":"A","taken":{"N":11},"still_waiting":0,"last":true,
     "available_after":[{"sku":"A","warehouse":"N","available":19}]},
    {"type":"reorder","lsn":19,"time_us":86400000014,"sku":"A","warehouse":"N","mode":"suggest","cleared":true,"point":5,"available":19,"incoming":1,"waiting":0,"position":20,
     "qty":0,"available_after":[]},
    {"type":"transfer_shipped","lsn":20,"time_us":86400000015,"id":"t1","source":"N","destination":"S","expected_us":5,"reason":"","rows":[{"sku":"A","qty":2}],
     "available_after":[{"sku":"A","warehouse":"N","available":17}]},
    {"type":"overdue","lsn":21,"time_us":86400000016,"id":"t1","transfer_lsn":20,"expected_us":172800000016,"lines":[{"sku":"A","warehouse":"S","open":2,"promised_us":5}],
     "available_after":[]},
    {"type":"purchase_step","lsn":22,"time_us":86400000017,"id":"reorder-4","by_time":true,"purchase_lsn":4,"vendor":"W","step":"approve","state":"approved","changes":[
      {"line":1,"sku":"B","warehouse":"S","qty":9,"incoming_change":9}],"available_after":[]},
    {"type":"rules","lsn":23,"time_us":86400000018,"vendors":[{"vendor":"W","name":"","cut_off":960}],"sources":[],"rules":[
      {"sku":"B","warehouse":"S","kind":"lot_for_lot","mode":"auto-po","point":0,"qty":0,"vendor":"W"}],"available_after":[]},
    {"type":"order","lsn":24,"time_us":86400000019,"id":"o3","status":"backordered","lines":[{"line":1,"sku":"B","qty":11,"reserved":{},"backordered":11,"pinned":"S"}],
     "available_after":[]},
    {"type":"reorder","lsn":25,"time_us":86400000019,"sku":"B","warehouse":"S","mode":"auto-po","point":0,"available":0,"incoming":9,"waiting":11,"position":-2,"qty":2,
     "vendor":"W","purchase":"reorder-25","line":1,"line_qty":2,"state":"suggested","closes_us":144000000000,"available_after":[]}])";
  static const Json parsed = Json::parse(text);
  return Dump(parsed.begin(), parsed.end());
}

// The same from behind LSN 11 on.
Dump from_a_base() {
  static const char* const text = R"([
    {"type":"base","part":"state","lsn":11,"time_us":86400000010,"oldest_known_lsn":1,"archived_lsn":0,"open_orders":2,"closed_orders":0,"known_commands":5,"full":true},
    {"type":"base","part":"warehouse","warehouse":"N","priority":1,"name":""},
    {"type":"base","part":"warehouse","warehouse":"S","priority":2,"name":""},
    {"type":"base","part":"product","sku":"A","description":""},
    {"type":"base","part":"product","sku":"B","description":""},
    {"type":"base","part":"vendor","vendor":"V","name":"Vendor","lead_days":2},
    {"type":"base","part":"vendor","vendor":"W","name":"","cut_off":960},
    {"type":"base","part":"source","sku":"A","vendor":"V"},
    {"type":"base","part":"source","sku":"A","vendor":"W","lead_days":3},
    {"type":"base","part":"order","id":"o1","lsn":5,"time_us":3,"status":"backordered","priority":100,"lines":[
      {"line":1,"sku":"A","qty":12,"backordered":12,"cancelled":0,"reserved":{},"shipped":{}}]},
    {"type":"base","part":"order","id":"o2","lsn":7,"time_us":4,"status":"backordered","priority":100,"lines":[
      {"line":1,"sku":"A","qty":4,"backordered":4,"cancelled":0,"reserved":{},"shipped":{},"first_promised_us":86400000009,"told_us":86400000009}]},
    {"type":"base","part":"purchase","id":"reorder-3","lsn":3,"time_us":2,"vendor":"V","state":"suggested","lines":[
      {"line":1,"sku":"A","warehouse":"N","qty":30,"received":0,"promised_us":172800000004,"first_promised_us":172800000004}]},
    {"type":"base","part":"purchase","id":"reorder-4","lsn":4,"time_us":2,"vendor":"W","state":"suggested","automatic":true,"closes_us":57600000000,"lines":[
      {"line":1,"sku":"B","warehouse":"S","qty":9,"received":0}]},
    {"type":"base","part":"purchase","id":"p1","lsn":9,"time_us":9,"vendor":"X","state":"sent","lines":[
      {"line":1,"sku":"A","warehouse":"N","qty":6,"received":0,"promised_us":5,"first_promised_us":5,"expected_us":172800000010,"peg":{"lsn":7,"line":1}}]},
    {"type":"base","part":"rule","sku":"A","warehouse":"N","kind":"reorder_point","mode":"suggest","point":5,"qty":10,"purchase_lsn":3},
    {"type":"base","part":"rule","sku":"B","warehouse":"S","kind":"min_max","mode":"auto-po","point":2,"qty":8,"minimum":1,"multiple":3,"maximum":100,"pooled":true,
     "vendor":"W","purchase_lsn":4},
    {"type":"base","part":"queue","sku":"A","waiting":[{"order":"o1","line":1,"qty":12},{"order":"o2","line":1,"qty":4}]}])";
  static const Json parsed = Json::parse(text);
  Dump dump(parsed.begin(), parsed.end());
  const Dump whole = day();
  dump.insert(dump.end(), whole.begin() + 11, whole.end());
  return dump;
}

std::vector<Planted> planted() {
  return {
      {"a trigger of a rule that is not set", Promise::decisions, "LSN 3: is of a reorder rule that is not set", [](Dump& dump) { dump[2]["warehouse"] = "S"; }},
      {"a trigger at another point", Promise::decisions, "LSN 3: is of a reorder rule that is not set", [](Dump& dump) { dump[2]["point"] = 4; }},
      {"what is incoming is not counted", Promise::conservation, "LSN 6: tells 0 available, 9 incoming and 12 waiting of A in N", [](Dump& dump) { dump[5]["incoming"] = 9; }},
      {"who waits is not counted", Promise::conservation, "LSN 8: tells 0 available, 20 incoming and 12 waiting", [](Dump& dump) { dump[7]["waiting"] = 12, dump[7]["position"] = 8; }},
      {"the position is no sum", Promise::conservation, "LSN 6: tells 0 available, 10 incoming and 12 waiting of A in N, a position of -1", [](Dump& dump) { dump[5]["position"] = -1; }},
      {"it orders too little", Promise::decisions, "LSN 8: orders 9 of A in N at a position of 4, instead of 10", [](Dump& dump) { dump[7]["qty"] = 9, dump[7]["line_qty"] = 29; }},
      {"it orders no multiple", Promise::decisions, "LSN 4: orders 8 of B in S at a position of 0, instead of 9", [](Dump& dump) { dump[3]["qty"] = dump[3]["line_qty"] = 8; }},
      {"it triggers above its point", Promise::decisions, "LSN 8: triggers the rule of A in N at a position of 8, which is not at its point",
       [](Dump& dump) {
         dump[6]["lines"][0]["qty"] = dump[6]["lines"][0]["backordered"] = 0, dump[6]["status"] = "reserved";
         dump[7]["waiting"] = 12, dump[7]["position"] = 8;
       }},
      {"it triggers while it is snoozed", Promise::decisions, "LSN 3: triggers the rule of A in N at a position of 0, which is snoozed", [](Dump& dump) { dump[1]["rules"][0]["snoozed_until_us"] = 3; }},
      {"it triggers while it waits", Promise::decisions, "LSN 19: triggers the rule of A in N at a position of 20, which waits", [](Dump& dump) { dump[18].erase("cleared"); }},
      {"it is cleared and did not wait", Promise::decisions, "LSN 19: clears the rule of A in N", [](Dump& dump) { dump[14]["step"] = "approve", dump[15]["step"] = "close"; }},
      {"of the slower vendor", Promise::decisions, "LSN 3: orders A in N of vendor \"W\", instead of \"V\"", [](Dump& dump) { dump[2]["vendor"] = "W"; }},
      {"under another's id", Promise::decisions, "LSN 3: makes purchase order \"reorder-2\"", [](Dump& dump) { dump[2]["purchase"] = "reorder-2"; }},
      {"approved before a buyer has seen it", Promise::decisions, "LSN 3: makes purchase order \"reorder-3\", approved", [](Dump& dump) { dump[2]["state"] = "approved"; }},
      {"it closes at another minute", Promise::decisions, "LSN 4: makes purchase order \"reorder-4\", suggested, of vendor \"W\", that closes at 57660000000",
       [](Dump& dump) { dump[3]["closes_us"] = 57660000000; }},
      {"a second suggestion beside the first", Promise::decisions, "LSN 6: makes purchase order \"reorder-6\", suggested, of vendor \"V\", that closes at 0, though that of LSN 3 takes lines",
       [](Dump& dump) { dump[5].erase("purchase_lsn"), dump[5]["purchase"] = "reorder-6", dump[5]["line_qty"] = 10; }},
      {"the line has another quantity than it had", Promise::decisions, "LSN 6: leaves 21 ordered of A in N in line 1 of purchase order \"reorder-3\", which had 10",
       [](Dump& dump) { dump[5]["line_qty"] = 21; }},
      {"a second line beside its own", Promise::decisions, "LSN 6: leaves 10 ordered of A in N in line 2 of purchase order \"reorder-3\", which is not the next one",
       [](Dump& dump) { dump[5]["line"] = 2, dump[5]["line_qty"] = 10; }},
      {"it adds to what is adopted", Promise::decisions, "LSN 17: adds to purchase order \"reorder-3\" of vendor \"V\", which takes nothing of it",
       [](Dump& dump) { dump[16] = dump[7], dump[16]["lsn"] = 17, dump[16]["time_us"] = 86400000014; }},
      {"approved without a command before its cut-off", Promise::decisions, "LSN 22: moves purchase order \"reorder-4\" without a command, whose cut-off has not come",
       [](Dump& dump) { dump[3]["closes_us"] = 144000000000; }},
      {"adopted twice", Promise::decisions, "LSN 16: leaves a purchase order that was draft as draft, instead of refusing it",
       [](Dump& dump) { dump[15]["step"] = "adopt", dump[15]["state"] = "draft", dump[15]["changes"] = Json::array(); }},
      {"a suggestion is incoming", Promise::conservation, "LSN 16: does not tell what is open of purchase order \"reorder-3\"", [](Dump& dump) { dump[15]["changes"][0]["incoming_change"] = -30; }},
      {"pegged to somebody who does not wait for it", Promise::decisions, "LSN 9: pegs line 1 to line 2 of order \"o2\"", [](Dump& dump) { dump[8]["lines"][0]["peg"]["line"] = 2; }},
      {"expected later than promised, which is not over", Promise::decisions, "LSN 9: expects line 1 at 86400000009, though 10 was promised and is not over",
       [](Dump& dump) { dump[8]["lines"][0]["promised_us"] = 10; }},
      {"the pegged line is passed over", Promise::no_overtaking, "LSN 13: fills line 1 of order \"o1\" (A), but line 1 of the order decided at LSN 7 (A) comes first, which it is pegged to",
       [](Dump& dump) { dump[12]["order"] = "o1", dump[12].erase("pegged"), dump[12]["still_waiting"] = 8; }},
      {"out of turn without a peg", Promise::no_overtaking, "LSN 13: fills out of turn line 1 of order \"o2\" (A), but line 1 of the order decided at LSN 5 (A) comes first",
       [](Dump& dump) { dump[8]["lines"][0].erase("peg"); }},
      {"out of turn, and is not told", Promise::no_overtaking, "LSN 13: fills line 1 of order \"o2\" (A), but line 1 of the order decided at LSN 7 (A) comes first, which it is pegged to",
       [](Dump& dump) { dump[12].erase("pegged"); }},
      {"less out of turn than came", Promise::decisions, "LSN 13: the fill of line 1 of order \"o2\" takes 3 in N instead of 4 in N",
       [](Dump& dump) { dump[12]["taken"]["N"] = 3, dump[12]["still_waiting"] = 1, dump[12]["available_after"][0]["available"] = 2; }},
      {"told another date than it was", Promise::decisions, "LSN 10: moves the date of line 1 of order \"o2\" from 7 to 86400000009, which was told 0",
       [](Dump& dump) { dump[9]["lines"][0]["before_us"] = 7; }},
      {"a date of what does not wait", Promise::conservation, "LSN 10: tells a date of 5 units of line 1 of order \"o2\"", [](Dump& dump) { dump[9]["lines"][0]["waiting"] = 5; }},
      {"overdue before its time", Promise::decisions, "LSN 11: says of purchase order \"p1\" that lines are overdue which are not", [](Dump& dump) { dump[10]["time_us"] = 86400000008; }},
      {"overdue with less than is open", Promise::decisions, "LSN 11: says of purchase order \"p1\"", [](Dump& dump) { dump[10]["lines"][0]["open"] = 5; }},
      {"overdue and expected no later", Promise::decisions, "LSN 11: says of purchase order \"p1\"", [](Dump& dump) { dump[10]["expected_us"] = 86400000009; }},
      {"a transfer that was expected otherwise", Promise::decisions, "LSN 21: says of transfer \"t1\" that it is overdue", [](Dump& dump) { dump[20]["lines"][0]["promised_us"] = 6; }},
      {"incoming of another SKU is counted", Promise::conservation, "LSN 25: tells 0 available, 10 incoming and 11 waiting of B in S", [](Dump& dump) { dump[24]["incoming"] = 10; }},
      {"a source of a vendor whom nobody has listed", Promise::decisions, "LSN 2: a source has no SKU, or vendor \"Z\"", [](Dump& dump) { dump[1]["sources"][0]["vendor"] = "Z"; }},
  };
}

}  // namespace

TEST_CASE("dump judge: passes a sound day with reorder rules, dates and pegs, from its beginning and from a base", "[loadtest][judge]") {
  for (const Dump& dump : {day(), from_a_base()}) {
    const JudgedDump judged = judge(dump);
    INFO(table_of(judged.verdict));
    CHECK(judged.fault == "");
    CHECK_FALSE(judged.verdict.failed());
    CHECK(judged.verdict.unknown == 0);
    CHECK(judged.verdict.reorders >= 2);
  }
  const DumpVerdict verdict = judge(day()).verdict;
  CHECK(verdict.rules == 2);
  CHECK(verdict.reorders == 6);
  CHECK(verdict.overdue == 2);
  CHECK(verdict.moved_dates == 1);
}

TEST_CASE("dump judge: finds each planted fault about reorder rules, dates and pegs", "[loadtest][judge]") {
  for (const Planted& fault : planted()) require_found(fault, day());
}

TEST_CASE("dump judge: finds what a base says of a rule or its purchase order, and the records behind it do not", "[loadtest][judge]") {
  const auto changed = [](std::size_t line, const char* key, const Json& value) {
    Dump dump = from_a_base();
    dump[line][key] = value;
    return judge(dump).verdict;
  };
  CHECK(changed(14, "purchase_lsn", 0)[Promise::decisions] > 0);  // its rule does not wait when it is cancelled
  CHECK(changed(12, "closes_us", 144000000000)[Promise::decisions] > 0);
  CHECK(changed(12, "automatic", false)[Promise::decisions] > 0);
  Dump without_peg = from_a_base();
  without_peg[13]["lines"][0].erase("peg");
  CHECK(judge(without_peg).verdict[Promise::no_overtaking] > 0);
  Dump without_rules = from_a_base();
  without_rules.erase(without_rules.begin() + 14);
  CHECK(judge(without_rules).verdict[Promise::decisions] > 0);
}
