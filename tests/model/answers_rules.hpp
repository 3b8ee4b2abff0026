// What the twin answers and tells about reorder rules; see answers.hpp.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/decision.hpp"

namespace earmark::model {

struct RulesAnswer {
  std::vector<engine::VendorSet> vendors{};  // their text is in `texts`, shared by copies
  std::vector<engine::SourceSet> sources{};
  std::vector<engine::RuleSet> rules{};
  std::shared_ptr<std::deque<std::string>> texts;

  engine::RulesDecision view() const { return {vendors, sources, rules}; }
};

struct ReorderAnswer {
  engine::SkuId sku{};
  engine::WarehouseId warehouse{};
  engine::RuleMode mode = engine::RuleMode::alert;
  bool pooled = false, cleared = false;
  engine::Quantity point = 0;
  std::int64_t available = 0, incoming = 0;
  std::uint64_t waiting = 0;
  engine::Quantity quantity = 0;
  std::string vendor{}, purchase{};
  engine::Lsn purchase_lsn{};
  engine::LineNumber line{};
  engine::Quantity line_quantity = 0;
  engine::TimeUs promised{};
  engine::PurchaseState state = engine::PurchaseState::suggested;
  engine::TimeUs closes{};

  engine::ReorderDecision view() const;
};

std::string describe(const engine::Stamp& stamp, const engine::RulesDecision& decision);
std::string describe(const engine::Stamp& stamp, const engine::ReorderDecision& decision);

}  // namespace earmark::model
