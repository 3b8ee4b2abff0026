// One thread of load: an epoll loop over its connections. For each wake-up it reads much, takes all answers apart where
// they lie, writes the next requests into one buffer and sends that once.
//   load_thread.cpp    the loop, time, sockets
//   load_requests.cpp  which request comes next, and its frame
//   load_answers.cpp   which request an answer belongs to; the two hot answers, read where they lie
//   load_events.cpp    all other answers, decoded; what they say as Movements
//   load_holds.cpp     checkouts: holds, and the orders and releases that end them
// A request lives in a slot of its connection; its correlation id is the slot's number and a count, so that an answer
// finds its request with one look and a second answer finds nobody. What a request says is drawn from the generator's
// state at that moment, which the slot keeps: it can be drawn again to be repeated, or to be compared with its answer.
//
// Closed loop: an answer makes room for the next request, and a latency counts from the read that made room. Open loop: a
// schedule says when each request is meant to be sent; it counts from then, also while it waits for a free slot.
// Time is read once for each read, so a latency includes everything this thread did with answers that came in before.
//
// run() may be called again for a further phase on the same connections: tallies begin anew, history and delivery go on.
//
// Thread rule: construct and connect anywhere, run() in one thread; progress(), live() from any; results when run() has ended.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "loadtest/answer_reader.hpp"
#include "loadtest/benchmark_catalogue.hpp"
#include "loadtest/history.hpp"
#include "loadtest/load_socket.hpp"
#include "loadtest/open_orders.hpp"
#include "loadtest/options.hpp"
#include "loadtest/order_frame.hpp"
#include "loadtest/tally.hpp"
#include "loadtest/timeline.hpp"
#include "schema/ask.hpp"
#include "schema/event.hpp"
#include "schema/frame.hpp"

namespace earmark::loadtest {

// Nanoseconds of the monotonic clock. `end` comes earlier when a thread's history is full, a connection is lost, or the
// user wants it.
struct RunTimes {
  std::uint64_t start = 0, measure_from = 0;
  std::atomic<std::uint64_t> end{0};
  std::vector<double> rates;   // open loop: requests a second, one after the other; empty: closed loop
  std::uint64_t grace_ns = 0;  // answers that come so long after the end are still in time
  std::uint64_t drain_ns = 10'000'000'000;  // answers that are not there so long after the end count as missing

  // Relaxed: `end` is a number of its own, nothing else is published with it.
  void end_now(std::uint64_t now) noexcept {
    std::uint64_t planned = end.load(std::memory_order_relaxed);
    while (now < planned && !end.compare_exchange_weak(planned, now, std::memory_order_relaxed)) {}
  }
};
std::uint64_t monotonic_ns() noexcept;

class LoadThread {
 public:
  // `number` tells the threads' order ids and seeds apart. `history_limit`: movements that may be kept.
  LoadThread(const Options& options, const BenchmarkCatalogue& catalogue, std::uint32_t number, std::uint64_t history_limit);
  ~LoadThread();

  client::Outcome<void> connect(std::uint32_t connections);
  // Before run(): slices for pictures, and the last second for a line on a terminal.
  Timeline& timeline() noexcept { return timeline_; }
  const Timeline& timeline() const noexcept { return timeline_; }
  Timeline& live() noexcept { return live_; }
  const Timeline& live() const noexcept { return live_; }
  // Before each run(): forgets what the phase before it counted.
  void begin_phase();
  void run(RunTimes& times);

  std::uint64_t progress() const noexcept { return progress_.load(std::memory_order_relaxed); }  // answers so far
  bool has_ended() const noexcept { return ended_.load(std::memory_order_acquire); }             // pairs with run()'s last store
  const Tally& tally() const noexcept { return tally_; }
  const Delivery& delivery() const noexcept { return delivery_; }
  History& history() noexcept { return history_; }
  std::uint64_t last_answer_ns() const noexcept { return last_answer_ns_; }
  bool is_history_full() const noexcept { return history_full_; }
  // Why the run ended before its time; empty: it did not.
  const std::string& fault() const noexcept { return fault_; }

