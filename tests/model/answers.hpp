// What the twin answers, as values that own their text and rows. Each gives an engine decision as a view, so that a
// test compares describe(twin's view) with describe(decision decoded from the server's event).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/decision.hpp"
#include "engine/errors.hpp"
#include "engine/types.hpp"
#include "tests/model/answers_rules.hpp"

namespace earmark::model {

struct OwnedTexts {
  std::string customer, channel, ship_to, contact, reference, notes;

  static OwnedTexts of(const engine::OrderTexts& texts);
  engine::OrderTexts view() const;
};

// Units that came free in one cell by the end of a hold; `row`: the first line of the hold that gave some of this SKU.
struct CameFree {
  std::uint32_t row = 0;
  engine::SkuId sku{};
  engine::WarehouseId warehouse{};
  engine::Quantity units = 0;
};

// Who was passed over; lsn 0: nobody was.
struct SkipAnswer {
  engine::Lsn order_lsn{};
  engine::LineNumber line{};
  std::string order{};

  engine::Skip view() const { return {order_lsn, line, order}; }
};

struct OrderAnswer {
  std::string id;
  std::uint64_t content = 0;
  engine::OrderStatus status = engine::OrderStatus::reserved;
  engine::Policy policy = engine::Policy::ship_partial;
  engine::Priority priority{};
  engine::Sourcing sourcing = engine::Sourcing::server_default;
  engine::WarehouseId preferred{};
  engine::TimeUs placed_at{}, need_by{}, reserve_not_before{}, cancel_after{};
  OwnedTexts texts;
  std::vector<engine::LineDecision> lines{};
  std::vector<engine::Take> takes{};
  std::vector<engine::LineWait> waits{};
  std::vector<engine::ExpectedUnits> expected{}, fallbacks{};
  bool fills_follow = false;
  std::string hold{};
  bool reacquired = false;
  std::vector<engine::ReceivedRow> returned{};
  std::vector<engine::LinePolicy> line_policies{};
  std::vector<std::uint32_t> not_backorderable{};
  bool not_due = false;
  SkipAnswer skipped{};
  // By line: what it had in the hold's cells. Not part of the record.
  std::map<std::pair<std::uint32_t, engine::WarehouseId>, engine::Quantity> from_hold{};
  std::vector<CameFree> came_free{};

  engine::OrderDecision view() const;
};

struct HoldAnswer {
  std::string id, customer;
  std::uint64_t content = 0;
  engine::OrderStatus status = engine::OrderStatus::reserved;
  bool partial = false;
  engine::TimeUs deadline{};
  std::vector<engine::LineDecision> lines{};
  std::vector<engine::Take> takes{};

  engine::HoldDecision view() const;
};

struct HoldExtendAnswer {
  std::string command_id, hold_id, customer;
  std::uint64_t content = 0;
  engine::TimeUs deadline{};
  bool cut = false;

  engine::HoldExtendDecision view() const;
};

struct HoldEndAnswer {
  std::string command_id, hold_id, customer;
  std::uint64_t content = 0;
  engine::HoldEnd how = engine::HoldEnd::released;
  bool fills_follow = false;
  std::vector<engine::ReleasedLine> lines{};
  std::vector<engine::Take> released{};
  std::vector<CameFree> came_free{};  // not part of the record

  engine::HoldEndDecision view() const;
};

struct FillAnswer {
  engine::Stamp stamp;
  std::string order_id;
  engine::Lsn order_lsn{};
  std::uint32_t line_index = 0;  // position in the order; not part of the engine's record
  engine::Lsn raised_at{};
  engine::LineNumber line{};
  engine::SkuId sku{};
  std::uint32_t row = 0;
  engine::Quantity still_waiting = 0;
  bool last = false;
  std::vector<engine::Take> takes{};
  SkipAnswer skipped{};
  bool pegged = false;
  bool strict = false;  // whoever is filled; not part of the record

  engine::FillDecision view() const;
};

struct ReceiptAnswer {
  std::string id;
  std::uint64_t content = 0;
  bool fills_follow = false;
  std::vector<engine::ReceivedRow> rows{};

