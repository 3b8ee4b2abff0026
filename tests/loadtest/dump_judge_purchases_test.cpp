// The judge of dumps before one sound dump with purchase orders, and the same with one planted fault after the other.
#include <catch2/catch.hpp>

#include "tests/loadtest/planted_dump.hpp"

namespace {

using namespace earmark::loadtest;
using namespace earmark::loadtest::test;

// One warehouse, and an order that waits: a draft is approved, sent, acknowledged with less of one line, and arrives in two receipts, over
// and damaged; one is sent at once and closed short, one cancelled as a draft, one acknowledged with nothing.
Dump day() {
  static const char* const text = R"([
    {"type":"load","lsn":1,"time_us":1,"warehouses":[{"warehouse":"N","priority":1,"name":""}],
     "products":[{"sku":"A","description":""},{"sku":"B","description":""}],"fills_follow":false,"stock":[],"available_after":[]},
    {"type":"order","lsn":2,"time_us":2,"id":"o1","status":"backordered","lines":[{"line":1,"sku":"A","qty":4,"reserved":{},"backordered":4}],"available_after":[]},
    {"type":"purchase","lsn":3,"time_us":3,"id":"p1","vendor":"V","state":"draft","notes":"x","lines":[
      {"line":1,"sku":"A","warehouse":"N","qty":10,"promised_us":500},{"line":2,"sku":"B","warehouse":"N","qty":6}],"available_after":[]},
    {"type":"purchase_step","lsn":4,"time_us":4,"id":"p1","command_id":"a1","purchase_lsn":3,"vendor":"V","step":"approve","state":"approved","changes":[
      {"line":1,"sku":"A","warehouse":"N","qty":10,"incoming_change":10,"promised_us":500},{"line":2,"sku":"B","warehouse":"N","qty":6,"incoming_change":6}],
     "available_after":[]},
    {"type":"purchase_step","lsn":5,"time_us":5,"id":"p1","command_id":"s1","purchase_lsn":3,"vendor":"V","step":"send","state":"sent","changes":[],"available_after":[]},
    {"type":"purchase_step","lsn":6,"time_us":6,"id":"p1","command_id":"k1","purchase_lsn":3,"vendor":"V","step":"acknowledge","state":"acknowledged","reference":"SO-7",
     "changes":[{"line":2,"sku":"B","warehouse":"N","qty":5,"incoming_change":-1,"promised_us":700}],"available_after":[]},
    {"type":"purchase_receipt","lsn":7,"time_us":7,"id":"r1","purchase":"p1","purchase_lsn":3,"vendor":"V","state":"partly_received","fills_follow":true,"rows":[
      {"line":1,"sku":"A","warehouse":"N","qty":3,"damaged":1,"over":0},{"line":2,"sku":"B","warehouse":"N","qty":6,"damaged":0,"over":1}],
     "available_after":[{"sku":"A","warehouse":"N","available":3},{"sku":"B","warehouse":"N","available":6}]},
    {"type":"fill","lsn":8,"time_us":7,"cause_lsn":7,"order":"o1","line":1,"sku":"A","taken":{"N":3},"still_waiting":1,"last":true,
     "available_after":[{"sku":"A","warehouse":"N","available":0}]},
    {"type":"purchase_receipt","lsn":9,"time_us":8,"id":"r2","purchase":"p1","purchase_lsn":3,"vendor":"V","state":"received","fills_follow":true,"rows":[
      {"line":1,"sku":"A","warehouse":"N","qty":6,"damaged":0,"over":0}],"available_after":[{"sku":"A","warehouse":"N","available":6}]},
    {"type":"fill","lsn":10,"time_us":8,"cause_lsn":9,"order":"o1","line":1,"sku":"A","taken":{"N":1},"still_waiting":0,"last":true,
     "available_after":[{"sku":"A","warehouse":"N","available":5}]},
    {"type":"purchase","lsn":11,"time_us":9,"id":"p2","vendor":"W","state":"sent","lines":[{"line":7,"sku":"B","warehouse":"N","qty":8}],"available_after":[]},
    {"type":"purchase_receipt","lsn":12,"time_us":10,"id":"r3","purchase":"p2","purchase_lsn":11,"vendor":"W","state":"partly_received","fills_follow":false,"rows":[
      {"line":7,"sku":"B","warehouse":"N","qty":5,"damaged":0,"over":0}],"available_after":[{"sku":"B","warehouse":"N","available":11}]},
    {"type":"purchase_step","lsn":13,"time_us":11,"id":"p2","command_id":"c1","purchase_lsn":11,"vendor":"W","step":"close","state":"closed","changes":[
      {"line":7,"sku":"B","warehouse":"N","qty":8,"incoming_change":-3}],"available_after":[]},
    {"type":"purchase","lsn":14,"time_us":12,"id":"p3","vendor":"W","state":"draft","lines":[{"line":1,"sku":"A","warehouse":"N","qty":2}],"available_after":[]},
    {"type":"purchase_step","lsn":15,"time_us":13,"id":"p3","command_id":"x1","purchase_lsn":14,"vendor":"W","step":"cancel","state":"cancelled","changes":[
      {"line":1,"sku":"A","warehouse":"N","qty":2,"incoming_change":0}],"available_after":[]},
    {"type":"purchase","lsn":16,"time_us":14,"id":"p4","vendor":"W","state":"approved","lines":[{"line":1,"sku":"A","warehouse":"N","qty":2}],"available_after":[]},
    {"type":"purchase_step","lsn":17,"time_us":15,"id":"p4","command_id":"k2","purchase_lsn":16,"vendor":"W","step":"acknowledge","state":"closed","changes":[
      {"line":1,"sku":"A","warehouse":"N","qty":0,"incoming_change":-2}],"available_after":[]}])";
  static const Json parsed = Json::parse(text);
  return Dump(parsed.begin(), parsed.end());
}

