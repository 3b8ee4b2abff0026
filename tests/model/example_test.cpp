// The building-materials example tells the story that its README promises: told here by the twin.
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "client/csv.hpp"
#include "tests/model/invariants.hpp"
#include "tests/model/story.hpp"
#include "tests/paths.hpp"

namespace {

using namespace earmark;
using namespace earmark::model;

using Row = std::map<std::string, std::string>;

std::vector<Row> table(const std::string& name) {
  static const auto folder = std::filesystem::path(EARMARK_SOURCE_DIR) / "examples/building-materials";
  auto reader = client::CsvReader::open(folder / name);
  if (!reader) FAIL(reader.error());
  std::vector<Row> rows;
  std::vector<std::string> fields;
  for (;;) {
    const auto more = reader->next(fields);
    if (!more) FAIL(more.error());
    if (!*more) return rows;
    Row& row = rows.emplace_back();
    for (std::size_t column = 0; column < fields.size(); ++column) row[reader->header()[column]] = fields[column];
  }
}

class Yard {
 public:
  Yard() : codes_(twin_.state()) {
    LoadCommand load;
    std::map<std::string, std::uint32_t> warehouses, products;
    for (const Row& row : table("warehouses.csv")) {
      warehouses.emplace(row.at("warehouse"), static_cast<std::uint32_t>(load.warehouses.size()));
      load.warehouses.push_back({row.at("warehouse"), row.at("name"), static_cast<std::uint32_t>(std::stoul(row.at("priority")))});
    }
    for (const Row& row : table("products.csv")) {
      products.emplace(row.at("sku"), static_cast<std::uint32_t>(load.products.size()));
      load.products.push_back({row.at("sku"), row.at("description")});
    }
    for (const Row& row : table("stock.csv")) {
      load.stock.push_back({std::stoll(row.at("on_hand")), products.at(row.at("sku")), warehouses.at(row.at("warehouse"))});
    }
    REQUIRE(run(load).decided());
  }
  Yard(const Yard&) = delete;
  Yard& operator=(const Yard&) = delete;

  Answer run(const Command& command) {
    const Answer answer = apply(twin_, command, content_of(command), {});
    REQUIRE(check_invariants(twin_.state(), answer) == "");
    return answer;
  }

  std::map<std::string, std::string> take_morning_orders() {
    std::map<std::string, std::string> told;
    std::vector<std::string> events;
    std::string last;
    for (const Row& row : table("morning-orders.csv")) {
      if (row.at("order") != last) {
        events.push_back("order " + row.at("order"));
        if (!row.at("policy").empty()) events.back() += " policy=" + row.at("policy");
        if (!row.at("priority").empty()) events.back() += " priority=" + row.at("priority");
      }
      last = row.at("order");
      events.back() += " " + row.at("line") + "/" + row.at("sku") + ":" + row.at("quantity");
      if (!row.at("warehouse").empty()) events.back() += "@" + row.at("warehouse");
    }
    for (const std::string& event : events) {
      const Answer answer = run(parse(event, codes_));
      INFO(event);
      REQUIRE(answer.decided());
      told[answer.as<OrderAnswer>().id] = tell(answer, codes_);
    }
    return told;
  }

  Answer unload_truck() {
    std::string event = "receive TRUCK-1100";
    for (const Row& row : table("truck.csv")) event += " " + row.at("sku") + ":" + row.at("quantity") + "@" + row.at("warehouse");
    return run(parse(event, codes_));
  }
  std::vector<std::string> tell_fills(const Answer& answer) const {
    std::vector<std::string> told;
    for (const FillAnswer& fill : answer.fills) told.push_back(tell(fill.view(), codes_));
    return told;
  }

 private:
  Twin twin_;
  Codes codes_;
};

}  // namespace

TEST_CASE("example: the morning and the truck go as the README tells", "[model][example]") {
  Yard yard;
  const std::map<std::string, std::string> told = yard.take_morning_orders();
  CHECK(told.size() == 40);
  const std::map<std::string, std::string> expected{
      {"ORD-1006", "reserved: 1 REBAR-16-6M 40@MAIN#1 5@HARBOUR#2; 2 MESH-A193 20@MAIN#1; 3 WIRE-TIE-2KG 4@MAIN#1"},
      {"ORD-1007", "split: 1 BEAM-LVL-45x240-6M 12@MAIN#1 waits 8 place 1 behind 0; 2 HANGER-LVL-90 40@MAIN#1"},
      {"ORD-1015", "refused: 1 DOOR-FIRE-FD30-838 cancels 6; 2 HINGE-FIRE-100 cancels 6"},
      {"ORD-1018", "split: 1 SHINGLE-ARCH-BLACK 20@MAIN#1 20@NORTH#2 waits 20 place 1 behind 0; 2 VENT-RIDGE-6M 6@MAIN#1"},
      {"ORD-1019", "split: 1 BEAM-LVL-45x240-6M waits 6 place 2 behind 8; 2 BOLT-M16x240 48@MAIN#1"},
      {"ORD-1021", "reduced: 1 DRYWALL-FR-12.5-2400x1200 16@HARBOUR#1 cancels 24; 2 PLASTER-MULTI-25KG 40@MAIN#2"},
      {"ORD-1022", "split: 1 INS-PIR-100-2400x1200 2@MAIN#1 6@NORTH#2 waits 12 place 1 behind 0; 2 DRYWALL-FR-15-2400x1200 120@MAIN#1"},
      {"ORD-1028", "split: 1 PLY-MARINE-18-2440x1220 10@HARBOUR#1 waits 4 place 1 behind 0"},
      {"ORD-1030", "split: 1 BEAM-LVL-45x240-6M waits 4 place 1 behind 0; 2 HANGER-LVL-90 8@MAIN#1"},
      {"ORD-1040", "backordered: 1 BEAM-LVL-45x240-6M waits 2 place 4 behind 18; 2 CEMENT-RAPID-25KG waits 10 place 2 behind 20"},
  };
  for (const auto& [id, text] : expected) CHECK(told.at(id) == text);

  CHECK(yard.tell_fills(yard.unload_truck()) == std::vector<std::string>{
      "ORD-1030/1 BEAM-LVL-45x240-6M 4@MAIN#1 waits 0 row 0", "ORD-1007/1 BEAM-LVL-45x240-6M 8@MAIN#1 waits 0 row 0",
      "ORD-1019/1 BEAM-LVL-45x240-6M 4@MAIN#1 waits 2 row 0",
      "ORD-1022/1 INS-PIR-100-2400x1200 12@MAIN#1 waits 0 row 1", "ORD-1034/1 OSB3-18-2440x1220 20@MAIN#1 waits 0 row 2",
      "ORD-1018/1 SHINGLE-ARCH-BLACK 20@NORTH#2 waits 0 row 3", "ORD-1036/1 SHINGLE-ARCH-BLACK 28@NORTH#2 waits 12 row 3",
      "ORD-1037/1 REBAR-16-6M 30@MAIN#2 waits 15 row 4", "ORD-1012/1 MEMBRANE-EPDM-1.5 1@MAIN#1 waits 0 row 5",
      "ORD-1028/1 PLY-MARINE-18-2440x1220 4@HARBOUR#1 waits 0 row 6",
      "ORD-1024/1 CEMENT-RAPID-25KG 20@MAIN#1 waits 0 row 7", "ORD-1040/2 CEMENT-RAPID-25KG 10@MAIN#1 waits 0 row 7"});
}
