// Decisions to records. Every record is cut into pieces the same way: rows in order, one vector after the other; texts
// and scalars stand in the first piece, ids and the stamp in every one.
#include <algorithm>
#include <optional>
#include <vector>

#include "schema/event_builder.hpp"

namespace earmark::schema {

EventEncoder::EventEncoder() : builder_(std::make_unique<Builder>()) {}
EventEncoder::~EventEncoder() = default;
void EventEncoder::mark_filtered(bool filtered) { builder_->filtered = filtered; }

namespace {

// In the first piece only. An empty one is written, too: it was recorded.
flatbuffers::Offset<flatbuffers::String> put_customer(flatbuffers::FlatBufferBuilder& fbb,
                                                      const std::optional<std::string_view>& customer, bool first) {
  if (!first || !customer) return 0;
  return customer->empty() ? fbb.CreateString("", 0) : fbb.CreateString(customer->data(), customer->size());
}

struct TextPlaces {
  flatbuffers::Offset<flatbuffers::String> customer, channel, ship_to, contact, reference, notes;
};

TextPlaces put_order_texts(flatbuffers::FlatBufferBuilder& fbb, const engine::OrderTexts& texts) {
  return {put_text(fbb, texts.customer), put_text(fbb, texts.channel),   put_text(fbb, texts.ship_to),
          put_text(fbb, texts.contact),  put_text(fbb, texts.reference), put_text(fbb, texts.notes)};
}

void add_order_head(wire::OrderDecidedBuilder& order, const engine::OrderDecision& decision, const TextPlaces& texts) {
  order.add_content(decision.content);
  order.add_placed_at(decision.placed_at.value);
  order.add_need_by(decision.need_by.value);
  order.add_reserve_not_before(decision.reserve_not_before.value);
  order.add_cancel_after(decision.cancel_after.value);
  order.add_customer(texts.customer);
  order.add_channel(texts.channel);
  order.add_ship_to(texts.ship_to);
  order.add_contact(texts.contact);
  order.add_reference(texts.reference);
  order.add_notes(texts.notes);
  order.add_preferred(decision.preferred.value);
  order.add_status(static_cast<wire::OrderStatus>(decision.status));
  order.add_policy(static_cast<wire::Policy>(decision.policy));
  order.add_priority(decision.priority.value);
  order.add_sourcing(static_cast<wire::Sourcing>(decision.sourcing));
  order.add_fills_follow(decision.fills_follow);
  order.add_reacquired(decision.reacquired);
  order.add_not_due(decision.not_due);
  order.add_skipped_lsn(decision.skipped.order_lsn.value);
  order.add_skipped_line(decision.skipped.line.value);
}

}  // namespace

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::OrderDecision& decision,
                                 std::span<std::byte> out) {
  if (const std::size_t bytes = builder_->order_moulds.cast(stamp, decision, builder_->filtered, out); bytes != 0) return bytes;
  const std::size_t bytes = build(stamp, decision, out);
  builder_->order_moulds.keep(decision, builder_->filtered, out.first(bytes));
  return bytes;
}

