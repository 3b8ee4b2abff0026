// A data directory that something happened to, opened in this process as a server opens it: the journal, the state beside
// it, and what both amount to, to be compared with what the server's subscribers heard. One thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "storage/lmdb_journal.hpp"
#include "storage/lmdb_state.hpp"
#include "storage/offline_state.hpp"

namespace earmark::test {

// What the records amount to after each one, as a subscriber from LSN 1 hears them.
class Reference {
 public:
  void add(const schema::Event& event);  // throws when it contradicts what came before
  engine::Lsn last() const noexcept { return engine::Lsn{digests_.size() - 1}; }
  const std::string& digest_at(engine::Lsn lsn) const { return digests_.at(lsn.value); }

 private:
  storage::OfflineState state_;
  std::vector<std::string> digests_ = {storage::OfflineState().digest()};
};

struct Recovered {
  std::optional<storage::Failure> failure;  // of opening the journal, or else the state
  bool of_state = false;                    // whose failure it is
  engine::Lsn last{}, applied{};
  std::uint64_t chain = 0;
  std::string digest;                       // "": not asked for
};

struct RecoverOptions {
  bool with_state = false;   // open it, and begin the digest with it
  bool with_digest = false;
  bool goes_on = false;      // append one more record, which must be there when it is opened again
};

// Throws when what opens contradicts itself: an answer that is wrong and nothing said so.
Recovered recover(const std::filesystem::path& directory, const RecoverOptions& options);

}  // namespace earmark::test
