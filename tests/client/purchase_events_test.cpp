// What happens to purchase orders, as people and as programs read it.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "client/event_json.hpp"
#include "client/event_text.hpp"
#include "client/ids_in_event.hpp"
#include "client/stream_text.hpp"
#include "tests/client/told_event.hpp"

using namespace earmark;
using namespace earmark::client;
using namespace earmark::client::test;

TEST_CASE("purchase events: a new one with its lines", "[client][events][purchases]") {
  const engine::PurchasedLine lines[] = {{at(noon + day), line(1), sku(1), 200, warehouse(1), 0}, {at(0), line(2), sku(2), 40, warehouse(2), 0}};
  const engine::PurchaseDecision place{"PO-7", 1, "HOLZ", "AB-1", "by crane", engine::PurchaseState::draft, lines};
  CHECK(told(event(5, place)) ==
        "         5  12:00:00.000  ordered      purchase order PO-7 from HOLZ, draft\n"
        "                                       line 1  BEAM    200 for MAIN, promised 2026-01-02 12:00:00.000 UTC\n"
        "                                       line 2  HANGER  40 for WEST\n");
  CHECK(event_text(event(5, place), catalogue(), true) ==
        "Purchase order PO-7 from vendor HOLZ: draft (decision 5, made for an earlier sending)\n"
        "Vendor's reference: AB-1\n"
        "Notes: by crane\n"
        "LINE  SKU     WAREHOUSE  ORDERED  PROMISED\n"
        "   1  BEAM    MAIN           200  2026-01-02 12:00:00.000 UTC\n"
        "   2  HANGER  WEST            40  -\n");
  CHECK(event_json(event(5, place), catalogue(), false) ==
        Json{{"lsn", 5}, {"time_us", noon}, {"event", "PurchasePlaced"}, {"id", "PO-7"}, {"vendor", "HOLZ"}, {"reference", "AB-1"}, {"notes", "by crane"},
             {"state", "draft"},
             {"lines", {{{"line", 1}, {"sku", "BEAM"}, {"warehouse", "MAIN"}, {"quantity", 200}, {"promised_us", noon + day}},
                        {{"line", 2}, {"sku", "HANGER"}, {"warehouse", "WEST"}, {"quantity", 40}}}}});
}

TEST_CASE("purchase events: steps, with what they change of what is incoming", "[client][events][purchases]") {
  const engine::PurchaseChange changes[] = {{at(noon + day), line(2), sku(1), 150, -50, warehouse(1), 0, 0}};
  engine::PurchaseStepDecision move{"M", "PO-7", engine::Lsn{5}, 1, "HOLZ", engine::PurchaseStep::acknowledge, engine::PurchaseState::partly_received, "AB-2", changes};
  CHECK(told(event(6, move)) ==
        "         6  12:00:00.000  confirmed    purchase order PO-7 from HOLZ, partly received, reference AB-2: line 2 BEAM 150 for MAIN, promised "
        "2026-01-02 12:00:00.000 UTC, 50 fewer incoming\n");
  CHECK(event_text(event(6, move), catalogue(), false) ==
        "Purchase order PO-7 from vendor HOLZ is acknowledged, partly received (decision 6)\n"
        "Vendor's reference: AB-2\n"
        "LINE  SKU   WAREHOUSE  ORDERED  PROMISED                     INCOMING\n"
        "   2  BEAM  MAIN           150  2026-01-02 12:00:00.000 UTC       -50\n");
  CHECK(event_json(event(6, move), catalogue(), false) ==
        Json{{"lsn", 6}, {"time_us", noon}, {"event", "PurchaseMoved"}, {"command_id", "M"}, {"purchase", "PO-7"}, {"purchase_lsn", 5}, {"vendor", "HOLZ"},
             {"step", "acknowledge"}, {"state", "partly_received"}, {"reference", "AB-2"},
             {"changes", {{{"line", 2}, {"sku", "BEAM"}, {"warehouse", "MAIN"}, {"quantity", 150}, {"promised_us", noon + day}, {"incoming_change", -50}}}}});
  struct Row {
    engine::PurchaseStep step;
    engine::PurchaseState state;
    std::string word, text;
  };
  move.changes = {}, move.reference = {};
  for (const Row& row : std::vector<Row>{{engine::PurchaseStep::approve, engine::PurchaseState::approved, "approved", "approved"},
                                         {engine::PurchaseStep::send, engine::PurchaseState::sent, "sent", "sent"},
                                         {engine::PurchaseStep::close, engine::PurchaseState::closed, "closed", "closed"},
                                         {engine::PurchaseStep::cancel, engine::PurchaseState::cancelled, "cancelled", "cancelled"}}) {
    move.step = row.step, move.state = row.state;
    CHECK(told(event(6, move)).find(row.word + std::string(13 - row.word.size(), ' ') + "purchase order PO-7 from HOLZ, " + row.text + "\n") != std::string::npos);
    CHECK(event_text(event(6, move), catalogue(), false) == "Purchase order PO-7 from vendor HOLZ is " + row.text + " (decision 6)\n");
  }
}

