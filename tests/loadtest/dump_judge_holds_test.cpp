// The judge of dumps before one sound dump with holds, and the same with one planted fault after the other.
#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "loadtest/judge_command.hpp"

namespace {

using namespace earmark::loadtest;
using Json = nlohmann::json;
using Dump = std::vector<Json>;  // LSN n is element n - 1

// One warehouse: a hold takes all, an order waits; one hold is extended, released and served from, one confirmed in part, one expires.
Dump day() {
  static const char* const text = R"([
    {"type":"load","lsn":1,"time_us":1,"warehouses":[{"warehouse":"N","priority":1,"name":""}],"products":[{"sku":"A","description":""}],
     "fills_follow":false,"stock":[{"sku":"A","warehouse":"N","on_hand":10}],"available_after":[{"sku":"A","warehouse":"N","available":10}]},
    {"type":"hold","lsn":2,"time_us":2,"id":"h1","status":"reserved","deadline_us":50,"lines":[{"line":1,"sku":"A","qty":4,"held":{"N":4}}],
     "available_after":[{"sku":"A","warehouse":"N","available":6}]},
    {"type":"hold","lsn":3,"time_us":2,"id":"h2","status":"reduced","partial":true,"deadline_us":60,"lines":[{"line":1,"sku":"A","qty":8,"held":{"N":6}}],
     "available_after":[{"sku":"A","warehouse":"N","available":0}]},
    {"type":"hold","lsn":4,"time_us":2,"id":"h3","status":"refused","deadline_us":60,"lines":[{"line":1,"sku":"A","qty":1,"held":{}}],"available_after":[]},
    {"type":"order","lsn":5,"time_us":3,"id":"o1","status":"backordered","lines":[{"line":1,"sku":"A","qty":3,"reserved":{},"backordered":3}],"available_after":[]},
    {"type":"hold_extended","lsn":6,"time_us":4,"id":"h1","command_id":"e1","deadline_us":70,"available_after":[]},
    {"type":"hold_ended","lsn":7,"time_us":5,"id":"h1","command_id":"r1","how":"released","fills_follow":true,
     "lines":[{"line":1,"sku":"A","released":{"N":4}}],"available_after":[{"sku":"A","warehouse":"N","available":4}]},
    {"type":"fill","lsn":8,"time_us":5,"cause_lsn":7,"order":"o1","line":1,"sku":"A","taken":{"N":3},"still_waiting":0,"last":true,
     "available_after":[{"sku":"A","warehouse":"N","available":1}]},
    {"type":"order","lsn":9,"time_us":6,"id":"o2","hold":"h2","returned":[{"sku":"A","warehouse":"N","qty":6}],"fills_follow":false,"status":"reserved",
     "lines":[{"line":1,"sku":"A","qty":5,"reserved":{"N":5},"backordered":0}],"available_after":[{"sku":"A","warehouse":"N","available":2}]},
    {"type":"hold","lsn":10,"time_us":7,"id":"h4","status":"reserved","deadline_us":8,"lines":[{"line":1,"sku":"A","qty":2,"held":{"N":2}}],
     "available_after":[{"sku":"A","warehouse":"N","available":0}]},
    {"type":"hold_ended","lsn":11,"time_us":8,"id":"h4","how":"expired","fills_follow":false,"lines":[{"line":1,"sku":"A","released":{"N":2}}],
     "available_after":[{"sku":"A","warehouse":"N","available":2}]},
    {"type":"order","lsn":12,"time_us":9,"id":"o3","hold":"h4","reacquired":true,"status":"reserved",
     "lines":[{"line":1,"sku":"A","qty":2,"reserved":{"N":2},"backordered":0}],"available_after":[{"sku":"A","warehouse":"N","available":0}]}])";
  static const Json parsed = Json::parse(text);
  return Dump(parsed.begin(), parsed.end());
}

JudgedDump judge(const Dump& dump) {
  std::string text;
  for (const Json& record : dump) text += record.dump() + "\n";
  std::FILE* file = ::fmemopen(text.data(), text.size(), "r");
  REQUIRE(file != nullptr);
  JudgedDump judged = judge_dump(file);
  std::fclose(file);
  return judged;
}

struct Planted {
  Promise promise;
  const char* said;  // in the first finding
  std::function<void(Dump&)> plant;
};

Json& units(Dump& dump, std::size_t lsn, const char* what) { return dump[lsn - 1]["lines"][0][what]["N"]; }
Json& after(Dump& dump, std::size_t lsn) { return dump[lsn - 1]["available_after"][0]["available"]; }

