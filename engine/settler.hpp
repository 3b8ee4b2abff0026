// The settler: decides what needs to know who waits: short orders, receipts, loads, cancels, shipments, stock changes, transfers; and answers
// questions about orders. A role, not a thread: whoever pushes into the unowned inbox settles until it is empty. The
// book and all orders are touched by the owner of the role alone; cells change by commits, like everybody's.
//
// Timers that are due at a message's time run before it.
//
// A command and its fills: the command's record first, then a record for each fill, in as many commits as needed; the
// next message waits until the last fill is committed. Orders for which all is there are decided between two of these commits, also
// by the thread that settles: it is given back after some of them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "engine/book.hpp"
#include "engine/committer.hpp"
#include "engine/confirm_plan.hpp"
#include "engine/decide_order.hpp"
#include "engine/inbox.hpp"
#include "engine/message.hpp"
#include "engine/retired_blocks.hpp"
#include "engine/serve_plan.hpp"

namespace earmark::engine {

struct CancelPlan;
struct ChangePlan;
struct ShipmentPlan;
class Pegging;
class RaisePlan;
class Victims;

struct SettlerCounters {
  Counter messages, shorts, fills, filled_units;
  Counter whole_orders_looked_at;  // of policy ship_complete, whether all is there
  Counter archived_orders, read_back_orders, forgotten_ids;
  Counter lost_units;
  Counter holds, confirmed_holds, released_holds, expired_holds;
  Counter orders_cancelled_by_time, orders_due;
  Counter transfers, closed_transfers, missing_units;
  Counter purchases, ended_purchases;
  Counter rules_triggered, rules_cleared, suggested_units;
  Counter overdue, moved_dates;
  Counter skips, turned_strict, taken_over_units;
};

enum class Settled : std::uint8_t {
  done,     // nothing left, or another thread has the role
  stalled,  // the journal's window is full: the caller still owns the role and calls resume() when more is durable
  paused,   // one cause has many fills: the caller still owns the role, and calls resume() when it has looked after what came meanwhile
};

class Settler {
 public:
  Settler(SharedState& shared, Book& book);
  // Where orders that have left memory are; before the first message.
  void use_archive(Archive& archive) noexcept { archive_ = &archive; }
  ~Settler();

  // Leaves the message; settles it and all others if nobody else does. Any thread, with its own committer.
  Settled submit(std::unique_ptr<Message> message, Committer& committer);
  // The same of orders that came together: where nobody else settles they are settled as they lie there, without a copy.
  Settled submit(std::span<const ReceivedOrder* const> orders, TimeUs time, Committer& committer);
  Settled resume(Committer& committer);
  // After recovery, before any other thread runs. `cause`: one that has fills outstanding. `whole_orders`: those of policy
  // ship_complete that wait.
  void continue_after_recovery(std::optional<Cause> cause, std::span<const BlockRef> whole_orders, TimeUs last_record);
  Settled settle_unfinished(Committer& committer);

  // A step of a shipment in replay. The order may have left memory: then it is kept until the archive has this.
  void restore(const Stamp& stamp, const ShipmentDecision& decision, BlockCache& blocks);
  // Orders closed and changed since, which the archive may not have as they are: by the LSN of their decision; nullptr: none.
  const OrderState* kept_order(Lsn lsn) const noexcept;

  // Nobody settles and nothing waits to be settled; holds while no thread submits.
  bool quiet() const noexcept { return inbox_.unowned(); }

  const SettlerCounters& counters() const noexcept { return counters_; }

