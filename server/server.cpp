#include "server/server.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "server/config_settings.hpp"
#include "server/data_directory.hpp"
#include "server/log.hpp"
#include "server/notify.hpp"
#include "server/stop_signals.hpp"
#include "server/version.hpp"

namespace earmark::server {
namespace {

Exit exit_for(storage::FailureKind kind) noexcept {
  switch (kind) {
    case storage::FailureKind::in_use: return Exit::in_use;
    case storage::FailureKind::damaged:
    case storage::FailureKind::bad_version: return Exit::damaged;
    case storage::FailureKind::write_failed: return Exit::storage_failed;
    case storage::FailureKind::cannot_open:
    case storage::FailureKind::trimmed: return Exit::bad_usage;
  }
  return Exit::bad_usage;
}

// Half of the machine's memory is for orders, whatever else runs there; what does not fit is refused as overloaded.
std::uint64_t order_memory() noexcept {
  const auto bytes = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE));
  return std::clamp<std::uint64_t>(bytes / 2, 1ULL << 30, 64ULL << 30);
}

void tell_catching_up(engine::Lsn applied, engine::Lsn last) {
  log_info("state store catching up", {{"lsn", applied.value}, {"of", last.value}});
}

}  // namespace

Server::Server(Options options) : options_(std::move(options)) {}
Server::~Server() = default;

Exit Server::run() {
  open_log(options_.log_level, options_.log_format);
  log_start();
  Exit status = Exit::clean;
  if (!recover(status)) return status;
  for (std::uint16_t index = 0; index < options_.io_threads; ++index) {
    threads_.push_back(std::make_unique<IoThread>(*hub_, index));
    hub_->workers.push_back(&threads_.back()->worker());
  }
  journal_thread_ = std::make_unique<JournalThread>(
      *engine_, *journal_, last_time_,
      [this] { for (Worker* worker : hub_->workers) worker->wake(); },
      [this](const storage::Failure& failure) { end_on_failure(failure); });
  hub_->journal_thread = journal_thread_.get();
  memory_ahead_ = std::make_unique<MemoryAhead>(engine_->shared().blocks);
  hub_->memory_ahead = memory_ahead_.get();
  const StopSignalsBlocked from_here_on;  // the journal's thread and those after it are not to take them
  journal_thread_->start();
  const bool on_commands = options_.clock == "commands";
  threads_[0]->worker().finish_recovery(on_commands ? last_time_ : std::max(last_time_, IoThread::now()));
  if (!listen()) return Exit::cannot_listen;
  compactor_ = std::make_unique<Compactor>(*hub_, *state_, Retention{options_.horizon, options_.retain},
                                           [this](const storage::Failure& failure) { end_on_state_failure(failure); });
  hub_->state_applied = [this] { return compactor_->applied(); };
  reporter_ = std::make_unique<Reporter>(*hub_, *state_, [this](engine::Lsn lsn) { compactor_->hurry_to(lsn); },
                                         [on_commands] { return on_commands ? engine::TimeUs{} : IoThread::now(); });
  hub_->reporter = reporter_.get();

  asio::co_spawn(threads_[0]->context(), accept(), asio::detached);
  const tcp::endpoint endpoint = acceptor_->local_endpoint();
  status_.publish(*hub_);
  status_.enter(Phase::serving);  // the kernel takes connections already
  observer_.start();
  if (!on_commands) threads_[0]->mind_timers();
  for (const auto& thread : threads_) thread->start();
  compactor_->start();
  memory_ahead_->start();
  reporter_->start();
  const std::string address = endpoint.address().to_string();
  std::printf("ready listen=%s:%u lsn=%llu recovered_ms=%lld pid=%d\n",
              endpoint.address().is_v6() ? ("[" + address + "]").c_str() : address.c_str(), endpoint.port(), static_cast<unsigned long long>(journal_->last().value),
              static_cast<long long>(recovered_ms_), static_cast<int>(::getpid()));
  std::fflush(stdout);
  log_info("serving", {{"address", Endpoint{address, endpoint.port()}.text()}, {"lsn", journal_->last().value}});
  notify_manager("READY=1");
  StopSignalsBlocked::wait_for_one();
  asio::post(threads_[0]->context(), [this] { stop(); });
  end_at_next_stop_signal<1>();
  for (const auto& thread : threads_) thread->join();
  compactor_->stop();
  memory_ahead_->stop();
  reporter_->stop();
  journal_thread_->drain_and_stop();
  observer_.stop();
  log_info("stopped", {{"lsn", journal_->last().value}});
  return Exit::clean;
}

// Memory is ahead of the disk, or what was promised cannot be read: nobody may be answered. Recovery finds the truth.
void Server::end_on_failure(const storage::Failure& failure) {
  status_.enter(Phase::failed);
  log_error("storage failed", {{"reason", failure.text}});
  complain("storage failed: " + failure.text + " Nothing acknowledged is lost; restart to recover.");
  std::_Exit(static_cast<int>(Exit::storage_failed));
}

void Server::end_on_state_failure(const storage::Failure& failure) {
  if (failure.kind == storage::FailureKind::damaged && leave_state_to_next_start(options_.data, *journal_)) {
    log_warning("the state store is damaged; the next start makes it again from the journal");
  }
  end_on_failure(failure);
}

void Server::log_start() const {
  std::vector<std::string> values;
  std::vector<LogField> fields{{"version", EARMARK_VERSION}, {"pid", static_cast<std::int64_t>(::getpid())}};
  for (const Setting& setting : settings()) values.push_back(value_of(options_, setting));
  for (std::size_t index = 0; index < values.size(); ++index) fields.emplace_back(settings()[index].key, std::string_view(values[index]));
  log_info("starting", fields);
}

