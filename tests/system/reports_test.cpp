// Reports over TCP, by the command line: the figures of a small story worked out by hand, over a kill -9; at which decision a
// report is true; what cannot be told.
#include <set>
#include <thread>

#include "tests/system/support/shop.hpp"

namespace {

using namespace earmark::test;

constexpr std::int64_t hour = 3'600'000'000, day = 24 * hour;
constexpr std::int64_t march = 1'772'323'200'000'000;  // 2026-03-01 00:00:00 UTC

// The rows without what every row has.
std::vector<Json> figures(Shop& shop, std::vector<std::string> command) {
  command.insert(command.begin(), "report");
  std::vector<Json> rows = shop.events(std::move(command));
  for (Json& row : rows) {
    for (const char* each : {"as_of", "time_us", "report"}) row.erase(each);
  }
  return rows;
}

Json total_of(Shop& shop, const std::string& name) {
  for (Json& row : figures(shop, {name})) {
    if (!row.contains("total")) continue;
    row.erase("total");
    row.erase("left_out");
    return row;
  }
  return {};
}

// DOOR: 10 in W1, 3 in W2; NAIL: 5 in W1. On March 1st at 00:00.
void tell_story(Shop& shop) {
  shop.at("2026-03-01 01:00:00");
  shop.tell({"order", "--id", "A", "--customer", "Hartmann", "--need-by", "2026-03-02 00:00:00", "DOOR:8"});  // reserved
  shop.at("2026-03-01 02:00:00");
  shop.tell({"order", "--id", "B", "--customer", "Okafor", "--need-by", "2026-03-02 12:00:00", "DOOR:9", "NAIL:2"});  // 5 and 2, 4 wait
  shop.at("2026-03-01 03:00:00");
  shop.tell({"order", "--id", "C", "--customer", "Hartmann", "DOOR:7@W2"});  // 7 wait
  shop.tell({"order", "--id", "D", "--policy", "fill_or_kill", "NAIL:50"});  // refused
  shop.at("2026-03-01 04:00:00");
  shop.tell({"order", "--id", "E", "--reserve-not-before", "2026-03-20 00:00:00", "NAIL:1"});
  shop.tell({"hold", "H1", "--for", "3600", "NAIL:1"});
  shop.tell({"hold", "H2", "--for", "3600", "NAIL:1"});
  shop.tell({"hold", "H3", "--for", "3600", "NAIL:1"});
  shop.tell({"confirm", "H1", "F"});
  shop.at("2026-03-01 04:30:00");
  shop.tell({"release", "H2"});
  shop.at("2026-03-01 06:00:00");                     // H3 has expired at 05:00
  shop.tell({"ship", "A"});                           // in time, 5 hours after its decision
  shop.at("2026-03-02 02:00:00");
  shop.tell({"receive", "W1", "DOOR:3", "--id", "R1"});  // B has 1 more to get
  shop.at("2026-03-03 02:00:00");
  shop.tell({"receive", "W1", "DOOR:6", "--id", "R2"});  // B is whole after 48 hours; 5 are left
  shop.at("2026-03-03 08:00:00");
  shop.tell({"ship", "B"});                           // late
}

// What the story amounts to, by hand.
void check_story(Shop& shop) {
  CHECK(figures(shop, {"backorders-by-product", "--limit", "1"}) ==
        std::vector<Json>{{{"sku", "DOOR"}, {"quantity", 7}, {"not_due", 0}, {"lines", 1}, {"orders", 1}, {"oldest_us", march + 3 * hour}},
                          {{"quantity", 8}, {"not_due", 1}, {"lines", 2}, {"orders", 2}, {"oldest_us", march + 3 * hour}, {"total", true}, {"left_out", 1}}});
  CHECK(figures(shop, {"backorders-by-customer"}).at(0) ==
        Json{{"customer", "Hartmann"}, {"quantity", 7}, {"not_due", 0}, {"lines", 1}, {"orders", 1}, {"oldest_us", march + 3 * hour}});
  CHECK(figures(shop, {"backorders-by-warehouse"}).at(0)["warehouse"] == "W2");
  const auto ages = figures(shop, {"backorder-age"});
  REQUIRE(ages.size() == 9);
  CHECK(ages[0]["quantity"] == 7);  // since March 1st, 03:00: two whole days
  CHECK(ages[7]["quantity"] == 1);  // not due
  CHECK(total_of(shop, "fill-rate") == Json{{"orders", 5}, {"orders_filled", 2}, {"lines", 6}, {"lines_filled", 3}, {"units", 77}, {"units_filled", 16}});
  CHECK(total_of(shop, "on-time") == Json{{"on_time", 1}, {"late", 1}, {"short_of_units", 0}, {"overdue", 0}, {"not_yet", 0}, {"undated_whole", 0}, {"undated_short", 0}});
  CHECK(total_of(shop, "splits") == Json{{"reserved", 2}, {"split", 1}, {"backordered", 2}, {"refused", 1}, {"cancelled", 0}, {"reduced", 0},
                                         {"orders_not_due", 1}, {"shipped", 2}, {"shipped_in_parts", 1}});
  CHECK(total_of(shop, "holds") == Json{{"holds", 3}, {"holds_confirmed", 1}, {"holds_released", 1}, {"holds_expired", 1}, {"holds_open", 0}, {"holds_refused", 0},
                                        {"units_held", 3}, {"units_confirmed", 1}, {"units_released", 1}, {"units_expired", 1}, {"units_open", 0}});
  const auto times = figures(shop, {"fulfilment-time"});
  REQUIRE(times.size() == 3);
  CHECK(times[0]["measure"] == "order_to_reserved");
  CHECK(times[0]["count"] == 3);  // A and F at once, B after 48 hours
  CHECK(times[0]["mean_us"] == 16 * hour);
  CHECK(times[0]["p50_us"] == 0);
  CHECK(times[0]["max_us"] == 48 * hour);
  CHECK(times[1]["count"] == 2);  // 5 and 54 hours
  CHECK(times[1]["mean_us"] == 29 * hour + hour / 2);
  CHECK(times[2]["count"] == 1);
  CHECK(times[2]["p99_us"] == 48 * hour);
  // DOOR was out from 02:00 on March 1st to 02:00 on the 3rd: what came in between was gone at once.
  const auto outs = figures(shop, {"stock-outs"});
  REQUIRE(outs.size() == 3);  // and the total
  CHECK(outs[0]["sku"] == "DOOR");
  CHECK(outs[0]["out_us"] == 48 * hour);
  CHECK(outs[0]["times_out"] == 1);
  CHECK(outs[0]["out_since_us"] == 0);
  CHECK(outs[0]["available"] == 5);
  CHECK(outs[0]["first_us"] == 0);  // the load names no time
  CHECK(outs[0]["watched_us"] == march + 2 * day + 8 * hour);
  CHECK(outs[1]["sku"] == "NAIL");
  CHECK(outs[1]["out_us"] == hour / 2);  // holds had all of it from 04:00 to 04:30
  CHECK(outs[1]["times_out"] == 1);
}

// What two vendors promise and bring, and what is promised to orders by it. DOOR: 10 in W1, 3 in W2; NAIL: 5 in W1.
void tell_of_vendors(Shop& shop) {
  shop.at("2026-03-01 01:00:00");
  shop.tell({"vendor", "set", "HOLZ", "--name", "Holz & Co.", "--lead-days", "9"});
  shop.tell({"vendor", "source", "DOOR", "HOLZ", "--lead-days", "3"});
  shop.tell({"po", "new", "P1", "--vendor", "HOLZ", "--send", "DOOR:10@W1=2026-03-03", "NAIL:20@W1=2026-03-02", "NAIL:4@W2"});
  shop.tell({"po", "new", "P2", "--vendor", "STAHL", "--send", "NAIL:8@W2=2026-03-02", "DOOR:6@W2=2026-03-05"});
  shop.tell({"po", "new", "P3", "--vendor", "HOLZ", "--send", "NAIL:5@W1=2026-03-04"});
  shop.tell({"po", "new", "P4", "--vendor", "HOLZ", "NAIL:9@W1=2026-03-02"});  // a draft: nobody is late with it
  shop.at("2026-03-01 02:00:00");
  shop.tell({"order", "--id", "A", "DOOR:13"});
  shop.tell({"order", "--id", "B", "DOOR:8"});   // for the 3rd
  shop.tell({"order", "--id", "C", "DOOR:5"});   // 2 for the 3rd, 3 for the 5th
  shop.tell({"order", "--id", "D", "DOOR:9"});   // 3 for the 5th, the rest not
  shop.tell({"order", "--id", "E", "NAIL:25"});  // 20 for the 2nd
  shop.at("2026-03-02 12:00:00");
  shop.tell({"po", "receive", "P1", "2:20", "3:4"});
  shop.tell({"po", "acknowledge", "P1", "1=2026-03-06"});  // what was promised first stays
  shop.at("2026-03-03 00:00:00");
  shop.tell({"po", "receive", "P1", "1:8"});  // B
  shop.at("2026-03-04 00:00:00");
  shop.tell({"po", "receive", "P2", "2:6"});  // C, and 1 of D
  shop.at("2026-03-06 00:00:00");
  shop.tell({"po", "receive", "P1", "1:2:1"});  // one more than was open, and broken
  shop.at("2026-03-07 00:00:00");
  shop.tell({"po", "close", "P2"});
  shop.tell({"po", "cancel", "P4"});
  shop.at("2026-03-08 00:00:00");
  shop.tell({"receive", "W1", "DOOR:6", "--id", "R1"});  // D
}

void check_vendors(Shop& shop) {
  const auto vendors = figures(shop, {"vendor-delay"});
  REQUIRE(vendors.size() == 3);
  Json holz = vendors[0];
  CHECK(holz["late_p90_us"].get<std::int64_t>() >= 12 * hour);  // the 28th of 31 units
  CHECK(holz["late_p90_us"].get<std::int64_t>() <= 12 * hour * 1016 / 1000);
  holz.erase("late_p90_us");
  CHECK(holz == Json{{"vendor", "HOLZ"}, {"vendor_name", "Holz & Co."}, {"lead_days", 9}, {"receipts", 4}, {"units", 35}, {"units_on_time", 8}, {"units_late", 23}, {"receipts_undated", 1}, {"units_undated", 4},
                     {"never_came", 0}, {"units_overdue", 5}, {"late_mean_us", (20 * 12 + 3 * 72) * hour / 31}, {"late_max_us", 72 * hour}});
  CHECK(vendors[1] == Json{{"vendor", "STAHL"}, {"vendor_name", ""}, {"lead_days", -1}, {"receipts", 1}, {"units", 6}, {"units_on_time", 6}, {"units_late", 0}, {"receipts_undated", 0}, {"units_undated", 0},
                           {"never_came", 8}, {"units_overdue", 0}, {"late_mean_us", 0}, {"late_p90_us", 0}, {"late_max_us", 0}});
  CHECK(vendors[2]["units"] == 41);
  CHECK(vendors[2]["total"] == true);
  const auto skus = figures(shop, {"vendor-delay-by-sku"});
  REQUIRE(skus.size() == 5);
  CHECK(skus[0]["sku"] == "NAIL");
  CHECK(skus[0]["units_late"] == 20);
  CHECK(skus[0]["lead_days"] == 9);
  CHECK(skus[1]["vendor"] == "STAHL");
  CHECK(skus[1]["never_came"] == 8);
  CHECK(skus[2]["vendor"] == "HOLZ");
  CHECK(skus[2]["sku"] == "DOOR");
  CHECK(skus[2]["lead_days"] == 3);
  CHECK(skus[2]["units_on_time"] == 8);
  CHECK(skus[2]["units_late"] == 3);
  CHECK(total_of(shop, "promise-accuracy") ==
        Json{{"promised", 3}, {"kept", 2}, {"early", 1}, {"late", 1}, {"unpromised", 1}, {"late_mean_us", 4 * hour}, {"late_p90_us", 12 * hour}, {"late_max_us", 12 * hour},
             {"off_mean_us", 12 * hour}, {"off_p90_us", 24 * hour}});
}

}  // namespace

