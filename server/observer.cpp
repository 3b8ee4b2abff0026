#include "server/observer.hpp"

#include "server/hub.hpp"
#include "server/log.hpp"
#include "server/metrics.hpp"
#include "server/thread_name.hpp"
#include "server/worker.hpp"

namespace earmark::server {
namespace {

using std::chrono::seconds;

constexpr seconds told_at_most_every{60};

// What a client of this protocol does not send.
std::uint64_t bad_messages(const Hub& hub) {
  using engine::ErrorCode;
  std::uint64_t count = 0;
  for (const Worker* worker : hub.workers) {
    for (const ErrorCode code : {ErrorCode::malformed, ErrorCode::too_large, ErrorCode::unsupported_version, ErrorCode::hello_first,
                                 ErrorCode::unknown_message, ErrorCode::too_many_parts}) {
      count += worker->counters().errors[static_cast<std::size_t>(code)].get();
    }
  }
  return count;
}

HttpAnswer words(std::uint16_t status, std::string_view text) { return {status, HttpAnswer{}.type, std::string(text) + "\n"}; }

}  // namespace

Observer::Observer(const ServerStatus& status, std::uint32_t max_connections)
    : status_(status), max_connections_(max_connections), refused_connections_(told_at_most_every),
      failed_accepts_(told_at_most_every), bad_input_(told_at_most_every) {
  http_.serve("/metrics", [this](const HttpRequest&) { return HttpAnswer{200, metrics_content_type, metrics_text(status_)}; });
  http_.serve("/healthz", [this](const HttpRequest&) { return health(); });
  http_.serve("/readyz", [this](const HttpRequest&) { return readiness(); });
}

Observer::~Observer() { stop(); }

std::string Observer::listen(const Endpoint& endpoint) {
  const std::string wrong = http_.open(endpoint);
  if (wrong.empty()) log_info("listening for metrics", {{"address", http_.endpoint().text()}, {"paths", "/metrics /healthz /readyz"}});
  return wrong;
}

void Observer::start() {
  if (thread_.joinable()) return;
  look_each_second();
  thread_ = std::thread([this] {
    name_this_thread("earmark-watch");
    context_.run();
  });
}

void Observer::stop() {
  if (!thread_.joinable()) return;
  asio::post(context_, [this] {
    http_.close();
    context_.stop();
  });
  thread_.join();
}

// Alive: not on its way out. A server that recovers or waits for its disk is alive.
HttpAnswer Observer::health() const {
  const Phase phase = status_.phase();
  if (phase == Phase::stopping) return words(503, "stopping");
  if (phase == Phase::failed) return words(503, "storage has failed");
  return words(200, "ok");
}

// Ready: connections are accepted.
HttpAnswer Observer::readiness() const {
  const Phase phase = status_.phase();
  return phase == Phase::serving ? words(200, "ok") : words(503, name(phase));
}

void Observer::look_each_second() {
  timer_.expires_after(seconds(1));
  timer_.async_wait([this](asio::error_code failed) {
    if (failed) return;
    look(std::chrono::steady_clock::now());
    look_each_second();
  });
}

void Observer::look(std::chrono::steady_clock::time_point now) {
  const Hub* hub = status_.hub();
  if (hub == nullptr) return;
  if (const auto count = refused_connections_.due(hub->connections_refused.get(), now)) {
    log_warning("refused connections: max_connections are open", {{"count", count}, {"max_connections", max_connections_}});
  }
  if (const auto count = failed_accepts_.due(hub->accepts_failed.get(), now)) {
    log_warning("cannot accept connections; are descriptors used up (ulimit -n)?", {{"count", count}});
  }
  if (const auto count = bad_input_.due(bad_messages(*hub), now)) {
    log_warning("refused messages that are not of this protocol; which: see errors_* of earmark stats", {{"count", count}});
  }
}

}  // namespace earmark::server
