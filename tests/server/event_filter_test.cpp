// The filter of events against its rules written down a second time: random events, random filters.
#include <catch2/catch.hpp>
#include <iostream>

#include "schema/record.hpp"
#include "server/event_filter.hpp"
#include "tests/server/event_parts.hpp"
#include "tests/server/random_event.hpp"

using namespace earmark;
using namespace earmark::server;
using namespace earmark::server::test;
using earmark::schema::test::AlignedBytes;
using earmark::schema::test::Random;

namespace {

Asked random_filter(Random& random) {
  Asked asked;
  if (random.chance(50)) {
    for (std::size_t count = random.below(3) + 1; count > 0; --count) {
      asked.kinds.push_back(schema::every_event_kind[random.below(schema::every_event_kind.size())]);
    }
  }
  if (random.chance(40)) asked.skus = {engine::SkuId{static_cast<std::uint32_t>(random.below(5) + 1)}, engine::SkuId{2}};
  if (random.chance(40)) asked.warehouses = {engine::WarehouseId{static_cast<std::uint16_t>(random.below(4) + 1)}};
  if (random.chance(30)) asked.customers = {random.chance(50) ? "C-1" : "", "C-9"};
  return asked;
}

// Scalars and texts of an event, which come along whatever is left out.
std::string envelope(const schema::Event& event) {
  return std::visit(
      [](const auto& decision) -> std::string {
        using Kind = std::decay_t<decltype(decision)>;
        if constexpr (std::is_same_v<Kind, engine::OrderDecision>) {
          return std::string(decision.id) + "/" + std::string(decision.texts.customer) + "/" + std::string(decision.texts.notes) +
                 "/" + std::string(name(decision.status));
        } else if constexpr (std::is_same_v<Kind, engine::ReceiptDecision>) {
          return std::string(decision.id) + (decision.fills_follow ? " fills follow" : "");
        } else if constexpr (std::is_same_v<Kind, engine::FillDecision>) {
          return std::string(decision.order_id) + " " + std::to_string(decision.line.value) + " " + std::to_string(decision.sku.value) +
                 " " + std::to_string(decision.still_waiting) + (decision.last ? " last" : "") + " " + std::string(decision.customer.value_or("?"));
        } else if constexpr (std::is_same_v<Kind, engine::AmendDecision>) {
          return std::string(decision.command_id) + "/" + std::string(decision.order_id) + "/" + std::string(decision.customer.value_or("?")) +
                 (decision.priority ? "/" + std::to_string(decision.priority->value) : "");
        } else if constexpr (std::is_same_v<Kind, engine::CancelDecision> || std::is_same_v<Kind, engine::ShipDecision>) {
          return std::string(decision.command_id) + "/" + std::string(decision.order_id) + "/" + std::string(decision.customer.value_or("?"));
        } else if constexpr (std::is_same_v<Kind, engine::StockChangeDecision>) {
          return std::string(decision.id) + "/" + std::string(name(decision.kind)) + "/" + std::string(decision.reason) +
                 (decision.fills_follow ? " fills follow" : "");
        } else if constexpr (std::is_same_v<Kind, engine::ShipmentDecision>) {
          return std::string(decision.command_id) + "/" + std::string(decision.order_id) + "/" + std::string(decision.carrier) + "/" + std::string(decision.customer);
        } else if constexpr (std::is_same_v<Kind, engine::TransferShipDecision>) {
          return std::string(decision.id) + "/" + std::to_string(decision.source.value) + "/" + std::to_string(decision.destination.value) + "/" +
                 std::string(decision.reason);
        } else if constexpr (std::is_same_v<Kind, engine::TransferReceiptDecision>) {
          return std::string(decision.command_id) + "/" + std::string(decision.transfer_id) + "/" + std::to_string(decision.destination.value) +
                 (decision.closed ? " closed" : "") + (decision.fills_follow ? " fills follow" : "");
        } else if constexpr (std::is_same_v<Kind, engine::PurchaseDecision>) {
          return std::string(decision.id) + "/" + std::string(decision.vendor) + "/" + std::string(decision.reference) + "/" + std::string(decision.notes) +
                 "/" + std::string(name(decision.state));
        } else if constexpr (std::is_same_v<Kind, engine::PurchaseStepDecision>) {
          return std::string(decision.command_id) + "/" + std::string(decision.purchase_id) + "/" + std::string(decision.vendor) + "/" +
                 std::string(decision.reference) + "/" + std::string(name(decision.step)) + "/" + std::string(name(decision.state));
        } else if constexpr (std::is_same_v<Kind, engine::PurchaseReceiptDecision>) {
          return std::string(decision.id) + "/" + std::string(decision.purchase_id) + "/" + std::string(decision.vendor) + "/" +
                 std::string(name(decision.state)) + (decision.fills_follow ? " fills follow" : "");
        } else if constexpr (std::is_same_v<Kind, engine::OverdueDecision>) {
          return std::string(decision.id) + "/" + std::string(decision.vendor) + (decision.transfer ? "/transfer/" : "/") +
                 std::to_string(decision.lsn.value) + "/" + std::to_string(decision.expected.value);
        } else if constexpr (std::is_same_v<Kind, engine::HoldDecision>) {
          return std::string(decision.id) + "/" + std::string(decision.customer) + "/" + std::to_string(decision.deadline.value);
        } else if constexpr (std::is_same_v<Kind, engine::HoldEndDecision>) {
          return std::string(decision.hold_id) + "/" + std::string(decision.customer) + "/" + std::string(name(decision.how));
        } else if constexpr (std::is_same_v<Kind, engine::LoadDecision>) {
          return decision.fills_follow ? "fills follow" : "";
        } else {
          return "";
        }
      },
      event.decision);
}

std::vector<std::string> row_texts(const Parts& parts) {
  std::vector<std::string> texts;
  for (const Part& row : parts.rows) texts.push_back(row.text);
  return texts;
}

}  // namespace

