#include "tests/model/dates.hpp"

#include <algorithm>
#include <tuple>

#include "tests/model/fallbacks.hpp"
#include "tests/model/whole.hpp"

namespace earmark::model {

using engine::ExpectedUnits;
using engine::Quantity;
using engine::SkuId;
using engine::TimeUs;
using engine::WarehouseId;

namespace {

constexpr std::size_t most_slices = 8;
constexpr std::size_t most_entries = 10'000;  // of a queue: what is told of them

std::uint64_t units_of(const Slices& slices) {
  std::uint64_t sum = 0;
  for (const auto& [date, units] : slices) sum += units;
  return sum;
}

// What is later than the eighth has the last date.
Slices at_most_eight(Slices slices) {
  while (slices.size() > most_slices) {
    const auto last = std::prev(slices.end()), before = std::prev(last);
    last->second += before->second;
    slices.erase(before);
  }
  return slices;
}

void append(std::vector<ExpectedUnits>& to, const Slices& slices, std::uint32_t line_index) {
  for (const auto& [date, units] : slices) {
    const bool same = !to.empty() && to.back().line_index == line_index && to.back().date == date;
    if (same) to.back().quantity += static_cast<Quantity>(units);
    else to.push_back({date, static_cast<Quantity>(units), line_index});
  }
}

}  // namespace

Dates::Sources Dates::there(SkuId sku) const {
  Sources sources;
  for (const WarehouseId warehouse : state_.by_priority()) sources.push_back({now_, {}, 0, warehouse, state_.cell(sku, warehouse).available()});
  return sources;
}

Dates::Sources Dates::to_come(SkuId sku) const {
  Sources sources;
  for (const auto& [lsn, transfer] : state_.transfers) {
    const auto found = transfer.units.find(sku);
    if (!transfer.open || transfer.expected.value == 0 || found == transfer.units.end()) continue;
    sources.push_back({transfer.expected, lsn, 0, transfer.destination, found->second.left()});
  }
  for (const auto& [lsn, purchase] : state_.purchases) {
    if (purchase.is_draft() || purchase.is_closed()) continue;
    for (std::uint32_t index = 0; index < purchase.lines.size(); ++index) {
      const PurchaseLine& line = purchase.lines[index];
      if (line.sku != sku || line.expected.value == 0) continue;
      sources.push_back({line.expected, lsn, index, line.warehouse, line.open(), line.peg_order, line.peg_line});
    }
  }
  std::erase_if(sources, [](const Source& source) { return source.units == 0; });
  std::ranges::sort(sources, {}, [](const Source& source) { return std::tuple(source.date, source.lsn, source.index); });
  for (Source& source : sources) source.date = std::max(source.date, now_);
  return sources;
}

std::map<Place, Slices> Dates::take_pegged(SkuId sku, Sources& supply) const {
  std::map<Place, Slices> pegged;
  const auto queue = state_.queues.find(sku);
  if (queue == state_.queues.end()) return pegged;
  for (Source& source : supply) {
    if (source.peg_order.value == 0) continue;
    for (const Place& place : queue->second) {
      if (place.order != source.peg_order || state_.line_at(place).number != source.peg_line) continue;
      Slices& slices = pegged[place];
      const std::uint64_t taken = std::min(source.units, state_.waiting_at(place) - units_of(slices));
      source.units -= taken;
      if (taken > 0) slices[source.date] += taken;
    }
  }
  return pegged;
}

Slices Dates::take(Sources& sources, std::uint64_t units, WarehouseId pinned) {
  Slices slices;
  for (Source& source : sources) {
    if (pinned.value != 0 && pinned != source.warehouse) continue;
    const std::uint64_t taken = std::min(units, source.units);
    if (taken == 0) continue;
    source.units -= taken;
    units -= taken;
    slices[source.date] += taken;
  }
  std::erase_if(sources, [](const Source& source) { return source.units == 0; });
  return slices;
}

Slices Dates::of(SkuId sku, const Place& place) {
  const auto [found, is_new] = found_.try_emplace(sku);
  if (is_new) {
    Sources sources = there(sku), supply = to_come(sku);
    std::map<Place, Slices> pegged = take_pegged(sku, supply);
    sources.insert(sources.end(), supply.begin(), supply.end());
    for (const Place& each : state_.queues.at(sku)) {
      if (sources.empty() && pegged.empty()) break;
      const Order& order = state_.orders.at(each.order);
      const Line& line = state_.line_at(each);
      const Quantity waiting = state_.waiting_at(each);
      Slices slices, all = pegged[each];
      for (const auto& [date, units] : take(sources, waiting - units_of(all), line.pinned)) all[date] += units;
      for (const auto& [date, units] : all) slices[order.not_due ? std::max(date, order.reserve_not_before) : date] += units;
      const std::uint64_t covered = units_of(all);
      if (waits_for_all(order, line) && !order.patience_of(line).strict && !slices.empty()) {
        slices = covered == waiting ? Slices{{slices.rbegin()->first, covered}} : Slices{};
      }
      found->second[each] = at_most_eight(std::move(slices));
    }
  }
  const auto slices = found->second.find(place);
  return slices == found->second.end() ? Slices{} : slices->second;
}

std::vector<ExpectedUnits> Dates::of(const Order& order) {
  std::vector<ExpectedUnits> expected;
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    for (const engine::Lsn raised_at : order.lines[index].entries()) {
      append(expected, of(order.lines[index].sku, {order.priority, order.lsn, index, raised_at}), index);
    }
  }
  return expected;
}

