// The client library's protocol on simulated connections: model commands in codes, and what comes of each call.
#include "tests/simulation/clients.hpp"

namespace earmark::simulation {
namespace {

std::string sku_code(engine::SkuId sku) { return sku.value == 0 ? "no such SKU" : "SKU-" + std::to_string(sku.value); }
std::string pinned_code(engine::WarehouseId id) {
  return id.value == 0 ? "" : id == engine::no_such_warehouse ? "no such warehouse" : "W" + std::to_string(id.value);
}

// The library has no word for codes that are no policy.
std::optional<engine::Policy> policy_of(engine::LinePolicy own) {
  return own.own() && own.known() ? std::optional(own.or_else({})) : std::nullopt;
}

client::Request request_of(const model::OrderCommand& command) {
  const model::OwnedTexts& texts = command.texts;
  client::Order order;
  order.id = command.id;
  order.customer = texts.customer;
  order.channel = texts.channel;
  order.ship_to = texts.ship_to;
  order.contact = texts.contact;
  order.reference = texts.reference;
  order.notes = texts.notes;
  order.policy = command.policy;
  order.sourcing = command.sourcing;
  order.priority = command.priority.value;
  order.preferred = pinned_code(command.preferred);
  for (const engine::OrderLine& line : command.lines) {
    order.lines.push_back({line.line.value, sku_code(line.sku), line.quantity, pinned_code(line.pinned), policy_of(line.policy)});
  }
  return order;
}

client::Request request_of(const model::ReceiptCommand& command) {
  client::Receipt receipt{command.id, {}};
  for (const engine::StockRow& row : command.rows) {
    receipt.rows.push_back({sku_code(row.sku), row.warehouse.value == 0 ? "no such warehouse" : pinned_code(row.warehouse), row.quantity});
  }
  return receipt;
}

client::Request request_of(const model::CancelCommand& command) {
  client::Cancel cancel{command.command_id, command.order_id, {}};
  for (const engine::CancelRow& row : command.rows) cancel.rows.push_back({row.line.value, row.quantity});
  return cancel;
}

client::Request request_of(const model::AmendCommand& command) {
  client::Amend amend{command.command_id, command.order_id, {}, {}};
  if (command.priority) amend.priority = command.priority->value;
  for (const engine::CancelRow& row : command.rows) amend.rows.push_back({row.line.value, row.quantity});
  return amend;
}

client::Request request_of(const model::HoldCommand& command) {
  client::Hold hold{command.id, command.customer, command.partial, command.ttl_us, command.sourcing, pinned_code(command.preferred), {}};
  for (const engine::OrderLine& line : command.lines) {
    hold.lines.push_back({line.line.value, sku_code(line.sku), line.quantity, pinned_code(line.pinned), policy_of(line.policy)});
  }
  return hold;
}

client::Request request_of(const model::ExtendCommand& command) { return client::Extend{command.command_id, command.hold_id, command.ttl_us}; }
client::Request request_of(const model::ReleaseCommand& command) { return client::Release{command.command_id, command.hold_id}; }
client::Request request_of(const model::ConfirmCommand& command) {
  return client::Confirm{command.hold_id, command.reacquire, std::get<client::Order>(request_of(command.order))};
}

client::Request request_of(const model::ShipCommand& command) { return client::Ship{command.command_id, command.order_id}; }

client::Request request_of(const model::MoveCommand& command) {
  client::ShipmentMove move{command.command_id, command.order_id, command.shipment, command.step, command.revision, {}, command.carrier,
                            command.tracking, command.expected.value, command.to_unavailable, command.reason};
  for (const engine::CancelRow& row : command.rows) move.rows.push_back({row.line.value, row.quantity});
  return move;
}

client::Request request_of(const model::ChangeCommand& command) {
  client::StockChange change{command.id, command.kind, command.reason, {}};
  for (const engine::ChangeRow& row : command.rows) {
    change.rows.push_back({sku_code(row.sku), row.warehouse.value == 0 ? "no such warehouse" : pinned_code(row.warehouse), row.quantity, row.expected});
  }
  return change;
}

std::string warehouse_code(engine::WarehouseId id) { return id.value == 0 ? "no such warehouse" : pinned_code(id); }

client::Request request_of(const model::ShipTransferCommand& command) {
  client::ShipTransfer ship{command.id, warehouse_code(command.source), warehouse_code(command.destination), command.expected.value, command.reason, {}};
  for (const engine::TransferRow& row : command.rows) ship.rows.push_back({sku_code(row.sku), row.quantity});
  return ship;
}

client::Request request_of(const model::ReceiveTransferCommand& command) {
  client::ReceiveTransfer receive{command.command_id, command.transfer_id, {}, command.close};
  for (const engine::ArrivalRow& row : command.rows) receive.rows.push_back({sku_code(row.sku), row.quantity, row.damaged});
  return receive;
}

client::Request request_of(const model::PlacePurchaseCommand& command) {
  client::PlacePurchase place{command.id, command.vendor, command.reference, command.notes, command.state, {}};
  for (const engine::PurchaseLine& line : command.lines) {
    place.lines.push_back({line.line.value, sku_code(line.sku), warehouse_code(line.warehouse), line.quantity, line.promised.value});
  }
  for (const engine::PegRow& peg : command.pegs) {
    for (client::PurchaseLine& line : place.lines) {
      if (line.line != peg.line.value || peg.order >= command.peg_orders.size()) continue;
      line.peg_order = command.peg_orders[peg.order];
      line.peg_line = peg.order_line.value;
    }
  }
  return place;
}

client::Request request_of(const model::MovePurchaseCommand& command) {
  client::MovePurchase move{command.command_id, command.purchase_id, command.step, command.reference, {}};
  for (const engine::PurchaseRow& row : command.rows) {
    move.rows.push_back({row.line.value, row.quantity == -1 ? std::nullopt : std::optional(row.quantity), row.promised.value});
  }
  return move;
}

client::Request request_of(const model::ReceivePurchaseCommand& command) {
  client::ReceivePurchase receive{command.id, command.purchase_id, {}, command.accept_over};
  for (const engine::PurchaseArrival& row : command.rows) receive.rows.push_back({row.line.value, row.quantity, row.damaged});
  return receive;
}

std::vector<std::string> codes(const std::vector<engine::SkuId>& skus) {
  std::vector<std::string> all;
  for (const engine::SkuId sku : skus) all.push_back(sku_code(sku));
  return all;
}

}  // namespace

ChannelClient::ChannelClient(Surroundings& surroundings, std::size_t links, std::uint64_t seed)
    : Client(surroundings), links_(links), exchange_([&] {
        client::ExchangeOptions options;
        options.links = links;
        options.server = "simulated";
        options.client_name = "channel";
        options.seed = seed;
        return options;
      }()) {}

bool ChannelClient::submit(const model::Command& command, Time deadline) {
  return std::visit([&](const auto& each) {
    using Kind = std::decay_t<decltype(each)>;
    if constexpr (std::is_same_v<Kind, model::LoadCommand> || std::is_same_v<Kind, model::SetRulesCommand>) {
      return false;
    } else {
      std::string id;
      if constexpr (std::is_same_v<Kind, model::OrderCommand>) id = each.id;
      if constexpr (std::is_same_v<Kind, model::ConfirmCommand>) id = each.order.id;
      const auto call = exchange_.submit(request_of(each), deadline);
      calls_.emplace(call, std::move(id));
      take_finished();
      return true;
    }
  }, command);
}

void ChannelClient::ask(const Question& question, Time deadline) {
  client::Request request = client::ShowQuestion{"o1"};
  if (const auto* check = std::get_if<AskedCheck>(&question)) request = client::CheckQuestion{codes(check->skus), check->wanted, !check->wanted.empty()};
  if (const auto* stock = std::get_if<AskedStock>(&question)) request = client::StockQuestion{codes(stock->skus), "", stock->snapshot};
  if (const auto* show = std::get_if<AskedShow>(&question)) request = client::ShowQuestion{show->order};
  if (const auto* list = std::get_if<AskedBackorders>(&question)) {
    request = client::BackordersQuestion{list->sku.value == 0 ? "" : sku_code(list->sku), list->customer};
  }
  if (const auto* list = std::get_if<AskedHolds>(&question)) request = client::HoldsQuestion{list->sku.value == 0 ? "" : sku_code(list->sku)};
  if (const auto* list = std::get_if<AskedPurchases>(&question)) request = client::PurchasesQuestion{list->purchase, list->vendor};
  calls_.emplace(exchange_.submit(std::move(request), deadline), "");
  take_finished();
}

void ChannelClient::connected(std::size_t link, Time now) {
  exchange_.connecting(link, now);
  exchange_.opened(link, now);
  exchange_.advance(now);
}

void ChannelClient::cannot_connect(std::size_t link, Time now) {
  exchange_.connecting(link, now);
  exchange_.lost(link, "connection refused", now);
  advance(now);
}

void ChannelClient::lost(std::size_t link, Time now) {
  exchange_.lost(link, "connection reset", now);
  advance(now);
}

void ChannelClient::got(std::size_t link, std::span<const std::byte> bytes, Time now) {
  exchange_.received(link, bytes, now);
  advance(now);
}

void ChannelClient::take_out(std::size_t link, std::vector<std::byte>& out) { exchange_.take_out(link, out); }

void ChannelClient::advance(Time now) {
  exchange_.advance(now);
  take_finished();
}

void ChannelClient::take_finished() {
  for (const client::Exchange::Finished& finished : exchange_.take_finished()) {
    const auto call = calls_.find(finished.call);
    if (call == calls_.end()) throw Broken("X1: a call of the client library ended twice");
    if (finished.outcome) {
      const auto* order = std::get_if<client::OrderAnswer>(&*finished.outcome);
      if (order != nullptr && order->id != call->second) throw Broken("X1: order '" + call->second + "' was answered with '" + order->id + "'");
    } else if (finished.outcome.error().outcome_unknown) {
      surroundings_.sometimes.met(Met::call_given_up_by_the_channel);
    }
    calls_.erase(call);
  }
}

std::string ChannelClient::outstanding() const {
  return calls_.empty() ? "" : std::to_string(calls_.size()) + " calls of the client library, one of order '" + calls_.begin()->second + "'";
}

}  // namespace earmark::simulation
