#include "storage/group.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>

#include "engine/check.hpp"
#include "schema/record.hpp"
#include "storage/crc32c.hpp"

namespace earmark::storage {
namespace {

constexpr std::size_t hashed_from = 16;      // behind magic, checksum and the hash itself
constexpr std::size_t checksummed_from = 8;  // behind magic and the checksum itself

struct WholeRecord {
  std::size_t bytes = 0;  // 0: broken
  GroupFault fault = GroupFault::none;
};

// Length of the record at the start of `bytes`, its pieces' checksums verified if `verify`.
WholeRecord whole_record(std::span<const std::byte> bytes, bool verify) noexcept {
  WholeRecord record;
  bool more = true;
  while (more) {
    const schema::Piece piece = schema::piece_at(bytes.subspan(record.bytes));
    if (piece.stride == 0 || piece.body.empty()) return {0, GroupFault::piece_length};
    if (verify && crc32c(piece.body) != piece.header.crc32c) return {0, GroupFault::record_checksum};
    record.bytes += piece.stride;
    more = piece.header.more();
  }
  return record;
}

// Fills in the checksums of the pieces in `records`; returns the number of records.
std::uint64_t fill_checksums(std::span<std::byte> records) {
  std::uint64_t count = 0;
  for (std::size_t at = 0; at < records.size();) {
    schema::Piece piece = schema::piece_at(records.subspan(at));
    EARMARK_CHECK(piece.stride != 0 && !piece.body.empty());
    piece.header.crc32c = crc32c(piece.body);
    std::memcpy(records.data() + at, &piece.header, sizeof piece.header);
    at += piece.stride;
    if (!piece.header.more()) ++count;
  }
  return count;
}

}  // namespace

std::string_view describe(GroupFault fault) noexcept {
  switch (fault) {
    case GroupFault::none: return "nothing is wrong";
    case GroupFault::too_short: return "the group is shorter than its header";
    case GroupFault::not_a_group: return "this is not a group";
    case GroupFault::header_checksum: return "the checksum of the group's header does not match";
    case GroupFault::unknown_version: return "the group was written by an unknown format version";
    case GroupFault::wrong_length: return "the group's length does not match its header";
    case GroupFault::wrong_lsns: return "the group's range of LSNs is impossible";
    case GroupFault::does_not_follow: return "the group does not follow the one before it";
    case GroupFault::piece_length: return "the length of the record is impossible";
    case GroupFault::record_checksum: return "the checksum of the record does not match";
    case GroupFault::record_count: return "the group does not hold as many records as its header says";
    case GroupFault::chain_mismatch: return "the group's chain hash does not match its contents";
  }
  return "unknown fault";
}

ChainLink write_group(const Group& group, const ChainLink& previous, std::span<std::byte> out) {
  EARMARK_CHECK(group.first == previous.last + 1 && group.last >= group.first);
  EARMARK_CHECK(out.size() == stored_bytes(group));
  std::size_t at = group_header_bytes;
  std::uint64_t records = 0;
  for (const std::span<const std::byte> chunk : group.chunks) {
    if (chunk.empty()) continue;
    EARMARK_CHECK(chunk.size() <= out.size() - at);
    std::memcpy(out.data() + at, chunk.data(), chunk.size());
    records += fill_checksums(out.subspan(at, chunk.size()));
    at += chunk.size();
  }
  EARMARK_CHECK(at == out.size() && records == group.last.value - group.first.value + 1);

  GroupHeader header;
  header.previous_chain = previous.chain;
  header.number = previous.number + 1;
  header.first = group.first;
  header.last = group.last;
  header.record_bytes = group.bytes;
  std::memcpy(out.data(), &header, sizeof header);
  header.chain = XXH3_64bits(out.data() + hashed_from, out.size() - hashed_from);
  header.crc32c = header_checksum(header);
  std::memcpy(out.data(), &header, sizeof header);
  return {header.chain, header.number, header.last};
}

std::uint32_t header_checksum(const GroupHeader& header) noexcept {
  return crc32c(std::as_bytes(std::span(&header, 1)).subspan(checksummed_from));
}

GroupFault read_header(std::span<const std::byte> start, std::size_t length, GroupHeader& header) noexcept {
  if (start.size() < group_header_bytes) return GroupFault::too_short;
  std::memcpy(&header, start.data(), sizeof header);
  if (header.magic != group_magic) return GroupFault::not_a_group;
  if (header_checksum(header) != header.crc32c) return GroupFault::header_checksum;
  if (header.version != group_version) return GroupFault::unknown_version;
  if (header.record_bytes != length - group_header_bytes) return GroupFault::wrong_length;
  if (header.first.value == 0 || header.last < header.first) return GroupFault::wrong_lsns;
  return GroupFault::none;
}

GroupProblem check_group(std::span<const std::byte> stored, GroupHeader& header) noexcept {
  GroupFault fault = read_header(stored, stored.size(), header);
  if (fault != GroupFault::none) return {fault, 0, {}};
  engine::Lsn lsn = header.first;
  std::size_t at = group_header_bytes;
  for (; at < stored.size(); lsn = lsn + 1) {
    const WholeRecord record = whole_record(stored.subspan(at), true);
    if (record.bytes == 0) return {record.fault, at, lsn};
    at += record.bytes;
  }
  if (lsn != header.last + 1) return {GroupFault::record_count, at, lsn};
  if (XXH3_64bits(stored.data() + hashed_from, stored.size() - hashed_from) != header.chain) {
    return {GroupFault::chain_mismatch, 0, header.first};
  }
  return {};
}

bool follows(const GroupHeader& header, const ChainLink& previous) noexcept {
  return header.previous_chain == previous.chain && header.number == previous.number + 1 &&
         header.first == previous.last + 1;
}

Copied copy_records(std::span<const std::byte> stored, ReadPosition& position, engine::Lsn until,
                    std::span<std::byte> out) noexcept {
  Copied copied;
  GroupHeader header;
  const GroupFault fault = read_header(stored, stored.size(), header);
  if (fault != GroupFault::none) {
    copied.problem = {fault, 0, position.next};
    return copied;
  }
  if (position.group_first != header.first) {
    position.group_first = header.first;
    position.offset = group_header_bytes;
    position.offset_lsn = header.first;
  }
  if (position.offset_lsn > position.next) {  // the group that should come before this one is not there
    copied.problem = {GroupFault::does_not_follow, 0, position.next};
    return copied;
  }
  while (position.offset < stored.size() && position.next <= until) {
    const bool wanted = position.offset_lsn == position.next;
    const WholeRecord record = whole_record(stored.subspan(position.offset), wanted);
    if (record.bytes == 0) {
      copied.problem = {record.fault, position.offset, position.offset_lsn};
      return copied;
    }
    if (wanted) {
      if (record.bytes > out.size() - copied.bytes) {
        copied.full = true;
        return copied;
      }
      std::memcpy(out.data() + copied.bytes, stored.data() + position.offset, record.bytes);
      copied.bytes += record.bytes;
      position.next = position.next + 1;
    }
    position.offset += record.bytes;
    position.offset_lsn = position.offset_lsn + 1;
  }
  // A group that ends early must not make its reader wait for ever at a record that is not there.
  if (position.offset >= stored.size() && position.next <= header.last && position.next <= until) {
    copied.problem = {GroupFault::record_count, position.offset, position.next};
  }
  return copied;
}

}  // namespace earmark::storage
