// Transfers: free units leave a warehouse as an order takes them, while orders take them; what arrives serves who waits.
#include "tests/interleaving/program.hpp"

namespace earmark::interleaving {

std::vector<Program> transfer_programs() {
  const auto pinned = [](const char* id) { return order(id, {{1, 1, 2}}); };  // to where transfers go
  const auto in_part = [](const char* command_id, std::int64_t quantity, bool close) {
    model::ReceiveTransferCommand arrival = arrive(command_id, "t");
    arrival.close = close;
    arrival.rows.push_back({quantity, 0, engine::SkuId{1}, 0});
    return arrival;
  };
  const auto complete = [](const char* id, std::int64_t quantity) { return order(id, {{1, quantity}}, engine::Policy::line_complete); };
  return {
      {"transfer leaves against an order, units for both", {stock({{3, 0}})}, {{send("t", 1)}, {order("b", {{1, 2}})}}, {}},
      {"transfer leaves against an order for the last unit", {stock({{1, 0}})}, {{send("t", 1)}, {order("b", {{1, 1}})}}, {}},
      {"transfer leaves against an order that both warehouses serve", {stock({{2, 1}})}, {{send("t", 1)}, {order("b", {{1, 3}})}}, {}},
      {"transfer leaves against fill-or-kill", {stock({{2, 0}})}, {{send("t", 1)}, {order("b", {{1, 2}}, engine::Policy::fill_or_kill)}}, {}},
      {"transfer leaves against a batch", {stock({{2, 0}})}, {{send("t", 1)}, {Batch{{order("b", {{1, 1}}), order("c", {{1, 1}})}}}}, {}},
      {"transfer leaves against a hold", {stock({{1, 0}})}, {{send("t", 1)}, {hold("h", {{1, 1}})}}, {}},
      {"transfer leaves against transfer, units for one", {stock({{1, 0}})}, {{send("t", 1)}, {send("u", 1)}}, {}},
      {"the same transfer from two threads", {stock({{2, 0}})}, {{send("t", 1)}, {send("t", 1)}}, {}},
      {"transfer leaves from where one waits for more against the receipt that completes it", {stock({{1, 0}}), complete("w", 2)},
       {{send("t", 1)}, {receipt("r", {row(1, 1, 1)})}}, {}},
      {"transfer leaves against a count with a victim", {stock({{2, 0}}), order("a", {{1, 1}})}, {{send("t", 1)}, {count("k", 2, 0)}}, {}},
      {"transfer leaves against a cancel", {stock({{1, 0}}), order("a", {{1, 1}})}, {{send("t", 1)}, {cancel("c", "a")}}, {}},
      {"arrival against an order for it", {stock({{1, 0}}), send("t", 1)}, {{arrive("r", "t")}, {pinned("b")}}, {}},
      {"arrival against an order for what is there", {stock({{1, 1}}), send("t", 1)}, {{arrive("r", "t")}, {pinned("b")}}, {}},
      {"arrival against a short order: no lost wake-up", {stock({{2, 0}}), send("t", 1)}, {{arrive("r", "t")}, {order("b", {{1, 2}})}}, {}},
      {"arrival for a waiter against a newcomer: no overtaking", {stock({{2, 0}}), send("t", 2), order("w", {{1, 1}})},
       {{arrive("r", "t")}, {order("b", {{1, 1}})}}, {}},
      {"arrival for a pinned waiter against a newcomer", {stock({{2, 0}}), send("t", 2), pinned("w")},
       {{arrive("r", "t")}, {order("b", {{1, 1}})}}, {}},
      {"arrival that completes a waiter against a newcomer for the rest of it", {stock({{2, 0}}), send("t", 1), complete("w", 2)},
       {{arrive("r", "t")}, {order("b", {{1, 1, 1}})}}, {}},
      {"arrival for a waiter against the cancel of it", {stock({{1, 0}}), send("t", 1), order("w", {{1, 1}}), order("v", {{1, 1}})},
       {{arrive("r", "t")}, {cancel("c", "w")}}, {}},
      {"arrival against arrival of the same transfer", {stock({{1, 0}}), send("t", 1)}, {{arrive("r", "t")}, {arrive("s", "t")}}, {}},
      {"the same arrival from two threads", {stock({{1, 0}}), send("t", 1)}, {{arrive("r", "t")}, {arrive("r", "t")}}, {}},
      {"a part arrives against a part that is told as the last", {stock({{3, 0}}), send("t", 3), pinned("w")},
       {{in_part("r", 1, false)}, {in_part("s", 1, true)}}, {}},
      {"arrival at an overdrawn cell against an order that does not wait",
       {stock({{1, 2}}), send("t", 1), pinned("a"), step("p", "a", engine::ShipmentStep::pick), adjust("k", 1, 2, -2)},
       {{arrive("r", "t")}, {order("b", {{1, 1}}, engine::Policy::fill_and_cancel)}}, {}},
      {"transfer leaves and arrives against an order for it", {stock({{1, 0}})}, {{send("t", 1), arrive("r", "t")}, {order("b", {{1, 1}})}}, 3},
      {"3: transfer leaves against a cancel against a newcomer", {stock({{1, 0}}), order("a", {{1, 1}})},
       {{send("t", 1)}, {cancel("c", "a")}, {order("b", {{1, 1}})}}, 2},
      {"3: arrival against a receipt against a newcomer, one waits", {stock({{1, 0}}), send("t", 1), order("w", {{1, 2}})},
       {{arrive("r", "t")}, {receipt("s", {row(1, 1, 1)})}, {order("b", {{1, 1}})}}, 2},
  };
}

}  // namespace earmark::interleaving
