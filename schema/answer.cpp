// Answers to frames. The builder is one per thread and reused: a small answer allocates nothing after warm-up.
#include "schema/answer.hpp"

#include "schema/catalogue_generated.h"
#include "schema/common_generated.h"
#include "schema/frame_writer.hpp"
#include "schema/parting.hpp"
#include "schema/read_layout.hpp"
#include "schema/report_generated.h"
#include "schema/session_generated.h"

namespace earmark::schema {
namespace {

using flatbuffers::FlatBufferBuilder;

FlatBufferBuilder& fresh_builder() {
  thread_local FlatBufferBuilder builder(2 * max_frame_bytes);
  builder.Clear();
  return builder;
}

TextOffsets& scratch_offsets() {
  thread_local TextOffsets offsets;
  return offsets;
}

template <class Table>
void append_whole(std::vector<std::byte>& out, MessageKind kind, std::uint64_t correlation, FlatBufferBuilder& builder,
                  flatbuffers::Offset<Table> table) {
  builder.Finish(table);
  append_frame(out, kind, correlation, builder, false);
}

// Calls `put_part(builder, parting)` for each part until nothing is left; it returns the part's table.
template <class PutPart>
void append_parts(std::vector<std::byte>& out, MessageKind kind, std::uint64_t correlation, PutPart put_part) {
  Parting parting;
  do {
    parting.begin();
    FlatBufferBuilder& builder = fresh_builder();
    builder.Finish(put_part(builder, parting));
    append_frame(out, kind, correlation, builder, parting.more());
  } while (parting.more());
}

}  // namespace

void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const ErrorAnswer& answer) {
  FlatBufferBuilder& builder = fresh_builder();
  std::string text(answer.message.empty() ? engine::advice(answer.error.code) : answer.message);
  if (answer.error.revision != 0) {
    text = "The pick list has revision " + std::to_string(answer.error.revision) + " by now; print it again and pick by that.";
  }
  const auto message = put_text(builder, text);
  append_whole(out, MessageKind::error, correlation, builder,
               wire::CreateError(builder, static_cast<wire::ErrorCode>(answer.error.code), message, answer.as_of.value,
                                 answer.error.row, answer.error.line.value, answer.retry_after_ms, answer.error.revision));
}

void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const HelloAnswer& answer) {
  FlatBufferBuilder& builder = fresh_builder();
  const auto server = put_text(builder, answer.server);
  append_whole(out, MessageKind::hello_answer, correlation, builder,
               wire::CreateHelloAnswer(builder, answer.version, server, answer.epoch, answer.durable.value,
                                       answer.oldest_known.value, answer.max_frame, answer.credit, answer.max_lines,
                                       answer.fast_path_cells, answer.max_skus, answer.max_warehouses, answer.sku_count,
                                       answer.warehouse_count, answer.features));
}

void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const ResolveAnswer& answer) {
  ResolveAnswer rest = answer;
  append_parts(out, MessageKind::resolve_answer, correlation, [&](FlatBufferBuilder& builder, Parting& parting) {
    const auto sku_ids = put_numbers<std::uint32_t>(builder, parting.take(rest.sku_ids));
    const auto warehouse_ids = put_numbers<std::uint16_t>(builder, parting.take(rest.warehouse_ids));
    const auto sku_codes = put_texts(builder, scratch_offsets(), parting.take(rest.sku_codes));
    const auto warehouse_codes = put_texts(builder, scratch_offsets(), parting.take(rest.warehouse_codes));
    const auto priorities = put_numbers<std::uint32_t>(builder, parting.take(rest.warehouse_priorities));
    const auto names = put_texts(builder, scratch_offsets(), parting.take(rest.warehouse_names));
    const auto descriptions = put_texts(builder, scratch_offsets(), parting.take(rest.sku_descriptions));
    return wire::CreateResolveAnswer(builder, answer.epoch, answer.as_of.value, answer.sku_count, sku_ids,
                                     warehouse_ids, sku_codes, warehouse_codes, priorities, names, descriptions);
  });
}

void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const CheckAnswer& answer) {
  CheckAnswer rest = answer;
  append_parts(out, MessageKind::check_answer, correlation, [&](FlatBufferBuilder& builder, Parting& parting) {
    const auto available = put_numbers<std::uint32_t>(builder, parting.take(rest.available));
    const auto now = put_numbers<std::uint32_t>(builder, parting.take(rest.now));
    const auto expected = put_rows<wire::ExpectedUnits>(builder, parting.take(rest.expected));
    const auto fallbacks = put_rows<wire::ExpectedUnits>(builder, parting.take(rest.fallbacks));
    return wire::CreateCheckAnswer(builder, answer.lsn.value, answer.warehouses, available, now, expected, fallbacks);
  });
}

