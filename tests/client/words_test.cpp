// What stands on the command line, and what is written for people.
#include <catch2/catch.hpp>

#include "client/address.hpp"
#include "client/describe.hpp"
#include "client/items.hpp"
#include "client/progress.hpp"
#include "client/random_id.hpp"
#include "client/table.hpp"

using namespace earmark;
using namespace earmark::client;

TEST_CASE("items: SKU:QUANTITY with or without a warehouse", "[client][items]") {
  struct Row {
    std::string text, sku;
    std::int64_t quantity;
    std::string warehouse;
  };
  const Row row = GENERATE(values<Row>({
      {"BEAM:20", "BEAM", 20, ""},
      {"BEAM:20@MAIN", "BEAM", 20, "MAIN"},
      {"DRYWALL-12.5-2400x1200:5", "DRYWALL-12.5-2400x1200", 5, ""},
      {"A:B:3", "A:B", 3, ""},
      {"A@B:3@C", "A@B", 3, "C"},
      {"A:3@W:7", "A:3@W", 7, ""},
      {"A:0", "A", 0, ""},
      {"A:-4", "A", -4, ""},
      {"A:3000000000", "A", 3'000'000'000, ""},
  }));
  CAPTURE(row.text);
  const auto item = parse_item(row.text);
  REQUIRE(item.has_value());
  CHECK(item->sku == row.sku);
  CHECK(item->quantity == row.quantity);
  CHECK(item->warehouse == row.warehouse);
}

TEST_CASE("items: refuses what is no item, with an example", "[client][items]") {
  const std::string text = GENERATE(as<std::string>(), "", "BEAM", "BEAM:", ":3", "BEAM:x", "BEAM:1.5", "BEAM:3@", "BEAM:3 ",
                                    "BEAM:99999999999999999999", "orders.csv", "-");
  CAPTURE(text);
  const auto item = parse_item(text);
  REQUIRE(!item.has_value());
  CHECK(item.error().kind == FailureKind::usage);
  CHECK(item.error().text.find("e.g.") != std::string::npos);
}

TEST_CASE("items: a policy of the line behind a slash", "[client][items]") {
  struct Row {
    std::string text, sku, warehouse;
    std::optional<engine::Policy> policy;
  };
  const Row row = GENERATE(values<Row>({
      {"BEAM:20/line_complete", "BEAM", "", engine::Policy::line_complete},
      {"BEAM:20@MAIN/fill_or_kill", "BEAM", "MAIN", engine::Policy::fill_or_kill},
      {"BEAM:20@EAST/WEST", "BEAM", "EAST/WEST", std::nullopt},
      {"A/B:20", "A/B", "", std::nullopt},
      {"A/B:20/ship_partial", "A/B", "", engine::Policy::ship_partial},
  }));
  CAPTURE(row.text);
  const auto item = parse_order_item(row.text);
  REQUIRE(item.has_value());
  CHECK(item->sku == row.sku);
  CHECK(item->quantity == 20);
  CHECK(item->warehouse == row.warehouse);
  CHECK(item->policy == row.policy);
  for (const char* text : {"BEAM/line_complete", "BEAM:20/", "BEAM:20/whole", "/line_complete"}) CHECK(!parse_order_item(text).has_value());
}

TEST_CASE("items: moments in UTC, or from now on", "[client][items]") {
  constexpr std::int64_t now = 1'000'000'000'000'000;
  const auto moment = [](const char* text) { return parse_moment(text, now).has_value() ? *parse_moment(text, now) : -1; };
  CHECK(moment("1970-01-02 00:00:01") == 86'401'000'000);
  CHECK(moment("1970-01-02") == 86'400'000'000);
  CHECK(moment("+90s") == now + 90'000'000);
  CHECK(moment("+2m") == now + 120'000'000);
  CHECK(moment("+3h") == now + 10'800'000'000);
  CHECK(moment("+7d") == now + 604'800'000'000);
  for (const char* text : {"", "+", "+s", "+7", "+-7d", "+7w", "7d", "tomorrow", "1970-01-01", "2026-02-30", "+99999999999999d"}) {
    CAPTURE(text);
    CHECK(moment(text) == -1);
  }
}

TEST_CASE("items: LINE:QUANTITY", "[client][items]") {
  const auto item = parse_line_item("2:15");
  REQUIRE(item.has_value());
  CHECK(item->line == 2);
  CHECK(item->quantity == 15);
  for (const char* text : {"2", "2:", ":5", "x:5", "-1:5", "4294967296:1", "1:2:3"}) {
    CAPTURE(text);
    CHECK(!parse_line_item(text).has_value());
  }
}

TEST_CASE("address: HOST:PORT, IPv6 in brackets", "[client][address]") {
  CHECK(Address::parse("127.0.0.1:7411")->text() == "127.0.0.1:7411");
  CHECK(Address::parse("db.example:80")->host == "db.example");
  CHECK(Address::parse("[::1]:7411")->host == "::1");
  CHECK(Address::parse("[::1]:7411")->text() == "[::1]:7411");
  for (const char* text : {"", "host", "host:", ":7411", "host:0", "host:65536", "host:x", "::1:7411", "[]:1"}) {
    CAPTURE(text);
    CHECK(!Address::parse(text).has_value());
  }
}

TEST_CASE("words: numbers, places and times as people write them", "[client][words]") {
  CHECK(with_separators(0) == "0");
  CHECK(with_separators(999) == "999");
  CHECK(with_separators(1'000) == "1,000");
  CHECK(with_separators(1'234'567) == "1,234,567");
  CHECK(counted(1, "unit") == "1 unit");
  CHECK(counted(2'000, "unit") == "2,000 units");
  CHECK(ordinal(1) == "1st");
  CHECK(ordinal(2) == "2nd");
  CHECK(ordinal(3) == "3rd");
  CHECK(ordinal(4) == "4th");
  CHECK(ordinal(11) == "11th");
  CHECK(ordinal(112) == "112th");
  CHECK(ordinal(1'021) == "1,021st");
  CHECK(time_text(engine::TimeUs{1'767'225'600'123'456}) == "2026-01-01 00:00:00.123 UTC");
  CHECK(time_text(engine::TimeUs{}) == "-");
  CHECK(time_text(engine::TimeUs{INT64_MAX}) == "9223372036854775807 us");
  CHECK(time_text(engine::TimeUs{INT64_MIN}) == "-9223372036854775808 us");
  CHECK(on_one_line("a\nb\x1b[31mc") == "a b [31mc");
}

TEST_CASE("words: a refusal names the line or row and says what to do", "[client][words]") {
  using engine::ErrorCode;
  CHECK(failure_of({{ErrorCode::unknown_sku, 2, engine::LineNumber{7}}, "Load it.", {}, 0}).text == "unknown_sku, line 7: Load it.");
  CHECK(failure_of({{ErrorCode::bad_quantity, 2, {}}, "Too small.", {}, 0}).text == "bad_quantity, row 2: Too small.");
  const Failure failure = failure_of({{ErrorCode::bad_id, 0, {}}, "An id has bytes.", {}, 0});
  CHECK(failure.text == "bad_id: An id has bytes.");
  CHECK(failure.kind == FailureKind::refused);
  CHECK(failure.code == ErrorCode::bad_id);
  CHECK(failure_of({{static_cast<ErrorCode>(900), 0, {}}, "New.", {}, 0}).text == "error 900: New.");
}

TEST_CASE("table: columns as wide as they must be, numbers to the right", "[client][table]") {
  Table table({{"SKU"}, {"UNITS", Align::right}, {"WHERE"}});
  CHECK(table.empty());
  table.add({"BEAM", "1,200", "MAIN"});
  table.add({"Größe\n1", "7", ""});
  CHECK(table.text() ==
        "SKU      UNITS  WHERE\n"
        "BEAM     1,200  MAIN\n"
        "Größe 1      7\n");
}

TEST_CASE("table: knows how much room a text takes", "[client][table]") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc") == 3);
  CHECK(display_width("Größe") == 5);
  CHECK(display_width("\xe6\x9c\xa8\xe6\x9d\x90") == 4);         // two East Asian characters
  CHECK(display_width("e\xcc\x81") == 1);                        // e and a combining accent
  CHECK(display_width("\xf0\x9f\x93\xa6") == 2);                 // a parcel
  CHECK(display_width("\xf0\x9f") == 1);                         // cut off
}

TEST_CASE("progress: says how much, how fast, how long", "[client][progress]") {
  using Seconds = std::chrono::duration<double>;
  CHECK(Progress::line("orders", 1'200, 4'000, Seconds(2)) == "orders 1,200 of 4,000 (30 %), 600/s, 5 s left");
  CHECK(Progress::line("orders", 1'200, 0, Seconds(2)) == "orders 1,200, 600/s");
  CHECK(Progress::line("orders", 0, 10, Seconds(0)) == "orders 0 of 10 (0 %), 0/s, ?");
}

TEST_CASE("random ids: name their kind, fit a command id, and differ", "[client][id]") {
  const std::string first = random_id("cancel"), second = random_id("cancel");
  CHECK(first.starts_with("cancel-"));
  CHECK(first.size() == 7 + 32);
  CHECK(first.size() <= 64);
  CHECK(first != second);
}
