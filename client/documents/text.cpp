#include "client/documents/text.hpp"

#include <algorithm>
#include <sstream>

#include "client/describe.hpp"

namespace earmark::client::documents {
namespace {

std::string facts_text(const std::vector<Fact>& facts) {
  std::size_t width = 0;
  for (const Fact& fact : facts) width = std::max(width, fact.value.empty() ? 0 : display_width(fact.label));
  std::string text;
  for (const Fact& fact : facts) {
    if (fact.value.empty()) continue;
    text += fact.label + std::string(width - display_width(fact.label) + 2, ' ') + on_one_line(fact.value) + "\n";
  }
  return text;
}

std::string notes_text(const std::string& notes) {
  if (notes.empty()) return {};
  std::string text = "NOTES\n";
  std::istringstream lines(notes);
  for (std::string line; std::getline(lines, line);) text += "  | " + on_one_line(line) + "\n";
  return text + "\n";
}

std::string table_text(const PageTable& table) {
  std::vector<std::size_t> columns = shown_columns(table);
  std::erase_if(columns, [&](std::size_t column) {
    const Look look = table.columns[column].look;
    return look == Look::blank || look == Look::barcode;
  });
  std::vector<Column> headings;
  for (const std::size_t column : columns) {
    std::string heading = table.columns[column].heading;
    std::ranges::transform(heading, heading.begin(), [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
    headings.push_back({heading, table.columns[column].align});
  }
  Table shown(headings);
  for (const auto& row : table.rows) {
    std::vector<std::string> cells;
    for (const std::size_t column : columns) cells.push_back(table.columns[column].look == Look::box ? "[ ]" : row[column]);
    shown.add(std::move(cells));
  }
  std::string text = table.heading.empty() ? "" : table.heading + "\n";
  text += shown.text();
  return table.remark.empty() ? text : text + on_one_line(table.remark) + "\n";
}

}  // namespace

std::string page_text(const Page& page) {
  std::string title = page.title;
  std::ranges::transform(title, title.begin(), [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  std::string text = title + " " + on_one_line(page.id) + "\n";
  for (const std::string& warning : page.warnings) text += "! " + on_one_line(warning) + "\n";
  std::vector<Fact> facts = page.parties;
  facts.insert(facts.end(), page.facts.begin(), page.facts.end());
  text += "\n" + facts_text(facts) + "\n" + notes_text(page.notes);
  for (const PageTable& table : page.tables) text += table_text(table) + "\n";
  return text + on_one_line(page.footer) + "\n";
}

}  // namespace earmark::client::documents
