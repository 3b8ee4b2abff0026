// The judge of dumps on who waits for all or nothing: a sound dump with skips, two who turn strict and one who takes over, and the same
// with one planted fault after the other.
#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/loadtest/planted_dump.hpp"

namespace {

using namespace earmark::loadtest;
using namespace earmark::loadtest::test;

// One SKU in two warehouses, of which N is served first. o1 and o2 wait for all or nothing, o1 with the higher priority, in N alone.
Dump day() {
  static const char* const text = R"([
    {"type":"load","lsn":1,"time_us":1,"warehouses":[{"warehouse":"N","priority":1,"name":""},{"warehouse":"S","priority":2,"name":""}],
     "products":[{"sku":"A","description":""}],"fills_follow":false,"stock":[],"available_after":[]},
    {"type":"order","lsn":2,"time_us":2,"id":"o1","policy":"line_complete","priority":150,"status":"backordered","lines":[
      {"line":1,"sku":"A","qty":3,"pinned":"N","reserved":{},"backordered":3,"cancelled":0}],"available_after":[]},
    {"type":"order","lsn":3,"time_us":3,"id":"o2","policy":"line_complete","status":"backordered","lines":[
      {"line":1,"sku":"A","qty":9,"reserved":{},"backordered":9,"cancelled":0}],"available_after":[]},
    {"type":"receipt","lsn":4,"time_us":4,"id":"r1","fills_follow":false,"rows":[{"sku":"A","warehouse":"S","qty":2}],
     "available_after":[{"sku":"A","warehouse":"S","available":2}]},
    {"type":"order","lsn":5,"time_us":5,"id":"o3","status":"reserved","skipped":{"order":"o2","lsn":3,"line":1},"lines":[
      {"line":1,"sku":"A","qty":1,"reserved":{"S":1},"backordered":0}],"available_after":[{"sku":"A","warehouse":"S","available":1}]},
    {"type":"order","lsn":6,"time_us":6,"id":"o4","status":"reserved","skipped":{"order":"o2","lsn":3,"line":1},"lines":[
      {"line":1,"sku":"A","qty":1,"reserved":{"S":1},"backordered":0}],"available_after":[{"sku":"A","warehouse":"S","available":0}]},
    {"type":"strict","lsn":7,"time_us":6,"order":"o2","order_lsn":3,"line":1,"because":"skips","fills_follow":false,"lost":[],"available_after":[]},
    {"type":"receipt","lsn":8,"time_us":7,"id":"r2","fills_follow":true,"rows":[{"sku":"A","warehouse":"N","qty":2}],
     "available_after":[{"sku":"A","warehouse":"N","available":2}]},
    {"type":"fill","lsn":9,"time_us":7,"cause_lsn":8,"order":"o2","line":1,"sku":"A","taken":{"N":2},"still_waiting":7,"last":true,
     "skipped":{"order":"o1","lsn":2,"line":1},"available_after":[{"sku":"A","warehouse":"N","available":0}]},
    {"type":"receipt","lsn":10,"time_us":8,"id":"r3","fills_follow":true,"rows":[{"sku":"A","warehouse":"N","qty":2}],
     "available_after":[{"sku":"A","warehouse":"N","available":2}]},
    {"type":"fill","lsn":11,"time_us":8,"cause_lsn":10,"order":"o2","line":1,"sku":"A","taken":{"N":2},"still_waiting":5,"last":true,
     "available_after":[{"sku":"A","warehouse":"N","available":0}]},
    {"type":"order","lsn":12,"time_us":9,"id":"o5","priority":120,"status":"backordered","lines":[
      {"line":1,"sku":"A","qty":1,"reserved":{},"backordered":1}],"available_after":[]},
    {"type":"receipt","lsn":13,"time_us":10,"id":"r4","fills_follow":true,"rows":[{"sku":"A","warehouse":"N","qty":1}],
     "available_after":[{"sku":"A","warehouse":"N","available":1}]},
    {"type":"fill","lsn":14,"time_us":10,"cause_lsn":13,"order":"o5","line":1,"sku":"A","taken":{"N":1},"still_waiting":0,"last":true,
     "skipped":{"order":"o1","lsn":2,"line":1},"available_after":[{"sku":"A","warehouse":"N","available":0}]},
    {"type":"strict","lsn":15,"time_us":10,"order":"o1","order_lsn":2,"line":1,"because":"skips","fills_follow":true,
     "lost":[{"order":"o2","order_lsn":3,"line":1,"sku":"A","warehouse":"N","shipment":1,"qty":3,"row":0}],
     "available_after":[{"sku":"A","warehouse":"N","available":3}]},
    {"type":"fill","lsn":16,"time_us":10,"cause_lsn":15,"order":"o1","line":1,"sku":"A","taken":{"N":3},"still_waiting":0,"last":true,
     "available_after":[{"sku":"A","warehouse":"N","available":0}]},
    {"type":"ship","lsn":17,"time_us":11,"id":"o2","command_id":"s1","lines":[{"line":1,"sku":"A","shipped":{}}],"available_after":[]},
    {"type":"receipt","lsn":18,"time_us":12,"id":"r5","fills_follow":true,"rows":[{"sku":"A","warehouse":"N","qty":8}],
     "available_after":[{"sku":"A","warehouse":"N","available":8}]},
    {"type":"fill","lsn":19,"time_us":12,"cause_lsn":18,"order":"o2","line":1,"sku":"A","taken":{"N":8},"still_waiting":0,"last":true,
     "available_after":[{"sku":"A","warehouse":"N","available":0}]},
    {"type":"ship","lsn":20,"time_us":13,"id":"o2","command_id":"s2","lines":[{"line":1,"sku":"A","shipped":{"N":9}}],
     "available_after":[{"sku":"A","warehouse":"N","available":0}]},
    {"type":"order","lsn":21,"time_us":14,"id":"o6","policy":"ship_complete","status":"backordered","lines":[
      {"line":1,"sku":"A","qty":5,"reserved":{},"backordered":5,"cancelled":0}],"available_after":[]},
    {"type":"strict","lsn":22,"time_us":99,"order":"o6","order_lsn":21,"because":"wait","fills_follow":false,"lost":[],"available_after":[]},
    {"type":"receipt","lsn":23,"time_us":100,"id":"r6","fills_follow":true,"rows":[{"sku":"A","warehouse":"S","qty":2}],
     "available_after":[{"sku":"A","warehouse":"S","available":2}]},
    {"type":"fill","lsn":24,"time_us":100,"cause_lsn":23,"order":"o6","line":1,"sku":"A","taken":{"S":2},"still_waiting":3,"last":true,
     "available_after":[{"sku":"A","warehouse":"S","available":0}]}])";
  static const Json parsed = Json::parse(text);
  return Dump(parsed.begin(), parsed.end());
}

