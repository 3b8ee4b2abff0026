// Records that are damaged or made up: a fault, never a crash, and no more work than the bytes are worth.
#include <chrono>

#include "schema/event.hpp"
#include "schema/event_generated.h"
#include "tests/schema/event_samples.hpp"
#include "tests/schema/inbound_samples.hpp"

using namespace earmark;
using namespace earmark::schema;
using namespace earmark::schema::test;

namespace {

std::vector<std::byte> record_of(flatbuffers::FlatBufferBuilder& builder) {
  const PieceHeader header{builder.GetSize(), 0};
  std::vector<std::byte> record(piece_header_bytes + padded(builder.GetSize()));
  std::memcpy(record.data(), &header, sizeof header);
  std::memcpy(record.data() + piece_header_bytes, builder.GetBufferPointer(), builder.GetSize());
  return record;
}

// An event around `body`, whatever its type says.
template <class Body>
std::vector<std::byte> event_with(flatbuffers::FlatBufferBuilder& builder, wire::EventBody type, flatbuffers::Offset<Body> body,
                                  bool more_parts = false) {
  const wire::Stamp stamp(1, 2, 0);
  builder.Finish(wire::CreateEvent(builder, &stamp, type, body.Union(), more_parts));
  return record_of(builder);
}

EventFault fault_of(std::span<const std::byte> bytes) {
  AlignedBytes record(bytes);
  EventDecoder decoder;
  std::size_t consumed = 0;
  const auto decoded = decoder.decode(record.span(), consumed);
  REQUIRE(!decoded.has_value());
  return decoded.error();
}

std::vector<std::byte> order_record(std::size_t lines) {
  Random random(lines);
  const OrderSample sample(random, lines);
  EventEncoder encoder;
  AlignedBytes out(std::size_t{1} << 20);
  const std::size_t bytes = encoder.encode({engine::Lsn{1}, engine::TimeUs{2}, {}}, sample.decision, out.span());
  return {out.span().begin(), out.span().begin() + static_cast<std::ptrdiff_t>(bytes)};
}

// Reads everything a decision points to, so that a sanitizer sees views that leave the record.
std::uint64_t touch(const Event& event) {
  std::uint64_t sum = 0;
  const auto text = [&](std::string_view words) { for (const char letter : words) sum += static_cast<unsigned char>(letter); };
  const auto rows = [&](const auto& span) {
    for (const std::byte byte : std::as_bytes(span)) sum += static_cast<std::uint64_t>(byte);
  };
  std::visit([&](const auto& decision) {
    using Kind = std::decay_t<decltype(decision)>;
    if constexpr (std::is_same_v<Kind, engine::OrderDecision>) {
      text(decision.id), text(decision.texts.customer), text(decision.texts.notes);
      rows(decision.lines), rows(decision.takes), rows(decision.waits), rows(decision.expected), rows(decision.fallbacks);
      text(decision.hold), rows(decision.returned), text(decision.skipped.order);
    } else if constexpr (std::is_same_v<Kind, engine::StrictDecision>) {
      for (const engine::LostUnits& lost : decision.lost) text(decision.orders[lost.order]), text(decision.customers[lost.order]);
      text(decision.order_id), text(decision.customer), rows(decision.freed), rows(decision.lost);
    } else if constexpr (std::is_same_v<Kind, engine::HoldDecision>) {
      text(decision.id), text(decision.customer), rows(decision.lines), rows(decision.takes);
    } else if constexpr (std::is_same_v<Kind, engine::HoldEndDecision>) {
      text(decision.hold_id), rows(decision.lines), rows(decision.released);
    } else if constexpr (std::is_same_v<Kind, engine::ShipmentDecision>) {
      text(decision.order_id), text(decision.carrier), text(decision.tracking), text(decision.reason), rows(decision.lines);
    } else if constexpr (std::is_same_v<Kind, engine::TransferShipDecision>) {
      text(decision.id), text(decision.reason), rows(decision.rows);
    } else if constexpr (std::is_same_v<Kind, engine::TransferReceiptDecision>) {
      text(decision.command_id), text(decision.transfer_id), rows(decision.rows), rows(decision.missing);
    } else if constexpr (std::is_same_v<Kind, engine::PurchaseDecision>) {
      text(decision.id), text(decision.vendor), text(decision.reference), text(decision.notes), rows(decision.lines);
      for (const engine::PurchasePeg& peg : decision.pegs) text(decision.peg_orders[peg.order]);
      rows(decision.pegs), rows(decision.estimates);
    } else if constexpr (std::is_same_v<Kind, engine::PurchaseStepDecision>) {
      text(decision.command_id), text(decision.purchase_id), text(decision.vendor), text(decision.reference), rows(decision.changes);
      rows(decision.estimates);
    } else if constexpr (std::is_same_v<Kind, engine::RulesDecision>) {
      for (const engine::VendorSet& vendor : decision.vendors) text(vendor.code), text(vendor.name);
      for (const engine::SourceSet& source : decision.sources) text(decision.vendors[source.vendor - 1].code);
      rows(decision.sources), rows(decision.rules);
    } else if constexpr (std::is_same_v<Kind, engine::ReorderDecision>) {
      text(decision.vendor), text(decision.purchase);
      sum += static_cast<std::uint64_t>(decision.position());
    } else if constexpr (std::is_same_v<Kind, engine::OverdueDecision>) {
      text(decision.id), text(decision.vendor), rows(decision.lines);
    } else if constexpr (std::is_same_v<Kind, engine::DatesDecision>) {
      for (const engine::MovedDate& line : decision.lines) text(decision.orders[line.order]), text(decision.customers[line.order]);
      rows(decision.lines);
    } else if constexpr (std::is_same_v<Kind, engine::PurchaseReceiptDecision>) {
      text(decision.id), text(decision.purchase_id), text(decision.vendor), rows(decision.rows);
    } else if constexpr (std::is_same_v<Kind, engine::CancelDecision>) {
      text(decision.order_id), rows(decision.lines), rows(decision.released);
    } else if constexpr (std::is_same_v<Kind, engine::StockChangeDecision>) {
      for (const engine::LostUnits& lost : decision.lost) text(decision.orders[lost.order]), text(decision.customers[lost.order]);
      text(decision.reason), rows(decision.rows), rows(decision.lost), rows(decision.of_holds), rows(decision.overdrawn);
    } else if constexpr (std::is_same_v<Kind, engine::LoadDecision>) {
      for (const auto& product : decision.products) text(product.code), text(product.description);
      for (const auto& warehouse : decision.warehouses) text(warehouse.code), text(warehouse.name);
      rows(decision.stock);
    }
  }, event.decision);
  return sum;
}

}  // namespace

