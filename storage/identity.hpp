// The value "identity" of the journal's database "meta", written once, and its bytes (little-endian):
//   0  u32 format version   first, so that any version can be told
//   4  u32 crc32c           of all 32 bytes with this field zero
//   8  u64 catalogue epoch
//  16  i64 created, microseconds since 1970 UTC
//  24  u32 max_skus, 28 u16 max_warehouses of the creating server
//  30  u16 flags: 1 decisions carry the time of commands
// The value "chain_seed" beside it: what the first group's previous chain is, where that is not the catalogue epoch,
// because the directory was restored and got a new epoch (little-endian):
//   0  u64 seed   8  u32 crc32c of the seed   12  u32 unused, 0
// Pure, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "storage/journal.hpp"

namespace earmark::storage {

inline constexpr std::uint32_t journal_format_version = 1;
inline constexpr std::size_t identity_bytes = 32;
inline constexpr std::size_t chain_seed_bytes = 16;

enum class IdentityFault : std::uint8_t { none, damaged, unknown_version };

std::array<std::byte, identity_bytes> write_identity(const DirectoryIdentity& identity) noexcept;
IdentityFault read_identity(std::span<const std::byte> bytes, DirectoryIdentity& identity) noexcept;

std::array<std::byte, chain_seed_bytes> write_chain_seed(std::uint64_t seed) noexcept;
// False: damaged.
bool read_chain_seed(std::span<const std::byte> bytes, std::uint64_t& seed) noexcept;

}  // namespace earmark::storage