const Json of_o1 = {{"order", "o1"}, {"lsn", 2}, {"line", 1}};

std::vector<Planted> planted() {
  return {
      {"somebody else was passed over", Promise::decisions, "LSN 6: is said to pass over order \"o1\" of LSN 2, but line 1 of the order decided at LSN 3 is the earliest",
       [](Dump& dump) { dump[5]["skipped"] = of_o1; }},
      {"a skip that is not told", Promise::decisions, "LSN 9: passes over line 1 of the order decided at LSN 2, and does not say so",
       [](Dump& dump) { dump[8].erase("skipped"); }},
      {"a skip of nobody", Promise::decisions, "LSN 12: is said to pass over order \"o1\", but it passes over nobody",
       [](Dump& dump) { dump[11]["skipped"] = of_o1; }},
      {"an order that counts twice", Promise::decisions, "LSN 11: counts as passing over order \"o1\", though its order counted before",
       [](Dump& dump) { dump[10]["skipped"] = of_o1; }},
      {"a skip of the order instead of its line", Promise::decisions, "LSN 5: is said to pass over order \"o2\"", [](Dump& dump) { dump[4]["skipped"].erase("line"); }},
      {"a skip of another LSN", Promise::decisions, "LSN 5: is said to pass over order \"o2\" of LSN 2", [](Dump& dump) { dump[4]["skipped"]["lsn"] = 2; }},
      {"strict without a skip", Promise::decisions, "LSN 22: all of order \"o6\" turns strict because of skips, with 0 skips", [](Dump& dump) { dump[21]["because"] = "skips"; }},
      {"strict for no reason", Promise::decisions, "LSN 22: all of order \"o6\" turns strict because of rain", [](Dump& dump) { dump[21]["because"] = "rain"; }},
      {"somebody strict who takes what is there", Promise::decisions, "LSN 22: line 1 of order \"o3\" turns strict, but does not wait for all or nothing there",
       [](Dump& dump) { dump[21]["order"] = "o3", dump[21]["order_lsn"] = 5, dump[21]["line"] = 1; }},
      {"strict once more", Promise::decisions, "LSN 17: line 1 of order \"o2\" turns strict, but does not wait for all or nothing there",
       [](Dump& dump) { dump[16] = dump[6], dump[16]["lsn"] = 17, dump[16]["time_us"] = 11; }},
      {"another order's LSN", Promise::decisions, "LSN 7: line 1 of order \"o2\" turns strict", [](Dump& dump) { dump[6]["order_lsn"] = 2; }},
      {"nothing taken over", Promise::no_overtaking, "LSN 15: order \"o1\" turns strict and has to take over 3 of A in N from line 1 of the order decided at LSN 3",
       [](Dump& dump) { dump[14]["lost"] = Json::array(), dump[14]["fills_follow"] = false, dump[14]["available_after"] = Json::array(); }},
      {"more taken over than needed", Promise::no_overtaking, "LSN 15: order \"o1\" turns strict and has to take over 3 of A in N",
       [](Dump& dump) { dump[14]["lost"][0]["qty"] = 4, dump[14]["available_after"][0]["available"] = 4; }},
      {"taken over where nothing is needed", Promise::no_overtaking, "LSN 22: order \"o6\" takes over more than it needs",
       [](Dump& dump) {
         dump[21]["lost"] = dump[14]["lost"];
         dump[21]["lost"][0]["order"] = "o1", dump[21]["lost"][0]["order_lsn"] = 2;
         dump[21]["available_after"] = dump[14]["available_after"];
       }},
      {"taken over what was not reserved", Promise::conservation, "LSN 15: line 1 of order \"o2\" loses 5 of A in N, which it has not reserved",
       [](Dump& dump) { dump[14]["lost"][0]["qty"] = 5; }},
      {"a loser of another LSN", Promise::decisions, "LSN 15: what line 1 of order \"o2\" loses is not told as row 0", [](Dump& dump) { dump[14]["lost"][0]["order_lsn"] = 4; }},
      {"no fills behind who takes over", Promise::work_conserving, "LSN 15: says that no fills follow", [](Dump& dump) { dump[14]["fills_follow"] = false; }},
      {"a strict waiter who is not served", Promise::work_conserving, "LSN 10: says that no fills follow", [](Dump& dump) { dump[9]["fills_follow"] = false; }},
      {"an order past a strict waiter", Promise::no_overtaking, "LSN 24: line 1 of order \"o7\" (1 of A) takes 1 in S",
       [](Dump& dump) {
         dump[23] = Json::parse(R"({"type":"order","lsn":24,"time_us":100,"id":"o7","status":"reserved","lines":[
           {"line":1,"sku":"A","qty":1,"reserved":{"S":1},"backordered":0}],"available_after":[{"sku":"A","warehouse":"S","available":1}]})");
       }},
      {"units that are set aside are shipped", Promise::decisions, "LSN 17: ships 1 in N of line 1 of order \"o2\", of which nothing is not set aside",
       [](Dump& dump) { dump[16]["lines"][0]["shipped"] = {{"N", 1}}, dump[16]["available_after"] = dump[15]["available_after"]; }},
      {"units that are set aside are picked", Promise::decisions, "LSN 17: picks units of line 1 of order \"o2\", which are set aside",
       [](Dump& dump) {
         dump[16] = Json::parse(R"({"type":"shipment","lsn":17,"time_us":11,"id":"o2","command_id":"p1","step":"pick","shipment":1,"revision":3,"warehouse":"N",
           "lines":[{"line":1,"sku":"A","qty":1}],"available_after":[{"sku":"A","warehouse":"N","available":0}]})");
       }},
  };
}

}  // namespace

