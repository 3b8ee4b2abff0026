// The value "identity" of the journal's database "meta", written once, and its bytes (little-endian):
//   0  u32 format version   first, so that any version can be told
//   4  u32 crc32c           of all 32 bytes with this field zero
//   8  u64 catalogue epoch
//  16  i64 created, microseconds since 1970 UTC
//  24  u32 max_skus, 28 u32 max_warehouses of the creating server
// Pure, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "storage/journal.hpp"

namespace earmark::storage {

inline constexpr std::uint32_t journal_format_version = 1;
inline constexpr std::size_t identity_bytes = 32;

enum class IdentityFault : std::uint8_t { none, damaged, unknown_version };

std::array<std::byte, identity_bytes> write_identity(const DirectoryIdentity& identity) noexcept;
IdentityFault read_identity(std::span<const std::byte> bytes, DirectoryIdentity& identity) noexcept;

}  // namespace earmark::storage
