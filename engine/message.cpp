#include "engine/message.hpp"

#include "engine/check.hpp"

namespace earmark::engine {
namespace {

std::size_t total(std::span<const std::string_view> texts) noexcept {
  std::size_t bytes = 0;
  for (const std::string_view text : texts) bytes += text.size();
  return bytes;
}

}  // namespace

std::string_view Message::own(std::string_view text) {
  EARMARK_CHECK(texts_.size() + text.size() <= texts_.capacity());
  const std::size_t start = texts_.size();
  texts_.append(text);
  return std::string_view(texts_).substr(start);
}

// The order with texts and lines of this message; `more_bytes` of further texts will be owned.
PlaceOrder Message::own(const PlaceOrder& order, std::size_t more_bytes) {
  PlaceOrder own_order = order;
  const OrderTexts& texts = order.texts;
  reserve_texts(more_bytes + total(std::initializer_list<std::string_view>{order.id, texts.customer, texts.channel, texts.ship_to,
                                                                          texts.contact, texts.reference, texts.notes}));
  own_order.id = own(order.id);
  own_order.texts = {own(texts.customer), own(texts.channel), own(texts.ship_to),
                     own(texts.contact), own(texts.reference), own(texts.notes)};
  own_order.lines = order_lines_;
  return own_order;
}

Message::Message(const PlaceOrder& order, std::uint64_t hash, const ReplyTo& to, TimeUs now)
    : content(hash), reply(to), time(now), order_lines_(order.lines.begin(), order.lines.end()) {
  request = own(order, 0);
}

Message::Message(const CancelOrder& cancel, std::uint64_t hash, const ReplyTo& to, TimeUs now)
    : content(hash), reply(to), time(now), cancel_rows_(cancel.rows.begin(), cancel.rows.end()) {
  reserve_texts(cancel.command_id.size() + cancel.order_id.size());
  const std::string_view command_id = own(cancel.command_id);
  request = CancelOrder{command_id, own(cancel.order_id), cancel_rows_};
}

Message::Message(const AmendOrder& amend, std::uint64_t hash, const ReplyTo& to, TimeUs now)
    : content(hash), reply(to), time(now), cancel_rows_(amend.rows.begin(), amend.rows.end()) {
  reserve_texts(amend.command_id.size() + amend.order_id.size());
  const std::string_view command_id = own(amend.command_id);
  request = AmendOrder{command_id, own(amend.order_id), amend.priority, cancel_rows_};
}

Message::Message(const ReceiveStock& receipt, std::uint64_t hash, const ReplyTo& to, TimeUs now)
    : content(hash), reply(to), time(now), stock_rows_(receipt.rows.begin(), receipt.rows.end()) {
  reserve_texts(receipt.id.size());
  request = ReceiveStock{own(receipt.id), stock_rows_};
}

Message::Message(const ShipOrder& ship, std::uint64_t hash, const ReplyTo& to, TimeUs now)
    : content(hash), reply(to), time(now) {
  reserve_texts(ship.command_id.size() + ship.order_id.size());
  const std::string_view command_id = own(ship.command_id);
  request = ShipOrder{command_id, own(ship.order_id)};
}

Message::Message(const LoadCatalogue& load, const ReplyTo& to, TimeUs now)
    : reply(to), time(now), warehouses_(load.warehouses.begin(), load.warehouses.end()),
      products_(load.products.begin(), load.products.end()), opening_(load.stock.begin(), load.stock.end()) {
  std::size_t bytes = 0;
  for (const WarehouseEntry& entry : load.warehouses) bytes += entry.code.size() + entry.name.size();
  for (const ProductEntry& entry : load.products) bytes += entry.code.size() + entry.description.size();
  reserve_texts(bytes);
  for (WarehouseEntry& entry : warehouses_) {
    entry.code = own(entry.code);
    entry.name = own(entry.name);
  }
  for (ProductEntry& entry : products_) {
    entry.code = own(entry.code);
    entry.description = own(entry.description);
  }
  request = LoadCatalogue{warehouses_, products_, opening_};
}

Message::Message(const ShowOrder& show, const ReplyTo& to, TimeUs now) : reply(to), time(now) {
  reserve_texts(show.order_id.size());
  request = ShowOrder{own(show.order_id)};
}

Message::Message(const ListBackorders& list, const ReplyTo& to, TimeUs now) : reply(to), time(now) {
  reserve_texts(list.customer.size());
  request = ListBackorders{list.sku, own(list.customer)};
}

Message::Message(const ResolveCodes& resolve, const ReplyTo& to)
    : reply(to), sku_codes_(resolve.sku_codes.begin(), resolve.sku_codes.end()),
      warehouse_codes_(resolve.warehouse_codes.begin(), resolve.warehouse_codes.end()),
      sku_ids_(resolve.sku_ids.begin(), resolve.sku_ids.end()),
      warehouse_ids_(resolve.warehouse_ids.begin(), resolve.warehouse_ids.end()) {
  reserve_texts(total(resolve.sku_codes) + total(resolve.warehouse_codes));
  for (std::string_view& code : sku_codes_) code = own(code);
  for (std::string_view& code : warehouse_codes_) code = own(code);
  request = ResolveCodes{sku_codes_, warehouse_codes_, sku_ids_, warehouse_ids_, resolve.all_warehouses, resolve.descriptions};
}

Message::Message(const ArchiveOrders& archive, TimeUs now)
    : time(now), identities_(archive.orders.begin(), archive.orders.end()) {
  request = ArchiveOrders{identities_, archive.through};
}

Message::Message(const ForgetIds& forget, TimeUs now) : time(now), identities_(forget.ids.begin(), forget.ids.end()) {
  request = ForgetIds{forget.oldest, forget.archived, identities_};
}

Message::Message(const ChangeStock& change, std::uint64_t hash, const ReplyTo& to, TimeUs now)
    : content(hash), reply(to), time(now), change_rows_(change.rows.begin(), change.rows.end()) {
  reserve_texts(change.id.size() + change.reason.size());
  const std::string_view id = own(change.id);
  request = ChangeStock{id, change.kind, own(change.reason), change_rows_};
}

Message::Message(const MoveShipment& move, std::uint64_t hash, const ReplyTo& to, TimeUs now)
    : content(hash), reply(to), time(now), cancel_rows_(move.rows.begin(), move.rows.end()) {
  MoveShipment own_move = move;
  reserve_texts(total(std::initializer_list<std::string_view>{move.command_id, move.order_id, move.carrier, move.tracking, move.reason}));
  own_move.command_id = own(move.command_id);
  own_move.order_id = own(move.order_id);
  own_move.carrier = own(move.carrier);
  own_move.tracking = own(move.tracking);
  own_move.reason = own(move.reason);
  own_move.rows = cancel_rows_;
  request = own_move;
}

Message::Message(const PlaceHold& hold, std::uint64_t hash, const ReplyTo& to, TimeUs now)
    : content(hash), reply(to), time(now), order_lines_(hold.lines.begin(), hold.lines.end()) {
  PlaceHold own_hold = hold;
  reserve_texts(hold.id.size() + hold.customer.size());
  own_hold.id = own(hold.id);
  own_hold.customer = own(hold.customer);
  own_hold.lines = order_lines_;
  request = own_hold;
}

Message::Message(const ExtendHold& extend, std::uint64_t hash, const ReplyTo& to, TimeUs now)
    : content(hash), reply(to), time(now) {
  reserve_texts(extend.command_id.size() + extend.hold_id.size());
  const std::string_view command_id = own(extend.command_id);
  request = ExtendHold{command_id, own(extend.hold_id), extend.ttl_us};
}

Message::Message(const ConfirmHold& confirm, std::uint64_t hash, const ReplyTo& to, TimeUs now)
    : content(hash), reply(to), time(now), order_lines_(confirm.order.lines.begin(), confirm.order.lines.end()) {
  const PlaceOrder order = own(confirm.order, confirm.hold_id.size());
  request = ConfirmHold{own(confirm.hold_id), confirm.reacquire, order};
}

Message::Message(const ReleaseHold& release, std::uint64_t hash, const ReplyTo& to, TimeUs now)
    : content(hash), reply(to), time(now) {
  reserve_texts(release.command_id.size() + release.hold_id.size());
  const std::string_view command_id = own(release.command_id);
  request = ReleaseHold{command_id, own(release.hold_id)};
}

Message::Message(const RunTimers& run, TimeUs now) : time(now) { request = run; }

Message::Message(const ListHolds& list, const ReplyTo& to) : reply(to) { request = list; }

}  // namespace earmark::engine
