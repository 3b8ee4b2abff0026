// earmark-journal on a directory with a state store, whole and trimmed.
#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "storage/lmdb_state.hpp"
#include "storage/offline_state.hpp"
#include "storage/recovery.hpp"
#include "tests/storage/history.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/random_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;
using nlohmann::json;

const char* program = "earmark-journal";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST_CASE("earmark-journal: a trimmed dump starts with the state", "[storage][program][state]") {
  const test::TemporaryDirectory whole, trimmed;
  test::write_directory(whole.path(), test::small_history(), 6, 0);
  test::write_directory(trimmed.path(), test::small_history(), 8, 7);  // groups begin at LSN 1, 4, 7, 10
  const std::string data = trimmed.path().string();
  const auto full = lines_of(test::run(program, {"dump", whole.path().string()}).out);
  REQUIRE(full.size() == 10);
  const std::vector<std::string> base{
      R"({"archived_lsn":0,"closed_orders":2,"known_commands":5,"lsn":8,"oldest_known_lsn":1,"open_orders":1,"part":"state","time_us":8000,"type":"base"})",
      R"({"name":"Alpha","part":"warehouse","priority":1,"type":"base","warehouse":"A"})",
      R"({"name":"Beta","part":"warehouse","priority":2,"type":"base","warehouse":"B"})",
      R"({"description":"a nail","part":"product","sku":"nail","type":"base"})",
      R"({"description":"","part":"product","sku":"screw","type":"base"})",
      R"({"available":0,"held":0,"lsn":7,"on_hand":0,"part":"stock","reserved":0,"sku":"nail","type":"base","warehouse":"A"})",
      R"({"available":1,"held":0,"lsn":7,"on_hand":1,"part":"stock","reserved":0,"sku":"nail","type":"base","warehouse":"B"})",
      R"({"available":0,"held":0,"lsn":8,"on_hand":3,"part":"stock","reserved":3,"sku":"screw","type":"base","warehouse":"A"})",
      R"({"available":0,"held":0,"lsn":7,"on_hand":0,"part":"stock","reserved":0,"sku":"screw","type":"base","warehouse":"B"})",
      R"({"id":"O3","lines":[{"backordered":2,"cancelled":0,"line":1,"qty":5,"reserved":{"A":3},"shipped":{},"sku":"screw"}],"lsn":8,"part":"order","priority":150,"status":"split","time_us":8000,"type":"base"})",
      R"({"part":"queue","sku":"screw","type":"base","waiting":[{"line":1,"order":"O3","qty":2}]})"};
  const auto dump = test::run(program, {"dump", data});
  CHECK(dump.code == 0);
  const auto lines = lines_of(dump.out);
  REQUIRE(lines.size() == base.size() + 2);
  for (std::size_t index = 0; index < base.size(); ++index) CHECK(lines[index] == base[index]);
  CHECK(lines[base.size()] == full[8]);
  CHECK(lines[base.size() + 1] == full[9]);

  // From a kept LSN on there are records alone, with the codes of the base.
  CHECK(lines_of(test::run(program, {"dump", data, "--from", "7"}).out) == std::vector<std::string>(full.begin() + 6, full.end()));
  CHECK(lines_of(test::run(program, {"dump", data, "--from", "9", "--to", "9"}).out) == std::vector<std::string>{full[8]});
  CHECK(lines_of(test::run(program, {"dump", data, "--to", "8"}).out).size() == base.size());
}

TEST_CASE("earmark-journal: what is trimmed is named", "[storage][program][state]") {
  const test::TemporaryDirectory directory;
  test::write_directory(directory.path(), test::small_history(), 8, 7);
  const std::string data = directory.path().string();
  struct Row {
    std::vector<std::string> arguments;
    std::string text;
  };
  const Row rows[] = {{{"dump", data, "--from", "1"}, "LSN 1 is trimmed, the oldest kept LSN is 7"},
                      {{"dump", data, "--from", "6"}, "LSN 6 is trimmed, the oldest kept LSN is 7"},
                      {{"dump", data, "--to", "7"}, "LSN 7 is trimmed, the oldest that can be told is that at LSN 8"},
                      {{"digest", data, "--at", "7"}, "LSN 7 is trimmed, the oldest that can be told is that at LSN 8"},
                      {{"digest", data, "--at", "11"}, "no LSN 11"}};
  for (const Row& row : rows) {
    const auto ended = test::run(program, row.arguments);
    CAPTURE(row.arguments, ended.error);
    CHECK(ended.code == 1);
    CHECK(ended.out.empty());
    CHECK_THAT(ended.error, Catch::StartsWith("earmark-journal: ") && Catch::Contains(row.text));
    CHECK(std::count(ended.error.begin(), ended.error.end(), '\n') == 1);
  }
}

