// Messages about stock that is to come: transfers, purchase orders, reorder rules; and a look back at a decision.
#include "engine/message.hpp"

namespace earmark::engine {

Message::Message(const ShipTransfer& ship, std::uint64_t hash, const ReplyTo& to, TimeUs now)
    : content(hash), reply(to), time(now), transfer_rows_(ship.rows.begin(), ship.rows.end()) {
  ShipTransfer own_ship = ship;
  reserve_texts(ship.id.size() + ship.reason.size());
  own_ship.id = own(ship.id);
  own_ship.reason = own(ship.reason);
  own_ship.rows = transfer_rows_;
  request = own_ship;
}

Message::Message(const ReceiveTransfer& receive, std::uint64_t hash, const ReplyTo& to, TimeUs now)
    : content(hash), reply(to), time(now), arrival_rows_(receive.rows.begin(), receive.rows.end()) {
  reserve_texts(receive.command_id.size() + receive.transfer_id.size());
  const std::string_view command_id = own(receive.command_id);
  request = ReceiveTransfer{command_id, own(receive.transfer_id), receive.close, arrival_rows_};
}

Message::Message(const ListTransfers& list, const ReplyTo& to) : reply(to) {
  reserve_texts(list.id.size());
  request = ListTransfers{own(list.id)};
}

Message::Message(const PlacePurchase& place, std::uint64_t hash, const ReplyTo& to, TimeUs now)
    : content(hash), reply(to), time(now), purchase_lines_(place.lines.begin(), place.lines.end()), peg_rows_(place.pegs.begin(), place.pegs.end()) {
  std::size_t bytes = place.id.size() + place.vendor.size() + place.reference.size() + place.notes.size();
  for (const std::string_view order : place.peg_orders) bytes += order.size();
  reserve_texts(bytes);
  PlacePurchase own_place = place;
  for (std::string_view* text : {&own_place.id, &own_place.vendor, &own_place.reference, &own_place.notes}) *text = own(*text);
  own_place.lines = purchase_lines_;
  for (const std::string_view order : place.peg_orders) peg_orders_.push_back(own(order));
  own_place.pegs = peg_rows_;
  own_place.peg_orders = peg_orders_;
  request = own_place;
}

Message::Message(const MovePurchase& move, std::uint64_t hash, const ReplyTo& to, TimeUs now)
    : content(hash), reply(to), time(now), purchase_rows_(move.rows.begin(), move.rows.end()) {
  reserve_texts(move.command_id.size() + move.purchase_id.size() + move.reference.size());
  MovePurchase own_move = move;
  for (std::string_view* text : {&own_move.command_id, &own_move.purchase_id, &own_move.reference}) *text = own(*text);
  own_move.rows = purchase_rows_;
  request = own_move;
}

Message::Message(const ReceivePurchase& receive, std::uint64_t hash, const ReplyTo& to, TimeUs now)
    : content(hash), reply(to), time(now), purchase_arrivals_(receive.rows.begin(), receive.rows.end()) {
  reserve_texts(receive.id.size() + receive.purchase_id.size());
  const std::string_view id = own(receive.id);
  request = ReceivePurchase{id, own(receive.purchase_id), receive.accept_over, purchase_arrivals_};
}

Message::Message(const CheckDates& check, const ReplyTo& to, TimeUs now)
    : reply(to), time(now), sku_ids_(check.skus.begin(), check.skus.end()), quantities_(check.wanted.begin(), check.wanted.end()) {
  request = CheckDates{sku_ids_, quantities_};
}

Message::Message(const ListPurchases& list, const ReplyTo& to) : reply(to) {
  reserve_texts(list.id.size() + list.vendor.size());
  const std::string_view id = own(list.id);
  request = ListPurchases{id, own(list.vendor)};
}

Message::Message(const SetRules& set, const ReplyTo& to, TimeUs now)
    : reply(to), time(now), vendors_(set.vendors.begin(), set.vendors.end()), source_rows_(set.sources.begin(), set.sources.end()),
      rule_rows_(set.rules.begin(), set.rules.end()), snooze_rows_(set.snoozes.begin(), set.snoozes.end()) {
  std::size_t bytes = 0;
  for (const VendorEntry& vendor : vendors_) bytes += vendor.code.size() + vendor.name.size();
  reserve_texts(bytes);
  for (VendorEntry& vendor : vendors_) {
    vendor.code = own(vendor.code);
    vendor.name = own(vendor.name);
  }
  request = SetRules{vendors_, source_rows_, rule_rows_, snooze_rows_};
}

Message::Message(const ListRules& list, const ReplyTo& to, TimeUs now) : reply(to), time(now) {
  reserve_texts(list.vendor.size());
  request = ListRules{list.sku, own(list.vendor)};
}

Message::Message(const FindDecision& find, const ReplyTo& to) : reply(to) {
  reserve_texts(find.id.size());
  request = FindDecision{find.space, own(find.id)};
}

Message::Message(const MindRules& mind, TimeUs now) : time(now), sku_ids_(mind.skus.begin(), mind.skus.end()) { request = MindRules{sku_ids_}; }

}  // namespace earmark::engine