TEST_CASE("purchase events: a receipt, with damaged and over", "[client][events][purchases]") {
  const engine::PurchaseArrivedRow came[] = {{line(1), sku(1), 190, 12, 2, 190, warehouse(1), 0}};
  const engine::PurchaseReceiptDecision receipt{"TRUCK-8", "PO-7", engine::Lsn{5}, 1, "HOLZ", engine::PurchaseState::received, true, came};
  CHECK(told(event(7, receipt)) ==
        "         7  12:00:00.000  arrived      receipt TRUCK-8 of purchase order PO-7 from HOLZ, received: line 1 BEAM 190 into MAIN, 190 available then "
        "(back in stock), 12 damaged, 2 over\n");
  CHECK(event_text(event(7, receipt), catalogue(), false) ==
        "Receipt TRUCK-8 of purchase order PO-7 from vendor HOLZ, which is received (decision 7)\n"
        "LINE  SKU   WAREHOUSE  GOOD  DAMAGED  OVER  AVAILABLE THEN\n"
        "   1  BEAM  MAIN        190       12     2             190\n");
  CHECK(event_json(event(7, receipt), catalogue(), false) ==
        Json{{"lsn", 7}, {"time_us", noon}, {"event", "PurchaseReceived"}, {"id", "TRUCK-8"}, {"purchase", "PO-7"}, {"purchase_lsn", 5}, {"vendor", "HOLZ"},
             {"state", "received"}, {"fills_follow", true},
             {"rows", {{{"line", 1}, {"sku", "BEAM"}, {"warehouse", "MAIN"}, {"quantity", 190}, {"damaged", 12}, {"over", 2}, {"available_after", 190}}}}});
}

TEST_CASE("purchase events: every code in them is looked up", "[client][events][purchases]") {
  const engine::PurchasedLine lines[] = {{at(0), line(1), sku(1), 2, warehouse(1), 0}};
  const engine::PurchaseChange changes[] = {{at(0), line(1), sku(2), 2, 2, warehouse(2), 0, 0}};
  const engine::PurchaseArrivedRow came[] = {{line(1), sku(3), 1, 0, 0, 1, warehouse(3), 0}};
  const std::vector<schema::Decision> decisions{engine::PurchaseDecision{"P", 1, "V", "", "", engine::PurchaseState::draft, lines},
                                                engine::PurchaseStepDecision{"M", "P", engine::Lsn{1}, 1, "V", {}, engine::PurchaseState::approved, "", changes},
                                                engine::PurchaseReceiptDecision{"R", "P", engine::Lsn{1}, 1, "V", {}, false, came}};
  IdsInEvent ids;
  for (std::uint32_t id = 1; id <= decisions.size(); ++id) {
    ids.collect(decisions[id - 1]);
    CHECK(ids.skus == std::vector<engine::SkuId>{sku(id)});
    CHECK(ids.warehouses == std::vector<engine::WarehouseId>{warehouse(static_cast<std::uint16_t>(id))});
  }
}
