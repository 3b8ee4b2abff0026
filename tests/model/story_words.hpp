// What the language of story.hpp is read with.
#pragma once

#include <charconv>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/model/story.hpp"

namespace earmark::model {

[[noreturn]] inline void mistake(std::string_view text) { throw std::invalid_argument("no event: " + std::string(text)); }

inline std::vector<std::string> words_of(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word == "-" ? "" : word);
  return words;
}

// Splits off what stands before `mark`; all of it, leaving nothing, if there is no mark.
inline std::string_view before(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  const std::string_view head = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  return head;
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) mistake(text);
  return value;
}

template <class Enum>
Enum enumerator(std::string_view text, int count) {
  for (int value = 0; value < count; ++value) {
    if (name(static_cast<Enum>(value)) == text) return static_cast<Enum>(value);
  }
  mistake(text);
}

constexpr std::int64_t day_ms = 86'400'000;

// Milliseconds; days before "d", as in "5d" or "5d+100".
inline std::int64_t microseconds(std::string_view text) {
  const bool with_days = text.find('d') != std::string_view::npos;
  const std::int64_t days = with_days ? number<std::int64_t>(before(text, 'd')) : 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  return 1000 * (days * day_ms + (with_days && text.empty() ? 0 : number<std::int64_t>(text)));
}
inline std::string moment(engine::TimeUs time) {
  const std::int64_t days = time.value / 1000 / day_ms, rest = time.value / 1000 % day_ms;
  if (days == 0) return std::to_string(rest);
  return std::to_string(days) + "d" + (rest == 0 ? "" : "+" + std::to_string(rest));
}

// Of purchase orders (story_purchases.cpp).
Command parse_purchase(const std::vector<std::string>& words, const Codes& codes);
Command parse_purchase_step(const std::vector<std::string>& words);
Command parse_delivery(const std::vector<std::string>& words);
// Of vendors and reorder rules (story_rules.cpp).
Command parse_rules(std::string_view text, const Codes& codes);

}  // namespace earmark::model
