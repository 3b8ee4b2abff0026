// Vendors and reorder rules at the settler (semantics 10). After every command with its fills the rules of the SKUs that it touched are looked at,
// smallest SKU first, until nothing more happens; what one does is a record of its own, decided at its own instant.
#include <algorithm>

#include "engine/level.hpp"
#include "engine/purchase_plan.hpp"
#include "engine/reorder_plan.hpp"
#include "engine/set_rules_plan.hpp"
#include "engine/settler.hpp"

namespace earmark::engine {

bool Settler::settle(const SetRules& set, const Message& message, Committer& committer) {
  const SetRulesPlan plan = plan_set_rules(set, book_, catalogue(), message.time);
  if (plan.error.code != ErrorCode::none) {
    committer.outcomes().refused(message.reply, read_by(), plan.error);
    return true;
  }
  shared_.has_rules.store(1, std::memory_order_relaxed);  // before the commit, which releases it
  const RulesDecision decision{plan.vendors, plan.sources, plan.rules};
  std::size_t bytes = 1024 + plan.sources.size() * sizeof(SourceSet) + plan.rules.size() * sizeof(RuleSet);
  for (const VendorSet& vendor : plan.vendors) bytes += 64 + vendor.code.size() + vendor.name.size();
  const Committed committed =
      committer.commit(writes_, CommitWord::settler_descriptor, 1, bytes * 9 / 8,
                       [&](StableState, Bundle& bundle, std::size_t) { bundle.add(message.time, {}, decision, message.reply); });
  if (committed.attempt != Attempt::committed) return false;
  book_.apply_rules(shared_, decision);
  committer.announce(committed.first);
  return true;
}

bool Settler::settle(const MindRules& mind, const Message&, Committer&) {
  for (const SkuId sku : mind.skus) book_.touched.positions.insert(sku);
  return true;
}

// False: no room. What is left to look at stays noted.
bool Settler::mind_touched(Committer& committer) {
  SkuSet& positions = book_.touched.positions;
  SkuSet& dates = book_.touched.dates;
  if (book_.rules.empty()) positions.clear();
  if (!positions.empty()) {
    const SkuId sku = positions.smallest();
    positions.erase_smallest();
    if (mind_rules(sku, committer)) return true;
    positions.insert(sku);
    return false;
  }
  if (book_.supply.empty() && !book_.promises.any_told()) dates.clear();
  if (dates.empty()) return true;
  if (!tell_dates(dates.smallest(), committer)) return false;
  dates.erase_smallest();
  return true;
}

bool Settler::mind_rules(SkuId sku, Committer& committer) {
  const auto read = [&](CellIndex cell) { return signed_level(CellWord{shared_.cells[cell.value].load(std::memory_order_acquire)}.level()); };
  const auto acts = [&] {
    read_by();  // whatever was committed is in its cells
    const auto [first, last] = book_.rules.of(sku);
    return std::find_if(first, last, [&](const auto& each) {
      return would_act(book_, each.second, position_of(shared_, book_, catalogue(), each.second.set, read), now_);
    });
  };
  const auto [first, last] = book_.rules.of(sku);
  if (first == last) return true;
  bool no_memory = false;
  for (auto each = first; each != last; ++each) {
    writes_.clear();
    const bool act = would_act(book_, each->second, position_of(shared_, book_, catalogue(), each->second.set, read), now_);
    if (act && !reorder(each->second, committer, no_memory)) return false;
  }
  set_levels(sku);
  shared_.rules_turn.fetch_add(1, std::memory_order_acq_rel);  // engine/rules.hpp: levels before cells; pairs with OrderDesk::decide()
  writes_.clear();
  if (!no_memory && acts() != book_.rules.of(sku).second) book_.touched.positions.insert(sku);
  return true;
}

// As long as each cell of the SKU has its level, no rule of it comes to its line: what may go without is shared out among its cells.
void Settler::set_levels(SkuId sku) {
  writes_.clear();
  const CatalogueView& view = catalogue();
  std::vector<std::uint32_t> levels(view.warehouse_count);
  const auto free = [&](WarehouseId warehouse) { return CellWord{shared_.cell(sku, warehouse).load(std::memory_order_acquire)}.free(); };
  const auto [first, last] = book_.rules.of(sku);
  for (auto each = first; each != last; ++each) {
    const Rule& rule = each->second;
    if (!is_active(rule, now_) || rule.triggered) continue;
    const Position position = position_of(shared_, book_, view, rule.set, [&](CellIndex cell) {
      return signed_level(CellWord{shared_.cells[cell.value].load(std::memory_order_acquire)}.level());
    });
    const std::int64_t spare = std::max<std::int64_t>(0, position.value() - line_of(rule.set) - 1);
    const std::int64_t share = spare / (rule.set.pooled != 0 ? std::max<std::int64_t>(1, view.warehouse_count) : 1);
    for (std::uint16_t id = 1; id <= view.warehouse_count; ++id) {
      if (rule.set.pooled == 0 && rule.set.warehouse.value != id) continue;
      const std::int64_t level = free(WarehouseId{id}) - share;
      levels[id - 1U] = std::max(levels[id - 1U], static_cast<std::uint32_t>(std::max<std::int64_t>(0, level)));
    }
  }
  for (std::uint16_t id = 1; id <= view.warehouse_count; ++id) {
    shared_.reorder_levels[shared_.cell_index(sku, WarehouseId{id}).value].store(levels[id - 1U], std::memory_order_release);
  }
}

// `no_memory`: there is none for one more id; the rule acts when something touches its SKU again.
bool Settler::reorder(const Rule& rule, Committer& committer, bool& no_memory) {
  ReorderPlan plan;
  Judged judged;
  const BlockRef known = committer.blocks().allocate(sizeof(KnownCommand));
  const auto is_taken = [&](const std::string& id) {
    judged = judge_id(IdSpace::purchase, id, 0, ErrorCode::duplicate_purchase);
    return judged.error.code != ErrorCode::none || judged.original.value != 0;
  };
  bool makes = false;
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1, 1024, [&](StableState, Bundle& bundle, std::size_t) {
        const Position position = position_of(shared_, book_, catalogue(), rule.set,
                                              [&](CellIndex cell) { return signed_level(CellWord{writes_.read(shared_.cells[cell.value])}.level()); });
        if (!would_act(book_, rule, position, now_)) return;  // somebody has taken or given back units meanwhile
        plan = plan_reorder(shared_, book_, rule, position, now_);
        makes = plan.decision.quantity != 0 && plan.decision.purchase_lsn.value == 0;
        if (makes) {
          name_new_one(plan, bundle.next(), is_taken);
          no_memory = known == 0 || judged.place.slot == nullptr;
          if (no_memory) return;
          write_id(judged, known, IdSpace::purchase, 0, bundle.next());
        }
        bundle.add(now_, {}, plan.decision, ReplyTo{});
      });
  const bool is_kept = makes && committed.attempt == Attempt::committed;
  if (!is_kept && known != 0) committer.blocks().give_back(known, sizeof(KnownCommand));
  if (committed.attempt != Attempt::committed) return committed.attempt != Attempt::no_room;
  book_.apply_reorder(shared_, {committed.first, now_, {}}, plan.decision, known);
  (plan.decision.cleared ? counters_.rules_cleared : counters_.rules_triggered).add();
  counters_.suggested_units.add(plan.decision.quantity);
  if (is_kept) counters_.purchases.add();
  committer.announce(committed.first);
  return true;
}

