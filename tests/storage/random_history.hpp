// Random histories for tests of what folds records: commands of the generator (tests/model), decided by the naive twin, as
// records; void records that let ids be forgotten among them. The twin's digest stands beside every LSN where no command
// is under way, so whatever folds the records has something to agree with that shares nothing with it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/state_image.hpp"
#include "storage/state_store.hpp"
#include "tests/model/random_commands.hpp"
#include "tests/storage/story.hpp"

namespace earmark::storage::test {

class RandomHistory {
 public:
  // `voids_percent` of the steps are void records. `with_rules`: there are reorder rules, and more than a day passes now and then, so that supply is overdue.
  RandomHistory(std::uint64_t seed, std::size_t voids_percent, bool with_rules = false)
      : random_(seed), commands_(seed, true, with_rules, with_rules), voids_percent_(voids_percent) {}

  // Goes on until there are at least so many records.
  void grow(std::size_t records);
  // One command, one step later.
  void decide(const model::Command& command);

  const Records& records() const noexcept { return records_; }
  const model::Twin& twin() const noexcept { return twin_; }
  // The twin's digest after the record `lsn`; none within a command's fills.
  const std::optional<std::string>& digest_at(engine::Lsn lsn) const { return digests_[lsn.value]; }
  // By the twin's clock, which is another than that of the records.
  engine::TimeUs decided_at(engine::Lsn lsn) const { return times_[lsn.value]; }
  engine::VoidDecision last_void() const noexcept { return void_; }
  // Appends all records that `journal` has not got, in groups of 1 .. `most` records.
  void append_to(Journal& journal, std::size_t most);

 private:
  void add(const model::Answer& answer);
  void add_void();
  // To the time of the next command; holds that are due by then end.
  void let_time_pass();

  model::Random random_;
  model::RandomCommands commands_;
  std::size_t voids_percent_;
  model::Twin twin_{model::RandomCommands::limits(1)};  // who waits for all or nothing turns strict soon
  Records records_;
  engine::TimeUs now_{};
  std::vector<engine::TimeUs> times_ = {{}};
  std::vector<std::optional<std::string>> digests_ = {std::nullopt};
  engine::VoidDecision void_{engine::Lsn{1}, {}};
};

// The digest of the state as a store gives it, and how many of each it gave.
class StateDigest final : public StateVisitor {
 public:
  void begin(const StateSummary& summary) override { summary_ = summary; }
  void catalogue(const engine::LoadDecision& part) override;
  void cell(const engine::CellImage& cell) override;
  void open_order(const engine::OrderImage& order) override;
  void open_hold(const engine::HoldImage& hold) override;
  void open_transfer(const engine::TransferImage& transfer) override;
  void open_purchase(const engine::PurchaseImage& purchase) override;
  void known(const engine::KnownImage& known) override;

  std::string finish() const { return digest_.finish(summary_.applied); }
  const StateSummary& summary() const noexcept { return summary_; }
  std::size_t warehouses = 0, products = 0, cells = 0, orders = 0, holds = 0, transfers = 0, purchases = 0, known_ids = 0;

 private:
  engine::Digest digest_;
  StateSummary summary_;
  engine::Lsn last_order_{}, last_hold_{}, last_transfer_{}, last_purchase_{}, last_known_{};
};

}  // namespace earmark::storage::test