TEST_CASE("reports: what vendors and promises are worth, by hand, also after kill -9 and from a state made again", "[system][reports]") {
  Shop shop({"--clock", "commands"});
  tell_of_vendors(shop);
  check_vendors(shop);
  shop.server().kill();
  shop.server().start();
  check_vendors(shop);
  REQUIRE(shop.server().terminate().status == 0);
  std::filesystem::remove_all(shop.server().directory() / "state");
  shop.server().start();
  check_vendors(shop);
  // Of some days, and day by day: the 2nd to the 4th, where P3 is overdue, the 6th and the 7th.
  const auto days = figures(shop, {"vendor-delay", "--by-day"});
  REQUIRE(days.size() == 7);
  CHECK(days[0]["day"] == "2026-03-02");
  CHECK(days[2]["vendor"] == "HOLZ");
  CHECK(days[2]["units_overdue"] == 5);
  const auto last = figures(shop, {"vendor-delay", "--from", "2026-03-07"});
  REQUIRE(last.size() == 2);
  CHECK(last[0]["never_came"] == 8);
  CHECK(shop.tell({"report", "vendor-delay"}).find("HOLZ") != std::string::npos);
  CHECK(shop.tell({"report", "vendor-delay", "--csv", "--from", "2026-03-07"}) ==
        "vendor,vendor_name,lead_days,receipts,units,units_on_time,units_late,receipts_undated,units_undated,never_came,units_overdue,late_mean_us,late_p90_us,late_max_us\r\n"
        "STAHL,,-1,0,0,0,0,0,0,8,0,0,0,0\r\n");
  CHECK(shop.tell({"report", "vendor-delay-by-sku", "--html", "-"}).find("HOLZ NAIL") != std::string::npos);
  CHECK(shop.tell({"report", "promise-accuracy", "--by-day"}).find("66.7 %") != std::string::npos);
}

