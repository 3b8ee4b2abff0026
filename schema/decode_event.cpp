// Records to decisions. Rows of a record of one piece are viewed where they lie; those of several pieces are gathered
// in the scratch. Nothing here scans a text or follows a vector of strings more than once, so work is bounded by the
// record's bytes.
#include <optional>
#include <vector>

#include "schema/event_consistent.hpp"
#include "schema/event_scratch.hpp"
#include "schema/record.hpp"
#include "schema/verify.hpp"

namespace earmark::schema {

EventDecoder::EventDecoder() : scratch_(std::make_unique<Scratch>()) {}
EventDecoder::~EventDecoder() = default;

namespace {

std::optional<std::string_view> read_customer(const flatbuffers::String* customer) noexcept {
  if (customer == nullptr) return std::nullopt;
  return view_text(customer);
}

// Of an order's decision or a fill.
template <class Wire>
engine::Skip skip_in(const Wire& body) {
  return {engine::Lsn{body.skipped_lsn()}, engine::LineNumber{body.skipped_line()}, view_text(body.skipped())};
}

void read_order_head(const wire::OrderDecided& order, engine::OrderDecision& out) {
  out.id = view_text(order.id());
  out.content = order.content();
  out.priority = engine::Priority{order.priority()};
  out.preferred = engine::WarehouseId{order.preferred()};
  out.placed_at = engine::TimeUs{order.placed_at()};
  out.need_by = engine::TimeUs{order.need_by()};
  out.reserve_not_before = engine::TimeUs{order.reserve_not_before()};
  out.cancel_after = engine::TimeUs{order.cancel_after()};
  out.texts = {view_text(order.customer()), view_text(order.channel()),   view_text(order.ship_to()),
               view_text(order.contact()),  view_text(order.reference()), view_text(order.notes())};
  out.hold = view_text(order.hold());
  out.fills_follow = order.fills_follow();
  out.reacquired = order.reacquired();
  out.not_due = order.not_due();
  out.skipped = skip_in(order);
}

bool read(const wire::OrderDecided& order, Position position, EventDecoder::Scratch& scratch,
          engine::OrderDecision& out) {
  if (position.first) {
    read_order_head(order, out);
    if (!read_enum(order.status(), wire::OrderStatus::MAX, out.status) ||
        !read_enum(order.policy(), wire::Policy::MAX, out.policy) ||
        !read_enum(order.sourcing(), wire::Sourcing::MAX, out.sourcing)) {
      return false;
    }
  }
  gather_numbers(position, order.line_policies(), scratch.policies, out.line_policies);
  gather_numbers(position, order.not_backorderable(), scratch.cut, out.not_backorderable);
  return gather(position, order.lines(), scratch.lines, out.lines) &&
         gather(position, order.takes(), scratch.takes, out.takes) &&
         gather(position, order.waits(), scratch.waits, out.waits) &&
         gather(position, order.expected(), scratch.expected, out.expected) &&
         gather(position, order.fallbacks(), scratch.fallbacks, out.fallbacks) &&
         gather(position, order.returned(), scratch.received, out.returned);
}

bool read(const wire::StockReceived& receipt, Position position, EventDecoder::Scratch& scratch,
          engine::ReceiptDecision& out) {
  if (position.first) {
    out.id = view_text(receipt.id());
    out.content = receipt.content();
    out.fills_follow = receipt.fills_follow();
  }
  return gather(position, receipt.rows(), scratch.received, out.rows);
}

bool read(const wire::BackorderFilled& fill, Position position, EventDecoder::Scratch& scratch,
          engine::FillDecision& out) {
  if (position.first) {
    out.order_id = view_text(fill.order());
    out.order_lsn = engine::Lsn{fill.order_lsn()};
    out.line = engine::LineNumber{fill.line()};
    out.sku = engine::SkuId{fill.sku()};
    out.row = fill.row();
    out.still_waiting = fill.still_waiting();
    out.last = fill.last();
    out.customer = read_customer(fill.customer());
    out.skipped = skip_in(fill);
    out.raised_at = engine::Lsn{fill.raised_at()};
    out.pegged = fill.pegged();
  }
  return gather(position, fill.takes(), scratch.takes, out.takes);
}

bool read(const wire::OrderCancelled& cancel, Position position, EventDecoder::Scratch& scratch,
          engine::CancelDecision& out) {
  if (position.first) {
    out.command_id = view_text(cancel.command_id());
    out.order_id = view_text(cancel.order());
    out.content = cancel.content();
    out.whole = cancel.whole();
    out.fills_follow = cancel.fills_follow();
    out.customer = read_customer(cancel.customer());
  }
  return gather(position, cancel.lines(), scratch.cancelled, out.lines) &&
         gather(position, cancel.released(), scratch.takes, out.released);
}

bool read(const wire::OrderShipped& ship, Position position, EventDecoder::Scratch& scratch, engine::ShipDecision& out) {
  if (position.first) {
    out.command_id = view_text(ship.command_id());
    out.order_id = view_text(ship.order());
    out.content = ship.content();
    out.customer = read_customer(ship.customer());
  }
  return gather(position, ship.lines(), scratch.shipped, out.lines) &&
         gather(position, ship.shipped(), scratch.takes, out.shipped);
}

bool read(const wire::OrderAmended& amend, Position position, EventDecoder::Scratch& scratch, engine::AmendDecision& out) {
  if (position.first) {
    out.command_id = view_text(amend.command_id());
    out.order_id = view_text(amend.order());
    out.content = amend.content();
    if (amend.new_priority()) out.priority = engine::Priority{amend.priority()};
    out.fills_follow = amend.fills_follow();
    out.customer = read_customer(amend.customer());
  }
  return gather(position, amend.raised(), scratch.raised, out.raised) && gather(position, amend.lines(), scratch.cancelled, out.lines) &&
         gather(position, amend.released(), scratch.takes, out.released);
}

bool read(const wire::CatalogueLoaded& load, Position position, EventDecoder::Scratch& scratch,
          engine::LoadDecision& out) {
  if (position.first) {
    scratch.warehouses.clear();
    scratch.products.clear();
    out.fills_follow = load.fills_follow();
  }
  const auto* warehouses = load.warehouses();
  const auto* products = load.product_ids();
  const std::size_t warehouse_count = size_of(warehouses), product_count = size_of(products);
  if (size_of(load.warehouse_codes()) != warehouse_count || size_of(load.warehouse_names()) != warehouse_count ||
      size_of(load.product_codes()) != product_count || size_of(load.product_descriptions()) != product_count ||
      (size_of(load.not_backorderable()) != 0 && size_of(load.not_backorderable()) != product_count)) {
    return false;
  }
  for (flatbuffers::uoffset_t index = 0; index < warehouse_count; ++index) {
    const auto* row = warehouses->Get(index);
    scratch.warehouses.push_back({engine::WarehouseId{row->id()}, row->priority(),
                                  view_text(load.warehouse_codes()->Get(index)),
                                  view_text(load.warehouse_names()->Get(index))});
  }
  for (flatbuffers::uoffset_t index = 0; index < product_count; ++index) {
    scratch.products.push_back({engine::SkuId{products->Get(index)}, view_text(load.product_codes()->Get(index)),
                                view_text(load.product_descriptions()->Get(index)),
                                size_of(load.not_backorderable()) == 0 || load.not_backorderable()->Get(index) == 0});
  }
  out.warehouses = scratch.warehouses;
  out.products = scratch.products;
  return gather(position, load.stock(), scratch.received, out.stock);
}

bool read(const wire::Void& body, Position position, EventDecoder::Scratch&, engine::VoidDecision& out) {
  if (position.first) out = {engine::Lsn{body.oldest_known_lsn()}, engine::Lsn{body.archived_lsn()}};
  return true;
}

bool read(const wire::StockChanged& change, Position position, EventDecoder::Scratch& scratch, engine::StockChangeDecision& out) {
  if (position.first) {
    out.id = view_text(change.id());
    out.content = change.content();
    out.reason = view_text(change.reason());
    out.fills_follow = change.fills_follow();
    if (!read_enum(change.kind(), wire::ChangeKind::MAX, out.kind)) return false;
  }
  gather_texts(position, change.orders(), scratch.orders, out.orders);
  gather_texts(position, change.customers(), scratch.customers, out.customers);
  gather_numbers(position, change.of_holds(), scratch.cut, out.of_holds);
  gather_numbers(position, change.overdrawn(), scratch.overdrawn, out.overdrawn);
  return gather(position, change.rows(), scratch.changed, out.rows) && gather(position, change.lost(), scratch.lost, out.lost);
}

bool read(const wire::HoldDecided& hold, Position position, EventDecoder::Scratch& scratch, engine::HoldDecision& out) {
  if (position.first) {
    out.id = view_text(hold.id());
    out.content = hold.content();
    out.deadline = engine::TimeUs{hold.deadline_us()};
    out.customer = view_text(hold.customer());
    out.partial = hold.partial();
    if (!read_enum(hold.status(), wire::OrderStatus::MAX, out.status)) return false;
  }
  return gather(position, hold.lines(), scratch.lines, out.lines) && gather(position, hold.takes(), scratch.takes, out.takes);
}

bool read(const wire::HoldExtended& extend, Position position, EventDecoder::Scratch&, engine::HoldExtendDecision& out) {
  if (position.first) {
    out = {view_text(extend.command_id()), view_text(extend.hold()), extend.content(), engine::TimeUs{extend.deadline_us()},
           extend.cut(), view_text(extend.customer())};
  }
  return true;
}

bool read(const wire::HoldEnded& end, Position position, EventDecoder::Scratch& scratch, engine::HoldEndDecision& out) {
  if (position.first) {
    out.command_id = view_text(end.command_id());
    out.hold_id = view_text(end.hold());
    out.content = end.content();
    out.fills_follow = end.fills_follow();
    out.customer = view_text(end.customer());
    if (!read_enum(end.how(), wire::HoldEnd::MAX, out.how)) return false;
  }
  return gather(position, end.lines(), scratch.released, out.lines) && gather(position, end.released(), scratch.takes, out.released);
}

bool read(const wire::ShipmentMoved& move, Position position, EventDecoder::Scratch& scratch, engine::ShipmentDecision& out) {
  if (position.first) {
    out.command_id = view_text(move.command_id());
    out.order_id = view_text(move.order());
    out.content = move.content();
    out.shipment = move.shipment();
    out.warehouse = engine::WarehouseId{move.warehouse()};
    out.revision = move.revision();
    out.rest_shipment = move.rest_shipment();
    out.carrier = view_text(move.carrier());
    out.tracking = view_text(move.tracking());
    out.expected = engine::TimeUs{move.expected_us()};
    out.to_unavailable = move.to_unavailable();
    out.reason = view_text(move.reason());
    out.fills_follow = move.fills_follow();
    out.customer = view_text(move.customer());
    if (move.step() < wire::ShipmentStep::MIN || !read_enum(move.step(), wire::ShipmentStep::MAX, out.step)) return false;
  }
  return gather(position, move.lines(), scratch.moved, out.lines);
}

bool read(const wire::TurnedStrict& strict, Position position, EventDecoder::Scratch& scratch, engine::StrictDecision& out) {
  if (position.first) {
    out.order_id = view_text(strict.order());
    out.order_lsn = engine::Lsn{strict.order_lsn()};
    out.line = engine::LineNumber{strict.line()};
    out.waited = strict.waited();
    out.fills_follow = strict.fills_follow();
    out.customer = view_text(strict.customer());
  }
  gather_texts(position, strict.orders(), scratch.orders, out.orders);
  gather_texts(position, strict.customers(), scratch.customers, out.customers);
  return gather(position, strict.freed(), scratch.received, out.freed) && gather(position, strict.lost(), scratch.lost, out.lost);
}

template <class Wire, class Native>
Result<void, EventFault> read_body(const wire::Event& event, Position position, EventDecoder::Scratch& scratch,
                                   Decision& decision) {
  const auto* body = static_cast<const Wire*>(event.body());
  if (position.first) decision.emplace<Native>();
  if (!read(*body, position, scratch, std::get<Native>(decision))) return Unexpected{EventFault::not_an_event};
  return {};
}

Result<void, EventFault> read_piece(const wire::Event& event, Position position, EventDecoder::Scratch& scratch,
                                    Decision& decision) {
  if (event.body() == nullptr) return Unexpected{EventFault::not_an_event};
  switch (event.body_type()) {
    case wire::EventBody::OrderDecided:
      return read_body<wire::OrderDecided, engine::OrderDecision>(event, position, scratch, decision);
    case wire::EventBody::StockReceived:
      return read_body<wire::StockReceived, engine::ReceiptDecision>(event, position, scratch, decision);
    case wire::EventBody::BackorderFilled:
      return read_body<wire::BackorderFilled, engine::FillDecision>(event, position, scratch, decision);
    case wire::EventBody::OrderCancelled:
      return read_body<wire::OrderCancelled, engine::CancelDecision>(event, position, scratch, decision);
    case wire::EventBody::OrderShipped:
      return read_body<wire::OrderShipped, engine::ShipDecision>(event, position, scratch, decision);
    case wire::EventBody::CatalogueLoaded:
      return read_body<wire::CatalogueLoaded, engine::LoadDecision>(event, position, scratch, decision);
    case wire::EventBody::Void:
      return read_body<wire::Void, engine::VoidDecision>(event, position, scratch, decision);
    case wire::EventBody::OrderAmended:
      return read_body<wire::OrderAmended, engine::AmendDecision>(event, position, scratch, decision);
    case wire::EventBody::StockChanged:
      return read_body<wire::StockChanged, engine::StockChangeDecision>(event, position, scratch, decision);
    case wire::EventBody::HoldDecided:
      return read_body<wire::HoldDecided, engine::HoldDecision>(event, position, scratch, decision);
    case wire::EventBody::HoldExtended:
      return read_body<wire::HoldExtended, engine::HoldExtendDecision>(event, position, scratch, decision);
    case wire::EventBody::HoldEnded:
      return read_body<wire::HoldEnded, engine::HoldEndDecision>(event, position, scratch, decision);
    case wire::EventBody::ShipmentMoved:
      return read_body<wire::ShipmentMoved, engine::ShipmentDecision>(event, position, scratch, decision);
    case wire::EventBody::TransferShipped:
      return read_body<wire::TransferShipped, engine::TransferShipDecision>(event, position, scratch, decision);
    case wire::EventBody::TransferReceived:
      return read_body<wire::TransferReceived, engine::TransferReceiptDecision>(event, position, scratch, decision);
    case wire::EventBody::TurnedStrict:
      return read_body<wire::TurnedStrict, engine::StrictDecision>(event, position, scratch, decision);
    case wire::EventBody::PurchasePlaced:
      return read_body<wire::PurchasePlaced, engine::PurchaseDecision>(event, position, scratch, decision);
    case wire::EventBody::PurchaseMoved:
      return read_body<wire::PurchaseMoved, engine::PurchaseStepDecision>(event, position, scratch, decision);
    case wire::EventBody::PurchaseReceived:
      return read_body<wire::PurchaseReceived, engine::PurchaseReceiptDecision>(event, position, scratch, decision);
    case wire::EventBody::RulesSet:
      return read_body<wire::RulesSet, engine::RulesDecision>(event, position, scratch, decision);
    case wire::EventBody::ReorderTriggered:
      return read_body<wire::ReorderTriggered, engine::ReorderDecision>(event, position, scratch, decision);
    case wire::EventBody::SupplyOverdue:
      return read_body<wire::SupplyOverdue, engine::OverdueDecision>(event, position, scratch, decision);
    case wire::EventBody::DatesMoved:
      return read_body<wire::DatesMoved, engine::DatesDecision>(event, position, scratch, decision);
    case wire::EventBody::NONE: break;
  }
  return Unexpected{EventFault::unknown_body};
}

engine::Stamp stamp_in(const wire::Event& event) noexcept {
  const wire::Stamp& stamp = *event.stamp();
  return {engine::Lsn{stamp.lsn()}, engine::TimeUs{stamp.time_us()}, engine::Lsn{stamp.cause_lsn()}};
}

bool same(const engine::Stamp& left, const engine::Stamp& right) noexcept {
  return left.lsn == right.lsn && left.time == right.time && left.cause == right.cause;
}

// `take_body(body)` gives the next piece's body, or false at the end of the bytes. Sets `out` part by part.
template <bool verify, class NextBody>
Result<void, EventFault> decode_pieces(NextBody&& next_body, EventDecoder::Scratch& scratch, Event& out) {
  wire::EventBody type{};
  for (bool first = true;; first = false) {
    std::span<const std::byte> body;
    if (!next_body(body)) return Unexpected{EventFault::truncated};
    const auto* event = verify ? verified_root<wire::Event>(body) : flatbuffers::GetRoot<wire::Event>(body.data());
    if (event == nullptr || event->stamp() == nullptr) return Unexpected{EventFault::not_an_event};
    const bool more = event->more_parts();
    if (first) {
      out.stamp = stamp_in(*event);
      out.filtered = event->filtered();
      type = event->body_type();
    } else if (type != event->body_type() || !same(out.stamp, stamp_in(*event))) {
      return Unexpected{EventFault::inconsistent};
    }
    if (const auto read = read_piece(*event, {first, first && !more}, scratch, out.decision); !read) return read;
    if (!more) break;
  }
  if (verify && !is_consistent(out.decision)) {
    return Unexpected{EventFault::inconsistent};
  }
  return {};
}

// Walks the pieces of one record; a piece that says otherwise than its event whether more follow ends the walk.
struct RecordWalk {
  std::span<const std::byte> record;
  std::size_t consumed = 0;
  bool more = true;

