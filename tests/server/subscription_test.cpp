// Subscriptions over the worker without sockets: filters, positions, turns, slow and hostile subscribers. Time is an
// argument, so nothing here waits.
#include <catch2/catch.hpp>
#include <map>

#include "server/limits.hpp"
#include "tests/server/bench.hpp"
#include "tests/server/event_parts.hpp"

using namespace earmark;
using namespace earmark::server::test;
using schema::EventKind;
using schema::MessageKind;

namespace {

constexpr std::uint64_t stream = 77;
const engine::SkuId beam{1}, board{2};
const engine::WarehouseId a{1}, b{2};

class Stream : public Bench {
 public:
  std::uint32_t subscribe(std::uint64_t from, const Asked& asked = {}, std::uint64_t epoch = 42) {
    const std::uint32_t index = open();
    ask(index, from, asked, epoch);
    REQUIRE(worker_.session(index).subscription.has_value());
    return index;
  }
  void ask(std::uint32_t index, std::uint64_t from, const Asked& asked, std::uint64_t epoch = 42) {
    std::vector<std::byte> bytes;
    encoder_.subscribe(bytes, stream, asked.request(from, epoch));
    worker_.receive(index, bytes, now_);
  }
  // What a subscription is refused with.
  schema::ErrorAnswer refusal(std::uint64_t from, const Asked& asked, std::uint64_t epoch = 42) {
    const std::uint32_t index = open();
    ask(index, from, asked, epoch);
    CHECK_FALSE(worker_.session(index).subscription.has_value());
    CHECK_FALSE(worker_.session(index).closing);
    return error_in(answers(index).at(0));
  }
  schema::ErrorAnswer error_in(const Answer& answer) {
    REQUIRE(answer.kind == MessageKind::error);
    kept_answer_ = answer;
    const std::span<const std::byte> parts[] = {kept_answer_.body};
    return std::get<schema::ErrorAnswer>(*decoder_.decode(kept_answer_.kind, parts));
  }
  // Proceeds until nothing more comes of it.
  void settle() {
    until_durable();
    for (std::uint64_t before = wakes_ - 1; before != wakes_;) {
      before = wakes_;
      worker_.proceed(now_);
    }
  }
  void send(const auto& encode) {
    std::vector<std::byte> bytes;
    encode(bytes);
    worker_.receive(session_, bytes, now_);
    until_durable();
    REQUIRE(answers(session_).at(0).kind == MessageKind::event);
  }
  // Orders of C-9 for one beam each; when there are none left, they are decided all the same.
  void orders(std::size_t count, std::string_view name = "many") {
    while (count > 0) {
      std::vector<std::byte> bytes;
      const std::size_t some = std::min<std::size_t>(count, server::credit);
      for (std::size_t index = 0; index < some; ++index) order(bytes, 10, std::string(name) + std::to_string(count - index), 1, 1, "C-9", engine::Policy::fill_and_cancel);
      worker_.receive(session_, bytes, now_);
      for (std::size_t answered = 0; answered < some;) {
        until_durable();
        answered += answers(session_).size();
      }
      count -= some;
    }
  }
  // "LSN: rows" of each event, "to LSN" of each position. The rest of the stream is refused.
  std::vector<std::string> told(std::uint32_t index, bool with_answer = true) {
    std::vector<std::string> texts;
    std::vector<Answer> all = answers(index);
    if (with_answer) {
      REQUIRE(all.at(0).kind == MessageKind::subscribe_answer);
      all.erase(all.begin());
    }
    for (std::size_t at = 0; at < all.size();) {
      REQUIRE(all[at].correlation == stream);
      std::vector<std::span<const std::byte>> bodies;
      if (all[at].kind == MessageKind::stream_position) {
        bodies.push_back(all[at++].body);
        texts.push_back("to " + std::to_string(std::get<schema::StreamPosition>(*decoder_.decode(MessageKind::stream_position, bodies)).lsn.value));
        continue;
      }
      REQUIRE(all[at].kind == MessageKind::event);
      for (std::uint16_t flags = schema::flag_more_parts; flags == schema::flag_more_parts;) {
        flags = all.at(at).flags;
        bodies.push_back(all[at++].body);
      }
      std::size_t consumed = 0;
      const auto event = events_.decode_bodies(bodies, consumed);
      REQUIRE(event.has_value());
      REQUIRE(consumed == bodies.size());
      std::string text = std::to_string(event->stamp.lsn.value) + ":";
      for (const Part& row : parts_of(*event).rows) text += " | " + row.text;
      texts.push_back(text + (event->filtered ? " (in part)" : ""));
    }
    return texts;
  }
  std::uint64_t next(std::uint32_t index) { return worker_.session(index).subscription->next.value; }
  std::uint64_t last() { return engine_.shared().commit_word.last().value; }

