// The rules X1 to X7 of client/exchange.hpp, against a played server, without sockets and without waiting.
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

TEST_CASE("exchange: an order in codes comes back in codes", "[client][exchange]") {
  Played played;
  const auto call = played.order("A");
  CHECK(played.hear().empty());  // no link yet
  played.greet();
  auto heard = played.hear();
  REQUIRE(heard.size() == 1);
  REQUIRE(heard[0].kind == MessageKind::resolve);
  CHECK(heard[0].codes == Ids{"S1"});
  played.tell_codes(0, heard[0]);
  heard = played.hear();
  REQUIRE(ids_of(heard) == Ids{"A"});
  CHECK(heard[0].epoch == 5);
  CHECK(heard[0].skus == std::vector<std::uint32_t>{1});
  played.decide(0, heard[0]);
  const auto finished = played.finished();
  CHECK(finished.call == call);
  REQUIRE(finished.outcome.has_value());
  const auto& answer = std::get<OrderAnswer>(*finished.outcome);
  CHECK(answer.lsn == 1);
  CHECK(!answer.duplicate);
  REQUIRE(answer.lines.size() == 1);
  CHECK(answer.lines[0].sku == "S1");
  REQUIRE(answer.lines[0].reserved.size() == 1);
  CHECK(answer.lines[0].reserved[0].warehouse == "W1");
  REQUIRE(answer.shipments.size() == 1);
  CHECK(answer.shipments[0].id == "A-1");
  CHECK(answer.backorder.empty());
  // What is known is not asked for again.
  played.order("B");
  CHECK(ids_of(played.hear()) == Ids{"B"});
}

TEST_CASE("exchange: a step of a shipment comes back in codes, a short pick with what was missing and who lost", "[client][exchange]") {
  Played played;
  played.greet();
  ShipmentMove move;
  move.command_id = "P";
  move.order = "A";
  move.shipment = 1;
  move.revision = 2;
  move.rows = {{1, 3}};
  const auto call = played.exchange.submit(move, played.now + 1min);
  const auto heard = played.hear_commands();
  REQUIRE(ids_of(heard) == Ids{"P"});
  CHECK(heard[0].kind == MessageKind::move_shipment);
  const engine::MovedLine lines[] = {{engine::LineNumber{1}, engine::SkuId{1}, 3, 0, 2}};
  engine::ShipmentDecision decision;
  decision.command_id = "P";
  decision.order_id = "A";
  decision.shipment = 1;
  decision.warehouse = engine::WarehouseId{1};
  decision.revision = 2;
  decision.rest_shipment = 2;
  decision.lines = lines;
  decision.fills_follow = true;
  const engine::ChangedRow rows[] = {{engine::SkuId{1}, engine::WarehouseId{1}, 0, -2, 0, 0}};
  const engine::LostUnits lost[] = {{engine::Lsn{7}, 0, engine::LineNumber{4}, 2, 0, engine::WarehouseId{1}, 1, engine::SkuId{1}}};
  const std::string_view orders[] = {"B"}, customers[] = {"Okafor"};
  const engine::StockChangeDecision missing{"P", 0, engine::ChangeKind::short_pick, "", false, rows, lost, orders, customers};
  played.send_two(0, heard[0].correlation, decision, missing);
  played.hear_commands();  // it asks for codes that it has not heard of
  const auto finished = played.finished();
  CHECK(finished.call == call);
  REQUIRE(finished.outcome.has_value());
  const auto& answer = std::get<ShipmentMoveAnswer>(*finished.outcome);
  CHECK(answer.command_id == "P");
  CHECK(answer.warehouse == "W1");
  CHECK(answer.revision == 2);
  CHECK(answer.rest_shipment == 2);
  REQUIRE(answer.lines.size() == 1);
  CHECK(answer.lines[0].sku == "S1");
  CHECK(answer.lines[0].quantity == 3);
  CHECK(answer.lines[0].rest == 2);
  REQUIRE(answer.missing.size() == 1);
  CHECK(answer.missing[0].on_hand_change == -2);
  REQUIRE(answer.lost.size() == 1);
  CHECK(answer.lost[0].order == "B");
  CHECK(answer.filled.empty());
}