TEST_CASE("event filter: lets through exactly the parts that the rules name, and what is left agrees with itself", "[server][events]") {
  const std::uint64_t seed = schema::test::test_seed();
  CAPTURE(seed);
  Random random(seed);
  EventSieve sieve;
  schema::EventEncoder encoder;
  encoder.mark_filtered(true);
  schema::EventDecoder decoder;
  AlignedBytes record(std::size_t{1} << 20);
  std::size_t seen[3] = {};
  constexpr int rounds = 20'000;
  for (int round = 0; round < rounds; ++round) {
    const RandomEvent made(random);
    const Asked asked = random_filter(random);
    const schema::SubscribeRequest request = asked.request(1, 1);
    const Parts parts = parts_of(made.event());
    const Expected expected = expect(asked, parts);
    schema::Event left;
    const Passes passes = sieve.sift(EventFilter(request), made.event(), left);
    ++seen[static_cast<int>(passes)];
    CAPTURE(round);
    REQUIRE((passes != Passes::nothing) == expected.comes);
    if (!expected.comes) continue;
    REQUIRE((passes == Passes::some) == expected.filtered);
    if (passes == Passes::whole) continue;
    const std::size_t bytes = std::visit([&](const auto& decision) { return encoder.encode(left.stamp, decision, record.span()); }, left.decision);
    REQUIRE(bytes != 0);
    std::size_t consumed = 0;
    const auto decoded = decoder.decode(record.span().first(bytes), consumed);
    REQUIRE(decoded.has_value());
    REQUIRE(decoded->filtered);
    REQUIRE(decoded->stamp.lsn == made.event().stamp.lsn);
    REQUIRE(row_texts(parts_of(*decoded)) == expected.rows);
    REQUIRE(envelope(*decoded) == envelope(made.event()));
  }
  std::cout << "event filter: " << rounds << " random events and filters, seed " << seed << ": " << seen[0] << " left out, " << seen[1]
            << " in part, " << seen[2] << " whole\n";
  for (const std::size_t count : seen) REQUIRE(count > rounds / 50);
}

TEST_CASE("event filter: bookkeeping has no parts", "[server][events]") {
  EventSieve sieve;
  schema::Event left;
  const Asked asked{.kinds = {schema::every_event_kind.begin(), schema::every_event_kind.end()}};
  CHECK(sieve.sift(EventFilter(asked.request(1, 1)), {{}, engine::VoidDecision{}}, left) == Passes::nothing);
}

