// Metrics and health of the real program: figures that agree with what was sent while a load runs, the phases of its
// life, and HTTP clients that misbehave, which orders do not notice.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <signal.h>
#include <sstream>
#include <thread>

#include "tests/server/prometheus_text.hpp"
#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"
#include "tests/system/support/http.hpp"
#include "tests/system/support/sync_gate.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

PrometheusText metrics(std::uint16_t port) {
  const HttpReply reply = http_get(port, "/metrics");
  REQUIRE(reply.status == 200);
  REQUIRE(reply.fields.at("content-type") == "text/plain; version=0.0.4; charset=utf-8");
  return PrometheusReader::read(reply.body);
}

bool gate_works() {
  if (!SyncGate::works()) std::cout << "skipped: syncs cannot be held under a sanitizer\n";
  return SyncGate::works();
}

const std::vector<std::string> with_metrics{"--metrics", "127.0.0.1:0", "--io-threads", "2"};

// Asks until the answer is this one.
HttpReply get_until(std::uint16_t port, const std::string& path, int status) {
  const auto deadline = std::chrono::steady_clock::now() + long_enough;
  for (;;) {
    HttpReply reply = http_get(port, path);
    if (reply.status == status || std::chrono::steady_clock::now() > deadline) return reply;
  }
}

}  // namespace

TEST_CASE("metrics: off unless asked for, loopback only", "[system][metrics]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  CHECK(server.process().error().find("metrics address") == std::string::npos);
  const ProgramResult refused = run("earmarkd", {"--data", (directory.path() / "other").string(), "--metrics", "0.0.0.0:0"});
  CHECK(refused.code == 2);
  CHECK(is_one_line(refused.error, "earmarkd"));
}

TEST_CASE("metrics: a taken port is exit 6, and a server on the same directory and port exit 3", "[system][metrics]") {
  const TemporaryDirectory directory;
  Server server(directory.path() / "one", with_metrics);
  const std::string taken = "127.0.0.1:" + std::to_string(metrics_port(server.process()));
  const ProgramResult other = run("earmarkd", {"--data", (directory.path() / "two").string(), "--listen", "127.0.0.1:0", "--metrics", taken});
  CHECK(other.code == 6);
  CHECK(other.error.find(taken) != std::string::npos);
  const ProgramResult twice = run("earmarkd", {"--data", server.directory().string(), "--listen", "127.0.0.1:0", "--metrics", taken});
  CHECK(twice.code == 3);
}

TEST_CASE("metrics: the server's threads have names, for top -H and profilers", "[system][metrics]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), with_metrics);
  const std::set<std::string> expected{"earmarkd", "earmark-io-0", "earmark-io-1", "earmark-journal", "earmark-fold", "earmark-memory", "earmark-report", "earmark-watch"};
  std::set<std::string> names;
  const auto deadline = std::chrono::steady_clock::now() + long_enough;
  while (!std::includes(names.begin(), names.end(), expected.begin(), expected.end())) {  // each names itself when it begins to run
    CAPTURE(names);
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(server.ready().pid) + "/task")) {
      std::ifstream file(task.path() / "comm");
      std::string name;
      std::getline(file, name);
      names.insert(name);
    }
  }
}

