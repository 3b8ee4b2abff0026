// Random decisions that own their rows and texts.
#pragma once

#include "engine/decision.hpp"
#include "tests/schema/support.hpp"

namespace earmark::schema::test {

inline engine::Take random_take(Random& random) {
  return {random.number<engine::Quantity>(), random.number<engine::Quantity>(),
          engine::WarehouseId{random.number<std::uint16_t>()}, random.number<std::uint16_t>()};
}

struct OrderSample {
  std::vector<std::string> texts;
  std::vector<engine::LineDecision> lines;
  std::vector<engine::Take> takes;
  std::vector<engine::LineWait> waits;
  std::vector<engine::ExpectedUnits> expected, fallbacks;
  std::vector<engine::ReceivedRow> returned;
  std::vector<engine::LinePolicy> policies;
  std::vector<std::uint32_t> cut;
  engine::OrderDecision decision;

  OrderSample(Random& random, std::size_t line_count) {
    for (std::uint32_t index = 0; index < line_count; ++index) {
      engine::LineDecision line;
      line.line = engine::LineNumber{random.number<std::uint32_t>()};
      line.sku = engine::SkuId{random.number<std::uint32_t>()};
      line.quantity = random.number<engine::Quantity>();
      line.backordered = random.number<engine::Quantity>();
      line.taken = random.number<engine::Quantity>();
      line.available_after = random.number<engine::Quantity>();
      line.warehouse = engine::WarehouseId{random.number<std::uint16_t>()};
      line.shipment = random.number<std::uint16_t>();
      line.more_takes = static_cast<std::uint16_t>(random.below(4));
      line.pinned = engine::WarehouseId{random.number<std::uint16_t>()};
      lines.push_back(line);
      for (int take = 0; take < line.more_takes; ++take) takes.push_back(random_take(random));
      if (random.chance(40)) waits.push_back({random.number<std::uint64_t>(), random.number<std::uint32_t>(), index});
      engine::TimeUs date{random.number<std::int32_t>()};
      engine::Quantity undated = line.backordered;
      for (auto dates = random.below(4); dates > 0; --dates) {
        date.value += static_cast<std::int64_t>(1 + random.below(1'000'000));
        expected.push_back({date, static_cast<engine::Quantity>(random.below(std::uint64_t{undated} + 1)), index});
        undated -= expected.back().quantity;
      }
      if (undated != 0 && random.chance(40)) fallbacks.push_back({engine::TimeUs{random.number<std::int64_t>()}, undated, index});
    }
    for (int text = 0; text < 7; ++text) texts.push_back(random.chance(50) ? random.text(text == 0 ? 64 : 512) : "");
    decision.id = texts[0];
    decision.content = random.number<std::uint64_t>();
    decision.status = static_cast<engine::OrderStatus>(random.below(6));
    decision.policy = static_cast<engine::Policy>(random.below(5));
    decision.priority = engine::Priority{random.number<std::uint8_t>()};
    decision.sourcing = static_cast<engine::Sourcing>(random.below(5));
    decision.preferred = engine::WarehouseId{random.number<std::uint16_t>()};
    decision.placed_at = engine::TimeUs{random.number<std::int64_t>()};
    decision.need_by = engine::TimeUs{random.number<std::int64_t>()};
    decision.not_due = random.chance(50) && std::ranges::all_of(lines, [](const auto& line) { return line.taken == 0; });
    decision.reserve_not_before = engine::TimeUs{random.number<std::int64_t>()};
    decision.cancel_after = engine::TimeUs{random.number<std::int64_t>()};
    decision.texts = {texts[1], texts[2], texts[3], texts[4], texts[5], texts[6]};
    decision.lines = lines;
    decision.takes = takes;
    decision.waits = waits;
    decision.expected = expected;
    decision.fallbacks = fallbacks;
    if (random.chance(40)) {
      for (std::uint32_t index = 0; index < line_count; ++index) {
        policies.push_back({static_cast<std::uint8_t>(random.below(6))});
        if (random.chance(30)) cut.push_back(index);
      }
      decision.line_policies = policies;
      decision.not_backorderable = cut;
    }
    if (!random.chance(40)) return;
    texts.push_back(random.text(64));
    decision.id = texts[0];  // it may have moved
    decision.texts = {texts[1], texts[2], texts[3], texts[4], texts[5], texts[6]};
    decision.hold = texts[7];
    decision.reacquired = random.chance(30);
    decision.fills_follow = random.chance(50);
    for (std::size_t row = 0; row < line_count; ++row) {
      returned.push_back({engine::SkuId{random.number<std::uint32_t>()}, engine::WarehouseId{random.number<std::uint16_t>()}, 0,
                          random.number<engine::Quantity>(), random.number<engine::Quantity>()});
    }
    decision.returned = returned;
  }
};

struct ReceiptSample {
  std::string id;
  std::vector<engine::ReceivedRow> rows;
  engine::ReceiptDecision decision;

