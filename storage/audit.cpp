#include "storage/audit.hpp"

#include <algorithm>

namespace earmark::storage {

using engine::Lsn;
using engine::SkuId;
using engine::WarehouseId;

// What the fold does not keep: ids as text, codes.
class Audit::Texts final : public StateVisitor {
 public:
  explicit Texts(Audit& audit) : audit_(audit) {}

  void catalogue(const engine::LoadDecision& part) override { audit_.learn(part); }
  void cell(const engine::CellImage&) override {}
  void open_order(const engine::OrderImage& image) override {
    audit_.ids_[image.lsn] = image.id;
    audit_.tells_skips_ = audit_.tells_skips_ || image.has_skipped;
  }
  void known(const engine::KnownImage&) override {}

 private:
  Audit& audit_;
};

Outcome<void> Audit::begin(const StateStore& base) {
  if (auto begun = state_.begin(base); !begun) return begun;
  Texts texts(*this);
  if (auto read = base.read(texts); !read) return read;
  for (const auto& [lsn, order] : state_.open_orders()) queues_.refresh(state_, lsn);
  return {};
}

void Audit::learn(const engine::LoadDecision& load) {
  codes_.learn(load);
  for (const engine::LoadedProduct& each : load.products) {
    if (!only_.empty() && each.code == only_) sku_ = each.id;
  }
}

bool Audit::read(const schema::Event& event) {
  lsn_ = event.stamp.lsn;
  judges_ = lsn_ >= report_.from;
  if (judges_) {
    if (report_.to < report_.from) report_.from_time = event.stamp.time;
    report_.to = lsn_;
    report_.to_time = event.stamp.time;
  }
  if (const auto* load = std::get_if<engine::LoadDecision>(&event.decision)) learn(*load);
  const auto* fill = std::get_if<engine::FillDecision>(&event.decision);
  if (fill != nullptr) cause_.reach(event.stamp, *fill);
  std::visit([&](const auto& decision) {
    if constexpr (requires { look(event.stamp, decision); }) look(event.stamp, decision);
  }, event.decision);
  if (cause_.begin(event, state_) && judges_) ++report_.causes;
  const std::vector<Lsn> changed = changed_by(event);
  if (!state_.apply(event)) return false;
  refresh(event, changed);
  if (fill != nullptr) cause_.served(*fill);
  return true;
}

// ---- the queues follow the fold ----

std::vector<Lsn> Audit::changed_by(const schema::Event& event) const {
  std::vector<Lsn> changed;
  const auto add_losers = [&](const auto& decision) {
    for (const engine::LostUnits& lost : decision.lost) changed.push_back(lost.order_lsn);  // a hold's has no lines that wait
  };
  std::visit([&](const auto& decision) {
    using Decision = std::decay_t<decltype(decision)>;
    if constexpr (std::is_same_v<Decision, engine::OrderDecision>) changed.push_back(event.stamp.lsn);
    if constexpr (requires { decision.lost; }) add_losers(decision);
    if constexpr (requires { decision.order_lsn; }) changed.push_back(decision.order_lsn);
    else if constexpr (requires { decision.order_id; }) changed.push_back(state_.open_order(decision.order_id));
  }, event.decision);
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  return changed;
}

void Audit::refresh(const schema::Event& event, const std::vector<Lsn>& changed) {
  if (const auto* order = std::get_if<engine::OrderDecision>(&event.decision)) ids_[event.stamp.lsn] = order->id;
  for (const Lsn lsn : changed) {
    const auto* fill = std::get_if<engine::FillDecision>(&event.decision);
    const OfflineState::Order* order = state_.order(lsn);
    if (order == nullptr) ids_.erase(lsn);
    for (std::uint32_t index = 0; fill != nullptr && order != nullptr && index < order->lines.size(); ++index) {
      // Only this line waits for less, unless the order is whole by it.
      if (order->lines[index].number == fill->line) queues_.refresh(state_, lsn, index);
    }
    if (fill == nullptr) queues_.refresh(state_, lsn);
  }
}

AuditLine Audit::name_of(Lsn lsn, std::uint32_t line_index) const {
  const auto id = ids_.find(lsn);
  const OfflineState::Order* order = state_.order(lsn);
  return {id == ids_.end() ? std::string() : id->second, order == nullptr ? engine::LineNumber{} : order->lines[line_index].number};
}

// ---- what takes ----

std::uint64_t Audit::held_by(const engine::OrderDecision& order, const engine::LineDecision& line, WarehouseId warehouse) const {
  if (order.hold.empty() || order.reacquired) return 0;
  const OfflineState::Hold* hold = state_.hold(state_.open_hold(order.hold));
  std::uint64_t units = 0;
  for (std::size_t index = 0; hold != nullptr && index < hold->lines.size(); ++index) {
    if (hold->lines[index].number != line.line || hold->lines[index].sku != line.sku) continue;
    for (const auto& [place, allocation] : hold->lines[index].allocations) units += place.first == warehouse ? allocation.reserved : 0;
  }
  return units;
}

void Audit::look(const engine::Stamp& stamp, const engine::OrderDecision& order) {
  Taker taker{{255U - order.priority.value, stamp.lsn, 0}, stamp.lsn, {std::string(order.id), {}}, order.skipped, false};
  std::vector<Taken> all;
  Ahead earliest;
  std::size_t next = 0;
  for (const engine::LineDecision& line : order.lines) {
    const auto take = [&](WarehouseId warehouse, engine::Quantity units) {
      const std::uint64_t held = std::min<std::uint64_t>(held_by(order, line, warehouse), units);
      all.push_back({line.sku, warehouse, units});
      taker.name.line = line.line;
      if (held != 0 && judges_ && concerns(line.sku)) count(Passing::held_units);
      judge(taker, {line.sku, warehouse, static_cast<engine::Quantity>(units - held)}, earliest);
    };
    if (line.taken != 0) take(line.warehouse, line.taken);
    for (std::size_t more = 0; more < line.more_takes; ++more, ++next) take(order.takes[next].warehouse, order.takes[next].quantity);
    ++taker.place.line_index;
  }
  if (judges_ && std::any_of(all.begin(), all.end(), [&](const Taken& each) { return concerns(each.sku); })) ++report_.orders;
  settle_skip(taker, earliest, all);
}

void Audit::look(const engine::Stamp& stamp, const engine::HoldDecision& hold) {
  Taker taker{{255U - 100U, stamp.lsn, 0}, {}, {std::string(hold.id), {}}, {}, false};
  Ahead earliest;
  std::size_t next = 0;
  bool took = false;
  for (const engine::LineDecision& line : hold.lines) {
    taker.name.line = line.line;
    if (line.taken != 0) took |= judge(taker, {line.sku, line.warehouse, line.taken}, earliest);
    for (std::size_t more = 0; more < line.more_takes; ++more, ++next) took |= judge(taker, {line.sku, hold.takes[next].warehouse, hold.takes[next].quantity}, earliest);
    ++taker.place.line_index;
  }
  if (took) ++report_.holds;
  if (earliest.place != nullptr && judges_ && concerns(earliest.taken.sku)) count(Passing::by_hold);
}

// A fill that is out of its turn by right, because the units came for this line alone, is not judged: the fold has looked at its peg.
void Audit::look(const engine::Stamp&, const engine::FillDecision& fill) {
  const OfflineState::Order* order = state_.order(fill.order_lsn);
  if (order == nullptr) return;  // the fold refuses it
  Taker taker{{255U - order->priority.value, fill.raised_at.value != 0 ? fill.raised_at : fill.order_lsn, 0}, fill.order_lsn,
              {std::string(fill.order_id), fill.line}, fill.skipped, order->has_skipped};
  while (taker.place.line_index < order->lines.size() && order->lines[taker.place.line_index].number != fill.line) ++taker.place.line_index;
  std::vector<Taken> all;
  Ahead earliest;
  bool took = false;
  for (const engine::Take& take : fill.takes) {
    all.push_back({fill.sku, take.warehouse, take.quantity});
    took |= fill.pegged ? pass_pegged(taker, all.back()) : judge(taker, all.back(), earliest);
  }
  if (took) ++report_.fills;
  settle_skip(taker, earliest, all);
}

void Audit::look(const engine::Stamp& stamp, const engine::StrictDecision& strict) {
  const OfflineState::Order* order = state_.order(strict.order_lsn);
  if (!judges_ || order == nullptr) return;
  const bool listed = std::any_of(order->lines.begin(), order->lines.end(), [&](const OfflineState::Line& line) {
    return line.waiting != 0 && (strict.line.value == 0 || line.number == strict.line) && concerns(line.sku);
  });
  if (listed) report_.strict.push_back({stamp.lsn, {std::string(strict.order_id), strict.line}, strict.waited});
}

}  // namespace earmark::storage
