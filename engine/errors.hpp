// Why a command was rejected. An error has no LSN, no effect, and does not use up the command's id (semantics R8).
// Refusals of fill_or_kill and cancels that find nothing are decisions, not errors, and are not here.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/types.hpp"

namespace earmark::engine {

// Values are part of the wire contract (schema/common.fbs ErrorCode) and of the replay format: never renumber.
enum class ErrorCode : std::uint16_t {
  none = 0,
  malformed = 1,
  too_large = 2,
  unsupported_version = 3,
  hello_first = 4,
  unknown_message = 5,
  stale_catalogue = 6,
  overloaded = 7,
  not_supported = 8,
  too_many_parts = 9,
  bad_id = 20,
  duplicate_order = 21,
  duplicate_receipt = 22,
  duplicate_cancel = 23,
  duplicate_ship = 24,
  empty_order = 30,
  too_many_lines = 31,
  unknown_order = 32,
  duplicate_line = 33,
  unknown_sku = 34,
  unknown_line = 35,
  unknown_warehouse = 36,
  bad_quantity = 37,
  quantity_overflow = 38,
  empty_receipt = 39,
  already_loaded = 40,
  catalogue_full = 41,
  bad_code = 42,
  bad_text = 43,
  trimmed = 44,
  too_many_rows = 45,
  fell_behind = 46,
  duplicate_amend = 47,
  bad_amend = 48,
  cannot_raise = 49,
  duplicate_change = 50,
  stale_count = 51,
  not_enough = 52,
  empty_change = 53,
  order_closed = 54,
  duplicate_hold = 60,
  unknown_hold = 61,
  expired = 62,
  hold_ended = 63,
  bad_time = 64,
  duplicate_hold_command = 65,
  bad_policy = 80,
  empty_track = 69,
  duplicate_shipment_command = 70,
  unknown_shipment = 71,
  shipment_open = 72,
  shipment_picked = 73,
  shipment_packed = 74,
  shipment_shipped = 75,
  shipment_delivered = 76,
  superseded = 77,
  picked = 78,
  shipment_empty = 79,
  duplicate_transfer = 90,
  duplicate_transfer_command = 91,
  same_warehouse = 92,
  unknown_transfer = 93,
  transfer_closed = 94,
  not_in_transfer = 95,
  overdrawn = 96,
  not_whole = 97,
  duplicate_purchase = 100,
  duplicate_purchase_command = 101,
  empty_purchase = 102,
  unknown_purchase = 103,
  purchase_closed = 104,
  purchase_draft = 105,
  purchase_approved = 106,
  purchase_sent = 107,
  purchase_received = 108,
  over_tolerance = 109,
  bad_vendor = 110,
  bad_rule = 111,
  unknown_vendor = 112,
  bad_lead_time = 113,
  bad_peg = 114,
  unknown_decision = 115,
  unknown_rule = 116,
};

// The sentence-named value as it stands in answers and decision files, e.g. "unknown_sku".
std::string_view name(ErrorCode code) noexcept;
// One sentence that says what is wrong and what to do.
std::string_view advice(ErrorCode code) noexcept;

struct Error {
  ErrorCode code = ErrorCode::none;
  std::uint32_t row = 0;   // 1-based row or line position that was at fault, 0 when the whole command was
  LineNumber line{};       // the client's line number, where there is one
  std::uint32_t revision = 0;  // superseded: the pick list's present one
};

std::string_view name(OrderStatus status) noexcept;
std::string_view name(Policy policy) noexcept;
std::string_view name(HoldEnd end) noexcept;
std::string_view name(Sourcing sourcing) noexcept;
std::string_view name(ChangeKind kind) noexcept;
std::string_view name(ShipmentStep step) noexcept;   // give_back: "return"
std::string_view name(ShipmentState state) noexcept;
std::string_view name(PurchaseState state) noexcept;
std::string_view name(PurchaseStep step) noexcept;
std::string_view name(RuleKind kind) noexcept;
std::string_view name(RuleMode mode) noexcept;   // auto_po: "auto-po"
// The word that name() gives, read back.
std::optional<Policy> policy_named(std::string_view word) noexcept;
std::optional<Sourcing> sourcing_named(std::string_view word) noexcept;

}  // namespace earmark::engine
