#include "client/documents/pick_list.hpp"

#include <algorithm>
#include <tuple>

#include "client/describe.hpp"
#include "client/documents/order_parts.hpp"

namespace earmark::client::documents {

Outcome<PickList> pick_list(const OrderState& order, std::uint16_t number, const Issue& issue) {
  const auto shipment = shipment_of(order, number);
  if (!shipment) return Unexpected{shipment.error()};
  const ShipmentState& is = **shipment;
  PickList list{head_of("pick-list", "Pick list", is.id, order, issue), is.warehouse, issue.names.of_warehouse(is.warehouse), is.state, is.revision,
                is.revision - 1, {}, 0, false};
  for (const OrderStateLine& line : order.lines) {
    const std::uint64_t units = parts_of(order, line, number).here;
    if (units != 0) list.lines.push_back({line.line, line.sku, issue.names.of_goods(line.sku), units});
    list.set_aside = list.set_aside || (units != 0 && line.set_aside);
    list.units += units;
  }
  std::ranges::sort(list.lines, {}, [](const PickLine& line) { return std::tie(line.sku, line.line); });
  return list;
}

Page page_of(const PickList& list) {
  Page page = page_of(list.head);
  page.id_barcode = true;
  if (list.state != engine::ShipmentState::open) page.warnings.push_back("This shipment is " + std::string(name(list.state)) + ". There is nothing to pick.");
  if (list.set_aside) page.warnings.push_back("These units are set aside until all that is wanted together is there. A pick is refused until then.");
  if (list.supersedes != 0) {
    page.warnings.push_back("Revision " + std::to_string(list.revision) + " supersedes revision " + std::to_string(list.supersedes) +
                            ". Throw older lists away: a pick by them is refused.");
  }
  page.parties.insert(page.parties.begin(), {"Pick in", warehouse_text(list.warehouse, list.warehouse_name)});
  page.facts.insert(page.facts.begin(), {{"Revision", std::to_string(list.revision)},
                                         {"To pick", counted(list.units, "unit") + " in " + counted(list.lines.size(), "line")}});
  PageTable lines{"",
                  {{"Done", Align::left, Look::box}, {"Quantity", Align::right, Look::strong}, {"SKU", Align::left, Look::code},
                   {"Description", Align::left, Look::under, true}, {"Barcode", Align::left, Look::barcode}, {"Line", Align::right}, {"Found", Align::left, Look::blank}}, {}, {}};
  for (const PickLine& line : list.lines) {
    lines.rows.push_back({"", units_text(line.quantity), line.sku, line.description, line.sku, std::to_string(line.line), ""});
  }
  page.tables.push_back(std::move(lines));
  page.signatures = {"Picked by", "Date and time"};
  return page;
}

Json json_of(const PickList& list) {
  Json json = json_of(list.head);
  json["warehouse"] = list.warehouse;
  json["warehouse_name"] = list.warehouse_name;
  json["state"] = name(list.state);
  json["revision"] = list.revision;
  if (list.supersedes != 0) json["supersedes"] = list.supersedes;
  json["units"] = list.units;
  if (list.set_aside) json["set_aside"] = true;
  Json& lines = json["lines"] = Json::array();
  for (const PickLine& line : list.lines) {
    lines.push_back({{"line", line.line}, {"sku", line.sku}, {"description", line.description}, {"quantity", line.quantity}});
  }
  return json;
}

}  // namespace earmark::client::documents
