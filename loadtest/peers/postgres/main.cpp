// earmark-peer-postgres: makes its tables anew, loads the benchmark's catalogue, drives orders or stock
// checks (closed loop, one thread, epoll), then reads everything back and judges it. One JSON object on stdout, as
// `earmark-load --json`. A connection has one call under way, which carries --pipeline requests: with calls of one order
// each PostgreSQL would sync for each of them, however they are pipelined.
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "loadtest/peers/peer_run.hpp"
#include "loadtest/peers/postgres/array_text.hpp"
#include "loadtest/peers/postgres/postgres_connection.hpp"

namespace earmark::loadtest::peers {
namespace {

constexpr const char* place_orders = "SELECT place_orders($1::bigint[], $2::int[], $3::int[], $4::int[])";
constexpr const char* check_stock = "SELECT sku, available FROM stock WHERE sku = ANY($1::int[])";

constexpr const char* footer =
    "Example:\n"
    "  earmark-peer-postgres --port 6500 --server-pid 4711 --script loadtest/peers/postgres/schema.sql --connections 32 --pipeline 30\n"
    "\n"
    "Connects as user postgres to the database postgres, and drops the tables of an earlier run. Exit status: 0 done, 1 the\n"
    "verdict failed or the server was lost, 2 bad usage.";

struct Connection {
  Connection(std::uint16_t port, const char* statement) : link(port) { link.prepare(statement); }
  PostgresConnection link;
  std::vector<Request> open;  // of the one call under way
  std::uint64_t sent_ns = 0;
  bool waits_writable = false;
};

class PostgresLoad {
 public:
  explicit PostgresLoad(const PeerOptions& options)
      : options_(options), run_(options), control_(options.port), check_skus_(std::size_t{options.check_skus} * options.pipeline) {}

  std::string load_catalogue();
  void drive();
  bool judge();
  const PeerRun& run() const noexcept { return run_; }

 private:
  void send(Connection& connection);
  void call_orders(Connection& connection);
  void call_checks(Connection& connection);
  void flush(Connection& connection);
  void receive(Connection& connection);
  void take_orders(const Connection& connection, const Result& answer);
  void take_checks(const Connection& connection, const Result& answer);

