// Journals that earlier builds wrote (tests/fixtures): this build reads them to the letter and goes on with them.
#include <catch2/catch.hpp>
#include <algorithm>
#include <fstream>
#include <sstream>

#include "tests/paths.hpp"
#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"
#include "tests/system/support/gzip.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

const std::filesystem::path fixture = std::filesystem::path(EARMARK_SOURCE_DIR) / "tests/fixtures/journal-v1";

// A data directory with the fixture's journal.
void unpack(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory / "journal");
  std::ofstream file(directory / "journal" / "data.mdb", std::ios::binary);
  file << read_gzip(fixture / "data.mdb.gz");
  REQUIRE(file.flush().good());
}

std::uint64_t last_lsn() { return std::stoull(read_text(fixture / "digest")); }

std::string stat_row(const std::string& stat, const std::string& name) {
  std::istringstream lines(stat);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + "=")) return line;
  }
  return name + " is not there";
}

void check_same_lines(const std::string& found, const std::string& expected) {
  std::istringstream found_lines(found), expected_lines(expected);
  std::string found_line, expected_line;
  for (std::size_t number = 1; std::getline(expected_lines, expected_line); ++number) {
    REQUIRE(std::getline(found_lines, found_line));
    if (found_line == expected_line) continue;
    const std::size_t at = static_cast<std::size_t>(std::ranges::mismatch(found_line, expected_line).in1 - found_line.begin());
    const std::size_t from = at > 100 ? at - 100 : 0;
    FAIL("line " << number << " from byte " << from << ":\n" << found_line.substr(from, 300) << "\nis to be\n" << expected_line.substr(from, 300));
  }
  CHECK_FALSE(std::getline(found_lines, found_line));
}

}  // namespace

TEST_CASE("journal of format version 1: verified, dumped line for line, the same digest", "[system][format]") {
  const TemporaryDirectory directory;
  unpack(directory.path());
  const ProgramResult verify = run("earmark-journal", {"verify", directory.path().string()});
  INFO(verify.error);
  REQUIRE(verify.code == 0);
  CHECK_THAT(verify.out, Catch::StartsWith("ok lsn=" + std::to_string(last_lsn()) + " "));
  const ProgramResult dump = run("earmark-journal", {"dump", directory.path().string()});
  REQUIRE(dump.code == 0);
  const std::string expected = read_gzip(fixture / "dump.jsonl.gz");
  REQUIRE(static_cast<std::uint64_t>(std::ranges::count(expected, '\n')) == last_lsn());
  check_same_lines(dump.out, expected);
  CHECK(run("earmark-journal", {"digest", directory.path().string()}).out == read_text(fixture / "digest"));
  const std::string stat = run("earmark-journal", {"stat", directory.path().string()}).out, then = read_text(fixture / "stat");
  for (const char* name : {"format_version", "catalogue_epoch", "created", "max_skus", "oldest_lsn", "last_lsn", "groups", "record_bytes"}) {
    CHECK(stat_row(stat, name) == stat_row(then, name));
  }
}

TEST_CASE("journal of format version 1: a server starts on it, has the same state, and goes on", "[system][format]") {
  const TemporaryDirectory directory;
  unpack(directory.path());
  Server server(directory.path());
  CHECK(server.ready().lsn == last_lsn());
  Caller caller(server.port());
  CHECK(caller.digest() + "\n" == read_text(fixture / "digest"));
  CHECK("catalogue_epoch=" + std::to_string(caller.epoch()) == stat_row(read_text(fixture / "stat"), "catalogue_epoch"));

  // What was decided then is recognised now: the fingerprint of its content is the same.
  const ProgramResult repeated = run("earmark", {"--server", server.address(), "--json", "order", "--customer", "Fixture", "--id",
                                                 "BACKORDERED", "SKU-3:25"});
  INFO(repeated.error);
  CHECK(repeated.code == 0);
  CHECK_THAT(repeated.out, Catch::Contains("\"duplicate\":true"));
  const ProgramResult other = run("earmark", {"--server", server.address(), "order", "--customer", "Fixture", "--id", "BACKORDERED", "SKU-3:24"});
  CHECK(other.code == 1);
  CHECK_THAT(other.error, Catch::Contains("duplicate_order"));

  const Reply reply = caller.ask(order("after the fixture", {{1, 1}, {3, 1}}));
  INFO(reply.text());
  REQUIRE(reply.decided());
  CHECK(reply.lsn() == engine::Lsn{last_lsn() + 1});
  REQUIRE(caller.ask(receipt("after the fixture", {{3, 40}})).decided());
  const std::string digest = caller.digest();
  CHECK(server.terminate().status == 0);
  CHECK(run("earmark-journal", {"digest", directory.path().string()}).out == digest + "\n");
  CHECK(run("earmark-journal", {"verify", directory.path().string()}).code == 0);
}
