// Answers to questions about what is inbound: engine views to frames, kept until their LSN is durable.
#include "server/worker.hpp"

namespace earmark::server {

void Worker::listed_purchases(const engine::ReplyTo& reply, engine::Lsn as_of, std::span<const engine::OpenPurchaseView> found) {
  std::vector<schema::OpenPurchase> open;
  std::vector<std::string_view> purchases, vendors, references, notes, peg_orders;
  std::vector<engine::PurchaseLineState> lines;
  for (const engine::OpenPurchaseView& each : found) {
    const engine::OpenPurchase& purchase = *each.purchase;
    open.push_back({each.lsn, purchase.time, purchase.closes, static_cast<std::uint32_t>(purchase.lines.size()), purchase.state,
                    static_cast<std::uint8_t>(purchase.automatic)});
    purchases.push_back(purchase.id);
    vendors.push_back(purchase.vendor);
    references.push_back(purchase.reference);
    notes.push_back(purchase.notes);
    lines.insert(lines.end(), purchase.lines.begin(), purchase.lines.end());
    peg_orders.insert(peg_orders.end(), each.peg_orders.begin(), each.peg_orders.end());
  }
  PendingAnswer& pending = pend(as_of, reply, PendingAnswer::Kind::frames);
  pending.frames.clear();
  schema::append_answer(pending.frames, reply.correlation, schema::PurchasesAnswer{as_of, open, purchases, vendors, references, notes, lines, peg_orders});
}

void Worker::listed_transfers(const engine::ReplyTo& reply, engine::Lsn as_of, std::span<const engine::OpenTransferView> found) {
  std::vector<schema::OpenTransfer> open;
  std::vector<std::string_view> transfers;
  std::vector<engine::TransferLine> lines;
  for (const engine::OpenTransferView& each : found) {
    const engine::OpenTransfer& transfer = *each.transfer;
    open.push_back({each.lsn, transfer.expected, transfer.time, static_cast<std::uint32_t>(transfer.lines.size()), transfer.source, transfer.destination});
    transfers.push_back(transfer.id);
    lines.insert(lines.end(), transfer.lines.begin(), transfer.lines.end());
  }
  PendingAnswer& pending = pend(as_of, reply, PendingAnswer::Kind::frames);
  pending.frames.clear();
  schema::append_answer(pending.frames, reply.correlation, schema::TransfersAnswer{as_of, open, transfers, lines});
}

void Worker::listed_rules(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::RulesView& view) {
  std::vector<std::string_view> codes, names, purchases;
  std::vector<schema::VendorView> vendors;
  std::vector<schema::RuleView> rules;
  for (const engine::VendorView& vendor : view.vendors) {
    codes.push_back(vendor.code);
    names.push_back(vendor.name);
    vendors.push_back({vendor.arrivals, vendor.typical_lateness_us, vendor.lead_days, vendor.cut_off});
  }
  for (const engine::RuleView& each : view.rules) {
    const engine::RuleSet& rule = each.rule;
    rules.push_back({each.position, rule.snoozed_until, each.purchase_lsn, rule.sku, rule.vendor, rule.point, rule.quantity, rule.minimum, rule.multiple,
                     rule.maximum, rule.lead_days, rule.warehouse, rule.kind, rule.mode, rule.pooled, static_cast<std::uint8_t>(each.triggered)});
    purchases.push_back(each.purchase);
  }
  PendingAnswer& pending = pend(as_of, reply, PendingAnswer::Kind::frames);
  pending.frames.clear();
  schema::append_answer(pending.frames, reply.correlation, schema::RulesAnswer{as_of, codes, names, vendors, view.sources, rules, purchases});
}

}  // namespace earmark::server
