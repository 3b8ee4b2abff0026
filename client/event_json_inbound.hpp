// Events about stock that is to come, and about its rules and dates, as JSON; the rest: event_json.cpp, which derives from it.
#pragma once

#include <string_view>

#include "client/catalogue.hpp"
#include "client/event_json.hpp"
#include "engine/decision.hpp"

namespace earmark::client {

class InboundJson {
 public:
  void operator()(const engine::TransferShipDecision& ship);
  void operator()(const engine::TransferReceiptDecision& receipt);
  void operator()(const engine::PurchaseDecision& place);
  void operator()(const engine::PurchaseStepDecision& move);
  void operator()(const engine::PurchaseReceiptDecision& receipt);
  void operator()(const engine::RulesDecision& set);
  void operator()(const engine::ReorderDecision& reorder);
  void operator()(const engine::OverdueDecision& overdue);
  void operator()(const engine::DatesDecision& dates);

 protected:
  InboundJson(Json& out, const Catalogue& catalogue) : out_(out), catalogue_(catalogue) {}

  void add_text(const char* field, std::string_view text);
  void add_time(const char* field, engine::TimeUs time);
  void add_warehouse(Json& to, const char* field, engine::WarehouseId id) const;

  Json& out_;
  const Catalogue& catalogue_;

 private:
  // A line of a purchase order, as it was placed or as a step changed it.
  template <class Line>
  Json purchased(const Line& line, std::span<const engine::TimeUs> estimates, std::size_t index) const;
  Json rule(const engine::RuleSet& rule, std::string_view vendor) const;
};

}  // namespace earmark::client
