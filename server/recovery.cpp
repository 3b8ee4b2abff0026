#include "server/recovery.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "server/counters.hpp"
#include "server/order_restorer.hpp"

namespace earmark::server {
namespace {

constexpr std::uint64_t records_per_fold = 1'000'000;
constexpr std::size_t ids_at_once = 65'536;

bool fits(const engine::LoadDecision& load, const engine::Capacity& capacity) {
  const auto beyond = [](auto most) { return [=](const auto& entry) { return entry.id.value > most; }; };
  return std::none_of(load.products.begin(), load.products.end(), beyond(capacity.skus)) &&
         std::none_of(load.warehouses.begin(), load.warehouses.end(), beyond(capacity.warehouses));
}

storage::Failure too_small() {
  return {storage::FailureKind::cannot_open, "the data directory holds more SKUs or warehouses than --max-skus and "
                                             "--max-warehouses allow; start with larger ones."};
}

class Base final : public storage::StateVisitor {
 public:
  explicit Base(engine::Engine& engine) : engine_(engine), orders_(engine) {}

  void catalogue(const engine::LoadDecision& part) override {
    all_fit_ = all_fit_ && fits(part, engine_.shared().capacity);
    if (all_fit_) engine_.restore_base(part);
  }
  void cell(const engine::CellImage& cell) override {
    if (all_fit_) engine_.restore_base(cell);
  }
  void open_order(const engine::OrderImage& order) override {
    if (all_fit_) orders_.add(order);
    ++ids_;
  }
  void open_hold(const engine::HoldImage& hold) override {
    finish_orders();
    if (all_fit_) engine_.restore_base(hold);
    ++ids_;
  }
  void open_transfer(const engine::TransferImage& transfer) override {
    finish_orders();
    if (all_fit_) engine_.restore_base(transfer);
    ++ids_;
  }
  void open_purchase(const engine::PurchaseImage& purchase) override {
    finish_orders();
    if (all_fit_) engine_.restore_base(purchase);
    ++ids_;
  }
  void vendor(const engine::VendorImage& vendor) override {
    if (all_fit_) engine_.restore_base(vendor);
  }
  void source(const engine::SourceImage& source) override {
    if (all_fit_) engine_.restore_base(source);
  }
  void rule(const engine::RuleImage& rule) override {
    finish_orders();
    if (all_fit_) engine_.restore_base(rule);
  }
  void known(const engine::KnownImage& known) override {
    finish_orders();
    if (!all_fit_) return;
    engine_.shared().ids.prefetch(known.identity);
    known_.push_back(known);
    if (known_.size() == known_at_once) restore_known();
    ++ids_;
  }
  void finish() {
    finish_orders();
    restore_known();
  }
  bool all_fit() const noexcept { return all_fit_; }
  std::uint64_t ids() const noexcept { return ids_; }

 private:
  static constexpr std::size_t known_at_once = 32;  // there may be very many: their slots are fetched ahead

  // Orders are read and restored on two threads (server/order_restorer.hpp); whatever comes behind them is restored by this one alone.
  void finish_orders() { orders_.finish(); }
  void restore_known() {
    for (const engine::KnownImage& known : known_) engine_.restore_base(known);
    known_.clear();
  }

  engine::Engine& engine_;
  OrderRestorer orders_;
  std::vector<engine::KnownImage> known_;
  bool all_fit_ = true;
  std::uint64_t ids_ = 0;
};

// Whose ids a record forgets is in the store, which stands before that record: between the last horizon and the new one,
// and those of old orders that were closed in the meantime. The engine keeps those of orders in memory. An order that the store
// has closed is not in memory, and is known all the same until a record says that its closing is archived.
class Forgetting {
 public:
  Forgetting(const storage::StateStore& state, engine::Lsn forgotten_to, engine::Engine& engine)
      : state_(state), engine_(engine), forgotten_to_(forgotten_to) {}

  storage::Outcome<void> apply(const engine::VoidDecision& decision) {
    if (!begun_) {
      auto closed = state_.closed_known();
      if (!closed) return Unexpected{closed.error()};
      closed_ = std::move(*closed);
      begun_ = true;
    }
    while (forgotten_to_ < decision.oldest_known) {
      const auto ids = state_.known_ids(forgotten_to_, decision.oldest_known, ids_at_once);
      if (!ids) return Unexpected{ids.error()};
      for (const engine::KnownImage& known : *ids) {
        if (known.closed > decision.archived) closed_.push_back({known.identity, known.closed});
        else engine_.forget(known.identity);
      }
      forgotten_to_ = ids->size() < ids_at_once ? decision.oldest_known : ids->back().lsn + 1;
    }
    std::erase_if(closed_, [&](const storage::ClosedOrder& order) {
      if (order.closed > decision.archived) return false;
      engine_.forget(order.identity);
      return true;
    });
    return {};
  }

 private:
  const storage::StateStore& state_;
  engine::Engine& engine_;
  engine::Lsn forgotten_to_;
  bool begun_ = false;
  std::vector<storage::ClosedOrder> closed_;  // decided before forgotten_to_, and still known
};

}  // namespace

storage::Outcome<void> catch_up(const storage::Journal& journal, storage::StateStore& state, std::uint64_t most_behind,
                                const CatchingUp& tell) {
  const engine::Lsn last = journal.last();
  for (engine::Lsn applied = state.summary().applied; last.value - applied.value > most_behind;) {
    const auto folded = state.fold(journal, last, records_per_fold);
    if (!folded) return Unexpected{folded.error()};
    if (folded->applied < folded->from) break;  // the last command's fills were cut off
    applied = folded->applied;
    tell(applied, last);
  }
  return {};
}

storage::Outcome<Recovered> restore_base(const storage::StateStore& state, engine::Engine& engine) {
  Recovered recovered;
  recovered.state = state.summary();
  recovered.last_time = recovered.state.last_time;
  Base base(engine);
  if (auto read = state.read(base); !read) return Unexpected{read.error()};
  base.finish();
  if (!base.all_fit()) return Unexpected{too_small()};
  recovered.ids = base.ids();
  engine.restore_base_finished(recovered.state.applied, recovered.state.oldest_known);
  return recovered;
}

storage::Outcome<Recovered> replay_behind(Recovered recovered, const storage::Journal& journal, const storage::StateStore& state,
                                          engine::Engine& engine) {
  bool all_fit = true;
  Forgetting forgetting(state, recovered.state.oldest_known, engine);
  storage::Outcome<void> forgotten;
  const auto report = storage::replay(journal, [&](const schema::Event& event) {
    const auto* load = std::get_if<engine::LoadDecision>(&event.decision);
    all_fit = all_fit && (load == nullptr || fits(*load, engine.shared().capacity));
    if (!all_fit || !forgotten) return;
    if (takes_id(event.decision)) ++recovered.ids;
    const auto* bookkeeping = std::get_if<engine::VoidDecision>(&event.decision);
    if (bookkeeping != nullptr && bookkeeping->oldest_known.value != 0) {
      forgotten = forgetting.apply(*bookkeeping);
    }
    std::visit([&](const auto& decision) { engine.restore(event.stamp, decision); }, event.decision);
  }, {recovered.state.applied + 1, {}});
  if (!report) return Unexpected{report.error()};
  if (!forgotten) return Unexpected{forgotten.error()};
  if (!all_fit) return Unexpected{too_small()};
  engine.restore_finished();
  recovered.replayed = report->records;
  recovered.last_time = std::max(recovered.last_time, report->last_time);
  engine.shared().times.start_at(recovered.last_time);
  return recovered;
}

}  // namespace earmark::server
