// A server without sockets, threads and clock: engine, workers, group commit, compactor and recovery are the real ones; who takes
// a step, and when it all ends, is the scheduler's choice (world.hpp). It lives from a start to a crash. One thread.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "server/compactor.hpp"
#include "server/group_commit.hpp"
#include "server/state_archive.hpp"
#include "server/worker.hpp"
#include "tests/model/random_commands.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/simulation/judge.hpp"
#include "tests/simulation/state_tables.hpp"

namespace earmark::simulation {

// The process is gone: killed, or ended by itself with status 5.
struct ServerDied {};

enum class JournalStage : std::uint8_t { idle, gathered, appended, shown };

struct ServerOptions {
  std::uint16_t workers = 1;
  std::size_t ring_bytes = 1U << 20;
  std::uint64_t most_behind = 0;  // records that a start replays at most
  server::Retention retention;
  model::CatalogueLimits limits = model::RandomCommands::limits();
};

class SimulatedServer final : public server::JournalWriter {
 public:
  // Asked before each step of the journal that nobody else may come before: throws ServerDied to end the server there.
  using BeforeStep = std::function<void(JournalStage)>;
  // Asked when a worker has committed: how many steps the journal takes before the worker goes on, as its thread might.
  using StepsMeanwhile = std::function<std::uint64_t()>;

  SimulatedServer(const ServerOptions& options, Disk& disk, StateTables& state, Judge& judge, Sometimes& sometimes,
                  std::function<engine::TimeUs()> now, BeforeStep before_step, StepsMeanwhile steps_meanwhile);
  ~SimulatedServer() override;
  // Until everything that the journal holds is in memory and all fills are finished. Throws ServerDied.
  void recover();

  // Steps. Each may throw ServerDied.
  bool journal_has_work() const noexcept { return stage_ != JournalStage::idle || group_->more_is_committed(); }
  void step_journal();
  bool compactor_has_work() const noexcept;
  void step_compactor();
  bool is_woken(std::size_t worker) const { return woken_[worker]; }
  void proceed(std::size_t worker);
  // A timer is due; as server::IoThread::mind_deadlines() has it.
  bool timer_is_due() const noexcept { return now_().value >= engine_->shared().next_due_us.load(); }
  void run_timers();
  void watch();  // once a second

  JournalStage stage() const noexcept { return stage_; }
  server::Worker& worker(std::size_t index) { return *workers_[index]; }
  std::size_t workers() const noexcept { return workers_.size(); }
  void wake(std::size_t worker) { woken_[worker] = true; }
  engine::Engine& engine() noexcept { return *engine_; }
  bool disk_behind() noexcept;
  // Throws what was found wrong where nothing may be thrown.
  void tell_what_was_found() const;
  // Nothing is under way in here; says what is, if something is.
  std::string busy();

  // server::JournalWriter
  void committed() noexcept override;
  bool commit_here() override { return false; }
  std::int64_t wait_for_group() override;
  void at_one_lsn(const std::function<void()>& read) override;
  const server::JournalCounters& counters() const noexcept override { return group_->counters(); }

 private:
  [[noreturn]] static void died(const storage::Failure& failure);
  void take_journal_step();
  void count_marks();

  const ServerOptions options_;
  StateTables& state_;
  Judge& judge_;
  Sometimes& sometimes_;
  std::function<engine::TimeUs()> now_;
  std::int64_t watched_us_ = 0;
  BeforeStep before_step_;
  StepsMeanwhile steps_meanwhile_;
  SimulatedJournal journal_;
  server::StateArchive archive_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<server::Hub> hub_;
  std::vector<std::unique_ptr<server::Worker>> workers_;
  std::unique_ptr<server::GroupCommit> group_;
  std::unique_ptr<server::Compactor> compactor_;
  std::vector<char> woken_;
  JournalStage stage_ = JournalStage::idle;
  bool recovering_ = true;
  std::string found_;
};

}  // namespace earmark::simulation
