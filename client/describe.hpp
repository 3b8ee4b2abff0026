// Answers in words: numbers with separators, times; refusals as one line (client/refusal.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/refusal.hpp"
#include "engine/types.hpp"

namespace earmark::client {

inline constexpr std::int64_t day_us = 86'400'000'000;

std::string with_separators(std::uint64_t number);                  // 12,345
std::string counted(std::uint64_t number, std::string_view noun);   // "1 unit", "2,000 units"
std::string amount(std::uint64_t quantity);                         // 12,345, "-" of 0
std::string with_sign(std::int64_t change);                         // "+3", "-3", "-" of 0
std::string ordinal(std::uint64_t number);                          // 1st, 2nd, 11th
std::string time_text(engine::TimeUs time);                         // 2026-01-01 12:00:00.123 UTC
std::string day_text(std::int64_t time_us);                         // 2026-01-01
// A name of the schema as people say it: "partly received".
std::string in_words(std::string_view name);
// "2010-12-01 08:26:00" (or with T between) as UTC, 0 for anything else.
engine::TimeUs time_from(std::string_view text);

}  // namespace earmark::client
