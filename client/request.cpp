#include "client/request.hpp"

#include <algorithm>
#include <utility>

#include "client/request_parts.hpp"
#include "engine/command.hpp"
#include "engine/limits.hpp"

namespace earmark::client {
namespace {

constexpr std::size_t most_asked_skus = 15'000;

// Where 0 means "any", an unknown code is another value.
engine::WarehouseId optional_warehouse(const Catalogue& catalogue, std::string_view code) {
  if (code.empty()) return {};
  const engine::WarehouseId id = catalogue.warehouse(code);
  return id.value != 0 ? id : engine::no_such_warehouse;
}

std::vector<engine::SkuId> ids_of(const std::vector<std::string>& codes, const Catalogue& catalogue) {
  std::vector<engine::SkuId> ids;
  ids.reserve(codes.size());
  for (const std::string& code : codes) ids.push_back(catalogue.sku(code));
  return ids;
}

Unexpected<Failure> unknown(const char* what, const std::string& code, engine::ErrorCode error) {
  auto failure = refused(std::string(engine::name(error)) + ": there is no " + what + " '" + code +
                         "' in the catalogue; load it first", error);
  failure.error.message = engine::advice(error);
  return failure;
}

// The order that is placed, or that confirms a hold.
const Order* order_in(const Request& request) {
  const auto* confirm = std::get_if<Confirm>(&request);
  return confirm != nullptr ? &confirm->order : std::get_if<Order>(&request);
}

std::vector<engine::OrderLine> lines_of(const std::vector<OrderLine>& from, const Catalogue& catalogue) {
  std::vector<engine::OrderLine> lines;
  const std::size_t count = std::min(from.size(), most_sent_rows);
  lines.reserve(count);
  for (std::size_t index = 0; index < count; ++index) {
    const OrderLine& line = from[index];
    lines.push_back({line.quantity, catalogue.sku(line.sku), engine::LineNumber{line.line},
                     optional_warehouse(catalogue, line.warehouse), line.policy ? engine::LinePolicy::of(*line.policy) : engine::LinePolicy{}, 0, 0});
  }
  return lines;
}

// Its lines are `lines`, its texts the order's.
schema::OrderRequest request_of(const Order& order, std::span<const engine::OrderLine> lines, const Catalogue& catalogue, engine::TimeUs time) {
  schema::OrderRequest request;
  request.epoch = catalogue.epoch();
  request.time = time;
  request.order.id = sent_id(order.id);
  request.order.priority = engine::Priority{order.priority};
  request.order.policy = order.policy;
  request.order.sourcing = order.sourcing;
  request.order.preferred = optional_warehouse(catalogue, order.preferred);
  request.order.texts = {order.customer, order.channel, order.ship_to, order.contact, order.reference, order.notes};
  request.order.need_by = engine::TimeUs{order.need_by_us};
  request.order.cancel_after = engine::TimeUs{order.cancel_after_us};
  request.order.reserve_not_before = engine::TimeUs{order.reserve_not_before_us};
  request.order.lines = lines;
  return request;
}

// Calls `use` with every SKU code of a request.
template <class Use>
void each_sku(const Request& request, Use use) {
  if (const auto* order = order_in(request)) {
    for (const OrderLine& line : order->lines) use(line.sku);
  } else if (const auto* hold = std::get_if<Hold>(&request)) {
    for (const OrderLine& line : hold->lines) use(line.sku);
  } else if (const auto* holds = std::get_if<HoldsQuestion>(&request)) {
    use(holds->sku);
  } else if (const auto* receipt = std::get_if<Receipt>(&request)) {
    for (const ReceiptRow& row : receipt->rows) use(row.sku);
  } else if (const auto* change = std::get_if<StockChange>(&request)) {
    for (const StockChangeRow& row : change->rows) use(row.sku);
  } else if (const auto* ship = std::get_if<ShipTransfer>(&request)) {
    for (const TransferRow& row : ship->rows) use(row.sku);
  } else if (const auto* receive = std::get_if<ReceiveTransfer>(&request)) {
    for (const ArrivalRow& row : receive->rows) use(row.sku);
  } else if (const auto* place = std::get_if<PlacePurchase>(&request)) {
    for (const PurchaseLine& line : place->lines) use(line.sku);
  } else if (const auto* set = std::get_if<SetRules>(&request)) {
    each_cell(*set, [&](const std::string& sku, const std::string&) { use(sku); });
  } else if (const auto* rules = std::get_if<RulesQuestion>(&request)) {
    use(rules->sku);
  } else if (const auto* question = std::get_if<CheckQuestion>(&request)) {
    for (const std::string& sku : question->skus) use(sku);
  } else if (const auto* stock = std::get_if<StockQuestion>(&request)) {
    for (const std::string& sku : stock->skus) use(sku);
  } else if (const auto* backorders = std::get_if<BackordersQuestion>(&request)) {
    use(backorders->sku);
  }
}

template <class Use>
void each_warehouse(const Request& request, Use use) {
  if (const auto* order = order_in(request)) {
    for (const OrderLine& line : order->lines) use(line.warehouse);
    use(order->preferred);
  } else if (const auto* hold = std::get_if<Hold>(&request)) {
    for (const OrderLine& line : hold->lines) use(line.warehouse);
    use(hold->preferred);
  } else if (const auto* receipt = std::get_if<Receipt>(&request)) {
    for (const ReceiptRow& row : receipt->rows) use(row.warehouse);
  } else if (const auto* change = std::get_if<StockChange>(&request)) {
    for (const StockChangeRow& row : change->rows) use(row.warehouse);
  } else if (const auto* ship = std::get_if<ShipTransfer>(&request)) {
    use(ship->source), use(ship->destination);
  } else if (const auto* place = std::get_if<PlacePurchase>(&request)) {
    for (const PurchaseLine& line : place->lines) use(line.warehouse);
  } else if (const auto* set = std::get_if<SetRules>(&request)) {
    each_cell(*set, [&](const std::string&, const std::string& warehouse) { use(warehouse); });
  } else if (const auto* stock = std::get_if<StockQuestion>(&request)) {
    use(stock->warehouse);
  }
}

class Appender {
 public:
  Appender(std::vector<std::byte>& out, std::uint64_t correlation, const Catalogue& catalogue,
           schema::RequestEncoder& encoder, engine::TimeUs time)
      : out_(out), correlation_(correlation), catalogue_(catalogue), encoder_(encoder), time_(time) {}