TEST_CASE("earmark-journal: verify, stat and digest with a state store", "[storage][program][state]") {
  const bool trim = GENERATE(false, true);
  test::RandomHistory history(71, 5);
  history.grow(900);
  const test::TemporaryDirectory directory;
  test::write_directory(directory.path(), history.records(), 700, trim ? 300 : 0);
  const std::string data = directory.path().string();
  const std::uint64_t last = history.records().size();
  std::uint64_t applied = 0;
  const auto stat = test::run(program, {"stat", data});
  CHECK(stat.code == 0);
  for (const std::string& line : lines_of(stat.out)) {
    if (line.starts_with("state_applied_lsn=")) applied = std::stoull(line.substr(18));
  }
  CHECK(applied > 600);
  CHECK_THAT(stat.out, Catch::Contains("state_open_orders=") && Catch::Contains("state_closed_orders=") && Catch::Contains("state_file_bytes="));
  CHECK_THAT(stat.out, trim ? Catch::Contains("oldest_lsn=298\n") : Catch::Contains("\noldest_lsn=1\n"));
  const auto verify = test::run(program, {"verify", data});
  CHECK(verify.code == 0);
  CHECK_THAT(verify.out, Catch::StartsWith("ok lsn=" + std::to_string(last)) &&
                             Catch::Contains(" state=ok applied=" + std::to_string(applied) + "\n"));
  CHECK(test::run(program, {"digest", data}).out == std::to_string(last) + " " + *history.digest_at(Lsn{last}) + "\n");
  for (std::uint64_t at = applied; at < last; at += 17) {
    if (!history.digest_at(Lsn{at})) continue;
    CHECK(test::run(program, {"digest", data, "--at", std::to_string(at)}).out == std::to_string(at) + " " + *history.digest_at(Lsn{at}) + "\n");
  }
  if (trim) {  // the state carries what went
    std::filesystem::rename(directory.path() / "state", directory.path() / "elsewhere");
    for (const char* command : {"verify", "dump", "digest", "stat"}) {
      const auto without = test::run(program, {command, data});
      CHECK(without.code == 4);
      CHECK_THAT(without.error, Catch::Contains("no state"));
    }
  } else {  // nobody needs it
    std::filesystem::remove_all(directory.path() / "state");
    CHECK_THAT(test::run(program, {"verify", data}).out, Catch::Contains(" state=none\n"));
    CHECK(test::run(program, {"digest", data}).code == 0);
  }
}

TEST_CASE("earmark-journal: a damaged state is found by verify", "[storage][program][state][damage]") {
  const test::TemporaryDirectory directory;
  test::write_directory(directory.path(), test::small_history(), 10, 0);
  const auto file = directory.path() / "state" / "data.mdb";
  auto bytes = test::read_file(file);
  const std::string id = "O3";  // an open order's
  const auto wanted = std::as_bytes(std::span(id));
  const auto found = std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end());
  REQUIRE(found != bytes.end());
  *found ^= std::byte{1};
  test::write_file(file, bytes);
  const auto verify = test::run(program, {"verify", directory.path().string()});
  CHECK(verify.code == 4);
  CHECK_THAT(verify.error, Catch::Contains("the state ") && Catch::Contains("file offset"));
  CHECK(test::run(program, {"dump", directory.path().string()}).code == 0);  // the journal is whole and says it all
}

