// The value "retained" of the journal's database "meta": where a trimmed journal begins. Written in the transaction that
// lets groups go; not there as long as none has gone. Its bytes (little-endian):
//   0  u32 crc32c          of bytes 4 .. 31
//   4  u32 version         of this grammar, now 1
//   8  u64 oldest          first LSN of the first kept group
//  16  u64 previous chain  what the first kept group follows
//  24  u64 number          of the group before it
// Pure, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "storage/group.hpp"

namespace earmark::storage {

inline constexpr std::size_t retained_bytes = 32;

// `before` is the link of the last group that went.
std::array<std::byte, retained_bytes> write_retained(const ChainLink& before) noexcept;
// False: damaged, or of an unknown version.
bool read_retained(std::span<const std::byte> bytes, ChainLink& before) noexcept;

// The failure of a reader that wants `wanted`.
Failure trimmed(engine::Lsn wanted, engine::Lsn oldest);

// The groups that go at most in one append.
inline constexpr std::size_t groups_per_trim = 64;

}  // namespace earmark::storage