TEST_CASE("metrics: well formed while a load runs, and in the end they agree with what was sent", "[system][metrics]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), with_metrics);
  const std::uint16_t port = metrics_port(server.process());
  constexpr std::uint64_t senders = 3, orders = 2000;
  {
    Caller caller(server.port());
    REQUIRE(caller.ask(catalogue(2, 1, 5'000)).decided());
    REQUIRE(caller.ask(receipt("R", {{1, 10}})).decided());
  }
  std::atomic<std::uint64_t> reserved{0}, waiting{0}, done{0};
  std::vector<std::thread> threads;
  for (std::uint64_t sender = 0; sender < senders; ++sender) {
    threads.emplace_back([&, sender] {
      Caller caller(server.port());
      std::vector<std::byte> out;
      for (std::uint64_t number = 0; number < orders; ++number) {
        caller.put(out, order(std::to_string(sender) + "-" + std::to_string(number), {{1, 1}, {2, 1}}));
      }
      caller.send(out);
      for (std::uint64_t number = 0; number < orders; ++number) {
        const Got got = caller.got(caller.receive());
        (got.backordered == 0 ? reserved : waiting).fetch_add(1);
      }
      done.fetch_add(1);
    });
  }
  std::uint64_t scrapes = 0;
  double last = 0;
  bool rising = true;
  std::string wrong;
  do {
    try {
      const auto text = PrometheusReader::read(http_get(port, "/metrics").body);
      rising = rising && text.at("earmark_decisions_total{kind=\"order\"}") >= last;
      last = text.at("earmark_decisions_total{kind=\"order\"}");
      ++scrapes;
    } catch (const std::exception& error) {
      wrong = error.what();
    }
  } while (done.load() < senders && wrong.empty());
  for (std::thread& thread : threads) thread.join();
  INFO(scrapes << " scrapes");
  REQUIRE(wrong.empty());
  CHECK(rising);

  Caller caller(server.port());
  CHECK(caller.ask(order("0-0", {{1, 1}, {2, 1}})).duplicate);
  CHECK(caller.ask(order("0-0", {{1, 2}})).error.code == engine::ErrorCode::duplicate_order);
  CHECK(caller.ask(order("unknown", {{9, 1}})).error.code == engine::ErrorCode::unknown_sku);
  CHECK(caller.ask(order("killed", {{2, 1'000'000}}, engine::Policy::fill_or_kill)).decided());
  const auto text = metrics(port);
  CHECK(text.sum_of("earmark_orders_total") == senders * orders + 1);
  CHECK(text.at("earmark_orders_total{status=\"reserved\"}") == static_cast<double>(reserved.load()));
  CHECK(text.at("earmark_orders_total{status=\"split\"}") + text.at("earmark_orders_total{status=\"backordered\"}") ==
        static_cast<double>(waiting.load()));
  CHECK(text.at("earmark_orders_total{status=\"refused\"}") == 1);
  CHECK(text.at("earmark_decisions_total{kind=\"receipt\"}") == 1);
  CHECK(text.at("earmark_repeats_total") == 1);
  CHECK(text.at("earmark_errors_total{code=\"duplicate_order\"}") == 1);
  CHECK(text.at("earmark_errors_total{code=\"unknown_sku\"}") == 1);
  CHECK(text.sum_of("earmark_errors_total") == 2);
  CHECK(text.at("earmark_command_ids") == senders * orders + 2);
  CHECK(text.at("earmark_answer_latency_seconds_count") == senders * orders + 3);
  CHECK(text.at("earmark_answer_latency_seconds_sum") > 0);
  CHECK(text.at("earmark_durable_lsn") == text.at("earmark_decided_lsn"));
  CHECK(text.at("earmark_durable_lag_lsns") == 0);
  CHECK(text.at("earmark_journal_group_lsns_sum") == text.at("earmark_durable_lsn"));
  CHECK(text.at("earmark_journal_group_lsns_count") == text.at("earmark_journal_groups_total"));
  CHECK(text.at("earmark_journal_append_seconds_count") == text.at("earmark_journal_groups_total"));
  CHECK(text.at("earmark_connections") >= 1);
  CHECK(text.at("earmark_skus") == 2);
  CHECK(text.at("earmark_phase{phase=\"serving\"}") == 1);
  CHECK(text.at("earmark_resident_memory_bytes") > 1'000'000);

  // earmark stats reads the same table.
  const auto stats = caller.stats();
  CHECK(static_cast<double>(stats.at("orders_reserved")) == text.at("earmark_orders_total{status=\"reserved\"}"));
  CHECK(static_cast<double>(stats.at("orders_fast_path")) == text.at("earmark_orders_fast_path_total"));
  CHECK(static_cast<double>(stats.at("journal_bytes")) == text.at("earmark_journal_bytes_total"));
  CHECK(stats.at("errors_unknown_sku") == 1);
}

TEST_CASE("metrics: ids that recovery found are counted", "[system][metrics]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), with_metrics);
  {
    Caller caller(server.port());
    REQUIRE(caller.ask(catalogue(1, 1, 5)).decided());
    for (int number = 0; number < 7; ++number) REQUIRE(caller.ask(order("o" + std::to_string(number), {{1, 1}})).decided());
  }
  REQUIRE(server.terminate().status == 0);
  server.start();
  const auto text = metrics(metrics_port(server.process()));
  CHECK(text.at("earmark_command_ids") == 7);
  CHECK(text.sum_of("earmark_orders_total") == 0);  // counters begin anew
  CHECK(text.at("earmark_durable_lsn") >= 8);
}

TEST_CASE("health: alive but not ready while it recovers, ready when it serves, neither while it stops", "[system][metrics]") {
  if (!gate_works()) return;
  const TemporaryDirectory directory;
  SyncGate gate;
  gate.hold();  // a new journal is made: its first sync waits
  Process process("earmarkd", server_arguments(directory.path(), with_metrics), gate.environment());
  gate.entered();
  const std::uint16_t port = metrics_port(process);
  CHECK(http_get(port, "/healthz").status == 200);
  CHECK(http_get(port, "/healthz").body == "ok\n");
  const HttpReply recovering = http_get(port, "/readyz");
  CHECK(recovering.status == 503);
  CHECK(recovering.body == "recovering\n");
  CHECK(metrics(port).at("earmark_phase{phase=\"recovering\"}") == 1);
  CHECK(process.output().empty());
  gate.open();
  const auto ready = parse_ready_line(process.read_line().value_or(""));
  REQUIRE(ready);
  CHECK(http_get(port, "/readyz").status == 200);
  CHECK(http_get(port, "/healthz").status == 200);

  Caller caller(ready->port);
  REQUIRE(caller.ask(catalogue(1, 1, 5)).decided());
  gate.hold();
  const std::uint64_t correlation = caller.send(order("last", {{1, 1}}));
  gate.entered();
  process.send_signal(SIGTERM);  // the order is decided: the server waits for its sync
  const HttpReply stopping = get_until(port, "/healthz", 503);
  CHECK(stopping.status == 503);
  CHECK(stopping.body == "stopping\n");
  CHECK(http_get(port, "/readyz").body == "stopping\n");
  CHECK(metrics(port).at("earmark_durable_lag_lsns") == 1);
  gate.open();
  CHECK(caller.receive(correlation).decided());
  CHECK(process.wait().status == 0);
  CHECK_THROWS_AS(HttpConnection(port), ConnectionLost);
}

TEST_CASE("http: methods and paths", "[system][metrics]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), with_metrics);
  const std::uint16_t port = metrics_port(server.process());
  CHECK(http_get(port, "/").status == 404);
  CHECK(http_get(port, "/metrics/").status == 404);
  CHECK(http_get(port, "/healthz?verbose=1").status == 200);
  const std::string method = GENERATE("POST", "PUT", "DELETE", "OPTIONS");
  const HttpReply refused = http_get(port, "/metrics", method);
  CHECK(refused.status == 405);
  CHECK(refused.fields.at("allow") == "GET, HEAD");
  const HttpReply head = http_get(port, "/healthz", "HEAD");
  CHECK(head.status == 200);
  CHECK(head.fields.at("content-length") == "3");
  // Several requests on one connection, one of them with a body that nobody wants.
  HttpConnection connection(port);
  for (int number = 0; number < 5; ++number) {
    REQUIRE(connection.send("GET /healthz HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nbody"));
    CHECK(connection.receive().body == "ok\n");
  }
}

TEST_CASE("http: peers that misbehave are cut off, and orders do not notice", "[system][metrics][hostile]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), with_metrics);
  const std::uint16_t port = metrics_port(server.process());
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(1, 1, 1'000'000)).decided());
  std::uint64_t number = 0;
  const auto orders_go_on = [&] {
    for (int count = 0; count < 20; ++count) REQUIRE(caller.ask(order("o" + std::to_string(number++), {{1, 1}})).decided());
  };
  const std::string start = "GET /metrics HTTP/1.1\r\nHost: test\r\n";
  std::string many_fields = start;
  for (int field = 0; field < 200; ++field) many_fields += "x-" + std::to_string(field) + ": v\r\n";
  const std::vector<std::string> bad{
      "GET /" + std::string(10'000, 'a') + " HTTP/1.1\r\n\r\n",
      start + "x: " + std::string(100'000, 'a') + "\r\n\r\n",
      start + std::string(5'000, 'n') + ": v\r\n\r\n",
      many_fields + "\r\n",
      start + "Content-Length: 99999999999\r\n\r\n" + std::string(20'000, 'b'),
      start + "Content-Length: -1\r\n\r\n",
      start + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
      "BREW /metrics HTTP/1.1\r\n\r\n",
      "\x16\x03\x01\x02\x00\x01",
      std::string(1000, '\0'),
  };
  for (const std::string& bytes : bad) {
    INFO(bytes.substr(0, 60));
    HttpConnection connection(port);
    connection.send(bytes);
    CHECK(connection.receive().status != 200);
  }
  orders_go_on();

  // Half a request on each of more connections than are served at one time: those are cut off in time.
  std::vector<HttpConnection> slow;
  for (int count = 0; count < 40; ++count) {
    slow.emplace_back(port);
    slow.back().send(start);
  }
  orders_go_on();
  CHECK(http_get(port, "/healthz").status == 0);
  for (HttpConnection& connection : slow) CHECK(connection.receive().status != 200);
  CHECK(http_get(port, "/healthz").status == 200);
  // An answer that nobody takes, many times over.
  std::vector<HttpConnection> greedy;
  for (int count = 0; count < 20; ++count) {
    greedy.emplace_back(port);
    for (int request = 0; request < 50; ++request) greedy.back().send(start + "\r\n");
  }
  orders_go_on();
  greedy.clear();
  CHECK(metrics(port).at("earmark_orders_total{status=\"reserved\"}") == static_cast<double>(number));
  HttpConnection half(port), whole(port);  // open at the end
  half.send(start);
  whole.send(start + "\r\n");
  CHECK(server.terminate().status == 0);
}

TEST_CASE("log: JSON lines on stderr from start to stop, one for many refused connections", "[system][metrics]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--log-format", "json", "--max-connections", "1"});
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(1, 1, 5)).decided());
  for (int count = 0; count < 10; ++count) {
    RawConnection refused(server.port());
    CHECK_FALSE(refused.read_frame().has_value());
  }
  const auto deadline = std::chrono::steady_clock::now() + long_enough;
  while (server.process().error().find("refused connections") == std::string::npos && std::chrono::steady_clock::now() < deadline) continue;
  CHECK(server.terminate().status == 0);
  std::vector<std::string> messages;
  std::istringstream lines(server.process().error());
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    const auto json = nlohmann::json::parse(line);
    CHECK(json.at("time").is_string());
    CHECK(json.at("level").is_string());
    messages.push_back(json.at("message"));
    if (messages.back() == "starting") {
      CHECK(json.at("data") == directory.path().string());
      CHECK(json.at("max_connections") == "1");
    }
    if (messages.back() == "stopped") CHECK(json.at("lsn") == 1);
  }
  REQUIRE(messages.size() == 6);
  CHECK(messages.front() == "starting");
  CHECK(messages[1] == "recovered");
  CHECK(messages[2] == "serving");
  CHECK(messages[3].starts_with("refused connections"));
  CHECK(messages[4].starts_with("stopping"));
  CHECK(messages[5] == "stopped");
}
