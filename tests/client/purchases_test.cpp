// Lines of purchase orders on the command line, and which of them an arrival belongs to.
#include <catch2/catch.hpp>

#include "client/items.hpp"
#include "client/purchases.hpp"

using namespace earmark;
using namespace earmark::client;

namespace {

constexpr std::int64_t noon = 1'767'268'800'000'000, day = 86'400'000'000;  // 2026-01-01 12:00 UTC

// 1 and 2 bring beams to MAIN, 3 brings some to WEST, 4 brought all of its hangers.
OpenPurchase purchase() {
  return {"PO-7", "HOLZ", "AB-1", "by crane", engine::PurchaseState::partly_received, 12, noon,
          {{1, "BEAM", "MAIN", 20, 15, 5, noon + 2 * day, noon + day, noon + 4 * day},
           {2, "BEAM", "MAIN", 10, 0, 10, noon + 3 * day, noon + 3 * day, noon + 3 * day},
           {3, "BEAM", "WEST", 8, 0, 8, 0, 0},
           {4, "HANGER", "MAIN", 40, 42, 0, noon, noon, noon}}};
}

using Rows = std::vector<std::pair<std::uint32_t, std::int64_t>>;
Rows rows_of(const Outcome<std::vector<PurchaseArrival>>& arrivals) {
  REQUIRE(arrivals.has_value());
  Rows rows;
  for (const PurchaseArrival& arrival : *arrivals) {
    rows.emplace_back(arrival.line, arrival.quantity);
    CHECK(arrival.damaged == 0);
  }
  return rows;
}

}  // namespace

TEST_CASE("purchase items: SKU:QUANTITY@WAREHOUSE, with a date behind it or without", "[client][items][purchases]") {
  struct Row {
    std::string text, sku, warehouse;
    std::int64_t quantity, promised_us;
  };
  const Row row = GENERATE(values<Row>({
      {"BEAM:200@MAIN", "BEAM", "MAIN", 200, 0},
      {"BEAM:200@MAIN=2026-01-02", "BEAM", "MAIN", 200, noon + day / 2},
      {"BEAM:200@MAIN=2026-01-01 12:00:00", "BEAM", "MAIN", 200, noon},
      {"BEAM:200@MAIN=+1d", "BEAM", "MAIN", 200, noon + day},
      {"A:B=C:3@W", "A:B=C", "W", 3, 0},
      {"A=2026:3@W=2026-01-02", "A=2026", "W", 3, noon + day / 2},
      {"A@B:3@W", "A@B", "W", 3, 0},
      {"A:0@W", "A", "W", 0, 0},
  }));
  CAPTURE(row.text);
  const auto item = parse_purchase_item(row.text, noon);
  REQUIRE(item.has_value());
  CHECK(item->sku == row.sku);
  CHECK(item->warehouse == row.warehouse);
  CHECK(item->quantity == row.quantity);
  CHECK(item->promised_us == row.promised_us);
}

TEST_CASE("purchase items: refuses what is none, with an example", "[client][items][purchases]") {
  for (const char* text : {"", "BEAM", "BEAM:20", "BEAM:20@", "BEAM:x@MAIN", "BEAM:20=2026-01-02", ":20@MAIN", "BEAM@MAIN:20", "BEAM:20@MAIN=", "BEAM:20@MAIN=soon"}) {
    CAPTURE(text);
    const auto item = parse_purchase_item(text, noon);
    REQUIRE(!item.has_value());
    CHECK(item.error().kind == FailureKind::usage);
    CHECK(item.error().text.find("e.g.") != std::string::npos);
  }
}

