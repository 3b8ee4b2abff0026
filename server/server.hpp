// The server as a whole: opens the journal, recovers the engine, starts the journal's thread and the I/O threads,
// listens, and stops cleanly. One object for each process.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/compactor.hpp"
#include "server/data_directory.hpp"
#include "server/io_thread.hpp"
#include "server/journal_thread.hpp"
#include "server/memory_ahead.hpp"
#include "server/observer.hpp"
#include "server/options.hpp"
#include "server/reporter.hpp"
#include "server/server_status.hpp"
#include "server/state_archive.hpp"

namespace earmark::server {

// Exit statuses of the contract.
enum class Exit : int { clean = 0, bad_usage = 2, in_use = 3, damaged = 4, storage_failed = 5, cannot_listen = 6 };

class Server {
 public:
  explicit Server(Options options);
  ~Server();

  // Runs until a signal stops it. Errors are printed as one line on stderr.
  Exit run();

 private:
  void log_start() const;
  bool observe();
  bool recover(Exit& status);
  storage::Outcome<Recovered> restore(DataDirectory& directory);
  [[noreturn]] void end_on_failure(const storage::Failure& failure);
  [[noreturn]] void end_on_state_failure(const storage::Failure& failure);
  bool listen();
  asio::awaitable<void> accept();
  void stop();

  Options options_;
  std::unique_ptr<storage::Journal> journal_;
  std::unique_ptr<storage::StateStore> state_;
  std::unique_ptr<StateArchive> archive_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<Hub> hub_;
  std::unique_ptr<MemoryAhead> memory_ahead_;
  std::unique_ptr<JournalThread> journal_thread_;
  std::unique_ptr<Compactor> compactor_;
  std::unique_ptr<Reporter> reporter_;  // asks the compactor
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::unique_ptr<tcp::acceptor> acceptor_;
  std::size_t next_thread_ = 0;
  engine::TimeUs last_time_{};
  std::int64_t recovered_ms_ = 0;
  ServerStatus status_{options_.data};
  Observer observer_{status_, options_.max_connections};  // looks at all of the above: ends first
};

}  // namespace earmark::server
