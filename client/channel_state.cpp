#include "client/channel_state.hpp"

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/connect.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#include <asio/write.hpp>
#include <random>

namespace earmark::client {
namespace {

constexpr std::chrono::seconds longest_sleep{60};  // of the watch
constexpr std::chrono::seconds after_the_limit{1};

ExchangeOptions exchange_options(const ChannelOptions& from) {
  ExchangeOptions options;
  options.links = std::max<std::size_t>(from.connections, 1);
  options.server = from.server.text();
  options.token = from.token;
  options.client_name = from.client_name;
  options.most_under_way = std::max<std::size_t>(from.most_under_way, 1);
  options.connect_limit = from.connect_limit;
  options.silence_limit = from.silence_limit;
  options.seed = std::random_device()();
  return options;
}

}  // namespace

ChannelState::ChannelState(asio::any_io_executor executor, ChannelOptions options)
    : executor_(std::move(executor)), options_(std::move(options)), exchange_(exchange_options(options_)), due_(executor_) {
  for (std::size_t index = 0; index < std::max<std::size_t>(options_.connections, 1); ++index) {
    links_.push_back(std::make_unique<Link>(executor_));
  }
}

void ChannelState::start() {
  for (std::size_t index = 0; index < links_.size(); ++index) {
    asio::co_spawn(executor_, run_link(shared_from_this(), index), asio::detached);
  }
  asio::co_spawn(executor_, watch(shared_from_this()), asio::detached);
}

void ChannelState::close() {
  if (std::exchange(closed_, true)) return;
  exchange_.fail_all("the channel was closed");
  deliver();
  for (const auto& link : links_) {
    close_socket(*link);
    link->pause.cancel();
    link->resolver.cancel();
  }
  due_.cancel();
}

ChannelState::Waiter::Waiter(ChannelState& owner, Request request, Clock::duration limit)
    : state(owner), changed(owner.executor_) {
  const auto deadline = Clock::now() + limit;
  call = state.exchange_.submit(std::move(request), deadline);
  changed.expires_at(deadline + after_the_limit);
  state.waiters_.emplace(call, this);
  state.drive_soon();
}

// Also when the coroutine is destroyed before its end.
ChannelState::Waiter::~Waiter() {
  if (state.waiters_.erase(call) != 0) state.exchange_.abandon(call);
}

asio::awaitable<Outcome<Reply>> ChannelState::call(std::shared_ptr<ChannelState> self, Request request, TimeLimit limit) {
  if (self->closed_) co_return Outcome<Reply>(unreachable("the channel is closed"));
  Waiter waiter(*self, std::move(request), limit.value_or(self->options_.time_limit));
  while (!waiter.outcome) {
    const auto [cancelled] = co_await waiter.changed.async_wait(as_result);
    if (waiter.outcome || cancelled) continue;
    self->drive();  // the limit has passed
    waiter.changed.expires_after(after_the_limit);
  }
  co_return std::move(*waiter.outcome);
}

// Connects, reads until the connection is lost, and again.
asio::awaitable<void> ChannelState::run_link(std::shared_ptr<ChannelState> self, std::size_t index) {
  Link& link = *self->links_[index];
  while (!self->closed_) {
    link.pause.expires_at(self->exchange_.connect_at(index));
    co_await link.pause.async_wait(as_result);
    if (self->closed_) break;
    self->exchange_.connecting(index, Clock::now());
    self->drive();  // the watch has a new time to look at
    std::string why = co_await connect(self, index);
    if (why.empty()) why = co_await read(self, index);
    self->close_socket(link);
    self->exchange_.lost(index, why, Clock::now());
    self->drive();
  }
}

// Gives the reason if it cannot be done. The watch closes the socket when the limit passes. (The look-up of a name cannot
// be broken off; it has the system's own limit.)
asio::awaitable<std::string> ChannelState::connect(std::shared_ptr<ChannelState> self, std::size_t index) {
  Link& link = *self->links_[index];
  const Address& server = self->options_.server;
  const std::string where = "cannot reach " + server.text() + ": ";
  std::vector<asio::ip::tcp::endpoint> endpoints;
  asio::error_code fault;
  const asio::ip::address literal = asio::ip::make_address(server.host, fault);
  if (!fault) {
    endpoints.emplace_back(literal, static_cast<std::uint16_t>(std::stoul(server.port)));
  } else {
    const auto [failed, found] = co_await link.resolver.async_resolve(server.host, server.port, as_result);
    if (failed) co_return where + failed.message();
    for (const auto& entry : found) endpoints.push_back(entry.endpoint());
  }
  if (self->closed_ || self->exchange_.must_close(index)) co_return where + "no answer within the time limit";
  const auto [failed, endpoint] = co_await asio::async_connect(link.socket, endpoints, as_result);
  if (failed) co_return where + failed.message();
  link.socket.set_option(asio::ip::tcp::no_delay(true), fault);
  co_return std::string();
}

// Gives the reason why it ended. Not bounded while nothing is owed: an idle connection may wait as long as it likes; one
// that owes an answer is closed by the watch.
asio::awaitable<std::string> ChannelState::read(std::shared_ptr<ChannelState> self, std::size_t index) {
  Link& link = *self->links_[index];
  const std::string where = "lost the server at " + self->options_.server.text() + ": ";
  link.open = true;
  ++link.generation;
  link.writing = false;
  self->exchange_.opened(index, Clock::now());
  self->drive();
  for (;;) {
    const auto [failed, count] = co_await link.socket.async_read_some(asio::buffer(link.input), as_result);
    if (failed == asio::error::eof) co_return where + "it closed the connection";
    if (failed) co_return where + failed.message();
    self->exchange_.received(index, std::span(link.input).first(count), Clock::now());
    self->drive();
  }
}

// Wakes the exchange when time has something for it.
asio::awaitable<void> ChannelState::watch(std::shared_ptr<ChannelState> self) {
  while (!self->closed_) {
    self->armed_ = std::min(self->exchange_.next_due(), Clock::now() + longest_sleep);
    self->due_.expires_at(self->armed_);
    co_await self->due_.async_wait(as_result);
    if (!self->closed_) self->drive();
  }
}

// Calls made in one turn of the executor are sent together.
void ChannelState::drive_soon() {
  if (std::exchange(drive_posted_, true)) return;
  asio::post(executor_, [self = shared_from_this()] {
    self->drive_posted_ = false;
    self->drive();
  });
}

void ChannelState::drive() {
  if (closed_) return;
  exchange_.advance(Clock::now());
  deliver();
  for (std::size_t index = 0; index < links_.size(); ++index) {
    if (exchange_.must_close(index)) {
      close_socket(*links_[index]);
      links_[index]->resolver.cancel();
    } else {
      write(index);
    }
  }
  if (exchange_.next_due() < armed_) due_.cancel();
}

void ChannelState::deliver() {
  for (auto& finished : exchange_.take_finished()) {
    const auto found = waiters_.find(finished.call);
    if (found == waiters_.end()) continue;
    Waiter& waiter = *found->second;
    waiters_.erase(found);
    waiter.outcome.emplace(std::move(finished.outcome));
    waiter.changed.cancel();
  }
}

void ChannelState::close_socket(Link& link) {
  asio::error_code ignored;
  link.open = false;
  link.socket.close(ignored);
}

// One write under way; what comes meanwhile goes with the next one. A write that stands still is bounded like an answer.
void ChannelState::write(std::size_t index) {
  Link& link = *links_[index];
  if (!link.open || link.writing || !exchange_.has_out(index)) return;
  exchange_.take_out(index, link.output);
  link.writing = true;
  asio::async_write(link.socket, asio::buffer(link.output),
                    [self = shared_from_this(), index, generation = link.generation](asio::error_code failed, std::size_t) {
                      Link& written = *self->links_[index];
                      if (written.generation != generation) return;
                      written.writing = false;
                      if (!failed) self->write(index);  // a failure is read's to tell
                    });
}

}  // namespace earmark::client
