// Open purchase orders: what vendors are to bring. The settler alone changes this; views of what is incoming: engine/durable_view.hpp.
// Units of (SKU, warehouse) that are open are the sum over the open purchase orders' lines, drafts' too, at most max_quantity.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/block_store.hpp"
#include "engine/decision.hpp"
#include "engine/limits.hpp"
#include "engine/state_image.hpp"
#include "engine/supply.hpp"
#include "engine/timers.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

struct KnownCommand;
struct SharedState;

struct OpenPurchase {
  OpenPurchase(const Stamp& stamp, const PurchaseDecision& decision, BlockRef known);
  OpenPurchase(const PurchaseImage& image, BlockRef known);
  // That a rule's record makes.
  OpenPurchase(const Stamp& stamp, const ReorderDecision& decision, BlockRef known);

  // Its line with this number; nullptr: it has none.
  const PurchaseLineState* line(LineNumber number) const noexcept;
  bool has_arrivals() const noexcept;
  // Of what is open and incoming, the earliest; 0: nothing is, or at no known date.
  TimeUs first_expected() const noexcept;
  bool takes_lines(TimeUs now) const noexcept { return state == PurchaseState::suggested && lines.size() < max_lines && (closes.value == 0 || now < closes); }

  std::string id, vendor, reference, notes;
  PurchaseState state = PurchaseState::draft;
  TimeUs time{};
  TimeUs closes{};                       // of a suggestion: no rule adds lines from then on; 0: always
  bool automatic = false;                // a rule's in mode auto_po
  Timers::Handle overdue = 0, cut_off = 0;
  TimeUs overdue_at{};                   // when `overdue` is due
  BlockRef known = 0;                    // what the exactly-once table names
  std::vector<PurchaseLineState> lines;  // as they were given

 private:
  friend class Purchases;
  void number_lines();
  PurchaseLineState& at(LineNumber number);

  std::unordered_map<std::uint32_t, std::uint32_t> places_;  // by line number
};

class Purchases {
 public:
  explicit Purchases(Supply& supply) : supply_(supply) {}

  const std::map<Lsn, OpenPurchase>& open() const noexcept { return open_; }
  const OpenPurchase* find(Lsn lsn) const noexcept;
  bool is_open(const KnownCommand& known) const noexcept;
  Quantity open_units(CellIndex cell) const noexcept;
  std::size_t cells_with_open_units() const noexcept { return open_units_.size(); }

  void add(const SharedState& shared, Lsn lsn, OpenPurchase purchase);
  void step(const SharedState& shared, const PurchaseStepDecision& decision);
  void receive(const SharedState& shared, const PurchaseReceiptDecision& decision);
  void delay(const OverdueDecision& decision);
  // A line that a rule adds to a suggestion, or raises there.
  void suggest(const SharedState& shared, Lsn lsn, const ReorderDecision& decision);
  // The newest suggestion of this vendor and mode that takes lines; nullptr: none does.
  const OpenPurchase* suggestion(std::string_view vendor, bool automatic, TimeUs now, Lsn& lsn) const;
  OpenPurchase* open_one(Lsn lsn) noexcept;

 private:
  void change(const SharedState& shared, const PurchaseLineState& line, std::int64_t units);
  // What the line brings is, or is not (any more), among what is expected.
  void list(Lsn lsn, const OpenPurchase& purchase, const PurchaseLineState& line, bool on);
  void end_if_closed(const SharedState& shared, std::map<Lsn, OpenPurchase>::iterator purchase);

  Supply& supply_;
  std::map<Lsn, OpenPurchase> open_;                        // by decision
  std::set<Lsn> suggested_;                                 // those in state suggested
  std::unordered_map<std::uint64_t, Quantity> open_units_;  // by cell
};

}  // namespace earmark::engine
