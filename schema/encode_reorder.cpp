// Decisions about reorder rules, overdue supply and told dates to records: cut into pieces as all are (encode_event.cpp).
#include "schema/event_builder.hpp"

namespace earmark::schema {

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::RulesDecision& decision, std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  auto& vendors = builder_->vendors;
  auto vendors_left = decision.vendors;
  auto sources_left = decision.sources;
  auto rules_left = decision.rules;
  return builder_->in_pieces(stamp, wire::EventBody::RulesSet, out, [&](Parting& parting, bool) {
    vendors.take(parting, vendors_left, [](const engine::VendorSet& vendor) {
      return wire::VendorSet(vendor.lead_days, vendor.cut_off, std::uint16_t{0});
    });
    const auto codes = put_texts(fbb, builder_->offsets, vendors.codes), names = put_texts(fbb, builder_->offsets, vendors.names);
    const auto rows = put_rows<wire::VendorSet>(fbb, std::span<const wire::VendorSet>(vendors.rows));
    const auto sources = put_rows<wire::SourceSet>(fbb, parting.take(sources_left));
    const auto rules = put_rows<wire::RuleSet>(fbb, parting.take(rules_left));
    return wire::CreateRulesSet(fbb, codes, names, rows, sources, rules).Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::ReorderDecision& decision, std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  return builder_->in_pieces(stamp, wire::EventBody::ReorderTriggered, out, [&](Parting&, bool) {
    const auto vendor = put_text(fbb, decision.vendor), purchase = put_text(fbb, decision.purchase);
    return wire::CreateReorderTriggered(
        fbb, decision.sku.value, decision.warehouse.value, static_cast<wire::RuleMode>(decision.mode), decision.pooled, decision.cleared, decision.point,
        decision.available, decision.incoming, decision.waiting, decision.quantity, vendor, purchase, decision.purchase_lsn.value, decision.line.value,
        decision.line_quantity, decision.promised.value, static_cast<wire::PurchaseState>(decision.state), decision.closes.value).Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::OverdueDecision& decision, std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  auto lines_left = decision.lines;
  return builder_->in_pieces(stamp, wire::EventBody::SupplyOverdue, out, [&](Parting& parting, bool first) {
    const auto lines = put_rows<wire::OverdueLine>(fbb, parting.take(lines_left));
    const auto id = put_text(fbb, decision.id);
    const auto vendor = first ? put_text(fbb, decision.vendor) : 0;
    return wire::CreateSupplyOverdue(fbb, decision.transfer, id, decision.lsn.value, vendor, decision.expected.value, lines).Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::DatesDecision& decision, std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  auto lines_left = decision.lines;
  auto orders_left = decision.orders;
  auto customers_left = decision.customers;
  return builder_->in_pieces(stamp, wire::EventBody::DatesMoved, out, [&](Parting& parting, bool) {
    const auto lines = put_rows<wire::MovedDate>(fbb, parting.take(lines_left));
    const auto orders = put_texts(fbb, builder_->offsets, parting.take(orders_left));
    const auto customers = put_texts(fbb, builder_->offsets, parting.take(customers_left));
    return wire::CreateDatesMoved(fbb, lines, orders, customers).Union();
  });
}

}  // namespace earmark::schema
