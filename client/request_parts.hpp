// What the files that put requests together share (request.cpp, request_purchases.cpp).
#pragma once

#include <cstddef>
#include <string_view>

#include "engine/limits.hpp"

namespace earmark::client {

// Ids longer than any server takes are cut where it still says `bad_id`; so are rows, where it says `too_many_lines`.
inline constexpr std::size_t longest_sent_id = 256;
inline constexpr std::size_t most_sent_rows = engine::max_lines + 1;

inline std::string_view sent_id(std::string_view id) { return id.substr(0, longest_sent_id); }

}  // namespace earmark::client
