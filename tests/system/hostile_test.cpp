// Bytes that no client should send, and peers that go away: each gets its error or its end, other clients notice
// nothing, and nothing changes (the same digest before and after).
#include <catch2/catch.hpp>
#include <cstring>
#include <iostream>
#include <random>

#include "schema/catalogue_generated.h"
#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;
using engine::ErrorCode;
using schema::MessageKind;

std::vector<std::byte> bytes_of(const flatbuffers::FlatBufferBuilder& builder) {
  const auto* begin = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
  std::vector<std::byte> bytes(begin, begin + builder.GetSize());
  bytes.resize((bytes.size() + 7) / 8 * 8);
  return bytes;
}

// A server with some state, and a witness that must never notice anything.
class Scene {
 public:
  Scene() : server(directory_.path(), {"--io-threads", "2"}), witness(server.port()) {
    if (!witness.ask(catalogue(4, 2, 50)).decided()) throw std::runtime_error("the catalogue was not loaded");
    witness.ask(order("before", {{1, 3}, {2, 120}}));
    before_ = witness.digest();
  }
  // Another client is answered, and nothing has changed.
  void check_unharmed() {
    CHECK(witness.check({1}).size() == 2);
    CHECK(Caller(server.port()).stats().at("skus") == 4);
    CHECK(witness.digest() == before_);
  }

 private:
  TemporaryDirectory directory_;

 public:
  Server server;
  Caller witness;

 private:
  std::string before_;
};

// The connection's next answer is this error.
void check_error(Caller& caller, ErrorCode code) {
  const Reply reply = caller.receive();
  REQUIRE(reply.kind == MessageKind::error);
  CHECK(name(reply.error.code) == name(code));
}

void check_closed(RawConnection& wire) { CHECK_FALSE(wire.read_frame().has_value()); }

std::vector<std::byte> order_frames(Caller& caller, const std::string& id, std::size_t lines) {
  std::vector<std::byte> out;
  caller.put(out, order(id, std::vector<Wanted>(lines, Wanted{1, 1})));
  return out;
}

}  // namespace

