#include "server/io_thread.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <chrono>

#include "server/limits.hpp"
#include "server/thread_name.hpp"

namespace earmark::server {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

namespace {

// Whether the peer's machine has acknowledged all that was written.
bool all_arrived(tcp::socket& socket) {
  int unacknowledged = 0;
  return ::ioctl(socket.native_handle(), SIOCOUTQ, &unacknowledged) == 0 && unacknowledged == 0;
}

}  // namespace

struct IoThread::Connection {
  Connection(tcp::socket peer, std::uint32_t index) : socket(std::move(peer)), unblocked(socket.get_executor()), session(index) {}
  tcp::socket socket;
  asio::steady_timer unblocked;   // waited for while the session is blocked; cancelled when it may read again
  std::uint32_t session;
  Clock::time_point opened = Clock::now();
  bool listed = false;            // in waiting_unblocked_
  bool writing = false;           // the peer's window is full; a wait for it is under way
  bool told_to_go = false;        // `opened` is then the time of that
  bool leaving = false;           // say_goodbye() has begun
  bool said_all = false;          // nothing more is written to it
  bool closed = false;
};

IoThread::IoThread(Hub& hub, std::uint16_t index)
    : work_(asio::make_work_guard(context_)), hub_(hub), worker_(hub, index, [this] { post_proceed(); }),
      read_buffer_(read_bytes), watch_timer_(context_), deadline_timer_(context_) {}

IoThread::~IoThread() { join(); }

void IoThread::start() {
  asio::co_spawn(context_, watch(), asio::detached);
  thread_ = std::thread([this] {
    name_this_thread("earmark-io-" + std::to_string(worker_.index()));
    context_.run();
  });
}

void IoThread::join() {
  if (thread_.joinable()) thread_.join();
}

engine::TimeUs IoThread::now() noexcept {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return engine::TimeUs{std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count()};
}

void IoThread::adopt(tcp::socket socket) {
  asio::post(context_, [this, protocol = socket.local_endpoint().protocol(), handle = socket.release()] {
    tcp::socket own(context_, protocol, handle);
    asio::error_code ignored;
    own.non_blocking(true, ignored);
    own.set_option(tcp::no_delay(true), ignored);
    const std::uint32_t index = worker_.open_session();
    auto connection = std::make_shared<Connection>(std::move(own), index);
    if (connections_.size() <= index) connections_.resize(index + 1);
    connections_[index] = connection;
    asio::co_spawn(context_, serve(std::move(connection)), asio::detached);
  });
}

asio::awaitable<void> IoThread::serve(std::shared_ptr<Connection> connection) {
  const std::uint32_t index = connection->session;
  for (;;) {
    while (worker_.session(index).blocked && !worker_.session(index).closing && !connection->closed) {
      if (!connection->listed) waiting_unblocked_.push_back(connection);
      connection->listed = true;
      connection->unblocked.expires_after(seconds(1));  // a bound only: let_unblocked_read() cancels it
      co_await connection->unblocked.async_wait(as_result);
    }
    if (worker_.session(index).closing || connection->closed) break;
    const auto [failed] = co_await connection->socket.async_wait(tcp::socket::wait_read, as_result);
    if (failed || connection->closed) break;
    asio::error_code error;
    const std::size_t bytes = connection->socket.read_some(asio::buffer(read_buffer_), error);
    if (error == asio::error::would_block) continue;
    if (error) break;
    worker_.receive(index, std::span(read_buffer_).first(bytes), now());
    send_dirty();
  }
  if (worker_.session(index).closing) co_await say_goodbye(connection);
  asio::error_code ignored;
  connection->closed = true;
  connection->socket.close(ignored);
  worker_.close_session(index);
  connections_[index].reset();
  hub_.connections.fetch_sub(1, std::memory_order_relaxed);
  if (stopping_) stop_when_done();
}

// The peer was told why: send that, say that nothing more comes, and read what it still sends, because closing with
// unread input would reset the connection and lose the message. Bounded by the watch.
asio::awaitable<void> IoThread::say_goodbye(std::shared_ptr<Connection> connection) {
  connection->opened = Clock::now();
  connection->leaving = true;
  while (worker_.session(connection->session).unsent() != 0 && !connection->closed) {
    const auto [failed] = co_await connection->socket.async_wait(tcp::socket::wait_write, as_result);
    if (failed) co_return;
    send(connection);
  }
  asio::error_code error;
  connection->socket.shutdown(tcp::socket::shutdown_send, error);
  connection->said_all = true;
  while (!error && !connection->closed) {
    const auto [failed] = co_await connection->socket.async_wait(tcp::socket::wait_read, as_result);
    if (failed) co_return;
    connection->socket.read_some(asio::buffer(read_buffer_), error);
    if (error == asio::error::would_block) error = {};
  }
}

// Once a second: peers that never say hello, or do not go when told, are cut off; the end is looked for.
asio::awaitable<void> IoThread::watch() {
  for (;;) {
    watch_timer_.expires_after(seconds(1));
    co_await watch_timer_.async_wait(as_result);
    for (const std::shared_ptr<Connection>& connection : connections_) {
      if (!connection || connection->closed) continue;
      const Session& session = worker_.session(connection->session);
      if (session.closing) tell_to_go(*connection);
      if ((!session.greeted || session.closing) && Clock::now() - connection->opened > seconds(hello_deadline_s)) {
        asio::error_code ignored;
        connection->closed = true;
        connection->socket.close(ignored);
        connection->unblocked.cancel();
      }
    }
    const auto monotonic_us = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch()).count();
    worker_.end_unfinished(monotonic_us);
    worker_.cut_slow_subscribers(monotonic_us);
    send_dirty();
    if (stopping_) stop_when_done();
    if (context_.stopped()) co_return;
  }
}

