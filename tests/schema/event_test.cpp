#include "schema/event.hpp"

#include <algorithm>

#include "tests/schema/event_round_trip.hpp"
#include "tests/schema/event_samples.hpp"

using namespace earmark;
using namespace earmark::schema;
using namespace earmark::schema::test;

namespace {

std::size_t piece_count(std::span<const std::byte> record) {
  std::size_t pieces = 0;
  for (bool more = true; more; ++pieces) {
    const Piece piece = piece_at(record);
    REQUIRE(piece.stride > 0);
    more = piece.header.more();
    record = record.subspan(piece.stride);
  }
  return pieces;
}

bool same_texts(const engine::OrderTexts& left, const engine::OrderTexts& right) {
  return left.customer == right.customer && left.channel == right.channel && left.ship_to == right.ship_to &&
         left.contact == right.contact && left.reference == right.reference && left.notes == right.notes;
}

void check_order(const engine::OrderDecision& want, const engine::OrderDecision& got) {
  CHECK(got.id == want.id);
  CHECK(got.content == want.content);
  CHECK(got.status == want.status);
  CHECK(got.policy == want.policy);
  CHECK(got.priority == want.priority);
  CHECK(got.sourcing == want.sourcing);
  CHECK(got.preferred == want.preferred);
  CHECK(got.placed_at == want.placed_at);
  CHECK(got.need_by == want.need_by);
  CHECK(got.reserve_not_before == want.reserve_not_before);
  CHECK(got.cancel_after == want.cancel_after);
  CHECK(got.not_due == want.not_due);
  CHECK(same_texts(got.texts, want.texts));
  CHECK(same_bytes(got.lines, want.lines));
  CHECK(same_bytes(got.takes, want.takes));
  CHECK(same_bytes(got.waits, want.waits));
  CHECK(same_bytes(got.expected, want.expected));
  CHECK(same_bytes(got.fallbacks, want.fallbacks));
  CHECK(got.hold == want.hold);
  CHECK(got.reacquired == want.reacquired);
  CHECK(got.fills_follow == want.fills_follow);
  CHECK(same_bytes(got.returned, want.returned));
  CHECK(same_bytes(got.line_policies, want.line_policies));
  CHECK(same_bytes(got.not_backorderable, want.not_backorderable));
}

}  // namespace

TEST_CASE("event: an order's record cast from another one of its shape is what would have been built", "[schema][event]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  EventEncoder encoder;  // keeps moulds; encoded() begins with none
  int cast = 0;
  for (int round = 0; round < 3000; ++round) {
    OrderSample sample(random, random.below(5));
    engine::OrderDecision& decision = sample.decision;
    // Few shapes, so that they come again; else records are too various for that.
    const std::string_view id(decision.id.data(), std::min<std::size_t>(decision.id.size(), random.below(3)));
    if (random.chance(90)) decision.id = id, decision.texts = {}, decision.hold = {}, decision.line_policies = {}, decision.returned = {}, decision.not_backorderable = {};
    const auto some = [&]<class Rows>(Rows& rows) { rows = rows.first(std::min<std::size_t>(rows.size(), random.below(2))); };
    if (random.chance(90)) some(decision.takes), some(decision.waits), some(decision.expected), some(decision.fallbacks);
    for (auto* time : {&decision.placed_at, &decision.need_by, &decision.reserve_not_before, &decision.cancel_after}) {
      if (random.chance(80)) *time = {};
    }
    const bool filtered = random.chance(10);
    const engine::Stamp stamp{engine::Lsn{random.number<std::uint64_t>()}, engine::TimeUs{random.number<std::int64_t>()}, {}};
    EventEncoder fresh;
    AlignedBytes built(1 << 20), again(1 << 20);
    fresh.mark_filtered(filtered), encoder.mark_filtered(filtered);
    const std::size_t bytes = fresh.encode(stamp, decision, built.span());
    REQUIRE(bytes != 0);
    for (int time = 0; time < 2; ++time) {  // the second one is cast in any case, where there are moulds of its kind
      std::ranges::fill(again.span(), std::byte{0xA5});
      REQUIRE(encoder.encode(stamp, decision, again.span()) == bytes);
      REQUIRE(std::ranges::equal(again.span().first(bytes), built.span().first(bytes)));
    }
    OrderSample other(random, decision.lines.size());  // of the same shape, with other values
    other.lines.resize(decision.lines.size());
    engine::OrderDecision second = decision;
    second.lines = other.lines;
    second.content = ~decision.content == 0 ? 1 : ~decision.content;
    const engine::Stamp later{stamp.lsn, {}, stamp.lsn};
    EventEncoder third;
    third.mark_filtered(filtered);
    REQUIRE(third.encode(later, second, built.span()) == bytes);
    REQUIRE(encoder.encode(later, second, again.span()) == bytes);
    REQUIRE(std::ranges::equal(again.span().first(bytes), built.span().first(bytes)));
    if (bytes <= 640) ++cast;
  }
  CHECK(cast > 1000);
}

