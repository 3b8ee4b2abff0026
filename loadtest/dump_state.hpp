// The state that a dump amounts to, in the simplest terms: cells, queues, open orders, known ids. Shares nothing with the engine.
// Memory: some 16 bytes a cell and 80 for each line that waits, 150 and more for each open order, 16 to 32 for each known id;
// closed orders are gone. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "loadtest/dump_record.hpp"

namespace earmark::loadtest {

struct DumpCell {
  std::int64_t available = 0, reserved = 0;  // below 0: overdrawn by as much
  std::uint64_t touched = 0;  // LSN
  std::int64_t in_transit = 0, on_order = 0;  // to come; the latter of purchase orders in any state
};

// Place in a queue: priority, higher first; then LSN of the order, or of the amend that raised the line; then the line's position.
struct DumpPlace {
  std::uint32_t later = 0;  // 255 - priority
  std::uint32_t index = 0;
  std::uint64_t order = 0;
  std::uint64_t raised_at = 0;  // 0: the line's own entry

  std::uint64_t sequence() const noexcept { return raised_at == 0 ? order : raised_at; }
  bool operator<(const DumpPlace& other) const noexcept {
    return later != other.later ? later < other.later : sequence() != other.sequence() ? sequence() < other.sequence() : index < other.index;
  }
  bool operator==(const DumpPlace&) const noexcept = default;
};

struct DumpSku {
  std::vector<DumpCell> cells;              // by warehouse
  std::vector<std::set<DumpPlace>> queues;  // 0: who takes from anywhere; 1 + warehouse: who is pinned to it
  std::vector<std::int64_t> waiting;        // as the queues, with those whose orders are not due
  bool is_uncertain = false;  // something unknown happened to it
};

// What is taken all at once or not at all by a line that waits.
enum class DumpWhole : std::uint8_t { nothing, line, order };
DumpWhole whole_of(std::string_view policy) noexcept;

// Of who waits for all or nothing: a line, or an order as a whole.
struct DumpPatience {
  std::int64_t skips = 0;
  bool strict = false;  // he takes whatever is there, and what he gathers is set aside until he is whole
};

struct DumpLine {
  std::int64_t number = 0;
  std::uint32_t sku = 0, pinned = no_code;
  std::int64_t waiting = 0;
  std::vector<Units> reserved;  // none is 0
  DumpWhole whole = DumpWhole::nothing;
  std::vector<Units> picked{};  // of the reserved ones; so
  DumpPatience patience{};
  std::vector<std::pair<std::uint64_t, std::int64_t>> raised{};  // of those that wait, in entries of raises: LSN of the amend, units; oldest first
  bool kills = false;           // its policy is fill_or_kill: all or nothing, and nothing waits
  std::int64_t told_us = 0;     // when its last unit is expected, as it was told last; 0: at no known date

  std::int64_t waiting_in(std::uint64_t raised_at) const noexcept;
  // LSNs of the amends of all entries with something waiting, the oldest first; 0: its own.
  std::vector<std::uint64_t> entries() const;
  void stop_waiting(std::uint64_t raised_at, std::int64_t units);
};
// Adds units of one warehouse, or takes them away; what is then 0 goes.
void change_units(std::vector<Units>& all, std::uint32_t warehouse, std::int64_t by);
std::int64_t units_there(const std::vector<Units>& all, std::uint32_t warehouse) noexcept;

struct DumpOrder {
  std::vector<DumpLine> lines;
  std::uint64_t id = 0;  // hash
  std::int64_t priority = 100;
  bool whole = false;    // all of it, or nothing
  bool not_due = false;  // nothing of it yet: until then it stands in no queue here
  bool has_skipped = false;
  DumpPatience patience{};

