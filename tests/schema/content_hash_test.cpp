#include "schema/ask.hpp"
#include "tests/schema/support.hpp"

using namespace earmark;
using namespace earmark::schema;
using namespace earmark::schema::test;

TEST_CASE("content hash: the same order has one, however it was cut into frames", "[schema][content]") {
  std::vector<engine::OrderLine> lines(300);
  for (std::uint32_t index = 0; index < lines.size(); ++index) {
    lines[index].quantity = index + 1;
    lines[index].sku = engine::SkuId{index * 7 + 1};
    lines[index].line = engine::LineNumber{index + 1};
  }
  const auto part = [&](std::size_t first, std::size_t count) {
    OrderRequest order;
    order.order.id = "order";
    order.order.texts.customer = "customer";
    order.order.lines = std::span(lines).subspan(first, count);
    RequestEncoder encoder;
    std::vector<std::byte> bytes;
    encoder.order(bytes, 1, order);
    return std::move(frames_of(bytes).front());
  };
  const auto hash_of = [&](std::vector<std::size_t> cuts) {
    std::vector<OwnedFrame> frames;
    std::size_t first = 0;
    for (const std::size_t cut : cuts) {
      frames.push_back(part(first, cut - first));
      first = cut;
    }
    frames.push_back(part(first, lines.size() - first));
    RequestDecoder decoder;
    auto decoded = decoder.decode(MessageKind::order, bodies_of(frames));
    REQUIRE(decoded.has_value());
    CHECK(std::get<OrderRequest>(*decoded).order.lines.size() == lines.size());
    return content_hash(std::get<OrderRequest>(*decoded).order);
  };
  const std::uint64_t whole = hash_of({});
  CHECK(hash_of({1}) == whole);
  CHECK(hash_of({64, 128}) == whole);
  CHECK(hash_of({0, 299}) == whole);
}

TEST_CASE("content hash: every field of an order counts, unused bytes do not", "[schema][content]") {
  std::vector<engine::OrderLine> lines(2);
  lines[0] = {1, engine::SkuId{1}, engine::LineNumber{1}, engine::WarehouseId{0}, 0, 0};
  lines[1] = {2, engine::SkuId{2}, engine::LineNumber{2}, engine::WarehouseId{1}, 0, 0};
  engine::PlaceOrder order;
  order.id = "order";
  order.lines = lines;
  std::vector<std::uint64_t> hashes{content_hash(order)};
  const auto with = [&](auto change) {
    engine::PlaceOrder changed = order;
    std::vector<engine::OrderLine> own = lines;
    change(changed, own);
    changed.lines = own;
    hashes.push_back(content_hash(changed));
  };
  with([](auto& changed, auto&) { changed.id = "order2"; });
  with([](auto& changed, auto&) { changed.priority = engine::Priority{99}; });
  with([](auto& changed, auto&) { changed.policy = engine::Policy::fill_or_kill; });
  with([](auto& changed, auto&) { changed.sourcing = engine::Sourcing::priority; });
  with([](auto& changed, auto&) { changed.preferred = engine::WarehouseId{1}; });
  with([](auto& changed, auto&) { changed.placed_at = engine::TimeUs{1}; });
  with([](auto& changed, auto&) { changed.need_by = engine::TimeUs{1}; });
  with([](auto& changed, auto&) { changed.reserve_not_before = engine::TimeUs{1}; });
  with([](auto& changed, auto&) { changed.cancel_after = engine::TimeUs{1}; });
  with([](auto& changed, auto&) { changed.texts.customer = "x"; });
  with([](auto& changed, auto&) { changed.texts.channel = "x"; });
  with([](auto& changed, auto&) { changed.texts.ship_to = "x"; });
  with([](auto& changed, auto&) { changed.texts.contact = "x"; });
  with([](auto& changed, auto&) { changed.texts.reference = "x"; });
  with([](auto& changed, auto&) { changed.texts.notes = "x"; });
  with([](auto&, auto& own) { own[0].quantity = 9; });
  with([](auto&, auto& own) { own[0].sku = engine::SkuId{9}; });
  with([](auto&, auto& own) { own[1].line = engine::LineNumber{9}; });
  with([](auto&, auto& own) { own[1].pinned = engine::WarehouseId{9}; });
  with([](auto&, auto& own) { own[1].policy = engine::LinePolicy::of(engine::Policy::ship_partial); });
  with([](auto&, auto& own) { std::swap(own[0], own[1]); });
  with([](auto&, auto& own) { own.pop_back(); });
  for (std::size_t left = 0; left < hashes.size(); ++left) {
    for (std::size_t right = 0; right < left; ++right) {
      CAPTURE(left, right);
      CHECK(hashes[left] != hashes[right]);
    }
  }
  lines[0].unused = 7;
  lines[1].unused_too = 9;
  CHECK(content_hash(order) == hashes[0]);
}