TEST_CASE("event: a fill's record cast from another one of its shape is what would have been built", "[schema][event]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  EventEncoder encoder;
  const std::string letters = "abcdefghijklmnop";
  const auto text = [&] { return std::string_view(letters).substr(random.below(10), random.below(4)); };
  const auto number = [&]<class Number>(Number& value) { value = random.chance(50) ? Number{} : random.number<Number>(); };
  for (int round = 0; round < 20'000; ++round) {  // few shapes, so that most records are cast
    std::vector<engine::Take> takes(random.below(3));
    for (engine::Take& take : takes) number(take.quantity), number(take.available_after), number(take.warehouse.value), number(take.shipment);
    engine::FillDecision fill{.order_id = text(), .line = engine::LineNumber{1}, .sku = engine::SkuId{1}, .last = random.chance(10), .takes = takes};
    number(fill.order_lsn.value), number(fill.still_waiting);
    if (random.chance(20)) number(fill.line.value), number(fill.sku.value), number(fill.row), number(fill.raised_at.value);
    if (random.chance(50)) fill.customer = text();
    if (random.chance(20)) fill.skipped.order = text(), number(fill.skipped.order_lsn.value), number(fill.skipped.line.value);
    fill.pegged = random.chance(5);
    const bool filtered = random.chance(5);
    const engine::Stamp stamp{engine::Lsn{random.number<std::uint64_t>()}, engine::TimeUs{random.number<std::int64_t>()}, engine::Lsn{random.number<std::uint64_t>()}};
    EventEncoder fresh;
    AlignedBytes built(2048), cast(2048);
    fresh.mark_filtered(filtered), encoder.mark_filtered(filtered);
    const std::size_t bytes = fresh.encode(stamp, fill, built.span());
    REQUIRE(bytes != 0);
    std::ranges::fill(cast.span(), std::byte{0xA5});
    REQUIRE(encoder.encode(stamp, fill, cast.span()) == bytes);
    REQUIRE(std::ranges::equal(cast.span().first(bytes), built.span().first(bytes)));
  }
}

TEST_CASE("event: an order comes back as it was written, in one piece or several", "[schema][event]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  const std::size_t lines = GENERATE(std::size_t{0}, 1u, 3u, 40u, 1900u, 4096u);
  for (int round = 0; round < 20; ++round) {
    const OrderSample sample(random, lines);
    const auto record = encoded(sample.decision);
    if (lines == 3) CHECK(piece_count(record) == 1);
    if (lines == 4096) CHECK(piece_count(record) >= 3);
    decode_all_ways<engine::OrderDecision>(record, [&](const auto& got) { check_order(sample.decision, got); });
  }
}

