// The state as the journal tells it: records folded with std::map, in the simplest way there is. Shares nothing with
// the engine but the canonical form (engine/digest.hpp), so that equal digests mean something. It audits what it folds:
// a record that takes what is not there, or names another available_after than the fold has, is refused.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/digest.hpp"
#include "engine/level.hpp"
#include "engine/state_image.hpp"
#include "schema/event.hpp"
#include "storage/state_store.hpp"

namespace earmark::storage {

class OfflineState {
 public:
  // Starts from a state store instead of from nothing, before any record. Failure: damaged.
  Outcome<void> begin(const StateStore& base);
  // Records in LSN order, from 1 or from behind the base on. False: the record contradicts the state, problem() says how; nothing more is applied.
  bool apply(const schema::Event& event);
  const std::string& problem() const noexcept { return problem_; }

  engine::Lsn last() const noexcept { return last_; }
  std::string digest() const;
  // What the digest does not have: vendors, sources, rules, what is known of open purchase orders' closing, and what lines were promised.
  void tell_rules(StateVisitor& visitor) const;
  std::vector<engine::PromiseImage> promises(engine::Lsn order) const;

  // What it is made of, for who looks at it between two records (storage/audit.hpp).
  struct Cell {
    std::uint64_t on_hand = 0;
    std::int64_t level = 0;  // what is left to promise; below 0: overdrawn
    std::uint64_t unavailable = 0, held = 0;
    std::uint64_t available() const noexcept { return level < 0 ? 0 : static_cast<std::uint64_t>(level); }
  };
  struct Allocation {
    std::uint64_t reserved = 0, shipped = 0;
  };
  struct Line {
    engine::LineNumber number{};
    engine::SkuId sku{};
    engine::Quantity quantity = 0, waiting = 0;  // of a hold's: units that stock changes took from it
    engine::WarehouseId pinned{};
    engine::LinePolicy policy{};
    std::uint8_t patience = 0;  // engine/patience.hpp: of a line_complete line that waits
    std::map<std::pair<engine::WarehouseId, std::uint16_t>, Allocation> allocations;  // by warehouse and shipment
    // Of `waiting`, what waits in entries of raises, by the LSN of the amend. A cut takes the newest first.
    std::map<engine::Lsn, engine::Quantity> raised{};
    engine::TimeUs first{}, told{};  // when its last unit was promised first, and last; 0: not

    engine::Quantity own_waiting() const noexcept;
    void cut(engine::Quantity units);
  };
  struct Shipment {
    engine::ShipmentState state = engine::ShipmentState::open;
    std::uint32_t revision = 1;
    std::map<std::uint32_t, engine::Quantity> returned;  // by position of the line
    bool stepped = false;                                // a step of it was recorded
  };
  struct Order {
    engine::Identity identity;
    engine::OrderStatus status{};
    engine::Policy policy{};
    engine::Priority priority{};
    engine::WarehouseId preferred{};
    std::vector<Line> lines;
    std::uint16_t next_shipment = 1;
    std::map<std::uint16_t, Shipment> shipments;  // of which more is known than their units
    bool not_due = false;                         // its reserve_not_before has not come
    std::uint8_t patience = 0;                    // of a ship_complete order that waits
    bool has_skipped = false;
  };
  struct Hold {
    engine::Identity identity;
    engine::TimeUs deadline{};
    std::vector<Line> lines;  // reserved in their allocations is what is held
  };
  using CellKey = std::pair<engine::SkuId, engine::WarehouseId>;

  // Open ones; null: there is none.
  const Order* order(engine::Lsn lsn) const;
  const Hold* hold(engine::Lsn lsn) const;
  const std::map<engine::Lsn, Order>& open_orders() const noexcept { return orders_; }
  // The open order or hold with this id; its LSN, 0 when there is none.
  engine::Lsn open_order(std::string_view id) const;
  engine::Lsn open_hold(std::string_view id) const;
  const std::map<CellKey, Cell>& cells() const noexcept { return cells_; }

 private:
  struct InTransit {
    std::uint64_t shipped = 0, received = 0;
    std::uint64_t left() const noexcept { return shipped > received ? shipped - received : 0; }
  };
  struct Transfer {
    engine::Identity identity;
    engine::WarehouseId source{}, destination{};
    engine::TimeUs expected{};
    std::map<engine::SkuId, InTransit> skus;
  };
  struct Purchase {
    engine::Identity identity;
    engine::PurchaseState state{};
    std::vector<engine::PurchaseLineState> lines;
    std::map<engine::LineNumber, std::size_t> by_number;  // positions in `lines`
    std::string id{}, vendor{};
    engine::TimeUs closes{};
    bool automatic = false;

    void add(engine::TimeUs promised, engine::LineNumber number, engine::SkuId sku, engine::WarehouseId warehouse, engine::Quantity quantity);
    bool is_a_rules_draft() const noexcept;

