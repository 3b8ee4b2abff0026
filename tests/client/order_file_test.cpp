#include "client/order_file.hpp"

#include "tests/client/files.hpp"

using namespace earmark;
using namespace earmark::client;
using earmark::client::test::Files;

namespace {

struct Read {
  std::vector<Order> orders;
  std::string complaint;
};

Read read_all(const std::string& path, OrderFormat format) {
  Read read;
  auto reader = open_orders(path, format);
  if (!reader) {
    CHECK(reader.error().kind == FailureKind::usage);
    read.complaint = reader.error().text;
    return read;
  }
  while (true) {
    auto order = (*reader)->next();
    if (!order) {
      CHECK(order.error().kind == FailureKind::usage);
      read.complaint = order.error().text;
      return read;
    }
    if (!order->has_value()) return read;
    read.orders.push_back(std::move(**order));
  }
}

}  // namespace

TEST_CASE("order file: adjacent rows with one id are one order", "[client][orders]") {
  const Files files;
  const auto path = files.write("orders.csv",
                                "order,customer,line,sku,quantity,warehouse,policy,priority\n"
                                "A,Ann,5,BEAM,2,,fill_or_kill,200\n"
                                "A,Ann,,HANGER,4,MAIN,fill_or_kill,200\n"
                                "B,,,BEAM,-1,,,\n"
                                "A,Ann,1,BEAM,2,,,\n");
  const Read read = read_all(path, OrderFormat::csv);
  CHECK(read.complaint.empty());
  REQUIRE(read.orders.size() == 3);
  const Order& first = read.orders[0];
  CHECK(first.id == "A");
  CHECK(first.customer == "Ann");
  CHECK(first.policy == engine::Policy::fill_or_kill);
  CHECK(first.priority == 200);
  REQUIRE(first.lines.size() == 2);
  CHECK(first.lines[0].line == 5);
  CHECK(first.lines[0].sku == "BEAM");
  CHECK(first.lines[0].warehouse.empty());
  CHECK(first.lines[1].line == 2);
  CHECK(first.lines[1].warehouse == "MAIN");
  CHECK(read.orders[1].lines[0].quantity == -1);
  CHECK(read.orders[1].policy == engine::Policy::ship_partial);
  CHECK(read.orders[1].priority == 100);
  CHECK(read.orders[2].id == "A");
}