void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const StockAnswer& answer) {
  StockAnswer rest = answer;
  append_parts(out, MessageKind::stock_answer, correlation, [&](FlatBufferBuilder& builder, Parting& parting) {
    const auto levels = put_rows<wire::StockLevel>(builder, parting.take(rest.levels));
    const auto skus = put_rows<wire::SkuLevel>(builder, parting.take(rest.skus));
    return wire::CreateStockAnswer(builder, answer.lsn.value, levels, skus, answer.next_after.value);
  });
}

void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const OrderView& answer) {
  OrderView rest = answer;
  bool first = true;
  append_parts(out, MessageKind::order_view, correlation, [&](FlatBufferBuilder& builder, Parting& parting) {
    const auto lines = put_rows<wire::OrderLineView>(builder, parting.take(rest.lines));
    const auto allocations = put_rows<wire::Allocation>(builder, parting.take(rest.allocations));
    const auto shipments = put_rows<wire::ShipmentRow>(builder, parting.take(rest.shipments));
    const auto carriers = put_texts(builder, scratch_offsets(), parting.take(rest.carriers));
    const auto trackings = put_texts(builder, scratch_offsets(), parting.take(rest.trackings));
    const auto returned = put_numbers<std::uint32_t>(builder, parting.take(rest.returned));
    const auto expected = put_rows<wire::ExpectedUnits>(builder, parting.take(rest.expected));
    const auto fallbacks = put_rows<wire::ExpectedUnits>(builder, parting.take(rest.fallbacks));
    const auto promises = put_rows<wire::Promise>(builder, parting.take(rest.promises));
    const auto text = [&](std::string_view words) { return first ? put_text(builder, words) : 0; };
    const auto id = put_text(builder, answer.id);
    const auto customer = text(answer.customer), channel = text(answer.channel), ship_to = text(answer.ship_to);
    const auto contact = text(answer.contact), reference = text(answer.reference), notes = text(answer.notes);
    first = false;
    return wire::CreateOrderView(builder, answer.as_of.value, id, answer.lsn.value, answer.time.value,
                                 static_cast<wire::OrderStatus>(answer.status), static_cast<wire::Policy>(answer.policy),
                                 answer.priority.value, static_cast<wire::Sourcing>(answer.sourcing),
                                 answer.preferred.value, customer, channel, ship_to, contact, reference, notes, lines,
                                 allocations, answer.placed_at.value, answer.need_by.value, answer.reserve_not_before.value,
                                 answer.cancel_after.value, shipments, carriers, trackings, returned, expected, fallbacks, promises);
  });
}

void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const BackordersAnswer& answer) {
  BackordersAnswer rest = answer;
  append_parts(out, MessageKind::backorders_answer, correlation, [&](FlatBufferBuilder& builder, Parting& parting) {
    const auto lines = put_rows<wire::WaitingLine>(builder, parting.take(rest.lines));
    const auto orders = put_texts(builder, scratch_offsets(), parting.take(rest.orders));
    const auto customers = put_texts(builder, scratch_offsets(), parting.take(rest.customers));
    const auto expected = put_numbers<std::int64_t>(builder, parting.take(rest.expected));
    return wire::CreateBackordersAnswer(builder, answer.as_of.value, lines, orders, customers, expected);
  });
}

void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const HoldsAnswer& answer) {
  HoldsAnswer rest = answer;
  append_parts(out, MessageKind::holds_answer, correlation, [&](FlatBufferBuilder& builder, Parting& parting) {
    const auto open = put_rows<wire::OpenHold>(builder, parting.take(rest.open));
    const auto holds = put_texts(builder, scratch_offsets(), parting.take(rest.holds));
    const auto customers = put_texts(builder, scratch_offsets(), parting.take(rest.customers));
    return wire::CreateHoldsAnswer(builder, answer.as_of.value, open, holds, customers);
  });
}

void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const TransfersAnswer& answer) {
  TransfersAnswer rest = answer;
  append_parts(out, MessageKind::transfers_answer, correlation, [&](FlatBufferBuilder& builder, Parting& parting) {
    const auto open = put_rows<wire::OpenTransfer>(builder, parting.take(rest.open));
    const auto transfers = put_texts(builder, scratch_offsets(), parting.take(rest.transfers));
    const auto lines = put_rows<wire::TransferLine>(builder, parting.take(rest.lines));
    return wire::CreateTransfersAnswer(builder, answer.as_of.value, open, transfers, lines);
  });
}

