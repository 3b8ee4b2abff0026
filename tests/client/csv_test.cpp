// The CSV reader against the grammar of RFC 4180, compressed files and damaged ones.
#include "client/csv.hpp"

#include <unistd.h>
#include <zlib.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <vector>

namespace {

using earmark::client::CsvReader;
using earmark::client::find_table;
using Rows = std::vector<std::vector<std::string>>;

// A directory of its own for each test, removed at its end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "earmark-csv-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::filesystem::path path() const { return path_; }
  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path_ / name;
  }
  std::filesystem::path write_gzip(const std::string& name, const std::string& bytes) const {
    const gzFile file = gzopen((path_ / name).c_str(), "wb");
    REQUIRE(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())) == static_cast<int>(bytes.size()));
    REQUIRE(gzclose(file) == Z_OK);
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

// Every row after the header, then the error or "".
std::string read_all(const std::filesystem::path& path, Rows& rows) {
  auto reader = CsvReader::open(path);
  if (!reader) return reader.error();
  std::vector<std::string> row;
  for (;;) {
    const auto more = reader->next(row);
    if (!more) return more.error();
    if (!*more) return "";
    rows.push_back(row);
  }
}

}  // namespace

TEST_CASE("csv: reads what RFC 4180 allows", "[client][csv]") {
  struct Case { std::string text; Rows rows; };
  const auto example = GENERATE(values<Case>({
      {"sku,text\nA,one\nB,two\n", {{"A", "one"}, {"B", "two"}}},
      {"sku,text\nA,no line end", {{"A", "no line end"}}},
      {"sku,text\r\nA,one\r\nB,two\r\n", {{"A", "one"}, {"B", "two"}}},
      {"\xEF\xBB\xBFsku,text\nA,one\n", {{"A", "one"}}},
      {"sku,text\n\"A\",\"a \"\"quoted\"\" word\"\n", {{"A", "a \"quoted\" word"}}},
      {"sku,text\nA,\"comma, inside\"\n", {{"A", "comma, inside"}}},
      {"sku,text\nA,\"two\nlines\"\nB,\"and\r\nmore\"\n", {{"A", "two\nlines"}, {"B", "and\r\nmore"}}},
      {"sku,text\n,\n\"\",\"\"\n", {{"", ""}, {"", ""}}},
      {"sku,text\nA, spaces stay \n", {{"A", " spaces stay "}}},
      {"\n\r\nsku,text\n\nA,one\n\n\r\n", {{"A", "one"}}},
      {"sku,text\nA,\"\"\"\"\n", {{"A", "\""}}},
      {"sku,text\nA,\"last field in quotes\"", {{"A", "last field in quotes"}}},
      {"sku,text\nM\xC3\xBCller,\xE2\x82\xAC\n", {{"M\xC3\xBCller", "\xE2\x82\xAC"}}},
      {"sku,text\n", {}},
      {"sku,text", {}},
  }));
  CAPTURE(example.text);
  const TemporaryDirectory directory;
  Rows rows;
  CHECK(read_all(directory.write("table.csv", example.text), rows) == "");
  CHECK(rows == example.rows);
  Rows from_gzip;
  CHECK(read_all(directory.write_gzip("table.csv.gz", example.text), from_gzip) == "");
  CHECK(from_gzip == example.rows);
}

TEST_CASE("csv: an error names the file and the line", "[client][csv]") {
  struct Case { std::string text, line, words; };
  const auto example = GENERATE(values<Case>({
      {"", "1", "the file is empty"},
      {"\n\n", "1", "the file is empty"},
      {"\xEF\xBB\xBF", "1", "the file is empty"},
      {"sku,text,sku\n", "1", "'sku' stands twice"},
      {"sku,text\nA,one\nB\n", "3", "1 fields, the header has 2"},
      {"sku,text\nA,one,more\n", "2", "3 fields, the header has 2"},
      {"sku,text\nA,\"first\nsecond\"\nB,1,2\n", "4", "3 fields"},
      {"sku,text\nA,12\" pipe\n", "2", "a quote inside a field without quotes"},
      {"sku,text\nA,\"one\"x\n", "2", "text after a closing quote"},
      {"sku,text\nA,one\nB,\"open\nand\nopen\n", "3", "never closed"},
      {"sku,text\rA,one\r", "1", "a carriage return without a line feed"},
      {"sku,text\nA,\"" + std::string(2u << 20, 'x') + "\"\n", "2", "longer than 1 MiB"},
  }));
  const TemporaryDirectory directory;
  const auto path = directory.write("table.csv", example.text);
  Rows rows;
  const std::string error = read_all(path, rows);
  CHECK_THAT(error, Catch::StartsWith(path.string() + ":" + example.line + ": "));
  CHECK_THAT(error, Catch::Contains(example.words));
}

