// earmark-load's runs that are more than one rate or one mix, against a real server: holds, situations, a sweep, a replay. What is
// looked at is what they did and what the verdict says, no time and no rate.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>

#include "tests/system/support/server.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;
using nlohmann::json;

ProgramResult load(const Server& server, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"--skus", "200", "--connections", "4", "--pipeline", "8", "--json", "--server", server.address()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run("earmark-load", arguments);
}

json passed(const ProgramResult& result) {
  CAPTURE(result.out, result.error);
  REQUIRE(result.code == 0);
  json report = json::parse(result.out);
  CHECK(report["verdict"]["result"] == "passed");
  CHECK(report["verdict"]["unexplained"] == 0);
  CHECK(report["errors"].empty());
  return report;
}

const json& act(const json& report, const std::string& name) {
  for (const json& each : report["situation"]["acts"]) {
    if (each["name"] == name) return each;
  }
  FAIL("there is no act " << name);
  return report;
}

TEST_CASE("earmark-load: half of the customers hold first, most holds become orders, the others are given up", "[system][load]") {
  const TemporaryDirectory directory;
  Server server(directory.path() / "data", {"--io-threads", "2"});
  const json report = passed(load(server, {"--orders", "1500", "--threads", "2", "--mix", "orders=50,holds=50", "--short-share", "0.3", "--repeat-share", "0.1"}));
  const json& verdict = report["verdict"];
  CHECK(verdict["holds"] > 1'000);
  CHECK(report["confirms"]["answered"] > 0);
  CHECK(report["releases"]["answered"] > 0);
  CHECK(verdict["repeats"] > 0);
  // What held nothing ended at once; all else was confirmed or released, also after the end of the run.
  CHECK(verdict["holds_ended"] > 0);
  CHECK(verdict["holds_ended"] <= verdict["holds"]);
}

TEST_CASE("earmark-load: a flash sale sells what there is, and the other orders go on", "[system][load]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  const std::string page = (directory.path() / "sale.html").string();
  const json report = passed(load(server, {"--situation", "flash-sale", "--rate", "300", "--seconds", "3", "--html", page}));
  CHECK(report["situation"]["name"] == "flash-sale");
  const json& sale = act(report, "sale");
  CHECK(sale["popular_orders"]["answered"] > 0);
  CHECK(sale["popular_orders"]["statuses"]["reserved"] > 0);
  CHECK(sale["popular_orders"]["statuses"]["reduced"] > 0);
  CHECK(report["situation"]["first_short_seconds"] > 0);
  for (const char* name : {"before", "sale", "after"}) {
    const json& others = act(report, name)["other_orders"];
    CAPTURE(name);
    CHECK(others["answered"] > 0);
    CHECK(others["statuses"].size() == 1);  // all of them reserved
  }
  CHECK_THAT(read_text(page), Catch::Contains("sale") && Catch::Contains("<svg"));
}

TEST_CASE("earmark-load: a restock storm serves everybody who waits", "[system][load]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  const json report = passed(load(server, {"--situation", "restock-storm", "--rate", "300", "--seconds", "3"}));
  CHECK(act(report, "filling")["popular_orders"]["statuses"]["split"] > 0);
  CHECK(act(report, "filling")["fills"] == 0);
  CHECK(act(report, "storm")["fills"] > 0);
  CHECK(report["verdict"]["receipts"] == 20);
  CHECK(report["verdict"]["fills"] > 0);
  // What they wait for was counted when it was brought: who has come since may still wait, nobody else.
  CHECK(report["fills"] >= act(report, "filling")["popular_orders"]["answered"]);
}

TEST_CASE("earmark-load: a situation is refused where its SKUs are not as it needs them", "[system][load]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  passed(load(server, {"--orders", "200"}));
  const ProgramResult refused = load(server, {"--situation", "restock-storm", "--rate", "300", "--seconds", "3"});
  CHECK(refused.code == 2);
  CHECK(is_one_line(refused.error, "earmark-load"));
  CHECK_THAT(refused.error, Catch::Contains("--data"));
}

TEST_CASE("earmark-load: a sweep ends with a knee, or says that there is none", "[system][load]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  const std::string page = (directory.path() / "sweep.html").string();
  const json report = passed(load(server, {"--sweep", "--seconds", "4", "--p99-limit", "500", "--html", page}));
  const json& sweep = report["sweep"];
  CHECK(sweep["steps"].size() >= 2);
  CHECK(sweep["steps"].size() <= 16);
  CHECK(sweep["closed_loop_per_second"] > 0);
  if (!sweep["knee"].is_null() && !sweep["not_followed"].is_null()) CHECK(sweep["knee"] < sweep["not_followed"]);
  CHECK(!sweep["sentence"].get<std::string>().empty());
  for (const json& step : sweep["steps"]) {
    CHECK(step["answered"].get<std::uint64_t>() <= step["offered"].get<std::uint64_t>());
    CHECK(step["rate"] > 0);
  }
  CHECK_THAT(read_text(page), Catch::Contains("<svg") && Catch::Contains("offered"));
}

TEST_CASE("earmark-load: a replay sends the orders of a table, and leaves returns out", "[system][load]") {
  const TemporaryDirectory directory;
  Server server(directory.path() / "data");
  const std::string table = (directory.path() / "orders.csv").string();
  {
    std::ofstream file(table);
    file << "InvoiceNo,StockCode,Quantity,InvoiceDate\n";
    for (int order = 0; order < 60; ++order) {
      const std::string when = "2010-12-01 08:" + std::to_string(10 + order / 2) + ":00";
      for (int line = 0; line < 3; ++line) {
        file << 536'000 + order << ",P" << (order + 7 * line) % 20 << ',' << 1 + line << ',' << when << '\n';
      }
      if (order % 10 == 0) file << "C" << order << ",P1,-2," << when << '\n';
    }
  }
  const json report = passed(load(server, {"--replay", table, "--compress", "3600", "--stock", "3", "--policies", "ship_partial=1"}));
  CHECK(report["orders"]["answered"] == 60);
  CHECK(report["lines"] == 180);
  CHECK(report["short_lines"] > 0);
  CHECK(report["open_loop"]["offered"] == 60);

  const ProgramResult missing = load(server, {"--replay", (directory.path() / "none.csv").string()});
  CHECK(missing.code == 2);
  CHECK(is_one_line(missing.error, "earmark-load"));
}

}  // namespace
