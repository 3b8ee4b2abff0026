// Commands that own their text and rows, for histories that outlive a frame: made by tables (story.hpp) and by the
// random generator, given to the twin and to the real engine through views.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/command.hpp"
#include "tests/model/twin.hpp"

namespace earmark::model {

struct OrderCommand {
  std::string id;
  engine::Priority priority{100};
  engine::Policy policy = engine::Policy::ship_partial;
  engine::Sourcing sourcing = engine::Sourcing::server_default;
  engine::WarehouseId preferred{};
  engine::TimeUs placed_at{}, need_by{}, reserve_not_before{}, cancel_after{};
  OwnedTexts texts;
  std::vector<engine::OrderLine> lines{};

  engine::PlaceOrder view() const;
};

struct ReceiptCommand {
  std::string id;
  std::vector<engine::StockRow> rows{};

  engine::ReceiveStock view() const { return {id, rows}; }
};

struct CancelCommand {
  std::string command_id, order_id;
  std::vector<engine::CancelRow> rows{};

  engine::CancelOrder view() const { return {command_id, order_id, rows}; }
};

struct ShipCommand {
  std::string command_id, order_id;

  engine::ShipOrder view() const { return {command_id, order_id}; }
};

struct MoveCommand {
  std::string command_id, order_id;
  std::uint16_t shipment = 0;
  engine::ShipmentStep step = engine::ShipmentStep::pick;
  std::uint32_t revision = 0;
  std::vector<engine::CancelRow> rows{};
  std::string carrier{}, tracking{};
  engine::TimeUs expected{};
  bool to_unavailable = false;
  std::string reason{};

  engine::MoveShipment view() const {
    return {command_id, order_id, shipment, step, revision, rows, carrier, tracking, expected, to_unavailable, reason};
  }
};

struct AmendCommand {
  std::string command_id, order_id;
  std::optional<engine::Priority> priority{};
  std::vector<engine::CancelRow> rows{};

  engine::AmendOrder view() const { return {command_id, order_id, priority, rows}; }
};

struct HoldCommand {
  std::string id, customer{};
  bool partial = false;
  std::int64_t ttl_us = 0;
  engine::WarehouseId preferred{};
  engine::Sourcing sourcing = engine::Sourcing::server_default;
  std::vector<engine::OrderLine> lines{};

  engine::PlaceHold view() const { return {id, customer, partial, ttl_us, preferred, sourcing, lines}; }
};

struct ExtendCommand {
  std::string command_id, hold_id;
  std::int64_t ttl_us = 0;

  engine::ExtendHold view() const { return {command_id, hold_id, ttl_us}; }
};

struct ConfirmCommand {
  std::string hold_id;
  bool reacquire = false;
  OrderCommand order{};

  engine::ConfirmHold view() const { return {hold_id, reacquire, order.view()}; }
};

struct ReleaseCommand {
  std::string command_id, hold_id;

  engine::ReleaseHold view() const { return {command_id, hold_id}; }
};

struct LoadCommand {
  std::vector<Warehouse> warehouses{};
  std::vector<Product> products{};
  std::vector<engine::OpeningStockEntry> stock{};

  // A view needs rows of views; they live here.
  struct Rows {
    std::vector<engine::WarehouseEntry> warehouses{};
    std::vector<engine::ProductEntry> products{};
    std::vector<engine::OpeningStockEntry> stock{};

    engine::LoadCatalogue view() const { return {warehouses, products, stock}; }
  };
  Rows rows() const;  // its text is this command's
};

struct ChangeCommand {
  std::string id;
  engine::ChangeKind kind{};
  std::string reason;
  std::vector<engine::ChangeRow> rows{};

  engine::ChangeStock view() const { return {id, kind, reason, rows}; }
};

struct ShipTransferCommand {
  std::string id;
  engine::WarehouseId source{}, destination{};
  engine::TimeUs expected{};
  std::string reason{};
  std::vector<engine::TransferRow> rows{};

  engine::ShipTransfer view() const { return {id, source, destination, expected, reason, rows}; }
};

struct ReceiveTransferCommand {
  std::string command_id, transfer_id;
  bool close = false;
  std::vector<engine::ArrivalRow> rows{};

  engine::ReceiveTransfer view() const { return {command_id, transfer_id, close, rows}; }
};

struct PlacePurchaseCommand {
  std::string id, vendor, reference{}, notes{};
  engine::PurchaseState state = engine::PurchaseState::draft;
  std::vector<engine::PurchaseLine> lines{};
  std::vector<engine::PegRow> pegs{};
  std::vector<std::string> peg_orders{};
  mutable std::vector<std::string_view> views{};  // of `peg_orders`, as view() saw them last

  engine::PlacePurchase view() const;
};

struct MovePurchaseCommand {
  std::string command_id, purchase_id;
  engine::PurchaseStep step = engine::PurchaseStep::approve;
  std::string reference{};
  std::vector<engine::PurchaseRow> rows{};

  engine::MovePurchase view() const { return {command_id, purchase_id, step, reference, rows}; }
};

struct ReceivePurchaseCommand {
  std::string id, purchase_id;
  bool accept_over = false;
  std::vector<engine::PurchaseArrival> rows{};

  engine::ReceivePurchase view() const { return {id, purchase_id, accept_over, rows}; }
};

struct VendorEntry {
  std::string code, name{};
  std::int32_t lead_days = -1;
  std::int16_t cut_off = -1;
  bool only_named = false;
};

struct SetRulesCommand {
  std::vector<VendorEntry> vendors{};
  std::vector<engine::SourceRow> sources{};
  std::vector<engine::RuleRow> rules{};
  std::vector<engine::SnoozeRow> snoozes{};

  // A view needs rows of views; they live here.
  struct Rows {
    std::vector<engine::VendorEntry> vendors{};
    const SetRulesCommand& of;

    engine::SetRules view() const { return {vendors, of.sources, of.rules, of.snoozes}; }
  };
  Rows rows() const;  // its text is this command's
};

using Command = std::variant<LoadCommand, OrderCommand, ReceiptCommand, CancelCommand, ShipCommand, AmendCommand, ChangeCommand, HoldCommand, ExtendCommand,
                             ConfirmCommand, ReleaseCommand, MoveCommand, ShipTransferCommand, ReceiveTransferCommand, PlacePurchaseCommand, MovePurchaseCommand, ReceivePurchaseCommand,
                             SetRulesCommand>;

// The order that the command asks for, if it does.
inline OrderCommand* order_of(Command& command) {
  if (auto* order = std::get_if<OrderCommand>(&command)) return order;
  auto* confirm = std::get_if<ConfirmCommand>(&command);
  return confirm == nullptr ? nullptr : &confirm->order;
}
inline const OrderCommand* order_of(const Command& command) { return order_of(const_cast<Command&>(command)); }

// Purchase orders that rules made have ids that are known once they are made: "suggestion-2" stands for the third newest that is open, if there are so many.
Command with_suggestions(Command command, const State& state);
// One line of text with everything that the command says.
std::string describe(const Command& command);
// A hash of that content, for tests without the schema's own.
std::uint64_t content_of(const Command& command);
Answer apply(Twin& twin, const Command& command, std::uint64_t content, engine::TimeUs now);

}  // namespace earmark::model
