// The two judges on a real server that forgets ids and trims its journal: what clients saw, bookkeeping explained, and the dump.
#include <catch2/catch.hpp>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/system/support/server.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;
using nlohmann::json;

json load(const Server& server) {
  const ProgramResult result =
      run("earmark-load", {"--server", server.address(), "--skus", "200", "--connections", "4", "--pipeline", "16", "--json", "--orders", "6000", "--rate", "3000",
                           "--distribution", "zipf", "--short-share", "0.4", "--mix", "orders=60,cancels=8,receipts=10,ships=20,shows=2", "--policies",
                           "ship_partial=80,fill_or_kill=10,fill_and_cancel=10", "--priorities", "100=80,200=20", "--restock"});
  INFO(result.out << result.error);
  REQUIRE(result.code == 0);
  return json::parse(result.out);
}

std::string dump(const TemporaryDirectory& directory) {
  const ProgramResult dumped = run("earmark-journal", {"dump", "--full", (directory.path() / "data").string()});
  INFO(dumped.error);
  REQUIRE(dumped.code == 0);
  return dumped.out;
}

// The fairness audit says the same of as many fills.
json audit(const TemporaryDirectory& directory) {
  const ProgramResult audited = run("earmark-journal", {"audit", "--json", (directory.path() / "data").string()});
  INFO(audited.out << audited.error);
  REQUIRE(audited.code == 0);
  return json::parse(audited.out);
}

ProgramResult judge(const TemporaryDirectory& directory, const std::string& text) {
  const std::string file = (directory.path() / "dump.jsonl").string();
  std::ofstream(file) << text;
  return run("earmark-load", {"judge", file, "--json"});
}

// Voids of the dump between the two LSNs.
std::size_t bookkeeping_between(const std::string& text, std::uint64_t first, std::uint64_t last) {
  std::istringstream lines(text);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("\"type\":\"void\"") == std::string::npos) continue;
    const std::uint64_t lsn = json::parse(line).at("lsn");
    if (lsn > first && lsn < last) ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("judge: a run beyond the horizon of ids has nothing unexplained, and the server's dump is sound", "[system][load]") {
  const TemporaryDirectory directory;
  Server server(directory.path() / "data", {"--horizon", "1000"});
  std::size_t bookkeeping = 0;
  for (int attempt = 0; attempt < 30 && bookkeeping == 0; ++attempt) {  // until bookkeeping came in the middle of one
    const json report = load(server);
    CHECK(report["verdict"]["result"] == "passed");
    CHECK(report["verdict"]["foreign_lsns"] == 0);
    CHECK(report["verdict"]["unexplained"] == 0);
    bookkeeping = bookkeeping_between(dump(directory), report["lsn"]["first"], report["lsn"]["last"]);
  }
  REQUIRE(bookkeeping > 0);
  CHECK(server.terminate().status == 0);
  const std::string text = dump(directory);
  const ProgramResult judged = judge(directory, text);
  INFO(judged.out << judged.error);
  REQUIRE(judged.code == 0);
  const json verdict = json::parse(judged.out);
  CHECK(verdict["result"] == "passed");
  CHECK(verdict["fills"] > 0);
  CHECK(verdict["voids"] > 0);
  CHECK(verdict["last_lsn"] == verdict["records"]);
  CHECK(verdict["outstanding_cause"] == 0);
  const json fair = audit(directory);
  CHECK(fair["fills"] == verdict["fills"]);
  CHECK(fair["overtaken"].empty());
  CHECK(fair["to"] == verdict["last_lsn"]);
  std::cout << "judge: " << verdict["records"] << " records of a server, " << bookkeeping << " of them bookkeeping within a run\n";

  // One unit less of one fill is found.
  std::string wrong = text;
  const std::size_t fill = wrong.find("\"still_waiting\":0,\"taken\":{\"W1\":");
  REQUIRE(fill != std::string::npos);
  wrong.replace(fill, 17, "\"still_waiting\":1");
  const ProgramResult found = judge(directory, wrong);
  CHECK(found.code == 1);
  CHECK(json::parse(found.out)["broken"]["I2 conservation"] >= 1);
}

TEST_CASE("judge: the dump of a trimmed journal is judged from its base on", "[system][load]") {
  const TemporaryDirectory directory;
  Server server(directory.path() / "data", {"--horizon", "1000", "--retain", "2000"});
  std::string text;
  for (int attempt = 0; attempt < 30 && text.find("\"part\":\"order\"") == std::string::npos; ++attempt) {
    load(server);
    text = dump(directory);
  }
  REQUIRE(text.find("\"part\":\"order\"") != std::string::npos);
  const ProgramResult judged = judge(directory, text);
  INFO(judged.out << judged.error);
  REQUIRE(judged.code == 0);
  const json verdict = json::parse(judged.out);
  CHECK(verdict["full"] == true);
  CHECK(verdict["base_lines"] > 0);
  CHECK(verdict["first_lsn"] > 1);
  CHECK(verdict["last_lsn"] == verdict["first_lsn"].get<std::uint64_t>() + verdict["records"].get<std::uint64_t>() - 1);
  CHECK(server.terminate().status == 0);
  const json fair = audit(directory);
  CHECK(fair["from"] > 1);
  CHECK(fair["overtaken"].empty());
}

TEST_CASE("judge: bad usage and what is no dump end with 2 and one line", "[system][load]") {
  const TemporaryDirectory directory;
  for (const ProgramResult& result : {run("earmark-load", {"judge"}), run("earmark-load", {"judge", "/no/such/file"}), judge(directory, "hello\n"),
                                      judge(directory, "{\"lsn\":9,\"type\":\"void\"}\n")}) {
    CHECK(result.code == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.error, Catch::StartsWith("earmark-load: judge: "));
    CHECK(result.error.find('\n') == result.error.size() - 1);
  }
  CHECK(judge(directory, "").code == 1);  // vacuous
  const ProgramResult help = run("earmark-load", {"judge", "--help"});
  CHECK(help.code == 0);
  CHECK_THAT(help.out, Catch::Contains("earmark-journal dump --full /var/lib/earmark | earmark-load judge -"));
}
