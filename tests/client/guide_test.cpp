// docs/CLIENT.md shows code that is compiled: each of its blocks stands in one of the programs, line by line.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "tests/paths.hpp"

namespace {

using Lines = std::vector<std::string>;

// Without what stands before a line's first letter: pages and programs are indented differently.
Lines lines_of(const std::string& path) {
  std::ifstream file(std::string(EARMARK_SOURCE_DIR) + "/" + path);
  INFO(path);
  REQUIRE(file.is_open());
  Lines lines;
  for (std::string line; std::getline(file, line);) {
    const std::size_t begin = line.find_first_not_of(' ');
    lines.push_back(begin == std::string::npos ? "" : line.substr(begin));
  }
  return lines;
}

std::vector<Lines> blocks_of(const Lines& page) {
  std::vector<Lines> blocks;
  bool inside = false;
  for (const std::string& line : page) {
    if (line == "```cpp" || line == "```cmake") {
      blocks.emplace_back();
      inside = true;
    } else if (line.starts_with("```")) {
      inside = false;
    } else if (inside) {
      blocks.back().push_back(line);
    }
  }
  return blocks;
}

}  // namespace

TEST_CASE("guide: the code on the client's page stands in programs that are compiled", "[client][guide]") {
  const std::vector<Lines> programs{lines_of("examples/order_channel.cpp"), lines_of("examples/checkout.cpp"),
                                    lines_of("tests/client/outside/main.cpp"), lines_of("tests/client/outside/CMakeLists.txt")};
  const std::vector<Lines> blocks = blocks_of(lines_of("docs/CLIENT.md"));
  CHECK(blocks.size() >= 5);
  for (const Lines& block : blocks) {
    REQUIRE(!block.empty());
    bool found = false;
    for (const Lines& program : programs) {
      found |= std::search(program.begin(), program.end(), block.begin(), block.end()) != program.end();
    }
    INFO("not in any program: " << block.front() << " ...");
    CHECK(found);
  }
}
