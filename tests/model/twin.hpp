// The naive twin: what the server decides (semantics of orders, queue, receipts, cancels, ship and load), in the simplest
// code, with maps. It shares nothing with the engine but its vocabulary and the digest's canonical form; tests give both the same
// commands and compare answers and digests. Not thread-safe; slow; forgets command ids only when it is told to.
#pragma once

#include <deque>
#include <functional>
#include <optional>

#include "engine/command.hpp"
#include "tests/model/refusals.hpp"
#include "tests/model/state.hpp"
#include "tests/model/whole.hpp"

namespace earmark::model {

class Twin {
 public:
  explicit Twin(CatalogueLimits limits = {}) : limits_(limits) {}

  // `content` is the hash of the command's content, which tells a repeat from another command with the same id; `now` the
  // time of the command. A decision gets the next LSN, its fills the ones after it; an error changes nothing.
  Answer place(const engine::PlaceOrder& command, std::uint64_t content, engine::TimeUs now);
  Answer receive(const engine::ReceiveStock& command, std::uint64_t content, engine::TimeUs now);
  Answer cancel(const engine::CancelOrder& command, std::uint64_t content, engine::TimeUs now);
  Answer amend(const engine::AmendOrder& command, std::uint64_t content, engine::TimeUs now);
  Answer ship(const engine::ShipOrder& command, std::uint64_t content, engine::TimeUs now);
  Answer move(const engine::MoveShipment& command, std::uint64_t content, engine::TimeUs now);
  Answer load(const engine::LoadCatalogue& command, engine::TimeUs now);
  Answer change(const engine::ChangeStock& command, std::uint64_t content, engine::TimeUs now);
  Answer hold(const engine::PlaceHold& command, std::uint64_t content, engine::TimeUs now);
  Answer extend(const engine::ExtendHold& command, std::uint64_t content, engine::TimeUs now);
  Answer confirm(const engine::ConfirmHold& command, std::uint64_t content, engine::TimeUs now);
  Answer release(const engine::ReleaseHold& command, std::uint64_t content, engine::TimeUs now);
  Answer ship_transfer(const engine::ShipTransfer& command, std::uint64_t content, engine::TimeUs now);
  Answer receive_transfer(const engine::ReceiveTransfer& command, std::uint64_t content, engine::TimeUs now);
  Answer place_purchase(const engine::PlacePurchase& command, std::uint64_t content, engine::TimeUs now);
  Answer move_purchase(const engine::MovePurchase& command, std::uint64_t content, engine::TimeUs now);
  Answer receive_purchase(const engine::ReceivePurchase& command, std::uint64_t content, engine::TimeUs now);
  Answer set_rules(const engine::SetRules& command, engine::TimeUs now);
  // Holds whose deadline has come end, orders whose cancel_after has come are cancelled, those whose reserve_not_before has come
  // take what is there, and who has waited long enough turns strict, one after the other, `most` of them; as turn_strict() between them.
  // What should have come by now is told to be overdue. To be called before every command at `now`.
  std::vector<Answer> run_timers(engine::TimeUs now, std::size_t most = ~std::size_t{0});
  // What follows a command by itself, `most` decisions of it, each with its fills: whoever was passed over often enough turns strict, one after the
  // other; then reorder rules say what they make of it; then dates that have moved are told, SKU by SKU. To be called after every command whose
  // fills are done, which this twin decides by itself.
  std::vector<Answer> turn_strict(std::size_t most = ~std::size_t{0});
  // One of these, at this time: of a log that is followed.
  std::vector<Answer> follow_at(engine::TimeUs now);
  // Of a log that is followed: somebody turns strict, or is told a date, before anything else that the settler decides.
  bool must_turn() { return passed_over_enough() || moved_dates(); }
  // Of a log that is followed: what a reorder rule says, which may say what it does after others have decided more. Nothing, if it does nothing now.
  std::optional<Answer> look_at_rule(engine::SkuId sku, engine::WarehouseId warehouse, engine::TimeUs now);
  // A record of its own: ids of commands decided before `oldest_known` are forgotten, but for those of orders that are open or
  // were closed after `archived`.
  engine::Stamp forget(const engine::VoidDecision& decision, engine::TimeUs now);

  // The next records get these numbers instead of the ones that follow, for logs in which another command stands between a
  // cause and its fills.
  void number(std::deque<engine::Lsn> lsns) { numbers_ = std::move(lsns); }

  const State& state() const { return state_; }
  std::string digest() const { return state_.digest(); }

 private:

  Answer once(engine::IdSpace space, std::string_view id, std::uint64_t content, engine::ErrorCode duplicate,
              const std::function<Answer()>& decide);
  Answer error(engine::Error fault) const;
  engine::Stamp next_stamp(engine::TimeUs now, engine::Lsn cause);

