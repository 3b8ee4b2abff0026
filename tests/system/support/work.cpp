#include "tests/system/support/work.hpp"

#include "tests/system/support/goods.hpp"

namespace earmark::test {

model::Command Work::next() {
  const std::string number = name_ + "-" + std::to_string(++made_);
  const auto some_sku = [&] { return static_cast<std::uint32_t>(random_.between(1, 12)); };
  const auto earlier = [&] { return "o" + name_ + "-" + std::to_string(random_.between(made_ > 30 ? made_ - 30 : 1, made_)); };
  const std::uint64_t kind = random_.below(100);
  if (kind < 4) {
    const auto rows = [&](std::int64_t quantity) { return std::vector<engine::ChangeRow>{{quantity, 0, engine::SkuId{some_sku()}, engine::WarehouseId{1}, 0}}; };
    const bool adjusts = random_.chance(70);
    const auto units = static_cast<std::int64_t>(random_.between(1, 9));
    return model::ChangeCommand{"a" + number, adjusts ? engine::ChangeKind::adjust : engine::ChangeKind::quarantine, "work", rows(adjusts ? -units : units)};
  }
  if (kind < 72) {
    std::vector<Wanted> lines;
    for (std::uint64_t count = random_.between(1, 4); count > 0; --count) lines.push_back({some_sku(), static_cast<std::int64_t>(random_.between(1, 9))});
    return order("o" + number, lines, random_.chance(90) ? engine::Policy::ship_partial : engine::Policy::fill_or_kill);
  }
  if (kind < 86) return receipt("r" + number, {{some_sku(), static_cast<std::int64_t>(random_.between(5, 60))}, {some_sku(), 9, 2}});
  if (kind < 94) return cancel("c" + number, earlier());
  return ship("s" + number, earlier());
}

}  // namespace earmark::test
