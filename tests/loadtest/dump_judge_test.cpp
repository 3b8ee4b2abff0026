// The judge of dumps before one sound dump with every kind of decision, and the same with one planted fault after the other: each is
// found, and the finding names the promise.
#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/loadtest/planted_dump.hpp"

namespace {

using namespace earmark::loadtest;
using namespace earmark::loadtest::test;

// Two warehouses, of which N is served first; LSN by LSN what a small day brings.
Dump day() {
  static const char* const text = R"([
    {"type":"load","lsn":1,"time_us":1,"warehouses":[{"warehouse":"N","priority":1,"name":""},{"warehouse":"S","priority":2,"name":""}],
     "products":[{"sku":"A","description":""},{"sku":"B","description":""}],"fills_follow":false,
     "stock":[{"sku":"A","warehouse":"N","on_hand":10},{"sku":"A","warehouse":"S","on_hand":5},{"sku":"B","warehouse":"S","on_hand":3}],
     "available_after":[{"sku":"A","warehouse":"N","available":10},{"sku":"A","warehouse":"S","available":5},{"sku":"B","warehouse":"S","available":3}]},
    {"type":"order","lsn":2,"time_us":2,"id":"o1","status":"split","lines":[
      {"line":1,"sku":"A","qty":12,"reserved":{"N":10,"S":2},"backordered":0},{"line":2,"sku":"B","qty":4,"reserved":{"S":3},"backordered":1}],
     "available_after":[{"sku":"A","warehouse":"N","available":0},{"sku":"A","warehouse":"S","available":3},{"sku":"B","warehouse":"S","available":0}]},
    {"type":"order","lsn":3,"time_us":3,"id":"o2","status":"split","lines":[{"line":1,"sku":"A","qty":8,"reserved":{"S":3},"backordered":5}],
     "available_after":[{"sku":"A","warehouse":"S","available":0}]},
    {"type":"order","lsn":4,"time_us":4,"id":"o3","priority":200,"status":"backordered","lines":[
      {"line":1,"sku":"A","qty":4,"pinned":"S","reserved":{},"backordered":4}],"available_after":[]},
    {"type":"order","lsn":5,"time_us":5,"id":"o4","policy":"fill_or_kill","status":"refused","lines":[
      {"line":1,"sku":"B","qty":1,"reserved":{},"backordered":0,"cancelled":1}],"available_after":[]},
    {"type":"receipt","lsn":6,"time_us":6,"id":"r1","fills_follow":true,"rows":[
      {"sku":"A","warehouse":"N","qty":2},{"sku":"A","warehouse":"S","qty":6}],
     "available_after":[{"sku":"A","warehouse":"N","available":2},{"sku":"A","warehouse":"S","available":6}]},
    {"type":"fill","lsn":7,"time_us":6,"cause_lsn":6,"order":"o2","line":1,"sku":"A","taken":{"N":2},"still_waiting":3,"last":false,
     "available_after":[{"sku":"A","warehouse":"N","available":0}]},
    {"type":"fill","lsn":8,"time_us":6,"cause_lsn":6,"order":"o3","line":1,"sku":"A","taken":{"S":4},"still_waiting":0,"last":false,
     "available_after":[{"sku":"A","warehouse":"S","available":2}]},
    {"type":"fill","lsn":9,"time_us":6,"cause_lsn":6,"order":"o2","line":1,"sku":"A","taken":{"S":2},"still_waiting":1,"last":true,
     "available_after":[{"sku":"A","warehouse":"S","available":0}]},
    {"type":"cancel","lsn":10,"time_us":7,"id":"o1","command_id":"c1","fills_follow":true,"lines":[
      {"line":1,"sku":"A","waiting":0,"released":{"N":1,"S":2},"excess":0},{"line":2,"sku":"B","waiting":1,"released":{},"excess":0}],
     "available_after":[{"sku":"A","warehouse":"N","available":1},{"sku":"A","warehouse":"S","available":2}]},
    {"type":"fill","lsn":11,"time_us":7,"cause_lsn":10,"order":"o2","line":1,"sku":"A","taken":{"N":1},"still_waiting":0,"last":true,
     "available_after":[{"sku":"A","warehouse":"N","available":0}]},
    {"type":"ship","lsn":12,"time_us":8,"id":"o2","command_id":"s1","lines":[{"line":1,"sku":"A","shipped":{"N":3,"S":5}}],
     "available_after":[{"sku":"A","warehouse":"N","available":0},{"sku":"A","warehouse":"S","available":2}]},
    {"type":"void","lsn":13,"time_us":9,"oldest_known_lsn":2,"archived_lsn":1,"available_after":[]},
    {"type":"order","lsn":14,"time_us":9,"id":"o5","status":"reduced","policy":"fill_and_cancel","lines":[
      {"line":1,"sku":"A","qty":3,"reserved":{"S":2},"backordered":0,"cancelled":1}],
     "available_after":[{"sku":"A","warehouse":"S","available":0}]}])";
  static const Json parsed = Json::parse(text);
  return Dump(parsed.begin(), parsed.end());
}

