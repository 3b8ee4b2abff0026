// What the files of a data directory say of vendors, sources and reorder rules, and what of it is new to a server.
#include "client/rule_files.hpp"

#include "tests/client/files.hpp"

using namespace earmark;
using namespace earmark::client;
using namespace earmark::client::test;

namespace {

const char* const all_vendors = "vendor,name,lead_days,cut_off\nHOLZ,Timber Mills,9,14:30\nSTAHL,Steel,,none\nGLAS,,,\n";
const char* const all_products =
    "sku,description,vendor,lead_days,reorder_point,reorder_qty\nBEAM,a beam,HOLZ,4,12,24\nNAIL,,EISEN,,100,400\nDOOR,,,,3,6\nSAND,,HOLZ,,,\nGRIT,,,,5,\n";

// A rule as `products.csv` makes it.
ReorderRule of_product(const char* sku, const char* vendor, std::int64_t point, std::int64_t quantity, const char* warehouse = "MAIN") {
  ReorderRule rule;
  rule.sku = sku, rule.warehouse = warehouse, rule.vendor = vendor, rule.point = point, rule.quantity = quantity, rule.pooled = true;
  return rule;
}

// What a server says that has all of this plan.
RulesAnswer standing_after(const RulePlan& plan) {
  RulesAnswer answer;
  for (const auto& each : plan.vendors) answer.vendors.push_back({each.row, 0, 0});
  for (const auto& each : plan.sources) answer.sources.push_back(each.row);
  for (const auto& each : plan.rules) answer.rules.push_back({each.row, 0, 0, false, {}, 0});
  return answer;
}

template <class Row>
std::vector<Row> rows_of(const std::vector<Placed<Row>>& placed) {
  std::vector<Row> rows;
  for (const auto& each : placed) rows.push_back(each.row);
  return rows;
}

}  // namespace

TEST_CASE("rule files: vendors, sources and rules, with those that products name", "[client][load][rules]") {
  const Files files;
  files.write("vendors.csv", all_vendors);
  files.write("products.csv", all_products);
  files.write("sources.csv", "sku,vendor,lead_days\nBEAM,STAHL,2\n");
  files.write("rules.csv",
              "sku,warehouse,kind,point,quantity,minimum,multiple,maximum,vendor,lead_days,mode,pooled\nSAND,WEST,min_max,10,50,20,5,90,HOLZ,3,auto-po,true\nGRIT,MAIN,lot_for_lot,,,,,,HOLZ,,,\n");
  const auto read = read_rule_files(files.path());
  REQUIRE(read.has_value());
  const RulePlan plan = plan_of(*read, {}, "MAIN");
  CHECK(rows_of(plan.vendors) == std::vector<Vendor>{{"HOLZ", "Timber Mills", 9, 870}, {"STAHL", "Steel", {}, {}}, {"GLAS", "", {}, {}}, {"EISEN", "", {}, {}}});
  CHECK(rows_of(plan.sources) == std::vector<Source>{{"BEAM", "HOLZ", 4}, {"NAIL", "EISEN", {}}, {"SAND", "HOLZ", {}}, {"BEAM", "STAHL", 2}});
  ReorderRule sand;
  sand.sku = "SAND", sand.warehouse = "WEST", sand.kind = engine::RuleKind::min_max, sand.mode = engine::RuleMode::auto_po, sand.point = 10, sand.quantity = 50;
  sand.minimum = 20, sand.multiple = 5, sand.maximum = 90, sand.vendor = "HOLZ", sand.lead_days = 3, sand.pooled = true;
  ReorderRule grit;
  grit.sku = "GRIT", grit.warehouse = "MAIN", grit.kind = engine::RuleKind::lot_for_lot, grit.vendor = "HOLZ";
  ReorderRule door = of_product("DOOR", "", 3, 6);
  door.mode = engine::RuleMode::alert;  // nobody sells it
  CHECK(rows_of(plan.rules) == std::vector<ReorderRule>{sand, grit, of_product("BEAM", "HOLZ", 12, 24), of_product("NAIL", "EISEN", 100, 400), door});
  CHECK(plan.rules[0].place == (files.path() / "rules.csv").string() + ":2: ");
  CHECK(plan.left == 0);

  // The same content again changes nothing.
  const RulePlan again = plan_of(*read, standing_after(plan), "MAIN");
  CHECK(again.vendors.empty());
  CHECK(again.sources.empty());
  CHECK(again.rules.empty());
  CHECK(again.left == 0);
}

