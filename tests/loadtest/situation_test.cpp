// Situations: what they are made of, what they ask for, how they are told. No server.
#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>
#include <set>

#include "loadtest/options.hpp"
#include "loadtest/popular_stock.hpp"
#include "loadtest/report.hpp"
#include "loadtest/situation_report.hpp"

namespace {

using namespace earmark;
using namespace earmark::loadtest;

ParsedOptions parse(std::vector<const char*> words) {
  words.insert(words.begin(), "earmark-load");
  return parse_options(static_cast<int>(words.size()), words.data());
}

TEST_CASE("situation: orders of other SKUs go on alike in all acts, what comes on top changes", "[loadtest]") {
  const auto sale = acts_of(Situation::flash_sale, {10, 1, 0, 0, 0}, 500);
  REQUIRE(sale.size() == 3);
  for (const Act& act : sale) CHECK(act.other_rate == 500);
  CHECK(sale[1].popular_rate == 4'500);
  CHECK(sale[1].rate() == 5'000);
  CHECK(sale[1].popular_share() == Approx(0.9));
  CHECK(sale[0].popular_share() == 0);
  const auto storm = acts_of(Situation::restock_storm, {6, 20, 0, 5, 4}, 500);
  REQUIRE(storm.size() == 3);
  CHECK(storm[0].popular_rate == 2'500);
  CHECK(storm[1].rate() == 500);
  CHECK(storm[2].bursts == 5);
  CHECK(acts_of(Situation::none, {}, 500).empty());
}

TEST_CASE("situation: bursts lie evenly within their act, all receipts of one at once", "[loadtest]") {
  CHECK(burst_times({"storm", 1, 0, 2}, 3, 100, 40) == std::vector<std::uint64_t>{110, 110, 110, 130, 130, 130});
  CHECK(burst_times({"calm", 1, 0, 0}, 3, 100, 40).empty());
  CHECK(burst_times({"storm", 1, 0, 2}, 0, 100, 40).empty());  // this thread has none of them
}

TEST_CASE("situation: stock for half of what the surge asks for", "[loadtest]") {
  CHECK(stock_for_half({10, 1, 0, 0, 0}, 1'000, 2, 5) == 27'000);  // 9,000 a second for 2 s, 3 units each
  CHECK(stock_for_half({10, 3, 0, 0, 0}, 1'000, 2, 5) == 9'000);
  CHECK(stock_for_half({1.01, 1'000, 0, 0, 0}, 0.1, 0.1, 1) == 1);
}

TEST_CASE("situation: flags are set where they are not given", "[loadtest]") {
  const Options sale = parse({"--situation", "flash-sale"}).options;
  CHECK(sale.situation == Situation::flash_sale);
  CHECK(sale.rates == std::vector<double>{2'000, 20'000, 2'000});
  CHECK(sale.arrivals == Arrivals::poisson);
  CHECK(sale.seconds == 9);
  CHECK(sale.shape.popular_skus == 1);
  CHECK(sale.situation_shape.popular_stock == 81'000);
  CHECK(sale.policies.share_of(engine::Policy::fill_and_cancel) == 1);
  CHECK(sale.short_share == 0);

  const Options own = parse({"--situation", "flash-sale", "--rate", "100", "--surge", "3", "--popular-skus", "4", "--popular-stock", "7", "--seconds", "6",
                             "--arrivals", "constant", "--policies", "fill_or_kill=1"})
                          .options;
  CHECK(own.rates == std::vector<double>{100, 300, 100});
  CHECK(own.arrivals == Arrivals::constant);
  CHECK(own.situation_shape.popular_stock == 7);
  CHECK(own.policies.share_of(engine::Policy::fill_or_kill) == 1);
  CHECK(flags_of(own) ==
        "--rate 100 --arrivals constant --seconds 6 --surge 3 --popular-skus 4 --popular-stock 7 --policies fill_or_kill=1");

  const Options storm = parse({"--situation", "restock-storm", "--receipt-bursts", "3"}).options;
  CHECK(storm.rates == std::vector<double>{12'000, 2'000, 2'000});
  CHECK(storm.policies.share_of(engine::Policy::ship_partial) == 1);
  CHECK_THAT(flags_of(storm), Catch::Contains("--popular-skus 20 --popular-stock 0 --receipt-bursts 3 --burst-receipts 4"));
}

TEST_CASE("situation: bad usage ends with 2", "[loadtest]") {
  using Words = std::vector<const char*>;
  const auto words = GENERATE(as<Words>{}, Words{"--situation", "riot"}, Words{"--surge", "5"}, Words{"--popular-skus", "2"}, Words{"--burst-receipts", "2"},
                              Words{"--situation", "flash-sale", "--receipt-bursts", "2"}, Words{"--situation", "flash-sale", "--sweep"},
                              Words{"--situation", "flash-sale", "--rate-steps", "1,2"}, Words{"--situation", "flash-sale", "--orders", "9"},
                              Words{"--situation", "flash-sale", "--waves"}, Words{"--situation", "flash-sale", "--verdict"},
                              Words{"--situation", "flash-sale", "--surge", "1"}, Words{"--situation", "flash-sale", "--distribution", "hot"},
                              Words{"--situation", "flash-sale", "--skus", "9", "--popular-skus", "5"},
                              Words{"--situation", "flash-sale", "--skus", "4", "--lines", "4"}, Words{"--situation", "flash-sale", "--mix", "checks=1"});
  CAPTURE(words.size(), words[1], words.back());
  CHECK(parse(words).exit_status == exit_usage);
}

TEST_CASE("situation: popular SKUs are asked for by the orders of popular SKUs alone, in their first line", "[loadtest]") {
  WorkloadShape shape;
  shape.skus = 40;
  shape.popular_skus = 5;
  shape.distribution = GENERATE(Distribution::uniform, Distribution::zipf, Distribution::retail);
  const auto popular = popular_skus(shape);
  REQUIRE(std::set(popular.begin(), popular.end()).size() == 5);
  Generator generator(shape, 3);
  std::set<std::uint32_t> asked;
  for (int order = 0; order < 2'000; ++order) {
    const bool is_popular = order % 2 == 0;
    std::vector<AskedLine> lines(std::min(generator.line_count(), 10U));
    generator.order(lines, is_popular);
    for (std::size_t index = 0; index < lines.size(); ++index) {
      const bool found = std::binary_search(popular.begin(), popular.end(), lines[index].sku);
      REQUIRE(found == (is_popular && index == 0));
      if (found) asked.insert(lines[index].sku);
    }
  }
  CHECK(asked.size() == 5);
}

TEST_CASE("situation: popular SKUs are brought to their stock, and refused where they cannot be", "[loadtest]") {
  Options options;
  options.shape.skus = 10;
  options.shape.popular_skus = 2;
  options.situation_shape.popular_stock = 7;
  std::vector<engine::SkuId> ids;
  for (std::uint32_t sku = 1; sku <= 10; ++sku) ids.push_back(engine::SkuId{sku});
  const BenchmarkCatalogue catalogue(1, ids, {engine::WarehouseId{1}, engine::WarehouseId{2}}, true);
  StockSnapshot now{1, 1, 2, std::vector<std::uint32_t>(20, 0), std::vector<std::uint64_t>(10, 0)};
  const std::uint32_t first = popular_skus(options.shape)[0];
  SECTION("from nothing, spread over the warehouses") {
    const auto rows = missing_popular_stock(now, catalogue, options);
    REQUIRE(rows.has_value());
    REQUIRE(rows->size() == 4);
    CHECK((*rows)[0].quantity == 4);
    CHECK((*rows)[1].quantity == 3);
    CHECK((*rows)[0].sku.value == first + 1);
  }
  SECTION("what is there already counts") {
    for (std::size_t cell = 0; cell < 2; ++cell) now.available[first * 2 + cell] = 3;
    const auto rows = missing_popular_stock(now, catalogue, options);
    REQUIRE(rows.has_value());
    REQUIRE(rows->size() == 3);
    CHECK((*rows)[0].quantity == 1);
  }
  SECTION("too much of one") {
    now.available[first * 2] = 8;
    const auto rows = missing_popular_stock(now, catalogue, options);
    REQUIRE_FALSE(rows.has_value());
    CHECK_THAT(rows.error(), Catch::Contains("has 8 units") && Catch::Contains("begins with 7"));
  }
  SECTION("somebody waits") {
    now.backordered[first] = 2;
    const auto rows = missing_popular_stock(now, catalogue, options);
    REQUIRE_FALSE(rows.has_value());
    CHECK_THAT(rows.error(), Catch::Contains("2 units") && Catch::Contains("wait already"));
  }
}

RunReport report_of(const char* situation) {
  RunReport report;
  report.options = parse({"--situation", situation, "--seconds", "6"}).options;
  report.measured_seconds = 6;
  report.tally.acts.resize(3);
  for (std::size_t act = 0; act < 3; ++act) {
    StreamTally& others = report.tally.acts[act].of(Stream::other_orders);
    others.offered = others.answered = 100;
    others.statuses[0] = 100;
    for (int count = 0; count < 100; ++count) others.latency.add((act + 1) * 1'000'000);
  }
  return report;
}

TEST_CASE("situation report: a flash sale tells when it sold out, and what others felt before, meanwhile and after", "[loadtest]") {
  RunReport report = report_of("flash-sale");
  CHECK_THAT(situation_sentence(report), Catch::StartsWith("Never sold out"));
  StreamTally& popular = report.tally.acts[1].of(Stream::popular_orders);
  popular.offered = popular.answered = 4;
  popular.statuses = {1, 0, 0, 0, 0, 3};
  report.tally.sold_out_ns = 3'250'000'000;
  const std::string text = table_of(report);
  CHECK_THAT(text, Catch::Contains("Sold out 1.25 s into a sale of 2 s. p99 of other orders: 1000 us before, 2000 in the sale, 3000 after") &&
                       Catch::Contains("reserved 25.0 %, reduced 75.0 %") && Catch::Contains("flash-sale: --rate 2000 --arrivals poisson"));
  const auto object = nlohmann::json::parse(situation_json(report));
  CHECK(object["acts"].size() == 3);
  CHECK(object["acts"][1]["popular_orders"]["statuses"]["reduced"] == 3);
  CHECK_FALSE(object["acts"][0].contains("popular_orders"));
  CHECK(object["first_short_seconds"] == 3.25);
  const auto markers = act_markers(report);
  REQUIRE(markers.size() == 2);
  CHECK(markers[0].x == 2);
  CHECK(markers[0].label == "sale");
  CHECK_THAT(situation_part(report), Catch::Contains("Sold out 1.25 s"));
}

TEST_CASE("situation report: a storm tells its fills, and p99 of other orders with it and without", "[loadtest]") {
  RunReport report = report_of("restock-storm");
  report.tally.acts[2].fills = 3'000;
  report.tally.acts[2].filled_units = 9'000;
  report.tally.acts[2].of(Stream::receipts).answered = 20;
  CHECK_THAT(situation_sentence(report), Catch::Contains("3,000 fills of waiting lines in the storm (1,500/s, 9,000 units), by 20 receipts") &&
                                             Catch::Contains("p99 of other orders: 3000 us with the storm, 2000 without"));
}

TEST_CASE("situation report: an ordinary run says nothing of it", "[loadtest]") {
  CHECK(situation_lines(RunReport{}).empty());
  CHECK(situation_part(RunReport{}).empty());
  CHECK(act_markers(RunReport{}).empty());
}

}  // namespace
