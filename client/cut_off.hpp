// A vendor's cut-off as it is written. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "client/failure.hpp"

namespace earmark::client {

// The minute of the day of "14:30"; nothing of "none".
Outcome<std::optional<std::int16_t>> parse_cut_off(std::string_view text);

}  // namespace earmark::client
