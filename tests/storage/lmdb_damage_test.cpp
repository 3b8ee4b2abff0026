// Damage of every kind that can be planted in the file: opening refuses it, or what is read is the same. Never a signal:
// the checks run in this very process, which would die.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <iostream>
#include <random>

#include "storage/group.hpp"
#include "storage/identity.hpp"
#include "tests/storage/story.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using earmark::engine::Lsn;

struct Sample {
  std::vector<std::byte> file, records;
  DirectoryIdentity identity;
  Lsn oldest{1};
};

// What the last commits did besides appending.
enum class Trim { never, in_appends, at_last };

Sample make_sample(std::size_t groups, std::uint32_t seed, Trim trim = Trim::never) {
  const test::TemporaryDirectory directory;
  Sample sample;
  {
    const auto journal = test::open_small(directory.path()).value();
    const test::Records first = test::fill_journal(*journal, groups, seed);
    sample.records = first.bytes();
    if (trim != Trim::never) {
      REQUIRE(journal->trim_now(Lsn{5}, 100).has_value());
      journal->retain_from(journal->last());
      test::Records more(journal->last() + 1);
      for (std::size_t index = 0; index < 3; ++index) {
        more.add_order();
        REQUIRE(more.append(*journal, index, index + 1).has_value());
      }
      if (trim == Trim::at_last) REQUIRE(journal->trim_now(Lsn{journal->oldest().value + 2}, 1).value() == 1);
      sample.oldest = journal->oldest();
      sample.records = test::read_all(*journal, sample.oldest).value();
    }
    sample.identity = journal->identity();
  }
  sample.file = test::read_file(directory.path() / "journal" / "data.mdb");
  return sample;
}

struct Counts {
  std::size_t refused = 0, harmless = 0;
};

// Opens a directory with these bytes as its journal. Refused, or everything is there and appending works.
void try_file(const Sample& sample, const std::vector<std::byte>& file, const std::string& what, Counts& counts) {
  INFO(what);
  const test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path() / "journal");
  test::write_file(directory.path() / "journal" / "data.mdb", file);
  {
    const auto journal = test::open_small(directory.path());
    if (!journal) {
      REQUIRE((journal.error().kind == FailureKind::damaged || journal.error().kind == FailureKind::bad_version));
      REQUIRE_THAT(journal.error().text, Catch::Contains("offset") || Catch::Contains("missing"));
      ++counts.refused;
      return;
    }
    REQUIRE((*journal)->oldest() == sample.oldest);
    const auto read = test::read_all(**journal, sample.oldest);
    REQUIRE(read.has_value());
    REQUIRE(*read == sample.records);
    for (int i = 0; i < 3; ++i) {
      test::Records more((*journal)->last() + 1);
      more.add_wide_order(static_cast<std::size_t>(i) * 200);
      REQUIRE(more.append(**journal, 0, 1).has_value());
    }
  }
  REQUIRE(test::open_small(directory.path()).has_value());
  ++counts.harmless;
}

std::size_t find_bytes(const std::vector<std::byte>& file, std::span<const std::byte> wanted) {
  const auto found = std::search(file.begin(), file.end(), wanted.begin(), wanted.end());
  REQUIRE(found != file.end());
  return static_cast<std::size_t>(found - file.begin());
}

TEST_CASE("damage: one flipped bit anywhere is refused or changes nothing", "[storage][damage]") {
  const std::uint32_t seed = 20260;
  const auto trim = GENERATE(Trim::never, Trim::in_appends);
  const Sample sample = make_sample(60, seed, trim);
  std::mt19937 random(seed);
  Counts counts;
  auto file = sample.file;
  for (int flip = 0; flip < 300; ++flip) {
    const std::size_t bit = random() % (file.size() * 8);
    file[bit / 8] ^= std::byte{1} << (bit % 8);
    try_file(sample, file, "bit " + std::to_string(bit), counts);
    file[bit / 8] ^= std::byte{1} << (bit % 8);
  }
  std::cout << "damage: 300 flipped bits, seed " << seed << ", file of " << file.size() << " bytes: " << counts.refused
            << " refused, " << counts.harmless << " harmless" << std::endl;
  CHECK(counts.refused > 0);
}

