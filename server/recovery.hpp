// Recovery: the engine as the journal says it is. The state store first catches up with the journal if it is far behind;
// then its values become the engine's state, and the records behind it are replayed. One thread, before all others, but for the one
// that open orders are restored with (server/order_restorer.hpp).
#pragma once

#include <cstdint>
#include <functional>

#include "engine/engine.hpp"
#include "storage/recovery.hpp"
#include "storage/state_store.hpp"

namespace earmark::server {

struct Recovered {
  engine::TimeUs last_time{};
  std::uint64_t replayed = 0;  // records behind the state store
  std::uint64_t ids = 0;       // command ids that are known
  storage::StateSummary state;
};

// Told now and then while the store catches up.
using CatchingUp = std::function<void(engine::Lsn applied, engine::Lsn last)>;

// Folds until at most `most_behind` records are left. Failures: damaged, write_failed, trimmed.
storage::Outcome<void> catch_up(const storage::Journal& journal, storage::StateStore& state, std::uint64_t most_behind,
                                const CatchingUp& tell);

// The state store's values; then what was decided since. Failures: damaged; cannot_open when the engine's capacity is too
// small for the catalogue.
storage::Outcome<Recovered> restore_base(const storage::StateStore& state, engine::Engine& engine);
storage::Outcome<Recovered> replay_behind(Recovered base, const storage::Journal& journal, const storage::StateStore& state,
                                          engine::Engine& engine);

}  // namespace earmark::server