TEST_CASE("event: a record cut off anywhere is a fault", "[schema][event][hostile]") {
  const auto whole = order_record(GENERATE(std::size_t{5}, 1500u, 4096u));
  const std::size_t step = whole.size() > 5000 ? 97 : 1;
  for (std::size_t size = 0; size < whole.size(); size += step) {
    AlignedBytes record{std::span<const std::byte>(whole).first(size)};
    EventDecoder decoder;
    std::size_t consumed = 0;
    const auto decoded = decoder.decode(record.span(), consumed);
    if (decoded.has_value()) FAIL("accepted " << size << " of " << whole.size() << " bytes");
    stamp_of(record.span());
  }
  SUCCEED();
}

TEST_CASE("event: a flipped bit never crashes the decoder", "[schema][event][hostile]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  const LoadSample load(random, 3, 9, 12);
  const CancelSample cancel(random, 6);
  const HoldEndSample end(random, 6);
  EventEncoder encoder;
  std::vector<std::vector<std::byte>> records{order_record(4)};
  AlignedBytes out(std::size_t{1} << 16);
  const auto keep = [&](std::size_t bytes) {
    records.emplace_back(out.span().begin(), out.span().begin() + static_cast<std::ptrdiff_t>(bytes));
  };
  keep(encoder.encode({}, load.decision, out.span()));
  keep(encoder.encode({}, cancel.decision, out.span()));
  keep(encoder.encode({}, ChangeSample(random, 5).decision, out.span()));
  keep(encoder.encode({}, end.decision, out.span()));
  keep(encoder.encode({}, ShipmentSample(random, 4).decision, out.span()));
  keep(encoder.encode({}, TransferShipSample(random, 4).decision, out.span()));
  keep(encoder.encode({}, TransferReceiptSample(random, 4).decision, out.span()));
  keep(encoder.encode({}, StrictSample(random, 4).decision, out.span()));
  keep(encoder.encode({}, PurchaseSample(random, 4).decision, out.span()));
  keep(encoder.encode({}, PurchaseStepSample(random, 4).decision, out.span()));
  keep(encoder.encode({}, PurchaseReceiptSample(random, 4).decision, out.span()));
  keep(encoder.encode({}, RulesSample(random, 4).decision, out.span()));
  keep(encoder.encode({}, ReorderSample(random).decision, out.span()));
  keep(encoder.encode({}, OverdueSample(random, 4).decision, out.span()));
  keep(encoder.encode({}, DatesSample(random, 4).decision, out.span()));
  EventDecoder decoder;
  std::uint64_t accepted = 0, touched = 0;
  for (const auto& whole : records) {
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
      AlignedBytes record(whole);
      record.span()[bit / 8] ^= std::byte{1} << (bit % 8);
      if (random.chance(30)) record.span()[random.below(whole.size())] = std::byte{random.number<std::uint8_t>()};
      std::size_t consumed = 0;
      auto decoded = decoder.decode(record.span(), consumed);
      stamp_of(record.span());
      if (decoded) ++accepted, touched += touch(*decoded);
    }
  }
  INFO("accepted " << accepted << ", touched " << touched);
  CHECK(accepted > 0);  // flips in quantities and texts are still events
}