TEST_CASE("event: receipts, cancels, ships and fills come back as they were written", "[schema][event]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  const std::size_t rows = GENERATE(std::size_t{0}, 1u, 17u, 4096u);
  for (int round = 0; round < 10; ++round) {
    const ReceiptSample receipt(random, rows);
    decode_all_ways<engine::ReceiptDecision>(encoded(receipt.decision), [&](const engine::ReceiptDecision& got) {
      CHECK(got.id == receipt.id);
      CHECK(got.content == receipt.decision.content);
      CHECK(got.fills_follow == receipt.decision.fills_follow);
      CHECK(same_bytes(got.rows, receipt.decision.rows));
    });
    const CancelSample cancel(random, rows);
    decode_all_ways<engine::CancelDecision>(encoded(cancel.decision), [&](const engine::CancelDecision& got) {
      CHECK(got.command_id == cancel.command);
      CHECK(got.order_id == cancel.order);
      CHECK(got.content == cancel.decision.content);
      CHECK(got.whole == cancel.decision.whole);
      CHECK(got.fills_follow == cancel.decision.fills_follow);
      CHECK(same_bytes(got.lines, cancel.decision.lines));
      CHECK(same_bytes(got.released, cancel.decision.released));
    });
    const AmendSample amend(random, rows);
    decode_all_ways<engine::AmendDecision>(encoded(amend.decision), [&](const engine::AmendDecision& got) {
      CHECK(got.command_id == amend.base.command);
      CHECK(got.order_id == amend.base.order);
      CHECK(got.content == amend.decision.content);
      CHECK(got.priority == amend.decision.priority);
      CHECK(got.fills_follow == amend.decision.fills_follow);
      CHECK(same_bytes(got.lines, amend.decision.lines));
      CHECK(same_bytes(got.released, amend.decision.released));
      CHECK(same_bytes(got.raised, amend.decision.raised));
    });
    const ShipSample ship(random, rows);
    decode_all_ways<engine::ShipDecision>(encoded(ship.decision), [&](const engine::ShipDecision& got) {
      CHECK(got.command_id == ship.command);
      CHECK(got.order_id == ship.order);
      CHECK(got.content == ship.decision.content);
      CHECK(same_bytes(got.lines, ship.decision.lines));
      CHECK(same_bytes(got.shipped, ship.decision.shipped));
    });
    const auto takes = ship.shipped;
    engine::FillDecision fill{ship.order, engine::Lsn{random.number<std::uint64_t>()}, engine::LineNumber{9},
                                    engine::SkuId{8}, 7, 6, random.chance(50), takes, {}, engine::Lsn{random.chance(50) ? 0 : random.number<std::uint64_t>()}};
    fill.pegged = random.chance(50);
    decode_all_ways<engine::FillDecision>(encoded(fill), [&](const engine::FillDecision& got) {
      CHECK(got.order_id == fill.order_id);
      CHECK(got.order_lsn == fill.order_lsn);
      CHECK(got.line == fill.line);
      CHECK(got.sku == fill.sku);
      CHECK(got.row == fill.row);
      CHECK(got.still_waiting == fill.still_waiting);
      CHECK(got.last == fill.last);
      CHECK(got.raised_at == fill.raised_at);
      CHECK(got.pegged == fill.pegged);
      CHECK(same_bytes(got.takes, fill.takes));
    });
  }
}

