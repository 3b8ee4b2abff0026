#include <catch2/catch.hpp>

#include "loadtest/order_frame.hpp"
#include "loadtest/random.hpp"
#include "schema/ask.hpp"
#include "schema/frame.hpp"

namespace {

using namespace earmark;
using namespace earmark::loadtest;

TEST_CASE("order frame: a patched frame is byte for byte what the encoder writes", "[loadtest]") {
  const auto lines = GENERATE(as<std::size_t>{}, 1, 2, 3, 10, 64);
  const auto prefix = GENERATE(as<std::string>{}, "a", "run7-0", "a-prefix-of-forty-bytes-which-is-the-most");
  const std::uint64_t epoch = 0x1122334455667788, seed = 31 * lines + prefix.size();
  CAPTURE(lines, prefix, seed);
  Random random(seed);
  OrderFrame frame(prefix, epoch, lines);
  schema::RequestEncoder encoder;
  std::vector<std::byte> patched, encoded;
  for (int count = 0; count < 50; ++count) {
    const std::uint64_t correlation = random.next(), number = random.next() % 10'000'000'000;
    const engine::WarehouseId preferred{static_cast<std::uint16_t>(1 + random.below(300))};
    std::vector<OrderFrameLine> asked;
    std::vector<engine::OrderLine> rows;
    for (std::uint32_t line = 1; line <= lines; ++line) {
      asked.push_back({engine::SkuId{static_cast<std::uint32_t>(random.next())}, random.below(2'000'000'000)});
      rows.push_back({asked.back().quantity, asked.back().sku, engine::LineNumber{line}, {}, 0, 0});
    }
    frame.append(patched, correlation, number, preferred, asked);

    std::string digits = std::to_string(number);
    digits.insert(0, OrderFrame::digits - digits.size(), '0');
    const std::string id = prefix + digits;
    schema::OrderRequest request;
    request.order.id = id;
    request.order.preferred = preferred;
    request.order.lines = rows;
    request.epoch = epoch;
    encoder.order(encoded, correlation, request);
  }
  CHECK(patched == encoded);
  CHECK(patched.size() == 50 * frame.bytes());
}

}  // namespace
