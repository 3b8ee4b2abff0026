// Fingerprints of commands. Part of the journal's format: never change what is hashed, or in which order.
//
// A fingerprint is a chain of XXH3-64: each step hashes one packed little-endian block with the result of the step
// before as its seed. Steps: the fixed fields with the number of rows and the length of every text, then each text that
// is not empty, then the rows in groups of 64 without their unused bytes; of an order or a hold then the policy bytes of
// its lines, if any line has its own; of a purchase order then its pegs, if it has any, and the orders' ids. How a message was cut into parts, and what a client left in unused bytes, is not in it.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "schema/request.hpp"

namespace earmark::schema {
namespace {

class Chain {
 public:
  explicit Chain(std::uint64_t kind) noexcept : value_(kind) {}

  void text(std::string_view text) noexcept {
    if (!text.empty()) bytes(text.data(), text.size());
  }

  template <class Block>
  void block(const Block& block) noexcept {
    bytes(&block, sizeof block);
  }

  // `pack` turns a row into a block without unused bytes.
  template <class Block, class Row, class Pack>
  void rows(std::span<const Row> rows, Pack pack) noexcept {
    constexpr std::size_t group = 64;
    Block blocks[group];
    while (!rows.empty()) {
      const std::size_t count = std::min(rows.size(), group);
      for (std::size_t index = 0; index < count; ++index) blocks[index] = pack(rows[index]);
      bytes(blocks, count * sizeof(Block));
      rows = rows.subspan(count);
    }
  }

  std::uint64_t value() const noexcept { return value_; }

 private:
  void bytes(const void* data, std::size_t size) noexcept { value_ = XXH3_64bits_withSeed(data, size, value_); }

