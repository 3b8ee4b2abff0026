// The state store's class, for the files that make it up: lmdb_state.cpp (opening, look-ups), lmdb_state_read.cpp,
// lmdb_state_purchases.cpp, lmdb_state_rules.cpp, lmdb_state_fold.cpp, lmdb_state_figures.cpp, lmdb_state_decisions.cpp.
// The folding thread alone has write transactions; summary_ is guarded by a mutex, buffers belong to their one caller.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <unordered_set>

#include "storage/lmdb_state.hpp"
#include "storage/lmdb_tables.hpp"
#include "storage/state_batch.hpp"

namespace earmark::storage {

class LmdbState final : public StateStore {
 public:
  explicit LmdbState(std::filesystem::path directory) : directory_(std::move(directory)) {}
  Outcome<void> start(const DirectoryIdentity& identity, const StateOptions& options);

  StateSummary summary() const override;
  Outcome<void> share_disk() override;
  Outcome<void> read(StateVisitor& visitor) const override;
  Outcome<Folded> fold(const Journal& journal, engine::Lsn until, std::uint64_t most_records) override;
  Outcome<bool> find(engine::Lsn lsn, engine::OrderImage& image) override;
  Outcome<engine::Lsn> newest(engine::Identity identity) override;
  Outcome<std::vector<engine::KnownImage>> known_ids(engine::Lsn from, engine::Lsn before, std::size_t most) const override;
  Outcome<std::vector<ClosedOrder>> closed_known() const override;
  Outcome<engine::Lsn> horizon(std::uint64_t newer) const override;
  Outcome<void> keep_decisions(const Journal& journal, engine::Lsn oldest) override;
  Outcome<std::vector<std::byte>> decision(engine::Lsn lsn) const override;
  Outcome<void> figures(FigureVisitor& visitor, const FigureQuestion& question) const override;

 private:

  int summary_in(MDB_txn* transaction, SummaryRow& row, StateSummary& summary) const;
  int closed_rows(MDB_txn* transaction, std::vector<engine::KnownImage>& known) const;
  int open_before(MDB_txn* transaction, engine::Lsn from, engine::Lsn before, std::size_t most,
                  std::vector<engine::KnownImage>& known) const;
  int holds_before(MDB_txn* transaction, engine::Lsn from, engine::Lsn before, std::vector<engine::KnownImage>& known) const;
  int purchases_before(MDB_txn* transaction, engine::Lsn from, engine::Lsn before, std::vector<engine::KnownImage>& known) const;
  int transfers_before(MDB_txn* transaction, engine::Lsn from, engine::Lsn before, std::vector<engine::KnownImage>& known) const;
  int ids_between(MDB_txn* transaction, engine::Lsn from, engine::Lsn before, std::size_t most,
                  std::vector<engine::KnownImage>& known) const;
  int read_catalogue(MDB_txn* transaction, StateVisitor& visitor) const;
  int read_warehouses(MDB_txn* transaction, FigureVisitor& visitor) const;
  int read_cells(MDB_txn* transaction, StateVisitor& visitor) const;
  int read_open_orders(MDB_txn* transaction, StateVisitor& visitor) const;
  int each_open_order(MDB_txn* transaction, const std::function<void(const engine::OrderImage&)>& visit) const;
  int read_open_holds(MDB_txn* transaction, StateVisitor& visitor) const;
  // These name in `open` what they find.
  int read_open_transfers(MDB_txn* transaction, StateVisitor& visitor, std::unordered_set<std::uint64_t>& open) const;
  int read_open_purchases(MDB_txn* transaction, StateVisitor& visitor, std::unordered_set<std::uint64_t>& open) const;
  int each_open_purchase(MDB_txn* transaction, engine::Lsn from, const std::function<int(const engine::PurchaseImage&)>& visit) const;
  int read_vendors(MDB_txn* transaction, RulesVisitor& visitor) const;
  int read_rules(MDB_txn* transaction, RulesVisitor& visitor) const;
  int read_known(MDB_txn* transaction, StateVisitor& visitor, const std::unordered_set<std::uint64_t>& open) const;
  int keep_some(const Journal& journal, engine::Lsn oldest, engine::Lsn& before, Failure& failure);
  int wanted_decisions(MDB_txn* transaction, engine::Lsn from, engine::Lsn before, std::vector<engine::Lsn>& wanted) const;

  // An error of LMDB while reading, in words; damaged where it can only be that.
  Unexpected<Failure> cannot_read(int error) const;
  // The same while writing: no further change is accepted.
  Unexpected<Failure> cannot_write(int error);
  Outcome<void> writable() const;
  void take_over(const SummaryRow& row, const StateSummary& summary);
  void note_success();

  std::filesystem::path directory_;
  std::unique_ptr<LmdbEnvironment> environment_;
  StateTables tables_;
  bool read_only_ = false;
  bool failed_before_ = false;  // the mark of a failed commit is there
  std::string failed_;          // why no change is accepted any more
  mutable std::mutex mutex_;    // of the two below
  SummaryRow row_;
  StateSummary summary_;
  StateBatch batch_;
  bool batch_open_ = false;  // it holds changes that are not written
  std::vector<std::uint64_t> journal_buffer_, find_buffer_;
};

// Where what has such an id stands for as long as it is open: transfers and purchase orders. 0: of other ids their row tells.
MDB_dbi table_of_open(const StateTables& tables, const IdRow& row);
// Does it stand there, decided at `lsn`? A read that fails (returned, and `open` false) says nothing about it: taken for
// closed, an open one's decision would be dropped.
int find_open(MDB_txn* transaction, MDB_dbi table, std::uint64_t lsn, bool& open);

// A day's figures, and those of deliveries, as the store has them; MDB_NOTFOUND: it has none.
int get_day(MDB_txn* transaction, const StateTables& tables, std::uint64_t key, DayFigures& figures);
int get_delivery(MDB_txn* transaction, const StateTables& tables, const DeliveryKey& key, DeliveryFigures& figures);
// Writes what a batch has counted.
int write_figures(MDB_txn* transaction, const StateTables& tables, const FigureBatch& figures);
// A vendor and a rule, as the store has them; MDB_NOTFOUND: it has none. Texts lie in the transaction.
int get_vendor(MDB_txn* transaction, const StateTables& tables, std::string_view code, engine::VendorImage& vendor);
int get_rule(MDB_txn* transaction, const StateTables& tables, std::uint64_t key, engine::RuleImage& rule);
// Writes what a batch has set of vendors, sources and rules.
int write_rules(MDB_txn* transaction, const StateTables& tables, const StateBatch& batch);
// Writes the purchase orders of a store of version 1 or 2 as they stand in later ones.
int write_purchases_anew(MDB_txn* transaction, const StateTables& tables);

// Lets a store that has no figures begin them behind `applied`: what is available is summed up from the cells.
int begin_figures(MDB_txn* transaction, const StateTables& tables, const SummaryRow& summary);

// An order's value, viewed where it lies if it lies well, else copied to `buffer`. MDB_CORRUPTED: its checksum is wrong.
int read_order(engine::Lsn lsn, const MDB_val& value, std::vector<std::uint64_t>& buffer, engine::OrderImage& image);

}  // namespace earmark::storage
