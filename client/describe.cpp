#include "client/describe.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>

namespace earmark::client {

std::string with_separators(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, 1, ',');
  return digits;
}

std::string counted(std::uint64_t number, std::string_view noun) {
  return with_separators(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

std::string ordinal(std::uint64_t number) {
  const std::uint64_t last = number % 10, last_two = number % 100;
  const bool teen = last_two >= 11 && last_two <= 13;
  const char* ending = teen ? "th" : last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th";
  return with_separators(number) + ending;
}

std::string time_text(engine::TimeUs time) {
  constexpr std::int64_t second = 1'000'000, year_10000 = 253'402'300'800;
  std::int64_t seconds = time.value / second, rest = time.value % second;
  if (rest < 0) --seconds, rest += second;
  if (time.value == 0) return "-";
  if (seconds < 0 || seconds >= year_10000) return std::to_string(time.value) + " us";
  return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03} UTC", fmt::gmtime(static_cast<std::time_t>(seconds)), rest / 1000);
}

}  // namespace earmark::client
