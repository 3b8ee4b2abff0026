#include "engine/sourcing.hpp"

#include <algorithm>
#include <unordered_map>

namespace earmark::engine {
namespace {

constexpr std::size_t most_exact = 16;  // warehouses of which all sets may be tried

}  // namespace

SourceChooser::Begun SourceChooser::begin(const PlaceOrder& order, SharedState& shared, const CatalogueView& catalogue, bool for_settler,
                                          const WriteSet& writes) {
  rule_ = order.sourcing == Sourcing::server_default ? shared.capacity.default_sourcing : order.sourcing;
  preferred_ = order.preferred;
  only_ = WarehouseId{};
  ranked_.clear();
  if (preferred_.value != 0) ranked_.push_back(preferred_);
  for (const WarehouseId warehouse : catalogue.by_priority) {
    if (warehouse != preferred_) ranked_.push_back(warehouse);
  }
  if (rule_ == Sourcing::priority) return Begun::ready;
  if (!for_settler && order.lines.size() * ranked_.size() > fast_path_cells) return Begun::settler;
  if (rule_ == Sourcing::highest_stock) return Begun::ready;
  if (!read_cells(order, shared, for_settler, writes)) return Begun::settler;
  if (rule_ == Sourcing::single_source) choose_single_source(order);
  else choose_fewest_splits(order);
  return Begun::ready;
}

std::span<const WarehouseId> SourceChooser::of_line(const OrderLine& line, SharedState& shared, const WriteSet& writes) {
  if (line.pinned.value != 0) {
    pin_ = line.pinned;
    return {&pin_, 1};
  }
  if (only_.value != 0) return {&only_, 1};
  if (rule_ != Sourcing::highest_stock) return ranked_;
  by_stock_ = ranked_;
  const auto available = [&](WarehouseId warehouse) { return CellWord{writes.read(shared.cell(line.sku, warehouse))}.free(); };
  std::stable_sort(by_stock_.begin() + (preferred_.value != 0 ? 1 : 0), by_stock_.end(),
                   [&](WarehouseId one, WarehouseId other) { return available(one) > available(other); });
  return by_stock_;
}

bool SourceChooser::read_cells(const PlaceOrder& order, SharedState& shared, bool for_settler, const WriteSet& writes) {
  skus_.clear();
  row_of_line_.clear();
  std::unordered_map<std::uint32_t, std::uint32_t> rows;  // by SKU
  for (const OrderLine& line : order.lines) {
    const auto [row, is_new] = rows.try_emplace(line.sku.value, static_cast<std::uint32_t>(skus_.size()));
    if (is_new) skus_.push_back(line.sku);
    row_of_line_.push_back(row->second);
  }
  candidates_.clear();
  units_.resize(skus_.size() * ranked_.size());
  for (std::size_t column = 0; column < ranked_.size(); ++column) {
    bool anything = false;
    for (std::size_t row = 0; row < skus_.size(); ++row) {
      const CellWord word{writes.read(shared.cell(skus_[row], ranked_[column]))};
      if (word.gate() && !for_settler) return false;
      units_[row * ranked_.size() + column] = word.free();
      anything = anything || word.free() != 0;
    }
    if (anything) candidates_.push_back(static_cast<std::uint16_t>(column));
  }
  return true;
}

std::size_t SourceChooser::column_of(WarehouseId warehouse) const noexcept {
  return static_cast<std::size_t>(std::find(ranked_.begin(), ranked_.end(), warehouse) - ranked_.begin());
}

// Units that stay open when the lines, one after the other, take from the set (pinned ones from their pin).
std::uint64_t SourceChooser::open_with(const PlaceOrder& order, Set set) {
  left_ = units_;
  std::uint64_t open = 0;
  for (std::size_t index = 0; index < order.lines.size(); ++index) {
    const OrderLine& line = order.lines[index];
    Quantity* const left = &left_[row_of_line_[index] * ranked_.size()];
    auto wanted = static_cast<Quantity>(line.quantity);
    const auto take = [&](std::size_t column) {
      const Quantity units = std::min(wanted, left[column]);
      left[column] -= units;
      wanted -= units;
    };
    if (line.pinned.value != 0) take(column_of(line.pinned));
    for (std::size_t member = 0; line.pinned.value == 0 && wanted != 0 && member < candidates_.size(); ++member) {
      if (member < 64 && (set >> member & 1) != 0) take(candidates_[member]);
    }
    open += wanted;
  }
  return open;
}

void SourceChooser::choose_single_source(const PlaceOrder& order) {
  for (const std::uint16_t candidate : candidates_) {
    left_ = units_;
    bool whole = true;
    for (std::size_t index = 0; whole && index < order.lines.size(); ++index) {
      const OrderLine& line = order.lines[index];
      Quantity& left = left_[row_of_line_[index] * ranked_.size() + (line.pinned.value != 0 ? column_of(line.pinned) : candidate)];
      const Quantity units = std::min(static_cast<Quantity>(line.quantity), left);
      whole = line.pinned.value != 0 || units == static_cast<Quantity>(line.quantity);
      left -= units;
    }
    if (!whole) continue;
    only_ = ranked_[candidate];
    return;
  }
}

void SourceChooser::choose_fewest_splits(const PlaceOrder& order) {
  if (candidates_.size() < 2) return move_to_front(~Set{0});
  const bool exact = candidates_.size() <= most_exact && order.lines.size() << candidates_.size() <= most_set_lines;
  move_to_front(exact ? smallest_set(order) : grown_set(order));
}

// By size, and among sets of one size in the order of their ranks, so that the first that is best stays.
SourceChooser::Set SourceChooser::smallest_set(const PlaceOrder& order) {
  std::vector<std::uint64_t> open_units(skus_.size());
  for (std::size_t index = 0; index < order.lines.size(); ++index) {
    open_units[row_of_line_[index]] += static_cast<std::uint64_t>(order.lines[index].quantity);
  }
  std::uint64_t least_open = 0;  // no set can do better
  for (std::size_t row = 0; row < skus_.size(); ++row) {
    std::uint64_t there = 0;
    for (std::size_t column = 0; column < ranked_.size(); ++column) there += units_[row * ranked_.size() + column];
    least_open += open_units[row] - std::min(open_units[row], there);
  }
  Set best = 0;
  std::uint64_t best_open = open_with(order, 0);
  std::vector<std::size_t> members;  // positions in candidates_, rising
  for (std::size_t size = 1; size <= candidates_.size() && best_open > least_open; ++size) {
    members.resize(size);
    for (std::size_t index = 0; index < size; ++index) members[index] = index;
    for (bool more = true; more && best_open > least_open;) {
      Set set = 0;
      for (const std::size_t member : members) set |= Set{1} << member;
      if (const std::uint64_t open = open_with(order, set); open < best_open) best = set, best_open = open;
      std::size_t last = size;  // the next combination
      while (last != 0 && members[last - 1] == candidates_.size() - size + last - 1) --last;
      more = last != 0;
      if (!more) break;
      ++members[last - 1];
      for (std::size_t index = last; index < size; ++index) members[index] = members[index - 1] + 1;
    }
  }
  return best;
}

SourceChooser::Set SourceChooser::grown_set(const PlaceOrder& order) {
  const std::size_t usable = std::min<std::size_t>(candidates_.size(), 64);
  Set set = 0;
  for (std::uint64_t open = open_with(order, 0);;) {
    Set best = set;
    for (std::size_t member = 0; member < usable; ++member) {
      const Set with = set | Set{1} << member;
      const std::uint64_t left = with == set ? open : open_with(order, with);
      if (left < open) best = with, open = left;
    }
    if (best == set) return set;
    set = best;
  }
}

// The set first, then the others, ranked both.
void SourceChooser::move_to_front(Set set) {
  std::vector<WarehouseId> others;
  std::vector<WarehouseId> members;
  for (std::size_t column = 0; column < ranked_.size(); ++column) {
    const auto found = std::find(candidates_.begin(), candidates_.end(), column);
    const auto member = static_cast<std::size_t>(found - candidates_.begin());
    const bool is_in = found != candidates_.end() && member < 64 && (set >> member & 1) != 0;
    (is_in ? members : others).push_back(ranked_[column]);
  }
  ranked_.assign(members.begin(), members.end());
  ranked_.insert(ranked_.end(), others.begin(), others.end());
}

}  // namespace earmark::engine
