// Purchase orders at the twin: every step in every state, the limits of one command, and violations that are named.
#include <catch2/catch.hpp>

#include "tests/model/invariants.hpp"
#include "tests/model/story.hpp"

namespace {

using namespace earmark;
using namespace earmark::model;

class Teller {
 public:
  Teller() : codes_(twin_.state()) { say("load LON=1 BHM=2 | X Y | X:5@LON"); }
  Teller(const Teller&) = delete;
  Teller& operator=(const Teller&) = delete;

  Answer apply(const Command& command) {
    const Answer answer = model::apply(twin_, command, content_of(command), {});
    CHECK(check_invariants(twin_.state(), answer) == "");
    return answer;
  }
  std::string say(std::string_view event) { return tell(apply(parse(event, codes_)), codes_); }
  Twin& twin() { return twin_; }
  const State& state() const { return twin_.state(); }

 private:
  Twin twin_;
  Codes codes_;
};

// What brings a purchase order P of 10 X into a state.
struct Way {
  std::string_view state;
  std::vector<std::string_view> events;
};
const Way ways[] = {
    {"draft", {"purchase P ACME draft X:10@LON"}},
    {"approved", {"purchase P ACME approved X:10@LON"}},
    {"approved", {"purchase P ACME draft X:10@LON", "step S1 P approve"}},
    {"sent", {"purchase P ACME sent X:10@LON"}},
    {"sent", {"purchase P ACME approved X:10@LON", "step S1 P send"}},
    {"acknowledged", {"purchase P ACME sent X:10@LON", "step S1 P acknowledge"}},
    {"partly_received", {"purchase P ACME sent X:10@LON", "delivery R1 P 1:4"}},
    {"partly_received", {"purchase P ACME approved X:10@LON", "step S1 P acknowledge", "delivery R1 P 1:4", "step S2 P acknowledge"}},
    {"received", {"purchase P ACME sent X:10@LON", "delivery R1 P"}},
    {"received", {"purchase P ACME sent X:10@LON", "delivery R1 P 1:4", "step S1 P acknowledge 1:4"}},
    {"closed", {"purchase P ACME sent X:10@LON", "step S1 P close"}},
    {"closed", {"purchase P ACME sent X:10@LON", "step S1 P acknowledge 1:0"}},
    {"cancelled", {"purchase P ACME draft X:10@LON", "step S1 P cancel"}},
    {"cancelled", {"purchase P ACME sent X:10@LON", "step S1 P cancel"}},
};

// In the columns: approve, send, acknowledge, close, cancel, a delivery of a part, of everything.
constexpr std::string_view events[] = {"step T P approve", "step T P send", "step T P acknowledge", "step T P close", "step T P cancel", "delivery T P 1:1", "delivery T P"};
struct Row {
  std::string_view state, becomes[std::size(events)];
};
constexpr Row table[] = {
    {"draft", {"approved", "purchase_draft", "purchase_draft", "purchase_draft", "cancelled", "purchase_draft", "purchase_draft"}},
    {"approved", {"purchase_approved", "sent", "acknowledged", "closed", "cancelled", "partly_received", "received"}},
    {"sent", {"purchase_approved", "purchase_sent", "acknowledged", "closed", "cancelled", "partly_received", "received"}},
    {"acknowledged", {"purchase_approved", "purchase_sent", "acknowledged", "closed", "cancelled", "partly_received", "received"}},
    {"partly_received", {"purchase_approved", "purchase_sent", "partly_received", "closed", "purchase_received", "partly_received", "received"}},
    {"received", {"purchase_closed", "purchase_closed", "purchase_closed", "purchase_closed", "purchase_closed", "purchase_closed", "purchase_closed"}},
    {"closed", {"purchase_closed", "purchase_closed", "purchase_closed", "purchase_closed", "purchase_closed", "purchase_closed", "purchase_closed"}},
    {"cancelled", {"purchase_closed", "purchase_closed", "purchase_closed", "purchase_closed", "purchase_closed", "purchase_closed", "purchase_closed"}},
};

}  // namespace

