// Supply that is late: how late vendors are, when what is overdue is expected, and what is told of it.
#include "tests/model/twin.hpp"

#include <algorithm>

namespace earmark::model {

using engine::Quantity;
using engine::TimeUs;

namespace {

constexpr std::int64_t day_us = 86'400'000'000;

}  // namespace

// What its deliveries with a promise have been late on average.
std::int64_t Twin::lateness(const std::string& vendor) const {
  return lateness_of(state_, vendor);
}

TimeUs Twin::expect(PurchaseLine& line, const std::string& vendor) {
  line.expected = line.promised;
  if (line.promised.value == 0 || line.promised > state_.time) return {};
  line.expected = TimeUs{state_.time.value + lateness(vendor)};
  return line.expected;
}

template <class Named>
std::vector<TimeUs> Twin::estimates(Purchase& purchase, const std::vector<Named>& named) {
  std::vector<TimeUs> all;
  for (const Named& each : named) all.push_back(expect(*std::ranges::find(purchase.lines, each.line, &PurchaseLine::number), purchase.vendor));
  if (std::ranges::all_of(all, [](TimeUs time) { return time.value == 0; })) all.clear();
  return all;
}

template std::vector<TimeUs> Twin::estimates(Purchase& purchase, const std::vector<engine::PurchasedLine>& named);
template std::vector<TimeUs> Twin::estimates(Purchase& purchase, const std::vector<engine::PurchaseChange>& named);

void Twin::note_lateness(const Purchase& purchase, const std::vector<engine::PurchaseArrivedRow>& rows) {
  for (const engine::PurchaseArrivedRow& row : rows) {
    const TimeUs promised = std::ranges::find(purchase.lines, row.line, &PurchaseLine::number)->promised;
    if (promised.value == 0) continue;
    Lateness& of_vendor = state_.lateness[purchase.vendor];
    ++of_vendor.arrivals;
    of_vendor.late_us += std::max<std::int64_t>(0, state_.time.value - promised.value);
  }
}

// All lines of which something should be there by now.
OverdueAnswer Twin::overdue(Purchase& purchase) {
  OverdueAnswer decision{.id = purchase.id, .vendor = purchase.vendor, .lsn = purchase.lsn, .expected = TimeUs{state_.time.value + lateness(purchase.vendor)}};
  for (PurchaseLine& line : purchase.lines) {
    if (line.open() == 0 || !is_past(line.expected, state_.time)) continue;
    line.expected = decision.expected;
    decision.lines.push_back({.promised = line.promised, .line = line.number, .sku = line.sku, .open = static_cast<Quantity>(line.open()), .warehouse = line.warehouse});
  }
  return decision;
}

OverdueAnswer Twin::overdue(Transfer& transfer) {
  OverdueAnswer decision{.transfer = true, .id = transfer.id, .vendor = {}, .lsn = transfer.lsn, .expected = TimeUs{state_.time.value + day_us}};
  for (const engine::SkuId sku : state_.skus_of(transfer)) {
    const auto left = static_cast<Quantity>(transfer.units.at(sku).left());
    if (left > 0) decision.lines.push_back({.promised = transfer.expected, .line = {}, .sku = sku, .open = left, .warehouse = transfer.destination});
  }
  transfer.expected = decision.expected;
  return decision;
}

}  // namespace earmark::model