  // Commands: with the catalogue where they name goods.
  template <class Command>
  Outcome<void> operator()(const Command& command) {
    if constexpr (requires { append(out_, correlation_, command, encoder_, time_); }) append(out_, correlation_, command, encoder_, time_);
    else append(out_, correlation_, command, catalogue_, encoder_, time_);
    return {};
  }
  Outcome<void> operator()(const TransfersQuestion& question) {
    encoder_.transfers(out_, correlation_, {sent_id(question.transfer)});
    return {};
  }
  Outcome<void> operator()(const PurchasesQuestion& question) {
    encoder_.purchases(out_, correlation_, {sent_id(question.purchase), sent_id(question.vendor)});
    return {};
  }
  Outcome<void> operator()(const RulesQuestion& question) {
    const engine::SkuId sku = catalogue_.sku(question.sku);
    if (!question.sku.empty() && sku.value == 0) return unknown("SKU", question.sku, engine::ErrorCode::unknown_sku);
    encoder_.rules(out_, correlation_, {catalogue_.epoch(), sku, sent_id(question.vendor)});
    return {};
  }
  Outcome<void> operator()(const FindQuestion& question) {
    encoder_.find(out_, correlation_, {static_cast<engine::IdSpace>(question.kind), sent_id(question.id)});
    return {};
  }
  Outcome<void> operator()(const HoldsQuestion& question) {
    const engine::SkuId sku = catalogue_.sku(question.sku);
    if (!question.sku.empty() && sku.value == 0) return unknown("SKU", question.sku, engine::ErrorCode::unknown_sku);
    encoder_.holds(out_, correlation_, {catalogue_.epoch(), sku});
    return {};
  }
  Outcome<void> operator()(const CheckQuestion& question) {
    const auto ids = ids_of(question.skus, catalogue_);
    encoder_.check(out_, correlation_, {catalogue_.epoch(), ids, question.wanted, question.dates});
    return {};
  }
  Outcome<void> operator()(const StockQuestion& question) {
    const auto ids = ids_of(question.skus, catalogue_);
    for (std::size_t index = 0; index < ids.size(); ++index) {
      if (ids[index].value == 0) return unknown("SKU", question.skus[index], engine::ErrorCode::unknown_sku);
    }
    const engine::WarehouseId warehouse = catalogue_.warehouse(question.warehouse);
    if (!question.warehouse.empty() && warehouse.value == 0) {
      return unknown("warehouse", question.warehouse, engine::ErrorCode::unknown_warehouse);
    }
    encoder_.stock(out_, correlation_,
                   {catalogue_.epoch(), ids, engine::SkuId{question.after}, warehouse, question.snapshot});
    return {};
  }
  Outcome<void> operator()(const ShowQuestion& question) {
    encoder_.show(out_, correlation_, {sent_id(question.order)});
    return {};
  }
  Outcome<void> operator()(const BackordersQuestion& question) {
    const engine::SkuId sku = catalogue_.sku(question.sku);
    if (!question.sku.empty() && sku.value == 0) return unknown("SKU", question.sku, engine::ErrorCode::unknown_sku);
    encoder_.backorders(out_, correlation_, {catalogue_.epoch(), sku, question.customer});
    return {};
  }