// The cut-off of a suggestion that rules order by themselves: it is approved.
bool Settler::cut_off(Lsn lsn, Committer& committer) {
  const OpenPurchase& purchase = *book_.purchases.find(lsn);
  MovePurchase move;
  move.step = PurchaseStep::approve;
  const PurchaseStepPlan plan = plan_purchase_step(move, purchase, shared_, book_, now_);
  const PurchaseStepDecision decision{{}, purchase.id, lsn, 0, purchase.vendor, move.step, plan.state, {}, plan.changes, plan.estimates};
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1, 2048 + plan.changes.size() * (sizeof(PurchaseChange) + sizeof(TimeUs)) * 9 / 8,
      [&](StableState, Bundle& bundle, std::size_t) { bundle.add(now_, {}, decision, ReplyTo{}); });
  if (committed.attempt != Attempt::committed) return false;
  book_.apply_purchase_step(shared_, decision);
  committer.announce(committed.first);
  return true;
}

bool Settler::wake_rule(std::uint64_t subject) {
  const SkuId sku{static_cast<std::uint32_t>(subject >> 16)};
  book_.rules.woken(sku, WarehouseId{static_cast<std::uint16_t>(subject & 0xFFFF)});
  shared_.next_due_us.store(book_.timers.next_due().value, std::memory_order_relaxed);
  book_.touched.positions.insert(sku);
  return true;
}

