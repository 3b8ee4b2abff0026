// Kinds of parts of events, as subscriptions name them (schema/common.fbs EventKind). Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace earmark::schema {

// Values are part of the wire contract: never renumber.
enum class EventKind : std::uint8_t {
  order_accepted = 1, order_refused = 2, line_reserved = 3, line_backordered = 4, backorder_filled = 5, cancelled = 6,
  shipped = 7, allocation_lost = 8, amended = 9, pick_list_issued = 10, pick_list_superseded = 11, short_pick = 12, packed = 13,
  delivered = 14, returned = 15, put_back = 16, picked = 17, tracking = 18, turned_strict = 19,
  hold_created = 20, hold_extended = 21, hold_confirmed = 22, hold_released = 23, hold_expired = 24,
  stock_received = 30, out_of_stock = 31, back_in_stock = 32, stock_adjusted = 33, transfer_shipped = 34,
  transfer_received = 35, overdrawn = 36, healed = 37,
  purchase_placed = 40, purchase_approved = 41, purchase_sent = 42, purchase_acknowledged = 43, purchase_received = 44, purchase_closed = 45,
  purchase_cancelled = 46,
  purchase_suggested = 47, reorder_triggered = 48, reorder_cleared = 49, catalogue_loaded = 50, rules_set = 51, purchase_adopted = 52,
  purchase_overdue = 53, transfer_overdue = 54, shortage_alert = 55, date_assigned = 56, date_changed = 57
};

inline constexpr std::array every_event_kind{
    EventKind::order_accepted, EventKind::order_refused,  EventKind::line_reserved, EventKind::line_backordered,
    EventKind::backorder_filled, EventKind::cancelled,    EventKind::shipped,       EventKind::amended,
    EventKind::hold_created,   EventKind::hold_extended,  EventKind::hold_confirmed, EventKind::hold_released,
    EventKind::hold_expired,   EventKind::stock_received,
    EventKind::out_of_stock,   EventKind::back_in_stock,  EventKind::catalogue_loaded,
    EventKind::allocation_lost, EventKind::stock_adjusted, EventKind::overdrawn,       EventKind::healed,
    EventKind::pick_list_issued, EventKind::pick_list_superseded, EventKind::short_pick, EventKind::packed,
    EventKind::delivered,      EventKind::returned,       EventKind::put_back,      EventKind::picked,
    EventKind::tracking,       EventKind::turned_strict,     EventKind::transfer_shipped, EventKind::transfer_received,
    EventKind::purchase_placed, EventKind::purchase_approved, EventKind::purchase_sent, EventKind::purchase_acknowledged,
    EventKind::purchase_received, EventKind::purchase_closed, EventKind::purchase_cancelled,
    EventKind::purchase_suggested, EventKind::reorder_triggered, EventKind::reorder_cleared, EventKind::rules_set,
    EventKind::purchase_adopted, EventKind::purchase_overdue, EventKind::transfer_overdue, EventKind::shortage_alert,
    EventKind::date_assigned,  EventKind::date_changed};

// Values of each filter of one subscription.
inline constexpr std::size_t max_filter_values = 256;

// As it stands in the schema, e.g. "line_reserved"; empty for a number that is no kind.
std::string_view name(EventKind kind) noexcept;
std::optional<EventKind> event_kind(std::string_view name) noexcept;

}  // namespace earmark::schema
