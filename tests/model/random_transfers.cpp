// Random transfers and arrivals: mostly of what is there, and of transfers that are open.
#include "tests/model/random_commands.hpp"

namespace earmark::model {

using engine::WireQuantity;

ShipTransferCommand RandomCommands::ship_transfer() {
  ShipTransferCommand ship{.id = new_id('t'), .source = some_warehouse(), .destination = some_warehouse()};
  for (int tries = 0; tries < 3 && ship.source == ship.destination; ++tries) ship.destination = some_warehouse();
  ship.expected = some_promise();
  if (random_.chance(40)) ship.reason = "reason " + std::to_string(random_.below(3));
  for (std::uint64_t rows = random_.between(1, 4), tries = 0; rows > 0 && tries < 12; ++tries) {
    engine::TransferRow row;
    row.sku = some_sku();
    const std::uint64_t there = seen_.state().cell(row.sku, ship.source).available();
    if (there == 0 && !random_.chance(4)) continue;
    row.quantity = static_cast<WireQuantity>(random_.between(1, random_.chance(90) ? std::max<std::uint64_t>(1, std::min<std::uint64_t>(there, 15)) : there + 2));
    ship.rows.push_back(row);
    --rows;
  }
  return ship;
}

ReceiveTransferCommand RandomCommands::receive_transfer() {
  ReceiveTransferCommand receive{.command_id = new_id('u'), .transfer_id = "t0", .close = random_.chance(20)};
  const Transfer* transfer = nullptr;
  for (int tries = 0; tries < 10 && !transfers_.empty() && (transfer == nullptr || !transfer->open); ++tries) {
    receive.transfer_id = transfers_[transfers_.size() - 1 - random_.below(std::min<std::size_t>(transfers_.size(), 12))];
    transfer = seen_.state().transfer(receive.transfer_id);
  }
  if (transfer == nullptr || random_.chance(25)) return receive;
  for (const auto& [sku, units] : transfer->units) {
    const std::uint64_t left = units.left();
    if (random_.chance(25)) continue;
    const std::uint64_t came = random_.below(left + (random_.chance(25) ? 4 : 1)), damaged = random_.chance(25) ? random_.below(came + 1) : 0;
    receive.rows.push_back({static_cast<WireQuantity>(came - damaged), static_cast<WireQuantity>(damaged), sku, 0});
    if (random_.chance(15)) receive.rows.push_back({static_cast<WireQuantity>(random_.below(3)), 0, sku, 0});
  }
  return receive;
}

void RandomCommands::spoil(ShipTransferCommand& ship) {
  if (ship.rows.empty()) ship.rows.push_back({1, some_sku(), 0});
  engine::TransferRow& row = ship.rows[random_.below(ship.rows.size())];
  switch (random_.below(10)) {
    case 0: ship.id = std::string(random_.chance(50) ? 0 : 65, 'i'); break;
    case 1: ship.rows.clear(); break;
    case 2: row.sku = engine::SkuId{random_.chance(50) ? 0 : 4'000'000'000U}; break;
    case 3: (random_.chance(50) ? ship.source : ship.destination) = engine::WarehouseId{static_cast<std::uint16_t>(random_.chance(50) ? 0 : 0xFFFF)}; break;
    case 4: row.quantity = random_.chance(50) ? 0 : INT64_MAX; break;
    case 5: ship.destination = ship.source; break;
    case 6: if (random_.chance(10)) ship.rows.resize(4097, row); break;
    case 7: ship.rows.push_back({engine::max_quantity, row.sku, 0}); break;
    case 8: ship.reason += "!"; break;
    default: row.quantity += row.quantity < INT64_MAX ? 1 : -1; break;
  }
  if (random_.chance(20)) spoil(ship);
}

void RandomCommands::spoil(ReceiveTransferCommand& receive) {
  if (receive.rows.empty()) receive.rows.push_back({1, 0, some_sku(), 0});
  engine::ArrivalRow& row = receive.rows[random_.below(receive.rows.size())];
  switch (random_.below(9)) {
    case 0: receive.command_id = std::string(random_.chance(50) ? 0 : 65, 'i'); break;
    case 1: receive.transfer_id = "nobody's"; break;
    case 2: row.sku = engine::SkuId{random_.chance(50) ? 0 : 4'000'000'000U}; break;
    case 3: row.sku = some_sku(); break;
    case 4: row.quantity = random_.chance(50) ? -1 : INT64_MAX; break;
    case 5: row.damaged = random_.chance(50) ? -1 : INT64_MAX; break;
    case 6: if (random_.chance(10)) receive.rows.resize(4097, row); break;
    case 7: row.quantity = engine::max_quantity; break;
    default: receive.close = !receive.close; break;
  }
  if (random_.chance(20)) spoil(receive);
}

}  // namespace earmark::model