TEST_CASE("exchange: a transfer and its arrival are commands in codes, one after the other", "[client][exchange]") {
  Played played;
  played.greet();
  const auto shipped = played.exchange.submit(ShipTransfer{"T", "W1", "W2", 700, "rebalance", {{"S1", 5}}}, played.now + 1min);
  const auto received = played.exchange.submit(ReceiveTransfer{"U", "T", {{"S1", 2, 1}}, true}, played.now + 1min);
  auto heard = played.hear_commands();
  REQUIRE(ids_of(heard) == Ids{"T"});  // the arrival waits for its transfer
  CHECK(heard[0].kind == MessageKind::ship_transfer);
  CHECK(heard[0].epoch == 5);
  CHECK(heard[0].skus == std::vector<std::uint32_t>{1});
  const engine::TransferredRow left[] = {{engine::SkuId{1}, 5, 4}};
  played.send(0, heard[0].correlation, engine::TransferShipDecision{"T", 1, engine::WarehouseId{1}, engine::WarehouseId{2}, engine::TimeUs{700}, "rebalance", left});
  heard = played.hear_commands();
  auto finished = played.finished();
  CHECK(finished.call == shipped);
  REQUIRE(finished.outcome.has_value());
  const auto ship = std::get<ShipTransferAnswer>(*finished.outcome);
  CHECK(ship.id == "T");
  CHECK(ship.source == "W1");
  CHECK(ship.destination == "W2");
  CHECK(ship.expected_us == 700);
  REQUIRE(ship.rows.size() == 1);
  CHECK(ship.rows[0].available_after == 4);
  REQUIRE(ids_of(heard) == Ids{"U"});
  CHECK(heard[0].kind == MessageKind::receive_transfer);
  const engine::ArrivedRow came[] = {{engine::SkuId{1}, 2, 1, 0, 2}};
  const engine::MissingUnits missing[] = {{engine::SkuId{1}, 2}};
  played.send(0, heard[0].correlation,
              engine::TransferReceiptDecision{"U", "T", engine::Lsn{7}, 1, engine::WarehouseId{1}, engine::WarehouseId{2}, true, false, came, missing});
  finished = played.finished();
  CHECK(finished.call == received);
  REQUIRE(finished.outcome.has_value());
  const auto& answer = std::get<ReceiveTransferAnswer>(*finished.outcome);
  CHECK(answer.command_id == "U");
  CHECK(answer.transfer == "T");
  CHECK(answer.closed);
  REQUIRE(answer.rows.size() == 1);
  CHECK(answer.rows[0].sku == "S1");
  CHECK(answer.rows[0].quantity == 2);
  CHECK(answer.rows[0].damaged == 1);
  REQUIRE(answer.missing.size() == 1);
  CHECK(answer.missing[0].quantity == 2);
  CHECK(answer.filled.empty());
}

