#include "schema/event_kind.hpp"

#include <type_traits>

#include "schema/common_generated.h"

namespace earmark::schema {

// A kind that the schema has and this list has not.
static_assert(every_event_kind.size() == std::extent_v<std::remove_reference_t<decltype(wire::EnumValuesEventKind())>>);

std::string_view name(EventKind kind) noexcept {
  for (const EventKind known : every_event_kind) {
    if (kind == known) return wire::EnumNameEventKind(static_cast<wire::EventKind>(kind));
  }
  return {};
}

std::optional<EventKind> event_kind(std::string_view wanted) noexcept {
  for (const EventKind known : every_event_kind) {
    if (name(known) == wanted) return known;
  }
  return std::nullopt;
}

}  // namespace earmark::schema
