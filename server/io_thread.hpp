// An I/O thread: sockets for one worker. A coroutine for each connection moves bytes into the worker; what the worker
// has to say is sent when the events at hand are handled, one write for each connection.
// Thread rule: everything but start(), adopt(), post_proceed(), begin_stop() and join() runs on the thread itself.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "server/asio.hpp"
#include "server/worker.hpp"

namespace earmark::server {

class IoThread {
 public:
  IoThread(Hub& hub, std::uint16_t index);
  ~IoThread();

  Worker& worker() noexcept { return worker_; }
  asio::io_context& context() noexcept { return context_; }

  void start();
  void adopt(tcp::socket socket);
  // Makes the worker proceed soon; many calls before it does are one.
  void post_proceed();
  // On the first thread: timers run at their deadlines from its start on.
  void mind_timers();
  // Stops taking in; when everything decided is answered and has arrived, or the deadline has passed, the thread ends.
  void begin_stop();
  void join();

  static engine::TimeUs now() noexcept;

 private:
  struct Connection;

  asio::awaitable<void> serve(std::shared_ptr<Connection> connection);
  asio::awaitable<void> say_goodbye(std::shared_ptr<Connection> connection);
  asio::awaitable<void> watch();
  asio::awaitable<void> mind_deadlines();
  void proceed();
  void send_dirty();
  void send(const std::shared_ptr<Connection>& connection);
  void let_unblocked_read();
  void stop_when_done();
  static void tell_to_go(Connection& connection);
  void end();

  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  Hub& hub_;
  Worker worker_;
  std::atomic<bool> proceed_posted_{false};
  std::vector<std::shared_ptr<Connection>> connections_;  // by session
  std::vector<std::shared_ptr<Connection>> waiting_unblocked_;
  std::vector<std::byte> read_buffer_;
  asio::steady_timer watch_timer_, deadline_timer_;
  bool stopping_ = false;
  bool farewell_ = false;  // everything is answered, and the peers were told to go
  std::chrono::steady_clock::time_point stop_deadline_{};
  std::thread thread_;
};

}  // namespace earmark::server
