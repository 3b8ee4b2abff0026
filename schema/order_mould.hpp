// Records of orders cast from moulds (schema/moulds.hpp). For schema/*.cpp only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/decision.hpp"
#include "schema/moulds.hpp"

namespace earmark::schema {

class OrderMoulds {
 public:
  // Writes the record. Returns its bytes; 0: there is no mould of its shape, or `out` is too small.
  std::size_t cast(const engine::Stamp& stamp, const engine::OrderDecision& decision, bool filtered, std::span<std::byte> out) const noexcept;
  // `record` was built of `decision`. The next of its shape are cast from it, if it is small and plain enough.
  void keep(const engine::OrderDecision& decision, bool filtered, std::span<const std::byte> record) noexcept;

 private:
  struct Places {
    std::uint16_t stamp, content, placed_at, need_by, reserve_not_before, cancel_after, preferred, status, policy, priority, sourcing;
    std::uint16_t lines, takes, waits, expected, fallbacks;
    std::uint16_t id, customer, channel, ship_to, contact, reference, notes;
  };

  static MouldShape shape_of(const engine::OrderDecision& decision, bool filtered) noexcept;
  static Places places_in(std::span<const std::byte> record) noexcept;

  Moulds<Places> moulds_;
};

}  // namespace earmark::schema
