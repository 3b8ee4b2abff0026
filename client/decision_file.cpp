#include "client/decision_file.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "client/split.hpp"

namespace earmark::client {
namespace {

// {warehouse: units}, without those that have none.
Json map_of(std::span<const engine::Take> takes, const Catalogue& catalogue) {
  std::map<std::string, std::uint64_t> units;
  for (const engine::Take& take : takes) {
    if (take.quantity != 0) units[catalogue.code(take.warehouse)] += take.quantity;
  }
  return Json(units);
}

class AddDecision {
 public:
  AddDecision(Json& out, const Catalogue& catalogue) : out_(out), catalogue_(catalogue) {}

  void operator()(const engine::VoidDecision&) {}
  void operator()(const engine::LoadDecision&) {}
  void operator()(const engine::StockChangeDecision&) {}  // replays have none
  // Recorded days have no holds.
  void operator()(const engine::HoldDecision&) {}
  void operator()(const engine::HoldExtendDecision&) {}
  void operator()(const engine::HoldEndDecision&) {}
  void operator()(const engine::ShipmentDecision&) {}  // nor steps of shipments
  void operator()(const engine::TransferShipDecision&) {}  // nor transfers
  void operator()(const engine::TransferReceiptDecision&) {}
  void operator()(const engine::PurchaseDecision&) {}  // nor purchase orders
  void operator()(const engine::PurchaseStepDecision&) {}
  void operator()(const engine::PurchaseReceiptDecision&) {}
  // nor rules, and dates are not in the format
  void operator()(const engine::RulesDecision&) {}
  void operator()(const engine::ReorderDecision&) {}
  void operator()(const engine::OverdueDecision&) {}
  void operator()(const engine::DatesDecision&) {}
  void operator()(const engine::StrictDecision&) {}  // its fills stand in the file as ever

  void operator()(const engine::OrderDecision& order) {
    out_["status"] = name(order.status);
    Json& lines = out_["lines"] = Json::array();
    each_line(order, [&](const LineSplit& split) {
      Json line{{"line", split.line.line.value}, {"sku", catalogue_.code(split.line.sku)}, {"qty", split.line.quantity},
                {"reserved", map_of(split.takes, catalogue_)}, {"backordered", split.line.backordered}};
      if (may_cancel(order)) line["cancelled"] = split.cancelled;
      lines.push_back(std::move(line));
    });
  }

  void operator()(const engine::ReceiptDecision& receipt) {
    Json& rows = out_["rows"] = Json::array();
    for (const engine::ReceivedRow& row : receipt.rows) {
      rows.push_back({{"sku", catalogue_.code(row.sku)}, {"warehouse", catalogue_.code(row.warehouse)}, {"qty", row.quantity}});
    }
    out_["filled"] = Json::array();
  }

  void operator()(const engine::CancelDecision& cancel) {
    Json& lines = out_["lines"] = Json::array();
    std::size_t next = 0;
    for (const engine::CancelledLine& line : cancel.lines) {
      lines.push_back({{"line", line.line.value}, {"sku", catalogue_.code(line.sku)}, {"waiting", line.waiting},
                       {"released", map_of(cancel.released.subspan(next, line.releases), catalogue_)},
                       {"excess", line.excess}});
      next += line.releases;
    }
    out_["filled"] = Json::array();
  }

  void operator()(const engine::AmendDecision&) {}  // not in the replay format

  void operator()(const engine::ShipDecision& ship) {
    Json& lines = out_["lines"] = Json::array();
    std::size_t next = 0;
    for (const engine::ShippedLine& line : ship.lines) {
      lines.push_back({{"line", line.line.value}, {"sku", catalogue_.code(line.sku)},
                       {"shipped", map_of(ship.shipped.subspan(next, line.ships), catalogue_)}});
      next += line.ships;
    }
  }

  void operator()(const engine::FillDecision& fill) {
    out_["filled"].push_back({{"order", fill.order_id}, {"line", fill.line.value}, {"sku", catalogue_.code(fill.sku)},
                              {"taken", map_of(fill.takes, catalogue_)}, {"still_waiting", fill.still_waiting}});
  }

 private:
  Json& out_;
  const Catalogue& catalogue_;
};

}  // namespace

DecisionLine::DecisionLine(const ReplayEvent& event)
    : json_{{"seq", event.seq}, {"time", event.time}, {"type", event.type}, {"id", event.id}} {}

void DecisionLine::add(const schema::Decision& decision, const Catalogue& catalogue) {
  std::visit(AddDecision(json_, catalogue), decision);
}

void DecisionLine::refuse(std::string_view error) {
  json_.erase("status"), json_.erase("lines"), json_.erase("rows"), json_.erase("filled");
  json_["error"] = error;
}

std::vector<Json> stock_lines(std::vector<std::string> skus, std::span<const schema::StockLevel> levels,
                              const Catalogue& catalogue) {
  std::map<std::pair<engine::SkuId, engine::WarehouseId>, const schema::StockLevel*> cells;
  for (const schema::StockLevel& level : levels) cells[{level.sku, level.warehouse}] = &level;
  std::vector<std::string> warehouses;
  for (const WarehouseInfo& warehouse : catalogue.warehouses()) warehouses.push_back(warehouse.code);
  std::sort(skus.begin(), skus.end());
  std::sort(warehouses.begin(), warehouses.end());
  std::vector<Json> lines;
  for (const std::string& sku : skus) {
    for (const std::string& warehouse : warehouses) {
      const auto found = cells.find({catalogue.sku(sku), catalogue.warehouse(warehouse)});
      const schema::StockLevel level = found == cells.end() ? schema::StockLevel{} : *found->second;
      lines.push_back({{"type", "stock"}, {"sku", sku}, {"warehouse", warehouse}, {"on_hand", level.on_hand},
                       {"reserved", level.reserved}, {"available", level.available}});
    }
  }
  return lines;
}

std::vector<Json> queue_lines(const schema::BackordersAnswer& waiting, const Catalogue& catalogue) {
  std::map<std::string, Json> queues;
  for (const schema::WaitingLine& line : waiting.lines) {
    Json& queue = queues.try_emplace(catalogue.code(line.sku), Json::array()).first->second;
    queue.push_back({{"order", waiting.orders[line.order]}, {"line", line.line.value}, {"qty", line.quantity}});
  }
  std::vector<Json> lines;
  for (auto& [sku, queue] : queues) lines.push_back({{"type", "queue"}, {"sku", sku}, {"waiting", std::move(queue)}});
  return lines;
}

}  // namespace earmark::client
