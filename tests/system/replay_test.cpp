// Recorded scenarios through the real programs: a day with its one right answer, a year with the invariants judged from the
// journal's dump. The data does not belong to the project; without it these tests say so and check nothing.
#include <zlib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/paths.hpp"
#include "tests/system/support/caller.hpp"

namespace {

using namespace earmark::test;
using nlohmann::json;

const std::filesystem::path replays = std::filesystem::path(EARMARK_SHARED_DATA_DIR) / "replays";
constexpr milliseconds time_limit{300'000};

bool data_is_there(const std::string& name) {
  const bool there = std::filesystem::is_directory(replays / name);
  if (!there) std::cout << "skipped: no data in " << replays / name << '\n';
  return there;
}

std::vector<json> read_lines(std::istream& stream) {
  std::vector<json> lines;
  for (std::string line; std::getline(stream, line);) {
    json parsed = json::parse(line);
    if (parsed["type"] != "summary") lines.push_back(std::move(parsed));
  }
  return lines;
}

std::vector<json> read_compressed(const std::filesystem::path& path) {
  gzFile file = ::gzopen(path.c_str(), "rb");
  REQUIRE(file != nullptr);
  std::string text;
  char bytes[65536];
  for (int count = 0; (count = ::gzread(file, bytes, sizeof bytes)) > 0;) text.append(bytes, static_cast<std::size_t>(count));
  ::gzclose(file);
  std::istringstream stream(text);
  return read_lines(stream);
}

std::vector<json> read_decisions(const std::filesystem::path& path) {
  std::ifstream stream(path);
  return read_lines(stream);
}

void replay(Server& server, const std::string& name, const std::filesystem::path& decisions, std::vector<std::string> flags) {
  std::vector<std::string> arguments{"--server", server.address(), "replay", (replays / name).string(), "--decisions", decisions.string()};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  const ProgramResult result = run("earmark", arguments, time_limit);
  INFO(result.error);
  REQUIRE(result.code == 0);
}

using Key = std::pair<std::string, std::string>;

// I1 and I2 from the dump alone: every record is applied in LSN order, and what it says is left must be what is left.
class Books {
 public:
  std::string apply(const json& record);
  std::string compare_with_final(const std::vector<json>& decisions) const;
  std::uint64_t records() const { return records_; }

 private:
  struct Cell {
    std::int64_t on_hand = 0, reserved = 0;
  };
  struct Line {
    std::string sku;
    std::int64_t ordered = 0, reserved = 0, shipped = 0, waiting = 0, cancelled = 0;
    std::map<std::string, std::int64_t> at;  // reserved, by warehouse
  };

  static std::string line_key(const json& number) { return std::to_string(number.get<std::uint64_t>()); }
  void reserve(Line& line, const json& taken, std::int64_t sign);
  static bool conserved(const Line& line) { return line.ordered == line.reserved + line.shipped + line.waiting + line.cancelled; }

  std::map<Key, Cell> cells_;                                // sku, warehouse
  std::map<std::string, std::map<std::string, Line>> orders_;  // id, line
  std::uint64_t records_ = 0;
};

void Books::reserve(Line& line, const json& taken, std::int64_t sign) {
  for (const auto& [warehouse, units] : taken.items()) {
    const std::int64_t change = sign * units.get<std::int64_t>();
    cells_[{line.sku, warehouse}].reserved += change;
    line.at[warehouse] += change;
    line.reserved += change;
  }
}

std::string Books::apply(const json& record) {
  if (record["lsn"] != ++records_) return "an LSN is missing before " + record.dump();
  const std::string type = record["type"];
  std::vector<Line*> touched;
  if (type == "load") {
    for (const json& row : record["stock"]) cells_[{row["sku"], row["warehouse"]}].on_hand += row["on_hand"].get<std::int64_t>();
  } else if (type == "receipt") {
    for (const json& row : record["rows"]) cells_[{row["sku"], row["warehouse"]}].on_hand += row["qty"].get<std::int64_t>();
  } else if (type == "order") {
    for (const json& decided : record["lines"]) {
      Line& line = orders_[record["id"]][line_key(decided["line"])];
      if (line.ordered != 0) return "an order twice: " + record.dump();
      line.sku = decided["sku"];
      line.ordered = decided["qty"];
      line.waiting = decided["backordered"];
      reserve(line, decided["reserved"], 1);
      touched.push_back(&line);
    }
  } else if (type == "fill") {
    Line& line = orders_.at(record["order"]).at(line_key(record["line"]));
    const std::int64_t before = line.reserved;
    reserve(line, record["taken"], 1);
    line.waiting -= line.reserved - before;
    if (line.waiting != record["still_waiting"]) return "still_waiting: " + record.dump();
    touched.push_back(&line);
  } else if (type == "cancel") {
    for (const json& row : record["lines"]) {
      Line& line = orders_.at(record["id"]).at(line_key(row["line"]));
      const std::int64_t before = line.reserved;
      reserve(line, row["released"], -1);
      line.waiting -= row["waiting"].get<std::int64_t>();
      line.cancelled += row["waiting"].get<std::int64_t>() + before - line.reserved;
      touched.push_back(&line);
    }
  } else if (type == "ship") {
    for (const json& row : record["lines"]) {
      Line& line = orders_.at(record["id"]).at(line_key(row["line"]));
      const std::int64_t before = line.reserved;
      reserve(line, row["shipped"], -1);
      line.shipped += before - line.reserved;
      for (const auto& [warehouse, units] : row["shipped"].items()) cells_[{line.sku, warehouse}].on_hand -= units.get<std::int64_t>();
      touched.push_back(&line);
    }
  } else {
    return "a record of an unknown type: " + record.dump();
  }
  for (const Line* line : touched) {
    if (!conserved(*line) || line->waiting < 0 || line->reserved < 0) return "I2, conservation per line, broken by " + record.dump();
    for (const auto& [warehouse, units] : line->at) {
      if (units < 0) return "more given back than was reserved: " + record.dump();
    }
  }
  for (const json& after : record["available_after"]) {
    const Cell& cell = cells_[{after["sku"], after["warehouse"]}];
    if (cell.reserved > cell.on_hand || cell.reserved < 0) return "I1, never oversell, broken by " + record.dump();
    if (after["available"] != cell.on_hand - cell.reserved) return "available_after is not what is left: " + record.dump();
  }
  return "";
}

// What the server says at the end, and the lines that wait, against the books.
std::string Books::compare_with_final(const std::vector<json>& decisions) const {
  std::map<Key, std::int64_t> waiting;
  for (const auto& [id, lines] : orders_) {
    for (const auto& [number, line] : lines) {
      if (line.waiting > 0) waiting[{id, number}] = line.waiting;
    }
  }
  std::size_t cells = 0, waits = 0;
  for (const json& line : decisions) {
    if (line["type"] == "stock") {
      const auto found = cells_.find({line["sku"], line["warehouse"]});
      const Cell cell = found == cells_.end() ? Cell{} : found->second;
      if (line["on_hand"] != cell.on_hand || line["reserved"] != cell.reserved || line["available"] != cell.on_hand - cell.reserved) {
        return "the final stock differs: " + line.dump();
      }
      ++cells;
    } else if (line["type"] == "queue") {
      for (const json& entry : line["waiting"]) {
        const auto found = waiting.find({entry["order"], line_key(entry["line"])});
        if (found == waiting.end() || entry["qty"] != found->second) return "the final queue differs: " + line.dump();
        ++waits;
      }
    }
  }
  if (cells < cells_.size()) return "cells are missing in the final stock";
  return waits == waiting.size() ? "" : "lines that wait are missing in the final queues";
}

Books judge_dump(const std::filesystem::path& directory) {
  Books books;
  Process dump("earmark-journal", {"dump", directory.string()});
  while (const auto line = dump.read_line(time_limit)) {
    const std::string problem = books.apply(json::parse(*line));
    if (!problem.empty()) FAIL(problem);
  }
  REQUIRE(dump.wait().status == 0);
  return books;
}

// The whole journal against the books, the books against the final state, live digest against offline.
void judge_replay(Server& server, const std::vector<json>& decisions) {
  const std::string live = Caller(server.port()).digest();
  REQUIRE(server.terminate().status == 0);
  const Books books = judge_dump(server.directory());
  CHECK(books.compare_with_final(decisions) == "");
  CHECK(run("earmark-journal", {"digest", server.directory().string()}, time_limit).out == live + "\n");
  std::cout << books.records() << " records judged\n";
}

}  // namespace

TEST_CASE("replay: a recorded day gives its one right answer, in order", "[system][replay]") {
  if (!data_is_there("retail-day")) return;
  const auto directory = TemporaryDirectory::in_memory();
  Server server(directory.path() / "data", {"--io-threads", GENERATE("1", "2")});
  const auto file = directory.path() / "decisions.jsonl";
  replay(server, "retail-day", file, {});
  const std::vector<json> expected = read_compressed(replays / "retail-day" / "expected.jsonl.gz"), got = read_decisions(file);
  REQUIRE(expected.size() > 600);
  for (std::size_t index = 0; index < std::min(expected.size(), got.size()); ++index) {
    if (expected[index] != got[index]) FAIL("line " << index + 1 << "\nexpected " << expected[index] << "\ngot      " << got[index]);
  }
  CHECK(got.size() == expected.size());
  judge_replay(server, got);
}

TEST_CASE("replay: into a server that is not empty is refused, exit 1", "[system][replay]") {
  if (!data_is_there("retail-day")) return;
  const auto directory = TemporaryDirectory::in_memory();
  Server server(directory.path() / "data");
  replay(server, "retail-day", directory.path() / "decisions.jsonl", {"--pipeline", "100"});
  const ProgramResult again = run("earmark", {"--server", server.address(), "replay", (replays / "retail-day").string()});
  CHECK(again.code == 1);
  CHECK_THAT(again.error, Catch::Contains("not_empty"));
}

TEST_CASE("replay: a recorded year in order, with the invariants after every record", "[system][replay][year]") {
  if (!data_is_there("retail-full")) return;
  const auto directory = TemporaryDirectory::in_memory();
  Server server(directory.path() / "data");
  replay(server, "retail-full", directory.path() / "decisions.jsonl", {"--in-order"});
  judge_replay(server, read_decisions(directory.path() / "decisions.jsonl"));
}

TEST_CASE("replay: a recorded year with 64 events under way, with the invariants after every record", "[system][replay][year]") {
  if (!data_is_there("retail-full")) return;
  const auto directory = TemporaryDirectory::in_memory();
  Server server(directory.path() / "data", {"--io-threads", "2"});
  replay(server, "retail-full", directory.path() / "decisions.jsonl", {"--pipeline", "64"});
  judge_replay(server, read_decisions(directory.path() / "decisions.jsonl"));
}