  ReceiptSample(Random& random, std::size_t row_count) : id(random.text(64)) {
    for (std::size_t row = 0; row < row_count; ++row) {
      rows.push_back({engine::SkuId{random.number<std::uint32_t>()}, engine::WarehouseId{random.number<std::uint16_t>()}, 0,
                      random.number<engine::Quantity>(), random.number<engine::Quantity>()});
    }
    decision = {id, random.number<std::uint64_t>(), random.chance(50), rows};
  }
};

struct CancelSample {
  std::string command, order;
  std::vector<engine::CancelledLine> lines;
  std::vector<engine::Take> released;
  engine::CancelDecision decision;

  CancelSample(Random& random, std::size_t line_count) : command(random.text(64)), order(random.text(64)) {
    for (std::size_t index = 0; index < line_count; ++index) {
      const auto releases = static_cast<std::uint32_t>(random.below(4));
      lines.push_back({engine::LineNumber{random.number<std::uint32_t>()}, engine::SkuId{random.number<std::uint32_t>()},
                       random.number<engine::Quantity>(), releases, random.number<std::uint64_t>()});
      for (std::uint32_t release = 0; release < releases; ++release) released.push_back(random_take(random));
    }
    decision = {command, order, random.number<std::uint64_t>(), random.chance(50), random.chance(50), lines, released};
  }
};

struct AmendSample {
  CancelSample base;
  std::vector<engine::RaisedLine> raised;
  engine::AmendDecision decision;

  AmendSample(Random& random, std::size_t line_count) : base(random, line_count) {
    decision = {base.command, base.order, random.number<std::uint64_t>(), {}, random.chance(50), base.lines, base.released};
    if (random.chance(50)) decision.priority = engine::Priority{random.number<std::uint8_t>()};
    for (std::size_t count = random.below(line_count + 1); count > 0; --count) {
      const auto units = static_cast<engine::Quantity>(1 + random.below(1'000'000));
      raised.push_back({engine::LineNumber{random.number<std::uint32_t>()}, engine::SkuId{random.number<std::uint32_t>()}, units,
                        static_cast<engine::Quantity>(random.below(units + 1))});
    }
    decision.raised = raised;
  }
};

struct ShipSample {
  std::string command, order;
  std::vector<engine::ShippedLine> lines;
  std::vector<engine::Take> shipped;
  engine::ShipDecision decision;

  ShipSample(Random& random, std::size_t line_count) : command(random.text(64)), order(random.text(64)) {
    for (std::size_t index = 0; index < line_count; ++index) {
      const auto ships = static_cast<std::uint32_t>(random.below(4));
      lines.push_back({engine::LineNumber{random.number<std::uint32_t>()}, engine::SkuId{random.number<std::uint32_t>()},
                       ships});
      for (std::uint32_t ship = 0; ship < ships; ++ship) shipped.push_back(random_take(random));
    }
    decision = {command, order, random.number<std::uint64_t>(), lines, shipped};
  }
};

struct HoldEndSample {
  std::string command, hold, customer;
  std::vector<engine::ReleasedLine> lines;
  std::vector<engine::Take> released;
  engine::HoldEndDecision decision;

  HoldEndSample(Random& random, std::size_t line_count)
      : command(random.chance(50) ? random.text(64) : ""), hold(random.text(64)), customer(random.text(200)) {
    for (std::size_t index = 0; index < line_count; ++index) {
      const auto count = static_cast<std::uint32_t>(random.below(4));
      lines.push_back({engine::LineNumber{random.number<std::uint32_t>()}, engine::SkuId{random.number<std::uint32_t>()}, count});
      for (std::uint32_t release = 0; release < count; ++release) released.push_back(random_take(random));
    }
    decision = {command, hold, random.number<std::uint64_t>(), random.chance(50) ? engine::HoldEnd::expired : engine::HoldEnd::released,
                random.chance(50), lines, released, customer};
  }
};

struct ShipmentSample {
  std::string command, order, carrier, tracking, reason, customer;
  std::vector<engine::MovedLine> lines;
  engine::ShipmentDecision decision;

