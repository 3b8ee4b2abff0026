// Documents by the command line: the papers of an order from its split to its last shipment, over a kill and after it was closed; pages as files;
// what there is no paper for.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/system/support/shop.hpp"

using namespace earmark::test;

namespace {

Json document(Shop& shop, const std::string& kind, const std::string& id) {
  const auto lines = shop.events({"document", kind, id});
  REQUIRE(lines.size() == 1);
  CHECK(lines[0]["document"] == kind);
  return lines[0];
}

// Doors: 10 in W1, 3 in W2; nails: 5 in W1.
void place_split_order(Shop& shop) {
  shop.tell({"order", "--id", "SITE-7", "--customer", "Hartmann Roofing", "--ship-to", "7 Kiln Lane", "--contact", "Ida", "--reference", "Roof", "--channel", "web",
             "--notes", "Crane until noon. <script>alert(1)</script>", "DOOR:20", "NAIL:2"});
}

std::size_t pages_of(const std::string& pdf) {
  std::size_t pages = 0;
  for (std::size_t at = pdf.find("/Type /Page\n"); at != std::string::npos; at = pdf.find("/Type /Page\n", at + 1)) ++pages;
  return pages;
}

}  // namespace

TEST_CASE("documents: the papers of an order from its split to its last shipment", "[system][documents]") {
  Shop shop;
  place_split_order(shop);
  Json confirmation = document(shop, "order-confirmation", "SITE-7");
  CHECK(confirmation["status"] == "split");
  CHECK(confirmation["backorder"] == Json{{"id", "SITE-7-B1"}, {"units", 7}});
  CHECK(confirmation["shipments"].size() == 2);
  CHECK(confirmation["shipments"][1]["warehouse"] == "W2");
  CHECK(confirmation["notes"] == "Crane until noon. <script>alert(1)</script>");
  CHECK(confirmation["contact"] == "Ida");
  Json list = document(shop, "pick-list", "SITE-7-1");
  CHECK(list["revision"] == 1);
  CHECK(!list.contains("supersedes"));
  CHECK(list["lines"] == Json::array({{{"line", 1}, {"sku", "DOOR"}, {"description", ""}, {"quantity", 10}},
                                      {{"line", 2}, {"sku", "NAIL"}, {"description", ""}, {"quantity", 2}}}));
  Json slip = document(shop, "packing-slip", "SITE-7-1");
  CHECK(slip["lines"][0]["in_package"] == 10);
  CHECK(slip["lines"][0]["to_follow"] == 3);
  CHECK(slip["lines"][0]["backordered"] == 7);
  const Json waits = document(shop, "backorder-confirmation", "SITE-7");
  CHECK(waits["id"] == "SITE-7-B1");
  CHECK(waits["lines"][0]["position"] == 1);
  CHECK(waits["lines"][0]["backordered"] == 7);

  // A receipt fills a part: the list has another revision, and the old one cannot be confirmed.
  shop.tell({"receive", "W1", "DOOR:4"});
  list = document(shop, "pick-list", "SITE-7-1");
  CHECK(list["revision"] == 2);
  CHECK(list["supersedes"] == 1);
  CHECK(list["lines"][0]["quantity"] == 14);
  CHECK(shop.refusal({"pick", "SITE-7-1", "--revision", "1"}).find("superseded") != std::string::npos);
  shop.tell({"pick", "SITE-7-1", "--revision", "2"});
  shop.tell({"pack", "SITE-7-1"});
  shop.tell({"ship", "SITE-7", "--shipment", "1", "--carrier", "UPS", "--tracking", "1Z9"});

  shop.server().kill();
  shop.server().start();
  Json note = document(shop, "delivery-note", "SITE-7-1");
  CHECK(note["state"] == "shipped");
  CHECK(note["carrier"] == "UPS");
  Json doors = note["DespatchAdvice"]["DespatchLine"][0];
  CHECK(doors["DeliveredQuantity"] == 14);
  CHECK(doors["BackorderQuantity"] == 3);
  CHECK(doors["BackorderReason"] == "out of stock");
  CHECK(doors["OutstandingQuantity"] == 3);
  CHECK(doors["OutstandingReason"] == "follows in SITE-7-2");

  // The rest comes: a third shipment, with a first list of its own.
  shop.tell({"receive", "W1", "DOOR:5"});
  list = document(shop, "pick-list", "SITE-7-3");
  CHECK(list["revision"] == 1);
  CHECK(list["units"] == 3);
  slip = document(shop, "packing-slip", "SITE-7-3");
  CHECK(slip["lines"][0]["shipped_separately"] == 14);
  CHECK(slip["lines"][0]["to_follow"] == 3);
  CHECK(slip["lines"][0]["backordered"] == 0);
  CHECK(!document(shop, "order-confirmation", "SITE-7").contains("backorder"));
  CHECK(shop.refusal({"document", "backorder-confirmation", "SITE-7"}).find("nothing of order SITE-7 waits") != std::string::npos);

  // Closed, and out of memory after a start: the papers are the same.
  shop.tell({"ship", "SITE-7"});
  note = document(shop, "delivery-note", "SITE-7-3");
  shop.server().terminate();
  shop.server().start();
  Json again = document(shop, "delivery-note", "SITE-7-3");
  CHECK(again["DespatchAdvice"]["DespatchLine"] == note["DespatchAdvice"]["DespatchLine"]);
  CHECK(again["units"] == 3);
  CHECK(document(shop, "pick-list", "SITE-7-1")["state"] == "shipped");
}

