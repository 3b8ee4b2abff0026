// Histories for the fairness audit, a record at a time as a test wants it decided, also where the rules would decide otherwise. Only what the fold
// checks is right by itself: numbers and what is available. SKUs door (1) and nail (2), warehouses A (1) and B (2), nothing in stock at first.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "storage/audit.hpp"
#include "tests/storage/story.hpp"

namespace earmark::storage::test {

inline constexpr engine::SkuId door{1}, nail{2};
inline constexpr engine::WarehouseId a{1}, b{2};

struct Units {
  engine::WarehouseId warehouse{};
  engine::Quantity units = 0;
};

// One line of an order (its number is its position + 1) or a hold.
struct Wanted {
  engine::SkuId sku{};
  engine::Quantity quantity = 0;
  std::vector<Units> taken{};  // two warehouses at most
  engine::WarehouseId pinned{};
};

struct Terms {
  engine::Policy policy = engine::Policy::ship_partial;
  std::uint8_t priority = 100;
  bool not_due = false;
  std::string skips{};  // the id of a ship_complete order, or ID/LINE
  std::string confirms{};  // a hold
};

class AuditLog {
 public:
  AuditLog();
  engine::Lsn order(const std::string& id, const std::vector<Wanted>& lines, const Terms& terms = {});
  engine::Lsn hold(const std::string& id, const std::vector<Wanted>& lines);
  // Rows one after the other; the fills that follow name the last cause.
  engine::Lsn receive(engine::SkuId sku, const std::vector<Units>& rows, bool fills_follow);
  engine::Lsn fill(const std::string& id, std::uint32_t line, std::vector<Units> taken, bool last, std::uint32_t row = 0, const std::string& skips = {});
  engine::Lsn strict(const std::string& id, std::uint32_t line);

  // As the audit says; it must be able to read everything.
  AuditReport audit(engine::Lsn from = engine::Lsn{1}, const std::string& sku = {}) const;
  const Records& records() const noexcept { return records_; }

 private:
  struct Line {
    engine::SkuId sku{};
    engine::Quantity waiting = 0;
  };
  struct Order {
    engine::Lsn lsn{};
    std::vector<Line> lines;
  };
  engine::Take take(engine::SkuId sku, const Units& units);
  engine::Skip skip_of(const std::string& skips);
  void decide(const std::vector<Wanted>& wanted, bool waits, std::vector<engine::LineDecision>& lines, std::vector<engine::Take>& takes);

  Records records_;
  std::map<std::string, Order> orders_;
  std::map<std::string, std::vector<Wanted>> holds_;
  std::map<OfflineState::CellKey, engine::Quantity> available_;
  engine::Lsn cause_{};
  std::string skipped_;  // what a Skip views
  int receipts_ = 0;
};

// The first `count` records again, to go on from there.
Records first_of(const Records& records, std::size_t count);
// What the audit says of records, one of LSN 1 first.
AuditReport audit_of(const Records& records, engine::Lsn from = engine::Lsn{1}, const std::string& sku = {});

}  // namespace earmark::storage::test
