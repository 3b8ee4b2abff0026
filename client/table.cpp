#include "client/table.hpp"

#include <algorithm>

#include "client/describe.hpp"
#include "engine/check.hpp"

namespace earmark::client {
namespace {

struct WideRange {
  char32_t first, last;
};
// Blocks that are wide throughout (Unicode Standard Annex 11).
constexpr WideRange wide[] = {{0x1100, 0x115F}, {0x2E80, 0xA4CF}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
                              {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF},
                              {0x20000, 0x3FFFD}};
constexpr WideRange no_width = {0x0300, 0x036F};  // combining marks

std::string padded_cell(const std::string& cell, std::size_t width, Align align) {
  const std::string blanks(width - display_width(cell), ' ');
  return align == Align::left ? cell + blanks : blanks + cell;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t bytes = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t character = bytes == 1 ? lead : lead & (0xFFU >> (bytes + 1));
    for (std::size_t index = 1; index < bytes && at + index < text.size(); ++index) {
      character = (character << 6) | (static_cast<unsigned char>(text[at + index]) & 0x3FU);
    }
    const bool is_wide = std::any_of(std::begin(wide), std::end(wide), [&](const WideRange& range) {
      return character >= range.first && character <= range.last;
    });
    if (character < no_width.first || character > no_width.last) width += is_wide ? 2 : 1;
    at += bytes;
  }
  return width;
}

void Table::add(std::vector<std::string> cells) {
  EARMARK_CHECK(cells.size() == columns_.size());
  for (std::string& cell : cells) cell = on_one_line(cell);
  rows_.push_back(std::move(cells));
}

std::string Table::text() const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    std::size_t width = display_width(columns_[column].heading);
    for (const auto& row : rows_) width = std::max(width, display_width(row[column]));
    widths.push_back(width);
  }
  std::string text;
  const auto add_line = [&](auto cell_of) {
    std::string line;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      if (column != 0) line += "  ";
      line += padded_cell(cell_of(column), widths[column], columns_[column].align);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  };
  add_line([&](std::size_t column) { return columns_[column].heading; });
  for (const auto& row : rows_) add_line([&](std::size_t column) { return row[column]; });
  return text;
}

}  // namespace earmark::client
