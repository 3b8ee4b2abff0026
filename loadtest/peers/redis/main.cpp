// earmark-peer-redis: loads the benchmark's catalogue into an empty Redis, drives orders or stock checks (closed loop, one
// thread, epoll), then reads everything back and judges it. One JSON object on stdout, as `earmark-load --json`.
// Redis answers a connection's commands in their order, so the requests of one wait in a queue of their own.
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <exception>
#include <fstream>
#include <iterator>
#include <numeric>
#include <stdexcept>

#include "loadtest/peers/redis/redis_connection.hpp"
#include "loadtest/peers/redis/redis_text.hpp"

namespace earmark::loadtest::peers {
namespace {

constexpr std::uint32_t at_once = 1'000;  // commands, while loading and reading back

constexpr const char* footer =
    "Example:\n"
    "  earmark-peer-redis --port 6400 --server-pid 4711 --script loadtest/peers/redis/stock.lua --pipeline 16\n"
    "\n"
    "The server must be empty. Exit status: 0 done, 1 the verdict failed or the server was lost, 2 bad usage.";

struct Connection {
  explicit Connection(std::uint16_t port) : link(port) { link.never_block(); }
  RedisConnection link;
  std::deque<Request> open;
  std::string out;
  std::size_t sent = 0;
  bool waits_writable = false;
};

class RedisLoad {
 public:
  explicit RedisLoad(const PeerOptions& options) : options_(options), run_(options), control_(options.port), check_skus_(options.check_skus) {}

  std::string load_catalogue();
  void drive();
  bool judge();
  const PeerRun& run() const noexcept { return run_; }

 private:
  void send_next(Connection& connection);
  void fill(Connection& connection);
  void flush(Connection& connection);
  void receive(Connection& connection);
  void take_order(const Request& request, const redisReply& reply);
  void read_sku(PeerState& state, std::uint32_t first, std::uint32_t end);
  void read_orders(PeerState& state, std::uint64_t first, std::uint64_t end);

  const PeerOptions& options_;
  PeerRun run_;
  RedisConnection control_;
  std::deque<Connection> connections_;
  std::vector<std::uint32_t> check_skus_;
  std::uint64_t open_ = 0;
  int epoll_ = -1;
};

std::string command(std::initializer_list<std::string_view> words) {
  std::string text = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string_view word : words) append_word(text, word);
  return text;
}

// Returns what the server says about its durability.
std::string RedisLoad::load_catalogue() {
  if (control_.ask({"DBSIZE"})->integer != 0) throw std::runtime_error("the server is not empty");
  std::ifstream file(options_.script);
  const std::string functions{std::istreambuf_iterator<char>(file), {}};
  control_.ask({"FUNCTION", "LOAD", functions});
  for (std::uint32_t first = 0; first < options_.shape.skus; first += at_once) {
    std::vector<std::string> commands;
    for (std::uint32_t sku = first; sku < std::min(options_.shape.skus, first + at_once); ++sku) {
      const std::string stock = std::to_string(run_.ledger().opening_of(sku));
      commands.push_back(command({"HSET", "s:" + std::to_string(sku), "0", stock, "1", stock, "2", stock, "3", stock}));
    }
    control_.ask_all(commands, [](std::size_t, const Reply&) {});
  }
  const auto setting = [&](std::string_view name) { return std::string(control_.ask({"CONFIG", "GET", name})->element[1]->str); };
  return "appendonly " + setting("appendonly") + ", appendfsync " + setting("appendfsync");
}

void RedisLoad::send_next(Connection& connection) {
  Request request;
  if (options_.checks) {
    run_.next_check(check_skus_);
    request.sent_ns = run_.now();
    append_check(connection.out, check_skus_);
  } else {
    request = run_.next_order();
    append_order(connection.out, request);
  }
  connection.open.push_back(request);
  ++open_;
}

void RedisLoad::fill(Connection& connection) {
  while (connection.open.size() < options_.pipeline) send_next(connection);
  flush(connection);
}

void RedisLoad::flush(Connection& connection) {
  while (connection.sent < connection.out.size()) {
    const std::size_t count = connection.link.write(std::string_view(connection.out).substr(connection.sent));
    if (count == 0) break;
    connection.sent += count;
  }
  const bool all_sent = connection.sent == connection.out.size();
  if (all_sent) {
    connection.out.clear();
    connection.sent = 0;
  }
  if (connection.waits_writable == !all_sent) return;
  connection.waits_writable = !all_sent;
  epoll_event interest{};
  interest.events = all_sent ? EPOLLIN : EPOLLIN | EPOLLOUT;
  interest.data.ptr = &connection;
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.link.handle(), &interest);
}

void RedisLoad::take_order(const Request& request, const redisReply& reply) {
  const std::string_view text = reply.str == nullptr ? std::string_view() : std::string_view(reply.str, reply.len);
  const auto record = read_record(text);
  std::uint32_t short_lines = 0;
  bool same = record && record->number == request.number;
  for (std::size_t line = 0; same && line < order_lines; ++line) {
    same = record->lines[line].sku == request.lines[line].sku;
    if (same && run_.ledger().line(request.lines[line], record->lines[line].taken, record->lines[line].queued)) ++short_lines;
  }
  if (!same) run_.ledger().bad_answer("order " + std::to_string(request.number) + " is answered: " + std::string(text));
  run_.order_answered(request, short_lines);
}