 private:
  // False: no room, nothing was done.
  bool settle(const Message& message, Committer& committer);
  bool settle(const PlaceOrder& order, const Message& message, Committer& committer);
  bool settle(const LentOrders&, const Message&, Committer& committer);
  bool settle(const CancelOrder& cancel, const Message& message, Committer& committer);
  bool settle(const AmendOrder& amend, const Message& message, Committer& committer);
  bool settle(const ReceiveStock& receipt, const Message& message, Committer& committer);
  bool settle(const ShipOrder& ship, const Message& message, Committer& committer);
  bool settle(const LoadCatalogue& load, const Message& message, Committer& committer);
  bool settle(const ShowOrder& show, const Message& message, Committer& committer);
  bool settle(const ListBackorders& list, const Message& message, Committer& committer);
  bool settle(const ResolveCodes& resolve, const Message& message, Committer& committer);
  bool settle(const ArchiveOrders& archive, const Message& message, Committer& committer);
  bool settle(const ForgetIds& forget, const Message& message, Committer& committer);
  bool settle(const ChangeStock& change, const Message& message, Committer& committer);
  bool settle(const PlaceHold& hold, const Message& message, Committer& committer);
  bool settle(const ExtendHold& extend, const Message& message, Committer& committer);
  bool settle(const ConfirmHold& confirm, const Message& message, Committer& committer);
  bool settle(const ReleaseHold& release, const Message& message, Committer& committer);
  bool settle(const RunTimers&, const Message&, Committer&) { return true; }  // they have run
  bool settle(const ListHolds& list, const Message& message, Committer& committer);
  bool settle(const MoveShipment& move, const Message& message, Committer& committer);
  bool settle(const ShipTransfer& ship, const Message& message, Committer& committer);
  bool settle(const ReceiveTransfer& receive, const Message& message, Committer& committer);
  bool settle(const ListTransfers& list, const Message& message, Committer& committer);
  bool settle(const PlacePurchase& place, const Message& message, Committer& committer);
  bool settle(const MovePurchase& move, const Message& message, Committer& committer);
  bool settle(const ReceivePurchase& receive, const Message& message, Committer& committer);
  bool settle(const CheckDates& check, const Message& message, Committer& committer);
  bool settle(const ListPurchases& list, const Message& message, Committer& committer);
  bool settle(const SetRules& set, const Message& message, Committer& committer);
  bool settle(const MindRules& mind, const Message& message, Committer& committer);
  bool settle(const ListRules& list, const Message& message, Committer& committer);
  bool settle(const FindDecision& find, const Message& message, Committer& committer);

  // What follows from a decision that touched SKUs (settle_rules.cpp, settle_dates.cpp), a step of it each. False: no room.
  bool something_touched() const noexcept { return !book_.touched.positions.empty() || !book_.touched.dates.empty(); }
  bool mind_touched(Committer& committer);
  bool mind_rules(SkuId sku, Committer& committer);
  bool has_dates(SkuId sku) const;
  bool reorder(const Rule& rule, Committer& committer, bool& no_memory);
  void set_levels(SkuId sku);
  std::vector<VendorView> number_vendors(const std::vector<bool>& named, std::span<SourceSet> sources, std::span<RuleView> rules) const;
  bool tell_dates(SkuId sku, Committer& committer);

  // Each of them: false: no room.
  bool run_timer(const Timer& due, Committer& committer);
  bool expire_hold(Lsn hold, Committer& committer);
  bool cancel_at_its_time(Lsn order, Committer& committer);
  bool become_due(Lsn order, Committer& committer);
  bool turn_strict_at_its_time(Lsn order, Committer& committer);
  bool cut_off(Lsn purchase, Committer& committer);
  bool tell_overdue(bool transfer, Lsn lsn, Committer& committer);
  bool wake_rule(std::uint64_t subject);
  // Who waits by this line turns strict, and is served (settle_strict.cpp).
  bool turn_strict(BlockRef order, std::size_t line_index, bool waited, Committer& committer);
  Skip skip_by(const PassedOver& passed) const;
  void count_skip(const PassedOver& passed, BlockRef by);
  // `not_due`: its reserve_not_before is to come.
  Error judge_times(const PlaceOrder& order, bool not_due) const noexcept;
  // A time that an order names and that has come already.
  bool is_past(TimeUs time) const noexcept { return time.value != 0 && time <= now_; }
  // The hold with this id: open, or what can be said of it.
  struct FoundHold {
    ErrorCode fault = ErrorCode::unknown_hold;  // none: it is open
    Lsn lsn{};
  };
  FoundHold find_hold(std::string_view id);
  struct FoundTransfer {
    ErrorCode fault = ErrorCode::unknown_transfer;  // none: it is open
    Lsn lsn{};
    const OpenTransfer* open = nullptr;
  };
  FoundTransfer find_transfer(std::string_view id);
  struct FoundPurchase {
    ErrorCode fault = ErrorCode::unknown_purchase;  // none: it is open
    Lsn lsn{};
    const OpenPurchase* open = nullptr;
  };
  FoundPurchase find_purchase(std::string_view id);
  // Commits `decision`, whose lines and units are added here, and its fills. `judge(bundle)` is called at the start of each
  // attempt; false: there is nothing to commit. The hold may be none if it says so.
  template <class Judge>
  Committed commit_hold_end(Lsn lsn, HoldEndDecision decision, const ReplyTo& reply, TimeUs time, Committer& committer, Judge&& judge);
  // As part of a commit that ends the hold, transfer or purchase order whose id this is: beyond the horizon it is known no longer. True: it was
  // forgotten; drop_forgotten() follows the commit.
  bool forget_ended(BlockRef known);
  void drop_forgotten(BlockRef known);
  void hold_has_ended(Lsn lsn, HoldEnd how, bool forgotten, Committer& committer);

