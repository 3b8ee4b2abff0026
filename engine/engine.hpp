// The engine as a whole: what is decided. Pure: no socket, no file, no clock, no log, no random number; time comes in
// with commands, answers and records leave through Outcomes and Recorder.
// Each committing thread has a Committer and an OrderDesk of its own; the Settler is shared (see there).
#pragma once

#include <cstdint>
#include <memory>
#include <algorithm>
#include <optional>
#include <string>

#include "engine/book.hpp"
#include "engine/committer.hpp"
#include "engine/durable_view.hpp"
#include "engine/gathered_waiters.hpp"
#include "engine/order_desk.hpp"
#include "engine/settler.hpp"
#include "engine/shared_state.hpp"

namespace earmark::engine {

class Engine {
 public:
  Engine(const Capacity& capacity, std::size_t committers);

  SharedState& shared() noexcept { return shared_; }
  Settler& settler() noexcept { return settler_; }
  DurableView& view() noexcept { return view_; }

  // Recovery, before any other thread runs: every record in LSN order, then restore_finished(). Nothing is decided and
  // no clock is read (E6). Afterwards settle_unfinished() of the settler writes the fills that were cut off.
  void restore(const Stamp& stamp, const OrderDecision& decision);
  void restore(const Stamp& stamp, const ReceiptDecision& decision);
  void restore(const Stamp& stamp, const FillDecision& decision);
  void restore(const Stamp& stamp, const CancelDecision& decision);
  void restore(const Stamp& stamp, const ShipDecision& decision);
  void restore(const Stamp& stamp, const AmendDecision& decision);
  void restore(const Stamp& stamp, const LoadDecision& decision);
  void restore(const Stamp& stamp, const VoidDecision& decision);
  void restore(const Stamp& stamp, const StockChangeDecision& decision);
  void restore(const Stamp& stamp, const HoldDecision& decision);
  void restore(const Stamp& stamp, const HoldExtendDecision& decision);
  void restore(const Stamp& stamp, const HoldEndDecision& decision);
  void restore(const Stamp& stamp, const ShipmentDecision& decision);
  void restore(const Stamp& stamp, const TransferShipDecision& decision);
  void restore(const Stamp& stamp, const TransferReceiptDecision& decision);
  void restore(const Stamp& stamp, const StrictDecision& decision);
  void restore(const Stamp& stamp, const PurchaseDecision& decision);
  void restore(const Stamp& stamp, const PurchaseStepDecision& decision);
  void restore(const Stamp& stamp, const PurchaseReceiptDecision& decision);
  void restore(const Stamp& stamp, const RulesDecision& decision);
  void restore(const Stamp& stamp, const ReorderDecision& decision);
  void restore(const Stamp& stamp, const OverdueDecision& decision);
  void restore(const Stamp& stamp, const DatesDecision& decision);
  void restore_finished();

  // A start from the state store instead of from the first record: catalogue, cells, open orders by LSN, vendors, sources, rules, open holds, open transfers and purchase orders, known ids
  // (closed orders' and ended holds' among them), restore_base_finished(); then restore() for every record behind `applied`, restore_finished().
  // A record that forgets ids is told whose by the caller, who keeps them: forget() for each before restore(); those of orders
  // in memory and of what else is open stay. (That of one beyond the horizon which ends is forgotten by restore() of that record.)
  void restore_base(const LoadDecision& part);
  void restore_base(const CellImage& cell);
  void restore_base(const OrderImage& order);
  // Very many orders, on two threads, so that both cores are at work: one builds each in memory, the other lets what is built be known and wait, in
  // the same order, and says when these are all. The first touches memory for orders and what was promised, the second the table of ids, queues,
  // timers, the view, and orders that were handed over. Handing over is the caller's, with release and acquire.
  BlockRef restore_order(const OrderImage& order);
  void restore_built(std::span<const BlockRef> orders);
  void restore_built_finished();
  void restore_base(const KnownImage& known);
  void restore_base(const HoldImage& hold);
  void restore_base(const TransferImage& transfer);
  void restore_base(const PurchaseImage& purchase);
  void restore_base(const VendorImage& vendor);
  void restore_base(const SourceImage& source);
  void restore_base(const RuleImage& rule);
  void restore_base_finished(Lsn applied, Lsn oldest_known);
  void forget(Identity identity);

  // Hash of cells, queues, known ids and open orders. Only while nothing commits.
  std::string digest() const;
  // The first invariant that does not hold, in words; empty: all hold. Only while nothing commits and no cause has
  // fills outstanding. I1 and I2 for each cell, I3, gates, and that orders and queues agree.
  std::string broken_invariant();

 private:
  void restored(const Stamp& stamp) noexcept { restored_ = stamp.lsn, last_record_ = stamp.time; }
  BlockRef restore_id(const Stamp& stamp, IdSpace space, Identity identity, std::uint64_t content, BlockRef block);
  BlockRef order_block(std::string_view id);
  void restore_due(const Stamp& stamp, const AmendDecision& decision);
  void take_back(const Stamp& stamp, std::string_view order_id, std::span<const CancelledLine> lines, std::span<const Take> released,
                 std::span<const RaisedLine> raised, bool fills_follow);
  void start_waiting(BlockRef block);
  void start_waiting_gathered(BlockRef block);
  void insert_gathered(SkuId sku, std::span<const Waiter> all) noexcept;
  void count_skip(const Skip& skipped, BlockRef by);
  static std::size_t line_of(OrderState& order, LineNumber line);
  std::string unserved_whole_taker();
  Lsn hold_lsn(std::string_view id);
  void end_hold(Lsn hold, HoldEnd how);
  std::string broken_timers();
  std::string broken_holds();
  std::string broken_transfers();
  std::string broken_purchases();
  std::string broken_rules();
  void find_pegged_orders();
  void forget_ended_purchase(Lsn lsn, PurchaseState state, const Identity& identity);
  std::string broken_patience();
  void add_to_cell(SkuId sku, WarehouseId warehouse, std::int64_t change);

  SharedState shared_;
  Book book_;
  Settler settler_;
  DurableView view_;
  BlockCache restore_blocks_;
  WriteSet no_writes_{1};
  WriteSet restore_writes_{128};
  std::optional<GatheredWaiters> gathered_;  // between the first of restore_built() and restore_built_finished()
  std::optional<Cause> open_cause_;
  std::vector<BlockRef> whole_orders_;  // of policy ship_complete, that waited when they were restored
  Lsn restored_{};
  TimeUs last_record_{};
};

}  // namespace earmark::engine
