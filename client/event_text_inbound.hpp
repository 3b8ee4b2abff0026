// Events about stock that is to come, and about its rules and dates, in words; the rest: event_text.cpp, which derives from it.
#pragma once

#include <string>

#include "client/catalogue.hpp"
#include "engine/decision.hpp"

namespace earmark::client {

inline std::string number_text(engine::LineNumber line) { return std::to_string(line.value); }

class InboundText {
 public:
  std::string operator()(const engine::TransferShipDecision& ship) const;
  std::string operator()(const engine::TransferReceiptDecision& receipt) const;
  std::string operator()(const engine::PurchaseDecision& place) const;
  std::string operator()(const engine::PurchaseStepDecision& move) const;
  std::string operator()(const engine::PurchaseReceiptDecision& receipt) const;
  std::string operator()(const engine::RulesDecision& set) const;
  std::string operator()(const engine::ReorderDecision& reorder) const;
  std::string operator()(const engine::OverdueDecision& overdue) const;
  std::string operator()(const engine::DatesDecision& dates) const;

 protected:
  InboundText(const Catalogue& catalogue, std::string decision) : catalogue_(catalogue), decision_(std::move(decision)) {}

  const Catalogue& catalogue_;
  const std::string decision_;  // "decision 12"
};

}  // namespace earmark::client
