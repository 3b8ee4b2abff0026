// Orders of a file, and when they are sent again.
#include <catch2/catch.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "loadtest/options.hpp"
#include "loadtest/replay_orders.hpp"

namespace {

using namespace earmark;
using namespace earmark::loadtest;

// A file that goes with the test.
class TableFile {
 public:
  explicit TableFile(const std::string& text) : path_(std::filesystem::temp_directory_path() / ("earmark-replay-" + std::to_string(::getpid()) + ".csv")) {
    std::ofstream(path_) << text;
  }
  ~TableFile() { std::filesystem::remove(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

constexpr const char* events =
    "seq,time,type,id,line,sku,warehouse,qty\n"
    "1,2020-01-01 10:00:10,order,a,1,RED,,6\n"
    "1,2020-01-01 10:00:10,order,a,2,BLUE,,1\n"
    "1,2020-01-01 10:00:10,order,a,3,RED,,2\n"
    "2,2020-01-01 10:00:11,receipt,r,,RED,W1,50\n"
    "4,2020-01-01 10:01:10,order,c,1,GREEN,,3\n"
    "3,2020-01-01 10:00:40,order,b,1,BLUE,,4\n"
    "5,2020-01-01 10:01:20,cancel,a,1,RED,,1\n";

TEST_CASE("replay: orders are read by their ids, sorted by time, with one line for each SKU", "[loadtest]") {
  const TableFile file(events);
  const auto orders = ReplayOrders::read(file.path());
  REQUIRE(orders.has_value());
  REQUIRE(orders->size() == 3);
  CHECK(orders->skus() == 3);
  CHECK(orders->rows_left_out() == 2);
  CHECK(orders->line_count() == 4);
  CHECK(orders->most_lines() == 2);
  REQUIRE(orders->lines(0).size() == 2);
  CHECK(orders->lines(0)[0].sku == 0);
  CHECK(orders->lines(0)[0].quantity == 8);
  CHECK(orders->lines(0)[1].sku == 1);
  CHECK(orders->lines(1)[0].sku == 1);  // b, which stands behind c
  CHECK(orders->lines(2)[0].sku == 2);
  CHECK(orders->offset_ns(0) == 0);
  CHECK(orders->offset_ns(1) == 30'000'000'000);
  CHECK(orders->offset_ns(2) == 60'000'000'000);
  CHECK_THAT(orders->first_time(), Catch::StartsWith("2020-01-01 10:00:10"));
  CHECK_THAT(orders->last_time(), Catch::StartsWith("2020-01-01 10:01:10"));
}

TEST_CASE("replay: a shop's own table has other names, returns, and minutes", "[loadtest]") {
  const TableFile file(
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice\n"
      "1,A,\"a, b\",2,2020-01-01 10:00:00,1\n"
      "C7,A,,-2,2020-01-01 10:00:00,1\n"
      "2,B,,1,2020-01-01 10:00:00,1\n"
      "2,A,,1,2020-01-01 10:00:00,1\n"
      "3,B,,1,2020-01-01 10:05:00,1\n");
  const auto orders = ReplayOrders::read(file.path());
  REQUIRE(orders.has_value());
  REQUIRE(orders->size() == 3);
  CHECK(orders->rows_left_out() == 1);
  CHECK(orders->offset_ns(1) == 30'000'000'000);  // the two of one minute are spread over it
  CHECK(orders->offset_ns(2) == 300'000'000'000);
}

TEST_CASE("replay: what cannot be read is said with its place", "[loadtest]") {
  const auto [text, what] = GENERATE(table<const char*, const char*>({
      {"id,time,sku\na,2020-01-01 10:00:00,R\n", "no column is called quantity or qty or Quantity"},
      {"id,sku,qty\na,R,1\n", "no column is called time or InvoiceDate"},
      {"id,time,sku,qty\n", "there is no order in it"},
      {"id,time,sku,qty\na,2020-01-01 10:00:00,R,-1\n", "there is no order in it"},
      {"id,time,sku,qty\na,yesterday,R,1\n", ":2: the time \"yesterday\" is none"},
      {"id,time,sku,qty\na,2020-01-01 10:00:00,R,1\na,2020-01-01 10:00:00,S,many\n", ":3: the quantity \"many\" is no whole number"},
      {"id,time,sku,qty\na,2020-01-01 10:00:00,R,9999999999\n", "is no whole number up to"},
      {"id,time,sku,qty\na,2020-01-01 10:00:00,R,2147483647\na,2020-01-01 10:00:00,R,1\n", "too many units of R"},
      {"", ""},
  }));
  CAPTURE(text);
  const TableFile file(text);
  const auto orders = ReplayOrders::read(file.path());
  REQUIRE_FALSE(orders.has_value());
  CHECK(orders.error().kind == client::FailureKind::usage);
  CHECK_THAT(orders.error().text, Catch::Contains(what));
}

TEST_CASE("replay: threads share the orders out, times are compressed", "[loadtest]") {
  const TableFile file(events);
  const Replay replay{"events.csv", 1'000, std::make_shared<ReplayOrders>(*ReplayOrders::read(file.path()))};
  CHECK(replay.times_of(0, 1, 7) == std::vector<std::uint64_t>{7, 30'000'007, 60'000'007});
  CHECK(replay.times_of(0, 2, 0) == std::vector<std::uint64_t>{0, 60'000'000});
  CHECK(replay.times_of(1, 2, 0) == std::vector<std::uint64_t>{30'000'000});
  CHECK(replay.times_of(4, 5, 0).empty());
  CHECK(speed_text(2.5) == "2.5 times as fast");
  CHECK_THAT(replay_text(replay), Catch::StartsWith("events.csv: 3 orders, 4 lines, 3 SKUs of 2020-01-01 10:00:10") &&
                                      Catch::Contains("1,000 times as fast; 2 rows left out"));
}

ParsedOptions parse(std::vector<const char*> words) {
  words.insert(words.begin(), "earmark-load");
  return parse_options(static_cast<int>(words.size()), words.data());
}

TEST_CASE("replay: how fast it goes is said, or follows from how long it may last", "[loadtest]") {
  const TableFile file(events);
  const std::string path = file.path().string();
  const Options as_told = parse({"--replay", path.c_str(), "--compress", "600"}).options;
  REQUIRE(as_told.replay);
  CHECK(as_told.is_open_loop());
  CHECK(as_told.rates.empty());
  CHECK(as_told.seconds == Approx(0.1).margin(0.06));  // a minute 600 times as fast, and a moment for the last answer
  CHECK(as_told.seconds > 0.1);
  CHECK(as_told.warmup_seconds == 0);
  CHECK(as_told.shape.skus == 3);
  CHECK_FALSE(as_told.shape.has_fixed_lines());
  CHECK(as_told.shape.most_lines() == 2);
  const Options by_length = parse({"--replay", path.c_str(), "--seconds", "2"}).options;
  CHECK(by_length.replay.compress == Approx(30));
  CHECK(by_length.seconds == Approx(2.05));
  CHECK(parse({"--replay", path.c_str(), "--compress", "2", "--seconds", "3"}).options.seconds == 3);  // cut short
  CHECK(parse({"--replay", path.c_str(), "--skus", "50"}).options.shape.skus == 50);
}

TEST_CASE("replay: bad usage ends with 2", "[loadtest]") {
  const TableFile file(events);
  const std::string path = file.path().string();
  using Words = std::vector<const char*>;
  const char* const it = path.c_str();
  const auto words = GENERATE_COPY(as<Words>{}, Words{"--replay", "/no/such/orders.csv"}, Words{"--compress", "5"}, Words{"--replay", it, "--compress", "0"},
                                   Words{"--replay", it, "--rate", "5"}, Words{"--replay", it, "--sweep"}, Words{"--replay", it, "--waves"},
                                   Words{"--replay", it, "--situation", "flash-sale"}, Words{"--replay", it, "--orders", "5"},
                                   Words{"--replay", it, "--mix", "orders=1,checks=1"}, Words{"--replay", it, "--op", "check"},
                                   Words{"--replay", it, "--warmup", "1"}, Words{"--replay", it, "--skus", "2"}, Words{"--replay", it, "--short-share", "0.1"},
                                   Words{"--replay", it, "--distribution", "zipf"}, Words{"--replay", it, "--arrivals", "poisson"},
                                   Words{"--replay", it, "--verdict"});
  CAPTURE(words[0], words.back());
  CHECK(parse(words).exit_status == exit_usage);
}

}  // namespace