std::size_t EventEncoder::build(const engine::Stamp& stamp, const engine::OrderDecision& decision, std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  auto lines_left = decision.lines;
  auto takes_left = decision.takes;
  auto waits_left = decision.waits;
  auto expected_left = decision.expected;
  auto fallbacks_left = decision.fallbacks;
  auto returned_left = decision.returned;
  auto policies_left = decision.line_policies;
  auto cut_left = decision.not_backorderable;
  return builder_->in_pieces(stamp, wire::EventBody::OrderDecided, out, [&](Parting& parting, bool first) {
    const auto lines = put_rows<wire::LineDecision>(fbb, parting.take(lines_left));
    const auto takes = put_rows<wire::Take>(fbb, parting.take(takes_left));
    const auto waits = put_rows<wire::LineWait>(fbb, parting.take(waits_left));
    const auto expected = put_rows<wire::ExpectedUnits>(fbb, parting.take(expected_left));
    const auto fallbacks = put_rows<wire::ExpectedUnits>(fbb, parting.take(fallbacks_left));
    const auto returned = put_rows<wire::ReceivedRow>(fbb, parting.take(returned_left));
    const auto policies = put_numbers<std::uint8_t>(fbb, parting.take(policies_left));
    const auto cut = put_numbers<std::uint32_t>(fbb, parting.take(cut_left));
    const auto hold = first ? put_text(fbb, decision.hold) : 0;
    const auto skipped = first ? put_text(fbb, decision.skipped.order) : 0;
    const auto id = put_text(fbb, decision.id);
    const TextPlaces texts = first ? put_order_texts(fbb, decision.texts) : TextPlaces{};
    wire::OrderDecidedBuilder order(fbb);
    if (first) add_order_head(order, decision, texts);
    order.add_id(id);
    order.add_lines(lines);
    order.add_takes(takes);
    order.add_waits(waits);
    order.add_expected(expected);
    order.add_fallbacks(fallbacks);
    order.add_hold(hold);
    order.add_skipped(skipped);
    order.add_returned(returned);
    order.add_line_policies(policies);
    order.add_not_backorderable(cut);
    return order.Finish().Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::ReceiptDecision& decision,
                                 std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  auto rows_left = decision.rows;
  return builder_->in_pieces(stamp, wire::EventBody::StockReceived, out, [&](Parting& parting, bool) {
    const auto rows = put_rows<wire::ReceivedRow>(fbb, parting.take(rows_left));
    const auto id = put_text(fbb, decision.id);
    return wire::CreateStockReceived(fbb, id, decision.content, decision.fills_follow, rows).Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::FillDecision& decision,
                                 std::span<std::byte> out) {
  if (const std::size_t bytes = builder_->fill_moulds.cast(stamp, decision, builder_->filtered, out); bytes != 0) return bytes;
  auto& fbb = builder_->fbb;
  auto takes_left = decision.takes;
  const std::size_t bytes = builder_->in_pieces(stamp, wire::EventBody::BackorderFilled, out, [&](Parting& parting, bool first) {
    const auto takes = put_rows<wire::Take>(fbb, parting.take(takes_left));
    const auto order = put_text(fbb, decision.order_id);
    const auto skipped = first ? put_text(fbb, decision.skipped.order) : 0;
    const auto customer = put_customer(fbb, decision.customer, first);
    return wire::CreateBackorderFilled(fbb, order, decision.order_lsn.value, decision.line.value, decision.sku.value,
                                       decision.row, decision.still_waiting, decision.last, takes, customer, decision.raised_at.value, skipped,
                                       decision.skipped.order_lsn.value, decision.skipped.line.value, decision.pegged).Union();
  });
  builder_->fill_moulds.keep(decision, builder_->filtered, out.first(bytes));
  return bytes;
}

constexpr auto no_more = [](Parting&) { return 0; };

// A command on an order: lines, and the units that they moved. `put_more(parting)` writes rows that it has beside them;
// `create(command, order, lines, takes, customer, more)` gives the body.
template <class WireLine, class Decision, class Line, class PutMore, class Create>
std::size_t EventEncoder::Builder::put_order_command(const engine::Stamp& stamp, const Decision& decision, std::span<const Line> lines_left,
                                                     std::span<const engine::Take> takes_left, wire::EventBody tag,
                                                     std::span<std::byte> out, const PutMore& put_more, const Create& create) {
  return in_pieces(stamp, tag, out, [&](Parting& parting, bool first) {
    const auto lines = put_rows<WireLine>(fbb, parting.take(lines_left));
    const auto takes = put_rows<wire::Take>(fbb, parting.take(takes_left));
    const auto more = put_more(parting);
    const auto command = put_text(fbb, decision.command_id);
    const auto order = put_text(fbb, decision.order_id);
    const auto customer = put_customer(fbb, decision.customer, first);
    return create(command, order, lines, takes, customer, more).Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::CancelDecision& decision, std::span<std::byte> out) {
  return builder_->put_order_command<wire::CancelledLine>(
      stamp, decision, decision.lines, decision.released, wire::EventBody::OrderCancelled, out, no_more,
      [&](auto command, auto order, auto lines, auto released, auto customer, int) {
        return wire::CreateOrderCancelled(builder_->fbb, command, order, decision.content, decision.whole, decision.fills_follow, lines,
                                          released, customer);
      });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::ShipDecision& decision, std::span<std::byte> out) {
  return builder_->put_order_command<wire::ShippedLine>(stamp, decision, decision.lines, decision.shipped, wire::EventBody::OrderShipped, out, no_more,
                                         [&](auto command, auto order, auto lines, auto shipped, auto customer, int) {
                                           return wire::CreateOrderShipped(builder_->fbb, command, order, decision.content, lines,
                                                                           shipped, customer);
                                         });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::AmendDecision& decision, std::span<std::byte> out) {
  auto raised_left = decision.raised;
  return builder_->put_order_command<wire::CancelledLine>(
      stamp, decision, decision.lines, decision.released, wire::EventBody::OrderAmended, out,
      [&](Parting& parting) { return put_rows<wire::RaisedLine>(builder_->fbb, parting.take(raised_left)); },
      [&](auto command, auto order, auto lines, auto released, auto customer, auto raised) {
        return wire::CreateOrderAmended(builder_->fbb, command, order, decision.content, decision.priority.has_value(),
                                        decision.priority.value_or(engine::Priority{}).value, decision.fills_follow, lines, released,
                                        customer, raised);
      });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::LoadDecision& decision,
                                 std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  auto warehouses_left = decision.warehouses;
  auto products_left = decision.products;
  auto stock_left = decision.stock;
  return builder_->in_pieces(stamp, wire::EventBody::CatalogueLoaded, out, [&](Parting& parting, bool) {
    const auto fits = [&](const auto& entry, std::string_view text) {
      return parting.take_entry(Parting::bytes_of(entry.code) + Parting::bytes_of(text) + sizeof(wire::LoadedWarehouse));
    };
    TextOffsets& offsets = builder_->offsets;
    auto &codes = builder_->first_texts, &texts = builder_->second_texts;
    auto& warehouse_rows = builder_->warehouses;
    auto& product_ids = builder_->product_ids;
    auto& not_backorderable = builder_->not_backorderable;
    codes.clear(), texts.clear(), warehouse_rows.clear(), product_ids.clear(), not_backorderable.clear();
    for (; !warehouses_left.empty() && fits(warehouses_left[0], warehouses_left[0].name);
         warehouses_left = warehouses_left.subspan(1)) {
      codes.push_back(warehouses_left[0].code);
      texts.push_back(warehouses_left[0].name);
      warehouse_rows.emplace_back(warehouses_left[0].priority, warehouses_left[0].id.value, std::uint16_t{0});
    }
    const auto warehouse_codes = put_texts(fbb, offsets, codes);
    const auto warehouse_names = put_texts(fbb, offsets, texts);
    codes.clear(), texts.clear();
    for (; !products_left.empty() && fits(products_left[0], products_left[0].description);
         products_left = products_left.subspan(1)) {
      codes.push_back(products_left[0].code);
      texts.push_back(products_left[0].description);
      product_ids.push_back(products_left[0].id.value);
      not_backorderable.push_back(!products_left[0].backorderable);
    }
    const auto product_codes = put_texts(fbb, offsets, codes);
    const auto product_descriptions = put_texts(fbb, offsets, texts);
    const auto warehouses = put_rows<wire::LoadedWarehouse>(fbb, std::span<const wire::LoadedWarehouse>(warehouse_rows));
    const auto products = product_ids.empty() ? 0 : fbb.CreateVector(product_ids);
    const bool any = std::find(not_backorderable.begin(), not_backorderable.end(), 1) != not_backorderable.end();
    const auto flags = any ? fbb.CreateVector(not_backorderable) : 0;
    const auto stock = put_rows<wire::ReceivedRow>(fbb, parting.take(stock_left));
    return wire::CreateCatalogueLoaded(fbb, warehouses, warehouse_codes, warehouse_names, products, product_codes, product_descriptions, stock,
                                       decision.fills_follow, flags).Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::VoidDecision& decision, std::span<std::byte> out) {
  return builder_->in_pieces(stamp, wire::EventBody::Void, out, [&](Parting&, bool) {
    return wire::CreateVoid(builder_->fbb, decision.oldest_known.value, decision.archived.value).Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::StockChangeDecision& decision, std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  auto rows_left = decision.rows;
  auto lost_left = decision.lost;
  auto orders_left = decision.orders;
  auto customers_left = decision.customers;
  auto of_holds_left = decision.of_holds;
  auto overdrawn_left = decision.overdrawn;
  return builder_->in_pieces(stamp, wire::EventBody::StockChanged, out, [&](Parting& parting, bool first) {
    const auto rows = put_rows<wire::ChangedRow>(fbb, parting.take(rows_left));
    const auto lost = put_rows<wire::LostUnits>(fbb, parting.take(lost_left));
    const auto orders = put_texts(fbb, builder_->offsets, parting.take(orders_left));
    const auto customers = put_texts(fbb, builder_->offsets, parting.take(customers_left));
    const auto of_holds = put_numbers<std::uint32_t>(fbb, parting.take(of_holds_left));
    const auto overdrawn = put_numbers<std::uint32_t>(fbb, parting.take(overdrawn_left));
    const auto id = put_text(fbb, decision.id);
    const auto reason = first ? put_text(fbb, decision.reason) : 0;
    return wire::CreateStockChanged(fbb, id, decision.content, static_cast<wire::ChangeKind>(decision.kind), reason,
                                    decision.fills_follow, rows, lost, orders, customers, of_holds, overdrawn).Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::HoldDecision& decision, std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  auto lines_left = decision.lines;
  auto takes_left = decision.takes;
  return builder_->in_pieces(stamp, wire::EventBody::HoldDecided, out, [&](Parting& parting, bool first) {
    const auto lines = put_rows<wire::LineDecision>(fbb, parting.take(lines_left));
    const auto takes = put_rows<wire::Take>(fbb, parting.take(takes_left));
    const auto id = put_text(fbb, decision.id);
    const auto customer = first ? put_text(fbb, decision.customer) : 0;
    return wire::CreateHoldDecided(fbb, id, decision.content, lines, takes, decision.deadline.value, customer,
                                   static_cast<wire::OrderStatus>(decision.status), decision.partial).Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::HoldExtendDecision& decision, std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  return builder_->in_pieces(stamp, wire::EventBody::HoldExtended, out, [&](Parting&, bool) {
    const auto command = put_text(fbb, decision.command_id), hold = put_text(fbb, decision.hold_id), customer = put_text(fbb, decision.customer);
    return wire::CreateHoldExtended(fbb, command, hold, decision.content, decision.deadline.value, customer, decision.cut).Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::HoldEndDecision& decision, std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  auto lines_left = decision.lines;
  auto released_left = decision.released;
  return builder_->in_pieces(stamp, wire::EventBody::HoldEnded, out, [&](Parting& parting, bool first) {
    const auto lines = put_rows<wire::ReleasedLine>(fbb, parting.take(lines_left));
    const auto released = put_rows<wire::Take>(fbb, parting.take(released_left));
    const auto command = put_text(fbb, decision.command_id), hold = put_text(fbb, decision.hold_id);
    const auto customer = first ? put_text(fbb, decision.customer) : 0;
    return wire::CreateHoldEnded(fbb, command, hold, decision.content, lines, released, customer,
                                 static_cast<wire::HoldEnd>(decision.how), decision.fills_follow).Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::ShipmentDecision& decision, std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  auto lines_left = decision.lines;
  return builder_->in_pieces(stamp, wire::EventBody::ShipmentMoved, out, [&](Parting& parting, bool first) {
    const auto lines = put_rows<wire::MovedLine>(fbb, parting.take(lines_left));
    const auto command = put_text(fbb, decision.command_id), order = put_text(fbb, decision.order_id);
    const auto text = [&](std::string_view words) { return first ? put_text(fbb, words) : 0; };
    const auto carrier = text(decision.carrier), tracking = text(decision.tracking), reason = text(decision.reason);
    const auto customer = text(decision.customer);
    return wire::CreateShipmentMoved(
        fbb, command, order, decision.content, decision.shipment, decision.warehouse.value, static_cast<wire::ShipmentStep>(decision.step),
        decision.revision, lines, decision.rest_shipment, carrier, tracking, decision.expected.value, decision.to_unavailable, reason,
        decision.fills_follow, customer).Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::StrictDecision& decision, std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  auto freed_left = decision.freed;
  auto lost_left = decision.lost;
  auto orders_left = decision.orders;
  auto customers_left = decision.customers;
  return builder_->in_pieces(stamp, wire::EventBody::TurnedStrict, out, [&](Parting& parting, bool first) {
    const auto freed = put_rows<wire::ReceivedRow>(fbb, parting.take(freed_left));
    const auto lost = put_rows<wire::LostUnits>(fbb, parting.take(lost_left));
    const auto orders = put_texts(fbb, builder_->offsets, parting.take(orders_left));
    const auto customers = put_texts(fbb, builder_->offsets, parting.take(customers_left));
    const auto order = put_text(fbb, decision.order_id);
    const auto customer = first ? put_text(fbb, decision.customer) : 0;
    return wire::CreateTurnedStrict(fbb, order, decision.order_lsn.value, decision.line.value, decision.waited, decision.fills_follow,
                                    freed, lost, orders, customers, customer).Union();
  });
}

}  // namespace earmark::schema
