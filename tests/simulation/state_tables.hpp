// The state store in memory, for simulation: the real fold (storage/state_batch.hpp) over maps instead of LMDB's tables. It is
// on a disk of its own: what fold() has returned for survives a crash. One thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "storage/state_batch.hpp"
#include "storage/state_store.hpp"

namespace earmark::simulation {

class StateTables final : public storage::StateStore {
 public:
  storage::StateSummary summary() const override;
  storage::Outcome<void> read(storage::StateVisitor& visitor) const override;
  storage::Outcome<storage::Folded> fold(const storage::Journal& journal, engine::Lsn until, std::uint64_t most_records) override;
  storage::Outcome<bool> find(engine::Lsn lsn, engine::OrderImage& image) override;
  storage::Outcome<engine::Lsn> newest(engine::Identity identity) override;
  storage::Outcome<std::vector<engine::KnownImage>> known_ids(engine::Lsn from, engine::Lsn before, std::size_t most) const override;
  storage::Outcome<std::vector<storage::ClosedOrder>> closed_known() const override;
  storage::Outcome<engine::Lsn> horizon(std::uint64_t newer) const override;
  storage::Outcome<void> keep_decisions(const storage::Journal& journal, engine::Lsn oldest) override;
  storage::Outcome<std::vector<std::byte>> decision(engine::Lsn lsn) const override;
  storage::Outcome<void> figures(storage::FigureVisitor& visitor, const storage::FigureQuestion& question) const override;

  // The next fold fails, and nothing of it stays.
  void fail_fold() noexcept { fold_fails_ = true; }
  std::uint64_t decisions_given() const noexcept { return decisions_given_; }

 private:
  class Source;  // the tables, as the batch reads them
  void write(std::vector<storage::ClosedOrder>& closed);
  void write_closings();
  void tell_vendors(storage::RulesVisitor& visitor) const;
  void write_holds();
  void write_transfers();
  void write_purchases();
  void forget(const engine::VoidDecision& decision);
  void drop_decision(engine::Lsn lsn) { decisions_.erase(lsn); }
  engine::Lsn end_of_whole_commands(const storage::Journal& journal, engine::Lsn until, std::uint64_t most_records) const;

  struct Words {  // an order's record; words, so that it lies 8-byte aligned
    std::vector<std::uint64_t> words;
    std::size_t bytes = 0;
    std::span<const std::byte> view() const { return std::as_bytes(std::span(words)).first(bytes); }
    void keep(std::span<const std::byte> record);
  };
  struct Known {
    engine::IdSpace space{};
    engine::Identity identity;
    std::uint64_t content = 0;
    engine::Lsn closed{};
    engine::HoldEnd ended = engine::HoldEnd::open;
  };

  std::map<std::uint64_t, storage::CellRow> cells_;
  std::map<engine::Lsn, Words> orders_;
  std::map<engine::Lsn, Words> holds_;          // open ones
  std::map<engine::Lsn, Words> transfers_;      // open ones
  std::map<engine::Lsn, Words> purchases_;      // open ones
  std::set<engine::Lsn> open_;
  std::map<engine::Lsn, Known> ids_;            // decided at oldest_known or after
  std::map<engine::Lsn, engine::KnownImage> closed_known_;  // by closing
  std::map<storage::IdentityKey, engine::Lsn> newest_;
  std::map<std::uint64_t, storage::StateBatch::Entry> catalogue_;
  std::map<engine::Lsn, std::vector<std::byte>> decisions_;
  std::map<std::string, storage::StateBatch::Vendor, std::less<>> vendors_;
  storage::StateBatch::Sources sources_;
  std::map<std::uint64_t, storage::StateBatch::Rule> rules_;
  std::map<std::int32_t, storage::DayFigures> days_;
  std::map<engine::SkuId, storage::AvailabilityRow> availability_;
  std::map<storage::DeliveryKey, storage::DeliveryFigures> deliveries_;
  engine::Lsn applied_{}, oldest_known_{1}, archived_{}, decisions_before_{1};
  engine::TimeUs last_time_{};
  storage::StateBatch batch_;
  bool fold_fails_ = false, complete_ = false;
  mutable std::uint64_t decisions_given_ = 0;
};

}  // namespace earmark::simulation