// From the moment when the directory is this server's, so that /healthz and /readyz answer while it recovers.
bool Server::observe() {
  status_.enter(Phase::recovering);
  if (!options_.metrics) return true;
  const std::string wrong = observer_.listen(*options_.metrics);
  if (!wrong.empty()) {
    complain("cannot listen on " + options_.metrics->text() + " for metrics: " + wrong +
             "; choose another address with --metrics, or port 0 for any free one.");
    return false;
  }
  const StopSignalsBlocked for_its_thread;
  observer_.start();
  return true;
}

// The engine as the state store has it, which is made again if that shows damage.
storage::Outcome<Recovered> Server::restore(DataDirectory& directory) {
  engine::Capacity capacity;
  capacity.skus = options_.max_skus;
  capacity.warehouses = options_.max_warehouses;
  capacity.ring_bytes = engine::ring_bytes_for(options_.max_warehouses);
  capacity.order_bytes = order_memory();
  capacity.max_skips = static_cast<std::uint8_t>(options_.max_skips);
  capacity.max_wait_us = std::int64_t{options_.max_wait_hours} * 3'600'000'000;
  capacity.date_threshold_us = std::int64_t{options_.date_threshold_hours} * 3'600'000'000;
  capacity.default_sourcing = engine::sourcing_named(options_.sourcing).value_or(engine::Sourcing::priority);
  engine_ = std::make_unique<engine::Engine>(capacity, options_.io_threads);
  auto restored = restore_base(*directory.state, *engine_);
  if (restored || restored.error().kind != storage::FailureKind::damaged) return restored;
  if (auto made = make_state_again(directory, restored.error(), tell_catching_up); !made) return Unexpected{made.error()};
  engine_ = std::make_unique<engine::Engine>(capacity, options_.io_threads);
  return restore_base(*directory.state, *engine_);
}

bool Server::recover(Exit& status) {
  const auto started = std::chrono::steady_clock::now();
  storage::OpenOptions open;
  open.max_skus = options_.max_skus;
  open.max_warehouses = options_.max_warehouses;
  open.on_commands_time = options_.clock == "commands";
  bool observed = true;
  open.when_locked = [&] { return observed = observe(); };
  const auto fail = [&](const storage::Failure& failure) {
    complain(failure.text);
    status = exit_for(failure.kind);
    return false;
  };
  auto opened = open_data_directory(options_.data, open, tell_catching_up);
  if (!observed) {
    status = Exit::cannot_listen;
    return false;
  }
  if (!opened) return fail(opened.error());
  const auto restored = restore(*opened);
  if (!restored) return fail(restored.error());
  journal_ = std::move(opened->journal);
  state_ = std::move(opened->state);
  // Before the replay: records may be of orders that the store has closed.
  archive_ = std::make_unique<StateArchive>(*state_, [this](const storage::Failure& failure) { end_on_state_failure(failure); });
  engine_->settler().use_archive(*archive_);
  const auto recovered = replay_behind(*restored, *journal_, *state_, *engine_);
  if (!recovered) return fail(recovered.error());
  last_time_ = recovered->last_time;
  hub_ = std::make_unique<Hub>(*engine_, *journal_);
  hub_->state = state_.get();
  hub_->ids_at_start = recovered->ids;
  hub_->clock = IoThread::now;
  if (options_.clock == "commands") hub_->decision_clock.run_on_commands(last_time_);
  recovered_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started).count();
  log_info("recovered", {{"records", recovered->replayed}, {"lsn", journal_->last().value}, {"milliseconds", recovered_ms_},
                         {"open_orders", recovered->state.open_orders}});
  return true;
}

bool Server::listen() {
  asio::error_code error;
  const tcp::endpoint endpoint(asio::ip::make_address(options_.listen.host, error), options_.listen.port);
  if (!error) {
    acceptor_ = std::make_unique<tcp::acceptor>(threads_[0]->context());
    acceptor_->open(endpoint.protocol(), error);
  }
  if (!error) acceptor_->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_->bind(endpoint, error);
  if (!error) acceptor_->listen(tcp::acceptor::max_listen_connections, error);
  if (error) {
    complain("cannot listen on " + options_.listen.text() + ": " + error.message() +
             "; choose another address with --listen, or port 0 for any free one.");
    journal_thread_->drain_and_stop();
    return false;
  }
  return true;
}

asio::awaitable<void> Server::accept() {
  asio::steady_timer pause(acceptor_->get_executor());
  for (;;) {
    auto [error, socket] = co_await acceptor_->async_accept(as_result);
    if (!acceptor_->is_open()) co_return;
    if (error) {  // out of descriptors, most likely: wait a moment, the others go on
      hub_->accepts_failed.add();
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(as_result);
      continue;
    }
    if (hub_->connections.fetch_add(1, std::memory_order_relaxed) >= options_.max_connections) {
      hub_->connections.fetch_sub(1, std::memory_order_relaxed);
      hub_->connections_refused.add();
      continue;  // the socket closes
    }
    threads_[next_thread_++ % threads_.size()]->adopt(std::move(socket));
  }
}

void Server::stop() {
  status_.enter(Phase::stopping);
  log_info("stopping: finishing what is decided");
  notify_manager("STOPPING=1");
  asio::error_code ignored;
  acceptor_->close(ignored);
  reporter_->wait_no_more();
  for (const auto& thread : threads_) thread->begin_stop();
}

}  // namespace earmark::server
