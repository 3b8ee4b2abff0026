#include "tests/simulation/simulated_server.hpp"

#include "server/recovery.hpp"

namespace earmark::simulation {
namespace {

engine::Capacity capacity(const ServerOptions& options) {
  engine::Capacity capacity;
  capacity.skus = static_cast<std::uint32_t>(options.limits.skus);
  capacity.warehouses = static_cast<std::uint16_t>(options.limits.warehouses);
  capacity.max_skips = static_cast<std::uint8_t>(options.limits.max_skips);
  capacity.max_wait_us = options.limits.max_wait_us;
  capacity.date_threshold_us = options.limits.date_threshold_us;
  capacity.command_ids = 1U << 12;
  capacity.waiting_lines = 1U << 14;
  capacity.order_bytes = 1ULL << 30;  // address space; memory is taken as it is used
  capacity.ring_bytes = options.ring_bytes;
  return capacity;
}

}  // namespace

SimulatedServer::SimulatedServer(const ServerOptions& options, Disk& disk, StateTables& state, Judge& judge, Sometimes& sometimes,
                                 std::function<engine::TimeUs()> now, BeforeStep before_step, StepsMeanwhile steps_meanwhile)
    : options_(options), state_(state), judge_(judge), sometimes_(sometimes), now_(std::move(now)), before_step_(std::move(before_step)),
      steps_meanwhile_(std::move(steps_meanwhile)), journal_(disk), archive_(state, [](const storage::Failure& failure) { died(failure); }) {}

SimulatedServer::~SimulatedServer() { count_marks(); }

void SimulatedServer::died(const storage::Failure& failure) {
  if (failure.kind != storage::FailureKind::write_failed) throw Broken("a failure that nobody planned: " + failure.text);
  throw ServerDied{};
}

// As server::Server does it.
void SimulatedServer::recover() {
  if (state_.summary().applied.value != 0) sometimes_.met(Met::start_from_the_state_store);
  // A store that was never complete is made again first, as server/data_directory.cpp has it.
  const std::uint64_t most_behind = state_.summary().complete ? options_.most_behind : 0;
  if (auto done = server::catch_up(journal_, state_, most_behind, [](engine::Lsn, engine::Lsn) {}); !done) died(done.error());
  engine_ = std::make_unique<engine::Engine>(capacity(options_), options_.workers);
  const auto base = server::restore_base(state_, *engine_);
  if (!base) died(base.error());
  engine_->settler().use_archive(archive_);
  const auto recovered = server::replay_behind(*base, journal_, state_, *engine_);
  if (!recovered) died(recovered.error());
  hub_ = std::make_unique<server::Hub>(*engine_, journal_);
  hub_->state = &state_;
  hub_->journal_thread = this;
  hub_->clock = now_;
  woken_.assign(options_.workers, 0);
  for (std::uint16_t index = 0; index < options_.workers; ++index) {
    workers_.push_back(std::make_unique<server::Worker>(*hub_, index, [this, index] { woken_[index] = true; }));
    hub_->workers.push_back(workers_.back().get());
  }
  group_ = std::make_unique<server::GroupCommit>(*engine_, journal_, recovered->last_time);
  workers_[0]->finish_recovery(std::max(recovered->last_time, now_()));
  if (judge_.has_open_cause()) throw Broken("I3: recovery left fills outstanding");
  if (judge_.must_turn()) throw Broken("patience: recovery left somebody who was passed over often enough");
  if (engine_->digest() != judge_.digest()) throw Broken("E6: the state that recovery made is not the twin's");
  compactor_ = std::make_unique<server::Compactor>(*hub_, state_, options_.retention, [](const storage::Failure& failure) { died(failure); });
  if (auto begun = compactor_->begin(); !begun) died(begun.error());
  recovering_ = false;
}

void SimulatedServer::step_journal() {
  if (stage_ == JournalStage::gathered) before_step_(stage_);
  take_journal_step();
}

// The worker is between its commit and what it does next. Nothing fails here: there is no way out from under it.
void SimulatedServer::committed() noexcept {
  try {
    for (std::uint64_t steps = steps_meanwhile_(); steps > 0 && journal_has_work(); --steps) take_journal_step();
  } catch (const Broken& broken) {
    found_ = broken.what();
  }
}

void SimulatedServer::tell_what_was_found() const {
  if (!found_.empty()) throw Broken(found_);
}

void SimulatedServer::take_journal_step() {
  switch (stage_) {
    case JournalStage::idle:
      if (group_->gather()) stage_ = JournalStage::gathered;
      return;
    case JournalStage::gathered: {
      const auto appended = group_->append();
      if (!appended) died(appended.error());
      judge_.disk_grew();
      stage_ = JournalStage::appended;
      return;
    }
    case JournalStage::appended:
      group_->show();
      stage_ = JournalStage::shown;
      return;
    case JournalStage::shown:
      group_->release();
      stage_ = JournalStage::idle;
      woken_.assign(woken_.size(), 1);
      if (journal_.oldest().value > 1) sometimes_.met(Met::journal_trimmed);
  }
}

// The worker that waits holds up the one thread that there is, so the journal takes its steps here.
std::int64_t SimulatedServer::wait_for_group() {
  if (engine_->shared().window.durable() == engine_->shared().commit_word.last()) return 0;
  if (!recovering_) sometimes_.met(Met::no_room_in_the_ring);
  do {
    if (stage_ != JournalStage::gathered) before_step_(stage_);
    step_journal();
  } while (stage_ != JournalStage::idle);
  return 100;
}

void SimulatedServer::at_one_lsn(const std::function<void()>& read) {
  if (stage_ == JournalStage::shown) sometimes_.met(Met::snapshot_between_show_and_release);
  read();
}

// It waits when 64 of its messages are not taken, and nobody else could take them here.
bool SimulatedServer::compactor_has_work() const noexcept {
  return hub_->housekeeping_mail.load() == 0 && compactor_->applied() < engine_->shared().window.durable();
}

void SimulatedServer::step_compactor() {
  if (auto done = compactor_->step(engine_->shared().window.durable()); !done) died(done.error());
}

void SimulatedServer::proceed(std::size_t worker) {
  woken_[worker] = 0;
  const bool house_is_quiet = hub_->housekeeping_mail.load() == 0 && !hub_->digest_under_way.load();
  workers_[worker]->proceed(now_());
  for (std::size_t other = 0; other < workers_.size() && house_is_quiet; ++other) {
    if (other != worker && workers_[other]->mailbox.size_approx() != 0) sometimes_.met(Met::answer_by_another_worker);
  }
  if (!engine_->settler().quiet()) sometimes_.met(Met::settler_stalled);
}

void SimulatedServer::run_timers() { workers_[0]->run_timers(now_()); }

void SimulatedServer::watch() {
  watched_us_ += 31'000'000;  // what is seen twice has lasted too long; however the wall clock jumps
  for (const auto& worker : workers_) {
    worker->end_unfinished(watched_us_);
    worker->cut_slow_subscribers(watched_us_);
  }
}

bool SimulatedServer::disk_behind() noexcept {
  return engine_ && engine_->shared().window.durable() != engine_->shared().commit_word.last();
}

std::string SimulatedServer::busy() {
  if (!engine_->settler().quiet()) return "somebody has the settler's role";
  if (disk_behind()) return "something is decided and not durable";
  if (hub_->housekeeping_mail.load() != 0) return "messages of the compactor are not taken";
  if (hub_->digest_under_way.load()) return "a digest is under way";
  for (const auto& worker : workers_) {
    if (!worker->idle()) return "a worker has answers that wait for the disk";
    if (worker->mailbox.size_approx() != 0) return "a worker has mail";
  }
  return "";
}

void SimulatedServer::count_marks() {
  if (!engine_) return;
  const engine::SettlerCounters& counters = engine_->settler().counters();
  if (counters.archived_orders.get() != 0) sometimes_.met(Met::order_archived);
  if (counters.read_back_orders.get() != 0) sometimes_.met(Met::order_read_back);
  if (state_.decisions_given() != 0) sometimes_.met(Met::repeat_told_by_the_state_store);
}

}  // namespace earmark::simulation
