// Checkout holds from outside: with the command line, over time, and over a kill.
#include "tests/system/support/shop.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

constexpr std::int64_t january = 1'767'225'600'000'000;  // 2026-01-01 00:00:00 UTC

}  // namespace

TEST_CASE("holds: held, extended, confirmed and released with the command line", "[system][holds]") {
  Shop shop;
  const auto held = shop.events({"hold", "CART-1", "DOOR:11", "NAIL:2", "--for", "3600", "--customer", "Okafor"});
  REQUIRE(held.size() == 1);
  CHECK(held[0].at("event") == "HoldDecided");
  CHECK(held[0].at("status") == "reserved");
  CHECK(held[0].at("deadline_us").get<std::int64_t>() - held[0].at("time_us").get<std::int64_t>() <= 3'600'000'000);
  CHECK(shop.events({"hold", "CART-1", "DOOR:11", "NAIL:2", "--for", "3600", "--customer", "Okafor"})[0].at("duplicate") == true);
  CHECK(shop.stock("DOOR", "W1").at("held") == 10);
  CHECK(shop.stock("DOOR", "W2").at("available") == 2);
  const auto checked = shop.events({"check", "DOOR:3", "NAIL:1", "DOOR:1"});
  REQUIRE(checked.size() == 3);
  CHECK(checked[0].at("now") == 2);
  CHECK(checked[0].at("available") == Json{{"W2", 2}});
  CHECK(checked[1].at("now") == 1);
  CHECK(checked[2].at("now") == 0);  // the two stand in the first item
  CHECK(shop.refusal({"check", "WINDOW:1"}).find("unknown_sku") != std::string::npos);
  CHECK(shop.refusal({"hold", "CART-1", "DOOR:1"}).find("duplicate_hold") != std::string::npos);
  CHECK(shop.events({"hold", "CART-2", "DOOR:3"})[0].at("status") == "refused");
  CHECK(shop.events({"hold", "CART-3", "DOOR:3", "--partial"})[0].at("status") == "reduced");

  const auto open = shop.events({"holds"});
  REQUIRE(open.size() == 2);
  CHECK(open[0].at("hold") == "CART-1");
  CHECK(open[0].at("customer") == "Okafor");
  CHECK(open[0].at("units") == 13);
  CHECK(shop.events({"holds", "--sku", "NAIL"}).size() == 1);

  const auto extended = shop.events({"extend", "CART-1", "--for", "7200", "--id", "E-1"});
  CHECK(extended[0].at("deadline_us") > held[0].at("deadline_us"));
  CHECK(shop.events({"extend", "CART-1", "--for", "86400"})[0].at("cut") == true);

  shop.tell({"order", "--id", "WAITS", "DOOR:4"});
  const auto confirmed = shop.events({"confirm", "CART-1", "ORD-1", "DOOR:8", "2/NAIL:4", "--customer", "Okafor"});
  REQUIRE(confirmed.size() == 2);  // what the order leaves goes to who waits
  CHECK(confirmed[0].at("hold") == "CART-1");
  CHECK(confirmed[0].at("status") == "reserved");
  CHECK(confirmed[1].at("event") == "BackorderFilled");
  CHECK(confirmed[1].at("order") == "WAITS");
  CHECK(confirmed[1].at("still_waiting") == 1);
  CHECK(shop.refusal({"confirm", "CART-1", "ORD-2"}).find("hold_ended") != std::string::npos);
  const auto released = shop.events({"release", "CART-3"});
  REQUIRE(released.size() == 2);
  CHECK(released[0].at("how") == "released");
  CHECK(released[1].at("still_waiting") == 0);
  CHECK(shop.refusal({"release", "CART-9"}).find("unknown_hold") != std::string::npos);
  CHECK(shop.stock("DOOR", "W1").at("held") == 0);
  CHECK(shop.tell({"holds"}).find("Nothing is held") != std::string::npos);
  shop.compare_digests();
  REQUIRE(shop.server().terminate().status == 0);
  shop.server().start();
  CHECK(shop.stock("DOOR", "W1").at("reserved") == 10);
  CHECK(shop.events({"confirm", "CART-1", "ORD-1", "DOOR:8", "2/NAIL:4", "--customer", "Okafor"})[0].at("duplicate") == true);
  CHECK(shop.refusal({"confirm", "CART-1", "ORD-3"}).find("hold_ended") != std::string::npos);
  shop.compare_digests();
}

TEST_CASE("holds: expire by themselves, while nobody sends anything, and serve who waits", "[system][holds]") {
  Shop shop;
  shop.tell({"hold", "CART-1", "DOOR:13", "--for", "1"});
  shop.tell({"order", "--id", "WAITS", "DOOR:12"});
  const std::vector<Json> seen = shop.watch_until("BackorderFilled");
  REQUIRE(seen.size() >= 2);
  const Json& ended = seen[seen.size() - 2];
  CHECK(ended.at("event") == "HoldEnded");
  CHECK(ended.at("how") == "expired");
  CHECK(seen.back().at("still_waiting") == 0);
  CHECK(shop.refusal({"extend", "CART-1"}).find("expired") != std::string::npos);
  CHECK(shop.refusal({"confirm", "CART-1", "ORD-1"}).find("expired") != std::string::npos);
  CHECK(shop.events({"confirm", "CART-1", "ORD-1", "DOOR:1", "--reacquire"})[0].at("reacquired") == true);
  CHECK(count_of(shop.dump(), "hold_ended", "CART-1", "expired") == 1);
  shop.compare_digests();
}

TEST_CASE("holds: what was due while the server was down has ended before its first answer", "[system][holds][crash]") {
  Shop shop;
  const auto held = shop.events({"hold", "SHORT", "DOOR:13", "--for", "2"});
  shop.tell({"hold", "LONG", "NAIL:5", "--for", "3600"});
  shop.tell({"order", "--id", "WAITS", "DOOR:12"});
  shop.server().kill();
  // Until its deadline has passed on the machine's clock.
  const std::int64_t deadline = held[0].at("deadline_us");
  const auto now = [] {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  };
  Process wait("/bin/sleep", {std::to_string(std::max<std::int64_t>(0, (deadline - now()) / 1'000'000 + 1))});
  wait.wait();
  REQUIRE(now() > deadline);
  shop.server().start();
  CHECK(shop.stock("DOOR", "W1").at("held") == 0);
  CHECK(shop.stock("DOOR", "W1").at("reserved") == 10);
  CHECK(shop.stock("NAIL", "W1").at("held") == 5);
  CHECK(shop.refusal({"release", "SHORT"}).find("expired") != std::string::npos);
  REQUIRE(shop.events({"holds"}).size() == 1);
  CHECK(count_of(shop.dump(), "hold_ended", "SHORT", "expired") == 1);
  shop.compare_digests();
  shop.server().kill();
  shop.server().start();
  CHECK(count_of(shop.dump(), "hold_ended", "SHORT") == 1);
  shop.compare_digests();
}

TEST_CASE("holds: on the time of commands they run out when a command says so", "[system][holds][clock]") {
  Shop shop({"--clock", "commands"});
  shop.at("2026-01-01 00:00:00");
  CHECK(shop.events({"hold", "CART-1", "DOOR:13", "--for", "60"})[0].at("deadline_us") == january + 60'000'000);
  shop.at("2026-01-01 00:00:59");
  CHECK(shop.events({"order", "--id", "A", "DOOR:1"})[0].at("status") == "backordered");
  REQUIRE(shop.server().terminate().status == 0);
  shop.server().start();
  CHECK(shop.events({"holds"}).size() == 1);
  shop.at("2026-01-01 00:01:00");
  CHECK(shop.events({"order", "--id", "B", "DOOR:12"})[0].at("status") == "reserved");
  const auto lines = shop.dump();
  CHECK(count_of(lines, "hold_ended", "CART-1", "expired") == 1);
  for (const Json& line : lines) {
    if (line.at("type") == "hold_ended") CHECK(line.at("time_us") == january + 60'000'000);
  }
  shop.compare_digests();
}
