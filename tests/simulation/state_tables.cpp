#include "tests/simulation/state_tables.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

#include "schema/record.hpp"
#include "storage/order_record.hpp"
#include "storage/purchase_record.hpp"
#include "storage/transfer_record.hpp"
#include "tests/simulation/records.hpp"
#include "tests/simulation/trace.hpp"

namespace earmark::simulation {

using engine::Lsn;
using storage::StateBatch;

class StateTables::Source final : public storage::StateSource {
 public:
  explicit Source(const StateTables& tables) : tables_(tables) {}
  bool cell(std::uint64_t key, storage::CellRow& row) override {
    const auto found = tables_.cells_.find(key);
    if (found != tables_.cells_.end()) row = found->second;
    return found != tables_.cells_.end();
  }
  std::span<const std::byte> order(Lsn lsn) override {
    const auto found = tables_.orders_.find(lsn);
    return found == tables_.orders_.end() ? std::span<const std::byte>{} : found->second.view();
  }
  std::span<const std::byte> hold(Lsn lsn) override {
    const auto found = tables_.holds_.find(lsn);
    return found == tables_.holds_.end() ? std::span<const std::byte>{} : found->second.view();
  }
  std::span<const std::byte> transfer(Lsn lsn) override {
    const auto found = tables_.transfers_.find(lsn);
    return found == tables_.transfers_.end() ? std::span<const std::byte>{} : found->second.view();
  }
  std::span<const std::byte> purchase(Lsn lsn) override {
    const auto found = tables_.purchases_.find(lsn);
    return found == tables_.purchases_.end() ? std::span<const std::byte>{} : found->second.view();
  }
  bool vendor(std::string_view code, engine::VendorImage& image) override {
    const auto found = tables_.vendors_.find(code);
    if (found != tables_.vendors_.end()) image = found->second.image(code);
    return found != tables_.vendors_.end();
  }
  bool rule(std::uint64_t key, engine::RuleImage& image) override {
    const auto found = tables_.rules_.find(key);
    if (found != tables_.rules_.end()) image = found->second.image();
    return found != tables_.rules_.end();
  }
  bool day(std::uint64_t key, storage::DayFigures& figures) override {
    const auto found = tables_.days_.find(storage::day_of_key(key));
    if (found != tables_.days_.end()) figures = found->second;
    return found != tables_.days_.end();
  }
  bool availability(engine::SkuId sku, storage::AvailabilityRow& row) override {
    const auto found = tables_.availability_.find(sku);
    if (found != tables_.availability_.end()) row = found->second;
    return found != tables_.availability_.end();
  }
  bool delivery(const storage::DeliveryKey& key, storage::DeliveryFigures& figures) override {
    const auto found = tables_.deliveries_.find(key);
    if (found != tables_.deliveries_.end()) figures = found->second;
    return found != tables_.deliveries_.end();
  }
  Lsn newest(engine::Identity identity) override {
    const auto found = tables_.newest_.find(storage::identity_key(identity));
    return found == tables_.newest_.end() ? Lsn{} : found->second;
  }