  engine::ReceiptDecision view() const;
};

struct CancelAnswer {
  std::string command_id, order_id;
  std::uint64_t content = 0;
  bool whole = false;
  bool fills_follow = false;
  std::vector<engine::CancelledLine> lines{};
  std::vector<engine::Take> released{};

  engine::CancelDecision view() const;
};

struct AmendAnswer {
  std::string command_id, order_id;  // without a command: the order has become due
  std::uint64_t content = 0;
  std::optional<engine::Priority> priority{};
  bool fills_follow = false;
  std::vector<engine::CancelledLine> lines{};
  std::vector<engine::Take> released{};
  std::vector<engine::RaisedLine> raised{};

  engine::AmendDecision view() const;
};

struct ShipAnswer {
  std::string command_id, order_id;
  std::uint64_t content = 0;
  std::vector<engine::ShippedLine> lines{};
  std::vector<engine::Take> shipped{};

  engine::ShipDecision view() const;
};

struct LoadAnswer {
  bool fills_follow = false;
  std::vector<engine::LoadedWarehouse> warehouses{};  // their text is in `texts`, shared by copies
  std::vector<engine::LoadedProduct> products{};
  std::vector<engine::ReceivedRow> stock{};
  std::shared_ptr<std::deque<std::string>> texts;

  engine::LoadDecision view() const;
};

struct StockChangeAnswer {
  std::string id;
  std::uint64_t content = 0;
  engine::ChangeKind kind{};
  std::string reason;
  bool fills_follow = false;
  std::vector<engine::ChangedRow> rows{};
  std::vector<engine::LostUnits> lost{};
  std::vector<std::string_view> orders{}, customers{};  // their text is in `texts`, shared by copies
  std::vector<std::uint32_t> of_holds{}, overdrawn{};
  std::shared_ptr<std::deque<std::string>> texts;

  engine::StockChangeDecision view() const;
  bool of_hold(const engine::LostUnits& one) const { return view().of_hold(static_cast<std::size_t>(&one - lost.data())); }
};

struct StrictAnswer {
  std::string order_id, customer;
  engine::Lsn order_lsn{};
  engine::LineNumber line{};
  bool waited = false;
  bool fills_follow = false;
  std::vector<engine::ReceivedRow> freed{};
  std::vector<engine::LostUnits> lost{};
  std::vector<std::string_view> orders{}, customers{};  // as in StockChangeAnswer
  std::shared_ptr<std::deque<std::string>> texts;
  std::vector<engine::SkuId> served{};  // by row of the fills; not part of the record

  engine::StrictDecision view() const;
};

// Its position among those that lose by a decision, named once each.
template <class Decision>
std::uint32_t name_loser(engine::Lsn lsn, const std::string& id, const std::string& customer, Decision& decision) {
  for (const engine::LostUnits& lost : decision.lost) {
    if (lost.order_lsn == lsn) return lost.order;
  }
  decision.orders.push_back(decision.texts->emplace_back(id));
  decision.customers.push_back(decision.texts->emplace_back(customer));
  return static_cast<std::uint32_t>(decision.orders.size() - 1);
}

struct ShipmentAnswer {
  std::string command_id, order_id, customer;
  std::uint64_t content = 0;
  std::uint16_t shipment = 0;
  engine::WarehouseId warehouse{};
  engine::ShipmentStep step{};
  std::uint32_t revision = 1;
  std::uint16_t rest_shipment = 0;
  std::string carrier{}, tracking{};
  engine::TimeUs expected{};
  bool to_unavailable = false;
  std::string reason{};
  bool fills_follow = false;
  std::vector<engine::MovedLine> lines{};

  engine::ShipmentDecision view() const;
};

struct TransferShipAnswer {
  std::string id;
  std::uint64_t content = 0;
  engine::WarehouseId source{}, destination{};
  engine::TimeUs expected{};
  std::string reason{};
  std::vector<engine::TransferredRow> rows{};

