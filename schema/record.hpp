// Records: how Events lie in memory rings and in the journal. A record is one LSN; it has one or more pieces:
//   0  u32 size       bytes of the body without padding; bit 31 set: more pieces of this record follow
//   4  u32 crc32c     of the body; 0 until the journal writes it
//   8  body           one FlatBuffers Event (at most max_piece_bytes), padded with zero bytes to a multiple of 8
// A piece's body is what a frame carries: the answer, the pushed event and the journal share these bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace earmark::schema {

inline constexpr std::size_t piece_header_bytes = 8;
inline constexpr std::size_t max_piece_bytes = 65'528;  // fits a frame
inline constexpr std::uint32_t piece_more_follow = 1U << 31;

struct PieceHeader {
  std::uint32_t size_and_more = 0;
  std::uint32_t crc32c = 0;

  std::size_t size() const noexcept { return size_and_more & ~piece_more_follow; }
  bool more() const noexcept { return (size_and_more & piece_more_follow) != 0; }
};
static_assert(sizeof(PieceHeader) == piece_header_bytes);

constexpr std::size_t padded(std::size_t bytes) noexcept { return (bytes + 7) & ~std::size_t{7}; }

struct Piece {
  PieceHeader header;
  std::span<const std::byte> body;  // without padding
  std::size_t stride = 0;           // bytes to the next piece; 0: `bytes` does not hold a whole piece
};

// The piece at the start of `bytes`. Checks lengths only.
inline Piece piece_at(std::span<const std::byte> bytes) noexcept {
  Piece piece;
  if (bytes.size() < piece_header_bytes) return piece;
  std::memcpy(&piece.header, bytes.data(), piece_header_bytes);
  const std::size_t size = piece.header.size();
  if (size > max_piece_bytes || bytes.size() < piece_header_bytes + padded(size)) return piece;
  piece.body = bytes.subspan(piece_header_bytes, size);
  piece.stride = piece_header_bytes + padded(size);
  return piece;
}

}  // namespace earmark::schema