TEST_CASE("event: holds of any size come back as they were written", "[schema][event]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  for (const std::size_t lines : {0u, 1u, 7u, 900u, 4096u}) {
    const OrderSample sample(random, lines);
    const engine::HoldDecision hold{sample.decision.id, random.number<std::uint64_t>(), engine::OrderStatus::reduced, random.chance(50),
                                    engine::TimeUs{random.number<std::int64_t>()}, sample.decision.texts.customer, sample.lines, sample.takes};
    decode_all_ways<engine::HoldDecision>(encoded(hold), [&](const engine::HoldDecision& got) {
      CHECK(got.id == hold.id);
      CHECK(got.content == hold.content);
      CHECK(got.status == hold.status);
      CHECK(got.partial == hold.partial);
      CHECK(got.deadline == hold.deadline);
      CHECK(got.customer == hold.customer);
      CHECK(same_bytes(got.lines, hold.lines));
      CHECK(same_bytes(got.takes, hold.takes));
    });
    const HoldEndSample end(random, lines);
    decode_all_ways<engine::HoldEndDecision>(encoded(end.decision), [&](const engine::HoldEndDecision& got) {
      CHECK(got.command_id == end.command);
      CHECK(got.hold_id == end.hold);
      CHECK(got.content == end.decision.content);
      CHECK(got.how == end.decision.how);
      CHECK(got.fills_follow == end.decision.fills_follow);
      CHECK(got.customer == end.customer);
      CHECK(same_bytes(got.lines, end.decision.lines));
      CHECK(same_bytes(got.released, end.decision.released));
    });
  }
  const engine::HoldExtendDecision extend{"command", "hold", 77, engine::TimeUs{12'345}, true, "customer"};
  decode_all_ways<engine::HoldExtendDecision>(encoded(extend), [&](const engine::HoldExtendDecision& got) {
    CHECK(got.command_id == extend.command_id);
    CHECK(got.hold_id == extend.hold_id);
    CHECK(got.content == extend.content);
    CHECK(got.deadline == extend.deadline);
    CHECK(got.cut == extend.cut);
    CHECK(got.customer == extend.customer);
  });
}

TEST_CASE("event: a step of a shipment comes back as it was, in one piece or many", "[schema][event]") {
  Random random(test_seed());
  for (const std::size_t lines : {0U, 1U, 3U, 4000U, 1U, 2U, 5U, 1U, 2U}) {
    const ShipmentSample move(random, lines);
    decode_all_ways<engine::ShipmentDecision>(encoded(move.decision), [&](const engine::ShipmentDecision& got) {
      CHECK(got.command_id == move.command);
      CHECK(got.order_id == move.order);
      CHECK(got.content == move.decision.content);
      CHECK(got.shipment == move.decision.shipment);
      CHECK(got.warehouse == move.decision.warehouse);
      CHECK(got.step == move.decision.step);
      CHECK(got.revision == move.decision.revision);
      CHECK(got.rest_shipment == move.decision.rest_shipment);
      CHECK(got.carrier == move.carrier);
      CHECK(got.tracking == move.tracking);
      CHECK(got.expected == move.decision.expected);
      CHECK(got.to_unavailable == move.decision.to_unavailable);
      CHECK(got.reason == move.reason);
      CHECK(got.fills_follow == move.decision.fills_follow);
      CHECK(got.customer == move.customer);
      CHECK(same_bytes(got.lines, move.decision.lines));
    });
  }
}

TEST_CASE("event: a step of a shipment that leaves units over and does not say where, or is no pick, is refused", "[schema][event]") {
  EventDecoder decoder;
  std::size_t consumed = 0;
  engine::MovedLine line{engine::LineNumber{1}, engine::SkuId{1}, 1, 0, 1};
  engine::ShipmentDecision move;
  move.command_id = "c";
  move.order_id = "o";
  move.shipment = 1;
  move.lines = {&line, 1};
  AlignedBytes nowhere(encoded(move));
  CHECK(decoder.decode(nowhere.span(), consumed).error() == EventFault::inconsistent);
  move.rest_shipment = 2;
  move.step = engine::ShipmentStep::pack;
  AlignedBytes packed(encoded(move));
  CHECK(decoder.decode(packed.span(), consumed).error() == EventFault::inconsistent);
  move.step = static_cast<engine::ShipmentStep>(8);
  AlignedBytes unknown(encoded(move));
  CHECK_FALSE(decoder.decode(unknown.span(), consumed).has_value());
}

TEST_CASE("event: a transfer and its arrival come back as they were, in one piece or many", "[schema][event]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  for (const std::size_t rows : {0U, 1U, 3U, 4096U, 2U, 5U}) {
    const TransferShipSample ship(random, rows);
    decode_all_ways<engine::TransferShipDecision>(encoded(ship.decision), [&](const engine::TransferShipDecision& got) {
      CHECK(got.id == ship.id);
      CHECK(got.content == ship.decision.content);
      CHECK(got.source == ship.decision.source);
      CHECK(got.destination == ship.decision.destination);
      CHECK(got.expected == ship.decision.expected);
      CHECK(got.reason == ship.reason);
      CHECK(same_bytes(got.rows, ship.decision.rows));
    });
    const TransferReceiptSample receipt(random, rows);
    decode_all_ways<engine::TransferReceiptDecision>(encoded(receipt.decision), [&](const engine::TransferReceiptDecision& got) {
      CHECK(got.command_id == receipt.command);
      CHECK(got.transfer_id == receipt.transfer);
      CHECK(got.transfer_lsn == receipt.decision.transfer_lsn);
      CHECK(got.content == receipt.decision.content);
      CHECK(got.source == receipt.decision.source);
      CHECK(got.destination == receipt.decision.destination);
      CHECK(got.closed == receipt.decision.closed);
      CHECK(got.fills_follow == receipt.decision.fills_follow);
      CHECK(same_bytes(got.rows, receipt.decision.rows));
      CHECK(same_bytes(got.missing, receipt.decision.missing));
    });
  }
}

