#include "engine/errors.hpp"

namespace earmark::engine {
namespace {

struct Words {
  ErrorCode code;
  std::string_view name, advice;
};

constexpr Words words[] = {
    {ErrorCode::none, "none", "No error."},
    {ErrorCode::malformed, "malformed", "The bytes are not a message of this schema; check the client's schema version."},
    {ErrorCode::too_large, "too_large", "A frame may have 65,536 bytes of body; send large orders and loads in parts."},
    {ErrorCode::unsupported_version, "unsupported_version", "This server speaks protocol version 1; update the client."},
    {ErrorCode::hello_first, "hello_first", "The first message of a connection must be Hello."},
    {ErrorCode::unknown_message, "unknown_message", "The server does not know this kind of message; see PROTOCOL.md."},
    {ErrorCode::stale_catalogue, "stale_catalogue", "The ids are of another catalogue; resolve the codes again and repeat."},
    {ErrorCode::overloaded, "overloaded", "The server is busy; nothing was done, repeat after the delay."},
    {ErrorCode::not_supported, "not_supported", "This server does not do that yet; see the list of policies in its documentation."},
    {ErrorCode::too_many_parts, "too_many_parts", "Too many unfinished messages in parts on this connection; finish or drop some."},
    {ErrorCode::bad_id, "bad_id", "An id has 1 to 64 bytes."},
    {ErrorCode::duplicate_order, "duplicate_order", "The order id was used for another order; choose a new one."},
    {ErrorCode::duplicate_receipt, "duplicate_receipt", "The receipt id was used for another receipt; choose a new one."},
    {ErrorCode::duplicate_cancel, "duplicate_cancel", "The command id was used for another cancel; choose a new one."},
    {ErrorCode::duplicate_ship, "duplicate_ship", "The command id was used for another ship; choose a new one."},
    {ErrorCode::empty_order, "empty_order", "An order or a hold needs at least one line."},
    {ErrorCode::too_many_lines, "too_many_lines", "At most 4,096 lines or rows in one command, 8,192 in a load; split it."},
    {ErrorCode::unknown_order, "unknown_order", "There is no order with this id."},
    {ErrorCode::duplicate_line, "duplicate_line", "A line number stands twice; number the lines differently."},
    {ErrorCode::unknown_sku, "unknown_sku", "There is no such SKU in the catalogue; load it first."},
    {ErrorCode::unknown_line, "unknown_line", "The order has no line with this number."},
    {ErrorCode::unknown_warehouse, "unknown_warehouse", "There is no such warehouse in the catalogue; load it first."},
    {ErrorCode::bad_quantity, "bad_quantity", "A quantity is a whole number from 1 to 2,147,483,647 (counted: from 0; adjusted: with its sign)."},
    {ErrorCode::quantity_overflow, "quantity_overflow", "A warehouse would hold, or a line would have ordered, more than 2,147,483,647 units."},
    {ErrorCode::empty_receipt, "empty_receipt", "A receipt needs at least one row."},
    {ErrorCode::already_loaded, "already_loaded", "Opening stock is set once per SKU and warehouse; use a receipt or a count."},
    {ErrorCode::catalogue_full, "catalogue_full", "No room for more; restart with a larger --max-skus or --max-warehouses."},
    {ErrorCode::bad_code, "bad_code", "A code of a SKU or warehouse has 1 to 64 bytes and stands once in a load."},
    {ErrorCode::bad_text, "bad_text", "A text field may have 512 bytes of UTF-8."},
    {ErrorCode::trimmed, "trimmed", "The journal no longer begins that early; start at the LSN named."},
    {ErrorCode::too_many_rows, "too_many_rows", "At most 1,024 rows in a snapshot; ask for fewer SKUs."},
    {ErrorCode::duplicate_amend, "duplicate_amend", "The command id was used for another amend; choose a new one."},
    {ErrorCode::bad_amend, "bad_amend", "An amend names a new priority, or lines with the units wanted in all; give one of the two."},
    {ErrorCode::cannot_raise, "cannot_raise",
     "What the line was raised by is not there, or the command lowers others, too, and the order does not wait for it (its policy or a "
     "discontinued SKU): raise less, by a command of its own, or order the units with a new order."},
    {ErrorCode::order_closed, "order_closed", "Everything of the order has shipped or was cancelled; order the additional units with a new order."},
    {ErrorCode::fell_behind, "fell_behind", "This subscriber took its events too slowly; subscribe again from the LSN named."},
    {ErrorCode::duplicate_change, "duplicate_change", "The id was used for another stock change; choose a new one."},
    {ErrorCode::stale_count, "stale_count", "The on hand is not the one the count started from; look again and count again."},
    {ErrorCode::not_enough, "not_enough", "There are fewer units of that kind than the row takes; look at the stock again."},
    {ErrorCode::empty_change, "empty_change", "A stock change or a transfer needs at least one row."},
    {ErrorCode::duplicate_hold, "duplicate_hold", "The hold id was used for another hold; choose a new one."},
    {ErrorCode::unknown_hold, "unknown_hold", "There is no hold with this id."},
    {ErrorCode::expired, "expired", "The hold's deadline has passed; hold anew, or confirm with reacquire, naming the lines."},
    {ErrorCode::hold_ended, "hold_ended", "The hold was confirmed, released or refused before and holds nothing; hold anew."},
    {ErrorCode::bad_time, "bad_time", "A hold lasts from 1 millisecond to 24 hours; cancel_after must be later than now and than reserve_not_before, which must have passed when a hold is confirmed."},
    {ErrorCode::duplicate_hold_command, "duplicate_hold_command", "The command id was used for another extend or release; choose a new one."},
    {ErrorCode::bad_policy, "bad_policy",
     "A line may have ship_partial, line_complete, fill_and_cancel or fill_or_kill of its own, if its order has none that speaks for all "
     "lines (ship_complete, fill_or_kill) and is no hold; with a reserve_not_before ahead all policies must be such that wait."},
    {ErrorCode::empty_track, "empty_track", "Tracking names a carrier, a tracking number or an expected delivery; give one of them."},
    {ErrorCode::duplicate_shipment_command, "duplicate_shipment_command", "The command id was used for another step of a shipment; choose a new one."},
    {ErrorCode::unknown_shipment, "unknown_shipment", "The order has no shipment with this number; show the order."},
    {ErrorCode::shipment_open, "shipment_open", "The shipment is open; pick it first."},
    {ErrorCode::shipment_picked, "shipment_picked", "The shipment is picked; pack it, or put it back."},
    {ErrorCode::shipment_packed, "shipment_packed", "The shipment is packed; ship it, or put it back."},
    {ErrorCode::shipment_shipped, "shipment_shipped", "The shipment has shipped; it can be delivered or returned."},
    {ErrorCode::shipment_delivered, "shipment_delivered", "The shipment was delivered; it can be returned."},
    {ErrorCode::superseded, "superseded", "The pick list has another revision by now; print it again and pick by that."},
    {ErrorCode::picked, "picked", "Units of the line are picked; put the shipment back first."},
    {ErrorCode::shipment_empty, "shipment_empty", "Nothing is reserved in the shipment; show the order."},
    {ErrorCode::duplicate_transfer, "duplicate_transfer", "The transfer id was used for another transfer; choose a new one."},
    {ErrorCode::duplicate_transfer_command, "duplicate_transfer_command", "The command id was used for another arrival of a transfer; choose a new one."},
    {ErrorCode::same_warehouse, "same_warehouse", "A transfer goes from one warehouse to another; name two."},
    {ErrorCode::unknown_transfer, "unknown_transfer", "There is no transfer with this id; list the open ones."},
    {ErrorCode::transfer_closed, "transfer_closed", "The transfer is closed; take what arrives now as a receipt."},
    {ErrorCode::not_in_transfer, "not_in_transfer", "The transfer has no units of this SKU; take them as a receipt."},
    {ErrorCode::overdrawn, "overdrawn", "Fewer units are there than are picked; count again or receive first."},
    {ErrorCode::not_whole, "not_whole", "Its units are set aside until all that the order wants together is there; receive the rest, or cancel what is missing."},
    {ErrorCode::duplicate_purchase, "duplicate_purchase", "The purchase order's id was used for another one; choose a new one."},
    {ErrorCode::duplicate_purchase_command, "duplicate_purchase_command", "The command id was used for another step of a purchase order; choose a new one."},
    {ErrorCode::empty_purchase, "empty_purchase", "A purchase order needs at least one line."},
    {ErrorCode::unknown_purchase, "unknown_purchase", "There is no purchase order with this id; list the open ones."},
    {ErrorCode::purchase_closed, "purchase_closed", "The purchase order is received, closed or cancelled; take what arrives now as a receipt without one."},
    {ErrorCode::purchase_draft, "purchase_draft", "The purchase order is a draft; approve it first."},
    {ErrorCode::purchase_approved, "purchase_approved", "The purchase order was approved before."},
    {ErrorCode::purchase_sent, "purchase_sent", "The purchase order was sent before."},
    {ErrorCode::purchase_received, "purchase_received", "Units of the purchase order have arrived; close it instead."},
    {ErrorCode::over_tolerance, "over_tolerance", "More than a tenth above what was ordered; check the delivery, then accept it or send the rest back."},
    {ErrorCode::bad_vendor, "bad_vendor", "A vendor is named by a code of 1 to 64 bytes, once in a command."},
    {ErrorCode::bad_rule, "bad_rule", "The rule would order for ever or nothing: order at least 1, up to more than the point, a maximum not below minimum and multiple."},
    {ErrorCode::unknown_vendor, "unknown_vendor", "There is no such vendor, or none sells this SKU; set the vendor and its SKU first."},
    {ErrorCode::bad_lead_time, "bad_lead_time", "A lead time is 0 to 3,650 days, a cut-off a minute of the day, a snooze ends between now and the year 9999."},
    {ErrorCode::bad_peg, "bad_peg", "A line of a purchase order can be pegged once, to a line that waits, of its SKU and warehouse, whose order takes what is there."},
    {ErrorCode::unknown_decision, "unknown_decision", "No command with this id was decided, or it was so long ago that its id is forgotten."},
    {ErrorCode::unknown_rule, "unknown_rule", "There is no reorder rule for this SKU and warehouse; list the rules."},
};

}  // namespace

std::string_view name(ErrorCode code) noexcept {
  for (const Words& entry : words) {
    if (entry.code == code) return entry.name;
  }
  return "unknown_error";
}

std::string_view advice(ErrorCode code) noexcept {
  for (const Words& entry : words) {
    if (entry.code == code) return entry.advice;
  }
  return "The server and this program have different versions; update the older one.";
}

std::string_view name(OrderStatus status) noexcept {
  constexpr std::string_view names[] = {"reserved", "split", "backordered", "refused", "cancelled", "reduced"};
  return static_cast<std::size_t>(status) < std::size(names) ? names[static_cast<std::size_t>(status)] : "unknown";
}

std::string_view name(Policy policy) noexcept {
  constexpr std::string_view names[] = {"ship_partial", "line_complete", "ship_complete", "fill_or_kill", "fill_and_cancel"};
  return static_cast<std::size_t>(policy) < std::size(names) ? names[static_cast<std::size_t>(policy)] : "unknown";
}

std::string_view name(HoldEnd end) noexcept {
  constexpr std::string_view names[] = {"open", "released", "expired", "confirmed", "refused"};
  return static_cast<std::size_t>(end) < std::size(names) ? names[static_cast<std::size_t>(end)] : "unknown";
}

std::string_view name(Sourcing sourcing) noexcept {
  constexpr std::string_view names[] = {"server_default", "priority", "single_source", "fewest_splits", "highest_stock"};
  return static_cast<std::size_t>(sourcing) < std::size(names) ? names[static_cast<std::size_t>(sourcing)] : "unknown";
}

std::string_view name(ChangeKind kind) noexcept {
  constexpr std::string_view names[] = {"count", "adjust", "quarantine", "restore", "scrap", "short_pick"};
  return static_cast<std::size_t>(kind) < std::size(names) ? names[static_cast<std::size_t>(kind)] : "unknown";
}

std::string_view name(ShipmentStep step) noexcept {
  constexpr std::string_view names[] = {"unknown", "pick", "pack", "ship", "deliver", "put_back", "track", "return"};
  return static_cast<std::size_t>(step) < std::size(names) ? names[static_cast<std::size_t>(step)] : "unknown";
}

std::string_view name(ShipmentState state) noexcept {
  constexpr std::string_view names[] = {"open", "picked", "packed", "shipped", "delivered"};
  return static_cast<std::size_t>(state) < std::size(names) ? names[static_cast<std::size_t>(state)] : "unknown";
}

std::string_view name(PurchaseState state) noexcept {
  constexpr std::string_view names[] = {"unknown", "draft", "approved", "sent", "acknowledged", "partly_received", "received", "closed", "cancelled", "suggested"};
  return static_cast<std::size_t>(state) < std::size(names) ? names[static_cast<std::size_t>(state)] : "unknown";
}

std::string_view name(PurchaseStep step) noexcept {
  constexpr std::string_view names[] = {"unknown", "approve", "send", "acknowledge", "close", "cancel", "adopt"};
  return static_cast<std::size_t>(step) < std::size(names) ? names[static_cast<std::size_t>(step)] : "unknown";
}

std::string_view name(RuleKind kind) noexcept {
  constexpr std::string_view names[] = {"unknown", "reorder_point", "min_max", "lot_for_lot"};
  return static_cast<std::size_t>(kind) < std::size(names) ? names[static_cast<std::size_t>(kind)] : "unknown";
}

std::string_view name(RuleMode mode) noexcept {
  constexpr std::string_view names[] = {"off", "alert", "suggest", "auto-po"};
  return static_cast<std::size_t>(mode) < std::size(names) ? names[static_cast<std::size_t>(mode)] : "unknown";
}

namespace {

template <class Enum>
std::optional<Enum> named(std::string_view word, Enum last) noexcept {
  for (int value = 0; value <= static_cast<int>(last); ++value) {
    if (name(static_cast<Enum>(value)) == word) return static_cast<Enum>(value);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Policy> policy_named(std::string_view word) noexcept { return named(word, Policy::fill_and_cancel); }
std::optional<Sourcing> sourcing_named(std::string_view word) noexcept { return named(word, Sourcing::highest_stock); }

}  // namespace earmark::engine
