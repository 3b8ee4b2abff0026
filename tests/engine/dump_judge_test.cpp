// The judge of dumps on dumps of random histories: it passes what the engine decided, and finds every small change to it.
#include <catch2/catch.hpp>

#include <iostream>
#include <nlohmann/json.hpp>

#include "loadtest/judge_command.hpp"
#include "storage/dump.hpp"
#include "tests/engine/harness.hpp"
#include "tests/model/random_commands.hpp"

using namespace earmark;
using Json = nlohmann::json;

namespace {

using Lines = std::vector<std::string>;

// Half of them are of several days, so that supply is late; most have rules, whose suggestions the twin knows by their ids.
Lines dump_of(std::uint64_t seed, std::uint64_t commands) {
  model::RandomCommands random(seed, true, seed % 2 == 0, seed % 4 != 0);
  model::Twin twin(model::RandomCommands::limits(seed));
  test::Harness harness(test::small_capacity(model::RandomCommands::limits(seed)));
  for (std::uint64_t step = 0; step < commands; ++step) {
    const engine::TimeUs now = random.now();
    twin.run_timers(now);
    const model::Command command = model::with_suggestions(random.next(), twin.state());
    model::apply(twin, command, model::content_of(command), now);
    twin.turn_strict();
    harness.apply(command, model::content_of(command), now);
  }
  storage::Dump dump(true);
  Lines lines;
  for (std::size_t index = 0; index < harness.records(); ++index) {
    harness.with_event(index, [&](const schema::Event& event) {
      dump.learn(event);
      lines.push_back(dump.line(event));
    });
  }
  return lines;
}

loadtest::JudgedDump judge(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  std::FILE* file = ::fmemopen(text.data(), text.size(), "r");
  REQUIRE(file != nullptr);
  loadtest::JudgedDump judged = loadtest::judge_dump(file);
  std::fclose(file);
  return judged;
}

// The numbers of a record that say something about units. Not what the client alone can tell: the numbers that it gave its
// lines, how many units it wanted to cancel (which shows later only if the line is served) or to hold, and how long, or how many arrived
// damaged; when a vendor promised them; when what waits was expected, which the twin reckons after the engine; nor which units
// are of which shipment, which a dump does not tell. Nor the figures of rules, vendors and sources, which the client gave.
void collect(Json& value, bool with_asked, std::vector<Json*>& numbers) {
  for (auto& [key, part] : value.items()) {
    if (key == "expected" || key == "fallbacks") continue;
    if (part.is_structured()) {
      collect(part, with_asked, numbers);
    } else if (part.is_number() && key != "time_us" && key != "lsn" && key != "priority" && key != "line" && key != "excess" && key != "waiting" && key != "deadline_us" &&
               key != "shipment" && key != "rest_shipment" && key != "revision" && key != "expected_us" && key != "damaged" && key != "promised_us" && key != "date_us" &&
               (with_asked || key != "qty")) {
      numbers.push_back(&part);
    }
  }
}

// One change to a record that makes it another decision. An empty string: there is nothing to change in it.
std::string changed(const std::string& line, model::Random& random) {
  Json record = Json::parse(line);
  std::vector<Json*> numbers;
  collect(record, record.at("type") != "hold" && record.at("type") != "shipment" && record.at("type") != "purchase", numbers);
  if (record.at("type") == "void" || record.at("type") == "load" || record.at("type") == "rules" || numbers.empty()) return {};
  Json& number = *numbers[random.below(numbers.size())];
  const bool up = random.chance(50) || number.get<std::int64_t>() == 0;
  number = number.get<std::int64_t>() + (up ? 1 : -1);
  return record.dump();
}

}  // namespace

TEST_CASE("dump judge: passes what the engine decided in random histories", "[engine][judge]") {
  std::uint64_t records = 0, fills = 0, ended = 0, skips = 0, strict = 0, steps = 0, received = 0, reorders = 0, dates = 0, overdue = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const loadtest::JudgedDump judged = judge(dump_of(seed, 1500));
    INFO("seed " << seed << "\n" << loadtest::table_of(judged.verdict));
    REQUIRE(judged.fault == "");
    REQUIRE_FALSE(judged.verdict.failed());
    REQUIRE(judged.verdict.unknown == 0);
    REQUIRE(judged.verdict.outstanding_cause == 0);
    records += judged.verdict.records;
    fills += judged.verdict.fills;
    ended += judged.verdict.ended_holds;
    skips += judged.verdict.skips;
    strict += judged.verdict.turned_strict;
    steps += judged.verdict.purchase_steps;
    received += judged.verdict.purchase_receipts;
    reorders += judged.verdict.reorders;
    dates += judged.verdict.moved_dates;
    overdue += judged.verdict.overdue;
  }
  std::cout << "dump judge: 20 histories, " << records << " records, " << fills << " fills, " << ended << " holds ended, " << skips << " times passed over, "
            << strict << " turned strict, " << steps << " steps of purchase orders, " << received << " receipts of them, " << reorders << " reorders, " << dates << " times other dates, " << overdue << " overdue\n";
  REQUIRE(fills > 1000);
  REQUIRE(ended > 100);
  REQUIRE(skips > 100);
  REQUIRE(strict > 20);
  REQUIRE(steps > 100);
  REQUIRE(received > 100);
  REQUIRE(reorders > 100);
  REQUIRE(dates > 100);
  REQUIRE(overdue > 20);
}

TEST_CASE("dump judge: finds one changed number, one line less, one line twice, two lines the other way round", "[engine][judge]") {
  const Lines dump = dump_of(3, 600);
  model::Random random(11);
  for (int change = 0; change < 300; ++change) {
    Lines lines = dump;
    const std::size_t at = random.below(lines.size() - 1);
    const std::string before = lines[at];
    const auto place = lines.begin() + static_cast<std::ptrdiff_t>(at);
    switch (change % 6) {
      case 0: lines.erase(place); break;
      case 1: lines.insert(place, before); break;
      case 2: std::swap(lines[at], lines[at + 1]); break;
      default:
        lines[at] = changed(before, random);
        if (lines[at].empty()) continue;
    }
    INFO("change " << change << " at line " << at + 1 << "\n" << before << "\n" << (at < lines.size() ? lines[at] : ""));
    const loadtest::JudgedDump judged = judge(lines);
    CHECK((judged.verdict.failed() || !judged.fault.empty()));
  }
}
