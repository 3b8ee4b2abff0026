// docs/BACKORDERS.md is true: its commands, run one after the other on a fresh server, print what the page shows, to the letter.
// Blocks that begin with ```console are run: a line "$ earmark ..." is a command, what follows up to the next one its output.
#include <catch2/catch.hpp>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/paths.hpp"
#include "tests/system/support/server.hpp"

using namespace earmark::test;

namespace {

struct Step {
  std::size_t line = 0;  // of the page
  std::vector<std::string> words;
  std::string shown;
};

// As a shell would, of words in double quotes and plain ones.
std::vector<std::string> split_words(const std::string& command) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false, any = false;
  for (const char letter : command + " ") {
    if (letter == '"') {
      quoted = !quoted, any = true;
    } else if (letter == ' ' && !quoted) {
      if (any) words.push_back(word);
      word.clear(), any = false;
    } else {
      word += letter, any = true;
    }
  }
  return words;
}

std::vector<Step> steps_of(std::istream& page) {
  std::vector<Step> steps;
  bool inside = false;
  std::size_t number = 0;
  for (std::string line; std::getline(page, line);) {
    ++number;
    if (!inside || line == "```") {
      inside = line == "```console";
    } else if (line.starts_with("$ earmark ")) {
      steps.push_back({number, split_words(line.substr(std::string("$ earmark ").size())), {}});
    } else if (!steps.empty()) {
      steps.back().shown += line + "\n";
    }
  }
  return steps;
}

// Tables end with one empty line in a block, or without. When a document was printed is the machine's own time.
std::string without_ends(std::string text) {
  text = std::regex_replace(text, std::regex("printed \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC"), "printed ...");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace

TEST_CASE("walkthrough: the page about backorders shows what its commands print", "[system][purchases]") {
  const std::filesystem::path source(EARMARK_SOURCE_DIR);
  std::ifstream page(source / "docs/BACKORDERS.md");
  const std::vector<Step> steps = steps_of(page);
  REQUIRE(steps.size() >= 15);
  const TemporaryDirectory directory;
  Server server(directory.path() / "data", {"--clock", "commands"});
  for (const Step& step : steps) {
    std::vector<std::string> words{"--server", server.address()};
    for (const std::string& word : step.words) {
      words.push_back(word.starts_with("examples/") ? (source / word).string() : word);
    }
    const ProgramResult result = run("earmark", words);
    INFO("docs/BACKORDERS.md, line " << step.line << ": " << result.error);
    REQUIRE(result.code == 0);
    CHECK(without_ends(result.out) == without_ends(step.shown));
  }
}
