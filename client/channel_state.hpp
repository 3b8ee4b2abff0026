// The Asio shim around an Exchange: sockets, timers and the coroutines that wait. Decides nothing.
// One thread or strand. Kept alive by its coroutines; close() ends them.
#pragma once

#include <array>
#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "client/channel_options.hpp"
#include "client/exchange.hpp"

namespace earmark::client {

// co_await gives a tuple that starts with the error code; nothing throws. (Later versions of Asio have moved the name.)
inline constexpr auto as_result = asio::experimental::as_tuple(asio::use_awaitable);

class ChannelState : public std::enable_shared_from_this<ChannelState> {
 public:
  ChannelState(asio::any_io_executor executor, ChannelOptions options);

  void start();
  void close();
  std::size_t connections_up() const { return exchange_.links_up(); }

  // Waits for the outcome; bounded by the limit.
  static asio::awaitable<Outcome<Reply>> call(std::shared_ptr<ChannelState> self, Request request, TimeLimit limit);

 private:
  using Clock = Exchange::Clock;

  struct Link {
    explicit Link(const asio::any_io_executor& executor) : socket(executor), resolver(executor), pause(executor) {}
    asio::ip::tcp::socket socket;
    asio::ip::tcp::resolver resolver;
    asio::steady_timer pause;          // before the next attempt
    bool open = false;
    bool writing = false;
    std::uint32_t generation = 0;      // of the connection, so that late completions find nobody
    std::vector<std::byte> output;
    std::array<std::byte, 65'536> input;
  };
  // One call that is waited for; in the coroutine's frame.
  struct Waiter {
    Waiter(ChannelState& state, Request request, Clock::duration limit);
    ~Waiter();
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    ChannelState& state;
    asio::steady_timer changed;  // cancelled when the outcome is there; its time is a bound only
    Exchange::CallId call = 0;
    std::optional<Outcome<Reply>> outcome;
  };

  // Coroutines of the channel itself; each holds `self`.
  static asio::awaitable<void> run_link(std::shared_ptr<ChannelState> self, std::size_t index);
  static asio::awaitable<std::string> connect(std::shared_ptr<ChannelState> self, std::size_t index);
  static asio::awaitable<std::string> read(std::shared_ptr<ChannelState> self, std::size_t index);
  static asio::awaitable<void> watch(std::shared_ptr<ChannelState> self);

  void drive_soon();
  void drive();
  void deliver();
  void close_socket(Link& link);
  void write(std::size_t index);

  const asio::any_io_executor executor_;
  const ChannelOptions options_;
  Exchange exchange_;
  std::vector<std::unique_ptr<Link>> links_;  // fixed from the beginning
  std::unordered_map<Exchange::CallId, Waiter*> waiters_;
  asio::steady_timer due_;
  Clock::time_point armed_{};
  bool drive_posted_ = false;
  bool closed_ = false;
};

}  // namespace earmark::client
