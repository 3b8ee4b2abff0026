// What the files that put requests together share (request.cpp, request_purchases.cpp, request_rules.cpp).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "client/values_rules.hpp"
#include "engine/limits.hpp"

namespace earmark::client {

// Ids longer than any server takes are cut where it still says `bad_id`; so are rows, where it says `too_many_lines`.
inline constexpr std::size_t longest_sent_id = 256;
inline constexpr std::size_t most_sent_rows = engine::max_lines + 1;

inline std::string_view sent_id(std::string_view id) { return id.substr(0, longest_sent_id); }

// Calls `use(sku, warehouse)` for what a command about rules names; of sources the warehouse is empty.
template <class Use>
void each_cell(const SetRules& set, Use use) {
  for (const Source& source : set.sources) use(source.sku, std::string());
  for (const ReorderRule& rule : set.rules) use(rule.sku, rule.warehouse);
  for (const SnoozedRule& snooze : set.snoozes) use(snooze.sku, snooze.warehouse);
}

}  // namespace earmark::client
