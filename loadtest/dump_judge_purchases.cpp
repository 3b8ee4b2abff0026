// Purchase orders: what is open of an incoming one is incoming, what arrives is on hand, over is what is more than was open, and one that is
// ended receives nothing.
#include "loadtest/dump_judge.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace earmark::loadtest {
namespace {

// What a step makes of a purchase order whose lines are as it leaves them; empty: it may not be taken.
std::string_view state_after(std::string_view step, const DumpPurchase& purchase) {
  const bool draft = purchase.is_unapproved(), arrived = purchase.has_arrived();
  if (step == "adopt") return purchase.state == "suggested" ? "draft" : "";
  if (step == "approve") return draft ? "approved" : "";
  if (step == "send") return purchase.state == "approved" ? "sent" : "";
  if (step == "cancel") return arrived ? "" : "cancelled";
  if (draft) return "";
  if (step == "close") return "closed";
  if (step != "acknowledge") return "";
  if (!purchase.has_open()) return arrived ? "received" : "closed";
  return purchase.state == "partly_received" ? "partly_received" : "acknowledged";
}

}  // namespace

void DumpJudge::purchase(const DumpRecord& record) {
  ++verdict_.purchases;
  once(DumpIdSpace::purchase, record.id, "purchase order");
  DumpPurchase purchase{std::string(record.vendor), std::string(record.state), {}, std::string(record.id)};
  if (record.vendor.empty() || record.rows.empty() || (record.state != "draft" && record.state != "approved" && record.state != "sent")) {
    violate(Promise::decisions, [&] { return fmt::format("purchase order \"{}\" is placed as {}, with {} lines, of vendor \"{}\"", record.id, record.state, record.rows.size(), record.vendor); });
  }
  for (const DumpRow& row : record.rows) purchase_line(record, row, purchase);
  state_.add_purchase(record.lsn, std::move(purchase));
}

void DumpJudge::purchase_line(const DumpRecord& record, const DumpRow& row, DumpPurchase& purchase) {
  if (row.sku == no_code || row.warehouse == no_code || row.quantity < 1 || purchase.line(row.line) != nullptr) {
    violate(Promise::decisions, [&] { return fmt::format("purchase order \"{}\" has a line {} without SKU, warehouse or units, or has it twice", record.id, row.line); });
    return;
  }
  DumpPurchaseLine line{row.sku, row.warehouse, row.quantity, 0, row.promised_us, row.promised_us, row.peg.lsn, row.peg.line};
  if (purchase.is_incoming()) expect(row, line);
  if (row.peg.lsn != 0) judge_peg(row);
  state_.cell(line.sku, line.warehouse).on_order += line.open();
  purchase.lines.push_back({row.line, line});
}

// The order's line waits for the SKU, and may have it from there.
void DumpJudge::judge_peg(const DumpRow& row) {
  DumpOrder* order = state_.order(row.peg.lsn);
  const DumpLine* line = order == nullptr || order->id != hash_of(DumpIdSpace::order, row.peg.order) ? nullptr : order->line(row.peg.line);
  const bool may = line != nullptr && line->sku == row.sku && line->waiting > 0 && (line->pinned == no_code || line->pinned == row.warehouse) &&
                   line->whole == DumpWhole::nothing && !order->whole && !order->not_due;
  if (may) return;
  violate(Promise::decisions, [&] { return fmt::format("pegs line {} to line {} of order \"{}\", which cannot wait for it", row.line, row.peg.line, row.peg.order); });
}

// What is over is expected later, as the record says; the rest as promised.
void DumpJudge::expect(const DumpRow& row, DumpPurchaseLine& line) {
  line.expected_us = row.expected_us == 0 ? line.promised_us : row.expected_us;
  if (row.expected_us == 0 || (line.promised_us != 0 && line.promised_us <= time_us_ && row.expected_us > line.promised_us)) return;
  violate(Promise::decisions, [&] { return fmt::format("expects line {} at {}, though {} was promised and is not over", row.line, row.expected_us, line.promised_us); });
}

// The one that the record is of; null, and a finding: it is not open.
DumpPurchase* DumpJudge::open_purchase(const DumpRecord& record, std::string_view id) {
  const std::uint64_t lsn = state_.ids.find(hash_of(DumpIdSpace::purchase, id));
  DumpPurchase* purchase = state_.purchase(lsn);
  if (purchase != nullptr && lsn == record.purchase_lsn && purchase->vendor == record.vendor) return purchase;
  violate(Promise::decisions, [&] { return fmt::format("is of purchase order \"{}\" of vendor \"{}\", which is not open", id, record.vendor); });
  return nullptr;
}

