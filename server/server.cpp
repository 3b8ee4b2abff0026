#include "server/server.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

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

void complain(const std::string& what) { std::fprintf(stderr, "earmarkd: %s\n", what.c_str()); }

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
  spdlog::set_default_logger(spdlog::stderr_logger_mt("earmarkd"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%f %l %v");
  Exit status = Exit::clean;
  if (!recover(status)) return status;
  for (std::uint16_t index = 0; index < options_.io_threads; ++index) {
    threads_.push_back(std::make_unique<IoThread>(*hub_, index));
    hub_->workers.push_back(&threads_.back()->worker());
  }
  journal_thread_ = std::make_unique<JournalThread>(
      *engine_, *journal_, last_time_,
      [this] { for (Worker* worker : hub_->workers) worker->wake(); },
      [](const storage::Failure& failure) {
        // Memory is ahead of the disk and the outcome is unknown: nobody may be answered. Recovery finds the truth.
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
  for (const auto& thread : threads_) thread->start();
  const std::string address = acceptor_->local_endpoint().address().to_string();
  const bool is_v6 = acceptor_->local_endpoint().address().is_v6();
  std::printf("ready listen=%s:%u lsn=%llu recovered_ms=%lld pid=%d\n", is_v6 ? ("[" + address + "]").c_str() : address.c_str(),
              acceptor_->local_endpoint().port(), static_cast<unsigned long long>(journal_->last().value),
              static_cast<long long>(recovered_ms_), static_cast<int>(::getpid()));
  std::fflush(stdout);
  for (const auto& thread : threads_) thread->join();
  journal_thread_->drain_and_stop();
  spdlog::info("stopped at LSN {}", journal_->last().value);
  return Exit::clean;
}

bool Server::recover(Exit& status) {
  const auto started = std::chrono::steady_clock::now();
  storage::OpenOptions open;
  open.max_skus = options_.max_skus;
  open.max_warehouses = options_.max_warehouses;
  auto opened = storage::open_lmdb_journal(options_.data, open);
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
  const auto report = storage::replay(*journal_, [&](const schema::Event& event) {
    all_fit = all_fit && fits(event, options_);
    if (!all_fit) return;
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
  recovered_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started).count();
  spdlog::info("recovered {} records from {} in {} ms", report->records, options_.data.string(), recovered_ms_);
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
      spdlog::warn("cannot accept a connection: {}", error.message());
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(as_result);
      continue;
    }
    if (hub_->connections.fetch_add(1, std::memory_order_relaxed) >= options_.max_connections) {
      hub_->connections.fetch_sub(1, std::memory_order_relaxed);
      spdlog::warn("refused a connection: {} are open (--max-connections)", options_.max_connections);
      continue;  // the socket closes
    }
    threads_[next_thread_++ % threads_.size()]->adopt(std::move(socket));
  }
}

void Server::stop() {
  spdlog::info("stopping: finishing what is decided");
  asio::error_code ignored;
  acceptor_->close(ignored);
  signals_->async_wait([](asio::error_code failed, int) { if (!failed) std::_Exit(1); });
  for (const auto& thread : threads_) thread->begin_stop();
}

}  // namespace earmark::server
