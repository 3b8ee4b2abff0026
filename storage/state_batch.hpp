// A batch of the journal's records as changes of the state: what they touch is taken out of the store when it is first
// needed, changed here, and written once, however often it was touched. Pure but for its source; knows no database.
// It is a fold of its own, beside the engine and OfflineState, and refuses records that contradict what it has.
// One thread. Memory grows with the batch and is kept for the next one.
//   order placed here: a new record; order from the store: the same record changed; further allocations stand in a list
//   beside it and join it when it is written
//   cells and availabilities are kept from one batch to the next (kept_rows.hpp)
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/level.hpp"
#include "engine/state_image.hpp"
#include "schema/event.hpp"
#include "storage/figure_batch.hpp"
#include "storage/hash_index.hpp"
#include "storage/kept_rows.hpp"
#include "storage/state_rows.hpp"
#include "storage/state_store.hpp"

namespace earmark::storage {

// What the store holds, without the batch. What cannot be read counts as not there; the source keeps the failure.
class StateSource : public FigureSource {
 public:
  virtual bool cell(std::uint64_t key, CellRow& row) = 0;
  // The order's record, verified; empty: not there. Holds until the next call.
  virtual std::span<const std::byte> order(engine::Lsn lsn) = 0;
  virtual engine::Lsn newest(engine::Identity identity) = 0;  // 0: none
  // The same as order() for an open hold, an open transfer, and an open purchase order.
  virtual std::span<const std::byte> hold(engine::Lsn lsn) = 0;
  virtual std::span<const std::byte> transfer(engine::Lsn lsn) = 0;
  virtual std::span<const std::byte> purchase(engine::Lsn lsn) = 0;
  // Views in the image hold until the next call.
  virtual bool vendor(std::string_view code, engine::VendorImage& image) = 0;
  virtual bool rule(std::uint64_t key, engine::RuleImage& image) = 0;
};

// Memory for records: taken in order, given back all at once.
class RecordMemory {
 public:
  std::byte* take(std::size_t bytes);  // 8-byte aligned
  void clear();                        // keeps what a batch of this size needs again
  std::size_t used() const noexcept { return used_; }

 private:
  static constexpr std::size_t block_bytes = std::size_t{1} << 20;
  std::vector<std::pair<std::unique_ptr<std::byte[]>, std::size_t>> blocks_;
  std::size_t block_ = 0, at_ = 0, used_ = 0;
};

class StateBatch {
 public:
  struct MoreAllocation {
    engine::AllocationImage allocation;
    std::uint32_t line_index = 0;
    MoreAllocation* next = nullptr;
  };
  struct Order {
    engine::Lsn lsn{};
    engine::Identity identity;
    std::byte* record = nullptr;
    std::uint32_t bytes = 0;
    std::uint32_t id_row = 0;  // of ids(), for an order placed here
    engine::Lsn closed{};      // by a record of this batch; 0: open
    MoreAllocation* more = nullptr;
    bool with_shipments = false;  // theirs are in shipments_ from now on, not in the record
    bool with_raises = false;     // the same, in raises_
    bool with_promises = false;   // the same, in promises_
  };
  struct Shipment {
    engine::ShipmentState state = engine::ShipmentState::open;
    std::uint32_t revision = 1;
    engine::TimeUs expected{};
    std::string carrier, tracking;
    std::map<std::uint32_t, engine::Quantity> returned;  // by position of the line
    bool stepped = false;                                // a step of it was recorded
  };
  struct Id {
    engine::Lsn lsn{};
    IdRow row;
  };
  struct Closing {  // of an order from the store
    engine::Lsn order{}, closed{};
    engine::Identity identity;
    std::uint64_t content = 0;
  };
  struct Entry {  // of the catalogue
    std::uint64_t key = 0;
    std::uint32_t priority = 0;
    std::string code, name;
  };

  // A hold that records of the batch made, extended or ended.
  struct Hold {
    engine::Lsn lsn{};
    engine::Identity identity;
    bool stored = false;  // in the store before the batch
    bool open = true;
    engine::HoldEnd end = engine::HoldEnd::open;
    std::string id, customer;
    std::uint64_t content = 0;
    engine::TimeUs time{}, deadline{};
    std::vector<engine::LineImage> lines;
    std::vector<engine::AllocationImage> allocations;
    engine::HoldImage image() const noexcept { return {lsn, time, deadline, id, customer, content, lines, allocations}; }
  };

