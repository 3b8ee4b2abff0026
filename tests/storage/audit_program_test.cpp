// earmark-journal audit as a process: its tables and its JSON, exit codes, ranges, trimmed and damaged journals.
#include <catch2/catch.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/storage/audit_log.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/random_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using namespace earmark::storage::test;
using engine::Lsn;
using nlohmann::json;

Ended audit(const std::filesystem::path& directory, std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.begin(), {"audit", directory.string()});
  return run("earmark-journal", arguments);
}

// LSN 2 to 8: a waiter for all, passed over by N and turned strict; then X gets doors before W (LSN 8), who waits longer.
AuditLog unfair() {
  AuditLog log;
  log.order("C", {{nail, 4}, {door, 9}}, {engine::Policy::ship_complete, 100, false, {}, {}});
  log.receive(door, {{a, 1}}, false);
  log.order("N", {{door, 1, {{a, 1}}}}, {engine::Policy::ship_partial, 100, false, "C", {}});
  log.order("W", {{nail, 2}});
  log.order("X", {{nail, 2}});
  log.receive(nail, {{b, 2}}, true);
  log.fill("X", 1, {{b, 2}}, true, 0, "C");
  return log;
}

TEST_CASE("earmark-journal audit: the table says who was overtaken, passed over and strict", "[storage][program][audit]") {
  const TemporaryDirectory directory;
  write_directory(directory.path(), unfair().records(), 8, 0);
  const Ended found = audit(directory.path());
  CHECK(found.code == 1);
  CHECK(found.error.empty());
  CHECK(found.out ==
        R"(fairness audit of LSN 1 to 8, 1970-01-01T00:00:00Z to 1970-01-01T00:00:00Z
Somebody who waited was overtaken.

  causes that could serve                                        2
  fills looked at                                                1
  orders that took units                                         1
  holds that took units                                          0
  takes looked at, a line's of one warehouse each                2
  of these where nobody waited for the SKU                       0

waiters overtaken: 1
  LSN  WAITER    SKU   WAREHOUSE  WAITED FOR  BY        TAKEN  WHY
  8    W line 1  nail  B          2           X line 1  2      it stood ahead and takes whatever is there

passed by right, in how many takes:
  waited longer, with a lower priority                           0
  pinned to another warehouse                                    0
  takes nothing before its reserve_not_before                    0
  takes all or nothing, not all was there: counted as a skip     2
  the same, by an order that had counted before                  0
  the same, another line of the same order                       0
  the same, by a hold                                            0
  the same, in a journal of before skips were counted            0
  the units were held for the order that took them               0
  the units came for the line that took them                     0

skips: 2
  LSN  PASSED OVER  BY        SKU
  4    C            N line 1  door
  8    C            X line 1  nail

turned strict: 0
)");
  const Ended fair = audit(directory.path(), {"--to", "7"});
  CHECK(fair.code == 0);
  CHECK_THAT(fair.out, Catch::StartsWith("fairness audit of LSN 1 to 7, ") && Catch::Contains("\nNobody who waited was overtaken.\n") && Catch::Contains("\nwaiters overtaken: 0\n"));
  CHECK_THAT(audit(directory.path(), {"--from", "8", "--sku", "nail"}).out, Catch::StartsWith("fairness audit of LSN 8 to 8, ") && Catch::Contains(", SKU nail\n"));
  CHECK(audit(directory.path(), {"--sku", "door"}).code == 0);
}

TEST_CASE("earmark-journal audit: the same as data", "[storage][program][audit]") {
  const TemporaryDirectory directory;
  write_directory(directory.path(), unfair().records(), 8, 0);
  const Ended found = audit(directory.path(), {"--json", "--from", "3", "--sku", "nail"});
  CHECK(found.code == 1);
  CHECK(std::count(found.out.begin(), found.out.end(), '\n') == 1);
  const json data = json::parse(found.out);
  CHECK(data["report"] == "fairness-audit");
  CHECK(data["from"] == 3);
  CHECK(data["to"] == 8);
  CHECK(data["from_time_us"] == 3000);
  CHECK(data["to_time_us"] == 8000);
  CHECK(data["sku"] == "nail");
  CHECK(data["causes"] == 2);
  CHECK(data["takes"] == 1);
  CHECK(data["passed"]["skip_counted"] == 1);
  const auto expected = json::parse(R"([{"lsn":8,"waiter":{"order":"W","line":1},"by":{"order":"X","line":1},"sku":"nail","warehouse":"B","waiting":2,"taken":2,"why":"takes_anything"}])");
  CHECK(data["overtaken"] == expected);
  CHECK(data["skips"] == json::parse(R"([{"lsn":8,"waiter":{"order":"C"},"by":{"order":"X","line":1},"sku":"nail"}])"));
  CHECK(data["strict"] == json::array());
}