TEST_CASE("reports: what waits for which vendor, by rules and sources, also after kill -9", "[system][reports]") {
  Shop shop({"--clock", "commands"});
  shop.at("2026-03-01 01:00:00");
  shop.tell({"vendor", "set", "HOLZ", "--lead-days", "9"});
  shop.tell({"vendor", "set", "STAHL", "--lead-days", "30"});
  shop.tell({"vendor", "source", "DOOR", "HOLZ"});
  shop.tell({"vendor", "source", "DOOR", "STAHL", "--lead-days", "4"});
  shop.tell({"rule", "set", "NAIL", "W2", "--reorder-point", "1", "--reorder-qty", "5", "--mode", "alert", "--vendor", "HOLZ"});
  shop.tell({"order", "--id", "A", "DOOR:20"});    // 7 wait, STAHL has them sooner
  shop.tell({"order", "--id", "B", "NAIL:9@W1"});  // 4 wait, without a rule there, nor a source
  shop.tell({"order", "--id", "C", "NAIL:3@W2"});  // 3 wait
  const auto check = [&shop] {
    const std::int64_t now = march + hour;
    const auto row = [&](const char* vendor, int quantity) {
      return Json{{"vendor", vendor}, {"quantity", quantity}, {"not_due", 0}, {"lines", 1}, {"orders", 1}, {"oldest_us", now}};
    };
    const auto rows = figures(shop, {"backorders-by-vendor"});
    REQUIRE(rows.size() == 4);
    CHECK(rows[0] == row("STAHL", 7));
    CHECK(rows[1] == row("", 4));
    CHECK(rows[2] == row("HOLZ", 3));
    CHECK(rows[3]["quantity"] == 14);
  };
  check();
  shop.server().kill();
  shop.server().start();
  check();
  CHECK(shop.tell({"report", "backorders-by-vendor", "--csv"}).starts_with("vendor,quantity,not_due,lines,orders,oldest_us\r\nSTAHL,7,"));
  CHECK(shop.tell({"report", "backorders-by-vendor", "--html", "-"}).find("Backorders by vendor") != std::string::npos);
}

