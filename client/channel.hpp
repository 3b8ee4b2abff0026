// A sales channel's way to the server, for C++20 coroutines on standalone Asio: a pool of connections on the caller's
// executor, many requests under way on each, answers in codes.
//
// Each call ends within its time limit, with an answer or a Failure. Lost connections are made anew by themselves, and what
// was not answered is repeated with the same id; `overloaded` and `stale_catalogue` are waited out and repeated. When the
// limit passes first, Failure::outcome_unknown says whether the command may have taken effect: then call again with
// the same command, as often as needed. The answer of the first decision comes back, marked `duplicate`.
//
// Calls that name the same order (place_order, cancel, amend, ship, move_shipment, show, confirm), hold (hold, extend, confirm, release),
// transfer (ship_transfer, receive_transfer) or purchase order (place_purchase, move_purchase, receive_purchase) take effect in the order of the
// calls: each is sent when the one before has ended. Others are under way at the same time and may be decided in any order.
//
// Thread rule: not thread-safe. The executor is an io_context run by one thread, or a strand; every call, and the channel's
// end, happen there. Several threads: a channel each. A coroutine that is spawned with co_spawn gives void (Asio 1.22
// wants what it returns to be default-constructible, and an Outcome is not).
// The channel ends before its io_context does.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <memory>

#include "client/channel_options.hpp"
#include "client/failure.hpp"
#include "client/values_rules.hpp"

namespace earmark::client {

class ChannelState;

class Channel {
 public:
  // Begins to connect as soon as the executor runs; nothing needs to be waited for before the first call.
  Channel(asio::any_io_executor executor, ChannelOptions options);
  Channel(Channel&&) noexcept = default;
  Channel& operator=(Channel&&) = delete;
  ~Channel();  // closes

  // Commands: exactly once by their ids.
  asio::awaitable<Outcome<OrderAnswer>> place_order(Order order, TimeLimit limit = {});
  asio::awaitable<Outcome<CancelAnswer>> cancel(Cancel cancel, TimeLimit limit = {});
  asio::awaitable<Outcome<ReceiptAnswer>> receive(Receipt receipt, TimeLimit limit = {});
  asio::awaitable<Outcome<ShipAnswer>> ship(Ship ship, TimeLimit limit = {});
  asio::awaitable<Outcome<AmendAnswer>> amend(Amend amend, TimeLimit limit = {});
  asio::awaitable<Outcome<ShipmentMoveAnswer>> move_shipment(ShipmentMove move, TimeLimit limit = {});
  asio::awaitable<Outcome<StockChangeAnswer>> change_stock(StockChange change, TimeLimit limit = {});
  asio::awaitable<Outcome<ShipTransferAnswer>> ship_transfer(ShipTransfer ship, TimeLimit limit = {});
  asio::awaitable<Outcome<ReceiveTransferAnswer>> receive_transfer(ReceiveTransfer receive, TimeLimit limit = {});
  asio::awaitable<Outcome<PlacePurchaseAnswer>> place_purchase(PlacePurchase place, TimeLimit limit = {});
  asio::awaitable<Outcome<MovePurchaseAnswer>> move_purchase(MovePurchase move, TimeLimit limit = {});
  asio::awaitable<Outcome<ReceivePurchaseAnswer>> receive_purchase(ReceivePurchase receive, TimeLimit limit = {});
  asio::awaitable<Outcome<SetRulesAnswer>> set_rules(SetRules set, TimeLimit limit = {});
  asio::awaitable<Outcome<HoldAnswer>> hold(Hold hold, TimeLimit limit = {});
  asio::awaitable<Outcome<ExtendAnswer>> extend(Extend extend, TimeLimit limit = {});
  asio::awaitable<Outcome<OrderAnswer>> confirm(Confirm confirm, TimeLimit limit = {});
  asio::awaitable<Outcome<ReleaseAnswer>> release(Release release, TimeLimit limit = {});

  // Questions.
  asio::awaitable<Outcome<CheckAnswer>> check(CheckQuestion question, TimeLimit limit = {});
  asio::awaitable<Outcome<StockAnswer>> stock(StockQuestion question, TimeLimit limit = {});  // one page
  asio::awaitable<Outcome<OrderState>> show(ShowQuestion question, TimeLimit limit = {});
  asio::awaitable<Outcome<BackordersAnswer>> backorders(BackordersQuestion question, TimeLimit limit = {});
  asio::awaitable<Outcome<HoldsAnswer>> holds(HoldsQuestion question, TimeLimit limit = {});
  asio::awaitable<Outcome<TransfersAnswer>> transfers(TransfersQuestion question, TimeLimit limit = {});
  asio::awaitable<Outcome<PurchasesAnswer>> purchases(PurchasesQuestion question, TimeLimit limit = {});
  asio::awaitable<Outcome<RulesAnswer>> rules(RulesQuestion question, TimeLimit limit = {});
  asio::awaitable<Outcome<FindAnswer>> find(FindQuestion question, TimeLimit limit = {});  // a decision, told again

  // Connections that the server has greeted.
  std::size_t connections_up() const;
  // Ends calls under way (their outcome may be unknown) and closes the connections. Later calls fail.
  void close();

 private:
  std::shared_ptr<ChannelState> state_;
};

}  // namespace earmark::client
