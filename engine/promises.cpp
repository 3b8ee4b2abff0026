#include "engine/promises.hpp"

#include <algorithm>

namespace earmark::engine {
namespace {

auto place_of(auto& promises, std::uint32_t line_index) {
  return std::lower_bound(promises.begin(), promises.end(), line_index, [](const PromiseImage& each, std::uint32_t index) { return each.line_index < index; });
}

}  // namespace

std::span<const PromiseImage> Promises::of(Lsn order) const {
  const auto found = orders_.find(order);
  return found == orders_.end() ? std::span<const PromiseImage>() : found->second;
}

TimeUs Promises::told(Lsn order, std::uint32_t line_index) const {
  const std::span<const PromiseImage> promises = of(order);
  const auto found = place_of(promises, line_index);
  return found == promises.end() || found->line_index != line_index ? TimeUs{} : found->told;
}

void Promises::decided(Lsn order, const OrderDecision& decision) {
  for (std::size_t next = 0; next < decision.expected.size();) {
    const std::uint32_t line = decision.expected[next].line_index;
    std::uint64_t covered = 0;
    for (; next < decision.expected.size() && decision.expected[next].line_index == line; ++next) covered += decision.expected[next].quantity;
    if (covered == decision.lines[line].backordered) tell(order, line, decision.expected[next - 1].date);
  }
}

void Promises::tell(Lsn order, std::uint32_t line_index, TimeUs date) {
  std::vector<PromiseImage>& promises = orders_[order];
  auto found = place_of(promises, line_index);
  if (found == promises.end() || found->line_index != line_index) found = promises.insert(found, {{}, {}, line_index, 0});
  found->told = date;
  if (found->first.value == 0) found->first = date;
}

void Promises::line_is_whole(Lsn order, std::uint32_t line_index) {
  const auto found = orders_.find(order);
  if (found == orders_.end()) return;
  const auto promise = place_of(found->second, line_index);
  if (promise != found->second.end() && promise->line_index == line_index) promise->told = {};
}

void Promises::restore(Lsn order, std::span<const PromiseImage> promises) {
  if (!promises.empty()) orders_[order].assign(promises.begin(), promises.end());
}

}  // namespace earmark::engine
