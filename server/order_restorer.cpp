#include "server/order_restorer.hpp"

#include <utility>

#include "server/stop_signals.hpp"
#include "server/thread_name.hpp"

namespace earmark::server {

OrderRestorer::~OrderRestorer() { stop(); }

void OrderRestorer::add(const engine::OrderImage& order) {
  Batch& batch = filling();
  batch.orders[batch.count++] = engine_.restore_order(order);
  if (batch.count == orders_at_once) hand_over();
}

void OrderRestorer::hand_over() {
  if (!thread_.joinable()) {
    const StopSignalsBlocked for_its_thread;
    thread_ = std::thread([this] {
      name_this_thread("earmark-restore");
      run();
    });
    memory_ahead_.start();
  }
  memory_ahead_.mind();
  const std::uint64_t handed_over = handed_over_.load(std::memory_order_relaxed) + 1;
  handed_over_.store(handed_over, std::memory_order_release);  // pairs with the acquire in run()
  handed_over_.notify_one();
  for (;;) {
    const std::uint64_t done = done_.load(std::memory_order_acquire);  // pairs with the release in run(): the batch is free
    if (handed_over - done < batches) break;
    done_.wait(done, std::memory_order_acquire);
  }
  filling().count = 0;
}

void OrderRestorer::finish() {
  if (filling().count != 0) {
    // Behind all that came before, on this thread if there is no other yet.
    if (thread_.joinable()) {
      hand_over();
    } else {
      engine_.restore_built(filling().all());
      filling().count = 0;
    }
  }
  stop();
  if (failed_) std::rethrow_exception(std::exchange(failed_, nullptr));
  engine_.restore_built_finished();
}

void OrderRestorer::stop() noexcept {
  if (!thread_.joinable()) return;
  filling().count = 0;
  handed_over_.store(handed_over_.load(std::memory_order_relaxed) + 1, std::memory_order_release);  // as in hand_over()
  handed_over_.notify_one();
  thread_.join();
  memory_ahead_.stop();
  handed_over_.store(0, std::memory_order_relaxed);
  done_.store(0, std::memory_order_relaxed);
  filling().count = 0;
}

void OrderRestorer::run() noexcept {
  for (std::uint64_t next = 0;; ++next) {
    handed_over_.wait(next, std::memory_order_acquire);  // pairs with the release in hand_over() and stop(): the batch and its orders are written
    const Batch& batch = ring_[next % batches];
    if (batch.count == 0) return;
    try {
      if (!failed_) engine_.restore_built(batch.all());
    } catch (...) {
      failed_ = std::current_exception();
    }
    done_.store(next + 1, std::memory_order_release);  // pairs with the acquire in hand_over()
    done_.notify_one();
  }
}

}  // namespace earmark::server
