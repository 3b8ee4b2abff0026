// Reads a dump record by record, in LSN order, through the sequential rules (orders, queue, receipts, cancels, ships, steps of shipments, holds, loads, stock changes, transfers, purchase orders), and
// says where a record is not what they give. After a finding it goes on with what the record says. One thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "loadtest/dump_findings.hpp"
#include "loadtest/dump_state.hpp"

namespace earmark::loadtest {

class DumpJudge {
 public:
  // `skus` and `warehouses`: the codes behind the records' numbers.
  DumpJudge(const Codes& skus, const Codes& warehouses, DumpVerdict& verdict)
      : skus_(skus), warehouses_(warehouses), verdict_(verdict), findings_(verdict) {}

  // False: nothing can be judged, see refusal().
  bool read(const DumpRecord& record);
  void finish();
  const std::string& refusal() const noexcept { return refusal_; }

 private:
  struct Stage {  // a row of a receipt, a SKU that a cancel gave something back to, or one of what it has made smaller
    std::uint32_t sku = 0, warehouse = no_code;
    std::int64_t units = 0;
    bool frees_sku = false;  // the units that the cancel gave back of this SKU are usable from now on
    std::uint64_t peg_lsn = 0;   // of the order for whose line its units are first; 0: for nobody
    std::int64_t peg_line = 0;
  };
  struct Fill {  // that the rules give
    DumpPlace place;
    std::uint32_t sku = 0;
    std::vector<Units> takes;
    bool pegged = false;  // out of turn
  };
  // A cause with its fills, as the settler works them out.
  struct Cause {
    std::uint64_t lsn = 0;
    std::vector<Stage> stages;
    std::size_t stage = 0;
    std::optional<DumpPlace> served;                             // last, in this stage
    std::uint64_t at_once = 0;                                   // order that is being served with all its lines
    std::unordered_map<std::uint64_t, std::int64_t> withheld;  // units of later rows, by cell
    std::optional<Fill> next;
    bool is_uncertain = false;
    std::set<std::uint32_t> not_yet{};  // SKUs with victims, of which nothing is usable before their turn
    std::int64_t pegged_left = 0;       // of the stage: for its pegged line
  };

