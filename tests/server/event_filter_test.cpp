// The filter of events against its rules written down a second time: random events, random filters.
#include <catch2/catch.hpp>
#include <iostream>

#include "schema/record.hpp"
#include "server/event_filter.hpp"
#include "tests/schema/support.hpp"
#include "tests/server/event_parts.hpp"

using namespace earmark;
using namespace earmark::server;
using namespace earmark::server::test;
using earmark::schema::test::AlignedBytes;
using earmark::schema::test::Random;

namespace {

// Decisions as an engine could make them, with few SKUs, warehouses and customers, so that filters meet some.
class RandomEvent {
 public:
  explicit RandomEvent(Random& random) : random_(random) {
    event_.stamp = {engine::Lsn{random.below(1000) + 1}, engine::TimeUs{5}, {}};
    switch (random.below(19)) {
      case 12:
      case 13: move(); break;
      case 14: ship_transfer(); break;
      case 15: receive_transfer(); break;
      case 16: place_purchase(); break;
      case 17: move_purchase(); break;
      case 18: receive_purchase(); break;
      case 0: receipt(); break;
      case 1: fill(); break;
      case 2: random_.chance(50) ? cancel() : amend(); break;
      case 3: ship(); break;
      case 4: load(); break;
      case 5: change(); break;
      case 6: hold(); break;
      case 7: end_hold(); break;
      case 8: event_.decision = engine::HoldExtendDecision{"extend", "hold", 4, engine::TimeUs{77}, random_.chance(50), name()}; break;
      default: order(); break;
    }
  }
  const schema::Event& event() const { return event_; }

 private:
  engine::SkuId sku() { return engine::SkuId{static_cast<std::uint32_t>(random_.below(4) + 1)}; }
  engine::WarehouseId warehouse() { return engine::WarehouseId{static_cast<std::uint16_t>(random_.below(3) + 1)}; }
  engine::Quantity few() { return static_cast<engine::Quantity>(random_.below(5)); }
  engine::LineNumber number() { return engine::LineNumber{++lines_made_}; }
  std::size_t rows() { return random_.chance(3) ? 2500 : random_.below(5); }
  std::optional<std::string_view> customer() {
    if (random_.chance(20)) return std::nullopt;
    return std::array<std::string_view, 3>{"", "C-1", "C-2"}[random_.below(3)];
  }
  engine::Take take() {
    const engine::Quantity quantity = few() + 1;
    return {quantity, random_.chance(40) ? 0 : random_.chance(40) ? quantity : few(), warehouse(), 1};
  }