TEST_CASE("earmark-journal audit: a trimmed journal is audited from its state on", "[storage][program][audit]") {
  RandomHistory history(61, 3);
  history.grow(900);
  const TemporaryDirectory whole, trimmed;
  write_directory(whole.path(), history.records(), 700, 0);
  write_directory(trimmed.path(), history.records(), 700, 300);
  const json data = json::parse(audit(trimmed.path(), {"--json"}).out);
  const std::uint64_t from = data["from"];
  CHECK(from > 690);
  CHECK(data["to"] == history.records().size());
  CHECK(data["overtaken"].empty());
  CHECK(data["takes"] > 0);
  CHECK(data == json::parse(audit(whole.path(), {"--json", "--from", std::to_string(from)}).out));
  const Ended refused = audit(trimmed.path(), {"--from", std::to_string(from - 1)});
  CHECK(refused.code == 2);
  CHECK(refused.out.empty());
  CHECK(refused.error == "earmark-journal: LSN " + std::to_string(from - 1) + " is trimmed, the oldest that can be audited is " + std::to_string(from) + "; give that or a later one\n");
}

TEST_CASE("earmark-journal audit: what cannot be audited is said in one line", "[storage][program][audit]") {
  const TemporaryDirectory directory, damaged, contradicts, empty;
  write_directory(directory.path(), unfair().records(), 8, 0);
  write_directory(damaged.path(), unfair().records(), 8, 0);
  const auto file = damaged.path() / "journal" / "data.mdb";
  std::vector<std::byte> bytes = read_file(file);
  const std::string_view customer = "somebody";  // of the fill, the last record
  const auto at = std::search(bytes.begin(), bytes.end(), customer.begin(), customer.end(), [](std::byte one, char other) { return one == static_cast<std::byte>(other); });
  REQUIRE(at != bytes.end());
  *at ^= std::byte{1};
  write_file(file, bytes);
  Records twice = first_of(unfair().records(), 8);  // the fill again
  schema::EventDecoder decoder;
  std::size_t consumed = 0;
  const auto fill = decoder.decode(twice.record(7), consumed);
  twice.add(std::get<engine::FillDecision>(fill->decision), fill->stamp.cause);
  const auto journal = open_small(contradicts.path()).value();
  REQUIRE(twice.append(*journal, 0, twice.size()).has_value());
  REQUIRE(open_small(empty.path()).has_value());
  struct Row {
    std::filesystem::path directory;
    std::vector<std::string> arguments;
    int code;
    std::string text;
  };
  const Row rows[] = {
      {directory.path(), {"--from", "9"}, 2, "there is no LSN 9, the journal ends at LSN 8; give one up to that"},
      {directory.path(), {"--to", "9"}, 2, "there is no LSN 9"},
      {directory.path(), {"--from", "5", "--to", "4"}, 2, "--to 4 is before --from 5"},
      {directory.path(), {"--from", "0"}, 2, "--help"},
      {directory.path(), {"--sku", "lamp"}, 2, "there is no SKU \"lamp\" up to LSN 8"},
      {directory.path() / "nowhere", {}, 2, "no journal"},
      {damaged.path(), {}, 4, "damaged"},
      {contradicts.path(), {}, 4, "record LSN 9 contradicts the records before it"},
  };
  for (const Row& row : rows) {
    const Ended ended = audit(row.directory, row.arguments);
    CAPTURE(row.arguments, ended.error);
    CHECK(ended.code == row.code);
    CHECK(ended.out.empty());
    CHECK_THAT(ended.error, Catch::StartsWith("earmark-journal: ") && Catch::Contains(row.text));
    CHECK(std::count(ended.error.begin(), ended.error.end(), '\n') == 1);
  }
  const Ended nothing = audit(empty.path());
  CHECK(nothing.code == 0);
  CHECK_THAT(nothing.out, Catch::StartsWith("fairness audit of no records\nNobody who waited was overtaken.\n"));
  const Ended help = run("earmark-journal", {"audit", "--help"});
  CHECK(help.code == 0);
  CHECK_THAT(help.out, Catch::Contains("--from") && Catch::Contains("--sku") && Catch::Contains("--json"));
}

}  // namespace