TEST_CASE("event: refuses an unknown union tag, none, and a tag without its value", "[schema][event][hostile]") {
  flatbuffers::FlatBufferBuilder builder;
  const auto body = wire::CreateVoid(builder);
  const auto tag = GENERATE(std::uint8_t{0}, static_cast<std::uint8_t>(static_cast<std::uint8_t>(wire::EventBody::MAX) + 1), std::uint8_t{200});
  const auto expected = EventFault::unknown_body;
  CHECK(fault_of(event_with(builder, static_cast<wire::EventBody>(tag), body)) == expected);

  flatbuffers::FlatBufferBuilder bare;
  CHECK(fault_of(event_with(bare, wire::EventBody::OrderDecided, flatbuffers::Offset<wire::Void>{})) ==
        EventFault::not_an_event);
}

TEST_CASE("event: refuses values outside their enum and counts that do not add up", "[schema][event][hostile]") {
  const auto check = [](auto change, EventFault expected) {
    flatbuffers::FlatBufferBuilder builder;
    const wire::LineDecision line(1, 1, 5, 0, 5, 0, 1, 1, 1, 0);
    const wire::Take take(1, 1, 1, 1);
    const wire::LineWait wait(0, 1, 0);
    const auto lines = builder.CreateVectorOfStructs(&line, 1);
    const auto takes = builder.CreateVectorOfStructs(&take, 1);
    const auto waits = builder.CreateVectorOfStructs(&wait, 1);
    const auto body = change(builder, lines, takes, waits);
    CHECK(fault_of(event_with(builder, wire::EventBody::OrderDecided, body)) == expected);
  };
  check([](auto& builder, auto lines, auto takes, auto waits) {
    return wire::CreateOrderDecided(builder, 0, 0, lines, takes, waits, static_cast<wire::OrderStatus>(6));
  }, EventFault::not_an_event);
  check([](auto& builder, auto lines, auto takes, auto waits) {
    return wire::CreateOrderDecided(builder, 0, 0, lines, takes, waits, {}, static_cast<wire::Policy>(5));
  }, EventFault::not_an_event);
  check([](auto& builder, auto lines, auto takes, auto waits) {
    return wire::CreateOrderDecided(builder, 0, 0, lines, takes, waits, {}, {}, 0, static_cast<wire::Sourcing>(5));
  }, EventFault::not_an_event);
  const auto with_lines = [](auto& builder, auto lines, auto takes, auto waits, std::vector<std::uint8_t> policies, std::vector<std::uint32_t> cut) {
    const auto own = builder.CreateVector(policies);
    const auto indexes = builder.CreateVector(cut);
    wire::OrderDecidedBuilder order(builder);
    order.add_lines(lines), order.add_takes(takes), order.add_waits(waits);
    order.add_line_policies(own), order.add_not_backorderable(indexes);
    return order.Finish();
  };
  check([&](auto& builder, auto lines, auto takes, auto waits) { return with_lines(builder, lines, takes, waits, {1, 2}, {}); }, EventFault::inconsistent);
  check([&](auto& builder, auto lines, auto takes, auto waits) { return with_lines(builder, lines, takes, waits, {6}, {}); }, EventFault::inconsistent);
  check([&](auto& builder, auto lines, auto takes, auto waits) { return with_lines(builder, lines, takes, waits, {5}, {1}); }, EventFault::inconsistent);
  check([](auto& builder, auto lines, auto, auto waits) {
    return wire::CreateOrderDecided(builder, 0, 0, lines, 0, waits);
  }, EventFault::inconsistent);
  check([](auto& builder, auto, auto takes, auto) {
    return wire::CreateOrderDecided(builder, 0, 0, 0, takes, 0);
  }, EventFault::inconsistent);
  check([](auto& builder, auto, auto, auto waits) {
    return wire::CreateOrderDecided(builder, 0, 0, 0, 0, waits);
  }, EventFault::inconsistent);
}