TEST_CASE("reports: the figures of a small story, by hand, also after kill -9 and from a state made again", "[system][reports]") {
  Shop shop({"--clock", "commands"});
  tell_story(shop);
  check_story(shop);
  shop.server().kill();
  shop.server().start();
  check_story(shop);
  REQUIRE(shop.server().terminate().status == 0);
  std::filesystem::remove_all(shop.server().directory() / "state");
  shop.server().start();
  check_story(shop);
}

TEST_CASE("reports: one is true at the decision that it names, no older than what was answered before", "[system][reports]") {
  Shop shop;
  std::uint64_t last = 0;
  for (int number = 0; number < 5; ++number) {
    const Json placed = shop.events({"order", "--id", "O" + std::to_string(number), "DOOR:1"}).at(0);
    const auto rows = shop.events({"report", "fill-rate"});
    REQUIRE(rows.size() == 1);
    CHECK(rows[0]["as_of"].get<std::uint64_t>() >= placed["lsn"].get<std::uint64_t>());
    CHECK(rows[0]["orders"] == number + 1);
    last = rows[0]["as_of"];
  }
  CHECK(shop.events({"report", "splits", "--at", std::to_string(last)}).at(0)["as_of"] == last);
  const std::string trimmed = shop.refusal({"report", "splits", "--at", "1"});
  CHECK(trimmed.find("trimmed") != std::string::npos);
  CHECK(trimmed.find("LSN " + std::to_string(last)) != std::string::npos);
  // Waits for nothing, and tells what is there.
  CHECK(shop.events({"report", "splits", "--wait", "0"}).at(0)["as_of"].get<std::uint64_t>() <= last);
  const ProgramResult unknown = shop.ask({"report", "profit"});
  CHECK(unknown.code == 2);
  CHECK(is_one_line(unknown.error, "earmark"));
  CHECK(shop.ask({"report", "stock-outs", "--by-day"}).code == 2);
  CHECK(shop.ask({"report", "fill-rate", "--from", "March"}).code == 2);
  CHECK(shop.ask({"report", "fill-rate", "--from", "2026-03-02", "--to", "2026-03-01"}).code == 2);
  const std::string names = shop.tell({"report"});
  for (const char* name : {"backorders-by-product", "backorders-by-vendor", "backorder-age", "fulfilment-time", "fill-rate", "on-time", "stock-outs", "holds", "splits", "vendor-delay", "vendor-delay-by-sku", "promise-accuracy"}) {
    CHECK(names.find(name) != std::string::npos);
  }
}

