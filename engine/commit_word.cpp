#include "engine/commit_word.hpp"

#include "engine/check.hpp"

namespace earmark::engine {
namespace {

constexpr std::uint64_t busy_bit = 1;

constexpr std::uint64_t busy_word(Lsn lsn, CommitterId committer) noexcept {
  return (lsn.value << 9) | (static_cast<std::uint64_t>(committer.value) << 1) | busy_bit;
}
constexpr std::size_t committer_of(std::uint64_t word) noexcept { return (word >> 1) & 0xFF; }

}  // namespace

CommitWord::CommitWord(std::size_t committers, std::size_t entries, std::size_t settler_entries) : descriptors_(256) {
  EARMARK_CHECK(committers > 0 && committers <= max_committers);
  for (std::size_t index = 0; index < committers; ++index) descriptors_[index] = std::make_unique<Descriptor>(entries);
  descriptors_[settler_descriptor.value] = std::make_unique<Descriptor>(settler_entries);
}

StableState CommitWord::stable(CommitterId me) noexcept {
  for (;;) {
    // Acquire pairs with the release in finish(): whoever sees idle sees every word of that commit written.
    const std::uint64_t word = word_.load(std::memory_order_acquire);
    if ((word & busy_bit) == 0) return {word};
    help(me, word);  // S1
  }
}

void CommitWord::help(CommitterId me, std::uint64_t busy) noexcept {
  descriptors_[me.value]->counters.helps.add();
  Descriptor& descriptor = *descriptors_[committer_of(busy)];
  // Acquire on every field: the load of G below may not move before them. Had the owner reused the descriptor, then
  // seeing its new field (release in commit) means seeing G moved, because G moved before the owner reused it.
  const std::uint32_t count = descriptor.count.load(std::memory_order_acquire);
  for (std::uint32_t index = 0; index < count; ++index) {
    Entry& entry = descriptor.entries[index];
    Atomic<std::uint64_t>* word = entry.word.load(std::memory_order_acquire);
    std::uint64_t before = entry.before.load(std::memory_order_acquire);
    const std::uint64_t after = entry.after.load(std::memory_order_acquire);
    if (word_.load(std::memory_order_acquire) != busy) return;  // S2
    word->compare_exchange_strong(before, after, std::memory_order_acq_rel, std::memory_order_acquire);
  }
  finish(busy);
}

void CommitWord::finish(std::uint64_t busy) noexcept {
  // Release: pairs with the acquire in stable(). Fails if another thread has finished already, which is as good.
  word_.compare_exchange_strong(busy, busy & ~busy_bit, std::memory_order_acq_rel, std::memory_order_acquire);
}

bool CommitWord::commit(CommitterId me, StableState state, std::span<const WordWrite> writes, std::uint64_t lsns) noexcept {
  Descriptor& descriptor = *descriptors_[me.value];
  EARMARK_CHECK(lsns > 0 && writes.size() <= descriptor.entries.size());  // S4
  // Nobody but this thread commits with this descriptor, and its last commit has ended, so nobody needs its old fields.
  for (std::size_t index = 0; index < writes.size(); ++index) {
    Entry& entry = descriptor.entries[index];
    entry.word.store(writes[index].word, std::memory_order_release);  // release: see help()
    entry.before.store(writes[index].before, std::memory_order_release);
    entry.after.store(writes[index].after, std::memory_order_release);
  }
  descriptor.count.store(static_cast<std::uint32_t>(writes.size()), std::memory_order_release);

  const std::uint64_t busy = busy_word(state.lsn() + lsns, me);
  std::uint64_t expected = state.bits;
  // Release publishes the descriptor and the records it points to; acquire orders the applying CAS after it.
  if (!word_.compare_exchange_strong(expected, busy, std::memory_order_acq_rel, std::memory_order_acquire)) {
    descriptor.counters.lost.add();
    return false;
  }
  for (const WordWrite& write : writes) {
    std::uint64_t before = write.before;
    write.word->compare_exchange_strong(before, write.after, std::memory_order_acq_rel, std::memory_order_acquire);
  }
  finish(busy);
  descriptor.counters.commits.add();
  return true;
}

Lsn CommitWord::last() const noexcept { return StableState{word_.load(std::memory_order_acquire)}.lsn(); }

void CommitWord::start_at(Lsn lsn) noexcept { word_.store(lsn.value << 9, std::memory_order_release); }

}  // namespace earmark::engine