TEST_CASE("content hash: other commands differ by their ids and rows", "[schema][content]") {
  const std::vector<engine::StockRow> stock{{1, engine::SkuId{1}, engine::WarehouseId{1}, 0}}, more{{2, engine::SkuId{1}, engine::WarehouseId{1}, 0}};
  CHECK(content_hash(engine::ReceiveStock{"r", stock}) == content_hash(engine::ReceiveStock{"r", stock}));
  CHECK(content_hash(engine::ReceiveStock{"r", stock}) != content_hash(engine::ReceiveStock{"r", more}));
  CHECK(content_hash(engine::ReceiveStock{"r", stock}) != content_hash(engine::ReceiveStock{"s", stock}));
  const std::vector<engine::CancelRow> rows{{1, engine::LineNumber{1}, 0}}, none;
  CHECK(content_hash(engine::CancelOrder{"c", "o", rows}) != content_hash(engine::CancelOrder{"c", "o", none}));
  CHECK(content_hash(engine::CancelOrder{"c", "o", rows}) != content_hash(engine::CancelOrder{"c", "p", rows}));
  CHECK(content_hash(engine::ShipOrder{"ab", "c"}) != content_hash(engine::ShipOrder{"a", "bc"}));
  const auto change = [](std::string_view id, engine::ChangeKind kind, std::string_view reason, engine::ChangeRow row) {
    return content_hash(engine::ChangeStock{id, kind, reason, {&row, 1}});
  };
  const engine::ChangeRow row{3, 5, engine::SkuId{1}, engine::WarehouseId{1}, 0};
  const std::uint64_t same = change("k", engine::ChangeKind::count, "why", row);
  CHECK(change("k", engine::ChangeKind::count, "why", {3, 5, engine::SkuId{1}, engine::WarehouseId{1}, 9}) == same);
  CHECK(change("l", engine::ChangeKind::count, "why", row) != same);
  CHECK(change("k", engine::ChangeKind::adjust, "why", row) != same);
  CHECK(change("k", engine::ChangeKind::count, "because", row) != same);
  CHECK(change("k", engine::ChangeKind::count, "why", {4, 5, engine::SkuId{1}, engine::WarehouseId{1}, 0}) != same);
  CHECK(change("k", engine::ChangeKind::count, "why", {3, 6, engine::SkuId{1}, engine::WarehouseId{1}, 0}) != same);
  CHECK(change("k", engine::ChangeKind::count, "why", {3, 5, engine::SkuId{2}, engine::WarehouseId{1}, 0}) != same);
  CHECK(change("k", engine::ChangeKind::count, "why", {3, 5, engine::SkuId{1}, engine::WarehouseId{2}, 0}) != same);
}

TEST_CASE("content hash: every field of a step of a shipment counts", "[schema][content]") {
  const engine::CancelRow rows[] = {{1, engine::LineNumber{1}, 0}};
  const engine::MoveShipment move{"c", "o", 1, engine::ShipmentStep::pick, 2, rows, "carrier", "tracking", engine::TimeUs{3}, false, "reason"};
  const auto differs = [&](auto change) {
    engine::MoveShipment other = move;
    change(other);
    return content_hash(other) != content_hash(move);
  };
  CHECK_FALSE(differs([](engine::MoveShipment&) {}));
  CHECK(differs([](engine::MoveShipment& other) { other.command_id = "d"; }));
  CHECK(differs([](engine::MoveShipment& other) { other.order_id = "p"; }));
  CHECK(differs([](engine::MoveShipment& other) { other.shipment = 2; }));
  CHECK(differs([](engine::MoveShipment& other) { other.step = engine::ShipmentStep::give_back; }));
  CHECK(differs([](engine::MoveShipment& other) { other.revision = 3; }));
  CHECK(differs([](engine::MoveShipment& other) { other.rows = {}; }));
  CHECK(differs([](engine::MoveShipment& other) { other.carrier = "c"; }));
  CHECK(differs([](engine::MoveShipment& other) { other.tracking = "t"; }));
  CHECK(differs([](engine::MoveShipment& other) { other.expected = {}; }));
  CHECK(differs([](engine::MoveShipment& other) { other.to_unavailable = true; }));
  CHECK(differs([](engine::MoveShipment& other) { other.reason = "r"; }));
}

