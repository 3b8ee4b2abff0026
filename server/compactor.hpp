// The compactor's thread: folds what is durable into the state store, then tells the settler which orders may leave memory
// and which ids are beyond the horizon, then lets the journal be trimmed. Off the order path and in no hurry: a start
// replays what it has not folded yet.
//   journal -> StateStore::fold -> ArchiveOrders, ForgetIds (by mail to a worker, in order) -> Journal::retain_from
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "engine/message.hpp"
#include "server/hub.hpp"
#include "server/wake_signal.hpp"
#include "storage/state_store.hpp"

namespace earmark::server {

struct Retention {
  std::uint64_t horizon_commands = 16'000'000;  // commands whose ids are known, at least
  std::uint64_t retain_lsns = 0;                // LSNs that the journal keeps, at least; 0: all
};

class Compactor {
 public:
  // `failed` must not return to serving (exit 5).
  Compactor(Hub& hub, storage::StateStore& state, Retention retention, std::function<void(const storage::Failure&)> failed);
  ~Compactor();

  void start();
  // Ends after the step under way.
  void stop();
  // Lets it fold so far soon, however busy the server is: somebody asks for a report. Any thread.
  void hurry_to(engine::Lsn lsn);
  // What the thread does, for a simulation that has none: begin(), then step() when it likes.
  storage::Outcome<void> begin();
  storage::Outcome<void> step(engine::Lsn durable);

  engine::Lsn applied() const noexcept { return engine::Lsn{applied_.load(std::memory_order_relaxed)}; }

 private:
  void run();
  bool due(engine::Lsn durable);
  bool is_hurried() const noexcept;
  storage::Outcome<void> forget();
  storage::Outcome<void> trim(engine::Lsn durable);
  void archive(std::span<const storage::ClosedOrder> closed);
  void send(std::unique_ptr<engine::Message> message);

  Hub& hub_;
  storage::StateStore& state_;
  Retention retention_;
  std::function<void(const storage::Failure&)> failed_;
  WakeSignal signal_;
  std::atomic<bool> stop_{false};
  engine::Lsn archived_{};       // every order closed up to here was told to the settler
  engine::Lsn forgotten_to_{};   // as asked of the settler; the store follows when it folds his record
  engine::Lsn trim_asked_{};
  engine::Lsn seen_{};         // durable, as of the last round
  int calm_rounds_ = 0;
  std::atomic<std::uint64_t> applied_{0};
  std::atomic<std::uint64_t> hurried_to_{0};
  std::thread thread_;
};

}  // namespace earmark::server
