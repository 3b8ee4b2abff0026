// Transfers over TCP, with the command line: what leaves is nobody's until it arrives; short, over and damaged units; a restart.
#include "tests/system/support/shop.hpp"

namespace {

using namespace earmark::test;

}  // namespace

TEST_CASE("transfers: by the command line, from shipping to the last arrival, with who waits served", "[system][transfers]") {
  Shop shop;  // DOOR: 10 in W1, 3 in W2
  CHECK(shop.refusal({"transfer", "ship", "W1", "W2", "DOOR:11"}).find("not_enough, row 1") != std::string::npos);
  CHECK(shop.refusal({"transfer", "ship", "W1", "W1", "DOOR:1"}).find("same_warehouse") != std::string::npos);
  CHECK(shop.refusal({"transfer", "ship", "W1", "W9", "DOOR:1"}).find("unknown_warehouse") != std::string::npos);
  CHECK(shop.refusal({"transfer", "receive", "TR-1"}).find("unknown_transfer") != std::string::npos);
  CHECK(shop.tell({"transfer", "list"}).find("Nothing is in transit") != std::string::npos);

  const std::vector<std::string> ship{"transfer", "ship", "W1", "W2", "DOOR:8", "NAIL:2", "--id", "TR-1", "--expected", "2026-03-04", "--reason", "rebalance"};
  Json left = shop.events(ship).at(0);
  CHECK(left["event"] == "TransferShipped");
  CHECK(left["source"] == "W1");
  CHECK(left["destination"] == "W2");
  CHECK(left["rows"][0]["available_after"] == 2);
  CHECK(left["expected_us"] == 1'772'582'400'000'000);
  CHECK(shop.events(ship).at(0)["duplicate"] == true);
  CHECK(shop.refusal({"transfer", "ship", "W1", "W2", "DOOR:1", "--id", "TR-1"}).find("duplicate_transfer") != std::string::npos);
  CHECK(shop.stock("DOOR", "W1")["on_hand"] == 2);
  CHECK(shop.stock("DOOR", "W2")["in_transit"] == 8);
  CHECK(shop.stock("DOOR", "W1")["in_transit"] == 0);
  CHECK(shop.stock("DOOR", "W1")["incoming"] == 8);  // of the SKU
  const Json open = shop.events({"transfer", "list"}).at(0);
  CHECK(open["transfer"] == "TR-1");
  CHECK(open["in_transit"] == 10);
  CHECK(open["lines"].size() == 2);

  // 5 are there; 8 more are on their way and cannot be had.
  CHECK(shop.events({"order", "--id", "A", "DOOR:9"}).at(0)["lines"][0]["backordered"] == 4);
  const std::vector<std::string> receive{"transfer", "receive", "TR-1", "DOOR:5/1", "--id", "U-1"};
  const auto arrived = shop.events(receive);
  REQUIRE(arrived.size() == 2);
  CHECK(arrived[0]["event"] == "TransferReceived");
  CHECK(arrived[0]["closed"] == false);
  CHECK(arrived[0]["rows"][0]["damaged"] == 1);
  CHECK(arrived[1]["event"] == "BackorderFilled");
  CHECK(arrived[1]["cause_lsn"] == arrived[0]["lsn"]);
  CHECK(arrived[1]["takes"][0]["warehouse"] == "W2");
  CHECK(arrived[1]["still_waiting"] == 0);
  CHECK(shop.stock("DOOR", "W2")["unavailable"] == 1);
  CHECK(shop.stock("DOOR", "W2")["in_transit"] == 2);
  CHECK(shop.tell({"transfer", "show", "TR-1"}).find("from W1 to W2") != std::string::npos);
  CHECK(shop.refusal({"transfer", "receive", "TR-1", "BOLT:1"}).find("unknown_sku") != std::string::npos);

  shop.compare_digests();
  shop.server().kill();
  shop.server().start();
  CHECK(shop.events({"transfer", "list"}).at(0)["lines"][0]["received"] == 6);
  CHECK(shop.stock("DOOR", "W2")["in_transit"] == 2);
  CHECK(shop.events(receive).at(0)["duplicate"] == true);
  CHECK(shop.events(receive).size() == 2);

  const Json closed = shop.events({"transfer", "receive", "TR-1", "NAIL:3", "--close"}).at(0);
  CHECK(closed["closed"] == true);
  CHECK(closed["rows"][0]["over"] == 1);
  CHECK(closed["missing"][0]["sku"] == "DOOR");
  CHECK(closed["missing"][0]["quantity"] == 2);
  CHECK(shop.refusal({"transfer", "receive", "TR-1"}).find("transfer_closed") != std::string::npos);
  CHECK(shop.refusal({"transfer", "show", "TR-1"}).find("transfer_closed") != std::string::npos);
  CHECK(shop.events({"transfer", "list"}).empty());
  CHECK(shop.stock("DOOR", "W2")["in_transit"] == 0);
  CHECK(shop.stock("NAIL", "W2")["available"] == 3);
  shop.compare_digests();
  const auto dump = shop.dump();
  CHECK(count_of(dump, "transfer_shipped", "TR-1") == 1);
  CHECK(count_of(dump, "transfer_received", "TR-1") == 2);
}

TEST_CASE("transfers: an open one comes back from the state store, and a whole arrival needs no rows", "[system][transfers]") {
  Shop shop({"--horizon", "1000"});
  shop.tell({"transfer", "ship", "W1", "W2", "DOOR:4", "--id", "T"});
  REQUIRE(shop.server().terminate().status == 0);
  shop.server().start();
  CHECK(shop.events({"transfer", "list"}).at(0)["in_transit"] == 4);
  const Json all = shop.events({"transfer", "receive", "T"}).at(0);
  CHECK(all["closed"] == true);
  CHECK(all["rows"][0]["quantity"] == 4);
  CHECK(shop.stock("DOOR", "W2")["available"] == 7);
  shop.compare_digests();
}