TEST_CASE("rule files: what stands already is changed by what files say, and left alone where they say nothing", "[client][load][rules]") {
  const Files files;
  files.write("vendors.csv", "vendor,name,lead_days,cut_off\nHOLZ,,7,\nSTAHL,Steel & Co,,none\n");
  files.write("products.csv", "sku,vendor,reorder_point,reorder_qty\nBEAM,HOLZ,12,24\nNAIL,HOLZ,5,9\nGRIT,,1,2\n");
  files.write("rules.csv", "sku,warehouse,kind,point,quantity,mode\nDOOR,MAIN,reorder_point,1,2,off\nGATE,MAIN,reorder_point,1,2,off\n");
  const auto read = read_rule_files(files.path());
  REQUIRE(read.has_value());
  RulesAnswer standing;
  standing.vendors = {{{"HOLZ", "Timber Mills", 9, 870}, 3, 0}, {{"STAHL", "Steel", 4, 600}, 0, 0}};
  standing.sources = {{"BEAM", "HOLZ", 3}, {"GRIT", "STAHL", {}}};
  ReorderRule by_hand = of_product("BEAM", "HOLZ", 40, 80, "WEST"), door = of_product("DOOR", "HOLZ", 1, 2);
  standing.rules = {{by_hand, 0, 0, false, {}, 0}, {door, 0, 0, false, {}, 0}};
  const RulePlan plan = plan_of(*read, standing, "MAIN");
  CHECK(rows_of(plan.vendors) == std::vector<Vendor>{{"HOLZ", "Timber Mills", 7, 870}, {"STAHL", "Steel & Co", 4, {}}});
  CHECK(rows_of(plan.sources) == std::vector<Source>{{"BEAM", "HOLZ", {}}, {"NAIL", "HOLZ", {}}});
  REQUIRE(plan.rules.size() == 3);
  CHECK(plan.rules[0].row.sku == "DOOR");  // off; GATE has no rule to take away
  CHECK(plan.rules[0].row.mode == engine::RuleMode::off);
  CHECK(plan.rules[1].row == of_product("NAIL", "HOLZ", 5, 9));
  CHECK(plan.rules[2].row == of_product("GRIT", "", 1, 2));  // its source is known: it may suggest
  CHECK(plan.left == 1);  // BEAM has another one
}

TEST_CASE("rule files: a fault is told with its place", "[client][load][rules]") {
  struct Row {
    std::string file, content, words;
  };
  const Row row = GENERATE(values<Row>({
      {"vendors.csv", "name\nHolz\n", ":1: there is no column 'vendor' in the header"},
      {"vendors.csv", "vendor,lead_days\nHOLZ,soon\n", ":2: 'soon' is no lead time; write days, for example 9"},
      {"vendors.csv", "vendor,lead_days\nHOLZ,-1\n", ":2: '-1' is no lead time"},
      {"vendors.csv", "vendor,cut_off\nHOLZ,25:00\n", ":2: '25:00' is not a cut-off; write a time of day in UTC, for example 14:30, or none"},
      {"vendors.csv", "vendor\nHOLZ\nHOLZ\n", ":3: vendor 'HOLZ' stands twice"},
      {"products.csv", "sku,reorder_point,reorder_qty\nBEAM,few,24\n", ":2: 'few' is no number for reorder_point; write a whole number"},
      {"sources.csv", "sku\nBEAM\n", ":1: there is no column 'vendor' in the header"},
      {"rules.csv", "sku,warehouse,kind\nBEAM,MAIN,always\n", ":2: 'always' is no kind of rule; write reorder_point, min_max or lot_for_lot"},
      {"rules.csv", "sku,warehouse,kind,mode\nBEAM,MAIN,min_max,shout\n", ":2: 'shout' is no mode; write off, alert, suggest or auto-po"},
      {"rules.csv", "sku,warehouse,kind,pooled\nBEAM,MAIN,min_max,yes\n", ":2: 'yes' is not true or false; write whether the rule looks at all warehouses"},
      {"rules.csv", "sku,warehouse,kind,maximum\nBEAM,MAIN,min_max,1.5\n", ":2: '1.5' is no number for maximum"},
  }));
  const Files files;
  const std::string path = files.write(row.file, row.content);
  const auto read = read_rule_files(files.path());
  REQUIRE(!read.has_value());
  CHECK(read.error().kind == FailureKind::usage);
  CHECK(read.error().text.starts_with(path + row.words));
}

TEST_CASE("rule files: a directory may have none of them", "[client][load][rules]") {
  const Files files;
  files.write("products.csv", "sku,description\nBEAM,a beam\n");
  const auto read = read_rule_files(files.path());
  REQUIRE(read.has_value());
  CHECK(read->empty());
}
