// The commit word G: the one place where decisions become true.   lsn:55 | committer:8 | busy:1
//
// A commit is one CAS on G from the idle value it was decided on to {lsn + n, me, busy}: decision, number and effect in
// one step. It succeeds only if nothing was committed since, so every word that was read is the state at G. Then the
// words of the committer's descriptor are written (by the committer, or by anyone who finds G busy and helps), and
// busy is cleared. One operation is in flight at most. Lock-free: a lost CAS means that another commit succeeded, and
// busy is ended by anyone in as many CAS as the descriptor has entries.
//
// Rules: S1 help before reading. S2 a helper reads an entry, then G, and writes only if G has not moved. S3 every write
// changes the word to a value it never had (versions). S4 every commit raises the LSN. S5 one entry for each word.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/atomic.hpp"
#include "engine/counter.hpp"
#include "engine/limits.hpp"
#include "engine/types.hpp"
#include "engine/write_set.hpp"

namespace earmark::engine {

// An idle value of G: the state that a decision is made on.
struct StableState {
  std::uint64_t bits = 0;
  constexpr Lsn lsn() const noexcept { return Lsn{bits >> 9}; }
};

struct CommitCounters {
  Counter commits, lost, helps;
};

class CommitWord {
 public:
  // Descriptors for `committers` threads of `entries` words each, and one of `settler_entries` for whoever settles.
  CommitWord(std::size_t committers, std::size_t entries, std::size_t settler_entries);

  // Waits for nobody: helps whoever is in flight, then gives the idle state.
  StableState stable(CommitterId me) noexcept;
  // Commits `writes` and `lsns` numbers (state.lsn() + 1 ...), or returns false without effect if G has moved.
  bool commit(CommitterId me, StableState state, std::span<const WordWrite> writes, std::uint64_t lsns) noexcept;
  // Last committed LSN; its words may still be in flight.
  Lsn last() const noexcept;
  // Before any thread runs: recovery ends at `lsn`.
  void start_at(Lsn lsn) noexcept;

  const CommitCounters& counters(CommitterId committer) const noexcept { return descriptors_[committer.value]->counters; }
  static constexpr CommitterId settler_descriptor{255};

 private:
  struct Entry {
    Atomic<Atomic<std::uint64_t>*> word{nullptr};
    Atomic<std::uint64_t> before{0}, after{0};
  };
  struct alignas(64) Descriptor {
    explicit Descriptor(std::size_t capacity) : entries(capacity) {}
    Atomic<std::uint32_t> count{0};
    std::vector<Entry> entries;
    CommitCounters counters;  // of the owning thread alone
  };

  void help(CommitterId me, std::uint64_t busy) noexcept;
  void finish(std::uint64_t busy) noexcept;

  std::vector<std::unique_ptr<Descriptor>> descriptors_;  // by CommitterId; only the used ones exist
  alignas(64) Atomic<std::uint64_t> word_{0};
  char padding_[56] = {};
};

}  // namespace earmark::engine
