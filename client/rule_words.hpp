// Kinds and modes of reorder rules as they are written. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "engine/errors.hpp"

namespace earmark::client {

// "off", "alert", "suggest", "auto-po"; "auto_po", too.
std::optional<engine::RuleMode> mode_named(std::string_view text);
// "reorder_point", "min_max", "lot_for_lot".
std::optional<engine::RuleKind> kind_named(std::string_view text);

}  // namespace earmark::client
