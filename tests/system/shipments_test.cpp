// Fulfilment by the command line: pick lists and their revisions, short picks, tracking, returns; what was done is there after a kill, and the
// offline fold agrees.
#include <catch2/catch.hpp>

#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"
#include "tests/system/support/told.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

Json one(const Server& server, std::vector<std::string> command) {
  const Told told = tell(server, std::move(command));
  INFO(told.error);
  REQUIRE(told.code == 0);
  return told.lines.at(0);
}

std::string refusal(const Server& server, std::vector<std::string> command) {
  const Told told = tell(server, std::move(command));
  CHECK(told.code == 1);
  return told.error;
}

Json shipment_of(const Server& server, const std::string& order, int number) {
  const Json shown = one(server, {"show", order});
  for (const Json& shipment : shown["shipments"]) {
    if (shipment["number"] == number) return shipment;
  }
  return {};
}

}  // namespace

TEST_CASE("shipments: the story of an order by the command line, over a kill", "[system][shipments]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  {
    Caller caller(server.port());
    REQUIRE(caller.ask(catalogue(1, 2, 10)).decided());  // S1: 10 in W1, 10 in W2
    REQUIRE(caller.ask(order("A", {{1, 24}})).decided());  // splits, and 4 wait
  }
  CHECK(shipment_of(server, "A", 1)["warehouse"] == "W1");
  CHECK(shipment_of(server, "A", 2)["state"] == "open");
  one(server, {"receive", "W1", "S1:3"});
  CHECK(shipment_of(server, "A", 1)["revision"] == 2);
  CHECK(refusal(server, {"pick", "A-1", "--revision", "1"}).find("revision 2") != std::string::npos);
  const Json picked = one(server, {"pick", "A-1", "--revision", "2", "--id", "P1"});
  CHECK(picked["event"] == "ShipmentMoved");
  CHECK(picked["step"] == "pick");
  CHECK(picked["lines"][0]["quantity"] == 13);
  CHECK(one(server, {"pick", "A-1", "--revision", "2", "--id", "P1"})["duplicate"] == true);
  CHECK(refusal(server, {"cancel", "A"}).find("picked") != std::string::npos);
  one(server, {"put-back", "A-1"});
  CHECK(shipment_of(server, "A", 1)["revision"] == 3);

  const Told missing = tell(server, {"pick", "A", "--shipment", "1", "1:11", "--id", "P2"});
  INFO(missing.error);
  REQUIRE(missing.code == 0);
  REQUIRE(missing.lines.size() == 2);
  CHECK(missing.lines[0]["lines"][0]["rest"] == 2);
  CHECK(missing.lines[0]["rest_shipment"] == 3);
  CHECK(missing.lines[1]["event"] == "StockChanged");
  CHECK(missing.lines[1]["kind"] == "short_pick");
  CHECK(missing.lines[1]["rows"][0]["on_hand_change"] == -2);
  CHECK(missing.lines[1]["lost"][0]["order"] == "A");
  CHECK(tell(server, {"pick", "A", "--shipment", "1", "1:11", "--id", "P2"}).lines.size() == 2);

  server.kill();
  server.start();
  CHECK(shipment_of(server, "A", 1)["state"] == "picked");
  one(server, {"pack", "A-1"});
  CHECK(refusal(server, {"deliver", "A-1"}).find("shipment_packed") != std::string::npos);
  const Json shipped = one(server, {"ship", "A", "--shipment", "1", "--carrier", "UPS", "--tracking", "1Z9", "--expected", "2026-03-04 12:00:00"});
  CHECK(shipped["carrier"] == "UPS");
  one(server, {"track", "A-1", "--carrier", "DHL"});
  one(server, {"deliver", "A-1"});
  Json shown = shipment_of(server, "A", 1);
  CHECK(shown["state"] == "delivered");
  CHECK(shown["carrier"] == "DHL");
  CHECK(shown["tracking"] == "1Z9");
  CHECK(shown["expected_us"].get<std::int64_t>() > 0);

  // What comes back serves the order's own waiting part.
  const Told back = tell(server, {"return", "A-1", "1:2"});
  INFO(back.error);
  REQUIRE(back.code == 0);
  REQUIRE(back.lines.size() == 2);
  CHECK(back.lines[1]["event"] == "BackorderFilled");
  one(server, {"return", "A-1", "1:1", "--unavailable", "--reason", "wet"});
  CHECK(one(server, {"show", "A"})["lines"][0]["allocations"][0]["returned"] == 3);

  const std::string digest = Caller(server.port()).digest();
  server.kill();
  CHECK(run("earmark-journal", {"digest", directory.path().string()}).out == digest + "\n");
  server.start();
  CHECK(Caller(server.port()).digest() == digest);
  CHECK(shipment_of(server, "A", 1) == shown);
}

TEST_CASE("shipments: an order that was closed is delivered and returned after a restart, once", "[system][shipments]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  {
    Caller caller(server.port());
    REQUIRE(caller.ask(catalogue(1, 1, 10)).decided());
    REQUIRE(caller.ask(order("A", {{1, 6}})).decided());
  }
  one(server, {"ship", "A"});
  server.terminate();
  server.start();
  one(server, {"deliver", "A-1"});
  one(server, {"return", "A-1", "1:4"});
  server.kill();
  server.start();
  CHECK(refusal(server, {"deliver", "A-1"}).find("shipment_delivered") != std::string::npos);
  CHECK(refusal(server, {"return", "A-1", "1:3"}).find("not_enough") != std::string::npos);
  one(server, {"return", "A-1", "1:2"});
  CHECK(one(server, {"stock", "S1"})["available"] == 10);
}

TEST_CASE("shipments: every step from every state over the wire is the twin's", "[system][shipments]") {
  const TemporaryDirectory directory;
  const Server server(directory.path());
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(1, 1, 1000)).decided());
  constexpr engine::ShipmentStep way[] = {engine::ShipmentStep::pick, engine::ShipmentStep::pack, engine::ShipmentStep::ship, engine::ShipmentStep::deliver};
  constexpr unsigned allowed[] = {0b00001, 0b00010, 0b00100, 0b01000, 0b00110, 0b11111, 0b11000};
  std::uint64_t ids = 0;
  const auto step = [&](const std::string& id, engine::ShipmentStep which) {
    return caller.ask(model::MoveCommand{.command_id = "m" + std::to_string(++ids), .order_id = id, .shipment = 1, .step = which, .carrier = "UPS"});
  };
  for (std::size_t state = 0; state < 5; ++state) {
    for (std::size_t which = 0; which < 7; ++which) {
      const std::string id = "O" + std::to_string(state) + std::to_string(which);
      REQUIRE(caller.ask(order(id, {{1, 2}})).decided());
      for (std::size_t done = 0; done < state; ++done) REQUIRE(step(id, way[done]).decided());
      INFO("state " << state << ", step " << which + 1);
      CHECK(step(id, static_cast<engine::ShipmentStep>(which + 1)).decided() == ((allowed[which] >> state & 1) != 0));
    }
  }
}