TEST_CASE("exchange: a stock change is a command in codes, who lost what comes back in codes", "[client][exchange]") {
  Played played;
  played.greet();
  const StockChange change{"K", engine::ChangeKind::count, "cycle count", {{"S1", "W1", 9, 12}}};
  const auto call = played.exchange.submit(change, played.now + 1min);
  auto heard = played.hear_commands();
  REQUIRE(ids_of(heard) == Ids{"K"});
  CHECK(heard[0].kind == MessageKind::change_stock);
  CHECK(heard[0].epoch == 5);
  CHECK(heard[0].skus == std::vector<std::uint32_t>{1});
  played.lose();  // unanswered: it is repeated with the same id
  played.greet();
  heard = played.hear_commands();
  REQUIRE(ids_of(heard) == Ids{"K"});
  const engine::ChangedRow rows[] = {{engine::SkuId{1}, engine::WarehouseId{1}, 0, -3, 0, 0}};
  const engine::LostUnits lost[] = {{engine::Lsn{7}, 0, engine::LineNumber{4}, 3, 0, engine::WarehouseId{1}, 1, engine::SkuId{1}}};
  const std::string_view orders[] = {"A"}, customers[] = {"Okafor"};
  played.send(0, heard[0].correlation, engine::StockChangeDecision{"K", 1, engine::ChangeKind::count, "cycle count", false, rows, lost, orders, customers}, true);
  const auto finished = played.finished();
  CHECK(finished.call == call);
  REQUIRE(finished.outcome.has_value());
  const auto& answer = std::get<StockChangeAnswer>(*finished.outcome);
  CHECK(answer.id == "K");
  CHECK(answer.duplicate);
  CHECK(answer.reason == "cycle count");
  REQUIRE(answer.rows.size() == 1);
  CHECK(answer.rows[0].sku == "S1");
  CHECK(answer.rows[0].warehouse == "W1");
  CHECK(answer.rows[0].on_hand_change == -3);
  REQUIRE(answer.lost.size() == 1);
  CHECK(answer.lost[0].order == "A");
  CHECK(answer.lost[0].customer == "Okafor");
  CHECK(answer.lost[0].line == 4);
  CHECK(answer.lost[0].quantity == 3);
  CHECK(answer.filled.empty());
  // Another command's decision is not its answer; a reason that is too long is not sent.
  const auto other = played.exchange.submit(change, played.now + 1min);
  heard = played.hear_commands();
  REQUIRE(heard.size() == 1);
  played.send(0, heard[0].correlation, engine::StockChangeDecision{"L", 1, engine::ChangeKind::count, "", false, rows, {}, {}, {}});
  auto ended = played.exchange.take_finished();
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].call == other);
  CHECK(!ended[0].outcome.has_value());
  played.exchange.submit({StockChange{"M", engine::ChangeKind::count, std::string(513, 'r'), {}}}, played.now + 1min);
  ended = played.exchange.take_finished();
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].outcome.error().kind == FailureKind::usage);
}

TEST_CASE("exchange: a code that nobody knows is asked for once by each call, and sent as unknown", "[client][exchange]") {
  Played played;
  played.greet();
  for (const char* id : {"A", "B"}) {
    played.order(id, "X9");
    auto heard = played.hear();
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].codes == Ids{"X9"});
    played.tell_codes(0, heard[0]);
    heard = played.hear();
    REQUIRE(ids_of(heard) == Ids{id});
    CHECK(heard[0].skus == std::vector<std::uint32_t>{0});
    played.refuse(0, heard[0], ErrorCode::unknown_sku);
    const auto finished = played.finished();
    REQUIRE(!finished.outcome.has_value());
    const Failure& failure = finished.outcome.error();
    CHECK(failure.kind == FailureKind::refused);
    CHECK(failure.code == ErrorCode::unknown_sku);
    CHECK(failure.row == 1);
    CHECK(failure.line == 1);
    CHECK(failure.message == "no");
    CHECK(!failure.outcome_unknown);
  }
}

TEST_CASE("exchange: unanswered commands are repeated in their order when the link is lost, answered ones are not", "[client][exchange]") {
  Played played;
  played.greet();
  for (const char* id : {"A", "B", "C", "D"}) played.order(id);
  const auto heard = played.hear_commands();
  REQUIRE(ids_of(heard) == Ids{"A", "B", "C", "D"});
  played.decide(0, heard[1]);
  played.finished();
  played.lose();
  CHECK(played.exchange.connect_at(0) >= played.now + 50ms);
  CHECK(played.hear().empty());
  played.greet();
  const auto again = played.hear_commands();
  CHECK(ids_of(again) == Ids{"A", "C", "D"});
  played.decide(0, again[0], true);
  CHECK(std::get<OrderAnswer>(*played.finished().outcome).duplicate);
}

TEST_CASE("exchange: with two links the other one takes over", "[client][exchange]") {
  Played played({.links = 2});
  played.greet(0);
  played.greet(1);
  for (const char* id : {"A", "B", "C", "D"}) played.order(id);
  const auto first = played.hear_commands(0), second = played.hear_commands(1);
  CHECK(first.size() + second.size() == 4);
  CHECK(first.size() == 2);
  played.lose(0);
  CHECK(ids_of(played.hear_commands(1)) == ids_of(first));
}