TEST_CASE("order file: policies of lines, and times", "[client][orders]") {
  const Files files;
  const bool json = GENERATE(true, false);
  const auto path = files.write("orders", json ? R"({"order":"A","need_by":"1970-01-02","cancel_after":"1970-01-01T00:00:09","lines":[)"
                                                 R"({"sku":"BEAM","quantity":2,"policy":"line_complete"},{"sku":"NAIL","quantity":1}]})" "\n"
                                               : "order,sku,quantity,line_policy,need_by,cancel_after\n"
                                                 "A,BEAM,2,line_complete,1970-01-02,1970-01-01 00:00:09\nA,NAIL,1,,,\n");
  const OrderFormat format = json ? OrderFormat::json : OrderFormat::csv;
  const Read read = read_all(path, format);
  CHECK(read.complaint == "");
  REQUIRE(read.orders.size() == 1);
  const Order& order = read.orders[0];
  CHECK(order.need_by_us == 86'400'000'000);
  CHECK(order.cancel_after_us == 9'000'000);
  REQUIRE(order.lines.size() == 2);
  CHECK(order.lines[0].policy == engine::Policy::line_complete);
  CHECK(order.lines[1].policy == std::nullopt);
  const auto wrong = [&](const char* policy, const char* time) {
    return read_all(files.write("wrong", json ? "{\"order\":\"A\",\"cancel_after\":\"" + std::string(time) + "\",\"lines\":[{\"sku\":\"B\",\"quantity\":1,\"policy\":\"" + policy + "\"}]}\n"
                                                : "order,sku,quantity,line_policy,cancel_after\nA,B,1," + std::string(policy) + "," + time + "\n"),
                    format).complaint;
  };
  CHECK_THAT(wrong("whole", "1970-01-02"), Catch::Contains("there is no policy 'whole'"));
  CHECK_THAT(wrong("line_complete", "soon"), Catch::Contains("'soon' is no moment"));
}

TEST_CASE("order file: columns may be missing or in another order", "[client][orders]") {
  const Files files;
  const Read read = read_all(files.write("orders.csv", "quantity,sku,order\n3,BEAM,A\n"), OrderFormat::csv);
  REQUIRE(read.orders.size() == 1);
  CHECK(read.orders[0].lines[0].quantity == 3);
  CHECK(read.orders[0].customer.empty());
}

TEST_CASE("order file: a bad row is named with its line", "[client][orders]") {
  struct Row {
    std::string row, complaint;
  };
  const Row row = GENERATE(values<Row>({
      {"A,,x,BEAM,1,,,", "'x' is not a line number"},
      {"A,,1,BEAM,1.5,,,", "'1.5' is not a quantity"},
      {"A,,1,BEAM,,,,", "'' is not a quantity"},
      {"A,,1,BEAM,1,,express,", "there is no policy 'express'"},
      {"A,,1,BEAM,1,,,256", "'256' is not a priority"},
      {"A,,1,BEAM,1,,,high", "'high' is not a priority"},
      {"A,,1,BEAM", "fields"},
  }));
  const Files files;
  const auto path = files.write("orders.csv", "order,customer,line,sku,quantity,warehouse,policy,priority\n" + row.row + "\n");
  const Read read = read_all(path, OrderFormat::csv);
  CAPTURE(read.complaint);
  CHECK(read.complaint.find("orders.csv:2: ") != std::string::npos);
  CHECK(read.complaint.find(row.complaint) != std::string::npos);
}

TEST_CASE("order file: says which column is missing, and which file", "[client][orders]") {
  const Files files;
  const Read read = read_all(files.write("orders.csv", "order,customer\n"), OrderFormat::csv);
  CHECK(read.complaint.find("no column 'sku'") != std::string::npos);
  CHECK(read_all(files.path() / "none.csv", OrderFormat::csv).complaint.find("none.csv") != std::string::npos);
  CHECK(read_all(files.path() / "none.json", OrderFormat::json).complaint.find("none.json") != std::string::npos);
}

TEST_CASE("order file: a text longer than a server takes is named before anything is sent", "[client][orders]") {
  const Files files;
  const Read read = read_all(files.write("orders.csv", "order,customer,sku,quantity\nA," + std::string(513, 'c') + ",BEAM,1\n"), OrderFormat::csv);
  CHECK(read.complaint == "order A: customer has more than 512 bytes; make it shorter");
}

TEST_CASE("order file: an order per JSON line", "[client][orders]") {
  const Files files;
  const Read read = read_all(
      files.write("orders.jsonl", R"({"order":"A","customer":"Ann","policy":"ship_complete","priority":7,"preferred":"MAIN","notes":"x","lines":[{"sku":"BEAM","quantity":2},{"line":9,"sku":"NAIL","quantity":1,"warehouse":"WEST"}]})"
                                  "\n\n"
                                  R"({"id":"B","sourcing":"fewest_splits","lines":[]})"
                                  "\n"),
      OrderFormat::json);
  CHECK(read.complaint.empty());
  REQUIRE(read.orders.size() == 2);
  const Order& first = read.orders[0];
  CHECK(first.id == "A");
  CHECK(first.policy == engine::Policy::ship_complete);
  CHECK(first.priority == 7);
  CHECK(first.preferred == "MAIN");
  CHECK(first.notes == "x");
  REQUIRE(first.lines.size() == 2);
  CHECK(first.lines[0].line == 1);
  CHECK(first.lines[1].line == 9);
  CHECK(first.lines[1].warehouse == "WEST");
  CHECK(read.orders[1].id == "B");
  CHECK(read.orders[1].sourcing == engine::Sourcing::fewest_splits);
  CHECK(read.orders[1].lines.empty());
}

TEST_CASE("order file: refuses JSON that is no order", "[client][orders]") {
  const std::string text = GENERATE(as<std::string>(), "[]", "{", "7", R"({"order":"A"})", R"({"order":1,"lines":[]})",
                                    R"({"order":"A","lines":{}})", R"({"order":"A","lines":[7]})",
                                    R"({"order":"A","lines":[{"sku":"B"}]})", R"({"order":"A","lines":[{"sku":"B","quantity":1.5}]})",
                                    R"({"order":"A","lines":[{"sku":"B","quantity":18446744073709551615}]})",
                                    R"({"order":"A","lines":[{"sku":"B","quantity":1,"line":-1}]})",
                                    R"({"order":"A","policy":"express","lines":[]})", R"({"order":"A","sourcing":"x","lines":[]})",
                                    R"({"order":"A","priority":256,"lines":[]})", R"({"order":"A","priority":"high","lines":[]})");
  CAPTURE(text);
  const auto order = order_from_json(text, "orders.jsonl:3: ");
  REQUIRE(!order.has_value());
  CHECK(order.error().text.starts_with("orders.jsonl:3: "));
}
