// Records of reorder rules, overdue supply and told dates, there and back; those that contradict themselves are refused.
#include <algorithm>

#include "schema/event_generated.h"
#include "tests/schema/event_round_trip.hpp"

using namespace earmark;
using namespace earmark::schema;
using namespace earmark::schema::test;

TEST_CASE("event: rules, what they trigger, overdue supply and moved dates come back as they were, in one piece or many", "[schema][event]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  for (const std::size_t rows : {0U, 1U, 3U, 4096U, 2U, 5U}) {
    const RulesSample rules(random, rows);
    decode_all_ways<engine::RulesDecision>(encoded(rules.decision), [&](const engine::RulesDecision& got) {
      CHECK(std::ranges::equal(got.vendors, rules.vendors, [](const engine::VendorSet& left, const engine::VendorSet& right) {
        return left.code == right.code && left.name == right.name && left.lead_days == right.lead_days && left.cut_off == right.cut_off;
      }));
      CHECK(same_bytes(got.sources, rules.decision.sources));
      CHECK(same_bytes(got.rules, rules.decision.rules));
    });
    const OverdueSample overdue(random, rows);
    decode_all_ways<engine::OverdueDecision>(encoded(overdue.decision), [&](const engine::OverdueDecision& got) {
      CHECK(got.transfer == overdue.decision.transfer);
      CHECK(got.id == overdue.id);
      CHECK(got.lsn == overdue.decision.lsn);
      CHECK(got.vendor == overdue.decision.vendor);
      CHECK(got.expected == overdue.decision.expected);
      CHECK(same_bytes(got.lines, overdue.decision.lines));
    });
    const DatesSample dates(random, rows);
    decode_all_ways<engine::DatesDecision>(encoded(dates.decision), [&](const engine::DatesDecision& got) {
      CHECK(same_bytes(got.lines, dates.decision.lines));
      CHECK(std::ranges::equal(got.orders, dates.orders));
      CHECK(std::ranges::equal(got.customers, dates.customers));
    });
    const ReorderSample reorder(random);
    decode_all_ways<engine::ReorderDecision>(encoded(reorder.decision), [&](const engine::ReorderDecision& got) {
      const engine::ReorderDecision& want = reorder.decision;
      CHECK(got.sku == want.sku);
      CHECK(got.warehouse == want.warehouse);
      CHECK(got.mode == want.mode);
      CHECK(got.pooled == want.pooled);
      CHECK(got.cleared == want.cleared);
      CHECK(got.point == want.point);
      CHECK(got.available == want.available);
      CHECK(got.incoming == want.incoming);
      CHECK(got.waiting == want.waiting);
      CHECK(got.position() == want.position());
      CHECK(got.quantity == want.quantity);
      CHECK(got.vendor == want.vendor);
      CHECK(got.purchase == want.purchase);
      CHECK(got.purchase_lsn == want.purchase_lsn);
      CHECK(got.line == want.line);
      CHECK(got.line_quantity == want.line_quantity);
      CHECK(got.promised == want.promised);
      CHECK(got.state == want.state);
      CHECK(got.closes == want.closes);
    });
  }
}

