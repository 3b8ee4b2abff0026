// A channel that is killed, and a server that is killed under it, in the middle of many orders: every order of the file ends
// up decided exactly once, and the channel's own file agrees with the journal.
// EARMARK_CHANNEL_ORDERS sets their number, EARMARK_SEED the orders and the moments of the kills.
#include <signal.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/system/support/server.hpp"

namespace {

using namespace earmark::test;
using Json = nlohmann::json;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

constexpr int skus = 200;
constexpr int channel_kills = 5;

// Stock for about half of what is ordered, so that both answers occur.
void write_files(const std::filesystem::path& directory, std::uint64_t orders, std::minstd_rand& random) {
  std::ofstream(directory / "warehouses.csv") << "warehouse,priority\nMAIN,1\nWEST,2\n";
  std::ofstream stock(directory / "stock.csv");
  stock << "sku,warehouse,on_hand\n";
  for (int sku = 0; sku < skus; ++sku) {
    stock << 'S' << sku << ",MAIN," << orders / skus << "\nS" << sku << ",WEST," << orders / skus / 2 << '\n';
  }
  std::ofstream file(directory / "orders.csv");
  file << "order,customer,line,sku,quantity\n";
  for (std::uint64_t order = 0; order < orders; ++order) {
    for (unsigned line = 1; line <= 1 + random() % 2; ++line) {
      file << "O-" << order << ",C-" << order % 97 << ',' << line << ",S" << random() % skus << ',' << 1 + random() % 3 << '\n';
    }
  }
}

// LSN and status by order, each there once.
struct Recorded {
  std::uint64_t lsn = 0;
  std::string status;
  bool operator==(const Recorded&) const = default;
};
using Records = std::map<std::string, Recorded>;

Records records_of_journal(const std::filesystem::path& directory) {
  const ProgramResult dump = run("earmark-journal", {"dump", directory.string()}, std::chrono::minutes(5));
  REQUIRE(dump.code == 0);
  Records records;
  std::istringstream lines(dump.out);
  for (std::string line; std::getline(lines, line);) {
    const Json json = Json::parse(line);
    if (json.at("type") != "order") continue;
    const auto [place, is_new] = records.emplace(json.at("id"), Recorded{json.at("lsn"), json.at("status")});
    if (!is_new) FAIL("order " << place->first << " was decided twice");
  }
  return records;
}

// The channel's file: in the order of the orders, whole.
Records records_of_channel(const std::filesystem::path& file, std::uint64_t& duplicates) {
  Records records;
  std::ifstream lines(file);
  std::uint64_t number = 0;
  for (std::string line; std::getline(lines, line); ++number) {
    const Json json = Json::parse(line);
    const std::string order = json.at("order");
    if (order != "O-" + std::to_string(number)) FAIL("line " << number + 1 << " is about " << order);
    records.emplace(order, Recorded{json.at("lsn"), json.at("status")});
    if (json.at("duplicate")) ++duplicates;
  }
  return records;
}

// On the port that it had, which somebody else may hold for a moment.
void start_again(Server& server) {
  for (int tries = 0;; ++tries) {
    try {
      return server.start();
    } catch (const std::runtime_error&) {
      if (tries == 20) throw;
    }
  }
}

}  // namespace