  OrderAnswer decide(const engine::PlaceOrder& command, std::uint64_t content, Order& order);
  void wait_or_cancel(Order& order, std::uint32_t index, engine::Quantity open, engine::Quantity cut, OrderAnswer& answer);
  bool covers_all(const Order& order) const;
  // By line: units that are not there of SKUs that orders may not wait for. Pinned lines have theirs first.
  std::vector<engine::Quantity> not_there(const Order& order) const;
  static engine::OrderStatus status_of(engine::Policy policy, std::uint64_t taken, std::uint64_t waiting, std::uint64_t cancelled);
  std::vector<engine::Take> take(Order& order, Line& line, engine::Quantity wanted,
                                 const std::vector<engine::WarehouseId>& sources, const Withheld& withheld);
  // Units that earlier lines of an order would have, while it is found out what they could get.
  using Promised = std::map<CellKey, engine::Quantity>;
  engine::Quantity available(const Line& line, engine::WarehouseId warehouse, const Promised& promised) const;
  engine::Quantity try_to_take(const Line& line, const std::vector<engine::WarehouseId>& sources, Promised& promised) const;
  // Sourcing: the warehouses of unpinned lines in the order in which they are tried, and of one line at its turn.
  std::vector<engine::WarehouseId> sources(const Order& order) const;
  std::vector<engine::WarehouseId> sources(const Order& order, const Line& line, const std::vector<engine::WarehouseId>& of_order,
                                           const Promised& promised) const;
  std::vector<engine::Quantity> open_units(const Order& order, const std::vector<engine::WarehouseId>& from) const;
  std::vector<engine::WarehouseId> smallest_set(const Order& order, const std::vector<engine::WarehouseId>& ranked) const;
  std::uint16_t open_shipment(Order& order, engine::WarehouseId warehouse, bool set_aside);
  std::vector<engine::LineWait> waits(const Order& order) const;
  std::vector<engine::ExpectedUnits> dates(const Order& order) const;

  void add_stock(std::vector<engine::ReceivedRow>& rows, bool opening);
  void fill_row_by_row(const std::vector<engine::ReceivedRow>& rows, Answer& answer);
  void fill(engine::SkuId sku, std::uint32_t row, const Withheld& withheld, Answer& answer);
  void fill_line(Order& order, const Place& place, std::uint32_t row, const Withheld& withheld, Answer& answer);
  // `shipments`: how many the order had before.
  void note_fill(Order& order, const Place& place, FillAnswer filled, std::size_t shipments, Answer& answer);
  static bool mark_last(Answer& answer);

  // What a cancel and an amend give back.
  struct GivenBack {
    std::vector<engine::CancelledLine> lines{};
    std::vector<engine::Take> released{};
  };
  CancelAnswer cancel_whole(Order& order, Answer& answer);
  void serve_cancelled(const Order& order, const GivenBack& given_back, const std::vector<engine::RaisedLine>& raised, Answer& answer);
  void raise(Order& order, const std::vector<engine::RaisedLine>& raised, engine::Lsn amend);
  void give_back(Order& order, std::uint32_t line_index, std::uint64_t wanted, GivenBack& to);
  void ship_line(Order& order, Line& line, ShipAnswer& decision);
  // Steps of shipments.
  void move_line(Order& order, Line& line, std::uint32_t line_index, Allocation& allocation, engine::Quantity units, ShipmentAnswer& decision);
  void leave_rest(Order& order, ShipmentAnswer& decision, const std::map<engine::LineNumber, engine::Quantity>& rest);
  void write_off(const ShipmentAnswer& decision, Answer& answer);
  // Rows of a stock change take effect, and the queues are served.
  void apply_change(StockChangeAnswer& decision, const std::vector<engine::ChangeRow>& rows, Answer& answer);
  static void pick_lists_changed(Order& order, const std::vector<engine::Take>& released);
  void change_row(engine::ChangeKind kind, const engine::ChangeRow& row, StockChangeAnswer& decision);
  engine::Quantity lose(engine::SkuId sku, engine::WarehouseId warehouse, std::int64_t wanted, StockChangeAnswer& decision);
  engine::Quantity lose_held(engine::SkuId sku, engine::WarehouseId warehouse, std::int64_t wanted, StockChangeAnswer& decision);

  // Who waits for all or nothing (twin_strict.cpp): an order and the position of a line by which it does.
  using ByLine = std::pair<engine::Lsn, std::uint32_t>;
  struct Taken {
    engine::SkuId sku{};
    engine::WarehouseId warehouse{};
    std::uint32_t line_index = 0;
    engine::Lsn raised_at{};
  };
  SkipAnswer count_skip(Order& by, const std::vector<Taken>& taken);
  SkipAnswer count_skip(Order& by, const OrderAnswer& decision);
  static void forget_if_whole(Order& order, Line& line);
  std::optional<ByLine> passed_over_enough();
  static std::optional<std::uint32_t> impatient_line(const Order& order);
  Answer turn(const ByLine& who, bool waited);
  void take_over(const Order& order, const std::vector<std::uint32_t>& lines, StrictAnswer& decision);
  void take_from_later(const Place& place, engine::Quantity open, StrictAnswer& decision);

