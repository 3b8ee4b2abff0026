#include "storage/group.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <iostream>

#include "tests/storage/story.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using earmark::engine::Lsn;

std::vector<std::byte> sealed(const test::Records& records, const ChainLink& previous) {
  const std::vector<std::byte> bytes = records.bytes();
  const std::span<const std::byte> chunk = bytes;
  Group group{previous.last + 1, previous.last + records.size(), {&chunk, 1}, bytes.size()};
  std::vector<std::byte> out(stored_bytes(group));
  write_group(group, previous, out);
  return out;
}

void reseal_header(std::vector<std::byte>& stored, GroupHeader header) {
  header.crc32c = header_checksum(header);
  std::memcpy(stored.data(), &header, sizeof header);
}

TEST_CASE("group: what is written passes its check and links to the next", "[storage][group]") {
  const ChainLink epoch{77, 0, {}};
  test::Records first;
  first.add_order();
  first.add_wide_order(100);
  const auto one = sealed(first, epoch);
  GroupHeader header;
  REQUIRE(check_group(one, header).fault == GroupFault::none);
  CHECK(header.first == Lsn{1});
  CHECK(header.last == Lsn{2});
  CHECK(header.number == 1);
  CHECK(follows(header, epoch));

  const ChainLink link{header.chain, header.number, header.last};
  test::Records second(Lsn{3});
  second.add_order();
  const auto two = sealed(second, link);
  GroupHeader next;
  REQUIRE(check_group(two, next).fault == GroupFault::none);
  CHECK(follows(next, link));
  CHECK_FALSE(follows(next, epoch));
  CHECK_FALSE(follows(header, link));
}

TEST_CASE("group: one of another history does not follow, though its number and LSNs do (I7, chain)", "[storage][group]") {
  test::Records one, other, behind(Lsn{2});
  one.add_order();
  other.add_wide_order(3);
  behind.add_order();
  GroupHeader own, foreign, next;
  REQUIRE(check_group(sealed(one, {77, 0, {}}), own).fault == GroupFault::none);
  REQUIRE(check_group(sealed(other, {77, 0, {}}), foreign).fault == GroupFault::none);
  REQUIRE(check_group(sealed(behind, {foreign.chain, foreign.number, foreign.last}), next).fault == GroupFault::none);
  CHECK(follows(next, {foreign.chain, foreign.number, foreign.last}));
  CHECK_FALSE(follows(next, {own.chain, own.number, own.last}));
}

TEST_CASE("group: every single flipped bit is found", "[storage][group]") {
  test::Records records;
  for (int i = 0; i < 3; ++i) records.add_order();
  auto stored = sealed(records, {5, 0, {}});
  GroupHeader header;
  for (std::size_t bit = 0; bit < stored.size() * 8; ++bit) {
    stored[bit / 8] ^= std::byte{1} << (bit % 8);
    const bool found = check_group(stored, header).fault != GroupFault::none;
    if (!found) FAIL("bit " << bit << " of the group may be flipped unseen");
    stored[bit / 8] ^= std::byte{1} << (bit % 8);
  }
  std::cout << "group: " << stored.size() * 8 << " flipped bits, all found" << std::endl;
}

TEST_CASE("group: damage behind a right header checksum is named (I7, checksums)", "[storage][group]") {
  test::Records records;
  for (int i = 0; i < 3; ++i) records.add_order();
  auto stored = sealed(records, {5, 0, {}});
  GroupHeader header;
  REQUIRE(check_group(stored, header).fault == GroupFault::none);

  SECTION("another version") {
    header.version = 2;
    reseal_header(stored, header);
    CHECK(check_group(stored, header).fault == GroupFault::unknown_version);
  }
  SECTION("fewer records than it says") {
    header.last = Lsn{4};
    reseal_header(stored, header);
    const GroupProblem problem = check_group(stored, header);
    CHECK(problem.fault == GroupFault::record_count);
    CHECK(problem.lsn == Lsn{4});
  }
  SECTION("a cut end") {
    stored.resize(stored.size() - 8);
    CHECK(check_group(stored, header).fault == GroupFault::wrong_length);
  }
  SECTION("a forged previous chain") {
    header.previous_chain ^= 1;
    reseal_header(stored, header);
    CHECK(check_group(stored, header).fault == GroupFault::chain_mismatch);
  }
  SECTION("a range of LSNs that runs backwards") {
    header.last = Lsn{0};
    reseal_header(stored, header);
    CHECK(check_group(stored, header).fault == GroupFault::wrong_lsns);
  }
  SECTION("a record's byte, with its LSN and offset") {
    const std::size_t offset = group_header_bytes + records.record(0).size();
    stored[offset + 20] ^= std::byte{4};
    const GroupProblem problem = check_group(stored, header);
    CHECK(problem.fault == GroupFault::record_checksum);
    CHECK(problem.lsn == Lsn{2});
    CHECK(problem.offset == offset);
  }
}

TEST_CASE("group: a reader copies nothing out of a group that is not what it should be", "[storage][group]") {
  test::Records records;
  for (int i = 0; i < 3; ++i) records.add_order();
  auto stored = sealed(records, {5, 0, {}});
  GroupHeader header;
  REQUIRE(check_group(stored, header).fault == GroupFault::none);
  std::vector<std::uint64_t> room(stored.size() / 8 + 1);
  const auto out = std::as_writable_bytes(std::span(room));
  ReadPosition position;
  GroupFault expected = GroupFault::none;
  SECTION("too short for its header") {
    stored.resize(group_header_bytes - 8);
    expected = GroupFault::too_short;
  }
  SECTION("no group") {
    stored[0] ^= std::byte{1};
    expected = GroupFault::not_a_group;
  }
  SECTION("LSN 0") {
    header.first = Lsn{0};
    reseal_header(stored, header);
    expected = GroupFault::wrong_lsns;
  }
  SECTION("a later one, where the one before is not there") {
    header.first = Lsn{2};
    reseal_header(stored, header);
    expected = GroupFault::does_not_follow;
  }
  SECTION("fewer records than it says") {
    header.last = Lsn{4};
    reseal_header(stored, header);
    expected = GroupFault::record_count;
  }
  SECTION("a piece of no length") {
    std::memset(stored.data() + group_header_bytes, 0, 4);
    expected = GroupFault::piece_length;
  }
  const Copied copied = copy_records(stored, position, Lsn{10}, out);
  CHECK(copied.problem.fault == expected);
  CHECK((copied.bytes == stored.size() - group_header_bytes) == (expected == GroupFault::none || expected == GroupFault::record_count));
}

TEST_CASE("group: every fault has words of its own", "[storage][group]") {
  std::vector<std::string_view> seen;
  for (int fault = 0; fault <= static_cast<int>(GroupFault::chain_mismatch); ++fault) {
    const auto words = describe(static_cast<GroupFault>(fault));
    CHECK(words != "unknown fault");
    CHECK(std::ranges::find(seen, words) == seen.end());
    seen.push_back(words);
  }
}

}  // namespace
