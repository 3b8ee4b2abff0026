#include "client/channel.hpp"

#include "client/channel_state.hpp"

namespace earmark::client {
namespace {

template <class Answer>
asio::awaitable<Outcome<Answer>> ask(std::shared_ptr<ChannelState> state, Request request, TimeLimit limit) {
  Outcome<Reply> reply = co_await ChannelState::call(std::move(state), std::move(request), limit);
  if (!reply) co_return Outcome<Answer>(Unexpected<Failure>{reply.error()});
  co_return Outcome<Answer>(std::get<Answer>(std::move(reply).value()));  // the reader made it fit the request
}

}  // namespace

Channel::Channel(asio::any_io_executor executor, ChannelOptions options)
    : state_(std::make_shared<ChannelState>(std::move(executor), std::move(options))) {
  state_->start();
}

Channel::~Channel() { close(); }

void Channel::close() {
  if (state_) state_->close();
}

std::size_t Channel::connections_up() const { return state_->connections_up(); }

asio::awaitable<Outcome<OrderAnswer>> Channel::place_order(Order order, TimeLimit limit) {
  return ask<OrderAnswer>(state_, std::move(order), limit);
}
asio::awaitable<Outcome<CancelAnswer>> Channel::cancel(Cancel cancel, TimeLimit limit) {
  return ask<CancelAnswer>(state_, std::move(cancel), limit);
}
asio::awaitable<Outcome<ReceiptAnswer>> Channel::receive(Receipt receipt, TimeLimit limit) {
  return ask<ReceiptAnswer>(state_, std::move(receipt), limit);
}
asio::awaitable<Outcome<ShipAnswer>> Channel::ship(Ship ship, TimeLimit limit) {
  return ask<ShipAnswer>(state_, std::move(ship), limit);
}
asio::awaitable<Outcome<AmendAnswer>> Channel::amend(Amend amend, TimeLimit limit) {
  return ask<AmendAnswer>(state_, std::move(amend), limit);
}
asio::awaitable<Outcome<ShipmentMoveAnswer>> Channel::move_shipment(ShipmentMove move, TimeLimit limit) {
  return ask<ShipmentMoveAnswer>(state_, std::move(move), limit);
}
asio::awaitable<Outcome<StockChangeAnswer>> Channel::change_stock(StockChange change, TimeLimit limit) {
  return ask<StockChangeAnswer>(state_, std::move(change), limit);
}
asio::awaitable<Outcome<CheckAnswer>> Channel::check(CheckQuestion question, TimeLimit limit) {
  return ask<CheckAnswer>(state_, std::move(question), limit);
}
asio::awaitable<Outcome<StockAnswer>> Channel::stock(StockQuestion question, TimeLimit limit) {
  return ask<StockAnswer>(state_, std::move(question), limit);
}
asio::awaitable<Outcome<OrderState>> Channel::show(ShowQuestion question, TimeLimit limit) {
  return ask<OrderState>(state_, std::move(question), limit);
}
asio::awaitable<Outcome<BackordersAnswer>> Channel::backorders(BackordersQuestion question, TimeLimit limit) {
  return ask<BackordersAnswer>(state_, std::move(question), limit);
}
asio::awaitable<Outcome<HoldAnswer>> Channel::hold(Hold hold, TimeLimit limit) {
  return ask<HoldAnswer>(state_, std::move(hold), limit);
}
asio::awaitable<Outcome<ExtendAnswer>> Channel::extend(Extend extend, TimeLimit limit) {
  return ask<ExtendAnswer>(state_, std::move(extend), limit);
}
asio::awaitable<Outcome<OrderAnswer>> Channel::confirm(Confirm confirm, TimeLimit limit) {
  return ask<OrderAnswer>(state_, std::move(confirm), limit);
}
asio::awaitable<Outcome<ReleaseAnswer>> Channel::release(Release release, TimeLimit limit) {
  return ask<ReleaseAnswer>(state_, std::move(release), limit);
}
asio::awaitable<Outcome<HoldsAnswer>> Channel::holds(HoldsQuestion question, TimeLimit limit) {
  return ask<HoldsAnswer>(state_, std::move(question), limit);
}
asio::awaitable<Outcome<ShipTransferAnswer>> Channel::ship_transfer(ShipTransfer ship, TimeLimit limit) {
  return ask<ShipTransferAnswer>(state_, std::move(ship), limit);
}
asio::awaitable<Outcome<ReceiveTransferAnswer>> Channel::receive_transfer(ReceiveTransfer receive, TimeLimit limit) {
  return ask<ReceiveTransferAnswer>(state_, std::move(receive), limit);
}
asio::awaitable<Outcome<TransfersAnswer>> Channel::transfers(TransfersQuestion question, TimeLimit limit) {
  return ask<TransfersAnswer>(state_, std::move(question), limit);
}
asio::awaitable<Outcome<PlacePurchaseAnswer>> Channel::place_purchase(PlacePurchase place, TimeLimit limit) {
  return ask<PlacePurchaseAnswer>(state_, std::move(place), limit);
}
asio::awaitable<Outcome<MovePurchaseAnswer>> Channel::move_purchase(MovePurchase move, TimeLimit limit) {
  return ask<MovePurchaseAnswer>(state_, std::move(move), limit);
}
asio::awaitable<Outcome<ReceivePurchaseAnswer>> Channel::receive_purchase(ReceivePurchase receive, TimeLimit limit) {
  return ask<ReceivePurchaseAnswer>(state_, std::move(receive), limit);
}
asio::awaitable<Outcome<PurchasesAnswer>> Channel::purchases(PurchasesQuestion question, TimeLimit limit) {
  return ask<PurchasesAnswer>(state_, std::move(question), limit);
}
asio::awaitable<Outcome<SetRulesAnswer>> Channel::set_rules(SetRules set, TimeLimit limit) {
  return ask<SetRulesAnswer>(state_, std::move(set), limit);
}
asio::awaitable<Outcome<RulesAnswer>> Channel::rules(RulesQuestion question, TimeLimit limit) {
  return ask<RulesAnswer>(state_, std::move(question), limit);
}
asio::awaitable<Outcome<FindAnswer>> Channel::find(FindQuestion question, TimeLimit limit) {
  return ask<FindAnswer>(state_, std::move(question), limit);
}

}  // namespace earmark::client
