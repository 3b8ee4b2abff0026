#include "client/documents/document.hpp"

#include "client/describe.hpp"

namespace earmark::client::documents {
namespace {

std::string name_in(const std::map<std::string, std::string, std::less<>>& names, std::string_view code) {
  const auto found = names.find(code);
  return found == names.end() ? std::string() : found->second;
}

}  // namespace

std::string Names::of_goods(std::string_view sku) const { return name_in(goods, sku); }
std::string Names::of_warehouse(std::string_view code) const { return name_in(warehouses, code); }

Head head_of(std::string kind, std::string title, std::string id, const OrderState& order, const Issue& issue) {
  return {std::move(kind), std::move(title), std::move(id), order.id, order.customer, order.channel, order.ship_to, order.contact,
          order.reference, order.notes, order.lsn, order.as_of, order.time_us, order.placed_at_us, order.need_by_us,
          order.reserve_not_before_us, issue.time_us, order.priority};
}

Page page_of(const Head& head) {
  Page page;
  page.title = head.title;
  page.id = head.id;
  page.parties = {{"Customer", head.customer}, {"Ship to", head.ship_to}, {"Contact", head.contact}};
  page.facts = {{"Order", head.order == head.id ? "" : head.order},
                {"Customer reference", head.reference},
                {"Placed", moment_text(head.placed_at_us)},
                {"Decided", moment_text(head.time_us) + ", number " + std::to_string(head.lsn)},
                {"Needed by", moment_text(head.need_by_us)},
                {"Channel", head.channel},
                {"Priority", std::to_string(head.priority)}};
  page.notes = head.notes;
  page.footer = "Order " + head.order + ". True at decision " + std::to_string(head.as_of) + ", printed " + moment_text(head.issued_us) + ".";
  return page;
}

Json json_of(const Head& head) {
  Json json{{"document", head.kind}, {"id", head.id}, {"order", head.order}, {"customer", head.customer}, {"channel", head.channel},
            {"ship_to", head.ship_to}, {"contact", head.contact}, {"reference", head.reference}, {"notes", head.notes},
            {"priority", head.priority}, {"lsn", head.lsn}, {"time_us", head.time_us}, {"as_of", head.as_of}, {"issued_us", head.issued_us}};
  if (head.placed_at_us != 0) json["placed_at"] = head.placed_at_us;
  if (head.need_by_us != 0) json["need_by"] = head.need_by_us;
  if (head.reserve_not_before_us != 0) json["reserve_not_before"] = head.reserve_not_before_us;
  return json;
}

std::string moment_text(std::int64_t time_us) {
  if (time_us == 0) return {};
  const std::string text = time_text(engine::TimeUs{time_us});  // "2026-01-01 12:00:00.123 UTC"
  return text.ends_with(" UTC") ? text.substr(0, 16) + " UTC" : text;
}

std::string warehouse_text(const std::string& code, const std::string& name) { return name.empty() ? code : name + " (" + code + ")"; }

std::string units_text(std::uint64_t units) { return units == 0 ? "-" : with_separators(units); }
std::string units_if_any(std::uint64_t units) { return units == 0 ? "" : with_separators(units); }

}  // namespace earmark::client::documents
