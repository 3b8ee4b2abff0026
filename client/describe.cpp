#include "client/describe.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace earmark::client {

std::string with_separators(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, 1, ',');
  return digits;
}

std::string counted(std::uint64_t number, std::string_view noun) {
  return with_separators(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

std::string amount(std::uint64_t quantity) { return quantity == 0 ? "-" : with_separators(quantity); }

std::string with_sign(std::int64_t change) {
  if (change == 0) return "-";
  return (change > 0 ? "+" : "-") + with_separators(static_cast<std::uint64_t>(change > 0 ? change : -change));
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

std::string day_text(std::int64_t time_us) { return time_text(engine::TimeUs{time_us}).substr(0, 10); }

std::string in_words(std::string_view name) {
  std::string words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

engine::TimeUs time_from(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  char between = 0;
  const std::string words(text);
  const int found = std::sscanf(words.c_str(), "%d-%d-%d%c%d:%d:%d", &year, &month, &day, &between, &hour, &minute, &second);
  if (found != 7 || (between != ' ' && between != 'T')) return {};
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return {};
  const auto moment = std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
                      std::chrono::seconds(second);
  return engine::TimeUs{std::chrono::duration_cast<std::chrono::microseconds>(moment.time_since_epoch()).count()};
}

}  // namespace earmark::client
