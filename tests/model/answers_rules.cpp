#include "tests/model/answers_rules.hpp"

#include <sstream>

#include "engine/errors.hpp"

namespace earmark::model {
namespace {

std::ostream& write_stamp(std::ostream& out, const engine::Stamp& stamp) {
  out << "lsn " << stamp.lsn.value;
  if (stamp.cause.value != 0) out << " cause " << stamp.cause.value;
  return out;
}

}  // namespace

engine::ReorderDecision ReorderAnswer::view() const {
  return {.sku = sku, .warehouse = warehouse, .mode = mode, .pooled = pooled, .cleared = cleared, .point = point, .available = available,
          .incoming = incoming, .waiting = waiting, .quantity = quantity, .vendor = vendor, .purchase = purchase, .purchase_lsn = purchase_lsn,
          .line = line, .line_quantity = line_quantity, .promised = promised, .state = state, .closes = closes};
}

std::string describe(const engine::Stamp& stamp, const engine::RulesDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " rules";
  for (const engine::VendorSet& each : decision.vendors) {
    out << "; vendor '" << each.code << "' '" << each.name << "' " << each.lead_days << " days, cut-off " << each.cut_off;
  }
  for (const engine::SourceSet& each : decision.sources) out << "; sku " << each.sku.value << " of vendor " << each.vendor << ' ' << each.lead_days << " days";
  for (const engine::RuleSet& each : decision.rules) {
    out << "; sku " << each.sku.value << " in " << each.warehouse.value << ' ' << name(each.kind) << ' ' << name(each.mode) << " pooled " << +each.pooled
        << " point " << each.point << " quantity " << each.quantity << " minimum " << each.minimum << " multiple " << each.multiple << " maximum "
        << each.maximum << " of vendor " << each.vendor << ' ' << each.lead_days << " days, snoozed until " << each.snoozed_until.value;
  }
  return out.str();
}

std::string describe(const engine::Stamp& stamp, const engine::ReorderDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << (decision.cleared ? " cleared" : " reorder") << " sku " << decision.sku.value << " in " << decision.warehouse.value << ' '
                          << name(decision.mode) << " pooled " << decision.pooled << " point " << decision.point << " available " << decision.available
                          << " incoming " << decision.incoming << " waiting " << decision.waiting << " x " << decision.quantity << " of '"
                          << decision.vendor << "' purchase '" << decision.purchase << "' " << decision.purchase_lsn.value << " line "
                          << decision.line.value << " makes " << decision.line_quantity << " promised " << decision.promised.value << ' '
                          << name(decision.state) << " closes " << decision.closes.value;
  return out.str();
}

}  // namespace earmark::model
