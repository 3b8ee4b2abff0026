#pragma once

#include <string_view>

namespace earmark::server {
inline constexpr std::string_view server_name = "earmarkd " EARMARK_VERSION;
}
