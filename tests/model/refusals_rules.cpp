// Why a command that sets vendors, sources and reorder rules is refused.
#include "tests/model/refusals.hpp"

#include <algorithm>
#include <set>

namespace earmark::model {

using engine::Error;
using engine::ErrorCode;
using engine::RuleKind;
using engine::RuleMode;
using engine::WireQuantity;

namespace {

constexpr std::size_t max_rows = 4096, max_vendor = 64;
constexpr WireQuantity max_units = 2'147'483'647;
constexpr std::int64_t end_of_9999 = 253'402'300'799'999'999;

bool is_bad_lead(std::int32_t days) { return days < -1 || days > 3'650; }

bool is_bad_rule(const engine::RuleRow& row) {
  for (const WireQuantity units : {row.point, row.quantity, row.minimum, row.multiple, row.maximum}) {
    if (units < 0 || units > max_units) return true;
  }
  const WireQuantity multiple = std::max<WireQuantity>(row.multiple, 1), least = (row.minimum + multiple - 1) / multiple * multiple;
  if (row.maximum != 0 && (row.maximum < row.multiple || row.maximum < least)) return true;
  switch (row.kind) {
    case RuleKind::reorder_point: return row.quantity == 0;
    case RuleKind::min_max: return row.quantity <= row.point;
    case RuleKind::lot_for_lot: return row.point != 0 || row.quantity != 0;
  }
  return true;
}

// What the rows of one command make of what stands.
struct Standing {
  std::set<engine::SkuId> sold;
  std::set<CellKey> rules;
};

ErrorCode judge(const State& state, const engine::VendorEntry& entry, std::set<std::string_view>& seen) {
  if (entry.code.empty() || entry.code.size() > max_vendor || !seen.insert(entry.code).second) return ErrorCode::bad_vendor;
  const auto known = state.vendors.find(entry.code);
  if (entry.only_named && (known == state.vendors.end() || !known->second.listed)) return ErrorCode::unknown_vendor;
  const bool bad = is_bad_lead(entry.lead_days) || entry.cut_off < -1 || entry.cut_off >= 24 * 60;
  return bad && !entry.only_named ? ErrorCode::bad_lead_time : ErrorCode::none;
}

ErrorCode judge(const State& state, const engine::SourceRow& row, std::size_t vendors, Standing& standing) {
  if (!state.has(row.sku)) return ErrorCode::unknown_sku;
  if (row.vendor == 0 || row.vendor > vendors) return ErrorCode::unknown_vendor;
  standing.sold.insert(row.sku);
  return is_bad_lead(row.lead_days) ? ErrorCode::bad_lead_time : ErrorCode::none;
}

ErrorCode judge(const State& state, const engine::RuleRow& row, std::size_t vendors, Standing& standing) {
  if (!state.has(row.sku)) return ErrorCode::unknown_sku;
  if (!state.has(row.warehouse)) return ErrorCode::unknown_warehouse;
  if (row.mode != RuleMode::off && is_bad_rule(row)) return ErrorCode::bad_rule;
  if (is_bad_lead(row.lead_days)) return ErrorCode::bad_lead_time;
  const bool orders = row.mode == RuleMode::suggest || row.mode == RuleMode::auto_po;
  if (row.vendor > vendors || (row.vendor == 0 && orders && !standing.sold.contains(row.sku))) return ErrorCode::unknown_vendor;
  if (row.mode == RuleMode::off) standing.rules.erase({row.sku, row.warehouse});
  else standing.rules.insert({row.sku, row.warehouse});
  return ErrorCode::none;
}

ErrorCode judge(const State& state, const engine::SnoozeRow& row, engine::TimeUs now, const Standing& standing) {
  if (!state.has(row.sku)) return ErrorCode::unknown_sku;
  if (!state.has(row.warehouse)) return ErrorCode::unknown_warehouse;
  if (row.until.value < 0 || row.until.value > end_of_9999 || is_past(row.until, now)) return ErrorCode::bad_lead_time;
  return standing.rules.contains({row.sku, row.warehouse}) ? ErrorCode::none : ErrorCode::unknown_rule;
}

// Row after row; code none: all are right.
template <class Row, class Judge>
Error first_fault(std::span<const Row> rows, Judge judge_row) {
  for (std::uint32_t row = 1; row <= rows.size(); ++row) {
    if (const ErrorCode fault = judge_row(rows[row - 1]); fault != ErrorCode::none) return {.code = fault, .row = row};
  }
  return {};
}

}  // namespace

Error refusal(const State& state, const engine::SetRules& command, engine::TimeUs now) {
  const std::size_t most = std::max({command.vendors.size(), command.sources.size(), command.rules.size(), command.snoozes.size()});
  if (most > max_rows) return {.code = ErrorCode::too_many_lines};
  std::set<std::string_view> seen;
  Standing standing;
  for (const auto& [sku, sellers] : state.sellers) standing.sold.insert(sku);
  for (const auto& [key, rule] : state.rules) standing.rules.insert(key);
  const std::size_t vendors = command.vendors.size();
  Error fault = first_fault(command.vendors, [&](const auto& row) { return judge(state, row, seen); });
  if (fault.code == ErrorCode::none) fault = first_fault(command.sources, [&](const auto& row) { return judge(state, row, vendors, standing); });
  if (fault.code == ErrorCode::none) fault = first_fault(command.rules, [&](const auto& row) { return judge(state, row, vendors, standing); });
  if (fault.code == ErrorCode::none) fault = first_fault(command.snoozes, [&](const auto& row) { return judge(state, row, now, standing); });
  return fault;
}

}  // namespace earmark::model
