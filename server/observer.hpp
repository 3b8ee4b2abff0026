// The observer's thread: looks at the server from the side. It answers HTTP (metrics, health) and writes those lines of the
// log that clients can cause, seldom. It reads counters and holds up nobody.
#pragma once

#include <chrono>
#include <string>
#include <thread>

#include "server/asio.hpp"
#include "server/http_server.hpp"
#include "server/seldom.hpp"
#include "server/server_status.hpp"

namespace earmark::server {

class Observer {
 public:
  // `status` outlives it, and so does what is published there.
  Observer(const ServerStatus& status, std::uint32_t max_connections);
  ~Observer();

  // Listens for HTTP. "" or why it cannot. Before start().
  std::string listen(const Endpoint& endpoint);
  void start();  // again: nothing
  void stop();

 private:
  HttpAnswer health() const;
  HttpAnswer readiness() const;
  void look_each_second();
  void look(std::chrono::steady_clock::time_point now);

  const ServerStatus& status_;
  const std::uint32_t max_connections_;
  asio::io_context context_{1};
  HttpServer http_{context_};
  asio::steady_timer timer_{context_};
  Seldom refused_connections_, failed_accepts_, bad_input_;
  std::thread thread_;
};

}  // namespace earmark::server