TEST_CASE("content hash: every field of a transfer and of its arrival counts", "[schema][content]") {
  const engine::TransferRow rows[] = {{1, engine::SkuId{1}, 0}}, more[] = {{2, engine::SkuId{1}, 0}}, others[] = {{1, engine::SkuId{2}, 0}}, unused[] = {{1, engine::SkuId{1}, 9}};
  const engine::ShipTransfer ship{"t", engine::WarehouseId{1}, engine::WarehouseId{2}, engine::TimeUs{3}, "reason", rows};
  const auto differs = [](const auto& command, auto change) {
    auto other = command;
    change(other);
    return content_hash(other) != content_hash(command);
  };
  CHECK_FALSE(differs(ship, [&](auto& other) { other.rows = unused; }));
  CHECK(differs(ship, [](auto& other) { other.id = "u"; }));
  CHECK(differs(ship, [](auto& other) { other.source = engine::WarehouseId{3}; }));
  CHECK(differs(ship, [](auto& other) { other.destination = engine::WarehouseId{3}; }));
  CHECK(differs(ship, [](auto& other) { other.expected = {}; }));
  CHECK(differs(ship, [](auto& other) { other.reason = "r"; }));
  CHECK(differs(ship, [&](auto& other) { other.rows = more; }));
  CHECK(differs(ship, [&](auto& other) { other.rows = others; }));
  const engine::ArrivalRow came[] = {{1, 1, engine::SkuId{1}, 0}}, good[] = {{2, 1, engine::SkuId{1}, 0}}, damaged[] = {{1, 2, engine::SkuId{1}, 0}};
  const engine::ReceiveTransfer receive{"c", "t", false, came};
  CHECK(differs(receive, [](auto& other) { other.command_id = "d"; }));
  CHECK(differs(receive, [](auto& other) { other.transfer_id = "u"; }));
  CHECK(differs(receive, [](auto& other) { other.close = true; }));
  CHECK(differs(receive, [](auto& other) { other.rows = {}; }));
  CHECK(differs(receive, [&](auto& other) { other.rows = good; }));
  CHECK(differs(receive, [&](auto& other) { other.rows = damaged; }));
}

TEST_CASE("content hash: is part of the journal's format and never changes", "[schema][content]") {
  std::vector<engine::OrderLine> lines(1);
  lines[0] = {3, engine::SkuId{7}, engine::LineNumber{1}, engine::WarehouseId{2}, 0, 0};
  engine::PlaceOrder order;
  order.id = "A-1001";
  order.texts.customer = "C-7";
  order.lines = lines;
  CHECK(content_hash(order) == 0x958a86ff8514577f);
  std::vector<engine::OrderLine> own = lines;
  own.back().policy = engine::LinePolicy::of(engine::Policy::line_complete);
  order.lines = own;
  CHECK(content_hash(order) == 0xee09638fcdafb3d0);
  engine::PlaceHold hold;
  hold.id = "H-1";
  hold.lines = lines;
  const std::uint64_t plain = content_hash(hold);
  hold.lines = own;
  CHECK(content_hash(hold) != plain);
  const std::vector<engine::StockRow> stock{{5, engine::SkuId{7}, engine::WarehouseId{2}, 0}};
  CHECK(content_hash(engine::ReceiveStock{"R-1", stock}) == 0x4795f35df65b4e24);
  const std::vector<engine::CancelRow> rows{{1, engine::LineNumber{1}, 0}};
  CHECK(content_hash(engine::CancelOrder{"C-1", "A-1001", rows}) == 0xd8e26d1b77759bc6);
  CHECK(content_hash(engine::ShipOrder{"S-1", "A-1001"}) == 0x60a9aa4e247fc6be);
  const std::vector<engine::ChangeRow> changes{{9, 12, engine::SkuId{7}, engine::WarehouseId{2}, 0}};
  CHECK(content_hash(engine::ChangeStock{"K-1", engine::ChangeKind::count, "cycle count", changes}) == 0xcbfe58afcb94b625);
}
