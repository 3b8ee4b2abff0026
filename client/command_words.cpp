#include "client/command_words.hpp"

namespace earmark::client {
namespace {

bool is_blank(char letter) { return letter == ' ' || letter == '\t' || letter == '\r'; }

// Takes the text up to the closing quote into `word`; false if there is none.
bool take_quoted(std::string_view line, std::size_t& next, char quote, std::string& word) {
  for (; next < line.size(); ++next) {
    if (line[next] == quote) return true;
    const bool escapes = quote == '"' && line[next] == '\\' && next + 1 < line.size() && (line[next + 1] == '"' || line[next + 1] == '\\');
    if (escapes) ++next;
    word += line[next];
  }
  return false;
}

}  // namespace

Result<std::vector<std::string>, std::string> command_words(std::string_view line) {
  std::vector<std::string> words;
  bool inside = false;  // of a word, which may be empty: ''
  for (std::size_t next = 0; next < line.size(); ++next) {
    const char letter = line[next];
    if (!inside && is_blank(letter)) continue;
    if (!inside && letter == '#') break;
    if (!inside) words.emplace_back();
    inside = !is_blank(letter);
    if (letter == '\'' || letter == '"') {
      if (!take_quoted(line, ++next, letter, words.back())) return Unexpected{std::string("a quote (") + letter + ") is not closed; close it on the same line"};
    } else if (letter == '\\') {
      if (++next == line.size()) return Unexpected{std::string("the line ends with a \\; a command is one line, however long")};
      words.back() += line[next];
    } else if (inside) {
      words.back() += letter;
    }
  }
  return words;
}

}  // namespace earmark::client
