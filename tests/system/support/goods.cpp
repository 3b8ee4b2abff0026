#include "tests/system/support/goods.hpp"

namespace earmark::test {

model::OrderCommand order(std::string id, const std::vector<Wanted>& wanted, engine::Policy policy) {
  model::OrderCommand command;
  command.id = std::move(id);
  command.policy = policy;
  for (std::uint32_t index = 0; index < wanted.size(); ++index) {
    command.lines.push_back({wanted[index].quantity, engine::SkuId{wanted[index].sku}, engine::LineNumber{index + 1},
                             engine::WarehouseId{wanted[index].pinned}, 0, 0});
  }
  return command;
}

model::ReceiptCommand receipt(std::string id, const std::vector<Wanted>& rows) {
  model::ReceiptCommand command{.id = std::move(id)};
  for (const Wanted& row : rows) {
    command.rows.push_back({row.quantity, engine::SkuId{row.sku}, engine::WarehouseId{row.pinned == 0 ? std::uint16_t{1} : row.pinned}, 0});
  }
  return command;
}

model::CancelCommand cancel(std::string command_id, std::string order_id) {
  return {.command_id = std::move(command_id), .order_id = std::move(order_id)};
}

model::CancelCommand cancel(std::string command_id, std::string order_id, std::uint32_t line, std::int64_t quantity) {
  return {.command_id = std::move(command_id), .order_id = std::move(order_id), .rows = {{quantity, engine::LineNumber{line}, 0}}};
}

model::ShipCommand ship(std::string command_id, std::string order_id) {
  return {.command_id = std::move(command_id), .order_id = std::move(order_id)};
}

model::LoadCommand catalogue(std::uint32_t skus, std::uint16_t warehouses, std::int64_t on_hand) {
  model::LoadCommand load;
  for (std::uint16_t warehouse = 1; warehouse <= warehouses; ++warehouse) {
    load.warehouses.push_back({.code = "W" + std::to_string(warehouse), .name = "", .priority = warehouse});
  }
  for (std::uint32_t sku = 0; sku < skus; ++sku) {
    load.products.push_back({.code = "S" + std::to_string(sku + 1), .description = ""});
    for (std::uint32_t warehouse = 0; warehouse < warehouses && on_hand >= 0; ++warehouse) load.stock.push_back({on_hand, sku, warehouse});
  }
  return load;
}

}  // namespace earmark::test
