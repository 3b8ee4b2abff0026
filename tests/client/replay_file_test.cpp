#include "client/replay_file.hpp"

#include "client/catalogue_files.hpp"
#include "client/describe.hpp"
#include "tests/client/files.hpp"

using namespace earmark;
using namespace earmark::client;
using earmark::client::test::Files;

namespace {

constexpr const char* header = "seq,time,type,id,line,sku,warehouse,qty\n";

std::vector<ReplayEvent> events_of(const std::string& rows) {
  const Files files;
  auto events = read_replay(files.write("events.csv", header + rows));
  if (!events) FAIL(events.error().text);
  return std::move(*events);
}

std::string complaint_of(const std::string& text) {
  const Files files;
  const auto events = read_replay(files.write("events.csv", text));
  REQUIRE(!events.has_value());
  CHECK(events.error().kind == FailureKind::usage);
  return events.error().text;
}

}  // namespace

TEST_CASE("replay file: adjacent rows with one seq are one event", "[client][replay]") {
  const auto events = events_of(
      "1,2010-12-01 08:26:00,order,O1,1,A,,6\n"
      "1,2010-12-01 08:26:00,order,O1,2,B,LON,3\n"
      "2,2010-12-01 08:27:00,receipt,R1,,A,LON,5\n"
      "2,2010-12-01 08:27:00,receipt,R1,,B,BHM,4\n"
      "3,2010-12-01 08:28:00,cancel,O1,,,,\n"
      "4,2010-12-01 08:29:00,cancel,O1,2,,,1\n"
      "4,2010-12-01 08:29:00,cancel,O1,1,,,7\n"
      "5,2010-12-01 08:30:00,ship,O1,,,,\n");
  REQUIRE(events.size() == 5);
  CHECK(events[0].seq == 1);
  CHECK(events[0].time == "2010-12-01 08:26:00");
  CHECK(events[0].time_us == engine::TimeUs{1'291'191'960'000'000});
  const auto& order = std::get<Order>(events[0].command);
  CHECK(order.id == "O1");
  REQUIRE(order.lines.size() == 2);
  CHECK(order.lines[1].line == 2);
  CHECK(order.lines[1].sku == "B");
  CHECK(order.lines[1].warehouse == "LON");
  CHECK(order.lines[1].quantity == 3);
  const auto& receipt = std::get<Receipt>(events[1].command);
  CHECK(receipt.id == "R1");
  REQUIRE(receipt.rows.size() == 2);
  CHECK(receipt.rows[1].warehouse == "BHM");
  const auto& whole = std::get<Cancel>(events[2].command);
  CHECK(whole.command_id == "cancel-3");
  CHECK(whole.order == "O1");
  CHECK(whole.rows.empty());
  const auto& part = std::get<Cancel>(events[3].command);
  REQUIRE(part.rows.size() == 2);
  CHECK(part.rows[0].line == 2);
  CHECK(part.rows[1].quantity == 7);
  CHECK(std::get<Ship>(events[4].command).command_id == "ship-5");
}

TEST_CASE("replay file: one row without a SKU is an order without lines, in a longer order it is an unknown SKU", "[client][replay]") {
  const auto events = events_of(
      "1,,order,O1,1,,,4\n"
      "2,,order,O2,,,,\n"
      "3,,order,O3,1,,,4\n"
      "3,,order,O3,2,A,,4\n");
  CHECK(std::get<Order>(events[0].command).lines.empty());
  CHECK(std::get<Order>(events[1].command).lines.empty());
  REQUIRE(std::get<Order>(events[2].command).lines.size() == 2);
  CHECK(std::get<Order>(events[2].command).lines[0].sku.empty());
}

TEST_CASE("replay file: a quantity that no server takes is sent as one that it calls bad", "[client][replay]") {
  struct Row {
    std::string text;
    std::int64_t sent;
  };
  const Row row = GENERATE(values<Row>({{"0", 0}, {"-3", -3}, {"", 0}, {"x", 0}, {"1.5", 0}, {"3000000000", 3'000'000'000},
                                        {"99999999999999999999", INT64_MAX}}));
  const auto events = events_of("1,,order,O1,1,A,," + row.text + "\n");
  CHECK(std::get<Order>(events[0].command).lines[0].quantity == row.sent);
}

TEST_CASE("replay file: says where it is wrong", "[client][replay]") {
  CHECK(complaint_of("seq,time,type\n").find("no column 'id'") != std::string::npos);
  CHECK(complaint_of(std::string(header) + "x,,order,O1,1,A,,1\n").find(":2: 'x' is not a sequence number") != std::string::npos);
  CHECK(complaint_of(std::string(header) + "1,,order,O1,1,A,,1\n2,,refund,O1,,,,\n").find(":3: there is no event of type 'refund'") != std::string::npos);
  CHECK(complaint_of(std::string(header) + "1,,order,O1,one,A,,1\n").find("'one' is not a line number") != std::string::npos);
}

TEST_CASE("replay file: times are UTC, anything else is none", "[client][replay]") {
  CHECK(time_from("1970-01-01 00:00:01") == engine::TimeUs{1'000'000});
  CHECK(time_from("2010-12-01T08:26:00") == engine::TimeUs{1'291'191'960'000'000});
  for (const char* text : {"", "2010-12-01", "yesterday", "2010-13-01 00:00:00", "2010-02-30 00:00:00", "2010-01-01 24:00:00"}) {
    CAPTURE(text);
    CHECK(time_from(text) == engine::TimeUs{});
  }
}

TEST_CASE("catalogue files: products come from both files, rows in the order of the products", "[client][load]") {
  const Files files;
  files.write("warehouses.csv", "warehouse,priority,name\nMAIN,1,Main yard\nWEST,2,\n");
  files.write("products.csv", "sku,description,vendor\nBEAM,\"A beam, long\",V\nNAIL,,V\n");
  files.write("stock.csv", "sku,warehouse,on_hand\nEXTRA,WEST,4\nBEAM,MAIN,12\nEXTRA,MAIN,0\n");
  const auto read = read_catalogue(files.path(), {});
  REQUIRE(read.has_value());
  REQUIRE(read->warehouses.size() == 2);
  CHECK(read->warehouses[0].name == "Main yard");
  CHECK(read->warehouses[1].priority == 2);
  REQUIRE(read->products.size() == 3);
  CHECK(read->products[0].description == "A beam, long");
  CHECK(read->products[0].in_stock_file);
  CHECK(!read->products[1].in_stock_file);
  CHECK(read->products[2].code == "EXTRA");
  REQUIRE(read->stock.size() == 3);
  CHECK(read->stock[0].product == 0);
  CHECK(read->stock[0].on_hand == 12);
  CHECK(read->stock[1].warehouse == 1);
  CHECK(read->stock[2].on_hand == 0);
}

TEST_CASE("catalogue files: known warehouses stand in for a missing file", "[client][load]") {
  const Files files;
  files.write("stock.csv", "sku,warehouse,on_hand\nBEAM,MAIN,12\n");
  const std::vector<WarehouseInfo> known{{"MAIN", "Main yard", 1}};
  CHECK(read_catalogue(files.path(), known).has_value());
  CHECK(read_catalogue(files.path(), {}).error().text.find("there is no warehouse 'MAIN'") != std::string::npos);
}

TEST_CASE("catalogue files: says what is wrong, and where", "[client][load]") {
  struct Row {
    std::string warehouses, products, stock, complaint;
  };
  const std::string good = "warehouse,priority\nMAIN,1\n";
  const Row row = GENERATE_COPY(values<Row>({
      {"warehouse\nMAIN\n", "", "", "warehouses.csv:1: there is no column 'priority'"},
      {"warehouse,priority\nMAIN,first\n", "", "", "warehouses.csv:2: 'first' is not a priority"},
      {"warehouse,priority\nMAIN,-1\n", "", "", "'-1' is not a priority"},
      {"warehouse,priority\nMAIN,1\nMAIN,2\n", "", "", "warehouses.csv:3: warehouse 'MAIN' stands twice"},
      {"warehouse,priority\n,1\n", "", "", "1 to 64 bytes"},
      {good, "sku\nA\nA\n", "", "products.csv:3: SKU 'A' stands twice"},
      {good, "sku\n" + std::string(65, 'x') + "\n", "", "1 to 64 bytes"},
      {good, "sku,description\nA," + std::string(513, 'x') + "\n", "", "more than 512 bytes"},
      {good, "", "sku,warehouse,on_hand\nA,NORTH,1\n", "stock.csv:2: there is no warehouse 'NORTH'"},
      {good, "", "sku,warehouse,on_hand\nA,MAIN,many\n", "'many' is not a quantity"},
  }));
  const Files files;
  if (!row.warehouses.empty()) files.write("warehouses.csv", row.warehouses);
  if (!row.products.empty()) files.write("products.csv", row.products);
  if (!row.stock.empty()) files.write("stock.csv", row.stock);
  const auto read = read_catalogue(files.path(), {});
  REQUIRE(!read.has_value());
  CAPTURE(read.error().text);
  CHECK(read.error().kind == FailureKind::usage);
  CHECK(read.error().text.find(row.complaint) != std::string::npos);
}

TEST_CASE("catalogue files: an empty directory is named", "[client][load]") {
  const Files files;
  CHECK(read_catalogue(files.path(), {}).error().text.find(files.path().string()) != std::string::npos);
}
