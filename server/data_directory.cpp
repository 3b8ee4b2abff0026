#include "server/data_directory.hpp"

#include <optional>

#include "server/log.hpp"
#include "storage/lmdb_state.hpp"

namespace earmark::server {
namespace {

// A start replays so many records at most behind the state store, a second or two's work; the compactor lets no more gather.
constexpr std::uint64_t most_replayed = 4'500'000;

bool can_be_made_again(const storage::Failure& failure) {
  return failure.kind == storage::FailureKind::damaged || failure.kind == storage::FailureKind::bad_version;
}

storage::Failure lost(const storage::Journal& journal, const std::string& what) {
  return {storage::FailureKind::damaged,
          what + ", and the journal begins at LSN " + std::to_string(journal.oldest().value) +
              ", so it cannot be made again; restore the directory from a backup."};
}

using StateCheck = storage::BegunCheck<storage::StateCheck>;

storage::Outcome<storage::OpenedState> open_state(const std::filesystem::path& directory, const storage::Journal& journal, StateCheck* check = nullptr) {
  return storage::open_lmdb_state(directory, journal.identity(), {.journal_last = journal.last(), .begun = check, .journal_whole = journal.oldest().value <= 1});
}

storage::Outcome<void> move_aside(const std::filesystem::path& directory, const storage::Journal& journal, const storage::Failure& why) {
  if (journal.oldest().value > 1) return Unexpected{lost(journal, why.text)};
  const auto aside = storage::move_state_aside(directory);
  if (!aside) return Unexpected{aside.error()};
  log_warning("the state store cannot be used and is made again from the journal",
              {{"moved_to", aside->string()}, {"reason", why.text}});
  return {};
}

}  // namespace

storage::Outcome<DataDirectory> open_data_directory(const std::filesystem::path& path, const storage::OpenOptions& options,
                                                    const CatchingUp& tell) {
  // The two stores are checked beside each other: for as long as nobody else has the directory, and nothing is read of either before its check is done.
  std::optional<StateCheck> state_check;
  storage::OpenOptions open = options;
  open.when_locked = [&] {
    if (options.when_locked && !options.when_locked()) return false;
    if (std::error_code missing; std::filesystem::exists(path / "state" / "data.mdb", missing)) {
      if (auto begun = storage::begin_state_check(path / "state", storage::CheckDepth::pages, false)) state_check.emplace(std::move(begun).value());
    }
    return true;
  };
  auto journal = storage::open_lmdb_journal(path, open);
  if (!journal) return Unexpected{journal.error()};
  if ((*journal)->identity().on_commands_time != options.on_commands_time) {
    return Unexpected{storage::Failure{storage::FailureKind::cannot_open, options.on_commands_time
        ? path.string() + " has run on wall time, so decisions at the time of commands would be out of order; leave --clock out, or give a new directory."
        : path.string() + " runs on the time of its commands, which may lie far from now; give --clock commands, or a new directory."}};
  }
  auto state = open_state(path, **journal, state_check ? &*state_check : nullptr);
  if (!state && can_be_made_again(state.error())) {
    if (auto moved = move_aside(path, **journal, state.error()); !moved) return Unexpected{moved.error()};
    state = open_state(path, **journal);
  }
  if (!state) return Unexpected{state.error()};
  const storage::StateSummary summary = state->store->summary();
  if (summary.applied + 1 < (*journal)->oldest()) {
    return Unexpected{lost(**journal, "the state store in " + path.string() + " ends at LSN " + std::to_string(summary.applied.value))};
  }
  const std::uint64_t most_behind = state->complete ? most_replayed : 0;
  if (auto caught_up = catch_up(**journal, *state->store, most_behind, tell); !caught_up) return Unexpected{caught_up.error()};
  return DataDirectory{path, std::move(*journal), std::move(state->store)};
}

storage::Outcome<void> make_state_again(DataDirectory& directory, const storage::Failure& why, const CatchingUp& tell) {
  directory.state.reset();
  if (auto moved = move_aside(directory.path, *directory.journal, why); !moved) return moved;
  auto state = open_state(directory.path, *directory.journal);
  if (!state) return Unexpected{state.error()};
  directory.state = std::move(state->store);
  return catch_up(*directory.journal, *directory.state, 0, tell);
}

bool leave_state_to_next_start(const std::filesystem::path& directory, const storage::Journal& journal) {
  return journal.oldest().value == 1 && storage::move_state_aside(directory).has_value();
}

}  // namespace earmark::server
