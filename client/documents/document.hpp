// What all documents are made of. A kind has a struct of its own, built from an answer of the server by a pure function; from that
// come its page and its JSON. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "client/documents/page.hpp"
#include "client/event_json.hpp"
#include "client/values.hpp"

namespace earmark::client::documents {

// What is printed, and the same as JSON.
struct Document {
  Page page;
  Json json;
};

// What codes are called. A code without a name is not in it.
struct Names {
  std::map<std::string, std::string, std::less<>> goods, warehouses;

  std::string of_goods(std::string_view sku) const;
  std::string of_warehouse(std::string_view code) const;
};
// When a document is made, and with which names.
struct Issue {
  std::int64_t time_us = 0;
  Names names;
};

// What every document about an order carries.
struct Head {
  std::string kind, title, id;  // "pick-list", "Pick list", ORDER-1
  std::string order, customer, channel, ship_to, contact, reference, notes;
  std::uint64_t lsn = 0, as_of = 0;  // of the order's decision; the one that the document is true at
  std::int64_t time_us = 0, placed_at_us = 0, need_by_us = 0, reserve_not_before_us = 0, issued_us = 0;  // 0: not given
  std::uint8_t priority = 100;
};

Head head_of(std::string kind, std::string title, std::string id, const OrderState& order, const Issue& issue);
Page page_of(const Head& head);
Json json_of(const Head& head);

// "2026-03-01 08:30 UTC"; "" of 0.
std::string moment_text(std::int64_t time_us);
// "Main yard (MAIN)", or the code alone.
std::string warehouse_text(const std::string& code, const std::string& name);
// The number, "-" for none; for optional columns "" for none.
std::string units_text(std::uint64_t units);
std::string units_if_any(std::uint64_t units);

}  // namespace earmark::client::documents
