// The engine on the rows of the scenario tables, and every command in every state of what it is about: what a state does not
// allow is refused with its reason, and changes nothing.
#include <catch2/catch.hpp>

#include "tests/engine/pair.hpp"
#include "tests/model/scenarios.hpp"

namespace {

using namespace earmark;

// "ok" for a decision, else the name of the error.
std::string outcome(const model::Answer& answer) {
  return answer.decided() ? "ok" : std::string(engine::name(answer.error.code));
}

struct State {
  std::string_view name;
  std::vector<std::string_view> events;  // that lead to it
};
// What is said in each of the states, and what comes of it, in their order.
struct Row {
  std::string_view event;
  std::vector<std::string_view> outcomes;
};

void walk(std::string_view load, const std::vector<State>& states, const std::vector<Row>& rows) {
  for (const Row& row : rows) REQUIRE(row.outcomes.size() == states.size());
  for (std::size_t index = 0; index < states.size(); ++index) {
    for (const Row& row : rows) {
      test::Pair pair;
      REQUIRE(pair.say(load).decided());
      for (const std::string_view event : states[index].events) {
        INFO(states[index].name << ": " << event);
        REQUIRE(pair.say(event).decided());
      }
      const std::string before = pair.twin().digest();
      const model::Answer answer = pair.say(row.event);
      INFO(states[index].name << ": " << row.event);
      CHECK(outcome(answer) == row.outcomes[index]);
      if (!answer.decided()) CHECK(pair.twin().digest() == before);
    }
  }
}

}  // namespace

TEST_CASE("engine: answers every scenario as the twin does, and restarts anywhere in it", "[engine][scenarios]") {
  for (const model::Scenario& scenario : model::scenarios()) {
    model::CatalogueLimits limits = model::RandomCommands::limits();
    limits.max_skips = scenario.max_skips, limits.max_wait_us = scenario.max_wait_us, limits.date_threshold_us = scenario.date_threshold_us;
    test::Pair pair(limits);
    for (const model::Step& step : scenario.steps) {
      INFO(scenario.name << ": " << step.event);
      pair.say(step.event);
    }
    INFO(scenario.name);
    pair.restart_anywhere();
  }
}

