#include "server/server.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "server/config_settings.hpp"
#include "server/log.hpp"
#include "server/notify.hpp"
#include "server/version.hpp"
#include "storage/lmdb_journal.hpp"
#include "storage/recovery.hpp"

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

// The journal may hold more than this start has room for.
bool fits(const schema::Event& event, const Options& options) {
  const auto* load = std::get_if<engine::LoadDecision>(&event.decision);
  if (load == nullptr) return true;
  for (const engine::LoadedProduct& entry : load->products) {
    if (entry.id.value > options.max_skus) return false;
  }
  for (const engine::LoadedWarehouse& entry : load->warehouses) {
    if (entry.id.value > options.max_warehouses) return false;
  }
  return true;
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
      [this](const storage::Failure& failure) {
        // Memory is ahead of the disk and the outcome is unknown: nobody may be answered. Recovery finds the truth.
        status_.enter(Phase::failed);
        log_error("storage failed", {{"reason", failure.text}});
        complain("storage failed: " + failure.text + " Nothing acknowledged is lost; restart to recover.");
        std::_Exit(static_cast<int>(Exit::storage_failed));
      });
  hub_->journal_thread = journal_thread_.get();
  journal_thread_->start();
  threads_[0]->worker().finish_recovery();
  if (!listen()) return Exit::cannot_listen;

  signals_ = std::make_unique<asio::signal_set>(threads_[0]->context(), SIGTERM, SIGINT);
  signals_->async_wait([this](asio::error_code failed, int) { if (!failed) stop(); });
  asio::co_spawn(threads_[0]->context(), accept(), asio::detached);
  status_.publish(*hub_);
  status_.enter(Phase::serving);  // the kernel takes connections already
  observer_.start();
  for (const auto& thread : threads_) thread->start();
  const std::string address = acceptor_->local_endpoint().address().to_string();
  const bool is_v6 = acceptor_->local_endpoint().address().is_v6();
  std::printf("ready listen=%s:%u lsn=%llu recovered_ms=%lld pid=%d\n", is_v6 ? ("[" + address + "]").c_str() : address.c_str(),
              acceptor_->local_endpoint().port(), static_cast<unsigned long long>(journal_->last().value),
              static_cast<long long>(recovered_ms_), static_cast<int>(::getpid()));
  std::fflush(stdout);
  log_info("serving", {{"address", Endpoint{address, acceptor_->local_endpoint().port()}.text()}, {"lsn", journal_->last().value}});
  notify_manager("READY=1");
  for (const auto& thread : threads_) thread->join();
  journal_thread_->drain_and_stop();
  observer_.stop();
  log_info("stopped", {{"lsn", journal_->last().value}});
  return Exit::clean;
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
  observer_.start();
  return true;
}

bool Server::recover(Exit& status) {
  const auto started = std::chrono::steady_clock::now();
  storage::OpenOptions open;
  open.max_skus = options_.max_skus;
  open.max_warehouses = options_.max_warehouses;
  bool observed = true;
  open.when_locked = [&] { return observed = observe(); };
  auto opened = storage::open_lmdb_journal(options_.data, open);
  if (!observed) {
    status = Exit::cannot_listen;
    return false;
  }
  if (!opened) {
    complain(opened.error().text);
    status = exit_for(opened.error().kind);
    return false;
  }
  journal_ = std::move(*opened);
  engine::Capacity capacity;
  capacity.skus = options_.max_skus;
  capacity.warehouses = options_.max_warehouses;
  engine_ = std::make_unique<engine::Engine>(capacity, options_.io_threads);
  bool all_fit = true;
  std::uint64_t ids = 0;
  const auto report = storage::replay(*journal_, [&](const schema::Event& event) {
    all_fit = all_fit && fits(event, options_);
    if (!all_fit) return;
    if (takes_id(event.decision)) ++ids;
    std::visit([&](const auto& decision) { engine_->restore(event.stamp, decision); }, event.decision);
  });
  if (!report) {
    complain(report.error().text);
    status = exit_for(report.error().kind);
    return false;
  }
  if (!all_fit) {
    complain("the data directory holds more SKUs or warehouses than --max-skus and --max-warehouses allow; start with larger ones.");
    status = Exit::bad_usage;
    return false;
  }
  engine_->restore_finished();
  last_time_ = report->last_time;
  hub_ = std::make_unique<Hub>(*engine_, *journal_);
  hub_->ids_at_start = ids;
  hub_->clock = IoThread::now;
  recovered_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started).count();
  log_info("recovered", {{"records", report->records}, {"lsn", journal_->last().value}, {"milliseconds", recovered_ms_}});
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
  signals_->async_wait([](asio::error_code failed, int) { if (!failed) std::_Exit(1); });
  for (const auto& thread : threads_) thread->begin_stop();
}

}  // namespace earmark::server