  std::uint64_t value_;
};

#pragma pack(push, 1)
struct OrderBlock {
  std::uint8_t policy, priority, sourcing;
  std::uint16_t preferred;
  std::int64_t placed_at, need_by, reserve_not_before, cancel_after;
  std::uint64_t lines;
  std::uint32_t text_bytes[7];
};
struct LineBlock {
  std::int64_t quantity;
  std::uint32_t sku, line;
  std::uint16_t pinned;
};
struct StockBlock {
  std::int64_t quantity;
  std::uint32_t sku;
  std::uint16_t warehouse;
};
struct CancelBlock {
  std::int64_t quantity;
  std::uint32_t line;
};
struct ChangeBlock {
  std::int64_t quantity, expected;
  std::uint32_t sku;
  std::uint16_t warehouse;
};
struct ChangeHead {
  std::uint8_t kind;
  std::uint64_t rows;
  std::uint32_t text_bytes[2];
};
struct MoveBlock {
  std::uint16_t shipment;
  std::uint8_t step, to_unavailable;
  std::uint32_t revision;
  std::int64_t expected;
  std::uint64_t rows;
  std::uint32_t text_bytes[5];
};
struct TransferHead {
  std::uint16_t source, destination;
  std::int64_t expected;
  std::uint64_t rows;
  std::uint32_t text_bytes[2];
};
struct TransferBlock {
  std::int64_t quantity;
  std::uint32_t sku;
};
struct ArrivalHead {
  std::uint8_t close;
  std::uint64_t rows;
  std::uint32_t text_bytes[2];
};
struct ArrivalBlock {
  std::int64_t quantity, damaged;
  std::uint32_t sku;
};
struct RowsHead {
  std::uint64_t rows;
  std::uint32_t text_bytes[2];
};
struct HoldBlock {
  std::uint8_t partial, sourcing;
  std::uint16_t preferred;
  std::int64_t ttl;
  std::uint64_t lines;
  std::uint32_t text_bytes[2];
};
struct ConfirmBlock {
  std::uint64_t order;
  std::uint8_t reacquire;
  std::uint32_t hold_bytes;
};
struct PurchaseHead {
  std::uint8_t state;
  std::uint64_t lines;
  std::uint32_t text_bytes[4];
};
struct PurchaseLineBlock {
  std::int64_t quantity, promised;
  std::uint32_t line, sku;
  std::uint16_t warehouse;
};
struct PegBlock {
  std::uint32_t line, order_line, order_bytes;
};
struct PurchaseMoveHead {
  std::uint8_t step;
  std::uint64_t rows;
  std::uint32_t text_bytes[3];
};
struct PurchaseRowBlock {
  std::int64_t quantity, promised;
  std::uint32_t line;
};
struct PurchaseReceiptHead {
  std::uint8_t accept_over;
  std::uint64_t rows;
  std::uint32_t text_bytes[2];
};
struct PurchaseArrivalBlock {
  std::int64_t quantity, damaged;
  std::uint32_t line;
};
#pragma pack(pop)

std::uint32_t size_of(std::string_view text) noexcept { return static_cast<std::uint32_t>(text.size()); }

void add_lines(Chain& chain, std::span<const engine::OrderLine> lines) noexcept {
  chain.rows<LineBlock>(lines, [](const engine::OrderLine& line) {
    return LineBlock{line.quantity, line.sku.value, line.line.value, line.pinned.value};
  });
  if (std::any_of(lines.begin(), lines.end(), [](const engine::OrderLine& line) { return line.policy.own(); })) {
    chain.rows<std::uint8_t>(lines, [](const engine::OrderLine& line) { return line.policy.code; });
  }
}

// By the orders' ids, not by where they stand.
void add_pegs(Chain& chain, const engine::PlacePurchase& place) noexcept {
  if (place.pegs.empty()) return;
  chain.block(std::uint64_t{place.pegs.size()});
  chain.rows<PegBlock>(place.pegs, [&](const engine::PegRow& peg) {
    return PegBlock{peg.line.value, peg.order_line.value, size_of(place.peg_orders[peg.order])};
  });
  for (const engine::PegRow& peg : place.pegs) chain.text(place.peg_orders[peg.order]);
}

}  // namespace

std::uint64_t content_hash(const engine::PlaceOrder& order) noexcept {
  const std::string_view texts[] = {order.id,            order.texts.customer,  order.texts.channel, order.texts.ship_to,
                                    order.texts.contact, order.texts.reference, order.texts.notes};
  OrderBlock head{static_cast<std::uint8_t>(order.policy), order.priority.value,
                  static_cast<std::uint8_t>(order.sourcing), order.preferred.value, order.placed_at.value,
                  order.need_by.value, order.reserve_not_before.value, order.cancel_after.value, order.lines.size(), {}};
  for (std::size_t index = 0; index < std::size(texts); ++index) head.text_bytes[index] = size_of(texts[index]);
  Chain chain(1);
  chain.block(head);
  for (const std::string_view text : texts) chain.text(text);
  add_lines(chain, order.lines);
  return chain.value();
}

std::uint64_t content_hash(const engine::ReceiveStock& receipt) noexcept {
  Chain chain(2);
  chain.block(RowsHead{receipt.rows.size(), {size_of(receipt.id), 0}});
  chain.text(receipt.id);
  chain.rows<StockBlock>(receipt.rows, [](const engine::StockRow& row) {
    return StockBlock{row.quantity, row.sku.value, row.warehouse.value};
  });
  return chain.value();
}

std::uint64_t content_hash(const engine::CancelOrder& cancel) noexcept {
  Chain chain(3);
  chain.block(RowsHead{cancel.rows.size(), {size_of(cancel.command_id), size_of(cancel.order_id)}});
  chain.text(cancel.command_id);
  chain.text(cancel.order_id);
  chain.rows<CancelBlock>(cancel.rows, [](const engine::CancelRow& row) {
    return CancelBlock{row.quantity, row.line.value};
  });
  return chain.value();
}

std::uint64_t content_hash(const engine::ShipOrder& ship) noexcept {
  Chain chain(4);
  chain.block(RowsHead{0, {size_of(ship.command_id), size_of(ship.order_id)}});
  chain.text(ship.command_id);
  chain.text(ship.order_id);
  return chain.value();
}

std::uint64_t content_hash(const engine::AmendOrder& amend) noexcept {
  Chain chain(11);
  chain.block(RowsHead{amend.rows.size(), {size_of(amend.command_id), size_of(amend.order_id)}});
  chain.text(amend.command_id);
  chain.text(amend.order_id);
  const std::uint8_t priority[2] = {amend.priority.has_value(), amend.priority.value_or(engine::Priority{}).value};
  chain.block(priority);
  chain.rows<CancelBlock>(amend.rows, [](const engine::CancelRow& row) {
    return CancelBlock{row.quantity, row.line.value};
  });
  return chain.value();
}

std::uint64_t content_hash(const engine::ChangeStock& change) noexcept {
  Chain chain(7);
  chain.block(ChangeHead{static_cast<std::uint8_t>(change.kind), change.rows.size(), {size_of(change.id), size_of(change.reason)}});
  chain.text(change.id);
  chain.text(change.reason);
  chain.rows<ChangeBlock>(change.rows, [](const engine::ChangeRow& row) {
    return ChangeBlock{row.quantity, row.expected, row.sku.value, row.warehouse.value};
  });
  return chain.value();
}

std::uint64_t content_hash(const engine::MoveShipment& move) noexcept {
  const std::string_view texts[] = {move.command_id, move.order_id, move.carrier, move.tracking, move.reason};
  MoveBlock head{move.shipment, static_cast<std::uint8_t>(move.step), static_cast<std::uint8_t>(move.to_unavailable), move.revision,
                 move.expected.value, move.rows.size(), {}};
  for (std::size_t index = 0; index < std::size(texts); ++index) head.text_bytes[index] = size_of(texts[index]);
  Chain chain(12);
  chain.block(head);
  for (const std::string_view text : texts) chain.text(text);
  chain.rows<CancelBlock>(move.rows, [](const engine::CancelRow& row) {
    return CancelBlock{row.quantity, row.line.value};
  });
  return chain.value();
}

std::uint64_t content_hash(const engine::PlacePurchase& place) noexcept {
  Chain chain(15);
  chain.block(PurchaseHead{static_cast<std::uint8_t>(place.state), place.lines.size(),
                           {size_of(place.id), size_of(place.vendor), size_of(place.reference), size_of(place.notes)}});
  for (const std::string_view text : {place.id, place.vendor, place.reference, place.notes}) chain.text(text);
  chain.rows<PurchaseLineBlock>(place.lines, [](const engine::PurchaseLine& line) {
    return PurchaseLineBlock{line.quantity, line.promised.value, line.line.value, line.sku.value, line.warehouse.value};
  });
  add_pegs(chain, place);
  return chain.value();
}

std::uint64_t content_hash(const engine::MovePurchase& move) noexcept {
  Chain chain(16);
  chain.block(PurchaseMoveHead{static_cast<std::uint8_t>(move.step), move.rows.size(),
                               {size_of(move.command_id), size_of(move.purchase_id), size_of(move.reference)}});
  for (const std::string_view text : {move.command_id, move.purchase_id, move.reference}) chain.text(text);
  chain.rows<PurchaseRowBlock>(move.rows, [](const engine::PurchaseRow& row) { return PurchaseRowBlock{row.quantity, row.promised.value, row.line.value}; });
  return chain.value();
}

std::uint64_t content_hash(const engine::ReceivePurchase& receive) noexcept {
  Chain chain(17);
  chain.block(PurchaseReceiptHead{static_cast<std::uint8_t>(receive.accept_over), receive.rows.size(), {size_of(receive.id), size_of(receive.purchase_id)}});
  chain.text(receive.id);
  chain.text(receive.purchase_id);
  chain.rows<PurchaseArrivalBlock>(receive.rows, [](const engine::PurchaseArrival& row) { return PurchaseArrivalBlock{row.quantity, row.damaged, row.line.value}; });
  return chain.value();
}

std::uint64_t content_hash(const engine::ShipTransfer& ship) noexcept {
  Chain chain(13);
  chain.block(TransferHead{ship.source.value, ship.destination.value, ship.expected.value, ship.rows.size(), {size_of(ship.id), size_of(ship.reason)}});
  chain.text(ship.id);
  chain.text(ship.reason);
  chain.rows<TransferBlock>(ship.rows, [](const engine::TransferRow& row) { return TransferBlock{row.quantity, row.sku.value}; });
  return chain.value();
}

std::uint64_t content_hash(const engine::ReceiveTransfer& receive) noexcept {
  Chain chain(14);
  chain.block(ArrivalHead{static_cast<std::uint8_t>(receive.close), receive.rows.size(), {size_of(receive.command_id), size_of(receive.transfer_id)}});
  chain.text(receive.command_id);
  chain.text(receive.transfer_id);
  chain.rows<ArrivalBlock>(receive.rows, [](const engine::ArrivalRow& row) { return ArrivalBlock{row.quantity, row.damaged, row.sku.value}; });
  return chain.value();
}

std::uint64_t content_hash(const engine::PlaceHold& hold) noexcept {
  Chain chain(20);
  chain.block(HoldBlock{static_cast<std::uint8_t>(hold.partial), static_cast<std::uint8_t>(hold.sourcing), hold.preferred.value,
                        hold.ttl_us, hold.lines.size(), {size_of(hold.id), size_of(hold.customer)}});
  chain.text(hold.id);
  chain.text(hold.customer);
  add_lines(chain, hold.lines);
  return chain.value();
}

std::uint64_t content_hash(const engine::ExtendHold& extend) noexcept {
  Chain chain(21);
  chain.block(RowsHead{static_cast<std::uint64_t>(extend.ttl_us), {size_of(extend.command_id), size_of(extend.hold_id)}});
  chain.text(extend.command_id);
  chain.text(extend.hold_id);
  return chain.value();
}

// The order's own fingerprint is the first step.
std::uint64_t content_hash(const engine::ConfirmHold& confirm) noexcept {
  Chain chain(22);
  chain.block(ConfirmBlock{content_hash(confirm.order), static_cast<std::uint8_t>(confirm.reacquire), size_of(confirm.hold_id)});
  chain.text(confirm.hold_id);
  return chain.value();
}

std::uint64_t content_hash(const engine::ReleaseHold& release) noexcept {
  Chain chain(23);
  chain.block(RowsHead{0, {size_of(release.command_id), size_of(release.hold_id)}});
  chain.text(release.command_id);
  chain.text(release.hold_id);
  return chain.value();
}

}  // namespace earmark::schema
