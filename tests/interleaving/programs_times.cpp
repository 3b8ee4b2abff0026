// Times (E7): later threads have later times and commit first or last. No record carries a time before its predecessor's.
#include "tests/interleaving/program.hpp"

namespace earmark::interleaving {

std::vector<Program> time_programs() {
  std::vector<Program> all = {
      {"times: receipt against a later order", {stock({{1}})}, {{receipt("r", {row(1, 1, 1)})}, {order("b", {{1, 1}})}}, {}},
      {"times: short order against a later order", {stock({{1}})}, {{order("a", {{1, 2}})}, {order("b", {{1, 1}})}}, 3},
      {"times: order against a later order", {stock({{2}})}, {{order("a", {{1, 1}})}, {order("b", {{1, 1}})}}, {}},
      {"times: two receipts against a later order", {stock({{1}})}, {{receipt("r", {row(1, 1, 1)}), receipt("s", {row(1, 1, 1)})}, {order("b", {{1, 1}})}}, 3},
      {"times: 3: receipt against later orders", {stock({{2}})}, {{receipt("r", {row(1, 1, 1)})}, {order("b", {{1, 1}})}, {order("c", {{1, 1}})}}, 2},
      {"times: 3: the role goes to a later thread against an order", {stock({{2}})}, {{receipt("r", {row(1, 1, 1)})}, {order("b", {{1, 1}})}, {receipt("s", {row(1, 1, 1)})}}, 2},
  };
  for (Program& program : all) program.times = true;
  return all;
}

}  // namespace earmark::interleaving
