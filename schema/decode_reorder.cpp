// Records about reorder rules, overdue supply and told dates to decisions.
#include "schema/event_scratch.hpp"

namespace earmark::schema {

bool read(const wire::RulesSet& set, Position position, EventDecoder::Scratch& scratch, engine::RulesDecision& out) {
  if (position.first) scratch.vendors.clear();
  const std::size_t count = size_of(set.vendors());
  if (size_of(set.vendor_codes()) != count || size_of(set.vendor_names()) != count) return false;
  for (flatbuffers::uoffset_t index = 0; index < count; ++index) {
    const wire::VendorSet& row = *set.vendors()->Get(index);
    scratch.vendors.push_back({view_text(set.vendor_codes()->Get(index)), view_text(set.vendor_names()->Get(index)), row.lead_days(), row.cut_off()});
  }
  out.vendors = scratch.vendors;
  return gather(position, set.sources(), scratch.sources, out.sources) && gather(position, set.rules(), scratch.rules, out.rules);
}

bool read(const wire::ReorderTriggered& reorder, Position position, EventDecoder::Scratch&, engine::ReorderDecision& out) {
  if (!position.only) return false;
  out.sku = engine::SkuId{reorder.sku()};
  out.warehouse = engine::WarehouseId{reorder.warehouse()};
  out.pooled = reorder.pooled();
  out.cleared = reorder.cleared();
  out.point = reorder.point();
  out.available = reorder.available();
  out.incoming = reorder.incoming();
  out.waiting = reorder.waiting();
  out.quantity = reorder.quantity();
  out.vendor = view_text(reorder.vendor());
  out.purchase = view_text(reorder.purchase());
  out.purchase_lsn = engine::Lsn{reorder.purchase_lsn()};
  out.line = engine::LineNumber{reorder.line()};
  out.line_quantity = reorder.line_quantity();
  out.promised = engine::TimeUs{reorder.promised_us()};
  out.closes = engine::TimeUs{reorder.closes_us()};
  return read_enum(reorder.mode(), wire::RuleMode::MAX, out.mode) && read_state(reorder.state(), out.state);
}

bool read(const wire::SupplyOverdue& overdue, Position position, EventDecoder::Scratch& scratch, engine::OverdueDecision& out) {
  if (position.first) {
    out.transfer = overdue.transfer();
    out.id = view_text(overdue.id());
    out.lsn = engine::Lsn{overdue.decided_at()};
    out.vendor = view_text(overdue.vendor());
    out.expected = engine::TimeUs{overdue.expected_us()};
  }
  return gather(position, overdue.lines(), scratch.overdue, out.lines);
}

bool read(const wire::DatesMoved& moved, Position position, EventDecoder::Scratch& scratch, engine::DatesDecision& out) {
  gather_texts(position, moved.orders(), scratch.orders, out.orders);
  gather_texts(position, moved.customers(), scratch.customers, out.customers);
  return gather(position, moved.lines(), scratch.moved_dates, out.lines);
}

}  // namespace earmark::schema