TEST_CASE("documents: a transfer note follows what is in transit", "[system][documents]") {
  Shop shop;
  shop.tell({"transfer", "ship", "W1", "W2", "DOOR:4", "NAIL:1", "--id", "T-1", "--expected", "2026-03-04"});
  CHECK(document(shop, "transfer-note", "T-1")["in_transit"] == 5);
  shop.tell({"transfer", "receive", "T-1", "DOOR:3"});
  const Json note = document(shop, "transfer-note", "T-1");
  CHECK(note["source"] == "W1");
  CHECK(note["destination"] == "W2");
  CHECK(note["lines"] == Json::array({{{"sku", "DOOR"}, {"description", ""}, {"shipped", 4}, {"received", 3}, {"in_transit", 1}},
                                      {{"sku", "NAIL"}, {"description", ""}, {"shipped", 1}, {"received", 0}, {"in_transit", 1}}}));
  shop.tell({"transfer", "receive", "T-1"});
  CHECK(shop.refusal({"document", "transfer-note", "T-1"}).find("transfer_closed") != std::string::npos);
}

TEST_CASE("documents: goods and warehouses are called what the catalogue calls them now", "[system][documents]") {
  Shop shop;
  place_split_order(shop);
  const TemporaryDirectory names;
  std::ofstream(names.path() / "warehouses.csv") << "warehouse,priority,name\nW1,1,Main yard\n";
  std::ofstream(names.path() / "products.csv") << "sku,description\nDOOR,\"Door, \"\"oak\"\" <b>\"\n";
  shop.tell({"load", names.path().string()});
  const Json list = document(shop, "pick-list", "SITE-7-1");
  CHECK(list["warehouse_name"] == "Main yard");
  CHECK(list["lines"][0]["description"] == "Door, \"oak\" <b>");
  CHECK(list["lines"][1]["description"] == "");
  const std::string text = shop.tell({"document", "pick-list", "SITE-7-1"});
  CHECK(text.find("Main yard (W1)") != std::string::npos);
  CHECK(text.find("Door, \"oak\" <b>") != std::string::npos);
  CHECK(shop.tell({"document", "pick-list", "SITE-7-1", "--html", "-"}).find("Door, &quot;oak&quot; &lt;b&gt;") != std::string::npos);
}

TEST_CASE("documents: a page is a whole file or none, with every text inert", "[system][documents]") {
  Shop shop;
  place_split_order(shop);
  const TemporaryDirectory pages;
  const std::string file = (pages.path() / "list.html").string();
  CHECK(shop.tell({"document", "pick-list", "SITE-7-1", "--html", file}) == "Pick list SITE-7-1 is in " + file + ".\n");
  const std::string html = read_text(file);
  CHECK(html.ends_with("</html>\n"));
  CHECK(html.find("<script") == std::string::npos);
  CHECK(html.find("&lt;script&gt;alert(1)&lt;/script&gt;") != std::string::npos);
  // With --json the data as well.
  CHECK(shop.events({"document", "packing-slip", "SITE-7-1", "--html", file}).at(0)["document"] == "packing-slip");
  CHECK(read_text(file).find("Packing slip") != std::string::npos);
  // What is refused leaves the page as it was.
  shop.refusal({"document", "pick-list", "SITE-7-9", "--html", file});
  CHECK(read_text(file).find("Packing slip") != std::string::npos);
  CHECK(std::distance(std::filesystem::directory_iterator(pages.path()), {}) == 1);
}

