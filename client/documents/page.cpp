#include "client/documents/page.hpp"

#include <algorithm>

namespace earmark::client::documents {

std::vector<std::size_t> shown_columns(const PageTable& table) {
  std::vector<std::size_t> shown;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    const auto says_something = [&](const std::vector<std::string>& row) { return !row[column].empty(); };
    if (!table.columns[column].optional || std::ranges::any_of(table.rows, says_something)) shown.push_back(column);
  }
  return shown;
}

}  // namespace earmark::client::documents