TEST_CASE("dump judge: who waits for all or nothing is passed over, turns strict, takes over and is whole", "[loadtest][judge]") {
  const JudgedDump judged = judge(day());
  CAPTURE(judged.verdict.examples);
  CHECK(judged.fault == "");
  CHECK_FALSE(judged.verdict.failed());
  CHECK(judged.verdict.unknown == 0);
  CHECK(judged.verdict.skips == 4);
  CHECK(judged.verdict.turned_strict == 3);
  CHECK_THAT(table_of(judged.verdict), Catch::Contains("4 times passed over and 3 turned strict"));
}

TEST_CASE("dump judge: finds each planted fault about who waits for all or nothing", "[loadtest][judge]") {
  for (const Planted& fault : planted()) {
    Dump dump = day();
    fault.plant(dump);
    const JudgedDump judged = judge(dump);
    CAPTURE(fault.what, judged.verdict.examples);
    CHECK(judged.fault == "");
    CHECK(judged.verdict[fault.promise] > 0);
    REQUIRE_FALSE(judged.verdict.examples.empty());
    const std::string said = std::string(name(fault.promise)) + ": " + fault.said;
    CHECK(std::ranges::any_of(judged.verdict.examples, [&](const std::string& text) { return text.starts_with(said); }));
  }
}