TEST_CASE("event: refuses parallel vectors of different lengths", "[schema][event][hostile]") {
  flatbuffers::FlatBufferBuilder builder;
  const auto code = builder.CreateString("A");
  const auto codes = builder.CreateVector(&code, 1);
  const std::uint32_t ids[] = {1, 2};
  const auto products = builder.CreateVector(ids, 2);
  const auto body = wire::CreateCatalogueLoaded(builder, 0, 0, 0, products, codes, codes);
  CHECK(fault_of(event_with(builder, wire::EventBody::CatalogueLoaded, body)) == EventFault::not_an_event);
  flatbuffers::FlatBufferBuilder flags;
  const auto same = flags.CreateString("A");
  const auto one = flags.CreateVector(&same, 1);
  const auto product = flags.CreateVector(ids, 1);
  const std::uint8_t two[] = {1, 0};
  const auto loaded = wire::CreateCatalogueLoaded(flags, 0, 0, 0, product, one, one, 0, false, flags.CreateVector(two, 2));
  CHECK(fault_of(event_with(flags, wire::EventBody::CatalogueLoaded, loaded)) == EventFault::not_an_event);
}

TEST_CASE("event: refuses pieces that do not belong together", "[schema][event][hostile]") {
  const auto piece = [](std::uint64_t lsn, wire::EventBody type, bool event_more, bool header_more) {
    flatbuffers::FlatBufferBuilder builder;
    const auto body = type == wire::EventBody::Void ? wire::CreateVoid(builder).Union() : wire::CreateStockReceived(builder).Union();
    const wire::Stamp stamp(lsn, 2, 0);
    builder.Finish(wire::CreateEvent(builder, &stamp, type, body, event_more));
    auto record = record_of(builder);
    if (header_more) record[3] |= std::byte{0x80};
    return record;
  };
  const auto joined = [](std::vector<std::byte> left, const std::vector<std::byte>& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
  };
  constexpr auto received = wire::EventBody::StockReceived;
  const auto first = piece(1, received, true, true);
  CHECK(fault_of(joined(first, piece(2, received, false, false))) == EventFault::inconsistent);
  CHECK(fault_of(joined(first, piece(1, wire::EventBody::Void, false, false))) == EventFault::inconsistent);
  CHECK(fault_of(first) == EventFault::truncated);
  CHECK(fault_of(piece(1, received, true, false)) == EventFault::truncated);
  CHECK(fault_of(piece(1, received, false, true)) == EventFault::inconsistent);
}

