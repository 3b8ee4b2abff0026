// A client of the server that speaks in codes: asks, waits, resolves what it does not know yet, and repeats what may be
// repeated (another catalogue epoch, an overloaded server). Command ids are chosen by the caller. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/catalogue.hpp"
#include "client/connection.hpp"
#include "schema/event.hpp"

namespace earmark::client {

class Client {
 public:
  static Outcome<Client> connect(const ConnectOptions& options);

  Connection& connection() { return connection_; }
  // The time that commands carry from now on; a server on wall time does not look at it.
  void use_time(engine::TimeUs time) { time_ = time; }
  engine::TimeUs time() const { return time_; }
  const Catalogue& catalogue() const { return catalogue_; }

  // Appends one request with the given correlation id to connection().out(). Called again after another epoch began, so
  // dense ids and the epoch are taken from the catalogue inside.
  using Put = std::function<Outcome<void>(std::uint64_t correlation)>;
  // Sends one request and waits for its answer. An Error is a failure of kind `refused`.
  Outcome<Message> ask(const Put& put);
  // As ask, for answers of this type. The value's views hold until the next call of the client.
  template <class Value>
  Outcome<Value> ask_for(const Put& put);

  // Looks up what the catalogue does not know, with as few questions as frames allow.
  Outcome<void> learn_skus(std::span<const std::string_view> codes);
  Outcome<void> learn_skus(std::span<const engine::SkuId> ids);
  Outcome<void> learn_warehouses();
  // And what these SKUs are called, as it is now: a load may change it.
  Outcome<void> learn_descriptions(std::span<const engine::SkuId> ids);
  // Every code that this decision needs to be told.
  Outcome<void> learn_codes(const schema::Decision& decision);

  // Decodes the events of an answer one by one, learns the codes in each, and hands it on; its views hold meanwhile.
  using Use = std::function<Outcome<void>(const schema::Event&)>;
  Outcome<void> each_event(const Message& message, const Use& use);

  // Whether the server has decided anything yet, as told at the beginning of the connection.
  bool server_was_empty() const;

  // The error in a message, if it is one; for callers with many requests under way.
  struct Refusal {
    Failure failure;
    std::uint32_t retry_after_ms = 0;
  };
  std::optional<Refusal> refusal(const Message& message);
  // Begins the epoch that the server is in now.
  Outcome<void> renew_catalogue();

 private:
  explicit Client(Connection connection);
  Outcome<schema::ResolveAnswer> resolve(const schema::ResolveRequest& question);
  Outcome<schema::Answer> decode(const Message& message);

  Connection connection_;
  Catalogue catalogue_;
  engine::TimeUs time_{};
  // Decoders live on the heap so that a client can be moved.
  std::unique_ptr<schema::AnswerDecoder> answers_;
  std::unique_ptr<schema::EventDecoder> events_;
  Message last_;  // the answer that a value's views point into
};

template <class Value>
Outcome<Value> Client::ask_for(const Put& put) {
  auto message = ask(put);
  if (!message) return Unexpected{message.error()};
  last_ = std::move(*message);
  auto answer = decode(last_);
  if (!answer) return Unexpected{answer.error()};
  if (!std::holds_alternative<Value>(*answer)) return unreachable("the server gave another answer than the one asked for; "
                                                                  "its version and this program's do not fit");
  return std::get<Value>(*answer);
}

}  // namespace earmark::client