  // LSN 1 is the load: 12 beams in A, 5 in B, 100 boards in A.
  void tell_story() {
    const auto lines = [&](std::string_view id, std::string_view customer, std::vector<engine::OrderLine> all, engine::Policy policy = {}) {
      send([&](auto& bytes) {
        schema::OrderRequest request;
        request.epoch = 42;
        request.order.id = id;
        request.order.policy = policy;
        request.order.lines = all;
        request.order.texts.customer = customer;
        encoder_.order(bytes, 20, request);
      });
    };
    lines("o1", "C-1", {{14, beam, engine::LineNumber{1}, {}, 0, 0}});
    lines("o2", "C-2", {{5, beam, engine::LineNumber{1}, {}, 0, 0}, {10, board, engine::LineNumber{2}, {}, 0, 0}});
    const engine::StockRow rows[] = {{10, beam, b, 0}};
    send([&](auto& bytes) { encoder_.receive(bytes, 20, {{"r1", rows}, 42, {}}); });
    lines("o3", "", {{100, beam, engine::LineNumber{1}, {}, 0, 0}}, engine::Policy::fill_or_kill);
    send([&](auto& bytes) { encoder_.cancel(bytes, 20, {{"c1", "o1", {}}, {}}); });
    send([&](auto& bytes) { encoder_.ship(bytes, 20, {{"s1", "o2"}, {}}); });
    REQUIRE(last() == 8);
  }

 private:
  schema::EventDecoder events_;
  Answer kept_answer_;
};

using Texts = std::vector<std::string>;

// The whole story, as an unfiltered subscriber hears it.
const Texts story{
    "1: | sku 0 code A | sku 0 code B | sku 1 code beam | sku 2 code board | sku 1 gets 12@1 makes 12 | sku 1 gets 5@2 makes 5"
    " | sku 2 gets 100@1 makes 100",
    "2: | sku 1 line 1 takes 12@1 leaves 0 shipment 1 | sku 1 line 1 takes 2@2 leaves 3 shipment 2",
    "3: | sku 1 line 1 takes 3@2 leaves 0 shipment 1 | sku 1 line 1 waits as 1 behind 0, 2 at no known date | sku 2 line 2 takes 10@1 leaves 90 shipment 2",
    "4: | sku 1 gets 10@2 makes 10",
    "5: | sku 1 fills 2@2 leaves 8 shipment 1",
    "6: | sku 1 line 1 gives up 100",
    "7: | sku 1 line 1 gives 2@2 leaves 10 shipment 2 | sku 1 line 1 gives 12@1 leaves 12 shipment 1",
    "8: | sku 1 line 1 ships 5@2 leaves 10 shipment 1 | sku 2 line 2 ships 10@1 leaves 90 shipment 2"};

}  // namespace

