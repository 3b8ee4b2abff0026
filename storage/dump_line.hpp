// One line of a dump (storage/dump.hpp) in the making: a write() for each kind of record, then finish(). Values of one thread.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/dump.hpp"

namespace earmark::storage {

class DumpLine {
 public:
  using Json = nlohmann::json;  // sorts its keys

  explicit DumpLine(const Dump& dump) : dump_(dump) {}

  void write(const engine::VoidDecision& decision);
  void write(const engine::OrderDecision& decision);
  void write(const engine::ReceiptDecision& decision);
  void write(const engine::FillDecision& decision);
  void write(const engine::CancelDecision& decision);
  void write(const engine::ShipDecision& decision);
  void write(const engine::AmendDecision& decision);
  void write(const engine::LoadDecision& decision);
  void write(const engine::StockChangeDecision& decision);
  void write(const engine::HoldDecision& decision);
  void write(const engine::HoldExtendDecision& decision);
  void write(const engine::HoldEndDecision& decision);
  void write(const engine::ShipmentDecision& decision);
  void write(const engine::TransferShipDecision& decision);
  void write(const engine::TransferReceiptDecision& decision);
  void write(const engine::StrictDecision& decision);
  void write(const engine::PurchaseDecision& decision);
  void write(const engine::PurchaseStepDecision& decision);
  void write(const engine::PurchaseReceiptDecision& decision);
  void write(const engine::RulesDecision& decision);
  void write(const engine::ReorderDecision& decision);
  void write(const engine::OverdueDecision& decision);
  void write(const engine::DatesDecision& decision);
  std::string finish(const engine::Stamp& stamp);

 private:
  void skipped(const engine::Skip& skip);
  std::string sku(engine::SkuId id) const { return dump_.sku(id); }
  std::string warehouse(engine::WarehouseId id) const { return dump_.warehouse(id); }
  void touch(engine::SkuId sku, engine::WarehouseId warehouse, engine::Quantity available);
  void add(Json& map, engine::SkuId sku, const engine::Take& take);
  Json take_all(engine::SkuId sku, std::span<const engine::Take> takes);
  Json lines(std::span<const engine::LineDecision> decided, std::span<const engine::Take> takes, bool cancelled, bool waits);
  Json rows(std::span<const engine::ReceivedRow> received, const char* quantity);
  Json taken_back(std::span<const engine::CancelledLine> lines, std::span<const engine::Take> released);

  struct Touched {
    engine::SkuId sku;
    engine::WarehouseId warehouse;
    engine::Quantity available;
  };
  const Dump& dump_;
  Json out_ = Json::object();
  std::vector<Touched> touched_;
  std::vector<std::pair<std::uint64_t, std::size_t>> index_;  // cell to its place in touched_, sorted
};

// As a record and a base show them: what is not known or not set is left out.
DumpLine::Json shown_vendor(std::string_view code, std::string_view name, std::int32_t lead_days, std::int16_t cut_off);
DumpLine::Json shown_source(const std::string& sku, std::string_view vendor, std::int32_t lead_days);
DumpLine::Json shown_rule(const Dump& dump, const engine::RuleSet& rule, std::string_view vendor);

}  // namespace earmark::storage
