#include "storage/crc32c.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

namespace {

using namespace earmark::storage;

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

// RFC 3720, B.4, and the usual check value.
struct Known {
  std::string text;
  std::uint32_t crc;
};

std::string counting(int from, int step) {
  std::string text;
  for (int i = 0; i < 32; ++i) text.push_back(static_cast<char>(from + i * step));
  return text;
}

TEST_CASE("crc32c: known values, by table and by hardware", "[storage][crc32c]") {
  const auto known = GENERATE(Known{"", 0}, Known{"123456789", 0xE3069283}, Known{std::string(32, '\0'), 0x8A9136AA},
                              Known{std::string(32, '\xFF'), 0x62A8AB43}, Known{counting(0, 1), 0x46DD794E},
                              Known{counting(31, -1), 0x113FDB5C});
  CHECK(crc32c(bytes_of(known.text)) == known.crc);
  CHECK(detail::crc32c_table(bytes_of(known.text)) == known.crc);
}

#if defined(__SSE4_2__)
TEST_CASE("crc32c: table and hardware agree at every length and alignment", "[storage][crc32c]") {
  std::mt19937 random(42);
  std::vector<std::byte> bytes(600);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  for (std::size_t from = 0; from < 9; ++from) {
    for (std::size_t size = 0; size < 300; ++size) {
      const auto part = std::span<const std::byte>(bytes).subspan(from, size);
      REQUIRE(detail::crc32c_table(part) == detail::crc32c_hardware(part));
    }
  }
}
#endif

}  // namespace
