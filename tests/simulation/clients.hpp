// The clients of a simulated server. Each speaks over connections that the world makes and breaks.
//   RawClient       pipelines frames of its own making, sends what is unanswered again on every new connection
//   ChannelClient   the client library's protocol (client/exchange.hpp), with all its waiting and repeating
//   Subscriber      follows the stream of events and goes on where it was
// One thread; the time is an argument.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <variant>

#include "client/exchange.hpp"
#include "tests/model/random_commands.hpp"
#include "tests/simulation/asked.hpp"
#include "tests/simulation/sometimes.hpp"
#include "tests/simulation/trace.hpp"

namespace earmark::simulation {

using Time = client::Exchange::Time;

// What the clients share.
struct Surroundings {
  model::Random& random;
  Sometimes& sometimes;
  std::uint64_t epoch = 0;
  const std::uint64_t& server_starts;  // how often a server was started
};

using Question = std::variant<AskedCheck, AskedStock, AskedShow, AskedBackorders, AskedHolds, AskedPurchases, AskedOther>;

class Client {
 public:
  explicit Client(Surroundings& surroundings) : surroundings_(surroundings) {}
  virtual ~Client() = default;
  virtual std::size_t links() const { return 1; }
  // When it wants this link; now or earlier: at once.
  virtual Time connect_at(std::size_t link) const = 0;
  virtual void connected(std::size_t link, Time now) = 0;
  virtual void cannot_connect(std::size_t link, Time now) = 0;
  virtual void lost(std::size_t link, Time now) = 0;
  virtual void got(std::size_t link, std::span<const std::byte> bytes, Time now) = 0;
  virtual void take_out(std::size_t link, std::vector<std::byte>& out) = 0;
  virtual bool must_close(std::size_t) const { return false; }
  virtual void advance(Time) {}
  virtual Time next_due() const { return Time::max(); }
  // What has no answer yet, in words; empty: nothing.
  virtual std::string outstanding() const = 0;
  virtual std::size_t outstanding_count() const = 0;

 protected:
  Surroundings& surroundings_;
};

class RawClient final : public Client {
 public:
  using Client::Client;
  void submit(const model::Command& command);
  void ask(const Question& question);
  // Sends what is unanswered once more, on the same connection.
  void duplicate();

  Time connect_at(std::size_t) const override { return Time::min(); }
  void connected(std::size_t link, Time now) override;
  void cannot_connect(std::size_t, Time) override {}
  void lost(std::size_t link, Time now) override;
  void got(std::size_t link, std::span<const std::byte> bytes, Time now) override;
  void take_out(std::size_t, std::vector<std::byte>& out) override;
  std::string outstanding() const override;
  std::size_t outstanding_count() const override { return pending_.size(); }
  bool loaded() const noexcept { return loaded_; }

 private:
  struct Pending {
    std::variant<model::Command, Question> what;
    std::uint64_t correlation = 0;
    std::uint64_t server_start = 0;  // of its first sending
    bool sent_before = false;        // on a connection that was lost
    bool copy = false;               // of one that is under way
  };
  void send(Pending& pending);
  void take(const client::Message& message);

  std::deque<Pending> pending_;  // in the order of the calls
  schema::RequestEncoder encoder_;
  schema::AnswerDecoder decoder_;
  std::vector<std::byte> out_;
  client::AnswerParts parts_;
  std::uint64_t last_correlation_ = 0;
  bool up_ = false, loaded_ = false;
};

class ChannelClient final : public Client {
 public:
  ChannelClient(Surroundings& surroundings, std::size_t links, std::uint64_t seed);
  // False: the library has no such command.
  bool submit(const model::Command& command, Time deadline);
  void ask(const Question& question, Time deadline);

  std::size_t links() const override { return links_; }
  Time connect_at(std::size_t link) const override { return exchange_.connect_at(link); }
  void connected(std::size_t link, Time now) override;
  void cannot_connect(std::size_t link, Time now) override;
  void lost(std::size_t link, Time now) override;
  void got(std::size_t link, std::span<const std::byte> bytes, Time now) override;
  void take_out(std::size_t link, std::vector<std::byte>& out) override;
  bool must_close(std::size_t link) const override { return exchange_.must_close(link); }
  void advance(Time now) override;
  Time next_due() const override { return exchange_.next_due(); }
  std::string outstanding() const override;
  std::size_t outstanding_count() const override { return calls_.size(); }

 private:
  void take_finished();

  std::size_t links_;
  client::Exchange exchange_;
  std::map<client::Exchange::CallId, std::string> calls_;  // the id of the command, for judging
};

class Subscriber final : public Client {
 public:
  using Client::Client;
  engine::Lsn position() const noexcept { return position_; }

  Time connect_at(std::size_t) const override { return Time::min(); }
  void connected(std::size_t link, Time now) override;
  void cannot_connect(std::size_t, Time) override {}
  void lost(std::size_t link, Time now) override;
  void got(std::size_t link, std::span<const std::byte> bytes, Time now) override;
  void take_out(std::size_t, std::vector<std::byte>& out) override;
  bool must_close(std::size_t) const override { return cut_; }  // and subscribe again, on another connection
  std::string outstanding() const override { return ""; }
  std::size_t outstanding_count() const override { return 0; }

 private:
  void take(const client::Message& message);

  engine::Lsn position_{};
  bool subscribed_before_ = false, cut_ = false;
  schema::RequestEncoder encoder_;
  schema::AnswerDecoder decoder_;
  schema::EventDecoder events_;
  std::vector<std::byte> out_;
  client::AnswerParts parts_;
};

}  // namespace earmark::simulation