TEST_CASE("event filter: of who turns strict a customer hears of himself and of what he loses, and of nobody else", "[server][events]") {
  const engine::SkuId sku{1};
  const engine::WarehouseId warehouse{1};
  const engine::ReceivedRow freed[] = {{sku, warehouse, 0, 3, 3}, {sku, warehouse, 0, 2, 5}};
  const engine::LostUnits lost[] = {{engine::Lsn{5}, 0, engine::LineNumber{1}, 3, 0, warehouse, 1, sku},
                                    {engine::Lsn{4}, 1, engine::LineNumber{2}, 2, 1, warehouse, 1, sku}};
  const std::string_view orders[] = {"LATER", "LATE"}, customers[] = {"Quarry", "Mill"};
  const schema::Event event{{engine::Lsn{9}, {}, {}},
                            engine::StrictDecision{"FIRST", engine::Lsn{2}, {}, false, true, freed, lost, orders, customers, "Bridge"}};
  EventSieve sieve;
  schema::Event left;
  const auto sift = [&](const Asked& asked) { return sieve.sift(EventFilter(asked.request(1, 1)), event, left); };
  const auto kept = [&] { return std::get<engine::StrictDecision>(left.decision); };

  CHECK(sift({.kinds = {EventKind::turned_strict, EventKind::allocation_lost}}) == Passes::whole);
  CHECK(sift({.kinds = {EventKind::back_in_stock}}) == Passes::nothing);
  REQUIRE(sift({.customers = {"Bridge"}}) == Passes::some);
  CHECK(kept().order_id == "FIRST");
  CHECK(kept().lost.empty());
  CHECK(kept().orders.empty());
  REQUIRE(sift({.customers = {"Mill"}}) == Passes::some);
  CHECK(kept().order_id.empty());
  CHECK(kept().customer.empty());
  CHECK(kept().order_lsn.value == 0);
  REQUIRE(kept().lost.size() == 1);
  CHECK(kept().orders[kept().lost[0].order] == "LATE");
  CHECK(kept().freed[0].quantity == 2);
  REQUIRE(sift({.skus = {sku}}) == Passes::some);  // he himself has no SKU
  CHECK(kept().order_id.empty());
  CHECK(kept().lost.size() == 2);
  CHECK(sift({.customers = {"Nobody"}}) == Passes::nothing);
}

TEST_CASE("event filter: a customer does not hear whom his order passed over", "[server][events]") {
  engine::LineDecision line;
  line.line = engine::LineNumber{1}, line.sku = engine::SkuId{1}, line.quantity = line.taken = 2, line.warehouse = engine::WarehouseId{1}, line.shipment = 1;
  engine::OrderDecision order;
  order.id = "LATE";
  order.texts.customer = "Mill";
  order.lines = {&line, 1};
  order.skipped = {engine::Lsn{2}, {}, "FIRST"};
  const schema::Event event{{engine::Lsn{9}, {}, {}}, order};
  EventSieve sieve;
  schema::Event left;
  REQUIRE(sieve.sift(EventFilter(Asked{.customers = {"Mill"}}.request(1, 1)), event, left) == Passes::some);
  CHECK(std::get<engine::OrderDecision>(left.decision).skipped == engine::Skip{});
  CHECK(std::get<engine::OrderDecision>(left.decision).lines.size() == 1);
  CHECK(sieve.sift(EventFilter(Asked{.skus = {engine::SkuId{1}}}.request(1, 1)), event, left) == Passes::whole);
}

TEST_CASE("event kinds: every one has its name and comes back from it", "[schema][events]") {
  for (const EventKind kind : schema::every_event_kind) CHECK(schema::event_kind(schema::name(kind)) == kind);
  CHECK(schema::name(EventKind{0}).empty());
  CHECK(schema::name(EventKind{29}).empty());
  CHECK(schema::name(EventKind{255}).empty());
  CHECK_FALSE(schema::event_kind("").has_value());
  CHECK_FALSE(schema::event_kind("order").has_value());
}
