// earmark run: words of a line, what ends a run, and lines whose answers are not waited for, against a server that refuses and drops.
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sstream>

#include "client/command_words.hpp"
#include "client/commands/command.hpp"
#include "tests/client/files.hpp"
#include "tests/client/loopback_server.hpp"

using namespace earmark::client;
using namespace earmark::client::test;

namespace {

using Words = std::vector<std::string>;
using Json = nlohmann::json;

// What is written to a descriptor meanwhile.
class Captured {
 public:
  Captured(int descriptor, const Files& files) : descriptor_(descriptor), kept_(::dup(descriptor)), path_(files.write("captured-" + std::to_string(descriptor), "")) {
    std::fflush(nullptr);
    REQUIRE(std::freopen(path_.c_str(), "w", descriptor == STDOUT_FILENO ? stdout : stderr) != nullptr);
  }
  ~Captured() { end(); }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;
  std::string end() {
    std::fflush(nullptr);
    if (kept_ >= 0) ::dup2(kept_, descriptor_), ::close(std::exchange(kept_, -1));
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }

 private:
  const int descriptor_;
  int kept_;
  const std::string path_;
};

struct Ran {
  int code = -1;
  std::vector<Json> answers;
  std::string error;
};

Ran run_file(const std::string& text, const std::string& server, std::vector<std::string> flags = {}) {
  const Files files;
  const std::string path = files.write("lines.txt", text);
  Words words{"earmark", "--json", "--server", server, "run", path};
  words.insert(words.end(), flags.begin(), flags.end());
  std::vector<const char*> arguments;
  for (const std::string& word : words) arguments.push_back(word.c_str());
  Captured out(STDOUT_FILENO, files), error(STDERR_FILENO, files);
  Ran ran;
  ran.code = run_command_line(static_cast<int>(arguments.size()), arguments.data());
  std::istringstream lines(out.end());
  for (std::string line; std::getline(lines, line);) ran.answers.push_back(Json::parse(line));
  ran.error = error.end();
  for (std::size_t at = 0; (at = ran.error.find(files.path().string() + "/", at)) != std::string::npos;) ran.error.erase(at, files.path().string().size() + 1);
  return ran;
}

std::string address(const LoopbackServer& server) { return server.options.server.host + ":" + server.options.server.port; }

// Ids of the orders told, in their order, and the numbers of the lines that ended.
Words told(const Ran& ran) {
  Words all;
  for (const Json& answer : ran.answers) {
    all.push_back(answer.contains("input_line") ? std::to_string(answer["input_line"].get<int>()) + "=" + std::to_string(answer["exit"].get<int>()) : answer["id"].get<std::string>());
  }
  return all;
}

}  // namespace