  // A transfer that records of the batch shipped or received.
  struct Transfer {
    bool stored = false;  // in the store before the batch
    bool is_open = true;
    std::string id;
    std::uint64_t content = 0;
    engine::TimeUs time{}, expected{};
    engine::WarehouseId source{}, destination{};
    std::vector<engine::TransferLine> lines;
    bool open() const noexcept { return is_open; }
    engine::TransferImage image(engine::Lsn lsn) const noexcept { return {lsn, time, expected, id, content, source, destination, lines}; }
  };

  // A purchase order that records of the batch placed or changed.
  struct Purchase {
    bool stored = false;  // in the store before the batch
    engine::PurchaseState state = engine::PurchaseState::draft;
    std::string id, vendor, reference, notes;
    std::uint64_t content = 0;
    engine::TimeUs time{};
    std::vector<engine::PurchaseLineState> lines;
    engine::TimeUs closes{};
    bool automatic = false;
    bool open() const noexcept { return engine::is_open(state); }
    engine::PurchaseLineState* line(engine::LineNumber number);  // nullptr: it has none with this number
    void add(const engine::PurchasedLine& line, engine::TimeUs expected);
    engine::PurchaseImage image(engine::Lsn lsn) const noexcept {
      return {lsn, time, id, content, vendor, reference, notes, state, closes, automatic, lines};
    }
  };

  // A vendor that records of the batch listed, or of whom something arrived.
  struct Vendor {
    std::string name;
    std::int32_t lead_days = -1;
    std::int16_t cut_off = -1;
    bool listed = false;
    std::uint64_t arrivals = 0;
    std::int64_t late_us = 0;
    engine::VendorImage image(std::string_view code) const noexcept { return {code, name, lead_days, cut_off, listed, arrivals, late_us}; }
  };

  // A reorder rule that records of the batch asked for. Mode off: it is there no longer.
  struct Rule {
    bool stored = false;  // in the store before the batch
    engine::RuleSet set;  // its `vendor` is not used
    std::string vendor;   // empty: by choice
    bool triggered = false;
    engine::Lsn purchase{};
    bool is_set() const noexcept { return set.mode != engine::RuleMode::off; }
    engine::RuleImage image() const noexcept { return {set, vendor, triggered, purchase}; }
  };

  // Begins the next batch: what the last one changed has been written.
  void clear();
  // It has not, and may never be: nothing that was taken out of the store holds any more.
  void forget();
  // False: the record contradicts the state, problem() says how; the batch is of no use any more.
  bool apply(const schema::Event& event, StateSource& source);
  const std::string& problem() const noexcept { return problem_; }
  std::size_t bytes() const noexcept { return memory_.used(); }

  // Ready to be written: everything sorted by key, every record whole. Call once, before the rest.
  void finish();
  std::span<const Order> placed() const noexcept { return placed_; }
  std::span<const Order> touched() const noexcept { return touched_; }  // of the store
  struct Cell {
    engine::CellImage image;
    engine::Lsn asked{};  // the last record that did
  };
  using Cells = KeptRows<Cell>;
  const Cells& cells() const noexcept { return cells_; }  // its changes()
  std::span<const Id> ids() const noexcept { return ids_; }
  std::span<const Closing> closings() const noexcept { return closings_; }  // by order
  std::span<const Entry> catalogue() const noexcept { return catalogue_; }
  std::span<const std::pair<engine::Identity, engine::Lsn>> newest() const noexcept { return newest_; }
  const std::map<engine::Lsn, Hold>& holds() const noexcept { return holds_; }
  const std::map<engine::Lsn, Transfer>& transfers() const noexcept { return transfers_; }
  const std::map<engine::Lsn, Purchase>& purchases() const noexcept { return purchases_; }
  const std::map<std::string, Vendor, std::less<>>& vendors() const noexcept { return vendors_; }
  using Sources = std::map<std::pair<engine::SkuId, std::string>, std::int32_t>;  // lead times
  const Sources& sources() const noexcept { return sources_; }
  const std::map<std::uint64_t, Rule>& rules() const noexcept { return rules_; }  // by cell_key()
  // What there is to count, by day and by SKU.
  const FigureBatch& figures() const noexcept { return figures_; }
  // All orders closed, also those closed at once, in the order of closing.
  std::span<const ClosedOrder> closed() const noexcept { return closed_; }