  engine::TransferShipDecision view() const;
};

struct TransferReceiptAnswer {
  std::string command_id, transfer_id;
  engine::Lsn transfer_lsn{};
  std::uint64_t content = 0;
  engine::WarehouseId source{}, destination{};
  bool closed = false;
  bool fills_follow = false;
  std::vector<engine::ArrivedRow> rows{};
  std::vector<engine::MissingUnits> missing{};

  engine::TransferReceiptDecision view() const;
};

struct PurchaseAnswer {
  std::string id, vendor, reference, notes;
  std::uint64_t content = 0;
  engine::PurchaseState state = engine::PurchaseState::draft;
  std::vector<engine::PurchasedLine> lines{};
  std::vector<engine::PurchasePeg> pegs{};
  std::vector<std::string_view> peg_orders{};  // their text is in `texts`, shared by copies
  std::vector<engine::TimeUs> estimates{};
  std::shared_ptr<std::deque<std::string>> texts{};

  engine::PurchaseDecision view() const;
};

struct PurchaseStepAnswer {
  std::string command_id, purchase_id, vendor;
  engine::Lsn purchase_lsn{};
  std::uint64_t content = 0;
  engine::PurchaseStep step{};
  engine::PurchaseState state{};
  std::string reference{};
  std::vector<engine::PurchaseChange> changes{};
  std::vector<engine::TimeUs> estimates{};

  engine::PurchaseStepDecision view() const;
};

struct PurchaseReceiptAnswer {
  std::string id, purchase_id, vendor;
  engine::Lsn purchase_lsn{};
  std::uint64_t content = 0;
  engine::PurchaseState state{};
  bool fills_follow = false;
  std::vector<engine::PurchaseArrivedRow> rows{};

  engine::PurchaseReceiptDecision view() const;
};

struct OverdueAnswer {
  bool transfer = false;
  std::string id, vendor;
  engine::Lsn lsn{};
  engine::TimeUs expected{};
  std::vector<engine::OverdueLine> lines{};

  engine::OverdueDecision view() const { return {transfer, id, lsn, vendor, expected, lines}; }
};

struct DatesAnswer {
  std::vector<engine::MovedDate> lines{};
  std::vector<std::string_view> orders{}, customers{};  // as in StockChangeAnswer
  std::shared_ptr<std::deque<std::string>> texts;

  engine::DatesDecision view() const { return {lines, orders, customers}; }
};

// One command's answer: an error, or a decision (new or repeated) with the fills that it caused, in order.
struct Answer {
  engine::Error error;   // code none: decided
  engine::Lsn as_of{};   // of an error: the LSN it was judged at
  bool duplicate = false;
  engine::Stamp stamp;
  std::variant<std::monostate, OrderAnswer, ReceiptAnswer, CancelAnswer, ShipAnswer, LoadAnswer, AmendAnswer, StockChangeAnswer,
               HoldAnswer, HoldExtendAnswer, HoldEndAnswer, ShipmentAnswer, TransferShipAnswer, TransferReceiptAnswer, StrictAnswer,
               PurchaseAnswer, PurchaseStepAnswer, PurchaseReceiptAnswer, OverdueAnswer, DatesAnswer, RulesAnswer, ReorderAnswer> decision;
  // Behind a short pick: what was missing.
  engine::Stamp missing_stamp{};
  std::optional<StockChangeAnswer> missing{};
  std::vector<FillAnswer> fills{};

  bool decided() const { return error.code == engine::ErrorCode::none; }
  template <class T>
  const T& as() const { return std::get<T>(decision); }
};

// One line of text with everything that a record says but its time, which the journal may raise. Equal text, equal decision.
std::string describe(const engine::Stamp& stamp, const engine::OrderDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::ReceiptDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::FillDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::CancelDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::ShipDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::AmendDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::LoadDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::StockChangeDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::HoldDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::HoldExtendDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::HoldEndDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::ShipmentDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::TransferShipDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::TransferReceiptDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::StrictDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::PurchaseDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::PurchaseStepDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::PurchaseReceiptDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::OverdueDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::DatesDecision& decision);
std::string describe(const engine::Error& error);
// The decision (or error), then each fill, a line of text each.
std::string describe(const Answer& answer);

}  // namespace earmark::model