Json& line(Dump& dump, std::size_t lsn, std::size_t index) { return dump[lsn - 1]["lines"][index]; }
Json& after(Dump& dump, std::size_t lsn, std::size_t index) { return dump[lsn - 1]["available_after"][index]["available"]; }

std::vector<Planted> planted() {
  return {
      {"oversold", Promise::never_oversell, "LSN 2: takes 4 of B in S, which has 3",
       [](Dump& dump) { line(dump, 2, 1)["reserved"]["S"] = 4, line(dump, 2, 1)["backordered"] = 0, dump[1]["status"] = "reserved"; }},
      {"a negative cell", Promise::never_oversell, "LSN 3: A in S has -1", [](Dump& dump) { after(dump, 3, 0) = -1; }},
      {"a lost unit of a line", Promise::conservation, "LSN 3: line 1 of order \"o2\" (8 of A): 3 reserved, 4 backordered",
       [](Dump& dump) { line(dump, 3, 0)["backordered"] = 4; }},
      {"wrong available_after", Promise::conservation, "LSN 6: available_after: A in S said to have 7, but the records leave 6",
       [](Dump& dump) { after(dump, 6, 1) = 7; }},
      {"a cell that is not listed", Promise::conservation, "LSN 12: available_after lists 1 of the 2",
       [](Dump& dump) { dump[11]["available_after"].erase(0); }},
      {"wrong still_waiting", Promise::conservation, "LSN 9: fills 2 of the 3", [](Dump& dump) { dump[8]["still_waiting"] = 0; }},
      {"more shipped than reserved", Promise::conservation, "LSN 12: ships 4 in N, 5 in S",
       [](Dump& dump) { line(dump, 12, 0)["shipped"]["N"] = 4; }},
      {"more released than reserved", Promise::conservation, "LSN 10: the cancel takes",
       [](Dump& dump) { line(dump, 10, 0)["released"]["S"] = 3, after(dump, 10, 1) = 3; }},
      {"stock left beside a waiter", Promise::work_conserving, "LSN 3: line 1 of order \"o2\" (8 of A) takes 2 in S, though 3 in S was free",
       [](Dump& dump) { line(dump, 3, 0)["reserved"]["S"] = 2, line(dump, 3, 0)["backordered"] = 6, after(dump, 3, 0) = 1; }},
      {"refused although it was there", Promise::work_conserving, "LSN 14: order \"o5\" is refused",
       [](Dump& dump) {
         dump[13]["lines"][0] = Json::parse(R"({"line":1,"sku":"A","qty":2,"reserved":{},"backordered":0,"cancelled":2})");
         dump[13]["status"] = "refused", dump[13]["available_after"] = Json::array();
       }},
      {"a cause without its fills", Promise::work_conserving, "LSN 6: says that no fills follow",
       [](Dump& dump) { dump[5]["fills_follow"] = false; }},
      {"an earlier waiter overtaken by an order", Promise::no_overtaking, "LSN 7: line 1 of order \"o6\" (1 of A) takes 1 in S",
       [](Dump& dump) {  // between the receipt and its fills
         dump.resize(6);
         dump.push_back(Json::parse(R"({"type":"order","lsn":7,"time_us":6,"id":"o6","status":"reserved","lines":[
           {"line":1,"sku":"A","qty":1,"reserved":{"S":1},"backordered":0,"pinned":"S"}],"available_after":[{"sku":"A","warehouse":"S","available":5}]})"));
       }},
      {"a fill out of order", Promise::no_overtaking, "LSN 8: fills line 1 of order \"o2\" (A), but line 1 of the order decided at LSN 4 (A) comes first",
       [](Dump& dump) {
         dump[7]["order"] = "o2", dump[7]["taken"] = {{"S", 3}}, dump[7]["still_waiting"] = 0, after(dump, 8, 0) = 3;
         dump[8]["order"] = "o3", dump[8]["taken"] = {{"S", 3}}, dump[8]["still_waiting"] = 1;
       }},
      {"an order decided twice", Promise::exactly_once, "LSN 14: order \"o3\" was decided before, at LSN 4", [](Dump& dump) { dump[13]["id"] = "o3"; }},
      {"a ship decided twice", Promise::exactly_once, "LSN 14: ship \"s1\" was decided before, at LSN 12",
       [](Dump& dump) {
         dump[13] = dump[11];
         dump[13]["lsn"] = 14, dump[13]["time_us"] = 9, line(dump, 14, 0)["shipped"] = Json::object(), dump[13]["available_after"] = Json::array();
       }},
      {"a missing LSN", Promise::lsn_order, "LSN 13: comes right after LSN 11: 1 missing", [](Dump& dump) { dump.erase(dump.begin() + 11); }},
      {"an LSN given twice", Promise::lsn_order, "LSN 13: comes after LSN 13", [](Dump& dump) { dump.insert(dump.begin() + 12, dump[12]); }},
      {"time that falls", Promise::lsn_order, "LSN 12: its time 6 is before", [](Dump& dump) { dump[11]["time_us"] = 6; }},
      {"another warehouse than the first", Promise::decisions, "LSN 2: line 1 of order \"o1\" (12 of A) takes 7 in N, 5 in S instead of 10 in N, 2 in S",
       [](Dump& dump) { line(dump, 2, 0)["reserved"] = {{"N", 7}, {"S", 5}}, after(dump, 2, 0) = 3, after(dump, 2, 1) = 0; }},
      {"a line without SKU", Promise::decisions, "LSN 12: a record of type ship has a line without SKU", [](Dump& dump) { line(dump, 12, 0).erase("sku"); }},
      {"a status that does not fit", Promise::decisions, "LSN 3: order \"o2\" is reserved", [](Dump& dump) { dump[2]["status"] = "reserved"; }},
      {"a cancel that takes from the first warehouse", Promise::decisions, "LSN 10: the cancel takes 0 waiting and 3 in N of line 1",
       [](Dump& dump) { line(dump, 10, 0)["released"] = {{"N", 3}}, dump[9]["available_after"] = Json::parse(R"([{"sku":"A","warehouse":"N","available":3}])"); }},
      {"units of a later row", Promise::decisions, "LSN 7: the fill of line 1 of order \"o2\" takes 2 in N, 1 in S",
       [](Dump& dump) {
         dump[6]["taken"] = {{"N", 2}, {"S", 1}}, dump[6]["still_waiting"] = 2;
         dump[6]["available_after"] = Json::parse(R"([{"sku":"A","warehouse":"N","available":0},{"sku":"A","warehouse":"S","available":5}])");
       }},
      {"a fill of a closed cause", Promise::causes, "LSN 11: is a fill caused by LSN 6, which has no fills outstanding", [](Dump& dump) { dump[10]["cause_lsn"] = 6; }},
      {"the last fill not marked", Promise::causes, "LSN 9: is not called the last fill", [](Dump& dump) { dump[8]["last"] = false; }},
      {"the last fill marked too early", Promise::work_conserving, "LSN 8: is called the last fill", [](Dump& dump) { dump[7]["last"] = true; }},
  };
}

}  // namespace

