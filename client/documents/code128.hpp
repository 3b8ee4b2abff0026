// Code 128 barcodes (ISO/IEC 15417): set B for any printable ASCII, set C for runs of digits. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace earmark::client::documents {

// The symbols of a text: start, data and switches, check digit, stop. None if the text is empty or has anything but printable ASCII.
std::optional<std::vector<int>> code128_symbols(std::string_view text);
// Widths of bars and gaps, a bar first, in modules: "211214" and so on.
std::string code128_widths(const std::vector<int>& symbols);

// As inline SVG with its quiet zones, as wide as it reads well, at most `most_mm`; "" if the text cannot be encoded, or if its bars
// would be too narrow for a scanner.
std::string code128_svg(std::string_view text, double most_mm);

}  // namespace earmark::client::documents
