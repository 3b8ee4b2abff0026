#include "tests/storage/purchase_history.hpp"

namespace earmark::storage::test {
namespace {

using engine::LineNumber;
using engine::Lsn;
using engine::PurchaseState;
using engine::PurchaseStep;
using engine::SkuId;
using engine::TimeUs;
using engine::WarehouseId;

constexpr SkuId nail{1}, screw{2};
constexpr WarehouseId a{1}, b{2};

void add_load(Records& records) {
  const engine::LoadedWarehouse warehouses[] = {{a, 1, "A", ""}, {b, 2, "B", ""}};
  const engine::LoadedProduct products[] = {{nail, "nail", ""}, {screw, "screw", ""}};
  records.add(engine::LoadDecision{false, warehouses, products, {}});
}

void add_order(Records& records) {
  const engine::LineDecision lines[] = {{LineNumber{1}, screw, 3, 3, 0, 0, {}, 0, 0, {}}};
  const engine::LineWait waits[] = {{0, 1, 0}};
  engine::OrderDecision order;
  order.id = "O1";
  order.content = 101;
  order.status = engine::OrderStatus::backordered;
  order.lines = lines;
  order.waits = waits;
  records.add(order);
}

void place(Records& records, const char* id, const char* vendor, PurchaseState state, std::span<const engine::PurchasedLine> lines) {
  records.add(engine::PurchaseDecision{id, 1, vendor, "", state == PurchaseState::draft ? "by rail" : "", state, lines});
}

void move(Records& records, const char* command, const char* id, std::uint64_t lsn, PurchaseStep step, PurchaseState state,
          std::span<const engine::PurchaseChange> changes, const char* reference = "") {
  records.add(engine::PurchaseStepDecision{command, id, Lsn{lsn}, 2, lsn == 3 ? "V" : "W", step, state, reference, changes});
}

Lsn receive(Records& records, const char* id, PurchaseState state, bool fills_follow, std::span<const engine::PurchaseArrivedRow> rows) {
  return records.add(engine::PurchaseReceiptDecision{id, "P1", Lsn{3}, 3, "V", state, fills_follow, rows});
}

void add_first_purchase(Records& records) {
  const engine::PurchasedLine lines[] = {{TimeUs{500}, LineNumber{10}, nail, 10, a, 0}, {TimeUs{}, LineNumber{20}, screw, 6, b, 0}};
  place(records, "P1", "V", PurchaseState::draft, lines);
  const engine::PurchaseChange approved[] = {{TimeUs{500}, LineNumber{10}, nail, 10, 10, a, 0, 0}, {TimeUs{}, LineNumber{20}, screw, 6, 6, b, 0, 0}};
  move(records, "S1", "P1", 3, PurchaseStep::approve, PurchaseState::approved, approved);
  move(records, "S2", "P1", 3, PurchaseStep::send, PurchaseState::sent, {});
  const engine::PurchaseChange acknowledged[] = {{TimeUs{600}, LineNumber{10}, nail, 10, 0, a, 0, 0}, {TimeUs{700}, LineNumber{20}, screw, 5, -1, b, 0, 0}};
  move(records, "S3", "P1", 3, PurchaseStep::acknowledge, PurchaseState::acknowledged, acknowledged, "SO-7");
  const engine::PurchaseArrivedRow rows[] = {{LineNumber{10}, nail, 4, 1, 0, 4, a, 0}, {LineNumber{20}, screw, 6, 0, 1, 6, b, 0}};
  const Lsn cause = receive(records, "R1", PurchaseState::partly_received, true, rows);
  const engine::Take takes[] = {{3, 3, b, 1}};
  records.add(engine::FillDecision{"O1", Lsn{2}, LineNumber{1}, screw, 1, 0, true, takes}, cause);
}

}  // namespace

Records purchase_history() {
  Records records;
  add_load(records);
  add_order(records);
  add_first_purchase(records);
  const engine::PurchasedLine of_w[] = {{TimeUs{}, LineNumber{7}, nail, 8, b, 0}};
  place(records, "P2", "W", PurchaseState::sent, of_w);
  const engine::PurchaseArrivedRow rest[] = {{LineNumber{10}, nail, 5, 0, 0, 9, a, 0}};
  receive(records, "R2", PurchaseState::received, false, rest);
  const engine::PurchaseChange given_up[] = {{TimeUs{}, LineNumber{7}, nail, 8, -8, b, 0, 0}};
  move(records, "S4", "P2", 9, PurchaseStep::close, PurchaseState::closed, given_up);
  const engine::PurchasedLine draft[] = {{TimeUs{}, LineNumber{1}, screw, 2, a, 0}}, approved[] = {{TimeUs{}, LineNumber{1}, nail, 2, a, 0}};
  place(records, "P3", "W", PurchaseState::draft, draft);
  const engine::PurchaseChange of_draft[] = {{TimeUs{}, LineNumber{1}, screw, 2, 0, a, 0, 0}}, nothing[] = {{TimeUs{}, LineNumber{1}, nail, 0, -2, a, 0, 0}};
  move(records, "S5", "P3", 12, PurchaseStep::cancel, PurchaseState::cancelled, of_draft);
  place(records, "P4", "W", PurchaseState::approved, approved);
  move(records, "S6", "P4", 14, PurchaseStep::acknowledge, PurchaseState::closed, nothing);
  return records;
}

}  // namespace earmark::storage::test
