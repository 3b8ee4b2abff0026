#include "loadtest/dump_record.hpp"

namespace earmark::loadtest {

std::uint32_t Codes::number(std::string_view code) {
  const auto found = numbers_.find(code);
  if (found != numbers_.end()) return found->second;
  const auto added = numbers_.emplace(code, static_cast<std::uint32_t>(codes_.size())).first;
  codes_.push_back(&added->first);
  return added->second;
}

void DumpReader::read_units(std::vector<Units>& units) {
  json_.object([&](std::string_view warehouse) { units.push_back({warehouses_.number(warehouse), json_.number()}); });
}

void DumpReader::read_entries(DumpRow& row) {
  json_.array([&] {
    auto& [lsn, units] = row.raised.emplace_back();
    json_.object([&, &entry_lsn = lsn, &entry_units = units](std::string_view key) {
      if (key == "lsn") entry_lsn = static_cast<std::uint64_t>(json_.number());
      else if (key == "qty") entry_units = json_.number();
      else json_.skip();
    });
  });
}

void DumpReader::read_dates(DumpDates& dates) {
  json_.array([&] {
    json_.object([&](std::string_view key) {
      if (key == "quantity") dates.units += json_.number();
      else if (key == "date_us") dates.last_us = json_.number();
      else json_.skip();
    });
  });
}

void DumpReader::read_peg(DumpPeg& peg) {
  json_.object([&](std::string_view key) {
    if (key == "order") peg.order = json_.string();
    else if (key == "lsn") peg.lsn = static_cast<std::uint64_t>(json_.number());
    else if (key == "line") peg.line = json_.number();
    else json_.skip();
  });
}

void DumpReader::read_rules(std::vector<DumpRule>& rules) {
  json_.array([&] {
    DumpRule& rule = rules.emplace_back();
    json_.object([&](std::string_view key) {
      if (key == "sku") rule.sku = skus_.number(json_.string());
      else if (key == "warehouse") rule.warehouse = warehouses_.number(json_.string());
      else if (key == "qty") rule.quantity = json_.number();
      else if (key == "vendor") rule.vendor = json_.string();
      else if (key == "kind") rule.kind = json_.string();
      else if (!read_rule_member(rule, key)) json_.skip();
    });
  });
}

// What only rules, vendors and sources have.
bool DumpReader::read_rule_member(DumpRule& rule, std::string_view key) {
  if (key == "mode") return rule.mode = json_.string(), true;
  if (key == "pooled") return rule.pooled = json_.boolean(), true;
  if (key == "triggered") return rule.triggered = json_.boolean(), true;
  std::int64_t* const number = key == "point" ? &rule.point : key == "minimum" ? &rule.minimum : key == "multiple" ? &rule.multiple
                               : key == "maximum" ? &rule.maximum : key == "lead_days" ? &rule.lead_days : key == "cut_off" ? &rule.cut_off
                               : key == "snoozed_until_us" ? &rule.snoozed_until_us : nullptr;
  if (number != nullptr) *number = json_.number();
  return number != nullptr;
}

void DumpReader::read_rows(std::vector<DumpRow>& rows) {
  json_.array([&] {
    DumpRow& row = rows.emplace_back();
    json_.object([&](std::string_view key) { read_row_member(row, key); });
  });
}

void DumpReader::read_row_member(DumpRow& row, std::string_view key) {
  const auto number = [&](std::int64_t& value) { value = json_.number(); };
  const auto moved = [&](std::vector<Units>& units, std::int64_t& value) { json_.peek() == '{' ? read_units(units) : number(value); };
  if (key == "sku") row.sku = skus_.number(json_.string());
  else if (key == "warehouse") row.warehouse = warehouses_.number(json_.string());
  else if (key == "line") number(row.line);
  else if (key == "qty" || key == "on_hand") number(row.quantity);
  else if (key == "available") number(row.available);
  else if (key == "backordered") number(row.backordered);
  else if (key == "reserved") moved(row.moved, row.reserved);
  else if (key == "held") moved(row.moved, row.held);
  else if (key == "taken" || key == "released") read_units(row.moved);
  else if (key == "shipped") json_.peek() == '{' ? read_units(row.shipped) : number(row.units_shipped);
  else if (key == "received") number(row.received);
  else if (key == "damaged") number(row.damaged);
  else if (key == "over") number(row.over);
  else if (key == "promised_us") number(row.promised_us);
  else if (key == "incoming_change") number(row.incoming_change);
  else if (key == "waiting" || key == "still_waiting") number(row.waiting);
  else if (key == "excess") number(row.excess);
  else if (key == "cancelled") number(row.cancelled);
  else if (key == "pinned") row.pinned = warehouses_.number(json_.string());
  else if (key == "priority") number(row.priority);
  else if (key == "order") row.order = json_.string();
  else if (key == "hold") row.hold = json_.string();
  else if (key == "overdrawn") json_.peek() == 't' || json_.peek() == 'f' ? void(row.overdrawn = json_.boolean() ? 1 : 0) : number(row.overdrawn);
  else if (key == "policy") row.policy = json_.string();
  else if (key == "not_backorderable") row.not_backorderable = json_.boolean();
  else if (key == "on_hand_change") number(row.on_hand_change);
  else if (key == "unavailable_change") number(row.unavailable_change);
  else if (key == "row") number(row.row);
  else if (key == "rest") number(row.rest);
  else if (key == "picked") read_units(row.picked);
  else if (key == "raised_at") row.raised_at = static_cast<std::uint64_t>(json_.number());
  else if (key == "raised") read_entries(row);
  else if (key == "order_lsn") row.order_lsn = static_cast<std::uint64_t>(json_.number());
  else if (key == "skips") number(row.skips);
  else if (key == "strict") row.strict = json_.boolean();
  else if (key == "expected_us") number(row.expected_us);
  else if (key == "open") number(row.open);
  else if (key == "before_us") number(row.before_us);
  else if (key == "date_us") number(row.date_us);
  else if (key == "told_us") number(row.told_us);
  else if (key == "expected") read_dates(row.expected);
  else if (key == "peg") read_peg(row.peg);
  else json_.skip();
}

void DumpReader::read_skip(DumpSkip& skip) {
  json_.object([&](std::string_view key) {
    if (key == "order") skip.order = json_.string();
    else if (key == "lsn") skip.lsn = static_cast<std::uint64_t>(json_.number());
    else if (key == "line") skip.line = json_.number();
    else json_.skip();
  });
}

void DumpReader::read_member(std::string_view key) {
  DumpRecord& record = record_;
  const auto lsn = [&](std::uint64_t& value) { value = static_cast<std::uint64_t>(json_.number()); };
  if (key == "available_after") read_rows(record.available_after);
  else if (key == "lsn") lsn(record.lsn);
  else if (key == "time_us") record.time_us = json_.number();
  else if (key == "type") record.type = json_.string();
  else if (key == "id") record.id = json_.string();
  else if (key == "lines" || key == "rows" || key == "stock" || key == "changes") read_rows(record.rows);
  else if (key == "waiting" && json_.peek() == '[') read_rows(record.rows);
  else if (key == "status") record.status = json_.string();
  else if (key == "cause_lsn") lsn(record.cause);
  else if (key == "command_id") record.command_id = json_.string();
  else if (key == "fills_follow") record.fills_follow = json_.boolean();
  else if (key == "hold") record.hold = json_.string();
  else if (key == "step") record.step = json_.string();
  else if (key == "to_unavailable") record.to_unavailable = json_.boolean();
  else if (key == "how") record.how = json_.string();
  else if (key == "deadline_us") record.deadline_us = json_.number();
  else if (key == "partial") record.partial = json_.boolean();
  else if (key == "not_due") record.not_due = json_.boolean();
  else if (key == "reacquired") record.reacquired = json_.boolean();
  else if (key == "returned") read_rows(record.returned);
  else if (key == "last") record.last = json_.boolean();
  else if (key == "whole") record.whole = json_.boolean();
  else if (key == "full") record.full = json_.boolean();
  else if (key == "preferred") record.preferred = warehouses_.number(json_.string());
  else if (key == "sourcing") record.sourcing = json_.string();
  else if (key == "policy") record.policy = json_.string();
  else if (key == "part") record.part = json_.string();
  else if (key == "priority") record.self.priority = *(record.priority = json_.number());
  else if (key == "oldest_known_lsn") lsn(record.oldest_known);
  else if (key == "warehouses") read_rows(record.warehouses);
  else if (key == "products") read_rows(record.products);
  else if (key == "lost") read_rows(record.lost);
  else if (key == "short") read_rows(record.missing);
  else if (key == "raised") read_rows(record.raised);
  else if (key == "source") record.source = warehouses_.number(json_.string());
  else if (key == "destination") record.destination = warehouses_.number(json_.string());
  else if (key == "transfer_lsn") lsn(record.transfer_lsn);
  else if (key == "purchase_lsn") lsn(record.purchase_lsn);
  else if (key == "purchase") record.purchase = json_.string();
  else if (key == "vendor") record.vendor = json_.string();
  else if (key == "state") record.state = json_.string();
  else if (key == "closed") record.closed = json_.boolean();
  else if (key == "kind") record.kind = json_.string();
  else if (key == "because") record.because = json_.string();
  else if (key == "has_skipped") record.has_skipped = json_.boolean();
  else if (key == "skipped") read_skip(record.skipped);
  else if (key == "pegged") record.pegged = json_.boolean();
  else if (key == "cleared") record.cleared = json_.boolean();
  else if (key == "automatic") record.automatic = json_.boolean();
  else if (key == "incoming") record.incoming = json_.number();
  else if (key == "position") record.position = json_.number();
  else if (key == "line_qty") record.line_quantity = json_.number();
  else if (key == "closes_us") record.closes_us = json_.number();
  else if (key == "vendors") read_rules(record.vendors);
  else if (key == "sources") read_rules(record.sources);
  else if (key == "rules") read_rules(record.rules);
  else if (!read_rule_member(record.rule, key)) read_row_member(record.self, key);
}

const DumpRecord* DumpReader::read(std::string_view line) {
  DumpRecord& record = record_;
  std::vector<DumpRow> rows = std::move(record.rows), cells = std::move(record.available_after);  // their memory is used again
  rows.clear(), cells.clear();
  record = DumpRecord();
  record.rows = std::move(rows), record.available_after = std::move(cells);
  json_.begin(line);
  json_.object([&](std::string_view key) { read_member(key); });
  return json_.failed() || !json_.at_end() ? nullptr : &record;
}

}  // namespace earmark::loadtest
