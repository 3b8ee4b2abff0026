// The offline state out of a state store: what the trimmed part of a journal amounts to.
#include "storage/offline_state.hpp"

namespace earmark::storage {

using engine::IdSpace;
using engine::Lsn;

class OfflineState::BaseReader final : public StateVisitor {
 public:
  explicit BaseReader(OfflineState& state) : state_(state) {}

  void begin(const StateSummary& summary) override {
    state_.last_ = summary.applied;
    state_.oldest_known_ = summary.oldest_known;
    state_.archived_ = summary.archived;
  }
  void catalogue(const engine::LoadDecision& part) override { state_.learn(part.products); }
  void cell(const engine::CellImage& cell) override {
    state_.cells_[{cell.sku, cell.warehouse}] = {cell.on_hand, engine::signed_level(cell.level), cell.unavailable, cell.held};
  }
  void open_order(const engine::OrderImage& image) override;
  void open_hold(const engine::HoldImage& image) override;
  void open_transfer(const engine::TransferImage& image) override;
  void open_purchase(const engine::PurchaseImage& image) override;
  void vendor(const engine::VendorImage& image) override {
    state_.vendors_[std::string(image.code)] = {std::string(image.name), image.lead_days, image.cut_off, image.listed, image.arrivals, image.late_us};
  }
  void source(const engine::SourceImage& image) override { state_.sources_[{image.sku, std::string(image.vendor)}] = image.lead_days; }
  void rule(const engine::RuleImage& image) override {
    state_.rules_[{image.rule.sku, image.rule.warehouse}] = {image.rule, std::string(image.vendor), image.triggered, image.purchase};
  }
  void known(const engine::KnownImage& known) override;

 private:
  OfflineState& state_;
};

void OfflineState::BaseReader::open_order(const engine::OrderImage& image) {
  const engine::Identity identity = engine::identify(IdSpace::order, image.id);
  Order& order = state_.orders_[image.lsn];
  order = {identity, image.status, image.policy, image.priority, image.preferred, {}, image.next_shipment, {}, image.not_due, image.patience, image.has_skipped};
  engine::for_each_shipment(image.shipments, [&](const engine::ShipmentImage& each) {
    Shipment& shipment = order.shipments[each.number];
    shipment = {each.state, each.revision, {}, each.stepped};
    for (const engine::ReturnedUnits& row : each.returned) shipment.returned[row.line_index] = row.units;
  });
  std::size_t next = 0;
  for (const engine::LineImage& line : image.lines) {
    Line& made = order.lines.emplace_back(Line{line.line, line.sku, line.quantity, line.waiting, line.pinned, image.own_policy(order.lines.size()),
                                                image.patience_of_line(order.lines.size()), {}});
    for (const engine::AllocationImage& each : image.allocations.subspan(next, line.allocations)) {
      made.allocations[{each.warehouse, each.shipment}] = {each.reserved, each.shipped};
    }
    next += line.allocations;
  }
  engine::for_each_raise(image.raises, [&](const engine::RaiseImage& raise) { order.lines[raise.line_index].raised[raise.sequence] = raise.waiting; });
  for (const engine::PromiseImage& promise : image.promises) {
    order.lines[promise.line_index].first = promise.first;
    order.lines[promise.line_index].told = promise.told;
  }
  known({IdSpace::order, identity, image.content, image.lsn, {}, {}});
}

void OfflineState::BaseReader::open_hold(const engine::HoldImage& image) {
  Hold& hold = state_.holds_[image.lsn];
  hold = {engine::identify(IdSpace::hold, image.id), image.deadline, {}};
  std::size_t next = 0;
  for (const engine::LineImage& line : image.lines) {
    Line& made = hold.lines.emplace_back(Line{line.line, line.sku, line.quantity, line.waiting, line.pinned, {}, 0, {}});
    for (const engine::AllocationImage& each : image.allocations.subspan(next, line.allocations)) {
      made.allocations[{each.warehouse, each.shipment}] = {each.reserved, 0};
    }
    next += line.allocations;
  }
  known({IdSpace::hold, hold.identity, image.content, image.lsn, {}, {}});
}

void OfflineState::BaseReader::open_transfer(const engine::TransferImage& image) {
  Transfer& transfer = state_.transfers_[image.lsn];
  transfer = {engine::identify(IdSpace::transfer, image.id), image.source, image.destination, image.expected, {}};
  for (const engine::TransferLine& line : image.lines) transfer.skus[line.sku] = {line.shipped, line.received};
  known({IdSpace::transfer, transfer.identity, image.content, image.lsn, {}, {}});
}

void OfflineState::BaseReader::open_purchase(const engine::PurchaseImage& image) {
  Purchase& purchase = state_.purchases_[image.lsn];
  purchase = {engine::identify(IdSpace::purchase, image.id), image.state, {image.lines.begin(), image.lines.end()}, {},
              std::string(image.id), std::string(image.vendor), image.closes, image.automatic};
  for (std::size_t index = 0; index < image.lines.size(); ++index) purchase.by_number[image.lines[index].line] = index;
  known({IdSpace::purchase, purchase.identity, image.content, image.lsn, {}, {}});
}

void OfflineState::BaseReader::known(const engine::KnownImage& known) {
  const IdKey key{known.space, {known.identity.low, known.identity.high}};
  state_.known_[key] = {known.content, known.lsn, known.closed, known.ended};
  if (known.lsn >= state_.oldest_known_) state_.ids_[known.lsn] = key;
  else if (known.closed.value != 0) state_.closed_known_[known.closed] = key;
}

Outcome<void> OfflineState::begin(const StateStore& base) {
  BaseReader reader(*this);
  return base.read(reader);
}

}  // namespace earmark::storage
