#include "schema/answer.hpp"

#include "schema/event.hpp"
#include "tests/schema/answer_round_trip.hpp"
#include "tests/schema/event_samples.hpp"

using namespace earmark;
using namespace earmark::schema;
using namespace earmark::schema::test;

TEST_CASE("answer: errors say what is wrong and what to do", "[schema][answer]") {
  const ErrorAnswer own{{engine::ErrorCode::trimmed, 3, engine::LineNumber{7}}, "begins at 900", engine::Lsn{12}, 50};
  round_trip(MessageKind::error, own, [&](const ErrorAnswer& got) {
    CHECK(got.error.code == engine::ErrorCode::trimmed);
    CHECK(got.error.row == 3);
    CHECK(got.error.line == engine::LineNumber{7});
    CHECK(got.message == "begins at 900");
    CHECK(got.as_of == engine::Lsn{12});
    CHECK(got.retry_after_ms == 50);
  });
  round_trip(MessageKind::error, ErrorAnswer{{engine::ErrorCode::bad_id, 0, {}}, {}, {}, 0}, [](const ErrorAnswer& got) {
    CHECK(got.message == engine::advice(engine::ErrorCode::bad_id));
  });
}

TEST_CASE("answer: small answers come back as they were given", "[schema][answer]") {
  const HelloAnswer hello{1, "earmarkd 0.1", 9, engine::Lsn{8}, engine::Lsn{7}, 65'536, 6, 4096, 64, 5, 4, 3, 2, 1};
  round_trip(MessageKind::hello_answer, hello, [&](const HelloAnswer& got) {
    CHECK(got.server == hello.server);
    CHECK(got.epoch == hello.epoch);
    CHECK(got.durable == hello.durable);
    CHECK(got.oldest_known == hello.oldest_known);
    CHECK(got.max_frame == hello.max_frame);
    CHECK(got.credit == hello.credit);
    CHECK(got.max_lines == hello.max_lines);
    CHECK(got.fast_path_cells == hello.fast_path_cells);
    CHECK(got.max_skus == hello.max_skus);
    CHECK(got.max_warehouses == hello.max_warehouses);
    CHECK(got.sku_count == hello.sku_count);
    CHECK(got.warehouse_count == hello.warehouse_count);
    CHECK(got.features == hello.features);
  });
  round_trip(MessageKind::stream_position, StreamPosition{engine::Lsn{65'536}},
             [](const StreamPosition& got) { CHECK(got.lsn == engine::Lsn{65'536}); });
  round_trip(MessageKind::subscribe_answer, SubscribeAnswer{engine::Lsn{3}, engine::Lsn{2}, engine::Lsn{1}},
             [](const SubscribeAnswer& got) {
               CHECK(got.from == engine::Lsn{3});
               CHECK(got.durable == engine::Lsn{2});
               CHECK(got.oldest_kept == engine::Lsn{1});
             });
  round_trip(MessageKind::digest_answer, DigestAnswer{engine::Lsn{5}, "0123456789abcdef0123456789abcdef"},
             [](const DigestAnswer& got) {
               CHECK(got.lsn == engine::Lsn{5});
               CHECK(got.digest == "0123456789abcdef0123456789abcdef");
             });
  const std::vector<std::string_view> names{"orders", "fills"};
  const std::vector<std::uint64_t> values{1, ~std::uint64_t{0}};
  round_trip(MessageKind::stats_answer, StatsAnswer{names, values}, [&](const StatsAnswer& got) {
    CHECK(same_texts(got.names, names));
    CHECK(same_bytes(got.values, std::span<const std::uint64_t>(values)));
  });
}

TEST_CASE("answer: rows of any number come back as they were given, in parts when they are many", "[schema][answer]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  const std::size_t count = GENERATE(std::size_t{0}, 1u, 1'000u, 20'000u);
  const bool parts = count == 20'000;

  const auto available = random_rows<engine::Quantity>(random, count * 3);
  const auto now = random_rows<engine::Quantity>(random, count);
  auto expected = random_rows<engine::ExpectedUnits>(random, count);
  for (engine::ExpectedUnits& each : expected) each.line_index = static_cast<std::uint32_t>(random.below(count));
  const auto fallbacks = std::span<const engine::ExpectedUnits>(expected).first(expected.size() / 2);
  CHECK(parts == (round_trip(MessageKind::check_answer, CheckAnswer{engine::Lsn{4}, 3, available, now, expected, fallbacks}, [&](const auto& got) {
                   CHECK(same_bytes(got.now, std::span<const engine::Quantity>(now)));
                   CHECK(same_bytes(got.expected, std::span<const engine::ExpectedUnits>(expected)));
                   CHECK(same_bytes(got.fallbacks, fallbacks));
                 }) > 1));
  CHECK(parts == (round_trip(MessageKind::check_answer, CheckAnswer{engine::Lsn{4}, 3, available}, [&](const auto& got) {
                   CHECK(got.lsn == engine::Lsn{4});
                   CHECK(got.warehouses == 3);
                   CHECK(same_bytes(got.available, std::span<const engine::Quantity>(available)));
                   CHECK(got.now.empty());
                   CHECK(got.expected.empty());
                   CHECK(got.fallbacks.empty());
                 }) > 1));

  const auto levels = random_rows<StockLevel>(random, count);
  const auto skus = random_rows<SkuLevel>(random, count / 2);
  CHECK(parts == (round_trip(MessageKind::stock_answer, StockAnswer{engine::Lsn{6}, levels, skus, engine::SkuId{5}},
                             [&](const StockAnswer& got) {
                               CHECK(got.lsn == engine::Lsn{6});
                               CHECK(same_bytes(got.levels, std::span<const StockLevel>(levels)));
                               CHECK(same_bytes(got.skus, std::span<const SkuLevel>(skus)));
                               CHECK(got.next_after == engine::SkuId{5});
                             }) > 1));

  auto lines = random_rows<OrderLineView>(random, count / 5);
  std::size_t allocation_count = 0;
  for (OrderLineView& line : lines) allocation_count += line.allocations = static_cast<std::uint16_t>(random.below(5));
  const auto allocations = random_rows<Allocation>(random, allocation_count);
  auto shipments = random_rows<ShipmentRow>(random, 1 + count / 50);
  for (ShipmentRow& row : shipments) row.step = static_cast<engine::ShipmentState>(random.below(5));
  const std::vector<std::string_view> carriers(shipments.size(), "a carrier");
  const auto returned = random_rows<engine::Quantity>(random, allocation_count);
  auto dated = random_rows<engine::ExpectedUnits>(random, 2 * lines.size());
  for (engine::ExpectedUnits& each : dated) each.line_index = static_cast<std::uint32_t>(random.below(lines.size()));
  auto promises = random_rows<engine::PromiseImage>(random, lines.size());
  for (std::uint32_t index = 0; index < promises.size(); ++index) promises[index].line_index = index;
  const OrderView view{engine::Lsn{9}, "order", engine::Lsn{8}, engine::TimeUs{7}, engine::OrderStatus::reduced,
                       engine::Policy::fill_and_cancel, engine::Priority{6}, engine::Sourcing::fewest_splits,
                       engine::WarehouseId{5}, "customer", "channel", "ship to", "contact", "reference", "notes",
                       lines, allocations, engine::TimeUs{1}, engine::TimeUs{2}, engine::TimeUs{3}, engine::TimeUs{4},
                       shipments, carriers, carriers, returned, dated, std::span(dated).first(dated.size() / 2), promises};
  round_trip(MessageKind::order_view, view, [&](const OrderView& got) {
    CHECK(got.as_of == view.as_of);
    CHECK(got.id == view.id);
    CHECK(got.lsn == view.lsn);
    CHECK(got.time == view.time);
    CHECK(got.status == view.status);
    CHECK(got.policy == view.policy);
    CHECK(got.priority == view.priority);
    CHECK(got.sourcing == view.sourcing);
    CHECK(got.preferred == view.preferred);
    CHECK(got.customer == view.customer);
    CHECK(got.channel == view.channel);
    CHECK(got.ship_to == view.ship_to);
    CHECK(got.placed_at == view.placed_at);
    CHECK(got.need_by == view.need_by);
    CHECK(got.reserve_not_before == view.reserve_not_before);
    CHECK(got.cancel_after == view.cancel_after);
    CHECK(got.contact == view.contact);
    CHECK(got.reference == view.reference);
    CHECK(got.notes == view.notes);
    CHECK(same_bytes(got.lines, view.lines));
    CHECK(same_bytes(got.shipments, view.shipments));
    CHECK(same_bytes(got.returned, view.returned));
    CHECK(same_bytes(got.expected, view.expected));
    CHECK(same_bytes(got.fallbacks, view.fallbacks));
    CHECK(same_bytes(got.promises, view.promises));
    CHECK(got.carriers.size() == carriers.size());
    CHECK((got.trackings.empty() || got.trackings.back() == "a carrier"));
    CHECK(same_bytes(got.allocations, view.allocations));
  });
}

TEST_CASE("answer: texts of any number come back as they were given", "[schema][answer]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  std::vector<std::string> codes, names;
  for (std::size_t index = 0; index < 6'000; ++index) {
    codes.push_back(random.text(64));
    names.push_back(random.text(100));
  }
  const auto code_views = views(codes), name_views = views(names);
  const auto ids = random_rows<engine::SkuId>(random, 17'000);
  const auto warehouse_ids = random_rows<engine::WarehouseId>(random, 300);
  const auto priorities = random_rows<std::uint32_t>(random, 6'000);
  round_trip(MessageKind::resolve_answer,
             ResolveAnswer{9, engine::Lsn{8}, 7, ids, warehouse_ids, code_views, code_views, priorities, name_views, name_views},
             [&](const ResolveAnswer& got) {
               CHECK(got.epoch == 9);
               CHECK(got.as_of == engine::Lsn{8});
               CHECK(got.sku_count == 7);
               CHECK(same_bytes(got.sku_ids, std::span<const engine::SkuId>(ids)));
               CHECK(same_bytes(got.warehouse_ids, std::span<const engine::WarehouseId>(warehouse_ids)));
               CHECK(same_texts(got.sku_codes, code_views));
               CHECK(same_texts(got.warehouse_codes, code_views));
               CHECK(same_bytes(got.warehouse_priorities, std::span<const std::uint32_t>(priorities)));
               CHECK(same_texts(got.warehouse_names, name_views));
               CHECK(same_texts(got.sku_descriptions, name_views));
             });
  auto lines = random_rows<WaitingLine>(random, 5'000);
  for (WaitingLine& line : lines) line.order = static_cast<std::uint32_t>(random.below(codes.size()));
  const auto dates = random_rows<std::int64_t>(random, lines.size());
  round_trip(MessageKind::backorders_answer, BackordersAnswer{engine::Lsn{3}, lines, code_views, name_views, dates},
             [&](const BackordersAnswer& got) {
               CHECK(got.as_of == engine::Lsn{3});
               CHECK(same_bytes(got.lines, std::span<const WaitingLine>(lines)));
               CHECK(same_bytes(got.expected, std::span<const std::int64_t>(dates)));
               CHECK(same_texts(got.orders, code_views));
               CHECK(same_texts(got.customers, name_views));
             });
}

TEST_CASE("answer: open transfers come back as they were listed, in one part or several", "[schema][answer]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{3000}}) {
    auto open = random_rows<OpenTransfer>(random, count);
    for (OpenTransfer& transfer : open) transfer.lines = 2;
    const auto lines = random_rows<engine::TransferLine>(random, 2 * count);
    const std::vector<std::string_view> ids(count, "TRANSFER-7");
    std::vector<std::byte> bytes;
    append_answer(bytes, correlation, TransfersAnswer{engine::Lsn{9}, open, ids, lines});
    auto frames = frames_of(bytes);
    AnswerDecoder decoder;
    const auto decoded = decoder.decode(MessageKind::transfers_answer, bodies_of(frames));
    REQUIRE(decoded.has_value());
    const auto& got = std::get<TransfersAnswer>(*decoded);
    CHECK(got.as_of == engine::Lsn{9});
    CHECK(same_bytes(got.open, std::span<const OpenTransfer>(open)));
    CHECK(same_bytes(got.lines, std::span<const engine::TransferLine>(lines)));
    CHECK(std::vector<std::string_view>(got.transfers.begin(), got.transfers.end()) == ids);
  }
}

TEST_CASE("answer: refuses counts that do not add up", "[schema][answer][hostile]") {
  const std::vector<engine::Quantity> five(5);
  CHECK(answer_fault(MessageKind::check_answer, CheckAnswer{{}, 5, five, five}) == AnswerFault::malformed);
  CHECK(answer_fault(MessageKind::check_answer, CheckAnswer{{}, 2, five}) == AnswerFault::malformed);
  CHECK(answer_fault(MessageKind::check_answer, CheckAnswer{{}, 0, five}) == AnswerFault::malformed);
  std::vector<OrderLineView> lines(1);
  lines[0].allocations = 2;
  OrderView view;
  view.lines = lines;
  CHECK(answer_fault(MessageKind::order_view, view) == AnswerFault::malformed);
  const std::vector<WaitingLine> waiting(1);
  const std::vector<std::int64_t> dates(2);
  const std::span<const std::int64_t> date = std::span(dates).first(1);
  const std::vector<std::string_view> names{"O"};
  CHECK(answer_fault(MessageKind::backorders_answer, BackordersAnswer{{}, waiting, {}, {}, date}) == AnswerFault::malformed);
  CHECK(answer_fault(MessageKind::backorders_answer, BackordersAnswer{{}, waiting, names, {}, date}) == AnswerFault::malformed);
  CHECK(answer_fault(MessageKind::backorders_answer, BackordersAnswer{{}, waiting, names, names, dates}) == AnswerFault::malformed);
  CHECK(answer_fault(MessageKind::backorders_answer, BackordersAnswer{{}, waiting, names, names, {}}) == AnswerFault::malformed);
  const std::vector<engine::ExpectedUnits> beyond{{engine::TimeUs{9}, 1, 1}};  // there is one line, one row
  lines[0].allocations = 0;
  view.expected = beyond;
  CHECK(answer_fault(MessageKind::order_view, view) == AnswerFault::malformed);
  view.expected = {}, view.fallbacks = beyond;
  CHECK(answer_fault(MessageKind::order_view, view) == AnswerFault::malformed);
  const std::vector<engine::PromiseImage> promises{{engine::TimeUs{9}, engine::TimeUs{9}, 1}};
  view.fallbacks = {}, view.promises = promises;
  CHECK(answer_fault(MessageKind::order_view, view) == AnswerFault::malformed);
  CHECK(answer_fault(MessageKind::check_answer, CheckAnswer{{}, 5, five, std::span(five).first(1), beyond}) == AnswerFault::malformed);
  CHECK(answer_fault(MessageKind::check_answer, CheckAnswer{{}, 5, five, {}, beyond}) == AnswerFault::malformed);
  CHECK(answer_fault(MessageKind::check_answer, CheckAnswer{{}, 5, five, std::span(five).first(1), {}, beyond}) == AnswerFault::malformed);
  std::vector<OpenTransfer> open(1);
  const std::vector<std::string_view> one{"T"};
  CHECK(answer_fault(MessageKind::transfers_answer, TransfersAnswer{{}, open, {}, {}}) == AnswerFault::malformed);
  open[0].lines = 2;
  const std::vector<engine::TransferLine> transfer_lines(1);
  CHECK(answer_fault(MessageKind::transfers_answer, TransfersAnswer{{}, open, one, transfer_lines}) == AnswerFault::malformed);
  const std::vector<std::uint64_t> values(1);
  CHECK(answer_fault(MessageKind::stats_answer, StatsAnswer{{}, values}) == AnswerFault::malformed);
  AnswerDecoder decoder;
  CHECK(decoder.decode(MessageKind::event, {}).error() == AnswerFault::unknown_kind);
  CHECK(decoder.decode(MessageKind::error, {}).error() == AnswerFault::malformed);
}

TEST_CASE("answer: changed bytes never crash the client's decoder", "[schema][answer][hostile]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  std::vector<std::byte> bytes;
  auto lines = random_rows<OrderLineView>(random, 3);
  for (OrderLineView& line : lines) line.allocations = 1;
  const auto allocations = random_rows<Allocation>(random, 3);
  append_answer(bytes, 1, OrderView{{}, "order", {}, {}, {}, {}, {}, {}, {}, "c", "", "", "", "", "", lines, allocations});
  const std::vector<std::string_view> texts{"one", "two"};
  const std::vector<WaitingLine> waiting(2);
  const std::vector<std::int64_t> dates(2);
  append_answer(bytes, 1, BackordersAnswer{{}, waiting, texts, texts, dates});
  std::vector<OpenPurchase> open(2);
  for (OpenPurchase& purchase : open) purchase.lines = 1, purchase.state = engine::PurchaseState::sent;
  const auto purchase_lines = random_rows<engine::PurchaseLineState>(random, 2);
  append_answer(bytes, 1, PurchasesAnswer{{}, open, texts, texts, texts, texts, purchase_lines, texts});
  const std::vector<VendorView> vendors(2);
  const std::vector<engine::SourceSet> sources(1, {engine::SkuId{1}, 2, -1});
  const std::vector<RuleView> rules(2);
  append_answer(bytes, 1, RulesAnswer{{}, texts, texts, vendors, sources, rules, texts});
  append_answer(bytes, 1, ErrorAnswer{{engine::ErrorCode::bad_id, 0, {}}, {}, {}, 0});
  AnswerDecoder decoder;
  std::size_t accepted = 0;
  for (OwnedFrame& frame : frames_of(bytes)) {
    const auto whole = frame.body.span();
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
      AlignedBytes changed{std::span<const std::byte>(whole)};
      changed.span()[bit / 8] ^= std::byte{1} << (bit % 8);
      if (random.chance(30)) changed.span()[random.below(whole.size())] = std::byte{random.number<std::uint8_t>()};
      const std::span<const std::byte> body = changed.span();
      accepted += decoder.decode(frame.header.kind, Parts{&body, 1}).has_value();
    }
  }
  CHECK(accepted > 0);
}

TEST_CASE("answer: a record's pieces become frames that give the event back", "[schema][answer]") {
  Random random(3);
  const std::size_t lines = GENERATE(std::size_t{2}, 4096u);
  const bool duplicate = GENERATE(false, true), fills_follow = GENERATE(false, true);
  const OrderSample sample(random, lines);
  EventEncoder encoder;
  AlignedBytes out(std::size_t{1} << 20);
  const std::size_t size = encoder.encode({engine::Lsn{5}, {}, {}}, sample.decision, out.span());
  std::vector<std::byte> bytes;
  append_event_frames(bytes, correlation, out.span().first(size), duplicate, fills_follow);
  auto frames = frames_of(bytes);
  CHECK((frames.size() > 1) == (lines == 4096));
  for (std::size_t index = 0; index < frames.size(); ++index) {
    CHECK(frames[index].header.kind == MessageKind::event);
    CHECK(frames[index].header.correlation == correlation);
    const bool more = fills_follow || index + 1 < frames.size();
    CHECK(((frames[index].header.flags & flag_more_parts) != 0) == more);
    CHECK(((frames[index].header.flags & flag_duplicate) != 0) == duplicate);
  }
  EventDecoder decoder;
  std::size_t consumed = 0;
  auto decoded = decoder.decode_bodies(bodies_of(frames), consumed);
  REQUIRE(decoded.has_value());
  CHECK(consumed == frames.size());
  const auto& got = std::get<engine::OrderDecision>(decoded->decision);
  CHECK(got.id == sample.decision.id);
  CHECK(same_bytes(got.lines, sample.decision.lines));
  CHECK(same_bytes(got.takes, sample.decision.takes));
}
