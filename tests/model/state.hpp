// The twin's state: plain maps and vectors, kept forever. Everything is public; only the twin writes it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/digest.hpp"
#include "tests/model/answers.hpp"
#include "tests/model/rules.hpp"

namespace earmark::model {

struct Warehouse {
  std::string code, name;
  std::uint32_t priority = 0;
};

struct Product {
  std::string code, description;
  std::optional<bool> backorderable{};  // of a command: what it says, if anything
};

using CellKey = std::pair<engine::SkuId, engine::WarehouseId>;

// Kept apart so that conservation (I2) can be judged: on_hand = opening + received + adjusted + returned + arrived +
// delivered - shipped - sent.
struct Cell {
  engine::Quantity on_hand = 0, reserved = 0, unavailable = 0, held = 0;
  bool opening_set = false;
  engine::Quantity opening = 0;
  std::uint64_t received = 0, shipped = 0, returned = 0;
  std::uint64_t sent = 0, arrived = 0;  // by transfers
  std::uint64_t delivered = 0;          // by vendors, on purchase orders
  std::int64_t adjusted = 0;  // by counts, adjustments and scrap

  // Below zero the cell is overdrawn: only picked units are reserved then, and nothing is available.
  std::int64_t level() const { return std::int64_t{on_hand} - reserved - unavailable - held; }
  engine::Quantity available() const { return level() < 0 ? 0 : static_cast<engine::Quantity>(level()); }
};

struct Allocation {
  engine::WarehouseId warehouse{};
  std::uint16_t shipment = 0;
  engine::Quantity reserved = 0, shipped = 0;
};

// Of who waits for all or nothing: a line_complete line, or a ship_complete order as a whole. Nothing of it is left once he is whole.
struct Patience {
  std::uint32_t skips = 0;  // later orders that passed him over
  bool strict = false;      // he has had enough of it: he takes whatever is there, and keeps it

  std::uint8_t in_digest() const { return strict ? std::uint8_t{255} : static_cast<std::uint8_t>(skips); }
};

struct Line {
  engine::LineNumber number{};
  engine::SkuId sku{};
  engine::WarehouseId pinned{};
  engine::LinePolicy own{};
  engine::Quantity quantity = 0, waiting = 0, cancelled = 0;
  std::vector<Allocation> allocations{};  // in the order in which they were first taken
  // Of `waiting`, what waits in entries of raises, by the LSN of the amend; the rest waits in the line's own entry, at 0.
  std::map<engine::Lsn, engine::Quantity> raised{};

  engine::Quantity waiting_in(engine::Lsn raised_at) const;
  // Entries with something waiting, the oldest first.
  std::vector<engine::Lsn> entries() const;
  void stop_waiting(engine::Lsn raised_at, engine::Quantity units);
  Patience patience{};                    // of a line_complete one
  engine::TimeUs promised_first{}, told{};  // when its last unit was expected: as it was told first, and last; 0: at no known date
};

struct Shipment {
  engine::WarehouseId warehouse{};
  engine::ShipmentState state = engine::ShipmentState::open;
  std::uint32_t revision = 1;  // of its pick list
  std::string carrier{}, tracking{};
  engine::TimeUs expected{};
  std::map<std::uint32_t, engine::Quantity> returned{};  // by position of the line
  bool stepped = false;                                  // a step of it was recorded

  bool picked() const { return state == engine::ShipmentState::picked || state == engine::ShipmentState::packed; }
};

struct Order {
  std::string id, customer;
  engine::Lsn lsn{};
  engine::TimeUs time{};              // of its decision
  engine::OrderStatus status = engine::OrderStatus::reserved;
  engine::Policy policy = engine::Policy::ship_partial;
  engine::Priority priority{};
  engine::Sourcing sourcing = engine::Sourcing::server_default;
  engine::WarehouseId preferred{};
  Patience patience{};                // of a ship_complete one
  bool has_skipped = false;           // it has passed over somebody
  std::vector<Line> lines{};
  std::vector<Shipment> shipments{};  // ORDER-1 first
  engine::TimeUs cancel_after{}, reserve_not_before{};  // 0: none
  bool not_due = false;               // reserve_not_before is to come: it takes nothing
  engine::Lsn closed{};               // the command that left nothing reserved and nothing waiting; 0: open
  engine::Lsn changed{};              // the last step of a shipment since then

  bool open() const;                // something is reserved or waits
  bool can_be_cancelled() const;    // the same, without what is picked
  engine::Policy policy_of(const Line& line) const { return line.own.or_else(policy); }
  bool waits() const;
  const Patience& patience_of(const Line& line) const { return policy == engine::Policy::ship_complete ? patience : line.patience; }
  Patience& patience_of(Line& line) { return policy == engine::Policy::ship_complete ? patience : line.patience; }
  // What the line has reserved, and nobody has picked, is gathered by somebody strict who is not whole yet.
  bool is_set_aside(const Line& line) const;
  // Whether units of the shipment are set aside: then nobody picks or ships it. Or whether others are in it.
  bool has_units(std::uint16_t shipment, bool set_aside) const;
};

struct Hold {
  std::string id, customer;
  engine::Lsn lsn{};
  engine::TimeUs made{}, deadline{};
  std::vector<Line> lines{};  // reserved in their allocations: what is held; waiting: what stock changes took from it
  engine::HoldEnd end = engine::HoldEnd::open;
};

// Units of one SKU in a transfer.
struct Transit {
  std::uint64_t shipped = 0, received = 0;
  std::uint64_t over = 0;  // received, but never shipped
  std::uint64_t lost = 0;  // once it is closed

