#include "client/blocking_channel.hpp"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <utility>

#include "client/channel.hpp"

namespace earmark::client {
namespace {

template <class Answer>
asio::awaitable<void> keep(asio::awaitable<Outcome<Answer>> call, std::optional<Outcome<Answer>>& outcome) {
  outcome.emplace(co_await std::move(call));
}

ChannelOptions with_one_connection(ChannelOptions options) {
  options.connections = 1;
  return options;
}

}  // namespace

struct BlockingChannel::State {
  explicit State(ChannelOptions options) : channel(context.get_executor(), with_one_connection(std::move(options))) {}

  asio::io_context context{1};
  Channel channel;  // ends before its context

  // Runs the channel until the call has ended; its own time limit sees to that.
  template <class Answer>
  Outcome<Answer> run(asio::awaitable<Outcome<Answer>> call) {
    std::optional<Outcome<Answer>> outcome;
    asio::co_spawn(context, keep(std::move(call), outcome), asio::detached);
    while (!outcome) context.run_one();
    return std::move(*outcome);
  }
};

BlockingChannel::BlockingChannel(ChannelOptions options) : state_(std::make_unique<State>(std::move(options))) {}
BlockingChannel::BlockingChannel(BlockingChannel&&) noexcept = default;
BlockingChannel& BlockingChannel::operator=(BlockingChannel&&) noexcept = default;
BlockingChannel::~BlockingChannel() = default;

Outcome<OrderAnswer> BlockingChannel::place_order(Order order, TimeLimit limit) {
  return state_->run(state_->channel.place_order(std::move(order), limit));
}
Outcome<CancelAnswer> BlockingChannel::cancel(Cancel cancel, TimeLimit limit) {
  return state_->run(state_->channel.cancel(std::move(cancel), limit));
}
Outcome<ReceiptAnswer> BlockingChannel::receive(Receipt receipt, TimeLimit limit) {
  return state_->run(state_->channel.receive(std::move(receipt), limit));
}
Outcome<ShipAnswer> BlockingChannel::ship(Ship ship, TimeLimit limit) {
  return state_->run(state_->channel.ship(std::move(ship), limit));
}
Outcome<AmendAnswer> BlockingChannel::amend(Amend amend, TimeLimit limit) {
  return state_->run(state_->channel.amend(std::move(amend), limit));
}
Outcome<ShipmentMoveAnswer> BlockingChannel::move_shipment(ShipmentMove move, TimeLimit limit) {
  return state_->run(state_->channel.move_shipment(std::move(move), limit));
}
Outcome<StockChangeAnswer> BlockingChannel::change_stock(StockChange change, TimeLimit limit) {
  return state_->run(state_->channel.change_stock(std::move(change), limit));
}
Outcome<CheckAnswer> BlockingChannel::check(CheckQuestion question, TimeLimit limit) {
  return state_->run(state_->channel.check(std::move(question), limit));
}
Outcome<StockAnswer> BlockingChannel::stock(StockQuestion question, TimeLimit limit) {
  return state_->run(state_->channel.stock(std::move(question), limit));
}
Outcome<OrderState> BlockingChannel::show(ShowQuestion question, TimeLimit limit) {
  return state_->run(state_->channel.show(std::move(question), limit));
}
Outcome<BackordersAnswer> BlockingChannel::backorders(BackordersQuestion question, TimeLimit limit) {
  return state_->run(state_->channel.backorders(std::move(question), limit));
}
Outcome<HoldAnswer> BlockingChannel::hold(Hold hold, TimeLimit limit) {
  return state_->run(state_->channel.hold(std::move(hold), limit));
}
Outcome<ExtendAnswer> BlockingChannel::extend(Extend extend, TimeLimit limit) {
  return state_->run(state_->channel.extend(std::move(extend), limit));
}
Outcome<OrderAnswer> BlockingChannel::confirm(Confirm confirm, TimeLimit limit) {
  return state_->run(state_->channel.confirm(std::move(confirm), limit));
}
Outcome<ReleaseAnswer> BlockingChannel::release(Release release, TimeLimit limit) {
  return state_->run(state_->channel.release(std::move(release), limit));
}
Outcome<HoldsAnswer> BlockingChannel::holds(HoldsQuestion question, TimeLimit limit) {
  return state_->run(state_->channel.holds(std::move(question), limit));
}
Outcome<ShipTransferAnswer> BlockingChannel::ship_transfer(ShipTransfer ship, TimeLimit limit) {
  return state_->run(state_->channel.ship_transfer(std::move(ship), limit));
}
Outcome<ReceiveTransferAnswer> BlockingChannel::receive_transfer(ReceiveTransfer receive, TimeLimit limit) {
  return state_->run(state_->channel.receive_transfer(std::move(receive), limit));
}
Outcome<TransfersAnswer> BlockingChannel::transfers(TransfersQuestion question, TimeLimit limit) {
  return state_->run(state_->channel.transfers(std::move(question), limit));
}
Outcome<PlacePurchaseAnswer> BlockingChannel::place_purchase(PlacePurchase place, TimeLimit limit) {
  return state_->run(state_->channel.place_purchase(std::move(place), limit));
}
Outcome<MovePurchaseAnswer> BlockingChannel::move_purchase(MovePurchase move, TimeLimit limit) {
  return state_->run(state_->channel.move_purchase(std::move(move), limit));
}
Outcome<ReceivePurchaseAnswer> BlockingChannel::receive_purchase(ReceivePurchase receive, TimeLimit limit) {
  return state_->run(state_->channel.receive_purchase(std::move(receive), limit));
}
Outcome<PurchasesAnswer> BlockingChannel::purchases(PurchasesQuestion question, TimeLimit limit) {
  return state_->run(state_->channel.purchases(std::move(question), limit));
}
Outcome<SetRulesAnswer> BlockingChannel::set_rules(SetRules set, TimeLimit limit) {
  return state_->run(state_->channel.set_rules(std::move(set), limit));
}
Outcome<RulesAnswer> BlockingChannel::rules(RulesQuestion question, TimeLimit limit) {
  return state_->run(state_->channel.rules(std::move(question), limit));
}
Outcome<FindAnswer> BlockingChannel::find(FindQuestion question, TimeLimit limit) {
  return state_->run(state_->channel.find(std::move(question), limit));
}

}  // namespace earmark::client