TEST_CASE("exchange: requests that name one order are under way one at a time, in the order of the calls", "[client][exchange]") {
  Played played({.links = 2});
  played.greet(0);
  played.greet(1);
  played.order("A");
  played.cancel("c1", "A");
  played.cancel("c2", "A");
  played.order("B");
  auto first = played.hear_commands(0), second = played.hear_commands(1);
  std::vector<Heard> all = first;
  all.insert(all.end(), second.begin(), second.end());
  REQUIRE(ids_of(all) == Ids{"A", "B"});
  const std::size_t link = ids_of(first) == Ids{"A"} ? 0 : 1;
  SECTION("a refusal that is retried does not let the next one overtake") {
    played.refuse(link, all[0], ErrorCode::overloaded, 20);
    CHECK(played.hear_commands(0).empty());
    CHECK(played.hear_commands(1).empty());
    played.pass(1s);
  }
  SECTION("nor does a lost link") { played.lose(link); }
  first = played.hear_commands(0), second = played.hear_commands(1);
  first.insert(first.end(), second.begin(), second.end());
  std::erase_if(first, [](const Heard& heard) { return heard.id == "B"; });
  REQUIRE(ids_of(first) == Ids{"A"});
}

TEST_CASE("exchange: the next request for an order goes when the one before is answered or given up", "[client][exchange]") {
  Played played;
  played.greet();
  played.order("A", "S1", 2s);
  played.cancel("c1", "A");
  played.cancel("c2", "A");
  auto heard = played.hear_commands();
  REQUIRE(ids_of(heard) == Ids{"A"});
  if (GENERATE(true, false)) {
    played.decide(0, heard[0]);
  } else {
    played.pass(3s);
    const auto given_up = played.finished();
    REQUIRE(!given_up.outcome.has_value());
    CHECK(given_up.outcome.error().outcome_unknown);
  }
  played.exchange.take_finished();
  heard = played.hear_commands();
  REQUIRE(ids_of(heard) == Ids{"c1"});
  played.refuse(0, heard[0], ErrorCode::unknown_order);
  CHECK(ids_of(played.hear_commands()) == Ids{"c2"});
}

TEST_CASE("exchange: overloaded waits for the server's delay and longer each time", "[client][exchange]") {
  Played played;
  played.greet();
  played.order("A");
  auto heard = played.hear_commands();
  std::chrono::milliseconds least = 50ms;
  for (int round = 0; round < 4; ++round) {
    REQUIRE(ids_of(heard) == Ids{"A"});
    const std::uint32_t told = round == 0 ? 700 : 1;
    const auto before = std::max(least, std::chrono::milliseconds(told));
    played.refuse(0, heard[0], ErrorCode::overloaded, told);
    CHECK(played.exchange.take_finished().empty());
    CHECK(played.exchange.next_due() >= played.now + before);
    CHECK(played.exchange.next_due() <= played.now + before + before / 4);
    played.pass(before - 1ms);
    CHECK(played.hear_commands().empty());
    played.pass(before / 4 + 1ms);
    heard = played.hear_commands();
    least *= 2;
  }
  played.decide(0, heard[0]);
  CHECK(played.finished().outcome.has_value());
}

TEST_CASE("exchange: a stale catalogue is renewed once, and all that was refused is repeated", "[client][exchange]") {
  Played played;
  played.greet();
  for (const char* id : {"A", "B", "C"}) played.order(id);
  const auto heard = played.hear_commands();
  REQUIRE(heard.size() == 3);
  played.epoch = 6;
  for (const Heard& request : heard) played.refuse(0, request, ErrorCode::stale_catalogue);
  auto questions = played.hear();
  REQUIRE(questions.size() == 1);
  CHECK(questions[0].kind == MessageKind::resolve);
  played.tell_codes(0, questions[0]);
  const auto again = played.hear_commands();
  REQUIRE(ids_of(again) == Ids{"A", "B", "C"});
  for (const Heard& request : again) CHECK(request.epoch == 6);
  CHECK(played.exchange.catalogue().epoch() == 6);
}