std::vector<Planted> planted() {
  return {
      {Promise::never_oversell, "LSN 3: takes 7 of A in N, which has 6", [](Dump& dump) { units(dump, 3, "held") = 7; }},
      {Promise::holds, "LSN 7: hold \"h3\" is released, but is not open", [](Dump& dump) { dump[6]["id"] = "h3"; }},
      {Promise::holds, "LSN 6: extends hold \"h1\" to 49, before its deadline 50", [](Dump& dump) { dump[5]["deadline_us"] = 49; }},
      {Promise::holds, "LSN 6: extends hold \"h3\"", [](Dump& dump) { dump[5]["id"] = "h3"; }},
      {Promise::holds, "LSN 9: order \"o2\" confirms hold \"h1\", which is not open", [](Dump& dump) { dump[8]["hold"] = "h1"; }},
      {Promise::holds, "LSN 9: order \"o2\" reacquires hold \"h2\", which is open", [](Dump& dump) { dump[8]["reacquired"] = true; }},
      {Promise::holds, "LSN 11: hold \"h4\" expires before its deadline 9", [](Dump& dump) { dump[9]["deadline_us"] = 9; }},
      {Promise::conservation, "LSN 11: the end of hold \"h4\" leaves 1 of A in N with it", [](Dump& dump) { units(dump, 11, "released") = 1, after(dump, 11) = 1; }},
      {Promise::conservation, "LSN 9: order \"o2\" leaves 1 of A in N with its hold",
       [](Dump& dump) { dump[8]["returned"][0]["qty"] = 5, after(dump, 9) = 1; }},
      {Promise::exactly_once, "LSN 10: hold \"h2\" was decided before, at LSN 3", [](Dump& dump) { dump[9]["id"] = "h2", dump[10]["id"] = "h2", dump[11]["hold"] = "h2"; }},
      {Promise::exactly_once, "LSN 7: hold command \"e1\" was decided before, at LSN 6", [](Dump& dump) { dump[6]["command_id"] = "e1"; }},
      {Promise::work_conserving, "LSN 7: says that no fills follow", [](Dump& dump) { dump[6]["fills_follow"] = false; }},
      {Promise::work_conserving, "LSN 3: hold \"h2\" takes 5 of A, though 6 was free for it", [](Dump& dump) { units(dump, 3, "held") = 5, after(dump, 3) = 1; }},
      {Promise::decisions, "LSN 2: hold \"h1\" is reduced, with 4 of 4 held", [](Dump& dump) { dump[1]["status"] = "reduced"; }}};
}

}  // namespace

TEST_CASE("dump judge: holds that end once are sound, and each planted fault is found", "[loadtest][judge]") {
  const JudgedDump sound = judge(day());
  INFO(table_of(sound.verdict));
  REQUIRE(sound.fault == "");
  REQUIRE_FALSE(sound.verdict.failed());
  CHECK(sound.verdict.unknown == 0);
  CHECK(sound.verdict.holds == 4);
  CHECK(sound.verdict.ended_holds == 2);
  for (const Planted& fault : planted()) {
    Dump dump = day();
    fault.plant(dump);
    const JudgedDump judged = judge(dump);
    INFO(fault.said << "\n" << table_of(judged.verdict));
    CHECK(judged.verdict[fault.promise] > 0);
    REQUIRE_FALSE(judged.verdict.examples.empty());
    CHECK(judged.verdict.examples.front().find(fault.said) != std::string::npos);
  }
}

// Two holds and two orders in one cell: what a count and an adjustment take, and what the holds have left at their ends.
Dump shrinking_day() {
  static const char* const text = R"([
    {"type":"load","lsn":1,"time_us":1,"warehouses":[{"warehouse":"N","priority":1,"name":""}],"products":[{"sku":"A","description":""}],
     "fills_follow":false,"stock":[{"sku":"A","warehouse":"N","on_hand":12}],"available_after":[{"sku":"A","warehouse":"N","available":12}]},
    {"type":"hold","lsn":2,"time_us":2,"id":"h1","status":"reserved","deadline_us":50,"lines":[{"line":1,"sku":"A","qty":4,"held":{"N":4}}],
     "available_after":[{"sku":"A","warehouse":"N","available":8}]},
    {"type":"hold","lsn":3,"time_us":2,"id":"h2","status":"reserved","deadline_us":60,
     "lines":[{"line":1,"sku":"A","qty":1,"held":{"N":1}},{"line":2,"sku":"A","qty":2,"held":{"N":2}}],
     "available_after":[{"sku":"A","warehouse":"N","available":5}]},
    {"type":"order","lsn":4,"time_us":3,"id":"o1","status":"reserved","lines":[{"line":1,"sku":"A","qty":3,"reserved":{"N":3},"backordered":0}],
     "available_after":[{"sku":"A","warehouse":"N","available":2}]},
    {"type":"stock_change","lsn":5,"time_us":4,"id":"k1","kind":"adjust","reason":"","fills_follow":false,
     "rows":[{"sku":"A","warehouse":"N","on_hand_change":-6,"unavailable_change":0}],
     "lost":[{"hold":"h2","line":2,"sku":"A","warehouse":"N","qty":2,"row":0},{"hold":"h2","line":1,"sku":"A","warehouse":"N","qty":1,"row":0},
             {"hold":"h1","line":1,"sku":"A","warehouse":"N","qty":1,"row":0}],
     "available_after":[{"sku":"A","warehouse":"N","available":0}]},
    {"type":"hold_ended","lsn":6,"time_us":5,"id":"h2","command_id":"r1","how":"released","fills_follow":false,
     "lines":[{"line":1,"sku":"A","released":{}},{"line":2,"sku":"A","released":{}}],"available_after":[]},
    {"type":"stock_change","lsn":7,"time_us":6,"id":"k2","kind":"count","reason":"","fills_follow":false,
     "rows":[{"sku":"A","warehouse":"N","on_hand_change":-4,"unavailable_change":0}],
     "lost":[{"hold":"h1","line":1,"sku":"A","warehouse":"N","qty":3,"row":0},{"order":"o1","line":1,"sku":"A","warehouse":"N","qty":1,"row":0}],
     "available_after":[{"sku":"A","warehouse":"N","available":0}]},
    {"type":"order","lsn":8,"time_us":7,"id":"o2","hold":"h1","returned":[],"fills_follow":false,"status":"backordered",
     "lines":[{"line":1,"sku":"A","qty":4,"reserved":{},"backordered":4}],"available_after":[]}])";
  static const Json parsed = Json::parse(text);
  return Dump(parsed.begin(), parsed.end());
}

