// A checkout's way to the server: the same calls as Channel (client/channel.hpp, where the rules stand), each blocking until
// its outcome is known or its time limit passes. One connection, kept between calls; one that was lost in between is
// made anew by the next call.
//
// Thread rule: one thread at a time; a thread that must not wait for another's call has a BlockingChannel of its own.
// Between calls nothing runs: no thread, no timer.
#pragma once

#include <memory>

#include "client/channel_options.hpp"
#include "client/failure.hpp"
#include "client/values_rules.hpp"

namespace earmark::client {

class BlockingChannel {
 public:
  // Does not connect yet. ChannelOptions::connections is 1 here, whatever it says.
  explicit BlockingChannel(ChannelOptions options);
  BlockingChannel(BlockingChannel&&) noexcept;
  BlockingChannel& operator=(BlockingChannel&&) noexcept;
  ~BlockingChannel();

  Outcome<OrderAnswer> place_order(Order order, TimeLimit limit = {});
  Outcome<CancelAnswer> cancel(Cancel cancel, TimeLimit limit = {});
  Outcome<ReceiptAnswer> receive(Receipt receipt, TimeLimit limit = {});
  Outcome<ShipAnswer> ship(Ship ship, TimeLimit limit = {});
  Outcome<AmendAnswer> amend(Amend amend, TimeLimit limit = {});
  Outcome<ShipmentMoveAnswer> move_shipment(ShipmentMove move, TimeLimit limit = {});
  Outcome<StockChangeAnswer> change_stock(StockChange change, TimeLimit limit = {});
  Outcome<ShipTransferAnswer> ship_transfer(ShipTransfer ship, TimeLimit limit = {});
  Outcome<ReceiveTransferAnswer> receive_transfer(ReceiveTransfer receive, TimeLimit limit = {});
  Outcome<PlacePurchaseAnswer> place_purchase(PlacePurchase place, TimeLimit limit = {});
  Outcome<MovePurchaseAnswer> move_purchase(MovePurchase move, TimeLimit limit = {});
  Outcome<ReceivePurchaseAnswer> receive_purchase(ReceivePurchase receive, TimeLimit limit = {});
  Outcome<SetRulesAnswer> set_rules(SetRules set, TimeLimit limit = {});
  Outcome<HoldAnswer> hold(Hold hold, TimeLimit limit = {});
  Outcome<ExtendAnswer> extend(Extend extend, TimeLimit limit = {});
  Outcome<OrderAnswer> confirm(Confirm confirm, TimeLimit limit = {});
  Outcome<ReleaseAnswer> release(Release release, TimeLimit limit = {});

  Outcome<CheckAnswer> check(CheckQuestion question, TimeLimit limit = {});
  Outcome<StockAnswer> stock(StockQuestion question, TimeLimit limit = {});  // one page
  Outcome<OrderState> show(ShowQuestion question, TimeLimit limit = {});
  Outcome<BackordersAnswer> backorders(BackordersQuestion question, TimeLimit limit = {});
  Outcome<HoldsAnswer> holds(HoldsQuestion question, TimeLimit limit = {});
  Outcome<TransfersAnswer> transfers(TransfersQuestion question, TimeLimit limit = {});
  Outcome<PurchasesAnswer> purchases(PurchasesQuestion question, TimeLimit limit = {});
  Outcome<RulesAnswer> rules(RulesQuestion question, TimeLimit limit = {});
  Outcome<FindAnswer> find(FindQuestion question, TimeLimit limit = {});  // a decision, told again

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace earmark::client
