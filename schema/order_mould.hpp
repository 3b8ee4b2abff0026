// Records of orders that have the same fields, as many rows and texts of the same lengths differ in their values alone. The mould of such a shape is a record
// that FlatBuffers has built; the next one of the shape is a copy with its own values in place of those. So the usual order's record takes a
// fifth of the instructions, and is byte for byte what FlatBuffers would have built.
// Not thread-safe: one for each encoder. For schema/*.cpp only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/decision.hpp"

namespace earmark::schema {

class OrderMoulds {
 public:
  // Writes the record. Returns its bytes; 0: there is no mould of its shape, or `out` is too small.
  std::size_t cast(const engine::Stamp& stamp, const engine::OrderDecision& decision, bool filtered, std::span<std::byte> out) const noexcept;
  // `record` was built of `decision`. The next of its shape are cast from it, if it is small and plain enough.
  void keep(const engine::OrderDecision& decision, bool filtered, std::span<const std::byte> record) noexcept;

 private:
  static constexpr std::size_t moulds = 16, most_bytes = 640;

  // Which fields there are, how many rows, how long the texts. All zeros: of no mould.
  using Shape = std::array<std::uint64_t, 4>;
  // Where the values stand in the record; 0: there is none.
  struct Places {
    std::uint16_t stamp, content, placed_at, need_by, reserve_not_before, cancel_after, preferred, status, policy, priority, sourcing;
    std::uint16_t lines, takes, waits, expected, fallbacks;
    std::uint16_t id, customer, channel, ship_to, contact, reference, notes;
  };
  struct Mould {
    Shape shape{};
    Places places{};
    std::uint32_t bytes = 0;
    alignas(8) std::array<std::byte, most_bytes> record{};
  };

  static Shape shape_of(const engine::OrderDecision& decision, bool filtered) noexcept;
  static std::size_t home(const Shape& shape) noexcept;
  static Places places_in(std::span<const std::byte> record) noexcept;

  std::array<Mould, moulds> moulds_{};  // the newest of each home
};

}  // namespace earmark::schema
