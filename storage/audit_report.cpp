// What the fairness audit found, in words and as data.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "storage/audit.hpp"
#include "storage/program.hpp"

namespace earmark::storage {
namespace {

using Json = nlohmann::json;  // sorts its keys

struct PassingName {
  const char *key, *text;
};
constexpr std::array<PassingName, passings> passing_names{{
    {"lower_priority", "waited longer, with a lower priority"},
    {"pinned_elsewhere", "pinned to another warehouse"},
    {"not_due", "takes nothing before its reserve_not_before"},
    {"skip_counted", "takes all or nothing, not all was there: counted as a skip"},
    {"counted_before", "the same, by an order that had counted before"},
    {"own_order", "the same, another line of the same order"},
    {"by_hold", "the same, by a hold"},
    {"before_skips", "the same, in a journal of before skips were counted"},
    {"held_units", "the units were held for the order that took them"},
    {"pegged", "the units came for the line that took them"},
}};

std::string why_text(const OvertakenWaiter& waiter) {
  switch (waiter.why) {
    case Unfair::takes_anything: return "it stood ahead and takes whatever is there";
    case Unfair::all_was_there: return "it stood ahead, and all of it was there";
    case Unfair::skip_not_counted: return "it was passed over, and that was not counted as a skip";
    case Unfair::skip_of_another: return "it was passed over, and the skip was counted for another";
  }
  return {};
}

const char* why_key(Unfair why) {
  constexpr std::array<const char*, 4> keys{"takes_anything", "all_was_there", "skip_not_counted", "skip_of_another"};
  return keys[static_cast<std::size_t>(why)];
}

std::string line_text(const AuditLine& line) { return line.order + (line.line.value == 0 ? "" : " line " + std::to_string(line.line.value)); }

using Row = std::vector<std::string>;

// Columns as wide as they need; a heading that says how many there are.
std::string table(const std::string& heading, const Row& names, const std::vector<Row>& rows) {
  std::string text = "\n" + heading + ": " + std::to_string(rows.size()) + "\n";
  if (rows.empty()) return text;
  std::vector<std::size_t> widths(names.size());
  const auto widen = [&](const Row& row) {
    for (std::size_t column = 0; column < row.size(); ++column) widths[column] = std::max(widths[column], row[column].size());
  };
  const auto add = [&](const Row& row) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      text += "  " + row[column];
      if (column + 1 < row.size()) text.append(widths[column] - row[column].size(), ' ');
    }
    text += '\n';
  };
  widen(names);
  for (const Row& row : rows) widen(row);
  add(names);
  for (const Row& row : rows) add(row);
  return text;
}

std::string figure(const char* name, std::uint64_t value) {
  std::string line = std::string("  ") + name;
  line.resize(std::max<std::size_t>(line.size(), 64), ' ');
  return line + ' ' + std::to_string(value) + '\n';
}

std::string range_text(const AuditReport& report) {
  if (report.to < report.from) return "no records";
  return "LSN " + std::to_string(report.from.value) + " to " + std::to_string(report.to.value) + ", " + time_text(report.from_time.value) + " to " +
         time_text(report.to_time.value);
}

Json line_json(const AuditLine& line) {
  Json json{{"order", line.order}};
  if (line.line.value != 0) json["line"] = line.line.value;
  return json;
}

// A hold is no order.
Json taker_json(const OvertakenWaiter& waiter) {
  Json json{{waiter.by_hold ? "hold" : "order", waiter.by.order}};
  if (waiter.by.line.value != 0) json["line"] = waiter.by.line.value;
  return json;
}

}  // namespace

std::string audit_text(const AuditReport& report, const std::string& sku) {
  std::string text = "fairness audit of " + range_text(report) + (sku.empty() ? "" : ", SKU " + sku) + "\n";
  text += report.overtaken.empty() ? "Nobody who waited was overtaken.\n\n" : "Somebody who waited was overtaken.\n\n";
  text += figure("causes that could serve", report.causes) + figure("fills looked at", report.fills) + figure("orders that took units", report.orders) +
          figure("holds that took units", report.holds) + figure("takes looked at, a line's of one warehouse each", report.takes) +
          figure("of these where nobody waited for the SKU", report.unopposed);
  std::vector<Row> rows;
  for (const OvertakenWaiter& each : report.overtaken) {
    rows.push_back({std::to_string(each.lsn.value), line_text(each.who), each.sku, each.warehouse, std::to_string(each.waiting), (each.by_hold ? "hold " : "") + line_text(each.by),
                    std::to_string(each.taken), why_text(each)});
  }
  text += table("waiters overtaken", {"LSN", "WAITER", "SKU", "WAREHOUSE", "WAITED FOR", "BY", "TAKEN", "WHY"}, rows);
  text += "\npassed by right, in how many takes:\n";
  for (std::size_t reason = 0; reason < passings; ++reason) text += figure(passing_names[reason].text, report.passed[reason]);
  rows.clear();
  for (const AuditSkip& each : report.skips) rows.push_back({std::to_string(each.lsn.value), line_text(each.who), line_text(each.by), each.sku});
  text += table("skips", {"LSN", "PASSED OVER", "BY", "SKU"}, rows);
  rows.clear();
  for (const AuditStrict& each : report.strict) {
    rows.push_back({std::to_string(each.lsn.value), line_text(each.who), each.waited ? "waited long enough" : "passed over often enough"});
  }
  return text + table("turned strict", {"LSN", "WAITER", "BECAUSE"}, rows);
}

std::string audit_json(const AuditReport& report, const std::string& sku) {
  Json json{{"report", "fairness-audit"}, {"from", report.from.value}, {"to", report.to.value}, {"from_time_us", report.from_time.value}, {"to_time_us", report.to_time.value},
            {"causes", report.causes}, {"fills", report.fills}, {"orders", report.orders}, {"holds", report.holds}, {"takes", report.takes}, {"unopposed", report.unopposed},
            {"overtaken", Json::array()}, {"skips", Json::array()}, {"strict", Json::array()}, {"passed", Json::object()}};
  if (!sku.empty()) json["sku"] = sku;
  for (std::size_t reason = 0; reason < passings; ++reason) json["passed"][passing_names[reason].key] = report.passed[reason];
  for (const OvertakenWaiter& each : report.overtaken) {
    json["overtaken"].push_back({{"lsn", each.lsn.value}, {"waiter", line_json(each.who)}, {"by", taker_json(each)}, {"sku", each.sku}, {"warehouse", each.warehouse},
                                 {"waiting", each.waiting}, {"taken", each.taken}, {"why", why_key(each.why)}});
  }
  for (const AuditSkip& each : report.skips) {
    json["skips"].push_back({{"lsn", each.lsn.value}, {"waiter", line_json(each.who)}, {"by", line_json(each.by)}, {"sku", each.sku}});
  }
  for (const AuditStrict& each : report.strict) {
    json["strict"].push_back({{"lsn", each.lsn.value}, {"waiter", line_json(each.who)}, {"because", each.waited ? "wait" : "skips"}});
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace earmark::storage
