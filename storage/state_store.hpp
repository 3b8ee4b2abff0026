// The state store: what the journal's records amount to, in a second environment beside it (DIR/state), so that a start
// need not read the whole journal, closed orders can leave memory, and the journal can be trimmed. It holds nothing that
// the journal did not say: lost or damaged, it is made again, unless the journal has been trimmed.
//   catalogue, vendors, who sells what, reorder rules, cells, orders (open and closed, by LSN), open holds, transfers and purchase orders, ids
//   within the horizon, the newest order of each id, decisions of what is open that the journal no longer holds; figures for reports; every value
//   has a CRC32C
// One thread folds; find(), newest(), decision() and figures() may be called by others meanwhile, one thread at a time each.
// `applied` never stands between a command and its last fill.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "engine/state_image.hpp"
#include "engine/decision.hpp"
#include "storage/figures.hpp"
#include "storage/journal.hpp"

namespace earmark::storage {

struct StateSummary {
  engine::Lsn applied{};          // everything up to here is in the state
  engine::TimeUs last_time{};     // the latest of it
  engine::Lsn oldest_known{1};    // ids decided before it are forgotten, but for open orders' and those closed since
  std::uint64_t known_commands = 0;  // decided at oldest_known or after
  std::uint64_t open_orders = 0, closed_orders = 0;
  engine::Lsn archived{};         // of the last void record that let ids be forgotten
  bool complete = false;          // it has once held everything that the journal held: not a rebuild that was cut off
  engine::Lsn decisions_before{1};  // decisions of open orders and holds made before it are kept, so the journal may begin there
  engine::Lsn figures_from{1};  // figures count records from here on: a store of an older format had none, and no journal to count again
  engine::Lsn promises_from{1};  // the same of deliveries and promises
};

// An order that was closed by the record `closed`, and has this id.
struct ClosedOrder {
  engine::Identity identity;
  engine::Lsn closed{};
};

// What one step of folding did.
struct Folded {
  engine::Lsn from{}, applied{};  // applied < from: nothing to do
  std::uint64_t records = 0;
  std::vector<ClosedOrder> closed;  // orders that were closed in these records, in the order of closing
};

// Vendors by code, sources by SKU, rules by SKU and warehouse. Views hold during the call.
class RulesVisitor {
 public:
  virtual ~RulesVisitor() = default;
  virtual void vendor(const engine::VendorImage&) {}
  virtual void source(const engine::SourceImage&) {}
  virtual void rule(const engine::RuleImage&) {}
};

// Everything that recovery needs, in this order: warehouses, products, vendors by code, sources by SKU, cells, open orders by LSN, open holds
// by LSN, open transfers by LSN, open purchase orders by LSN, rules by SKU and warehouse, known ids by LSN.
class StateVisitor : public RulesVisitor {
 public:
  virtual void begin(const StateSummary&) {}  // what follows is true at its `applied`
  virtual void catalogue(const engine::LoadDecision& part) = 0;  // warehouses and products alone, in parts
  virtual void cell(const engine::CellImage& cell) = 0;
  virtual void open_order(const engine::OrderImage& order) = 0;
  virtual void open_hold(const engine::HoldImage&) {}
  virtual void open_transfer(const engine::TransferImage&) {}
  virtual void open_purchase(const engine::PurchaseImage&) {}
  virtual void known(const engine::KnownImage& known) = 0;       // not those of what is open
};

// What a report asks for; the rest is not read.
struct FigureQuestion {
  bool days = false, availability = false, open_orders = false, deliveries = false, open_purchases = false;
  bool vendors = false;  // and their sources
  bool rules = false;    // and warehouses
  std::int32_t first_day = INT32_MIN, last_day = INT32_MAX;  // of days and deliveries, both included
};

// Figures, and what waits; all of it true at one LSN. Warehouses, vendors, sources and rules come first.
class FigureVisitor : public RulesVisitor {
 public:
  virtual void begin(const StateSummary& summary) = 0;
  virtual void warehouses(std::span<const engine::LoadedWarehouse>) {}         // in parts
  virtual void day(std::int32_t, const DayFigures&) {}                        // ascending; only days with figures
  virtual void availability(engine::SkuId, const AvailabilityRow&) {}          // ascending
  virtual void open_order(const engine::OrderImage&) {}                        // by LSN
  virtual void delivery(const DeliveryKey&, const DeliveryFigures&) {}         // by day
  virtual void open_purchase(const engine::PurchaseImage&) {}                  // by LSN
};

class StateStore {
 public:
  virtual ~StateStore() = default;
  virtual StateSummary summary() const = 0;
  // From now on others write to the same disk who wait for it while fold() does: it is to leave them room, and may take longer.
  virtual Outcome<void> share_disk() { return {}; }
  // Failure: damaged.
  virtual Outcome<void> read(StateVisitor& visitor) const = 0;
  // Applies the journal's records behind `applied`, up to `until` at most: about `most_records` of them, and then to the
  // end of the command under way. One transaction, synced. Failures: damaged, trimmed, write_failed.
  virtual Outcome<Folded> fold(const Journal& journal, engine::Lsn until, std::uint64_t most_records) = 0;

  // An order by its decision's LSN, as of `applied`. False: not there. Views hold until the next call.
  virtual Outcome<bool> find(engine::Lsn lsn, engine::OrderImage& image) = 0;
  // The newest order decided under this id. 0: none.
  virtual Outcome<engine::Lsn> newest(engine::Identity identity) = 0;
  // Ids of commands decided at or after `from` and before `before`, by LSN, as long as they are known; `most` of them at most.
  virtual Outcome<std::vector<engine::KnownImage>> known_ids(engine::Lsn from, engine::Lsn before, std::size_t most) const = 0;
  // Closed orders decided before `oldest_known` whose ids are known all the same, in the order of closing.
  virtual Outcome<std::vector<ClosedOrder>> closed_known() const = 0;
  // The LSN of the command that has exactly `newer` known commands behind it; 0 when there are not so many.
  virtual Outcome<engine::Lsn> horizon(std::uint64_t newer) const = 0;

  // Copies the decisions of open orders, holds, transfers and purchase orders decided before `oldest` out of the journal, which may then be trimmed to there.
  virtual Outcome<void> keep_decisions(const Journal& journal, engine::Lsn oldest) = 0;
  // The record of a decision kept so, those of its fills behind it; empty: not there. Any thread.
  virtual Outcome<std::vector<std::byte>> decision(engine::Lsn lsn) const = 0;

  // A read transaction for as long as it takes: a second or two for a million open orders.
  virtual Outcome<void> figures(FigureVisitor& visitor, const FigureQuestion& question) const = 0;
};

}  // namespace earmark::storage
