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

void Promises::count(SkuId sku, TimeUs before, TimeUs told) {
  if ((before.value == 0) == (told.value == 0)) return;
  std::size_t& lines = told_[sku];
  lines += told.value == 0 ? std::size_t{0} - 1 : 1;
  if (lines == 0) told_.erase(sku);
}

void Promises::decided(const Stamp& stamp, const OrderDecision& decision) {
  for (std::size_t next = 0; next < decision.expected.size();) {
    const std::uint32_t line = decision.expected[next].line_index;
    std::uint64_t covered = 0;
    for (; next < decision.expected.size() && decision.expected[next].line_index == line; ++next) covered += decision.expected[next].quantity;
    const TimeUs last = decision.expected[next - 1].date;
    if (covered == decision.lines[line].backordered && last > stamp.time) tell(stamp.lsn, line, decision.lines[line].sku, last);
  }
}

void Promises::tell(Lsn order, std::uint32_t line_index, SkuId sku, TimeUs date) {
  std::vector<PromiseImage>& promises = orders_[order];
  auto found = place_of(promises, line_index);
  if (found == promises.end() || found->line_index != line_index) found = promises.insert(found, {{}, {}, line_index, 0});
  count(sku, found->told, date);
  found->told = date;
  if (found->first.value == 0) found->first = date;
}

void Promises::line_is_whole(Lsn order, std::uint32_t line_index, SkuId sku) {
  const auto found = orders_.find(order);
  if (found == orders_.end()) return;
  const auto promise = place_of(found->second, line_index);
  if (promise == found->second.end() || promise->line_index != line_index) return;
  count(sku, promise->told, {});
  promise->told = {};
}

}  // namespace earmark::engine