void DumpJudge::purchase_step(const DumpRecord& record) {
  ++verdict_.purchase_steps;
  if (!record.command_id.empty()) once(DumpIdSpace::purchase_command, record.command_id, "step of a purchase order");
  DumpPurchase* purchase = open_purchase(record, record.id);
  if (purchase == nullptr) return;
  const bool cut_off = purchase->state == "suggested" && purchase->automatic && purchase->closes_us != 0 && purchase->closes_us <= time_us_;
  if (record.command_id.empty() && (record.step != "approve" || !cut_off)) {
    violate(Promise::decisions, [&] { return fmt::format("moves purchase order \"{}\" without a command, whose cut-off has not come", record.id); });
  }
  if (record.step == "acknowledge") {
    for (const DumpRow& row : record.rows) acknowledge(record, row, *purchase);
  } else {
    judge_open_lines(record, *purchase);
  }
  for (const DumpRow& row : record.rows) {
    DumpPurchaseLine* line = purchase->line(row.line);
    if (line != nullptr && (record.step == "approve" || record.step == "acknowledge")) expect(row, *line);
  }
  const bool by_a_rule = purchase->state == "suggested" || (purchase->state == "draft" && purchase->id.starts_with("reorder-"));
  if (record.step == "cancel" && by_a_rule) let_rules_wait(record.purchase_lsn);
  move_purchase(record, *purchase, state_after(record.step, *purchase));
}

// Another quantity, not fewer than have arrived, or another date.
void DumpJudge::acknowledge(const DumpRecord& record, const DumpRow& row, DumpPurchase& purchase) {
  DumpPurchaseLine* line = purchase.line(row.line);
  const bool twice = std::count_if(record.rows.begin(), record.rows.end(), [&](const DumpRow& other) { return other.line == row.line; }) > 1;
  if (line == nullptr || line->sku != row.sku || line->warehouse != row.warehouse || twice) {
    violate(Promise::decisions, [&] { return fmt::format("acknowledges line {} of purchase order \"{}\", which has none such, or acknowledges it twice", row.line, record.id); });
    return;
  }
  if (row.quantity != line->quantity && row.quantity < line->received) {
    violate(Promise::decisions, [&] {
      return fmt::format("leaves {} ordered of line {} of purchase order \"{}\", of which {} have arrived", row.quantity, row.line, record.id, line->received);
    });
  }
  const std::int64_t before = line->open();
  line->quantity = row.quantity;
  line->promised_us = row.promised_us;
  state_.cell(line->sku, line->warehouse).on_order += line->open() - before;
  if (line->open() - before == row.incoming_change) return;
  violate(Promise::conservation, [&] {
    return fmt::format("line {} of purchase order \"{}\" had {} open and has {} now, and it tells {} more as incoming", row.line, record.id, before, line->open(),
                       row.incoming_change);
  });
}

// Of the other steps: nothing that is ordered changes; but for send every line of which something is open is told, and that it is incoming now, or no longer.
void DumpJudge::judge_open_lines(const DumpRecord& record, const DumpPurchase& purchase) {
  std::size_t next = 0;
  bool right = true;
  for (const auto& [number, line] : purchase.lines) {
    if (record.step == "send" || record.step == "adopt" || line.open() == 0) continue;
    if (next >= record.rows.size()) {
      right = false;
      break;
    }
    const DumpRow& row = record.rows[next++];
    const std::int64_t incoming = record.step == "approve" ? line.open() : purchase.is_incoming() ? -line.open() : 0;
    right = right && row.line == number && row.sku == line.sku && row.warehouse == line.warehouse && row.quantity == line.quantity &&
            row.promised_us == line.promised_us && row.incoming_change == incoming;
  }
  if (right && next == record.rows.size()) return;
  violate(Promise::conservation, [&] { return fmt::format("does not tell what is open of purchase order \"{}\", and by how much less or more is incoming", record.id); });
}