TEST_CASE("states: every command about an order in every state of it", "[engine][states]") {
  walk("load LON=1 BHM=2 | X Y | X:5@LON Y:5@LON",
       {{"unknown", {}},
        {"reserved", {"order A X:3"}},
        {"split", {"order A X:7"}},
        {"backordered", {"order Z X:5", "order A X:3"}},
        {"refused", {"order A X:7 policy=fill_or_kill"}},
        {"picked", {"order A X:3", "pick P A 1"}},
        {"packed", {"order A X:3", "pick P A 1", "pack Q A 1"}},
        {"shipped", {"order A X:3", "ship S A"}},
        {"delivered", {"order A X:3", "ship S A", "deliver D A 1"}},
        {"cancelled", {"order A X:3", "cancel C A"}},
        {"picked and overdrawn", {"order A X:3", "pick P A 1", "count K X:1/5@LON"}}},
       {{"order A Y:1", {"ok", "duplicate_order", "duplicate_order", "duplicate_order", "duplicate_order", "duplicate_order", "duplicate_order", "duplicate_order", "duplicate_order", "duplicate_order", "duplicate_order"}},
        {"cancel N A", {"unknown_order", "ok", "ok", "ok", "ok", "picked", "picked", "ok", "ok", "ok", "picked"}},
        {"cancel N A 1:1", {"unknown_order", "ok", "ok", "ok", "ok", "picked", "picked", "ok", "ok", "ok", "picked"}},
        {"cancel N A 2:1", {"unknown_order", "unknown_line", "unknown_line", "unknown_line", "unknown_line", "unknown_line", "unknown_line", "unknown_line", "unknown_line", "unknown_line", "unknown_line"}},
        {"amend N A priority=200", {"unknown_order", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok"}},
        {"amend N A 1:2", {"unknown_order", "ok", "ok", "ok", "order_closed", "picked", "picked", "ok", "ok", "order_closed", "picked"}},
        {"amend N A 1:8", {"unknown_order", "ok", "ok", "ok", "order_closed", "ok", "ok", "order_closed", "order_closed", "order_closed", "ok"}},
        {"ship N A", {"unknown_order", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "overdrawn"}},
        {"pick N A 1", {"unknown_order", "ok", "ok", "unknown_shipment", "unknown_shipment", "shipment_picked", "shipment_packed", "shipment_shipped", "shipment_delivered", "shipment_empty", "shipment_picked"}},
        {"pack N A 1", {"unknown_order", "shipment_open", "shipment_open", "unknown_shipment", "unknown_shipment", "ok", "shipment_packed", "shipment_shipped", "shipment_delivered", "shipment_open", "ok"}},
        {"ship N A 1", {"unknown_order", "shipment_open", "shipment_open", "unknown_shipment", "unknown_shipment", "shipment_picked", "ok", "shipment_shipped", "shipment_delivered", "shipment_open", "shipment_picked"}},
        {"deliver N A 1", {"unknown_order", "shipment_open", "shipment_open", "unknown_shipment", "unknown_shipment", "shipment_picked", "shipment_packed", "ok", "shipment_delivered", "shipment_open", "shipment_picked"}},
        {"put_back N A 1", {"unknown_order", "shipment_open", "shipment_open", "unknown_shipment", "unknown_shipment", "ok", "ok", "shipment_shipped", "shipment_delivered", "shipment_open", "overdrawn"}},
        {"track N A 1 carrier=UPS", {"unknown_order", "ok", "ok", "unknown_shipment", "unknown_shipment", "ok", "ok", "ok", "ok", "ok", "ok"}},
        {"return N A 1 1:1", {"unknown_order", "shipment_open", "shipment_open", "unknown_shipment", "unknown_shipment", "shipment_picked", "shipment_packed", "ok", "ok", "shipment_open", "shipment_picked"}}});
}

TEST_CASE("states: every command about a hold in every state of it", "[engine][states]") {
  walk("load LON=1 | X | X:5@LON",
       {{"unknown", {}},
        {"open", {"at 1 hold H 500 X:3"}},
        {"partial", {"at 1 hold H 500 partial X:7"}},
        {"refused", {"at 1 hold H 500 X:7"}},
        {"confirmed", {"at 1 hold H 500 X:3", "confirm B H"}},
        {"released", {"at 1 hold H 500 X:3", "release R H"}},
        {"expired", {"at 1 hold H 500 X:3", "at 600 receive R X:1@LON"}}},
       {{"hold H 400 X:1", {"ok", "duplicate_hold", "duplicate_hold", "duplicate_hold", "duplicate_hold", "duplicate_hold", "duplicate_hold"}},
        {"extend N H 900", {"unknown_hold", "ok", "ok", "hold_ended", "hold_ended", "hold_ended", "expired"}},
        {"release N H", {"unknown_hold", "ok", "ok", "hold_ended", "hold_ended", "hold_ended", "expired"}},
        {"confirm A H", {"unknown_hold", "ok", "ok", "hold_ended", "hold_ended", "hold_ended", "expired"}},
        {"confirm A H X:2", {"unknown_hold", "ok", "ok", "hold_ended", "hold_ended", "hold_ended", "expired"}},
        {"confirm A H reacquire X:2", {"unknown_hold", "ok", "ok", "hold_ended", "hold_ended", "hold_ended", "ok"}}});
}

TEST_CASE("states: every command about a transfer in every state of it", "[engine][states]") {
  walk("load LON=1 BHM=2 | X Y | X:5@LON Y:5@LON",
       {{"unknown", {}},
        {"in transit", {"transfer T LON BHM X:3"}},
        {"in part", {"transfer T LON BHM X:3", "arrive U T X:1"}},
        {"closed", {"transfer T LON BHM X:3", "arrive U T"}},
        {"closed short", {"transfer T LON BHM X:3", "arrive U T X:1 close"}}},
       {{"transfer T LON BHM X:1", {"ok", "duplicate_transfer", "duplicate_transfer", "duplicate_transfer", "duplicate_transfer"}},
        {"transfer T BHM LON X:3", {"not_enough", "duplicate_transfer", "duplicate_transfer", "duplicate_transfer", "duplicate_transfer"}},
        {"arrive N T", {"unknown_transfer", "ok", "ok", "transfer_closed", "transfer_closed"}},
        {"arrive N T X:1", {"unknown_transfer", "ok", "ok", "transfer_closed", "transfer_closed"}},
        {"arrive N T X:0 close", {"unknown_transfer", "ok", "ok", "transfer_closed", "transfer_closed"}},
        {"arrive N T Y:1", {"unknown_transfer", "not_in_transfer", "not_in_transfer", "transfer_closed", "transfer_closed"}}});
}