  std::uint64_t left() const { return shipped + over - received - lost; }
};

struct Transfer {
  std::string id;
  engine::Lsn lsn{};
  engine::WarehouseId source{}, destination{};
  engine::TimeUs expected{};
  std::map<engine::SkuId, Transit> units{};
  bool open = true;
};

struct PurchaseLine {
  engine::LineNumber number{};
  engine::SkuId sku{};
  engine::WarehouseId warehouse{};
  engine::Quantity ordered = 0;
  engine::TimeUs promised{}, first_promised{};
  std::uint64_t received = 0;  // damaged ones, too
  engine::TimeUs expected{};   // as promised, or later where that is over
  engine::Lsn peg_order{};     // the order for whose line it is first; 0: for nobody
  engine::LineNumber peg_line{};

  std::uint64_t open() const { return ordered > received ? ordered - received : 0; }
};

struct Purchase {
  std::string id, vendor;
  engine::Lsn lsn{};
  engine::PurchaseState state = engine::PurchaseState::draft;
  std::vector<PurchaseLine> lines{};
  std::string reference{};  // the vendor's own, as it was told last
  engine::TimeUs closes{};  // of a suggestion: no rule adds lines from then on; 0: never
  bool automatic = false;   // made by a rule in mode auto_po

  bool is_draft() const { return engine::is_unapproved(state); }  // or suggested
  bool by_a_rule() const { return id.starts_with("reorder-"); }
  bool is_closed() const;
  bool anything_open() const;
  bool anything_received() const;
  // The first time at which something open of it is expected, if it is incoming; 0: none.
  engine::TimeUs next_expected() const;
};

// How late what a vendor promised has come, by rows of receipts.
struct Lateness {
  std::uint64_t arrivals = 0;
  std::int64_t late_us = 0;  // of all of them together
};

// Place in a queue: priority, higher first; then decision order, of a raise that of its amend; then the line's position in its order.
struct Place {
  engine::Priority priority{};
  engine::Lsn order{};
  std::uint32_t line_index = 0;
  engine::Lsn raised_at{};  // 0: the line's own entry

  engine::Lsn sequence() const { return raised_at.value == 0 ? order : raised_at; }
  bool operator<(const Place& other) const;
};

struct Known {
  std::uint64_t content = 0;
  Answer first;
};

struct State {
  std::vector<Warehouse> warehouses{};  // dense id 1 first
  std::vector<Product> products{};
  std::map<std::string, engine::WarehouseId, std::less<>> warehouse_ids;
  std::map<std::string, engine::SkuId, std::less<>> sku_ids;
  std::map<CellKey, Cell> cells;
  std::map<engine::Lsn, Order> orders;
  std::map<std::string, engine::Lsn> order_ids;
  std::map<engine::Lsn, Hold> holds;  // ended ones, too
  std::map<engine::Lsn, Transfer> transfers;  // closed ones, too
  std::map<engine::Lsn, Purchase> purchases;  // closed ones, too
  std::map<CellKey, std::int64_t> ordered;    // incoming by purchase orders, by what the records say alone
  std::map<std::string, Vendor, std::less<>> vendors;
  std::map<engine::SkuId, std::map<std::string, std::int32_t>> sellers;  // who sells it, in how many days; -1: the vendor's
  std::map<CellKey, Rule> rules;
  std::map<std::string, Lateness> lateness;   // by vendor
  engine::Lsn oldest_known{1};
  std::map<engine::SkuId, std::set<Place>> queues;
  std::map<std::pair<engine::IdSpace, std::string>, Known> known;
  engine::Lsn lsn{};
  engine::TimeUs time{};

  bool backorderable(engine::SkuId sku) const { return products.at(sku.value - 1).backorderable.value_or(true); }
  bool has(engine::SkuId sku) const { return sku.value >= 1 && sku.value <= products.size(); }
  bool has(engine::WarehouseId warehouse) const { return warehouse.value >= 1 && warehouse.value <= warehouses.size(); }
  Cell cell(engine::SkuId sku, engine::WarehouseId warehouse) const;
  const Line& line_at(const Place& place) const { return orders.at(place.order).lines[place.line_index]; }
  engine::Quantity waiting_at(const Place& place) const { return line_at(place).waiting_in(place.raised_at); }
  // Reserved units of the cell that are picked.
  engine::Quantity picked(engine::SkuId sku, engine::WarehouseId warehouse) const;
  // The hold with this id, if the id is known.
  const Hold* hold(std::string_view id) const;
  // The transfer with this id, if the id is known.
  const Transfer* transfer(std::string_view id) const;
  // Its SKUs in the order in which they were first named.
  std::vector<engine::SkuId> skus_of(const Transfer& transfer) const;
  std::uint64_t in_transit(engine::SkuId sku, engine::WarehouseId destination) const;
  // The purchase order with this id, if the id is known.
  const Purchase* purchase(std::string_view id) const;
  // What is open to the cell over all open purchase orders; drafts, too, or without them.
  std::uint64_t open_purchases(const CellKey& cell, bool drafts) const;
  // Somebody waits who could use units of the cell.
  bool waited_for(engine::SkuId sku, engine::WarehouseId warehouse) const;
  // All warehouses by priority number, ties by code.
  std::vector<engine::WarehouseId> by_priority() const;
  // Where a line may take from, in order: its pin only, or `first` (0: none) and then all others by priority.
  std::vector<engine::WarehouseId> sources(const Line& line, engine::WarehouseId first) const;
  std::string digest() const;
};

}  // namespace earmark::model