TEST_CASE("damage: flipped bits where LMDB keeps its structure", "[storage][damage]") {
  const std::uint32_t seed = 4711;
  const Sample sample = make_sample(40, seed);
  std::mt19937 random(seed);
  Counts counts;
  auto file = sample.file;
  const auto flip = [&](std::size_t bit) {
    file[bit / 8] ^= std::byte{1} << (bit % 8);
    try_file(sample, file, "bit " + std::to_string(bit), counts);
    file[bit / 8] ^= std::byte{1} << (bit % 8);
  };
  // Both metas (16 + 136 bytes), and the headers and tables of contents of all pages.
  for (int i = 0; i < 300; ++i) flip((random() % 2 * 4096 + random() % 152) * 8 + random() % 8);
  for (int i = 0; i < 300; ++i) flip((random() % (file.size() / 4096) * 4096 + random() % 48) * 8 + random() % 8);
  std::cout << "damage: 600 flipped bits in LMDB's structure, seed " << seed << ": " << counts.refused << " refused, "
            << counts.harmless << " harmless" << std::endl;
  CHECK(counts.refused > 0);
}

TEST_CASE("damage: every bit of both commit numbers, so that an older commit never passes for the newest", "[storage][damage]") {
  const auto trim = GENERATE(Trim::never, Trim::in_appends, Trim::at_last);
  const Sample sample = make_sample(29 + GENERATE(0U, 1U), 5, trim);
  Counts counts;
  auto file = sample.file;
  for (const std::size_t page : {0U, 1U}) {
    for (std::size_t bit = 0; bit < 64; ++bit) {
      const std::size_t at = page * 4096 + 16 + 128;
      file[at + bit / 8] ^= std::byte{1} << (bit % 8);
      try_file(sample, file, "commit number of meta " + std::to_string(page) + ", bit " + std::to_string(bit), counts);
      file[at + bit / 8] ^= std::byte{1} << (bit % 8);
    }
  }
  CHECK(counts.refused == 128);
}

TEST_CASE("damage: files that are cut, emptied, swapped or missing", "[storage][damage]") {
  const std::uint32_t seed = 99;
  const Sample sample = make_sample(50, seed);
  Counts counts;
  std::mt19937 random(seed);
  for (int cut = 0; cut < 60; ++cut) {
    auto file = sample.file;
    file.resize(random() % file.size());
    try_file(sample, file, "cut to " + std::to_string(file.size()), counts);
  }
  for (int zeroed = 0; zeroed < 60; ++zeroed) {
    auto file = sample.file;
    const std::size_t page = random() % (file.size() / 4096);
    std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(page * 4096), 4096, std::byte{});
    try_file(sample, file, "zeroed page " + std::to_string(page), counts);
  }
  for (int swapped = 0; swapped < 60; ++swapped) {
    auto file = sample.file;
    const std::size_t pages = file.size() / 4096, one = random() % pages, two = random() % pages;
    std::swap_ranges(file.begin() + static_cast<std::ptrdiff_t>(one * 4096),
                     file.begin() + static_cast<std::ptrdiff_t>(one * 4096 + 4096),
                     file.begin() + static_cast<std::ptrdiff_t>(two * 4096));
    if (one != two) try_file(sample, file, "pages " + std::to_string(one) + " and " + std::to_string(two) + " swapped", counts);
  }
  for (int garbage = 0; garbage < 60; ++garbage) {
    auto file = sample.file;
    const std::size_t at = random() % file.size();
    for (std::size_t i = at; i < std::min(at + 512, file.size()); ++i) file[i] = static_cast<std::byte>(random());
    try_file(sample, file, "garbage at " + std::to_string(at), counts);
  }
  try_file(sample, {}, "an empty file", counts);
  std::cout << "damage: cut, zeroed, swapped and overwritten files, seed " << seed << ": " << counts.refused << " refused, "
            << counts.harmless << " harmless" << std::endl;

  const test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path() / "journal");
  const auto missing = test::open_small(directory.path());
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().kind == FailureKind::damaged);
}

