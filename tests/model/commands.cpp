#include "tests/model/commands.hpp"

#include <sstream>

namespace earmark::model {
namespace {

void write(std::ostream& out, const LoadCommand& command) {
  out << "load";
  for (const Warehouse& entry : command.warehouses) {
    out << "; warehouse '" << entry.code << "' '" << entry.name << "' priority " << entry.priority;
  }
  for (const Product& entry : command.products) {
    out << "; sku '" << entry.code << "' '" << entry.description << "'";
    if (entry.backorderable) out << (*entry.backorderable ? " backorderable" : " not backorderable");
  }
  for (const engine::OpeningStockEntry& entry : command.stock) {
    out << "; stock of " << entry.product << " in " << entry.warehouse << ": " << entry.on_hand;
  }
}

void write(std::ostream& out, const std::vector<engine::OrderLine>& lines) {
  for (const engine::OrderLine& line : lines) {
    out << "; line " << line.line.value << " sku " << line.sku.value << " x " << line.quantity << " pinned " << line.pinned.value;
    if (line.policy.own()) out << " policy " << +line.policy.code;
  }
}

void write(std::ostream& out, const OrderCommand& command) {
  out << "order '" << command.id << "' " << name(command.policy) << ' ' << name(command.sourcing) << " priority "
      << +command.priority.value << " preferred " << command.preferred.value << " times " << command.placed_at.value << ' '
      << command.need_by.value << ' ' << command.reserve_not_before.value << ' ' << command.cancel_after.value;
  const OwnedTexts& texts = command.texts;
  for (const auto* text : {&texts.customer, &texts.channel, &texts.ship_to, &texts.contact, &texts.reference, &texts.notes}) {
    out << " '" << *text << "'";
  }
  write(out, command.lines);
}

void write(std::ostream& out, const ReceiptCommand& command) {
  out << "receive '" << command.id << "'";
  for (const engine::StockRow& row : command.rows) {
    out << "; sku " << row.sku.value << " in " << row.warehouse.value << " + " << row.quantity;
  }
}

void write(std::ostream& out, const CancelCommand& command) {
  out << "cancel '" << command.command_id << "' of '" << command.order_id << "'";
  for (const engine::CancelRow& row : command.rows) out << "; line " << row.line.value << " x " << row.quantity;
}

void write(std::ostream& out, const ShipCommand& command) {
  out << "ship '" << command.command_id << "' of '" << command.order_id << "'";
}

void write(std::ostream& out, const AmendCommand& command) {
  out << "amend '" << command.command_id << "' of '" << command.order_id << "'";
  if (command.priority) out << " priority " << +command.priority->value;
  for (const engine::CancelRow& row : command.rows) out << "; line " << row.line.value << " to " << row.quantity;
}

void write(std::ostream& out, const ChangeCommand& command) {
  out << name(command.kind) << " '" << command.id << "' '" << command.reason << "'";
  for (const engine::ChangeRow& row : command.rows) {
    out << "; sku " << row.sku.value << " in " << row.warehouse.value << " x " << row.quantity << " expected " << row.expected;
  }
}

void write(std::ostream& out, const HoldCommand& command) {
  out << "hold '" << command.id << "' '" << command.customer << "' partial " << command.partial << " for " << command.ttl_us << " us "
      << name(command.sourcing) << " preferred " << command.preferred.value;
  write(out, command.lines);
}

void write(std::ostream& out, const ExtendCommand& command) {
  out << "extend '" << command.command_id << "' of '" << command.hold_id << "' for " << command.ttl_us << " us";
}

void write(std::ostream& out, const ConfirmCommand& command) {
  out << "confirm '" << command.hold_id << "' reacquire " << command.reacquire << " as ";
  write(out, command.order);
}

void write(std::ostream& out, const ReleaseCommand& command) {
  out << "release '" << command.command_id << "' of '" << command.hold_id << "'";
}

void write(std::ostream& out, const MoveCommand& command) {
  out << name(command.step) << " '" << command.command_id << "' of '" << command.order_id << "'-" << command.shipment << " revision "
      << command.revision << " '" << command.carrier << "' '" << command.tracking << "' " << command.expected.value << " unavailable "
      << command.to_unavailable << " '" << command.reason << "'";
  for (const engine::CancelRow& row : command.rows) out << "; line " << row.line.value << " x " << row.quantity;
}

void write(std::ostream& out, const ShipTransferCommand& command) {
  out << "ship transfer '" << command.id << "' from " << command.source.value << " to " << command.destination.value << " expected "
      << command.expected.value << " '" << command.reason << "'";
  for (const engine::TransferRow& row : command.rows) out << "; sku " << row.sku.value << " x " << row.quantity;
}

void write(std::ostream& out, const ReceiveTransferCommand& command) {
  out << "receive transfer '" << command.command_id << "' of '" << command.transfer_id << "' close " << command.close;
  for (const engine::ArrivalRow& row : command.rows) out << "; sku " << row.sku.value << " + " << row.quantity << " damaged " << row.damaged;
}

void write(std::ostream& out, const PlacePurchaseCommand& command) {
  out << "purchase '" << command.id << "' of '" << command.vendor << "' " << name(command.state) << " '" << command.reference << "' '"
      << command.notes << "'";
  for (const engine::PurchaseLine& line : command.lines) {
    out << "; line " << line.line.value << " sku " << line.sku.value << " x " << line.quantity << " to " << line.warehouse.value << " promised "
        << line.promised.value;
  }
  for (const engine::PegRow& peg : command.pegs) out << "; peg " << peg.line.value << " to line " << peg.order_line.value << " of " << peg.order;
  for (const std::string& order : command.peg_orders) out << " '" << order << "'";
}

void write(std::ostream& out, const MovePurchaseCommand& command) {
  out << name(command.step) << " purchase '" << command.command_id << "' of '" << command.purchase_id << "' '" << command.reference << "'";
  for (const engine::PurchaseRow& row : command.rows) out << "; line " << row.line.value << " to " << row.quantity << " promised " << row.promised.value;
}

void write(std::ostream& out, const ReceivePurchaseCommand& command) {
  out << "receive purchase '" << command.id << "' of '" << command.purchase_id << "' accept over " << command.accept_over;
  for (const engine::PurchaseArrival& row : command.rows) out << "; line " << row.line.value << " + " << row.quantity << " damaged " << row.damaged;
}

void write(std::ostream& out, const SetRulesCommand& command) {
  out << "rules";
  for (const VendorEntry& entry : command.vendors) {
    out << "; vendor '" << entry.code << "' '" << entry.name << "' " << entry.lead_days << " days, cut-off " << entry.cut_off << " only named " << entry.only_named;
  }
  for (const engine::SourceRow& row : command.sources) out << "; sku " << row.sku.value << " of vendor " << row.vendor << ' ' << row.lead_days << " days";
  for (const engine::RuleRow& row : command.rules) {
    out << "; sku " << row.sku.value << " in " << row.warehouse.value << ' ' << name(row.kind) << ' ' << name(row.mode) << " pooled " << +row.pooled << " point "
        << row.point << " quantity " << row.quantity << " minimum " << row.minimum << " multiple " << row.multiple << " maximum " << row.maximum
        << " of vendor " << row.vendor << ' ' << row.lead_days << " days";
  }
  for (const engine::SnoozeRow& row : command.snoozes) out << "; snooze sku " << row.sku.value << " in " << row.warehouse.value << " until " << row.until.value;
}

struct Applied {
  Twin& twin;
  std::uint64_t content;
  engine::TimeUs now;