TEST_CASE("dump judge: holds lose before reservations, the newest first, and do not get it back", "[loadtest][judge]") {
  const JudgedDump sound = judge(shrinking_day());
  INFO(table_of(sound.verdict));
  REQUIRE(sound.fault == "");
  REQUIRE_FALSE(sound.verdict.failed());
  CHECK(sound.verdict.unknown == 0);
  const auto finds = [](Promise promise, const char* said, auto plant) {
    Dump dump = shrinking_day();
    plant(dump);
    const JudgedDump judged = judge(dump);
    INFO(said << "\n" << table_of(judged.verdict));
    CHECK(judged.verdict[promise] > 0);
    const auto says = [&](const std::string& example) { return example.find(said) != std::string::npos; };
    CHECK(std::any_of(judged.verdict.examples.begin(), judged.verdict.examples.end(), says));
  };
  finds(Promise::no_overtaking, "from the newest hold: line 1 of the hold decided at LSN 3 loses 1 first", [](Dump& dump) {  // the oldest
    dump[4]["lost"][1]["hold"] = "h1";
  });
  finds(Promise::no_overtaking, "from the newest hold: line 1 of the hold decided at LSN 2 loses 3 first", [](Dump& dump) {  // reservations first
    dump[6]["lost"][0]["qty"] = 1, dump[6]["lost"][1]["qty"] = 3;
  });
  finds(Promise::holds, "LSN 5: line 1 of hold \"h2\" loses 3 of A in N, which it has not held", [](Dump& dump) { dump[4]["lost"][1]["qty"] = 3, dump[4]["lost"][0]["qty"] = 1; });
  finds(Promise::never_oversell, "leaves -4 available", [](Dump& dump) { dump[4]["lost"] = Json::array(); });
  finds(Promise::conservation, "LSN 6: the end of hold \"h2\" leaves -1 of A in N with it", [](Dump& dump) { dump[5]["lines"][0]["released"]["N"] = 1; });
  finds(Promise::decisions, "line 1 of hold \"h1\" loses units to row 1, which is not of that cell", [](Dump& dump) { dump[6]["lost"][0]["row"] = 1; });
}

TEST_CASE("dump judge: begins with a base's open holds", "[loadtest][judge]") {
  Dump dump{Json::parse(R"({"type":"base","part":"state","lsn":4,"time_us":2,"oldest_known_lsn":1,"full":true})"),
            Json::parse(R"({"type":"base","part":"warehouse","warehouse":"N","priority":1,"name":""})"),
            Json::parse(R"({"type":"base","part":"stock","sku":"A","warehouse":"N","on_hand":10,"reserved":0,"held":10,"available":0,"lsn":3})"),
            Json::parse(R"({"type":"base","part":"hold","id":"h1","lsn":2,"time_us":2,"deadline_us":50,"lines":[{"line":1,"sku":"A","qty":4,"held":{"N":4}}]})"),
            Json::parse(R"({"type":"base","part":"hold","id":"h2","lsn":3,"time_us":2,"deadline_us":60,"lines":[{"line":1,"sku":"A","qty":8,"held":{"N":6}}]})")};
  const Dump whole = day();
  dump.insert(dump.end(), whole.begin() + 4, whole.end());
  const JudgedDump sound = judge(dump);
  INFO(table_of(sound.verdict));
  CHECK(sound.fault == "");
  CHECK_FALSE(sound.verdict.failed());
  dump[3]["lines"][0]["held"]["N"] = 3;
  CHECK(judge(dump).verdict[Promise::conservation] > 0);
}
