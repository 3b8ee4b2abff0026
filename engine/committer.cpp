#include "engine/committer.hpp"

#include <cstring>

namespace earmark::engine {

bool Committer::try_commit(WriteSet& writes, CommitterId descriptor, StableState state, const Bundle& bundle) noexcept {
  RecordRing& ring = *shared_.rings[id_.value];
  const Lsn first = state.lsn() + 1;
  const BundleHeader header{first.value, static_cast<std::uint32_t>(entries_.size()),
                            static_cast<std::uint32_t>(bundle.used_ - sizeof(BundleHeader))};
  std::memcpy(bundle.space_.data(), &header, sizeof header);
  // The window's word is part of the commit: the decision and its way to the journal become true together.
  Atomic<std::uint64_t>& slot = shared_.window.slot(first);
  writes.write(slot, writes.read(slot), Window::word_for(first, {id_, ring.offered_units()}));
  if (!shared_.commit_word.commit(descriptor, state, writes.entries(), entries_.size())) return false;
  committed_bundle_ = bundle.space_.first(bundle.used_);
  ring_position_ = ring.take(bundle.used_);
  return true;
}

void Committer::announce(Lsn first) {
  outcomes_.committed(first, first + (entries_.size() - 1));
  for (std::size_t index = 0; index < entries_.size(); ++index) {
    const Bundle::Entry& entry = entries_[index];
    const bool last = index + 1 == entries_.size();
    outcomes_.decided(entry.reply, first + index, committed_bundle_.subspan(entry.offset, entry.bytes),
                      last ? ring_position_ : 0, entry.more);
  }
}

void Committer::pause() noexcept {
  // Advisory: somebody else commits all the time; leave him the line of G for a moment. Bounded, holds nothing.
  for (int round = 0; round < 64; ++round) __builtin_ia32_pause();
}

}  // namespace earmark::engine