  // Transfers.
  void close(Transfer& transfer, TransferReceiptAnswer& decision);
  void serve_arrival(const TransferReceiptAnswer& decision, Answer& answer);

  // Purchase orders.
  void acknowledge(Purchase& purchase, const engine::MovePurchase& command, PurchaseStepAnswer& decision);
  void tell_open_lines(const Purchase& purchase, bool come, PurchaseStepAnswer& decision);
  void approve(Purchase& purchase, PurchaseStepAnswer& decision);
  void take_effect(const Purchase& purchase, PurchaseStepAnswer& decision);
  void note_end(const Purchase& purchase);
  void serve_delivery(const Purchase& purchase, const std::vector<engine::PurchaseArrivedRow>& rows, Answer& answer);
  // What the row brought is for its line's order first (twin_pegs.cpp).
  void serve_pegged(const Purchase& purchase, const engine::PurchaseArrivedRow& arrived, std::uint32_t row, const Withheld& withheld, Answer& answer);
  void peg(const engine::PlacePurchase& command, Purchase& purchase, PurchaseAnswer& decision);

  // Supply that is late (twin_overdue.cpp).
  std::int64_t lateness(const std::string& vendor) const;
  // When a line that is incoming is expected; gives what a record says of it: 0: as promised.
  engine::TimeUs expect(PurchaseLine& line, const std::string& vendor);
  // Of the lines that a record names, in their order.
  template <class Named>
  std::vector<engine::TimeUs> estimates(Purchase& purchase, const std::vector<Named>& named);
  void note_lateness(const Purchase& purchase, const std::vector<engine::PurchaseArrivedRow>& rows);
  OverdueAnswer overdue(Purchase& purchase);
  OverdueAnswer overdue(Transfer& transfer);

  // Dates that those who wait were told (twin_told.cpp).
  void tell_what_waits(Order& order, OrderAnswer& answer) const;
  static void note_promises(Order& order, const std::vector<engine::ExpectedUnits>& expected);
  std::optional<DatesAnswer> moved_dates() const;
  Answer tell(DatesAnswer moved);
  // What follows the last decision by itself, before the next command.
  std::optional<Answer> follow();

  // Reorder rules (twin_rules.cpp).
  struct Look {  // at every rule in turn: how far it has come
    engine::SkuId sku{};
    engine::WarehouseId warehouse{};
    bool again = false;  // a rule of this SKU has ordered: all of them are looked at once more
  };
  std::optional<Answer> next_of_rules();
  std::optional<Answer> look_at(Rule& rule);
  engine::Lsn order(const Rule& rule, engine::Quantity quantity, const engine::Stamp& stamp, ReorderAnswer& decision);
  void suggestion_cancelled(const Purchase& purchase);
  PurchaseStepAnswer approve_at_cut_off(Purchase& purchase);
  // Rules of a SKU that is looked at: those whose time has come sleep no more.
  void wake(engine::SkuId sku);
  void wake(const Answer& answer);  // of the SKUs that it touches
  // What is due at one time runs in this order.
  enum class TimerKind : std::uint8_t { hold, cancel_order, order_due, turn_strict, purchase_cut_off, purchase_overdue, transfer_overdue, rule_wakes };
  using DueTimer = std::tuple<engine::TimeUs, TimerKind, std::uint64_t>;  // and its subject
  void rule_timers(std::set<DueTimer>& due) const;

  static void note_closing(Order& order, engine::Lsn lsn);

  // Holds.
  struct Use {  // what a line takes from one warehouse
    engine::WarehouseId warehouse{};
    engine::Quantity units = 0;
  };
  using Uses = std::vector<std::vector<Use>>;  // by line
  HoldEndAnswer end(Hold& hold, engine::HoldEnd how, Answer& answer);
  void mark_ended(Hold& hold, engine::HoldEnd how);
  void serve(const std::vector<CameFree>& came_free, Answer& answer);
  AmendAnswer become_due(Order& order, Answer& answer);
  OrderAnswer decide_confirm(const engine::PlaceOrder& command, std::uint64_t content, Order& order, Hold& hold);
  std::vector<engine::ReceivedRow> give_back(const Hold& hold, const Order& order, const Uses& uses, std::map<CellKey, engine::Quantity>& kept);
  // Gives by line what is cut off a ship_complete order, see not_there().
  std::vector<engine::Quantity> take_rest(const Order& order, Uses& uses);
  void reserve(Order& order, const Uses& uses, const std::vector<engine::Quantity>& cut, OrderAnswer& answer);
  static void tell_policies(const Order& order, OrderAnswer& answer);

  CatalogueLimits limits_;
  State state_;
  std::deque<engine::Lsn> numbers_;
  std::optional<Look> look_;           // something was decided since all rules were looked at
  std::set<engine::Lsn> passed_over_;  // orders of which somebody was, since it was last looked who has had enough of it
};

}  // namespace earmark::model
