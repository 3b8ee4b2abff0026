// earmark-load against a real server: every kind of request and the page, the open loop, and how runs end that are not
// let to end by themselves.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <signal.h>

#include "tests/system/support/caller.hpp"
#include "tests/system/support/server.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;
using nlohmann::json;

const std::vector<std::string> small = {"--skus", "200", "--connections", "4", "--pipeline", "8", "--json"};

std::vector<std::string> arguments_for(const Server& server, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = small;
  arguments.insert(arguments.end(), {"--server", server.address()});
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

// Waits until a load has got so far.
void wait_for_lsn(const Server& server, std::uint64_t lsn) {
  const auto deadline = std::chrono::steady_clock::now() + long_enough;
  while (Caller(server.port()).durable_at_hello().value < lsn) {
    if (std::chrono::steady_clock::now() > deadline) throw TimedOut("the load does not get on");
  }
}

}  // namespace

TEST_CASE("earmark-load: orders of every shape, all kinds of requests, sent twice, half short, with a page", "[system][load]") {
  const TemporaryDirectory directory;
  Server server(directory.path() / "data", {"--io-threads", "2"});
  const std::string distribution = GENERATE("zipf", "retail");
  const std::string page = (directory.path() / "page.html").string();
  const ProgramResult result =
      run("earmark-load", arguments_for(server, {"--orders", "3000", "--threads", "2", "--distribution", distribution, "--short-share", "0.5", "--mix",
                                                 "orders=70,checks=10,cancels=6,receipts=6,ships=4,shows=4", "--policies",
                                                 "ship_partial=80,fill_or_kill=10,fill_and_cancel=10", "--priorities", "100=80,0=10,255=10",
                                                 "--repeat-share", "0.1", "--restock", "--html", page}));
  CAPTURE(distribution, result.out, result.error);
  REQUIRE(result.code == 0);
  CHECK(result.error.empty());
  const json report = json::parse(result.out);
  const json& verdict = report["verdict"];
  CHECK(verdict["result"] == "passed");
  CHECK(verdict["unexplained"] == 0);
  CHECK(verdict["foreign_lsns"] == 0);
  for (const char* kind : {"fills", "receipts", "cancels", "shipments", "views", "repeats", "observations"}) {
    CAPTURE(kind);
    CHECK(verdict[kind] > 0);
  }
  for (const auto& [rule, kept] : verdict["rules"].items()) CHECK(kept == true);
  CHECK(verdict["rules"].size() == 5);
  CHECK(report["short_line_share"].get<double>() == Approx(0.5).margin(0.15));
  CHECK(report["case"]["orders"] == 3'000);
  for (const char* kind : {"orders", "checks", "cancels", "receipts", "ships", "shows"}) CHECK(report[kind]["p99.9_us"] > 0);
  const std::string text = read_text(page);
  CHECK_THAT(text, Catch::StartsWith("<!DOCTYPE html>") && Catch::Contains("verdict: passed") && Catch::Contains("<svg"));
  CHECK(server.terminate().status == 0);
}

TEST_CASE("earmark-load: the open loop offers what it was told to", "[system][load]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  const ProgramResult result = run("earmark-load", arguments_for(server, {"--rate-steps", "200,400", "--seconds", "1", "--warmup", "0"}));
  CAPTURE(result.out, result.error);
  REQUIRE(result.code == 0);
  const json report = json::parse(result.out);
  const json& loop = report["open_loop"];
  CHECK(loop["offered"] == 300);
  CHECK(loop["sent"].get<int>() + loop["backlog_unsent"].get<int>() == 300);
  CHECK(loop["steps"].size() == 2);
  CHECK(loop["steps"][1]["offered"] == 200);
  CHECK(report["verdict"]["result"] == "passed");
}

TEST_CASE("earmark-load: a server that is killed ends the run at once, with 3", "[system][load]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  Process load("earmark-load", arguments_for(server, {"--seconds", "80000", "--threads", "2"}));
  wait_for_lsn(server, 500);
  server.kill();
  const Ended ended = load.wait();
  CHECK(ended.status == 3);
  CHECK(load.output().empty());
  CHECK(is_one_line(load.error(), "earmark-load"));
  CHECK_THAT(load.error(), Catch::Contains("lost the server"));
}

TEST_CASE("earmark-load: an interrupted run reports what there was", "[system][load]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  Process load("earmark-load", arguments_for(server, {"--seconds", "80000", "--warmup", "0"}));
  wait_for_lsn(server, 500);
  load.send_signal(SIGINT);
  const Ended ended = load.wait();
  CAPTURE(load.error());
  CHECK(ended.status == 0);
  const json report = json::parse(load.output());
  CHECK(report["interrupted"] == true);
  CHECK(report["verdict"]["result"] == "passed");
  CHECK(report["measured_seconds"].get<double>() < 80'000);
}

TEST_CASE("earmark-load: bad usage, no server, a page that cannot be written", "[system][load]") {
  std::uint16_t port = 0;
  {
    const TemporaryDirectory directory;
    port = Server(directory.path()).port();
  }
  const std::string gone = "127.0.0.1:" + std::to_string(port);
  const auto [arguments, status] = GENERATE_COPY(table<std::vector<std::string>, int>({
      {{"--server", gone}, 3},
      {{"--server", gone, "--mix", "dances=1"}, 2},
      {{"--server", gone, "--rate", "none"}, 2},
      {{"--server", gone, "--html", "/no/such/folder/page.html"}, 2},
  }));
  const ProgramResult result = run("earmark-load", arguments);
  CHECK(result.code == status);
  CHECK(result.out.empty());
  CHECK(is_one_line(result.error, "earmark-load"));
}