  void order() {
    engine::OrderDecision order;
    order.id = "order";
    order.texts.customer = customer().value_or("");
    order.texts.notes = "by the gate";
    order.status = static_cast<engine::OrderStatus>(random_.below(6));
    const bool refused = order.status == engine::OrderStatus::refused;
    for (std::size_t count = rows() + 1; count > 0; --count) {
      engine::LineDecision line{number(), sku(), 0, 0, 0, 0, {}, 0, 0, random_.chance(20) ? warehouse() : engine::WarehouseId{}};
      for (std::size_t takes = refused ? 0 : random_.below(4); takes > 0; --takes) {
        const engine::Take more = take();
        line.quantity += more.quantity;
        if (line.taken == 0) {
          line.taken = more.quantity, line.available_after = more.available_after;
          line.warehouse = more.warehouse, line.shipment = more.shipment;
        } else {
          takes_.push_back(more);
          ++line.more_takes;
        }
      }
      if (!refused && random_.chance(40)) {
        line.backordered = few() + 1;
        waits_.push_back({random_.below(9), few() + 1, static_cast<std::uint32_t>(order_lines_.size())});
        for (engine::Quantity dated = 0, dates = static_cast<engine::Quantity>(random_.below(line.backordered + 1)); dated < dates; ++dated) {
          expected_.push_back({engine::TimeUs{static_cast<std::int64_t>(dated * 10 + random_.below(10))}, 1, static_cast<std::uint32_t>(order_lines_.size())});
        }
      }
      line.quantity += line.backordered;
      if (line.quantity == 0 || random_.chance(30)) line.quantity += few() + 1;  // given up
      order_lines_.push_back(line);
    }
    order.lines = order_lines_;
    order.takes = takes_;
    order.waits = waits_;
    order.expected = expected_;
    if (random_.chance(30)) {
      for (std::size_t count = rows() + 1; count > 0; --count) received_.push_back({sku(), warehouse(), 0, few() + 1, few()});
      order.hold = "hold";
      order.returned = received_;
    }
    event_.decision = order;
  }
  std::string_view name() { return customer().value_or(""); }
  void hold() {
    for (std::size_t count = rows() + 1; count > 0; --count) {
      engine::LineDecision line{number(), sku(), 0, 0, 0, 0, {}, 0, 0, random_.chance(20) ? warehouse() : engine::WarehouseId{}};
      for (std::size_t takes = random_.below(4); takes > 0; --takes) {
        const engine::Take more = take();
        line.quantity += more.quantity;
        if (line.taken == 0) {
          line.taken = more.quantity, line.available_after = more.available_after;
          line.warehouse = more.warehouse, line.shipment = more.shipment;
        } else {
          takes_.push_back(more);
          ++line.more_takes;
        }
      }
      if (line.quantity == 0 || random_.chance(30)) line.quantity += few() + 1;  // not there
      order_lines_.push_back(line);
    }
    event_.decision = engine::HoldDecision{"hold", 3, engine::OrderStatus::reduced, true, engine::TimeUs{9}, name(), order_lines_, takes_};
  }
  void end_hold() {
    for (std::size_t count = rows() + 1; count > 0; --count) {
      engine::ReleasedLine line{number(), sku(), static_cast<std::uint32_t>(random_.below(3))};
      for (std::uint32_t release = 0; release < line.count; ++release) takes_.push_back(take());
      released_.push_back(line);
    }
    const engine::HoldEnd how = random_.chance(50) ? engine::HoldEnd::expired : engine::HoldEnd::released;
    event_.decision = engine::HoldEndDecision{"release", "hold", 5, how, random_.chance(50), released_, takes_, name()};
  }
  void receive() {
    for (std::size_t count = rows() + 1; count > 0; --count) {
      const engine::Take one = take();
      received_.push_back({sku(), one.warehouse, 0, one.quantity, one.quantity + (random_.chance(50) ? 0 : few())});
    }
  }
  void receipt() {
    receive();
    event_.decision = engine::ReceiptDecision{"receipt", 7, random_.chance(50), received_};
  }
  void fill() {
    for (std::size_t count = random_.below(3) + 1; count > 0; --count) takes_.push_back(take());
    event_.decision = engine::FillDecision{"order", engine::Lsn{3}, number(), sku(), 2, few(), random_.chance(50), takes_, customer()};
  }
  void cancel() {
    for (std::size_t count = rows() + 1; count > 0; --count) {
      engine::CancelledLine line{number(), sku(), few(), static_cast<std::uint32_t>(random_.below(3)), random_.below(3)};
      for (std::uint32_t release = 0; release < line.releases; ++release) takes_.push_back(take());
      cancelled_.push_back(line);
    }
    event_.decision = engine::CancelDecision{"cancel", "order", 8, random_.chance(50), random_.chance(50), cancelled_, takes_, customer()};
  }
  void amend() {
    cancel();
    raised_.clear();
    for (std::size_t count = random_.below(3); count > 0; --count) raised_.push_back({number(), sku(), 5, static_cast<engine::Quantity>(random_.below(6))});
    event_.decision = engine::AmendDecision{"amend", "order", 8, {}, random_.chance(50), cancelled_, takes_, customer(), raised_};
    if (random_.chance(60)) return;
    event_.decision = engine::AmendDecision{"amend", "order", 8, {}, false, {}, {}, customer()};
    if (random_.chance(70)) std::get<engine::AmendDecision>(event_.decision).priority = engine::Priority{7};
  }
  void ship() {
    for (std::size_t count = rows() + 1; count > 0; --count) {
      engine::ShippedLine line{number(), sku(), static_cast<std::uint32_t>(random_.below(3))};
      for (std::uint32_t ships = 0; ships < line.ships; ++ships) takes_.push_back(take());
      shipped_.push_back(line);
    }
    event_.decision = engine::ShipDecision{"ship", "order", 9, shipped_, takes_, customer()};
  }
  void load() {
    if (random_.chance(70)) receive();
    for (std::size_t count = random_.below(3); count > 0; --count) warehouses_.push_back({warehouse(), 1, "W", "name"});
    for (std::size_t count = random_.below(3); count > 0; --count) products_.push_back({sku(), "S", "words"});
    event_.decision = engine::LoadDecision{random_.chance(50), warehouses_, products_, received_};
  }

