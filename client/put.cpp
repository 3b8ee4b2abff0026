#include "client/put.hpp"

#include "client/request.hpp"

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

template <class Named, class Name>
std::optional<Named> named(std::string_view wanted, Named last, Name name_of) {
  for (std::uint8_t value = 0; value <= static_cast<std::uint8_t>(last); ++value) {
    if (name_of(static_cast<Named>(value)) == wanted) return static_cast<Named>(value);
  }
  return std::nullopt;
}

}  // namespace

Outcome<void> put(Client& client, std::uint64_t correlation, const Order& order, engine::TimeUs time) {
  if (auto done = learn_skus_of(client, order.lines); !done) return done;
  for (const OrderLine& line : order.lines) {
    if (auto done = learn_warehouse(client, line.warehouse); !done) return done;
  }
  if (auto done = learn_warehouse(client, order.preferred); !done) return done;
  append(client.connection().out(), correlation, order, client.catalogue(), client.connection().encoder(), time);
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const Receipt& receipt, engine::TimeUs time) {
  if (auto done = learn_skus_of(client, receipt.rows); !done) return done;
  for (const ReceiptRow& row : receipt.rows) {
    if (auto done = learn_warehouse(client, row.warehouse); !done) return done;
  }
  append(client.connection().out(), correlation, receipt, client.catalogue(), client.connection().encoder(), time);
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const Cancel& cancel, engine::TimeUs time) {
  append(client.connection().out(), correlation, cancel, client.connection().encoder(), time);
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const Ship& ship, engine::TimeUs time) {
  append(client.connection().out(), correlation, ship, client.connection().encoder(), time);
  return {};
}

std::optional<engine::Policy> policy_named(std::string_view name) {
  return named(name, engine::Policy::fill_and_cancel, [](engine::Policy policy) { return engine::name(policy); });
}

std::optional<engine::Sourcing> sourcing_named(std::string_view name) {
  return named(name, engine::Sourcing::highest_stock, [](engine::Sourcing sourcing) { return engine::name(sourcing); });
}

}  // namespace earmark::client
