#include "client/documents/receiving_slip.hpp"

#include <algorithm>

#include "client/describe.hpp"
#include "client/failure.hpp"

namespace earmark::client::documents {
namespace {

SlipLine slip_line(std::uint32_t line, const std::string& sku, const std::string& warehouse, const Issue& issue) {
  return {line, sku, issue.names.of_goods(sku), warehouse, issue.names.of_warehouse(warehouse), {}, 0, 0, 0, 0};
}

// The one place that everything goes to; "" where lines differ.
std::string one_place(const ReceivingSlip& slip) {
  for (const SlipLine& line : slip.lines) {
    if (line.warehouse != slip.lines.front().warehouse) return {};
  }
  return slip.lines.empty() ? "" : warehouse_text(slip.lines.front().warehouse, slip.lines.front().warehouse_name);
}

std::string expected_text(const SlipLine& line) { return line.expected ? units_text(*line.expected) : ""; }

// The decision after which what a receipt did is done.
std::uint64_t last_of(const std::vector<Fill>& fills, std::uint64_t lsn) { return fills.empty() ? lsn : fills.back().lsn; }

PageTable expected_table(const ReceivingSlip& slip, bool places) {
  PageTable table{"Expected",
                  {{"Line", Align::right}, {"SKU", Align::left, Look::code}, {"Description", Align::left, Look::under, true}, {"Barcode", Align::left, Look::barcode},
                   {"Into", Align::left, Look::plain, true}, {"Expected", Align::right, Look::strong}, {"Received before", Align::right, Look::plain, true}, {"When"},
                   {"Received", Align::right, Look::blank}, {"Damaged", Align::right, Look::blank}},
                  {},
                  {}};
  for (const SlipLine& line : slip.lines) {
    table.rows.push_back({std::to_string(line.line), line.sku, line.description, line.sku, places ? warehouse_text(line.warehouse, line.warehouse_name) : "",
                          expected_text(line), units_if_any(line.received), line.expected_us == 0 ? "date not known yet" : day_text(line.expected_us), "", ""});
  }
  return table;
}

PageTable arrived_table(const ReceivingSlip& slip, bool places) {
  PageTable table{"Received",
                  {{"Line", Align::right, Look::plain, true}, {"SKU", Align::left, Look::code}, {"Description", Align::left, Look::under, true},
                   {"Into", Align::left, Look::plain, true}, {"Expected", Align::right, Look::plain, true}, {"Received", Align::right, Look::strong},
                   {"Damaged", Align::right}, {"Over", Align::right}},
                  {},
                  {}};
  for (const SlipLine& line : slip.lines) {
    table.rows.push_back({line.line == 0 ? "" : std::to_string(line.line), line.sku, line.description, places ? warehouse_text(line.warehouse, line.warehouse_name) : "",
                          expected_text(line), units_text(line.received), units_text(line.damaged), units_text(line.over)});
  }
  return table;
}

}  // namespace

Outcome<ReceivingSlip> receiving_slip(const PurchaseView& view, const Issue& issue) {
  const OpenPurchase& purchase = view.purchase;
  if (engine::is_unapproved(purchase.state)) {
    return refused("purchase_draft: purchase order " + on_one_line(purchase.purchase) + " is a " + (purchase.state == engine::PurchaseState::draft ? "draft" : "suggestion") +
                       ", so nothing of it is on its way; approve it first: earmark po approve " + on_one_line(purchase.purchase),
                   engine::ErrorCode::purchase_draft);
  }
  ReceivingSlip slip{false, purchase.purchase, purchase.purchase, purchase.vendor, purchase.reference, purchase.notes, purchase.state, purchase.lsn, view.as_of,
                     purchase.since_us, issue.time_us, {}, view.benefits};
  for (const OpenPurchaseLine& each : purchase.lines) {
    if (each.open == 0) continue;
    SlipLine line = slip_line(each.line, each.sku, each.warehouse, issue);
    line.expected = each.open, line.received = each.received, line.expected_us = each.expected_us;
    slip.lines.push_back(std::move(line));
  }
  return slip;
}

Outcome<ReceivingSlip> slip_of_receipt(const ReceiptView& view, const Issue& issue) {
  ReceivingSlip slip;
  slip.arrived = true;
  slip.issued_us = issue.time_us;
  slip.benefits = view.benefits;
  if (const auto* blind = std::get_if<ReceiptAnswer>(&view.receipt.decision)) {
    slip.id = blind->id, slip.lsn = blind->lsn, slip.time_us = blind->time_us;
    slip.as_of = last_of(blind->filled, blind->lsn);
    for (const ReceiptAnswerRow& row : blind->rows) {
      slip.lines.push_back(slip_line(0, row.sku, row.warehouse, issue));
      slip.lines.back().received = row.quantity;
    }
  } else if (const auto* receipt = std::get_if<ReceivePurchaseAnswer>(&view.receipt.decision)) {
    slip.id = receipt->id, slip.purchase = receipt->purchase, slip.vendor = receipt->vendor, slip.state = receipt->state;
    slip.lsn = receipt->lsn, slip.time_us = receipt->time_us;
    slip.as_of = last_of(receipt->filled, receipt->lsn);
    std::map<std::uint32_t, std::uint64_t> open = view.expected;
    for (const ReceivePurchaseAnswerRow& row : receipt->rows) {
      SlipLine line = slip_line(row.line, row.sku, row.warehouse, issue);
      line.received = row.quantity, line.damaged = row.damaged, line.over = row.over;
      if (const auto known = open.find(row.line); known != open.end()) {
        line.expected = known->second;
        known->second -= std::min(known->second, std::uint64_t{row.quantity} + row.damaged);  // the same line may stand in a second row
      }
      slip.lines.push_back(std::move(line));
    }
  } else {
    return refused("this id is no receipt's");
  }
  return slip;
}

Page page_of(const ReceivingSlip& slip) {
  Page page;
  page.title = "Receiving slip";
  page.id = slip.id;
  page.id_barcode = true;
  const std::string place = one_place(slip);
  page.parties = {{"Into", place}, {"Vendor", slip.vendor}};
  page.facts = {{"Purchase order", slip.arrived ? slip.purchase : ""},
                {slip.arrived ? "Received" : "Placed", moment_text(slip.time_us) + ", number " + std::to_string(slip.lsn)},
                {"State", slip.purchase.empty() ? "" : in_words(name(slip.state))},
                {"Vendor's reference", slip.reference}};
  page.notes = slip.notes;
  page.tables.push_back(slip.arrived ? arrived_table(slip, place.empty()) : expected_table(slip, place.empty()));
  if (!slip.benefits.empty()) {
    page.tables.push_back(slip.arrived ? table_of(slip.benefits, "Reserved at once for", "")
                                       : table_of(slip.benefits, "Who waits for it",
                                                  "By the queue and the dates as they are known now; what arrives goes to whoever is first then."));
  }
  if (!slip.arrived) page.signatures = {"Received by", "Date"};
  page.footer = (slip.arrived ? "Receipt " : "Purchase order ") + slip.id + ". True at decision " + std::to_string(slip.as_of) + ", printed " + moment_text(slip.issued_us) + ".";
  return page;
}

Json json_of(const ReceivingSlip& slip) {
  Json json{{"document", "receiving-slip"}, {"id", slip.id}, {"arrived", slip.arrived}, {"lsn", slip.lsn}, {"time_us", slip.time_us}, {"as_of", slip.as_of},
            {"issued_us", slip.issued_us}, {"benefits", json_of(slip.benefits)}};
  if (!slip.purchase.empty()) {
    json["purchase"] = slip.purchase, json["vendor"] = slip.vendor, json["reference"] = slip.reference, json["notes"] = slip.notes, json["state"] = name(slip.state);
  }
  Json& lines = json["lines"] = Json::array();
  for (const SlipLine& line : slip.lines) {
    Json one{{"sku", line.sku}, {"description", line.description}, {"warehouse", line.warehouse}, {"warehouse_name", line.warehouse_name}, {"received", line.received}};
    if (line.line != 0) one["line"] = line.line;
    if (line.expected) one["expected"] = *line.expected;
    if (slip.arrived) one["damaged"] = line.damaged, one["over"] = line.over;
    if (line.expected_us != 0) one["expected_us"] = line.expected_us;
    lines.push_back(std::move(one));
  }
  return json;
}

}  // namespace earmark::client::documents
