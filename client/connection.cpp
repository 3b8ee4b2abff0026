#include "client/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <asio.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <variant>

#include "client/answer_parts.hpp"
#include "client/refusal.hpp"

namespace earmark::client {

struct Connection::State {
  explicit State(const ConnectOptions& options) : options_(options), socket(context) {}

  const ConnectOptions options_;
  asio::io_context context;
  asio::ip::tcp::socket socket;

  schema::RequestEncoder encoder;
  schema::AnswerDecoder decoder;
  std::vector<std::byte> out;
  std::size_t sent = 0;
  AnswerParts parts;
  std::uint64_t last_correlation = 0;

  std::string server_text;
  schema::HelloAnswer hello;

  Outcome<void> connect();
  Outcome<void> say_hello();
  Outcome<void> read_some();
  Outcome<void> write_some();
  Outcome<void> wait(short events);
  template <class Take>
  Outcome<Message> receive(Take take);
  Unexpected<Failure> lost(const std::string& reason) const;
};

Unexpected<Failure> Connection::State::lost(const std::string& reason) const {
  return unreachable("lost the server at " + options_.server.text() + ": " + reason +
                     "; whether the last command took effect is unknown, repeat it with the same id");
}

Outcome<void> Connection::State::connect() {
  asio::ip::tcp::resolver resolver(context);
  std::optional<asio::error_code> result;
  resolver.async_resolve(options_.server.host, options_.server.port,
                         [&](asio::error_code fault, asio::ip::tcp::resolver::results_type endpoints) {
                           if (fault) {
                             result = fault;
                             return;
                           }
                           asio::async_connect(socket, endpoints,
                                               [&](asio::error_code error, const asio::ip::tcp::endpoint&) { result = error; });
                         });
  context.run_for(options_.time_limit);
  const std::string where = "cannot reach a server at " + options_.server.text() + ": ";
  const std::string advice = "; is earmarkd running there? Name another server with --server HOST:PORT";
  if (!result) return unreachable(where + "no answer within the time limit" + advice);
  if (*result) return unreachable(where + result->message() + advice);
  asio::error_code fault;
  socket.set_option(asio::ip::tcp::no_delay(true), fault);
  socket.non_blocking(true, fault);
  if (fault) return unreachable(where + fault.message() + advice);
  return {};
}

Outcome<void> Connection::State::wait(short events) {
  pollfd entry{socket.native_handle(), events, 0};
  const int limit_ms = static_cast<int>(options_.time_limit.count());
  int ready = 0;
  do {
    ready = ::poll(&entry, 1, limit_ms);
  } while (ready < 0 && errno == EINTR);
  if (ready < 0) return lost(std::strerror(errno));
  if (ready == 0) return lost("no answer within the time limit");
  return {};
}

Outcome<void> Connection::State::read_some() {
  std::array<std::byte, 65'536> bytes;
  asio::error_code fault;
  const std::size_t count = socket.read_some(asio::buffer(bytes), fault);
  if (fault == asio::error::would_block) return {};
  if (fault == asio::error::eof) return lost("it closed the connection");
  if (fault) return lost(fault.message());
  if (!parts.add(std::span(bytes).first(count))) return lost("it does not speak this protocol");
  return {};
}

Outcome<void> Connection::State::write_some() {
  asio::error_code fault;
  sent += socket.write_some(asio::buffer(out.data() + sent, out.size() - sent), fault);
  if (fault && fault != asio::error::would_block) return lost(fault.message());
  return {};
}

template <class Take>
Outcome<Message> Connection::State::receive(Take take) {
  while (true) {
    if (auto message = take()) return std::move(*message);
    if (auto ready = wait(POLLIN); !ready) return Unexpected{ready.error()};
    if (auto read = read_some(); !read) return Unexpected{read.error()};
  }
}

Outcome<void> Connection::State::say_hello() {
  const std::uint64_t correlation = ++last_correlation;
  encoder.hello(out, correlation, {schema::protocol_version, options_.token, options_.client_name, 0});
  while (sent < out.size()) {
    if (auto ready = wait(POLLOUT); !ready) return Unexpected{ready.error()};
    if (auto written = write_some(); !written) return written;
  }
  out.clear();
  sent = 0;
  auto message = receive([&] { return parts.take(correlation); });
  if (!message) return Unexpected{message.error()};
  auto answer = decoder.decode(message->kind, message->parts());
  if (answer && std::holds_alternative<schema::ErrorAnswer>(*answer)) {
    return Unexpected{failure_of(std::get<schema::ErrorAnswer>(*answer))};
  }
  if (!answer || !std::holds_alternative<schema::HelloAnswer>(*answer)) return lost("it does not speak this protocol");
  hello = std::get<schema::HelloAnswer>(*answer);
  server_text = hello.server;
  hello.server = server_text;
  return {};
}

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Outcome<Connection> Connection::open(const ConnectOptions& options) {
  auto state = std::make_unique<State>(options);
  if (auto connected = state->connect(); !connected) return Unexpected{connected.error()};
  if (auto greeted = state->say_hello(); !greeted) return Unexpected{greeted.error()};
  return Connection(std::move(state));
}

const schema::HelloAnswer& Connection::hello() const { return state_->hello; }
schema::RequestEncoder& Connection::encoder() { return state_->encoder; }
std::vector<std::byte>& Connection::out() { return state_->out; }
std::uint64_t Connection::next_correlation() { return ++state_->last_correlation; }

void Connection::keep_alive() {
  asio::error_code ignored;
  state_->socket.set_option(asio::socket_base::keep_alive(true), ignored);
  const int handle = state_->socket.native_handle(), idle_s = 30, interval_s = 15, probes = 4;
  ::setsockopt(handle, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
  ::setsockopt(handle, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof interval_s);
  ::setsockopt(handle, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

Outcome<void> Connection::flush() {
  State& state = *state_;
  while (state.sent < state.out.size()) {
    const std::size_t before = state.sent;
    if (auto written = state.write_some(); !written) return written;
    if (state.sent != before) continue;
    if (auto ready = state.wait(POLLIN | POLLOUT); !ready) return ready;
    if (auto read = state.read_some(); !read) return read;
  }
  state.out.clear();
  state.sent = 0;
  return {};
}

Outcome<Message> Connection::receive() {
  return state_->receive([&] { return state_->parts.take(); });
}

Outcome<Message> Connection::receive(std::uint64_t correlation) {
  return state_->receive([&] { return state_->parts.take(correlation); });
}

Outcome<std::optional<Message>> Connection::receive_within(std::uint64_t correlation, std::chrono::milliseconds limit) {
  using Clock = std::chrono::steady_clock;
  State& state = *state_;
  const Clock::time_point end = Clock::now() + limit;
  while (true) {
    if (auto message = state.parts.take(correlation)) return message;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    pollfd entry{state.socket.native_handle(), POLLIN, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::max(left, std::chrono::milliseconds{0}).count()));
    if (ready == 0 || (ready < 0 && errno == EINTR)) return std::optional<Message>{};
    if (ready < 0) return state.lost(std::strerror(errno));
    if (auto read = state.read_some(); !read) return Unexpected{read.error()};
  }
}

}  // namespace earmark::client
