// Commands and questions about vendors and reorder rules, and the question for a decision made earlier, to frames.
#include "schema/request_builder.hpp"
#include "schema/request_layout.hpp"
#include "schema/vendor_rows.hpp"

namespace earmark::schema {

void RequestEncoder::set_rules(std::vector<std::byte>& out, std::uint64_t correlation, const SetRulesRequest& request) {
  const engine::SetRules& from = request.set;
  VendorRows<wire::VendorRow> vendors;
  Parting parting;
  auto vendors_left = from.vendors;
  auto sources_left = from.sources;
  auto rules_left = from.rules;
  auto snoozes_left = from.snoozes;
  do {
    parting.begin();
    auto& fbb = builder_->fresh();
    vendors.take(parting, vendors_left, [](const engine::VendorEntry& vendor) {
      return wire::VendorRow(vendor.lead_days, vendor.cut_off, vendor.only_named, std::uint8_t{0});
    });
    const auto codes = put_texts(fbb, builder_->offsets, vendors.codes), names = put_texts(fbb, builder_->offsets, vendors.names);
    const auto rows = put_rows<wire::VendorRow>(fbb, std::span<const wire::VendorRow>(vendors.rows));
    const auto sources = put_rows<wire::SourceRow>(fbb, parting.take(sources_left));
    const auto rules = put_rows<wire::RuleRow>(fbb, parting.take(rules_left));
    const auto snoozes = put_rows<wire::SnoozeRow>(fbb, parting.take(snoozes_left));
    builder_->append(out, MessageKind::set_rules, correlation,
                     wire::CreateSetRules(fbb, request.epoch, codes, names, rows, sources, rules, snoozes, request.time.value), parting.more());
  } while (parting.more());
}

void RequestEncoder::rules(std::vector<std::byte>& out, std::uint64_t correlation, const RulesRequest& request) {
  auto& fbb = builder_->fresh();
  const auto vendor = put_text(fbb, request.vendor);
  builder_->append(out, MessageKind::rules, correlation, wire::CreateRules(fbb, request.sku.value, vendor, request.epoch));
}

void RequestEncoder::find(std::vector<std::byte>& out, std::uint64_t correlation, const FindRequest& request) {
  auto& fbb = builder_->fresh();
  const auto id = put_text(fbb, request.id);
  builder_->append(out, MessageKind::find, correlation, wire::CreateFind(fbb, static_cast<wire::CommandKind>(request.space), id));
}

}  // namespace earmark::schema