  void change() {
    orders_ = {"order 1", "order 2", "order 3"};
    for (std::size_t order = 0; order < orders_.size(); ++order) customers_.push_back(customer().value_or(""));
    for (std::uint32_t row = 0, count = static_cast<std::uint32_t>(rows() + 1); row < count; ++row) {
      const auto units = static_cast<std::int32_t>(few() + 1);
      changed_.push_back({sku(), warehouse(), 0, random_.chance(50) ? units : -units, random_.chance(30) ? units + 1 : 0, random_.chance(40) ? 0 : few()});
      if (changed_.back().on_hand_change > 0 && random_.chance(40)) changed_.back().available_after = static_cast<engine::Quantity>(units);
      if (changed_.back().available_after == 0 && random_.chance(50)) overdrawn_.push_back(row);
      for (std::size_t losses = random_.below(3); losses > 0; --losses) {
        if (random_.chance(40)) of_holds_.push_back(static_cast<std::uint32_t>(lost_.size()));
        lost_.push_back({engine::Lsn{3}, static_cast<std::uint32_t>(random_.below(3)), number(), few() + 1, row, changed_.back().warehouse, 1, changed_.back().sku});
      }
    }
    event_.decision = engine::StockChangeDecision{"change", 10, engine::ChangeKind::adjust, "why", random_.chance(50), changed_, lost_, orders_, customers_, of_holds_, overdrawn_};
  }

  void move() {
    engine::ShipmentDecision move;
    move.command_id = "move";
    move.order_id = "order";
    move.shipment = 1;
    move.warehouse = warehouse();
    move.step = static_cast<engine::ShipmentStep>(random_.below(7) + 1);
    move.to_unavailable = random_.chance(30);
    move.carrier = "carrier";
    move.customer = name();
    for (std::size_t count = move.step == engine::ShipmentStep::track ? 0 : rows() + 1; count > 0; --count) {
      const engine::Quantity units = few() + 1;
      moved_.push_back({number(), sku(), units, random_.chance(50) ? units : few(), 0});
      if (move.step != engine::ShipmentStep::pick || random_.chance(50)) continue;
      moved_.back().rest = few() + 1;
      move.rest_shipment = 2;
      if (random_.chance(30)) moved_.back().quantity = 0;
    }
    move.lines = moved_;
    event_.decision = move;
  }

  void ship_transfer() {
    for (std::size_t count = rows() + 1; count > 0; --count) transferred_.push_back({sku(), few() + 1, few()});
    event_.decision = engine::TransferShipDecision{"transfer", 11, warehouse(), engine::WarehouseId{9}, engine::TimeUs{8}, "why", transferred_};
  }
  void receive_transfer() {
    const bool closed = random_.chance(50);
    for (std::size_t count = rows() + 1; count > 0; --count) {
      const engine::Quantity good = few();
      arrived_.push_back({sku(), good, few(), good / 2, random_.chance(50) ? good : few()});
      if (closed && random_.chance(50)) missing_.push_back({sku(), few() + 1});
    }
    event_.decision = engine::TransferReceiptDecision{"arrival", "transfer", engine::Lsn{3}, 12, engine::WarehouseId{9}, warehouse(), closed,
                                                      random_.chance(50), arrived_, missing_};
  }

  void place_purchase() {
    for (std::size_t count = rows() + 1; count > 0; --count) purchased_.push_back({engine::TimeUs{few()}, number(), sku(), few() + 1, warehouse()});
    const auto state = static_cast<engine::PurchaseState>(random_.below(3) + 1);
    event_.decision = engine::PurchaseDecision{"purchase", 13, "vendor", "reference", "notes", state, purchased_};
  }
  void move_purchase() {
    for (std::size_t count = rows(); count > 0; --count) {
      changes_.push_back({engine::TimeUs{few()}, number(), sku(), few(), static_cast<std::int32_t>(few()) - 2, warehouse()});
    }
    using enum engine::PurchaseState;
    constexpr engine::PurchaseState leads_to[] = {approved, sent, acknowledged, closed, cancelled};
    const std::size_t step = random_.below(5);
    const engine::PurchaseState state = step == 2 ? std::array{acknowledged, partly_received, received, closed}[random_.below(4)] : leads_to[step];
    event_.decision = engine::PurchaseStepDecision{"move", "purchase", engine::Lsn{3}, 14, "vendor", static_cast<engine::PurchaseStep>(step + 1), state,
                                                   "reference", changes_};
  }
  void receive_purchase() {
    for (std::size_t count = rows() + 1; count > 0; --count) {
      const engine::Quantity good = few();
      came_.push_back({number(), sku(), good, few(), good / 2, random_.chance(50) ? good : few(), warehouse()});
    }
    const auto state = random_.chance(50) ? engine::PurchaseState::received : engine::PurchaseState::partly_received;
    event_.decision = engine::PurchaseReceiptDecision{"receipt", "purchase", engine::Lsn{3}, 15, "vendor", state, random_.chance(50), came_};
  }