void DumpJudge::purchase_receipt(const DumpRecord& record) {
  ++verdict_.purchase_receipts;
  once(DumpIdSpace::receipt, record.id, "receipt");
  DumpPurchase* purchase = open_purchase(record, record.purchase);
  if (purchase != nullptr && !purchase->is_incoming()) {
    violate(Promise::decisions, [&] { return fmt::format("receipt \"{}\" is of purchase order \"{}\", which is a draft", record.id, record.purchase); });
  }
  std::vector<Stage> stages;
  for (const DumpRow& row : record.rows) {
    if (row.sku == no_code || row.warehouse == no_code || row.quantity < 0 || row.damaged < 0) {
      violate(Promise::decisions, [&] { return fmt::format("receipt \"{}\" has a row without SKU, warehouse or units", record.id); });
      continue;
    }
    if (purchase != nullptr) purchased_row(record, row, *purchase);
    move(row.sku, row.warehouse, row.quantity, 0);
    const DumpPurchaseLine* line = purchase == nullptr ? nullptr : purchase->line(row.line);
    const std::uint64_t peg_lsn = line == nullptr ? 0 : line->peg_lsn;
    if (row.quantity > 0) {
      stages.push_back({row.sku, row.warehouse, beyond_healing(row.sku, row.warehouse, row.quantity), false, peg_lsn, peg_lsn == 0 ? 0 : line->peg_line});
    }
  }
  if (purchase != nullptr) move_purchase(record, *purchase, purchase->has_open() ? "partly_received" : "received");
  begin_cause(record, std::move(stages), nullptr);
}

void DumpJudge::purchased_row(const DumpRecord& record, const DumpRow& row, DumpPurchase& purchase) {
  DumpPurchaseLine* line = purchase.line(row.line);
  if (line == nullptr || line->sku != row.sku || line->warehouse != row.warehouse) {
    violate(Promise::conservation, [&] {
      return fmt::format("{} arrives as line {} of purchase order \"{}\", which has none such", cell_name(row.sku, row.warehouse), row.line, record.purchase);
    });
    return;
  }
  const std::int64_t came = row.quantity + row.damaged, over = came - std::min(came, line->open());
  if (row.over != over) {
    violate(Promise::conservation, [&] {
      return fmt::format("{} arrive of line {} of purchase order \"{}\", of which {} were open, and it tells {} as over", came, row.line, record.purchase, line->open(), row.over);
    });
  }
  const std::int64_t before = line->open();
  line->received += came;
  state_.cell(line->sku, line->warehouse).on_order -= before - line->open();
}

// As the record says; one that is ended is gone. `right`: what it is by the rules, empty: it may not be moved so.
void DumpJudge::move_purchase(const DumpRecord& record, DumpPurchase& purchase, std::string_view right) {
  if (record.state != right) {
    violate(Promise::decisions, [&] {
      return fmt::format("leaves a purchase order that was {} as {}, instead of {}", purchase.state, record.state, right.empty() ? "refusing it" : right);
    });
  }
  purchase.state = record.state;
  state_.suggestions.erase(record.purchase_lsn);
  const bool over = record.state == "received" || record.state == "closed" || record.state == "cancelled";
  for (const auto& [number, line] : purchase.lines) {
    if (over) state_.cell(line.sku, line.warehouse).on_order -= line.open();
  }
  if (over) state_.close_purchase(record.purchase_lsn);
}

void DumpJudge::base_purchase(const DumpRecord& record) {
  DumpPurchase purchase{std::string(record.vendor), std::string(record.state), {}, std::string(record.id), record.closes_us, record.automatic};
  for (const DumpRow& row : record.rows) {
    if (row.sku == no_code || row.warehouse == no_code) continue;
    const std::int64_t expected = row.expected_us == 0 ? row.promised_us : row.expected_us;
    purchase.lines.push_back({row.line, {row.sku, row.warehouse, row.quantity, row.received, row.promised_us, expected, row.peg.lsn, row.peg.line}});
    state_.cell(row.sku, row.warehouse).on_order += purchase.lines.back().second.open();
  }
  if (record.state == "suggested") state_.suggestions.insert(record.lsn);
  state_.add_purchase(record.lsn, std::move(purchase));
  if (state_.ids.put(hash_of(DumpIdSpace::purchase, record.id), record.lsn) != 0) {
    violate(Promise::exactly_once, [&] { return fmt::format("purchase order \"{}\" is in the base twice", record.id); });
  }
}

}  // namespace earmark::loadtest
