// The fairness audit: whether anybody who waited was overtaken, told from the journal alone. It reads the records in LSN order beside the offline
// fold (storage/offline_state.hpp), which it owns, and looks at each take of units, by an order's or a hold's decision or by a fill, as the
// state was right before that record.
//
// A waiter is OVERTAKEN when somebody with a later place in the SKU's queue (priority, decision, line; a hold's is that of an order of priority
// 100) takes a unit of a cell that the waiter could have used:
//   - the waiter takes whatever is there, also because he has turned strict, is not pinned elsewhere, and still waits; or
//   - he takes all or nothing, and all that he waits for was usable right then (AuditCause says what is usable); or
//   - he takes all or nothing, not all was there, and the record does not count that as a skip, or counts it for somebody else.
// Legal, and counted by its reason (Passing): those who waited longer but have a lower priority; waiters pinned to another warehouse; those whose
// reserve_not_before has not come; who takes all or nothing and not all is there, with the skip counted (once for each order that passes),
// or passed by an order that had counted before, by another line of his own order, or by a hold; units that a hold had and its order keeps, which
// were not free before; units that came for the line that they are pegged to, as the fold checks. Where nobody waits for the cell, nothing is to be judged: so are most orders, which meet no gate. What a strict
// waiter gathers and an earlier one takes over, and who loses units to a stock change, is not waiting: `earmark-load judge` judges those.
//
// Two findings of one record are about different waiters or cells. Of those who take whatever is there the first ones are named, as far as the
// units taken would have reached. A record costs O(log) for each take, and for each warehouse that somebody is pinned to and each
// different quantity that somebody waits for whole; but O(n) for ship_complete orders ahead of whom something else is short. One thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "storage/audit_cause.hpp"
#include "storage/audit_queues.hpp"
#include "storage/dump.hpp"

namespace earmark::storage {

enum class Passing : std::uint8_t { lower_priority, pinned_elsewhere, not_due, skip_counted, counted_before, own_order, by_hold, before_skips, held_units, pegged };
inline constexpr std::size_t passings = 10;

// Why somebody is said to have been overtaken.
enum class Unfair : std::uint8_t { takes_anything, all_was_there, skip_not_counted, skip_of_another };

struct AuditLine {
  std::string order;
  engine::LineNumber line{};  // 0: the order as a whole

  bool operator==(const AuditLine&) const noexcept = default;
};

struct OvertakenWaiter {
  engine::Lsn lsn{};  // of the record that took
  AuditLine who, by;  // by: an order or a hold
  bool by_hold = false;
  std::string sku, warehouse;
  engine::Quantity waiting = 0, taken = 0;
  Unfair why{};
};

struct AuditSkip {
  engine::Lsn lsn{};
  AuditLine who, by;
  std::string sku;  // the first that was taken past him
};

struct AuditStrict {
  engine::Lsn lsn{};
  AuditLine who;
  bool waited = false;  // max_wait was over; else max_skips were reached
};

struct AuditReport {
  engine::Lsn from{}, to{};  // records that were judged; from > to: none
  engine::TimeUs from_time{}, to_time{};
  std::uint64_t causes = 0, fills = 0, orders = 0, holds = 0;  // causes that could serve; what took units
  std::uint64_t takes = 0, unopposed = 0;                      // looked at; of these where nobody waited for the SKU
  std::array<std::uint64_t, passings> passed{};                // takes past such waiters
  std::vector<OvertakenWaiter> overtaken;
  std::vector<AuditSkip> skips;
  std::vector<AuditStrict> strict;
};

class Audit {
 public:
  // Records from `from` on are judged, those before are only folded. `sku`: what is judged and listed; empty: everything.
  explicit Audit(engine::Lsn from, std::string sku = {}) : only_(std::move(sku)) { report_.from = from; }

  // Starts from a state store instead of from nothing, before any record. Failure: damaged.
  Outcome<void> begin(const StateStore& base);
  // Records in LSN order. False: the record contradicts the state, problem() says how; nothing more is read.
  bool read(const schema::Event& event);

  const std::string& problem() const noexcept { return state_.problem(); }
  engine::Lsn last() const noexcept { return state_.last(); }
  bool knows_sku() const noexcept { return only_.empty() || sku_.has_value(); }
  const AuditReport& report() const noexcept { return report_; }

 private:
  // Who takes, and what of a record's takes is found.
  struct Taker {
    AuditPlace place{};
    engine::Lsn order{};  // 0: it is a hold
    AuditLine name;
    engine::Skip skipped{};
    bool has_skipped = false;
  };
  struct Taken {
    engine::SkuId sku{};
    engine::WarehouseId warehouse{};
    engine::Quantity units = 0;
  };
  struct Ahead {  // the earliest who is passed over and takes all or nothing
    const AuditPlace* place = nullptr;
    const AuditWaiter* waiter = nullptr;
    Taken taken{};
  };

  class Texts;
  void learn(const engine::LoadDecision& load);
  void look(const engine::Stamp& stamp, const engine::OrderDecision& order);
  void look(const engine::Stamp& stamp, const engine::HoldDecision& hold);
  void look(const engine::Stamp& stamp, const engine::FillDecision& fill);
  void look(const engine::Stamp& stamp, const engine::StrictDecision& strict);
  bool judge(const Taker& taker, const Taken& taken, Ahead& earliest);
  bool pass_pegged(const Taker& taker, const Taken& taken);
  void look_past(const Taker& taker, const Taken& taken, const AuditQueues::Pins& pins);
  void find_able(const Taker& taker, const Taken& taken, const AuditQueues::Pins& pins);
  void find_whole(const Taker& taker, const Taken& taken, const AuditQueues::Pins& pins, Ahead& earliest);
  bool all_there(const AuditWaiter& waiter) const;
  void settle_skip(const Taker& taker, const Ahead& earliest, const std::vector<Taken>& all);
  std::uint64_t held_by(const engine::OrderDecision& order, const engine::LineDecision& line, engine::WarehouseId warehouse) const;

  bool concerns(engine::SkuId sku) const noexcept { return only_.empty() || sku_ == sku; }
  void count(Passing reason) { ++report_.passed[static_cast<std::size_t>(reason)]; }
  AuditLine name_of(engine::Lsn order, std::uint32_t line_index) const;
  void overtaken(const Taker& taker, const Taken& taken, const AuditPlace& place, const AuditWaiter& waiter, Unfair why);
  std::vector<engine::Lsn> changed_by(const schema::Event& event) const;
  void refresh(const schema::Event& event, const std::vector<engine::Lsn>& changed);

  std::string only_;
  std::optional<engine::SkuId> sku_;
  OfflineState state_;
  AuditQueues queues_;
  AuditCause cause_;
  Dump codes_;
  std::map<engine::Lsn, std::string> ids_;  // of open orders
  bool tells_skips_ = false;                // an old server's records tell none: that one is missing can be said behind the first
  bool judges_ = false;                     // this record
  engine::Lsn lsn_{};
  AuditReport report_;
};

// A table for people, and one JSON object; both end with a line end.
std::string audit_text(const AuditReport& report, const std::string& sku);
std::string audit_json(const AuditReport& report, const std::string& sku);

}  // namespace earmark::storage