void RedisLoad::receive(Connection& connection) {
  connection.link.read();
  run_.read_clock();
  while (!connection.open.empty()) {
    const Reply reply = connection.link.next_answer();
    if (!reply) break;
    const Request request = connection.open.front();
    connection.open.pop_front();
    --open_;
    if (!options_.checks) {
      take_order(request, *reply);
    } else {
      if (reply->type != REDIS_REPLY_ARRAY || reply->elements != check_skus_.size() * warehouse_count) {
        run_.ledger().bad_answer("a stock check has an answer of another size");
      }
      run_.check_answered(request.sent_ns);
    }
    if (run_.sending()) send_next(connection);
  }
  flush(connection);
}

void RedisLoad::drive() {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  for (std::uint32_t count = 0; count < options_.connections; ++count) {
    Connection& connection = connections_.emplace_back(options_.port);
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.ptr = &connection;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.link.handle(), &interest);
  }
  run_.begin();
  for (Connection& connection : connections_) fill(connection);
  std::array<epoll_event, 256> ready;
  while ((run_.sending() || open_ != 0) && !run_.given_up()) {
    const int count = ::epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), 100);
    for (int index = 0; index < count; ++index) {
      const epoll_event& event = ready[static_cast<std::size_t>(index)];
      auto& connection = *static_cast<Connection*>(event.data.ptr);
      if ((event.events & EPOLLOUT) != 0) flush(connection);
      if ((event.events & ~std::uint32_t{EPOLLOUT}) != 0) receive(connection);
    }
    run_.read_clock();
  }
  ::close(epoll_);
}

// Stock and queue of SKUs from `first` to before `end`.
void RedisLoad::read_sku(PeerState& state, std::uint32_t first, std::uint32_t end) {
  std::vector<std::string> commands;
  for (std::uint32_t sku = first; sku < end; ++sku) {
    commands.push_back(command({"HMGET", "s:" + std::to_string(sku), "0", "1", "2", "3"}));
    commands.push_back(command({"LRANGE", "b:" + std::to_string(sku), "0", "-1"}));
  }
  control_.ask_all(commands, [&](std::size_t index, const Reply& reply) {
    const std::size_t sku = first + index / 2;
    for (std::size_t place = 0; place < reply->elements; ++place) {
      const redisReply& element = *reply->element[place];
      if (element.str == nullptr) throw std::runtime_error("SKU " + std::to_string(sku) + " has lost its stock");
      const std::string_view text(element.str, element.len);
      if (index % 2 == 0) {
        state.available[sku].at(place) = std::stoll(std::string(text));
      } else {
        state.queued[sku] += std::stoull(std::string(text.substr(text.rfind(':') + 1)));
      }
    }
  });
}

void RedisLoad::read_orders(PeerState& state, std::uint64_t first, std::uint64_t end) {
  std::vector<std::string> commands;
  for (std::uint64_t number = first; number < end; ++number) commands.push_back(command({"GET", "o:" + std::to_string(number)}));
  control_.ask_all(commands, [&](std::size_t, const Reply& reply) {
    const auto record = reply->str == nullptr ? std::nullopt : read_record({reply->str, reply->len});
    if (!record) return;
    ++state.recorded_orders;
    for (const OrderRecord::Line& line : record->lines) {
      state.recorded_reserved += std::accumulate(line.taken.begin(), line.taken.end(), std::uint64_t{0});
      state.recorded_queued += line.queued;
    }
  });
}

bool RedisLoad::judge() {
  PeerState state;
  state.available.resize(options_.shape.skus);
  state.queued.resize(options_.shape.skus);
  for (std::uint32_t first = 0; first < options_.shape.skus; first += at_once) {
    read_sku(state, first, std::min(options_.shape.skus, first + at_once));
  }
  const std::uint64_t orders = options_.checks ? 0 : run_.ledger().sent_count();
  for (std::uint64_t first = 1; first <= orders; first += at_once) read_orders(state, first, std::min(orders + 1, first + at_once));
  run_.ledger().judge(state);
  return run_.ledger().passed();
}

}  // namespace
}  // namespace earmark::loadtest::peers

int main(int argc, char** argv) {
  using namespace earmark::loadtest::peers;
  const ParsedPeerOptions parsed = parse_peer_options(argc, argv, "earmark-peer-redis", footer, "Commands under way on each");
  if (parsed.exit_status) return *parsed.exit_status;
  try {
    RedisLoad load(parsed.options);
    const std::string durability = load.load_catalogue();
    load.drive();
    const bool passed = load.judge();
    std::puts(load.run().report("redis", durability).c_str());
    return passed ? 0 : 1;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "earmark-peer-redis: %s\n", fault.what());
    return 1;
  }
}
