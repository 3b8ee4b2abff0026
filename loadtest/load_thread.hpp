// One thread of load: an epoll loop over its connections. For each wake-up it reads much, takes all answers apart where
// they lie, writes the next requests into one buffer and sends that once.
//
// A request lives in a slot of its connection; its correlation id is the slot's number and a count, so that an answer
// finds its request with one look and a second answer finds nobody. The closed loop is the end of answer(): an answer
// makes room for the next request. Time is read once for each read, so a latency includes everything this thread did
// with the answers that came in before; a request counts from the read that made room for it.
//
// Thread rule: construct and connect anywhere, run() in one thread; progress() from any; results when run() has ended.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "loadtest/answer_reader.hpp"
#include "loadtest/benchmark_catalogue.hpp"
#include "loadtest/history.hpp"
#include "loadtest/load_socket.hpp"
#include "loadtest/options.hpp"
#include "loadtest/order_frame.hpp"
#include "loadtest/tally.hpp"
#include "schema/ask.hpp"
#include "schema/frame.hpp"

namespace earmark::loadtest {

// Nanoseconds of the monotonic clock. `end` comes earlier when a thread's history is full.
struct RunTimes {
  std::uint64_t measure_from = 0;
  std::atomic<std::uint64_t> end{0};
  std::uint64_t give_up = 0;  // answers that are not there by then count as missing
};
std::uint64_t monotonic_ns() noexcept;

class LoadThread {
 public:
  // `number` tells the threads' order ids and seeds apart. `history_limit`: movements that may be kept.
  LoadThread(const Options& options, const BenchmarkCatalogue& catalogue, std::uint32_t number, std::uint64_t history_limit);
  ~LoadThread();

  client::Outcome<void> connect(std::uint32_t connections);
  void run(RunTimes& times);

  std::uint64_t progress() const noexcept { return progress_.load(std::memory_order_relaxed); }  // answers so far
  const Tally& tally() const noexcept { return tally_; }
  const Delivery& delivery() const noexcept { return delivery_; }
  History& history() noexcept { return history_; }
  // Why the run ended before its time; empty: it did not.
  const std::string& fault() const noexcept { return fault_; }

 private:
  enum class Asked : std::uint8_t { nothing,
                                    order,
                                    check };
  struct Slot {
    std::uint64_t correlation = 0;
    std::uint64_t sent_ns = 0;
    std::uint64_t number = 0;      // of the order
    std::uint64_t lsn_before = 0;  // the newest LSN that this thread had been told when it sent
    Asked asked = Asked::nothing;
  };
  struct Connection;

  void loop(RunTimes& times);
  void read_clock(const RunTimes& times) noexcept;
  void receive(Connection& connection, const RunTimes& times);
  void answer(Connection& connection, const schema::Frame& frame);
  void answer_order(Connection& connection, std::size_t slot, const schema::Frame& frame);
  void answer_check(Connection& connection, std::size_t slot, const schema::Frame& frame);
  void answer_error(Connection& connection, std::size_t slot, const schema::Frame& frame);
  bool matches(const DecidedOrder& order, const Slot& slot, std::span<const OrderFrameLine> asked) const noexcept;
  void record(const DecidedOrder& order);
  void send_next(Connection& connection, std::size_t slot);
  void fill(Connection& connection);
  void flush(Connection& connection);
  void put_check(Connection& connection, std::size_t slot);
  void send_delayed();
  void lost(const Connection& connection);
  std::span<OrderFrameLine> lines_of(Connection& connection, std::size_t slot) noexcept;

  const Options& options_;
  const BenchmarkCatalogue& catalogue_;
  const std::string id_prefix_;
  const std::uint64_t history_limit_;
  Generator generator_;
  OrderFrame order_frame_;
  schema::RequestEncoder encoder_;
  schema::AnswerDecoder decoder_;
  std::vector<AskedLine> drawn_;
  std::vector<std::uint32_t> drawn_skus_;
  std::vector<engine::SkuId> check_skus_;

  int epoll_ = -1;
  std::deque<Connection> connections_;
  std::vector<std::byte> input_;
  struct Delayed {
    std::uint64_t due_ns = 0;
    Connection* connection = nullptr;
    std::size_t slot = 0;
  };
  std::vector<Delayed> delayed_;  // the server was overloaded; sent again when due

  std::uint64_t now_ = 0;
  bool sending_ = true, measuring_ = false;
  std::uint64_t open_ = 0;  // requests without answer
  std::uint64_t last_number_ = 0;
  std::uint64_t last_correlation_ = 0;
  std::uint64_t newest_lsn_ = 0;
  std::uint64_t checks_ = 0;
  Tally tally_;
  Delivery delivery_;
  History history_;
  std::string fault_;
  std::atomic<std::uint64_t> progress_{0};
};

}  // namespace earmark::loadtest
