#include "client/put.hpp"

#include "client/request.hpp"
#include "client/request_parts.hpp"

namespace earmark::client {
namespace {

template <class Rows>
Outcome<void> learn_skus_of(Client& client, const Rows& rows) {
  std::vector<std::string_view> codes;
  for (const auto& row : rows) codes.push_back(row.sku);
  return client.learn_skus(codes);
}

Outcome<void> learn_warehouse(Client& client, std::string_view code) {
  if (code.empty() || client.catalogue().warehouse(code).value != 0) return {};
  return client.learn_warehouses();
}

// Of lines of an order or a hold, and of the warehouse tried first.
Outcome<void> learn_codes_of(Client& client, const std::vector<OrderLine>& lines, std::string_view preferred) {
  if (auto done = learn_skus_of(client, lines); !done) return done;
  for (const OrderLine& line : lines) {
    if (auto done = learn_warehouse(client, line.warehouse); !done) return done;
  }
  return learn_warehouse(client, preferred);
}

}  // namespace

Outcome<void> put(Client& client, std::uint64_t correlation, const Order& order) {
  if (auto done = learn_codes_of(client, order.lines, order.preferred); !done) return done;
  append(client.connection().out(), correlation, order, client.catalogue(), client.connection().encoder(), client.time());
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const Receipt& receipt) {
  if (auto done = learn_skus_of(client, receipt.rows); !done) return done;
  for (const ReceiptRow& row : receipt.rows) {
    if (auto done = learn_warehouse(client, row.warehouse); !done) return done;
  }
  append(client.connection().out(), correlation, receipt, client.catalogue(), client.connection().encoder(), client.time());
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const Cancel& cancel) {
  append(client.connection().out(), correlation, cancel, client.connection().encoder(), client.time());
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const Amend& amend) {
  append(client.connection().out(), correlation, amend, client.connection().encoder(), client.time());
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const Ship& ship) {
  append(client.connection().out(), correlation, ship, client.connection().encoder(), client.time());
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const ShipmentMove& move) {
  append(client.connection().out(), correlation, move, client.connection().encoder(), client.time());
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const StockChange& change) {
  if (auto done = learn_skus_of(client, change.rows); !done) return done;
  for (const StockChangeRow& row : change.rows) {
    if (auto done = learn_warehouse(client, row.warehouse); !done) return done;
  }
  append(client.connection().out(), correlation, change, client.catalogue(), client.connection().encoder(), client.time());
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const ShipTransfer& ship) {
  if (auto done = learn_skus_of(client, ship.rows); !done) return done;
  for (const std::string& code : {ship.source, ship.destination}) {
    if (auto done = learn_warehouse(client, code); !done) return done;
  }
  append(client.connection().out(), correlation, ship, client.catalogue(), client.connection().encoder(), client.time());
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const ReceiveTransfer& receive) {
  if (auto done = learn_skus_of(client, receive.rows); !done) return done;
  append(client.connection().out(), correlation, receive, client.catalogue(), client.connection().encoder(), client.time());
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const PlacePurchase& place) {
  if (auto done = learn_skus_of(client, place.lines); !done) return done;
  for (const PurchaseLine& line : place.lines) {
    if (auto done = learn_warehouse(client, line.warehouse); !done) return done;
  }
  append(client.connection().out(), correlation, place, client.catalogue(), client.connection().encoder(), client.time());
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const MovePurchase& move) {
  append(client.connection().out(), correlation, move, client.connection().encoder(), client.time());
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const ReceivePurchase& receive) {
  append(client.connection().out(), correlation, receive, client.connection().encoder(), client.time());
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const SetRules& set) {
  std::vector<std::string_view> codes;
  each_cell(set, [&](const std::string& sku, const std::string&) { codes.push_back(sku); });
  if (auto done = client.learn_skus(codes); !done) return done;
  Outcome<void> learned;
  each_cell(set, [&](const std::string&, const std::string& warehouse) {
    if (learned) learned = learn_warehouse(client, warehouse);
  });
  if (!learned) return learned;
  append(client.connection().out(), correlation, set, client.catalogue(), client.connection().encoder(), client.time());
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const Hold& hold) {
  if (auto done = learn_codes_of(client, hold.lines, hold.preferred); !done) return done;
  append(client.connection().out(), correlation, hold, client.catalogue(), client.connection().encoder(), client.time());
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const Extend& extend) {
  append(client.connection().out(), correlation, extend, client.connection().encoder(), client.time());
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const Confirm& confirm) {
  if (auto done = learn_codes_of(client, confirm.order.lines, confirm.order.preferred); !done) return done;
  append(client.connection().out(), correlation, confirm, client.catalogue(), client.connection().encoder(), client.time());
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const Release& release) {
  append(client.connection().out(), correlation, release, client.connection().encoder(), client.time());
  return {};
}

}  // namespace earmark::client
