// Seeded histories of commands on a catalogue so small that shortages, fills, cancels, repeats and errors of every kind
// come up all the time. The same seed gives the same commands on every machine. Needs no answers (a twin of its own sees what would come out), so one history can be
// given to the twin and to the real engine; both must be started with `limits()`, or with `limits(seed)`.
#pragma once

#include <map>

#include "tests/model/commands.hpp"

namespace earmark::model {

// SplitMix64: the standard library's distributions differ between its makers.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }                                // 0 .. bound - 1
  std::uint64_t between(std::uint64_t least, std::uint64_t most) { return least + below(most - least + 1); }
  bool chance(std::uint64_t percent) { return below(100) < percent; }

 private:
  std::uint64_t state_;
};

class RandomCommands {
 public:
  // `with_days`: more than a day passes every 250 commands. `with_rules`: reorder rules, and what is done with what they suggest.
  explicit RandomCommands(std::uint64_t seed, bool with_holds = false, bool with_days = false, bool with_rules = false);
  // The first command loads the catalogue. Holds run out when one command comes every `step_us`.
  static constexpr std::int64_t step_us = 700;
  // The time of the first command, for those that name times.
  static constexpr std::int64_t start_us = 1'000'000, day_us = 86'400'000'000;
  Command next();
  // When the next command comes, for those that name times.
  engine::TimeUs now() const { return time_of(static_cast<std::int64_t>(given_.size())); }
  // The catalogue's capacity: loads of the history run into it.
  static constexpr CatalogueLimits limits() { return {.skus = 9, .warehouses = 4}; }
  // And how soon who waits for all or nothing turns strict, and which moves of dates are told: another of each seed, mostly soon, and small ones.
  static constexpr CatalogueLimits limits(std::uint64_t seed) {
    constexpr std::uint32_t skips[] = {1, 2, 3, 64, 1, 2, 5, 254};
    CatalogueLimits limits_of_seed = limits();
    limits_of_seed.max_skips = skips[seed % std::size(skips)];
    limits_of_seed.max_wait_us = seed % 3 == 1 ? 0 : static_cast<std::int64_t>(20 + seed % 5 * 30) * step_us;
    constexpr std::int64_t thresholds[] = {0, 15 * step_us, day_us, 0, 5 * step_us, 2 * day_us};
    limits_of_seed.date_threshold_us = thresholds[seed / 2 % std::size(thresholds)];
    return limits_of_seed;
  }

 private:
  Command fresh();
  Command repeat();
  Command spoil(Command command);
  LoadCommand load();
  OrderCommand order();
  ReceiptCommand receipt();
  CancelCommand cancel();
  ShipCommand ship();
  AmendCommand amend();
  bool raise_what_waits(AmendCommand& amend);
  MoveCommand move();
  ChangeCommand change();
  void find_held(engine::ChangeRow& row);
  void find_overdrawn(engine::ChangeRow& row);
  ShipTransferCommand ship_transfer();
  ReceiveTransferCommand receive_transfer();
  PlacePurchaseCommand place_purchase();
  MovePurchaseCommand move_purchase();
  ReceivePurchaseCommand receive_purchase();
  const Purchase* some_purchase(std::string& id);
  Command about_purchases();
  Command about_rules();
  SetRulesCommand set_rules();
  VendorEntry some_vendor(std::uint64_t number);
  engine::RuleRow some_rule(std::uint64_t named);
  std::string some_suggestion();
  std::int32_t some_days();
  Command about_holds();
  HoldCommand hold();
  ExtendCommand extend();
  ConfirmCommand confirm();
  ReleaseCommand release();
  void spoil(LoadCommand& load);
  void spoil(OrderCommand& order);
  void spoil(ReceiptCommand& receipt);
  void spoil(CancelCommand& cancel);
  void spoil(ShipCommand& ship);
  void spoil(AmendCommand& amend);
  void spoil(MoveCommand& move);
  void spoil(ChangeCommand& change);
  void spoil(HoldCommand& hold);
  void spoil(ExtendCommand& extend);
  void spoil(ConfirmCommand& confirm);
  void spoil(ReleaseCommand& release);
  void spoil(ShipTransferCommand& ship);
  void spoil(ReceiveTransferCommand& receive);
  void spoil(PlacePurchaseCommand& place);
  void spoil(engine::PegRow& peg);
  void spoil(MovePurchaseCommand& move);
  void spoil(ReceivePurchaseCommand& receive);
  void spoil(SetRulesCommand& set);

  engine::LinePolicy some_line_policy();
  engine::SkuId some_sku();
  engine::WarehouseId some_warehouse();
  std::string new_id(char kind);
  std::string bad_id();
  const OrderCommand& some_order();
  std::string some_hold();
  std::int64_t some_ttl();
  engine::TimeUs some_time();
  engine::TimeUs some_promise();
  engine::TimeUs time_of(std::int64_t number) const { return engine::TimeUs{start_us + number * step_us + (with_days_ ? number / 250 * (day_us + day_us / 4) : 0)}; }
  void add_peg(PlacePurchaseCommand& place);

  Random random_;
  bool with_holds_, with_days_, with_rules_;
  std::uint64_t whole_percent_;        // of this history's orders that take all or nothing
  Twin seen_;                          // of this history alone: counts have to expect what is on hand
  std::uint64_t ids_ = 0;
  std::vector<Command> given_;         // for repeats
  std::vector<OrderCommand> orders_;   // to cancel and ship
  std::vector<std::pair<std::string, std::uint16_t>> moved_;  // shipments that steps were taken with
  std::vector<std::string> transfers_;  // to receive
  std::vector<std::string> purchases_;  // to take steps with and to receive
  std::uint64_t given_rules_ = 0;      // commands that set some
  std::vector<HoldCommand> holds_;     // to extend, confirm and release
  std::map<std::pair<std::string, std::string>, engine::WireQuantity> openings_;  // figures listed so far
};

}  // namespace earmark::model
