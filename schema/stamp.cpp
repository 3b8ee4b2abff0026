// The stamp of a record, found where it lies. Offsets are followed with bounds checks, so that bytes that
// are no event give no stamp instead of a fault.
#include <cstring>
#include <optional>

#include "schema/event.hpp"
#include "schema/event_generated.h"
#include "schema/record.hpp"

namespace earmark::schema {
namespace {

template <class Number>
std::optional<Number> number_at(std::span<const std::byte> bytes, std::size_t offset) noexcept {
  if (bytes.size() < sizeof(Number) || offset > bytes.size() - sizeof(Number)) return std::nullopt;
  Number number;
  std::memcpy(&number, bytes.data() + offset, sizeof number);
  return number;
}

// Offset of the Stamp struct in an event's body, by the rules of FlatBuffers: root -> table -> vtable -> field.
std::optional<std::size_t> stamp_offset(std::span<const std::byte> body) noexcept {
  const auto table = number_at<std::uint32_t>(body, 0);
  if (!table) return std::nullopt;
  const auto to_vtable = number_at<std::int32_t>(body, *table);
  if (!to_vtable) return std::nullopt;
  const std::int64_t vtable = std::int64_t{*table} - *to_vtable;
  if (vtable < 0) return std::nullopt;
  const auto size = number_at<std::uint16_t>(body, static_cast<std::size_t>(vtable));
  if (!size || *size < wire::Event::VT_STAMP + sizeof(std::uint16_t)) return std::nullopt;
  const auto field = number_at<std::uint16_t>(body, static_cast<std::size_t>(vtable) + wire::Event::VT_STAMP);
  if (!field || *field == 0) return std::nullopt;
  const std::size_t offset = std::size_t{*table} + *field;
  if (body.size() < sizeof(wire::Stamp) || offset > body.size() - sizeof(wire::Stamp)) return std::nullopt;
  return offset;
}

constexpr std::size_t lsn_at = 0, time_at = 8, cause_at = 16;
static_assert(sizeof(wire::Stamp) == 24);

}  // namespace

engine::Stamp stamp_of(std::span<const std::byte> record) {
  const Piece piece = piece_at(record);
  const auto offset = stamp_offset(piece.body);
  if (!offset) return {};
  const auto stamp = piece.body.subspan(*offset);
  return {engine::Lsn{*number_at<std::uint64_t>(stamp, lsn_at)}, engine::TimeUs{*number_at<std::int64_t>(stamp, time_at)},
          engine::Lsn{*number_at<std::uint64_t>(stamp, cause_at)}};
}

}  // namespace earmark::schema