TEST_CASE("hostile: a frame that is too large is told so and the connection closes", "[system][hostile]") {
  Scene scene;
  Caller caller(scene.server.port());
  const std::uint32_t length = GENERATE(65'537U, 1U << 20, 0xFFFFFFFFU);
  schema::FrameHeader header{length, MessageKind::order, 0, 77};
  const auto head = std::as_bytes(std::span(&header, 1));
  caller.wire().send(head);
  const Reply reply = caller.receive();
  CHECK(reply.error.code == ErrorCode::too_large);
  CHECK(reply.correlation == 77);
  check_closed(caller.wire());
  scene.check_unharmed();
}

TEST_CASE("hostile: the largest frame allowed is judged like any other", "[system][hostile]") {
  Scene scene;
  Caller caller(scene.server.port());
  caller.send(frame(4, 1, std::vector<std::byte>(65'536)));
  check_error(caller, ErrorCode::malformed);
  CHECK(caller.check({1}).size() == 2);
  scene.check_unharmed();
}

TEST_CASE("hostile: what comes before hello is refused and the connection closes", "[system][hostile]") {
  Scene scene;
  RawConnection wire(scene.server.port());
  wire.send(order_frames(scene.witness, "early", 1));
  const auto answer = wire.read_frame();
  REQUIRE(answer.has_value());
  CHECK(answer->header.kind == MessageKind::error);
  CHECK_FALSE(wire.read_frame().has_value());
  scene.check_unharmed();
}

TEST_CASE("hostile: another protocol version is refused and the connection closes", "[system][hostile]") {
  Scene scene;
  const std::uint16_t version = GENERATE(std::uint16_t{0}, std::uint16_t{2}, std::uint16_t{65535});
  RawConnection wire(scene.server.port());
  std::vector<std::byte> hello;
  scene.witness.encoder().hello(hello, 9, {version, {}, "of another time", 0});
  wire.send(hello);
  const auto answer = wire.read_frame();
  REQUIRE(answer.has_value());
  CHECK(answer->header.kind == MessageKind::error);
  CHECK(answer->header.correlation == 9);
  CHECK_FALSE(wire.read_frame().has_value());
  scene.check_unharmed();
}

TEST_CASE("hostile: random bytes, of a peer that never said hello and of one that did", "[system][hostile]") {
  Scene scene;
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 40; ++round) {
    std::vector<std::byte> garbage(random() % 5000 + 16);
    for (std::byte& byte : garbage) byte = std::byte{static_cast<unsigned char>(random())};
    try {
      if (round % 2 == 0) {
        RawConnection wire(scene.server.port());
        wire.send(garbage);
        wire.finish_sending();
        while (wire.read_frame()) continue;
      } else {
        Caller caller(scene.server.port());
        caller.send(garbage);
        caller.wire().finish_sending();
        while (caller.wire().read_frame()) continue;
      }
    } catch (const ConnectionLost&) {
    }
  }
  scene.check_unharmed();
}

TEST_CASE("hostile: unknown kinds of message are told so, the connection stays", "[system][hostile]") {
  Scene scene;
  Caller caller(scene.server.port());
  const std::uint16_t kind = GENERATE(std::uint16_t{0}, std::uint16_t{127}, std::uint16_t{128}, std::uint16_t{192}, std::uint16_t{255}, std::uint16_t{65535});
  INFO("kind " << kind);
  caller.send(frame(kind, 5, std::vector<std::byte>(64)));
  check_error(caller, ErrorCode::unknown_message);
  CHECK(caller.check({1}).size() == 2);
  scene.check_unharmed();
}

TEST_CASE("hostile: dense ids of another catalogue epoch have no effect", "[system][hostile]") {
  Scene scene;
  Caller caller(scene.server.port());
  const std::uint64_t epoch = caller.epoch();
  caller.use_epoch(epoch + 1);
  for (const model::Command& command : {model::Command(order("stale", {{1, 1}})), model::Command(receipt("stale", {{1, 1}}))}) {
    const Reply reply = caller.ask(command);
    CHECK(reply.error.code == ErrorCode::stale_catalogue);
    CHECK(reply.as_of == engine::Lsn{0});
  }
  std::vector<std::byte> out;
  const engine::SkuId one[] = {engine::SkuId{1}};
  caller.encoder().check(out, 1, {epoch + 1, one});
  caller.encoder().stock(out, 2, {epoch + 1, one, {}, {}, false});
  caller.send(out);
  check_error(caller, ErrorCode::stale_catalogue);
  check_error(caller, ErrorCode::stale_catalogue);
  scene.check_unharmed();
}

TEST_CASE("hostile: one text shared by thousands of entries of a load is bounded", "[system][hostile]") {
  Scene scene;
  Caller caller(scene.server.port());
  flatbuffers::FlatBufferBuilder builder;
  const auto text = builder.CreateString(std::string(500, 'd'));
  std::vector<flatbuffers::Offset<flatbuffers::String>> codes, descriptions(1500, text);
  for (int number = 0; number < 1500; ++number) codes.push_back(builder.CreateString("N" + std::to_string(number)));
  const auto products = builder.CreateVector(codes), words = builder.CreateVector(descriptions);
  builder.Finish(wire::CreateLoad(builder, 0, 0, 0, products, words));
  const auto body = bytes_of(builder);
  REQUIRE(body.size() * 8 < 1500 * 500);
  caller.send(frame(2, 3, body));
  check_error(caller, ErrorCode::malformed);
  CHECK(caller.check({1}).size() == 2);
  scene.check_unharmed();
}

TEST_CASE("hostile: messages cut off at every eighth byte or with a byte changed", "[system][hostile]") {
  Scene scene;
  Caller caller(scene.server.port());
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  // An order for a SKU that is not there: damaged or not, it may not be decided.
  std::vector<std::byte> whole;
  caller.put(whole, order("cut", {{0, 1}, {0, 2}, {0, 3}}));
  const std::span<const std::byte> body = std::span(whole).subspan(schema::frame_header_bytes);
  std::size_t sent = 0;
  for (std::size_t length = 0; length < body.size(); length += 8, ++sent) caller.send(frame(4, 1, body.first(length)));
  for (int change = 0; change < 300; ++change, ++sent) {
    std::vector<std::byte> changed(body.begin(), body.end());
    changed[random() % changed.size()] ^= std::byte{static_cast<unsigned char>(1U << (random() % 8))};
    // One changed bit leaves at least one line whose SKU is unknown.
    caller.send(frame(4, 1, changed));
  }
  for (std::size_t answer = 0; answer < sent; ++answer) {
    const Reply reply = caller.receive();
    if (reply.kind != MessageKind::error) FAIL("decided: " << reply.text());
  }
  scene.check_unharmed();
}

TEST_CASE("hostile: a peer that goes in the middle of a frame, or of an order in parts", "[system][hostile]") {
  Scene scene;
  const bool reset = GENERATE(false, true);
  const auto leave = [&](std::span<const std::byte> bytes) {
    Caller caller(scene.server.port());
    caller.wire().send(bytes);
    if (reset) return caller.wire().reset();
    caller.wire().finish_sending();
    while (caller.wire().read_frame()) continue;
  };
  const std::vector<std::byte> small = order_frames(scene.witness, "half", 3);
  for (std::size_t length = 1; length < small.size(); length += 9) leave(std::span(small).first(length));
  // 4,000 lines are two parts: the first alone is no order.
  const std::vector<std::byte> large = order_frames(scene.witness, "parts", 4000);
  const schema::Split first = schema::split(large);
  REQUIRE((first.frame.header.flags & schema::flag_more_parts) != 0);
  REQUIRE(first.consumed < large.size());
  leave(std::span(large).first(first.consumed));
  leave(std::span(large).first(first.consumed + 1000));
  scene.check_unharmed();
}

TEST_CASE("hostile: too many unfinished messages, and one that never ends, are refused", "[system][hostile]") {
  Scene scene;
  Caller caller(scene.server.port());
  const std::vector<std::byte> whole = order_frames(scene.witness, "unfinished", 4000);
  const schema::Split first = schema::split(whole);
  const bool many = GENERATE(true, false);
  INFO((many ? "many messages" : "one message of many parts"));
  bool refused = false;
  try {
    for (std::uint64_t part = 1; part <= 100; ++part) {
      caller.send(frame(4, many ? part : 1, first.frame.body, schema::flag_more_parts));
    }
    const Reply reply = caller.receive();
    refused = reply.error.code == ErrorCode::too_many_parts;
    while (caller.wire().read_frame()) continue;
  } catch (const ConnectionLost&) {
    refused = true;
  }
  CHECK(refused);
  scene.check_unharmed();
}

TEST_CASE("parts: an order of 4,000 lines in parts is decided once, and is the same order however it is parted", "[system][hostile]") {
  Scene scene;
  Caller caller(scene.server.port());
  const model::OrderCommand large = order("large", std::vector<Wanted>(4000, Wanted{3, 1}));
  const Reply decided = caller.ask(large);
  REQUIRE(decided.decided());
  CHECK(decided.bodies.size() > 1);
  const Got got = caller.got(decided);
  CHECK(got.reserved == 100);
  CHECK(got.backordered == 3900);
  // The same in parts of 1,000 lines.
  std::vector<std::byte> out;
  const std::uint64_t correlation = caller.next_correlation();
  for (std::size_t begin = 0; begin < large.lines.size(); begin += 1000) {
    std::vector<std::byte> part;
    model::OrderCommand rows = large;
    rows.lines.assign(large.lines.begin() + static_cast<std::ptrdiff_t>(begin), large.lines.begin() + static_cast<std::ptrdiff_t>(begin) + 1000);
    caller.encoder().order(part, correlation, {rows.view(), caller.epoch(), {}});
    const schema::Split only = schema::split(part);
    REQUIRE(only.consumed == part.size());
    const std::uint16_t flags = begin + 1000 < large.lines.size() ? schema::flag_more_parts : std::uint16_t{0};
    const auto bytes = frame(4, correlation, only.frame.body, flags);
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  caller.send(out);
  const Reply repeated = caller.receive(correlation);
  CHECK(repeated.duplicate);
  CHECK(repeated.bodies == decided.bodies);
}