bool Settler::settle(const ListRules& list, const Message& message, Committer& committer) {
  writes_.clear();
  const CatalogueView& view = catalogue();
  const VendorId only = list.vendor.empty() ? VendorId{} : book_.vendors.find(list.vendor);
  const auto is_asked = [&](std::uint32_t sku, VendorId vendor) {
    return (list.sku.value == 0 || list.sku.value == sku) && (list.vendor.empty() || (only.value != 0 && vendor == only));
  };
  std::vector<SourceSet> sources;  // their vendors, and those of rules, by VendorId at first
  for (const auto& [sku, all] : book_.vendors.sources()) {
    for (const Source& source : all) {
      if (is_asked(sku, source.vendor)) sources.push_back({SkuId{sku}, source.vendor.value, source.lead_days});
    }
  }
  std::vector<RuleView> rules;
  const auto level = [&](CellIndex cell) { return signed_level(CellWord{shared_.cells[cell.value].load(std::memory_order_acquire)}.level()); };
  for (const auto& [key, rule] : book_.rules.all()) {
    if (!is_asked(key.first, rule.vendor.value != 0 ? rule.vendor : book_.vendors.choose(rule.set.sku))) continue;
    RuleView& row = rules.emplace_back(RuleView{rule.set, position_of(shared_, book_, view, rule.set, level).value(), rule.triggered, {}, {}});
    row.rule.vendor = rule.vendor.value;
    const OpenPurchase* purchase = book_.purchases.find(rule.purchase);
    if (purchase == nullptr) continue;
    row.purchase_lsn = rule.purchase;
    row.purchase = purchase->id;
  }
  const bool all_vendors = list.sku.value == 0 && list.vendor.empty();
  std::vector<bool> named(book_.vendors.count() + 1, all_vendors);
  if (list.sku.value == 0) named[only.value] = true;
  for (const SourceSet& source : sources) named[source.vendor] = true;
  for (const RuleView& rule : rules) named[rule.rule.vendor] = true;
  const std::vector<VendorView> vendors = number_vendors(named, sources, rules);
  committer.outcomes().listed_rules(message.reply, read_by(), {vendors, sources, rules});
  return true;
}

// Those that are named, by code; what names them by id names them by their position from then on.
std::vector<VendorView> Settler::number_vendors(const std::vector<bool>& named, std::span<SourceSet> sources, std::span<RuleView> rules) const {
  std::vector<VendorId> by_code;
  for (std::uint32_t id = 1; id < named.size(); ++id) {
    if (named[id]) by_code.push_back(VendorId{id});
  }
  std::sort(by_code.begin(), by_code.end(), [&](VendorId one, VendorId other) { return book_.vendors.at(one).code < book_.vendors.at(other).code; });
  std::vector<VendorView> vendors;
  std::vector<std::uint32_t> positions(named.size());
  for (const VendorId id : by_code) {
    const Vendor& vendor = book_.vendors.at(id);
    vendors.push_back({vendor.code, vendor.name, vendor.lead_days, vendor.cut_off, vendor.arrivals, vendor.typical_lateness_us()});
    positions[id.value] = static_cast<std::uint32_t>(vendors.size());
  }
  for (SourceSet& source : sources) source.vendor = positions[source.vendor];
  for (RuleView& rule : rules) rule.rule.vendor = positions[rule.rule.vendor];
  return vendors;
}

bool Settler::settle(const FindDecision& find, const Message& message, Committer& committer) {
  const Lsn as_of = read_by();
  if (find.id.empty() || find.id.size() > max_id_bytes) {
    committer.outcomes().refused(message.reply, as_of, {ErrorCode::bad_id, 0, {}});
    return true;
  }
  writes_.clear();
  const BlockRef known = shared_.ids.find(writes_, identify(find.space, find.id)).known;
  if (known == 0) {
    committer.outcomes().refused(message.reply, as_of, {ErrorCode::unknown_decision, 0, {}});
    return true;
  }
  const Lsn lsn = shared_.blocks.at<KnownCommand>(known)->lsn();
  committer.outcomes().repeated(message.reply, std::max(as_of, lsn), lsn);
  return true;
}

}  // namespace earmark::engine
