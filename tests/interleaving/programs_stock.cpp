// Counts, adjustments and quarantine: units that go are taken from who was promised them, while others go on reserving; and cells
// that are overdrawn because less was counted than is picked, until what comes has healed them.
#include "tests/interleaving/program.hpp"

namespace earmark::interleaving {
namespace {

using engine::Policy;
using engine::ShipmentStep;

std::vector<Program> shrinkage() {
  const auto change = [](const char* id, engine::ChangeKind kind, std::int64_t units) {
    return model::ChangeCommand{id, kind, "", {{units, 0, engine::SkuId{1}, engine::WarehouseId{1}, 0}}};
  };
  const auto both = [](const char* id) { return order(id, {{1, 1}, {2, 1}}, Policy::ship_complete); };
  return {
      {"shrinkage with a victim against a newcomer for what is left", {stock({{2}}), order("a", {{1, 1}})},
       {{adjust("k", 1, 1, -2)}, {order("b", {{1, 1}})}}, {}},
      {"shrinkage against a newcomer for what another warehouse has", {stock({{1, 1}}), order("a", {{1, 1}})},
       {{adjust("k", 1, 1, -1)}, {order("b", {{1, 1}})}}, {}},
      {"shrinkage of available units against a newcomer", {stock({{1}})}, {{adjust("k", 1, 1, -1)}, {order("b", {{1, 1}})}}, {}},
      {"count of what is available against a batch for it", {stock({{3}}), order("a", {{1, 1}})},
       {{count("k", 3, 1)}, {Batch{{order("b", {{1, 1}}), order("c", {{1, 1}})}}}}, {}},
      {"count with a victim against fill-or-kill", {stock({{3}}), order("a", {{1, 2}})},
       {{count("k", 3, 1)}, {order("b", {{1, 1}}, Policy::fill_or_kill)}}, {}},
      {"count with a victim that takes all or nothing against a newcomer for its other SKU", {stock({{1}, {1}}), both("a")},
       {{count("k", 1, 0)}, {order("b", {{2, 1}})}}, {}},
      {"count with a victim against the cancel of its order", {stock({{2}}), order("a", {{1, 2}})}, {{count("k", 2, 1)}, {cancel("c", "a")}}, {}},
      {"count with a victim against a receipt", {stock({{2}}), order("a", {{1, 2}})}, {{count("k", 2, 1)}, {receipt("r", {row(1, 1, 1)})}}, {}},
      {"count against count of the same figure", {stock({{2}}), order("a", {{1, 2}})}, {{count("k", 2, 1)}, {count("l", 2, 0)}}, {}},
      {"count that finds more against an order for what is there", {stock({{1}})}, {{count("k", 1, 2)}, {order("b", {{1, 1}})}}, {}},
      {"count that finds more for a waiter against a newcomer", {stock({{0}}), order("w", {{1, 1}})},
       {{count("k", 0, 2)}, {order("b", {{1, 1}})}}, {}},
      {"count of held units against confirm", {stock({{1}}), hold("h", {{1, 1}})}, {{count("k", 1, 0)}, {confirm("h", "c")}}, {}},
      {"count of held units against expiry, one waits", {stock({{2}}), hold("h", {{1, 2}}), order("w", {{1, 1}})},
       {{count("k", 2, 1)}, {Expire{}}}, {}},
      {"count that takes from a hold, then from an order, against a newcomer", {stock({{3}}), order("a", {{1, 1}}), hold("h", {{1, 1}})},
       {{count("k", 3, 0)}, {order("b", {{1, 1}})}}, {}},
      {"quarantine against a newcomer", {stock({{2}}), order("a", {{1, 1}})},
       {{change("k", engine::ChangeKind::quarantine, 1)}, {order("b", {{1, 1}})}}, {}},
      {"back from quarantine against an order for what is there", {stock({{2}}), change("q", engine::ChangeKind::quarantine, 1)},
       {{change("k", engine::ChangeKind::restore, 1)}, {order("b", {{1, 1}})}}, {}},
      {"back from quarantine for a waiter against a newcomer",
       {stock({{2}}), change("q", engine::ChangeKind::quarantine, 2), order("w", {{1, 1}})},
       {{change("k", engine::ChangeKind::restore, 2)}, {order("b", {{1, 1}})}}, {}},
  };
}

// Of two units one is picked; a count finds none, and the cell is overdrawn by one.
std::vector<Program> overdrawn() {
  const std::vector<Step> picked = {stock({{2, 0}}), order("a", {{1, 1}}), step("p", "a", ShipmentStep::pick)};
  const auto after = [&](std::vector<Step> more) {
    more.insert(more.begin(), picked.begin(), picked.end());
    return more;
  };
  const auto reduced = [](const char* id) { return order(id, {{1, 1}}, Policy::fill_and_cancel); };  // waits for nothing, so it needs no settler
  return {
      {"count below what is picked against a newcomer", picked, {{count("k", 2, 0)}, {order("b", {{1, 1}})}}, {}},
      {"count below what is picked against an order that does not wait", picked, {{count("k", 2, 0)}, {reduced("b")}}, {}},
      {"count below what is picked against the receipt that makes it stale", picked,
       {{count("k", 2, 0)}, {receipt("r", {row(1, 1, 2)})}}, {}},
      {"overdrawn: a receipt that only heals against an order that does not wait", after({count("k", 2, 0)}),
       {{receipt("r", {row(1, 1, 1)})}, {reduced("b")}}, {}},
      {"overdrawn: a receipt that heals and brings more against a newcomer", after({count("k", 2, 0)}),
       {{receipt("r", {row(1, 1, 2)})}, {order("b", {{1, 1}})}}, {}},
      {"overdrawn: a receipt of two rows, one heals, against a batch", after({count("k", 2, 0)}),
       {{receipt("r", {row(1, 1, 1), row(1, 1, 1)})}, {Batch{{reduced("b"), reduced("c")}}}}, {}},
      {"overdrawn: a receipt that heals for a waiter against a newcomer", after({count("k", 2, 0), order("w", {{1, 1}})}),
       {{receipt("r", {row(1, 1, 3)})}, {order("b", {{1, 1}})}}, {}},
      {"overdrawn: counted again against an order that does not wait", after({count("k", 2, 0)}), {{count("l", 0, 2)}, {reduced("b")}}, {}},
      {"overdrawn: what is picked ships against the receipt that heals", after({count("k", 2, 0), step("q", "a", ShipmentStep::pack)}),
       {{step("s", "a", ShipmentStep::ship)}, {receipt("r", {row(1, 1, 1)})}}, {}},
      {"overdrawn: what is picked is put back against the receipt that heals", after({count("k", 2, 0)}),
       {{step("s", "a", ShipmentStep::put_back)}, {receipt("r", {row(1, 1, 1)})}}, {}},
      {"overdrawn: a return that heals against an order that does not wait",
       {stock({{2, 0}}), order("z", {{1, 1}}), ship("s", "z"), order("a", {{1, 1}}), step("p", "a", ShipmentStep::pick), count("k", 1, 0)},
       {{step("t", "z", ShipmentStep::give_back)}, {reduced("b")}}, {}},
      {"3: count below what is picked, a receipt and an order that does not wait", picked,
       {{count("k", 2, 0)}, {receipt("r", {row(1, 1, 1)})}, {reduced("b")}}, 2},
      {"3: overdrawn: a receipt that heals and brings more, a count that knows it, a newcomer", after({count("k", 2, 0)}),
       {{receipt("r", {row(1, 1, 2)})}, {count("l", 2, 1)}, {order("b", {{1, 1}})}}, 2},
  };
}

}  // namespace

std::vector<Program> stock_programs() {
  std::vector<Program> all = shrinkage();
  for (Program& program : overdrawn()) all.push_back(std::move(program));
  return all;
}

}  // namespace earmark::interleaving