TEST_CASE("damage: the message names record, file offset and what to do", "[storage][damage]") {
  const test::TemporaryDirectory directory;
  test::Records records;
  for (int i = 0; i < 30; ++i) records.add_order();
  {
    const auto journal = test::open_small(directory.path()).value();
    REQUIRE(records.append(*journal, 0, 10).has_value());
    REQUIRE(records.append(*journal, 10, 30).has_value());
  }
  const auto data = directory.path() / "journal" / "data.mdb";
  auto file = test::read_file(data);
  // The body of record LSN 18, whose bytes lie in the file as they were given.
  const std::size_t body = find_bytes(file, records.record(17).subspan(8));
  file[body + 5] ^= std::byte{1};
  test::write_file(data, file);
  const auto journal = test::open_small(directory.path());
  REQUIRE_FALSE(journal.has_value());
  CHECK(journal.error().kind == FailureKind::damaged);
  CHECK_THAT(journal.error().text, Catch::Contains("record LSN 18,") &&
                                       Catch::Contains("file offset " + std::to_string(body - 8) + " ") &&
                                       Catch::Contains("restore"));
  // The message's advice works: what comes before can still be read, the record itself cannot.
  const auto before = test::run("earmark-journal", {"dump", directory.path().string(), "--to", "17"});
  CHECK(before.code == 0);
  CHECK(std::count(before.out.begin(), before.out.end(), '\n') == 17);
  CHECK(test::run("earmark-journal", {"dump", directory.path().string()}).code == 4);
  const auto verify = test::run("earmark-journal", {"verify", directory.path().string()});
  CHECK(verify.code == 4);
  CHECK_THAT(verify.error, Catch::Contains("record LSN 18,") && Catch::Contains(std::to_string(body - 8)));
}

TEST_CASE("damage: unknown format versions are told from damage", "[storage][damage]") {
  const Sample sample = make_sample(5, 3);
  auto file = sample.file;
  SECTION("of the directory") {
    const auto bytes = write_identity(sample.identity);
    DirectoryIdentity later = sample.identity;
    later.format_version = 2;
    const auto changed = write_identity(later);
    for (std::size_t at = 0; at + bytes.size() <= file.size(); ++at) {
      if (std::memcmp(file.data() + at, bytes.data(), bytes.size()) == 0) {
        std::memcpy(file.data() + at, changed.data(), changed.size());
      }
    }
  }
  SECTION("of a group") {
    GroupHeader header;
    std::size_t changed = 0;
    for (std::size_t at = 0; at + group_header_bytes <= file.size(); at += 2) {
      std::memcpy(&header, file.data() + at, sizeof header);
      if (header.magic != group_magic || header.first != Lsn{1}) continue;
      header.version = 9;
      header.crc32c = header_checksum(header);
      std::memcpy(file.data() + at, &header, sizeof header);
      ++changed;
    }
    REQUIRE(changed > 0);
  }
  const test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path() / "journal");
  test::write_file(directory.path() / "journal" / "data.mdb", file);
  const auto journal = test::open_small(directory.path());
  REQUIRE_FALSE(journal.has_value());
  CHECK(journal.error().kind == FailureKind::bad_version);
  CHECK_THAT(journal.error().text, Catch::Contains("version"));
}

TEST_CASE("damage: the first groups of another directory do not pass for this one's (I7, chain)", "[storage][damage]") {
  const Sample sample = make_sample(5, 3);
  const auto own = write_identity(sample.identity);
  DirectoryIdentity other = sample.identity;
  other.catalogue_epoch += 1;
  const auto changed = write_identity(other);
  auto file = sample.file;
  for (std::size_t at = 0; at + own.size() <= file.size(); ++at) {
    if (std::memcmp(file.data() + at, own.data(), own.size()) == 0) std::memcpy(file.data() + at, changed.data(), changed.size());
  }
  Counts counts;
  try_file(sample, file, "another epoch", counts);
  CHECK(counts.refused == 1);
}

}  // namespace
