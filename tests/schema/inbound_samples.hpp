// Random decisions about what is inbound that own their rows and texts.
#pragma once

#include "engine/decision.hpp"
#include "engine/limits.hpp"
#include "tests/schema/support.hpp"

namespace earmark::schema::test {

// Later than promised; often none, and none where nothing was promised.
inline engine::TimeUs random_estimate(Random& random, engine::TimeUs promised) {
  if (promised.value == 0 || random.chance(50)) return {};
  const engine::TimeUs later{promised.value + static_cast<std::int64_t>(1 + random.below(1'000'000))};
  return later;
}

struct PurchaseSample {
  std::string id, vendor, reference, notes;
  std::vector<std::string> texts;
  std::vector<engine::PurchasedLine> lines;
  std::vector<engine::PurchasePeg> pegs;
  std::vector<std::string_view> peg_orders;
  std::vector<engine::TimeUs> estimates;
  engine::PurchaseDecision decision;

  PurchaseSample(Random& random, std::size_t line_count) : id(random.text(64)), vendor(random.text(64)), reference(random.text(512)), notes(random.text(512)) {
    const bool late = random.chance(50);
    texts.reserve(line_count);  // views into them must stay
    for (std::uint32_t index = 0; index < line_count; ++index) {
      lines.push_back({engine::TimeUs{random.number<std::int32_t>()}, engine::LineNumber{random.number<std::uint32_t>()},
                       engine::SkuId{random.number<std::uint32_t>()}, random.number<engine::Quantity>(), engine::WarehouseId{random.number<std::uint16_t>()}});
      if (late) estimates.push_back(random_estimate(random, lines.back().promised));
      if (!random.chance(40)) continue;
      if (peg_orders.empty() || random.chance(50)) peg_orders.push_back(texts.emplace_back(random.text(64)));
      pegs.push_back({engine::Lsn{1 + random.below(1'000'000)}, index, static_cast<std::uint32_t>(random.below(peg_orders.size())),
                      engine::LineNumber{random.number<std::uint32_t>()}});
    }
    decision = {id, random.number<std::uint64_t>(), vendor, reference, notes, static_cast<engine::PurchaseState>(1 + random.below(3)), lines,
                pegs, peg_orders, estimates};
  }
};

struct PurchaseStepSample {
  std::string command, purchase, vendor, reference;
  std::vector<engine::PurchaseChange> changes;
  std::vector<engine::TimeUs> estimates;
  engine::PurchaseStepDecision decision;

  PurchaseStepSample(Random& random, std::size_t change_count)
      : command("c" + random.text(63)), purchase(random.text(64)), vendor(random.text(64)), reference(random.text(512)) {
    const bool late = random.chance(50);
    for (std::size_t index = 0; index < change_count; ++index) {
      changes.push_back({engine::TimeUs{random.number<std::int32_t>()}, engine::LineNumber{random.number<std::uint32_t>()},
                         engine::SkuId{random.number<std::uint32_t>()}, random.number<engine::Quantity>(), random.number<std::int32_t>(),
                         engine::WarehouseId{random.number<std::uint16_t>()}});
      if (late) estimates.push_back(random_estimate(random, changes.back().promised));
    }
    const auto step = static_cast<engine::PurchaseStep>(1 + random.below(6));
    const bool adopted = step == engine::PurchaseStep::adopt;
    decision = {command, purchase, engine::Lsn{random.number<std::uint64_t>()}, random.number<std::uint64_t>(), vendor, step,
                adopted ? engine::PurchaseState::draft : static_cast<engine::PurchaseState>(2 + random.below(7)), reference, changes, estimates};
  }
};

struct PurchaseReceiptSample {
  std::string id, purchase, vendor;
  std::vector<engine::PurchaseArrivedRow> rows;
  engine::PurchaseReceiptDecision decision;

  PurchaseReceiptSample(Random& random, std::size_t row_count) : id(random.text(64)), purchase(random.text(64)), vendor(random.text(64)) {
    for (std::size_t row = 0; row < row_count; ++row) {
      const auto good = random.number<engine::Quantity>();
      rows.push_back({engine::LineNumber{random.number<std::uint32_t>()}, engine::SkuId{random.number<std::uint32_t>()}, good,
                      static_cast<engine::Quantity>(random.below(9)), good / 2, random.number<engine::Quantity>(),
                      engine::WarehouseId{random.number<std::uint16_t>()}});
    }
    decision = {id, purchase, engine::Lsn{random.number<std::uint64_t>()}, random.number<std::uint64_t>(), vendor,
                random.chance(50) ? engine::PurchaseState::received : engine::PurchaseState::partly_received, random.chance(50), rows};
  }
};

struct RulesSample {
  std::vector<std::string> texts;
  std::vector<engine::VendorSet> vendors;
  std::vector<engine::SourceSet> sources;
  std::vector<engine::RuleSet> rules;
  engine::RulesDecision decision;

