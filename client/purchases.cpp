#include "client/purchases.hpp"

#include <algorithm>

#include "client/refusal.hpp"

namespace earmark::client {

PurchaseFigures figures_of(const OpenPurchase& purchase) {
  PurchaseFigures figures;
  for (const OpenPurchaseLine& line : purchase.lines) {
    figures.ordered += line.quantity;
    figures.received += line.received;
    figures.open += line.open;
    if (line.open == 0 || line.expected_us == 0) continue;
    if (figures.next_arrival_us == 0 || line.expected_us < figures.next_arrival_us) figures.next_arrival_us = line.expected_us;
  }
  return figures;
}

bool is_overdue(const OpenPurchase& purchase, const OpenPurchaseLine& line, std::int64_t now_us) {
  return engine::is_incoming(purchase.state) && line.open != 0 && line.promised_us != 0 && line.promised_us < now_us;
}

Outcome<std::vector<PurchaseArrival>> arrivals_of(const OpenPurchase& purchase, const std::vector<ReceiptRow>& rows) {
  struct Place {
    const OpenPurchaseLine* line;
    std::int64_t open;
  };
  std::vector<Place> places;
  for (const OpenPurchaseLine& line : purchase.lines) {
    if (line.open != 0) places.push_back({&line, line.open});
  }
  std::vector<PurchaseArrival> arrivals;
  for (const ReceiptRow& row : rows) {
    std::int64_t rest = row.quantity;
    Place* last = nullptr;
    for (Place& place : places) {
      if (place.line->sku != row.sku || place.line->warehouse != row.warehouse) continue;
      // The one before takes what it has open; only the last takes more than that.
      if (last != nullptr && rest > 0 && last->open > 0) {
        const std::int64_t units = std::min(rest, last->open);
        arrivals.push_back({last->line->line, units, 0});
        rest -= units, last->open -= units;
      }
      last = &place;
    }
    if (last == nullptr) {
      return refused("unknown_line: purchase order " + on_one_line(purchase.purchase) + " has no open line of " + on_one_line(row.sku) + " for " +
                         on_one_line(row.warehouse) + "; see earmark po show " + on_one_line(purchase.purchase),
                     engine::ErrorCode::unknown_line);
    }
    if (rest == 0 && row.quantity != 0) continue;
    arrivals.push_back({last->line->line, rest, 0});
    if (rest > 0) last->open -= std::min(rest, last->open);
  }
  return arrivals;
}

}  // namespace earmark::client
