// The journal in memory, for tests and simulation: the same groups, checksums and chain, no disk. It fails when told
// to, keeps an append from becoming durable until told, and can be "restarted" with what was durable.
// Appends by one thread at a time; readers and the control calls on any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/group.hpp"
#include "storage/journal.hpp"

namespace earmark::storage {

enum class FailurePoint : std::uint8_t {
  before_write,  // the group is not there after a restart
  after_write,   // it is, although its append failed: the outcome was unknown
};

class MemoryJournal final : public Journal {
 public:
  explicit MemoryJournal(const DirectoryIdentity& identity);

  Outcome<void> append(const Group& group) override;
  engine::Lsn last() const noexcept override;
  engine::Lsn oldest() const noexcept override;
  void retain_from(engine::Lsn oldest) noexcept override;
  Outcome<std::size_t> trim_now(engine::Lsn oldest, std::size_t most_groups) override;
  const DirectoryIdentity& identity() const noexcept override { return identity_; }
  std::unique_ptr<JournalReader> reader() const override;

  // The n-th append from now fails, 1 is the next; so does every later one.
  void fail_append(std::uint64_t n, FailurePoint point);
  // From now on appends do not return, and are not visible, until release_syncs.
  void hold_syncs();
  void release_syncs();
  // Waits until an append is being held.
  void wait_until_held();
  std::uint64_t appends() const;  // that succeeded
  // What a restart after a crash finds: the durable groups.
  std::unique_ptr<MemoryJournal> restart() const;
  // Changes one bit of a stored group, counted from its header on.
  void flip_bit(std::size_t group, std::size_t bit);

 private:
  friend class MemoryReader;
  using StoredGroup = std::shared_ptr<const std::vector<std::byte>>;
  // The stored group that holds `lsn`, or the next one behind it; null when there is none.
  StoredGroup group_at(engine::Lsn lsn) const;
  std::size_t let_go(engine::Lsn oldest, std::size_t most_groups);  // under the mutex

  const DirectoryIdentity identity_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<StoredGroup> groups_;
  std::vector<engine::Lsn> lasts_;  // last LSN of each group, for the search
  ChainLink link_;
  engine::Lsn oldest_{1}, retain_{1};
  std::uint64_t appends_ = 0, fail_in_ = 0;
  FailurePoint fail_point_ = FailurePoint::before_write;
  bool failed_ = false, hold_ = false, held_ = false;
};

}  // namespace earmark::storage