// Both environments go on under the program's hands: groups go, and their pages are used again, while they are checked.
TEST_CASE("earmark-journal: reads beside a server that folds and trims", "[storage][program][state]") {
  const test::TemporaryDirectory directory;
  const auto journal = test::open_small(directory.path()).value();
  const auto opened = open_lmdb_state(directory.path(), journal->identity(), {}).value();
  constexpr engine::Quantity stock = 2'000'000'000;
  engine::Quantity placed = 0;
  const auto go_on = [&] {
    test::Records records(journal->last() + 1);
    if (placed == 0) {
      const engine::ReceivedRow rows[] = {{engine::SkuId{1}, engine::WarehouseId{1}, 0, stock, stock},
                                          {engine::SkuId{2}, engine::WarehouseId{1}, 0, stock, stock},
                                          {engine::SkuId{3}, engine::WarehouseId{1}, 0, stock, stock}};
      records.add(engine::ReceiptDecision{"R", 1, false, rows});
    }
    for (int index = 0; index < 50; ++index) records.add_stocked_order(stock - ++placed);
    const Lsn oldest{journal->last().value > 2000 ? journal->last().value - 2000 : 1};
    const bool good = records.append(*journal, 0, records.size()).has_value() &&
                      opened.store->fold(*journal, journal->last(), 1'000'000).has_value() &&
                      opened.store->keep_decisions(*journal, oldest).has_value();
    journal->retain_from(oldest);
    return good;
  };
  bool good = true;
  while (good && journal->oldest().value < 100) good = go_on();
  REQUIRE(good);
  const pid_t reader = ::fork();
  REQUIRE(reader >= 0);
  if (reader == 0) {
    int worst = 0;
    for (const char* command : {"verify", "stat", "digest", "dump", "verify", "digest", "stat", "verify"}) {
      const auto ended = test::run(program, {command, directory.path().string()});
      const bool overtaken = command == std::string("dump") && ended.code == 1 && ended.error.find("is trimmed") != std::string::npos;
      if (overtaken || ended.code == 0) continue;
      std::cerr << "earmark-journal " << command << " ended with " << ended.code << ": " << ended.error << std::flush;
      worst = std::max(worst, ended.code);
    }
    ::_exit(worst);
  }
  int status = 0;
  while (::waitpid(reader, &status, WNOHANG) == 0 && good) good = go_on();
  CHECK(good);
  CHECK(status == 0);
}

TEST_CASE("offline state: a base keeps nothing of a shipment that shipped with its order, and what comes back of it is found", "[storage][state]") {
  test::RandomHistory history(1, 0);
  history.decide(model::LoadCommand{{{"W1", "", 1}}, {{"SKU-1", ""}}, {{5, 0, 0}}});
  history.decide(model::OrderCommand{.id = "A", .texts = {}, .lines = {{.quantity = 8, .sku = engine::SkuId{1}, .line = engine::LineNumber{1}}}});
  history.decide(model::ShipCommand{"S", "A"});
  const test::TemporaryDirectory directory;
  const auto journal = test::open_small(directory.path()).value();
  history.append_to(*journal, 40);
  const auto opened = open_lmdb_state(directory.path(), journal->identity(), {}).value();
  REQUIRE(opened.store->fold(*journal, journal->last(), 100).has_value());
  history.decide(model::MoveCommand{.command_id = "R", .order_id = "A", .shipment = 1, .step = engine::ShipmentStep::give_back,
                                    .rows = {{.quantity = 2, .line = engine::LineNumber{1}}}, .to_unavailable = true});
  history.append_to(*journal, 40);
  OfflineState state;
  REQUIRE(state.begin(*opened.store).has_value());
  REQUIRE(replay(*journal, [&](const schema::Event& event) { REQUIRE(state.apply(event)); }, {state.last() + 1, {}}).has_value());
  CHECK(state.digest() == *history.digest_at(journal->last()));
}

TEST_CASE("offline state: from a base on it is the same as from the first record on", "[storage][state]") {
  const std::uint64_t seed = GENERATE(81U, 82U, 83U, 84U);
  CAPTURE(seed);
  test::RandomHistory history(seed, seed % 2 == 0 ? 30 : 4, seed % 3 == 0);
  history.grow(1500);
  const test::TemporaryDirectory directory;
  const auto journal = test::open_small(directory.path()).value();
  history.append_to(*journal, 40);
  const auto opened = open_lmdb_state(directory.path(), journal->identity(), {}).value();
  model::Random random(seed);
  while (opened.store->summary().applied < journal->last()) {
    REQUIRE(opened.store->fold(*journal, journal->last(), random.between(1, 300)).has_value());
    OfflineState state;
    REQUIRE(state.begin(*opened.store).has_value());
    REQUIRE(state.digest() == *history.digest_at(state.last()));
    REQUIRE(replay(*journal, [&](const schema::Event& event) {
              REQUIRE(state.apply(event));
              const auto& expected = history.digest_at(event.stamp.lsn);
              if (expected && event.stamp.lsn.value % 7 == 0) REQUIRE(state.digest() == *expected);
            }, {state.last() + 1, {}}).has_value());
    REQUIRE(state.digest() == *history.digest_at(journal->last()));
  }
}

}  // namespace