  Random& random_;
  std::vector<engine::PurchasedLine> purchased_;
  std::vector<engine::PurchaseChange> changes_;
  std::vector<engine::PurchaseArrivedRow> came_;
  std::vector<engine::ExpectedUnits> expected_;
  std::vector<engine::TransferredRow> transferred_;
  std::vector<engine::ArrivedRow> arrived_;
  std::vector<engine::MissingUnits> missing_;
  std::vector<engine::MovedLine> moved_;
  std::vector<engine::ChangedRow> changed_;
  std::vector<engine::LostUnits> lost_;
  std::vector<std::string_view> orders_, customers_;
  std::vector<std::uint32_t> of_holds_, overdrawn_;
  std::uint32_t lines_made_ = 0;
  std::vector<engine::LineDecision> order_lines_;
  std::vector<engine::Take> takes_;
  std::vector<engine::LineWait> waits_;
  std::vector<engine::ReceivedRow> received_;
  std::vector<engine::CancelledLine> cancelled_;
  std::vector<engine::RaisedLine> raised_;
  std::vector<engine::ShippedLine> shipped_;
  std::vector<engine::ReleasedLine> released_;
  std::vector<engine::LoadedWarehouse> warehouses_;
  std::vector<engine::LoadedProduct> products_;
  schema::Event event_;
};

Asked random_filter(Random& random) {
  Asked asked;
  if (random.chance(50)) {
    for (std::size_t count = random.below(3) + 1; count > 0; --count) {
      asked.kinds.push_back(schema::every_event_kind[random.below(schema::every_event_kind.size())]);
    }
  }
  if (random.chance(40)) asked.skus = {engine::SkuId{static_cast<std::uint32_t>(random.below(5) + 1)}, engine::SkuId{2}};
  if (random.chance(40)) asked.warehouses = {engine::WarehouseId{static_cast<std::uint16_t>(random.below(4) + 1)}};
  if (random.chance(30)) asked.customers = {random.chance(50) ? "C-1" : "", "C-9"};
  return asked;
}

// Scalars and texts of an event, which come along whatever is left out.
std::string envelope(const schema::Event& event) {
  return std::visit(
      [](const auto& decision) -> std::string {
        using Kind = std::decay_t<decltype(decision)>;
        if constexpr (std::is_same_v<Kind, engine::OrderDecision>) {
          return std::string(decision.id) + "/" + std::string(decision.texts.customer) + "/" + std::string(decision.texts.notes) +
                 "/" + std::string(name(decision.status));
        } else if constexpr (std::is_same_v<Kind, engine::ReceiptDecision>) {
          return std::string(decision.id) + (decision.fills_follow ? " fills follow" : "");
        } else if constexpr (std::is_same_v<Kind, engine::FillDecision>) {
          return std::string(decision.order_id) + " " + std::to_string(decision.line.value) + " " + std::to_string(decision.sku.value) +
                 " " + std::to_string(decision.still_waiting) + (decision.last ? " last" : "") + " " + std::string(decision.customer.value_or("?"));
        } else if constexpr (std::is_same_v<Kind, engine::AmendDecision>) {
          return std::string(decision.command_id) + "/" + std::string(decision.order_id) + "/" + std::string(decision.customer.value_or("?")) +
                 (decision.priority ? "/" + std::to_string(decision.priority->value) : "");
        } else if constexpr (std::is_same_v<Kind, engine::CancelDecision> || std::is_same_v<Kind, engine::ShipDecision>) {
          return std::string(decision.command_id) + "/" + std::string(decision.order_id) + "/" + std::string(decision.customer.value_or("?"));
        } else if constexpr (std::is_same_v<Kind, engine::StockChangeDecision>) {
          return std::string(decision.id) + "/" + std::string(name(decision.kind)) + "/" + std::string(decision.reason) +
                 (decision.fills_follow ? " fills follow" : "");
        } else if constexpr (std::is_same_v<Kind, engine::ShipmentDecision>) {
          return std::string(decision.command_id) + "/" + std::string(decision.order_id) + "/" + std::string(decision.carrier) + "/" + std::string(decision.customer);
        } else if constexpr (std::is_same_v<Kind, engine::TransferShipDecision>) {
          return std::string(decision.id) + "/" + std::to_string(decision.source.value) + "/" + std::to_string(decision.destination.value) + "/" +
                 std::string(decision.reason);
        } else if constexpr (std::is_same_v<Kind, engine::TransferReceiptDecision>) {
          return std::string(decision.command_id) + "/" + std::string(decision.transfer_id) + "/" + std::to_string(decision.destination.value) +
                 (decision.closed ? " closed" : "") + (decision.fills_follow ? " fills follow" : "");
        } else if constexpr (std::is_same_v<Kind, engine::PurchaseDecision>) {
          return std::string(decision.id) + "/" + std::string(decision.vendor) + "/" + std::string(decision.reference) + "/" + std::string(decision.notes) +
                 "/" + std::string(name(decision.state));
        } else if constexpr (std::is_same_v<Kind, engine::PurchaseStepDecision>) {
          return std::string(decision.command_id) + "/" + std::string(decision.purchase_id) + "/" + std::string(decision.vendor) + "/" +
                 std::string(decision.reference) + "/" + std::string(name(decision.step)) + "/" + std::string(name(decision.state));
        } else if constexpr (std::is_same_v<Kind, engine::PurchaseReceiptDecision>) {
          return std::string(decision.id) + "/" + std::string(decision.purchase_id) + "/" + std::string(decision.vendor) + "/" +
                 std::string(name(decision.state)) + (decision.fills_follow ? " fills follow" : "");
        } else if constexpr (std::is_same_v<Kind, engine::HoldDecision>) {
          return std::string(decision.id) + "/" + std::string(decision.customer) + "/" + std::to_string(decision.deadline.value);
        } else if constexpr (std::is_same_v<Kind, engine::HoldEndDecision>) {
          return std::string(decision.hold_id) + "/" + std::string(decision.customer) + "/" + std::string(name(decision.how));
        } else if constexpr (std::is_same_v<Kind, engine::LoadDecision>) {
          return decision.fills_follow ? "fills follow" : "";
        } else {
          return "";
        }
      },
      event.decision);
}

std::vector<std::string> row_texts(const Parts& parts) {
  std::vector<std::string> texts;
  for (const Part& row : parts.rows) texts.push_back(row.text);
  return texts;
}

}  // namespace

