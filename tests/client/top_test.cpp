// What `earmark top` works out of the server's figures, and how a frame looks. No server.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "client/table.hpp"
#include "client/top_frame.hpp"

using namespace earmark::client;
namespace engine = earmark::engine;

namespace {

constexpr std::int64_t noon = 1'767'268'800'000'000, hour = 3'600'000'000;  // 2026-01-01 12:00 UTC

Stats stats() {
  return {{"decided_lsn", 1000}, {"durable_lag_lsns", 3}, {"window_lsns", 65'536}, {"connections", 12}, {"sessions_blocked", 1}, {"subscribers", 2},
          {"commits", 900}, {"decisions_order", 400}, {"fills", 20}, {"checks", 7}, {"errors_unknown_sku", 1}, {"errors_bad_id", 2},
          {"answer_latency_us_256", 50}, {"answer_latency_us_more", 1}};
}

Backorder line(std::string sku, std::string order, std::uint32_t quantity, std::int64_t since) {
  return {std::move(sku), std::move(order), "Customer of it", 1, quantity, 1, 0, 1, since, 100};
}

BackordersAnswer backorders() {
  return {57, {line("BEAM", "A", 5, noon), line("BEAM", "B", 4, noon - hour), line("DOOR", "B", 9, noon - hour), line("NAIL", "C", 1, noon)}};
}

}  // namespace

TEST_CASE("top: rates are what came in between, by the time that it took", "[client][top]") {
  const Stats before = stats();
  Stats now = stats();
  now["commits"] = 950, now["decisions_order"] = 440, now["fills"] = 25, now["checks"] = 1007, now["errors_bad_id"] = 4, now["errors_expired"] = 1;
  now["answer_latency_us_256"] = 140, now["answer_latency_us_2048"] = 9, now["answer_latency_us_16384"] = 1;
  const TopFigures figures = figures_of(&before, now, 2);
  CHECK(figures.decided == 1000);
  CHECK(figures.durable_lag == 3);
  CHECK(figures.orders == 20);
  CHECK(figures.fills == 2.5);
  CHECK(figures.checks == 500);
  CHECK(figures.errors == 1.5);
  CHECK(figures.p50_us == 256);
  CHECK(figures.p99_us == 2048);  // 90 + 9 of the 100 in between
  now["answer_latency_us_more"] = 3;
  CHECK(figures_of(&before, now, 2).p99_us == 1ULL << 28);
}

TEST_CASE("top: no rates at first, over a restart, and without time, and no latency without decisions", "[client][top]") {
  const Stats before = stats();
  Stats restarted = stats();
  restarted["commits"] = 2;
  for (const TopFigures& figures : {figures_of(nullptr, stats(), 0), figures_of(&before, restarted, 1), figures_of(&before, stats(), 0)}) {
    CHECK(!figures.orders);
    CHECK(!figures.p50_us);
    CHECK(!json_of(figures).contains("orders_per_second"));
  }
  const TopFigures idle = figures_of(&before, stats(), 1);
  CHECK(idle.orders == 0);
  CHECK(!idle.p50_us);
  CHECK(!json_of(idle).contains("latency_p50_us"));
}

TEST_CASE("top: shortages and backorders are the largest first, with the oldest of each", "[client][top]") {
  const WaitingUnits waiting = waiting_of(backorders());
  CHECK(waiting.units == 19);
  CHECK(waiting.lines == 4);
  REQUIRE(waiting.skus.size() == 3);
  CHECK(waiting.skus[0].name == "BEAM");  // 9 as the doors: by name
  CHECK(waiting.skus[0].units == 9);
  CHECK(waiting.skus[0].lines == 2);
  CHECK(waiting.skus[0].since_us == noon - hour);
  CHECK(waiting.skus[1].name == "DOOR");
  REQUIRE(waiting.orders.size() == 3);
  CHECK(waiting.orders[0].name == "B");
  CHECK(waiting.orders[0].units == 13);
  CHECK(waiting.orders[0].customer == "Customer of it");
  TopFigures figures;
  figures.waiting = waiting;
  const Json json = json_of(figures);
  CHECK(json["shortages"][0] == Json{{"sku", "BEAM"}, {"backordered", 9}, {"lines", 2}, {"since_us", noon - hour}});
  CHECK(json["backorders"][2] == Json{{"order", "C"}, {"customer", "Customer of it"}, {"backordered", 1}, {"lines", 1}, {"since_us", noon}});
}

TEST_CASE("top: what a buyer has to look at: open suggestions, and what is overdue", "[client][top]") {
  const auto purchase = [](engine::PurchaseState state, std::int64_t promised_us) {
    OpenPurchase open;
    open.state = state;
    open.lines = {{1, "BEAM", "MAIN", 20, 8, 12, promised_us, promised_us}, {2, "BEAM", "MAIN", 5, 5, 0, noon - hour, noon - hour}};
    return open;
  };
  using engine::PurchaseState;
  PurchasesAnswer answer;
  answer.purchases = {purchase(PurchaseState::suggested, noon - hour), purchase(PurchaseState::suggested, 0), purchase(PurchaseState::draft, noon - hour),
                      purchase(PurchaseState::sent, noon - hour), purchase(PurchaseState::sent, noon + hour)};
  TopFigures figures;
  figures.purchasing = purchasing_of(answer, noon);
  CHECK(figures.purchasing.suggestions == 2);
  CHECK(figures.purchasing.suggested_units == 24);
  CHECK(figures.purchasing.overdue == 1);
  CHECK(frame_text(figures, {}).ends_with("\n2 suggestions with 24 units for the buyer, 1 overdue purchase order\nNobody waits.\n"));
  CHECK(json_of(figures)["suggestions"] == 2);
  CHECK(json_of(figures)["suggested_units"] == 24);
  CHECK(json_of(figures)["overdue_purchases"] == 1);
  figures.purchasing = {0, 0, 2};
  CHECK(frame_text(figures, {}).ends_with("\n2 overdue purchase orders\nNobody waits.\n"));
}

TEST_CASE("top: a frame as it looks", "[client][top]") {
  const Stats before = stats();
  Stats now = stats();
  now["commits"] = 950, now["decisions_order"] = 12'745, now["answer_latency_us_512"] = 99, now["answer_latency_us_4096"] = 2;
  TopFigures figures = figures_of(&before, now, 1);
  figures.server = "127.0.0.1:7411", figures.now_us = noon;
  figures.waiting = waiting_of(backorders());
  CHECK(frame_text(figures, {}) ==
        "earmark top  127.0.0.1:7411  2026-01-01 12:00:00 UTC\n"
        "decision 1,000   durable lag 3 of 65,536   connections 12 (1 blocked)   subscribers 2\n"
        "\n"
        "ORDERS/S  FILLS/S  CHECKS/S  ERRORS/S  HALF WITHIN  99 % WITHIN\n"
        "  12,345      0.0       0.0       0.0       512 us         5 ms\n"
        "\n"
        "4 lines wait for 19 units, of 3 SKUs and 3 orders\n"
        "SHORTAGES  BACKORDERED  LINES  OLDEST SINCE\n"
        "BEAM                 9      2  2026-01-01 11:00\n"
        "DOOR                 9      1  2026-01-01 11:00\n"
        "NAIL                 1      1  2026-01-01 12:00\n"
        "\n"
        "BIGGEST BACKORDERS  WAITS FOR  LINES  SINCE             CUSTOMER\n"
        "B                          13      2  2026-01-01 11:00  Customer of it\n"
        "A                           5      1  2026-01-01 12:00  Customer of it\n"
        "C                           1      1  2026-01-01 12:00  Customer of it\n");
  CHECK(frame_text(figures, {}, "cannot reach it\x1b[2J").find("cannot reach it [2J\n") != std::string::npos);
  figures.waiting = {};
  CHECK(frame_text(figures, {}).ends_with("\nNobody waits.\n"));
}

TEST_CASE("top: a frame never has more lines or columns than there are", "[client][top]") {
  TopFigures figures;
  figures.server = "ŝervilo 服务器";
  BackordersAnswer answer;
  for (int number = 0; number < 40; ++number) answer.lines.push_back(line("SKU-" + std::to_string(number), number < 3 ? "A" : "B" + std::to_string(number), 5, noon));
  figures.waiting = waiting_of(answer);
  figures.purchasing.overdue = GENERATE(0u, 3u);
  const std::size_t columns = GENERATE(1u, 7u, 20u, 80u, 200u), rows = GENERATE(1u, 5u, 10u, 11u, 24u, 60u, 200u);
  CAPTURE(columns, rows);
  const std::string frame = frame_text(figures, {columns, rows});
  std::size_t lines = 0;
  for (std::size_t at = 0; at < frame.size(); ++lines) {
    const std::size_t end = frame.find('\n', at);
    CHECK(display_width(frame.substr(at, end - at)) <= columns);
    at = end + 1;
  }
  CHECK(lines <= rows);
  if (rows == 24) CHECK(lines == rows);  // what is there is used
  CHECK(fitting("a服务器", 4) == "a服");
}
