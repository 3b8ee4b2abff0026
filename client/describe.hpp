// Answers in words: refusals as one line, numbers with separators.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/failure.hpp"
#include "schema/answer.hpp"

namespace earmark::client {

// "unknown_sku, line 2: There is no such SKU in the catalogue; load it first."
Failure failure_of(const schema::ErrorAnswer& error);

std::string with_separators(std::uint64_t number);                  // 12,345
std::string counted(std::uint64_t number, std::string_view noun);   // "1 unit", "2,000 units"
std::string ordinal(std::uint64_t number);                          // 1st, 2nd, 11th
std::string time_text(engine::TimeUs time);                         // 2026-01-01 12:00:00.123 UTC
// Text for a terminal: control characters become spaces, so that a name cannot move the cursor.
std::string on_one_line(std::string_view text);

}  // namespace earmark::client