TEST_CASE("purchases: every step in every state", "[model][purchases]") {
  for (const Way& way : ways) {
    const auto row = std::ranges::find(table, way.state, &Row::state);
    REQUIRE(row != std::end(table));
    for (std::size_t column = 0; column < std::size(events); ++column) {
      Teller teller;
      for (const std::string_view event : way.events) teller.say(event);
      const Purchase before = *teller.state().purchase("P");
      REQUIRE(name(before.state) == way.state);
      const std::string digest = teller.twin().digest();
      const std::string told = teller.say(events[column]);
      INFO(way.state << ": " << events[column] << " gives " << told);
      CHECK(told.substr(0, told.find(':')) == row->becomes[column]);
      const bool refused = row->becomes[column].starts_with("purchase_");
      CHECK(name(teller.state().purchase("P")->state) == (refused ? way.state : row->becomes[column]));
      CHECK((teller.twin().digest() == digest) == refused);
    }
  }
}

TEST_CASE("purchases: at most 4,096 lines or rows, a vendor of 64 bytes", "[model][purchases]") {
  Teller teller;
  PlacePurchaseCommand place{.id = "P", .vendor = std::string(65, 'v'), .state = engine::PurchaseState::sent};
  for (std::uint32_t line = 1; line <= 4097; ++line) {
    place.lines.push_back({.quantity = 1, .line = engine::LineNumber{line}, .sku = engine::SkuId{1}, .warehouse = engine::WarehouseId{1}});
  }
  CHECK(teller.apply(place).error.code == engine::ErrorCode::bad_vendor);
  place.vendor.pop_back();
  CHECK(teller.apply(place).error.code == engine::ErrorCode::too_many_lines);
  place.lines.pop_back();
  REQUIRE(teller.apply(place).decided());
  MovePurchaseCommand move{.command_id = "S", .purchase_id = "NOPE", .step = engine::PurchaseStep::acknowledge};
  for (std::uint32_t line = 1; line <= 4097; ++line) move.rows.push_back({.quantity = -1, .line = engine::LineNumber{line}});
  CHECK(teller.apply(move).error.code == engine::ErrorCode::too_many_lines);
  move.purchase_id = "P";
  move.step = engine::PurchaseStep::send;
  CHECK(teller.apply(move).error.code == engine::ErrorCode::too_many_lines);
  move.step = engine::PurchaseStep::acknowledge;
  move.rows.pop_back();
  CHECK(teller.apply(move).as<PurchaseStepAnswer>().changes.size() == 4096);
  ReceivePurchaseCommand receive{.id = "R", .purchase_id = "NOPE"};
  receive.rows.assign(4097, {1, 0, engine::LineNumber{1}, 0});
  CHECK(teller.apply(receive).error.code == engine::ErrorCode::too_many_lines);
  receive.purchase_id = "P";
  receive.accept_over = true;
  receive.rows.pop_back();
  CHECK(teller.apply(receive).decided());
  CHECK(teller.state().cell(engine::SkuId{1}, engine::WarehouseId{1}).on_hand == 4101);
}

TEST_CASE("purchases: what was promised first is kept, also if it was told by the vendor alone", "[model][purchases]") {
  Teller teller;
  teller.say("purchase P ACME sent X:10@LON Y:1@LON=300");
  const auto dates = [&](std::size_t line) {
    const PurchaseLine& of = teller.state().purchase("P")->lines[line];
    return std::pair(of.first_promised.value / 1000, of.promised.value / 1000);
  };
  CHECK(dates(0) == std::pair<std::int64_t, std::int64_t>(0, 0));
  teller.say("step S1 P acknowledge 1:9 2:-1=400");
  CHECK(dates(0) == std::pair<std::int64_t, std::int64_t>(0, 0));
  CHECK(dates(1) == std::pair<std::int64_t, std::int64_t>(300, 400));
  teller.say("step S2 P acknowledge 1:-1=500");
  teller.say("step S3 P acknowledge 1:-1=600 2:3");
  CHECK(dates(0) == std::pair<std::int64_t, std::int64_t>(500, 600));
  CHECK(dates(1) == std::pair<std::int64_t, std::int64_t>(300, 400));
}