TEST_CASE("event filter: lets through exactly the parts that the rules name, and what is left agrees with itself", "[server][events]") {
  const std::uint64_t seed = schema::test::test_seed();
  CAPTURE(seed);
  Random random(seed);
  EventSieve sieve;
  schema::EventEncoder encoder;
  encoder.mark_filtered(true);
  schema::EventDecoder decoder;
  AlignedBytes record(std::size_t{1} << 20);
  std::size_t seen[3] = {};
  constexpr int rounds = 20'000;
  for (int round = 0; round < rounds; ++round) {
    const RandomEvent made(random);
    const Asked asked = random_filter(random);
    const schema::SubscribeRequest request = asked.request(1, 1);
    const Parts parts = parts_of(made.event());
    const Expected expected = expect(asked, parts);
    schema::Event left;
    const Passes passes = sieve.sift(EventFilter(request), made.event(), left);
    ++seen[static_cast<int>(passes)];
    CAPTURE(round);
    REQUIRE((passes != Passes::nothing) == expected.comes);
    if (!expected.comes) continue;
    REQUIRE((passes == Passes::some) == expected.filtered);
    if (passes == Passes::whole) continue;
    const std::size_t bytes = std::visit([&](const auto& decision) { return encoder.encode(left.stamp, decision, record.span()); }, left.decision);
    REQUIRE(bytes != 0);
    std::size_t consumed = 0;
    const auto decoded = decoder.decode(record.span().first(bytes), consumed);
    REQUIRE(decoded.has_value());
    REQUIRE(decoded->filtered);
    REQUIRE(decoded->stamp.lsn == made.event().stamp.lsn);
    REQUIRE(row_texts(parts_of(*decoded)) == expected.rows);
    REQUIRE(envelope(*decoded) == envelope(made.event()));
  }
  std::cout << "event filter: " << rounds << " random events and filters, seed " << seed << ": " << seen[0] << " left out, " << seen[1]
            << " in part, " << seen[2] << " whole\n";
  for (const std::size_t count : seen) REQUIRE(count > rounds / 50);
}