void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const PurchasesAnswer& answer) {
  PurchasesAnswer rest = answer;
  append_parts(out, MessageKind::purchases_answer, correlation, [&](FlatBufferBuilder& builder, Parting& parting) {
    const auto open = put_rows<wire::OpenPurchase>(builder, parting.take(rest.open));
    const auto purchases = put_texts(builder, scratch_offsets(), parting.take(rest.purchases));
    const auto vendors = put_texts(builder, scratch_offsets(), parting.take(rest.vendors));
    const auto references = put_texts(builder, scratch_offsets(), parting.take(rest.references));
    const auto notes = put_texts(builder, scratch_offsets(), parting.take(rest.notes));
    const auto lines = put_rows<wire::OpenPurchaseLine>(builder, parting.take(rest.lines));
    const auto peg_orders = put_texts(builder, scratch_offsets(), parting.take(rest.peg_orders));
    return wire::CreatePurchasesAnswer(builder, answer.as_of.value, open, purchases, vendors, references, notes, lines, peg_orders);
  });
}

void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const RulesAnswer& answer) {
  RulesAnswer rest = answer;
  append_parts(out, MessageKind::rules_answer, correlation, [&](FlatBufferBuilder& builder, Parting& parting) {
    const auto codes = put_texts(builder, scratch_offsets(), parting.take(rest.vendor_codes));
    const auto names = put_texts(builder, scratch_offsets(), parting.take(rest.vendor_names));
    const auto vendors = put_rows<wire::VendorView>(builder, parting.take(rest.vendors));
    const auto sources = put_rows<wire::SourceView>(builder, parting.take(rest.sources));
    const auto rules = put_rows<wire::RuleView>(builder, parting.take(rest.rules));
    const auto purchases = put_texts(builder, scratch_offsets(), parting.take(rest.purchases));
    return wire::CreateRulesAnswer(builder, answer.as_of.value, codes, names, vendors, sources, rules, purchases);
  });
}

void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const ReportAnswer& answer) {
  ReportAnswer rest = answer;
  append_parts(out, MessageKind::report_answer, correlation, [&](FlatBufferBuilder& builder, Parting& parting) {
    const auto taken = parting.take(rest.columns);
    const auto columns = taken.empty() ? 0 : builder.CreateVector(reinterpret_cast<const wire::ReportColumn*>(taken.data()), taken.size());
    const auto totals = put_numbers<std::int64_t>(builder, parting.take(rest.totals));
    const auto rows = put_numbers<std::int64_t>(builder, parting.take(rest.rows));
    const auto texts = put_texts(builder, scratch_offsets(), parting.take(rest.texts));
    return wire::CreateReportAnswer(builder, static_cast<wire::ReportKind>(answer.kind), answer.as_of.value, answer.time.value,
                                    answer.counted_from.value, answer.left_out, columns, rows, totals, texts);
  });
}

void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const SubscribeAnswer& answer) {
  FlatBufferBuilder& builder = fresh_builder();
  append_whole(out, MessageKind::subscribe_answer, correlation, builder,
               wire::CreateSubscribeAnswer(builder, answer.from.value, answer.durable.value, answer.oldest_kept.value));
}

void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const StreamPosition& answer) {
  FlatBufferBuilder& builder = fresh_builder();
  append_whole(out, MessageKind::stream_position, correlation, builder, wire::CreateStreamPosition(builder, answer.lsn.value));
}

void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const DigestAnswer& answer) {
  FlatBufferBuilder& builder = fresh_builder();
  const auto digest = put_text(builder, answer.digest);
  append_whole(out, MessageKind::digest_answer, correlation, builder,
               wire::CreateDigestAnswer(builder, answer.lsn.value, digest));
}

void append_answer(std::vector<std::byte>& out, std::uint64_t correlation, const StatsAnswer& answer) {
  StatsAnswer rest = answer;
  append_parts(out, MessageKind::stats_answer, correlation, [&](FlatBufferBuilder& builder, Parting& parting) {
    const auto names = put_texts(builder, scratch_offsets(), parting.take(rest.names));
    const auto values = put_numbers<std::uint64_t>(builder, parting.take(rest.values));
    return wire::CreateStatsAnswer(builder, names, values);
  });
}

void append_event_frames(std::vector<std::byte>& out, std::uint64_t correlation, std::span<const std::byte> record,
                         bool duplicate, bool more) {
  for (bool last = false; !last;) {
    const Piece piece = piece_at(record);
    EARMARK_CHECK(piece.stride != 0);
    last = !piece.header.more();
    std::uint16_t flags = duplicate ? flag_duplicate : 0;
    if (!last || more) flags |= flag_more_parts;
    append_frame(out, MessageKind::event, flags, correlation,
                 record.subspan(piece_header_bytes, piece.stride - piece_header_bytes));
    record = record.subspan(piece.stride);
  }
}

}  // namespace earmark::schema
