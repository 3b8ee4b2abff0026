// A stored group: the bytes of one commit, whatever stores them. All integers little-endian.
//   0  u32 magic "EGRP"
//   4  u32 crc32c           of bytes 8 .. 63
//   8  u64 chain            XXH3-64 of everything from offset 16 on: the previous chain, the fields below, the records
//  16  u64 previous chain   of the group before; of the first group: the chain's seed (storage/identity.hpp)
//  24  u64 number           1 for the first group of a directory
//  32  u64 first LSN
//  40  u64 last LSN
//  48  u64 record bytes
//  56  u32 version          of this grammar, now 1
//  60  u32 unused, 0
//  64  records              schema/record.hpp, with the crc32c of every piece filled in
// Pure: bytes in, bytes out. Any thread. Stored bytes may lie at any alignment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/types.hpp"
#include "storage/journal.hpp"

namespace earmark::storage {

inline constexpr std::uint32_t group_magic = 0x50524745;
inline constexpr std::uint32_t group_version = 1;
inline constexpr std::size_t group_header_bytes = 64;
inline constexpr std::size_t max_group_bytes = std::size_t{1} << 31;  // LMDB holds 4 GiB - 1 in one value

struct GroupHeader {
  std::uint32_t magic = group_magic;
  std::uint32_t crc32c = 0;
  std::uint64_t chain = 0;
  std::uint64_t previous_chain = 0;
  std::uint64_t number = 0;
  engine::Lsn first{}, last{};
  std::uint64_t record_bytes = 0;
  std::uint32_t version = group_version;
  std::uint32_t unused = 0;
};
static_assert(sizeof(GroupHeader) == group_header_bytes);

// What the next group has to follow.
struct ChainLink {
  std::uint64_t chain = 0;
  std::uint64_t number = 0;
  engine::Lsn last{};
};

enum class GroupFault : std::uint8_t {
  none, too_short, not_a_group, header_checksum, unknown_version, wrong_length, wrong_lsns, does_not_follow,
  piece_length, record_checksum, record_count, chain_mismatch
};
std::string_view describe(GroupFault fault) noexcept;

// What is wrong with a group, at which byte of it, and at which record.
struct GroupProblem {
  GroupFault fault = GroupFault::none;
  std::size_t offset = 0;
  engine::Lsn lsn{};
};

constexpr std::size_t stored_bytes(const Group& group) noexcept { return group_header_bytes + group.bytes; }

// Copies the group's records to `out` (stored_bytes(group) bytes), fills in checksums and header; returns its link.
// A group that does not follow `previous`, or whose chunks are not whole records, is a bug.
ChainLink write_group(const Group& group, const ChainLink& previous, std::span<std::byte> out);

// The header's own checksum.
std::uint32_t header_checksum(const GroupHeader& header) noexcept;

// The header alone: magic, checksum, version, length, LSN range. `length` is that of the whole stored group.
GroupFault read_header(std::span<const std::byte> start, std::size_t length, GroupHeader& header) noexcept;

// Header, every record's checksum, their count, and the group's own chain hash. About 6 GB/s.
GroupProblem check_group(std::span<const std::byte> stored, GroupHeader& header) noexcept;

// whether `header` stands directly behind `previous`
bool follows(const GroupHeader& header, const ChainLink& previous) noexcept;

// Where a reader stands: the next record, and where that lies in its group once the group is known.
struct ReadPosition {
  engine::Lsn next{1};
  engine::Lsn group_first{};  // 0: the group that holds `next` is not known yet
  std::size_t offset = group_header_bytes;  // of record `offset_lsn`
  engine::Lsn offset_lsn{};
};

// Copies whole records of `stored` from `position.next` on, to `until` at most, as many as fit into `out`; moves the
// position and returns the bytes copied. `full` says that a record was left for want of room.
struct Copied {
  std::size_t bytes = 0;
  bool full = false;
  GroupProblem problem;
};
Copied copy_records(std::span<const std::byte> stored, ReadPosition& position, engine::Lsn until,
                    std::span<std::byte> out) noexcept;

}  // namespace earmark::storage