  bool is_open() const noexcept;
  bool waits() const noexcept;
  DumpPatience& patience_of(DumpLine& line) noexcept { return whole ? patience : line.patience; }
  const DumpPatience& patience_of(const DumpLine& line) const noexcept { return whole ? patience : line.patience; }
  // Whether the line waits so, and can be passed over.
  bool can_be_skipped(const DumpLine& line) const noexcept { return line.waiting > 0 && line.whole != DumpWhole::nothing && !not_due && !patience_of(line).strict; }
  bool is_set_aside(const DumpLine& line) const noexcept { return patience_of(line).strict && (whole ? waits() : line.waiting > 0); }
  // After less of the line waits: who is whole has forgotten everything.
  void forget_if_whole(DumpLine& line) noexcept;
  DumpLine* line(std::int64_t number) noexcept;
};

struct DumpHold {  // that is open
  std::vector<DumpLine> lines;
  std::int64_t deadline = 0;
};

struct DumpTransit {
  std::int64_t shipped = 0, received = 0;
  std::int64_t left() const noexcept { return shipped > received ? shipped - received : 0; }
};
struct DumpTransfer {  // that is open
  std::uint32_t source = no_code, destination = no_code;
  std::map<std::uint32_t, DumpTransit> skus;
  std::int64_t expected_us = 0;
};

struct DumpPurchaseLine {
  std::uint32_t sku = no_code, warehouse = no_code;
  std::int64_t quantity = 0, received = 0, promised_us = 0;
  std::int64_t expected_us = 0;  // as promised, or later where that is over
  std::uint64_t peg_lsn = 0;     // of the order for whose line it is first; 0: for nobody
  std::int64_t peg_line = 0;
  std::int64_t open() const noexcept { return quantity > received ? quantity - received : 0; }
};
struct DumpPurchase {  // that is open
  std::string vendor, state;
  std::vector<std::pair<std::int64_t, DumpPurchaseLine>> lines;  // with the numbers that the client gave them
  std::string id{};
  std::int64_t closes_us = 0;  // a suggestion: no rule adds lines from then on; 0: never
  bool automatic = false;      // by a rule in mode auto-po

  bool is_unapproved() const noexcept { return state == "draft" || state == "suggested"; }
  bool is_incoming() const noexcept { return !is_unapproved(); }
  bool has_open() const noexcept;
  bool has_arrived() const noexcept;
  DumpPurchaseLine* line(std::int64_t number) noexcept;
};

struct DumpVendor {
  std::int64_t lead_days = -1, cut_off = -1;
};
struct DumpReorderRule {
  DumpRule set;              // but for its texts
  std::string vendor, kind, mode;
  bool waits = false;        // it has triggered, and its position has not been above its point since
  std::uint64_t purchase = 0;  // that it made or added to last; 0: none, or a suggestion that was cancelled

  bool is_below(std::int64_t position) const noexcept { return kind == "lot_for_lot" ? position < 0 : position <= set.point; }
  // What it orders at this position, if a purchase order may have so much more open.
  std::int64_t quantity_at(std::int64_t position, std::int64_t room) const noexcept;
};
// What a position is made of.
struct DumpPosition {
  std::int64_t available = 0, incoming = 0, waiting = 0;
  std::int64_t units() const noexcept { return available + incoming - waiting; }
};

// Command ids by hash, each with its LSN. Grows by doubling.
class DumpIds {
 public:
  // The LSN of the id, 0 if it is not known; from now on it is `lsn`.
  std::uint64_t put(std::uint64_t id, std::uint64_t lsn);
  std::uint64_t find(std::uint64_t id) const noexcept;
  std::size_t size() const noexcept { return count_; }
  // Forgets what came before `oldest`, unless `keeps` says otherwise.
  template <class Keeps>
  void forget(std::uint64_t oldest, Keeps keeps);

 private:
  struct Entry {
    std::uint64_t id = 0, lsn = 0;  // lsn 0: empty
  };
  Entry& slot(std::uint64_t id) noexcept;
  // With room for so many, filled to three quarters at most.
  void rebuild(std::vector<Entry> entries, std::size_t room);

  std::vector<Entry> entries_ = std::vector<Entry>(1024);
  std::size_t count_ = 0;
};

// Name spaces of ids.
enum class DumpIdSpace : std::uint8_t { order, receipt, cancel, ship, amend, stock_change, hold, hold_command, shipment, transfer, transfer_command, purchase, purchase_command };
std::uint64_t hash_of(DumpIdSpace space, std::string_view id) noexcept;

class DumpState {
 public:
  DumpSku& sku(std::uint32_t number);
  DumpCell& cell(std::uint32_t sku, std::uint32_t warehouse);
  // Where a line takes from, in order: its pin alone; or `first`, if any, and then all others.
  const std::vector<std::uint32_t>& sources(std::uint32_t pinned, std::uint32_t first);
  const std::vector<std::uint32_t>& by_priority() const noexcept { return by_priority_; }
  void set_priority(std::uint32_t warehouse, std::int64_t priority, const Codes& codes);

