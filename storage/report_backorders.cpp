// What waits: by product, customer, warehouse or vendor, and by age. A line waits since its order was decided, or since that order's
// reserve_not_before, as `earmark backorders` tells it; one that lost its units again has its old age, as it has its old place.
#include <algorithm>
#include <array>
#include <unordered_map>

#include "storage/figure_batch.hpp"
#include "storage/report.hpp"
#include "storage/sellers.hpp"

namespace earmark::storage {

using engine::Lsn;
using engine::TimeUs;
using schema::ReportColumn;
using schema::ReportKind;

namespace {

// Waiting lines of one SKU, customer, warehouse, vendor or age.
struct Waiting {
  std::uint64_t quantity = 0, not_due = 0, lines = 0, orders = 0;
  std::int64_t oldest = 0;  // 0: nothing waits that is due
  Lsn last_order{};

  void add(const engine::OrderImage& order, const engine::LineImage& line) {
    const std::int64_t since = std::max(order.time, order.reserve_not_before).value;
    quantity += line.waiting;
    ++lines;
    if (std::exchange(last_order, order.lsn) != order.lsn) ++orders;
    if (order.not_due) not_due += line.waiting;
    else oldest = oldest == 0 ? since : std::min(oldest, since);
  }
  void tell(std::vector<std::int64_t>& row) const {
    row.insert(row.end(), {static_cast<std::int64_t>(quantity), static_cast<std::int64_t>(not_due), static_cast<std::int64_t>(lines),
                           static_cast<std::int64_t>(orders), oldest});
  }
};

const std::vector<ReportColumn> waiting_columns = {ReportColumn::quantity, ReportColumn::not_due, ReportColumn::lines, ReportColumn::orders,
                                                   ReportColumn::oldest_us};

class Backorders final : public ReportMaker {
 public:
  using ReportMaker::ReportMaker;
  FigureQuestion question() const override {
    const bool by_vendor = label() == ReportColumn::vendor;
    return {.open_orders = true, .vendors = by_vendor, .rules = by_vendor};
  }

  void warehouses(std::span<const engine::LoadedWarehouse> part) override { sellers_.add(part); }
  void vendor(const engine::VendorImage& vendor) override { sellers_.add(vendor); }
  void source(const engine::SourceImage& source) override { sellers_.add(source); }
  void rule(const engine::RuleImage& rule) override { sellers_.add(rule); }
  void open_order(const engine::OrderImage& order) override {
    for (const engine::LineImage& line : order.lines) {
      if (line.waiting == 0) continue;
      groups_[group_of(order, line)].add(order, line);
      all_.add(order, line);
    }
  }

  void finish(ReportTable& table) override {
    const bool by_text = schema::names_text(label());
    table.columns = {label()};
    table.columns.insert(table.columns.end(), waiting_columns.begin(), waiting_columns.end());
    std::vector<std::pair<std::uint64_t, const Waiting*>> order;
    for (const auto& [group, waiting] : groups_) order.emplace_back(group, &waiting);
    const auto ahead = [&](std::uint64_t left, std::uint64_t right) { return by_text ? texts_[left] < texts_[right] : left < right; };
    std::sort(order.begin(), order.end(), [&](const auto& left, const auto& right) {
      return left.second->quantity != right.second->quantity ? left.second->quantity > right.second->quantity : ahead(left.first, right.first);
    });
    order.resize(limited(order.size(), table));
    for (const auto& [group, waiting] : order) {
      table.rows.push_back(static_cast<std::int64_t>(by_text ? table.texts.size() : group));
      if (by_text) table.texts.push_back(texts_[group]);
      waiting->tell(table.rows);
    }
    table.totals.push_back(0);
    all_.tell(table.totals);
  }

 private:
  // What a row is of.
  ReportColumn label() const {
    switch (request().kind) {
      case ReportKind::backorders_by_product: return ReportColumn::sku;
      case ReportKind::backorders_by_customer: return ReportColumn::customer;
      case ReportKind::backorders_by_vendor: return ReportColumn::vendor;
      default: return ReportColumn::warehouse;
    }
  }

  // Of the warehouse: where the line is pinned, else what the order prefers, else none.
  std::uint64_t group_of(const engine::OrderImage& order, const engine::LineImage& line) {
    switch (label()) {
      case ReportColumn::sku: return line.sku.value;
      case ReportColumn::customer: return number_of(order.texts.customer);
      case ReportColumn::vendor: return number_of(sellers_.of(line.sku, line.pinned));
      default: return line.pinned.value != 0 ? line.pinned.value : order.preferred.value;
    }
  }
  std::uint64_t number_of(std::string_view text) {
    const auto [found, is_new] = numbers_.try_emplace(std::string(text), texts_.size());
    if (is_new) texts_.emplace_back(text);
    return found->second;
  }

  Sellers sellers_;
  std::unordered_map<std::uint64_t, Waiting> groups_;
  std::unordered_map<std::string, std::uint64_t> numbers_;
  std::vector<std::string> texts_;
  Waiting all_;
};

struct Age {
  std::int64_t from = 0, to = 0;  // whole days, both included
};
constexpr std::array ages{Age{0, 2}, Age{3, 7}, Age{8, 14}, Age{15, 30}, Age{31, 60}, Age{61, 90}, Age{91, -1}, Age{-1, -1}};
constexpr std::size_t not_due_age = ages.size() - 1;

class BackorderAge final : public ReportMaker {
 public:
  using ReportMaker::ReportMaker;
  FigureQuestion question() const override { return {.open_orders = true}; }

  void open_order(const engine::OrderImage& order) override {
    const std::int64_t days = std::max<std::int64_t>(time().value - std::max(order.time, order.reserve_not_before).value, 0) / day_us;
    std::size_t age = not_due_age;
    if (!order.not_due) {
      age = 0;
      while (ages[age].to >= 0 && days > ages[age].to) ++age;
    }
    for (const engine::LineImage& line : order.lines) {
      if (line.waiting == 0) continue;
      groups_[age].add(order, line);
      all_.add(order, line);
    }
  }

  void finish(ReportTable& table) override {
    table.columns = {ReportColumn::days_from, ReportColumn::days_to};
    table.columns.insert(table.columns.end(), waiting_columns.begin(), waiting_columns.end());
    for (std::size_t age = 0; age < ages.size(); ++age) {
      table.rows.insert(table.rows.end(), {ages[age].from, ages[age].to});
      groups_[age].tell(table.rows);
    }
    table.totals = {0, 0};
    all_.tell(table.totals);
  }

 private:
  std::array<Waiting, ages.size()> groups_;
  Waiting all_;
};

}  // namespace

std::unique_ptr<ReportMaker> backorder_report(const schema::ReportRequest& request, TimeUs now) { return std::make_unique<Backorders>(request, now); }
std::unique_ptr<ReportMaker> age_report(const schema::ReportRequest& request, TimeUs now) { return std::make_unique<BackorderAge>(request, now); }

}  // namespace earmark::storage