TEST_CASE("purchase items: what a vendor acknowledges of a line, and what arrives of it", "[client][items][purchases]") {
  struct Row {
    std::string text;
    std::uint32_t line;
    std::optional<std::int64_t> quantity;
    std::int64_t promised_us;
  };
  const Row row = GENERATE(values<Row>({
      {"2", 2, std::nullopt, 0},
      {"2:15", 2, 15, 0},
      {"2:0", 2, 0, 0},
      {"2=2026-01-02", 2, std::nullopt, noon + day / 2},
      {"2:15=2026-01-01 12:00:00", 2, 15, noon},
  }));
  CAPTURE(row.text);
  const auto item = parse_acknowledged_item(row.text, noon);
  REQUIRE(item.has_value());
  CHECK(item->line == row.line);
  CHECK(item->quantity == row.quantity);
  CHECK(item->promised_us == row.promised_us);
  for (const char* text : {"", "x", "2:", ":2", "2:x", "2:-1", "-1:2", "4294967296", "2:15=", "2=soon", "=2026-01-02", "1:2:3"}) {
    CAPTURE(text);
    CHECK(!parse_acknowledged_item(text, noon).has_value());
  }

  const auto arrived = parse_arrived_line_item("2:18:3");
  REQUIRE(arrived.has_value());
  CHECK(arrived->line == 2);
  CHECK(arrived->quantity == 18);
  CHECK(arrived->damaged == 3);
  CHECK(parse_arrived_line_item("2:18")->damaged == 0);
  for (const char* text : {"", "2", "2:", ":18", "x:1", "2:18:", "2:18:x", "2:18:3:1", "2:18/3", "-1:18"}) {
    CAPTURE(text);
    CHECK(!parse_arrived_line_item(text).has_value());
  }
}

TEST_CASE("purchases: what arrives of a SKU fills the first open lines, the rest is the last one's", "[client][purchases]") {
  const OpenPurchase open = purchase();
  CHECK(rows_of(arrivals_of(open, {{"BEAM", "MAIN", 3}})) == Rows{{1, 3}});
  CHECK(rows_of(arrivals_of(open, {{"BEAM", "MAIN", 5}})) == Rows{{1, 5}});
  CHECK(rows_of(arrivals_of(open, {{"BEAM", "MAIN", 12}})) == Rows{{1, 5}, {2, 7}});
  CHECK(rows_of(arrivals_of(open, {{"BEAM", "MAIN", 17}})) == Rows{{1, 5}, {2, 12}});  // two over
  CHECK(rows_of(arrivals_of(open, {{"BEAM", "WEST", 9}})) == Rows{{3, 9}});
  // Rows of one SKU one after the other: what the first has filled up the next leaves alone.
  CHECK(rows_of(arrivals_of(open, {{"BEAM", "MAIN", 4}, {"BEAM", "MAIN", 4}, {"BEAM", "MAIN", 9}})) == Rows{{1, 4}, {1, 1}, {2, 3}, {2, 9}});
  // Which quantities are good is the server's business; none is lost on the way there.
  constexpr std::int64_t least = INT64_MIN, most = INT64_MAX;
  CHECK(rows_of(arrivals_of(open, {{"BEAM", "MAIN", 0}, {"BEAM", "MAIN", least}, {"BEAM", "MAIN", most}, {"BEAM", "MAIN", most}})) ==
        Rows{{2, 0}, {2, least}, {1, 5}, {2, most - 5}, {2, most}});
  CHECK(rows_of(arrivals_of(open, {})).empty());
}

TEST_CASE("purchases: a SKU that has no open line there is refused by name", "[client][purchases]") {
  for (const ReceiptRow& row : std::vector<ReceiptRow>{{"HANGER", "MAIN", 1}, {"HANGER", "WEST", 1}, {"DOOR", "MAIN", 1}, {"BEAM", "EAST", 1}}) {
    const auto arrivals = arrivals_of(purchase(), {{"BEAM", "MAIN", 1}, row});
    REQUIRE(!arrivals.has_value());
    CHECK(arrivals.error().kind == FailureKind::refused);
    CHECK(arrivals.error().code == engine::ErrorCode::unknown_line);
    CHECK(arrivals.error().text == "unknown_line: purchase order PO-7 has no open line of " + row.sku + " for " + row.warehouse + "; see earmark po show PO-7");
  }
}

TEST_CASE("purchases: totals, the next arrival and what is overdue", "[client][purchases]") {
  OpenPurchase open = purchase();
  const PurchaseFigures figures = figures_of(open);
  CHECK(figures.ordered == 78);
  CHECK(figures.received == 57);
  CHECK(figures.open == 23);
  CHECK(figures.next_arrival_us == noon + 3 * day);  // line 1 is late, the hangers have arrived
  CHECK(!is_overdue(open, open.lines[0], noon + 2 * day));
  CHECK(is_overdue(open, open.lines[0], noon + 2 * day + 1));
  CHECK(!is_overdue(open, open.lines[2], noon + 9 * day));  // never promised
  CHECK(!is_overdue(open, open.lines[3], noon + 9 * day));  // nothing open
  open.state = engine::PurchaseState::draft;
  CHECK(!is_overdue(open, open.lines[0], noon + 9 * day));
  open.lines.resize(0);
  CHECK(figures_of(open).next_arrival_us == 0);
}