  bool base(const DumpRecord& record);
  void base_order(const DumpRecord& record);
  void base_queue(const DumpRecord& record);
  void base_hold(const DumpRecord& record);
  void base_transfer(const DumpRecord& record);
  void base_purchase(const DumpRecord& record);
  void end_base();
  void number(const DumpRecord& record);
  void order(const DumpRecord& record);
  void order_line(DumpOrder& order, const DumpRecord& record, std::uint32_t index);
  void status(const DumpRecord& record);
  bool covers_all(const DumpRecord& record, const DumpOrder& order);
  void whole_order(const DumpRecord& record, const DumpOrder& order);
  std::int64_t free_for(std::uint32_t sku, std::uint32_t warehouse, const DumpPlace& place);
  void receipt(const DumpRecord& record);
  void cancel(const DumpRecord& record);
  void amend(const DumpRecord& record);
  void due(const DumpRecord& record);
  // What an amend raises (dump_judge_raises.cpp).
  void raise(const DumpRecord& record, std::uint64_t lsn);
  std::int64_t raised_by(const DumpRecord& record, const DumpRow& row, DumpOrder& order, std::unordered_map<std::uint64_t, std::int64_t>& gone);
  bool entry_fits(const DumpLine& line, std::uint64_t raised_at);
  // Takes the rows' units from the order, and serves who waits for them.
  void take_back(const DumpRecord& record, std::uint64_t lsn);
  void cancelled_line(DumpOrder& order, std::uint64_t order_lsn, const DumpRow& row, bool whole);
  void ship(const DumpRecord& record);
  void judge_shipped(const DumpRecord& record, const DumpRow& row, const DumpOrder* order, const DumpLine* line);
  void load(const DumpRecord& record);
  void stock_change(const DumpRecord& record);
  void change_row(const DumpRecord& record, std::size_t index);
  void judge_victims(const DumpRow& row, const std::vector<const DumpRow*>& lost);
  void lose(const DumpRow& lost);
  struct Loser {
    DumpPlace place;
    DumpOrder* order = nullptr;  // null: it is a hold
    DumpLine* line = nullptr;
  };
  std::optional<Loser> loser(const DumpRow& lost);
  void shipment(const DumpRecord& record);
  void step(const DumpRecord& record, const DumpRow& row, DumpLine* line);
  void missing(const DumpRecord& record);
  std::int64_t picked_in(std::uint32_t sku, std::uint32_t warehouse);
  void transfer_shipped(const DumpRecord& record);
  void transfer_received(const DumpRecord& record);
  void arrived_row(const DumpRecord& record, const DumpRow& row, DumpTransfer& transfer);
  void close_transfer(const DumpRecord& record, std::uint64_t lsn, const DumpTransfer& transfer);
  // Purchase orders (dump_judge_purchases.cpp).
  void purchase(const DumpRecord& record);
  void purchase_step(const DumpRecord& record);
  void purchase_receipt(const DumpRecord& record);
  DumpPurchase* open_purchase(const DumpRecord& record, std::string_view id);
  void purchase_line(const DumpRecord& record, const DumpRow& row, DumpPurchase& purchase);
  void acknowledge(const DumpRecord& record, const DumpRow& row, DumpPurchase& purchase);
  void judge_open_lines(const DumpRecord& record, const DumpPurchase& purchase);
  void purchased_row(const DumpRecord& record, const DumpRow& row, DumpPurchase& purchase);
  void move_purchase(const DumpRecord& record, DumpPurchase& purchase, std::string_view right);
  void judge_peg(const DumpRow& row);
  void expect(const DumpRow& row, DumpPurchaseLine& line);
  // Vendors and reorder rules (dump_judge_rules.cpp).
  void rules(const DumpRecord& record);
  void base_rule(const DumpRecord& record);
  void set_rule(const DumpRule& set);
  void reorder(const DumpRecord& record);
  bool judge_trigger(const DumpRecord& record, const DumpReorderRule& rule);
  void reorder_line(const DumpRecord& record, const DumpReorderRule& rule);
  void judge_new_purchase(const DumpRecord& record, const DumpReorderRule& rule, std::uint64_t takes_lines);
  std::string vendor_of(std::uint32_t sku, const DumpReorderRule& rule) const;
  std::int64_t lead_days(std::uint32_t sku, const std::string& vendor) const;
  std::uint64_t own_suggestion(const DumpRow& of, const DumpReorderRule& rule, const std::string& vendor);
  std::uint64_t newest_suggestion(const std::string& vendor, bool automatic);
  void let_rules_wait(std::uint64_t purchase);
  // Dates (dump_judge_dates.cpp).
  void overdue(const DumpRecord& record);
  void overdue_purchase(const DumpRecord& record);
  void overdue_transfer(const DumpRecord& record);
  void dates(const DumpRecord& record);
  bool is_open(std::uint64_t lsn) { return state_.order(lsn) != nullptr || state_.hold(lsn) != nullptr || state_.transfer(lsn) != nullptr || state_.purchase(lsn) != nullptr; }
  void hold(const DumpRecord& record);
  void hold_extended(const DumpRecord& record);
  void hold_ended(const DumpRecord& record);
  std::vector<DumpLine> confirm(const DumpRecord& record);
  void after_confirm(const DumpRecord& record, const std::vector<DumpLine>& held);
  DumpHold* open_hold(std::string_view id);
  static std::vector<Stage> stages_of(const std::vector<DumpRow>& freed);
  void fill(const DumpRecord& record);
  void judge_fill(const DumpRecord& record, const DumpPlace& place);
  void unknown(const DumpRecord& record);
  // Who waits for all or nothing (dump_judge_patience.cpp). What an order takes from one cell, with its place there.
  struct Taken {
    std::uint32_t sku = 0, warehouse = 0;
    DumpPlace place;
  };
  void skip(const DumpRecord& record, DumpOrder& by, const std::vector<Taken>& taken);
  void strict(const DumpRecord& record);
  void judge_take_over(const DumpRecord& record, const DumpOrder& order, std::uint64_t lsn, const std::vector<std::uint32_t>& lines);
  using TakenOver = std::map<std::pair<DumpPlace, std::uint32_t>, std::int64_t>;  // by line and warehouse
  void take_from_later(const DumpPlace& place, const DumpLine& line, std::int64_t open, TakenOver& taken);

