#include "client/commands/supply.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "client/commands/ask.hpp"
#include "client/commands/journal.hpp"
#include "client/describe.hpp"
#include "client/reckoning.hpp"

namespace earmark::client {
namespace {

using documents::Benefit;

constexpr std::size_t most_skus_one_by_one = 64;

// Orders as documents name them, each asked for once.
class Orders {
 public:
  explicit Orders(Client& client) : client_(client) {}

  // An order that the server knows no longer is told by its id alone.
  Outcome<void> tell(Benefit& benefit) {
    auto found = orders_.find(benefit.order);
    if (found == orders_.end()) {
      auto state = ask<OrderState>(client_, ShowQuestion{benefit.order});
      if (!state && state.error().kind != FailureKind::refused) return Unexpected{state.error()};
      found = orders_.emplace(benefit.order, state ? std::move(*state) : OrderState{}).first;
    }
    const OrderState& order = found->second;
    benefit.customer = order.customer, benefit.reference = order.reference, benefit.notes = order.notes;
    benefit.lsn = order.lsn, benefit.time_us = order.time_us;
    return {};
  }

 private:
  Client& client_;
  std::map<std::string, OrderState> orders_;
};

// Everything that is to come of one SKU. `own` is the position of each line of the purchase order that is asked about.
struct SkuSupply {
  std::vector<Supply> supply;
  std::map<std::size_t, std::uint32_t> own;
};

void add_purchase(std::map<std::string, SkuSupply>& skus, const OpenPurchase& purchase, bool own) {
  if (!own && !engine::is_incoming(purchase.state)) return;
  for (std::uint32_t index = 0; index < purchase.lines.size(); ++index) {
    const OpenPurchaseLine& line = purchase.lines[index];
    const auto sku = skus.find(line.sku);
    if (sku == skus.end() || line.open == 0 || (!own && line.expected_us == 0)) continue;
    if (own) sku->second.own.emplace(sku->second.supply.size(), line.line);
    sku->second.supply.push_back({purchase.lsn, index, line.warehouse, line.open, line.expected_us, line.pegged ? line.peg_order : "", line.peg_line});
  }
}

void add_transfers(std::map<std::string, SkuSupply>& skus, const TransfersAnswer& answer) {
  for (const OpenTransfer& transfer : answer.transfers) {
    for (std::uint32_t index = 0; transfer.expected_us != 0 && index < transfer.lines.size(); ++index) {
      const OpenTransferLine& line = transfer.lines[index];
      const auto sku = skus.find(line.sku);
      if (sku == skus.end() || line.in_transit == 0) continue;
      sku->second.supply.push_back({transfer.lsn, index, transfer.destination, line.in_transit, transfer.expected_us, {}, 0});
    }
  }
}

// Who waits, by SKU.
Outcome<std::map<std::string, std::vector<Backorder>>> ask_queues(Client& client, const std::map<std::string, SkuSupply>& skus) {
  std::map<std::string, std::vector<Backorder>> queues;
  std::vector<std::string> questions;
  for (const auto& [sku, supply] : skus) questions.push_back(sku);
  if (questions.size() > most_skus_one_by_one) questions = {""};
  for (const std::string& sku : questions) {
    auto answer = ask<BackordersAnswer>(client, BackordersQuestion{sku, {}});
    if (!answer) return Unexpected{answer.error()};
    for (Backorder& each : answer->lines) {
      if (skus.contains(each.sku)) queues[each.sku].push_back(std::move(each));
    }
  }
  return queues;
}

Outcome<std::map<std::string, std::map<std::string, std::uint64_t>>> ask_available(Client& client, const std::map<std::string, std::vector<Backorder>>& queues) {
  std::map<std::string, std::map<std::string, std::uint64_t>> available;
  StockQuestion question;
  for (const auto& [sku, queue] : queues) question.skus.push_back(sku);
  if (question.skus.empty()) return available;
  const auto stock = ask<StockAnswer>(client, question);
  if (!stock) return Unexpected{stock.error()};
  for (const StockRow& row : stock->rows) available[row.sku][row.warehouse] = row.available;
  return available;
}

// Lines in the order of the purchase order.
Outcome<std::vector<Benefit>> benefits_of(Client& client, const OpenPurchase& purchase, const PurchasesAnswer& all) {
  std::map<std::string, SkuSupply> skus;
  for (const OpenPurchaseLine& line : purchase.lines) {
    if (line.open != 0) skus[line.sku];
  }
  for (const OpenPurchase& each : all.purchases) add_purchase(skus, each, each.lsn == purchase.lsn);
  const auto transfers = ask<TransfersAnswer>(client, TransfersQuestion{});
  if (!transfers) return Unexpected{transfers.error()};
  add_transfers(skus, *transfers);
  const auto queues = ask_queues(client, skus);
  if (!queues) return Unexpected{queues.error()};
  const auto available = ask_available(client, *queues);
  if (!available) return Unexpected{available.error()};
  std::vector<Benefit> benefits;
  Orders orders(client);
  for (const auto& [sku, queue] : *queues) {
    const SkuSupply& of_sku = skus.at(sku);
    const auto there = available->find(sku);
    const auto shares = shares_of(of_sku.supply, queue, there == available->end() ? std::map<std::string, std::uint64_t>{} : there->second);
    for (const auto& [place, line] : of_sku.own) {
      for (const Share& share : shares[place]) {
        const Backorder& waiting = queue[share.waiting];
        benefits.push_back({line, sku, of_sku.supply[place].warehouse, share.units, waiting.order, {}, {}, {}, waiting.line, 0, 0, share.pegged});
        if (auto done = orders.tell(benefits.back()); !done) return Unexpected{done.error()};
      }
    }
  }
  std::ranges::stable_sort(benefits, {}, [&](const Benefit& each) {
    return std::ranges::find(purchase.lines, each.delivered_line, &OpenPurchaseLine::line) - purchase.lines.begin();
  });
  return benefits;
}

// What was open of the purchase order's lines before the receipt, out of the journal; nothing where that is not kept any more.
class OpenBefore {
 public:
  explicit OpenBefore(const ReceivePurchaseAnswer& receipt) : receipt_(receipt) {}

