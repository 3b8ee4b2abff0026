#include "storage/memory_journal.hpp"

#include <algorithm>
#include <string>

#include "engine/check.hpp"
#include "storage/retained.hpp"

namespace earmark::storage {

class MemoryReader final : public JournalReader {
 public:
  explicit MemoryReader(const MemoryJournal& journal) : journal_(journal) {}

  Outcome<void> seek(engine::Lsn lsn) override {
    position_ = {};
    position_.next = lsn.value == 0 ? engine::Lsn{1} : lsn;
    return check_kept();
  }

  Outcome<std::size_t> read(std::span<std::byte> out, engine::Lsn until, engine::Lsn& first, engine::Lsn& last) override {
    first = position_.next;
    if (auto kept = check_kept(); !kept) return Unexpected{kept.error()};
    std::size_t bytes = 0;
    while (position_.next <= until) {
      const auto group = journal_.group_at(position_.next);
      if (group == nullptr) break;
      const Copied copied = copy_records(*group, position_, until, out.subspan(bytes));
      if (copied.problem.fault != GroupFault::none) {
        return Unexpected{Failure{FailureKind::damaged, "the journal in memory is damaged at record LSN " +
                                                            std::to_string(copied.problem.lsn.value) + ": " +
                                                            std::string(describe(copied.problem.fault))}};
      }
      bytes += copied.bytes;
      if (copied.full) break;
    }
    last = engine::Lsn{position_.next.value - 1};
    return bytes;
  }

 private:
  Outcome<void> check_kept() const {
    const engine::Lsn oldest = journal_.oldest();
    if (position_.next >= oldest) return {};
    return Unexpected{trimmed(position_.next, oldest)};
  }

  const MemoryJournal& journal_;
  ReadPosition position_;
};

MemoryJournal::MemoryJournal(const DirectoryIdentity& identity)
    : identity_(identity), link_{identity.catalogue_epoch, 0, {}} {}

Outcome<void> MemoryJournal::append(const Group& group) {
  std::unique_lock lock(mutex_);
  const Unexpected<Failure> failure{
      {FailureKind::write_failed, "an append to the journal in memory failed, as the test asked; restart"}};
  if (failed_) return failure;
  if (fail_in_ > 0 && --fail_in_ == 0) {
    failed_ = true;
    if (fail_point_ == FailurePoint::before_write) return failure;
  }
  auto stored = std::make_shared<std::vector<std::byte>>(stored_bytes(group));
  const ChainLink link = write_group(group, link_, *stored);
  held_ = hold_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return !hold_; });
  held_ = false;
  groups_.push_back(std::move(stored));
  lasts_.push_back(group.last);
  link_ = link;
  if (failed_) return failure;
  ++appends_;
  let_go(retain_, groups_per_trim);
  return {};
}

engine::Lsn MemoryJournal::last() const noexcept {
  const std::scoped_lock lock(mutex_);
  return link_.last;
}

engine::Lsn MemoryJournal::oldest() const noexcept {
  const std::scoped_lock lock(mutex_);
  return oldest_;
}

void MemoryJournal::retain_from(engine::Lsn oldest) noexcept {
  const std::scoped_lock lock(mutex_);
  retain_ = std::max(retain_, oldest);
}

Outcome<std::size_t> MemoryJournal::trim_now(engine::Lsn oldest, std::size_t most_groups) {
  const std::scoped_lock lock(mutex_);
  return let_go(oldest, most_groups);
}

std::size_t MemoryJournal::let_go(engine::Lsn oldest, std::size_t most_groups) {
  std::size_t count = 0;
  while (count < most_groups && count + 1 < groups_.size() && lasts_[count] < oldest) ++count;
  if (count == 0) return 0;
  oldest_ = lasts_[count - 1] + 1;
  groups_.erase(groups_.begin(), groups_.begin() + static_cast<std::ptrdiff_t>(count));
  lasts_.erase(lasts_.begin(), lasts_.begin() + static_cast<std::ptrdiff_t>(count));
  return count;
}

std::unique_ptr<JournalReader> MemoryJournal::reader() const { return std::make_unique<MemoryReader>(*this); }

void MemoryJournal::fail_append(std::uint64_t n, FailurePoint point) {
  const std::scoped_lock lock(mutex_);
  fail_in_ = n;
  fail_point_ = point;
}

void MemoryJournal::hold_syncs() {
  const std::scoped_lock lock(mutex_);
  hold_ = true;
}

void MemoryJournal::release_syncs() {
  const std::scoped_lock lock(mutex_);
  hold_ = false;
  changed_.notify_all();
}

void MemoryJournal::wait_until_held() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return held_; });
}

std::uint64_t MemoryJournal::appends() const {
  const std::scoped_lock lock(mutex_);
  return appends_;
}

std::unique_ptr<MemoryJournal> MemoryJournal::restart() const {
  const std::scoped_lock lock(mutex_);
  auto journal = std::make_unique<MemoryJournal>(identity_);
  journal->groups_ = groups_;
  journal->lasts_ = lasts_;
  journal->link_ = link_;
  journal->oldest_ = journal->retain_ = oldest_;
  return journal;
}

void MemoryJournal::flip_bit(std::size_t group, std::size_t bit) {
  const std::scoped_lock lock(mutex_);
  EARMARK_CHECK(group < groups_.size() && bit / 8 < groups_[group]->size());
  auto changed = std::make_shared<std::vector<std::byte>>(*groups_[group]);
  (*changed)[bit / 8] ^= std::byte{1} << (bit % 8);
  groups_[group] = std::move(changed);
}

MemoryJournal::StoredGroup MemoryJournal::group_at(engine::Lsn lsn) const {
  const std::scoped_lock lock(mutex_);
  const auto found = std::lower_bound(lasts_.begin(), lasts_.end(), lsn);
  return found == lasts_.end() ? nullptr : groups_[static_cast<std::size_t>(found - lasts_.begin())];
}

}  // namespace earmark::storage