// The same from behind LSN 6 on.
Dump from_a_base() {
  static const char* const text = R"([
    {"type":"base","part":"state","lsn":6,"time_us":6,"oldest_known_lsn":1,"archived_lsn":0,"open_orders":1,"closed_orders":0,"known_commands":5,"full":true},
    {"type":"base","part":"warehouse","warehouse":"N","priority":1,"name":""},
    {"type":"base","part":"product","sku":"A","description":""},
    {"type":"base","part":"product","sku":"B","description":""},
    {"type":"base","part":"order","id":"o1","lsn":2,"time_us":2,"status":"backordered","priority":100,"lines":[
      {"line":1,"sku":"A","qty":4,"backordered":4,"cancelled":0,"reserved":{},"shipped":{}}]},
    {"type":"base","part":"purchase","id":"p1","lsn":3,"time_us":3,"vendor":"V","state":"acknowledged","reference":"SO-7","notes":"x","lines":[
      {"line":1,"sku":"A","warehouse":"N","qty":10,"received":0,"promised_us":500,"first_promised_us":500},
      {"line":2,"sku":"B","warehouse":"N","qty":5,"received":0,"promised_us":700,"first_promised_us":700}]},
    {"type":"base","part":"queue","sku":"A","waiting":[{"order":"o1","line":1,"qty":4}]}])";
  static const Json parsed = Json::parse(text);
  Dump dump(parsed.begin(), parsed.end());
  const Dump whole = day();
  dump.insert(dump.end(), whole.begin() + 6, whole.end());
  return dump;
}

Json& change(Dump& dump, std::size_t lsn, std::size_t index) { return dump[lsn - 1]["changes"][index]; }
Json& row(Dump& dump, std::size_t lsn, std::size_t index) { return dump[lsn - 1]["rows"][index]; }

