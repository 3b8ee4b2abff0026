#include <catch2/catch.hpp>

#include "loadtest/answer_reader.hpp"
#include "loadtest/random.hpp"
#include "schema/answer.hpp"
#include "schema/event.hpp"
#include "schema/frame.hpp"
#include "schema/record.hpp"

namespace {

using namespace earmark;
using namespace earmark::loadtest;

// An order of some lines as the server sends it: the body of one frame.
struct EncodedOrder {
  std::vector<std::uint64_t> record = std::vector<std::uint64_t>(8'000);
  std::vector<engine::LineDecision> lines;
  std::vector<engine::Take> takes;
  engine::OrderDecision decision;
  std::span<const std::byte> body;

  explicit EncodedOrder(Random& random) {
    const std::uint32_t count = 1 + random.below(20);
    for (std::uint32_t line = 1; line <= count; ++line) {
      engine::LineDecision& decided = lines.emplace_back();
      decided.line = engine::LineNumber{line};
      decided.sku = engine::SkuId{random.below(1'000'000)};
      decided.quantity = 1 + random.below(900);
      decided.backordered = random.below(9);
      decided.taken = random.below(9);
      decided.available_after = random.below(9'000);
      decided.warehouse = engine::WarehouseId{static_cast<std::uint16_t>(random.below(5))};
      for (std::uint32_t more = random.below(3); more != 0; --more) {
        takes.push_back({1 + random.below(50), random.below(900), engine::WarehouseId{static_cast<std::uint16_t>(1 + random.below(5))}, 2});
        ++lines.back().more_takes;
      }
    }
    decision.id = "an-order-0000000123";
    decision.content = random.next();
    decision.status = static_cast<engine::OrderStatus>(random.below(6));
    if (random.below(2) == 0) decision.texts.customer = "C-7";
    decision.lines = lines;
    decision.takes = takes;
    schema::EventEncoder encoder;
    const auto bytes = std::as_writable_bytes(std::span(record));
    REQUIRE(encoder.encode({engine::Lsn{1 + random.next() / 2}, engine::TimeUs{5}, {}}, decision, bytes) != 0);
    body = schema::piece_at(bytes).body;
  }
};

TEST_CASE("answer reader: reads what the schema's decoder reads", "[loadtest]") {
  const std::uint64_t seed = GENERATE(1U, 2U, 3U);
  CAPTURE(seed);
  Random random(seed);
  schema::EventDecoder decoder;
  for (int count = 0; count < 200; ++count) {
    const EncodedOrder order(random);
    std::size_t consumed = 0;
    const auto event = decoder.decode_bodies(std::span(&order.body, 1), consumed);
    REQUIRE(event.has_value());
    const auto& expected = std::get<engine::OrderDecision>(event->decision);
    const auto read = read_decided_order(order.body);
    REQUIRE(read.has_value());
    CHECK(read->lsn == event->stamp.lsn);
    CHECK(read->id == expected.id);
    CHECK(read->status == expected.status);
    REQUIRE(read->lines.size() == expected.lines.size());
    REQUIRE(read->takes.size() == expected.takes.size());
    for (std::size_t index = 0; index < expected.lines.size(); ++index) {
      const engine::LineDecision line = read->lines[index];
      REQUIRE(std::memcmp(&line, &expected.lines[index], sizeof line) == 0);
    }
    for (std::size_t index = 0; index < expected.takes.size(); ++index) {
      const engine::Take take = read->takes[index];
      REQUIRE(std::memcmp(&take, &expected.takes[index], sizeof take) == 0);
    }
  }
}

TEST_CASE("answer reader: what is no order's decision is not read as one", "[loadtest]") {
  std::vector<std::uint64_t> record(1'000);
  const auto bytes = std::as_writable_bytes(std::span(record));
  schema::EventEncoder encoder;
  engine::ReceiptDecision receipt;
  receipt.id = "a receipt";
  REQUIRE(encoder.encode({engine::Lsn{7}, {}, {}}, receipt, bytes) != 0);
  CHECK_FALSE(read_decided_order(schema::piece_at(bytes).body).has_value());
  CHECK_FALSE(read_decided_order({}).has_value());
  CHECK_FALSE(read_decided_order(bytes.first(16)).has_value());

  std::vector<std::byte> frames;
  schema::append_answer(frames, 1, schema::ErrorAnswer{{engine::ErrorCode::unknown_sku, 0, {}}, {}, {}, 0});
  CHECK_FALSE(read_decided_order(schema::split(frames).frame.body).has_value());
}

// Run with the sanitizers: every read outside of the body is found there.
TEST_CASE("answer reader: broken bytes are read within their bounds", "[loadtest]") {
  const std::uint64_t seed = GENERATE(10U, 11U);
  CAPTURE(seed);
  Random random(seed);
  std::size_t refused = 0;
  for (int count = 0; count < 20'000; ++count) {
    const EncodedOrder order(random);
    std::vector<std::byte> body(order.body.begin(), order.body.end());
    const auto somewhere = [&] { return random.below(static_cast<std::uint32_t>(body.size())); };
    for (std::uint32_t flips = 1 + random.below(4); flips != 0; --flips) body[somewhere()] = static_cast<std::byte>(random.next());
    if (random.below(3) == 0) body.resize(somewhere());
    const std::vector<std::byte> exact(body.begin(), body.end());  // no spare capacity behind the end
    const auto read = read_decided_order(exact);
    if (!read) {
      ++refused;
      continue;
    }
    std::uint64_t sum = read->id.size();
    for (std::size_t index = 0; index < read->lines.size(); ++index) sum += read->lines[index].quantity;
    for (std::size_t index = 0; index < read->takes.size(); ++index) sum += read->takes[index].quantity;
    REQUIRE(sum < ~std::uint64_t{0});
  }
  CHECK(refused > 5'000);
}

TEST_CASE("answer reader: reads a stock check", "[loadtest]") {
  const std::vector<engine::Quantity> available = {5, 0, 7, 1, 2, 3};
  std::vector<std::byte> frames;
  schema::append_answer(frames, 1, schema::CheckAnswer{engine::Lsn{77}, 3, available});
  const auto read = read_checked_stock(schema::split(frames).frame.body);
  REQUIRE(read.has_value());
  CHECK(read->lsn.value == 77);
  CHECK(read->warehouses == 3);
  REQUIRE(read->available.size() == 6);
  for (std::size_t index = 0; index < 6; ++index) CHECK(read->available[index] == available[index]);
  CHECK_FALSE(read_checked_stock({}).has_value());
}

}  // namespace
