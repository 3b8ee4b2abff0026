// Shipments: picked, short picked, packed, shipped, put back, returned. Units move between states of which cells know nothing, until
// a short pick takes some away or a return brings some back.
#include "tests/interleaving/program.hpp"

namespace earmark::interleaving {
namespace {

using engine::ShipmentStep;

model::MoveCommand pick(const char* id, const char* order, std::optional<std::int64_t> found = {}) { return step(id, order, ShipmentStep::pick, found); }

std::vector<Program> short_picks() {
  return {
      {"short pick against an order for what is available", {stock({{3}}), order("a", {{1, 2}})}, {{pick("p", "a", 1)}, {order("b", {{1, 1}})}}, {}},
      {"short pick with its own victim against an order for what is available", {stock({{3}}), order("a", {{1, 2}})},
       {{pick("p", "a", 0)}, {order("b", {{1, 1}})}}, {}},
      {"short pick against a batch for what is available", {stock({{4}}), order("a", {{1, 2}})},
       {{pick("p", "a", 0)}, {Batch{{order("b", {{1, 1}}), order("c", {{1, 1}})}}}}, {}},
      {"short pick against fill-or-kill", {stock({{3}}), order("a", {{1, 2}})},
       {{pick("p", "a", 1)}, {order("b", {{1, 1}}, engine::Policy::fill_or_kill)}}, {}},
      {"short pick with its own victim against a newcomer for what another warehouse has", {stock({{2, 1}}), order("a", {{1, 2}})},
       {{pick("p", "a", 1)}, {order("b", {{1, 1}})}}, {}},
      {"short pick with another victim against a newcomer for what another warehouse has",
       {stock({{2, 1}}), order("a", {{1, 1}}), order("v", {{1, 1}})}, {{pick("p", "a", 0)}, {order("b", {{1, 1}})}}, {}},
      {"short pick against the receipt that brings as much", {stock({{2}}), order("a", {{1, 2}})},
       {{pick("p", "a", 1)}, {receipt("r", {row(1, 1, 1)})}}, {}},
      {"short pick against the cancel of its order", {stock({{2}}), order("a", {{1, 2}})}, {{pick("p", "a", 1)}, {cancel("c", "a")}}, {}},
      {"short pick against the shipping of its order", {stock({{2}}), order("a", {{1, 2}})}, {{pick("p", "a", 1)}, {ship("s", "a")}}, {}},
      {"short pick against the pick of the same list", {stock({{2}}), order("a", {{1, 2}})}, {{pick("p", "a", 1)}, {pick("q", "a")}}, {}},
      {"the same short pick from two threads", {stock({{2}}), order("a", {{1, 2}})}, {{pick("p", "a", 1)}, {pick("p", "a", 1)}}, {}},
      {"short pick against a transfer of what is available", {stock({{3, 0}}), order("a", {{1, 2}})}, {{pick("p", "a", 1)}, {send("t", 1)}}, {}},
      {"short pick against a hold", {stock({{3}}), order("a", {{1, 2}})}, {{pick("p", "a", 1)}, {hold("h", {{1, 1}})}}, {}},
      {"3: short pick against a receipt against a newcomer", {stock({{2}}), order("a", {{1, 2}})},
       {{pick("p", "a", 1)}, {receipt("r", {row(1, 1, 1)})}, {order("b", {{1, 1}})}}, 2},
  };
}

std::vector<Program> steps() {
  const auto put_back = [](const char* id) { return step(id, "a", ShipmentStep::put_back); };
  const auto returned = [](const char* id, std::optional<std::int64_t> units = {}) { return step(id, "a", ShipmentStep::give_back, units); };
  const auto of_first_list = [](const char* id) {
    model::MoveCommand first = pick(id, "a");
    first.revision = 1;
    return first;
  };
  const std::vector<Step> picked = {stock({{2}}), order("a", {{1, 2}}), pick("p", "a")};
  const std::vector<Step> shipped = {stock({{2}}), order("a", {{1, 2}}), ship("s", "a")};
  const auto after = [](std::vector<Step> steps, Step more) {
    steps.push_back(std::move(more));
    return steps;
  };
  return {
      {"pick against the cancel of its order", {stock({{2}}), order("a", {{1, 2}})}, {{pick("p", "a")}, {cancel("c", "a")}}, {}},
      {"pick of a list against the fill that joins it", {stock({{1}}), order("a", {{1, 2}})},
       {{of_first_list("p")}, {receipt("r", {row(1, 1, 1)})}}, {}},
      {"pick against a count with a victim", {stock({{2}}), order("a", {{1, 2}})}, {{pick("p", "a")}, {count("k", 2, 1)}}, {}},
      {"put back against cancel", picked, {{put_back("q")}, {cancel("c", "a")}}, {}},
      {"put back against a count below what is picked", picked, {{put_back("q")}, {count("k", 2, 1)}}, {}},
      {"put back against pack", picked, {{put_back("q")}, {step("r", "a", ShipmentStep::pack)}}, {}},
      {"a packed shipment ships against a count that knows nothing of it", after(picked, step("q", "a", ShipmentStep::pack)),
       {{step("s", "a", ShipmentStep::ship)}, {count("k", 2, 1)}}, {}},
      {"a packed shipment ships against an order", {stock({{3}}), order("a", {{1, 2}}), pick("p", "a"), step("q", "a", ShipmentStep::pack)},
       {{step("s", "a", ShipmentStep::ship)}, {order("b", {{1, 1}})}}, {}},
      {"picked and packed against an order", {stock({{3}}), order("a", {{1, 2}})},
       {{pick("p", "a"), step("q", "a", ShipmentStep::pack)}, {order("b", {{1, 1}})}}, 3},
      {"put back against an order for what is available", {stock({{3}}), order("a", {{1, 2}}), pick("p", "a")},
       {{put_back("q")}, {order("b", {{1, 1}})}}, {}},
      {"return against an order for what is there", {stock({{3}}), order("a", {{1, 2}}), ship("s", "a")}, {{returned("t", 1)}, {order("b", {{1, 1}})}}, {}},
      {"return against a newcomer", shipped, {{returned("t", 1)}, {order("b", {{1, 1}})}}, {}},
      {"return for a waiter against a newcomer: no overtaking", after(shipped, order("w", {{1, 1}})), {{returned("t")}, {order("b", {{1, 1}})}}, {}},
      {"return against a short order: no lost wake-up", shipped, {{returned("t", 1)}, {order("b", {{1, 2}})}}, {}},
      {"return against return of the same units", shipped, {{returned("t", 2)}, {returned("u", 1)}}, {}},
      {"the same return from two threads", shipped, {{returned("t", 1)}, {returned("t", 1)}}, {}},
      {"closed order leaves memory against a return of it", shipped, {{Archive{{"a"}}}, {returned("t", 1)}}, {}},
      {"return of an order that left memory against one that takes its memory", after(shipped, Archive{{"a"}}),
       {{returned("t", 1)}, {order("b", {{1, 1}})}}, {}},
      {"3: return for a waiter against a cancel of it against a newcomer", after(shipped, order("w", {{1, 1}})),
       {{returned("t", 1)}, {cancel("c", "w")}, {order("b", {{1, 1}})}}, 2},
  };
}

}  // namespace

std::vector<Program> shipment_programs() {
  std::vector<Program> all = short_picks();
  for (Program& program : steps()) all.push_back(std::move(program));
  return all;
}

}  // namespace earmark::interleaving
