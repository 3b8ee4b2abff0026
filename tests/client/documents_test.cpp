// Documents from an order as it stands: their data, their words on a terminal, their pages for paper. No server.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "client/documents/backorder_confirmation.hpp"
#include "client/documents/delivery_note.hpp"
#include "client/documents/html.hpp"
#include "client/documents/kinds.hpp"
#include "client/documents/order_confirmation.hpp"
#include "client/documents/order_parts.hpp"
#include "client/documents/packing_slip.hpp"
#include "client/documents/pick_list.hpp"
#include "client/documents/purchase_order.hpp"
#include "client/documents/text.hpp"
#include "client/documents/transfer_note.hpp"

using namespace earmark;
using namespace earmark::client;
using namespace earmark::client::documents;

namespace {

constexpr std::int64_t noon = 1'767'268'800'000'000, hour = 3'600'000'000;  // 2026-01-01 12:00 UTC

// SITE-7 wants 20 beams, 40 hangers and 6 doors. Shipment 1 (MAIN, picked, list 3) has 12 beams and 30 hangers, shipment 2 (WEST, shipped)
// had 5 beams, shipment 3 (MAIN, open) has 1 beam; 2 beams wait, all doors were cancelled.
OrderState order() {
  OrderState order;
  order.as_of = 57, order.lsn = 12, order.time_us = noon;
  order.status = engine::OrderStatus::split;
  order.id = "SITE-7", order.customer = "Hartmann Roofing", order.channel = "web", order.ship_to = "7 Kiln Lane", order.contact = "Ida";
  order.reference = "Kiln Lane roof", order.notes = "Crane on site until noon.";
  order.lines = {{1, "BEAM", 20, 2, 0, {{"MAIN", 12, 0, 1, 0}, {"WEST", 0, 5, 2, 2}, {"MAIN", 1, 0, 3, 0}}, 2, 14, {}, {}},
                 {2, "ANGLE", 40, 10, 0, {{"MAIN", 30, 0, 1, 0}}, 1, 0, {}, {}},
                 {3, "DOOR", 6, 0, 6, {}, 0, 0, {}, {}}};
  order.shipments = {{"SITE-7-1", "MAIN", 1, engine::ShipmentState::picked, 3, "", "", 0},
                     {"SITE-7-2", "WEST", 2, engine::ShipmentState::shipped, 1, "UPS", "1Z9", noon + 48 * hour},
                     {"SITE-7-3", "MAIN", 3, engine::ShipmentState::open, 2, "", "", 0},
                     {"SITE-7-4", "WEST", 4, engine::ShipmentState::open, 1, "", "", 0}};
  return order;
}

Issue issue() { return {noon + hour, {{{"BEAM", "Beam, 6 m"}}, {{"MAIN", "Main yard"}}}}; }

OpenTransfer transfer() {
  return {"TR-81", "MAIN", "WEST", 30, noon + 24 * hour, noon, {{"BEAM", 20, 8, 12}, {"ANGLE", 40, 0, 40}}};
}

OpenPurchase purchase() {
  return {"PO-7", "HOLZ", "AB-1", "By crane, from the north.", engine::PurchaseState::partly_received, 30, noon,
          {{1, "BEAM", "MAIN", 20, 8, 12, noon + 48 * hour, noon + 24 * hour}, {2, "ANGLE", "WEST", 40, 0, 40, 0, 0}}};
}

bool of_an_order(const Kind& kind) { return kind.of == "ORDER" || kind.of == "SHIPMENT"; }

// Of any kind.
Outcome<Document> made(const Kind& kind, const OrderState& from) {
  if (const auto* make = std::get_if<OfOrder>(&kind.make)) return (*make)(from, issue());
  if (const auto* make = std::get_if<OfShipment>(&kind.make)) return (*make)(from, 1, issue());
  if (const auto* make = std::get_if<OfPurchase>(&kind.make)) return (*make)({purchase(), 57, {}}, issue());
  if (const auto* make = std::get_if<OfExplained>(&kind.make)) {
    Explanation told;
    told.now = from;
    return (*make)(told, issue());
  }
  return std::get<OfTransfer>(kind.make)(transfer(), 57, issue());
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("documents: a pick list is in picking order and names the revision that it supersedes", "[client][documents]") {
  const auto list = pick_list(order(), 1, issue());
  REQUIRE(list.has_value());
  CHECK(list->revision == 3);
  CHECK(list->supersedes == 2);
  CHECK(list->units == 42);
  REQUIRE(list->lines.size() == 2);
  CHECK(list->lines[0].sku == "ANGLE");  // by SKU, not by line
  CHECK(list->lines[1].quantity == 12);
  CHECK(page_text(page_of(*list)) ==
        "PICK LIST SITE-7-1\n"
        "! This shipment is picked. There is nothing to pick.\n"
        "! Revision 3 supersedes revision 2. Throw older lists away: a pick by them is refused.\n"
        "\n"
        "Pick in             Main yard (MAIN)\n"
        "Customer            Hartmann Roofing\n"
        "Ship to             7 Kiln Lane\n"
        "Contact             Ida\n"
        "Revision            3\n"
        "To pick             42 units in 2 lines\n"
        "Order               SITE-7\n"
        "Customer reference  Kiln Lane roof\n"
        "Decided             2026-01-01 12:00 UTC, number 12\n"
        "Channel             web\n"
        "Priority            100\n"
        "\n"
        "NOTES\n"
        "  | Crane on site until noon.\n"
        "\n"
        "DONE  QUANTITY  SKU    DESCRIPTION  LINE\n"
        "[ ]         30  ANGLE                  2\n"
        "[ ]         12  BEAM   Beam, 6 m       1\n"
        "\n"
        "Order SITE-7. True at decision 57, printed 2026-01-01 13:00 UTC.\n");
  const Json json = json_of(*list);
  CHECK(json["revision"] == 3);
  CHECK(json["supersedes"] == 2);
  CHECK(json["lines"][0] == Json{{"line", 2}, {"sku", "ANGLE"}, {"description", ""}, {"quantity", 30}});
  const auto first = pick_list(order(), 2, issue());
  REQUIRE(first.has_value());
  CHECK(first->supersedes == 0);
  CHECK(!json_of(*first).contains("supersedes"));
}

TEST_CASE("documents: the parts of each line add up, from whatever shipment they are looked at", "[client][documents]") {
  const std::uint16_t number = GENERATE(as<std::uint16_t>(), 0, 1, 2, 3);
  const OrderState from = order();
  for (const OrderStateLine& line : from.lines) {
    const LineParts parts = parts_of(from, line, number);
    CHECK(parts.here + parts.shipped + parts.to_follow + line.backordered + line.cancelled == line.quantity);
  }
  const LineParts beams = parts_of(from, from.lines[0], 1);
  CHECK(beams.here == 12);
  CHECK(beams.shipped == 5);
  CHECK(beams.to_follow == 1);
  CHECK(beams.followers == "SITE-7-3");
  CHECK(parts_of(from, from.lines[0], 2).returned == 2);
}

TEST_CASE("documents: a packing slip tells of every line where its units are", "[client][documents]") {
  const auto slip = packing_slip(order(), 1, issue());
  REQUIRE(slip.has_value());
  const Json json = json_of(*slip);
  CHECK(json["units"] == 42);
  CHECK(json["lines"].size() == 3);
  CHECK(json["lines"][0] == Json{{"line", 1}, {"sku", "BEAM"}, {"description", "Beam, 6 m"}, {"quantity", 20}, {"in_package", 12},
                                 {"shipped_separately", 5}, {"to_follow", 1}, {"backordered", 2}, {"cancelled", 0},
                                 {"expected", Json::array()}});
  const std::string text = page_text(page_of(*slip));
  CHECK(has(text, "date not known yet"));
  CHECK(has(text, "   3  DOOR                      6                -                   -          -            -          6\n"));
}

TEST_CASE("documents: a delivery note is a DespatchAdvice with reasons", "[client][documents]") {
  const auto note = delivery_note(order(), 2, issue());
  REQUIRE(note.has_value());
  const Json json = json_of(*note);
  const Json& advice = json["DespatchAdvice"];
  CHECK(advice["ID"] == "SITE-7-2");
  CHECK(advice["IssueDate"] == "2026-01-01");
  CHECK(advice["IssueTime"] == "13:00:00Z");
  CHECK(advice["OrderReference"] == Json{{"ID", "SITE-7"}, {"CustomerReference", "Kiln Lane roof"}, {"IssueDate", "2026-01-01"}});
  CHECK(advice["Shipment"]["ShipmentStage"]["CarrierParty"]["PartyName"] == "UPS");
  CHECK(advice["Shipment"]["Delivery"]["TrackingID"] == "1Z9");
  CHECK(advice["Shipment"]["Delivery"]["EstimatedDeliveryPeriod"]["EndDate"] == "2026-01-03");
  REQUIRE(advice["DespatchLine"].size() == 2);  // nothing of the doors is delivered, waits or follows
  const Json& beams = advice["DespatchLine"][0];
  CHECK(beams["DeliveredQuantity"] == 5);
  CHECK(beams["BackorderQuantity"] == 2);
  CHECK(beams["BackorderReason"] == "out of stock");
  CHECK(beams["OutstandingQuantity"] == 13);
  CHECK(beams["OutstandingReason"] == "follows in SITE-7-1, SITE-7-3");
  CHECK(!has(page_text(page_of(*note)), "Not shipped yet"));
  CHECK(has(page_text(page_of(*note)), "CAME BACK"));
  const auto draft = delivery_note(order(), 1, issue());
  REQUIRE(draft.has_value());
  CHECK(has(page_text(page_of(*draft)), "! Not shipped yet: the shipment is picked."));
}

TEST_CASE("documents: why a line waits", "[client][documents]") {
  struct Row {
    engine::Policy policy;
    std::optional<engine::Policy> own;
    std::string pinned;
    std::int64_t not_before;
    std::string reason;
  };
  const Row row = GENERATE(values<Row>({
      {engine::Policy::ship_partial, {}, "", 0, "out of stock"},
      {engine::Policy::ship_partial, {}, "WEST", 0, "out of stock in WEST"},
      {engine::Policy::ship_partial, engine::Policy::line_complete, "WEST", 0, "waits until the whole line is there"},
      {engine::Policy::line_complete, {}, "", 0, "waits until the whole line is there"},
      {engine::Policy::line_complete, engine::Policy::ship_partial, "", 0, "out of stock"},
      {engine::Policy::ship_complete, {}, "", 0, "waits until the whole order is there"},
      {engine::Policy::ship_complete, {}, "", noon + hour, "nothing is taken before 2026-01-01 13:00 UTC"},
      {engine::Policy::ship_partial, {}, "", noon, "out of stock"},
  }));
  CAPTURE(row.reason);
  OrderState from = order();
  from.policy = row.policy, from.reserve_not_before_us = row.not_before;
  from.lines[0].policy = row.own, from.lines[0].pinned = row.pinned;
  CHECK(backorder_reason(from, from.lines[0], noon) == row.reason);
}

TEST_CASE("documents: an order confirmation has the split, the backorder and its place", "[client][documents]") {
  const OrderConfirmation confirmation = order_confirmation(order(), issue());
  const Json json = json_of(confirmation);
  CHECK(json["status"] == "split");
  CHECK(json["backorder"] == Json{{"id", "SITE-7-B1"}, {"units", 12}});
  CHECK(json["shipments"].size() == 4);
  CHECK(json["shipments"][1]["expected_us"] == noon + 48 * hour);
  CHECK(json["lines"][0]["reserved"] == 13);
  CHECK(json["lines"][0]["shipped"] == 5);
  CHECK(json["lines"][0]["position"] == 2);
  CHECK(json["lines"][0]["quantity_ahead"] == 14);
  const std::string text = page_text(page_of(confirmation));
  CHECK(has(text, "12 units in backorder SITE-7-B1"));
  CHECK(has(text, "2nd, behind 14 units  date not known yet"));
  OrderState whole = order();
  for (OrderStateLine& line : whole.lines) line.cancelled += line.backordered, line.backordered = 0;
  CHECK(!json_of(order_confirmation(whole, issue())).contains("backorder"));
  CHECK(has(page_text(page_of(order_confirmation(whole, issue()))), "nothing waits"));
}

TEST_CASE("documents: a backorder confirmation has what waits, and is refused where nothing does", "[client][documents]") {
  OrderState from = order();
  const auto confirmation = backorder_confirmation(from, issue());
  REQUIRE(confirmation.has_value());
  const Json json = json_of(*confirmation);
  CHECK(json["id"] == "SITE-7-B1");
  CHECK(json["order"] == "SITE-7");
  CHECK(json["backordered"] == 12);
  REQUIRE(json["lines"].size() == 2);
  CHECK(json["lines"][0]["reason"] == "out of stock");
  CHECK(json["lines"][1]["position"] == 1);
  for (OrderStateLine& line : from.lines) line.backordered = 0;
  const auto none = backorder_confirmation(from, issue());
  REQUIRE(!none.has_value());
  CHECK(none.error().kind == FailureKind::refused);
  CHECK(none.error().text == "nothing of order SITE-7 waits, so there is no backorder to confirm; see earmark document order-confirmation SITE-7");
}

TEST_CASE("documents: a shipment that is not there, or empty, is refused with what is", "[client][documents]") {
  const auto unknown = pick_list(order(), 9, issue());
  REQUIRE(!unknown.has_value());
  CHECK(unknown.error().code == engine::ErrorCode::unknown_shipment);
  CHECK(unknown.error().text == "unknown_shipment: order SITE-7 has no shipment 9; it has SITE-7-1, SITE-7-2, SITE-7-3, SITE-7-4");
  OrderState waits = order();
  waits.shipments.clear();
  CHECK(packing_slip(waits, 1, issue()).error().text == "unknown_shipment: order SITE-7 has no shipment 1; it has none");
  const auto empty = delivery_note(order(), 4, issue());
  REQUIRE(!empty.has_value());
  CHECK(empty.error().code == engine::ErrorCode::shipment_empty);
  CHECK(empty.error().text == "shipment_empty: there is nothing in shipment SITE-7-4; what the order has elsewhere: earmark show SITE-7");
}

TEST_CASE("documents: a transfer note has what left, arrived and is in transit", "[client][documents]") {
  const TransferNote note = transfer_note(transfer(), 57, issue());
  const Json json = json_of(note);
  CHECK(json["shipped"] == 60);
  CHECK(json["in_transit"] == 52);
  CHECK(json["lines"][0] == Json{{"sku", "BEAM"}, {"description", "Beam, 6 m"}, {"shipped", 20}, {"received", 8}, {"in_transit", 12}});
  CHECK(has(page_text(page_of(note)), "Expected    2026-01-02 12:00 UTC\n"));
  OpenTransfer unknown = transfer();
  unknown.expected_us = 0;
  CHECK(has(page_text(page_of(transfer_note(unknown, 57, issue()))), "Expected    date not known yet\n"));
}

TEST_CASE("documents: a purchase order says what to bring, where to and when", "[client][documents][purchases]") {
  CHECK(page_text(page_of(purchase_order({purchase(), 57, {}}, issue()))) ==
        "PURCHASE ORDER PO-7\n"
        "\n"
        "Vendor              HOLZ\n"
        "Placed              2026-01-01 12:00 UTC, number 30\n"
        "State               partly received\n"
        "Vendor's reference  AB-1\n"
        "Ordered             60 units\n"
        "Received            8 units\n"
        "Open                52 units\n"
        "\n"
        "NOTES\n"
        "  | By crane, from the north.\n"
        "\n"
        "LINE  SKU    DESCRIPTION  DELIVER TO        ORDERED  RECEIVED  OPEN  PROMISED\n"
        "   1  BEAM   Beam, 6 m    Main yard (MAIN)       20         8    12  2026-01-03 12:00 UTC\n"
        "   2  ANGLE               WEST                   40              40  date not known yet\n"
        "\n"
        "Purchase order PO-7. True at decision 57, printed 2026-01-01 13:00 UTC.\n");
  const Json json = json_of(purchase_order({purchase(), 57, {}}, issue()));
  CHECK(json["vendor"] == "HOLZ");
  CHECK(json["state"] == "partly_received");
  CHECK(json["open"] == 52);
  CHECK(json["lines"][0] == Json{{"line", 1}, {"sku", "BEAM"}, {"description", "Beam, 6 m"}, {"warehouse", "MAIN"}, {"warehouse_name", "Main yard"},
                                 {"quantity", 20}, {"received", 8}, {"open", 12}, {"promised_us", noon + 48 * hour}, {"first_promised_us", noon + 24 * hour}});
  // To one place: above, not in each line. Of a draft it says so, and nothing that has not arrived is open beside what is ordered.
  OpenPurchase draft = purchase();
  draft.state = engine::PurchaseState::draft;
  for (OpenPurchaseLine& line : draft.lines) line.warehouse = "MAIN", line.received = 0, line.open = line.quantity;
  const std::string text = page_text(page_of(purchase_order({draft, 57, {}}, issue())));
  CHECK(has(text, "! This is a draft. It is not approved, and nothing is ordered by it.\n"));
  CHECK(has(text, "Deliver to          Main yard (MAIN)\n"));
  CHECK(has(text, "LINE  SKU    DESCRIPTION  ORDERED  PROMISED\n"));
}

TEST_CASE("documents: every kind of an order carries who, where, what to mind, and when it is true", "[client][documents]") {
  for (const Kind& kind : kinds()) {
    CAPTURE(kind.name);
    CHECK(kind_named(kind.name) == &kind);
    CHECK(has(all_kinds(), std::string(kind.name) + " " + std::string(kind.of)));
    const auto document = made(kind, order());
    REQUIRE(document.has_value());
    CHECK(document->json["document"] == kind.name);
    CHECK(document->json["as_of"] == 57);
    CHECK(document->json["issued_us"] == noon + hour);
    if (!of_an_order(kind)) continue;
    const std::pair<const char*, const char*> texts[] = {{"order", "SITE-7"}, {"customer", "Hartmann Roofing"}, {"channel", "web"}, {"ship_to", "7 Kiln Lane"},
                                                         {"contact", "Ida"}, {"reference", "Kiln Lane roof"}, {"notes", "Crane on site until noon."}};
    for (const auto& [field, text] : texts) {
      CHECK(document->json[field] == text);
      CHECK(has(page_text(document->page), text));
      CHECK(has(page_html(document->page), text));
    }
    CHECK(document->json["lsn"] == 12);
    CHECK(document->json["time_us"] == noon);
    CHECK(has(page_text(document->page), "number 12"));
  }
  CHECK(kind_named("invoice") == nullptr);
}

TEST_CASE("documents: no text of anybody is more than text on a page", "[client][documents]") {
  const std::string evil = R"(<script>alert("1")</script><img src='x' onerror=alert(1)>&amp;)" "\x01";
  OrderState from = order();
  from.id = from.customer = from.channel = from.ship_to = from.contact = from.reference = from.notes = evil;
  for (OrderStateLine& line : from.lines) line.sku = line.pinned = evil;
  for (ShipmentState& each : from.shipments) each.id = each.warehouse = each.carrier = each.tracking = evil;
  OpenPurchase bought = purchase();
  bought.purchase = bought.vendor = bought.reference = bought.notes = bought.lines[0].sku = bought.lines[1].warehouse = evil;
  const std::string bought_html = page_html(page_of(purchase_order({bought, 57, {}}, issue())));
  for (const char* bad : {"<script", "<img", "'x'", "\x01"}) CHECK(!has(bought_html, bad));
  for (const Kind& kind : kinds()) {
    CAPTURE(kind.name);
    const auto document = made(kind, from);
    REQUIRE(document.has_value());
    const std::string html = page_html(document->page);
    for (const char* bad : {"<script", "<img", "'x'", "\x01"}) CHECK(!has(html, bad));
    if (of_an_order(kind)) CHECK(has(html, "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&lt;img src=&#39;x&#39; onerror=alert(1)&gt;&amp;amp; "));
    CHECK(page_text(document->page).find('\x01') == std::string::npos);
  }
}

TEST_CASE("documents: a page is one file for A4 without anything from elsewhere", "[client][documents]") {
  for (const Kind& kind : kinds()) {
    CAPTURE(kind.name);
    const auto document = made(kind, order());
    REQUIRE(document.has_value());
    const std::string html = page_html(document->page);
    CHECK(html.starts_with("<!DOCTYPE html>\n"));
    CHECK(html.ends_with("</html>\n"));
    CHECK(has(html, "size: A4"));
    CHECK(has(html, "<thead>"));
    CHECK(has(html, "break-inside: avoid"));
    for (const char* outside : {"http:", "https:", "//", "src=", "href=", "url(", "@import", "<script", "<link"}) CHECK(!has(html, outside));
  }
  const std::string list = page_html(made(*kind_named("pick-list"), order())->page);
  std::size_t bars = 0;
  for (std::size_t at = list.find("<svg"); at != std::string::npos; at = list.find("<svg", at + 1)) ++bars;
  CHECK(bars == 3);  // the shipment's and two SKUs'
}

TEST_CASE("documents: notes keep their lines", "[client][documents]") {
  OrderState from = order();
  from.notes = "First line.\nSecond line.";
  const auto list = pick_list(from, 1, issue());
  REQUIRE(list.has_value());
  CHECK(has(page_text(page_of(*list)), "NOTES\n  | First line.\n  | Second line.\n\n"));
  CHECK(has(page_html(page_of(*list)), "First line.\nSecond line.</section>"));
  from.notes.clear();
  CHECK(!has(page_text(page_of(*pick_list(from, 1, issue()))), "NOTES"));
}
