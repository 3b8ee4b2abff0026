// HTTP for people and machines that watch: a few paths, small answers, made at once. RESTinio behind one door, so that
// only http_server.cpp knows it. It lives on the observer's thread, whose io_context it is given; never on an order's.
// Bounded: connections, time for a request to come and for its answer to be taken, sizes (http_limits).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "server/asio.hpp"
#include "server/options.hpp"

namespace earmark::server {

namespace http_limits {
inline constexpr std::size_t connections = 32;  // further ones are closed at once
inline constexpr std::chrono::seconds request_time{10};  // from the connection, or from the last answer, to a whole request
inline constexpr std::chrono::seconds answer_time{10};   // for the peer to take it
inline constexpr std::size_t url_bytes = 2048;
inline constexpr std::size_t field_name_bytes = 256;
inline constexpr std::size_t field_bytes = 8192;
inline constexpr std::size_t fields = 64;
inline constexpr std::uint64_t body_bytes = 4096;  // read and ignored
}  // namespace http_limits

struct HttpRequest {
  std::string_view path, query;  // query without its question mark
};

struct HttpAnswer {
  std::uint16_t status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
};

using HttpHandler = std::function<HttpAnswer(const HttpRequest&)>;

class HttpServer {
 public:
  explicit HttpServer(asio::io_context& context);
  ~HttpServer();

  // GET and HEAD of exactly this path. Before open(). The handler runs on the context's thread and may not wait.
  void serve(std::string path, HttpHandler handler);
  // Listens. "" or why it cannot. On the context's thread, or before it runs.
  std::string open(const Endpoint& endpoint);
  // Where it listens: the port is known after open().
  const Endpoint& endpoint() const noexcept { return endpoint_; }
  // On the context's thread, or when that has ended. Connections end with their socket.
  void close();

 private:
  struct Listener;

  asio::io_context& context_;
  std::map<std::string, HttpHandler, std::less<>> handlers_;
  std::unique_ptr<Listener> listener_;
  Endpoint endpoint_;
};

}  // namespace earmark::server
