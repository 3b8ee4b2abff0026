// One thread's way to commit: decide on a stable state, write the records, check that the journal has room, commit;
// if somebody else was first, decide again. Used by the order desk and by whoever settles; owned by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/outcomes.hpp"
#include "engine/shared_state.hpp"
#include "engine/touched.hpp"
#include "engine/write_set.hpp"

namespace earmark::engine {

// The records of one commit, being written into the ring before it (S8). LSNs are those they will have if it succeeds.
class Bundle {
 public:
  Bundle(Recorder& recorder, std::span<std::byte> space, Lsn first) noexcept
      : recorder_(recorder), space_(space), first_(first), used_(sizeof(BundleHeader)) {}

  // `cause` 0 for a cause itself. Space was reserved for everything that is added.
  template <class Decision>
  Lsn add(TimeUs time, Lsn cause, const Decision& decision, const ReplyTo& reply, bool more = false) {
    const Lsn lsn = next();
    const std::size_t bytes = recorder_.record(Stamp{lsn, time, cause}, decision, space_.subspan(used_));
    EARMARK_CHECK(bytes != 0);
    if (touched_ != nullptr) touched_->note(decision);  // of a commit that is lost, too: it will be built again
    entries_->push_back({reply, used_, bytes, more});
    used_ += bytes;
    return lsn;
  }
  Lsn next() const noexcept { return first_ + entries_->size(); }
  bool empty() const noexcept { return entries_->empty(); }

  struct Entry {
    ReplyTo reply;
    std::size_t offset = 0, bytes = 0;
    bool more = false;
  };

 private:
  friend class Committer;
  Recorder& recorder_;
  std::span<std::byte> space_;
  Lsn first_;
  std::size_t used_;
  std::vector<Entry>* entries_ = nullptr;
  Touched* touched_ = nullptr;
};

enum class Attempt : std::uint8_t {
  committed,
  judged,   // nothing to record; every read was of one state, whose LSN is Committed::last
  no_room,  // nothing was done: the window or the ring is full; try again when more is durable
};

struct Committed {
  Attempt attempt = Attempt::no_room;
  Lsn first{}, last{};
};

class Committer {
 public:
  Committer(SharedState& shared, CommitterId id, Recorder& recorder, Outcomes& outcomes)
      : shared_(shared), id_(id), recorder_(recorder), outcomes_(outcomes), blocks_(shared.blocks) {}

  // Calls build(StableState, Bundle&, lost commits so far) until its commit succeeds. build reads and writes through `writes`, adds its
  // records to the bundle, and may be called again after a lost commit: it changes nothing else. `most_records` and
  // `most_bytes` bound what it adds. `descriptor`: this thread's own, or the settler's for whoever settles.
  template <class Build>
  Committed commit(WriteSet& writes, CommitterId descriptor, std::uint64_t most_records, std::size_t most_bytes, Build&& build) {
    RecordRing& ring = *shared_.rings[id_.value];
    const Readers::Looking looking(shared_.readers, id_);
    for (std::size_t lost = 0;; ++lost) {
      const StableState state = shared_.commit_word.stable(descriptor);
      if (!shared_.window.has_room(state.lsn() + most_records)) return {};
      const std::span<std::byte> space = ring.offer(sizeof(BundleHeader) + most_bytes);
      if (space.empty()) return {};
      writes.clear();
      entries_.clear();
      Bundle bundle(recorder_, space, state.lsn() + 1);
      bundle.entries_ = &entries_;
      bundle.touched_ = touched_;
      build(state, bundle, lost);
      if (entries_.empty()) {
        // Exact only if nothing was committed while it was judged; the reads were acquires, so this one is behind them.
        if (shared_.commit_word.stable(descriptor).bits != state.bits) continue;
        return {Attempt::judged, state.lsn(), state.lsn()};
      }
      if (try_commit(writes, descriptor, state, bundle)) {
        return {Attempt::committed, state.lsn() + 1, state.lsn() + entries_.size()};
      }
      if (lost >= back_off_after) pause();
    }
  }

  // Tells the records of the last commit to Outcomes. Separate from commit(), so that the caller can first bring its
  // own state up to date.
  void announce(Lsn first);

  // Whoever settles notes what its commits change; nullptr: nobody does.
  void note_touched_in(Touched* touched) noexcept { touched_ = touched; }

  BlockCache& blocks() noexcept { return blocks_; }
  Outcomes& outcomes() noexcept { return outcomes_; }
  CommitterId id() const noexcept { return id_; }
  SharedState& shared() noexcept { return shared_; }

 private:
  static constexpr std::size_t back_off_after = 8;  // lost commits in a row (S11)

  bool try_commit(WriteSet& writes, CommitterId descriptor, StableState state, const Bundle& bundle) noexcept;
  static void pause() noexcept;

  SharedState& shared_;
  CommitterId id_;
  Recorder& recorder_;
  Outcomes& outcomes_;
  BlockCache blocks_;
  std::vector<Bundle::Entry> entries_;
  std::span<std::byte> committed_bundle_;
  std::uint64_t ring_position_ = 0;
  Touched* touched_ = nullptr;
};

}  // namespace earmark::engine