  ShipmentSample(Random& random, std::size_t line_count)
      : command(random.text(64)), order(random.text(64)), carrier(random.text(200)), tracking(random.text(200)), reason(random.text(200)),
        customer(random.text(200)) {
    decision.step = static_cast<engine::ShipmentStep>(1 + random.below(7));
    const bool rest = decision.step == engine::ShipmentStep::pick && line_count != 0;
    for (std::size_t index = 0; index < line_count; ++index) {
      lines.push_back({engine::LineNumber{random.number<std::uint32_t>()}, engine::SkuId{random.number<std::uint32_t>()},
                       random.number<std::uint32_t>(), random.number<std::uint32_t>(), rest ? 1 + static_cast<std::uint32_t>(random.below(5)) : 0});
    }
    decision.command_id = command;
    decision.order_id = order;
    decision.content = random.number<std::uint64_t>();
    decision.shipment = random.number<std::uint16_t>();
    decision.warehouse = engine::WarehouseId{random.number<std::uint16_t>()};
    decision.revision = random.number<std::uint32_t>();
    decision.rest_shipment = rest ? 7 : 0;
    decision.carrier = carrier;
    decision.tracking = tracking;
    decision.expected = engine::TimeUs{random.number<std::int64_t>()};
    decision.to_unavailable = random.chance(50);
    decision.reason = reason;
    decision.fills_follow = random.chance(50);
    decision.lines = lines;
    decision.customer = customer;
  }
};

struct TransferShipSample {
  std::string id, reason;
  std::vector<engine::TransferredRow> rows;
  engine::TransferShipDecision decision;

  TransferShipSample(Random& random, std::size_t row_count) : id(random.text(64)), reason(random.text(512)) {
    for (std::size_t row = 0; row < row_count; ++row) {
      rows.push_back({engine::SkuId{random.number<std::uint32_t>()}, random.number<engine::Quantity>(), random.number<engine::Quantity>()});
    }
    const auto source = static_cast<std::uint16_t>(1 + random.below(100));
    decision = {id, random.number<std::uint64_t>(), engine::WarehouseId{source}, engine::WarehouseId{static_cast<std::uint16_t>(source + 1)},
                engine::TimeUs{random.number<std::int64_t>()}, reason, rows};
  }
};

struct TransferReceiptSample {
  std::string command, transfer;
  std::vector<engine::ArrivedRow> rows;
  std::vector<engine::MissingUnits> missing;
  engine::TransferReceiptDecision decision;

  TransferReceiptSample(Random& random, std::size_t row_count) : command(random.text(64)), transfer(random.text(64)) {
    const bool closed = random.chance(50);
    for (std::size_t row = 0; row < row_count; ++row) {
      const auto good = random.number<engine::Quantity>();
      rows.push_back({engine::SkuId{random.number<std::uint32_t>()}, good, static_cast<engine::Quantity>(random.below(9)), good / 2,
                      random.number<engine::Quantity>()});
      if (closed) missing.push_back({engine::SkuId{random.number<std::uint32_t>()}, random.number<engine::Quantity>()});
    }
    decision = {command, transfer, engine::Lsn{random.number<std::uint64_t>()}, random.number<std::uint64_t>(),
                engine::WarehouseId{random.number<std::uint16_t>()}, engine::WarehouseId{random.number<std::uint16_t>()}, closed,
                random.chance(50), rows, missing};
  }
};

struct StrictSample {
  std::string order, customer;
  std::vector<std::string> texts;
  std::vector<std::string_view> orders, customers;
  std::vector<engine::ReceivedRow> freed;
  std::vector<engine::LostUnits> lost;
  engine::StrictDecision decision;

