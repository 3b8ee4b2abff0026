// A program: commands that were decided before, then a few threads with a few commands each, run on the real engine. Kept
// small: every access to shared memory is a point where the explorer may go on with another thread.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tests/model/commands.hpp"

namespace earmark::interleaving {

// The orders of one socket read, decided in one commit.
struct Batch {
  std::vector<model::OrderCommand> orders;
};
// What the state store's compactor asks for: these closed orders leave memory.
struct Archive {
  std::vector<std::string> orders;
};
// Ids of commands decided before `oldest` are forgotten; `orders` are those that are known.
struct Forget {
  std::uint64_t oldest = 0;
  std::vector<std::string> orders;
};
// What the journal's thread does: everything that is decided must be reachable through the window.
struct Follow {};

// The server's timer, when every hold's deadline has passed and every time of an order has come.
struct Expire {};

using Step = std::variant<model::Command, Batch, Archive, Forget, Follow, Expire>;

struct Program {
  std::string name;
  std::vector<Step> before;                // by the first thread, before the others begin
  std::vector<std::vector<Step>> threads;
  // nothing: every schedule. Else the number of preemptions that the exploration is bounded by.
  std::optional<int> preemptions;
  bool times = false;  // later threads have later times, and what they do with them is explored, too (engine/decision_times.hpp)
};

std::vector<Program> programs();  // all: orders, receipts and cancels, and those of
std::vector<Program> hold_programs();
std::vector<Program> stock_programs();
std::vector<Program> transfer_programs();
std::vector<Program> shipment_programs();
std::vector<Program> rule_programs();
std::vector<Program> time_programs();

// The cells' stock by SKU and warehouse: {{1, 2}} is one SKU in two warehouses, the first one first in priority.
model::LoadCommand stock(const std::vector<std::vector<int>>& on_hand);
struct Wanted {
  std::uint32_t sku = 0;
  std::int64_t quantity = 0;
  std::uint16_t pinned = 0;
};
model::OrderCommand order(std::string id, const std::vector<Wanted>& lines, engine::Policy policy = engine::Policy::ship_partial);
model::ReceiptCommand receipt(std::string id, const std::vector<engine::StockRow>& rows);
engine::StockRow row(std::uint32_t sku, std::uint16_t warehouse, std::int64_t quantity);
model::CancelCommand cancel(std::string command_id, std::string order_id, std::vector<engine::CancelRow> rows = {});
model::ShipCommand ship(std::string command_id, std::string order_id);
model::ChangeCommand adjust(std::string id, std::uint32_t sku, std::uint16_t warehouse, std::int64_t quantity);
model::HoldCommand hold(std::string id, const std::vector<Wanted>& lines, bool partial = false);
model::ConfirmCommand confirm(std::string hold, std::string order_id);  // what is held
model::ReleaseCommand release(std::string command_id, std::string hold);
// Counted of the first SKU in the first warehouse, where `expected` were on hand.
model::ChangeCommand count(std::string id, std::int64_t expected, std::int64_t counted);
// Of the order's first shipment. Units: of its first line, found by a pick or come back; none: everything.
model::MoveCommand step(std::string command_id, std::string order_id, engine::ShipmentStep step, std::optional<std::int64_t> units = {});
// Units of the first SKU from the first warehouse to the second one.
model::ShipTransferCommand send(std::string id, std::int64_t quantity);
model::ReceiveTransferCommand arrive(std::string command_id, std::string transfer);  // everything in transit

}  // namespace earmark::interleaving
