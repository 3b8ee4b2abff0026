// Lines of the log: as text, as JSON, by level; a line stays a line and JSON stays JSON whatever a value holds.
#include <catch2/catch.hpp>
#include <cstdio>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <regex>
#include <spdlog/spdlog.h>
#include <sstream>
#include <unistd.h>

#include "server/log.hpp"

using namespace earmark::server;

namespace {

// What is written to stderr meanwhile, line by line.
std::vector<std::string> written_by(const std::function<void()>& write) {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  std::fflush(stderr);
  const int kept = ::dup(STDERR_FILENO);
  ::dup2(::fileno(file), STDERR_FILENO);
  write();
  std::fflush(stderr);
  ::dup2(kept, STDERR_FILENO);
  ::close(kept);
  std::string text(static_cast<std::size_t>(std::ftell(file)) + 65536, '\0');
  std::rewind(file);
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("log: text has time, level, message and fields", "[server][log]") {
  open_log("info", "text");
  const auto lines = written_by([] {
    log_info("recovered", {{"records", 12U}, {"change", -3}, {"directory", "/a b"}, {"plain", "word"}, {"empty", ""}});
    log_warning("two\nlines \x1B[0m");
    spdlog::error("from elsewhere {}", 7);
  });
  REQUIRE(lines.size() == 3);
  const std::string time = R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z )";
  CHECK(std::regex_match(lines[0], std::regex(time + R"(info recovered records=12 change=-3 directory="/a b" plain=word empty="")")));
  CHECK(std::regex_match(lines[1], std::regex(time + R"(warning two lines  \[0m)")));
  CHECK(std::regex_match(lines[2], std::regex(time + R"(error from elsewhere 7)")));
}

TEST_CASE("log: JSON is one object a line with time, level, message and fields", "[server][log]") {
  open_log("debug", "json");
  const auto lines = written_by([] {
    log_debug("say \"hello\"\n", {{"records", std::uint64_t{18446744073709551615U}}, {"text", "\xFF\x01\\ \"x\""}});
    spdlog::warn("from elsewhere");
  });
  REQUIRE(lines.size() == 2);
  const auto first = nlohmann::json::parse(lines[0]);
  CHECK(first.at("level") == "debug");
  CHECK(first.at("message") == "say \"hello\"\n");
  CHECK(first.at("records") == 18446744073709551615U);
  CHECK(first.at("text") == "\xEF\xBF\xBD\x01\\ \"x\"");
  CHECK(first.size() == 5);
  CHECK(std::regex_match(first.at("time").get<std::string>(), std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)")));
  CHECK(nlohmann::json::parse(lines[1]).at("message") == "from elsewhere");
}

TEST_CASE("log: levels", "[server][log]") {
  struct Row {
    std::string level;
    std::size_t lines;
  };
  const auto row = GENERATE(values<Row>({{"debug", 4}, {"info", 3}, {"warning", 2}, {"error", 1}, {"off", 0}}));
  open_log(row.level, "text");
  const auto lines = written_by([] {
    log_debug("d");
    log_info("i");
    log_warning("w");
    log_error("e");
  });
  INFO(row.level);
  CHECK(lines.size() == row.lines);
}

TEST_CASE("log: what ends the program is one line under its name", "[server][log]") {
  const auto lines = written_by([] { complain("bad\nthing"); });
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == "earmarkd: bad thing");
}