TEST_CASE("event: many entries that share one big string cost no more than their bytes", "[schema][event][hostile]") {
  flatbuffers::FlatBufferBuilder builder;
  const auto big = builder.CreateString(std::string(24'000, 'x'));
  const std::vector<flatbuffers::Offset<flatbuffers::String>> entries(4'000, big);
  const auto texts = builder.CreateVector(entries);
  const auto ids = builder.CreateVector(std::vector<std::uint32_t>(4'000, 1));
  const auto body = wire::CreateCatalogueLoaded(builder, 0, 0, 0, ids, texts, texts);
  AlignedBytes record(event_with(builder, wire::EventBody::CatalogueLoaded, body));
  EventDecoder decoder;
  std::size_t consumed = 0;
  const auto start = std::chrono::steady_clock::now();
  auto decoded = decoder.decode(record.span(), consumed);
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
  WARN("event with 8,000 entries of one 24,000-byte string: " << took.count() << " us");
  REQUIRE(decoded.has_value());
  CHECK(std::get<engine::LoadDecision>(decoded->decision).products.back().description.size() == 24'000);
}

TEST_CASE("event: lost units and overdrawn rows that name what is not there are inconsistent", "[schema][event][hostile]") {
  const engine::ChangedRow rows[] = {{engine::SkuId{1}, engine::WarehouseId{1}, 0, -1, 0, 7}, {engine::SkuId{2}, engine::WarehouseId{1}, 0, -1, 0, 0}};
  const std::string_view orders[] = {"A", "B"}, customers[] = {"C", "D"};
  const engine::LostUnits good{engine::Lsn{1}, 1, engine::LineNumber{1}, 1, 1, engine::WarehouseId{1}, 1, engine::SkuId{2}};
  const auto record = [&](std::vector<engine::LostUnits> lost, std::size_t names, std::vector<std::uint32_t> of_holds = {}, std::vector<std::uint32_t> overdrawn = {}) {
    EventEncoder encoder;
    AlignedBytes out(4096);
    const engine::StockChangeDecision change{"k", 1, engine::ChangeKind::adjust, "", false, rows, lost, orders, std::span(customers).first(names), of_holds, overdrawn};
    const std::size_t bytes = encoder.encode({engine::Lsn{1}, engine::TimeUs{2}, {}}, change, out.span());
    return std::vector<std::byte>(out.span().begin(), out.span().begin() + static_cast<std::ptrdiff_t>(bytes));
  };
  for (const std::vector<std::uint32_t>& of_holds : {std::vector<std::uint32_t>{}, {0}, {1}, {0, 1}}) {
    AlignedBytes sound(record({good, good}, 2, of_holds));
    EventDecoder decoder;
    std::size_t consumed = 0;
    CHECK(decoder.decode(sound.span(), consumed).has_value());
  }
  {
    AlignedBytes sound(record({}, 2, {}, {1}));
    EventDecoder decoder;
    std::size_t consumed = 0;
    CHECK(decoder.decode(sound.span(), consumed).has_value());
  }
  const auto with = [&](auto change) {
    engine::LostUnits lost = good;
    change(lost);
    return record({lost}, 2);
  };
  CHECK(fault_of(with([](auto& lost) { lost.row = 2; })) == EventFault::inconsistent);
  CHECK(fault_of(with([](auto& lost) { lost.order = 2; })) == EventFault::inconsistent);
  CHECK(fault_of(with([](auto& lost) { lost.sku = engine::SkuId{1}; })) == EventFault::inconsistent);
  CHECK(fault_of(with([](auto& lost) { lost.warehouse = engine::WarehouseId{2}; })) == EventFault::inconsistent);
  CHECK(fault_of(record({good}, 1)) == EventFault::inconsistent);
  CHECK(fault_of(record({good, good}, 2, {2})) == EventFault::inconsistent);
  CHECK(fault_of(record({good, good}, 2, {1, 0})) == EventFault::inconsistent);
  CHECK(fault_of(record({good, good}, 2, {1, 1})) == EventFault::inconsistent);
  CHECK(fault_of(record({}, 2, {}, {2})) == EventFault::inconsistent);
  CHECK(fault_of(record({}, 2, {}, {1, 0})) == EventFault::inconsistent);
  CHECK(fault_of(record({}, 2, {}, {0})) == EventFault::inconsistent);  // which has some available
  engine::LostUnits first = good;
  first.row = 0, first.sku = engine::SkuId{1};
  CHECK(fault_of(record({good, first}, 2)) == EventFault::inconsistent);
}
