// Records of fills cast from moulds (schema/moulds.hpp). For schema/*.cpp only.
#pragma once

#include <cstddef>
#include <span>

#include "engine/decision.hpp"
#include "schema/moulds.hpp"

namespace earmark::schema {

class FillMoulds {
 public:
  // As OrderMoulds.
  std::size_t cast(const engine::Stamp& stamp, const engine::FillDecision& decision, bool filtered, std::span<std::byte> out) const noexcept;
  void keep(const engine::FillDecision& decision, bool filtered, std::span<const std::byte> record) noexcept;

 private:
  struct Places {
    std::uint16_t stamp, order_lsn, line, sku, row, still_waiting, raised_at, skipped_lsn, skipped_line;
    std::uint16_t takes, order, customer, skipped;
  };

  static MouldShape shape_of(const engine::FillDecision& decision, bool filtered) noexcept;
  static Places places_in(std::span<const std::byte> record) noexcept;

  Moulds<Places> moulds_;
};

}  // namespace earmark::schema
