// earmark run on a real server: lines take effect one after the other or, where they say so, many at a time; what fails is told with its
// place; and a file is run again as often as needed.
#include "tests/paths.hpp"
#include "tests/system/support/shop.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

struct Ran {
  int code = -1;
  std::vector<Json> objects;
  std::string error;
};

Ran run_lines(Shop& shop, const std::string& text, std::vector<std::string> flags = {}) {
  const TemporaryDirectory files;
  const std::filesystem::path path = files.path() / "lines.txt";
  std::ofstream(path) << text;
  std::vector<std::string> words{"--json", "run", path.string()};
  words.insert(words.end(), flags.begin(), flags.end());
  const ProgramResult result = shop.ask(words);
  Ran ran{result.code, {}, result.error};
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) ran.objects.push_back(Json::parse(line));
  return ran;
}

// The objects of one line.
std::vector<Json> of_line(const Ran& ran, int number) {
  std::vector<Json> objects;
  for (const Json& object : ran.objects) {
    if (!object.contains("input_line")) objects.push_back(object);
    else if (object.at("input_line") == number) return objects;
    else objects.clear();
  }
  FAIL("line " << number << " did not end");
  return {};
}

}  // namespace

TEST_CASE("earmark run: every kind of command, one after the other over one connection, with times of their own", "[system][run]") {
  Shop shop({"--clock", "commands"});
  const Ran ran = run_lines(shop, R"(# a morning
--time "2026-03-01 08:00:00" order --id A --customer 'Okafor "Roofs"' DOOR:15 NAIL:7
--time "2026-03-01 08:10:00" po new PO-1 --vendor V --send DOOR:9@W1="2026-03-02 07:00:00"
show A
--time "2026-03-02 07:30:00" po receive PO-1 1:9 --id PO-1-R
--time "2026-03-02 07:31:00" receive W1 NAIL:1 --id R
--time "2026-03-02 07:40:00" cancel A 2:1 --id C
check DOOR:7 NAIL:1
--time "2026-03-02 18:00:00" ship A --id S
stock DOOR
report backorders-by-product)");
  REQUIRE(ran.code == 0);
  CHECK(ran.error.empty());
  CHECK(of_line(ran, 2).at(0).at("customer") == "Okafor \"Roofs\"");
  CHECK(of_line(ran, 2).at(0).at("status") == "split");
  CHECK(of_line(ran, 4).at(0).at("lines").at(0).at("backordered") == 2);
  CHECK(of_line(ran, 5).at(1).at("still_waiting") == 0);
  CHECK(of_line(ran, 6).at(1).at("still_waiting") == 1);
  CHECK(of_line(ran, 7).at(0).at("lines").at(0).at("waiting") == 1);
  CHECK(of_line(ran, 9).at(0).at("time_us") == 1'772'474'400'000'000);
  CHECK(of_line(ran, 10).at(0).at("on_hand") == 7);
  CHECK(of_line(ran, 11).back().at("quantity") == 0);
  CHECK(shop.events({"stats"})[0].at("decisions_ship") == 1);
  shop.compare_digests();

  const std::uint64_t lsn = shop.events({"stats"})[0].at("decided_lsn");
  const Ran again = run_lines(shop, "--time \"2026-03-01 08:00:00\" order --id A --customer 'Okafor \"Roofs\"' DOOR:15 NAIL:7\nship A --id S\n");
  CHECK(again.code == 0);
  CHECK(of_line(again, 1).at(0).at("duplicate") == true);
  CHECK(of_line(again, 2).at(0).at("duplicate") == true);
  CHECK(shop.events({"stats"})[0].at("decided_lsn") == lsn);
}

TEST_CASE("earmark run: what is refused ends the run with its place, or is counted", "[system][run]") {
  Shop shop;
  const std::string mark = GENERATE("", " &");
  const std::string text = "order --id A DOOR:1" + mark + "\nship NONE" + mark + "\norder --id B GATE:1" + mark + "\nfrobnicate\norder --id C DOOR:1" + mark + "\n";
  SECTION("ends it") {
    const Ran ran = run_lines(shop, text);
    CHECK(ran.code == 1);
    CHECK_THAT(ran.error, Catch::Contains("lines.txt:2: unknown_order"));
    CHECK(shop.ask({"show", "C"}).code == 1);
    // What was under way already is told all the same.
    CHECK((ran.error.find(":3: unknown_sku") != std::string::npos) == (mark != ""));
    CHECK(ran.objects.back().at("input_line") == (mark == "" ? 2 : 3));
  }
  SECTION("or the others go on") {
    const Ran ran = run_lines(shop, text, {"--keep-going"});
    CHECK(ran.code == 2);
    for (const char* says : {"refused: ", ":2: unknown_order", ":3: unknown_sku", ":4: there is no subcommand 'frobnicate'", "2 refused and 1 not usable of 5 commands"}) {
      CHECK_THAT(ran.error, Catch::Contains(says));
    }
    CHECK(of_line(ran, 5).at(0).at("id") == "C");
    CHECK(ran.objects.at(2) == Json({{"input_line", 2}, {"exit", 1}, {"error", "unknown_order"}, {"message", ran.objects.at(2).at("message")}}));
    CHECK(run_lines(shop, "ship NONE" + mark + "\nstock\n", {"--keep-going"}).code == 1);
  }
}

TEST_CASE("earmark run: a thousand lines with & are all done, told in their order, and leave what a line at a time leaves", "[system][run]") {
  Shop shop;
  std::string orders, ships;
  for (int number = 1; number <= 1'000; ++number) {
    orders += "order --id O-" + std::to_string(number) + " NAIL:1\n";
    ships += "ship O-" + std::to_string(number) + " --id S-" + std::to_string(number) + " &\n";
    if (number % 400 == 0) ships += "stock NAIL --warehouse W1 &\n";  // a question among them waits
  }
  REQUIRE(run_lines(shop, "receive W1 NAIL:995 --id R\n" + orders).code == 0);
  const Ran ran = run_lines(shop, ships);
  REQUIRE(ran.code == 0);
  int expected = 0, shipped = 0;
  for (const Json& object : ran.objects) {
    if (object.contains("input_line")) CHECK(object.at("input_line") == ++expected);
    else if (object.contains("order")) CHECK(object.at("order") == "O-" + std::to_string(++shipped));
    else CHECK(object.at("on_hand") == 1'000 - shipped);
  }
  CHECK(shipped == 1'000);
  CHECK(expected == 1'002);
  CHECK(shop.stock("NAIL", "W1").at("on_hand") == 0);
  shop.compare_digests();
}

TEST_CASE("earmark run: lines from standard input belong to it alone, and are read as they come", "[system][run]") {
  Shop shop;
  const TemporaryDirectory files;
  std::ofstream(files.path() / "lines") << "order --id A DOOR:1\norder - --format json\npo new P --vendor V --file -\norder --id B DOOR:1\n";
  const std::string command = "'" EARMARK_BIN_DIR "/earmark' --server " + shop.server().address() + " --json run - --keep-going < " + (files.path() / "lines").string();
  const ProgramResult result = run("/bin/sh", {"-c", command});
  CHECK(result.code == 2);
  CHECK_THAT(result.error, Catch::Contains("line 2: standard input has the lines") && Catch::Contains("line 3: standard input has the lines"));
  CHECK(shop.ask({"show", "B"}).code == 0);

  // A program that reads what became of a line before it writes the next one.
  const std::string talk = "mkfifo '" + (files.path() / "fifo").string() + "' && '" EARMARK_BIN_DIR "/earmark' --server " + shop.server().address() +
                           " --json run - < '" + (files.path() / "fifo").string() + "' | { exec 3> '" + (files.path() / "fifo").string() +
                           "'; echo 'order --id T-1 DOOR:1' >&3; read -r one; read -r end; echo \"$end\"; echo 'show T-1' >&3; read -r two; echo \"$two\"; }";
  const ProgramResult spoken = run("/bin/sh", {"-c", talk});
  std::istringstream lines(spoken.out);
  std::string first, second;
  REQUIRE(std::getline(lines, first));
  REQUIRE(std::getline(lines, second));
  CHECK(Json::parse(first) == Json({{"input_line", 1}, {"exit", 0}}));
  CHECK(Json::parse(second).at("id") == "T-1");
}
