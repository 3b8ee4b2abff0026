#include "schema/text.hpp"

#include <cstddef>
#include <cstring>

namespace earmark::schema {
namespace {

constexpr std::uint64_t every_byte(std::uint8_t byte) noexcept { return 0x0101010101010101ULL * byte; }

// Eight bytes that are all in 0x20..0x7E. Bytes over 0x7F are tested first, so no addition carries into its neighbour.
constexpr bool all_printable_ascii(std::uint64_t bytes) noexcept {
  const std::uint64_t high = every_byte(0x80);
  if ((bytes & high) != 0) return false;
  const std::uint64_t at_least_space = bytes + every_byte(0x80 - 0x20);
  const std::uint64_t above_tilde = bytes + every_byte(0x80 - 0x7F);
  return (at_least_space & ~above_tilde & high) == high;
}

constexpr bool continues(unsigned char byte) noexcept { return (byte & 0xC0) == 0x80; }

// Bytes of the well-formed character at the start of `rest` (Unicode table 3-7, without C1 controls), 0 if there is none.
std::size_t character_bytes(std::string_view rest) noexcept {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(rest[index]); };
  const unsigned char lead = byte(0);
  if (lead >= 0xC2 && lead <= 0xDF) {
    if (rest.size() < 2 || !continues(byte(1))) return 0;
    return lead == 0xC2 && byte(1) < 0xA0 ? 0 : 2;
  }
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (rest.size() < 3 || !continues(byte(1)) || !continues(byte(2))) return 0;
    if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F)) return 0;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (rest.size() < 4 || !continues(byte(1)) || !continues(byte(2)) || !continues(byte(3))) return 0;
    if ((lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F)) return 0;
    return 4;
  }
  return 0;
}

}  // namespace

bool is_plain_text(std::string_view text, LineBreaks line_breaks) noexcept {
  while (!text.empty()) {
    std::uint64_t eight;
    if (text.size() >= sizeof eight) {
      std::memcpy(&eight, text.data(), sizeof eight);
      if (all_printable_ascii(eight)) {
        text.remove_prefix(sizeof eight);
        continue;
      }
    }
    const auto lead = static_cast<unsigned char>(text.front());
    std::size_t bytes = 1;
    if (lead < 0x20) {
      if (line_breaks == LineBreaks::refused || (lead != '\n' && lead != '\t')) return false;
    } else if (lead >= 0x7F) {
      bytes = character_bytes(text);
      if (bytes == 0) return false;
    }
    text.remove_prefix(bytes);
  }
  return true;
}

}  // namespace earmark::schema
