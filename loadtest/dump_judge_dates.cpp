// Dates: what is said to be overdue is, and is open; what a line was told last is what it was. Not judged: the dates themselves, which follow from the
// queue and all that is to come, and by how much later overdue supply is expected.
#include "loadtest/dump_judge.hpp"

#include <fmt/format.h>

namespace earmark::loadtest {

void DumpJudge::overdue(const DumpRecord& record) {
  ++verdict_.overdue;
  if (record.transfer_lsn != 0) overdue_transfer(record);
  else overdue_purchase(record);
}

// All lines that are, in their order, and no others.
void DumpJudge::overdue_purchase(const DumpRecord& record) {
  DumpPurchase* purchase = open_purchase(record, record.id);
  if (purchase == nullptr) return;
  std::size_t next = 0;
  bool right = purchase->is_incoming() && !record.rows.empty();
  for (auto& [number, line] : purchase->lines) {
    if (line.open() == 0 || line.expected_us == 0 || line.expected_us > time_us_) continue;
    const DumpRow* row = next < record.rows.size() ? &record.rows[next] : nullptr;
    // Another clock may say that it is not late yet.
    if (row == nullptr || row->line != number) continue;
    ++next;
    right = right && row->sku == line.sku && row->warehouse == line.warehouse && row->open == line.open() && row->promised_us == line.promised_us &&
            record.self.expected_us > line.expected_us;
    line.expected_us = record.self.expected_us;
  }
  if (right && next == record.rows.size()) return;
  violate(Promise::decisions, [&] { return fmt::format("says of purchase order \"{}\" that lines are overdue which are not, or not so", record.id); });
}

void DumpJudge::overdue_transfer(const DumpRecord& record) {
  const std::uint64_t lsn = state_.ids.find(hash_of(DumpIdSpace::transfer, record.id));
  DumpTransfer* transfer = state_.transfer(lsn);
  if (transfer == nullptr || lsn != record.transfer_lsn) {
    violate(Promise::decisions, [&] { return fmt::format("says that transfer \"{}\" is overdue, which is not open", record.id); });
    return;
  }
  std::size_t left = 0;
  for (const auto& [sku, units] : transfer->skus) left += units.left() > 0 ? 1U : 0U;
  bool right = transfer->expected_us != 0 && transfer->expected_us <= time_us_ && record.self.expected_us > transfer->expected_us && left == record.rows.size();
  for (const DumpRow& row : record.rows) {
    const auto found = transfer->skus.find(row.sku);
    right = right && found != transfer->skus.end() && found->second.left() == row.open && row.open > 0 && row.warehouse == transfer->destination &&
            row.promised_us == transfer->expected_us;
  }
  transfer->expected_us = record.self.expected_us;
  if (right) return;
  violate(Promise::decisions, [&] { return fmt::format("says of transfer \"{}\" that it is overdue, which it is not, or not so", record.id); });
}

void DumpJudge::dates(const DumpRecord& record) {
  ++verdict_.moved_dates;
  for (const DumpRow& row : record.rows) {
    DumpOrder* order = state_.order(row.order_lsn);
    DumpLine* line = order == nullptr || order->id != hash_of(DumpIdSpace::order, row.order) ? nullptr : order->line(row.line);
    if (line == nullptr || line->sku != row.sku || line->waiting == 0 || line->waiting != row.waiting) {
      violate(Promise::conservation, [&] { return fmt::format("tells a date of {} units of line {} of order \"{}\", which do not wait", row.waiting, row.line, row.order); });
      continue;
    }
    if (line->told_us != row.before_us || row.date_us == row.before_us) {
      violate(Promise::decisions, [&] {
        return fmt::format("moves the date of line {} of order \"{}\" from {} to {}, which was told {}", row.line, row.order, row.before_us, row.date_us, line->told_us);
      });
    }
    line->told_us = row.date_us;
  }
}

}  // namespace earmark::loadtest
