#include "tests/simulation/disk.hpp"

#include <algorithm>
#include <string>

#include "storage/retained.hpp"
#include "tests/simulation/trace.hpp"

namespace earmark::simulation {
namespace {

class Reader final : public storage::JournalReader {
 public:
  Reader(const SimulatedJournal& journal, const Disk& disk) : journal_(journal), disk_(disk) {}

  storage::Outcome<void> seek(engine::Lsn lsn) override {
    position_ = {};
    position_.next = lsn.value == 0 ? engine::Lsn{1} : lsn;
    return check_kept();
  }

  storage::Outcome<std::size_t> read(std::span<std::byte> out, engine::Lsn until, engine::Lsn& first, engine::Lsn& last) override {
    first = position_.next;
    if (auto kept = check_kept(); !kept) return Unexpected{kept.error()};
    std::size_t bytes = 0;
    while (position_.next <= until) {
      const auto group = disk_.group_at(position_.next);
      if (group == nullptr) break;
      const storage::Copied copied = storage::copy_records(*group, position_, until, out.subspan(bytes));
      if (copied.problem.fault != storage::GroupFault::none) {
        throw Broken("a stored group cannot be read: " + std::string(storage::describe(copied.problem.fault)));
      }
      bytes += copied.bytes;
      if (copied.full) break;
    }
    last = engine::Lsn{position_.next.value - 1};
    return bytes;
  }

 private:
  storage::Outcome<void> check_kept() const {
    if (position_.next >= journal_.oldest()) return {};
    return Unexpected{storage::trimmed(position_.next, journal_.oldest())};
  }

  const SimulatedJournal& journal_;
  const Disk& disk_;
  storage::ReadPosition position_;
};

}  // namespace

Disk::Disk(const storage::DirectoryIdentity& identity)
    : identity_(identity), link_{identity.catalogue_epoch, 0, {}}, before_(link_) {}

engine::Lsn Disk::durable() const noexcept {
  if (!lies_) return link_.last;
  return lasts_.size() < 2 ? engine::Lsn{} : lasts_[lasts_.size() - 2];
}

Disk::Stored Disk::group_at(engine::Lsn lsn) const {
  const auto found = std::lower_bound(lasts_.begin(), lasts_.end(), lsn);
  return found == lasts_.end() ? nullptr : groups_[static_cast<std::size_t>(found - lasts_.begin())];
}

void Disk::crash() {
  if (lies_ && !groups_.empty()) {
    groups_.pop_back();
    lasts_.pop_back();
  }
  torn_ = !tail_.empty();
  storage::GroupHeader header;
  // A transaction that was not committed: the real journal does not see it. Nor must it pass for a group.
  if (torn_ && storage::check_group(tail_, header).fault == storage::GroupFault::none) throw Broken("a torn group passes for a whole one");
  tail_.clear();
  link_ = before_;
  for (const Stored& group : groups_) {
    if (storage::check_group(*group, header).fault != storage::GroupFault::none || !storage::follows(header, link_)) {
      throw Broken("a stored group is damaged, or does not follow the one before");
    }
    link_ = {header.chain, header.number, header.last};
  }
  fate_ = AppendFate::done;
  retain_ = oldest_;
}

std::size_t Disk::let_go(engine::Lsn oldest, std::size_t most_groups) {
  std::size_t count = 0;
  while (count < most_groups && count + 1 < groups_.size() && lasts_[count] < oldest) ++count;
  if (count == 0) return 0;
  storage::GroupHeader header;
  storage::check_group(*groups_[count - 1], header);
  before_ = {header.chain, header.number, header.last};
  oldest_ = lasts_[count - 1] + 1;
  groups_.erase(groups_.begin(), groups_.begin() + static_cast<std::ptrdiff_t>(count));
  lasts_.erase(lasts_.begin(), lasts_.begin() + static_cast<std::ptrdiff_t>(count));
  return count;
}

storage::Outcome<void> SimulatedJournal::append(const storage::Group& group) {
  const Unexpected<storage::Failure> failure{{storage::FailureKind::write_failed, "the simulated disk failed"}};
  if (failed_) throw Broken("E4: an append after a failed one");
  if (group.first != last() + 1) throw Broken("E4: a group does not begin behind the last one");
  const AppendFate fate = std::exchange(disk_.fate_, AppendFate::done);
  failed_ = fate != AppendFate::done;
  if (fate == AppendFate::lost) return failure;
  auto stored = std::make_shared<std::vector<std::byte>>(storage::stored_bytes(group));
  const storage::ChainLink link = storage::write_group(group, disk_.link_, *stored);
  if (fate == AppendFate::torn) {
    stored->resize(1 + disk_.torn_share_ % (stored->size() - 1));
    disk_.tail_ = *stored;
    return failure;
  }
  disk_.groups_.push_back(std::move(stored));
  disk_.lasts_.push_back(group.last);
  disk_.link_ = link;
  if (failed_) return failure;
  disk_.let_go(disk_.retain_, storage::groups_per_trim);
  return {};
}

void SimulatedJournal::retain_from(engine::Lsn oldest) noexcept { disk_.retain_ = std::max(disk_.retain_, oldest); }

storage::Outcome<std::size_t> SimulatedJournal::trim_now(engine::Lsn oldest, std::size_t most_groups) {
  return disk_.let_go(oldest, most_groups);
}

std::unique_ptr<storage::JournalReader> SimulatedJournal::reader() const { return std::make_unique<Reader>(*this, disk_); }

}  // namespace earmark::simulation