  void once(DumpIdSpace space, std::string_view id, const char* what);
  // `freed`: lines whose moved units came free; null: each stage brings its own. `in_turn`: see Cause.
  void begin_cause(const DumpRecord& record, std::vector<Stage> stages, const std::vector<DumpRow>* freed, std::set<std::uint32_t> in_turn = {});
  void find_next_fill();
  bool find_pegged(const Stage& stage);
  bool find_in_stage(const Stage& stage);
  bool find_in_order(std::uint64_t lsn);
  const DumpPlace* first_in_stage(const Stage& stage, const std::optional<DumpPlace>& behind);
  std::int64_t usable(std::uint32_t sku, std::uint32_t warehouse);
  Fill fill_of(const DumpPlace& place, bool whole_order);
  using Lines = std::vector<std::uint32_t>;  // of one order, by position
  template <class Usable>
  bool all_there(const DumpOrder& order, const Lines& lines, Usable usable);
  void enter_stage();
  void take(std::uint32_t sku, const Units& taken, DumpLine* line);
  void move(std::uint32_t sku, std::uint32_t warehouse, std::int64_t available, std::int64_t reserved);
  void compare_cells(const DumpRecord& record);
  // Of units that came and are in the cell already, those that are available: what heals an overdraft is not.
  std::int64_t beyond_healing(std::uint32_t sku, std::uint32_t warehouse, std::int64_t came);

  template <class Text>
  void violate(Promise promise, Text text) {
    findings_.violate(promise, lsn_, text);
  }
  std::string cell_name(std::uint32_t sku, std::uint32_t warehouse) const;
  std::string units_name(const std::vector<Units>& units) const;

  const Codes& skus_;
  const Codes& warehouses_;
  DumpVerdict& verdict_;
  DumpFindings findings_;
  DumpState state_;
  Cause cause_;
  std::uint64_t lsn_ = 0;  // of the record that is read
  std::uint64_t oldest_known_ = 0;
  std::size_t ids_after_forgetting_ = 0;
  std::int64_t time_us_ = 0;
  std::size_t touched_ = 0;  // cells of this record
  std::uint64_t pick_ = 0;                        // the last pick, if it did not find all
  std::vector<std::pair<std::uint32_t, std::int64_t>> not_found_;  // its SKUs and units
  bool in_base_ = false, has_begun_ = false;
  bool tells_skips_ = false;  // not the records of an old server
  std::string refusal_;
};

// Each pinned line needs its units where it is pinned; all lines of a SKU together need theirs anywhere.
template <class Usable>
bool DumpJudge::all_there(const DumpOrder& order, const Lines& lines, Usable usable_units) {
  for (const std::uint32_t index : lines) {
    const DumpLine& line = order.lines[index];
    std::int64_t pinned = 0, all = 0, there = 0;
    for (const std::uint32_t other : lines) {
      if (order.lines[other].sku != line.sku) continue;
      all += order.lines[other].waiting;
      if (order.lines[other].pinned == line.pinned) pinned += order.lines[other].waiting;
    }
    if (line.pinned != no_code && pinned > usable_units(line.sku, line.pinned)) return false;
    for (const std::uint32_t warehouse : state_.by_priority()) there += usable_units(line.sku, warehouse);
    if (all > there) return false;
  }
  return true;
}

}  // namespace earmark::loadtest
