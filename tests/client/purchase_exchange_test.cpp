// Purchase orders through an exchange: commands in codes, one after the other, and their answers.
#include "tests/client/played.hpp"

using namespace earmark;
using namespace earmark::client;
using namespace earmark::client::test;
using namespace std::chrono_literals;

namespace {

engine::WarehouseId warehouse(std::uint16_t id) { return engine::WarehouseId{id}; }
engine::LineNumber line(std::uint32_t number) { return engine::LineNumber{number}; }
engine::SkuId sku(std::uint32_t id) { return engine::SkuId{id}; }
engine::TimeUs at(std::int64_t time_us) { return engine::TimeUs{time_us}; }

}  // namespace

TEST_CASE("exchange: a purchase order, its steps and its receipts are commands in codes, one after the other", "[client][exchange][purchases]") {
  Played played;
  played.greet();
  const auto limit = played.now + 1min;
  const auto placed = played.exchange.submit(PlacePurchase{"PO", "HOLZ", "AB-1", "by crane", engine::PurchaseState::sent, {{4, "S1", "W2", 20, 700}}}, limit);
  const auto moved = played.exchange.submit(MovePurchase{"M", "PO", engine::PurchaseStep::acknowledge, "AB-2", {{4, std::nullopt, 800}, {5, 3, 0}}}, limit);
  const auto received = played.exchange.submit(ReceivePurchase{"R", "PO", {{4, 2, 1}}, true}, limit);
  auto heard = played.hear_commands();
  REQUIRE(heard.size() == 1);  // the others wait for it
  CHECK(heard[0].id == "PO");
  CHECK(heard[0].kind == MessageKind::place_purchase);
  CHECK(heard[0].epoch == 5);
  CHECK(heard[0].skus == std::vector<std::uint32_t>{1});
  CHECK(heard[0].rows == std::vector<std::string>{"4: 20 S1 for 2 at 700"});
  const engine::PurchasedLine lines[] = {{at(700), line(4), sku(1), 20, warehouse(2), 0}};
  played.send(0, heard[0].correlation, engine::PurchaseDecision{"PO", 1, "HOLZ", "AB-1", "by crane", engine::PurchaseState::sent, lines});
  heard = played.hear_commands();
  auto finished = played.finished();
  CHECK(finished.call == placed);
  REQUIRE(finished.outcome.has_value());
  const auto place = std::get<PlacePurchaseAnswer>(*finished.outcome);
  CHECK(place.lsn == 1);
  CHECK(place.id == "PO");
  CHECK(place.vendor == "HOLZ");
  CHECK(place.reference == "AB-1");
  CHECK(place.notes == "by crane");
  CHECK(place.state == engine::PurchaseState::sent);
  REQUIRE(place.lines.size() == 1);
  CHECK(place.lines[0].line == 4);
  CHECK(place.lines[0].sku == "S1");
  CHECK(place.lines[0].warehouse == "W2");
  CHECK(place.lines[0].quantity == 20);
  CHECK(place.lines[0].promised_us == 700);

  REQUIRE(heard.size() == 1);
  CHECK(heard[0].id == "M");
  CHECK(heard[0].kind == MessageKind::move_purchase);
  CHECK(heard[0].rows == std::vector<std::string>{"4: -1 at 800", "5: 3 at 0"});
  const engine::PurchaseChange changes[] = {{at(800), line(4), sku(1), 15, -5, warehouse(2), 0, 0}};
  played.send(0, heard[0].correlation,
              engine::PurchaseStepDecision{"M", "PO", engine::Lsn{1}, 1, "HOLZ", engine::PurchaseStep::acknowledge, engine::PurchaseState::acknowledged, "AB-2", changes}, true);
  heard = played.hear_commands();
  finished = played.finished();
  CHECK(finished.call == moved);
  REQUIRE(finished.outcome.has_value());
  const auto move = std::get<MovePurchaseAnswer>(*finished.outcome);
  CHECK(move.duplicate);
  CHECK(move.command_id == "M");
  CHECK(move.purchase == "PO");
  CHECK(move.step == engine::PurchaseStep::acknowledge);
  CHECK(move.state == engine::PurchaseState::acknowledged);
  CHECK(move.reference == "AB-2");
  REQUIRE(move.changes.size() == 1);
  CHECK(move.changes[0].quantity == 15);
  CHECK(move.changes[0].incoming_change == -5);
  CHECK(move.changes[0].promised_us == 800);

  REQUIRE(heard.size() == 1);
  CHECK(heard[0].id == "R");
  CHECK(heard[0].kind == MessageKind::receive_purchase);
  CHECK(heard[0].rows == std::vector<std::string>{"4: 2 good, 1 damaged"});
  const engine::PurchaseArrivedRow came[] = {{line(4), sku(1), 2, 1, 0, 0, warehouse(2), 0}};
  const engine::Take takes[] = {{2, 0, warehouse(2), 1}};
  played.send_two(0, heard[0].correlation,
                  engine::PurchaseReceiptDecision{"R", "PO", engine::Lsn{1}, 1, "HOLZ", engine::PurchaseState::partly_received, true, came},
                  engine::FillDecision{"A", engine::Lsn{1}, line(1), sku(1), 0, 0, true, takes, "Okafor"});
  finished = played.finished();
  CHECK(finished.call == received);
  REQUIRE(finished.outcome.has_value());
  const auto& receipt = std::get<ReceivePurchaseAnswer>(*finished.outcome);
  CHECK(receipt.id == "R");
  CHECK(receipt.purchase == "PO");
  CHECK(receipt.state == engine::PurchaseState::partly_received);
  REQUIRE(receipt.rows.size() == 1);
  CHECK(receipt.rows[0].quantity == 2);
  CHECK(receipt.rows[0].damaged == 1);
  REQUIRE(receipt.filled.size() == 1);
  CHECK(receipt.filled[0].order == "A");
}

