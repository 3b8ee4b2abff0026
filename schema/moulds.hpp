// Records that have the same fields, as many rows and texts of the same lengths differ in their values alone. The mould of such a shape is a record
// that FlatBuffers has built; the next one of the shape is a copy with its own values in place of those. So the usual record takes a
// fifth of the instructions, and is byte for byte what FlatBuffers would have built.
// What is common to all kinds of records. Not thread-safe: one for each encoder. For schema/*.cpp only.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "schema/record.hpp"

namespace earmark::schema {

// Which fields there are, how many rows, how long the texts. All zeros: of no mould.
using MouldShape = std::array<std::uint64_t, 4>;

// `Places`: where the values of a kind stand in its record; 0: there is none.
template <class Places>
class Moulds {
 public:
  static constexpr std::size_t most_bytes = 640;

  // Copies the mould of the shape. Returns where its values stand; nullptr: there is none, or `out` is too small.
  const Places* copy(const MouldShape& shape, std::span<std::byte> out, std::size_t& bytes) const noexcept {
    const Mould& mould = moulds_[home(shape)];
    if (mould.shape != shape || mould.bytes == 0 || out.size() < mould.bytes) return nullptr;
    bytes = mould.bytes;
    std::memcpy(out.data(), mould.record.data(), mould.bytes);
    return &mould.places;
  }
  // The next of the shape are cast from this record.
  void keep(const MouldShape& shape, const Places& places, std::span<const std::byte> record) noexcept {
    Mould& mould = moulds_[home(shape)];
    mould.shape = shape;
    mould.places = places;
    mould.bytes = static_cast<std::uint32_t>(record.size());
    std::copy(record.begin(), record.end(), mould.record.begin());
  }
  static bool can_keep(const MouldShape& shape, std::span<const std::byte> record) noexcept {
    return shape != MouldShape{} && !record.empty() && record.size() <= most_bytes;
  }

 private:
  struct Mould {
    MouldShape shape{};
    Places places{};
    std::uint32_t bytes = 0;
    alignas(8) std::array<std::byte, most_bytes> record{};
  };

  static std::size_t home(const MouldShape& shape) noexcept {
    std::uint64_t mixed = 0;
    for (const std::uint64_t word : shape) mixed = (mixed ^ word) * 0x9E37'79B9'7F4A'7C15ULL;
    return static_cast<std::size_t>(mixed >> 60);
  }

  std::array<Mould, 16> moulds_{};  // the newest of each home
};

namespace mould {

template <class Value>
void put(std::byte* record, std::uint16_t place, const Value& value) noexcept {
  if (place != 0) std::memcpy(record + place, &value, sizeof value);
}
template <class Row>
void put_all(std::byte* record, std::uint16_t place, std::span<const Row> rows) noexcept {
  if (place != 0) std::memcpy(record + place, rows.data(), rows.size_bytes());
}
inline void put_all(std::byte* record, std::uint16_t place, std::string_view text) noexcept {
  if (place != 0) std::memcpy(record + place, text.data(), text.size());
}

constexpr std::uint64_t four(std::size_t a, std::size_t b, std::size_t c, std::size_t d) noexcept { return a | b << 16 | c << 32 | d << 48; }

inline std::uint16_t place_of(std::span<const std::byte> record, const void* address) noexcept {
  return address == nullptr ? std::uint16_t{0} : static_cast<std::uint16_t>(static_cast<const std::byte*>(address) - record.data());
}
// Of the rows of a vector, or the letters of a text.
template <class Vector>
std::uint16_t place_of_all(std::span<const std::byte> record, const Vector* vector) noexcept {
  return place_of(record, vector == nullptr ? nullptr : vector->Data());
}

}  // namespace mould
}  // namespace earmark::schema