  const PeerOptions& options_;
  PeerRun run_;
  PostgresConnection control_;
  std::deque<Connection> connections_;
  std::vector<std::uint32_t> check_skus_;
  std::array<std::string, 4> parameters_;
  std::vector<std::int64_t> numbers_;
  std::size_t open_ = 0;  // calls
  int epoll_ = -1;
};

// Returns what the server says about its durability.
std::string PostgresLoad::load_catalogue() {
  std::ifstream file(options_.script);
  control_.ask("SET client_min_messages = warning");  // no remark on tables that are not there yet
  control_.ask({std::istreambuf_iterator<char>(file), {}});
  std::string rows;
  for (std::uint32_t sku = 0; sku < options_.shape.skus; ++sku) {
    const std::uint32_t stock = run_.ledger().opening_of(sku);
    rows += std::to_string(sku) + '\t';
    append_array(rows, std::array{stock, stock, stock, stock});
    rows += '\n';
  }
  control_.copy("COPY stock FROM STDIN", rows);
  control_.ask("VACUUM ANALYZE stock");
  control_.ask("CHECKPOINT");
  return "synchronous_commit " + control_.setting("synchronous_commit") + ", fsync " + control_.setting("fsync") +
         ", full_page_writes " + control_.setting("full_page_writes");
}

void PostgresLoad::call_orders(Connection& connection) {
  std::vector<std::uint64_t> ids;
  std::vector<std::uint32_t> preferred, skus, quantities;
  for (std::uint32_t count = 0; count < options_.pipeline; ++count) {
    const Request request = run_.next_order();
    ids.push_back(request.number);
    preferred.push_back(request.preferred);
    for (const AskedLine& line : request.lines) {
      skus.push_back(line.sku);
      quantities.push_back(line.quantity);
    }
    connection.open.push_back(request);
  }
  for (std::string& parameter : parameters_) parameter.clear();
  append_array(parameters_[0], ids);
  append_array(parameters_[1], preferred);
  append_array(parameters_[2], skus);
  append_array(parameters_[3], quantities);
  connection.link.call(parameters_);
}

void PostgresLoad::call_checks(Connection& connection) {
  for (std::uint32_t count = 0; count < options_.pipeline; ++count) {
    run_.next_check(std::span(check_skus_).subspan(std::size_t{count} * options_.check_skus, options_.check_skus));
  }
  parameters_[0].clear();
  append_array(parameters_[0], check_skus_);
  connection.link.call(std::span(parameters_).first(1));
}

void PostgresLoad::send(Connection& connection) {
  connection.open.clear();
  connection.sent_ns = run_.now();
  if (options_.checks) {
    call_checks(connection);
  } else {
    call_orders(connection);
  }
  ++open_;
  flush(connection);
}

void PostgresLoad::flush(Connection& connection) {
  const bool more = connection.link.flush();
  if (connection.waits_writable == more) return;
  connection.waits_writable = more;
  epoll_event interest{};
  interest.events = more ? EPOLLIN | EPOLLOUT : EPOLLIN;
  interest.data.ptr = &connection;
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.link.handle(), &interest);
}

void PostgresLoad::take_orders(const Connection& connection, const Result& answer) {
  constexpr std::size_t numbers_of_order = std::size_t{order_lines} * warehouse_count;
  if (PQntuples(answer.get()) != 1 || !read_array(text_of(answer, 0, 0), numbers_) ||
      numbers_.size() != connection.open.size() * numbers_of_order) {
    run_.ledger().bad_answer("a call of orders has an answer of another shape");
    numbers_.assign(connection.open.size() * numbers_of_order, 0);
  }
  auto next = numbers_.begin();
  for (const Request& request : connection.open) {
    std::uint32_t short_lines = 0;
    for (const AskedLine& line : request.lines) {
      Taken taken{};
      std::uint32_t reserved = 0;
      for (std::uint32_t& units : taken) {
        units = static_cast<std::uint32_t>(*next++);
        reserved += units;
      }
      // The answer says what was reserved; the rest waits.
      if (run_.ledger().line(line, taken, line.quantity - std::min(reserved, line.quantity))) ++short_lines;
    }
    run_.order_answered(request, short_lines);
  }
}

// A SKU that several checks of a call name comes once.
void PostgresLoad::take_checks(const Connection& connection, const Result& answer) {
  const int rows = PQntuples(answer.get());
  if (rows < 1 || static_cast<std::size_t>(rows) > check_skus_.size()) run_.ledger().bad_answer("a stock check has an answer of another size");
  for (std::uint32_t count = 0; count < options_.pipeline; ++count) run_.check_answered(connection.sent_ns);
}

void PostgresLoad::receive(Connection& connection) {
  connection.link.read();
  const Result answer = connection.link.next_answer();
  if (!answer) return;
  run_.read_clock();
  --open_;
  if (options_.checks) {
    take_checks(connection, answer);
  } else {
    take_orders(connection, answer);
  }
  if (run_.sending()) send(connection);
}

void PostgresLoad::drive() {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  for (std::uint32_t count = 0; count < options_.connections; ++count) {
    Connection& connection = connections_.emplace_back(options_.port, options_.checks ? check_stock : place_orders);
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.ptr = &connection;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.link.handle(), &interest);
  }
  run_.begin();
  for (Connection& connection : connections_) send(connection);
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

bool PostgresLoad::judge() {
  PeerState state;
  state.queued.resize(options_.shape.skus);
  const Result stock = control_.ask("SELECT available FROM stock ORDER BY sku");
  for (int row = 0; row < PQntuples(stock.get()); ++row) {
    if (!read_array(text_of(stock, row, 0), numbers_) || numbers_.size() != warehouse_count) throw std::runtime_error("a SKU has lost its stock");
    auto& available = state.available.emplace_back();
    std::copy(numbers_.begin(), numbers_.end(), available.begin());
  }
  const Result waiting = control_.ask("SELECT sku, sum(quantity) FROM backorder GROUP BY sku");
  for (int row = 0; row < PQntuples(waiting.get()); ++row) {
    state.queued.at(static_cast<std::size_t>(number_of(waiting, row, 0))) = static_cast<std::uint64_t>(number_of(waiting, row, 1));
  }
  const Result records = control_.ask(
      "SELECT count(*), coalesce(sum((SELECT sum(units) FROM unnest(taken) AS units)), 0),"
      " coalesce(sum((SELECT sum(units) FROM unnest(quantity) AS units)), 0) FROM orders");
  state.recorded_orders = static_cast<std::uint64_t>(number_of(records, 0, 0));
  state.recorded_reserved = static_cast<std::uint64_t>(number_of(records, 0, 1));
  state.recorded_queued = static_cast<std::uint64_t>(number_of(records, 0, 2)) - state.recorded_reserved;
  run_.ledger().judge(state);
  return run_.ledger().passed();
}

}  // namespace
}  // namespace earmark::loadtest::peers

int main(int argc, char** argv) {
  using namespace earmark::loadtest::peers;
  const ParsedPeerOptions parsed =
      parse_peer_options(argc, argv, "earmark-peer-postgres", footer, "Requests that one call carries; a connection has one call under way");
  if (parsed.exit_status) return *parsed.exit_status;
  try {
    PostgresLoad load(parsed.options);
    const std::string durability = load.load_catalogue();
    load.drive();
    const bool passed = load.judge();
    std::puts(load.run().report("postgres", durability).c_str());
    return passed ? 0 : 1;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "earmark-peer-postgres: %s\n", fault.what());
    return 1;
  }
}
