// Short words for commands, and a small catalogue that most of these tests use: SKUs S1 .. Sn (dense ids 1 .. n) in
// warehouses W1 .. Wm (ids 1 .. m, by priority), each cell with the same opening stock (dense ids are in the order given
// because every SKU is named by a row, or none is).
#pragma once

#include <string>
#include <vector>

#include "tests/model/commands.hpp"

namespace earmark::test {

struct Wanted {
  std::uint32_t sku = 0;
  std::int64_t quantity = 0;
  std::uint16_t pinned = 0;
};

// Lines are numbered from 1.
model::OrderCommand order(std::string id, const std::vector<Wanted>& wanted, engine::Policy policy = engine::Policy::ship_partial);
// Rows of {sku, quantity, warehouse}; no warehouse given: 1.
model::ReceiptCommand receipt(std::string id, const std::vector<Wanted>& rows);
model::CancelCommand cancel(std::string command_id, std::string order_id);
model::CancelCommand cancel(std::string command_id, std::string order_id, std::uint32_t line, std::int64_t quantity);
model::ShipCommand ship(std::string command_id, std::string order_id);
model::LoadCommand catalogue(std::uint32_t skus, std::uint16_t warehouses, std::int64_t on_hand);

}  // namespace earmark::test
