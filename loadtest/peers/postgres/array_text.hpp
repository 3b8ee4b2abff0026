// PostgreSQL's arrays of whole numbers as text: {1,2,3}. Pure.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace earmark::loadtest::peers {

template <class Numbers>
void append_array(std::string& out, const Numbers& numbers) {
  out += '{';
  for (const auto number : numbers) {
    std::array<char, 24> digits;
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
    out += ',';
  }
  if (out.back() == ',') out.pop_back();
  out += '}';
}
// False if the text is no such array.
bool read_array(std::string_view text, std::vector<std::int64_t>& numbers);

}  // namespace earmark::loadtest::peers