  Answer operator()(const LoadCommand& command) const { return twin.load(command.rows().view(), now); }
  Answer operator()(const OrderCommand& command) const { return twin.place(command.view(), content, now); }
  Answer operator()(const ReceiptCommand& command) const { return twin.receive(command.view(), content, now); }
  Answer operator()(const CancelCommand& command) const { return twin.cancel(command.view(), content, now); }
  Answer operator()(const ShipCommand& command) const { return twin.ship(command.view(), content, now); }
  Answer operator()(const AmendCommand& command) const { return twin.amend(command.view(), content, now); }
  Answer operator()(const ChangeCommand& command) const { return twin.change(command.view(), content, now); }
  Answer operator()(const HoldCommand& command) const { return twin.hold(command.view(), content, now); }
  Answer operator()(const ExtendCommand& command) const { return twin.extend(command.view(), content, now); }
  Answer operator()(const ConfirmCommand& command) const { return twin.confirm(command.view(), content, now); }
  Answer operator()(const ReleaseCommand& command) const { return twin.release(command.view(), content, now); }
  Answer operator()(const MoveCommand& command) const { return twin.move(command.view(), content, now); }
  Answer operator()(const ShipTransferCommand& command) const { return twin.ship_transfer(command.view(), content, now); }
  Answer operator()(const ReceiveTransferCommand& command) const { return twin.receive_transfer(command.view(), content, now); }
  Answer operator()(const PlacePurchaseCommand& command) const { return twin.place_purchase(command.view(), content, now); }
  Answer operator()(const MovePurchaseCommand& command) const { return twin.move_purchase(command.view(), content, now); }
  Answer operator()(const ReceivePurchaseCommand& command) const { return twin.receive_purchase(command.view(), content, now); }
  Answer operator()(const SetRulesCommand& command) const { return twin.set_rules(command.rows().view(), now); }
};

}  // namespace

engine::PlaceOrder OrderCommand::view() const {
  return {.id = id, .priority = priority, .policy = policy, .sourcing = sourcing, .preferred = preferred,
          .placed_at = placed_at, .need_by = need_by, .reserve_not_before = reserve_not_before,
          .cancel_after = cancel_after, .texts = texts.view(), .lines = lines};
}

engine::PlacePurchase PlacePurchaseCommand::view() const {
  views.assign(peg_orders.begin(), peg_orders.end());
  return {id, vendor, reference, notes, state, lines, pegs, views};
}

LoadCommand::Rows LoadCommand::rows() const {
  Rows rows;
  for (const Warehouse& entry : warehouses) rows.warehouses.push_back({entry.code, entry.name, entry.priority});
  for (const Product& entry : products) rows.products.push_back({entry.code, entry.description, entry.backorderable});
  rows.stock = stock;
  return rows;
}

SetRulesCommand::Rows SetRulesCommand::rows() const {
  Rows rows{.of = *this};
  for (const VendorEntry& entry : vendors) rows.vendors.push_back({entry.code, entry.name, entry.lead_days, entry.cut_off, entry.only_named});
  return rows;
}

Command with_suggestions(Command command, const State& state) {
  constexpr std::string_view stands_for = "suggestion-";
  std::string* id = nullptr;
  if (auto* move = std::get_if<MovePurchaseCommand>(&command)) id = &move->purchase_id;
  if (auto* receive = std::get_if<ReceivePurchaseCommand>(&command)) id = &receive->purchase_id;
  if (id == nullptr || !id->starts_with(stands_for)) return command;
  auto newer = std::stoul(id->substr(stands_for.size()));
  for (auto purchase = state.purchases.rbegin(); purchase != state.purchases.rend(); ++purchase) {
    if (!purchase->second.by_a_rule() || purchase->second.is_closed() || newer-- > 0) continue;
    *id = purchase->second.id;
    break;
  }
  return command;
}

std::string describe(const Command& command) {
  std::ostringstream out;
  std::visit([&](const auto& each) { write(out, each); }, command);
  return out.str();
}

std::uint64_t content_of(const Command& command) {  // FNV-1a
  std::uint64_t hash = 14'695'981'039'346'656'037ULL;
  for (const char byte : describe(command)) hash = (hash ^ static_cast<unsigned char>(byte)) * 1'099'511'628'211ULL;
  return hash;
}

Answer apply(Twin& twin, const Command& command, std::uint64_t content, engine::TimeUs now) {
  return std::visit(Applied{twin, content, now}, command);
}

}  // namespace earmark::model