 private:
  // Who waits for the other half of a command that is sent twice.
  using PairNumber = std::uint32_t;
  static constexpr PairNumber no_pair = 0;
  // What a request is about; enough to write its frame again.
  struct Request {
    std::uint64_t number = 0;       // of the order, receipt, cancel or ship
    std::uint64_t seed = 0;         // state of the generator that its content is drawn from
    PlacedOrder target;             // of cancels, ships, shows; the hold of confirms and releases
    PairNumber pair = no_pair;
    RequestKind kind{};
    bool popular = false;           // orders and receipts of a situation's popular SKUs
    bool on_top = false;            // repeats and ends of holds: they follow answers, so no schedule offered them
  };
  struct alignas(64) Slot {
    std::uint64_t correlation = 0;
    std::uint64_t sent_ns = 0;     // or meant to be sent
    std::uint64_t lsn_before = 0;  // the newest LSN that this thread had been told when it sent
    Request request;
  };
  static_assert(sizeof(Slot) == 64);  // one cache line; correlation 0: nothing is asked
  struct Pair {
    std::uint64_t hash = 0;
    std::uint8_t decided = 0, marked = 0, answered = 0;
    bool repeat_late = false;  // the second is sent when the first has been answered
  };
  struct Connection;
  struct Repeat {
    Request request;
    const Connection* not_on = nullptr;
  };
  // An order as drawn.
  struct DrawnOrder {
    std::uint16_t preferred = 0;
    engine::Policy policy = engine::Policy::ship_partial;
    engine::Priority priority{100};
    std::span<const OrderFrameLine> lines;
  };

  // load_thread.cpp
  void loop(RunTimes& times);
  std::uint64_t longest_wait_ns() const noexcept;
  void read_clock(const RunTimes& times) noexcept;
  void receive(Connection& connection, const RunTimes& times);
  void flush(Connection& connection);
  void lost(const Connection& connection);
  void stop_sending();
  void count_unsent();
  void plan_acts(std::uint64_t end_ns);
  void watch_backlog() noexcept;

  // load_requests.cpp
  void fill(Connection& connection);
  void dispatch();
  void dispatch_repeats();
  void dispatch_bursts();
  Connection* connection_with_room(const Connection* not_on);
  void send_next(Connection& connection, std::uint64_t sent_ns);
  void send(Connection& connection, std::size_t slot, const Request& request, std::uint64_t sent_ns);
  void send_again(Connection& connection, std::size_t slot, const Request& request, std::uint64_t sent_ns);
  void send_delayed();
  Request draw(std::uint64_t intended_ns);
  void repeat(Request request, const Connection* not_on);
  void maybe_repeat(Request& request, const Connection& connection);
  RequestKind draw_kind();
  DrawnOrder draw_order(const Request& request);
  void draw_lines(const Request& request, DrawnOrder& order);
  std::optional<engine::CancelRow> draw_cancel();
  std::span<const engine::StockRow> receipt_rows(const Request& request);
  void draw_restock(std::vector<engine::StockRow>& rows);
  void draw_storm(std::vector<engine::StockRow>& rows);
  void draw_check();
  void put(Connection& connection, std::size_t slot, const Request& request);
  void put_order(Connection& connection, std::size_t slot, const Request& request);
  // Draws once more what the request says, and leaves the generator as it was.
  template <class Draw>
  auto drawn_again(const Request& request, Draw draw);
  void put_hold(Connection& connection, std::uint64_t correlation, const Request& request);
  void fill_order_rows(const DrawnOrder& order);
  std::span<const OrderFrameLine> lines_of(Connection& connection, const Slot& slot);
  std::string_view id_of(std::uint64_t number);

  // load_answers.cpp
  void answer(Connection& connection, const schema::Frame& frame);
  void keep_part(const schema::Frame& frame);
  void answer_order(Connection& connection, const Slot& slot, const schema::Frame& frame);
  void answer_check(const Slot& slot, const schema::Frame& frame);
  bool answer_error(Connection& connection, std::size_t slot, const schema::Frame& frame);
  void order_decided(Connection& connection, const Slot& slot, const DecidedOrder& order, bool duplicate);
  bool order_fits(const DecidedOrder& order, const Slot& slot, std::span<const OrderFrameLine> asked) const noexcept;
  static bool is_first_line_short(const DecidedOrder& order) noexcept;
  bool is_id(std::string_view id, std::uint64_t wanted) const noexcept;
  void record(const DecidedOrder& order, const Slot& slot);
  void remember_stock(const DecidedOrder& order);
  void decided(const Slot& slot, std::uint64_t lsn, bool duplicate);
  void count_latency(const Slot& slot);
  // The act in which a request was meant to be sent, and whose it is; none: told apart from nothing.
  std::size_t act_at(std::uint64_t intended_ns) const noexcept;
  StreamTally* stream_tally(const Request& request, std::uint64_t intended_ns) noexcept;
  void begin_recording(const Slot& slot, bool duplicate);
  void end_recording(Connection& connection, const Slot& slot, bool duplicate);
  void push(const Movement& movement);