 private:
  bool fold(const engine::Stamp& stamp, const engine::VoidDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::OrderDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::ReceiptDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::FillDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::CancelDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::ShipDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::LoadDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::AmendDecision& decision);
  bool become_due(std::string_view id);
  bool take_back(std::string_view order_id, std::span<const engine::CancelledLine> rows, std::span<const engine::Take> released,
                 std::optional<engine::Priority> priority, std::span<const engine::RaisedLine> raised);
  bool fold(const engine::Stamp& stamp, const engine::StockChangeDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::HoldDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::HoldExtendDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::HoldEndDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::ShipmentDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::TransferShipDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::TransferReceiptDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::StrictDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::PurchaseDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::PurchaseStepDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::PurchaseReceiptDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::RulesDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::ReorderDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::OverdueDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::DatesDecision& decision);
  bool peg(Purchase& purchase, const engine::PurchasePeg& peg, std::string_view order_id);
  bool fills_a_peg(const engine::Stamp& stamp, const engine::FillDecision& decision, std::uint64_t units);
  bool estimate(engine::PurchaseLineState& line, std::span<const engine::TimeUs> estimates, std::size_t index);
  bool estimate_changes(Purchase& purchase, const engine::PurchaseStepDecision& decision);
  bool cut_off_has_come(const Purchase& purchase, engine::PurchaseStep step);
  Vendor& vendor(std::string_view code);
  void count_lateness(std::string_view code, engine::TimeUs promised);
  Rule* find_rule(std::uint64_t key);
  void set_rule(const engine::RuleSet& set, std::string_view vendor);
  bool make_purchase(const engine::Stamp& stamp, const engine::ReorderDecision& decision);
  bool add_to_purchase(const engine::ReorderDecision& decision);
  void suggestion_cancelled(engine::Lsn lsn, const Purchase& purchase);
  bool purchase_overdue(const engine::Stamp& stamp, const engine::OverdueDecision& decision);
  bool transfer_overdue(const engine::OverdueDecision& decision);
  std::span<const engine::PromiseImage> promises_of(const engine::OrderDecision& decision);
  engine::PromiseImage* promise_of(Order& order, std::size_t line_index);
  void tell(Order& order, std::size_t line_index, engine::TimeUs date);
  void settle_promise(Order& order, std::size_t line_index);
  bool acknowledge(Purchase& purchase, const engine::PurchaseChange& change);
  bool tells_open_lines(const Purchase& purchase, const engine::PurchaseStepDecision& decision);
  void give_up(const Purchase& purchase);
  bool count_skip(const engine::Skip& skipped);
  void settle_patience(Order& order, std::size_t line_index);
  Transfer* find_transfer(engine::Lsn lsn);
  Purchase* open_purchase(engine::Lsn lsn);
  Purchase* find_purchase(engine::Lsn lsn, std::string_view id);
  bool move_line(Order& order, const engine::ShipmentDecision& decision, const engine::MovedLine& moved);
  // What is kept of the order's shipments, by number.
  std::map<std::uint16_t, Shipment>& shipments_of(Order& order);
  Shipment& shipment_of(Order& order, std::uint16_t number);
  bool is_open_now(const Order& order) const;
  std::uint16_t next_shipment(const Order& order) const;
  void write_shipments(Order& order, engine::OrderImage& image);
  // What of raised lines waits in entries of its own, oldest first; nullptr: nothing, and none is to be added.
  std::vector<engine::RaiseImage>* raises_of(Order& order, bool to_add);
  bool stop_waiting(Order& order, std::size_t line_index, engine::Lsn raised_at, engine::Quantity units);
  void cut(Order& order, std::size_t line_index, engine::Quantity units);
  bool raise(Order& order, std::span<const engine::RaisedLine> raised);
  void write_raises(Order& order, engine::OrderImage& image);
  bool confirm(const engine::OrderDecision& decision);
  bool confirmed(const engine::OrderDecision& decision);
  Hold* find_hold(std::string_view id);
  bool give_back(engine::SkuId sku, engine::WarehouseId warehouse, engine::Quantity units);
  void end(Hold& hold, engine::HoldEnd how);