TEST_CASE("command words: a line is divided and quoted as in a shell", "[client][run]") {
  const auto& [line, words] = GENERATE(values<std::pair<std::string, Words>>({
      {"", {}},
      {"  \t \r", {}},
      {"# order A", {}},
      {"stock BEAM # now", {"stock", "BEAM"}},
      {"stock BEAM#2", {"stock", "BEAM#2"}},
      {"  ship\tA-1 ", {"ship", "A-1"}},
      {"a 'b c' \"d e\"", {"a", "b c", "d e"}},
      {"a'b c'd", {"ab cd"}},
      {"'' \"\"", {"", ""}},
      {R"('\' "\"\\\x" \' \ \#)", {"\\", "\"\\\\x", "'", " #"}},
      {"'it'\"'\"'s' '#1'", {"it's", "#1"}},
      {"$HOME * `a` ~ & |", {"$HOME", "*", "`a`", "~", "&", "|"}},
      {"A=1\r", {"A=1"}},
  }));
  CAPTURE(line);
  const auto got = command_words(line);
  REQUIRE(got.has_value());
  CHECK(*got == words);
  for (const char* wrong : {"order 'A", "order \"A", "order \"A\\\"", "order A\\", "a \"b' c"}) {
    CAPTURE(wrong);
    CHECK(!command_words(wrong).has_value());
  }
}

TEST_CASE("earmark run: what cannot be used is exit 2, with the line's place", "[client][run]") {
  const auto& [line, says] = GENERATE(values<std::pair<std::string, std::string>>({
      {"frobnicate", "there is no subcommand 'frobnicate'"},
      {"order A:1", "an order needs an id"},
      {"order --help", "see 'earmark order --help'"},
      {"po order P", "see 'earmark po --help'"},
      {"cancel A 1 &", "1"},
      {"order 'A", "a quote (') is not closed"},
      {"--server 127.0.0.1:1 stock", "--server"},
      {"stock --token x", "--token"},
      {"--time soon ship A", "--time wants a moment in UTC"},
      {"--time soon ship A &", "--time wants a moment in UTC"},
      {"run other.txt", "'run' is not for a line of earmark run"},
      {"watch --from 1", "'watch' is not for a line"},
      {"&", "subcommand"},
      {"--json", "subcommand"},
      {"order none.csv", "none.csv"},
  }));
  CAPTURE(line);
  const Ran ran = run_file("# first\n\n" + line + "\nstock\n", "127.0.0.1:1");
  CHECK(ran.code == 2);
  CHECK_THAT(ran.error, Catch::StartsWith("earmark: lines.txt:3: ") && Catch::Contains(says));
  CHECK(told(ran) == Words{"3=2"});
}

TEST_CASE("earmark run: no file is exit 2, no server exit 3, also where the run keeps going", "[client][run]") {
  const char* nothing[] = {"earmark", "run", "/nowhere/lines.txt"};
  CHECK(run_command_line(3, nothing) == 2);
  const char* unnamed[] = {"earmark", "run"};
  CHECK(run_command_line(2, unnamed) == 2);
  const std::string mark = GENERATE("", " &");
  const Ran ran = run_file("frobnicate\nship A" + mark + "\nship B" + mark + "\n", "127.0.0.1:1", {"--keep-going"});
  CHECK(ran.code == 3);
  CHECK(told(ran) == Words{"1=2", "2=3"});
  CHECK_THAT(ran.error, Catch::Contains("earmark: lines.txt:2: cannot reach a server"));
}

TEST_CASE("earmark run: lines with & share one connection and are told in their order, also those that the server was too busy for", "[client][run]") {
  std::map<std::string, int> heard;
  Words sequence;
  LoopbackServer server([&](std::size_t, const Heard& request) {
    if (request.id.empty()) return Fate::answered;
    sequence.push_back(request.id);
    return request.id == "B" && ++heard[request.id] < 3 ? Fate::refused : Fate::answered;
  });
  const Ran ran = run_file("order --id A S1:1 &\norder --id B S2:1 &\n\norder --id C S3:1 &\nearmark order --id D S4:1\norder --id E S5:1 &", address(server));
  CHECK(ran.code == 0);
  CHECK(told(ran) == Words{"A", "1=0", "B", "2=0", "C", "4=0", "D", "5=0", "E", "6=0"});
  CHECK(ran.error.empty());
  CHECK(server.connections() == 1);
  // C was sent before B was decided; D, which does not overlap, behind everything.
  CHECK(std::find(sequence.begin(), sequence.end(), "C") < std::find(sequence.rbegin(), sequence.rend(), "B").base());
  CHECK(sequence.end() - std::find(sequence.begin(), sequence.end(), "D") == 2);
}

TEST_CASE("earmark run: a lost connection is told of the first line that nobody answered", "[client][run]") {
  const Fate fate = GENERATE(Fate::dropped_before, Fate::dropped_after, Fate::dropped_within);
  LoopbackServer server([&](std::size_t, const Heard& request) { return request.id == "C" ? fate : Fate::answered; });
  const std::string mark = GENERATE("", " &");
  std::string text;
  for (const char* id : {"A", "B", "C", "D", "E"}) text += "order --id " + std::string(id) + " S1:1" + (id[0] == 'A' ? "" : mark) + "\n";
  const Ran ran = run_file(text, address(server), {"--keep-going"});
  CHECK(ran.code == 3);
  CHECK(told(ran) == Words{"A", "1=0", "B", "2=0", "3=3"});
  CHECK_THAT(ran.error, Catch::StartsWith("earmark: lines.txt:3: lost the server"));
  CHECK(server.connections() == 1);
  CHECK(server.decided().size() == (fate == Fate::dropped_before ? 2 : 3));
}