TEST_CASE("dump judge: a sound dump passes, whatever the order of its keys", "[loadtest][judge]") {
  const JudgedDump judged = judge(day());
  CAPTURE(judged.verdict.examples);
  CHECK(judged.fault == "");
  CHECK_FALSE(judged.verdict.failed());
  CHECK(judged.verdict.records == 14);
  CHECK(judged.verdict.fills == 4);
  CHECK(judged.verdict.voids == 1);
  CHECK_THAT(table_of(judged.verdict), Catch::Contains("14 records, LSN 1 to 14") && Catch::EndsWith("verdict  passed"));
}

TEST_CASE("dump judge: finds each planted fault and names its promise", "[loadtest][judge]") {
  for (const Planted& fault : planted()) {
    Dump dump = day();
    fault.plant(dump);
    const JudgedDump judged = judge(dump);
    CAPTURE(fault.what, judged.verdict.examples);
    CHECK(judged.fault == "");
    CHECK(judged.verdict[fault.promise] > 0);
    REQUIRE_FALSE(judged.verdict.examples.empty());
    CHECK_THAT(judged.verdict.examples.front(), Catch::StartsWith(std::string(name(fault.promise)) + ": " + fault.said));
  }
}

TEST_CASE("dump judge: beyond the horizon the id of a closed order may be used anew, that of an open one may not", "[loadtest][judge]") {
  Dump dump = day();
  dump[12]["oldest_known_lsn"] = 6;
  dump[13]["id"] = "o4";  // refused at LSN 5
  CHECK_FALSE(judge(dump).verdict.failed());
  dump[13]["id"] = "o3";  // of LSN 4, still reserved
  CHECK(judge(dump).verdict[Promise::exactly_once] == 1);
}