TEST_CASE("reports: days, tables, spreadsheets and pages by the command line", "[system][reports]") {
  Shop shop({"--clock", "commands"});
  tell_story(shop);
  const auto days = figures(shop, {"fill-rate", "--by-day"});
  REQUIRE(days.size() == 2);
  CHECK(days[0]["day"] == "2026-03-01");
  CHECK(days[0]["orders"] == 5);
  CHECK(figures(shop, {"fill-rate", "--from", "2026-03-02"}).at(0)["orders"] == 0);
  CHECK(shop.tell({"report", "fill-rate"}).find("40.0 %") != std::string::npos);
  CHECK(shop.tell({"report", "fill-rate"}).find("2026-03-03 08:00:00.000 UTC") != std::string::npos);
  CHECK(shop.tell({"report", "on-time", "--by-day", "--csv"}) ==
        "day,on_time,late,short_of_units,overdue,not_yet,undated_whole,undated_short\r\n2026-03-02,1,1,0,0,0,0,0\r\n");
  const std::string page = shop.tell({"report", "fulfilment-time", "--html", "-"});
  CHECK(page.starts_with("<!DOCTYPE html>"));
  CHECK(page.find("Order to shipped") != std::string::npos);
  CHECK(page.find("<svg") != std::string::npos);
  const std::filesystem::path file = shop.server().directory().parent_path() / "page.html";
  CHECK(shop.tell({"report", "backorders-by-product", "--html", file.string()}).find("is in") != std::string::npos);
  CHECK(std::filesystem::file_size(file) > 4000);
}

TEST_CASE("reports: many at one time beside orders, each true at its own decision", "[system][reports]") {
  Shop shop;
  struct Asker {
    std::size_t wrong = 0, answers = 0;
  };
  std::vector<Asker> askers(3);
  std::vector<std::thread> threads;
  for (Asker& asker : askers) {
    threads.emplace_back([&shop, &asker] {
      std::int64_t before = 0;
      for (int round = 0; round < 20; ++round) {
        const ProgramResult result = run("earmark", {"--server", shop.server().address(), "--json", "report", "splits"});
        if (result.code != 0) {
          ++asker.wrong;
          continue;
        }
        const Json row = Json::parse(result.out);
        const std::int64_t orders = row["reserved"].get<std::int64_t>() + row["split"].get<std::int64_t>() + row["backordered"].get<std::int64_t>();
        // The load is one decision or more; every later one is an order.
        if (orders < before || orders > row["as_of"].get<std::int64_t>()) ++asker.wrong;
        before = orders;
        ++asker.answers;
      }
    });
  }
  for (int number = 0; number < 40; ++number) run("earmark", {"--server", shop.server().address(), "order", "--id", "O" + std::to_string(number), "DOOR:1"});
  for (std::thread& thread : threads) thread.join();
  for (const Asker& asker : askers) {
    CHECK(asker.wrong == 0);
    CHECK(asker.answers == 20);
  }
  const Json row = shop.events({"report", "splits"}).at(0);
  CHECK(row["reserved"].get<int>() + row["split"].get<int>() + row["backordered"].get<int>() == 40);
  shop.compare_digests();
}