 private:
  std::vector<std::byte>& out_;
  std::uint64_t correlation_;
  const Catalogue& catalogue_;
  schema::RequestEncoder& encoder_;
  engine::TimeUs time_;
};

Outcome<void> check_count(std::size_t skus) {
  if (skus <= most_asked_skus) return {};
  return usage("a question names " + std::to_string(skus) + " SKUs; ask for at most " + std::to_string(most_asked_skus) +
               " at once");
}

}  // namespace

std::string_view order_named(const Request& request) {
  if (const auto* order = std::get_if<Order>(&request)) return order->id;
  if (const auto* cancel = std::get_if<Cancel>(&request)) return cancel->order;
  if (const auto* ship = std::get_if<Ship>(&request)) return ship->order;
  if (const auto* amend = std::get_if<Amend>(&request)) return amend->order;
  if (const auto* move = std::get_if<ShipmentMove>(&request)) return move->order;
  if (const auto* show = std::get_if<ShowQuestion>(&request)) return show->order;
  if (const auto* confirm = std::get_if<Confirm>(&request)) return confirm->order.id;
  return {};
}

std::string_view hold_named(const Request& request) {
  if (const auto* hold = std::get_if<Hold>(&request)) return hold->id;
  if (const auto* extend = std::get_if<Extend>(&request)) return extend->hold;
  if (const auto* confirm = std::get_if<Confirm>(&request)) return confirm->hold;
  if (const auto* release = std::get_if<Release>(&request)) return release->hold;
  return {};
}

std::string_view transfer_named(const Request& request) {
  if (const auto* ship = std::get_if<ShipTransfer>(&request)) return ship->id;
  if (const auto* receive = std::get_if<ReceiveTransfer>(&request)) return receive->transfer;
  if (const auto* question = std::get_if<TransfersQuestion>(&request)) return question->transfer;
  return {};
}

Outcome<void> check(const Order& order) {
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

Outcome<void> check(const Request& request) {
  if (const auto* order = order_in(request)) return check(*order);
  if (const auto* place = std::get_if<PlacePurchase>(&request)) return check(*place);
  if (const auto* step = std::get_if<MovePurchase>(&request)) return check(*step);
  if (const auto* set = std::get_if<SetRules>(&request)) return check(*set);
  const auto* hold = std::get_if<Hold>(&request);
  if (hold != nullptr && hold->customer.size() > engine::max_text_bytes) {
    return usage("hold " + hold->id + ": customer has more than " + std::to_string(engine::max_text_bytes) + " bytes; make it shorter");
  }
  if (const auto* question = std::get_if<CheckQuestion>(&request)) {
    if ((question->dates || !question->wanted.empty()) && question->wanted.size() != question->skus.size()) {
      return usage("a check with wanted quantities or dates needs one for each SKU: " + std::to_string(question->skus.size()) + " SKUs, " +
                   std::to_string(question->wanted.size()) + " quantities");
    }
    return check_count(question->skus.size());
  }
  if (const auto* stock = std::get_if<StockQuestion>(&request)) return check_count(stock->skus.size());
  const auto* change = std::get_if<StockChange>(&request);
  const auto* ship = std::get_if<ShipTransfer>(&request);
  if (std::max(change == nullptr ? 0 : change->reason.size(), ship == nullptr ? 0 : ship->reason.size()) > engine::max_text_bytes) {
    return usage("the reason has more than " + std::to_string(engine::max_text_bytes) + " bytes; make it shorter");
  }
  const auto* move = std::get_if<ShipmentMove>(&request);
  if (move != nullptr) {
    if (std::max({move->carrier.size(), move->tracking.size(), move->reason.size()}) > engine::max_text_bytes) {
      return usage("carrier, tracking number and reason have at most " + std::to_string(engine::max_text_bytes) + " bytes; make them shorter");
    }
  }
  const auto* backorders = std::get_if<BackordersQuestion>(&request);
  if (backorders != nullptr && backorders->customer.size() > engine::max_text_bytes) {
    return usage("the customer's name has more than " + std::to_string(engine::max_text_bytes) + " bytes; make it shorter");
  }
  return {};
}

void unknown_skus(const Request& request, const Catalogue& catalogue, std::vector<std::string_view>& codes) {
  codes.clear();
  each_sku(request, [&](std::string_view code) {
    if (code.empty() || code.size() > engine::max_id_bytes || catalogue.sku(code).value != 0) return;
    codes.push_back(code);
  });
}

bool names_unknown_warehouse(const Request& request, const Catalogue& catalogue) {
  bool unknown_code = false;
  each_warehouse(request, [&](std::string_view code) {
    unknown_code |= !code.empty() && catalogue.warehouse(code).value == 0;
  });
  return unknown_code;
}

void append(std::vector<std::byte>& out, std::uint64_t correlation, const Order& order, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time) {
  const auto lines = lines_of(order.lines, catalogue);
  encoder.order(out, correlation, request_of(order, lines, catalogue, time));
}

void append(std::vector<std::byte>& out, std::uint64_t correlation, const Receipt& receipt, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time) {
  std::vector<engine::StockRow> rows;
  const std::size_t count = std::min(receipt.rows.size(), most_sent_rows);
  for (std::size_t index = 0; index < count; ++index) {
    const ReceiptRow& row = receipt.rows[index];
    rows.push_back({row.quantity, catalogue.sku(row.sku), catalogue.warehouse(row.warehouse), 0});
  }
  encoder.receive(out, correlation, {{sent_id(receipt.id), rows}, catalogue.epoch(), time});
}

namespace {

std::vector<engine::CancelRow> sent_rows(const std::vector<CancelRow>& from) {
  std::vector<engine::CancelRow> rows;
  const std::size_t count = std::min(from.size(), most_sent_rows);
  for (std::size_t index = 0; index < count; ++index) rows.push_back({from[index].quantity, engine::LineNumber{from[index].line}, 0});
  return rows;
}

}  // namespace

void append(std::vector<std::byte>& out, std::uint64_t correlation, const Cancel& cancel, schema::RequestEncoder& encoder,
            engine::TimeUs time) {
  const std::vector<engine::CancelRow> rows = sent_rows(cancel.rows);
  encoder.cancel(out, correlation, {{sent_id(cancel.command_id), sent_id(cancel.order), rows}, time});
}

void append(std::vector<std::byte>& out, std::uint64_t correlation, const Amend& amend, schema::RequestEncoder& encoder,
            engine::TimeUs time) {
  const std::vector<engine::CancelRow> rows = sent_rows(amend.rows);
  std::optional<engine::Priority> priority;
  if (amend.priority) priority = engine::Priority{*amend.priority};
  encoder.amend(out, correlation, {{sent_id(amend.command_id), sent_id(amend.order), priority, rows}, time});
}

void append(std::vector<std::byte>& out, std::uint64_t correlation, const Ship& ship, schema::RequestEncoder& encoder,
            engine::TimeUs time) {
  encoder.ship(out, correlation, {{sent_id(ship.command_id), sent_id(ship.order)}, time});
}

void append(std::vector<std::byte>& out, std::uint64_t correlation, const ShipmentMove& move, schema::RequestEncoder& encoder,
            engine::TimeUs time) {
  std::vector<engine::CancelRow> rows;
  const std::size_t count = std::min(move.rows.size(), most_sent_rows);
  for (std::size_t index = 0; index < count; ++index) {
    rows.push_back({move.rows[index].quantity, engine::LineNumber{move.rows[index].line}, 0});
  }
  encoder.move_shipment(out, correlation, {{sent_id(move.command_id), sent_id(move.order), move.shipment, move.step, move.revision, rows,
                                            move.carrier, move.tracking, engine::TimeUs{move.expected_us}, move.to_unavailable, move.reason}, time});
}

void append(std::vector<std::byte>& out, std::uint64_t correlation, const StockChange& change, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time) {
  std::vector<engine::ChangeRow> rows;
  const std::size_t count = std::min(change.rows.size(), most_sent_rows);
  for (std::size_t index = 0; index < count; ++index) {
    const StockChangeRow& row = change.rows[index];
    rows.push_back({row.quantity, row.expected, catalogue.sku(row.sku), catalogue.warehouse(row.warehouse), 0});
  }
  encoder.change_stock(out, correlation, {{sent_id(change.id), change.kind, change.reason, rows}, catalogue.epoch(), time});
}

void append(std::vector<std::byte>& out, std::uint64_t correlation, const ShipTransfer& ship, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time) {
  std::vector<engine::TransferRow> rows;
  const std::size_t count = std::min(ship.rows.size(), most_sent_rows);
  for (std::size_t index = 0; index < count; ++index) rows.push_back({ship.rows[index].quantity, catalogue.sku(ship.rows[index].sku), 0});
  encoder.ship_transfer(out, correlation, {{sent_id(ship.id), catalogue.warehouse(ship.source), catalogue.warehouse(ship.destination),
                                            engine::TimeUs{ship.expected_us}, ship.reason, rows}, catalogue.epoch(), time});
}

void append(std::vector<std::byte>& out, std::uint64_t correlation, const ReceiveTransfer& receive, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time) {
  std::vector<engine::ArrivalRow> rows;
  const std::size_t count = std::min(receive.rows.size(), most_sent_rows);
  for (std::size_t index = 0; index < count; ++index) {
    const ArrivalRow& row = receive.rows[index];
    rows.push_back({row.quantity, row.damaged, catalogue.sku(row.sku), 0});
  }
  encoder.receive_transfer(out, correlation, {{sent_id(receive.command_id), sent_id(receive.transfer), receive.close, rows}, catalogue.epoch(), time});
}

void append(std::vector<std::byte>& out, std::uint64_t correlation, const Hold& hold, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time) {
  const auto lines = lines_of(hold.lines, catalogue);
  encoder.hold(out, correlation, {{sent_id(hold.id), hold.customer, hold.partial, hold.ttl_us, optional_warehouse(catalogue, hold.preferred),
                                   hold.sourcing, lines}, catalogue.epoch(), time});
}

void append(std::vector<std::byte>& out, std::uint64_t correlation, const Extend& extend, schema::RequestEncoder& encoder,
            engine::TimeUs time) {
  encoder.extend(out, correlation, {{sent_id(extend.command_id), sent_id(extend.hold), extend.ttl_us}, time});
}

void append(std::vector<std::byte>& out, std::uint64_t correlation, const Confirm& confirm, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time) {
  const auto lines = lines_of(confirm.order.lines, catalogue);
  const schema::OrderRequest order = request_of(confirm.order, lines, catalogue, time);
  encoder.confirm(out, correlation, {{sent_id(confirm.hold), confirm.reacquire, order.order}, order.epoch, order.time});
}

void append(std::vector<std::byte>& out, std::uint64_t correlation, const Release& release, schema::RequestEncoder& encoder,
            engine::TimeUs time) {
  encoder.release(out, correlation, {{sent_id(release.command_id), sent_id(release.hold)}, time});
}

Outcome<void> append(std::vector<std::byte>& out, std::uint64_t correlation, const Request& request,
                     const Catalogue& catalogue, schema::RequestEncoder& encoder, engine::TimeUs time) {
  return std::visit(Appender(out, correlation, catalogue, encoder, time), request);
}

}  // namespace earmark::client
