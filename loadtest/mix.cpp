#include "loadtest/mix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "engine/errors.hpp"

namespace earmark::loadtest {
namespace {

constexpr std::array<std::string_view, request_kinds> plurals = {"orders", "checks", "cancels", "receipts", "ships", "shows", "holds", "confirms", "releases"};
constexpr std::array accepted_policies = {engine::Policy::ship_partial, engine::Policy::fill_or_kill, engine::Policy::fill_and_cancel};

struct NamedShare {
  std::string_view name;
  double share = 0;
};

Result<std::vector<NamedShare>, std::string> split_shares(std::string_view text) {
  std::vector<NamedShare> shares;
  double sum = 0;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos || equals == 0) return Unexpected{fmt::format("\"{}\" is no NAME=SHARE", item)};
    const std::string_view number = item.substr(equals + 1);
    double share = 0;
    const auto [stopped, fault] = std::from_chars(number.data(), number.data() + number.size(), share);
    if (fault != std::errc{} || stopped != number.data() + number.size() || !(share >= 0 && share <= 1e9)) {
      return Unexpected{fmt::format("the share \"{}\" is no number from 0 up", number)};
    }
    const std::string_view name = item.substr(0, equals);
    if (std::any_of(shares.begin(), shares.end(), [&](const NamedShare& other) { return other.name == name; })) {
      return Unexpected{fmt::format("\"{}\" is named twice", name)};
    }
    shares.push_back({name, share});
    sum += share;
  }
  if (sum <= 0) return Unexpected{std::string("no share is above 0")};
  return shares;
}

// `value_of` gives a value for a name, or nothing.
template <class Value>
Result<Shares<Value>, std::string> parse_shares(const std::string& text, std::string_view known, auto value_of) {
  const auto named = split_shares(text);
  if (!named) return Unexpected{named.error()};
  std::vector<typename Shares<Value>::Entry> entries;
  for (const NamedShare& share : *named) {
    const std::optional<Value> value = value_of(share.name);
    if (!value) return Unexpected{fmt::format("\"{}\" is none of {}", share.name, known)};
    entries.push_back({*value, share.share});
  }
  return Shares<Value>(entries);
}

}  // namespace

std::string_view plural(RequestKind kind) noexcept { return plurals[static_cast<std::size_t>(kind)]; }

Result<Mix, std::string> parse_mix(const std::string& text) {
  return parse_shares<RequestKind>(text, "orders, checks, cancels, receipts, ships, shows, holds", [](std::string_view name) {
    const auto* const end = plurals.begin() + kinds_of_mixes;
    const auto* found = std::find(plurals.begin(), end, name == "show" ? plural(RequestKind::show) : name);
    return found == end ? std::nullopt : std::optional(static_cast<RequestKind>(found - plurals.begin()));
  });
}

Result<PolicyShares, std::string> parse_policies(const std::string& text) {
  return parse_shares<engine::Policy>(text, "ship_partial, fill_or_kill, fill_and_cancel", [](std::string_view name) -> std::optional<engine::Policy> {
    for (const engine::Policy policy : accepted_policies) {
      if (engine::name(policy) == name) return policy;
    }
    return std::nullopt;
  });
}

Result<PriorityShares, std::string> parse_priorities(const std::string& text) {
  return parse_shares<engine::Priority>(text, "the priorities 0 to 255", [](std::string_view name) -> std::optional<engine::Priority> {
    std::uint8_t value = 0;
    const auto [stopped, fault] = std::from_chars(name.data(), name.data() + name.size(), value);
    if (fault != std::errc{} || stopped != name.data() + name.size()) return std::nullopt;
    return engine::Priority{value};
  });
}

std::string describe(const Mix& mix) {
  std::string text;
  for (const auto& [kind, share] : mix.entries()) {
    const double percent = std::round(share * 1000) / 10;
    text += fmt::format("{}{} {:g} %", text.empty() ? "" : ", ", plural(kind), percent);
  }
  return text;
}

}  // namespace earmark::loadtest
