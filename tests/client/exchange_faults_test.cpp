// Links that are lost, silent or hostile (X2, X6, X7 of client/exchange.hpp), codes, and all of it at random.
#include "tests/client/played.hpp"

using namespace earmark;
using namespace earmark::client;
using namespace std::chrono_literals;
using earmark::client::test::Heard;
using earmark::client::test::Played;
using engine::ErrorCode;
using schema::MessageKind;

namespace {

std::vector<std::string> ids_of(const std::vector<Heard>& all) {
  std::vector<std::string> ids;
  for (const Heard& heard : all) ids.push_back(heard.id);
  return ids;
}
using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("exchange: no more is under way than the credit", "[client][exchange]") {
  Played played;
  played.credit = 3;
  played.greet();
  for (int index = 0; index < 8; ++index) played.order("A" + std::to_string(index));
  auto heard = played.hear_commands();
  REQUIRE(heard.size() == 3);
  played.decide(0, heard[2]);
  CHECK(ids_of(played.hear_commands()) == Ids{"A3"});
}

TEST_CASE("exchange: a link that says nothing is given up, idle ones are not", "[client][exchange]") {
  Played played;
  played.greet();
  played.order("A");
  const auto heard = played.hear_commands();
  played.pass(9'999ms);
  CHECK(!played.exchange.must_close(0));
  played.pass(1ms);
  CHECK(played.exchange.must_close(0));
  played.lose();
  played.greet();
  played.decide(0, played.hear_commands().at(0));
  played.finished();
  played.pass(1h);
  CHECK(!played.exchange.must_close(0));
}

TEST_CASE("exchange: a server that takes connections and never greets is given up", "[client][exchange]") {
  Played played;
  played.connect();
  CHECK(played.exchange.next_due() == played.now + 5s);
  played.pass(5s);
  CHECK(played.exchange.must_close(0));
}

TEST_CASE("exchange: waits double from 50 ms to 5 s, and begin anew after an answer", "[client][exchange]") {
  Played played;
  std::chrono::milliseconds expected = 50ms;
  for (int round = 0; round < 10; ++round) {
    played.connect();
    played.exchange.lost(0, "refused", played.now);
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(played.exchange.connect_at(0) - played.now);
    CHECK(wait >= expected);
    CHECK(wait <= expected + expected / 4);
    expected = std::min(expected * 2, 5'000ms);
  }
  played.greet();
  played.order("A");
  played.decide(0, played.hear_commands().at(0));
  played.lose();
  CHECK(played.exchange.connect_at(0) <= played.now + 63ms);
}

TEST_CASE("exchange: a hello that is refused fails the calls at once, but for overload", "[client][exchange]") {
  Played played;
  played.order("A");
  played.connect();
  const auto hello = played.hear();
  const ErrorCode code = GENERATE(ErrorCode::unsupported_version, ErrorCode::overloaded);
  played.refuse(0, hello.at(0), code);
  CHECK(played.exchange.must_close(0));
  const auto finished = played.exchange.take_finished();
  REQUIRE(finished.size() == (code == ErrorCode::overloaded ? 0U : 1U));
  if (!finished.empty()) CHECK(finished[0].outcome.error().code == code);
}

TEST_CASE("exchange: codes of an answer that are not known are looked up first", "[client][exchange]") {
  Played played;
  played.greet();
  played.cancel("c1", "A");
  const auto heard = played.hear_commands();
  REQUIRE(ids_of(heard) == Ids{"c1"});
  const std::vector<engine::CancelledLine> lines{{engine::LineNumber{1}, engine::SkuId{8}, 3, 1, 0},
                                                 {engine::LineNumber{2}, engine::SkuId{1234}, 3, 0, 0}};
  const std::vector<engine::Take> released{{4, 9, engine::WarehouseId{2}, 1}};
  engine::CancelDecision decision;
  decision.command_id = "c1", decision.order_id = "A", decision.whole = true, decision.lines = lines, decision.released = released;
  played.send(0, heard[0].correlation, decision);
  const auto question = played.hear();
  REQUIRE(question.size() == 1);
  CHECK(question[0].ids == std::vector<std::uint32_t>{8, 1234});
  played.tell_codes(0, question[0]);
  const auto finished = played.finished();
  REQUIRE(finished.outcome.has_value());
  const auto& answer = std::get<CancelAnswer>(*finished.outcome);
  REQUIRE(answer.lines.size() == 2);
  CHECK(answer.lines[0].sku == "S8");
  CHECK(answer.lines[0].released.at(0).warehouse == "W2");
  CHECK(answer.lines[1].sku == "#1234");  // the server does not know it either: not asked for again
}

TEST_CASE("exchange: a question for codes that is refused as overloaded is asked again later", "[client][exchange]") {
  Played played;
  played.greet();
  played.order("A");
  const auto question = played.hear();
  REQUIRE(question.size() == 1);
  played.refuse(0, question[0], ErrorCode::overloaded, 300);
  CHECK(played.hear().empty());
  CHECK(played.exchange.next_due() >= played.now + 300ms);
  CHECK(played.exchange.next_due() <= played.now + 375ms);
  played.pass(375ms);
  CHECK(ids_of(played.hear_commands()) == Ids{"A"});
}

TEST_CASE("exchange: a question for codes that is refused otherwise fails its calls", "[client][exchange]") {
  Played played;
  played.greet();
  played.order("A");
  const auto question = played.hear();
  REQUIRE(question.size() == 1);
  played.refuse(0, question[0], ErrorCode::unknown_message);
  const auto finished = played.finished();
  CHECK(finished.outcome.error().code == ErrorCode::unknown_message);
  CHECK(!finished.outcome.error().outcome_unknown);
}

TEST_CASE("exchange: nothing is due while nothing can be done", "[client][exchange]") {
  Played played;
  played.credit = 1;
  played.greet();
  played.order("A", "S1", 1h);
  played.hear_commands();
  played.order("B", "S2", 1h);  // its code is not known, and there is no room to ask
  CHECK(played.hear().empty());
  CHECK(played.exchange.next_due() == played.now + 10s);  // when the link would be too silent
}

TEST_CASE("exchange: an order with more codes than a question holds is asked for in several", "[client][exchange]") {
  Played played;
  played.greet();
  Order order{"A", {}, {}, {}, {}, {}, {}, {}, {}, 100, {}, {}};
  for (std::uint32_t index = 1; index <= 3'000; ++index) {
    const std::string number = std::to_string(index);
    order.lines.push_back({index, index % 2 == 0 ? "S" + number : "X" + std::string(40, 'x') + number, 1, ""});
  }
  played.exchange.submit(order, played.now + 1min);
  int questions = 0;
  auto heard = played.hear();
  while (heard.size() == 1 && heard[0].kind == MessageKind::resolve && ++questions < 50) {
    played.tell_codes(0, heard[0]);
    heard = played.hear();
  }
  CHECK(questions > 1);
  CHECK(questions < 10);
  REQUIRE(heard.size() >= 1);
  CHECK(heard[0].kind == MessageKind::order);
}

TEST_CASE("exchange: a hostile server costs its link and nothing else", "[client][exchange][hostile]") {
  Played played;
  played.greet();
  played.order("A");
  const auto heard = played.hear_commands();
  SECTION("bytes that are no frames") {
    const std::vector<std::byte> noise(100, std::byte{0xFF});
    played.exchange.received(0, noise, played.now);
  }
  SECTION("an answer to nothing") { played.answer(0, 999, schema::DigestAnswer{engine::Lsn{1}, "d"}); }
  SECTION("two answers to one request") {
    played.decide(0, heard[0]);
    played.decide(0, heard[0]);
    CHECK(played.finished().outcome.has_value());
    played.order("A");
  }
  SECTION("another answer than was asked for") {
    played.answer(0, heard[0].correlation, schema::DigestAnswer{engine::Lsn{1}, "d"});
    CHECK(played.finished().outcome.error().outcome_unknown);
    played.order("A");
  }
  SECTION("the decision on another order") {
    Heard other = heard[0];
    other.id = "B";
    played.decide(0, other);
    CHECK(played.finished().outcome.error().outcome_unknown);
    played.order("A");
  }
  SECTION("an event that does not decode") {
    std::vector<std::byte> bytes(schema::frame_header_bytes + 64, std::byte{0x11});
    const schema::FrameHeader header{64, MessageKind::event, 0, heard[0].correlation};
    std::memcpy(bytes.data(), &header, sizeof header);
    played.exchange.received(0, bytes, played.now);
    CHECK(played.finished().outcome.error().outcome_unknown);
    played.order("A");
  }
  REQUIRE(played.exchange.must_close(0));
  played.lose();
  played.greet();
  const auto again = played.hear_commands();
  REQUIRE(ids_of(again) == Ids{"A"});
  played.decide(0, again[0], true);
  CHECK(played.finished().outcome.has_value());
}

TEST_CASE("exchange: codes that do not fit the question cost the link", "[client][exchange][hostile]") {
  Played played;
  played.greet();
  played.order("A");
  const auto question = played.hear();
  REQUIRE(question.size() == 1);
  schema::ResolveAnswer answer;
  answer.epoch = 5;
  played.answer(0, question[0].correlation, answer);
  REQUIRE(played.exchange.must_close(0));
  played.lose();
  played.greet();
  CHECK(ids_of(played.hear_commands()) == Ids{"A"});
}

TEST_CASE("exchange: what cannot be sent is told before anything is sent", "[client][exchange]") {
  Played played;
  played.greet();
  Order order{"A", std::string(513, 'c'), {}, {}, {}, {}, {}, {}, {}, 100, {}, {}};
  played.exchange.submit(order, played.now + 1min);
  CHECK(played.finished().outcome.error().kind == FailureKind::usage);
  played.exchange.submit(StockQuestion{{"X1"}, {}, false, 0}, played.now + 1min);
  CHECK(played.hear_commands().empty());
  CHECK(played.finished().outcome.error().code == ErrorCode::unknown_sku);
  CHECK(played.exchange.calls() == 0);
}

TEST_CASE("exchange: a call that nobody waits for is forgotten, and its turn passes", "[client][exchange]") {
  Played played;
  played.greet();
  const auto first = played.order("A");
  const auto second = played.cancel("c1", "A");
  played.cancel("c2", "A");
  const auto heard = played.hear_commands();
  REQUIRE(ids_of(heard) == Ids{"A"});
  played.exchange.abandon(second);
  played.exchange.abandon(first);
  CHECK(ids_of(played.hear_commands()) == Ids{"c2"});
  played.decide(0, heard[0]);
  CHECK(played.exchange.take_finished().empty());
  CHECK(!played.exchange.must_close(0));
}

TEST_CASE("exchange: a check names SKUs that are not there, and totals", "[client][exchange]") {
  Played played;
  played.greet();
  played.exchange.submit(CheckQuestion{{"S1", "X2"}}, played.now + 1min);
  const auto heard = played.hear_commands();
  REQUIRE(heard.size() == 1);
  const std::vector<engine::Quantity> available{4, 5, 0, 0};
  played.answer(0, heard[0].correlation, schema::CheckAnswer{engine::Lsn{3}, 2, available});
  const auto finished = played.finished();
  REQUIRE(finished.outcome.has_value());
  const auto& answer = std::get<CheckAnswer>(*finished.outcome);
  CHECK(answer.warehouses == Ids{"W1", "W2"});
  REQUIRE(answer.rows.size() == 2);
  CHECK(answer.rows[0].known);
  CHECK(answer.rows[0].total == 9);
  CHECK(!answer.rows[1].known);
}

TEST_CASE("exchange: a check with wanted quantities tells what is there now, and one that does not fit the question is no answer", "[client][exchange]") {
  Played played;
  played.greet();
  const std::vector<engine::Quantity> available{4, 5, 0, 0}, now{9, 0};
  for (const bool fits : {true, false}) {
    played.exchange.submit(CheckQuestion{{"S1", "X2"}, {10, 1}}, played.now + 1min);
    const auto heard = played.hear_commands();
    REQUIRE(heard.size() == 1);
    schema::CheckAnswer answer{engine::Lsn{3}, 2, available, now};
    if (!fits) answer.now = {};
    played.answer(0, heard[0].correlation, answer);
    const auto finished = played.exchange.take_finished();
    REQUIRE(finished.size() == 1);
    REQUIRE(finished[0].outcome.has_value() == fits);
    if (!fits) continue;
    const auto& rows = std::get<CheckAnswer>(*finished[0].outcome).rows;
    CHECK(rows[0].now == 9);
    CHECK(rows[1].now == 0);
  }
}

TEST_CASE("exchange: random losses, refusals and limits: every call ends once, nothing overtakes", "[client][exchange]") {
  const std::uint32_t seed = GENERATE(1u, 2u, 3u, 4u, 5u);
  INFO("seed " << seed);
  std::minstd_rand random(seed);
  const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
  Played played({.links = 3});
  std::map<std::string, std::uint64_t> decided;        // id -> LSN
  std::map<std::string, std::vector<std::string>> sequence;  // order -> ids in the order decided
  std::set<Exchange::CallId> open, ended;
  std::array<bool, 3> up{};
  int made = 0;
  for (int step = 0; step < 4'000; ++step) {
    const std::size_t link = random() % 3;
    if (!up[link] && played.exchange.connect_at(link) <= played.now) played.greet(link), up[link] = true;
    if (made < 900 && chance(40)) {
      const std::string number = std::to_string(made / 3);
      const std::string id = std::to_string(made % 3) + "-" + number;
      open.insert(made % 3 == 0 ? played.exchange.submit(Order{id, {}, {}, {}, {}, {}, {}, {}, {}, 100, {}, {{1, "S1", 2, ""}}}, played.now + 1h)
                                : played.exchange.submit(Ship{id, "0-" + number}, played.now + 1h));
      ++made;
    }
    for (const Heard& heard : up[link] ? played.hear_commands(link) : std::vector<Heard>()) {
      if (!up[link]) break;
      const bool again = decided.contains(heard.id);
      if (!again && chance(20)) {
        played.refuse(link, heard, ErrorCode::overloaded, 5);
        continue;
      }
      if (!again) decided[heard.id] = played.lsn + 1, sequence[heard.id.substr(2)].push_back(heard.id);
      if (chance(15)) {  // decided, but nobody hears of it
        played.lose(link);
        up[link] = false;
      } else if (heard.kind == MessageKind::order) {
        played.decide(link, heard, again);
      } else {
        engine::ShipDecision ship;
        const std::string of = "0-" + heard.id.substr(2);
        ship.command_id = heard.id, ship.order_id = of;
        played.send(link, heard.correlation, ship, again);
      }
    }
    for (const auto& finished : played.exchange.take_finished()) {
      REQUIRE(finished.outcome.has_value());
      REQUIRE(ended.insert(finished.call).second);
    }
    played.pass(std::chrono::milliseconds(random() % 40));
  }
  CHECK(made == 900);
  CHECK(ended == open);
  for (const auto& [order, ids] : sequence) CHECK(ids == Ids{"0-" + order, "1-" + order, "2-" + order});
}