TEST_CASE("exchange: a server that always says stale is asked at ever longer intervals until the limit", "[client][exchange]") {
  Played played;
  played.greet();
  played.order("A", "S1", 10s);
  int sent = 0;
  for (int step = 0; step < 110; ++step) {
    for (const Heard& heard : played.hear_commands()) {
      ++sent;
      ++played.epoch;
      played.refuse(0, heard, ErrorCode::stale_catalogue);
    }
    played.pass(100ms);
  }
  CHECK(sent < 12);
  const auto finished = played.finished();
  REQUIRE(!finished.outcome.has_value());
  CHECK(!finished.outcome.error().outcome_unknown);  // every sending was refused, so nothing happened
}

TEST_CASE("exchange: an answer with the ids of data that are gone is not translated but asked for again", "[client][exchange]") {
  Played played({.links = 2});
  played.greet(0);
  played.order("A");
  const auto heard = played.hear_commands(0);
  REQUIRE(heard.size() == 1);
  played.epoch = 6;
  played.greet(1);
  CHECK(played.exchange.must_close(0));
  played.lose(0);
  const auto again = played.hear_commands(1);
  REQUIRE(ids_of(again) == Ids{"A"});
  CHECK(again[0].epoch == 6);
}

TEST_CASE("exchange: what a limit says about the outcome", "[client][exchange]") {
  Played played;
  SECTION("never sent: nothing happened") {
    played.order("A", "S1", 2s);
    played.pass(1999ms);
    CHECK(played.exchange.take_finished().empty());
    CHECK(played.exchange.next_due() == played.now + 1ms);
    played.pass(1ms);
    const auto finished = played.finished();
    CHECK(finished.outcome.error().kind == FailureKind::unreachable);
    CHECK(!finished.outcome.error().outcome_unknown);
    CHECK(finished.outcome.error().text.find("could not be asked") != std::string::npos);
  }
  SECTION("sent: unknown, and the late answer harms nobody") {
    played.greet();
    played.order("A", "S1", 2s);
    const auto heard = played.hear_commands();
    played.pass(2s);
    const auto finished = played.finished();
    CHECK(finished.outcome.error().outcome_unknown);
    CHECK(finished.outcome.error().text.find("repeat it with the same id") != std::string::npos);
    played.decide(0, heard[0]);
    CHECK(played.exchange.take_finished().empty());
    CHECK(!played.exchange.must_close(0));
  }
  SECTION("sent, lost, then refused as overloaded: still unknown") {
    played.greet();
    played.order("A", "S1", 2s);
    played.hear_commands();
    played.lose();
    played.greet();
    const auto heard = played.hear_commands();
    REQUIRE(heard.size() == 1);
    played.refuse(0, heard[0], ErrorCode::overloaded, 5'000);
    played.pass(2s);
    CHECK(played.finished().outcome.error().outcome_unknown);
  }
  SECTION("refused as overloaded only: nothing happened") {
    played.greet();
    played.order("A", "S1", 2s);
    played.refuse(0, played.hear_commands().at(0), ErrorCode::overloaded, 5'000);
    played.pass(2s);
    const auto finished = played.finished();
    CHECK(!finished.outcome.error().outcome_unknown);
    CHECK(finished.outcome.error().text.find("busy") != std::string::npos);
  }
  SECTION("a question has no outcome") {
    played.greet();
    played.exchange.submit(CheckQuestion{{"S1"}}, played.now + 2s);
    played.hear_commands();
    played.pass(2s);
    CHECK(!played.finished().outcome.error().outcome_unknown);
  }
  SECTION("the channel is closed") {
    played.greet();
    played.order("A");
    played.hear_commands();
    played.exchange.fail_all("the channel was closed");
    CHECK(played.finished().outcome.error().outcome_unknown);
    CHECK(played.exchange.calls() == 0);
  }
}
