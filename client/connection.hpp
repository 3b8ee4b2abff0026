// One connection to a server: frames out, whole answers in. Blocking, with a time limit on every wait; many requests may
// be under way, answers are matched by correlation id. Not thread-safe.
//
// Never blocks on writing alone: while the server takes nothing, what it sends is read, so that a long pipeline cannot
// stand still. A lost connection is final: make a new one and repeat unanswered commands with the same command ids.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/address.hpp"
#include "client/failure.hpp"
#include "client/message.hpp"
#include "schema/answer.hpp"
#include "schema/ask.hpp"
#include "schema/frame.hpp"

namespace earmark::client {

struct ConnectOptions {
  Address server;
  std::string token;
  std::string client_name;
  std::chrono::milliseconds time_limit{60'000};  // of one wait: for the connection, for the next bytes of an answer
};

class Connection {
 public:
  // Connects and says hello.
  static Outcome<Connection> open(const ConnectOptions& options);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  // What the server said at the beginning; the text in it lives as long as the connection.
  const schema::HelloAnswer& hello() const;

  // Requests are appended to `out` with the encoder and a correlation id of their own, then sent by flush.
  schema::RequestEncoder& encoder();
  std::vector<std::byte>& out();
  std::uint64_t next_correlation();
  Outcome<void> flush();

  // The next whole answer, whichever it is; and that of one request, others being kept for later calls.
  Outcome<Message> receive();
  Outcome<Message> receive(std::uint64_t correlation);
  // For streams: none if no whole answer to this request came within `limit`, or a signal came.
  Outcome<std::optional<Message>> receive_within(std::uint64_t correlation, std::chrono::milliseconds limit);
  // A server that is silent because its machine has gone is noticed within two minutes, also while nothing is expected.
  void keep_alive();

 private:
  struct State;
  explicit Connection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace earmark::client
