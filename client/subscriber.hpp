// A subscriber to the stream of events: blocking, one connection, filters by code. It knows how far it is, and goes on
// there over a new connection when it lost the old one: nothing is missed, nothing comes twice. Not thread-safe.
//
//   auto subscriber = Subscriber::open(options);
//   while (subscriber) {
//     auto event = subscriber->next(std::chrono::seconds(1));
//     if (!event) { wait(); subscriber->resume(); }        // until that works, or fails for good
//     else if (*event) { use((*event)->event()); }
//   }
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "client/client.hpp"
#include "schema/event_kind.hpp"

namespace earmark::client {

// What to be told. An empty list filters nothing; several values mean any of them; all lists must hold.
struct StreamFilter {
  std::vector<schema::EventKind> kinds;
  std::vector<std::string> skus, warehouses, customers;
};

struct SubscriberOptions {
  ConnectOptions connect;
  std::uint64_t from = 0;  // LSN of the first event; 0: only what is decided from now on
  StreamFilter filter;
};

// One event of the stream, with all that it refers to.
class StreamEvent {
 public:
  const schema::Event& event() const noexcept { return event_; }
  // The bodies of its frames, as they came.
  const Message& message() const noexcept { return message_; }

 private:
  friend class Subscriber;
  StreamEvent() = default;

  Message message_;
  std::unique_ptr<schema::EventDecoder> decoder_;
  schema::Event event_;  // views into both
};

class Subscriber {
 public:
  // Connects and subscribes. A code that the catalogue does not have is refused.
  static Outcome<Subscriber> open(SubscriberOptions options);

  // The next event. None: nothing came within `limit`, or a signal came, or only the position has moved. A failure ends the
  // connection; see may_resume().
  Outcome<std::optional<StreamEvent>> next(std::chrono::milliseconds limit);
  // Everything up to here has been given out or does not pass the filter.
  engine::Lsn position() const noexcept { return position_; }
  // All codes of the events that were given out are in it.
  const Catalogue& catalogue() const { return client_->catalogue(); }

  // Whether a new connection can go on after this failure: the server has gone, or cut a subscriber that was too slow.
  static bool may_resume(const Failure& failure) noexcept;
  // Connects anew and subscribes from position() + 1. Fails for good if that is no longer kept, or the data are others.
  Outcome<void> resume();

 private:
  explicit Subscriber(SubscriberOptions options) : options_(std::move(options)) {}
  Outcome<void> subscribe(std::uint64_t from);

  SubscriberOptions options_;
  std::unique_ptr<Client> client_;
  std::unique_ptr<schema::AnswerDecoder> answers_ = std::make_unique<schema::AnswerDecoder>();
  std::uint64_t correlation_ = 0, epoch_ = 0;
  engine::Lsn position_{};
};

// How long to wait before connecting again: 50 ms, then twice as long each time up to 5 s, with a random part.
class ReconnectDelay {
 public:
  std::chrono::milliseconds next();
  void reset() noexcept { longest_ms_ = first_ms; }

 private:
  static constexpr int first_ms = 50, last_ms = 5000;
  int longest_ms_ = first_ms;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace earmark::client