TEST_CASE("subscribe: each filter lets through what it names", "[server][events]") {
  struct Row {
    Asked asked;
    Texts told;
  };
  const Row row = GENERATE(values<Row>({
      {{}, story},
      // Kinds: a take that empties a cell has two.
      {{.kinds = {EventKind::out_of_stock}},
       {"2: | sku 1 line 1 takes 12@1 leaves 0 shipment 1 (in part)", "3: | sku 1 line 1 takes 3@2 leaves 0 shipment 1 (in part)", "to 8"}},
      {{.kinds = {EventKind::back_in_stock}},
       {"1: | sku 1 gets 12@1 makes 12 | sku 1 gets 5@2 makes 5 | sku 2 gets 100@1 makes 100 (in part)", "4: | sku 1 gets 10@2 makes 10",
        "7: | sku 1 line 1 gives 12@1 leaves 12 shipment 1 (in part)", "to 8"}},
      {{.kinds = {EventKind::line_backordered, EventKind::backorder_filled}},
       {"3: | sku 1 line 1 waits as 1 behind 0, 2 at no known date (in part)", "5: | sku 1 fills 2@2 leaves 8 shipment 1", "to 8"}},
      {{.kinds = {EventKind::order_accepted}}, {"2: (in part)", "3: (in part)", "to 8"}},
      {{.kinds = {EventKind::order_refused}}, {"6: | sku 1 line 1 gives up 100", "to 8"}},
      {{.kinds = {EventKind::cancelled, EventKind::shipped}}, {story[6], story[7]}},
      {{.kinds = {EventKind::stock_received, EventKind::catalogue_loaded}}, {story[0], story[3], "to 8"}},
      // Places.
      {{.skus = {board}},
       {"1: | sku 2 code board | sku 2 gets 100@1 makes 100 (in part)", "3: | sku 2 line 2 takes 10@1 leaves 90 shipment 2 (in part)",
        "8: | sku 2 line 2 ships 10@1 leaves 90 shipment 2 (in part)"}},
      {{.warehouses = {b}},
       {"1: | sku 0 code B | sku 1 gets 5@2 makes 5 (in part)", "2: | sku 1 line 1 takes 2@2 leaves 3 shipment 2 (in part)",
        "3: | sku 1 line 1 takes 3@2 leaves 0 shipment 1 (in part)", story[3], story[4],
        "7: | sku 1 line 1 gives 2@2 leaves 10 shipment 2 (in part)", "8: | sku 1 line 1 ships 5@2 leaves 10 shipment 1 (in part)"}},
      // The order as a whole is where its lines are.
      {{.kinds = {EventKind::order_accepted}, .skus = {board}}, {"3: (in part)", "to 8"}},
      {{.kinds = {EventKind::order_accepted}, .skus = {board}, .warehouses = {b}}, {"to 8"}},
      // Customers; fills, cancels and ships know theirs.
      {{.customers = {"C-2"}}, {story[2], story[4], story[7]}},
      {{.customers = {"C-1"}}, {story[1], story[6], "to 8"}},
      {{.customers = {""}}, {story[5], "to 8"}},
      {{.customers = {"C-1", "C-2"}}, {story[1], story[2], story[4], story[6], story[7]}},
      {{.kinds = {EventKind::out_of_stock}, .customers = {"C-2"}}, {"3: | sku 1 line 1 takes 3@2 leaves 0 shipment 1 (in part)", "to 8"}},
      {{.kinds = {EventKind::shipped}, .skus = {beam}, .warehouses = {a}}, {"to 8"}},
      {{.customers = {"nobody"}}, {"to 8"}},
  }));
  Stream bench;
  bench.tell_story();
  const std::uint32_t watcher = bench.subscribe(1, row.asked);
  bench.settle();
  CHECK(bench.told(watcher) == row.told);
}

TEST_CASE("subscribe: from any LSN, and what comes later", "[server][events]") {
  Stream bench;
  bench.tell_story();
  const auto from = GENERATE(std::uint64_t{1}, 4u, 8u, 9u);
  const std::uint32_t watcher = bench.subscribe(from);
  bench.settle();
  CHECK(bench.told(watcher) == Texts(story.begin() + static_cast<std::ptrdiff_t>(from) - 1, story.end()));
  const std::uint32_t now = bench.subscribe(0);
  bench.orders(1, "later");
  bench.settle();
  const Texts later{"9: | sku 1 line 1 takes 1@1 leaves 11 shipment 1"};
  CHECK(bench.told(watcher, false) == later);
  CHECK(bench.told(now) == later);
}

TEST_CASE("subscribe: again on one connection takes the place of the first", "[server][events]") {
  Stream bench;
  bench.tell_story();
  const std::uint32_t watcher = bench.subscribe(1);
  bench.ask(watcher, 8, {.skus = {board}});
  bench.settle();
  const std::vector<Answer> answers = bench.answers(watcher);
  REQUIRE(answers.size() == 3);  // two answers, one event
  CHECK(answers[2].kind == MessageKind::event);
}