TEST_CASE("dump judge: types that it does not know are passed over, and so are fields", "[loadtest][judge]") {
  Dump dump = day();
  dump[1]["note"] = {{"deep", {1.5, nullptr, true}}};
  dump[12] = Json::parse(R"({"type":"count","lsn":13,"time_us":9,"available_after":[{"sku":"A","warehouse":"S","available":7}]})");
  dump[13]["lines"][0] = Json::parse(R"({"line":1,"sku":"A","qty":3,"reserved":{"S":3},"backordered":0,"cancelled":0,"expected":[{"date_us":9,"quantity":5}]})");
  dump[13]["status"] = "reserved";
  after(dump, 14, 0) = 4;
  const JudgedDump judged = judge(dump);
  CAPTURE(judged.verdict.examples);
  CHECK_FALSE(judged.verdict.failed());
  CHECK(judged.verdict.unknown == 1);
  after(dump, 14, 0) = 5;  // what is known is judged
  CHECK(judge(dump).verdict[Promise::conservation] == 1);
}

TEST_CASE("dump judge: stock changes, and whose reserved units they take", "[loadtest][judge]") {
  // After the day: A in S has 4 reserved for o3 (priority 200, pinned there) and 2 for o5, A in N 9 for o1; B in S 3 for o1.
  Dump dump = day();
  dump.push_back(Json::parse(R"({"type":"stock_change","lsn":15,"time_us":9,"id":"k1","kind":"count","reason":"","fills_follow":false,
    "rows":[{"sku":"A","warehouse":"S","on_hand_change":-3,"unavailable_change":0}],
    "lost":[{"order":"o5","line":1,"sku":"A","warehouse":"S","qty":2,"row":0},{"order":"o3","line":1,"sku":"A","warehouse":"S","qty":1,"row":0}],
    "available_after":[{"sku":"A","warehouse":"S","available":0}]})"));
  dump.push_back(Json::parse(R"({"type":"stock_change","lsn":16,"time_us":9,"id":"k2","kind":"adjust","reason":"","fills_follow":true,
    "rows":[{"sku":"A","warehouse":"N","on_hand_change":3,"unavailable_change":0}],"lost":[],
    "available_after":[{"sku":"A","warehouse":"N","available":3}]})"));
  dump.push_back(Json::parse(R"({"type":"fill","lsn":17,"time_us":9,"cause_lsn":16,"order":"o5","line":1,"sku":"A","taken":{"N":2},"still_waiting":0,
    "last":true,"available_after":[{"sku":"A","warehouse":"N","available":1}]})"));
  dump.push_back(Json::parse(R"({"type":"stock_change","lsn":18,"time_us":9,"id":"k3","kind":"quarantine","reason":"","fills_follow":false,
    "rows":[{"sku":"A","warehouse":"N","on_hand_change":0,"unavailable_change":2}],
    "lost":[{"order":"o5","line":1,"sku":"A","warehouse":"N","qty":1,"row":0}],"available_after":[{"sku":"A","warehouse":"N","available":0}]})"));
  dump.push_back(Json::parse(R"({"type":"stock_change","lsn":19,"time_us":9,"id":"k4","kind":"scrap","reason":"","fills_follow":false,
    "rows":[{"sku":"A","warehouse":"N","on_hand_change":-1,"unavailable_change":-1}],"lost":[],
    "available_after":[{"sku":"A","warehouse":"N","available":0}]})"));
  const JudgedDump judged = judge(dump);
  CAPTURE(judged.fault, judged.verdict.examples);
  CHECK(judged.fault == "");
  REQUIRE_FALSE(judged.verdict.failed());
  CHECK(judged.verdict.changes == 4);
  CHECK(judged.verdict.unknown == 0);

  const auto finds = [&](Promise promise, const char* said, auto plant) {
    Dump wrong = dump;
    plant(wrong);
    const JudgedDump verdict = judge(wrong);
    CAPTURE(said, verdict.fault, verdict.verdict.examples);
    CHECK(verdict.verdict[promise] > 0);
    CHECK(std::ranges::any_of(verdict.verdict.examples, [&](const std::string& text) { return text.find(said) != std::string::npos; }));
  };
  finds(Promise::no_overtaking, "lost in another order than from the last in the queue", [](Dump& wrong) {  // queue order instead of reverse
    wrong[14]["lost"][0]["qty"] = 1;
    wrong[14]["lost"][1]["qty"] = 2;
  });
  finds(Promise::conservation, "loses 5 of A in S, which it has not reserved", [](Dump& wrong) { wrong[14]["lost"][1]["qty"] = 5; });
  finds(Promise::conservation, "available_after: A in S", [](Dump& wrong) { wrong[14]["rows"][0]["on_hand_change"] = -2; });
  finds(Promise::never_oversell, "leaves -3 available", [](Dump& wrong) { wrong[14]["lost"] = Json::array(); });
  finds(Promise::decisions, "to row 1, which is not of that cell", [](Dump& wrong) { wrong[14]["lost"][0]["row"] = 1; });
  finds(Promise::decisions, "though 1 more were available", [](Dump& wrong) {
    wrong[17]["rows"][0]["unavailable_change"] = 1, wrong[17]["available_after"][0]["available"] = 1;
  });
  finds(Promise::decisions, "which no scrap does", [](Dump& wrong) { wrong[18]["rows"][0]["on_hand_change"] = 0; });
  finds(Promise::work_conserving, "says that no fills follow", [](Dump& wrong) { wrong[15]["fills_follow"] = false; });
  finds(Promise::exactly_once, "stock change \"k1\" was decided before, at LSN 15", [](Dump& wrong) { wrong[15]["id"] = "k1"; });
  // The victim waits at its old place, before whoever came later: a fill of another one is an overtaking.
  finds(Promise::no_overtaking, "comes first", [](Dump& wrong) {
    wrong.insert(wrong.begin() + 15, Json::parse(R"({"type":"order","lsn":16,"time_us":9,"id":"o6","status":"backordered","lines":[
      {"line":1,"sku":"A","qty":2,"reserved":{},"backordered":2}],"available_after":[]})"));
    wrong[16]["lsn"] = 17, wrong[17]["lsn"] = 18, wrong[17]["cause_lsn"] = 17, wrong[17]["order"] = "o6";
  });
}

