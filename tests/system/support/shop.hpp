// A server with two warehouses and a few goods, asked with the command line as a person would. One thread.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/system/support/server.hpp"

namespace earmark::test {

using Json = nlohmann::json;

class Shop {
 public:
  explicit Shop(std::vector<std::string> flags = {}) : server_(directory_.path() / "data", with_two_threads(std::move(flags))) {
    const std::filesystem::path catalogue = directory_.path() / "catalogue";
    std::filesystem::create_directories(catalogue);
    std::ofstream(catalogue / "warehouses.csv") << "warehouse,priority\nW1,1\nW2,2\n";
    std::ofstream(catalogue / "stock.csv") << "sku,warehouse,on_hand\nDOOR,W1,10\nDOOR,W2,3\nNAIL,W1,5\n";
    tell({"load", catalogue.string()});
  }

  ProgramResult ask(std::vector<std::string> command) {
    command.insert(command.begin(), {"--server", server_.address()});
    if (!time_.empty()) command.insert(command.begin(), {"--time", time_});
    return run("earmark", command);
  }
  std::string tell(std::vector<std::string> command) {
    const ProgramResult result = ask(std::move(command));
    INFO(result.error);
    REQUIRE(result.code == 0);
    return result.out;
  }
  // The answer's events, as JSON.
  std::vector<Json> events(std::vector<std::string> command) {
    command.insert(command.begin(), "--json");
    std::vector<Json> all;
    std::istringstream lines(tell(std::move(command)));
    for (std::string line; std::getline(lines, line);) all.push_back(Json::parse(line));
    return all;
  }
  // The one line that says why the server refuses.
  std::string refusal(std::vector<std::string> command) {
    const ProgramResult result = ask(std::move(command));
    INFO(result.out);
    REQUIRE(result.code == 1);
    REQUIRE(is_one_line(result.error, "earmark"));
    return result.error;
  }
  // What the next commands say as their time.
  void at(std::string time) { time_ = std::move(time); }
  Json stock(const std::string& sku, const std::string& warehouse) {
    for (Json& row : events({"stock", sku})) {
      if (row.value("warehouse", "") == warehouse) return row;
    }
    return {};
  }
  std::vector<Json> dump() {
    std::vector<Json> all;
    const ProgramResult result = run("earmark-journal", {"dump", server_.directory().string()});
    REQUIRE(result.code == 0);
    std::istringstream lines(result.out);
    for (std::string line; std::getline(lines, line);) all.push_back(Json::parse(line));
    return all;
  }
  Server& server() { return server_; }
  // Follows the stream from its beginning until such an event, which nobody asks for: it comes with the time.
  std::vector<Json> watch_until(const std::string& event) {
    Process watch("earmark", {"--server", server_.address(), "--json", "watch", "--from", "1"});
    std::vector<Json> seen;
    while (seen.empty() || seen.back().at("event") != event) {
      const auto line = watch.read_line();
      REQUIRE(line.has_value());
      seen.push_back(Json::parse(*line));
    }
    return seen;
  }
  // The server's own digest, and that of its journal.
  void compare_digests() {
    const std::string live = tell({"digest"});
    const ProgramResult offline = run("earmark-journal", {"digest", server_.directory().string()});
    REQUIRE(offline.code == 0);
    INFO(live << offline.out);
    REQUIRE(offline.out.find(live.substr(0, 32)) != std::string::npos);
  }

 private:
  static std::vector<std::string> with_two_threads(std::vector<std::string> flags) {
    flags.insert(flags.end(), {"--io-threads", "2"});
    return flags;
  }

  TemporaryDirectory directory_;
  Server server_;
  std::string time_;
};

// Lines of a dump.
inline std::size_t count_of(const std::vector<Json>& lines, const std::string& type, const std::string& id, const std::string& how = "") {
  return static_cast<std::size_t>(std::ranges::count_if(lines, [&](const Json& line) {
    return line.at("type") == type && line.value("id", "") == id && (how.empty() || line.value("how", "") == how);
  }));
}

}  // namespace earmark::test