TEST_CASE("exchange: what no server takes of a purchase order is not sent, and another's decision is no answer", "[client][exchange][purchases]") {
  Played played;
  played.greet();
  const auto limit = played.now + 1min;
  const std::string long_text(513, 'r');
  played.exchange.submit(PlacePurchase{"PO", "HOLZ", long_text, {}, {}, {}}, limit);
  played.exchange.submit(PlacePurchase{"PO", "HOLZ", {}, long_text, {}, {}}, limit);
  played.exchange.submit(MovePurchase{"M", "PO", engine::PurchaseStep::acknowledge, long_text, {}}, limit);
  const auto ended = played.exchange.take_finished();
  REQUIRE(ended.size() == 3);
  for (const auto& each : ended) CHECK(each.outcome.error().kind == FailureKind::usage);
  CHECK(played.hear_commands().empty());

  played.exchange.submit(ReceivePurchase{"R", "PO", {}, false}, limit);
  const auto heard = played.hear_commands();
  REQUIRE(heard.size() == 1);
  played.send(0, heard[0].correlation, engine::PurchaseReceiptDecision{"R", "OTHER", engine::Lsn{1}, 1, "HOLZ", engine::PurchaseState::received, false, {}});
  CHECK(!played.finished().outcome.has_value());
}

TEST_CASE("exchange: open purchase orders come in codes that are looked up for them", "[client][exchange][purchases]") {
  Played played;
  played.greet();
  played.exchange.submit(PurchasesQuestion{{}, "HOLZ"}, played.now + 1min);
  auto heard = played.hear_commands();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].kind == MessageKind::purchases);
  CHECK(heard[0].rows == std::vector<std::string>{"of vendor HOLZ"});
  const schema::OpenPurchase open[] = {{engine::Lsn{3}, at(30), at(0), 1, engine::PurchaseState::draft, 0, 0},
                                       {engine::Lsn{4}, at(40), at(0), 2, engine::PurchaseState::partly_received, 0, 0}};
  const std::string_view ids[] = {"P-1", "P-2"}, vendors[] = {"HOLZ", "HOLZ"}, references[] = {"", "AB"}, notes[] = {"", "crane"};
  const auto state = [](std::int64_t promised, std::int64_t first, std::uint64_t received, std::uint32_t number, std::uint32_t of, engine::Quantity quantity, std::uint16_t to) {
    engine::PurchaseLineState made;
    made.promised = made.expected = at(promised), made.first_promised = at(first), made.received = received;
    made.line = line(number), made.sku = sku(of), made.quantity = quantity, made.warehouse = warehouse(to);
    return made;
  };
  const engine::PurchaseLineState lines[] = {state(0, 0, 0, 1, 7, 5, 1), state(900, 800, 12, 1, 8, 10, 2), state(900, 900, 2, 2, 7, 10, 1)};
  schema::PurchasesAnswer from;
  from.as_of = engine::Lsn{9};
  from.open = open, from.purchases = ids, from.vendors = vendors, from.references = references, from.notes = notes, from.lines = lines;
  played.answer(0, heard[0].correlation, from);
  CHECK(played.hear_commands().empty());  // the codes were asked for
  const auto finished = played.finished();
  REQUIRE(finished.outcome.has_value());
  const auto& answer = std::get<PurchasesAnswer>(*finished.outcome);
  CHECK(answer.as_of == 9);
  REQUIRE(answer.purchases.size() == 2);
  CHECK(answer.purchases[0].purchase == "P-1");
  CHECK(answer.purchases[0].state == engine::PurchaseState::draft);
  CHECK(answer.purchases[0].lines.size() == 1);
  const OpenPurchase& second = answer.purchases[1];
  CHECK(second.vendor == "HOLZ");
  CHECK(second.reference == "AB");
  CHECK(second.notes == "crane");
  CHECK(second.lsn == 4);
  CHECK(second.since_us == 40);
  REQUIRE(second.lines.size() == 2);
  CHECK(second.lines[0].sku == "S8");
  CHECK(second.lines[0].warehouse == "W2");
  CHECK(second.lines[0].received == 12);
  CHECK(second.lines[0].open == 0);
  CHECK(second.lines[0].promised_us == 900);
  CHECK(second.lines[0].first_promised_us == 800);
  CHECK(second.lines[1].open == 8);
}
