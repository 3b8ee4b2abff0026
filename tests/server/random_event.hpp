// Random events for the filter's test.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "schema/event.hpp"
#include "tests/schema/support.hpp"

namespace earmark::server::test {

using schema::test::Random;

// Decisions as an engine could make them, with few SKUs, warehouses and customers, so that filters meet some.
class RandomEvent {
 public:
  explicit RandomEvent(Random& random) : random_(random) {
    event_.stamp = {engine::Lsn{random.below(1000) + 1}, engine::TimeUs{5}, {}};
    switch (random.below(23)) {
      case 12:
      case 13: move(); break;
      case 14: ship_transfer(); break;
      case 15: receive_transfer(); break;
      case 16: place_purchase(); break;
      case 17: move_purchase(); break;
      case 18: receive_purchase(); break;
      case 19: set_rules(); break;
      case 20: reorder(); break;
      case 21: overdue(); break;
      case 22: move_dates(); break;
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
        const auto undated = static_cast<engine::Quantity>(line.backordered - std::ranges::count(expected_, order_lines_.size(), &engine::ExpectedUnits::line_index));
        if (undated != 0 && random_.chance(50)) fallbacks_.push_back({engine::TimeUs{99}, undated, static_cast<std::uint32_t>(order_lines_.size())});
      }
      line.quantity += line.backordered;
      if (line.quantity == 0 || random_.chance(30)) line.quantity += few() + 1;  // given up
      order_lines_.push_back(line);
    }
    order.lines = order_lines_;
    order.takes = takes_;
    order.waits = waits_;
    order.expected = expected_;
    order.fallbacks = fallbacks_;
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
    const bool late = random_.chance(50);
    for (std::size_t count = rows() + 1; count > 0; --count) {
      const auto index = static_cast<std::uint32_t>(purchased_.size());
      purchased_.push_back({engine::TimeUs{few()}, number(), sku(), few() + 1, warehouse()});
      if (late) estimates_.push_back(estimate(purchased_.back().promised));
      if (random_.chance(30)) pegs_.push_back({engine::Lsn{4}, index, static_cast<std::uint32_t>(random_.below(3)), number()});
    }
    orders_ = {"o-1", "o-2", "o-3"};
    const auto state = static_cast<engine::PurchaseState>(random_.below(3) + 1);
    event_.decision = engine::PurchaseDecision{"purchase", 13, "vendor", "reference", "notes", state, purchased_, pegs_, orders_, estimates_};
  }
  void move_purchase() {
    const bool late = random_.chance(50);
    for (std::size_t count = rows(); count > 0; --count) {
      changes_.push_back({engine::TimeUs{few()}, number(), sku(), few(), static_cast<std::int32_t>(few()) - 2, warehouse()});
      if (late) estimates_.push_back(estimate(changes_.back().promised));
    }
    using enum engine::PurchaseState;
    constexpr engine::PurchaseState leads_to[] = {approved, sent, acknowledged, closed, cancelled, draft};
    const std::size_t step = random_.below(6);
    const engine::PurchaseState state = step == 2 ? std::array{acknowledged, partly_received, received, closed}[random_.below(4)] : leads_to[step];
    event_.decision = engine::PurchaseStepDecision{"move", "purchase", engine::Lsn{3}, 14, "vendor", static_cast<engine::PurchaseStep>(step + 1), state,
                                                   "reference", changes_, estimates_};
  }
  void receive_purchase() {
    for (std::size_t count = rows() + 1; count > 0; --count) {
      const engine::Quantity good = few();
      came_.push_back({number(), sku(), good, few(), good / 2, random_.chance(50) ? good : few(), warehouse()});
    }
    const auto state = random_.chance(50) ? engine::PurchaseState::received : engine::PurchaseState::partly_received;
    event_.decision = engine::PurchaseReceiptDecision{"receipt", "purchase", engine::Lsn{3}, 15, "vendor", state, random_.chance(50), came_};
  }

  engine::TimeUs estimate(engine::TimeUs promised) {
    return promised.value == 0 || random_.chance(50) ? engine::TimeUs{} : engine::TimeUs{promised.value + 1 + few()};
  }

  void set_rules() {
    constexpr std::string_view codes[] = {"V-1", "V-2", "V-3"};
    for (std::size_t count = random_.below(4); count > 0; --count) vendors_.push_back({codes[count - 1], "name", static_cast<std::int32_t>(few()), 600});
    const auto vendor = [&](std::uint32_t least) { return static_cast<std::uint32_t>(least + random_.below(vendors_.size() + 1 - least)); };
    for (std::size_t count = vendors_.empty() ? 0 : rows(); count > 0; --count) sources_.push_back({sku(), vendor(1), static_cast<std::int32_t>(few()) - 1});
    for (std::size_t count = rows(); count > 0; --count) {
      engine::RuleSet rule;
      rule.sku = sku(), rule.warehouse = warehouse(), rule.vendor = vendor(0), rule.point = number().value;
      rules_.push_back(rule);
    }
    event_.decision = engine::RulesDecision{vendors_, sources_, rules_};
  }
  void reorder() {
    engine::ReorderDecision reorder;
    reorder.sku = sku(), reorder.warehouse = warehouse(), reorder.mode = engine::RuleMode::suggest;
    reorder.cleared = random_.chance(30);
    if (!reorder.cleared && random_.chance(60)) reorder.quantity = reorder.line_quantity = few() + 1, reorder.vendor = "V-1", reorder.purchase = "reorder-9";
    event_.decision = reorder;
  }
  void overdue() {
    const bool transfer = random_.chance(40);
    for (std::size_t count = rows() + 1; count > 0; --count) {
      overdue_.push_back({engine::TimeUs{few()}, transfer ? engine::LineNumber{} : number(), sku(), few() + 1, warehouse()});
    }
    event_.decision = engine::OverdueDecision{transfer, "late", engine::Lsn{3}, transfer ? "" : "vendor", engine::TimeUs{9}, overdue_};
  }
  void move_dates() {
    orders_ = {"o-1", "o-2", "o-3"}, customers_ = {"", "C-1", "C-2"};
    const engine::SkuId one = sku();
    for (std::size_t count = rows() + 1; count > 0; --count) {
      const engine::TimeUs before{few()};
      dates_.push_back({before, engine::TimeUs{before.value + 5}, engine::Lsn{4}, static_cast<std::uint32_t>(random_.below(3)), number(), one, few() + 1});
    }
    event_.decision = engine::DatesDecision{dates_, orders_, customers_};
  }

  Random& random_;
  std::vector<engine::PurchasedLine> purchased_;
  std::vector<engine::PurchaseChange> changes_;
  std::vector<engine::PurchaseArrivedRow> came_;
  std::vector<engine::ExpectedUnits> expected_, fallbacks_;
  std::vector<engine::PurchasePeg> pegs_;
  std::vector<engine::TimeUs> estimates_;
  std::vector<engine::VendorSet> vendors_;
  std::vector<engine::SourceSet> sources_;
  std::vector<engine::RuleSet> rules_;
  std::vector<engine::OverdueLine> overdue_;
  std::vector<engine::MovedDate> dates_;
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

}  // namespace earmark::server::test
