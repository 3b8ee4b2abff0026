// A fixed workload, for whoever counts instructions (tools/instructions.sh): N orders of three lines in batches of 64, decided, journalled and answered.
//   instructions whole N      everything is there: receiving threads decide
//   instructions short N      nothing is there: everything waits, and a receipt serves it at the end
//   instructions frames N     the orders are made, as a client does, and thrown away: what the others do beside
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/micro/order_path.hpp"

int main(int count, char** arguments) {
  const std::string what = count == 3 ? arguments[1] : "";
  const std::uint64_t orders = count == 3 ? std::strtoull(arguments[2], nullptr, 10) : 0;
  if ((what != "whole" && what != "short" && what != "frames") || orders == 0 || orders > 100'000) {
    std::fprintf(stderr, "usage: instructions whole|short|frames ORDERS (1 to 100000)\n");
    return 2;
  }
  constexpr std::uint64_t batch = 64;
  earmark::micro::Shop shop;
  if (what == "short") shop.stock = 0;
  earmark::micro::OrderPath path(shop);
  std::size_t bytes = 0;
  for (std::uint64_t first = 1; first <= orders; first += batch) {
    const auto frames = earmark::micro::order_frames(shop, first, std::min(batch, orders + 1 - first));
    if (what == "frames") continue;
    path.receive(frames);
    bytes += path.answer();
  }
  if (what == "short") {
    path.receive(earmark::micro::receipt_frame(shop, orders + 1, 1'000'000));
    bytes += path.answer();
  }
  std::printf("%s: %llu orders, %llu decisions, %zu bytes of answers\n", what.c_str(), static_cast<unsigned long long>(orders),
              static_cast<unsigned long long>(path.last().value), bytes);
  return 0;
}
