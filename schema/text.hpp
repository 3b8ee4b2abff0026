// What may stand in texts and ids. Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace earmark::schema {

enum class LineBreaks : std::uint8_t { refused, allowed };

// True for well-formed UTF-8 (no overlong forms, no surrogates) without control characters (U+0000..1F, U+7F..9F).
// With `allowed`, tab and newline may stand in it: notes and addresses have lines. About 1 ns for 8 bytes of ASCII.
bool is_plain_text(std::string_view text, LineBreaks line_breaks) noexcept;

}  // namespace earmark::schema
