// A connection that has said hello: commands and questions out through the schema's encoder, whole answers in, decoded
// and described. No retries, no translation, nothing decided: what the tests see is the wire. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "engine/errors.hpp"
#include "schema/ask.hpp"
#include "schema/event.hpp"
#include "tests/model/commands.hpp"
#include "tests/system/support/server.hpp"
#include "tests/system/support/wire.hpp"

namespace earmark::test {

// One whole answer, or one pushed event.
struct Reply {
  std::uint64_t correlation = 0;
  schema::MessageKind kind{};
  bool duplicate = false;
  std::vector<std::vector<std::byte>> bodies;
  // Of errors:
  engine::Error error;
  engine::Lsn as_of{};
  std::uint32_t retry_after_ms = 0;
  // Of decisions: the number of each record, and what it says (model::describe), the decision first, then its fills.
  std::vector<engine::Lsn> lsns;
  std::vector<std::string> records;

  bool decided() const noexcept { return !lsns.empty(); }
  engine::Lsn lsn() const { return lsns.at(0); }
  std::string text() const;  // all records, a line each; of an error its words
};

// What one order got, summed over its lines.
struct Got {
  std::uint64_t reserved = 0, backordered = 0;
  engine::OrderStatus status{};
};

class Caller {
 public:
  explicit Caller(std::uint16_t port);

  RawConnection& wire() noexcept { return wire_; }
  std::uint64_t epoch() const noexcept { return epoch_; }
  void use_epoch(std::uint64_t epoch) noexcept { epoch_ = epoch; }
  engine::Lsn durable_at_hello() const noexcept { return durable_; }
  schema::RequestEncoder& encoder() noexcept { return encoder_; }
  std::uint64_t next_correlation() noexcept { return ++correlation_; }

  // The frames of a command, under a new correlation id, which is returned.
  std::uint64_t put(std::vector<std::byte>& out, const model::Command& command);
  std::uint64_t send(const model::Command& command);
  void send(const std::vector<std::byte>& bytes) { wire_.send(bytes); }
  // The next whole answer or event, whichever it is. Throws ConnectionLost when the server has closed.
  Reply receive(milliseconds limit = long_enough);
  // The answer to this request; others are kept for later calls of receive().
  Reply receive(std::uint64_t correlation, milliseconds limit = long_enough);
  Reply ask(const model::Command& command) { return receive(send(command)); }

  // Questions. Each throws if the answer is an error.
  std::string digest();  // "LSN DIGEST", as earmark-journal prints it
  std::map<std::string, std::uint64_t> stats();
  std::vector<schema::StockLevel> stock(bool snapshot, engine::Lsn* as_of = nullptr);
  std::vector<engine::Quantity> check(const std::vector<std::uint32_t>& skus, engine::Lsn* lsn = nullptr);
  schema::Answer ask_question(const std::function<void(std::vector<std::byte>&, std::uint64_t)>& put, Reply& reply);

  // Calls `use` for every event in an answer, in order.
  void each_event(const Reply& reply, const std::function<void(const schema::Event&)>& use);
  Got got(const Reply& reply);

 private:
  bool add_frame(ReceivedFrame received, Reply& whole);
  void read(Reply& reply);

  RawConnection wire_;
  schema::RequestEncoder encoder_;
  std::unique_ptr<schema::AnswerDecoder> answers_ = std::make_unique<schema::AnswerDecoder>();
  std::unique_ptr<schema::EventDecoder> events_ = std::make_unique<schema::EventDecoder>();
  std::uint64_t epoch_ = 0, correlation_ = 100;
  engine::Lsn durable_{};
  std::map<std::uint64_t, Reply> unfinished_;
  std::vector<Reply> kept_;
};

std::string describe(const schema::Event& event);

}  // namespace earmark::test