void IoThread::mind_timers() {
  hub_.minds_time = true;
  hub_.arm_timer = [this] { asio::post(context_, [this] { deadline_timer_.cancel(); }); };
  asio::co_spawn(context_, mind_deadlines(), asio::detached);
}

// Waits for the next deadline on the monotonic clock, so that setting the machine's clock back does not move it, and lets the
// timers run. At most a second at a time: a deadline that was overlooked is found then.
asio::awaitable<void> IoThread::mind_deadlines() {
  const engine::Atomic<std::int64_t>& next = hub_.engine.shared().next_due_us;
  constexpr std::int64_t longest_us = 1'000'000;
  bool busy = false;
  while (!stopping_) {
    const std::int64_t due = next.load(std::memory_order_relaxed);
    hub_.timer_armed_us.store(due, std::memory_order_relaxed);
    if (next.load(std::memory_order_relaxed) < due) continue;
    const std::int64_t left_us = due - now().value;
    // What is due and was not run (admission is stopped, the journal is behind, another thread is at it) is looked at again soon.
    deadline_timer_.expires_after(std::chrono::microseconds(std::clamp<std::int64_t>(left_us, busy ? 5'000 : 0, longest_us)));
    const auto [moved] = co_await deadline_timer_.async_wait(as_result);
    if (moved || stopping_) continue;
    const engine::TimeUs time = left_us > longest_us ? now() : std::max(now(), engine::TimeUs{due});
    worker_.run_timers(time);
    send_dirty();
    busy = next.load(std::memory_order_relaxed) <= time.value;
  }
}

void IoThread::post_proceed() {
  // Acquire-release: either proceed() sees what made the caller call, or this call posts another one.
  if (proceed_posted_.exchange(true, std::memory_order_acq_rel)) return;
  asio::post(context_, [this] { proceed(); });
}

void IoThread::proceed() {
  proceed_posted_.exchange(false, std::memory_order_acq_rel);
  worker_.proceed(now());
  send_dirty();
  let_unblocked_read();
  if (stopping_) stop_when_done();
}

void IoThread::send_dirty() {
  for (const std::uint32_t index : worker_.take_dirty()) {
    if (connections_[index]) send(connections_[index]);
  }
}

void IoThread::send(const std::shared_ptr<Connection>& connection) {
  Session& session = worker_.session(connection->session);
  while (!connection->writing && !connection->closed && session.unsent() != 0) {
    asio::error_code error;
    session.took(connection->socket.write_some(asio::buffer(session.out.data() + session.sent, session.unsent()), error));
    if (error == asio::error::would_block) {
      connection->writing = true;
      connection->socket.async_wait(tcp::socket::wait_write, [this, connection](asio::error_code failed) {
        connection->writing = false;
        if (failed || connection->closed) return;
        send(connection);
        post_proceed();  // the session may have been blocked by what it had not sent, or follow the stream
      });
      return;
    }
    if (error) {  // the reading side sees it, too, and ends the connection
      session.took(session.unsent());
    }
  }
}

void IoThread::let_unblocked_read() {
  std::erase_if(waiting_unblocked_, [this](const std::shared_ptr<Connection>& connection) {
    const bool may_read = connection->closed || !worker_.session(connection->session).blocked;
    if (may_read) {
      connection->listed = false;
      connection->unblocked.cancel();
    }
    return may_read;
  });
}

void IoThread::begin_stop() {
  asio::post(context_, [this] {
    stopping_ = true;
    stop_deadline_ = Clock::now() + seconds(stop_deadline_s);
    worker_.stop_taking_in();
    proceed();
  });
}

void IoThread::stop_when_done() {
  if (Clock::now() >= stop_deadline_) return end();
  if (!farewell_) {
    engine::SharedState& shared = hub_.engine.shared();
    bool done = worker_.idle() && hub_.engine.settler().quiet() && shared.commit_word.last() == shared.window.durable();
    for (const std::shared_ptr<Connection>& connection : connections_) {
      // An answer may still be on its way here from the thread that settled it.
      done = done && (!connection || connection->closed || worker_.session(connection->session).under_way == 0);
    }
    if (!done) return;
    farewell_ = true;
    for (const std::shared_ptr<Connection>& connection : connections_) {
      if (!connection || connection->closed) continue;
      worker_.session(connection->session).closing = true;
      tell_to_go(*connection);
    }
  }
  // A peer ends its side when it has read everything. One that does not is left when everything has arrived at its machine.
  for (const std::shared_ptr<Connection>& connection : connections_) {
    if (!connection || connection->closed) continue;
    if (!connection->said_all || !all_arrived(connection->socket)) return;
    if (Clock::now() - connection->opened < seconds(farewell_s)) return;
  }
  end();
}

// Its reader may wait for bytes that never come, or to be unblocked.
void IoThread::tell_to_go(Connection& connection) {
  if (std::exchange(connection.told_to_go, true)) return;
  connection.opened = Clock::now();
  asio::error_code ignored;
  if (!connection.leaving) connection.socket.cancel(ignored);
  connection.unblocked.cancel();
}

void IoThread::end() {
  asio::error_code ignored;
  for (const std::shared_ptr<Connection>& connection : connections_) {
    if (connection) connection->socket.shutdown(tcp::socket::shutdown_both, ignored);
  }
  context_.stop();
}

}  // namespace earmark::server