TEST_CASE("csv: an error is final", "[client][csv]") {
  const TemporaryDirectory directory;
  auto reader = CsvReader::open(directory.write("table.csv", "sku,text\nA\nB,two\n"));
  REQUIRE(reader);
  std::vector<std::string> row;
  const auto first = reader->next(row);
  const auto second = reader->next(row);
  REQUIRE_FALSE(first);
  REQUIRE_FALSE(second);
  CHECK(first.error() == second.error());
}

TEST_CASE("csv: columns by name, rows by line", "[client][csv]") {
  const TemporaryDirectory directory;
  const auto path = directory.write("table.csv", "sku,warehouse\nA,\"x\ny\"\n\nB,z\n");
  auto reader = CsvReader::open(path);
  REQUIRE(reader);
  CHECK(reader->header() == std::vector<std::string>{"sku", "warehouse"});
  CHECK(reader->column("warehouse") == 1u);
  CHECK_FALSE(reader->column("Warehouse"));
  std::vector<std::string> row;
  REQUIRE(*reader->next(row));
  CHECK(reader->line() == 2);
  REQUIRE(*reader->next(row));
  CHECK(reader->line() == 5);
  CHECK(reader->place() == path.string() + ":5: ");
  CsvReader moved = std::move(*reader);
  CHECK_FALSE(*moved.next(row));
}

TEST_CASE("csv: files that cannot be read", "[client][csv]") {
  const TemporaryDirectory directory;
  CHECK_THAT(CsvReader::open(directory.path() / "missing.csv").error(), Catch::Contains("cannot be opened (No such file"));
  CHECK_THAT(CsvReader::open(directory.path()).error(), Catch::Contains("is a directory"));

  std::string text = "sku,text\n";
  for (int row = 0; row < 20'000; ++row) text += std::to_string(row * 7919) + ",row\n";
  const auto path = directory.write_gzip("cut.csv.gz", text);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  Rows rows;
  CHECK_THAT(read_all(path, rows), Catch::Contains("ends too early"));
  CHECK(rows.size() < 20'000);

  std::fstream damaged(directory.write_gzip("damaged.csv.gz", text), std::ios::binary | std::ios::in | std::ios::out);
  damaged.seekp(5'000);
  damaged << "no deflate stream goes on like this";
  damaged.close();
  CHECK_THAT(read_all(directory.path() / "damaged.csv.gz", rows), Catch::Contains("cannot be read"));
}

TEST_CASE("csv: rows across the reader's buffer come out whole", "[client][csv]") {
  const TemporaryDirectory directory;
  std::string text = "number,text\r\n";
  Rows expected;
  for (int row = 0; row < 30'000; ++row) {
    const std::string number = std::to_string(row);
    text += number + ",\"line " + number + "\r\nsays \"\"" + number + "\"\"\"\r\n";
    expected.push_back({number, "line " + number + "\r\nsays \"" + number + "\""});
  }
  Rows rows;
  CHECK(read_all(directory.write_gzip("long.csv.gz", text), rows) == "");
  CHECK(rows == expected);
}

TEST_CASE("csv: find_table prefers the plain file and also finds the compressed one", "[client][csv]") {
  const TemporaryDirectory directory;
  CHECK_FALSE(find_table(directory.path(), "stock.csv"));
  directory.write_gzip("stock.csv.gz", "sku\n");
  CHECK(find_table(directory.path(), "stock.csv") == directory.path() / "stock.csv.gz");
  directory.write("stock.csv", "sku\n");
  CHECK(find_table(directory.path(), "stock.csv") == directory.path() / "stock.csv");
}