TEST_CASE("order channel: killed and restarted, with its server too, decides each order exactly once", "[system][channel]") {
  const std::uint64_t orders = number_from("EARMARK_CHANNEL_ORDERS", 100'000), seed = number_from("EARMARK_SEED", std::random_device()());
  INFO("EARMARK_SEED=" << seed);
  std::minstd_rand random(static_cast<std::minstd_rand::result_type>(seed));
  const TemporaryDirectory files, data;
  write_files(files.path(), orders, random);
  Server server(data.path(), {"--io-threads", "2"});
  server.keep_port();
  REQUIRE(run("earmark", {"--server", server.address(), "load", files.path().string()}).code == 0);

  const std::vector<std::string> arguments{(files.path() / "orders.csv").string(), "--outcomes", (files.path() / "outcomes").string(),
                                           "--server", server.address(), "--connections", "3"};
  // Reads decisions until so many have been printed by this run; false when the channel ended before.
  const auto read_decisions = [](Process& channel, std::uint64_t count) {
    while (count > 0 && channel.read_line()) --count;
    return count == 0;
  };
  std::uint64_t server_kills = 0;
  for (int kill = 0; kill < channel_kills; ++kill) {
    Process channel("order_channel", arguments);
    const std::uint64_t share = orders / (channel_kills + 1);
    REQUIRE(read_decisions(channel, 1 + random() % share));
    if (kill % 2 == 0) {  // under a running channel, which then goes on by itself
      server.kill();
      start_again(server);
      ++server_kills;
      REQUIRE(read_decisions(channel, 1 + random() % (share / 2)));
    }
    channel.send_signal(SIGKILL);
    CHECK(channel.wait().signal == SIGKILL);
  }
  Process channel("order_channel", arguments);
  const Ended ended = channel.wait(std::chrono::minutes(4));
  INFO(channel.error());
  REQUIRE(ended.status == 0);
  REQUIRE(server.terminate().status == 0);

  std::uint64_t duplicates = 0;
  const Records told = records_of_channel(files.path() / "outcomes", duplicates), decided = records_of_journal(data.path());
  CHECK(told.size() == orders);
  CHECK(decided.size() == orders);
  CHECK(told == decided);
  CHECK(duplicates > 0);  // else no kill came between a decision and its line
  std::cout << "order channel: " << orders << " orders, seed " << seed << ", " << channel_kills << " kills of the channel, " << server_kills
            << " of the server; " << duplicates << " decisions were told again\n";
}

TEST_CASE("order channel: bad files and missing servers are one line and an exit code", "[system][channel]") {
  const TemporaryDirectory files;
  const std::string orders = files.path() / "orders.csv", outcomes = files.path() / "outcomes";
  std::ofstream(orders) << "order,sku,quantity\nA,S1,1\nB,S1,1\n";
  const std::vector<std::string> arguments{orders, "--outcomes", outcomes, "--server", "127.0.0.1:1", "--give-up", "0"};
  SECTION("the outcomes of other orders") {
    std::ofstream(outcomes) << "{\"order\":\"A\"}\n{\"order\":\"C\"}\n";
    const ProgramResult result = run("order_channel", arguments);
    CHECK(result.code == 2);
    CHECK(result.error.find(outcomes + ":2: order 'C'") != std::string::npos);
    CHECK(is_one_line(result.error, "order_channel"));
  }
  SECTION("no outcomes at all") {
    std::ofstream(outcomes) << "some text\n";
    const ProgramResult result = run("order_channel", arguments);
    CHECK(result.code == 2);
    CHECK(is_one_line(result.error, "order_channel"));
    CHECK(read_text(outcomes) == "some text\n");
  }
  SECTION("no orders") {
    const ProgramResult result = run("order_channel", {files.path() / "none.csv", "--outcomes", outcomes});
    CHECK(result.code == 2);
    CHECK(is_one_line(result.error, "order_channel"));
  }
  SECTION("help") {
    CHECK(run("order_channel", {"--help"}).code == 0);
    CHECK(run("checkout", {"--help"}).code == 0);
    CHECK(run("checkout", {}).code == 2);
    CHECK(run("order_channel", {}).code == 2);
  }
}

TEST_CASE("order channel: a line that was not written to its end is written again", "[system][channel]") {
  const TemporaryDirectory files, data;
  std::minstd_rand random(1);
  write_files(files.path(), 200, random);
  const Server server(data.path());
  REQUIRE(run("earmark", {"--server", server.address(), "load", files.path().string()}).code == 0);
  const std::vector<std::string> arguments{(files.path() / "orders.csv").string(), "--outcomes", (files.path() / "outcomes").string(),
                                           "--server", server.address(), "--quiet"};
  REQUIRE(run("order_channel", arguments).code == 0);
  const std::string whole = read_text(files.path() / "outcomes");
  for (const std::size_t cut : {whole.size() - 1, whole.find('\n') + 10, std::size_t{5}, std::size_t{0}}) {
    std::filesystem::resize_file(files.path() / "outcomes", cut);
    REQUIRE(run("order_channel", arguments).code == 0);
    std::uint64_t duplicates = 0;
    CHECK(records_of_channel(files.path() / "outcomes", duplicates).size() == 200);
    CHECK(duplicates > 0);
  }
}

TEST_CASE("checkout: prints what ships and what waits, and the same again for the same id", "[system][channel]") {
  const TemporaryDirectory files, data;
  std::ofstream(files.path() / "warehouses.csv") << "warehouse,priority\nMAIN,1\n";
  std::ofstream(files.path() / "stock.csv") << "sku,warehouse,on_hand\nBEAM,MAIN,6\n";
  const Server server(data.path());
  REQUIRE(run("earmark", {"--server", server.address(), "load", files.path().string()}).code == 0);
  const std::vector<std::string> arguments{"--server", server.address(), "--id", "W-1", "BEAM:8"};
  const ProgramResult first = run("checkout", arguments), second = run("checkout", arguments);
  CHECK(first.code == 0);
  CHECK(first.out == "BEAM: 8 wanted, 6 available\nOrder W-1: split (decision 2)\n  ships now   W-1-1 from MAIN: 6 units\n"
                     "  waits       W-1-B1: 2 of BEAM, 1st in the queue, 0 units ahead\n");
  CHECK(second.code == 0);
  CHECK(second.out.find("made for an earlier sending") != std::string::npos);
  const ProgramResult other = run("checkout", {"--server", server.address(), "--id", "W-1", "BEAM:9"});
  CHECK(other.code == 1);
  CHECK(other.error.find("duplicate_order") != std::string::npos);
}
