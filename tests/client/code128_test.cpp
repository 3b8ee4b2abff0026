// Barcodes against encodings worked out by hand, and the files that pages are written to.
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <set>

#include "client/documents/code128.hpp"
#include "client/whole_file.hpp"
#include "tests/client/files.hpp"

using namespace earmark::client;
using namespace earmark::client::documents;

TEST_CASE("code 128: symbols and check digit", "[client][documents]") {
  struct Row {
    std::string text;
    std::vector<int> symbols;
  };
  // 104: start in set B, 105: in set C, 99 and 100: to set C and B, 106: stop. The check digit stands before the stop.
  const Row row = GENERATE(values<Row>({
      {"PJJ123C", {104, 48, 42, 42, 17, 18, 19, 35, 55, 106}},
      {"A-1", {104, 33, 13, 17, 8, 106}},
      {" ~", {104, 0, 94, 86, 106}},
      {"1234", {105, 12, 34, 82, 106}},
      {"123", {104, 17, 18, 19, 8, 106}},
      {"12345", {105, 12, 34, 100, 21, 54, 106}},
      {"ORD1007", {104, 47, 50, 36, 99, 10, 7, 23, 106}},
      {"ORD10071", {104, 47, 50, 36, 17, 99, 0, 71, 80, 106}},
      {"A12345678B", {104, 33, 99, 12, 34, 56, 78, 100, 34, 64, 106}},
      {"A1234B", {104, 33, 17, 18, 19, 20, 34, 90, 106}},
  }));
  CAPTURE(row.text);
  const auto symbols = code128_symbols(row.text);
  REQUIRE(symbols.has_value());
  CHECK(*symbols == row.symbols);
}

TEST_CASE("code 128: every symbol is 11 modules wide, the stop 13, and no two are alike", "[client][documents]") {
  std::set<std::string> seen;
  for (int symbol = 0; symbol <= 106; ++symbol) {
    const std::string widths = code128_widths({symbol});
    int modules = 0, black = 0;
    for (std::size_t at = 0; at < widths.size(); ++at) {
      modules += widths[at] - '0';
      if (at % 2 == 0) black += widths[at] - '0';
    }
    CAPTURE(symbol, widths);
    CHECK(modules == (symbol == 106 ? 13 : 11));
    if (symbol != 106) CHECK(black % 2 == 0);  // the standard's parity
    CHECK(seen.insert(widths).second);
  }
  CHECK(code128_widths({104, 33, 106}) == "211214" "111323" "2331112");
}

TEST_CASE("code 128: what has no bars stands as text alone", "[client][documents]") {
  for (const char* text : {"", "Gerüst", "A\tB", "A\x7F"}) {
    CAPTURE(text);
    CHECK(!code128_symbols(text).has_value());
    CHECK(code128_svg(text, 75).empty());
  }
  CHECK(code128_svg(std::string(64, 'A'), 75).empty());  // too narrow to be read
  const std::string bars = code128_svg("A-1", 75);
  CHECK(bars.find("viewBox=\"0 0 88 1\"") != std::string::npos);  // 6 symbols, 2 modules of the stop, two quiet zones of 10
  CHECK(bars.find("M10 0h2v1h-2z") != std::string::npos);
  CHECK(bars.find("width:22.00mm") != std::string::npos);
}

TEST_CASE("whole file: new, replaced, through a link, and nothing is left beside it", "[client][files]") {
  const test::Files files;
  const std::string path = (files.path() / "page.html").string(), link = (files.path() / "link.html").string();
  const auto content = [&] {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  REQUIRE(write_whole_file(path, "one").has_value());
  CHECK(content() == "one");
  std::filesystem::create_symlink(path, link);
  REQUIRE(write_whole_file(link, "two").has_value());
  CHECK(content() == "two");
  CHECK(std::filesystem::is_symlink(link));
  CHECK(std::distance(std::filesystem::directory_iterator(files.path()), {}) == 2);
}

TEST_CASE("whole file: what cannot be written is told and left as it was", "[client][files]") {
  const test::Files files;
  const std::string path = GENERATE(as<std::string>(), "missing/page.html", "", "page.html/below");
  files.write("page.html", "old");
  const auto written = write_whole_file((files.path() / path).string(), "new");
  REQUIRE(!written.has_value());
  CHECK(written.error().kind == FailureKind::usage);
  CHECK(written.error().text.starts_with("cannot write "));
  CHECK(std::distance(std::filesystem::directory_iterator(files.path()), {}) == 1);
  CHECK(!write_whole_file("/dev/null", "new").has_value());
}

TEST_CASE("whole file: a disk that is full leaves the old one as it was", "[client][files]") {
  const test::Files files;
  const std::string path = files.write("page.html", "old");
  struct rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  void (*handler)(int) = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small{1000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);  // a write is cut there, the next one fails
  const auto written = write_whole_file(path, std::string(5000, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  REQUIRE(!written.has_value());
  CHECK(written.error().text.starts_with("cannot write " + path + ": File too large;"));
  std::ifstream file(path);
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == "old");
  CHECK(std::distance(std::filesystem::directory_iterator(files.path()), {}) == 1);
}
