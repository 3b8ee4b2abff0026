// Questions and answers about checkout holds, each there and back.
#include "engine/limits.hpp"
#include "schema/answer.hpp"
#include "tests/schema/request_round_trip.hpp"

using namespace earmark;
using namespace earmark::schema;
using namespace earmark::schema::test;

TEST_CASE("request: holds and confirms come back as they were asked for, in parts when they are long", "[schema][request]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  const auto lines = random_lines(random, GENERATE(std::size_t{0}, 1u, 2500u, 4096u));
  const std::string id = random.text(64), customer = random.text(512);
  const HoldRequest hold{{id, customer, true, -5, engine::WarehouseId{9}, engine::Sourcing::fewest_splits, lines}, 17, engine::TimeUs{8}};
  const std::size_t hold_frames = round_trip<HoldRequest>(
      MessageKind::hold, [&](auto& ask, auto& out) { ask.hold(out, correlation, hold); },
      [&](const HoldRequest& got) {
        CHECK(got.epoch == 17);
        CHECK(got.time == hold.time);
        CHECK(got.hold.id == id);
        CHECK(got.hold.customer == customer);
        CHECK(got.hold.partial);
        CHECK(got.hold.ttl_us == -5);
        CHECK(got.hold.preferred == hold.hold.preferred);
        CHECK(got.hold.sourcing == hold.hold.sourcing);
        CHECK(same_bytes(got.hold.lines, std::span<const engine::OrderLine>(lines)));
        CHECK(content_hash(got.hold) == content_hash(hold.hold));
      });
  CHECK(hold_frames == (lines.size() <= 2500 ? 1 : 2));

  ConfirmRequest confirm;
  confirm.epoch = 99;
  confirm.time = engine::TimeUs{6};
  confirm.confirm.hold_id = "basket";
  confirm.confirm.reacquire = true;
  confirm.confirm.order.id = id;
  confirm.confirm.order.policy = engine::Policy::ship_complete;
  confirm.confirm.order.texts.customer = customer;
  confirm.confirm.order.lines = lines;
  const std::size_t confirm_frames = round_trip<ConfirmRequest>(
      MessageKind::confirm, [&](auto& ask, auto& out) { ask.confirm(out, correlation, confirm); },
      [&](const ConfirmRequest& got) {
        CHECK(got.epoch == 99);
        CHECK(got.time == confirm.time);
        CHECK(got.confirm.hold_id == "basket");
        CHECK(got.confirm.reacquire);
        CHECK(got.confirm.order.id == id);
        CHECK(got.confirm.order.policy == engine::Policy::ship_complete);
        CHECK(got.confirm.order.texts.customer == customer);
        CHECK(same_bytes(got.confirm.order.lines, std::span<const engine::OrderLine>(lines)));
        CHECK(content_hash(got.confirm) == content_hash(confirm.confirm));
      });
  CHECK(confirm_frames == (lines.size() <= 2500 ? 1 : 2));
}

TEST_CASE("request: what else is asked of holds comes back as it was asked", "[schema][request]") {
  const ExtendRequest extend{{"command", "basket", 60'000'000}, engine::TimeUs{4}};
  round_trip<ExtendRequest>(MessageKind::extend, [&](auto& ask, auto& out) { ask.extend(out, correlation, extend); },
                            [&](const ExtendRequest& got) {
                              CHECK(got.extend.command_id == "command");
                              CHECK(got.extend.hold_id == "basket");
                              CHECK(got.extend.ttl_us == 60'000'000);
                              CHECK(got.time == extend.time);
                            });
  const ReleaseRequest release{{"command", "basket"}, engine::TimeUs{5}};
  round_trip<ReleaseRequest>(MessageKind::release, [&](auto& ask, auto& out) { ask.release(out, correlation, release); },
                             [&](const ReleaseRequest& got) {
                               CHECK(got.release.command_id == "command");
                               CHECK(got.release.hold_id == "basket");
                               CHECK(got.time == release.time);
                             });
  round_trip<HoldsRequest>(MessageKind::holds, [&](auto& ask, auto& out) { ask.holds(out, correlation, {6, engine::SkuId{4}}); },
                           [&](const HoldsRequest& got) {
                             CHECK(got.epoch == 6);
                             CHECK(got.sku == engine::SkuId{4});
                           });
}

TEST_CASE("request: commands on holds that differ in anything have another content", "[schema][request]") {
  std::vector<std::uint64_t> seen;
  const auto is_new = [&](std::uint64_t content) {
    for (const std::uint64_t before : seen) CHECK(content != before);
    seen.push_back(content);
  };
  const std::vector<engine::OrderLine> one{{1, engine::SkuId{1}, engine::LineNumber{1}, {}, 0, 0}}, other{{2, engine::SkuId{1}, engine::LineNumber{1}, {}, 0, 0}};
  engine::PlaceHold hold{"h", "c", false, 1000, {}, engine::Sourcing::priority, one};
  is_new(content_hash(hold));
  hold.partial = true;
  is_new(content_hash(hold));
  hold.ttl_us = 2000;
  is_new(content_hash(hold));
  hold.lines = other;
  is_new(content_hash(hold));
  engine::ConfirmHold confirm{"h", false, {}};
  is_new(content_hash(confirm));
  confirm.reacquire = true;
  is_new(content_hash(confirm));
  confirm.hold_id = "g";
  is_new(content_hash(confirm));
  confirm.order.lines = one;
  is_new(content_hash(confirm));
  is_new(content_hash(engine::ExtendHold{"k", "h", 1000}));
  is_new(content_hash(engine::ExtendHold{"k", "h", 1001}));
  is_new(content_hash(engine::ReleaseHold{"k", "h"}));
  is_new(content_hash(engine::ReleaseHold{"k", "g"}));
}

TEST_CASE("answer: open holds of any number come back as they were given", "[schema][answer]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  const std::size_t count = GENERATE(std::size_t{0}, 1u, 6'000u);
  std::vector<std::string> names, customers;
  std::vector<OpenHold> open;
  for (std::uint32_t index = 0; index < count; ++index) {
    names.push_back(random.text(64));
    customers.push_back(random.text(100));
    open.push_back({engine::Lsn{random.number<std::uint64_t>()}, engine::TimeUs{random.number<std::int64_t>()}, engine::TimeUs{9},
                    random.number<std::uint64_t>(), random.number<std::uint32_t>(), index});
  }
  const std::vector<std::string_view> name_views(names.begin(), names.end()), customer_views(customers.begin(), customers.end());
  std::vector<std::byte> bytes;
  append_answer(bytes, correlation, HoldsAnswer{engine::Lsn{3}, open, name_views, customer_views});
  auto frames = frames_of(bytes);
  CHECK((frames.size() > 1) == (count == 6'000));
  AnswerDecoder decoder;
  const auto decoded = decoder.decode(MessageKind::holds_answer, bodies_of(frames));
  REQUIRE(decoded.has_value());
  const auto& got = std::get<HoldsAnswer>(*decoded);
  CHECK(got.as_of == engine::Lsn{3});
  CHECK(same_bytes(got.open, std::span<const OpenHold>(open)));
  CHECK(std::equal(got.holds.begin(), got.holds.end(), name_views.begin(), name_views.end()));
  CHECK(std::equal(got.customers.begin(), got.customers.end(), customer_views.begin(), customer_views.end()));
}
