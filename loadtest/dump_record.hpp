// One line of `earmark-journal dump` as numbers: codes are interned. Fields that the judge does not need are passed over, and so are
// ones that it does not know. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "loadtest/json_reader.hpp"

namespace earmark::loadtest {

inline constexpr std::uint32_t no_code = ~0U;

// Codes as dense numbers from 0, in the order in which they are first named.
class Codes {
 public:
  std::uint32_t number(std::string_view code);
  const std::string& code(std::uint32_t number) const { return *codes_[number]; }
  std::size_t size() const noexcept { return codes_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;
  std::vector<const std::string*> codes_;
};

struct Units {  // of one SKU in a warehouse
  std::uint32_t warehouse = 0;
  std::int64_t units = 0;
};

// Units that wait, and the last of the dates at which they are expected.
struct DumpDates {
  std::int64_t units = 0, last_us = 0;
};

// For whose line a line of a purchase order is first.
struct DumpPeg {
  std::string_view order;
  std::uint64_t lsn = 0;  // of the order; 0: for nobody
  std::int64_t line = 0;
};

// A reorder rule, a vendor, or a source: each has some of it.
struct DumpRule {
  std::uint32_t sku = no_code, warehouse = no_code;
  std::string_view vendor, kind, mode;
  std::int64_t point = 0, quantity = 0, minimum = 0, multiple = 0, maximum = 0, lead_days = -1, cut_off = -1, snoozed_until_us = 0;
  bool pooled = false, triggered = false;
};

// A line, a row, an entry of the catalogue: what all of them have, as far as they have it.
struct DumpRow {
  std::int64_t line = 0, quantity = 0, backordered = 0, waiting = 0, cancelled = 0, excess = 0, available = 0, reserved = 0, held = 0, priority = 100;
  std::int64_t on_hand_change = 0, unavailable_change = 0, row = 0, rest = 0;  // of a stock change; of lost units the row that took them
  std::int64_t damaged = 0, over = 0, units_shipped = 0, received = 0;  // of a transfer, or of a purchase order's line
  std::int64_t promised_us = 0, incoming_change = 0, expected_us = 0, open = 0;  // of a purchase order's line
  std::int64_t before_us = 0, date_us = 0, told_us = 0;  // of a line that waits
  DumpDates expected;
  DumpPeg peg;
  std::int64_t skips = 0;      // of a base's line, or order, that waits for all or nothing
  std::uint64_t order_lsn = 0;
  std::uint32_t sku = no_code, warehouse = no_code, pinned = no_code;
  std::string_view order, policy;
  std::string_view hold;  // of units that one lost
  std::int64_t overdrawn = 0;  // of a row of a stock change 1, if it leaves its cell so; of a base's cell by how much
  bool not_backorderable = false, strict = false;
  std::vector<Units> moved, shipped, picked;  // reserved, held, released or taken; shipped
  std::uint64_t raised_at = 0;  // LSN of the amend that made the entry; 0: the line's own
  std::vector<std::pair<std::uint64_t, std::int64_t>> raised{};  // of a base's line: what waits in such entries
};

// Who was passed over; lsn 0: nobody was.
struct DumpSkip {
  std::string_view order;
  std::uint64_t lsn = 0;
  std::int64_t line = 0;  // 0: the order as a whole
};

struct DumpRecord {
  std::string_view type, part, id, command_id, status, policy, sourcing, kind, hold, how, step, because, state, purchase, vendor;
  DumpRule rule;                // of a base line; of a reorder record what it has of its rule
  std::vector<DumpRule> vendors, sources, rules;
  std::int64_t incoming = 0, position = 0, line_quantity = 0, closes_us = 0;  // of a reorder record
  std::uint64_t lsn = 0, cause = 0, oldest_known = 0, transfer_lsn = 0, purchase_lsn = 0;
  std::int64_t time_us = 0, deadline_us = 0;
  std::uint32_t preferred = no_code, source = no_code, destination = no_code;
  bool whole = false, full = false, partial = false, reacquired = false, to_unavailable = false, closed = false, not_due = false, has_skipped = false;
  bool cleared = false, automatic = false, pegged = false;
  DumpSkip skipped;
  std::optional<bool> fills_follow, last;
  std::optional<std::int64_t> priority;  // self.priority, if it is given
  DumpRow self;                 // fields of the line itself: of a fill, of a base line
  std::vector<DumpRow> rows;    // lines of orders, cancels, ships, purchase orders; rows of receipts; opening stock; who waits
  std::vector<DumpRow> warehouses, products;
  std::vector<DumpRow> lost;    // by a stock change, or to who turns strict
  std::vector<DumpRow> missing;  // short units of a transfer
  std::vector<DumpRow> raised;  // lines, by an amend
  std::vector<DumpRow> returned, available_after;

  // An order that ends a hold with its own record.
  bool confirms() const noexcept { return !hold.empty() && !reacquired; }
};

class DumpReader {
 public:
  // The record, valid until the next line; null if the line is no JSON object.
  const DumpRecord* read(std::string_view line);

  Codes& skus() noexcept { return skus_; }
  Codes& warehouses() noexcept { return warehouses_; }

 private:
  void read_member(std::string_view key);
  void read_row_member(DumpRow& row, std::string_view key);
  void read_rows(std::vector<DumpRow>& rows);
  void read_units(std::vector<Units>& units);
  void read_entries(DumpRow& row);
  void read_dates(DumpDates& dates);
  void read_peg(DumpPeg& peg);
  void read_rules(std::vector<DumpRule>& rules);
  bool read_rule_member(DumpRule& rule, std::string_view key);
  void read_skip(DumpSkip& skip);

  JsonReader json_;
  DumpRecord record_;
  Codes skus_, warehouses_;
};

}  // namespace earmark::loadtest