std::vector<Dates::LineDate> Dates::lines(SkuId sku) {
  std::vector<LineDate> all;
  std::map<std::pair<engine::Lsn, std::uint32_t>, std::size_t> found;
  std::set<std::pair<engine::Lsn, std::uint32_t>> too_far, undated;
  std::size_t entries = 0;
  for (const Place& place : state_.queues.at(sku)) {
    const std::pair key{place.order, place.line_index};
    if (++entries > most_entries) {
      too_far.insert(key);
      continue;
    }
    if (found.try_emplace(key, all.size()).second) all.push_back({place, {}});
    LineDate& line = all[found.at(key)];
    const Slices slices = of(sku, place);
    if (units_of(slices) < state_.waiting_at(place)) undated.insert(key);
    else line.date = std::max(line.date, slices.rbegin()->first);
  }
  std::erase_if(all, [&](const LineDate& each) { return too_far.contains({each.first.order, each.first.line_index}); });
  for (LineDate& each : all) {
    if (undated.contains({each.first.order, each.first.line_index})) each.date = {};
  }
  return all;
}

std::vector<ExpectedUnits> Dates::fallbacks(const Order& order, const std::vector<ExpectedUnits>& expected) const {
  std::vector<ExpectedUnits> all;
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    const Line& line = order.lines[index];
    Quantity undated = line.waiting;
    for (const ExpectedUnits& each : expected) undated -= each.line_index == index ? each.quantity : 0;
    const auto date = if_ordered(state_, line.sku, line.pinned, now_);
    if (undated > 0 && date) all.push_back({*date, undated, index});
  }
  return all;
}

std::vector<Slices> Dates::behind(engine::Priority priority, SkuId sku, std::span<const std::uint64_t> units) const {
  Sources sources = to_come(sku);
  std::map<Place, Slices> pegged = take_pegged(sku, sources);
  if (const auto queue = state_.queues.find(sku); queue != state_.queues.end()) {
    for (const Place& place : queue->second) {
      if (place.priority >= priority) take(sources, state_.waiting_at(place) - units_of(pegged[place]), state_.line_at(place).pinned);
    }
  }
  std::vector<Slices> all;
  for (const std::uint64_t each : units) all.push_back(at_most_eight(take(sources, each, {})));
  return all;
}

ShownOrder show(const State& state, const Order& order, Dates& dates) {
  ShownOrder shown{.id = order.id, .expected = dates.of(order)};
  shown.fallbacks = dates.fallbacks(order, shown.expected);
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    const Line& line = order.lines[index];
    if (line.promised_first.value != 0) shown.promises.push_back({index, line.promised_first, line.told});
    if (line.waiting == 0) continue;
    ShownLine& told = shown.lines.emplace_back(ShownLine{.line = line.number, .waiting = line.waiting, .position = 1});
    for (const Place& place : state.queues.at(line.sku)) {
      if (place.order == order.lsn && place.line_index == index) break;
      ++told.position;
      told.quantity_ahead += state.waiting_at(place);
    }
  }
  return shown;
}

std::vector<ListedLine> list_backorders(const State& state, Dates& dates) {
  std::vector<ListedLine> listed;
  for (const auto& [sku, queue] : state.queues) {
    std::uint64_t position = 0, ahead = 0;
    for (const Place& place : queue) {
      const Quantity waiting = state.waiting_at(place);
      ListedLine line{state.orders.at(place.order).id, state.line_at(place).number, ++position, ahead, waiting, {}};
      std::uint64_t covered = 0;
      const Slices slices = dates.of(sku, place);
      for (const auto& [date, units] : slices) covered += units;
      if (covered == waiting) line.expected = slices.rbegin()->first;
      listed.push_back(line);
      ahead += waiting;
    }
  }
  return listed;
}

std::vector<ListedPurchase> list_purchases(const State& state) {
  std::vector<ListedPurchase> all;
  for (const auto& [lsn, purchase] : state.purchases) {
    if (purchase.is_closed()) continue;
    ListedPurchase& listed = all.emplace_back(ListedPurchase{purchase.id, purchase.state, {}});
    for (const PurchaseLine& line : purchase.lines) {
      listed.lines.push_back({line.number, line.promised, line.first_promised, line.expected, line.ordered, line.received, line.peg_order, line.peg_line});
    }
  }
  return all;
}

