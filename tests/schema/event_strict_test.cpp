// Records of those who wait for all or nothing: whom an order passed over, who turns strict.
#include <algorithm>

#include "tests/schema/event_round_trip.hpp"
#include "tests/schema/event_samples.hpp"

using namespace earmark;
using namespace earmark::schema;
using namespace earmark::schema::test;

TEST_CASE("event: who turns strict, and what he takes over, comes back as it went in", "[schema][event]") {
  const auto seed = GENERATE(take(4, random(0U, 1'000'000U)));
  CAPTURE(seed);
  Random random(seed);
  for (const std::uint32_t rows : {0U, 1U, 3U, 2000U, 2U}) {
    const StrictSample strict(random, rows);
    decode_all_ways<engine::StrictDecision>(encoded(strict.decision), [&](const engine::StrictDecision& got) {
      CHECK(got.order_id == strict.order);
      CHECK(got.order_lsn == strict.decision.order_lsn);
      CHECK(got.line == strict.decision.line);
      CHECK(got.waited == strict.decision.waited);
      CHECK(got.fills_follow == strict.decision.fills_follow);
      CHECK(got.customer == strict.customer);
      CHECK(same_bytes(got.freed, strict.decision.freed));
      CHECK(same_bytes(got.lost, strict.decision.lost));
      CHECK(std::equal(got.orders.begin(), got.orders.end(), strict.orders.begin(), strict.orders.end()));
      CHECK(std::equal(got.customers.begin(), got.customers.end(), strict.customers.begin(), strict.customers.end()));
    });
  }
}

TEST_CASE("event: an order and a fill say whom they passed over", "[schema][event]") {
  const engine::Skip skip{engine::Lsn{7}, engine::LineNumber{3}, "WALL"};
  engine::OrderDecision order;
  order.id = "LATE";
  order.skipped = skip;
  decode_all_ways<engine::OrderDecision>(encoded(order), [&](const engine::OrderDecision& got) { CHECK(got.skipped == skip); });
  engine::FillDecision fill;
  fill.order_id = "LATE";
  fill.skipped = skip;
  decode_all_ways<engine::FillDecision>(encoded(fill), [&](const engine::FillDecision& got) { CHECK(got.skipped == skip); });
  fill.skipped = {};
  decode_all_ways<engine::FillDecision>(encoded(fill), [&](const engine::FillDecision& got) { CHECK(got.skipped == engine::Skip{}); });
}

TEST_CASE("event: a take-over whose rows disagree is refused", "[schema][event]") {
  EventDecoder decoder;
  std::size_t consumed = 0;
  engine::ReceivedRow freed{engine::SkuId{1}, engine::WarehouseId{1}, 0, 5, 5};
  engine::LostUnits lost{engine::Lsn{3}, 0, engine::LineNumber{1}, 5, 0, engine::WarehouseId{1}, 1, engine::SkuId{1}};
  const std::string_view orders[] = {"V"}, customers[] = {""};
  const engine::StrictDecision strict{"W", engine::Lsn{2}, {}, false, true, {&freed, 1}, {&lost, 1}, orders, customers, ""};
  AlignedBytes right(encoded(strict));
  CHECK(decoder.decode(right.span(), consumed).has_value());
  const auto refused = [&](auto change) {
    engine::ReceivedRow kept_row = freed;
    engine::LostUnits kept_lost = lost;
    change();
    AlignedBytes wrong(encoded(strict));
    CHECK(decoder.decode(wrong.span(), consumed).error() == EventFault::inconsistent);
    freed = kept_row, lost = kept_lost;
  };
  refused([&] { freed.quantity = 4; });
  refused([&] { freed.warehouse = engine::WarehouseId{2}; });
  refused([&] { lost.row = 1; });
  refused([&] { lost.order = 1; });
}