  // Plans and commits the next fills of cause_; ends it with its last one. False: no room.
  bool fill_more(Committer& committer);
  // Adds the plan's fills to the bundle; `more`: further commits will follow.
  void add_fills(Bundle& bundle, bool more);
  void fills_committed(bool more, Committer& committer);
  std::size_t fill_bytes() const noexcept { return fill_bytes(most_fills()); }
  std::size_t fill_bytes(std::size_t fills) const noexcept;
  std::size_t most_fills() const noexcept;  // of one commit

  // What an id that was seen before makes of a command.
  struct Judged {
    Error error;
    Lsn original{};  // not 0: a repeat of the decision made there
    CommandIds::Place place;
    Identity identity;
  };
  Judged judge_id(IdSpace space, std::string_view id, std::uint64_t content, ErrorCode duplicate);
  void answer(const Judged& judged, Lsn as_of, const ReplyTo& reply, Committer& committer);
  // The order, which may have left memory: then it is read back for the time of one message, see put_away().
  OrderState* find_order(std::string_view id, BlockRef& block, BlockCache& blocks);
  OrderState* find_order(std::string_view id, BlockRef& block, Committer& committer) { return find_order(id, block, committer.blocks()); }
  OrderState* read_back(Lsn lsn, Identity identity, BlockRef& block, BlockCache& blocks);
  void put_away(Committer& committer);
  // A closed order was changed by the record `lsn`. One that was read back stays in memory, here, until the archive has it so.
  void keep_changed(BlockRef block, Lsn lsn);
  // The archive has what was changed up to `through`.
  void let_go(Lsn through, Committer& committer);
  // Commits that those of `ids` are forgotten of which no order is in memory. False: no room.
  bool commit_forgetting(Lsn oldest, Lsn archived, std::span<const Identity> ids, TimeUs time, Committer& committer);
  // Makes the id known at `lsn` as part of the commit being built. `block` has 32 bytes.
  void write_id(const Judged& judged, BlockRef block, IdSpace space, std::uint64_t content, Lsn lsn);
  bool purchase_committed(const Committed& committed, const Judged& judged, BlockRef known, const Message& message, Committer& committer);
  const CatalogueView& catalogue();

  // A command that takes units back from an order.
  struct TakeBack {
    IdSpace space{};
    ErrorCode duplicate{};
    std::string_view command_id, order_id;
    std::size_t rows = 0;
  };
  struct Taken {
    bool settled = false;  // false: no room
    BlockRef order = 0;    // 0: it was refused or a repeat, and is answered
    Lsn first{};           // to be announced
  };
  // Within the commit at `cause.lsn`: what `plan` releases becomes free, and its fills and those of raised lines, which are in the
  // queues, are planned. Returns whether more would follow.
  bool plan_taking_back(const OrderState& order, CancelPlan& plan, std::span<const RaisedLine> raised, Cause& cause, std::size_t lost);
  template <class Resolve, class Decide>
  Taken take_back(const TakeBack& asked, const Message& message, Committer& committer, RaisePlan& raise, Resolve resolve_rows, Decide decide);

