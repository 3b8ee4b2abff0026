#include "client/ids_in_event.hpp"

namespace earmark::client {
namespace {

class Collector {
 public:
  explicit Collector(IdsInEvent& ids) : ids_(ids) {}

  void operator()(const engine::VoidDecision&) {}
  void operator()(const engine::OrderDecision& order) {
    for (const auto& line : order.lines) {
      ids_.skus.push_back(line.sku);
      if (line.taken != 0) add(line.warehouse);
      if (line.pinned != engine::no_such_warehouse) add(line.pinned);
    }
    add(order.takes);
    if (order.preferred != engine::no_such_warehouse) add(order.preferred);
    add(order.returned);
  }
  void operator()(const engine::HoldDecision& hold) {
    for (const auto& line : hold.lines) {
      ids_.skus.push_back(line.sku);
      if (line.taken != 0) add(line.warehouse);
      if (line.pinned != engine::no_such_warehouse) add(line.pinned);
    }
    add(hold.takes);
  }
  void operator()(const engine::HoldExtendDecision&) {}
  void operator()(const engine::HoldEndDecision& end) {
    for (const auto& line : end.lines) ids_.skus.push_back(line.sku);
    add(end.released);
  }
  void operator()(const engine::ReceiptDecision& receipt) { add(receipt.rows); }
  void operator()(const engine::FillDecision& fill) {
    ids_.skus.push_back(fill.sku);
    add(fill.takes);
  }
  void operator()(const engine::CancelDecision& cancel) {
    for (const auto& line : cancel.lines) ids_.skus.push_back(line.sku);
    add(cancel.released);
  }
  void operator()(const engine::AmendDecision& amend) {
    for (const auto& line : amend.lines) ids_.skus.push_back(line.sku);
    for (const auto& line : amend.raised) ids_.skus.push_back(line.sku);
    add(amend.released);
  }
  void operator()(const engine::ShipDecision& ship) {
    for (const auto& line : ship.lines) ids_.skus.push_back(line.sku);
    add(ship.shipped);
  }
  void operator()(const engine::ShipmentDecision& move) {
    for (const auto& line : move.lines) ids_.skus.push_back(line.sku);
    add(move.warehouse);
  }
  void operator()(const engine::TransferShipDecision& ship) {
    for (const auto& row : ship.rows) ids_.skus.push_back(row.sku);
    add(ship.source), add(ship.destination);
  }
  void operator()(const engine::TransferReceiptDecision& receipt) {
    for (const auto& row : receipt.rows) ids_.skus.push_back(row.sku);
    for (const auto& each : receipt.missing) ids_.skus.push_back(each.sku);
    add(receipt.source), add(receipt.destination);
  }
  void operator()(const engine::PurchaseDecision& place) { add_cells(place.lines); }
  void operator()(const engine::PurchaseStepDecision& move) { add_cells(move.changes); }
  void operator()(const engine::PurchaseReceiptDecision& receipt) { add_cells(receipt.rows); }
  void operator()(const engine::RulesDecision& set) {
    for (const auto& source : set.sources) ids_.skus.push_back(source.sku);
    add_cells(set.rules);
  }
  void operator()(const engine::ReorderDecision& reorder) {
    ids_.skus.push_back(reorder.sku);
    add(reorder.warehouse);
  }
  void operator()(const engine::OverdueDecision& overdue) { add_cells(overdue.lines); }
  void operator()(const engine::DatesDecision& dates) {
    for (const auto& line : dates.lines) ids_.skus.push_back(line.sku);
  }
  void operator()(const engine::StrictDecision& strict) { add(strict.freed); }
  void operator()(const engine::LoadDecision& load) { add(load.stock); }
  void operator()(const engine::StockChangeDecision& change) { add_cells(change.rows); }  // what was lost is in its rows' cells

 private:
  void add(engine::WarehouseId id) {
    if (id.value != 0) ids_.warehouses.push_back(id);
  }
  void add(std::span<const engine::Take> takes) {
    for (const engine::Take& take : takes) add(take.warehouse);
  }
  void add(std::span<const engine::ReceivedRow> rows) { add_cells(rows); }
  template <class Row>
  void add_cells(std::span<const Row> rows) {
    for (const Row& row : rows) {
      ids_.skus.push_back(row.sku);
      add(row.warehouse);
    }
  }

  IdsInEvent& ids_;
};

}  // namespace

void IdsInEvent::collect(const schema::Decision& decision) {
  skus.clear();
  warehouses.clear();
  std::visit(Collector(*this), decision);
}

}  // namespace earmark::client