TEST_CASE("event: rules that name a vendor that is not there, or have a value that is none, are refused", "[schema][event][hostile]") {
  const auto with = [](auto change) {
    engine::VendorSet vendors[] = {{"V", "Vendor", 3, 600}};
    engine::SourceSet sources[] = {{engine::SkuId{1}, 1, -1}};
    engine::RuleSet rules[1];
    change(vendors[0], sources[0], rules[0]);
    return fault_of(engine::RulesDecision{vendors, sources, rules});
  };
  CHECK_FALSE(with([](auto&, auto&, auto&) {}).has_value());
  CHECK_FALSE(with([](auto& vendor, auto& source, auto& rule) { vendor.lead_days = source.lead_days = rule.lead_days = 3'650, vendor.cut_off = 1'439, rule.vendor = 1; }));
  const auto refused = [&](auto change) { return with(change) == EventFault::inconsistent; };
  CHECK(refused([](auto& vendor, auto&, auto&) { vendor.code = ""; }));
  for (const std::int32_t days : {-2, 3'651, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()}) {
    CHECK(refused([&](auto& vendor, auto&, auto&) { vendor.lead_days = days; }));
    CHECK(refused([&](auto&, auto& source, auto&) { source.lead_days = days; }));
    CHECK(refused([&](auto&, auto&, auto& rule) { rule.lead_days = days; }));
  }
  for (const std::int16_t minute : {std::int16_t{-2}, std::int16_t{1'440}}) CHECK(refused([&](auto& vendor, auto&, auto&) { vendor.cut_off = minute; }));
  for (const std::uint32_t vendor : {0U, 2U, ~0U}) CHECK(refused([&](auto&, auto& source, auto&) { source.vendor = vendor; }));
  for (const std::uint32_t vendor : {2U, ~0U}) CHECK(refused([&](auto&, auto&, auto& rule) { rule.vendor = vendor; }));
  for (const int kind : {0, 4, 255}) CHECK(refused([&](auto&, auto&, auto& rule) { rule.kind = static_cast<engine::RuleKind>(kind); }));
  for (const int mode : {4, 255}) CHECK(refused([&](auto&, auto&, auto& rule) { rule.mode = static_cast<engine::RuleMode>(mode); }));
  CHECK(refused([](auto&, auto&, auto& rule) { rule.pooled = 2; }));
}

TEST_CASE("event: vendors whose codes, names and rows are not as many are no event", "[schema][event][hostile]") {
  const auto with = [](std::size_t codes, std::size_t names, std::size_t rows) {
    flatbuffers::FlatBufferBuilder builder;
    const auto text = builder.CreateString("V");
    const std::vector<flatbuffers::Offset<flatbuffers::String>> first(codes, text), second(names, text);
    const std::vector<wire::VendorSet> vendors(rows, wire::VendorSet(1, 1, 0));
    const auto code_texts = builder.CreateVector(first), name_texts = builder.CreateVector(second);
    const auto body = wire::CreateRulesSet(builder, code_texts, name_texts, builder.CreateVectorOfStructs(vendors));
    const wire::Stamp at(1, 2, 0);
    builder.Finish(wire::CreateEvent(builder, &at, wire::EventBody::RulesSet, body.Union()));
    AlignedBytes whole(std::span(reinterpret_cast<const std::byte*>(builder.GetBufferPointer()), builder.GetSize()));
    const std::span<const std::byte> one = whole.span();
    EventDecoder decoder;
    std::size_t consumed = 0;
    const auto decoded = decoder.decode_bodies({&one, 1}, consumed);
    return decoded ? std::nullopt : std::optional(decoded.error());
  };
  CHECK_FALSE(with(2, 2, 2).has_value());
  CHECK(with(1, 2, 2) == EventFault::not_an_event);
  CHECK(with(2, 1, 2) == EventFault::not_an_event);
  CHECK(with(2, 2, 1) == EventFault::not_an_event);
  CHECK(with(2, 2, 3) == EventFault::not_an_event);
}

TEST_CASE("event: a reorder that orders without a vendor, or alerts with one, is refused", "[schema][event][hostile]") {
  const auto with = [](auto change) {
    engine::ReorderDecision reorder;
    reorder.mode = engine::RuleMode::suggest;
    reorder.quantity = reorder.line_quantity = 5;
    reorder.vendor = "V", reorder.purchase = "reorder-7";
    change(reorder);
    return fault_of(reorder);
  };
  const auto alert = [](engine::ReorderDecision& reorder) { reorder.quantity = reorder.line_quantity = 0, reorder.vendor = reorder.purchase = ""; };
  CHECK_FALSE(with([](auto&) {}).has_value());
  CHECK_FALSE(with(alert).has_value());
  CHECK_FALSE(with([&](auto& reorder) { alert(reorder), reorder.cleared = true; }).has_value());
  CHECK_FALSE(with([](auto& reorder) { reorder.purchase_lsn = engine::Lsn{7}, reorder.line_quantity = 9; }).has_value());
  CHECK_FALSE(with([](auto& reorder) { reorder.available = -9, reorder.waiting = 5'000'000'000; }).has_value());
  const auto refused = [&](auto change) { return with(change) == EventFault::inconsistent; };
  CHECK(refused([](auto& reorder) { reorder.mode = engine::RuleMode::off; }));
  CHECK(refused([](auto& reorder) { reorder.mode = engine::RuleMode::alert; }));
  CHECK(refused([](auto& reorder) { reorder.cleared = true; }));
  CHECK(refused([](auto& reorder) { reorder.vendor = ""; }));
  CHECK(refused([](auto& reorder) { reorder.purchase = ""; }));
  CHECK(refused([](auto& reorder) { reorder.line_quantity = 6; }));  // of a new line
  CHECK(refused([](auto& reorder) { reorder.purchase_lsn = engine::Lsn{7}, reorder.line_quantity = 4; }));
  CHECK(refused([](auto& reorder) { reorder.state = engine::PurchaseState::draft; }));
  CHECK(refused([&](auto& reorder) { alert(reorder), reorder.vendor = "V"; }));
  CHECK(refused([&](auto& reorder) { alert(reorder), reorder.purchase = "reorder-7"; }));
  CHECK(refused([&](auto& reorder) { alert(reorder), reorder.purchase_lsn = engine::Lsn{7}; }));
  for (const std::int64_t units : {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    CHECK(refused([&](auto& reorder) { reorder.available = units; }));
    CHECK(refused([&](auto& reorder) { reorder.incoming = units; }));
  }
  CHECK(refused([](auto& reorder) { reorder.waiting = ~std::uint64_t{0}; }));
  CHECK(with([](auto& reorder) { reorder.mode = static_cast<engine::RuleMode>(4); }) == EventFault::not_an_event);
  CHECK(with([](auto& reorder) { reorder.state = static_cast<engine::PurchaseState>(10); }) == EventFault::not_an_event);
}

TEST_CASE("event: overdue lines of which nothing is open, or that come before they were promised, are refused", "[schema][event][hostile]") {
  const auto with = [](auto change) {
    engine::OverdueLine lines[] = {{engine::TimeUs{5}, engine::LineNumber{1}, engine::SkuId{1}, 2, engine::WarehouseId{1}}};
    engine::OverdueDecision overdue{false, "p", engine::Lsn{3}, "V", engine::TimeUs{6}, lines};
    change(overdue, lines[0]);
    return fault_of(overdue);
  };
  CHECK_FALSE(with([](auto&, auto&) {}).has_value());
  CHECK_FALSE(with([](auto& overdue, auto& line) { overdue.transfer = true, overdue.vendor = "", line.line = {}; }).has_value());
  CHECK(with([](auto& overdue, auto& line) { overdue.transfer = true, line.line = {}; }) == EventFault::inconsistent);
  CHECK(with([](auto& overdue, auto&) { overdue.transfer = true, overdue.vendor = ""; }) == EventFault::inconsistent);
  CHECK(with([](auto&, auto& line) { line.open = 0; }) == EventFault::inconsistent);
  CHECK(with([](auto&, auto& line) { line.promised = engine::TimeUs{6}; }) == EventFault::inconsistent);
}

TEST_CASE("event: moved dates of orders that are not there, of several SKUs, or that have not moved, are refused", "[schema][event][hostile]") {
  const std::string_view orders[] = {"A", "B"}, customers[] = {"C", "D"};
  const auto with = [&](std::size_t names, auto change) {
    engine::MovedDate lines[] = {{engine::TimeUs{}, engine::TimeUs{5}, engine::Lsn{3}, 0, engine::LineNumber{1}, engine::SkuId{4}, 2},
                                 {engine::TimeUs{5}, engine::TimeUs{}, engine::Lsn{4}, 1, engine::LineNumber{1}, engine::SkuId{4}, 1}};
    change(lines[1]);
    return fault_of(engine::DatesDecision{lines, orders, std::span(customers).first(names)});
  };
  CHECK_FALSE(with(2, [](auto&) {}).has_value());
  CHECK(with(1, [](auto&) {}) == EventFault::inconsistent);
  CHECK(with(2, [](auto& line) { line.order = 2; }) == EventFault::inconsistent);
  CHECK(with(2, [](auto& line) { line.sku = engine::SkuId{5}; }) == EventFault::inconsistent);
  CHECK(with(2, [](auto& line) { line.waiting = 0; }) == EventFault::inconsistent);
  CHECK(with(2, [](auto& line) { line.date = line.before; }) == EventFault::inconsistent);
}