  DumpOrder* order(std::uint64_t lsn);
  DumpOrder& add_order(std::uint64_t lsn);
  // Gone, if nothing of it is reserved or waits.
  void close_if_done(std::uint64_t lsn);
  DumpHold* hold(std::uint64_t lsn);
  void add_hold(std::uint64_t lsn, DumpHold hold) { holds_[lsn] = std::move(hold); }
  void end_hold(std::uint64_t lsn) { holds_.erase(lsn); }
  DumpTransfer* transfer(std::uint64_t lsn);
  void add_transfer(std::uint64_t lsn, DumpTransfer transfer) { transfers_[lsn] = std::move(transfer); }
  void close_transfer(std::uint64_t lsn) { transfers_.erase(lsn); }
  DumpPurchase* purchase(std::uint64_t lsn);
  void add_purchase(std::uint64_t lsn, DumpPurchase purchase) { purchases_[lsn] = std::move(purchase); }
  void close_purchase(std::uint64_t lsn) { purchases_.erase(lsn); }
  // Units of a line begin to wait, or cease to.
  void waits(const DumpLine& line, std::int64_t more);
  DumpPosition position(std::uint32_t sku, std::uint32_t warehouse, bool pooled);
  void wait(const DumpOrder& order, std::uint64_t lsn, std::uint32_t index);
  void change_priority(DumpOrder& order, std::uint64_t lsn, std::int64_t priority);
  // All entries of the line leave the queue, or one of them.
  void leave(const DumpOrder& order, std::uint64_t lsn, std::uint32_t index);
  void leave(const DumpOrder& order, std::uint64_t lsn, std::uint32_t index, std::uint64_t raised_at);
  // So many units leave it, of the newest entries first.
  void cut(DumpOrder& order, std::uint64_t lsn, std::uint32_t index, std::int64_t units);
  // The earliest line before the place that waits for all or nothing, could use a unit there, and can be passed over by the place's order.
  const DumpPlace* passed_over(std::uint32_t sku, std::uint32_t warehouse, const DumpPlace& by);
  // Units that lines ahead of the place could take from the warehouse wait. Who takes all or nothing is not counted: all of it is
  // not there, or it would have been served.
  bool has_waiter(std::uint32_t sku, std::uint32_t warehouse, const DumpPlace& before);
  std::int64_t waiting_ahead(std::uint32_t sku, std::uint32_t warehouse, const DumpPlace& before, std::int64_t enough);

  template <class Visit>
  void for_each_cell(Visit visit) const {
    for (std::uint32_t sku = 0; sku < skus_.size(); ++sku) {
      for (std::uint32_t warehouse = 0; warehouse < skus_[sku].cells.size(); ++warehouse) visit(sku, warehouse, skus_[sku].cells[warehouse]);
    }
  }

  DumpIds ids;
  std::map<std::string, DumpVendor, std::less<>> vendors;
  std::map<std::uint32_t, std::map<std::string, std::int64_t>> sellers;  // by SKU: who sells it, and in how many days, -1: the vendor's
  std::map<std::pair<std::uint32_t, std::uint32_t>, DumpReorderRule> rules;
  std::set<std::uint64_t> suggestions;  // purchase orders that are suggested
  std::unordered_map<std::uint64_t, DumpOrder>& open_orders() noexcept { return orders_; }
  const std::unordered_map<std::uint64_t, DumpHold>& open_holds() const noexcept { return holds_; }

 private:
  bool takes_any(const DumpPlace& place) const {
    const DumpOrder& order = orders_.at(place.order);
    return order.lines[place.index].whole == DumpWhole::nothing || order.patience_of(order.lines[place.index]).strict;
  }
  // Queues have lines of open orders only.
  void leave_all(const DumpOrder& order, std::uint64_t lsn);

  std::vector<DumpSku> skus_;
  std::unordered_map<std::uint64_t, DumpOrder> orders_;  // by LSN
  std::unordered_map<std::uint64_t, DumpHold> holds_;    // by LSN
  std::unordered_map<std::uint64_t, DumpTransfer> transfers_;  // by LSN
  std::unordered_map<std::uint64_t, DumpPurchase> purchases_;  // by LSN
  std::unordered_map<std::uint32_t, std::int64_t> priorities_;
  std::vector<std::uint32_t> by_priority_, sources_;
};

template <class Keeps>
void DumpIds::forget(std::uint64_t oldest, Keeps keeps) {
  count_ = 0;
  for (Entry& entry : entries_) {
    if (entry.lsn != 0 && entry.lsn < oldest && !keeps(entry.lsn)) entry = Entry();
    if (entry.lsn != 0) ++count_;
  }
  rebuild(std::move(entries_), count_);
}

}  // namespace earmark::loadtest
