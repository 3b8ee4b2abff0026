// Vendors, reorder rules, and decisions told again, as client/values.hpp has the rest: what a channel says about them and hears.
#pragma once

#include <variant>

#include "client/values_purchases.hpp"

namespace earmark::client {

// ---- Command

// Who sells. A channel that changes one thing of a vendor says the rest as it was: RulesAnswer tells it.
struct Vendor {
  std::string code{}, name{};                 // name: empty: as it is
  std::optional<std::int32_t> lead_days{};    // from order to arrival; none: not known
  std::optional<std::int16_t> cut_off{};      // minute of the day (UTC) up to which lines to it are gathered in one purchase order

  bool operator==(const Vendor&) const = default;
};
// A vendor from whom a SKU can be bought.
struct Source {
  std::string sku{}, vendor{};
  std::optional<std::int32_t> lead_days{};  // of this SKU; none: the vendor's

  bool operator==(const Source&) const = default;
};
// Of one SKU, ordered to one warehouse.
struct ReorderRule {
  std::string sku{}, warehouse{};
  engine::RuleKind kind = engine::RuleKind::reorder_point;
  engine::RuleMode mode = engine::RuleMode::suggest;  // off: there is no rule any more
  std::int64_t point = 0;     // reorder_point, min_max: it orders when the position is at it or below
  std::int64_t quantity = 0;  // reorder_point: ordered, as often as needed; min_max: up to which it orders
  std::int64_t minimum = 0, multiple = 0, maximum = 0;  // of one order; 0: not given
  std::string vendor{};                                 // empty: the SKU's source with the shortest lead time
  std::optional<std::int32_t> lead_days{};              // none: the source's, or the vendor's
  bool pooled = false;                                  // the position is that of all warehouses together

  bool operator==(const ReorderRule&) const = default;
};
// The rule does nothing before then; 0: it does.
struct SnoozedRule {
  std::string sku{}, warehouse{};
  std::int64_t until_us = 0;
};
// Needs no id: what stands already changes nothing. Vendors that sources and rules name and that are not in `vendors` must be known.
struct SetRules {
  std::vector<Vendor> vendors{};
  std::vector<Source> sources{};
  std::vector<ReorderRule> rules{};
  std::vector<SnoozedRule> snoozes{};
};

// ---- Questions

struct RulesQuestion {
  std::string sku{};     // empty: all, and vendors that sell nothing, too
  std::string vendor{};  // empty: any
};
// Commands by the name space of their ids (schema/rule.fbs).
enum class CommandKind : std::uint8_t {
  order = 1, receipt = 2, cancel = 3, ship = 4, hold = 5, purchase = 6, change = 7, hold_command = 10, amend = 11, shipment = 12, transfer = 13,
  transfer_command = 14, purchase_command = 15
};
// For the decision of the command with this id.
struct FindQuestion {
  CommandKind kind = CommandKind::order;
  std::string id{};
};

// ---- Answers

struct ChangedRule {
  ReorderRule rule{};
  std::int64_t snoozed_until_us = 0;  // 0: it is not
};
// What is new or has changed; and the vendors that it names.
struct SetRulesAnswer : Decided {
  std::vector<Vendor> vendors{};
  std::vector<Source> sources{};
  std::vector<ChangedRule> rules{};
};

struct VendorState {
  Vendor vendor{};
  std::uint64_t arrivals = 0;             // rows of receipts that had a promise
  std::int64_t typical_lateness_us = 0;   // by which overdue supply of it is expected later than now
};
struct RuleState {
  ReorderRule rule{};
  std::int64_t position = 0;          // now: available + in transit + open of purchase orders in any state - what waits
  std::int64_t snoozed_until_us = 0;
  bool triggered = false;             // it has, and its position has not been above its point since
  std::string purchase{};             // that it made or added to last; empty: none that is open
  std::uint64_t purchase_lsn = 0;
};
struct RulesAnswer {
  std::uint64_t as_of = 0;
  std::vector<VendorState> vendors{};  // by code
  std::vector<Source> sources{};       // by SKU
  std::vector<RuleState> rules{};      // by SKU and warehouse
};

// The decision as its command was answered, with its fills, marked `duplicate`.
using FoundDecision = std::variant<OrderAnswer, CancelAnswer, ReceiptAnswer, ShipAnswer, AmendAnswer, HoldAnswer, ExtendAnswer, ReleaseAnswer, StockChangeAnswer,
                                   ShipmentMoveAnswer, ShipTransferAnswer, ReceiveTransferAnswer, PlacePurchaseAnswer, MovePurchaseAnswer, ReceivePurchaseAnswer>;
struct FindAnswer {
  FoundDecision decision{};
};

}  // namespace earmark::client