    std::int64_t incoming() const noexcept;
    bool has_open() const noexcept;
    bool has_arrived() const noexcept;
  };
  struct Vendor {
    std::string name;
    std::int32_t lead_days = -1;
    std::int16_t cut_off = -1;
    bool listed = false;
    std::uint64_t arrivals = 0;
    std::int64_t late_us = 0;
  };
  struct Rule {
    engine::RuleSet set;
    std::string vendor;
    bool waits = false;  // it has triggered, and its position has not been above its point since
    engine::Lsn purchase{};
  };
  struct KnownId {
    std::uint64_t content = 0;
    engine::Lsn lsn{};
    engine::Lsn closed{};  // an order's: of the record that closed it
    engine::HoldEnd ended = engine::HoldEnd::open;  // a hold's
  };
  using IdKey = std::pair<engine::IdSpace, std::pair<std::uint64_t, std::uint64_t>>;

  class BaseReader;
  bool fold(const engine::Stamp& stamp, const engine::VoidDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::OrderDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::ReceiptDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::FillDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::CancelDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::ShipDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::LoadDecision& decision);
  bool fold(const engine::Stamp& stamp, const engine::AmendDecision& decision);
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
  bool order_by_rule(const engine::Stamp& stamp, const engine::ReorderDecision& decision);
  bool is_late(const engine::OverdueDecision& decision, Purchase& purchase, engine::TimeUs now);
  bool is_late(const engine::OverdueDecision& decision, Transfer& transfer, engine::TimeUs now);
  bool expect(engine::PurchaseLineState& line, std::span<const engine::TimeUs> estimates, std::size_t index, engine::TimeUs now);
  bool peg(engine::PurchaseLineState& line, const engine::PurchasePeg& peg, std::string_view id);
  bool by_time(const Purchase& purchase, engine::PurchaseStep step, engine::TimeUs now);
  void let_rules_wait(engine::Lsn purchase);
  static bool leads_to(const Purchase& purchase, engine::PurchaseStep step, engine::PurchaseState to);
  bool change(Purchase& purchase, const engine::PurchaseStepDecision& decision, const engine::PurchaseChange& change);
  void end_if_done(std::map<engine::Lsn, Purchase>::iterator at);
  void feed_purchases(engine::Digest& digest) const;
  std::uint8_t* patience_of(engine::Lsn order, engine::LineNumber line);
  bool count_skip(const engine::Skip& skipped);
  void settle_patience(Order& order, Line& line);
  void settle_patience(engine::Lsn order);
  bool move_line(Order* order, const engine::ShipmentDecision& decision, const engine::MovedLine& moved);
  bool confirm(const engine::OrderDecision& decision);
  void end_hold(engine::Lsn lsn, engine::HoldEnd how);
  bool decided_line(Line& line, const engine::LineDecision& decided, std::span<const engine::Take> more);

  bool refuse(const std::string& what);
  void know(engine::IdSpace space, std::string_view id, std::uint64_t content, engine::Lsn lsn);
  void learn(std::span<const engine::LoadedProduct> products);
  bool receive(std::span<const engine::ReceivedRow> rows);
  bool take(Line& line, const engine::Take& take);
  bool release(Line& line, const engine::Take& take);
  bool take_back(engine::Lsn order, std::span<const engine::CancelledLine> rows, std::span<const engine::Take> released);
  bool raise(engine::Lsn order, std::span<const engine::RaisedLine> rows);
  bool ship(Line& line, const engine::Take& take);
  bool lose(const engine::LostUnits& lost, bool of_hold);
  bool agrees(const CellKey& key, std::uint64_t available_after);
  Line* line_of(Order& order, engine::LineNumber number);
  static Shipment& shipment_of(Order& order, std::uint16_t number);
  void close_if_done(engine::Lsn lsn);
  void forget(engine::Lsn oldest_known, engine::Lsn archived);

  std::map<CellKey, Cell> cells_;
  std::set<engine::SkuId> not_backorderable_;
  std::map<engine::Lsn, Order> orders_;  // open ones
  std::map<engine::Lsn, Hold> holds_;    // open ones
  std::map<engine::Lsn, Transfer> transfers_;  // open ones
  std::map<engine::Lsn, Purchase> purchases_;  // open ones
  std::map<std::string, Vendor> vendors_;
  std::map<std::pair<engine::SkuId, std::string>, std::int32_t> sources_;
  std::map<CellKey, Rule> rules_;
  // Of the last receipt of a purchase order: good units of lines that are pegged, less what was filled out of turn.
  engine::Lsn receipt_{};
  std::map<std::pair<engine::Lsn, engine::LineNumber>, std::uint64_t> pegged_;
  std::map<IdKey, KnownId> known_;
  // Each void record goes through what it forgets, and no further.
  std::map<engine::Lsn, IdKey> ids_;           // by decision, those not yet forgotten or left over
  std::map<engine::Lsn, IdKey> closed_known_;  // by closing: closed orders decided before oldest_known_
  engine::Lsn last_{}, oldest_known_{1}, archived_{};
  std::string problem_;
};

}  // namespace earmark::storage