  // An order in a commit of several (settle_order.cpp).
  struct OrderInWork {
    Judged judged;
    Lsn judged_at{};  // orders before it are decided up to here
    PassedOver passed;
    BlockRef block = 0;
    std::size_t block_bytes = 0;
    std::size_t blocked_line = 0;
    bool decided = false;  // else it is answered as it was judged
    bool plain = false;    // others may follow in its commit
    bool waits = false;
  };
  // One that waits by the commit being built.
  struct WaitingHere {
    QueuePlace place;
    SkuId sku{};
    Quantity units = 0;
  };
  // Decides the first of them, as many as one commit takes; how many. 0: no room.
  std::size_t settle_orders(std::span<const ReceivedOrder* const> orders, Committer& committer);
  bool decide_in_turn(const ReceivedOrder& received, OrderInWork& work, Bundle& bundle, BlockCache& blocks);
  bool is_plain(const PlaceOrder& order) const;
  void start_order(Lsn lsn, const OrderInWork& work);
  void drop_block(OrderInWork& work, BlockCache& blocks);

  // Of an order that is short (settle_waits.cpp).
  bool add_waits(const PlaceOrder& order, Lsn lsn, const CatalogueView& view);
  // Questions.
  Pegging peg(SkuId sku);  // as it is now
  Lsn read_by();
  struct CheckedDates {
    std::vector<Quantity> available, now;
    std::vector<ExpectedUnits> expected, fallbacks;
  };
  void check_dates(const CheckDates& check, const CatalogueView& view, CheckedDates& checked);
  bool add_expected(const PlaceOrder& order, Lsn lsn, const CatalogueView& view);
  // Of `units` what `expected` says nothing of, behind its first `known` entries: if it were ordered now.
  void add_fallback(SkuId sku, WarehouseId pinned, Quantity units, std::uint32_t line_index, std::span<const ExpectedUnits> expected,
                    std::vector<ExpectedUnits>& fallbacks);
  void note_who_is_behind(std::span<const LineWait> waits);

  // Steps of shipments (settle_shipment.cpp).
  Error judge_ship(const OrderState& order) const;
  bool settle_short_pick(const MoveShipment& move, const Message& message, Committer& committer, BlockRef order, const ShipmentPlan& plan);

  // Stock changes (settle_stock.cpp), also what a short pick did not find: then `pick` is the record before it, with its cells' figures
  // in `lines`.
  struct ShortPick {
    ShipmentDecision decision;
    std::vector<MovedLine> lines;
  };
  struct ChangeInWork {
    const ChangeStock& change;
    const Message& message;
    ShortPick* pick = nullptr;
    std::string_view id() const noexcept { return pick == nullptr ? change.id : pick->decision.command_id; }
  };
  struct Changed {
    bool settled = false;    // false: no room
    bool committed = false;
    Lsn first{};             // to be announced
    Judged judged;           // not committed: why
    Lsn judged_at{};
  };
  Changed change_stock(const ChangeInWork& work, Committer& committer, BlockRef block);
  Committed try_change(const ChangeInWork& work, Committer& committer, BlockRef block, const Victims& victims, Judged& judged,
                       ChangePlan& plan, bool& more);
  bool gate_for_change(const ChangePlan& plan, bool on, const Message& message, Committer& committer);

  SharedState& shared_;
  Book& book_;
  Inbox<Message> inbox_;
  Message* todo_ = nullptr;  // taken from the inbox, oldest first
  Message lent_{LentOrders{}};  // stands for lent_orders_; in todo_ within one call of submit() alone
  std::span<const ReceivedOrder* const> lent_orders_;  // not settled yet
  std::optional<Cause> cause_;
  TimeUs now_{};  // the latest time of a message
  bool knows_time_ = true;  // false: of a start from the state store alone, until a command tells it
  WriteSet writes_;
  ServePlan plan_;
  Archive* archive_ = nullptr;
  BlockRef read_back_ = 0;  // an order read back from the archive; nobody else knows of it
  struct KeptOrder {
    BlockRef block = 0;  // 0: the order is still in memory under its id
    Lsn touched{};       // the last record that changed it
  };
  std::map<Lsn, KeptOrder> kept_;
  RetiredBlocks retired_;
  OrderDraft draft_;
  std::vector<OrderInWork> in_work_;
  std::vector<WaitingHere> waiting_here_;
  ConfirmPlan confirm_;
  SettlerCounters counters_;
};

}  // namespace earmark::engine