TEST_CASE("dump judge: a dump that ends before a last fill says so and is sound", "[loadtest][judge]") {
  Dump dump = day();
  dump.resize(8);
  const JudgedDump judged = judge(dump);
  CHECK_FALSE(judged.verdict.failed());
  CHECK(judged.verdict.outstanding_cause == 6);
  CHECK_THAT(table_of(judged.verdict), Catch::Contains("before the last fill of LSN 6"));
}

TEST_CASE("dump judge: begins at the base of a trimmed dump", "[loadtest][judge]") {
  const std::string base =
      R"({"type":"base","part":"state","lsn":3,"time_us":3,"oldest_known_lsn":1,"archived_lsn":0}
{"type":"base","part":"warehouse","warehouse":"N","priority":1,"name":""}
{"type":"base","part":"warehouse","warehouse":"S","priority":2,"name":""}
{"type":"base","part":"product","sku":"A","description":""}
{"type":"base","part":"stock","sku":"A","warehouse":"N","on_hand":10,"reserved":10,"available":0,"lsn":2}
{"type":"base","part":"stock","sku":"A","warehouse":"S","on_hand":5,"reserved":5,"available":0,"lsn":3}
{"type":"base","part":"stock","sku":"B","warehouse":"S","on_hand":3,"reserved":3,"available":0,"lsn":2}
{"type":"base","part":"order","id":"o1","lsn":2,"time_us":2,"status":"split","priority":100,"lines":[{"line":1,"sku":"A","qty":12,"backordered":0,"cancelled":0,"reserved":{"N":10,"S":2},"shipped":{}},{"line":2,"sku":"B","qty":4,"backordered":1,"cancelled":0,"reserved":{"S":3},"shipped":{}}]}
{"type":"base","part":"order","id":"o2","lsn":3,"time_us":3,"status":"split","priority":100,"lines":[{"line":1,"sku":"A","qty":8,"backordered":5,"cancelled":0,"reserved":{"S":3},"shipped":{}}]}
{"type":"base","part":"queue","sku":"A","waiting":[{"order":"o2","line":1,"qty":5}]}
{"type":"base","part":"queue","sku":"B","waiting":[{"order":"o1","line":2,"qty":1}]}
)";
  std::string rest;
  const Dump dump = day();
  for (std::size_t index = 3; index < dump.size(); ++index) rest += dump[index].dump() + "\n";
  const JudgedDump judged = judge_text(base + rest);
  CAPTURE(judged.fault, judged.verdict.examples);
  CHECK(judged.fault == "");
  CHECK_FALSE(judged.verdict.failed());
  CHECK(judged.verdict.base_lines == 11);
  CHECK(judged.verdict.first_lsn == 4);

  const auto with = [&](const std::string& old_text, const std::string& new_text) {
    std::string text = base;
    text.replace(text.find(old_text), old_text.size(), new_text);
    return judge_text(text + rest).verdict;
  };
  CHECK(with(R"("on_hand":5,"reserved":5)", R"("on_hand":6,"reserved":6)")[Promise::conservation] > 0);
  CHECK(with(R"("on_hand":5,"reserved":5)", R"("on_hand":4,"reserved":5)")[Promise::never_oversell] > 0);
  CHECK(with(R"("qty":8,"backordered":5)", R"("qty":9,"backordered":5)")[Promise::conservation] > 0);
  CHECK(with(R"({"order":"o2","line":1,"qty":5})", R"({"order":"o1","line":1,"qty":5})")[Promise::no_overtaking] > 0);
}

TEST_CASE("dump judge: what is no dump, or has no beginning, is said and not judged", "[loadtest][judge]") {
  CHECK_THAT(judge_text("{\"type\":\"order\",\"lsn\":7}\n").fault, Catch::StartsWith("line 1: it begins at LSN 7 without a base"));
  CHECK_THAT(judge_text(day()[0].dump() + "\n{\"type\":\"order\",").fault, Catch::StartsWith("line 2 is no record of a dump"));
  CHECK_THAT(judge_text("hello\n").fault, Catch::StartsWith("line 1 is no record of a dump: hello"));
  CHECK_THAT(judge_text(R"({"type":"base","part":"stock"})").fault, Catch::Contains("does not begin with the line of the state"));
  CHECK(judge_text("\n").verdict.vacuous());
}
