// The load engine against a server of a few lines that lies on purpose: what went wrong must be counted, and a sound
// server must pass. Real sockets on a port that the system picks.
#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <thread>

#include "loadtest/load_thread.hpp"
#include "schema/answer.hpp"
#include "schema/event.hpp"
#include "schema/frame.hpp"
#include "schema/record.hpp"
#include "schema/request.hpp"

namespace {

using namespace earmark;
using namespace earmark::loadtest;

constexpr std::uint32_t skus = 20;
constexpr std::uint32_t opening = 1'000'000;

// What the server does wrong with its tenth order.
enum class Lie { none,
                 no_answer,
                 two_answers,
                 other_order,
                 old_lsn,
                 same_lsn,
                 oversell,
                 duplicate_flag,
                 refusal,
                 garbage,
                 silence,
                 hang_up,
                 overloaded,
                 repeat_not_marked,
                 repeat_marked_twice,
                 repeat_differs,
                 other_receipt,
                 lost_receipt,
                 other_shipment,
                 half_shipment };

// Serves one connection in a thread: one warehouse, orders reserved whole.
class LyingServer {
 public:
  explicit LyingServer(Lie lie) : lie_(lie), listener_(::socket(AF_INET, SOCK_STREAM, 0)), available_(skus, opening) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&where), size) == 0);
    REQUIRE(::listen(listener_, 1) == 0);
    REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&where), &size) == 0);
    port_ = ntohs(where.sin_port);
    thread_ = std::thread([this] { serve(::accept(listener_, nullptr, nullptr)); });
  }
  ~LyingServer() {
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
  }
  std::string port() const { return std::to_string(port_); }
  // When the client has gone.
  StockSnapshot stock() {
    thread_.join();
    return {lsn_, lsn_, 1, available_, std::vector<std::uint64_t>(skus, 0)};
  }

 private:
  void serve(int peer) {
    std::vector<std::byte> in, bytes(65'536);
    for (ssize_t count = 0; (count = ::recv(peer, bytes.data(), bytes.size(), 0)) > 0;) {
      in.insert(in.end(), bytes.begin(), bytes.begin() + count);
      std::span<const std::byte> rest = in;
      for (auto split = schema::split(rest); split.status == schema::SplitStatus::frame; split = schema::split(rest)) {
        answer(split.frame);
        rest = rest.subspan(split.consumed);
      }
      in.erase(in.begin(), in.end() - static_cast<std::ptrdiff_t>(rest.size()));
      if (hang_up_) break;
      ::send(peer, out_.data(), out_.size(), MSG_NOSIGNAL);
      out_.clear();
    }
    ::close(peer);
  }

  static schema::HelloAnswer hello() {
    schema::HelloAnswer answer;
    answer.credit = 4'096;
    return answer;
  }

  void answer(const schema::Frame& frame) {
    const std::uint64_t correlation = frame.header.correlation;
    if (frame.header.kind == schema::MessageKind::hello) return schema::append_answer(out_, correlation, hello());
    std::vector<std::uint64_t> aligned(frame.body.size() / 8);
    std::memcpy(aligned.data(), frame.body.data(), frame.body.size());
    if (frame.header.kind == schema::MessageKind::receive) return receive(correlation, std::as_bytes(std::span(aligned)));
    if (frame.header.kind == schema::MessageKind::ship) return ship(correlation, std::as_bytes(std::span(aligned)));
    schema::OrderRequest request;
    if (decoder_.decode_order(std::as_bytes(std::span(aligned)), request) != engine::ErrorCode::none) return;
    const std::string id(request.order.id);
    if (const auto known = decided_.find(id); known != decided_.end()) return repeat(correlation, known->second);
    const Lie lie = ++orders_ == 10 ? lie_ : Lie::none;
    hang_up_ |= lie == Lie::hang_up;
    if (lie == Lie::no_answer || lie_ == Lie::silence) return;
    if (lie == Lie::refusal) {
      return schema::append_answer(out_, correlation, schema::ErrorAnswer{{engine::ErrorCode::unknown_sku, 1, {}}, {}, {}, 0});
    }
    if (lie == Lie::overloaded) {
      return schema::append_answer(out_, correlation, schema::ErrorAnswer{{engine::ErrorCode::overloaded, 0, {}}, {}, {}, 1});
    }
    decide(request.order, lie);
    decided_[id] = record_;
    const std::size_t start = out_.size();
    const auto record = std::as_bytes(std::span(record_)).first(record_bytes_);
    schema::append_event_frames(out_, correlation, record, lie == Lie::duplicate_flag || lie_ == Lie::repeat_marked_twice, false);
    if (lie == Lie::two_answers) schema::append_event_frames(out_, correlation, record, false, false);
    if (lie != Lie::garbage) return;
    std::fill(out_.begin() + static_cast<std::ptrdiff_t>(start + schema::frame_header_bytes), out_.end(), std::byte{0x5A});
  }

  void receive(std::uint64_t correlation, std::span<const std::byte> body) {
    const auto decoded = decoder_.decode(schema::MessageKind::receive, body);
    if (!decoded) return;
    const auto& request = std::get<schema::ReceiveRequest>(*decoded);
    std::vector<engine::ReceivedRow> rows;
    for (const engine::StockRow& row : request.receipt.rows) {
      engine::Quantity& available = available_.at(row.sku.value - 1);
      const auto units = static_cast<engine::Quantity>(row.quantity);
      if (lie_ != Lie::lost_receipt) available += units;
      rows.push_back({row.sku, row.warehouse, 0, lie_ == Lie::other_receipt ? units + 1 : units, available});
    }
    const engine::ReceiptDecision decision{request.receipt.id, 0, false, rows};
    reply(correlation, decision);
  }

  // Everything of the order, all of which is reserved in the one warehouse.
  void ship(std::uint64_t correlation, std::span<const std::byte> body) {
    const auto decoded = decoder_.decode(schema::MessageKind::ship, body);
    if (!decoded) return;
    const auto& request = std::get<schema::ShipRequest>(*decoded);
    std::vector<engine::ShippedLine> lines;
    std::vector<engine::Take> shipped;
    const std::string order(request.ship.order_id);
    for (engine::LineDecision& line : reserved_.at(order)) {
      const engine::Quantity units = std::exchange(line.taken, 0);
      lines.push_back({line.line, line.sku, units == 0 ? 0U : 1U});
      if (units == 0) continue;
      shipped.push_back({lie_ == Lie::half_shipment ? units - 1 : units, available_.at(line.sku.value - 1), engine::WarehouseId{1}, 1});
    }
    engine::ShipDecision decision;
    decision.command_id = request.ship.command_id;
    decision.order_id = lie_ == Lie::other_shipment ? std::string_view("another") : request.ship.order_id;
    decision.lines = lines;
    decision.shipped = shipped;
    reply(correlation, decision);
  }

  template <class Decision>
  void reply(std::uint64_t correlation, const Decision& decision) {
    encoder_.encode({engine::Lsn{++lsn_}, {}, {}}, decision, std::as_writable_bytes(std::span(record_)));
    schema::append_event_frames(out_, correlation, std::as_bytes(std::span(record_)), false, false);
  }

  void repeat(std::uint64_t correlation, std::vector<std::uint64_t>& record) {
    if (lie_ == Lie::repeat_differs) {
      const engine::Stamp stamp = schema::stamp_of(std::as_bytes(std::span(record)));
      const engine::LineDecision line{engine::LineNumber{1}, engine::SkuId{1}, 1, 0, 1, 7, engine::WarehouseId{1}, 1, 0, {}};
      engine::OrderDecision decision;
      decision.id = "another";
      decision.lines = std::span(&line, 1);
      encoder_.encode(stamp, decision, std::as_writable_bytes(std::span(record)));
    }
    schema::append_event_frames(out_, correlation, std::as_bytes(std::span(record)), lie_ != Lie::repeat_not_marked, false);
  }

  void decide(const engine::PlaceOrder& order, Lie lie) {
    std::vector<engine::LineDecision> lines;
    for (const engine::OrderLine& line : order.lines) {
      const auto units = static_cast<engine::Quantity>(line.quantity);
      engine::Quantity& available = available_.at(line.sku.value - 1);
      if (lie != Lie::oversell) available -= units;
      lines.push_back({line.line, line.sku, units, 0, units, available, engine::WarehouseId{1}, 1, 0, {}});
    }
    reserved_[std::string(order.id)] = lines;
    engine::OrderDecision decision;
    const std::string other = std::string(order.id.substr(0, order.id.size() - 1)) + "x";
    decision.id = lie == Lie::other_order ? std::string_view(other) : order.id;
    decision.lines = lines;
    std::uint64_t lsn = lie == Lie::same_lsn ? lsn_ : ++lsn_;
    if (lie == Lie::old_lsn) lsn = 1;
    record_bytes_ = encoder_.encode({engine::Lsn{lsn}, {}, {}}, decision, std::as_writable_bytes(std::span(record_)));
  }

  Lie lie_;
  int listener_;
  std::uint16_t port_ = 0;
  std::vector<std::uint32_t> available_;
  std::uint64_t lsn_ = 100;
  std::uint64_t orders_ = 0;
  bool hang_up_ = false;
  schema::RequestDecoder decoder_;
  schema::EventEncoder encoder_;
  std::vector<std::uint64_t> record_ = std::vector<std::uint64_t>(4'000);
  std::size_t record_bytes_ = 0;
  std::map<std::string, std::vector<std::uint64_t>> decided_;
  std::map<std::string, std::vector<engine::LineDecision>> reserved_;
  std::vector<std::byte> out_;
  std::thread thread_;
};

struct Outcome {
  Verdict verdict;
  Tally tally;
  std::vector<engine::Histogram> timeline;
  std::string fault;
  std::uint64_t units_taken = 0;
};

constexpr std::uint64_t run_ns = 60'000'000;

// With `then`: a second phase follows, an open loop at these rates, whose tally is told.
Outcome run_against(Lie lie, bool waves, Options options = {}, const std::vector<double>& then = {}, std::uint64_t length_ns = run_ns) {
  LyingServer server(lie);
  options.server = {"127.0.0.1", server.port()};
  options.pipeline = 8;
  options.shape.skus = skus;
  options.shape.warehouses = 1;
  options.waves = waves;
  options.seed = 12;
  options.id_prefix = "test";
  std::vector<engine::SkuId> ids;
  for (std::uint32_t sku = 1; sku <= skus; ++sku) ids.push_back(engine::SkuId{sku});
  const BenchmarkCatalogue catalogue(7, ids, {engine::WarehouseId{1}}, true);
  Outcome outcome;
  auto thread = std::make_unique<LoadThread>(options, catalogue, 0, 1'000'000);
  REQUIRE(thread->connect(1).has_value());
  RunTimes times;
  times.start = times.measure_from = monotonic_ns();
  times.end = times.start + (options.orders == 0 ? length_ns : 60'000'000'000U);
  times.drain_ns = 200'000'000;
  times.rates = options.rates;
  thread->begin_phase();
  thread->run(times);
  if (!then.empty()) {
    times.start = times.measure_from = monotonic_ns();
    times.end = times.start + length_ns;
    times.rates = then;
    times.grace_ns = 20'000'000;
    thread->begin_phase();
    thread->run(times);
  }
  outcome.tally = thread->tally();
  outcome.timeline = thread->timeline().slices();
  outcome.fault = thread->fault();
  const Delivery delivery = thread->delivery();
  const History history = std::move(thread->history());
  thread.reset();  // hangs up, so that the server ends
  const StockSnapshot before{100, 100, 1, std::vector<std::uint32_t>(skus, opening), std::vector<std::uint64_t>(skus, 0)};
  const History* const histories[] = {&history};
  const StockSnapshot after = server.stock();
  for (const std::uint32_t left : after.available) outcome.units_taken += opening - left;
  outcome.verdict = check(histories, delivery, before, after);
  return outcome;
}

TEST_CASE("load thread: a sound server passes, in a loop and in waves", "[loadtest]") {
  const bool waves = GENERATE(false, true);
  const Outcome outcome = run_against(Lie::none, waves);
  CAPTURE(waves, outcome.verdict.examples);
  CHECK(outcome.verdict.passed());
  CHECK(outcome.fault.empty());
  CHECK(outcome.verdict.decisions > 10);
  CHECK(outcome.verdict.lines == 3 * outcome.verdict.decisions);
  CHECK(outcome.tally.of(RequestKind::order).count() > 0);
  CHECK(outcome.tally.statuses[0] == outcome.tally.answered[0]);
  CHECK(outcome.tally.short_lines == 0);
}

TEST_CASE("load thread: every lie is found", "[loadtest]") {
  const auto [lie, violation] = GENERATE(table<Lie, Violation>({
      {Lie::no_answer, Violation::unanswered},
      {Lie::two_answers, Violation::unexpected_answer},
      {Lie::other_order, Violation::mismatched_answer},
      {Lie::old_lsn, Violation::duplicate_lsn},
      {Lie::old_lsn, Violation::out_of_order},
      {Lie::same_lsn, Violation::duplicate_lsn},
      {Lie::oversell, Violation::broken_chain},
      {Lie::duplicate_flag, Violation::duplicate_answer},
      {Lie::refusal, Violation::error_answer},
      {Lie::garbage, Violation::malformed_answer},
  }));
  CAPTURE(static_cast<int>(lie), name(violation));
  const Outcome outcome = run_against(lie, false);
  CHECK(outcome.verdict.failed());
  CHECK(outcome.verdict[violation] >= 1);
  CHECK(outcome.verdict.decisions > 5);
}

TEST_CASE("load thread: commands sent twice are compared, and every lie about them is found", "[loadtest]") {
  const auto [lie, violation] = GENERATE(table<Lie, Violation>({
      {Lie::none, Violation::unanswered},
      {Lie::repeat_not_marked, Violation::repeat_not_marked},
      {Lie::repeat_marked_twice, Violation::repeat_not_marked},
      {Lie::repeat_differs, Violation::repeat_differs},
  }));
  CAPTURE(static_cast<int>(lie));
  Options options;
  options.repeat_share = 0.3;
  options.orders = 100;
  const Outcome outcome = run_against(lie, false, options);
  CAPTURE(outcome.verdict.examples);
  CHECK(outcome.verdict.repeats > 3);
  CHECK(outcome.verdict.failed() == (lie != Lie::none));
  if (lie != Lie::none) CHECK(outcome.verdict[violation] >= 1);
}

TEST_CASE("load thread: receipts and shipments are compared with what was asked, and judged", "[loadtest]") {
  const auto [lie, violation] = GENERATE(table<Lie, Violation>({
      {Lie::none, Violation::unanswered},
      {Lie::other_receipt, Violation::mismatched_answer},
      {Lie::lost_receipt, Violation::broken_chain},
      {Lie::other_shipment, Violation::mismatched_answer},
      {Lie::half_shipment, Violation::wrong_order_state},
  }));
  CAPTURE(static_cast<int>(lie));
  Options options;
  options.orders = 60;
  options.mix = Mix({{RequestKind::order, 2}, {RequestKind::receipt, 1}, {RequestKind::ship, 1}});
  options.restock = GENERATE(true, false);
  const Outcome outcome = run_against(lie, false, options);
  CAPTURE(outcome.verdict.examples);
  CHECK(outcome.verdict.failed() == (lie != Lie::none));
  if (lie != Lie::none) CHECK(outcome.verdict[violation] >= 1);
  CHECK(outcome.verdict.receipts > 5);
  CHECK(outcome.verdict.shipments > 5);
}

TEST_CASE("load thread: what overloads the server is sent again, as the same order", "[loadtest]") {
  Options options;
  options.orders = 50;
  const Outcome outcome = run_against(Lie::overloaded, false, options);
  CAPTURE(outcome.verdict.examples);
  CHECK(outcome.verdict.passed());
  CHECK(outcome.tally.errors.at(engine::ErrorCode::overloaded) == 1);
  CHECK(outcome.verdict.decisions == 50);
}

TEST_CASE("load thread: a fixed number of orders is sent, no more and no less", "[loadtest]") {
  Options options;
  options.orders = 37;
  const Outcome outcome = run_against(Lie::none, GENERATE(true, false), options);
  CHECK(outcome.verdict.passed());
  CHECK(outcome.verdict.decisions == 37);
}

TEST_CASE("load thread: an open loop sends what is due and counts what it offered", "[loadtest]") {
  Options options;
  options.rates = GENERATE(std::vector<double>{2'000}, std::vector<double>{500, 4'000});
  options.arrivals = GENERATE(Arrivals::constant, Arrivals::poisson);
  const Outcome outcome = run_against(Lie::none, false, options);
  CAPTURE(options.rates.size(), outcome.verdict.examples);
  CHECK(outcome.verdict.passed());
  CHECK(outcome.verdict.decisions > 10);
  CHECK(outcome.tally.offered == outcome.verdict.decisions + outcome.tally.unsent);
  CHECK(outcome.tally.of(RequestKind::order).count() == outcome.tally.offered);  // what was never sent counts, too
  CHECK(outcome.tally.waited.count() == outcome.tally.offered);
  CHECK(outcome.tally.steps.size() == (options.rates.size() > 1 ? options.rates.size() : 0));
  if (options.arrivals == Arrivals::constant) CHECK(outcome.tally.offered == (options.rates.size() == 1 ? 120 : 15 + 120));
}

TEST_CASE("load thread: an open loop against a server that answers nothing leaves a backlog, and its waiting counts", "[loadtest]") {
  Options options;
  options.rates = {10'000};
  const Outcome outcome = run_against(Lie::silence, false, options);
  CHECK(outcome.verdict.failed());
  CHECK(outcome.verdict[Violation::unanswered] == 8);  // the pipeline
  CHECK(outcome.tally.offered == 600);
  CHECK(outcome.tally.unsent == 592);
  CHECK(outcome.tally.unanswered == 8);
  CHECK(outcome.tally.of(RequestKind::order).count() == 592);
  CHECK(outcome.tally.of(RequestKind::order).max() > 50'000'000);  // the first of them, almost the whole run
  CHECK(outcome.tally.requests() == 0);
}

TEST_CASE("load thread: a second phase on the same connections counts anew, and the verdict is on both", "[loadtest]") {
  Options options;
  options.sweep = true;  // an open loop may follow a closed one
  const Outcome outcome = run_against(Lie::none, false, options, {2'000});
  CAPTURE(outcome.verdict.examples);
  CHECK(outcome.verdict.passed());
  CHECK(outcome.tally.offered == 120);  // of the second phase alone
  CHECK(outcome.tally.of(RequestKind::order).count() == 120);
  CHECK(outcome.tally.in_time + outcome.tally.unsent <= 120);
  CHECK(outcome.tally.in_time > 0);
  CHECK(outcome.verdict.decisions > 120);
}

TEST_CASE("load thread: a backlog that is never caught up with is seen to grow", "[loadtest]") {
  Options options;
  options.rates = {10'000};
  const Outcome outcome = run_against(Lie::silence, false, options, {}, 400'000'000);
  CHECK(outcome.tally.in_time == 0);
  CHECK(outcome.tally.backlog_before >= 1'000);  // at a quarter of 400 ms so many are due
  CHECK(outcome.tally.backlog_before < 2'000);
  CHECK(outcome.tally.backlog_after >= 3'000);
  CHECK(outcome.tally.backlog_after <= 4'000);
}

TEST_CASE("load thread: a situation's acts are told apart, and so is who asked", "[loadtest]") {
  Options options;
  options.situation = Situation::restock_storm;
  options.situation_shape = {3, 2, 0, 2, 3};
  options.situation_base_rate = 2'000;
  options.shape.popular_skus = 2;
  for (const Act& act : options.acts()) options.rates.push_back(act.rate());
  const Outcome outcome = run_against(Lie::none, false, options, {}, 600'000'000);
  CAPTURE(outcome.verdict.examples);
  CHECK(outcome.verdict.passed());
  REQUIRE(outcome.tally.acts.size() == 3);
  const auto& [filling, calm, storm] = std::tie(outcome.tally.acts[0], outcome.tally.acts[1], outcome.tally.acts[2]);
  CHECK(filling.of(Stream::other_orders).offered + filling.of(Stream::popular_orders).offered == 1'200);
  CHECK(filling.of(Stream::popular_orders).offered > filling.of(Stream::other_orders).offered);  // two of three
  CHECK(filling.of(Stream::receipts).offered == 0);
  CHECK(calm.of(Stream::popular_orders).offered == 0);
  CHECK(calm.of(Stream::other_orders).offered == 400);
  CHECK(storm.of(Stream::other_orders).offered == 400);
  CHECK(storm.of(Stream::popular_orders).offered == 0);
  CHECK(storm.of(Stream::receipts).offered == 6);  // two bursts of three
  CHECK(outcome.verdict.receipts == storm.of(Stream::receipts).answered);
  CHECK(calm.of(Stream::other_orders).latency.count() == 400);
  CHECK(outcome.tally.sold_out_ns == ~std::uint64_t{0});  // this server has enough of everything
}

TEST_CASE("load thread: a replay sends the orders of its file, each once, at their times", "[loadtest]") {
  std::string table = "order_id,time,sku,quantity\n";
  for (int second = 10; second < 60; ++second) {
    table += fmt::format("o{0},2020-01-01 10:00:{0},S{1},{2}\no{0},2020-01-01 10:00:{0},other,1\n", second, second % 7, second);
  }
  const std::string path = fmt::format("{}/earmark-load-thread-{}.csv", std::filesystem::temp_directory_path().string(), ::getpid());
  std::ofstream(path) << table;
  Options options;
  options.replay = plan_replay(path, 1'000, 0)->replay;  // 49 s in 49 ms
  std::filesystem::remove(path);
  options.shape.replayed_lines = options.replay.orders->most_lines();
  const Outcome outcome = run_against(Lie::none, false, options, {}, 300'000'000);
  CAPTURE(outcome.verdict.examples);
  CHECK(outcome.verdict.passed());
  CHECK(outcome.verdict.decisions == 50);
  CHECK(outcome.verdict.lines == 100);
  CHECK(outcome.tally.offered == 50);
  CHECK(outcome.tally.in_time == 50);
  CHECK(outcome.units_taken == 50 * 69 / 2 + 50);
}

TEST_CASE("load thread: a server that hangs up ends the run, and its requests count as unanswered", "[loadtest]") {
  const Outcome outcome = run_against(Lie::hang_up, false);
  CHECK_THAT(outcome.fault, Catch::Contains("lost the server"));
  CHECK(outcome.verdict[Violation::unanswered] >= 1);
}

TEST_CASE("catalogue: dense ids are looked up only where they are not consecutive", "[loadtest]") {
  using engine::SkuId;
  const BenchmarkCatalogue consecutive(7, {SkuId{5}, SkuId{6}, SkuId{7}}, {engine::WarehouseId{1}}, true);
  CHECK(consecutive.sku(2).value == 7);
  CHECK(consecutive.largest_sku().value == 7);
  const BenchmarkCatalogue scattered(7, {SkuId{9}, SkuId{2}, SkuId{4}}, {engine::WarehouseId{1}}, true);
  for (const auto& [index, id] : {std::pair{0U, 9U}, {1U, 2U}, {2U, 4U}}) CHECK(scattered.sku(index).value == id);
  CHECK(scattered.largest_sku().value == 9);
}

TEST_CASE("load thread: nobody listening is said so", "[loadtest]") {
  Options options;
  {
    const LyingServer gone(Lie::none);
    options.server = {"127.0.0.1", gone.port()};
    REQUIRE(LoadSocket::open(options.server).has_value());  // its only connection
  }
  const auto socket = LoadSocket::open(options.server);
  REQUIRE_FALSE(socket.has_value());
  CHECK(socket.error().kind == client::FailureKind::unreachable);
  CHECK_THAT(socket.error().text, Catch::Contains("cannot reach a server at 127.0.0.1"));
}

}  // namespace