  bool refuse(const std::string& what);
  engine::CellImage& cell(engine::SkuId sku, engine::WarehouseId warehouse);
  void fetch_cells(const engine::OrderDecision& decision) const;
  bool agrees(const engine::CellImage& cell, engine::Quantity available_after);
  bool take_from_cell(engine::SkuId sku, const engine::Take& take);
  bool receive(const engine::ReceivedRow& row, bool opening);
  bool lose(const engine::LostUnits& lost);
  bool lose_held(const engine::LostUnits& lost, std::string_view id);
  bool decided_line(const engine::LineDecision& decided, std::span<const engine::Take> more);
  void know(engine::IdSpace space, engine::Identity identity, std::uint64_t content, engine::Lsn closed);

  void count_availability();
  OrderTotals totals_of(const Order& order) const;
  void count_fill(Order& order, std::size_t line_index);
  engine::TimeUs settle_first(Order& order, std::size_t line_index);

  Order* find(engine::Lsn lsn);
  Order* find_by_id(std::string_view id);
  engine::AllocationImage* allocation(Order& order, std::size_t line_index, engine::WarehouseId warehouse, std::uint16_t shipment);
  void allocate(Order& order, std::size_t line_index, const engine::Take& take);  // a fill's
  void reserve(Order& order, std::size_t line_index, const engine::Take& take);
  engine::LineImage* line_of(Order& order, engine::LineNumber number, std::size_t& line_index);
  void close_if_done(Order& order, bool by_shipping);
  void make_whole(Order& order);
  void write_anew(Order& order, const engine::OrderImage& image);

  StateSource* source_ = nullptr;  // during apply()
  engine::Lsn lsn_{};              // of the record that is being applied
  engine::TimeUs time_{};          // its time
  std::string problem_;
  RecordMemory memory_;
  std::vector<Order> placed_, touched_;
  HashIndex placed_by_id_, touched_by_lsn_;
  static constexpr std::size_t most_kept_cells = std::size_t{1} << 19;
  Cells cells_{most_kept_cells};
  struct CellBefore {
    std::uint32_t position = 0;  // in cells_
    engine::Quantity available = 0;
  };
  std::vector<CellBefore> cells_before_;     // of the record: the cells that it asked for
  FigureBatch figures_;
  std::vector<Id> ids_;
  std::vector<Closing> closings_;
  std::vector<Entry> catalogue_;
  std::vector<std::pair<engine::Identity, engine::Lsn>> newest_;
  std::vector<ClosedOrder> closed_;
  std::map<engine::Lsn, Hold> holds_;
  std::map<engine::Lsn, Transfer> transfers_;
  std::map<engine::Lsn, Purchase> purchases_;
  std::map<std::string, Vendor, std::less<>> vendors_;
  Sources sources_;
  std::map<std::uint64_t, Rule> rules_;
  engine::Lsn pegged_by_{};  // the last receipt of a purchase order, and what of it may still go to whom it is pegged to
  std::map<std::pair<engine::Lsn, engine::LineNumber>, std::uint64_t> pegged_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, engine::Lsn> open_holds_;  // those of holds_ by identity
  std::map<engine::Lsn, std::map<std::uint16_t, Shipment>> shipments_;  // of orders with_shipments
  std::vector<std::byte> shipment_bytes_, raise_bytes_;
  std::map<engine::Lsn, std::vector<engine::RaiseImage>> raises_;  // of orders with_raises
  std::map<engine::Lsn, std::vector<engine::PromiseImage>> promises_;  // of orders with_promises, by line_index
  std::vector<engine::LineImage> lines_;              // of the order that is being placed
  std::vector<engine::AllocationImage> allocations_;
  std::vector<engine::PromiseImage> promised_;
};

}  // namespace earmark::storage