TEST_CASE("documents: what there is no paper for is told in one line", "[system][documents]") {
  Shop shop;
  place_split_order(shop);
  shop.tell({"order", "--id", "EMPTY", "--policy", "fill_or_kill", "DOOR:99"});
  struct Row {
    std::vector<std::string> command;
    int code;
    std::string words;
  };
  const Row row = GENERATE(values<Row>({
      {{"invoice", "SITE-7"}, 2, "there is no document 'invoice'; the kinds are order-confirmation ORDER, pick-list SHIPMENT"},
      {{"pick-list", "SITE"}, 2, "'SITE' is not a shipment; give ORDER-n"},
      {{"pick-list", "SITE-7"}, 1, "there is no order SITE; a shipment is its order's id and a number"},
      {{"pick-list", "SITE-7-9"}, 1, "order SITE-7 has no shipment 9; it has SITE-7-1, SITE-7-2"},
      {{"packing-slip", "EMPTY-1"}, 1, "order EMPTY has no shipment 1; it has none"},
      {{"order-confirmation", "NOPE"}, 1, "unknown_order"},
      {{"backorder-confirmation", "EMPTY"}, 1, "nothing of order EMPTY waits"},
      {{"transfer-note", "NOPE"}, 1, "unknown_transfer"},
      {{"transfer-note", ""}, 2, "say what it is of, for example 'earmark document transfer-note TRANSFER'"},
      {{"pick-list", "SITE-7-1", "--html", "/nowhere/list.html"}, 2, "cannot write /nowhere/list.html"},
      {{"pick-list", "SITE-7-1", "--html", "-", "--json"}, 2, "name a file for the page"},
  }));
  std::vector<std::string> command = row.command;
  command.insert(command.begin(), "document");
  const ProgramResult result = shop.ask(command);
  INFO(result.error);
  CHECK(result.code == row.code);
  CHECK(result.out.empty());
  CHECK(is_one_line(result.error, "earmark"));
  CHECK(result.error.find(row.words) != std::string::npos);
}

TEST_CASE("documents: a shipment from which everything was taken has no papers", "[system][documents]") {
  Shop shop;
  shop.tell({"order", "--id", "A", "DOOR:2"});
  shop.tell({"pick", "A-1", "1:0"});  // none were found: they are off the on hand, and what W1 has left goes to another shipment
  const std::string error = shop.refusal({"document", "pick-list", "A-1"});
  CHECK(error.find("shipment_empty: there is nothing in shipment A-1; what the order has elsewhere: earmark show A") != std::string::npos);
}

TEST_CASE("documents: printed by a browser, a long list breaks over pages", "[system][documents]") {
  const std::string browser = "/usr/bin/chromium";
  if (!std::filesystem::exists(browser)) {
    WARN("skipped: pages printed by a browser: " + browser + " is not there");
    return;
  }
  Shop shop;
  std::vector<std::string> command{"order", "--id", "LONG"};
  for (int line = 0; line < 80; ++line) command.push_back("DOOR:1");
  shop.tell(command);
  const TemporaryDirectory pages;
  const std::string html = (pages.path() / "slip.html").string(), pdf = (pages.path() / "slip.pdf").string();
  shop.tell({"document", "order-confirmation", "LONG", "--html", html});
  const ProgramResult printed = run(browser, {"--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--user-data-dir=" + pages.path().string() + "/profile",
                                              "--print-to-pdf=" + pdf, "file://" + html}, 5 * long_enough);
  INFO(printed.error);
  if (printed.code != 0) {
    WARN("skipped: pages printed by a browser: it does not run here");
    return;
  }
  const std::string bytes = read_text(pdf);
  CHECK(bytes.starts_with("%PDF"));
  CHECK(pages_of(bytes) >= 2);
  CHECK(pages_of(bytes) <= 5);
}
