#include "tests/system/support/recovered.hpp"

#include <stdexcept>

#include "storage/recovery.hpp"

namespace earmark::test {
namespace {

using engine::Lsn;
using namespace storage;

[[noreturn]] void complain(const std::string& what, const Failure& failure) { throw std::runtime_error(what + ": " + failure.text); }

OpenOptions small() {
  OpenOptions options;
  options.map_bytes = std::size_t{64} << 20;
  return options;
}

void append_void(const std::filesystem::path& directory, Journal& journal) {
  const auto encoder = std::make_unique<schema::EventEncoder>();
  std::vector<std::uint64_t> buffer(64);
  const Lsn lsn = journal.last() + 1;
  const std::size_t bytes = encoder->encode({lsn, engine::TimeUs{1}, {}}, engine::VoidDecision{}, std::as_writable_bytes(std::span(buffer)));
  const std::span<const std::byte> record = std::as_bytes(std::span(buffer)).first(bytes);
  if (const auto appended = journal.append({lsn, lsn, {&record, 1}, bytes}); !appended) {
    complain("the journal in " + directory.string() + " does not go on", appended.error());
  }
}

}  // namespace

void Reference::add(const schema::Event& event) {
  if (event.stamp.lsn != last() + 1) throw std::runtime_error("LSN " + std::to_string(event.stamp.lsn.value) + " comes out of order");
  if (!state_.apply(event)) throw std::runtime_error("LSN " + std::to_string(event.stamp.lsn.value) + ": " + state_.problem());
  digests_.push_back(state_.digest());
}

Recovered recover(const std::filesystem::path& directory, const RecoverOptions& options) {
  Recovered recovered;
  JournalCheck check;
  auto journal = open_lmdb_journal(directory, small(), &check);
  if (!journal) {
    recovered.failure = journal.error();
    return recovered;
  }
  recovered.chain = check.tail.chain;
  recovered.last = (*journal)->last();
  OfflineState folded;
  Lsn from{1};
  if (options.with_state) {
    StateOptions state_options;
    state_options.journal_last = recovered.last;
    state_options.journal_oldest = (*journal)->oldest();
    state_options.map_bytes = small().map_bytes;
    const auto state = open_lmdb_state(directory, (*journal)->identity(), state_options);
    const auto begun = state ? folded.begin(*state->store) : Outcome<void>(Unexpected{state.error()});
    if (!begun) {
      recovered.failure = begun.error();
      recovered.of_state = true;
      return recovered;
    }
    recovered.applied = state->store->summary().applied;
    from = recovered.applied + 1;
  }
  if (options.with_digest && from <= recovered.last) {
    std::string problem;
    const auto replayed = replay(**journal, [&](const schema::Event& event) {
      if (problem.empty() && !folded.apply(event)) problem = "LSN " + std::to_string(event.stamp.lsn.value) + ": " + folded.problem();
    }, {from, {}});
    if (!replayed) complain("what opens cannot be replayed", replayed.error());
    if (!problem.empty()) throw std::runtime_error("what opens contradicts itself at " + problem);
  }
  if (options.with_digest) recovered.digest = folded.digest();
  if (options.goes_on) {
    append_void(directory, **journal);
    journal->reset();
    journal = open_lmdb_journal(directory, small());
    if (!journal) complain("what opens does not open again when it has gone on", journal.error());
    if ((*journal)->last() != recovered.last + 1) throw std::runtime_error("what was appended is not there");
  }
  return recovered;
}

}  // namespace earmark::test