  // As many of each.
  RulesSample(Random& random, std::size_t count) {
    texts.reserve(2 * count);  // views into them must stay
    const auto days = [&] { return static_cast<std::int32_t>(random.below(std::uint64_t{engine::max_lead_days} + 2)) - 1; };
    for (std::size_t index = 0; index < count; ++index) {
      const std::string_view code = texts.emplace_back("v" + random.text(63)), name = texts.emplace_back(random.text(512));
      vendors.push_back({code, name, days(), static_cast<std::int16_t>(static_cast<int>(random.below(1441)) - 1)});
      sources.push_back({engine::SkuId{random.number<std::uint32_t>()}, static_cast<std::uint32_t>(1 + random.below(count)), days()});
      engine::RuleSet rule;
      rule.snoozed_until = engine::TimeUs{random.number<std::int64_t>()};
      rule.sku = engine::SkuId{random.number<std::uint32_t>()};
      rule.vendor = static_cast<std::uint32_t>(random.below(count + 1));
      rule.point = random.number<engine::Quantity>(), rule.quantity = random.number<engine::Quantity>();
      rule.minimum = random.number<engine::Quantity>(), rule.multiple = random.number<engine::Quantity>();
      rule.maximum = random.number<engine::Quantity>();
      rule.lead_days = days();
      rule.warehouse = engine::WarehouseId{random.number<std::uint16_t>()};
      rule.kind = static_cast<engine::RuleKind>(1 + random.below(3));
      rule.mode = static_cast<engine::RuleMode>(random.below(4));
      rule.pooled = static_cast<std::uint8_t>(random.below(2));
      rules.push_back(rule);
    }
    decision = {vendors, sources, rules};
  }
};

struct ReorderSample {
  std::string vendor, purchase;
  engine::ReorderDecision decision;

  explicit ReorderSample(Random& random) : vendor("v" + random.text(63)), purchase("reorder-" + random.text(50)) {
    decision.sku = engine::SkuId{random.number<std::uint32_t>()};
    decision.warehouse = engine::WarehouseId{random.number<std::uint16_t>()};
    decision.mode = random.chance(50) ? engine::RuleMode::suggest : engine::RuleMode::auto_po;
    decision.pooled = random.chance(50);
    decision.point = random.number<engine::Quantity>();
    decision.available = random.number<std::int32_t>(), decision.incoming = random.number<std::uint32_t>();
    decision.waiting = random.number<std::uint32_t>();
    decision.cleared = random.chance(20);
    if (decision.cleared) return;
    decision.quantity = static_cast<engine::Quantity>(1 + random.below(1'000'000));
    decision.vendor = vendor;
    decision.purchase = purchase;
    decision.purchase_lsn = engine::Lsn{random.chance(50) ? 0 : random.number<std::uint64_t>()};
    decision.line = engine::LineNumber{random.number<std::uint32_t>()};
    decision.line_quantity = decision.quantity + static_cast<engine::Quantity>(decision.purchase_lsn.value == 0 ? 0 : random.below(9));
    decision.promised = engine::TimeUs{random.number<std::int64_t>()};
    decision.state = random.chance(50) ? engine::PurchaseState::suggested : engine::PurchaseState::approved;
    decision.closes = engine::TimeUs{random.number<std::int64_t>()};
  }
};

struct OverdueSample {
  std::string id, vendor;
  std::vector<engine::OverdueLine> lines;
  engine::OverdueDecision decision;

  OverdueSample(Random& random, std::size_t line_count) : id(random.text(64)), vendor(random.text(64)) {
    const bool transfer = random.chance(30);
    for (std::size_t index = 0; index < line_count; ++index) {
      lines.push_back({engine::TimeUs{random.number<std::int32_t>()}, engine::LineNumber{transfer ? 0 : random.number<std::uint32_t>()},
                       engine::SkuId{random.number<std::uint32_t>()}, static_cast<engine::Quantity>(1 + random.below(1'000'000)),
                       engine::WarehouseId{random.number<std::uint16_t>()}});
    }
    decision = {transfer, id, engine::Lsn{random.number<std::uint64_t>()}, transfer ? std::string_view() : vendor,
                engine::TimeUs{std::int64_t{1} << 40}, lines};
  }
};

struct DatesSample {
  std::vector<std::string> texts;
  std::vector<std::string_view> orders, customers;
  std::vector<engine::MovedDate> lines;
  engine::DatesDecision decision;

  DatesSample(Random& random, std::size_t line_count) {
    texts.reserve(2 * line_count);  // views into them must stay
    for (std::size_t order = 0; order < (line_count + 1) / 2; ++order) {
      orders.push_back(texts.emplace_back(random.text(64)));
      customers.push_back(texts.emplace_back(random.text(512)));
    }
    const engine::SkuId sku{random.number<std::uint32_t>()};
    for (std::size_t index = 0; index < line_count; ++index) {
      const engine::TimeUs before{random.chance(30) ? 0 : random.number<std::int32_t>()};
      lines.push_back({before, engine::TimeUs{before.value + 1}, engine::Lsn{random.number<std::uint64_t>()},
                       static_cast<std::uint32_t>(random.below(orders.size())), engine::LineNumber{random.number<std::uint32_t>()}, sku,
                       static_cast<engine::Quantity>(1 + random.below(1'000'000))});
    }
    decision = {lines, orders, customers};
  }
};

}  // namespace earmark::schema::test
