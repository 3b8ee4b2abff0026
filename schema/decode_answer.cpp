// Frames to answers. Rows are gathered in the scratch part by part; texts stay views into the bodies. Work is bounded
// by the bytes: rows are copied once, texts are not scanned.
#include <algorithm>

#include "schema/ask.hpp"
#include "schema/catalogue_generated.h"
#include "schema/common_generated.h"
#include "schema/read_layout.hpp"
#include "schema/report_generated.h"
#include "schema/request_scratch.hpp"
#include "schema/session_generated.h"
#include "schema/verify.hpp"

namespace earmark::schema {

struct AnswerDecoder::Scratch {
  AlignedCopies aligned;
  std::vector<engine::SkuId> sku_ids;
  std::vector<engine::WarehouseId> warehouse_ids;
  std::vector<std::string_view> first_texts, second_texts, third_texts, fourth_texts, fifth_texts;
  std::vector<std::uint32_t> numbers, now;
  std::vector<std::uint64_t> values;
  std::vector<StockLevel> levels;
  std::vector<SkuLevel> skus;
  std::vector<OrderLineView> lines;
  std::vector<Allocation> allocations;
  std::vector<ShipmentRow> shipments;
  std::vector<engine::Quantity> returned;
  std::vector<WaitingLine> waiting;
  std::vector<engine::ExpectedUnits> expected, fallbacks;
  std::vector<engine::PromiseImage> promises;
  std::vector<std::int64_t> dates;
  std::vector<OpenHold> open_holds;
  std::vector<OpenTransfer> open_transfers;
  std::vector<engine::TransferLine> transfer_lines;
  std::vector<OpenPurchase> open_purchases;
  std::vector<engine::PurchaseLineState> purchase_lines;
  std::vector<VendorView> vendors;
  std::vector<engine::SourceSet> sources;
  std::vector<RuleView> rules;
  std::vector<ReportColumn> columns;
  std::vector<std::int64_t> report_rows, report_totals;
};

AnswerDecoder::AnswerDecoder() : scratch_(std::make_unique<Scratch>()) {}
AnswerDecoder::~AnswerDecoder() = default;

namespace {

using Scratch = AnswerDecoder::Scratch;
using Decoded = Result<Answer, AnswerFault>;

template <class Row, class Wire>
bool gather(const flatbuffers::Vector<const Wire*>* vector, std::vector<Row>& gathered) {
  std::span<const Row> rows;
  if (!view_rows(vector, rows)) return false;
  gathered.insert(gathered.end(), rows.begin(), rows.end());
  return true;
}

template <class Row, class Number>
void gather_numbers(const flatbuffers::Vector<Number>* vector, std::vector<Row>& gathered) {
  for (flatbuffers::uoffset_t index = 0; index < size_of(vector); ++index) gathered.emplace_back(vector->Get(index));
}

void gather_texts(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* vector,
                  std::vector<std::string_view>& gathered) {
  for (flatbuffers::uoffset_t index = 0; index < size_of(vector); ++index) {
    gathered.push_back(view_text(vector->Get(index)));
  }
}

// Calls `read(table, first)` for every part; false if a part is not a `Table` or `read` says so.
template <class Table, class Read>
bool each_part(Parts parts, Scratch& scratch, Read read) {
  bool first = true;
  for (const auto body : parts) {
    const auto* table = verified_root<Table>(scratch.aligned.align(body));
    if (table == nullptr || !read(*table, first)) return false;
    first = false;
  }
  return !first;
}

Decoded malformed() { return Unexpected{AnswerFault::malformed}; }

// Of rows that name a line by its position: each is there.
template <class Row>
bool name_lines(std::span<const Row> rows, std::size_t lines) {
  return std::ranges::all_of(rows, [&](const Row& row) { return row.line_index < lines; });
}

Decoded decode_error(Parts parts, Scratch& scratch) {
  ErrorAnswer answer;
  const bool good = each_part<wire::Error>(parts, scratch, [&](const wire::Error& error, bool first) {
    answer.error = {static_cast<engine::ErrorCode>(error.code()), error.row(), engine::LineNumber{error.line()}, error.revision()};
    answer.message = view_text(error.message());
    answer.as_of = engine::Lsn{error.as_of()};
    answer.retry_after_ms = error.retry_after_ms();
    return first;
  });
  return good ? Decoded{answer} : malformed();
}

Decoded decode_hello(Parts parts, Scratch& scratch) {
  HelloAnswer answer;
  const bool good = each_part<wire::HelloAnswer>(parts, scratch, [&](const wire::HelloAnswer& hello, bool first) {
    answer = {hello.version(), view_text(hello.server()), hello.epoch(), engine::Lsn{hello.durable_lsn()},
              engine::Lsn{hello.oldest_known_lsn()}, hello.max_frame(), hello.credit(), hello.max_lines(),
              hello.fast_path_cells(), hello.max_skus(), hello.max_warehouses(), hello.sku_count(),
              hello.warehouse_count(), hello.features()};
    return first;
  });
  return good ? Decoded{answer} : malformed();
}

Decoded decode_resolve(Parts parts, Scratch& scratch) {
  scratch.sku_ids.clear(), scratch.warehouse_ids.clear(), scratch.numbers.clear();
  scratch.first_texts.clear(), scratch.second_texts.clear(), scratch.third_texts.clear(), scratch.fourth_texts.clear();
  ResolveAnswer answer;
  const bool good = each_part<wire::ResolveAnswer>(parts, scratch, [&](const wire::ResolveAnswer& part, bool) {
    answer.epoch = part.epoch();
    answer.as_of = engine::Lsn{part.as_of()};
    answer.sku_count = part.sku_count();
    gather_numbers(part.sku_ids(), scratch.sku_ids);
    gather_numbers(part.warehouse_ids(), scratch.warehouse_ids);
    gather_texts(part.sku_codes(), scratch.first_texts);
    gather_texts(part.warehouse_codes(), scratch.second_texts);
    gather_numbers(part.warehouse_priorities(), scratch.numbers);
    gather_texts(part.warehouse_names(), scratch.third_texts);
    gather_texts(part.sku_descriptions(), scratch.fourth_texts);
    return true;
  });
  answer.sku_ids = scratch.sku_ids;
  answer.warehouse_ids = scratch.warehouse_ids;
  answer.sku_codes = scratch.first_texts;
  answer.warehouse_codes = scratch.second_texts;
  answer.warehouse_priorities = scratch.numbers;
  answer.warehouse_names = scratch.third_texts;
  answer.sku_descriptions = scratch.fourth_texts;
  return good ? Decoded{answer} : malformed();
}

Decoded decode_check(Parts parts, Scratch& scratch) {
  scratch.numbers.clear(), scratch.now.clear(), scratch.expected.clear(), scratch.fallbacks.clear();
  CheckAnswer answer;
  const bool good = each_part<wire::CheckAnswer>(parts, scratch, [&](const wire::CheckAnswer& part, bool) {
    answer.lsn = engine::Lsn{part.lsn()};
    answer.warehouses = part.warehouses();
    gather_numbers(part.available(), scratch.numbers);
    gather_numbers(part.now(), scratch.now);
    return gather(part.expected(), scratch.expected) && gather(part.fallbacks(), scratch.fallbacks);
  });
  answer.expected = scratch.expected;
  answer.fallbacks = scratch.fallbacks;
  answer.available = scratch.numbers;
  answer.now = scratch.now;
  const std::size_t columns = answer.warehouses;
  const bool square = columns == 0 ? answer.available.empty() : answer.available.size() % columns == 0;
  const bool agrees = answer.now.empty() || columns == 0 || answer.now.size() == answer.available.size() / columns;
  if (!name_lines(answer.expected, answer.now.size()) || !name_lines(answer.fallbacks, answer.now.size())) return malformed();
  return good && square && agrees ? Decoded{answer} : malformed();
}

Decoded decode_stock(Parts parts, Scratch& scratch) {
  scratch.levels.clear(), scratch.skus.clear();
  StockAnswer answer;
  const bool good = each_part<wire::StockAnswer>(parts, scratch, [&](const wire::StockAnswer& part, bool) {
    answer.lsn = engine::Lsn{part.lsn()};
    answer.next_after = engine::SkuId{part.next_after()};
    return gather(part.levels(), scratch.levels) && gather(part.skus(), scratch.skus);
  });
  answer.levels = scratch.levels;
  answer.skus = scratch.skus;
  return good ? Decoded{answer} : malformed();
}

bool read_order_head(const wire::OrderView& part, OrderView& answer) {
  answer.as_of = engine::Lsn{part.as_of()};
  answer.id = view_text(part.id());
  answer.lsn = engine::Lsn{part.lsn()};
  answer.time = engine::TimeUs{part.time_us()};
  answer.status = static_cast<engine::OrderStatus>(part.status());
  answer.policy = static_cast<engine::Policy>(part.policy());
  answer.priority = engine::Priority{part.priority()};
  answer.sourcing = static_cast<engine::Sourcing>(part.sourcing());
  answer.preferred = engine::WarehouseId{part.preferred()};
  answer.customer = view_text(part.customer());
  answer.channel = view_text(part.channel());
  answer.ship_to = view_text(part.ship_to());
  answer.contact = view_text(part.contact());
  answer.reference = view_text(part.reference());
  answer.notes = view_text(part.notes());
  answer.placed_at = engine::TimeUs{part.placed_at()}, answer.need_by = engine::TimeUs{part.need_by()};
  answer.reserve_not_before = engine::TimeUs{part.reserve_not_before()}, answer.cancel_after = engine::TimeUs{part.cancel_after()};
  return part.status() <= wire::OrderStatus::MAX && part.policy() <= wire::Policy::MAX &&
         part.sourcing() <= wire::Sourcing::MAX;
}

Decoded decode_order_view(Parts parts, Scratch& scratch) {
  scratch.lines.clear(), scratch.allocations.clear(), scratch.shipments.clear(), scratch.returned.clear(), scratch.expected.clear();
  scratch.first_texts.clear(), scratch.second_texts.clear(), scratch.fallbacks.clear(), scratch.promises.clear();
  OrderView answer;
  const bool good = each_part<wire::OrderView>(parts, scratch, [&](const wire::OrderView& part, bool first) {
    if (first && !read_order_head(part, answer)) return false;
    gather_texts(part.carriers(), scratch.first_texts);
    gather_texts(part.trackings(), scratch.second_texts);
    gather_numbers(part.returned(), scratch.returned);
    return gather(part.lines(), scratch.lines) && gather(part.allocations(), scratch.allocations) && gather(part.shipments(), scratch.shipments) &&
           gather(part.expected(), scratch.expected) && gather(part.fallbacks(), scratch.fallbacks) && gather(part.promises(), scratch.promises);
  });
  answer.lines = scratch.lines;
  answer.allocations = scratch.allocations;
  answer.shipments = scratch.shipments;
  answer.carriers = scratch.first_texts;
  answer.trackings = scratch.second_texts;
  answer.returned = scratch.returned;
  answer.expected = scratch.expected;
  answer.fallbacks = scratch.fallbacks;
  answer.promises = scratch.promises;
  const std::size_t shipments = answer.shipments.size(), lines = answer.lines.size();
  if (!name_lines(answer.expected, lines) || !name_lines(answer.fallbacks, lines) || !name_lines(answer.promises, lines)) return malformed();
  for (const ShipmentRow& row : answer.shipments) {
    if (row.step > engine::ShipmentState::delivered) return malformed();
  }
  if (answer.carriers.size() != shipments || answer.trackings.size() != shipments) return malformed();
  if (!answer.returned.empty() && answer.returned.size() != answer.allocations.size()) return malformed();
  std::size_t allocations = 0;
  for (const OrderLineView& line : answer.lines) allocations += line.allocations;
  return good && allocations == answer.allocations.size() ? Decoded{answer} : malformed();
}

Decoded decode_backorders(Parts parts, Scratch& scratch) {
  scratch.waiting.clear(), scratch.first_texts.clear(), scratch.second_texts.clear(), scratch.dates.clear();
  BackordersAnswer answer;
  const bool good = each_part<wire::BackordersAnswer>(parts, scratch, [&](const wire::BackordersAnswer& part, bool) {
    answer.as_of = engine::Lsn{part.as_of()};
    gather_texts(part.orders(), scratch.first_texts);
    gather_texts(part.customers(), scratch.second_texts);
    gather_numbers(part.expected_us(), scratch.dates);
    return gather(part.lines(), scratch.waiting);
  });
  answer.expected = scratch.dates;
  answer.lines = scratch.waiting;
  answer.orders = scratch.first_texts;
  answer.customers = scratch.second_texts;
  for (const WaitingLine& line : answer.lines) {
    if (line.order >= answer.orders.size()) return malformed();
  }
  return good && answer.orders.size() == answer.customers.size() && answer.expected.size() == answer.lines.size() ? Decoded{answer} : malformed();
}

Decoded decode_purchases(Parts parts, Scratch& scratch) {
  scratch.open_purchases.clear(), scratch.purchase_lines.clear();
  std::vector<std::string_view>* texts[] = {&scratch.first_texts, &scratch.second_texts, &scratch.third_texts, &scratch.fourth_texts};
  for (auto* each : texts) each->clear();
  scratch.fifth_texts.clear();
  PurchasesAnswer answer;
  bool good = each_part<wire::PurchasesAnswer>(parts, scratch, [&](const wire::PurchasesAnswer& part, bool) {
    answer.as_of = engine::Lsn{part.as_of()};
    gather_texts(part.purchases(), scratch.first_texts);
    gather_texts(part.vendors(), scratch.second_texts);
    gather_texts(part.references(), scratch.third_texts);
    gather_texts(part.notes(), scratch.fourth_texts);
    gather_texts(part.peg_orders(), scratch.fifth_texts);
    return gather(part.open(), scratch.open_purchases) && gather(part.lines(), scratch.purchase_lines);
  });
  answer.open = scratch.open_purchases;
  answer.purchases = scratch.first_texts;
  answer.vendors = scratch.second_texts;
  answer.references = scratch.third_texts;
  answer.notes = scratch.fourth_texts;
  answer.lines = scratch.purchase_lines;
  answer.peg_orders = scratch.fifth_texts;
  std::uint64_t lines = 0;
  for (const OpenPurchase& purchase : answer.open) {
    lines += purchase.lines;
    good = good && engine::is_open(purchase.state);
  }
  for (const auto* each : texts) good = good && each->size() == answer.open.size();
  const auto pegged = std::ranges::count_if(answer.lines, [](const auto& line) { return line.peg_order.value != 0; });
  good = good && static_cast<std::size_t>(pegged) == answer.peg_orders.size();
  return good && lines == answer.lines.size() ? Decoded{answer} : malformed();
}

bool is_sound(const RuleView& rule, std::size_t vendors) {
  return rule.vendor <= vendors && rule.kind >= engine::RuleKind::reorder_point && rule.kind <= engine::RuleKind::lot_for_lot &&
         rule.mode <= engine::RuleMode::auto_po;
}

Decoded decode_rules(Parts parts, Scratch& scratch) {
  scratch.first_texts.clear(), scratch.second_texts.clear(), scratch.third_texts.clear();
  scratch.vendors.clear(), scratch.sources.clear(), scratch.rules.clear();
  RulesAnswer answer;
  const bool good = each_part<wire::RulesAnswer>(parts, scratch, [&](const wire::RulesAnswer& part, bool) {
    answer.as_of = engine::Lsn{part.as_of()};
    gather_texts(part.vendor_codes(), scratch.first_texts);
    gather_texts(part.vendor_names(), scratch.second_texts);
    gather_texts(part.purchases(), scratch.third_texts);
    return gather(part.vendors(), scratch.vendors) && gather(part.sources(), scratch.sources) && gather(part.rules(), scratch.rules);
  });
  answer.vendor_codes = scratch.first_texts;
  answer.vendor_names = scratch.second_texts;
  answer.purchases = scratch.third_texts;
  answer.vendors = scratch.vendors;
  answer.sources = scratch.sources;
  answer.rules = scratch.rules;
  const std::size_t vendors = answer.vendors.size();
  const bool parallel = answer.vendor_codes.size() == vendors && answer.vendor_names.size() == vendors && answer.purchases.size() == answer.rules.size();
  const bool named = std::ranges::all_of(answer.sources, [&](const auto& source) { return source.vendor >= 1 && source.vendor <= vendors; }) &&
                     std::ranges::all_of(answer.rules, [&](const RuleView& rule) { return is_sound(rule, vendors); });
  return good && parallel && named ? Decoded{answer} : malformed();
}

Decoded decode_transfers(Parts parts, Scratch& scratch) {
  scratch.open_transfers.clear(), scratch.first_texts.clear(), scratch.transfer_lines.clear();
  TransfersAnswer answer;
  const bool good = each_part<wire::TransfersAnswer>(parts, scratch, [&](const wire::TransfersAnswer& part, bool) {
    answer.as_of = engine::Lsn{part.as_of()};
    gather_texts(part.transfers(), scratch.first_texts);
    return gather(part.open(), scratch.open_transfers) && gather(part.lines(), scratch.transfer_lines);
  });
  answer.open = scratch.open_transfers;
  answer.transfers = scratch.first_texts;
  answer.lines = scratch.transfer_lines;
  std::uint64_t lines = 0;
  for (const OpenTransfer& transfer : answer.open) lines += transfer.lines;
  return good && answer.transfers.size() == answer.open.size() && lines == answer.lines.size() ? Decoded{answer} : malformed();
}

Decoded decode_holds(Parts parts, Scratch& scratch) {
  scratch.open_holds.clear(), scratch.first_texts.clear(), scratch.second_texts.clear();
  HoldsAnswer answer;
  const bool good = each_part<wire::HoldsAnswer>(parts, scratch, [&](const wire::HoldsAnswer& part, bool) {
    answer.as_of = engine::Lsn{part.as_of()};
    gather_texts(part.holds(), scratch.first_texts);
    gather_texts(part.customers(), scratch.second_texts);
    return gather(part.open(), scratch.open_holds);
  });
  answer.open = scratch.open_holds;
  answer.holds = scratch.first_texts;
  answer.customers = scratch.second_texts;
  for (const OpenHold& hold : answer.open) {
    if (hold.hold >= answer.holds.size()) return malformed();
  }
  return good && answer.holds.size() == answer.customers.size() ? Decoded{answer} : malformed();
}

// Every row is whole, and the texts that rows name are there.
bool is_whole(const ReportAnswer& answer) {
  const std::size_t columns = answer.columns.size();
  if (columns == 0) return answer.rows.empty() && answer.totals.empty();
  if (answer.rows.size() % columns != 0 || answer.totals.size() % columns != 0) return false;
  for (std::size_t index = 0; index < answer.rows.size(); ++index) {
    if (!names_text(answer.columns[index % columns])) continue;
    if (answer.rows[index] < 0 || static_cast<std::uint64_t>(answer.rows[index]) >= answer.texts.size()) return false;
  }
  return true;
}

Decoded decode_report(Parts parts, Scratch& scratch) {
  scratch.columns.clear(), scratch.report_rows.clear(), scratch.report_totals.clear(), scratch.first_texts.clear();
  ReportAnswer answer;
  const bool good = each_part<wire::ReportAnswer>(parts, scratch, [&](const wire::ReportAnswer& part, bool) {
    answer.kind = static_cast<ReportKind>(part.kind());
    answer.as_of = engine::Lsn{part.as_of()}, answer.counted_from = engine::Lsn{part.counted_from()};
    answer.time = engine::TimeUs{part.time_us()};
    answer.left_out = part.left_out();
    for (flatbuffers::uoffset_t index = 0; index < size_of(part.columns()); ++index) {
      scratch.columns.push_back(static_cast<ReportColumn>(part.columns()->Get(index)));
    }
    gather_numbers(part.rows(), scratch.report_rows);
    gather_numbers(part.totals(), scratch.report_totals);
    gather_texts(part.texts(), scratch.first_texts);
    return true;
  });
  answer.columns = scratch.columns;
  answer.rows = scratch.report_rows;
  answer.totals = scratch.report_totals;
  answer.texts = scratch.first_texts;
  return good && is_whole(answer) ? Decoded{answer} : malformed();
}

Decoded decode_subscribe(Parts parts, Scratch& scratch) {
  SubscribeAnswer answer;
  const bool good = each_part<wire::SubscribeAnswer>(parts, scratch, [&](const wire::SubscribeAnswer& part, bool first) {
    answer = {engine::Lsn{part.from_lsn()}, engine::Lsn{part.durable_lsn()}, engine::Lsn{part.oldest_kept_lsn()}};
    return first;
  });
  return good ? Decoded{answer} : malformed();
}

Decoded decode_position(Parts parts, Scratch& scratch) {
  StreamPosition answer;
  const bool good = each_part<wire::StreamPosition>(parts, scratch, [&](const wire::StreamPosition& part, bool first) {
    answer.lsn = engine::Lsn{part.lsn()};
    return first;
  });
  return good ? Decoded{answer} : malformed();
}

Decoded decode_digest(Parts parts, Scratch& scratch) {
  DigestAnswer answer;
  const bool good = each_part<wire::DigestAnswer>(parts, scratch, [&](const wire::DigestAnswer& part, bool first) {
    answer = {engine::Lsn{part.lsn()}, view_text(part.digest())};
    return first;
  });
  return good ? Decoded{answer} : malformed();
}

Decoded decode_stats(Parts parts, Scratch& scratch) {
  scratch.first_texts.clear(), scratch.values.clear();
  const bool good = each_part<wire::StatsAnswer>(parts, scratch, [&](const wire::StatsAnswer& part, bool) {
    gather_texts(part.names(), scratch.first_texts);
    gather_numbers(part.values(), scratch.values);
    return true;
  });
  const StatsAnswer answer{scratch.first_texts, scratch.values};
  return good && answer.names.size() == answer.values.size() ? Decoded{answer} : malformed();
}

}  // namespace

Result<Answer, AnswerFault> AnswerDecoder::decode(MessageKind kind, Parts parts) {
  Scratch& scratch = *scratch_;
  scratch.aligned.clear();
  switch (kind) {
    case MessageKind::error: return decode_error(parts, scratch);
    case MessageKind::hello_answer: return decode_hello(parts, scratch);
    case MessageKind::resolve_answer: return decode_resolve(parts, scratch);
    case MessageKind::check_answer: return decode_check(parts, scratch);
    case MessageKind::stock_answer: return decode_stock(parts, scratch);
    case MessageKind::order_view: return decode_order_view(parts, scratch);
    case MessageKind::backorders_answer: return decode_backorders(parts, scratch);
    case MessageKind::transfers_answer: return decode_transfers(parts, scratch);
    case MessageKind::purchases_answer: return decode_purchases(parts, scratch);
    case MessageKind::rules_answer: return decode_rules(parts, scratch);
    case MessageKind::report_answer: return decode_report(parts, scratch);
    case MessageKind::holds_answer: return decode_holds(parts, scratch);
    case MessageKind::subscribe_answer: return decode_subscribe(parts, scratch);
    case MessageKind::stream_position: return decode_position(parts, scratch);
    case MessageKind::digest_answer: return decode_digest(parts, scratch);
    case MessageKind::stats_answer: return decode_stats(parts, scratch);
    default: return Unexpected{AnswerFault::unknown_kind};
  }
}

}  // namespace earmark::schema
