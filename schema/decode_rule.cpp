// Frames to commands and questions about vendors and reorder rules, and the question for a decision made earlier. Judged here: enums, texts,
// counts, and that what rows name by position is there; all else is the engine's.
#include "schema/request_rows.hpp"
#include "schema/rule_generated.h"

namespace earmark::schema {
namespace {

static_assert(engine::max_rule_rows < max_passed_rows);  // one too many is seen

ErrorCode read_vendors(const wire::SetRules& part, std::size_t body_bytes, std::vector<engine::VendorEntry>& vendors) {
  const auto* rows = part.vendors();
  const std::size_t count = size_of(rows);
  if (size_of(part.vendor_codes()) != count || !parallel_or_empty(part.vendor_names(), count)) return ErrorCode::malformed;
  if (text_bytes(part.vendor_codes()) + text_bytes(part.vendor_names()) > max_shared_text * body_bytes) return ErrorCode::malformed;
  if (vendors.size() + count > engine::max_rule_rows) return ErrorCode::too_many_lines;
  for (flatbuffers::uoffset_t index = 0; index < count; ++index) {
    const wire::VendorRow& row = *rows->Get(index);
    const engine::VendorEntry made{view_text(part.vendor_codes()->Get(index)), entry(part.vendor_names(), index), row.lead_days(), row.cut_off(),
                                   row.only_named()};
    if (const ErrorCode fault = judge_vendor(made.code); fault != ErrorCode::none) return fault;
    if (const ErrorCode fault = judge_text(made.name); fault != ErrorCode::none) return fault;
    vendors.push_back(made);
  }
  return ErrorCode::none;
}

ErrorCode read_vendors(Parts parts, RequestDecoder::Scratch& scratch) {
  scratch.vendors.clear();
  for (const auto body : parts) {
    const auto* part = open<wire::SetRules>(body, scratch);
    if (part == nullptr) return ErrorCode::malformed;
    if (const ErrorCode fault = read_vendors(*part, body.size(), scratch.vendors); fault != ErrorCode::none) return fault;
  }
  return ErrorCode::none;
}

bool is_sound(const engine::RuleRow& rule, std::size_t vendors) noexcept {
  return rule.vendor <= vendors && rule.kind >= engine::RuleKind::reorder_point && rule.kind <= engine::RuleKind::lot_for_lot &&
         rule.mode <= engine::RuleMode::auto_po && rule.pooled <= 1;
}

ErrorCode judge_rows(const engine::SetRules& set) noexcept {
  if (std::max({set.sources.size(), set.rules.size(), set.snoozes.size()}) > engine::max_rule_rows) return ErrorCode::too_many_lines;
  const std::size_t vendors = set.vendors.size();
  const bool sources = std::ranges::all_of(set.sources, [&](const auto& source) { return source.vendor >= 1 && source.vendor <= vendors; });
  const bool rules = std::ranges::all_of(set.rules, [&](const auto& rule) { return is_sound(rule, vendors); });
  return sources && rules ? ErrorCode::none : ErrorCode::malformed;
}

}  // namespace

Result<Request, ErrorCode> decode_set_rules(Parts parts, RequestDecoder::Scratch& scratch) {
  const auto* first = open<wire::SetRules>(parts.front(), scratch);
  if (first == nullptr) return Unexpected{ErrorCode::malformed};
  SetRulesRequest out;
  out.epoch = first->epoch();
  out.time = engine::TimeUs{first->time_us()};
  if (const ErrorCode fault = read_vendors(parts, scratch); fault != ErrorCode::none) return Unexpected{fault};
  out.set.vendors = scratch.vendors;
  const bool whole =
      gather_rows(parts, *first, [](const wire::SetRules& part) { return part.sources(); }, scratch, scratch.source_rows, out.set.sources) &&
      gather_rows(parts, *first, [](const wire::SetRules& part) { return part.rules(); }, scratch, scratch.rule_rows, out.set.rules) &&
      gather_rows(parts, *first, [](const wire::SetRules& part) { return part.snoozes(); }, scratch, scratch.snooze_rows, out.set.snoozes);
  if (!whole) return Unexpected{ErrorCode::malformed};
  if (const ErrorCode fault = judge_rows(out.set); fault != ErrorCode::none) return Unexpected{fault};
  return Request{out};
}

Result<Request, ErrorCode> decode_rules(std::span<const std::byte> body, RequestDecoder::Scratch& scratch) {
  const auto* rules = open<wire::Rules>(body, scratch);
  if (rules == nullptr) return Unexpected{ErrorCode::malformed};
  const RulesRequest out{rules->epoch(), engine::SkuId{rules->sku()}, view_text(rules->vendor())};
  if (const ErrorCode fault = judge_vendor(out.vendor); fault != ErrorCode::none) return Unexpected{fault};
  return Request{out};
}

// Kinds of commands are the engine's name spaces of ids; there are numbers between them that are none.
Result<Request, ErrorCode> decode_find(std::span<const std::byte> body, RequestDecoder::Scratch& scratch) {
  const auto* find = open<wire::Find>(body, scratch);
  const auto is_kind = [&](wire::CommandKind kind) { return kind == find->kind(); };
  if (find == nullptr || !std::ranges::any_of(wire::EnumValuesCommandKind(), is_kind)) return Unexpected{ErrorCode::malformed};
  const FindRequest out{static_cast<engine::IdSpace>(find->kind()), view_text(find->id())};
  if (const ErrorCode fault = judge_id(out.id); fault != ErrorCode::none) return Unexpected{fault};
  return Request{out};
}

}  // namespace earmark::schema