  void see(const schema::Event& event) {
    lsn_ = event.stamp.lsn;
    if (lsn_.value < receipt_.lsn) std::visit([this](const auto& decision) { add(decision); }, event.decision);
  }
  std::map<std::uint32_t, std::uint64_t> lines() const {
    std::map<std::uint32_t, std::uint64_t> open;
    for (const auto& [line, ordered] : ordered_) {
      const auto received = received_.find(line);
      const std::uint64_t came = received == received_.end() ? 0 : received->second;
      open.emplace(line, ordered > came ? ordered - came : 0);
    }
    return open;
  }

 private:
  bool is_it(engine::Lsn lsn) const { return lsn.value == receipt_.purchase_lsn; }
  template <class Other>
  void add(const Other&) {}
  void add(const engine::PurchaseDecision& place) {
    for (const engine::PurchasedLine& line : place.lines) {
      if (is_it(lsn_)) ordered_[line.line.value] = line.quantity;
    }
  }
  void add(const engine::ReorderDecision& reorder) {
    const engine::Lsn purchase = reorder.purchase_lsn.value == 0 ? lsn_ : reorder.purchase_lsn;
    if (reorder.quantity != 0 && is_it(purchase)) ordered_[reorder.line.value] = reorder.line_quantity;
  }
  void add(const engine::PurchaseStepDecision& move) {
    for (const engine::PurchaseChange& change : move.changes) {
      if (is_it(move.purchase_lsn)) ordered_[change.line.value] = change.quantity;
    }
  }
  void add(const engine::PurchaseReceiptDecision& receipt) {
    for (const engine::PurchaseArrivedRow& row : receipt.rows) {
      if (is_it(receipt.purchase_lsn)) received_[row.line.value] += std::uint64_t{row.quantity} + row.damaged;
    }
  }

  const ReceivePurchaseAnswer& receipt_;
  engine::Lsn lsn_{};
  std::map<std::uint32_t, std::uint64_t> ordered_, received_;
};

Outcome<std::map<std::uint32_t, std::uint64_t>> open_before(const Globals& globals, const ReceivePurchaseAnswer& receipt) {
  using schema::EventKind;
  OpenBefore open(receipt);
  StreamFilter filter;
  filter.kinds = {EventKind::purchase_placed, EventKind::purchase_suggested, EventKind::purchase_approved, EventKind::purchase_acknowledged, EventKind::purchase_received};
  const auto done = read_journal(globals, {receipt.purchase_lsn, receipt.lsn, std::move(filter), "decisions"},
                                 [&](const schema::Event& event, const Catalogue&) { open.see(event); });
  if (done) return open.lines();
  if (done.error().code == engine::ErrorCode::trimmed) return std::map<std::uint32_t, std::uint64_t>{};
  return Unexpected{done.error()};
}

// Who got what, and where. A fill of several places is a row for each.
Outcome<std::vector<Benefit>> benefits_of(Client& client, const std::vector<Fill>& fills) {
  std::vector<Benefit> benefits;
  Orders orders(client);
  for (const Fill& fill : fills) {
    for (const Taken& taken : fill.taken) {
      benefits.push_back({0, fill.sku, taken.warehouse, taken.quantity, fill.order, {}, {}, {}, fill.line, 0, 0, fill.pegged});
      if (auto done = orders.tell(benefits.back()); !done) return Unexpected{done.error()};
    }
  }
  return benefits;
}

}  // namespace

Outcome<documents::PurchaseView> ask_purchase(Client& client, const std::string& id) {
  const auto one = ask<PurchasesAnswer>(client, PurchasesQuestion{id, {}});
  if (!one) return Unexpected{one.error()};
  if (one->purchases.size() != 1) return not_understood();
  documents::PurchaseView view{one->purchases.front(), one->as_of, {}};
  const auto all = ask<PurchasesAnswer>(client, PurchasesQuestion{});
  if (!all) return Unexpected{all.error()};
  auto benefits = benefits_of(client, view.purchase, *all);
  if (!benefits) return Unexpected{benefits.error()};
  view.benefits = std::move(*benefits);
  return view;
}

Outcome<documents::ReceiptView> ask_receipt(const Globals& globals, Client& client, const std::string& id) {
  auto found = ask<FindAnswer>(client, FindQuestion{CommandKind::receipt, id});
  if (!found) return Unexpected{found.error()};
  documents::ReceiptView view;
  view.receipt = std::move(*found);
  const std::vector<Fill>* fills = nullptr;
  if (const auto* receipt = std::get_if<ReceivePurchaseAnswer>(&view.receipt.decision)) {
    fills = &receipt->filled;
    auto open = open_before(globals, *receipt);
    if (!open) return Unexpected{open.error()};
    view.expected = std::move(*open);
  } else if (const auto* blind = std::get_if<ReceiptAnswer>(&view.receipt.decision)) {
    fills = &blind->filled;
  }
  if (fills == nullptr) return not_understood();
  auto benefits = benefits_of(client, *fills);
  if (!benefits) return Unexpected{benefits.error()};
  view.benefits = std::move(*benefits);
  return view;
}

}  // namespace earmark::client
