#include "tests/simulation/asked.hpp"

namespace earmark::simulation {
namespace {

using model::Command;

AskedCommand command(engine::IdSpace space, std::string_view id, std::uint64_t content, Command command) {
  return {{space, std::string(id), content}, std::make_shared<const Command>(std::move(command))};
}

template <class T>
std::vector<T> copy(std::span<const T> rows) {
  return {rows.begin(), rows.end()};
}

model::OrderCommand own_order(const engine::PlaceOrder& order) {
  return {.id = std::string(order.id), .priority = order.priority, .policy = order.policy, .sourcing = order.sourcing,
          .preferred = order.preferred, .placed_at = order.placed_at, .need_by = order.need_by,
          .reserve_not_before = order.reserve_not_before, .cancel_after = order.cancel_after,
          .texts = model::OwnedTexts::of(order.texts), .lines = copy(order.lines)};
}

struct Owner {
  Asked operator()(const schema::OrderRequest& request) const {
    return {command(engine::IdSpace::order, request.order.id, schema::content_hash(request.order), own_order(request.order))};
  }
  Asked operator()(const schema::ReceiveRequest& request) const {
    return {command(engine::IdSpace::receipt, request.receipt.id, schema::content_hash(request.receipt),
                    model::ReceiptCommand{std::string(request.receipt.id), copy(request.receipt.rows)})};
  }
  Asked operator()(const schema::CancelRequest& request) const {
    const engine::CancelOrder& cancel = request.cancel;
    return {command(engine::IdSpace::cancel, cancel.command_id, schema::content_hash(cancel),
                    model::CancelCommand{std::string(cancel.command_id), std::string(cancel.order_id), copy(cancel.rows)})};
  }
  Asked operator()(const schema::AmendRequest& request) const {
    const engine::AmendOrder& amend = request.amend;
    return {command(engine::IdSpace::amend, amend.command_id, schema::content_hash(amend),
                    model::AmendCommand{std::string(amend.command_id), std::string(amend.order_id), amend.priority, copy(amend.rows)})};
  }
  Asked operator()(const schema::MoveShipmentRequest& request) const {
    const engine::MoveShipment& move = request.move;
    return {command(engine::IdSpace::shipment, move.command_id, schema::content_hash(move),
                    model::MoveCommand{std::string(move.command_id), std::string(move.order_id), move.shipment, move.step, move.revision,
                                       copy(move.rows), std::string(move.carrier), std::string(move.tracking), move.expected,
                                       move.to_unavailable, std::string(move.reason)})};
  }
  Asked operator()(const schema::ShipRequest& request) const {
    const engine::ShipOrder& ship = request.ship;
    return {command(engine::IdSpace::ship, ship.command_id, schema::content_hash(ship),
                    model::ShipCommand{std::string(ship.command_id), std::string(ship.order_id)})};
  }
  Asked operator()(const schema::ChangeStockRequest& request) const {
    const engine::ChangeStock& change = request.change;
    return {command(engine::IdSpace::stock_change, change.id, schema::content_hash(change),
                    model::ChangeCommand{std::string(change.id), change.kind, std::string(change.reason), copy(change.rows)})};
  }
  Asked operator()(const schema::HoldRequest& request) const {
    const engine::PlaceHold& hold = request.hold;
    return {command(engine::IdSpace::hold, hold.id, schema::content_hash(hold),
                    model::HoldCommand{std::string(hold.id), std::string(hold.customer), hold.partial, hold.ttl_us, hold.preferred,
                                       hold.sourcing, copy(hold.lines)})};
  }
  Asked operator()(const schema::ExtendRequest& request) const {
    const engine::ExtendHold& extend = request.extend;
    return {command(engine::IdSpace::hold_command, extend.command_id, schema::content_hash(extend),
                    model::ExtendCommand{std::string(extend.command_id), std::string(extend.hold_id), extend.ttl_us})};
  }
  Asked operator()(const schema::ReleaseRequest& request) const {
    const engine::ReleaseHold& release = request.release;
    return {command(engine::IdSpace::hold_command, release.command_id, schema::content_hash(release),
                    model::ReleaseCommand{std::string(release.command_id), std::string(release.hold_id)})};
  }
  Asked operator()(const schema::ConfirmRequest& request) const {
    const engine::ConfirmHold& confirm = request.confirm;
    return {command(engine::IdSpace::order, confirm.order.id, schema::content_hash(confirm),
                    model::ConfirmCommand{std::string(confirm.hold_id), confirm.reacquire, own_order(confirm.order)})};
  }
  Asked operator()(const schema::ShipTransferRequest& request) const {
    const engine::ShipTransfer& ship = request.ship;
    return {command(engine::IdSpace::transfer, ship.id, schema::content_hash(ship),
                    model::ShipTransferCommand{std::string(ship.id), ship.source, ship.destination, ship.expected, std::string(ship.reason),
                                               copy(ship.rows)})};
  }
  Asked operator()(const schema::ReceiveTransferRequest& request) const {
    const engine::ReceiveTransfer& receive = request.receive;
    return {command(engine::IdSpace::transfer_command, receive.command_id, schema::content_hash(receive),
                    model::ReceiveTransferCommand{std::string(receive.command_id), std::string(receive.transfer_id), receive.close,
                                                  copy(receive.rows)})};
  }
  Asked operator()(const schema::PlacePurchaseRequest& request) const {
    const engine::PlacePurchase& place = request.place;
    return {command(engine::IdSpace::purchase, place.id, schema::content_hash(place),
                    model::PlacePurchaseCommand{std::string(place.id), std::string(place.vendor), std::string(place.reference),
                                                std::string(place.notes), place.state, copy(place.lines), copy(place.pegs),
                                                {place.peg_orders.begin(), place.peg_orders.end()}})};
  }
  Asked operator()(const schema::MovePurchaseRequest& request) const {
    const engine::MovePurchase& move = request.move;
    return {command(engine::IdSpace::purchase_command, move.command_id, schema::content_hash(move),
                    model::MovePurchaseCommand{std::string(move.command_id), std::string(move.purchase_id), move.step,
                                               std::string(move.reference), copy(move.rows)})};
  }
  Asked operator()(const schema::ReceivePurchaseRequest& request) const {
    const engine::ReceivePurchase& receive = request.receive;
    return {command(engine::IdSpace::receipt, receive.id, schema::content_hash(receive),
                    model::ReceivePurchaseCommand{std::string(receive.id), std::string(receive.purchase_id), receive.accept_over,
                                                  copy(receive.rows)})};
  }
  Asked operator()(const schema::PurchasesRequest& request) const {
    return {AskedPurchases{std::string(request.purchase), std::string(request.vendor)}};
  }
  Asked operator()(const schema::TransfersRequest&) const { return {AskedOther{schema::MessageKind::transfers}}; }
  Asked operator()(const schema::ReportRequest&) const { return {AskedOther{schema::MessageKind::report}}; }
  Asked operator()(const schema::HoldsRequest& request) const { return {AskedHolds{request.sku}}; }
  Asked operator()(const schema::LoadRequest& request) const {
    model::LoadCommand load;
    for (const auto& entry : request.load.warehouses) load.warehouses.push_back({std::string(entry.code), std::string(entry.name), entry.priority});
    for (const auto& entry : request.load.products) load.products.push_back({std::string(entry.code), std::string(entry.description), entry.backorderable});
    load.stock = copy(request.load.stock);
    std::string name;
    for (const model::Warehouse& warehouse : load.warehouses) {
      if (is_numbered(warehouse.name)) name = warehouse.name;
    }
    return {command(numbered_space, name, 0, std::move(load))};
  }
  Asked operator()(const schema::CheckRequest& request) const {
    return {AskedCheck{copy(request.skus), request.dates ? copy(request.wanted) : std::vector<engine::Quantity>{}}};
  }
  Asked operator()(const schema::StockRequest& request) const {
    return {AskedStock{copy(request.skus), request.warehouse, request.snapshot}};
  }
  Asked operator()(const schema::ShowRequest& request) const { return {AskedShow{std::string(request.order)}}; }
  Asked operator()(const schema::BackordersRequest& request) const {
    return {AskedBackorders{request.sku, std::string(request.customer)}};
  }
  Asked operator()(const schema::SubscribeRequest& request) const { return {AskedEvents{request.from}}; }
  Asked operator()(const schema::HelloRequest&) const { return {AskedOther{schema::MessageKind::hello}}; }
  Asked operator()(const schema::ResolveRequest&) const { return {AskedOther{schema::MessageKind::resolve}}; }
  Asked operator()(const schema::DigestRequest&) const { return {AskedOther{schema::MessageKind::digest}}; }
  Asked operator()(const schema::SetRulesRequest& request) const {
    const engine::SetRules& set = request.set;
    model::SetRulesCommand rules{{}, copy(set.sources), copy(set.rules), copy(set.snoozes)};
    std::string name;
    for (const engine::VendorEntry& entry : set.vendors) {
      rules.vendors.push_back({std::string(entry.code), std::string(entry.name), entry.lead_days, entry.cut_off, entry.only_named});
      if (is_numbered(entry.name)) name = entry.name;
    }
    return {command(numbered_space, name, 0, std::move(rules))};
  }
  Asked operator()(const schema::RulesRequest&) const { return {AskedOther{schema::MessageKind::rules}}; }
  Asked operator()(const schema::FindRequest&) const { return {AskedOther{schema::MessageKind::find}}; }
  Asked operator()(const schema::StatsRequest&) const { return {AskedOther{schema::MessageKind::stats}}; }
};

}  // namespace

Asked own(const schema::Request& request) { return std::visit(Owner{}, request); }

std::string_view order_named(const Asked& asked) {
  if (const auto* show = std::get_if<AskedShow>(&asked.what)) return show->order;
  const auto* asked_command = std::get_if<AskedCommand>(&asked.what);
  if (asked_command == nullptr) return {};
  if (const auto* order = std::get_if<model::OrderCommand>(asked_command->command.get())) return order->id;
  if (const auto* cancel = std::get_if<model::CancelCommand>(asked_command->command.get())) return cancel->order_id;
  if (const auto* ship = std::get_if<model::ShipCommand>(asked_command->command.get())) return ship->order_id;
  if (const auto* amend = std::get_if<model::AmendCommand>(asked_command->command.get())) return amend->order_id;
  if (const auto* confirm = std::get_if<model::ConfirmCommand>(asked_command->command.get())) return confirm->order.id;
  return {};
}

}  // namespace earmark::simulation