  StrictSample(Random& random, std::uint32_t row_count) : order(random.text(64)), customer(random.text(512)) {
    texts.reserve(2 * (row_count / 2 + 1));  // views into them must stay
    for (std::uint32_t count = 0; row_count != 0 && count < row_count / 2 + 1; ++count) {
      orders.push_back(texts.emplace_back(random.text(64)));
      customers.push_back(texts.emplace_back(random.text(512)));
    }
    for (std::uint32_t row = 0; row < row_count; ++row) {
      const engine::SkuId sku{random.number<std::uint32_t>()};
      const engine::WarehouseId warehouse{random.number<std::uint16_t>()};
      const auto units = random.number<engine::Quantity>();
      freed.push_back({sku, warehouse, 0, units, random.number<engine::Quantity>()});
      lost.push_back({engine::Lsn{random.number<std::uint64_t>()}, static_cast<std::uint32_t>(random.below(orders.size())),
                      engine::LineNumber{random.number<std::uint32_t>()}, units, row, warehouse, random.number<std::uint16_t>(), sku});
    }
    decision = {order, engine::Lsn{random.number<std::uint64_t>()}, engine::LineNumber{random.number<std::uint32_t>()}, random.chance(50),
                random.chance(50), freed, lost, orders, customers, customer};
  }
};

struct LoadSample {
  std::vector<std::string> texts;
  std::vector<engine::LoadedWarehouse> warehouses;
  std::vector<engine::LoadedProduct> products;
  std::vector<engine::ReceivedRow> stock;
  engine::LoadDecision decision;

  LoadSample(Random& random, std::size_t warehouse_count, std::size_t product_count, std::size_t stock_count) {
    texts.reserve(2 * (warehouse_count + product_count));  // views into them must stay
    const auto text = [&](std::size_t longest) { return std::string_view(texts.emplace_back(random.text(longest))); };
    for (std::size_t row = 0; row < warehouse_count; ++row) {
      const std::string_view code = text(64), name = text(200);
      warehouses.push_back({engine::WarehouseId{random.number<std::uint16_t>()}, random.number<std::uint32_t>(), code, name});
    }
    for (std::size_t row = 0; row < product_count; ++row) {
      const std::string_view code = text(64), description = text(512);
      products.push_back({engine::SkuId{random.number<std::uint32_t>()}, code, description});
    }
    stock = ReceiptSample(random, stock_count).rows;
    decision = {random.chance(50), warehouses, products, stock};
  }
};

struct ChangeSample {
  std::string id, reason;
  std::vector<std::string> texts;
  std::vector<engine::ChangedRow> rows;
  std::vector<engine::LostUnits> lost;
  std::vector<std::string_view> orders, customers;
  std::vector<std::uint32_t> of_holds, overdrawn;
  engine::StockChangeDecision decision;

  // As many lines lose units as there are rows, and half as many orders.
  ChangeSample(Random& random, std::size_t row_count) : id(random.text(64)), reason(random.text(512)) {
    texts.reserve(row_count + 2);
    for (std::size_t order = 0; order < row_count / 2 + (row_count != 0 ? 1 : 0); ++order) {
      orders.push_back(texts.emplace_back(random.text(64)));
      customers.push_back(texts.emplace_back(random.chance(50) ? random.text(512) : ""));
    }
    for (std::uint32_t row = 0; row < row_count; ++row) {
      rows.push_back({engine::SkuId{random.number<std::uint32_t>()}, engine::WarehouseId{random.number<std::uint16_t>()}, 0,
                      random.number<std::int32_t>(), random.number<std::int32_t>(), random.number<engine::Quantity>()});
      if (random.chance(30)) {
        rows.back().available_after = 0;
        overdrawn.push_back(row);
      }
      for (std::uint64_t count = random.below(3); count > 0; --count) {
        if (random.chance(40)) of_holds.push_back(static_cast<std::uint32_t>(lost.size()));
        lost.push_back({engine::Lsn{random.number<std::uint64_t>()}, static_cast<std::uint32_t>(random.below(orders.size())),
                        engine::LineNumber{random.number<std::uint32_t>()}, random.number<engine::Quantity>(), row,
                        rows.back().warehouse, random.number<std::uint16_t>(), rows.back().sku});
      }
    }
    decision = {id, random.number<std::uint64_t>(), static_cast<engine::ChangeKind>(random.below(5)), reason, random.chance(50), rows, lost,
                orders, customers, of_holds, overdrawn};
  }
};

}  // namespace earmark::schema::test