CheckedStock check(const State& state, std::span<const SkuId> skus, std::span<const Quantity> wanted, const Dates& dates) {
  CheckedStock checked;
  for (std::uint32_t row = 0; row < skus.size(); ++row) {
    std::uint64_t there = 0, asked = 0;  // asked: by earlier rows for this SKU
    for (std::uint16_t id = 1; id <= state.warehouses.size(); ++id) {
      checked.available.push_back(state.cell(skus[row], WarehouseId{id}).available());
      there += checked.available.back();
    }
    std::vector<std::uint64_t> missing;  // of this row and those before it, for which too little was there
    for (std::uint32_t earlier = 0; earlier <= row; ++earlier) {
      if (skus[earlier] != skus[row]) continue;
      const std::uint64_t left = there - std::min(there, asked), now = std::min<std::uint64_t>(wanted[earlier], left);
      missing.push_back(wanted[earlier] - now);
      asked += wanted[earlier];
      if (earlier == row) checked.now.push_back(static_cast<Quantity>(now));
    }
    const Slices slices = dates.behind(engine::PlaceOrder{}.priority, skus[row], missing).back();
    append(checked.expected, slices, row);
    const auto undated = static_cast<Quantity>(missing.back() - units_of(slices));
    const auto date = if_ordered(state, skus[row], {}, dates.now());
    if (undated > 0 && date) checked.fallbacks.push_back({*date, undated, row});
  }
  return checked;
}

Questions all_questions(const State& state) {
  constexpr Quantity amounts[] = {1, 7, 40, 1000, engine::max_quantity};
  Questions all;
  for (const auto& [lsn, order] : state.orders) {
    if (order.open()) all.orders.push_back(order.id);
  }
  const auto skus = static_cast<std::uint32_t>(state.products.size());
  for (std::uint32_t row = 0; row < 2 * skus + 3; ++row) {
    all.skus.emplace_back(1 + row % (skus + 1));
    all.wanted.push_back(amounts[(row + state.lsn.value) % std::size(amounts)]);
  }
  all.rules = {{SkuId{}, ""}, {SkuId{static_cast<std::uint32_t>(1 + state.lsn.value % (skus + 1))}, ""}, {SkuId{}, "vendor " + std::to_string(state.lsn.value % 5)}};
  return all;
}

std::string answers(const State& state, const Questions& questions, TimeUs now) {
  Dates dates(state, now);
  std::string text;
  for (const std::string& id : questions.orders) text += describe(show(state, state.orders.at(state.order_ids.at(id)), dates)) + "\n";
  for (const ListedLine& line : list_backorders(state, dates)) text += describe(line) + "\n";
  text += describe(check(state, questions.skus, questions.wanted, dates)) + "\n";
  for (const ListedPurchase& purchase : list_purchases(state)) text += describe(purchase) + "\n";
  for (const auto& [sku, vendor] : questions.rules) text += describe(list_rules(state, sku, vendor)) + "\n";
  return text;
}

namespace {

std::string describe(std::span<const ExpectedUnits> expected, std::string_view what = "") {
  std::string text;
  for (const ExpectedUnits& each : expected) {
    text += "; " + std::string(what) + "index " + std::to_string(each.line_index) + ": " + std::to_string(each.quantity) + " by " + std::to_string(each.date.value);
  }
  return text;
}

std::string place_text(engine::LineNumber line, Quantity units, std::uint64_t position, std::uint64_t ahead) {
  return "line " + std::to_string(line.value) + " waits " + std::to_string(units) + " place " + std::to_string(position) + " behind " + std::to_string(ahead);
}

}  // namespace

std::string describe(const ShownOrder& order) {
  std::string text = "'" + order.id + "'";
  for (const ShownLine& line : order.lines) text += "; " + place_text(line.line, line.waiting, line.position, line.quantity_ahead);
  for (const ShownPromise& each : order.promises) {
    text += "; promised index " + std::to_string(each.line_index) + " first " + std::to_string(each.first.value) + " told " + std::to_string(each.told.value);
  }
  return text + describe(order.expected) + describe(order.fallbacks, "ordered now ");
}

std::string describe(const ListedLine& line) {
  return "'" + line.order + "' " + place_text(line.line, line.quantity, line.position, line.quantity_ahead) +
         (line.expected.value == 0 ? "" : " by " + std::to_string(line.expected.value));
}

std::string describe(const CheckedStock& checked) {
  std::string text = "available";
  for (const Quantity units : checked.available) text += " " + std::to_string(units);
  text += "; now";
  for (const Quantity units : checked.now) text += " " + std::to_string(units);
  return text + describe(checked.expected) + describe(checked.fallbacks, "ordered now ");
}

std::string describe(const ListedPurchase& purchase) {
  std::string text = "purchase '" + purchase.id + "' " + std::string(name(purchase.state));
  for (const ListedPurchaseLine& line : purchase.lines) {
    text += "; line " + std::to_string(line.line.value) + " " + std::to_string(line.received) + " of " + std::to_string(line.quantity) + " promised " +
            std::to_string(line.promised.value) + " at first " + std::to_string(line.first_promised.value) + " expected " + std::to_string(line.expected.value);
    if (line.peg_order.value != 0) text += " for line " + std::to_string(line.peg_line.value) + " of " + std::to_string(line.peg_order.value);
  }
  return text;
}

}  // namespace earmark::model
