// Keeps the worked example of schema/PROTOCOL.md true.
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <sstream>

#include "tests/paths.hpp"
#include "tests/schema/protocol_example.hpp"

using namespace earmark::schema::test;

namespace {

// The bytes of all fenced blocks with this heading, one after the other. A line is: offset, two spaces, bytes, text.
std::vector<std::byte> documented(const std::string& fence) {
  std::ifstream page(std::filesystem::path(EARMARK_SOURCE_DIR) / "schema/PROTOCOL.md");
  REQUIRE(page.good());
  std::vector<std::byte> bytes;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) {
      inside = line == "```" + fence;
      continue;
    }
    if (!inside) continue;
    REQUIRE(line.size() >= 8);
    REQUIRE(line.substr(4, 2) == "  ");
    std::istringstream columns(line.substr(6, line.find("  ", 6) - 6));
    for (unsigned byte = 0; columns >> std::hex >> byte;) bytes.push_back(static_cast<std::byte>(byte));
  }
  return bytes;
}

std::string hex(std::span<const std::byte> bytes) {
  std::ostringstream text;
  for (const std::byte byte : bytes) text << std::hex << std::setw(2) << std::setfill('0') << static_cast<unsigned>(byte) << ' ';
  return text.str();
}

}  // namespace

TEST_CASE("protocol page: the example order is what the encoder writes", "[schema][protocol]") {
  CHECK(hex(documented("hex request")) == hex(example_request()));
}

TEST_CASE("protocol page: the example answer is what the encoder writes", "[schema][protocol]") {
  CHECK(hex(documented("hex answer")) == hex(example_answer()));
}
