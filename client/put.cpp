#include "client/put.hpp"

#include "engine/limits.hpp"

namespace earmark::client {
namespace {

// Ids longer than any server takes are cut where it still says `bad_id`.
constexpr std::size_t longest_sent_id = 256;

std::string_view sent_id(std::string_view id) { return id.substr(0, longest_sent_id); }

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

// Where 0 means "any", an unknown code is another value.
engine::WarehouseId optional_warehouse(const Catalogue& catalogue, std::string_view code) {
  if (code.empty()) return {};
  const engine::WarehouseId id = catalogue.warehouse(code);
  return id.value != 0 ? id : engine::no_such_warehouse;
}

template <class Named, class Name>
std::optional<Named> named(std::string_view wanted, Named last, Name name_of) {
  for (std::uint8_t value = 0; value <= static_cast<std::uint8_t>(last); ++value) {
    if (name_of(static_cast<Named>(value)) == wanted) return static_cast<Named>(value);
  }
  return std::nullopt;
}

}  // namespace

Outcome<void> put(Client& client, std::uint64_t correlation, const OrderInput& order, engine::TimeUs time) {
  if (auto done = learn_skus_of(client, order.lines); !done) return done;
  for (const OrderInputLine& line : order.lines) {
    if (auto done = learn_warehouse(client, line.warehouse); !done) return done;
  }
  if (auto done = learn_warehouse(client, order.preferred); !done) return done;
  const Catalogue& catalogue = client.catalogue();
  std::vector<engine::OrderLine> lines;
  for (const OrderInputLine& line : order.lines) {
    lines.push_back({line.quantity, catalogue.sku(line.sku), engine::LineNumber{line.line},
                     optional_warehouse(catalogue, line.warehouse), 0, 0});
  }
  schema::OrderRequest request;
  request.epoch = catalogue.epoch();
  request.time = time;
  request.order.id = sent_id(order.id);
  request.order.priority = engine::Priority{order.priority};
  request.order.policy = order.policy;
  request.order.sourcing = order.sourcing;
  request.order.preferred = optional_warehouse(catalogue, order.preferred);
  request.order.texts = {order.customer, order.channel, order.ship_to, order.contact, order.reference, order.notes};
  request.order.lines = lines;
  client.connection().encoder().order(client.connection().out(), correlation, request);
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const ReceiptInput& receipt, engine::TimeUs time) {
  if (auto done = learn_skus_of(client, receipt.rows); !done) return done;
  for (const ReceiptInputRow& row : receipt.rows) {
    if (auto done = learn_warehouse(client, row.warehouse); !done) return done;
  }
  const Catalogue& catalogue = client.catalogue();
  std::vector<engine::StockRow> rows;
  for (const ReceiptInputRow& row : receipt.rows) {
    rows.push_back({row.quantity, catalogue.sku(row.sku), catalogue.warehouse(row.warehouse), 0});
  }
  client.connection().encoder().receive(client.connection().out(), correlation,
                                        {{sent_id(receipt.id), rows}, catalogue.epoch(), time});
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const CancelInput& cancel, engine::TimeUs time) {
  client.connection().encoder().cancel(client.connection().out(), correlation,
                                       {{sent_id(cancel.command_id), sent_id(cancel.order), cancel.rows}, time});
  return {};
}

Outcome<void> put(Client& client, std::uint64_t correlation, const ShipInput& ship, engine::TimeUs time) {
  client.connection().encoder().ship(client.connection().out(), correlation,
                                     {{sent_id(ship.command_id), sent_id(ship.order)}, time});
  return {};
}

Outcome<void> check_texts(const OrderInput& order) {
  const std::pair<const char*, const std::string&> texts[] = {
      {"customer", order.customer}, {"channel", order.channel},     {"ship_to", order.ship_to},
      {"contact", order.contact},   {"reference", order.reference}, {"notes", order.notes}};
  for (const auto& [field, text] : texts) {
    if (text.size() > engine::max_text_bytes) {
      return usage("order " + order.id + ": " + field + " has more than " + std::to_string(engine::max_text_bytes) +
                   " bytes; make it shorter");
    }
  }
  return {};
}

std::optional<engine::Policy> policy_named(std::string_view name) {
  return named(name, engine::Policy::fill_and_cancel, [](engine::Policy policy) { return engine::name(policy); });
}

std::optional<engine::Sourcing> sourcing_named(std::string_view name) {
  return named(name, engine::Sourcing::highest_stock, [](engine::Sourcing sourcing) { return engine::name(sourcing); });
}

}  // namespace earmark::client