std::vector<Planted> planted() {
  return {
      {"a purchase order placed twice", Promise::exactly_once, "LSN 14: purchase order \"p2\" was decided before, at LSN 11", [](Dump& dump) { dump[13]["id"] = "p2"; }},
      {"a step decided twice", Promise::exactly_once, "LSN 13: step of a purchase order \"a1\" was decided before, at LSN 4", [](Dump& dump) { dump[12]["command_id"] = "a1"; }},
      {"a receipt decided twice", Promise::exactly_once, "LSN 12: receipt \"r1\" was decided before, at LSN 7", [](Dump& dump) { dump[11]["id"] = "r1"; }},
      {"placed as received", Promise::decisions, "LSN 11: purchase order \"p2\" is placed as received", [](Dump& dump) { dump[10]["state"] = "received"; }},
      {"placed without a vendor", Promise::decisions, "LSN 14: purchase order \"p3\" is placed as draft, with 1 lines, of vendor \"\"", [](Dump& dump) { dump[13]["vendor"] = ""; }},
      {"a line number given twice", Promise::decisions, "LSN 3: purchase order \"p1\" has a line 1 without", [](Dump& dump) { dump[2]["lines"][1]["line"] = 1; }},
      {"incoming without being open", Promise::conservation, "LSN 4: does not tell what is open of purchase order \"p1\"", [](Dump& dump) { change(dump, 4, 1)["incoming_change"] = 7; }},
      {"a line that approving forgets", Promise::conservation, "LSN 4: does not tell what is open", [](Dump& dump) { dump[3]["changes"].erase(1); }},
      {"approving changes a date", Promise::conservation, "LSN 4: does not tell what is open", [](Dump& dump) { change(dump, 4, 0)["promised_us"] = 501; }},
      {"sent before it is approved", Promise::decisions, "LSN 4: leaves a purchase order that was draft as sent, instead of refusing it",
       [](Dump& dump) { dump[3]["step"] = "send", dump[3]["state"] = "sent", dump[3]["changes"] = Json::array(); }},
      {"acknowledged without what it changes", Promise::conservation, "LSN 6: line 2 of purchase order \"p1\" had 6 open and has 5 now, and it tells 0 more",
       [](Dump& dump) { change(dump, 6, 0)["incoming_change"] = 0; }},
      {"acknowledged with a line that is not there", Promise::decisions, "LSN 6: acknowledges line 3 of purchase order \"p1\"", [](Dump& dump) { change(dump, 6, 0)["line"] = 3; }},
      {"acknowledged below what has arrived", Promise::decisions, "LSN 13: leaves 4 ordered of line 7 of purchase order \"p2\", of which 5 have arrived",
       [](Dump& dump) { dump[12]["step"] = "acknowledge", dump[12]["state"] = "received", change(dump, 13, 0)["qty"] = 4; }},
      {"over that is not told", Promise::conservation, "LSN 7: 6 arrive of line 2 of purchase order \"p1\", of which 5 were open, and it tells 0 as over",
       [](Dump& dump) { row(dump, 7, 1)["over"] = 0; }},
      {"a damaged unit that is not told", Promise::decisions, "LSN 9: leaves a purchase order that was partly_received as received, instead of partly_received",
       [](Dump& dump) { row(dump, 7, 0)["damaged"] = 0; }},
      {"damaged units that are available", Promise::conservation, "LSN 7: available_after: A in N said to have 4, but the records leave 3",
       [](Dump& dump) { dump[6]["available_after"][0]["available"] = 4; }},
      {"units that arrive nowhere", Promise::conservation, "LSN 12: available_after: B in N said to have 6, but the records leave 11",
       [](Dump& dump) { dump[11]["available_after"][0]["available"] = 6; }},
      {"who waits is not served", Promise::work_conserving, "LSN 7: says that no fills follow", [](Dump& dump) { dump[6]["fills_follow"] = false; }},
      {"another SKU arrives than was ordered", Promise::conservation, "LSN 9: B in N arrives as line 1 of purchase order \"p1\", which has none such",
       [](Dump& dump) { row(dump, 9, 0)["sku"] = "B"; }},
      {"received while something is open", Promise::decisions, "LSN 12: leaves a purchase order that was sent as received, instead of partly_received",
       [](Dump& dump) { dump[11]["state"] = "received"; }},
      {"a received one stays open", Promise::decisions, "LSN 9: leaves a purchase order that was partly_received as partly_received, instead of received",
       [](Dump& dump) { dump[8]["state"] = "partly_received"; }},
      {"a draft receives", Promise::decisions, "LSN 12: receipt \"r3\" is of purchase order \"p2\", which is a draft", [](Dump& dump) { dump[10]["state"] = "draft"; }},
      {"a closed one receives", Promise::decisions, "LSN 12: is of purchase order \"p1\" of vendor \"V\", which is not open",
       [](Dump& dump) { dump[11]["purchase"] = "p1", dump[11]["purchase_lsn"] = 3, dump[11]["vendor"] = "V"; }},
      {"a receipt of one that was never placed", Promise::decisions, "LSN 12: is of purchase order \"p9\"", [](Dump& dump) { dump[11]["purchase"] = "p9"; }},
      {"closed with less than is open", Promise::conservation, "LSN 13: does not tell what is open of purchase order \"p2\"", [](Dump& dump) { change(dump, 13, 0)["incoming_change"] = -2; }},
      {"cancelled after something has arrived", Promise::decisions, "LSN 13: leaves a purchase order that was partly_received as cancelled, instead of refusing it",
       [](Dump& dump) { dump[12]["step"] = "cancel", dump[12]["state"] = "cancelled"; }},
      {"a draft was incoming", Promise::conservation, "LSN 15: does not tell what is open of purchase order \"p3\"", [](Dump& dump) { change(dump, 15, 0)["incoming_change"] = -2; }},
      {"acknowledged with nothing, and stays open", Promise::decisions, "LSN 17: leaves a purchase order that was approved as acknowledged, instead of closed",
       [](Dump& dump) { dump[16]["state"] = "acknowledged"; }},
  };
}

}  // namespace

TEST_CASE("dump judge: passes a sound day with purchase orders, from its beginning and from a base", "[loadtest][judge]") {
  for (const Dump& dump : {day(), from_a_base()}) {
    const JudgedDump judged = judge(dump);
    INFO(table_of(judged.verdict));
    CHECK(judged.fault == "");
    CHECK_FALSE(judged.verdict.failed());
    CHECK(judged.verdict.unknown == 0);
    CHECK(judged.verdict.purchase_receipts == 3);
  }
  const DumpVerdict verdict = judge(day()).verdict;
  CHECK(verdict.purchases == 4);
  CHECK(verdict.purchase_steps == 6);
}

TEST_CASE("dump judge: finds each planted fault about purchase orders", "[loadtest][judge]") {
  for (const Planted& fault : planted()) require_found(fault, day());
}

TEST_CASE("dump judge: finds what a base says of a purchase order, and the records behind it do not", "[loadtest][judge]") {
  Dump received = from_a_base();
  received[5]["lines"][0]["received"] = 1;
  CHECK(judge(received).verdict.failed());
  Dump twice = from_a_base();
  twice.insert(twice.begin() + 6, twice[5]);
  CHECK(judge(twice).verdict[Promise::exactly_once] == 1);
  Dump forgotten = from_a_base();
  forgotten.erase(forgotten.begin() + 5);
  CHECK(judge(forgotten).verdict[Promise::decisions] > 0);
}