TEST_CASE("event filter: bookkeeping has no parts", "[server][events]") {
  EventSieve sieve;
  schema::Event left;
  const Asked asked{.kinds = {schema::every_event_kind.begin(), schema::every_event_kind.end()}};
  CHECK(sieve.sift(EventFilter(asked.request(1, 1)), {{}, engine::VoidDecision{}}, left) == Passes::nothing);
}

TEST_CASE("event filter: of who turns strict a customer hears of himself and of what he loses, and of nobody else", "[server][events]") {
  const engine::SkuId sku{1};
  const engine::WarehouseId warehouse{1};
  const engine::ReceivedRow freed[] = {{sku, warehouse, 0, 3, 3}, {sku, warehouse, 0, 2, 5}};
  const engine::LostUnits lost[] = {{engine::Lsn{5}, 0, engine::LineNumber{1}, 3, 0, warehouse, 1, sku},
                                    {engine::Lsn{4}, 1, engine::LineNumber{2}, 2, 1, warehouse, 1, sku}};
  const std::string_view orders[] = {"LATER", "LATE"}, customers[] = {"Quarry", "Mill"};
  const schema::Event event{{engine::Lsn{9}, {}, {}},
                            engine::StrictDecision{"FIRST", engine::Lsn{2}, {}, false, true, freed, lost, orders, customers, "Bridge"}};
  EventSieve sieve;
  schema::Event left;
  const auto sift = [&](const Asked& asked) { return sieve.sift(EventFilter(asked.request(1, 1)), event, left); };
  const auto kept = [&] { return std::get<engine::StrictDecision>(left.decision); };

  CHECK(sift({.kinds = {EventKind::turned_strict, EventKind::allocation_lost}}) == Passes::whole);
  CHECK(sift({.kinds = {EventKind::back_in_stock}}) == Passes::nothing);
  REQUIRE(sift({.customers = {"Bridge"}}) == Passes::some);
  CHECK(kept().order_id == "FIRST");
  CHECK(kept().lost.empty());
  CHECK(kept().orders.empty());
  REQUIRE(sift({.customers = {"Mill"}}) == Passes::some);
  CHECK(kept().order_id.empty());
  CHECK(kept().customer.empty());
  CHECK(kept().order_lsn.value == 0);
  REQUIRE(kept().lost.size() == 1);
  CHECK(kept().orders[kept().lost[0].order] == "LATE");
  CHECK(kept().freed[0].quantity == 2);
  REQUIRE(sift({.skus = {sku}}) == Passes::some);  // he himself has no SKU
  CHECK(kept().order_id.empty());
  CHECK(kept().lost.size() == 2);
  CHECK(sift({.customers = {"Nobody"}}) == Passes::nothing);
}

TEST_CASE("event filter: a customer does not hear whom his order passed over", "[server][events]") {
  engine::LineDecision line;
  line.line = engine::LineNumber{1}, line.sku = engine::SkuId{1}, line.quantity = line.taken = 2, line.warehouse = engine::WarehouseId{1}, line.shipment = 1;
  engine::OrderDecision order;
  order.id = "LATE";
  order.texts.customer = "Mill";
  order.lines = {&line, 1};
  order.skipped = {engine::Lsn{2}, {}, "FIRST"};
  const schema::Event event{{engine::Lsn{9}, {}, {}}, order};
  EventSieve sieve;
  schema::Event left;
  REQUIRE(sieve.sift(EventFilter(Asked{.customers = {"Mill"}}.request(1, 1)), event, left) == Passes::some);
  CHECK(std::get<engine::OrderDecision>(left.decision).skipped == engine::Skip{});
  CHECK(std::get<engine::OrderDecision>(left.decision).lines.size() == 1);
  CHECK(sieve.sift(EventFilter(Asked{.skus = {engine::SkuId{1}}}.request(1, 1)), event, left) == Passes::whole);
}

TEST_CASE("event kinds: every one has its name and comes back from it", "[schema][events]") {
  for (const EventKind kind : schema::every_event_kind) CHECK(schema::event_kind(schema::name(kind)) == kind);
  CHECK(schema::name(EventKind{0}).empty());
  CHECK(schema::name(EventKind{29}).empty());
  CHECK(schema::name(EventKind{255}).empty());
  CHECK_FALSE(schema::event_kind("").has_value());
  CHECK_FALSE(schema::event_kind("order").has_value());
}