TEST_CASE("dump judge: a journal of an old server tells no skips", "[loadtest][judge]") {
  Dump dump = day();
  dump.resize(6);
  for (Json& record : dump) record.erase("skipped");
  CHECK_FALSE(judge(dump).verdict.failed());
}

TEST_CASE("dump judge: knows from a base who was passed over and who is strict", "[loadtest][judge]") {
  const std::string base =
      R"({"type":"base","part":"state","lsn":14,"time_us":10,"oldest_known_lsn":1,"archived_lsn":0,"full":true}
{"type":"base","part":"warehouse","warehouse":"N","priority":1,"name":""}
{"type":"base","part":"warehouse","warehouse":"S","priority":2,"name":""}
{"type":"base","part":"product","sku":"A","description":""}
{"type":"base","part":"stock","sku":"A","warehouse":"N","on_hand":5,"reserved":5,"held":0,"available":0,"lsn":14}
{"type":"base","part":"stock","sku":"A","warehouse":"S","on_hand":2,"reserved":2,"held":0,"available":0,"lsn":6}
{"type":"base","part":"order","id":"o1","lsn":2,"time_us":2,"status":"backordered","policy":"line_complete","priority":150,"lines":[{"line":1,"sku":"A","qty":3,"pinned":"N","backordered":3,"cancelled":0,"reserved":{},"shipped":{},"skips":2}]}
{"type":"base","part":"order","id":"o2","lsn":3,"time_us":3,"status":"backordered","policy":"line_complete","priority":100,"has_skipped":true,"lines":[{"line":1,"sku":"A","qty":9,"backordered":5,"cancelled":0,"reserved":{"N":4},"shipped":{},"strict":true}]}
{"type":"base","part":"order","id":"o3","lsn":5,"time_us":5,"status":"reserved","priority":100,"has_skipped":true,"lines":[{"line":1,"sku":"A","qty":1,"backordered":0,"cancelled":0,"reserved":{"S":1},"shipped":{}}]}
{"type":"base","part":"order","id":"o4","lsn":6,"time_us":6,"status":"reserved","priority":100,"has_skipped":true,"lines":[{"line":1,"sku":"A","qty":1,"backordered":0,"cancelled":0,"reserved":{"S":1},"shipped":{}}]}
{"type":"base","part":"order","id":"o5","lsn":12,"time_us":9,"status":"backordered","priority":120,"has_skipped":true,"lines":[{"line":1,"sku":"A","qty":1,"backordered":0,"cancelled":0,"reserved":{"N":1},"shipped":{}}]}
{"type":"base","part":"queue","sku":"A","waiting":[{"order":"o1","line":1,"qty":3},{"order":"o2","line":1,"qty":5}]}
)";
  std::string rest;
  const Dump dump = day();
  for (std::size_t index = 14; index < dump.size(); ++index) rest += dump[index].dump() + "\n";
  const auto with = [&](const std::string& old_text, const std::string& new_text) {
    std::string text = base;
    text.replace(text.find(old_text), old_text.size(), new_text);
    return judge_text(text + rest);
  };
  const JudgedDump judged = judge_text(base + rest);
  CAPTURE(judged.fault, judged.verdict.examples);
  CHECK(judged.fault == "");
  CHECK_FALSE(judged.verdict.failed());
  CHECK(judged.verdict.turned_strict == 2);
  CHECK(with(R"(,"skips":2)", "").verdict[Promise::decisions] > 0);       // o1 turns strict by skips
  CHECK(with(R"(,"strict":true)", "").verdict[Promise::no_overtaking] > 0);  // nothing is gathered that could be taken over
}