  // load_events.cpp
  void answer_in_parts(Connection& connection, const Slot& slot, const schema::Frame& last);
  bool take_events(Connection& connection, const Slot& slot, std::span<const std::span<const std::byte>> bodies, bool duplicate);
  bool record_decision(const Slot& slot, const schema::Event& event, bool duplicate);
  bool receipt_fits(const Slot& slot, const engine::ReceiptDecision& receipt) const;
  bool cancel_fits(const Slot& slot, const engine::CancelDecision& cancel);
  void record_receipt(std::uint64_t lsn, const engine::ReceiptDecision& receipt);
  void record_cancel(const Slot& slot, std::uint64_t lsn, const engine::CancelDecision& cancel);
  void record_ship(const Slot& slot, std::uint64_t lsn, const engine::ShipDecision& ship);
  void record_fill(const engine::Stamp& stamp, const engine::FillDecision& fill);
  // load_holds.cpp
  bool confirmed(Connection& connection, const Slot& slot, const schema::Event& event, bool duplicate);
  bool hold_fits(const Slot& slot, const engine::HoldDecision& hold);
  bool end_fits(const Slot& slot, const engine::HoldEndDecision& end) const;
  void record_hold(std::uint64_t lsn, const engine::HoldDecision& hold);
  void record_hold_end(const Slot& slot, std::uint64_t lsn, const engine::HoldEndDecision& end);
  void check_out(const Slot& slot, const engine::HoldDecision& hold, std::uint64_t lsn);
  void answer_show(const Slot& slot, const schema::OrderView& view);

  const Options& options_;
  const BenchmarkCatalogue& catalogue_;
  const std::uint32_t number_;
  const std::string id_prefix_;
  const std::uint64_t history_limit_;
  const bool one_kind_;      // of request
  const bool plain_orders_;  // one policy and priority, the defaults
  const bool keeps_orders_;  // later requests name them
  Generator generator_;
  Random choices_;  // what to do, where, to whom: apart from the content of orders
  OrderFrame order_frame_;
  schema::RequestEncoder encoder_;
  schema::AnswerDecoder decoder_;
  schema::EventDecoder events_;
  std::vector<AskedLine> drawn_;
  std::vector<OrderFrameLine> order_lines_;
  std::vector<engine::OrderLine> order_rows_;
  std::vector<std::uint32_t> drawn_skus_;
  std::vector<engine::SkuId> check_skus_;
  std::string id_;

  int epoll_ = -1;
  std::deque<Connection> connections_;
  std::vector<std::byte> input_;
  std::unordered_map<std::uint64_t, std::vector<std::vector<std::byte>>> unfinished_;  // bodies of answers in parts
  std::size_t unfinished_bytes_ = 0;
  struct Delayed {
    std::uint64_t due_ns = 0;
    Connection* connection = nullptr;
    std::size_t slot = 0;
  };
  std::vector<Delayed> delayed_;  // the server was overloaded; sent again when due
  std::deque<Repeat> repeats_;    // to be sent once more
  std::unordered_map<PairNumber, Pair> pairs_;
  std::unordered_map<std::uint64_t, std::vector<engine::StockRow>> receipts_;  // rows of those under way, by number
  OpenOrders orders_;
  UsedStockBag taken_, waiting_;

  const std::vector<Act> acts_;         // of a situation
  std::optional<Schedule> schedule_, bursts_;
  std::uint64_t measure_from_ = 0, end_ = 0, give_up_ = 0;
  std::uint64_t drain_ns_ = 0;
  std::uint64_t grace_ns_ = 0;
  std::uint64_t step_ns_ = 0;  // length of a step of the open loop, where there are several
  std::size_t next_connection_ = 0;
  std::vector<Connection*> unflushed_;
  std::uint64_t now_ = 0;
  bool sending_ = true, measuring_ = false, history_full_ = false;
  enum class Recording : std::uint8_t { off, history, aside } recording_ = Recording::off;
  std::span<const engine::ReceivedRow> returned_;  // while the order of a confirm is recorded: what its hold gave back
  std::vector<Movement> aside_;      // what one of two answers says
  std::uint64_t orders_left_ = 0;    // with a fixed number of orders
  std::uint64_t open_ = 0;           // requests without answer
  std::uint64_t last_number_ = 0;    // of orders and receipts, cancels, ships
  std::uint64_t last_correlation_ = 0;
  std::uint64_t newest_lsn_ = 0;
  std::uint64_t checks_ = 0;
  PairNumber last_pair_ = no_pair;
  std::uint64_t last_answer_ns_ = 0;
  Tally tally_;
  Delivery delivery_;
  History history_;
  Timeline timeline_, live_;
  std::string fault_;
  std::atomic<std::uint64_t> progress_{0};
  std::atomic<bool> ended_{false};
};

}  // namespace earmark::loadtest
