#include "tests/storage/history.hpp"

namespace earmark::storage::test {
namespace {

using engine::LineNumber;
using engine::Lsn;
using engine::SkuId;
using engine::Take;
using engine::WarehouseId;

constexpr SkuId nail{1}, screw{2};
constexpr WarehouseId a{1}, b{2};

void add_load(Records& records) {
  const engine::LoadedWarehouse warehouses[] = {{a, 1, "A", "Alpha"}, {b, 2, "B", "Beta"}};
  const engine::LoadedProduct products[] = {{nail, "nail", "a nail"}, {screw, "screw", ""}};
  const engine::ReceivedRow stock[] = {{nail, a, 0, 5, 5}, {nail, b, 0, 2, 2}, {screw, a, 0, 1, 1}};
  records.add(engine::LoadDecision{false, warehouses, products, stock});
}

void add_first_order(Records& records) {
  const engine::LineDecision lines[] = {
      {LineNumber{10}, nail, 6, 0, 5, 0, a, 1, 1, {}},
      {LineNumber{20}, screw, 3, 2, 1, 0, a, 1, 0, {}},
  };
  const Take takes[] = {{1, 1, b, 2}};
  const engine::LineWait waits[] = {{0, 1, 1}};
  engine::OrderDecision order;
  order.id = "O1";
  order.content = 101;
  order.status = engine::OrderStatus::split;
  order.lines = lines;
  order.takes = takes;
  order.waits = waits;
  records.add(order);
}

void add_refused_order(Records& records) {
  const engine::LineDecision lines[] = {{LineNumber{1}, nail, 9, 0, 0, 0, {}, 0, 0, {}}};
  engine::OrderDecision order;
  order.id = "O2";
  order.content = 102;
  order.status = engine::OrderStatus::refused;
  order.policy = engine::Policy::fill_or_kill;
  order.lines = lines;
  records.add(order);
}

void add_receipt(Records& records) {
  const engine::ReceivedRow rows[] = {{screw, b, 0, 1, 1}, {screw, a, 0, 4, 4}};
  const Lsn cause = records.add(engine::ReceiptDecision{"R1", 201, true, rows});
  const Take first[] = {{1, 0, b, 2}}, second[] = {{1, 3, a, 1}};
  records.add(engine::FillDecision{"O1", Lsn{2}, LineNumber{20}, screw, 0, 1, false, first}, cause);
  records.add(engine::FillDecision{"O1", Lsn{2}, LineNumber{20}, screw, 1, 0, true, second}, cause);
}

void add_ship(Records& records) {
  const engine::ShippedLine lines[] = {{LineNumber{10}, nail, 2}, {LineNumber{20}, screw, 2}};
  const Take shipped[] = {{5, 0, a, 1}, {1, 1, b, 2}, {2, 3, a, 1}, {1, 0, b, 2}};
  records.add(engine::ShipDecision{"S1", "O1", 301, lines, shipped});
}

void add_third_order(Records& records) {
  const engine::LineDecision lines[] = {{LineNumber{1}, screw, 5, 2, 3, 0, a, 1, 0, {}}};
  const engine::LineWait waits[] = {{0, 1, 0}};
  engine::OrderDecision order;
  order.id = "O3";
  order.content = 103;
  order.status = engine::OrderStatus::split;
  order.priority = engine::Priority{150};
  order.lines = lines;
  order.waits = waits;
  records.add(order);
  const engine::CancelledLine cancelled[] = {{LineNumber{1}, screw, 2, 1, 0}};
  const Take released[] = {{1, 1, a, 1}};
  records.add(engine::CancelDecision{"C1", "O3", 401, false, false, cancelled, released});
}

}  // namespace

Records small_history() {
  Records records;
  add_load(records);
  add_first_order(records);
  add_refused_order(records);
  add_receipt(records);
  add_ship(records);
  add_third_order(records);
  records.add(engine::VoidDecision{});
  return records;
}

}  // namespace earmark::storage::test