TEST_CASE("subscribe: an order in parts is whole or, filtered, what is left of it", "[server][events]") {
  Stream bench;
  std::vector<engine::OrderLine> lines;
  for (std::uint32_t line = 1; line <= 4000; ++line) lines.push_back({1, line == 3500 ? board : beam, engine::LineNumber{line}, {}, 0, 0});
  bench.send([&](auto& bytes) {
    schema::OrderRequest request;
    request.epoch = 42;
    request.order.id = "long";
    request.order.lines = lines;
    bench.encoder_.order(bytes, 20, request);
  });
  const std::uint32_t whole = bench.subscribe(2), some = bench.subscribe(2, {.skus = {board}});
  bench.settle();
  const Texts all = bench.told(whole);
  REQUIRE(all.size() == 1);
  CHECK(all[0].ends_with("sku 1 line 4000 waits as 3982 behind 3981, 1 at no known date"));
  CHECK(bench.told(some) == Texts{"2: | sku 2 line 3500 takes 1@1 leaves 99 shipment 1 (in part)"});
}

TEST_CASE("subscribe: a position comes after records that did not pass, not after every one", "[server][events]") {
  Stream bench;
  const std::uint32_t watcher = bench.subscribe(1, {.customers = {"nobody"}});
  bench.settle();
  CHECK(bench.told(watcher) == Texts{"to 1"});
  bench.worker_.proceed(bench.now_);
  CHECK(bench.told(watcher, false).empty());
  bench.orders(server::position_lsns + 10'000);
  const std::uint32_t late = bench.subscribe(1, {.customers = {"nobody"}});
  bench.settle();
  const Texts told = bench.told(late);
  REQUIRE(told.size() == 2);
  CHECK(std::stoull(told[0].substr(3)) >= server::position_lsns);
  CHECK(std::stoull(told[0].substr(3)) < server::position_lsns + 3000);
  CHECK(told[1] == "to " + std::to_string(bench.last()));
}

TEST_CASE("subscribe: the work of one turn is bounded, also where nothing passes, and all have their turns", "[server][events]") {
  Stream bench;
  bench.orders(40'000);
  std::vector<std::uint32_t> watchers;
  for (int count = 0; count < 3; ++count) {
    watchers.push_back(bench.subscribe(1, {.customers = {"nobody"}}));
    watchers.push_back(bench.subscribe(1));
    watchers.push_back(bench.subscribe(1, {.customers = {"C-9"}}));
  }
  std::map<std::uint32_t, std::uint64_t> before;
  for (const std::uint32_t watcher : watchers) before[watcher] = 1;
  bool behind = true;
  for (int round = 0; behind; ++round) {
    REQUIRE(round < 10'000);
    bench.wakes_ = 0;
    bench.worker_.proceed(bench.now_);
    std::uint64_t looked_at = 0, least = ~0ULL, most = 0;
    behind = false;
    for (const std::uint32_t watcher : watchers) {
      bench.worker_.session(watcher).took(bench.worker_.session(watcher).unsent());
      const std::uint64_t next = bench.next(watcher);
      looked_at += next - before[watcher];
      before[watcher] = next;
      least = std::min(least, next), most = std::max(most, next);
      behind |= next <= bench.last();
    }
    // An order of one line is at least 100 bytes in the journal.
    REQUIRE(looked_at <= (server::subscription_round_bytes + server::subscription_read_bytes) / 100);
    REQUIRE(most - least <= 2 * server::subscription_read_bytes / 100);
    REQUIRE(bench.wakes_ == (behind ? 1 : 0));
  }
}

TEST_CASE("subscribe: what a peer has not taken bounds what is read for it, and it holds up nobody", "[server][events]") {
  Stream bench;
  bench.orders(30'000);
  const std::uint32_t stuck = bench.subscribe(1), brisk = bench.subscribe(1);
  bench.settle();
  const server::Session& session = bench.worker_.session(stuck);
  CHECK(session.unsent() >= server::most_unsent_bytes);
  CHECK(session.out.size() <= server::most_unsent_bytes + 2 * server::subscription_read_bytes);
  while (bench.next(brisk) <= bench.last()) {
    bench.worker_.session(brisk).took(bench.worker_.session(brisk).unsent());
    bench.worker_.proceed(bench.now_);
  }
  CHECK(bench.next(stuck) < bench.last());
}

TEST_CASE("session: a peer that takes something all the time but never everything costs no more memory", "[server]") {
  server::Session session;
  std::size_t largest = 0;
  for (int round = 0; round < 1000; ++round) {
    session.out.resize(session.out.size() + 100'000);
    session.took(99'999 + (round == 0 ? 1 : 0) - 1);
    largest = std::max(largest, session.out.size());
  }
  CHECK(session.taken == 1000ULL * 99'998 + 1);
  CHECK(session.unsent() == 1000ULL * 2 - 1);
  CHECK(largest <= server::most_unsent_bytes + 200'000);
  session.took(session.unsent());
  CHECK(session.out.empty());
}

TEST_CASE("subscribe: who takes nothing for 30 seconds is cut with the LSN to go on from, and goes on there", "[server][events]") {
  Stream bench;
  bench.orders(20'000);
  const std::uint32_t slow = bench.subscribe(1);
  bench.settle();
  server::Session& session = bench.worker_.session(slow);
  const auto tick = [&](std::int64_t after_us) { bench.worker_.cut_slow_subscribers(after_us); };
  constexpr std::int64_t limit = server::most_stuck_us;
  tick(0);
  tick(limit);
  REQUIRE_FALSE(session.closing);
  session.took(10);  // something: the time begins anew, in the middle of a frame
  tick(limit + 1);
  tick(limit + 2);
  tick(2 * limit + 2);
  REQUIRE_FALSE(session.closing);
  tick(2 * limit + 3);
  REQUIRE(session.closing);
  CHECK_FALSE(session.subscription.has_value());
  // Whole frames to the end, then the reason.
  std::vector<Answer> answers = bench.answers(slow);
  const schema::ErrorAnswer error = bench.error_in(answers.back());
  CHECK(error.error.code == engine::ErrorCode::fell_behind);
  CHECK(error.message.find(std::to_string(error.as_of.value)) != std::string_view::npos);
  CHECK(answers.size() == 1 + (error.as_of.value - 1) + 1);  // answer, events 1 .. as_of - 1, error
  const std::uint64_t go_on = error.as_of.value;
  // Nothing more comes for it; another connection goes on.
  bench.worker_.proceed(bench.now_);
  CHECK(bench.answers(slow).empty());
  const std::uint32_t again = bench.subscribe(go_on);
  bench.settle();
  CHECK(bench.told(again).at(0).starts_with(std::to_string(go_on) + ":"));
}

TEST_CASE("subscribe: who has nothing waiting is never cut, however long nothing happens", "[server][events]") {
  Stream bench;
  bench.tell_story();
  const std::uint32_t watcher = bench.subscribe(1);
  bench.settle();
  server::Session& session = bench.worker_.session(watcher);
  session.took(session.unsent());
  for (std::int64_t time = 0; time < 10; ++time) bench.worker_.cut_slow_subscribers(time * server::most_stuck_us);
  CHECK_FALSE(session.closing);
  // What comes now has waited for no time yet.
  bench.orders(1);
  bench.settle();
  bench.worker_.cut_slow_subscribers(20 * server::most_stuck_us);
  CHECK_FALSE(session.closing);
  bench.worker_.cut_slow_subscribers(21 * server::most_stuck_us + 1);
  CHECK(session.closing);
}

TEST_CASE("subscribe: below the oldest kept LSN it is refused, and cut when that overtakes it", "[server][events]") {
  Stream bench;
  bench.orders(20'000);
  const std::uint32_t watcher = bench.subscribe(1);
  bench.settle();  // as far as its unsent bytes let it
  const std::uint64_t reached = bench.next(watcher);
  REQUIRE(reached < bench.last());
  REQUIRE(bench.journal_.trim_now(engine::Lsn{bench.last()}, 1'000'000).has_value());  // all groups but the newest
  const engine::Lsn oldest = bench.journal_.oldest();
  REQUIRE(oldest.value > reached);
  const schema::ErrorAnswer refused = bench.refusal(oldest.value - 1, {});
  CHECK(refused.error.code == engine::ErrorCode::trimmed);
  CHECK(refused.as_of == oldest);
  CHECK(refused.message.find(std::to_string(oldest.value)) != std::string_view::npos);

  std::vector<Answer> answers = bench.answers(watcher);
  CHECK(answers.size() == reached);
  bench.worker_.proceed(bench.now_);
  answers = bench.answers(watcher);
  REQUIRE(answers.size() == 1);
  const schema::ErrorAnswer cut = bench.error_in(answers[0]);
  CHECK(cut.error.code == engine::ErrorCode::trimmed);
  CHECK(cut.as_of == oldest);
  CHECK(bench.worker_.session(watcher).closing);
  const std::uint32_t again = bench.subscribe(cut.as_of.value);
  bench.settle();
  CHECK(bench.told(again).at(0).starts_with(std::to_string(oldest.value) + ":"));
}

TEST_CASE("subscribe: a filter that cannot be meant is refused, and the connection stays", "[server][events]") {
  struct Row {
    Asked asked;
    std::uint64_t epoch;
    engine::ErrorCode code;
    std::uint32_t row;
  };
  static const std::string long_text(513, 'x');
  const Row row = GENERATE_COPY(values<Row>({
      {{.skus = {beam}}, 41, engine::ErrorCode::stale_catalogue, 0},
      {{.warehouses = {a}}, 0, engine::ErrorCode::stale_catalogue, 0},
      {{.skus = {beam, engine::SkuId{0}}}, 42, engine::ErrorCode::unknown_sku, 2},
      {{.skus = {engine::SkuId{3}}}, 42, engine::ErrorCode::unknown_sku, 1},
      {{.warehouses = {a, b, engine::WarehouseId{3}}}, 42, engine::ErrorCode::unknown_warehouse, 3},
      {{.warehouses = {engine::WarehouseId{0}}}, 42, engine::ErrorCode::unknown_warehouse, 1},
      {{.warehouses = {engine::WarehouseId{65535}}}, 42, engine::ErrorCode::unknown_warehouse, 1},
      {{.kinds = {EventKind{0}}}, 42, engine::ErrorCode::malformed, 0},
      {{.kinds = {EventKind::shipped, EventKind{29}}}, 42, engine::ErrorCode::malformed, 0},
      {{.kinds = std::vector<EventKind>(257, EventKind::shipped)}, 42, engine::ErrorCode::too_many_rows, 0},
      {{.skus = std::vector<engine::SkuId>(257, beam)}, 42, engine::ErrorCode::too_many_rows, 0},
      {{.warehouses = std::vector<engine::WarehouseId>(257, a)}, 42, engine::ErrorCode::too_many_rows, 0},
      {{.customers = std::vector<std::string_view>(257, "C")}, 42, engine::ErrorCode::too_many_rows, 0},
      {{.customers = {"C\x01"}}, 42, engine::ErrorCode::bad_text, 0},
      {{.customers = {"\xff"}}, 42, engine::ErrorCode::bad_text, 0},
      {{.customers = {std::string_view(long_text)}}, 42, engine::ErrorCode::bad_text, 0},
  }));
  Stream bench;
  const schema::ErrorAnswer error = bench.refusal(1, row.asked, row.epoch);
  CHECK(error.error.code == row.code);
  CHECK(error.error.row == row.row);
}

TEST_CASE("subscribe: 256 values of each filter are taken", "[server][events]") {
  Stream bench;
  bench.tell_story();
  std::vector<std::string> names;
  for (int number = 0; number < 255; ++number) names.push_back("customer " + std::to_string(number));
  Asked asked{.kinds = std::vector<EventKind>(256, EventKind::shipped), .skus = std::vector<engine::SkuId>(256, board),
              .warehouses = std::vector<engine::WarehouseId>(256, a), .customers = {names.begin(), names.end()}};
  asked.customers.push_back("C-2");
  const std::uint32_t watcher = bench.subscribe(1, asked);
  bench.settle();
  CHECK(bench.told(watcher) == Texts{"8: | sku 2 line 2 ships 10@1 leaves 90 shipment 2 (in part)"});
}

TEST_CASE("subscribe: a filter is not needed with the epoch of another catalogue", "[server][events]") {
  Stream bench;
  const std::uint32_t watcher = bench.subscribe(1, {.kinds = {EventKind::catalogue_loaded}, .customers = {}}, 0);
  bench.settle();
  CHECK(bench.told(watcher) == Texts{story[0]});
}
