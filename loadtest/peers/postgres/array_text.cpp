#include "loadtest/peers/postgres/array_text.hpp"

namespace earmark::loadtest::peers {

bool read_array(std::string_view text, std::vector<std::int64_t>& numbers) {
  numbers.clear();
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return false;
  const char* place = text.data() + 1;
  const char* const end = text.data() + text.size() - 1;
  while (place < end) {
    std::int64_t number = 0;
    const auto [stopped, error] = std::from_chars(place, end, number);
    if (error != std::errc{} || (stopped != end && *stopped != ',')) return false;
    numbers.push_back(number);
    place = stopped + 1;
  }
  return true;
}

}  // namespace earmark::loadtest::peers