 private:
  const StateTables& tables_;
};

void StateTables::Words::keep(std::span<const std::byte> record) {
  bytes = record.size();
  words.resize((bytes + 7) / 8);
  std::memcpy(words.data(), record.data(), bytes);
}

storage::StateSummary StateTables::summary() const {
  return {applied_, last_time_, oldest_known_, ids_.size(), open_.size(), orders_.size() - open_.size(), archived_, complete_};
}

storage::Outcome<void> StateTables::read(storage::StateVisitor& visitor) const {
  visitor.begin(summary());
  std::vector<engine::LoadedWarehouse> warehouses;
  std::vector<engine::LoadedProduct> products;
  for (const auto& [key, entry] : catalogue_) {
    const auto id = static_cast<std::uint32_t>(key);
    if (key < storage::catalogue_key(storage::CatalogueKind::product, 0)) {
      warehouses.push_back({engine::WarehouseId{static_cast<std::uint16_t>(id)}, entry.priority, entry.code, entry.name});
    } else {
      products.push_back({engine::SkuId{id}, entry.code, entry.name, entry.priority != storage::not_backorderable});
    }
  }
  if (!catalogue_.empty()) visitor.catalogue({false, warehouses, products, {}});
  tell_vendors(visitor);
  for (const auto& [key, row] : cells_) {
    visitor.cell({engine::SkuId{static_cast<std::uint32_t>(key >> 16)}, engine::WarehouseId{static_cast<std::uint16_t>(key)}, row.on_hand,
                  row.held, row.unavailable, row.level, row.opening_plus_one, Lsn{row.lsn}});
  }
  for (const Lsn lsn : open_) {
    engine::OrderImage image;
    if (!storage::read_order_record(lsn, orders_.at(lsn).view(), image)) throw Broken("the state store: an order's record is damaged");
    visitor.open_order(image);
  }
  for (const auto& [lsn, record] : holds_) {
    engine::OrderImage image;
    if (!storage::read_order_record(lsn, record.view(), image)) throw Broken("the state store: a hold's record is damaged");
    visitor.open_hold({lsn, image.time, image.cancel_after, image.id, image.texts.customer, image.content, image.lines, image.allocations});
  }
  for (const auto& [lsn, record] : transfers_) {
    engine::TransferImage image;
    if (!storage::read_transfer_record(lsn, record.view(), image)) throw Broken("the state store: a transfer's record is damaged");
    visitor.open_transfer(image);
  }
  for (const auto& [lsn, record] : purchases_) {
    engine::PurchaseImage image;
    if (!storage::read_purchase_record(lsn, record.view(), image)) throw Broken("the state store: a purchase order's record is damaged");
    visitor.open_purchase(image);
  }
  for (const auto& [key, rule] : rules_) visitor.rule(rule.image());
  std::map<Lsn, engine::KnownImage> older;
  for (const auto& entry : closed_known_) older[entry.second.lsn] = entry.second;
  for (const auto& entry : older) visitor.known(entry.second);
  for (const auto& [lsn, known] : ids_) {
    if (known.space == engine::IdSpace::order && known.closed.value == 0) continue;
    if (known.space == engine::IdSpace::hold && known.ended == engine::HoldEnd::open) continue;
    if (transfers_.contains(lsn) || purchases_.contains(lsn)) continue;
    visitor.known({known.space, known.identity, known.content, lsn, known.closed, known.ended});
  }
  return {};
}

// The last LSN up to which no command has fills outstanding, behind about `most_records` records.
Lsn StateTables::end_of_whole_commands(const storage::Journal& journal, Lsn until, std::uint64_t most_records) const {
  Lsn end = applied_;
  std::vector<Lsn> open;
  std::uint64_t records = 0;
  read_records(journal, applied_ + 1, until, [&](const schema::Event& event, std::span<const std::byte>) {
    ++records;
    schema::follow(open, event);
    if (open.empty()) end = event.stamp.lsn;
    return !open.empty() || records < most_records;
  });
  return end;
}

storage::Outcome<storage::Folded> StateTables::fold(const storage::Journal& journal, Lsn until, std::uint64_t most_records) {
  if (std::exchange(fold_fails_, false)) {
    return Unexpected{storage::Failure{storage::FailureKind::write_failed, "the simulated disk of the state failed"}};
  }
  storage::Folded folded{applied_ + 1, applied_, 0, {}};
  const Lsn end_of_journal = journal.last();
  until = end_of_whole_commands(journal, std::min(until, journal.last()), most_records);
  complete_ = complete_ || until == end_of_journal;
  if (until <= applied_) return folded;
  Source source(*this);
  batch_.clear();
  read_records(journal, applied_ + 1, until, [&](const schema::Event& event, std::span<const std::byte>) {
    const auto* forgetting = std::get_if<engine::VoidDecision>(&event.decision);
    if (forgetting != nullptr && forgetting->oldest_known.value != 0) {
      write(folded.closed);
      forget(*forgetting);
    } else if (!batch_.apply(event, source)) {
      throw Broken("E6: the fold refuses the journal: " + batch_.problem());
    }
    last_time_ = std::max(last_time_, event.stamp.time);
    applied_ = event.stamp.lsn;
    ++folded.records;
    return true;
  });
  write(folded.closed);
  folded.applied = applied_;
  return folded;
}

void StateTables::write(std::vector<storage::ClosedOrder>& closed) {
  batch_.finish();
  closed.insert(closed.end(), batch_.closed().begin(), batch_.closed().end());
  const auto keep = [&](const StateBatch::Order& order) { orders_[order.lsn].keep(std::span(order.record, order.bytes)); };
  for (const StateBatch::Order& order : batch_.touched()) keep(order);
  for (const StateBatch::Order& order : batch_.placed()) keep(order);
  write_closings();
  for (const StateBatch::Order& order : batch_.placed()) {
    if (order.closed.value == 0) open_.insert(order.lsn);
  }
  for (const StateBatch::Id& id : batch_.ids()) {
    ids_[id.lsn] = {static_cast<engine::IdSpace>(id.row.space), {id.row.low, id.row.high}, id.row.content, Lsn{id.row.closed},
                    static_cast<engine::HoldEnd>(id.row.ended)};
  }
  for (const auto& [identity, lsn] : batch_.newest()) newest_[storage::identity_key(identity)] = lsn;
  write_holds();
  write_transfers();
  write_purchases();
  for (const auto& [code, vendor] : batch_.vendors()) vendors_[code] = vendor;
  for (const auto& [source, lead_days] : batch_.sources()) sources_[source] = lead_days;
  for (const auto& [key, rule] : batch_.rules()) {
    if (rule.is_set()) rules_[key] = rule;
    else rules_.erase(key);
  }
  for (const auto& [key, position] : batch_.cells().changes()) {
    const engine::CellImage& cell = batch_.cells()[position].image;
    cells_[key] = {0, cell.on_hand, cell.held, cell.unavailable, cell.level,
                                                           cell.opening_plus_one, cell.lsn.value};
  }
  for (const StateBatch::Entry& entry : batch_.catalogue()) catalogue_[entry.key] = entry;
  for (const auto& [day, counted] : batch_.figures().days()) days_[day] = counted;
  const auto& availabilities = batch_.figures().availabilities();
  for (const auto& [sku, position] : availabilities.changes()) availability_[engine::SkuId{static_cast<std::uint32_t>(sku)}] = availabilities[position];
  for (const auto& [key, counted] : batch_.figures().deliveries()) deliveries_[key] = counted;
  batch_.clear();
}

void StateTables::write_holds() {
  for (const auto& [lsn, hold] : batch_.holds()) {
    if (hold.open) {
      holds_[lsn].keep(storage::hold_record(hold.image()));
    } else if (hold.stored) {
      holds_.erase(lsn);
      if (newest_[storage::identity_key(hold.identity)] == lsn) newest_.erase(storage::identity_key(hold.identity));
      if (lsn < oldest_known_) drop_decision(lsn);
      else ids_.at(lsn).ended = hold.end;
    }
  }
}

void StateTables::write_transfers() {
  for (const auto& [lsn, transfer] : batch_.transfers()) {
    if (transfer.open()) {
      transfers_[lsn].keep(storage::transfer_record(transfer.image(lsn)));
    } else if (transfer.stored) {
      transfers_.erase(lsn);
      if (lsn < oldest_known_) drop_decision(lsn);
    }
  }
}

void StateTables::write_purchases() {
  for (const auto& [lsn, purchase] : batch_.purchases()) {
    if (purchase.open()) {
      purchases_[lsn].keep(storage::purchase_record(purchase.image(lsn)));
    } else if (purchase.stored) {
      purchases_.erase(lsn);
      if (lsn < oldest_known_) drop_decision(lsn);
    }
  }
}

// Of orders that were here before the batch: in their id's row, or, where that was forgotten, in a row of their own.
void StateTables::write_closings() {
  for (const StateBatch::Closing& closing : batch_.closings()) {
    if (open_.erase(closing.order) == 0) throw Broken("the state store: an order was closed that is not open");
    if (closing.order < oldest_known_) {
      closed_known_[closing.closed] = {engine::IdSpace::order, closing.identity, closing.content, closing.order, closing.closed, {}};
    } else {
      ids_.at(closing.order).closed = closing.closed;
    }
  }
}

void StateTables::forget(const engine::VoidDecision& decision) {
  if (decision.oldest_known < oldest_known_ || decision.archived < archived_) throw Broken("E5: ids are known again that were forgotten");
  while (!closed_known_.empty() && closed_known_.begin()->first <= decision.archived) {
    drop_decision(closed_known_.begin()->second.lsn);
    closed_known_.erase(closed_known_.begin());
  }
  while (!ids_.empty() && ids_.begin()->first < decision.oldest_known) {
    const auto& [lsn, known] = *ids_.begin();
    if (known.space == engine::IdSpace::order && known.closed > decision.archived) {
      closed_known_[known.closed] = {known.space, known.identity, known.content, lsn, known.closed, {}};
    } else if (known.space == engine::IdSpace::order && known.closed.value != 0) {
      drop_decision(lsn);
    } else if (known.ended != engine::HoldEnd::open || (known.space == engine::IdSpace::transfer && !transfers_.contains(lsn)) ||
               (known.space == engine::IdSpace::purchase && !purchases_.contains(lsn))) {
      drop_decision(lsn);
    }
    ids_.erase(ids_.begin());
  }
  oldest_known_ = decision.oldest_known;
  archived_ = decision.archived;
}

storage::Outcome<bool> StateTables::find(Lsn lsn, engine::OrderImage& image) {
  const auto found = orders_.find(lsn);
  if (found == orders_.end()) return false;
  if (!storage::read_order_record(lsn, found->second.view(), image)) throw Broken("the state store: an order's record is damaged");
  return true;
}

storage::Outcome<Lsn> StateTables::newest(engine::Identity identity) { return Source(*this).newest(identity); }

storage::Outcome<std::vector<engine::KnownImage>> StateTables::known_ids(Lsn from, Lsn before, std::size_t most) const {
  std::map<Lsn, engine::KnownImage> known;
  for (const auto& [lsn, id] : ids_) known[lsn] = {id.space, id.identity, id.content, lsn, id.closed, id.ended};
  for (const auto& entry : closed_known_) known[entry.second.lsn] = entry.second;
  for (const Lsn lsn : open_) {
    engine::OrderImage image;
    if (lsn >= oldest_known_ || !storage::view_order_record(lsn, orders_.at(lsn).view(), image)) continue;
    known[lsn] = {engine::IdSpace::order, engine::identify(engine::IdSpace::order, image.id), image.content, lsn, {}, {}};
  }
  std::vector<engine::KnownImage> found;
  for (const auto& [lsn, image] : known) {
    if (lsn >= from && lsn < before && found.size() < most) found.push_back(image);
  }
  return found;
}

storage::Outcome<std::vector<storage::ClosedOrder>> StateTables::closed_known() const {
  std::vector<storage::ClosedOrder> closed;
  for (const auto& [at, known] : closed_known_) closed.push_back({known.identity, at});
  return closed;
}

storage::Outcome<Lsn> StateTables::horizon(std::uint64_t newer) const {
  if (ids_.size() <= newer) return Lsn{};
  return std::prev(ids_.end(), static_cast<std::ptrdiff_t>(newer) + 1)->first;
}

storage::Outcome<void> StateTables::keep_decisions(const storage::Journal& journal, Lsn oldest) {
  oldest = std::min(oldest, applied_ + 1);
  if (oldest <= decisions_before_) return {};
  std::set<Lsn> wanted;
  for (const auto& entry : closed_known_) wanted.insert(entry.second.lsn);
  wanted.insert(open_.begin(), open_.end());
  for (const auto& entry : holds_) wanted.insert(entry.first);
  for (const auto& entry : transfers_) wanted.insert(entry.first);
  for (const auto& entry : purchases_) wanted.insert(entry.first);
  Lsn cause;  // wanted, and its last fill has not come
  read_records(journal, decisions_before_, applied_, [&](const schema::Event& event, std::span<const std::byte> record) {
    const bool is_fill = cause.value != 0 && event.stamp.cause == cause;
    if (event.stamp.lsn >= oldest && cause.value == 0) return false;
    if (!is_fill && (event.stamp.lsn >= oldest || !wanted.contains(event.stamp.lsn))) return true;
    std::vector<std::byte>& kept = decisions_[is_fill ? cause : event.stamp.lsn];
    kept.insert(kept.end(), record.begin(), record.end());
    if (is_fill && std::get<engine::FillDecision>(event.decision).last) cause = {};
    if (schema::fills_follow(event.decision)) cause = event.stamp.lsn;
    return true;
  });
  decisions_before_ = oldest;
  return {};
}

void StateTables::tell_vendors(storage::RulesVisitor& visitor) const {
  for (const auto& [code, vendor] : vendors_) visitor.vendor(vendor.image(code));
  for (const auto& [source, lead_days] : sources_) visitor.source({source.first, source.second, lead_days});
}

storage::Outcome<void> StateTables::figures(storage::FigureVisitor& visitor, const storage::FigureQuestion& question) const {
  visitor.begin(summary());
  for (const auto& [key, entry] : catalogue_) {
    const engine::LoadedWarehouse warehouse{engine::WarehouseId{static_cast<std::uint16_t>(key)}, entry.priority, entry.code, entry.name};
    if (question.rules && key < storage::catalogue_key(storage::CatalogueKind::product, 0)) visitor.warehouses({&warehouse, 1});
  }
  if (question.vendors) tell_vendors(visitor);
  for (const auto& [key, rule] : rules_) {
    if (question.rules) visitor.rule(rule.image());
  }
  for (const auto& [day, counted] : days_) {
    if (question.days && day >= question.first_day && day <= question.last_day) visitor.day(day, counted);
  }
  for (const auto& [sku, row] : availability_) {
    if (question.availability) visitor.availability(sku, row);
  }
  for (const auto& [key, counted] : deliveries_) {
    if (question.deliveries && key.day >= question.first_day && key.day <= question.last_day) visitor.delivery(key, counted);
  }
  for (const auto& [lsn, record] : purchases_) {
    engine::PurchaseImage image;
    if (!question.open_purchases) break;
    if (!storage::read_purchase_record(lsn, record.view(), image)) throw Broken("the state store: a purchase order's record is damaged");
    visitor.open_purchase(image);
  }
  for (const Lsn lsn : open_) {
    engine::OrderImage image;
    if (!question.open_orders) break;
    if (!storage::read_order_record(lsn, orders_.at(lsn).view(), image)) throw Broken("the state store: an order's record is damaged");
    visitor.open_order(image);
  }
  return {};
}

storage::Outcome<std::vector<std::byte>> StateTables::decision(Lsn lsn) const {
  const auto found = decisions_.find(lsn);
  if (found == decisions_.end()) return std::vector<std::byte>{};
  ++decisions_given_;
  return found->second;
}

}  // namespace earmark::simulation