TEST_CASE("event: a transfer to its own warehouse, or an arrival that contradicts itself, is refused", "[schema][event]") {
  EventDecoder decoder;
  std::size_t consumed = 0;
  AlignedBytes home(encoded(engine::TransferShipDecision{"t", 1, engine::WarehouseId{1}, engine::WarehouseId{1}, {}, "", {}}));
  CHECK(decoder.decode(home.span(), consumed).error() == EventFault::inconsistent);
  const engine::MissingUnits missing{engine::SkuId{1}, 2};
  engine::ArrivedRow row{engine::SkuId{1}, 2, 1, 3, 0};
  engine::TransferReceiptDecision receipt{"c", "t", engine::Lsn{1}, 1, engine::WarehouseId{1}, engine::WarehouseId{2}, false, false, {&row, 1}, {&missing, 1}};
  AlignedBytes open(encoded(receipt));
  CHECK(decoder.decode(open.span(), consumed).error() == EventFault::inconsistent);
  receipt.closed = true;
  AlignedBytes closed(encoded(receipt));
  CHECK(decoder.decode(closed.span(), consumed).has_value());
  row.over = 4;
  AlignedBytes over(encoded(receipt));
  CHECK(decoder.decode(over.span(), consumed).error() == EventFault::inconsistent);
}

TEST_CASE("event: a hold's record whose counts disagree, or that ends it in an unknown way, is refused", "[schema][event]") {
  EventDecoder decoder;
  std::size_t consumed = 0;
  const engine::Take take{1, 2, engine::WarehouseId{1}, 1};
  const engine::ReleasedLine line{engine::LineNumber{1}, engine::SkuId{1}, 2};
  AlignedBytes two(encoded(engine::HoldEndDecision{"c", "h", 1, engine::HoldEnd::released, false, {&line, 1}, {&take, 1}, ""}));
  CHECK(decoder.decode(two.span(), consumed).error() == EventFault::inconsistent);
  AlignedBytes open(encoded(engine::HoldEndDecision{"c", "h", 1, engine::HoldEnd::open, false, {}, {}, ""}));
  CHECK(decoder.decode(open.span(), consumed).error() == EventFault::inconsistent);
  AlignedBytes confirmed(encoded(engine::HoldEndDecision{"c", "h", 1, engine::HoldEnd::confirmed, false, {}, {}, ""}));
  CHECK(decoder.decode(confirmed.span(), consumed).error() == EventFault::inconsistent);
  engine::LineDecision decided;
  decided.more_takes = 1;
  AlignedBytes hold(encoded(engine::HoldDecision{"h", 1, engine::OrderStatus::reserved, false, {}, "", {&decided, 1}, {}}));
  CHECK(decoder.decode(hold.span(), consumed).error() == EventFault::inconsistent);
}

TEST_CASE("event: loads of any size and void records come back as they were written", "[schema][event]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  for (const std::size_t products : {0u, 3u, 500u, 8000u}) {
    const LoadSample load(random, products / 4, products, products);
    decode_all_ways<engine::LoadDecision>(encoded(load.decision), [&](const engine::LoadDecision& got) {
      CHECK(got.fills_follow == load.decision.fills_follow);
      REQUIRE(got.warehouses.size() == load.warehouses.size());
      REQUIRE(got.products.size() == load.products.size());
      bool same = true;
      for (std::size_t row = 0; row < got.warehouses.size(); ++row) {
        const auto &left = got.warehouses[row], &right = load.warehouses[row];
        same &= left.id == right.id && left.priority == right.priority && left.code == right.code && left.name == right.name;
      }
      for (std::size_t row = 0; row < got.products.size(); ++row) {
        const auto &left = got.products[row], &right = load.products[row];
        same &= left.id == right.id && left.code == right.code && left.description == right.description;
      }
      CHECK(same);
      CHECK(same_bytes(got.stock, load.decision.stock));
    });
  }
  decode_all_ways<engine::VoidDecision>(encoded(engine::VoidDecision{engine::Lsn{7}, engine::Lsn{9}}), [](const engine::VoidDecision& decision) {
    CHECK(decision.oldest_known == engine::Lsn{7});
    CHECK(decision.archived == engine::Lsn{9});
  });
  decode_all_ways<engine::VoidDecision>(encoded(engine::VoidDecision{}), [](const engine::VoidDecision& decision) {
    CHECK(decision.oldest_known == engine::Lsn{});
  });
}

