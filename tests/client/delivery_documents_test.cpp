// Papers about deliveries and their dates: notice of other dates, receiving slip, who waits for a purchase order. No server.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "client/documents/backorder_confirmation.hpp"
#include "client/documents/eta_notice.hpp"
#include "client/documents/html.hpp"
#include "client/documents/purchase_order.hpp"
#include "client/documents/receiving_slip.hpp"
#include "client/documents/text.hpp"

using namespace earmark;
using namespace earmark::client;
using namespace earmark::client::documents;

namespace {

constexpr std::int64_t noon = 1'767'268'800'000'000, hour = 3'600'000'000, day = 24 * hour;  // 2026-01-01 12:00 UTC

Issue issue() { return {noon + hour, {{{"BEAM", "Beam, 6 m"}}, {{"MAIN", "Main yard"}}}}; }

// 8 of line 1 wait, promised first for the 3rd, told the 5th because a purchase order is overdue; of line 2 no date was ever told; line 3 has all.
Explanation told() {
  Explanation told;
  OrderState& order = told.now;
  order.as_of = 57, order.lsn = 12, order.time_us = noon;
  order.id = "SITE-7", order.customer = "Hartmann Roofing", order.ship_to = "7 Kiln Lane", order.notes = "Crane until noon.";
  order.lines.resize(3);
  order.lines[0].line = 1, order.lines[0].sku = "BEAM", order.lines[0].quantity = 20, order.lines[0].backordered = 8;
  order.lines[0].expected = {{noon + 3 * day, 5}, {noon + 4 * day, 3}};
  order.lines[0].first_promised_us = noon + 2 * day, order.lines[0].told_us = noon + 4 * day;
  order.lines[1].line = 2, order.lines[1].sku = "ANGLE", order.lines[1].quantity = 4, order.lines[1].backordered = 4, order.lines[1].fallback_us = noon + 9 * day;
  order.lines[2].line = 3, order.lines[2].sku = "DOOR", order.lines[2].quantity = 4;
  const auto moved = [](std::uint32_t line, std::int64_t before, std::int64_t date, std::uint64_t cause) {
    ExplainedStep step;
    step.kind = StepKind::dated, step.line = line, step.before_us = before, step.date_us = date, step.cause_lsn = cause;
    return step;
  };
  told.since[20] = {noon + hour, {moved(1, noon + 2 * day, noon + 3 * day, 0)}};
  told.since[30] = {noon + 2 * hour, {moved(1, noon + 3 * day, noon + 4 * day, 29), moved(3, 0, noon, 0)}};
  told.causes[29] = {"SupplyOverdue", "PO-7", "purchase order PO-7, which is overdue"};
  return told;
}

Benefit benefit(std::uint32_t of, std::uint64_t units, const char* order, bool pegged = false) {
  return {of, "BEAM", "MAIN", units, order, "Hartmann Roofing", "Kiln Lane roof", "Crane until noon.", 1, 12, noon, pegged};
}

PurchaseView purchase() {
  PurchaseView view;
  view.as_of = 57;
  view.purchase = {"PO-7", "HOLZ", "AB-1", "By crane.", engine::PurchaseState::partly_received, 30, noon,
                   {{1, "BEAM", "MAIN", 20, 8, 12, noon + 2 * day, noon + day, noon + 4 * day, true, "SITE-7", 1}, {2, "ANGLE", "WEST", 40, 0, 40, 0, 0, 0, false, "", 0},
                    {3, "BEAM", "MAIN", 5, 5, 0, 0, 0, 0, false, "", 0}}};
  view.benefits = {benefit(1, 8, "SITE-7", true), benefit(1, 4, "SITE-8")};
  return view;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("documents: a notice of other dates says what was promised first, told before and is known now, and why", "[client][documents][dates]") {
  const auto notice = eta_notice(told(), issue());
  REQUIRE(notice.has_value());
  CHECK(page_text(page_of(*notice)) ==
        "NOTICE OF OTHER DATES SITE-7\n"
        "\n"
        "Customer  Hartmann Roofing\n"
        "Ship to   7 Kiln Lane\n"
        "Decided   2026-01-01 12:00 UTC, number 12\n"
        "Priority  100\n"
        "\n"
        "NOTES\n"
        "  | Crane until noon.\n"
        "\n"
        "LINE  SKU    DESCRIPTION  ORDERED  WAITING  PROMISED FIRST  TOLD BEFORE  NOW                                                  TOLD                  BECAUSE OF\n"
        "   1  BEAM   Beam, 6 m         20        8  2026-01-03      2026-01-04   5 expected 2026-01-04, 3 on 2026-01-05               2026-01-01 14:00 UTC  purchase order PO-7, which is overdue\n"
        "   2  ANGLE                     4        4  no date                      date not known yet; about 2026-01-10 if ordered now\n"
        "Dates are of the last unit of what waits, as they are known at this printing.\n"
        "\n"
        "Order SITE-7. True at decision 57, printed 2026-01-01 13:00 UTC.\n");
  const Json json = json_of(*notice);
  CHECK(json["document"] == "eta-notice");
  CHECK(json["order"] == "SITE-7");
  CHECK(json["notes"] == "Crane until noon.");
  REQUIRE(json["lines"].size() == 2);
  CHECK(json["lines"][0] ==
        Json{{"line", 1}, {"sku", "BEAM"}, {"description", "Beam, 6 m"}, {"quantity", 20}, {"backordered", 8}, {"first_us", noon + 2 * day}, {"told_us", noon + 4 * day},
             {"before_us", noon + 3 * day}, {"moved_us", noon + 2 * hour}, {"reason", "purchase order PO-7, which is overdue"},
             {"expected", {{{"date_us", noon + 3 * day}, {"quantity", 5}}, {{"date_us", noon + 4 * day}, {"quantity", 3}}}}});
  CHECK(!json["lines"][1].contains("before_us"));
  Explanation nothing = told();
  nothing.now.lines.erase(nothing.now.lines.begin(), nothing.now.lines.begin() + 2);
  const auto refused = eta_notice(nothing, issue());
  REQUIRE(!refused.has_value());
  CHECK(refused.error().text == "nothing of order SITE-7 waits, so there is no date to tell; see earmark document order-confirmation SITE-7");
}

TEST_CASE("documents: a receiving slip before the delivery has what is open, room to write, and who waits for it", "[client][documents][purchases]") {
  const auto slip = receiving_slip(purchase(), issue());
  REQUIRE(slip.has_value());
  const std::string text = page_text(page_of(*slip));
  CHECK(has(text, "RECEIVING SLIP PO-7\n"));
  CHECK(has(text, "Placed              2026-01-01 12:00 UTC, number 30\n"));
  CHECK(has(text, "Expected\nLINE  SKU    DESCRIPTION  INTO              EXPECTED  RECEIVED BEFORE  WHEN\n"
                  "   1  BEAM   Beam, 6 m    Main yard (MAIN)        12                8  2026-01-05\n"
                  "   2  ANGLE               WEST                    40                   date not known yet\n"));
  CHECK(has(text, "Who waits for it\nOF LINE  SKU   INTO  UNITS  ORDER   LINE  CUSTOMER          REFERENCE       NOTES              NUMBER  DECIDED\n"
                  "      1  BEAM  MAIN      8  SITE-7     1  Hartmann Roofing  Kiln Lane roof  Crane until noon.      12  2026-01-01 12:00 UTC  first for it\n"
                  "      1  BEAM  MAIN      4  SITE-8     1  Hartmann Roofing  Kiln Lane roof  Crane until noon.      12  2026-01-01 12:00 UTC\n"));
  CHECK(has(page_html(page_of(*slip)), "Damaged"));
  const Json json = json_of(*slip);
  CHECK(json["arrived"] == false);
  CHECK(json["purchase"] == "PO-7");
  REQUIRE(json["lines"].size() == 2);
  CHECK(json["lines"][0]["expected"] == 12);
  CHECK(json["lines"][0]["received"] == 8);
  CHECK(json["lines"][0]["expected_us"] == noon + 4 * day);
  CHECK(json["benefits"][0] == Json{{"delivered_line", 1}, {"sku", "BEAM"}, {"warehouse", "MAIN"}, {"units", 8}, {"order", "SITE-7"}, {"line", 1}, {"customer", "Hartmann Roofing"},
                                    {"reference", "Kiln Lane roof"}, {"notes", "Crane until noon."}, {"lsn", 12}, {"time_us", noon}, {"pegged", true}});
  for (const auto state : {engine::PurchaseState::draft, engine::PurchaseState::suggested}) {
    PurchaseView unapproved = purchase();
    unapproved.purchase.state = state;
    const auto refused = receiving_slip(unapproved, issue());
    REQUIRE(!refused.has_value());
    CHECK(refused.error().code == engine::ErrorCode::purchase_draft);
  }
}

TEST_CASE("documents: a receiving slip after the delivery has what came, damaged, over, and who got it", "[client][documents][purchases]") {
  ReceivePurchaseAnswer receipt;
  receipt.id = "TRUCK-8", receipt.purchase = "PO-7", receipt.vendor = "HOLZ", receipt.lsn = 60, receipt.time_us = noon, receipt.state = engine::PurchaseState::received;
  receipt.rows = {{1, "BEAM", "MAIN", 10, 1, 0, 10}, {1, "BEAM", "MAIN", 3, 0, 2, 13}, {2, "ANGLE", "MAIN", 40, 0, 0, 40}};
  ReceiptView view{{receipt}, {{1, 12}}, {benefit(0, 8, "SITE-7", true)}};
  const auto slip = slip_of_receipt(view, issue());
  REQUIRE(slip.has_value());
  const std::string text = page_text(page_of(*slip));
  CHECK(has(text, "RECEIVING SLIP TRUCK-8\n"));
  CHECK(has(text, "Purchase order  PO-7\n"));
  CHECK(has(text, "Received\nLINE  SKU    DESCRIPTION  EXPECTED  RECEIVED  DAMAGED  OVER\n"
                  "   1  BEAM   Beam, 6 m          12        10        1     -\n"
                  "   1  BEAM   Beam, 6 m           1         3        -     2\n"
                  "   2  ANGLE                               40        -     -\n"));
  CHECK(has(text, "Reserved at once for\n"));
  CHECK(has(text, "Receipt TRUCK-8. True at decision 60, printed 2026-01-01 13:00 UTC.\n"));
  const Json json = json_of(*slip);
  CHECK(json["arrived"] == true);
  CHECK(json["lines"][0]["expected"] == 12);
  CHECK(json["lines"][0]["damaged"] == 1);
  CHECK(json["lines"][1]["over"] == 2);
  CHECK(!json["lines"][2].contains("expected"));

  ReceiptAnswer blind;
  blind.id = "VAN", blind.lsn = 61, blind.time_us = noon;
  blind.rows = {{"BEAM", "MAIN", 3, 13}};
  const auto without = slip_of_receipt({{blind}, {}, {}}, issue());
  REQUIRE(without.has_value());
  CHECK(has(page_text(page_of(*without)), "Received\nSKU   DESCRIPTION  RECEIVED  DAMAGED  OVER\nBEAM  Beam, 6 m           3        -     -\n"));
  CHECK(!json_of(*without).contains("purchase"));
  CHECK(!slip_of_receipt({{OrderAnswer{}}, {}, {}}, issue()).has_value());
}

TEST_CASE("documents: a purchase order has who waits for it, what is first for whom, and when late lines are expected", "[client][documents][purchases]") {
  const std::string text = page_text(page_of(purchase_order(purchase(), issue())));
  CHECK(has(text, "PROMISED              EXPECTED              FIRST FOR\n"));
  CHECK(has(text, "2026-01-03 12:00 UTC  2026-01-05 12:00 UTC  order SITE-7 line 1\n"));
  CHECK(has(text, "Who waits for it\n"));
  CHECK(has(text, "SITE-8"));
  const Json json = json_of(purchase_order(purchase(), issue()));
  CHECK(json["lines"][0]["peg_order"] == "SITE-7");
  CHECK(json["lines"][0]["expected_us"] == noon + 4 * day);
  CHECK(json["benefits"].size() == 2);
  PurchaseView suggested = purchase();
  suggested.purchase.state = engine::PurchaseState::suggested;
  CHECK(has(page_text(page_of(purchase_order(suggested, issue()))), "! This is a reorder rule's suggestion. It is not approved, and nothing is ordered by it.\n"));
}

TEST_CASE("documents: a backorder confirmation has what was promised first", "[client][documents][dates]") {
  const auto confirmation = backorder_confirmation(told().now, issue());
  REQUIRE(confirmation.has_value());
  CHECK(has(page_text(page_of(*confirmation)), "PROMISED FIRST  WHEN\n"));
  CHECK(json_of(*confirmation)["lines"][0]["first_us"] == noon + 2 * day);
  CHECK(!json_of(*confirmation)["lines"][1].contains("first_us"));
}
