// What is on its way to a warehouse, and arrives: transfers and purchase orders.
#include "engine/errors.hpp"
#include "storage/dump_line.hpp"

namespace earmark::storage {
namespace {

// Where what was promised is over.
void add_estimate(DumpLine::Json& line, engine::TimeUs expected) {
  if (expected.value != 0) line["expected_us"] = expected.value;
}

}  // namespace

void DumpLine::write(const engine::TransferShipDecision& decision) {
  out_["type"] = "transfer_shipped";
  out_["id"] = decision.id;
  out_["source"] = warehouse(decision.source);
  out_["destination"] = warehouse(decision.destination);
  if (decision.expected.value != 0) out_["expected_us"] = decision.expected.value;
  out_["reason"] = decision.reason;
  Json rows = Json::array();
  for (const engine::TransferredRow& row : decision.rows) {
    rows.push_back({{"sku", sku(row.sku)}, {"qty", row.quantity}});
    touch(row.sku, decision.source, row.available_after);
  }
  out_["rows"] = std::move(rows);
}

void DumpLine::write(const engine::TransferReceiptDecision& decision) {
  out_["type"] = "transfer_received";
  out_["id"] = decision.transfer_id;
  out_["command_id"] = decision.command_id;
  out_["transfer_lsn"] = decision.transfer_lsn.value;
  out_["source"] = warehouse(decision.source);
  out_["destination"] = warehouse(decision.destination);
  out_["closed"] = decision.closed;
  if (dump_.full()) out_["fills_follow"] = decision.fills_follow;
  Json rows = Json::array(), missing = Json::array();
  for (const engine::ArrivedRow& row : decision.rows) {
    rows.push_back({{"sku", sku(row.sku)}, {"qty", row.quantity}, {"damaged", row.damaged}, {"over", row.over}});
    touch(row.sku, decision.destination, row.available_after);
  }
  for (const engine::MissingUnits& each : decision.missing) missing.push_back({{"sku", sku(each.sku)}, {"qty", each.quantity}});
  out_["rows"] = std::move(rows);
  out_["short"] = std::move(missing);
}

void DumpLine::write(const engine::PurchaseDecision& decision) {
  out_["type"] = "purchase";
  out_["id"] = decision.id;
  out_["vendor"] = decision.vendor;
  if (!decision.reference.empty()) out_["reference"] = decision.reference;
  if (!decision.notes.empty()) out_["notes"] = decision.notes;
  out_["state"] = engine::name(decision.state);
  Json lines = Json::array();
  for (const engine::PurchasedLine& line : decision.lines) {
    lines.push_back({{"line", line.line.value}, {"sku", sku(line.sku)}, {"warehouse", warehouse(line.warehouse)}, {"qty", line.quantity}});
    if (line.promised.value != 0) lines.back()["promised_us"] = line.promised.value;
    if (!decision.estimates.empty()) add_estimate(lines.back(), decision.estimates[lines.size() - 1]);
  }
  for (const engine::PurchasePeg& peg : decision.pegs) {
    lines[peg.index]["peg"] = {{"order", decision.peg_orders[peg.order]}, {"lsn", peg.order_lsn.value}, {"line", peg.order_line.value}};
  }
  out_["lines"] = std::move(lines);
}

void DumpLine::write(const engine::PurchaseStepDecision& decision) {
  out_["type"] = "purchase_step";
  out_["id"] = decision.purchase_id;
  if (decision.command_id.empty()) out_["by_time"] = true;
  else out_["command_id"] = decision.command_id;
  out_["purchase_lsn"] = decision.purchase_lsn.value;
  out_["vendor"] = decision.vendor;
  out_["step"] = engine::name(decision.step);
  out_["state"] = engine::name(decision.state);
  if (!decision.reference.empty()) out_["reference"] = decision.reference;
  Json changes = Json::array();
  for (const engine::PurchaseChange& change : decision.changes) {
    changes.push_back({{"line", change.line.value}, {"sku", sku(change.sku)}, {"warehouse", warehouse(change.warehouse)}, {"qty", change.quantity},
                       {"incoming_change", change.incoming_change}});
    if (change.promised.value != 0) changes.back()["promised_us"] = change.promised.value;
    if (!decision.estimates.empty()) add_estimate(changes.back(), decision.estimates[changes.size() - 1]);
  }
  out_["changes"] = std::move(changes);
}

void DumpLine::write(const engine::PurchaseReceiptDecision& decision) {
  out_["type"] = "purchase_receipt";
  out_["id"] = decision.id;
  out_["purchase"] = decision.purchase_id;
  out_["purchase_lsn"] = decision.purchase_lsn.value;
  out_["vendor"] = decision.vendor;
  out_["state"] = engine::name(decision.state);
  if (dump_.full()) out_["fills_follow"] = decision.fills_follow;
  Json rows = Json::array();
  for (const engine::PurchaseArrivedRow& row : decision.rows) {
    rows.push_back({{"line", row.line.value}, {"sku", sku(row.sku)}, {"warehouse", warehouse(row.warehouse)}, {"qty", row.quantity},
                    {"damaged", row.damaged}, {"over", row.over}});
    touch(row.sku, row.warehouse, row.available_after);
  }
  out_["rows"] = std::move(rows);
}

}  // namespace earmark::storage