TEST_CASE("event: stock changes come back as they were written, in one piece or several", "[schema][event]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  const std::size_t rows = GENERATE(std::size_t{0}, 1u, 17u, 4096u);
  for (int round = 0; round < 10; ++round) {
    const ChangeSample change(random, rows);
    const auto record = encoded(change.decision);
    if (rows == 4096) CHECK(piece_count(record) >= 4);
    decode_all_ways<engine::StockChangeDecision>(record, [&](const engine::StockChangeDecision& got) {
      CHECK(got.id == change.id);
      CHECK(got.content == change.decision.content);
      CHECK(got.kind == change.decision.kind);
      CHECK(got.reason == change.reason);
      CHECK(got.fills_follow == change.decision.fills_follow);
      CHECK(same_bytes(got.rows, change.decision.rows));
      CHECK(same_bytes(got.lost, change.decision.lost));
      CHECK(std::ranges::equal(got.orders, change.orders));
      CHECK(std::ranges::equal(got.customers, change.customers));
      CHECK(std::ranges::equal(got.of_holds, change.of_holds));
      CHECK(std::ranges::equal(got.overdrawn, change.overdrawn));
    });
  }
}

TEST_CASE("event: encoding says when the buffer is too small", "[schema][event]") {
  Random random(1);
  const OrderSample sample(random, 4096);
  const std::size_t needed = encoded(sample.decision).size();
  EventEncoder encoder;
  for (const std::size_t room : {std::size_t{0}, std::size_t{8}, needed / 2, needed - 8}) {
    AlignedBytes out(room);
    CHECK(encoder.encode(stamp, sample.decision, out.span()) == 0);
  }
  AlignedBytes out(needed);
  CHECK(encoder.encode(stamp, sample.decision, out.span()) == needed);
}

TEST_CASE("event: the stamp is read without decoding", "[schema][event]") {
  Random random(2);
  const OrderSample sample(random, GENERATE(std::size_t{2}, 4096u));
  AlignedBytes record(encoded(sample.decision));
  CHECK(stamp_of(record.span()).lsn == stamp.lsn);
  CHECK(stamp_of(record.span()).time == stamp.time);
  CHECK(stamp_of(record.span()).cause == stamp.cause);
}

TEST_CASE("event: fills, cancels and ships carry the customer, and one that was not recorded is not an empty one", "[schema][event]") {
  using Customer = std::optional<std::string_view>;
  const auto customer = GENERATE(Customer{}, Customer{""}, Customer{"Okafor Builders"});
  // Over several pieces, too: it stands in the first.
  const std::vector<engine::Take> takes(GENERATE(std::size_t{1}, std::size_t{12'000}), engine::Take{1, 2, engine::WarehouseId{3}, 4});
  const auto count = static_cast<std::uint32_t>(takes.size());
  decode_all_ways<engine::FillDecision>(encoded(engine::FillDecision{"o", {}, {}, {}, 0, 0, true, takes, customer}),
                                        [&](const engine::FillDecision& got) { CHECK(got.customer == customer); });
  const engine::CancelledLine cancelled[] = {{engine::LineNumber{1}, engine::SkuId{1}, 0, count, 0}};
  decode_all_ways<engine::CancelDecision>(encoded(engine::CancelDecision{"c", "o", 1, true, false, cancelled, takes, customer}),
                                          [&](const engine::CancelDecision& got) { CHECK(got.customer == customer); });
  const engine::ShippedLine shipped[] = {{engine::LineNumber{1}, engine::SkuId{1}, count}};
  decode_all_ways<engine::ShipDecision>(encoded(engine::ShipDecision{"s", "o", 1, shipped, takes, customer}),
                                        [&](const engine::ShipDecision& got) { CHECK(got.customer == customer); });
}

TEST_CASE("event: says of itself whether parts are left out", "[schema][event]") {
  EventEncoder encoder;
  EventDecoder decoder;
  AlignedBytes out(4096);
  const engine::ReceivedRow rows[] = {{engine::SkuId{1}, engine::WarehouseId{1}, 0, 2, 2}};
  for (const bool filtered : {false, true, false}) {
    encoder.mark_filtered(filtered);
    const std::size_t bytes = encoder.encode(stamp, engine::ReceiptDecision{"r", 1, false, rows}, out.span());
    std::size_t consumed = 0;
    const auto event = decoder.decode(out.span().first(bytes), consumed);
    REQUIRE(event.has_value());
    CHECK(event->filtered == filtered);
  }
}
