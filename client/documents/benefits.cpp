#include "client/documents/benefits.hpp"

namespace earmark::client::documents {

PageTable table_of(const std::vector<Benefit>& benefits, std::string heading, std::string remark) {
  PageTable table{std::move(heading),
                  {{"Of line", Align::right, Look::plain, true}, {"SKU", Align::left, Look::code}, {"Into"}, {"Units", Align::right, Look::strong}, {"Order"},
                   {"Line", Align::right}, {"Customer", Align::left, Look::plain, true}, {"Reference", Align::left, Look::plain, true},
                   {"Notes", Align::left, Look::plain, true}, {"Number", Align::right}, {"Decided"}, {"", Align::left, Look::plain, true}},
                  {},
                  std::move(remark)};
  for (const Benefit& each : benefits) {
    table.rows.push_back({each.delivered_line == 0 ? "" : std::to_string(each.delivered_line), each.sku, each.warehouse, units_text(each.units), each.order,
                          std::to_string(each.line), each.customer, each.reference, each.notes, each.lsn == 0 ? "" : std::to_string(each.lsn), moment_text(each.time_us),
                          each.pegged ? "first for it" : ""});
  }
  return table;
}

Json json_of(const std::vector<Benefit>& benefits) {
  Json all = Json::array();
  for (const Benefit& each : benefits) {
    Json one{{"sku", each.sku}, {"warehouse", each.warehouse}, {"units", each.units}, {"order", each.order}, {"line", each.line}, {"customer", each.customer},
             {"reference", each.reference}, {"notes", each.notes}, {"lsn", each.lsn}, {"time_us", each.time_us}, {"pegged", each.pegged}};
    if (each.delivered_line != 0) one["delivered_line"] = each.delivered_line;
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace earmark::client::documents
