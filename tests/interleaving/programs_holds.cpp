// Holds: made, confirmed, released, extended and expired against orders, receipts and each other; and orders whose times come. Both
// are the settler's, so what the others can come between are its commits.
#include "tests/interleaving/program.hpp"

namespace earmark::interleaving {
namespace {

model::ConfirmCommand confirm_of(const char* hold, const char* order_id, const std::vector<Wanted>& lines, bool reacquire = false) {
  return {.hold_id = hold, .reacquire = reacquire, .order = order(order_id, lines)};
}

model::ExtendCommand extend(const char* command_id, const char* hold) { return {command_id, hold, 2'000'000}; }

std::vector<Program> times() {
  const auto cancelled_later = [](const char* id) {
    model::OrderCommand timed = order(id, {{1, 1}});
    timed.cancel_after = engine::TimeUs{1'000'000};
    return timed;
  };
  const auto due_later = [](const char* id) {
    model::OrderCommand timed = order(id, {{1, 1}});
    timed.reserve_not_before = engine::TimeUs{1'000'000};
    return timed;
  };
  return {
      {"cancelled when its time comes against a newcomer", {stock({{1}}), cancelled_later("a")}, {{Expire{}}, {order("b", {{1, 1}})}}, {}},
      {"cancelled when its time comes against its shipping", {stock({{1}}), cancelled_later("a")}, {{Expire{}}, {ship("s", "a")}}, {}},
      {"order that takes nothing yet becomes due against a newcomer", {stock({{1}}), due_later("a")}, {{Expire{}}, {order("b", {{1, 1}})}}, {}},
      {"order that becomes due against a receipt", {stock({{0}}), due_later("a"), order("w", {{1, 1}})},
       {{Expire{}}, {receipt("r", {row(1, 1, 1)})}}, {}},
  };
}

}  // namespace

std::vector<Program> hold_programs() {
  const auto whole = [](const char* id) { return order(id, {{1, 1}}, engine::Policy::fill_or_kill); };
  std::vector<Program> all = {
      {"hold against order", {stock({{1}})}, {{hold("h", {{1, 1}})}, {order("a", {{1, 1}})}}, {}},
      {"hold against order, units for both", {stock({{2}})}, {{hold("h", {{1, 1}})}, {order("a", {{1, 1}})}}, {}},
      {"a part is held against order", {stock({{3}})}, {{hold("h", {{1, 2}}, true)}, {order("a", {{1, 2}})}}, {}},
      {"hold against hold, stock for one", {stock({{1}})}, {{hold("h", {{1, 1}})}, {hold("i", {{1, 1}})}}, {}},
      {"the same hold from two threads", {stock({{2}})}, {{hold("h", {{1, 1}})}, {hold("h", {{1, 1}})}}, {}},
      {"hold against fill-or-kill, stock for one", {stock({{1}})}, {{hold("h", {{1, 1}})}, {whole("a")}}, {}},
      {"hold against a batch for the same units", {stock({{2}})},
       {{hold("h", {{1, 1}})}, {Batch{{order("a", {{1, 1}}), order("b", {{1, 1}})}}}}, {}},
      {"hold against the receipt for a waiter: it is later demand", {stock({{0}}), order("w", {{1, 1}})},
       {{hold("h", {{1, 1}})}, {receipt("r", {row(1, 1, 2)})}}, {}},
      {"confirm against expiry", {stock({{1}}), hold("h", {{1, 1}})}, {{confirm("h", "a")}, {Expire{}}}, {}},
      {"confirm against release", {stock({{1}}), hold("h", {{1, 1}})}, {{confirm("h", "a")}, {release("r", "h")}}, {}},
      {"confirm against confirm into another order", {stock({{1}}), hold("h", {{1, 1}})}, {{confirm("h", "a")}, {confirm("h", "b")}}, {}},
      {"confirm against order", {stock({{2}}), hold("h", {{1, 1}})}, {{confirm("h", "c")}, {order("a", {{1, 2}})}}, {}},
      {"confirm of less than is held against an order for what is there", {stock({{3}}), hold("h", {{1, 2}})},
       {{confirm_of("h", "c", {{1, 1}})}, {order("a", {{1, 1}})}}, {}},
      {"confirm into an order of the same id", {stock({{2}}), hold("h", {{1, 1}})}, {{confirm("h", "a")}, {order("a", {{1, 1}})}}, {}},
      {"confirm of more than is held against order", {stock({{2}}), hold("h", {{1, 1}})},
       {{confirm_of("h", "c", {{1, 2}})}, {order("a", {{1, 1}})}}, {}},
      {"confirm of less than is held, one waits, against a newcomer", {stock({{2}}), hold("h", {{1, 2}}), order("w", {{1, 1}})},
       {{confirm_of("h", "c", {{1, 1}})}, {order("b", {{1, 1}})}}, {}},
      {"confirm that reacquires against order", {stock({{1}}), hold("h", {{1, 1}}), Expire{}},
       {{confirm_of("h", "c", {{1, 1}}, true)}, {order("a", {{1, 1}})}}, {}},
      {"confirm that may reacquire against expiry, one waits", {stock({{1}}), hold("h", {{1, 1}}), order("w", {{1, 1}})},
       {{confirm_of("h", "c", {{1, 1}}, true)}, {Expire{}}}, {}},
      {"extend against expiry", {stock({{1}}), hold("h", {{1, 1}})}, {{extend("x", "h")}, {Expire{}}}, {}},
      {"release against expiry, one waits", {stock({{1}}), hold("h", {{1, 1}}), order("w", {{1, 1}})},
       {{release("r", "h")}, {Expire{}}}, {}},
      {"release against an order for what is there", {stock({{2}}), hold("h", {{1, 1}})}, {{release("r", "h")}, {order("a", {{1, 1}})}}, {}},
      {"release for a waiter against a newcomer", {stock({{1}}), hold("h", {{1, 1}}), order("w", {{1, 1}})},
       {{release("r", "h")}, {order("b", {{1, 1}})}}, {}},
      {"expiry against order", {stock({{1}}), hold("h", {{1, 1}})}, {{Expire{}}, {order("a", {{1, 1}})}}, {}},
      {"expiry against an order for what is there", {stock({{2}}), hold("h", {{1, 1}})}, {{Expire{}}, {order("a", {{1, 1}})}}, {}},
      {"expiry for a waiter against a newcomer", {stock({{2}}), hold("h", {{1, 2}}), order("w", {{1, 1}})},
       {{Expire{}}, {order("b", {{1, 1}})}}, {}},
      {"expiry of two holds against an order for both", {stock({{2}}), hold("h", {{1, 1}}), hold("i", {{1, 1}})},
       {{Expire{}}, {order("a", {{1, 2}})}}, 3},
      {"expiry against a new hold of the same units", {stock({{1}}), hold("h", {{1, 1}})}, {{Expire{}}, {hold("i", {{1, 1}})}}, {}},
      {"3: confirm against expiry against a newcomer", {stock({{1}}), hold("h", {{1, 1}})},
       {{confirm("h", "c")}, {Expire{}}, {order("b", {{1, 1}})}}, 2},
  };
  for (Program& program : times()) all.push_back(std::move(program));
  return all;
}

}  // namespace earmark::interleaving