TEST_CASE("purchases: the id of an open one is known beyond the horizon, that of a closed one is not", "[model][purchases]") {
  Teller teller;
  teller.say("purchase OPEN ACME draft X:10@LON");
  teller.say("purchase SHUT ACME sent X:10@LON");
  teller.say("step S1 SHUT cancel");
  teller.twin().forget({teller.state().lsn + 1, {}}, {});
  CHECK(teller.state().purchase("SHUT") == nullptr);
  CHECK(teller.say("step S1 SHUT cancel") == "unknown_purchase");
  CHECK(teller.say("purchase OPEN ACME draft X:9@LON") == "duplicate_purchase");
  CHECK(teller.say("step S2 OPEN approve") == "approved: 1 X 10@LON, +10 incoming");
  CHECK(teller.say("delivery R OPEN") == "received: 1 X 10@LON, makes 15");
  CHECK(teller.say("delivery R2 OPEN") == "unknown_purchase");  // it was decided before the horizon
  CHECK(teller.say("purchase OPEN ACME draft X:9@LON") == "draft to ACME: 1 X 9@LON");
}

TEST_CASE("purchases: the digest tells states of one apart", "[model][purchases]") {
  const auto digest_after = [](std::initializer_list<std::string_view> told) {
    Teller teller;
    for (const std::string_view event : told) teller.say(event);
    State state = teller.state();
    state.known.clear();  // else their ids and contents tell them apart
    return state.digest();
  };
  const std::set<std::string> digests{
      digest_after({"purchase P ACME draft X:10@LON"}),     digest_after({"purchase P ACME sent X:10@LON"}),
      digest_after({"purchase Q ACME draft X:10@LON"}),     digest_after({"purchase P ACME draft X:11@LON"}),
      digest_after({"purchase P ACME draft X:10@BHM"}),     digest_after({"purchase P ACME draft Y:10@LON"}),
      digest_after({"purchase P ACME draft 2/X:10@LON"}),   digest_after({"purchase P ACME draft X:10@LON=1"}),
      digest_after({"purchase P ACME draft X:10@LON=2"}),   digest_after({"purchase P ACME draft X:10@LON Y:1@LON"}),
      digest_after({"purchase P ACME draft Y:1@LON X:10@LON"})};
  CHECK(digests.size() == 11);
  const auto acknowledged = [&](std::string_view first, std::string_view then) {
    return digest_after({"purchase P ACME sent X:10@LON", first, then});
  };
  CHECK(acknowledged("step S1 P acknowledge 1:10=5", "step S2 P acknowledge 1:10=6") != acknowledged("step S1 P acknowledge 1:10=6", "step S2 P acknowledge 1:10=6"));
}

TEST_CASE("purchases: each violation is named", "[model][purchases]") {
  Teller teller;
  teller.say("purchase P ACME sent X:10@LON=300");
  teller.say("delivery R P 1:4");
  const State good = teller.state();
  REQUIRE(check_purchases(good) == "");
  const engine::Lsn lsn = good.purchase("P")->lsn;
  const CellKey x{engine::SkuId{1}, engine::WarehouseId{1}};
  State bad = good;
  Purchase& purchase = bad.purchases.at(lsn);
  const struct {
    const char* message;
    std::function<void()> spoil;
  } violations[] = {
      {"I2: sku 1 in warehouse 1 got 3 on purchase orders", [&] { purchase.lines[0].received = 3; }},
      {"I2: sku 1 in warehouse 1 got 4 on no purchase order", [&] { bad.purchases.clear(); }},
      {"I2: sku 1 in warehouse 1 expects 5 by the records, its purchase orders 6", [&] { bad.ordered[x] = 5; }},
      {"I2: sku 1 in warehouse 1 expects nothing by the records", [&] { bad.ordered.clear(); }},
      {"I2: sku 1 in warehouse 1 expects 6 by the records, its purchase orders 0", [&] { purchase.state = engine::PurchaseState::closed; }},
      {"I2: purchase P is cancelled by mistake", [&] { purchase.state = engine::PurchaseState::cancelled; }},
      {"I2: purchase P is received by mistake", [&] { purchase.state = engine::PurchaseState::received; }},
      {"I2: purchase P is sent by mistake", [&] { purchase.state = engine::PurchaseState::sent; }},
      {"I2: purchase P is partly_received by mistake", [&] { purchase.lines[0].ordered = 4; }},
      {"I2: purchase P forgot what was promised first", [&] { purchase.lines[0].first_promised = {}; }},
      {"I5: purchase P is open and not known", [&] { bad.known.clear(); }},
  };
  for (const auto& violation : violations) {
    bad = good;
    violation.spoil();
    CHECK_THAT(check_purchases(bad), Catch::StartsWith(violation.message));
  }
  bad = good;
  ++bad.cells.at(x).on_hand;
  CHECK_THAT(check_conservation(bad), Catch::Contains("delivered 4"));
}
