// The rules of the semantics as tables: a row per event with its expected answer, in the language of story.hpp. The twin
// is held to them here; the real engine is given the same rows.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace earmark::model {

struct Step {
  std::string_view event, answer;
};

struct Scenario {
  std::string_view name;
  std::vector<Step> steps;
  std::uint8_t max_skips = 64;      // the server's options
  std::int64_t max_wait_us = 0;
  std::int64_t date_threshold_us = 86'400'000'000;
};

std::span<const Scenario> scenarios();
extern const std::vector<Scenario> raises;        // a part of them
extern const std::vector<Scenario> amends;        // a part of them
extern const std::vector<Scenario> holds;         // another: checkout holds
extern const std::vector<Scenario> whole_takers;  // another: who takes all or nothing
extern const std::vector<Scenario> strict_waiters;  // another: those of them who were passed over often enough
extern const std::vector<Scenario> stock_changes;
extern const std::vector<Scenario> lines_of_their_own;
extern const std::vector<Scenario> shipment_steps;
extern const std::vector<Scenario> transfers;
extern const std::vector<Scenario> purchases;
extern const std::vector<Scenario> dates;
extern const std::vector<Scenario> rules;
extern const std::vector<Scenario> told;  // overdue supply, dates that move, pegs

}  // namespace earmark::model
