// What vendors brought, by what they had promised first, and what of theirs is overdue: by vendor, or by vendor and SKU, of all days
// asked for together or by day. What is overdue belongs to the day that is promised now and is over.
#include <algorithm>
#include <map>

#include "storage/report.hpp"
#include "storage/sellers.hpp"

namespace earmark::storage {

using engine::TimeUs;
using schema::ReportColumn;
using schema::ReportKind;

namespace {

std::int64_t number(std::uint64_t count) { return static_cast<std::int64_t>(count); }

struct Vendor {
  DeliveryFigures figures;
  std::uint64_t overdue = 0;

  void merge(const Vendor& other) {
    figures.merge(other.figures);
    overdue += other.overdue;
  }
  // Units that did not come when they were promised for.
  std::uint64_t failed() const { return figures[DeliveryCount::units_late] + figures[DeliveryCount::never_came] + overdue; }
  void tell(std::vector<std::int64_t>& row) const {
    using enum DeliveryCount;
    const Durations& late = figures[DeliveryDuration::late];
    row.insert(row.end(), {number(figures[receipts]), number(figures[units_on_time] + figures[units_late] + figures[units_undated]), number(figures[units_on_time]),
                           number(figures[units_late]), number(figures[receipts_undated]), number(figures[units_undated]), number(figures[never_came]), number(overdue),
                           number(late.mean()), number(late.quantile(90)), number(late.max())});
  }
};

class VendorDelay final : public ReportMaker {
 public:
  using ReportMaker::ReportMaker;
  FigureQuestion question() const override { return {.deliveries = true, .open_purchases = true, .vendors = true}; }

  void vendor(const engine::VendorImage& vendor) override { sellers_.add(vendor); }
  void source(const engine::SourceImage& source) override { sellers_.add(source); }
  void delivery(const DeliveryKey& key, const DeliveryFigures& figures) override { group(key.day, key.vendor, key.sku).figures.merge(figures); }

  void open_purchase(const engine::PurchaseImage& purchase) override {
    if (!engine::is_incoming(purchase.state)) return;
    for (const engine::PurchaseLineState& line : purchase.lines) {
      const std::int32_t day = day_of(line.promised);
      if (line.open() == 0 || line.promised.value == 0 || line.promised >= time() || day < request().first_day || day > request().last_day) continue;
      group(day, std::string(purchase.vendor), line.sku).overdue += line.open();
    }
  }

  void finish(ReportTable& table) override {
    using enum ReportColumn;
    if (request().by_day) table.columns.push_back(day);
    table.columns.insert(table.columns.end(), {ReportColumn::vendor, vendor_name});
    if (by_sku()) table.columns.push_back(sku);
    table.columns.push_back(lead_days);
    const std::size_t labels = table.columns.size();
    table.columns.insert(table.columns.end(), {receipts, units, units_on_time, units_late, receipts_undated, units_undated, never_came, units_overdue,
                                               late_mean_us, late_p90_us, late_max_us});
    Vendor all;
    std::vector<const Group*> order;
    for (const Group& each : groups_) {
      all.merge(each.second);
      order.push_back(&each);
    }
    table.totals.assign(labels, 0);
    all.tell(table.totals);
    const std::size_t most = limited(order.size(), table);
    if (request().by_day) {
      order.erase(order.begin(), order.end() - static_cast<std::ptrdiff_t>(most));  // the latest ones
    } else {
      std::stable_sort(order.begin(), order.end(), [](const Group* left, const Group* right) { return left->second.failed() > right->second.failed(); });
      order.resize(most);
    }
    for (const Group* each : order) tell(*each, table);
  }

 private:
  using Key = std::tuple<std::int32_t, std::string, engine::SkuId>;  // day 0: all; SKU 0: all
  using Group = std::pair<const Key, Vendor>;

  bool by_sku() const { return request().kind == ReportKind::vendor_delay_by_sku; }
  Vendor& group(std::int32_t day, std::string vendor, engine::SkuId sku) {
    return groups_[{request().by_day ? day : 0, std::move(vendor), by_sku() ? sku : engine::SkuId{}}];
  }

  void tell(const Group& group, ReportTable& table) {
    const auto& [day, vendor, sku] = group.first;
    if (request().by_day) table.rows.push_back(day);
    table.rows.insert(table.rows.end(), {text(vendor, table), text(sellers_.name(vendor), table)});
    if (by_sku()) table.rows.push_back(sku.value);
    table.rows.push_back(by_sku() ? sellers_.lead_days(sku, vendor) : sellers_.lead_days(vendor));
    group.second.tell(table.rows);
  }

  std::int64_t text(std::string_view of, ReportTable& table) {
    const auto [found, is_new] = texts_.try_emplace(std::string(of), number(table.texts.size()));
    if (is_new) table.texts.emplace_back(of);
    return found->second;
  }

  Sellers sellers_;
  std::map<Key, Vendor> groups_;
  std::map<std::string, std::int64_t> texts_;
};

}  // namespace

std::unique_ptr<ReportMaker> vendor_report(const schema::ReportRequest& request, TimeUs now) { return std::make_unique<VendorDelay>(request, now); }

}  // namespace earmark::storage