  bool operator()(std::span<const std::byte>& body) noexcept {
    if (!more) return false;
    const Piece piece = piece_at(record.subspan(consumed));
    if (piece.stride == 0) return false;
    consumed += piece.stride;
    more = piece.header.more();
    body = piece.body;
    return true;
  }
};

}  // namespace

Result<Event, EventFault> EventDecoder::decode(std::span<const std::byte> record, std::size_t& consumed) {
  Event event;
  RecordWalk walk{record};
  if (const auto done = decode_pieces<true>(walk, *scratch_, event); !done) return Unexpected{done.error()};
  if (walk.more) return Unexpected{EventFault::inconsistent};
  consumed = walk.consumed;
  return event;
}

Event EventDecoder::decode_trusted(std::span<const std::byte> record, std::size_t& consumed) {
  Event event;
  RecordWalk walk{record};
  EARMARK_CHECK(decode_pieces<false>(walk, *scratch_, event).has_value());
  consumed = walk.consumed;
  return event;
}

Result<Event, EventFault> EventDecoder::decode_bodies(std::span<const std::span<const std::byte>> bodies,
                                                      std::size_t& consumed) {
  Event event;
  std::size_t next = 0;
  const auto next_body = [&](std::span<const std::byte>& body) {
    if (next == bodies.size()) return false;
    body = bodies[next++];
    return true;
  };
  if (const auto done = decode_pieces<true>(next_body, *scratch_, event); !done) return Unexpected{done.error()};
  consumed = next;
  return event;
}

}  // namespace earmark::schema
