// The simulated disk of the journal: groups as the real journal stores them (storage/group.hpp), and what a crash leaves of them.
// A server has a SimulatedJournal on it; the disk outlives the server. One thread.
//   append    done; lost and failed; there although it failed; torn: cut off in the middle, which recovery must not read
// A canary's disk says that a group is durable one group too early.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "storage/group.hpp"
#include "storage/journal.hpp"

namespace earmark::simulation {

enum class AppendFate : std::uint8_t { done, lost, there, torn };

class Disk {
 public:
  explicit Disk(const storage::DirectoryIdentity& identity);

  // What the next append becomes; then `done` again.
  void plan(AppendFate fate, std::uint64_t torn_share) {
    fate_ = fate;
    torn_share_ = torn_share;
  }
  void lie() noexcept { lies_ = true; }

  // The last LSN that a crash leaves, whatever append() said.
  engine::Lsn durable() const noexcept;
  // What a crash leaves: everything that is not on the platter goes. Every group that is left is checked.
  void crash();
  bool was_torn() const noexcept { return torn_; }

  using Stored = std::shared_ptr<const std::vector<std::byte>>;
  // The stored group that holds `lsn`, or the next one behind it; null when there is none.
  Stored group_at(engine::Lsn lsn) const;

 private:
  friend class SimulatedJournal;
  std::size_t let_go(engine::Lsn oldest, std::size_t most_groups);

  const storage::DirectoryIdentity identity_;
  std::vector<Stored> groups_;
  std::vector<engine::Lsn> lasts_;  // of each group
  storage::ChainLink link_, before_;  // of the newest group; of what the oldest one follows
  std::vector<std::byte> tail_;     // of a torn append
  engine::Lsn oldest_{1}, retain_{1};
  std::uint64_t torn_share_ = 0;
  AppendFate fate_ = AppendFate::done;
  bool lies_ = false, torn_ = false;
};

class SimulatedJournal final : public storage::Journal {
 public:
  explicit SimulatedJournal(Disk& disk) : disk_(disk) {}

  storage::Outcome<void> append(const storage::Group& group) override;
  engine::Lsn last() const noexcept override { return disk_.link_.last; }
  engine::Lsn oldest() const noexcept override { return disk_.oldest_; }
  void retain_from(engine::Lsn oldest) noexcept override;
  storage::Outcome<std::size_t> trim_now(engine::Lsn oldest, std::size_t most_groups) override;
  const storage::DirectoryIdentity& identity() const noexcept override { return disk_.identity_; }
  std::unique_ptr<storage::JournalReader> reader() const override;

 private:
  Disk& disk_;
  bool failed_ = false;
};

}  // namespace earmark::simulation
